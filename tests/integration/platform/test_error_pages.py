"""Error pages say what to do, give nothing away, and the page for our own faults needs nothing that may be broken."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/denies/", "Ask a lead of the team"),
        ("/suspects/", "reload the page"),
        ("/no/such/place/", "you have no access"),
        ("/only-forms/", "only takes what a form sends"),
        ("/throttles/", "Wait 2 minutes, then try again"),
        ("/breaks/", "Something broke on our side"),
    ],
)
def test_an_error_page_says_what_to_do_and_no_detail(faulty: Client, path: str, words: str) -> None:
    body = faulty.get(path).content.decode()
    assert words in body
    assert "a secret detail" not in body
    assert "app.css" in body  # in the product's look


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/denies/", "/suspects/", "/no/such/place/", "/only-forms/", "/throttles/", "/breaks/"]
)
def test_scripts_get_errors_as_json(faulty: Client, path: str) -> None:
    response = faulty.get(path, headers={"accept": "application/json"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["problem"].endswith(tuple(".abcdefghijklmnopqrstuvwxyz0123456789"))


#: What refuses a form, and with which status.
REFUSE = {"/denies/": 403, "/suspects/": 400, "/no/such/place/": 404, "/only-pages/": 405, "/throttles/": 429}


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [*REFUSE.items(), ("/breaks/", 500)])
def test_a_page_that_refuses_a_form_shows_what_was_typed(faulty: Client, path: str, status: int) -> None:
    typed = {"note": "Line one\nline <b>two", "password": "a wide blue harbour"}
    response = faulty.post(path, typed, headers={"origin": "http://testserver"})
    body = response.content.decode()
    assert response.status_code == status
    assert "Line one<br>line &lt;b&gt;two" in body
    assert "a wide blue harbour" not in body


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*REFUSE, "/breaks/"])
def test_no_other_site_puts_words_on_an_error_page(faulty: Client, path: str) -> None:
    body = faulty.post(path, {"note": "Call 555"}, headers={"origin": "https://evil.example"}).content.decode()
    assert "Call 555" not in body


@pytest.mark.django_db
def test_a_page_for_a_wrong_method_says_what_is_allowed(faulty: Client) -> None:
    asked = faulty.get("/only-forms/")
    assert (asked.status_code, asked.headers["Allow"]) == (405, "POST")
    assert '<a class="button" href="/">' in asked.content.decode()
    sent = faulty.post("/only-pages/")
    assert (sent.status_code, sent.headers["Allow"]) == (405, "GET, HEAD")
    assert '<a class="button" href="/only-pages/">' in sent.content.decode()


def test_server_error_page_needs_neither_database_nor_session(faulty: Client) -> None:
    # No database for this test: pytest refuses any query.
    response = faulty.get("/breaks/")
    assert response.status_code == 500
    assert response.headers["X-Request-Reference"] in response.content.decode()
    assert "are safe" in response.content.decode()


def test_the_reference_on_the_page_is_in_the_log(faulty: Client, caplog: pytest.LogCaptureFixture) -> None:
    from assess.web.logs import ReferenceFilter

    caplog.handler.addFilter(ReferenceFilter())
    with caplog.at_level(logging.ERROR):
        reference = faulty.get("/breaks/").headers["X-Request-Reference"]
    assert reference in [getattr(record, "reference", None) for record in caplog.records]


def test_the_log_line_of_a_missing_page_has_the_reference(faulty: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Django writes it when the request is over."""
    from assess.web.logs import ReferenceFilter

    caplog.handler.addFilter(ReferenceFilter())
    reference = faulty.get("/no/such/page/").headers["X-Request-Reference"]
    assert [getattr(record, "reference", None) for record in caplog.records] == [reference]


def test_broken_error_template_still_gives_a_page(faulty: Client, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "500.html").write_text("{% broken %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    response = faulty.get("/breaks/")
    assert response.status_code == 500
    assert response.headers["X-Request-Reference"] in response.content.decode()


@pytest.mark.django_db
def test_server_error_page_of_a_signed_in_user_queries_only_the_sign_in(faulty: Client, alice: Any) -> None:
    faulty.force_login(alice)
    faulty.get("/private/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        faulty.get("/breaks/")
    assert len(queries) <= 2  # the session and the person, read by the sign-in check
