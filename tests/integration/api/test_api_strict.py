"""Whatever is wrong with a request is told by a clean 4xx in one shape, and nothing is changed."""

import json
from typing import Any

import pytest

from assess.api.urls import api, openapi_document
from assess.assessments.models import Assessment, Edition, System
from assess.people.models import Team, User
from tests.integration.api.conftest import API, Api

pytestmark = [pytest.mark.django_db]


def assert_is_a_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("application/json")
    told: dict[str, Any] = response.json()
    assert set(told) <= {"code", "problem", "problems", "reference", "question", "present"}
    assert told["code"]
    assert told["problem"]
    for each in told.get("problems", []):
        assert set(each) == {"field", "code", "message"}
        assert all(each.values())
    return told


# --- the body

BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"team=1", 400),
    "half of it": (b'{"team": 1', 400),
    "a list": (b"[1]", 400),
    "a text": (b'"team"', 400),
    "null": (b"null", 400),
    "a field twice": (b'{"team": 1, "name": "A", "name": "B"}', 400),
    "NaN": (b'{"team": NaN, "name": "A"}', 400),
    "infinity": (b'{"team": 1e999, "name": "A"}', 400),
    "a number of 5,000 digits": (b'{"team": ' + b"9" * 5000 + b', "name": "A"}', 400),
    "a NUL": (b'{"team": 1, "name": "A\\u0000"}', 400),
    "half a character": (b'{"team": 1, "name": "A\\ud800"}', 400),
    "broken UTF-8": (b'{"team": 1, "name": "\xff\xfe"}', 400),
    "UTF-16": ('{"team": 1, "name": "A"}'.encode("utf-16"), 400),
    "too deep": (b"[" * 100_000, 400),
    "a text for a number": (b'{"team": "1", "name": "A"}', 400),
    "true for a number": (b'{"team": true, "name": "A"}', 400),
    "a number for a text": (b'{"team": 1, "name": 5}', 400),
    "half a number": (b'{"team": 1.5, "name": "A"}', 400),
    "a number beyond any team": (b'{"team": 9223372036854775808, "name": "A"}', 400),
    "no team": (b'{"name": "A"}', 400),
    "another field": (b'{"team": 1, "name": "A", "owner": 1}', 400),
    "an empty name": (b'{"team": 1, "name": ""}', 400),
    "a name of spaces": ('{"team": 1, "name": " \u2003 "}'.encode(), 400),
    "a name too long": (b'{"team": 1, "name": "' + b"A" * 121 + b'"}', 400),
    "a name on two lines": (b'{"team": 1, "name": "A\\nB"}', 400),
    "a name that reorders letters": ('{"team": 1, "name": "A\u202eB"}'.encode(), 400),
    "more than 256 KB": (b'{"team": 1, "name": "' + b"A" * 300_000 + b'"}', 413),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_of_ours_is_refused(body: str, ask: Api, alice: User, team: Team, edition: Edition) -> None:
    content, status = BODIES[body]
    response = ask(alice, "POST", "/systems", content, content_type="application/json")
    assert_is_a_problem(response, status)
    assert not System.objects.exists()


def test_every_wrong_field_is_named_at_once_with_what_to_do(ask: Api, alice: User) -> None:
    response = ask(alice, "POST", "/systems", {"team": "1", "name": 5, "owner": 1})
    told = assert_is_a_problem(response, 400)
    assert {each["field"]: each["message"] for each in told["problems"]} == {
        "team": "Send a whole number, without quotes",
        "name": "Send text",
        "owner": "Leave this field out; it is not part of this request",
    }


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""]
)
def test_only_json_is_read(kind: str, ask: Api, alice: User, assessment: Assessment, an_answer: Any) -> None:
    for address, body in (
        ("/systems", {"team": 1, "name": "A"}),
        (f"/assessments/{assessment.pk}/answers", an_answer("teams", value=5)),
        (f"/assessments/{assessment.pk}/my-answers", an_answer("teams", value=5)),
    ):
        assert_is_a_problem(ask(alice, "POST", address, json.dumps(body).encode(), content_type=kind), 415)


def test_another_charset_is_refused(ask: Api, alice: User) -> None:
    assert_is_a_problem(ask(alice, "POST", "/systems", {}, content_type="application/json; charset=utf-7"), 400)


def test_a_body_where_none_is_read_is_refused_but_for_an_empty_object(
    ask: Api, alice: User, assessment: Assessment
) -> None:
    address = f"/assessments/{assessment.pk}/submit"
    assert_is_a_problem(ask(alice, "POST", address, {"force": True}), 400)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert_is_a_problem(ask(alice, "POST", address, b"force=1", content_type=kind), 400)
    assert ask(alice, "POST", address, {}).status_code == 409  # nothing is known yet


