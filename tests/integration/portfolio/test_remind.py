"""`manage.py remind`: leads hear once of what is due, respondents at most once a week."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from assess.assessments import respondents
from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.models import Assessment, Edition, Respondent, State
from assess.people.models import Notice, Team, User, Workspace
from assess.portfolio.reminders import remind_all
from assess.questionnaire_files import FIXTURES
from assess.review.models import Condition, SignOff
from tests.factories import AnswerFactory, AssessmentFactory, EditionFactory
from tests.integration.assessments.test_revisit import TWO_TEAMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db: None) -> Edition:
    """Version 1, whose model has a third team change the verdict of these answers."""
    return EditionFactory(version=1, content=(FIXTURES / "split-checklist-1.yaml").read_bytes())


@pytest.fixture
def shop(team: Team, alice: User, edition: Edition) -> Assessment:
    made = AssessmentFactory(team=team, by=alice, system__name="Shop", edition=edition, answers=TWO_TEAMS)
    return submit_assessment(made, by=alice)


def make_due(assessment: Assessment, on: date) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(ask_again_on=on)


def sign(assessment: Assessment, *, by: User, due_on: date) -> None:
    """Accept it with one condition."""
    assessment.state = State.ACCEPTED_WITH_CONDITIONS
    assessment.save(update_fields=["state"])
    sign_off = SignOff.objects.create(
        assessment=assessment, decision=State.ACCEPTED_WITH_CONDITIONS, model_verdict=assessment.verdict, content={},
        content_hash="0" * 64, signed_by=by,
    )  # fmt: skip
    Condition.objects.create(
        assessment=assessment, sign_off=sign_off, text="Trace every request", owner="Ana", due_on=due_on
    )


def run() -> str:
    out = io.StringIO()
    call_command("remind", stdout=out)
    return out.getvalue()


def texts_of(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("text", flat=True))


def test_leads_are_notified_once_of_a_due_verdict(
    shop: Assessment, alice: User, bob: User, vera: User, rita: User, olga: User,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    run()
    assert texts_of(alice) == []
    make_due(shop, date(2024, 5, 3))
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 verdict due," in run()
    assert texts_of(alice) == ["Shop: ask again, due since 3 May 2024"]
    (sent,) = mail.outbox
    assert sent.to == [alice.email]
    assert f"/assessments/{shop.pk}/#due" in sent.body
    for _ in range(2):
        assert "0 verdicts due," in run()
    assert len(texts_of(alice)) == 1
    for other in (bob, vera, rita, olga):
        assert texts_of(other) == []


def test_leads_are_notified_again_of_the_next_due_verdict(shop: Assessment, alice: User) -> None:
    make_due(shop, date(2024, 5, 3))
    run()
    second = start_next_version(shop, by=alice)
    run()  # being asked again: nothing to tell
    AnswerFactory(assessment=second, key="teams", value=2)
    submit_assessment(second, by=alice)
    make_due(second, date(2025, 5, 3))
    run()
    assert texts_of(alice) == ["Shop: ask again, due since 3 May 2024", "Shop: ask again, due since 3 May 2025"]


def test_leads_are_notified_once_of_an_answer_that_meets_a_trigger(shop: Assessment, alice: User) -> None:
    second = start_next_version(shop, by=alice)
    AnswerFactory(assessment=second, key="teams", value=3)
    run()
    second.answers.update(value=4)
    run()
    assert texts_of(alice) == ["Shop: A third team joined: ask again"]


def test_leads_are_notified_once_of_an_overdue_condition(shop: Assessment, alice: User, rita: User) -> None:
    today = timezone.localdate()
    sign(shop, by=rita, due_on=today - timedelta(1))
    sign_off = SignOff.objects.get()
    Condition.objects.create(assessment=shop, sign_off=sign_off, text="Name the boundaries", owner="Ana", due_on=today)
    run()
    run()
    (text,) = texts_of(alice)
    assert text.startswith("Shop: a condition is overdue since ")
    assert text.endswith("(Ana): Trace every request")
    Condition.objects.update(met_at=timezone.now(), met_by=alice)
    run()
    assert len(texts_of(alice)) == 1


@pytest.mark.parametrize(
    ("time_zone", "is_due"), [("Pacific/Auckland", True), ("UTC", False), ("America/Los_Angeles", False)]
)
def test_verdicts_and_conditions_are_due_by_the_day_of_their_own_workspace(
    shop: Assessment, rita: User, workspace: Workspace, time_zone: str, is_due: bool
) -> None:
    workspace.time_zone = time_zone
    workspace.save()
    sign(shop, by=rita, due_on=date(2026, 11, 20))
    make_due(shop, date(2026, 11, 21))
    reminded = remind_all(datetime(2026, 11, 20, 12, 30, tzinfo=UTC))  # the 21st in Auckland
    assert (reminded.verdicts_due, reminded.conditions_overdue) == (is_due, is_due)


def test_team_without_a_lead_and_deleted_version_are_skipped(
    shop: Assessment, alice: User, other_team: Team, olga: User
) -> None:
    of_others = submit_assessment(AssessmentFactory(team=other_team, by=olga, answers={"teams": 3}), by=olga)
    make_due(of_others, date(2024, 5, 3))
    make_due(shop, date(2024, 5, 3))
    Assessment.objects.filter(pk=shop.pk).update(deleted_at=timezone.now(), deleted_by=alice, is_newest=False)
    assert remind_all().verdicts_due == 0


@pytest.fixture
def asked(team: Team, alice: User, bob: User, edition: Edition) -> Respondent:
    made = AssessmentFactory(team=team, by=alice, system__name="Shop")
    respondents.ask_people(made, people=[bob], by=alice)
    return Respondent.objects.get(assessment=made, user=bob)


def long_ago(respondent: Respondent, **fields: int) -> None:
    now = timezone.now()
    Respondent.objects.filter(pk=respondent.pk).update(
        **{name: now - timedelta(days=days) for name, days in fields.items()}
    )


def reminded_of(user: User) -> int:
    return sum("is waiting for your answers" in text for text in texts_of(user))


def test_unfinished_respondent_is_reminded_after_three_days_then_weekly(asked: Respondent, bob: User) -> None:
    long_ago(asked, asked_at=2)
    run()
    assert reminded_of(bob) == 0
    long_ago(asked, asked_at=4)
    assert "Reminded: 1 respondent." in run()
    assert "Reminded: 0 respondents." in run()
    assert reminded_of(bob) == 1
    long_ago(asked, asked_at=10, reminded_at=6)
    run()
    assert reminded_of(bob) == 1
    long_ago(asked, asked_at=11, reminded_at=8)
    run()
    assert reminded_of(bob) == 2
    assert asked.assessment.events.filter(kind="reminded").count() == 2


def test_finished_or_removed_respondent_is_not_reminded(asked: Respondent, bob: User, alice: User) -> None:
    long_ago(asked, asked_at=9, finished_at=1)
    assert remind_all().respondents == 0
    Respondent.objects.filter(pk=asked.pk).update(finished_at=None, removed_at=timezone.now(), removed_by=alice)
    assert remind_all().respondents == 0


def test_reminder_comes_from_a_lead_when_the_asker_may_no_longer_ask(asked: Respondent, bob: User, alice: User) -> None:
    Respondent.objects.filter(pk=asked.pk).update(asked_by=bob)
    long_ago(asked, asked_at=9)
    run()
    assert [text for text in texts_of(bob) if text.startswith("Alice is waiting for your answers on Shop")]


@pytest.mark.django_db(transaction=True)
def test_remind_counts_the_mail_that_left_and_the_mail_that_waits(shop: Assessment, alice: User, settings: Any) -> None:
    make_due(shop, date(2024, 5, 3))
    assert "Mail: 1 sent, 0 waiting for the mail server, 0 given up." in run()
    settings.EMAIL_BACKEND = "tests.integration.people.test_notices.BrokenBackend"
    Notice.objects.all().delete()
    assert "Mail: 0 sent, 1 waiting for the mail server, 0 given up." in run()
    assert "Mail: 0 sent, 0 waiting for the mail server, 0 given up." in run(), "counts mail of earlier runs"
