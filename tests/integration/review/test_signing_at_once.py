"""Two who decide at the same time: one decision counts, the other person is told where the version stands."""

import pytest

from assess.assessments import actions as answering
from assess.assessments.event_kinds import EventKind
from assess.assessments.models import Assessment, Edition, State
from assess.people.models import Role, User
from assess.questionnaire.validation import ValidationFailed
from assess.record.chain import check_chain, head_of
from assess.review import actions
from assess.review.models import Decision, SignOff
from tests.conftest import person
from tests.integration.assessments.test_concurrency import at_once
from tests.integration.review.conftest import ANSWERS, load, verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW])
def test_second_of_two_simultaneous_signatures_is_refused(state: State, submitted: Assessment, rita: User) -> None:
    sam = person("Sam", team=None, workspace=submitted.workspace, role=Role.ARCHITECT)
    if state == State.IN_REVIEW:
        actions.take_up(submitted, by=rita)
    told: list[str] = []

    def sign(by: User, decision: Decision) -> None:
        try:
            actions.sign(load(submitted.pk), by=by, decision=decision, remark="So.")
        except ValidationFailed as refused:
            told.append(str(refused))

    at_once(lambda: sign(rita, Decision.ACCEPTED), lambda: sign(sam, Decision.SENT_BACK))
    signed = SignOff.objects.get()
    assert load(submitted.pk).state == signed.decision
    assert submitted.events.filter(kind=EventKind.DECIDED).count() == 1
    assert submitted.events.filter(kind=EventKind.REVIEWED).count() == 1
    assert len(told) == 1
    assert "Reload the page: this version is" in told[0]
    numbers = list(submitted.events.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, load(submitted.pk).log_length + 1))


def test_second_of_two_simultaneous_challenges_is_refused(accepted: Assessment, alice: User, bob: User) -> None:
    told: list[str] = []

    def challenge(by: User) -> None:
        try:
            actions.challenge(load(accepted.pk), by=by, text=f"{by} says no.")
        except ValidationFailed as refused:
            told.append(str(refused))

    at_once(lambda: challenge(alice), lambda: challenge(bob))
    assert load(accepted.pk).state == State.CHALLENGED
    assert accepted.comments.count() == 1
    assert len(told) == 1


def test_links_appended_at_once_follow_one_another(submitted: Assessment, edition: Edition, alice: User) -> None:
    """Two versions have no row in common that would let one wait for the other."""
    team = submitted.system.team
    other = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice, carried=ANSWERS)
    before = head_of().number

    def comment(it: Assessment) -> None:
        for number in range(5):
            actions.comment(load(it.pk), by=alice, text=f"Comment {number}")

    at_once(lambda: comment(submitted), lambda: comment(other))
    assert head_of().number == before + 10
    assert list(check_chain()) == []
    assert verify()[0] == 0
