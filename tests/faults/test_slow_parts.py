"""What is slow or gone stops nobody else: a hung mail server, a locked row, a database that hangs."""

from collections.abc import Callable

import pytest

from tests.faults.conftest import DATABASES, Site


@pytest.mark.parametrize("database", DATABASES)
def test_an_answer_is_saved_on_the_real_site(start_site: Callable[..., Site], database: str):
    site = start_site(database)
    (saver,) = site.savers(1)
    answer = saver.save("teams", 3)
    assert answer.status == 200
    assert answer.json["version"] == 1