# --- the address


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=ten", "limit=1.0", "limit=%2B5", "limit=1_0", "limit=",
        "limit=%D9%A3",
        "limit=5&limit=6", "state=done", "state=", "state=DRAFT", "verdict=split", "team=x", "team=0",
        "team=9223372036854775808", "after=", "after=1", "after=x-1", "after=1-1-1", "after=%00", "after=1-1%0A",
        "after=99999999999999999-1", "order=name", "state=draft%00", "sTate=draft", "state[]=draft",
    ],
)  # fmt: skip
def test_a_parameter_that_is_none_of_ours_is_refused(query: str, ask: Api, alice: User) -> None:
    told = assert_is_a_problem(ask(alice, "GET", f"/assessments?{query}"), 400)
    assert told["problems"][0]["field"] == query.partition("=")[0]


def test_any_place_that_reads_as_one_may_be_gone_on_from(ask: Api, alice: User, assessment: Assessment) -> None:
    for place, count in (("0-0", 0), ("9999999999999999-999999999999999999", 1), ("1-1", 0)):
        response = ask(alice, "GET", f"/assessments?after={place}")
        assert (response.status_code, len(response.json()["items"])) == (200, count)
    assert ask(alice, "GET", f"/systems?after={2**63 - 1}").json()["items"] == []


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "x", "%00", "9223372036854775808", "9" * 5000, "%D9%A3", "1%20"])
def test_a_number_that_is_nothings_is_nothing(number: str, ask: Api, alice: User, assessment: Assessment) -> None:
    for address in ("/systems/{}", "/assessments/{}", "/assessments/{}/result", "/questionnaires/{}"):
        told = assert_is_a_problem(ask(alice, "GET", address.format(number)), 404)
        assert told["code"] == "not_found"


def test_an_address_that_is_none_is_told_in_the_same_shape(ask: Api, alice: User) -> None:
    for address in ("/", "/nothing", "/systems/", "/assessments/1/", "/docs", "/%ff"):
        assert_is_a_problem(ask(alice, "GET", address), 404)


def test_a_method_that_does_nothing_here_is_told_which_do(ask: Api, alice: User, assessment: Assessment) -> None:
    for method in ("PUT", "PATCH", "POST", "OPTIONS", "TRACE", "BREW"):
        response = ask(alice, method, f"/assessments/{assessment.pk}")
        told = assert_is_a_problem(response, 405)
        assert response.headers["Allow"] == "DELETE, GET, HEAD"
        assert "DELETE, GET, HEAD" in told["problem"]


def test_asking_for_the_head_alone_changes_nothing_and_has_no_body(
    ask: Api, alice: User, assessment: Assessment
) -> None:
    response = ask(alice, "HEAD", f"/assessments/{assessment.pk}")
    assert (response.status_code, response.content) == (200, b"")


def test_no_cache_keeps_what_a_token_may_see(ask: Api, alice: User, assessment: Assessment) -> None:
    assert ask(alice, "GET", f"/assessments/{assessment.pk}").headers["Cache-Control"] == "private, no-store"


# --- our own faults


def test_a_fault_of_ours_is_told_with_its_reference_and_nothing_else(
    ask: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(person: User) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("assess.api.systems.visible_teams", fail)
    ask.client.raise_request_exception = False
    response = ask(alice, "GET", "/teams")
    told = assert_is_a_problem(response, 500)
    assert told["reference"] == response.headers["X-Request-Reference"]
    assert "secret" not in response.content.decode()


# --- the document


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, each)
        for path, methods in openapi_document()["paths"].items()
        for method, each in methods.items()
    ]


def test_every_operation_is_described_with_all_that_can_go_wrong() -> None:
    names = [each["operationId"] for _, _, each in operations()]
    assert len(names) == len(set(names)) == 28
    for path, _method, each in operations():
        assert path.startswith(f"{API}/")
        assert each["summary"]
        assert each["security"] == [{"Token": []}]
        statuses = {int(status) for status in each["responses"]}
        assert statuses >= {400, 401, 404, 413, 429, 500}
        assert ("requestBody" in each) == (415 in statuses)
        for status, told in each["responses"].items():
            assert told["description"], (path, status)


def test_what_links_name_exists() -> None:
    names = {each["operationId"] for _, _, each in operations()}
    linked = {
        link["operationId"]
        for _, _, each in operations()
        for told in each["responses"].values()
        for link in told.get("links", {}).values()
    }
    assert linked
    assert linked <= names


def test_no_page_of_others_is_served() -> None:
    assert (api.docs_url, api.openapi_url) == (None, None)
