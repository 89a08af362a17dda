"""The head of the result page in each state that a version can be in: what stands, how settled, and what beneath."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from assess.review import actions
from assess.review.models import Condition, Decision
from assess.review.signed_content import ConditionTerms
from assess.sharing.actions import make_link
from assess.sharing.models import Scope
from tests.factories import FIXTURES, EditionFactory

pytestmark = pytest.mark.django_db

#: Five teams that wait, all backed; nobody is known to run the platform.
WAITING: dict[str, Any] = {
    "current_shape": "monolith", "product_stage": "established", "developers": 35, "teams": 5,
    "deploy_minutes": 45, "deploy_waiting": "often", "hot_share": 40, "boundaries": "named",
    "tracing": "every_request", "central_logging": "in_place", "ci_cd": "pipeline", "migration_horizon": "half_year",
}  # fmt: skip
#: Everything else is known, and calm.
CALM: dict[str, Any] = {
    "scope": "whole_system", "team_collisions": "never", "change_breakage": "never", "special_needs": (),
    "load_fit": "comfortable", "infra_cost": "acceptable", "cross_boundary_transactions": "few", "hiring": "easy",
}  # fmt: skip
STRAINED: dict[str, Any] = {"current_shape": "services", "distributed_monolith_signs": ("release_together",)}
REASON = "The platform is bought next year."


def start(given: dict[str, Any], team: Team, edition: Edition, by: User, *, basis: Any = None) -> Assessment:
    carried = {key: Answer(value=value, basis=basis) for key, value in given.items()}
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=by, carried=carried)


def card_of(client: Client, address: str) -> str:
    """The answer card's HTML."""
    page = " ".join(unescape(client.get(address, follow=True).text).split())
    return page[page.index('<section class="answer ') : page.index("</section>", page.index('class="answer '))]


def result_of(made: Assessment) -> str:
    return reverse("assessment-result", args=[made.pk])


def text_of(card: str) -> str:
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", card)).split()
    return " ".join(words).replace(" ,", ",")


def heading_of(card: str) -> str:
    return text_of(card[card.index("<h1") : card.index("</h1>")])


def test_while_nothing_is_decided_it_says_what_to_answer(
    alice_client: Client, team: Team, edition: Edition, alice: User
) -> None:
    card = card_of(alice_client, result_of(start({"teams": 3}, team, edition, alice)))
    assert 'class="answer unknown"' in card
    assert 'data-settled="none"' in card
    assert "data-verdict" not in card
    assert heading_of(card) == "Web shop: No verdict yet"
    assert "Answer these first" in card
    assert "Next, by" not in card


def test_a_conditional_verdict_names_the_others_and_what_each_answer_would_do(
    alice_client: Client, team: Team, edition: Edition, alice: User
) -> None:
    made = start(WAITING | CALM, team, edition, alice)
    card = card_of(alice_client, result_of(made))
    assert 'data-settled="conditional" data-verdict="extract" data-form="organisation" data-firm="false"' in card
    assert heading_of(card) == "Web shop: So far: Extract services slice by slice"
    assert "Conditional Could still become Modular monolith" in text_of(card)
    address = reverse("assessment-what-if", args=[made.pk])
    assert f'<a href="{address}?platform_team=none">Nobody in particular' in card
    assert "Nobody in particular Modular monolith, and firm" in text_of(card)
    assert "A dedicated team Extract services, and firm" in text_of(card)


@pytest.mark.parametrize(("basis", "settled"), [("measured", "firm"), ("guess", "guesses")])
def test_a_verdict_that_no_answer_can_change_is_firm_if_it_does_not_rest_on_guesses(
    alice_client: Client, team: Team, edition: Edition, alice: User, basis: str, settled: str
) -> None:
    card = card_of(alice_client, result_of(start(STRAINED, team, edition, alice, basis=basis)))
    assert f'data-settled="{settled}" data-verdict="modular" data-form="consolidate" data-firm="true"' in card
    assert heading_of(card) == "Web shop: Modular monolith merge services back"
    assert ("No open answer can change it." in card) == (settled == "firm")
    assert ("Every answer that decides is a guess." in card) == (settled == "guesses")


@pytest.fixture
def conditioned(team: Team, edition: Edition, alice: User, rita: User) -> Assessment:
    made = submit_assessment(start(WAITING, team, edition, alice), by=alice)
    tomorrow = timezone.localdate() + timedelta(days=1)
    terms = [
        ConditionTerms(text="Somebody runs the platform", owner="Bob", due_on=tomorrow),
        ConditionTerms(text="A pipeline releases every service", owner="Eve", due_on=tomorrow + timedelta(days=9)),
    ]
    actions.sign(made, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=terms)
    return made


