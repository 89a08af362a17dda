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
from assess.api.paging import read_rows
from assess.api.responses import OF_AN_ASSESSMENT, answers, described, links
from assess.api.schemas import (
    ByNumber,
    Id,
    Named,
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

#: Codes of what stands in the way of a start, where nothing is wrong with the request itself.
IN_THE_WAY = {"has_assessment", "not_published", "other_workspace"}


@router.get(
    "/teams",
    url_name="api-teams",
    operation_id="listTeams",
    summary="Teams you belong to, and what you may do for each",
    response=answers(_200=TeamPage),
    openapi_extra=described(),
)
def teams(request: HttpRequest, page: Query[ByNumber]) -> TeamPage:
    person = current_user(request)
    roles = list(Membership.objects.filter(user=person).values_list("team_id", "workspace_id", "role"))
    rows, following = read_rows(known_teams(person).select_related("workspace"), page)
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
    response=answers(_200=SystemPage),
    openapi_extra=described(),
)
def systems(request: HttpRequest, page: Query[ByNumber]) -> SystemPage:
    rows, following = read_rows(visible_systems(current_user(request)), page)
    return SystemPage(items=[SystemOut.model_validate(brief(system)) for system in rows], next=following)


@router.post(
    "/systems",
    url_name="api-systems",
    operation_id="startSystem",
    summary="Start the first assessment of a system",
    response=answers(403, 409, 415, _201=SystemDetail),
    openapi_extra=described(
        403,
        409,
        415,
        own=201,
        leads_to={
            **links("system", "$response.body#/id", "readSystem"),
            **links("assessment", "$response.body#/assessments/0/id", *OF_AN_ASSESSMENT),
        },
    ),
)
def start(request: HttpRequest, data: SystemIn, response: HttpResponse) -> Status[Any]:
    person = current_user(request)
    team = get_object_or_404(known_teams(person), pk=data.team)
    edition = chosen_edition(person, data.edition)
    name = check_name(data.name.strip(), settings.LIMITS["name"])
    try:
        assessment = start_assessment(team=team, system_name=name, edition=edition, by=person)
    except ValidationFailed as refused:
        if any(issue.code in IN_THE_WAY for issue in refused.issues):
            raise Conflict(refused.issues) from refused
        raise
    response.headers["Location"] = reverse("api-system", args=[assessment.system_id])
    return Status(201, detail(visible_systems(person).get(pk=assessment.system_id)))


@router.get(
    "/systems/{int:system}",
    url_name="api-system",
    operation_id="readSystem",
    summary="A system with its versions",
    response=answers(_200=SystemDetail),
    openapi_extra=described(),
)
def system(request: HttpRequest, system: Id) -> SystemDetail:
    return detail(get_object_or_404(visible_systems(current_user(request)), pk=system))


def known_teams(person: User) -> "QuerySet[Team]":
    """Those that the person is on in whatever role, and for an architect all of the workspace."""
    mine = Membership.objects.filter(user=person)
    of_workspace = mine.filter(team=None, role__in=roles_with(Ability.READ)).values("workspace")
    return Team.objects.filter(Q(pk__in=mine.exclude(team=None).values("team")) | Q(workspace__in=of_workspace))


def visible_systems(person: User) -> "QuerySet[System]":
    """Those of which a version can be read."""
    reach = get_access_scope(person)
    of_teams, of_workspaces = Q(team__in=reach.teams), Q(workspace__in=reach.workspaces)
    # Only where both are there, both are asked for: one alone is read by its index.
    mine = (
        of_teams | of_workspaces
        if reach.teams and reach.workspaces
        else of_workspaces
        if reach.workspaces
        else of_teams
    )
    seen = Assessment.objects.filter(NEWEST, system=OuterRef("pk"))
    return System.objects.filter(mine).filter(Exists(seen)).select_related("team")


def chosen_edition(person: User, given: int | None) -> Edition:
    """The edition named, or the newest that came with the site; 404 where the person sees no such thing."""
    edition = Edition.objects.visible_to(person).filter(pk=given).first() if given else newest_edition()
    if edition is None:
        raise Http404
    return edition


def brief(system: System) -> dict[str, object]:
    team = {"id": system.team_id, "name": system.team.name}
    return {"id": system.pk, "name": system.name, "team": team, "created_at": system.created_at}


def detail(system: System) -> SystemDetail:
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
    return SystemDetail.model_validate({**brief(system), "assessments": versions})
