"""Getting an assessment for a person: they get 404 where they have no access, as for one that does not exist."""

from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from assess.assessments.evidence.models import Evidence
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Assessment, AssessmentQuerySet, Respondent
from assess.people.facade import Ability, User, check_can, user_of
from assess.web.facade import activate_for


def get_readable_assessment(user: User, assessment_id: int) -> Assessment:
    """The assessment with system, team, workspace and edition. Raises Http404 unless the person may read it."""
    return get_object_or_404(with_context(Assessment.objects.visible_to(user)), pk=assessment_id)


def get_readable_or_deleted_assessment(user: User, assessment_id: int) -> Assessment:
    """As `get_readable_assessment`, deleted ones included."""
    return get_object_or_404(with_context(Assessment.objects.in_reach_of(user)), pk=assessment_id)


def get_writable_assessment(user: User, assessment_id: int, ability: Ability) -> Assessment:
    """As `get_readable_assessment`. Raises PermissionDenied (403) for those who may read it and lack the ability."""
    assessment = get_readable_assessment(user, assessment_id)
    check_can(user, ability, assessment.system.team)
    return assessment


def get_own_respondent(user: User, assessment_id: int) -> Respondent:
    """As whom this person is asked to answer; if they are asked no longer, as whom they were. Raises Http404."""
    respondents = (
        Respondent.objects.filter(user=user, assessment=assessment_id, assessment__deleted_at=None)
        .select_related("assessment__system__team", "assessment__edition", "assessment__submitted_by")
        .select_related("assessment__workspace", "user", "asked_by", "removed_by")
        .defer("assessment__edition__content", "assessment__result")
    )
    respondent = respondents.order_by(F("removed_at").asc(nulls_first=True)).first()
    if respondent is None:
        raise Http404
    return respondent


def open_assessment(
    request: HttpRequest, assessment_id: int, ability: Ability | None = None
) -> tuple[User, Assessment]:
    """For a page: the signed-in person and the assessment, readable to them or writable by `ability`.

    From here on the request uses the time zone and date formats of the assessment's workspace.
    """
    user = user_of(request)
    assessment = get_readable_assessment(user, assessment_id)
    activate_for(assessment.workspace)
    if ability is not None:
        check_can(user, ability, assessment.system.team)
    return user, assessment


def open_own_answers(request: HttpRequest, assessment_id: int) -> tuple[User, Respondent]:
    """As `open_assessment`, for a page of the person's own answers."""
    user = user_of(request)
    respondent = get_own_respondent(user, assessment_id)
    activate_for(respondent.assessment.workspace)
    return user, respondent


def with_context(assessments: AssessmentQuerySet) -> AssessmentQuerySet:
    """The same rows with what every page shows of them joined, without the edition's bytes. `has_scan` and
    `has_measurements` spare those without them the queries for them."""
    joined = ("system__team", "workspace", "edition", "updated_by", "submitted_by")
    scans, measurements = (
        model.objects.filter(assessment=OuterRef("pk"), deleted_at=None) for model in (Evidence, Measurement)
    )
    return (
        assessments.select_related(*joined)
        .defer("edition__content")
        .annotate(has_scan=Exists(scans), has_measurements=Exists(measurements))
    )
