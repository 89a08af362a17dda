"""What no browser sends: headers and addresses that cannot be read. Each gets a page of ours, never a fault."""

from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from assess.wsgi import application
from tests.factories import AssessmentFactory, MembershipFactory

pytestmark = pytest.mark.django_db

NO_ADDRESS = ("http://[", "//[x", "http://a[b]c")
OTHER_CHARSETS = ("multipart/form-data; boundary=x; charset=utf-7", "application/x-www-form-urlencoded; charset=hex")


def answered(
    path: str, content_type: str, *, method: str = "GET", query: str = "", body: bytes = b""
) -> tuple[int, str]:
    """Status and body as an application server gets them: the test client reads the charset itself."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    answer: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        answer.update(status=int(status[:3]), headers=dict(headers))

    page = b"".join(application(environ, start)).decode()
    assert "X-Request-Reference" in answer["headers"]
    return answer["status"], page


@pytest.mark.parametrize("content_type", OTHER_CHARSETS)
@pytest.mark.parametrize("path", ["/assessments/new/", "/account/login/", "/account/signup/"])
def test_form_in_another_charset_is_refused_with_a_sentence(path: str, content_type: str) -> None:
    status, page = answered(path, content_type, method="POST", body=b"name=%2BAAA-")
    assert status == 400
    assert "UTF-8 only" in page


@pytest.mark.parametrize("charset", ["utf-7", "hex", "nothing-known", '"UTF-16"'])
def test_url_in_another_charset_is_refused_with_a_sentence(charset: str) -> None:
    status, page = answered("/account/login/", f"text/plain; charset={charset}", query="next=%2Fa")
    assert status == 400
    assert "UTF-8 only" in page


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_request_naming_utf_8_is_accepted(charset: str) -> None:
    assert answered("/account/login/", f"text/plain; charset={charset}", query="next=%2Fa")[0] == 200


def test_query_string_with_too_many_fields_is_refused_in_any_charset() -> None:
    assert answered("/account/login/", "text/plain; charset=utf-8", query="a&" * 4000)[0] == 400


def test_script_gets_charset_error_as_json(client: Client) -> None:
    response = client.post("/account/login/", data=b"{}", content_type="application/json; charset=utf-16")
    assert response.status_code == 400
    assert "UTF-8" in response.json()["problem"]


@pytest.mark.parametrize("url", NO_ADDRESS)
@pytest.mark.parametrize("page", ["login", "signup", "logout", "password/reset"])
def test_unreadable_next_url_is_ignored(client: Client, page: str, url: str) -> None:
    given = {"next": url, "email": "ana@example.org"}
    for response in (client.get(f"/account/{page}/", {"next": url}), client.post(f"/account/{page}/", given)):
        assert response.status_code in (200, 302)
        assert "[" not in response.headers.get("Location", "")


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("url", NO_ADDRESS)
def test_expired_form_with_unreadable_origin_offers_no_button(settings: Any, url: str, header: str) -> None:
    settings.ROOT_URLCONF = "tests.integration.platform.faulty_urls"
    response = Client(enforce_csrf_checks=True).post("/form/", {"note": "Kept"}, headers={header: url})
    assert response.status_code == 403
    assert "Kept" in response.content.decode()
    assert "Send it again" not in response.content.decode()


@pytest.mark.parametrize("accept", ["text/html;q*=bogus''%41", "text/html;q*=hex''%41"])
def test_unreadable_accept_header_gets_an_html_page(client: Client, accept: str) -> None:
    response = client.get("/nothing-here/", headers={"Accept": accept})
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("kind", ["text/html; x*=bogus''%41", "text/html; x*=''%41", "text/html; charset*=bogus''%41"])
def test_unreadable_content_type_gets_the_sites_error_page(kind: str) -> None:
    status, page = answered("/account/login/", kind)
    assert status == 200
    assert "Splitcheck" in page


def test_id_larger_than_the_database_holds_is_404(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    change = {"question": "teams", "value": 1, "base_version": 0, "mutation_id": "0" * 31 + "1"}
    for number in (2**63, 10**30):
        address = f"/assessments/{number}/answers"
        assert client.post(address, change, content_type="application/json").status_code == 404


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_unreadable_forwarded_header_counts_as_empty(client: Client, url: str) -> None:
    assessment = AssessmentFactory()
    client.force_login(MembershipFactory(team=assessment.system.team).user)
    headers = {"HX-Request": "true", "HX-Current-URL": url}
    response = client.get(f"/assessments/{assessment.pk}/what-if/", headers=headers)
    assert response.status_code == 200
