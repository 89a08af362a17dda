"""Which cases of a test run in `make test`, and which only in `make test-thorough`."""

from collections.abc import Iterable
from typing import Any

import pytest


def slow_except(cases: Iterable[Any], *quick: Any) -> list[Any]:
    """All cases for `parametrize`, those that are not among `quick` marked as slow. A tuple is several arguments."""
    every = list(cases)
    assert set(quick) <= set(every), "a quick case that there is not"
    return [
        case if case in quick else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for case in every
    ]
