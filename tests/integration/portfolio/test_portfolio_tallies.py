"""The counts that are kept are those that counting would give, whatever people do and in whatever order."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from assess.assessments.actions import (
    delete_assessment,
    restore_assessment,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.assessments.models import Assessment, Edition, State, System, Tally
from assess.people.models import Team, User, Workspace
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.review import actions as review
from assess.review.content import Wanted
from assess.review.models import Decision

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ANSWERS = (
    {"teams": AnswerValue(value=5), "deploy_waiting": AnswerValue(value="always")},
    {"teams": AnswerValue(value=1), "tracing": AnswerValue(value="none")},
    {"services": AnswerValue(value=40), "current_shape": AnswerValue(value="services")},
)


def counted_anew(workspace: Workspace) -> Counter[tuple[str, str]]:
    """From the versions alone, by the words of the model: the newest version's state, the last verdict submitted."""
    found: Counter[tuple[str, str]] = Counter()
    for system in System.objects.filter(workspace=workspace):
        present = system.assessments.filter(deleted_at=None).order_by("-version")
        newest, standing = present.first(), present.exclude(submitted_at=None).first()
        if newest is None:
            continue
        found["systems", "all"] += 1
        found["state", newest.state] += 1
        if standing is None:
            continue
        found["verdict", standing.overruled_to or standing.verdict] += 1
        if not standing.overruled_to:
            found["form", standing.form] += 1
        assert standing.result is not None
        for gate in standing.result["gates"]:
            if gate["state"] != "passed":
                found["gate", f"{gate['gate']}/{gate['state']}"] += 1
    return found


def kept(workspace: Workspace) -> Counter[tuple[str, str]]:
    rows = Tally.objects.filter(workspace=workspace).exclude(number=0)
    return Counter({(row.kind, row.name): row.number for row in rows})


def one_newest_each(workspace: Workspace) -> bool:
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

    def sign(self) -> None:
        one = self.one(State.SUBMITTED, State.IN_REVIEW)
        conditions = []
        decision = self.chance.choice(list(Decision))
        if decision == Decision.ACCEPTED_WITH_CONDITIONS:
            due_on = timezone.localdate() + timedelta(days=3)
            conditions = [Wanted(text="Trace it", owner="Ops", due_on=due_on)]
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
    "challenge", "uphold", "reopen",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_after_anything_the_tallies_are_what_counting_gives(
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
        assert kept(workspace) == counted_anew(workspace), name
        assert one_newest_each(workspace), name
    assert len(done) >= 6, done


def test_submitting_moves_a_system_from_one_state_to_the_other(
    workspace: Workspace, team: Team, alice: User, edition: Edition
) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=ANSWERS[0])
    assert kept(workspace)["state", State.DRAFT] == 1
    submit_assessment(made, by=alice)
    assert kept(workspace)["state", State.DRAFT] == 0
    assert kept(workspace)["state", State.SUBMITTED] == 1
    assert kept(workspace)["systems", "all"] == 1


def test_a_deleted_system_is_counted_no_more(workspace: Workspace, team: Team, alice: User, edition: Edition) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice)
    delete_assessment(made, by=alice)
    assert kept(workspace) == Counter()
    restore_assessment(made, by=alice)
    assert kept(workspace)["systems", "all"] == 1
