"""How people know the answers that decide: asked on the review, of those answers alone."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment
from assess.assessments.models import Answer, Assessment, Edition, Event
from assess.decision.facade import decide
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire_files import builtin_questionnaire

ANSWERS = {
    "scope": "whole_system",
    "current_shape": "monolith",
    "deploy_waiting": "always",
    "teams": 6,
    "developers": 45,
    "hiring": "easy",
}


@pytest.fixture
def made(team: Team, edition: Edition, alice: User) -> Assessment:
    carried = {key: AnswerValue(value=value) for key, value in ANSWERS.items()}
    return start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)


def review(client: Client, made: Assessment) -> str:
    return client.get(reverse("assessment-review", args=[made.pk])).content.decode()


def state(client: Client, made: Assessment, **fields: Any) -> str:
    """Posts these fields of the form, and returns the page that follows."""
    response = client.post(reverse("assessment-basis", args=[made.pk]), fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_review_asks_how_one_knows_the_answers_that_decide_and_no_others(
    alice_client: Client, made: Assessment
) -> None:
    deciding = decide(builtin_questionnaire(), {k: AnswerValue(value=v) for k, v in ANSWERS.items()}).deciding_keys
    assert "scope" not in deciding
    assert "deploy_waiting" in deciding
    assert set(re.findall(r'name="(\w+)-basis"', review(alice_client, made))) == set(deciding)


def test_a_stated_basis_is_saved_with_its_answer_and_in_the_log(alice_client: Client, made: Assessment) -> None:
    version = Answer.objects.get(assessment=made, key="deploy_waiting").version
    page = state(alice_client, made, **{"deploy_waiting-basis": "measured", "deploy_waiting-version": version})
    assert "Saved how you know 1 answer." in page
    answer = Answer.objects.get(assessment=made, key="deploy_waiting")
    assert (answer.value, answer.basis) == ("always", "measured")
    assert Event.objects.filter(assessment=made, key="deploy_waiting").latest("id").payload["basis"] == "measured"


def test_a_basis_for_an_answer_that_somebody_changed_meanwhile_is_not_saved(
    alice_client: Client, made: Assessment
) -> None:
    version = Answer.objects.get(assessment=made, key="deploy_waiting").version
    state(alice_client, made, **{"deploy_waiting-basis": "guess", "deploy_waiting-version": version})
    page = state(alice_client, made, **{"deploy_waiting-basis": "measured", "deploy_waiting-version": version})
    assert "somebody changed the answer meanwhile" in page
    assert Answer.objects.get(assessment=made, key="deploy_waiting").basis == "guess"


def test_whoever_submits_without_a_basis_is_told_how_many_lack_one(alice_client: Client, made: Assessment) -> None:
    page = review(alice_client, made)
    lines = re.findall(r'name="(\w+)-version" value="(\d+)"', page)
    assert f"{len(lines)} deciding answers do not say how you know them." in " ".join(page.split())
    fields = {f"{key}-version": version for key, version in lines} | {f"{key}-basis": "estimated" for key, _ in lines}
    assert "how you know them" not in " ".join(state(alice_client, made, **fields).split())


def test_nonsense_changes_nothing(alice_client: Client, made: Assessment) -> None:
    before = list(Answer.objects.filter(assessment=made).values("key", "basis", "version"))
    state(
        alice_client, made, **{"deploy_waiting-basis": "certain", "deploy_waiting-version": "1", "no_such-basis": "x"}
    )
    state(alice_client, made, **{"deploy_waiting-basis": "measured", "deploy_waiting-version": "9" * 30})
    assert list(Answer.objects.filter(assessment=made).values("key", "basis", "version")) == before
