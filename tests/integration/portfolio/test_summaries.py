"""What lists show of a system agrees with its versions, whatever people do and in whatever order."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from assess.assessments.actions import (
    delete_assessment,
    restore_assessment,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.assessments.models import NEWEST, Assessment, Edition, State, System
from assess.assessments.verdict_summary import refresh_summary
from assess.people.models import Team, User, Workspace
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.review import actions as review
from assess.review.models import Decision
from assess.review.signed_content import ConditionTerms
from tests.factories import AssessmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ANSWERS = (
    {"teams": AnswerValue(value=5), "deploy_waiting": AnswerValue(value="always")},
    {"teams": AnswerValue(value=1), "tracing": AnswerValue(value="none")},
    {"services": AnswerValue(value=40), "current_shape": AnswerValue(value="services")},
)


def counted_from_versions(workspace: Workspace) -> Counter[tuple[str, str]]:
    """From the versions alone, by the words of the model: the newest version's state, the last verdict submitted."""
    counts: Counter[tuple[str, str]] = Counter()
    for system in System.objects.filter(workspace=workspace):
        present = system.assessments.filter(deleted_at=None).order_by("-version")
        newest = present.first()
        submitted = present.exclude(submitted_at=None).exclude(state=State.WITHDRAWN).first()
        if newest is None:
            continue
        counts["systems", "all"] += 1
        counts["state", newest.state] += 1
        if submitted is None:
            continue
        if submitted.overruled_to or submitted.verdict:  # neither where nothing is decided
            counts["verdict", submitted.overruled_to or submitted.verdict] += 1
        if submitted.form and not submitted.overruled_to:
            counts["form", submitted.form] += 1
        assert submitted.result is not None
        for gate in submitted.result["gates"]:
            if gate["state"] != "passed":
                counts["gate", f"{gate['gate']}/{gate['state']}"] += 1
    return counts


def counted_from_summaries(workspace: Workspace) -> Counter[tuple[str, str]]:
    """The same from the rows that lists read."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in Assessment.objects.filter(NEWEST, workspace=workspace):
        counts["systems", "all"] += 1
        counts["state", row.state] += 1
        if row.current_verdict:
            counts["verdict", row.current_verdict] += 1
        if row.current_verdict_form:
            counts["form", row.current_verdict_form] += 1
        for gate, state in row.gates_not_passed.items():
            counts["gate", f"{gate}/{state}"] += 1
    return counts


def has_one_newest_version_each(workspace: Workspace) -> bool:
    """Every system with a version that is not deleted has exactly one marked, and it is its newest."""
    for system in System.objects.filter(workspace=workspace):
        present = system.assessments.filter(deleted_at=None).order_by("-version")
        marked = list(present.filter(is_newest=True))
        if marked != list(present[:1]):
            return False
    return True


class Acts:
    """What people do, each by chance; what is refused changes nothing."""

    def __init__(self, chance: random.Random, team: Team, alice: User, rita: User, edition: Edition) -> None:
        self.chance, self.team, self.alice, self.rita, self.edition = chance, team, alice, rita, edition

    def start(self) -> None:
        name = f"System {self.chance.randrange(6)}"
        answers = self.chance.choice(ANSWERS)
        start_assessment(team=self.team, system_name=name, edition=self.edition, by=self.alice, carried=answers)

    def one(self, *states: State) -> Assessment:
        """Any version in one of these states; now and then in whatever state, to be refused."""
        found = Assessment.objects.order_by("pk")
        if states and self.chance.random() < 0.9:
            found = found.filter(state__in=states, deleted_at=None)
        pks = list(found.values_list("pk", flat=True))
        if not pks:
            raise ValidationFailed([])
        return Assessment.objects.get(pk=self.chance.choice(pks))

    def submit(self) -> None:
        submit_assessment(self.one(State.DRAFT), by=self.alice)

    def go_on(self) -> None:
        start_next_version(self.one(*(state for state in State if state != State.DRAFT)), by=self.alice)

    def delete(self) -> None:
        delete_assessment(self.one(), by=self.alice)

    def restore(self) -> None:
        restore_assessment(self.one(), by=self.alice)

    def take_up(self) -> None:
        review.take_up(self.one(State.SUBMITTED), by=self.rita)

    def withdraw(self) -> None:
        review.withdraw(self.one(State.SUBMITTED, State.IN_REVIEW), by=self.alice, text="Too early")

    def sign(self) -> None:
        one = self.one(State.SUBMITTED, State.IN_REVIEW)
        conditions = []
        decision = self.chance.choice(list(Decision))
        if decision == Decision.ACCEPTED_WITH_CONDITIONS:
            due_on = timezone.localdate() + timedelta(days=3)
            conditions = [ConditionTerms(text="Trace it", owner="Ops", due_on=due_on)]
        overruled = self.chance.choice(("", "", "stay", "modular"))
        overruled = "" if overruled == one.verdict or decision == Decision.SENT_BACK else overruled
        review.sign(
            one, by=self.rita, decision=decision, conditions=conditions, remark="See to it",
            reason="Seen otherwise" if overruled else "",
            overruled_to=overruled,
        )  # fmt: skip

    def challenge(self) -> None:
        review.challenge(
            self.one(State.ACCEPTED, State.ACCEPTED_WITH_CONDITIONS), by=self.alice, text="We see it otherwise"
        )

    def uphold(self) -> None:
        review.uphold(self.one(State.CHALLENGED), by=self.rita, text="It stays")

    def reopen(self) -> None:
        review.reopen(self.one(State.CHALLENGED), by=self.rita, text="Let us look again")


NAMES = (
    "start", "start", "submit", "submit", "go_on", "delete", "restore", "take_up", "take_up", "sign", "sign",
    "challenge", "uphold", "reopen", "withdraw",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_summaries_agree_with_versions_after_any_actions(
    seed: int, workspace: Workspace, team: Team, alice: User, rita: User, edition: Edition
) -> None:
    chance = random.Random(seed)
    acts = Acts(chance, team, alice, rita, edition)
    done: Counter[str] = Counter()
    for _ in range(60):
        name = chance.choice(NAMES)
        try:
            getattr(acts, name)()
        except ValidationFailed:
            continue
        done[name] += 1
        assert counted_from_summaries(workspace) == counted_from_versions(workspace), name
        assert has_one_newest_version_each(workspace), name
    assert len(done) >= 6, done


@pytest.mark.parametrize(
    ("verdict", "submitted_on", "ask_again_on"),
    [
        ("extract", date(2026, 11, 20), date(2027, 2, 20)),
        ("extract", date(2026, 11, 30), date(2027, 2, 28)),
        ("modular", date(2026, 11, 20), date(2027, 5, 20)),
        ("modular", date(2026, 8, 31), date(2027, 2, 28)),
        ("stay", date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_verdict_is_due_again_so_many_calendar_months_after_the_workspaces_day(
    workspace: Workspace, team: Team, alice: User, verdict: str, submitted_on: date, ask_again_on: date
) -> None:
    workspace.time_zone = "Pacific/Auckland"
    workspace.save()
    made = AssessmentFactory(
        team=team, by=alice, state=State.SUBMITTED, submitted_by=alice, answers_hash="x", verdict=verdict, form="cure",
        submitted_at=datetime.combine(submitted_on, time(1), ZoneInfo("Pacific/Auckland")), result=None,
    )  # fmt: skip
    refresh_summary(made.system)
    made.refresh_from_db()
    assert made.ask_again_on == ask_again_on
