"""May this happen to this version, as it stands, and may this person review it? Problems to show, or None.

Roles are for `people.permissions`; here is only what a role alone does not settle: that whoever judges took no part.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from assess.assessments.facade import TAKES_PART, Answer, Assessment, Event, Respondent, questionnaire_of
from assess.decision.facade import VERDICTS, decider
from assess.language import N_, _, day
from assess.people.facade import User
from assess.questionnaire.facade import Issue, worded_for
from assess.review.states import Outcome, next_states, state_spec

TOOK_PART: Final = N_(
    "You took part in this version, as respondent, by answering or submitting it, or by saying whose answers count. "
    "Somebody who did not has to review it."
)
LAST_DAY: Final = date(9000, 1, 1)
ENTER_A_DAY: Final = N_("Enter a day from today on, such as 2027-01-31")


class TookPartError(PermissionDenied):
    """A reviewer who answered the version they would judge."""

    def __init__(self) -> None:
        super().__init__(_(TOOK_PART))


def took_part(user: User, assessment: Assessment) -> bool:
    """Whether this person was asked to answer the version, answered in it in any guise, or submitted it. One query."""
    same_assessment = {"assessment": OuterRef("pk")}
    # Whoever was asked by mail may have answered as a guest, without their account.
    answered_by_mail = Q(email=user.email, joined_at__isnull=False)
    parts = (
        Q(submitted_by=user)
        | Exists(Respondent.objects.filter(Q(user=user) | answered_by_mail, **same_assessment))
        | Exists(Answer.objects.filter(answered_by=user, **same_assessment))
        | Exists(Event.objects.filter(by=user, kind__in=TAKES_PART, **same_assessment))
    )
    return Assessment.objects.filter(parts, pk=assessment.pk).exists()


def check_took_no_part(user: User, assessment: Assessment) -> None:
    """Raises TookPartError (403)."""
    if took_part(user, assessment):
        raise TookPartError


def why_not_move(assessment: Assessment, name: str) -> Issue | None:
    """Whether the table has this move from where the version stands."""
    if assessment.deleted_at is not None:
        return Issue(code="deleted", message=_("Restore this version first; it was deleted"))
    if not next_states(assessment.state, name):
        message = _(state_spec(assessment.state).no_such_move).format(move=_(name))
        return Issue(code="no_such_move", message=message)
    return None


def why_not_challenge(assessment: Assessment, until: date | None, today: date) -> Issue | None:
    issue = why_not_move(assessment, "challenge")
    if issue is not None:
        return issue
    if until is not None and today > until:
        message = _("Start the next version instead; this decision could be challenged until {day}")
        return Issue(code="too_late", message=message.format(day=day(until)))
    return None


def why_not_meet(assessment: Assessment, *, is_met: bool, is_newest: bool) -> Issue | None:
    """Whether a condition can be said to be met: it holds, and nobody has said so yet."""
    if is_met:
        return Issue(code="met", message=_("Nothing to do: this condition is met already"))
    if not is_newest or not assessment.is_signed:
        return Issue(code="not_in_force", message=_("Nothing to do: this condition no longer holds"))
    return None


def question_without_verdict(assessment: Assessment) -> str:
    """The question that has to be answered before there is a verdict; "" where there is one. Two queries, or none."""
    if assessment.verdict:
        return ""
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    key = decider(assessment.model_version)(questionnaire, answers).ask_next
    return questionnaire.by_key[key].wording if key else ""


def issues_of_signature(
    outcome: Outcome | None,
    *,
    verdict: str,
    decides: str,
    overruled_to: str,
    reason: str,
    remark: str,
    has_conditions: bool,
) -> Iterator[Issue]:
    """What keeps a decision from being signed with these terms, keyed by the fields of the form.

    `verdict` is the model's, "" while undecided; `decides` is then the question to answer first. `outcome` is None
    while nothing is chosen.
    """
    if outcome and outcome.is_acceptance and not verdict:
        message = _("Send the version back: there is no verdict to accept until “{question}” is answered")
        yield Issue(code="undecided", key="decision", message=message.format(question=decides))
        return
    if overruled_to and (overruled_to not in VERDICTS or overruled_to == verdict):
        message = _("Choose another verdict than the model's, or leave it as it is")
        yield Issue(code="no_other_verdict", key="overruled_to", message=message)
    elif overruled_to and outcome and not outcome.is_acceptance:
        message = _("Leave the verdict as it is when you send the version back")
        yield Issue(code="overrules_nothing", key="overruled_to", message=message)
    elif overruled_to and not reason:
        message = _("Give the reason for another verdict. It is printed beside the model's")
        yield Issue(code="no_reason", key="reason", message=message)
    elif reason and not overruled_to:
        message = _("Choose the verdict that your reason is for, or clear the reason")
        yield Issue(code="nothing_overruled", key="overruled_to", message=message)
    if outcome is None:
        return
    if outcome.takes_conditions and not has_conditions:
        message = _("Enter at least one condition, or accept without conditions")
        yield Issue(code="no_condition", key="conditions", message=message)
    elif has_conditions and not outcome.takes_conditions:
        message = _("Choose “Accept with conditions”, or clear the conditions")
        yield Issue(code="conditions", key="decision", message=message)
    if not outcome.is_acceptance and not remark:
        yield Issue(code="no_remark", key="remark", message=_("Say what the team has to look at again"))


def why_not_due(due_on: date, today: date) -> Issue | None:
    """Whether a condition can be due on this day; `today` is the workspace's."""
    return None if today <= due_on < LAST_DAY else Issue(code="no_day", key="due", message=_(ENTER_A_DAY))
