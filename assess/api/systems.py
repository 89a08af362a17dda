"""Teams and systems: where an assessment begins."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import Conflict
from assess.api.openapi import ASSESSMENT_OPERATIONS, openapi_links, operation_docs, response_models
from assess.api.paging import read_page_by_id
from assess.api.schemas import (
    Id,
    Named,
    PageById,
    SystemDetail,
    SystemIn,
    SystemOut,
    SystemPage,
    TeamOut,
    TeamPage,
    VersionOut,
)
from assess.assessments.facade import NEWEST, Assessment, Edition, System, newest_edition, start_assessment
from assess.people.facade import Ability, Membership, Role, Team, User, get_access_scope, roles_with
from assess.questionnaire.facade import ValidationFailed, check_name

router = Router(tags=["systems"])

#: Codes of issues that are conflicts (409): nothing is wrong with the request itself.
CONFLICT_CODES = {"has_assessment", "not_published", "other_workspace"}


@router.get(
    "/teams",
    url_name="api-teams",
    operation_id="listTeams",
    summary="Teams you belong to, and what you may do for each",
    response=response_models(_200=TeamPage),
    openapi_extra=operation_docs(),
)
def teams(request: HttpRequest, page: Query[PageById]) -> TeamPage:
    user = current_user(request)
    roles = list(Membership.objects.filter(user=user).values_list("team_id", "workspace_id", "role"))
    rows, following = read_page_by_id(visible_teams(user).select_related("workspace"), page)
    items = []
    for team in rows:
        mine = [
            Role(role).abilities
            for its, space, role in roles
            if its == team.pk or (not its and space == team.workspace_id)
        ]
        may = sorted({ability.name.lower() for abilities in mine for ability in abilities})
        workspace = Named(id=team.workspace_id, name=team.workspace.name)
        items.append(TeamOut(id=team.pk, name=team.name, workspace=workspace, may=may))
    return TeamPage(items=items, next=following)


@router.get(
    "/systems",
    url_name="api-systems",
    operation_id="listSystems",
    summary="Systems whose assessments you may read",
    response=response_models(_200=SystemPage),
    openapi_extra=operation_docs(),
)
def systems(request: HttpRequest, page: Query[PageById]) -> SystemPage:
    rows, following = read_page_by_id(visible_systems(current_user(request)), page)
    return SystemPage(items=[SystemOut.model_validate(build_system(system)) for system in rows], next=following)


@router.post(
    "/systems",
    url_name="api-systems",
    operation_id="startSystem",
    summary="Start the first assessment of a system",
    response=response_models(403, 409, 415, _201=SystemDetail),
    openapi_extra=operation_docs(
        403,
        409,
        415,
        own=201,
        leads_to={
            **openapi_links("system_id", "$response.body#/id", "readSystem"),
            **openapi_links("assessment_id", "$response.body#/assessments/0/id", *ASSESSMENT_OPERATIONS),
        },
    ),
)
def start(request: HttpRequest, data: SystemIn, response: HttpResponse) -> Status[Any]:
    user = current_user(request)
    team = get_object_or_404(visible_teams(user), pk=data.team)
    edition = edition_to_start_with(user, data.edition)
    name = check_name(data.name.strip(), settings.LIMITS["name"])
    try:
        assessment = start_assessment(team=team, system_name=name, edition=edition, by=user)
    except ValidationFailed as failed:
        if any(issue.code in CONFLICT_CODES for issue in failed.issues):
            raise Conflict(failed.issues) from failed
        raise
    response.headers["Location"] = reverse("api-system", args=[assessment.system_id])
    return Status(201, build_detail(visible_systems(user).get(pk=assessment.system_id)))


@router.get(
    "/systems/{int:system_id}",
    url_name="api-system",
    operation_id="readSystem",
    summary="A system with its versions",
    response=response_models(_200=SystemDetail),
    openapi_extra=operation_docs(),
)
def system(request: HttpRequest, system_id: Id) -> SystemDetail:
    return build_detail(get_object_or_404(visible_systems(current_user(request)), pk=system_id))


def visible_teams(user: User) -> "QuerySet[Team]":
    """The teams that the user belongs to, and for an architect all teams of the workspace."""
    mine = Membership.objects.filter(user=user)
    of_workspace = mine.filter(team=None, role__in=roles_with(Ability.READ)).values("workspace")
    return Team.objects.filter(Q(pk__in=mine.exclude(team=None).values("team")) | Q(workspace__in=of_workspace))


def visible_systems(user: User) -> "QuerySet[System]":
    """The systems of which the user can read a version."""
    scope = get_access_scope(user)
    of_teams, of_workspaces = Q(team__in=scope.teams), Q(workspace__in=scope.workspaces)
    # Filter by both only where there are both: one alone is read by its index.
    mine = (
        of_teams | of_workspaces
        if scope.teams and scope.workspaces
        else of_workspaces
        if scope.workspaces
        else of_teams
    )
    readable = Assessment.objects.filter(NEWEST, system=OuterRef("pk"))
    return System.objects.filter(mine).filter(Exists(readable)).select_related("team")


def edition_to_start_with(user: User, edition_id: int | None) -> Edition:
    """The edition of this id, or the newest that comes with Splitcheck; 404 when the user cannot see it."""
    edition = Edition.objects.visible_to(user).filter(pk=edition_id).first() if edition_id else newest_edition()
    if edition is None:
        raise Http404
    return edition


def build_system(system: System) -> dict[str, object]:
    team = {"id": system.team_id, "name": system.team.name}
    return {"id": system.pk, "name": system.name, "team": team, "created_at": system.created_at}


def build_detail(system: System) -> SystemDetail:
    versions = [
        VersionOut.model_validate(
            {
                "id": version.pk,
                "version": version.version,
                "state": version.state,
                "verdict": version.verdict or None,
                "submitted_at": version.submitted_at,
            }
        )
        for version in system.assessments.filter(deleted_at=None).defer("result").order_by("-version")
    ]
    return SystemDetail.model_validate({**build_system(system), "assessments": versions})
