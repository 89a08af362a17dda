"""Asking, coming, answering and going back at the same moment: nothing is lost, and no limit is passed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import mail

from assess.assessments import invitation_links, respondents, response_mode
from assess.assessments.actions import start_assessment
from assess.assessments.invitation_links import LinkExpired
from assess.assessments.models import Assessment, Edition, Respondent
from assess.assessments.saving import Elsewhere, Outcome, Saved, save_answer
from assess.people.models import Team, User
from tests.integration.assessments.test_concurrency import at_once, change
from tests.integration.assessments.test_respondents import assert_sheets_are_the_fold_of_the_log

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)


def test_answer_saved_during_the_first_ask_is_kept_or_refused(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    """Never acknowledged as a common answer that nobody's sheet has."""
    outcomes: list[Outcome] = []

    def answer() -> None:
        outcomes.extend(save_answer(assessment.pk, change("teams", value, value), by=bob) for value in range(20))

    at_once(answer, lambda: respondents.ask_people(assessment, people=[ravi], by=alice))
    saved = [outcome for outcome in outcomes if isinstance(outcome, Saved)]
    assert all(isinstance(outcome, Saved | Elsewhere) for outcome in outcomes)
    bobs = {row.key: row.value for row in assessment.responses.filter(respondent__user=bob)}
    assert bobs == ({"teams": len(saved) - 1} if saved else {})
    assert not assessment.answers.filter(answered=True).exists()
    assert_sheets_are_the_fold_of_the_log(assessment)


def test_answers_saved_during_the_return_to_shared_answers_are_kept_or_refused(
    assessment: Assessment, alice: User, bob: User
) -> None:
    respondents.ask_people(assessment, people=[bob], by=alice)
    sheet = Respondent.objects.get(assessment=assessment, user=bob).pk
    outcomes: list[Outcome] = []

    def answer() -> None:
        for value in range(20):
            outcomes.append(save_answer(assessment.pk, change("teams", value, value), by=bob, respondent_id=sheet))

    at_once(answer, lambda: response_mode.return_to_shared_answers(Assessment.objects.get(pk=assessment.pk), by=alice))
    saved = [outcome for outcome in outcomes if isinstance(outcome, Saved)]
    own = {row.key: row.value for row in assessment.responses.all()}
    assert own == ({"teams": len(saved) - 1} if saved else {})
    assert {row.key: row.value for row in assessment.answers.filter(answered=True)} == own
    assert_sheets_are_the_fold_of_the_log(assessment)


def test_last_use_of_a_guest_link_is_taken_once(assessment: Assessment, alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "guests_per_link": 3}
    link, token = respondents.make_guest_link(assessment, by=alice)
    full: list[LinkExpired] = []

    def come(number: int) -> Callable[[], None]:
        def run() -> None:
            try:
                invitation_links.join_as_guest(token, name=f"Guest {number}")
            except LinkExpired as closed:
                full.append(closed)

        return run

    at_once(*(come(number) for number in range(6)))
    assert link.respondents.count() == 3
    assert [closed.code for closed in full] == ["full"] * 3
    assert User.objects.filter(is_guest=True).count() == 3


def test_a_mailed_link_opened_twice_at_once_makes_one_guest(assessment: Assessment, alice: User) -> None:
    respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    token = mail.outbox[-1].body.split("/join/")[1].split("/")[0]
    at_once(*[lambda: invitation_links.join_as_guest(token, name="Kim")] * 4)
    assert User.objects.filter(is_guest=True).count() == 1
    assert Respondent.objects.filter(email="kim@partner.example").count() == 1


def test_two_leads_asking_the_same_person_at_once_make_one_respondent(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    bob.memberships.update(role="lead")
    at_once(*(partial(respondents.ask_people, assessment, people=[ravi], by=by) for by in (alice, bob, alice, bob)))
    assert Respondent.objects.filter(assessment=assessment, user=ravi).count() == 1
    assert_sheets_are_the_fold_of_the_log(assessment)
