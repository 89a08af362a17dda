"""Before a question about a pain was answered nothing is decided, and no page or list shows a verdict."""

import html
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import submit_assessment
from assess.assessments.models import Assessment
from assess.decision.wording import VERDICT_WORDS
from assess.people.api_tokens import create_api_token
from assess.people.models import Team, User
from assess.sharing import actions as sharing
from assess.sharing.models import Scope
from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db

NO_PAIN: dict[str, Any] = {"teams": 3, "tracing": "none", "hiring": "hard"}


@pytest.fixture
def draft(team: Team, alice: User) -> Assessment:
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Web shop", answers=NO_PAIN)
    return made


@pytest.fixture
def submitted(draft: Assessment, alice: User) -> Assessment:
    return submit_assessment(draft, by=alice)


def text_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def systems_in_portfolio(client: Client, verdict: str) -> list[str]:
    response = client.get(reverse("portfolio-json"), {"verdict": verdict})
    content = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return [each["system"] for each in content["systems"]]


def test_a_draft_names_the_questions_that_decide(alice_client: Client, draft: Assessment) -> None:
    page = text_of(alice_client, "assessment-result", draft.pk)
    assert "No verdict yet" in page
    assert "first. Still possible: " in page
    assert "Answer these first" in page
    assert VERDICT_WORDS["stay"] not in page


@pytest.mark.parametrize("name", ["assessment", "assessment-result", "assessment-decision"])
def test_a_submitted_version_shows_no_verdict_on_its_pages(
    rita_client: Client, submitted: Assessment, name: str
) -> None:
    page = text_of(rita_client, name, submitted.pk)
    assert "No verdict yet" in page
    assert f"</svg>{VERDICT_WORDS['stay']}</span>" not in page


def test_lists_count_it_among_systems_without_a_verdict(rita_client: Client, submitted: Assessment) -> None:
    submitted.refresh_from_db()
    assert (submitted.verdict, submitted.form, submitted.current_verdict, submitted.ask_again_on) == ("", "", "", None)
    assert "No verdict yet" in text_of(rita_client, "assessments")
    assert systems_in_portfolio(rita_client, "none") == ["Web shop"]
    assert systems_in_portfolio(rita_client, "stay") == []


def test_the_result_that_is_kept_and_the_api_say_undecided(client: Client, alice: User, submitted: Assessment) -> None:
    token = create_api_token(alice, name="Tests", days=30)[1]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(f"/api/v1/assessments/{submitted.pk}", headers=headers).json()["verdict"] is None
    result = client.get(f"/api/v1/assessments/{submitted.pk}/result", headers=headers).json()
    assert (result["state"], result["firm"]) == ("undecided", False)
    assert set(result["possible_verdicts"]) > {result["verdict"]}


def test_the_quick_check_shows_what_is_still_possible(client: Client) -> None:
    page = text_of(client, "quick-check", **NO_PAIN)
    assert "No verdict yet" in page
    assert "Still possible: " in page
    assert VERDICT_WORDS["stay"] not in page


def test_a_shared_result_shows_no_verdict(client: Client, alice: User, submitted: Assessment) -> None:
    _link, token = sharing.make_link(submitted, by=alice, name="Board", scope=Scope.REPORT, days=30)
    page = html.unescape(client.get(f"/s/{token}/", follow=True).content.decode())
    assert "No verdict yet" in page
    assert VERDICT_WORDS["stay"] not in page


def test_trying_other_answers_shows_a_verdict_once_a_pain_is_answered(alice_client: Client, draft: Assessment) -> None:
    assert "No verdict yet" in text_of(alice_client, "assessment-what-if", draft.pk)
    assert 'data-verdict="stay"' in text_of(alice_client, "assessment-what-if", draft.pk, deploy_waiting="never")
