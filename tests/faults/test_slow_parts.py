"""What is slow or gone stops nobody else: a locked row, a database that hangs, is stopped or has no room."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.conf import settings

from tests.faults.conftest import (
    DATABASES,
    Answer,
    Postgres,
    Proxy,
    Saver,
    Site,
    Visitor,
    assert_others_go_on,
    in_background,
    login_page,
    pace_of_login_page,
    wait_until,
)

#: Pages that need no database.
PUBLIC = ("/", "/quick/", "/sample/", "/how-it-decides/", "/sources/", "/cases/", "/scaling-sum/", "/static/app.css")
#: Seconds within which somebody is told that the database is away: as long as the site may wait at most.
AWAY_WITHIN = settings.DATABASE_WAITS["connect"] + settings.DATABASE_WAITS["statement"] + 1


@contextmanager
def locked_answers(site: Site) -> Iterator[None]:
    """Somebody else has locked every answer's assessment, on SQLite the whole database, until the block ends."""
    url = site.environment.get("DATABASE_URL", "")
    if url:
        import psycopg

        with psycopg.connect(url) as other:
            other.execute("SELECT 1 FROM assess_assessment FOR UPDATE")
            yield
            other.rollback()
        return
    other = sqlite3.connect(site.folder / "splitcheck.sqlite3", isolation_level=None, timeout=30)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.parametrize("database", DATABASES)
def test_a_lock_keeps_nobody_from_the_login_page_and_savers_hear_when_to_retry(
    start_site: Callable[..., Site], database: str
):
    site = start_site(database)
    savers = site.savers(12)
    idle = pace_of_login_page(site)
    over = threading.Event()

    def keep_saving(saver: Saver) -> list[Answer]:
        """As pages do: what was refused is sent again."""
        answers = [saver.save("teams", 3)]
        while not over.is_set():
            answers.append(saver.save("teams", 3))
        return answers

    with locked_answers(site), in_background(*(partial(keep_saving, saver) for saver in savers)) as results:
        try:
            assert_others_go_on(site, idle)
        finally:
            over.set()
    refused = [answer for answers in results for answer in answers]
    assert {answer.status for answer in refused} == {503}
    for answer in refused:
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json["code"] == "service_unavailable"
        assert "Saved answers are safe" in answer.json["problem"]
    assert [saver.save("teams", 3).json["version"] for saver in savers] == [1] * len(savers)


def fails_fast(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.seconds < AWAY_WITHIN


def assert_site_says_that_database_is_away(site: Site, saver: Saver) -> None:
    """Many ask at once, as they would; each hears in time, and what needs no database goes on for everybody."""
    signed_in = Visitor(site.port, dict(saver.cookies))
    with in_background(
        lambda: fails_fast(saver.save("teams", 4)),
        lambda: fails_fast(saver.get("/assessments/")),
        lambda: fails_fast(saver.ask("GET", "/api/v1/assessments", Authorization="Bearer spl_0_0")),
        *[lambda: fails_fast(signed_in.get("/assessments/"))] * 40,
    ) as results:
        pass
    assert results == [None] * 43
    page = saver.get("/assessments/")
    fails_fast(page)
    assert "Saved answers are safe" in page.text
    assert "app.css" in page.text
    assert page.headers["X-Request-Reference"] in page.text
    for visitor in (site.visitor(), signed_in):
        for path in PUBLIC:
            assert visitor.get(path).status == 200, path
    assert signed_in.cookies == saver.cookies, "the outage signed somebody out"
    login_page(site)


def assert_all_goes_on(site: Site, saver: Saver) -> None:
    wait_until(lambda: saver.get("/assessments/").status == 200, "the site reaches its database again")
    assert saver.save("teams", 5).status == 200


@pytest.mark.parametrize("fault", ["network hangs", "server hangs", "server is stopped", "network is cut"])
def test_a_database_that_is_away_is_told_in_time_and_public_pages_go_on(
    start_site: Callable[..., Site], postgres: Postgres, proxied_postgres: Proxy, fault: str
):
    site = start_site("postgresql", database_url=proxied_postgres.url)
    (saver,) = site.savers(1)
    assert saver.save("teams", 3).status == 200
    idle = pace_of_login_page(site)
    begin, end = {
        "network hangs": (proxied_postgres.freeze, proxied_postgres.mend),
        "server hangs": (postgres.server.freeze, postgres.server.thaw),
        "server is stopped": (postgres.server.stop, postgres.server.start),
        "network is cut": (proxied_postgres.cut, proxied_postgres.mend),
    }[fault]
    begin()
    try:
        assert_site_says_that_database_is_away(site, saver)
        assert_others_go_on(site, idle)
    finally:
        end()
    assert_all_goes_on(site, saver)


def test_a_form_that_meets_an_outage_can_be_sent_again_with_its_text(
    start_site: Callable[..., Site], proxied_postgres: Proxy
):
    site = start_site("postgresql", database_url=proxied_postgres.url)
    (saver,) = site.savers(1)
    path = f"/assessments/{saver.assessment}/comments/"
    proxied_postgres.cut()
    origin = {"Origin": f"http://127.0.0.1:{site.port}"}
    page = saver.post(path, {"text": "Typed at length"}, **origin)
    fails_fast(page)
    assert 'value="Typed at length"' in page.text
    assert "Typed at length" not in saver.post(path, {"text": "Typed at length"}).text, "offered to an attacker's form"
    page = site.visitor().post("/account/login/", {"login": "a@example.org", "password": "Typed secret"}, **origin)
    assert "Typed secret" not in page.text
