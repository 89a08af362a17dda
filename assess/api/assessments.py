"""Assessments: list, read, submit, continue, delete and restore them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import failures_are_conflicts
from assess.api.openapi import ASSESSMENT_OPERATIONS, openapi_links, operation_docs, response_models
from assess.api.paging import format_cursor, parse_cursor
from assess.api.schemas import (
    AssessmentDetail,
    AssessmentFilters,
    AssessmentOut,
    AssessmentPage,
    ConditionOut,
    Id,
    ProgressOut,
)
from assess.assessments.facade import (
    NEWEST,
    NEWEST_FIRST,
    Assessment,
    AssessmentQuerySet,
    Cursor,
    compute_progress,
    current_answers,
    delete_assessment,
    get_readable_assessment,
    get_readable_or_deleted_assessment,
    get_writable_assessment,
    questionnaire_of,
    read_page,
    restore_assessment,
    start_next_version,
    submit_assessment,
)
from assess.people.facade import Ability, Team, User, can_read, get_access_scope
from assess.questionnaire.facade import Answers
from assess.review.facade import Condition

router = Router(tags=["assessments"])


@router.get(
    "/assessments",
    url_name="api-assessments",
    operation_id="listAssessments",
    summary="The newest version of each system you may read, the last changed first",
    description="With `system`, all versions of that one. The list ends where `next` is null.",
    response=response_models(_200=AssessmentPage),
    openapi_extra=operation_docs(),
)
def assessments(request: HttpRequest, filters: Query[AssessmentFilters]) -> AssessmentPage:
    queryset = listed_assessments(current_user(request), filters)
    cursor = cursor_in(filters.after) if filters.after is not None else None
    page = read_page(queryset, NEWEST_FIRST, size=filters.limit, cursor=cursor)
    joined = Assessment.objects.select_related("system", "team", "edition", "updated_by", "submitted_by")
    by_pk = {row.pk: row for row in joined.defer("edition__content", "result").filter(pk__in=page.ids)}
    rows = [by_pk[pk] for pk in page.ids if pk in by_pk]
    answers = current_answers([row for row in rows if row.is_open])
    items = [AssessmentOut.model_validate(build_assessment(row, answers.get(row.pk))) for row in rows]
    following = page.next_cursor
    return AssessmentPage(items=items, next=format_cursor(following.value, following.pk) if following else None)


def listed_assessments(user: User, filters: AssessmentFilters) -> AssessmentQuerySet:
    """The versions of one system, or the newest version of each system, that this user may read and the filters
    leave."""
    if filters.system is not None:
        queryset = Assessment.objects.visible_to(user).filter(system=filters.system)
    elif filters.team is not None:
        queryset = Assessment.objects.filter(NEWEST) if can_read_team(user, filters.team) else Assessment.objects.none()
    else:
        queryset = Assessment.objects.filter(NEWEST).within(get_access_scope(user))
    chosen = {name: getattr(filters, name) for name in ("team", "state", "verdict")}
    return queryset.filter(**{name: value for name, value in chosen.items() if value is not None})


def cursor_in(after: str) -> Cursor:
    at, pk = parse_cursor(after)
    return Cursor(value=at, pk=pk)


def can_read_team(user: User, team_id: int) -> bool:
    team = Team.objects.filter(pk=team_id).first()
    return team is not None and can_read(user, team)


@router.get(
    "/assessments/{int:assessment_id}",
    url_name="api-assessment",
    operation_id="readAssessment",
    summary="One version: state, progress, hash, conditions",
    response=response_models(_200=AssessmentDetail),
    openapi_extra=operation_docs(),
)
def assessment(request: HttpRequest, assessment_id: Id) -> AssessmentDetail:
    return build_detail(get_readable_assessment(current_user(request), assessment_id))


@router.delete(
    "/assessments/{int:assessment_id}",
    url_name="api-assessment",
    operation_id="deleteAssessment",
    summary="Put a draft out of sight; /restore brings it back",
    response=response_models(403, 409, _204=None),
    openapi_extra=operation_docs(
        403,
        409,
        own=204,
        leads_to=openapi_links("assessment_id", "$request.path.assessment_id", "readAssessment", "restoreAssessment"),
    ),
)
def delete(request: HttpRequest, assessment_id: Id) -> Status[Any]:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.DELETE)
    with failures_are_conflicts():
        delete_assessment(assessment, by=user)
    return Status(204, None)


@router.post(
    "/assessments/{int:assessment_id}/restore",
    url_name="api-restore",
    operation_id="restoreAssessment",
    summary="Bring a deleted version back",
    response=response_models(403, 409, _200=AssessmentDetail),
    openapi_extra=operation_docs(403, 409),
)
def restore(request: HttpRequest, assessment_id: Id) -> AssessmentDetail:
    user = current_user(request)
    assessment = get_readable_or_deleted_assessment(user, assessment_id)
    with failures_are_conflicts():
        restore_assessment(assessment, by=user)
    return build_detail(get_readable_assessment(user, assessment_id))


@router.post(
    "/assessments/{int:assessment_id}/submit",
    url_name="api-submit",
    operation_id="submitAssessment",
    summary="Close the version: its answers and result never change again",
    response=response_models(403, 409, _200=AssessmentDetail),
    openapi_extra=operation_docs(
        403, 409, leads_to=openapi_links("assessment_id", "$response.body#/id", *ASSESSMENT_OPERATIONS)
    ),
)
def submit(request: HttpRequest, assessment_id: Id) -> AssessmentDetail:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.SUBMIT)
    with failures_are_conflicts():
        submit_assessment(assessment, by=user)
    return build_detail(get_readable_assessment(user, assessment_id))


@router.post(
    "/assessments/{int:assessment_id}/next-version",
    url_name="api-next-version",
    operation_id="startNextVersion",
    summary="Go on with a new open version",
    response=response_models(403, 409, _201=AssessmentDetail),
    openapi_extra=operation_docs(
        403, 409, own=201, leads_to=openapi_links("assessment_id", "$response.body#/id", *ASSESSMENT_OPERATIONS)
    ),
)
def next_version(request: HttpRequest, assessment_id: Id, response: HttpResponse) -> Status[Any]:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.START)
    with failures_are_conflicts():
        following = start_next_version(assessment, by=user)
    response.headers["Location"] = reverse("api-assessment", args=[following.pk])
    return Status(201, build_detail(get_readable_assessment(user, following.pk)))


def build_detail(assessment: Assessment) -> AssessmentDetail:
    answers = assessment.current_answers() if assessment.is_open else None
    conditions = Condition.objects.filter(assessment=assessment).select_related("met_by").order_by("due_on", "pk")
    return AssessmentDetail.model_validate(
        {**build_assessment(assessment, answers), "conditions": build_conditions(conditions)}
    )


def build_conditions(conditions: Iterable[Condition]) -> Sequence[ConditionOut]:
    return [
        ConditionOut(
            id=each.pk,
            text=each.text,
            owner=each.owner,
            due_on=each.due_on,
            met_at=each.met_at,
            met_by=str(each.met_by) if each.met_by else None,
            met_how=each.met_how,
        )
        for each in conditions
    ]


def build_assessment(assessment: Assessment, answers: Answers | None) -> dict[str, object]:
    """The fields of `AssessmentOut`. `answers` are those of an open version, None for others."""
    team = assessment.team if "team" in assessment._state.fields_cache else assessment.system.team
    edition = assessment.edition
    names_shown = assessment.names_shown or assessment.is_submitted or not assessment.answers_separately
    return {
        "id": assessment.pk,
        "system": {"id": assessment.system_id, "name": assessment.system.name},
        "team": {"id": team.pk, "name": team.name},
        "version": assessment.version,
        "is_newest": assessment.is_newest,
        "state": assessment.state,
        "answers_separately": assessment.answers_separately,
        "edition": {"id": edition.pk, "slug": edition.slug, "version": edition.version},
        "created_at": assessment.created_at,
        "updated_at": assessment.updated_at,
        "updated_by": str(assessment.updated_by) if names_shown else None,
        "submitted_at": assessment.submitted_at,
        "submitted_by": str(assessment.submitted_by) if assessment.submitted_by else None,
        "answers_hash": assessment.answers_hash or None,
        "model_version": assessment.model_version,
        "verdict": assessment.verdict or None,
        "form": assessment.form or None,
        "overruled_to": assessment.overruled_to or None,
        "progress": None if answers is None else build_progress(assessment, answers),
    }


def build_progress(assessment: Assessment, answers: Answers) -> ProgressOut:
    progress = compute_progress(questionnaire_of(assessment.edition), answers)
    following = progress.next_open.key if progress.next_open else None
    return ProgressOut(
        asked=progress.asked, answered=progress.answered, not_sure=progress.not_sure, next_question=following
    )