def test_a_signed_verdict_says_by_whom_and_on_which_conditions(alice_client: Client, conditioned: Assessment) -> None:
    card = card_of(alice_client, result_of(conditioned))
    assert 'data-settled="signed" data-verdict="extract"' in card
    assert "Accepted with conditions by Rita" in text_of(card)
    assert text_of(card).index("Somebody runs the platform") < text_of(card).index("A pipeline releases every service")
    assert "Overdue" not in card


def test_a_condition_whose_day_has_passed_is_said_to_be_overdue(alice_client: Client, conditioned: Assessment) -> None:
    Condition.objects.filter(owner="Bob").update(due_on=timezone.localdate() - timedelta(days=2))
    assert text_of(card_of(alice_client, result_of(conditioned))).count("Overdue since") == 1


@pytest.fixture
def overruled(team: Team, edition: Edition, alice: User, rita: User) -> Assessment:
    made = submit_assessment(start(WAITING, team, edition, alice), by=alice)
    actions.sign(made, by=rita, decision=Decision.ACCEPTED, overruled_to="stay", reason=REASON)
    return made


@pytest.mark.parametrize("shared", [False, True])
def test_an_overruled_verdict_stands_beneath_the_decision(
    alice_client: Client, overruled: Assessment, alice: User, *, shared: bool
) -> None:
    address, client = result_of(overruled), alice_client
    if shared:
        _link, token = make_link(overruled, by=alice, name="Board", scope=Scope.RESULT, days=7)
        address, client = f"/s/{token}/", Client()
    card = card_of(client, address)
    text = text_of(card)
    assert 'class="answer stay"' in card
    assert 'data-settled="overruled" data-verdict="stay"' in card
    assert heading_of(card) == "Web shop: Stay monolithic"
    assert text.index("Stay monolithic") < text.index(REASON) < text.index("The model said Extract services")
    assert "Overruled and signed by Rita" in text


def test_steps_and_reasons_are_those_of_the_decision_that_stands(alice_client: Client, overruled: Assessment) -> None:
    text = text_of(card_of(alice_client, result_of(overruled)))
    assert "slice" not in text[text.index("Next, by") :]
    assert "Teams often wait" not in text  # speaks for the model's verdict


def test_a_verdict_whose_day_has_passed_is_out_of_date_and_stays_what_was_decided(
    alice_client: Client, conditioned: Assessment
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Assessment.objects.filter(pk=conditioned.pk).update(ask_again_on=yesterday)
    card = card_of(alice_client, result_of(conditioned))
    assert 'data-settled="stale" data-verdict="extract"' in card
    assert 'data-due="date"' in card
    assert "Out of date" in text_of(card)
    assert "Accepted with conditions by Rita" in text_of(card)


def test_a_verdict_of_the_first_model_has_its_card_and_no_path(alice_client: Client, team: Team, alice: User) -> None:
    content = (FIXTURES / "questionnaires" / "split-checklist-1.yaml").read_bytes()
    made = submit_assessment(start(WAITING, team, EditionFactory(version=1, content=content), alice), by=alice)
    response = alice_client.get(result_of(made))
    assert f'data-verdict="{made.verdict}"' in card_of(alice_client, result_of(made))
    assert "This rule decided" in response.text


def test_an_older_version_says_which_one_is_newer(alice_client: Client, conditioned: Assessment, alice: User) -> None:
    start_next_version(conditioned, by=alice)
    assert "This is an older version." in alice_client.get(result_of(conditioned)).text


def test_a_part_with_a_name_is_named(alice_client: Client, team: Team, edition: Edition, alice: User) -> None:
    given = {**WAITING, "scope": "one_part", "part_name": "Recommendations", "kept_apart": "required"}
    card = card_of(alice_client, result_of(start(given, team, edition, alice)))
    assert "Web shop, Recommendations" in text_of(card)
    assert "Recommendations" in text_of(card[card.index('class="headline"') :])


def test_what_holds_a_split_back_is_named(alice_client: Client, team: Team, edition: Edition, alice: User) -> None:
    given = {**WAITING, "cross_boundary_transactions": "many"}
    text = text_of(card_of(alice_client, result_of(start(given, team, edition, alice))))
    assert "The need is real, but many transactions cross the boundaries." in text
