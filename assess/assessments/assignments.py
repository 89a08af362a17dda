"""What each respondent is asked, and how far they are. Reads only.

Who may see others' answers is decided by `response_visibility`, who becomes a respondent by `respondents`.
"""

from dataclasses import replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assess.assessments.models import Assessment, Respondent
from assess.assessments.perspectives import is_asked_from
from assess.assessments.progress import Progress, compute_progress
from assess.people.facade import Membership, User
from assess.questionnaire.facade import Answers, Questionnaire, Section

#: Respondents who were asked by name, as people of the workspace; all others came by a link.
ASKED_BY_NAME = Q(email="", guest_link=None, user__is_guest=False)


def assigned_sections(questionnaire: Questionnaire, respondent: Respondent) -> tuple[Section, ...]:
    """The sections asked of this respondent, in the edition's order: those chosen for them, else their perspective's.

    All sections where the edition has none of these.
    """
    chosen = tuple(section for section in questionnaire.sections if section.slug in respondent.sections)
    if chosen:
        return chosen
    usual = tuple(section for section in questionnaire.sections if is_asked_from(respondent.perspective, section.slug))
    return usual or questionnaire.sections


def assigned_questionnaire(questionnaire: Questionnaire, respondent: Respondent) -> Questionnaire:
    """The questionnaire with only the sections asked of this respondent."""
    return replace(questionnaire, sections=assigned_sections(questionnaire, respondent))


def progress_of_respondent(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> Progress:
    """How far this respondent is with what is asked of them; `answers` are their own, to other questions as well."""
    assigned = assigned_questionnaire(questionnaire, respondent)
    return compute_progress(assigned, {key: answer for key, answer in answers.items() if key in assigned.by_key})


def get_respondent(user: User, assessment: Assessment) -> Respondent | None:
    """As whom this person is asked to answer; None for people who are not asked, or no longer. One query."""
    return Respondent.objects.filter(assessment=assessment, user=user, removed_at=None).first()


def latest_respondent_of(user: User, assessment: Assessment) -> Respondent | None:
    """As `get_respondent`, else as whom they were asked before they were removed. One query."""
    respondents = Respondent.objects.filter(assessment=assessment, user=user)
    return respondents.order_by(F("removed_at").asc(nulls_first=True)).first()


def has_left_workspace(respondent: Respondent) -> bool:
    """Whether somebody asked by name no longer belongs to the workspace. At most one query.

    Their answers count, but what others answer is no longer theirs to read.
    """
    user = respondent.user
    if user is None or user.is_guest or respondent.email or respondent.guest_link_id:
        return False
    return not user.memberships.filter(workspace=respondent.assessment.workspace_id).exists()


def open_assignments(user: User) -> QuerySet[Respondent]:
    """What this person is asked to answer and still can, the newest first."""
    assignments = Respondent.objects.filter(
        user=user,
        removed_at=None,
        assessment__answers_separately=True,
        assessment__submitted_at=None,
        assessment__deleted_at=None,
    )
    belongs = Membership.objects.filter(user=user, workspace=OuterRef("assessment__workspace"))
    assignments = assignments.filter(~ASKED_BY_NAME | Exists(belongs))
    return assignments.select_related("assessment__system__team", "assessment__edition", "asked_by").order_by(
        "-asked_at"
    )
