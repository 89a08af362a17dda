"""Assessments: found, read, submitted, continued, deleted and brought back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import told_as_conflict
from assess.api.paging import place_of, read_place
from assess.api.responses import OF_AN_ASSESSMENT, answers, described, links
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
    response=answers(_200=AssessmentPage),
    openapi_extra=described(),
)
def assessments(request: HttpRequest, filters: Query[AssessmentFilters]) -> AssessmentPage:
    queryset = listed_assessments(current_user(request), filters)
    cursor = cursor_in(filters.after) if filters.after is not None else None
    page = read_page(queryset, NEWEST_FIRST, size=filters.limit, cursor=cursor)
    joined = Assessment.objects.select_related("system", "team", "edition", "updated_by", "submitted_by")
    found = {each.pk: each for each in joined.defer("edition__content", "result").filter(pk__in=page.ids)}
    rows = [found[pk] for pk in page.ids if pk in found]
    given = current_answers([each for each in rows if each.is_open])
    items = [AssessmentOut.model_validate(told(each, given.get(each.pk))) for each in rows]
    following = page.next_cursor
    return AssessmentPage(items=items, next=place_of(following.value, following.pk) if following else None)


def listed_assessments(person: User, filters: AssessmentFilters) -> AssessmentQuerySet:
    """The versions of one system, or the newest version of each system, that this person may read and the filters
    leave."""
    if filters.system is not None:
        queryset = Assessment.objects.visible_to(person).filter(system=filters.system)
    elif filters.team is not None:
        queryset = Assessment.objects.filter(NEWEST) if reads_team(person, filters.team) else Assessment.objects.none()
    else:
        queryset = Assessment.objects.filter(NEWEST).within(get_access_scope(person))
    chosen = {name: getattr(filters, name) for name in ("team", "state", "verdict")}
    return queryset.filter(**{name: value for name, value in chosen.items() if value is not None})


def cursor_in(after: str) -> Cursor:
    at, pk = read_place(after)
    return Cursor(value=at, pk=pk)


def reads_team(person: User, team_id: int) -> bool:
    team = Team.objects.filter(pk=team_id).first()
    return team is not None and can_read(person, team)


@router.get(
    "/assessments/{int:assessment}",
    url_name="api-assessment",
    operation_id="readAssessment",
    summary="One version: state, progress, hash, conditions",
    response=answers(_200=AssessmentDetail),
    openapi_extra=described(),
)
def assessment(request: HttpRequest, assessment: Id) -> AssessmentDetail:
    return detail(get_readable_assessment(current_user(request), assessment))


@router.delete(
    "/assessments/{int:assessment}",
    url_name="api-assessment",
    operation_id="deleteAssessment",
    summary="Put it out of sight; /restore brings it back",
    response=answers(403, 409, _204=None),
    openapi_extra=described(
        403,
        409,
        own=204,
        leads_to=links("assessment", "$request.path.assessment", "readAssessment", "restoreAssessment"),
    ),
)
def delete(request: HttpRequest, assessment: Id) -> Status[Any]:
    person = current_user(request)
    found = get_writable_assessment(person, assessment, Ability.DELETE)
    with told_as_conflict():
        delete_assessment(found, by=person)
    return Status(204, None)


@router.post(
    "/assessments/{int:assessment}/restore",
    url_name="api-restore",
    operation_id="restoreAssessment",
    summary="Bring a deleted version back",
    response=answers(403, 409, _200=AssessmentDetail),
    openapi_extra=described(403, 409),
)
def restore(request: HttpRequest, assessment: Id) -> AssessmentDetail:
    person = current_user(request)
    found = get_readable_or_deleted_assessment(person, assessment)
    with told_as_conflict():
        restore_assessment(found, by=person)
    return detail(get_readable_assessment(person, assessment))


@router.post(
    "/assessments/{int:assessment}/submit",
    url_name="api-submit",
    operation_id="submitAssessment",
    summary="Close the version: its answers and result never change again",
    response=answers(403, 409, _200=AssessmentDetail),
    openapi_extra=described(403, 409, leads_to=links("assessment", "$response.body#/id", *OF_AN_ASSESSMENT)),
)
def submit(request: HttpRequest, assessment: Id) -> AssessmentDetail:
    person = current_user(request)
    found = get_writable_assessment(person, assessment, Ability.SUBMIT)
    with told_as_conflict():
        submit_assessment(found, by=person)
    return detail(get_readable_assessment(person, assessment))


@router.post(
    "/assessments/{int:assessment}/next-version",
    url_name="api-next-version",
    operation_id="startNextVersion",
    summary="Go on with a new open version",
    response=answers(403, 409, _201=AssessmentDetail),
    openapi_extra=described(403, 409, own=201, leads_to=links("assessment", "$response.body#/id", *OF_AN_ASSESSMENT)),
)
def next_version(request: HttpRequest, assessment: Id, response: HttpResponse) -> Status[Any]:
    person = current_user(request)
    found = get_writable_assessment(person, assessment, Ability.START)
    with told_as_conflict():
        following = start_next_version(found, by=person)
    response.headers["Location"] = reverse("api-assessment", args=[following.pk])
    return Status(201, detail(get_readable_assessment(person, following.pk)))


def detail(found: Assessment) -> AssessmentDetail:
    given = found.current_answers() if found.is_open else None
    conditions = Condition.objects.filter(assessment=found).select_related("met_by").order_by("due_on", "pk")
    return AssessmentDetail.model_validate({**told(found, given), "conditions": conditions_out(conditions)})


def conditions_out(conditions: Iterable[Condition]) -> Sequence[ConditionOut]:
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


def told(found: Assessment, given: Answers | None) -> dict[str, object]:
    """What `AssessmentOut` says; `given` are the answers of an open version."""
    team = found.team if "team" in found._state.fields_cache else found.system.team
    edition = found.edition
    names_shown = found.names_shown or found.is_submitted or not found.answers_separately
    return {
        "id": found.pk,
        "system": {"id": found.system_id, "name": found.system.name},
        "team": {"id": team.pk, "name": team.name},
        "version": found.version,
        "is_newest": found.is_newest,
        "state": found.state,
        "answers_separately": found.answers_separately,
        "edition": {"id": edition.pk, "slug": edition.slug, "version": edition.version},
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "updated_by": str(found.updated_by) if names_shown else None,
        "submitted_at": found.submitted_at,
        "submitted_by": str(found.submitted_by) if found.submitted_by else None,
        "answers_hash": found.answers_hash or None,
        "model_version": found.model_version,
        "verdict": found.verdict or None,
        "form": found.form or None,
        "overruled_to": found.overruled_to or None,
        "progress": None if given is None else progress_out(found, given),
    }


def progress_out(found: Assessment, given: Answers) -> ProgressOut:
    progress = compute_progress(questionnaire_of(found.edition), given)
    following = progress.next_open.key if progress.next_open else None
    return ProgressOut(
        asked=progress.asked, answered=progress.answered, not_sure=progress.not_sure, next_question=following
    )
