"""Sheets: what each respondent is asked, and what they have answered of it. Reads only.

Decides: which sections are asked from which perspective, who has a sheet, who is asked and can still answer.
Does not decide: who may see others' answers (`anchoring`), who gets a sheet (`respondents`, `joining`).
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assess.assessments.models import Assessment, Perspective, Respondent, Response
from assess.assessments.progress import Progress, progress_of
from assess.people.facade import Membership, User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Answers, Questionnaire, Section

#: Which sections each perspective is asked: what these people can know at first hand. Our own judgement; S1 and S4 only
#: say that business and operations see other things than developers do. A lead may choose otherwise for each person.
SECTIONS_OF: dict[Perspective, tuple[str, ...]] = {
    Perspective.DEVELOPER: (
        "scope", "teams", "deploys", "scaling", "technology", "boundaries", "devops", "tracing", "people",
    ),
    Perspective.OPERATIONS: ("scope", "deploys", "scaling", "technology", "devops", "tracing"),
    Perspective.MANAGER: ("scope", "teams", "deploys", "people", "business"),
    Perspective.PRODUCT: ("scope", "deploys", "business"),
}  # fmt: skip

KNOWN_SECTIONS = frozenset(slug for slugs in SECTIONS_OF.values() for slug in slugs)


def asked_sections(questionnaire: Questionnaire, respondent: Respondent) -> tuple[Section, ...]:
    """The sections asked of this respondent, in the edition's order.

    Those chosen for them, else those of their perspective; sections of an edition that no perspective speaks of are
    asked of all.
    """
    chosen = tuple(section for section in questionnaire.sections if section.slug in respondent.sections)
    if chosen:
        return chosen
    of_perspective = SECTIONS_OF[Perspective(respondent.perspective)]
    asked = tuple(
        section
        for section in questionnaire.sections
        if section.slug in of_perspective or section.slug not in KNOWN_SECTIONS
    )
    return asked or questionnaire.sections


def sheet_of(questionnaire: Questionnaire, respondent: Respondent) -> Questionnaire:
    """The questionnaire with only the sections asked of this respondent."""
    return replace(questionnaire, sections=asked_sections(questionnaire, respondent))


def own_answers(rows: Iterable[Response]) -> dict[str, AnswerValue]:
    """Of these rows of one respondent the answers that stand, by key."""
    return {row.key: row.as_answer() for row in rows if row.answered}


def own_progress(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> Progress:
    """How far this respondent is with what is asked of them; `answers` are their own."""
    sheet = sheet_of(questionnaire, respondent)
    return progress_of(sheet, {key: answer for key, answer in answers.items() if key in sheet.by_key})


def respondent_of(user: User, assessment: Assessment) -> Respondent | None:
    """As whom this person is asked to answer it; None for whoever is not, or no longer. One query."""
    return Respondent.objects.filter(assessment=assessment, user=user, removed_at=None).first()


def sheet_had(assessment: Assessment, person: User) -> Respondent | None:
    """The sheet that this person has, else one that they had before they were removed."""
    before = Respondent.objects.filter(assessment=assessment, user=person)
    return before.order_by(F("removed_at").asc(nulls_first=True)).first()


def by_name() -> Q:
    """Respondents who were asked as people of the workspace; all others came by a link that was meant for them."""
    return Q(email="", guest_link=None, user__is_guest=False)


def has_left(respondent: Respondent) -> bool:
    """Whether somebody asked by name no longer belongs to the workspace: what others say there is not theirs to read
    any more, though what they answered counts. At most one query."""
    user = respondent.user
    if user is None or user.is_guest or respondent.email or respondent.guest_link_id:
        return False
    return not user.memberships.filter(workspace=respondent.assessment.workspace_id).exists()


def open_asks(user: User) -> QuerySet[Respondent]:
    """What this person is asked to answer and still can, the newest first."""
    asks = Respondent.objects.filter(
        user=user,
        removed_at=None,
        assessment__independent=True,
        assessment__submitted_at=None,
        assessment__deleted_at=None,
    )
    belongs = Membership.objects.filter(user=user, workspace=OuterRef("assessment__workspace"))
    asks = asks.filter(~by_name() | Exists(belongs))
    return asks.select_related("assessment__system__team", "assessment__edition", "asked_by").order_by("-asked_at")
