"""Who gets which status from the API: every address × every method × every kind of person, with a token of theirs.

What those get who send a session instead of a token stands in the table of all addresses: 401, whoever they are.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assess.api.urls import urlpatterns
from assess.assessments import actions
from assess.assessments.models import Answer, Assessment, Event, Respondent, System
from assess.people.api_tokens import create_api_token, revoke_api_token
from assess.people.models import ApiToken, Team, User
from assess.reports.models import Report
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.factories import AssessmentFactory, mutation_id
from tests.integration.access_table import ACTORS as ALL_ACTORS
from tests.integration.access_table import METHODS
from tests.integration.api.conftest import API, Api
from tests.measurement_samples import kubectl, workload
from tests.suites import slow_except

pytestmark = pytest.mark.django_db

#: Whoever comes by a share link has a session at most, which the table of all addresses covers.
ACTORS = tuple(who for who in ALL_ACTORS if not who.startswith("share_"))
#: Nobody has no token; Dana's was made before she was switched off; no guest can have one, and Gus's opens nothing.
WITHOUT = ("nobody", "dana", "gus")
STRANGERS = ("ravi", "olga", "charlie", "zoe", "ada", "yves")

Cells = dict[str, int]


def with_token(status: int) -> Cells:
    return {**dict.fromkeys(ACTORS, status), **dict.fromkeys(WITHOUT, 401)}


def readers(status: int = 200) -> Cells:
    """The team, its viewers and the architect; for strangers there is nothing."""
    return {**with_token(status), **dict.fromkeys(STRANGERS, 404)}


def writers(status: int) -> Cells:
    """The team; who may only read is told so."""
    return {**readers(status), "vera": 403, "rita": 403}


@dataclass(frozen=True, kw_only=True)
class Row:
    """`methods`: status of each actor; any other method is 405 for whoever has a token."""

    address: str
    methods: dict[str, Cells]
    body: Callable[[Any], Any] = field(default=lambda team: None)

    def expected(self, method: str) -> Cells:
        return self.methods.get("GET" if method == "HEAD" else method, with_token(405))


def a_system(team: Team) -> dict[str, Any]:
    return {"team": team.pk, "name": "Shop"}


def an_answer(team: Team) -> dict[str, Any]:
    return {"question": "developers", "value": 4, "base_version": 0, "mutation_id": mutation_id()}


TABLE = {
    "api-teams": Row(address="/teams", methods={"GET": with_token(200)}),
    "api-systems": Row(
        address="/systems",
        # Ravi is on the team, and may not start anything.
        methods={"GET": with_token(200), "POST": {**writers(201), "ravi": 403}},
        body=a_system,
    ),
    "api-system": Row(address="/systems/{system}", methods={"GET": readers()}),
    "api-assessments": Row(address="/assessments", methods={"GET": with_token(200)}),
    "api-assessment": Row(address="/assessments/{assessment}", methods={"GET": readers(), "DELETE": writers(204)}),
    # 409: it is not deleted.
    "api-restore": Row(address="/assessments/{assessment}/restore", methods={"POST": writers(409)}),
    "api-submit": Row(address="/assessments/{assessment}/submit", methods={"POST": writers(200)}),
    # 409: it is still open.
    "api-next-version": Row(address="/assessments/{assessment}/next-version", methods={"POST": writers(409)}),
    "api-answers": Row(
        address="/assessments/{assessment}/answers", methods={"GET": readers(), "POST": writers(200)}, body=an_answer
    ),
    # Only Ravi is asked; 409: the team still answers together.
    "api-my-answers": Row(
        address="/assessments/{assessment}/my-answers",
        methods={"GET": {**with_token(404), "ravi": 200}, "POST": {**with_token(404), "ravi": 409}},
        body=an_answer,
    ),
    "api-result": Row(address="/assessments/{assessment}/result", methods={"GET": readers()}),
    "api-report": Row(address="/assessments/{assessment}/report", methods={"GET": readers(), "POST": readers(202)}),
    # 409: none is made yet.
    "api-report-pdf": Row(address="/assessments/{assessment}/report.pdf", methods={"GET": readers(409)}),
    "api-review": Row(address="/assessments/{assessment}/review", methods={"GET": readers()}),
    "api-comments": Row(address="/assessments/{assessment}/comments", methods={"GET": readers()}),
    "api-evidence": Row(
        address="/assessments/{assessment}/evidence",
        methods={"GET": readers(), "POST": writers(201)},
        body=lambda team: shop_evidence(),
    ),
    # 404: nothing is attached.
    "api-evidence-file": Row(address="/assessments/{assessment}/evidence/1", methods={"GET": with_token(404)}),
    "api-measurements": Row(
        address="/assessments/{assessment}/measurements",
        methods={"GET": readers(), "POST": writers(201)},
        body=lambda team: json.loads(kubectl(workload())),
    ),
    # 404: nothing is attached.
    "api-measurement": Row(address="/assessments/{assessment}/measurements/1", methods={"DELETE": writers(404)}),
    "api-questionnaires": Row(address="/questionnaires", methods={"GET": with_token(200)}),
    "api-questionnaire": Row(address="/questionnaires/{questionnaire}", methods={"GET": with_token(200)}),
}
OF_SOMETHING = [name for name, row in TABLE.items() if "{assessment}" in row.address or "{system}" in row.address]


class Place:
    """Alice's team with an assessment that Ravi and Gus are asked to answer, and everybody's token."""

    def __init__(self, people: dict[str, User], assessment: Assessment) -> None:
        self.client, self.assessment = Client(), assessment
        self.headers = {
            name: {"HTTP_AUTHORIZATION": f"Bearer {create_api_token(user, name='Tests', days=1)[1]}"}
            for name, user in people.items()
        }
        self.headers["nobody"] = {}

    def address(self, row: Row, beyond: int = 0) -> str:
        assessment = self.assessment
        return API + row.address.format(
            assessment=assessment.pk + beyond, system=assessment.system_id + beyond, questionnaire=assessment.edition_id
        )

    def ask(self, who: str, method: str, row: Row, *, beyond: int = 0) -> Any:
        """Whatever the request changes is undone."""
        body = row.body(self.assessment.team) if method in ("POST", "PUT", "PATCH") else None
        data, kind = (json.dumps(body), "application/json") if body else ("", "")
        with transaction.atomic():
            response = self.client.generic(method, self.address(row, beyond), data, kind, **self.headers[who])
            transaction.set_rollback(True)
        return response


@pytest.fixture
def place(request: pytest.FixtureRequest, team: Team, alice: User, edition: Any) -> Place:
    people = {name: request.getfixturevalue(name) for name in ACTORS if name != "nobody"}
    assessment = AssessmentFactory(team=team, by=alice, answers={"teams": 5, "deploy_minutes": 45})
    # No guest has one: it opens nothing even then.
    EmailAddress.objects.create(user=people["gus"], email=people["gus"].email, verified=True)
    for name in ("ravi", "gus"):
        Respondent.objects.create(assessment=assessment, user=people[name], asked_by=alice)
    return Place(people, assessment)


#: Each operation by the methods that it takes; any other gets 405, whoever asks.
CELLS = [(name, method) for name in TABLE for method in METHODS]


@pytest.mark.parametrize(
    ("name", "method"), slow_except(CELLS, *(cell for cell in CELLS if cell[1] in TABLE[cell[0]].methods))
)
def test_each_token_gets_the_status_of_the_table(name: str, method: str, place: Place) -> None:
    row = TABLE[name]
    got = {who: place.ask(who, method, row).status_code for who in ACTORS}
    assert got == row.expected(method)


def test_every_address_of_the_api_has_a_row() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == {*TABLE, "api-openapi"}


@pytest.mark.parametrize("name", OF_SOMETHING)
def test_a_stranger_cannot_tell_what_is_from_what_is_not(name: str, place: Place) -> None:
    row = TABLE[name]
    method = next(iter(row.methods))
    for who in set(STRANGERS) - ({"ravi"} if name == "api-my-answers" else set()):
        real, missing = (place.ask(who, method, row, beyond=beyond) for beyond in (0, 10_000))
        assert (real.status_code, real.content) == (404, missing.content)
        headers, others = ({**each.headers, "X-Request-Reference": ""} for each in (real, missing))
        assert headers == others


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_who_may_not_changes_nothing(name: str, place: Place) -> None:
    def everything() -> list[Any]:
        models = (System, Assessment, Answer, Event, Report)
        return [list(model.objects.order_by("pk").values()) for model in models]

    row = TABLE[name]
    before = everything()
    for method in ("POST", "DELETE"):
        for who in (who for who, status in row.expected(method).items() if status >= 400):
            body = row.body(place.assessment.team)
            data = json.dumps(body) if body else ""
            place.client.generic(method, place.address(row), data, "application/json", **place.headers[who])
    assert everything() == before


# --- tokens


def test_a_session_is_no_token(ask: Api, alice: User, assessment: Assessment) -> None:
    response = client_of(alice).get(f"{API}/systems")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == "unauthorized"


def test_a_token_in_the_address_is_no_token(ask: Api, alice: User) -> None:
    token = ask.token_of(alice)
    for name in ("token", "access_token", "api_key", "Authorization"):
        assert Client().get(f"{API}/systems", {name: token}).status_code == 401
    assert ask(alice, "GET", f"/systems?token={token}").status_code == 400


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer none-such", "Basic {}", "Token {}", "{}", "Bearer {}x", "Bearer é", "Bearer\t{}"],
)
def test_only_a_bearer_token_opens_the_api(header: str, ask: Api, alice: User) -> None:
    response = ask(alice, "GET", "/teams", HTTP_AUTHORIZATION=header.format(ask.token_of(alice)))
    assert response.status_code == 401


def test_the_scheme_may_be_written_in_any_case(ask: Api, alice: User) -> None:
    assert ask(alice, "GET", "/teams", HTTP_AUTHORIZATION=f"bearer {ask.token_of(alice)}").status_code == 200


def test_a_revoked_an_expired_and_a_switched_off_token_stop_at_once(ask: Api, alice: User, bob: User) -> None:
    token, text = create_api_token(alice, name="Nightly", days=1)
    header = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    assert ask(alice, "GET", "/teams", **header).status_code == 200
    revoke_api_token(token, by=alice)
    assert ask(alice, "GET", "/teams", **header).status_code == 401
    assert ask(alice, "GET", "/teams").status_code == 200
    ApiToken.objects.filter(user=alice).update(expires_at=timezone.now())
    assert ask(alice, "GET", "/teams").status_code == 401
    assert ask(bob, "GET", "/teams").status_code == 200
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert ask(bob, "GET", "/teams").status_code == 401


def test_a_role_taken_away_is_gone_with_the_next_request(ask: Api, bob: User, assessment: Assessment) -> None:
    address = f"/assessments/{assessment.pk}"
    assert ask(bob, "GET", address).status_code == 200
    bob.memberships.all().delete()
    assert ask(bob, "GET", address).status_code == 404


def test_no_csrf_token_is_asked_for(alice: User, ask: Api, assessment: Assessment) -> None:
    ask.client = Client(enforce_csrf_checks=True)
    assert ask(alice, "POST", f"/assessments/{assessment.pk}/report").status_code == 202


def test_the_description_is_open_to_all_and_holds_no_page_of_others() -> None:
    response = Client().get(f"{API}/openapi.json")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.json()["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}
    assert Client().get(f"{API}/docs").status_code == 404


# --- how often


def test_person_over_the_limit_waits_for_the_next_minute_while_others_do_not(
    ask: Api, alice: User, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_per_minute": 3}

    noon = timezone.now().replace(hour=12, minute=0, second=0)

    def set_time(minute: int, second: int) -> None:
        moment = noon.replace(minute=minute, second=second)
        monkeypatch.setattr("assess.people.api_tokens.timezone.now", lambda: moment)

    ask.token_of(alice)
    ask.token_of(bob)
    set_time(0, 10)
    assert [ask(alice, "GET", "/teams").status_code for _ in range(4)] == [200, 200, 200, 429]
    set_time(0, 59)
    refused = ask(alice, "GET", "/teams")
    assert refused.json()["code"] == "too_many_requests"
    assert refused.headers["Retry-After"] == "1"
    assert ask(bob, "GET", "/teams").status_code == 200
    set_time(1, 0)
    assert [ask(alice, "GET", "/teams").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_second_token_gives_nobody_more_requests(ask: Api, alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_per_minute": 3}
    second = {"HTTP_AUTHORIZATION": f"Bearer {create_api_token(alice, name='Second', days=1)[1]}"}
    statuses = [ask(alice, "GET", "/teams", **extra).status_code for extra in ({}, second) * 4]
    assert statuses.count(429) >= 2  # one where a minute began in between
    assert statuses.count(200) <= 6


def test_reading_assessments_takes_few_queries(
    ask: Api, alice: User, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    ask.token_of(alice)
    with django_assert_max_num_queries(6):
        assert ask(alice, "GET", "/assessments").status_code == 200


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if "GET" in row.methods])
def test_a_get_writes_nothing(name: str, ask: Api, alice: User, assessment: Assessment) -> None:
    ask.token_of(alice)
    address = TABLE[name].address.format(
        assessment=assessment.pk, system=assessment.system_id, questionnaire=assessment.edition_id
    )
    with CaptureQueriesContext(connection) as queries:
        assert ask(alice, "GET", address).status_code < 500
    statements = [query["sql"] for query in queries]
    assert statements
    assert [sql for sql in statements if not sql.startswith("SELECT")] == []


def test_three_hundred_a_minute_are_promised(settings: Any) -> None:
    assert settings.LIMITS["api_per_minute"] == 300


def test_a_deleted_assessment_is_gone_but_for_bringing_it_back(ask: Api, alice: User, assessment: Assessment) -> None:
    ask.token_of(alice)
    actions.delete_assessment(assessment, by=alice)
    for name in OF_SOMETHING:
        row = TABLE[name]
        method = next(iter(row.methods))
        address = row.address.format(assessment=assessment.pk, system=assessment.system_id)
        expected = 200 if name == "api-restore" else 404
        with transaction.atomic():
            assert ask(alice, method, address).status_code == expected, name
            transaction.set_rollback(True)
