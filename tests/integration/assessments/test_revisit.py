"""When a verdict is to be asked again: on its day, or when a later answer meets what it said would change it."""

import html
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.models import Assessment, Edition
from assess.assessments.revisit import Trigger, due_reasons, due_reasons_of, find_triggers, is_trigger_met
from assess.assessments.verdict_summary import add_months
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire_files import FIXTURES, builtin_questionnaire
from tests.factories import AnswerFactory, AssessmentFactory, EditionFactory
from tests.integration.assessments.conftest import queries_of

pytestmark = pytest.mark.django_db

#: Releases that wait, and all that an organisation-wide extraction needs but for a third team.
TWO_TEAMS: dict[str, Any] = {
    "scope": "whole_system",
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": 30,
    "teams": 2,
    "deploy_waiting": "always",
    "deploy_minutes": 45,
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "ownership": "teams",
    "platform_team": "dedicated",
    "ci_cd": "continuous",
    "tracing": "every_request",
    "central_logging": "in_place",
    "hiring": "hard",
    "scaling_profile": "even",
    "hot_share": 10,
    "load_fit": "comfortable",
    "migration_horizon": "year",
    "budget": "approved",
    "slowdown_accepted": "yes",
    "motives": [],
}


@pytest.fixture
def edition(db: None) -> Edition:
    """Version 1, whose model has a third team change the verdict of these answers."""
    content = (FIXTURES / "split-checklist-1.yaml").read_bytes()
    return EditionFactory(version=1, content=content)


@pytest.fixture
def first(team: Team, alice: User, edition: Edition) -> Assessment:
    carried = {
        key: AnswerValue(value=tuple(value) if isinstance(value, list) else value) for key, value in TWO_TEAMS.items()
    }
    return submit_assessment(
        start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried), by=alice
    )


def the_day(first: Assessment) -> date:
    first.refresh_from_db()
    assert first.ask_again_on is not None
    return first.ask_again_on


def shown(client: Client, name: str, *args: object) -> str:
    return html.unescape(client.get(reverse(name, args=args)).content.decode())


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 20), 6, date(2027, 5, 20)),
        (date(2026, 11, 20), 3, date(2027, 2, 20)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_are_calendar_months_that_end_with_their_last_day(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def at_noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def test_a_verdict_is_due_on_its_day_and_not_before(first: Assessment) -> None:
    on = the_day(first)
    assert on > timezone.localdate()
    assert due_reasons(first, at_noon(on - timedelta(days=1))) == []
    (item,) = due_reasons(first, at_noon(on))
    assert (item.kind, item.since) == ("date", on)
    assert item.sentence.startswith(f"Ask again: due since {on.day} ")


def test_a_verdict_names_the_team_that_would_change_it(first: Assessment) -> None:
    assert any(
        "Teams in the code: 3 teams or more (now 2 teams)" in sentence for sentence in first.result["revisit_when"]
    )


def test_a_third_team_makes_it_due(alice: User, first: Assessment) -> None:
    second = start_next_version(first, by=alice)
    AnswerFactory(assessment=second, key="teams", value=2)
    assert due_reasons(second, timezone.now()) == []
    second.answers.update(value=3)
    (item,) = due_reasons(second, timezone.now())
    assert (item.kind, item.key, item.sentence) == ("answer", "teams", "A third team joined: ask again")
    second.answers.update(value=7)
    assert "now 7 teams" in due_reasons(second, timezone.now())[0].sentence


def test_an_earlier_answer_is_no_answer_until_it_is_confirmed(alice: User, first: Assessment) -> None:
    assert due_reasons(start_next_version(first, by=alice), timezone.now()) == []


def test_what_is_due_shows_on_list_overview_and_the_result_it_is_about(
    alice: User, alice_client: Client, rita_client: Client, first: Assessment
) -> None:
    second = start_next_version(first, by=alice)
    AnswerFactory(assessment=second, key="teams", value=3)
    for client in (alice_client, rita_client):
        assert "A third team joined: ask again" in shown(client, "assessments")
        assert "A third team joined: ask again" in shown(client, "assessment", second.pk)
        assert "A third team joined: ask again" in shown(client, "assessment-result", first.pk)
    AnswerFactory(assessment=second, key="developers", value=30)
    submit_assessment(second, by=alice)
    for name, pk in (("assessment-result", first.pk), ("assessment", second.pk), ("assessment-result", second.pk)):
        assert "A third team joined" not in shown(alice_client, name, pk)


def test_the_list_says_since_when_a_verdict_is_due(alice_client: Client, first: Assessment) -> None:
    Assessment.objects.filter(pk=first.pk).update(ask_again_on=date(2024, 5, 3))
    for name, args in (("assessments", ()), ("assessment", (first.pk,)), ("assessment-result", (first.pk,))):
        assert "Ask again: due since 3 May 2024" in shown(alice_client, name, *args)


def test_what_people_answer_apart_gives_nothing_away_before_it_is_submitted(alice: User, first: Assessment) -> None:
    second = start_next_version(first, by=alice)
    AnswerFactory(assessment=second, key="teams", value=3)
    second.answers_separately = True
    second.save(update_fields=["answers_separately"])
    assert due_reasons(second, timezone.now()) == []


def test_many_rows_take_two_queries(alice: User, team: Team, first: Assessment) -> None:
    rows = []
    for number in range(6):
        made = AssessmentFactory(
            team=team, by=alice, system__name=f"S{number}", edition=first.edition, answers=TWO_TEAMS | {"teams": 2}
        )
        AnswerFactory(assessment=start_next_version(submit_assessment(made, by=alice), by=alice), key="teams", value=3)
        rows.append(made.system_id)
    found = list(
        Assessment.objects.filter(system__in=rows, is_newest=True)
        .select_related("edition", "workspace")
        .defer("edition__content", "result")
    )
    due_reasons_of(found, timezone.now())
    told: dict[int, Any] = {}
    assert len(queries_of(lambda: told.update(due_reasons_of(found, timezone.now())))) == 2
    assert len(told) == 6


def test_the_triggers_are_those_that_the_result_names(first: Assessment) -> None:
    found = list(find_triggers(builtin_questionnaire(), first.result["flips"]))
    assert len(found) == len(first.result["revisit_when"])


@pytest.mark.parametrize(
    ("key", "before", "after", "now", "met"),
    [
        ("teams", 2, 3, 3, True),
        ("teams", 2, 3, 9, True),
        ("teams", 2, 3, 2, False),
        ("teams", 2, 3, 1, False),
        ("developers", 30, 9, 9, True),
        ("developers", 30, 9, 4, True),
        ("developers", 30, 9, 10, False),
        ("load_fit", "comfortable", "peaks_hurt", "failing", True),
        ("load_fit", "comfortable", "peaks_hurt", "comfortable", False),
        ("boundaries", "enforced", "sketched", "tangled", True),
        ("boundaries", "enforced", "sketched", "named", False),
        ("boundaries", "enforced", "sketched", "no_such", False),
        ("motives", (), ("imitation",), ("imitation", "new_technology"), True),
        ("motives", (), ("imitation",), ("new_technology",), False),
        ("motives", ("imitation",), (), ("imitation",), False),
        ("motives", ("imitation",), (), ("new_technology",), True),
    ],
)
def test_a_trigger_is_met_at_its_value_and_beyond(key: str, before: Any, after: Any, now: Any, met: bool) -> None:
    question = builtin_questionnaire().by_key[key]
    assert is_trigger_met(question, Trigger(key=key, before=before, after=after, verdict="extract"), now) is met
