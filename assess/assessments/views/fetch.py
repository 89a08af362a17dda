"""Fetching an assessment through the person who asks."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404

from assess.assessments.models import Answer, Assessment, AssessmentQuerySet, Respondent, Response
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answer as AnswerValue
from assess.web.facade import activate_for


def readable(user: User, assessment_id: int) -> Assessment:
    """The assessment with system, team and edition, or the 404 of one that does not exist."""
    return _entered(get_object_or_404(_joined(Assessment.objects.visible_to(user)), pk=assessment_id))


def readable_or_deleted(user: User, assessment_id: int) -> Assessment:
    """As `readable`, deleted ones included."""
    return _entered(get_object_or_404(_joined(Assessment.objects.in_reach_of(user)), pk=assessment_id))


def writable(user: User, assessment_id: int, ability: Ability) -> Assessment:
    """As `readable`; raises PermissionDenied (403) for those who may read it and nothing more."""
    assessment = readable(user, assessment_id)
    check_can(user, ability, assessment.system.team)
    return assessment


def answer_rows(assessment: Assessment) -> dict[str, Answer]:
    """All answer rows by key, those taken back included, each with who answered. One query."""
    return {row.key: row for row in assessment.answers.select_related("answered_by")}


def response_rows(respondent: Respondent) -> dict[str, Response]:
    """As `answer_rows`, of one respondent's own sheet. One query."""
    return {row.key: row for row in respondent.responses.all()}


def given(rows: Mapping[str, Answer | Response]) -> dict[str, AnswerValue]:
    """Of these rows the answers that stand."""
    return {key: row.as_answer() for key, row in rows.items() if row.answered}


def _joined(found: AssessmentQuerySet) -> AssessmentQuerySet:
    joined = ("system__team", "workspace", "edition", "updated_by", "submitted_by")
    return found.select_related(*joined).defer("edition__content")


def _entered(assessment: Assessment) -> Assessment:
    """From here on the page speaks as the assessment's workspace does."""
    activate_for(assessment.workspace)
    return assessment
