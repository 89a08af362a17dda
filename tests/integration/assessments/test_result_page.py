"""The result page: what argues with the verdict stands on it, linked to the questions it comes from."""

from dataclasses import replace
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment
from assess.decision import decide
from assess.decision.flips import find_all_flips
from assess.decision.result import Gate
from assess.decision.wording import FORM_WORDS
from assess.models import Edition, Team, User
from assess.questionnaire.schema import Answer, Value
from assess.questionnaire_files import builtin_questionnaire
from assess.web.templatetags.look import gate_list
from tests.factories import FIXTURES, EditionFactory
from tests.html import compact

pytestmark = pytest.mark.django_db

#: Five teams that wait, all backed; nobody is known to run the platform; and two answers at odds.
GIVEN: dict[str, Value] = {
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": 35,
    "teams": 5,
    "team_collisions": "weekly",
    "deploy_minutes": 45,
    "deploy_waiting": "often",
    "deploy_demand": "satisfied",
    "hot_share": 40,
    "boundaries": "named",
    "tracing": "every_request",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
    "migration_horizon": "half_year",
}


@pytest.fixture
def started(alice: User, team: Team, edition: Edition) -> Assessment:
    carried = {key: Answer(value=value) for key, value in GIVEN.items()}
    return start_assessment(team=team, system_name="Payments", edition=edition, by=alice, carried=carried)


def page(client: Client, assessment: Assessment) -> str:
    response = client.get(reverse("assessment-result", args=[assessment.pk]))
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_it_says_verdict_rule_and_how_far_it_could_still_move(alice_client: Client, started: Assessment) -> None:
    html = page(alice_client, started)
    assert "Extract services" in html
    assert "nothing we know speaks against a split" in html
    assert 'data-settled="conditional"' in html
    assert "Could still become" in html


def test_flips_are_sorted_and_lead_to_their_questions(alice_client: Client, started: Assessment) -> None:
    html = page(alice_client, started)
    for title in ("What you can work on", "If this happens", "If you find out that"):
        assert title in html
    review = reverse("assessment-review", args=[started.pk])
    assert f'<a href="{review}#q-platform_team">Nobody in particular runs the platform</a>' in html
    assert "small changes leave the verdict as it is" in html
    assert "A small change is one step" in html


def test_answers_that_change_the_form_alone_are_listed_as_such(
    alice: User, alice_client: Client, team: Team, edition: Edition
) -> None:
    given = GIVEN | {"team_collisions": "never", "deploy_waiting": "never"}
    carried = {key: Answer(value=value) for key, value in given.items()}
    calm = start_assessment(team=team, system_name="Calm", edition=edition, by=alice, carried=carried)
    html = page(alice_client, calm)
    forms = html[html.index("The verdict stays, its form changes") :]
    flips = find_all_flips(builtin_questionnaire(), carried).of_form
    assert flips
    for flip in flips:
        assert FORM_WORDS[flip.form] in forms


def test_every_reason_is_on_the_page_and_so_is_every_motive_that_carries_no_weight(
    alice: User, alice_client: Client, team: Team, edition: Edition
) -> None:
    carried = {key: Answer(value=value) for key, value in GIVEN.items()} | {"motives": Answer(value=("imitation",))}
    given = start_assessment(team=team, system_name="Imitated", edition=edition, by=alice, carried=carried)
    text = unescape(page(alice_client, given))
    reasons = decide(builtin_questionnaire(), carried).reasons
    assert len(reasons) > 7
    assert [reason.code for reason in reasons if reason.kind == "motive"] == ["motive.imitation"]
    for reason in reasons:
        assert reason.sentence in text


def test_answers_at_odds_stand_there_with_both_questions_linked(alice_client: Client, started: Assessment) -> None:
    html = page(alice_client, started)
    review = reverse("assessment-review", args=[started.pk])
    assert "Nobody wants to release more often, yet teams wait" in html
    odds = html[html.index("One pair of answers does not fit together") : html.index('id="flips"')]
    assert f"{review}#q-deploy_demand" in odds
    assert f"{review}#q-deploy_waiting" in odds


def test_five_sources_judge_side_by_side_and_cases_say_how_it_went(alice_client: Client, started: Assessment) -> None:
    html = page(alice_client, started)
    table = html[html.index('id="sources"') : html.index('id="cases"')]
    assert [name in table for name in ("SHOB", "Django rules", "GreedyGame", "Readiness guide", "Patterns")] == [
        True
    ] * 5
    assert "published systems like yours" in html
    assert "shared answers" in html[html.index('id="cases"') :]


def test_the_list_of_preparations_is_ticked_from_the_answers(alice_client: Client, started: Assessment) -> None:
    html = page(alice_client, started)
    review = reverse("assessment-review", args=[started.pk])
    assert f'Ready:</span> <a href="{review}#q-tracing">Requests are traced</a>' in html
    assert f'Open:</span> <a href="{review}#q-platform_team">A team of its own runs the platform</a>' in html


def test_a_submitted_result_keeps_what_argued_with_it(alice: User, started: Assessment) -> None:
    kept = submit_assessment(started, by=alice).result
    assert kept is not None
    assert kept["verdict"] == "extract"
    assert {"flips", "robustness", "contradictions", "playbooks", "similar_cases", "revisit_when"} <= set(kept)
    assert [found["code"] for found in kept["contradictions"]] == ["satisfied-but-waiting"]


def test_planned_changes_stand_among_what_to_do_next(alice_client: Client, started: Assessment) -> None:
    assert "Planned changes" not in page(alice_client, started)
    alice_client.post(reverse("assessment-planned-changes", args=[started.pk]), {"platform_team": "dedicated"})
    html = page(alice_client, started)
    assert "Planned changes" in html
    assert "Who runs the platform: not known → a dedicated team" in html


def test_the_review_shows_answers_at_odds_and_still_lets_the_version_be_submitted(
    alice_client: Client, started: Assessment
) -> None:
    review = reverse("assessment-review", args=[started.pk])
    html = " ".join(alice_client.get(review).text.split())
    assert "Nobody wants to release more often, yet teams wait" in html
    assert f'<a href="{review}#q-deploy_demand">' in html
    alice_client.post(reverse("assessment-submit", args=[started.pk]))
    started.refresh_from_db()
    assert started.is_submitted


def test_a_gate_whose_sentence_is_its_name_says_it_once() -> None:
    gate = Gate(gate="platform", state="passed", keys=(), sentence="Somebody runs the platform.", source="S3")
    failed = replace(gate, state="failed", sentence="Nobody runs the platform.")
    html = " ".join(render_to_string("parts/gates.html", gate_list([gate, failed])).split())
    assert html.count("Passed: Somebody runs the platform.") == 1
    assert html.count("Somebody runs the platform.") == 2  # the name of each
    assert "Nobody runs the platform." in html


@pytest.fixture
def old_edition() -> Edition:
    """Version 1 of the questionnaire, whose answers are judged by model 1."""
    made: Edition = EditionFactory(
        version=1, content=(FIXTURES / "questionnaires" / "split-checklist-1.yaml").read_bytes()
    )
    return made


def test_a_newer_model_that_differs_names_the_rule_that_makes_the_difference(
    alice: User, alice_client: Client, team: Team, old_edition: Edition
) -> None:
    carried = {"current_shape": Answer(value="services"), "change_breakage": Answer(value="never")}
    made = start_assessment(team=team, system_name="Old", edition=old_edition, by=alice, carried=carried)
    made = submit_assessment(made, by=alice)
    EditionFactory()
    judged = decide(builtin_questionnaire(), carried)
    assert (made.model_version, made.verdict, judged.model_version) == (1, "extract", 2)
    assert judged.verdict == "modular"
    text = " ".join(unescape(page(alice_client, made)).split())
    assert f"The rule that makes the difference: {judged.rule_sentence}" in text


def test_a_newer_model_without_a_verdict_says_what_to_answer(
    alice: User, alice_client: Client, team: Team, old_edition: Edition
) -> None:
    carried = {"teams": Answer(value=5)}
    made = start_assessment(team=team, system_name="Old", edition=old_edition, by=alice, carried=carried)
    made = submit_assessment(made, by=alice)
    EditionFactory()
    judged = decide(builtin_questionnaire(), carried)
    assert (made.verdict, judged.state) == ("stay", "undecided")
    text = compact(unescape(page(alice_client, made)))
    assert 'data-newer=""' in text
    assert judged.headline in text
    assert "The rule that makes the difference" not in text
