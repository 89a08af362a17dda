"""The list: a row for each system with its newest version, filters as a GET form, older rows by keyset pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assess.assessments.answers import current_answers
from assess.assessments.assignments import open_assignments
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_datetime
from assess.assessments.models import DELETED, NEWEST, Assessment, AssessmentQuerySet, State
from assess.assessments.pagination import NEWEST_FIRST, Cursor, read_page
from assess.assessments.progress import Progress, compute_progress
from assess.assessments.revisit import DueReason, due_reasons_of
from assess.assessments.views.answering import next_url
from assess.decision.facade import VERDICTS
from assess.language import _
from assess.people.facade import (
    Ability,
    AccessScope,
    Team,
    User,
    get_access_scope,
    guests_allowed,
    roles_with,
    signed_in,
    user_of,
)
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import name_key
from assess.web.facade import parse_number

PAGE = 25


@dataclass(kw_only=True)
class Row:
    """One line of the list; `action` is the one thing to do with it."""

    assessment: Assessment
    may_work: bool
    may_review: bool
    versions: list[Assessment] = field(default_factory=list)
    answers: dict[str, AnswerValue] = field(default_factory=dict)
    due: list[DueReason] = field(default_factory=list)

    @property
    def progress(self) -> Progress | None:
        if self.assessment.is_submitted:
            return None
        return compute_progress(questionnaire_of(self.assessment.edition), self.answers)

    @property
    def changed_at(self) -> str:
        return format_datetime(self.assessment.updated_at)

    @property
    def status(self) -> str:
        """The state, and of a version in progress how far it is."""
        state, progress = self.assessment.get_state_display(), self.progress
        if progress is None:
            return state
        return _("{state} · {progress}").format(state=state, progress=progress.in_words)

    @property
    def names_who_changed(self) -> bool:
        version = self.assessment
        return version.names_shown or not version.answers_separately or version.is_submitted

    @property
    def submitted_versions(self) -> list[Assessment]:
        return [version for version in self.versions if version.is_submitted]

    @property
    def action(self) -> tuple[str, str]:
        """The words and the address of the one thing to do."""
        version = self.assessment
        progress = self.progress
        if self.may_review and version.state in (State.SUBMITTED, State.IN_REVIEW):
            return _("Decide"), f"{reverse('assessment-decision', args=[version.pk])}#sign"
        if progress is None:
            return _("See the result"), reverse("assessment-result", args=[version.pk])
        if not self.may_work:
            return _("Look at it"), reverse("assessment", args=[version.pk])
        if progress.is_complete:
            return _("Review and submit"), reverse("assessment-review", args=[version.pk])
        return (_("Continue") if progress.is_started else _("Begin")), next_url(version, progress)


@require_safe
@guests_allowed
@signed_in
def assessments(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    if user.is_guest:
        return redirect("asked")
    reach = get_access_scope(user)
    teams = visible_teams(user)
    chosen = {name: request.GET.get(name, "").strip()[:120] for name in ("q", "state", "verdict", "team")}
    cursor = read_cursor(request.GET)
    page = read_page(build_queryset(reach, chosen, teams), NEWEST_FIRST, size=PAGE, cursor=cursor)
    if not page.ids and not any(chosen.values()) and cursor is None and open_assignments(user).exists():
        return redirect("asked")  # nothing of teams' to read, and yet something to answer
    rows = build_rows(reach, page.ids)
    context = {
        "rows": rows,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "is_deleted": chosen["state"] == "deleted",
        "states": state_choices(),
        "verdicts": VERDICTS,
        "teams": teams,
        "older": older_url(chosen, page.next_cursor) if page.next_cursor else "",
        "is_first": cursor is None,
        "newest": f"?{urlencode({name: text for name, text in chosen.items() if text})}",
        "undo": deleted_assessment(user, request.GET.get("undo", "")),
        "is_administrator": reach.is_administrator,
        "may_start": bool(reach.editable_teams),
        # Whoever works in no team and yet has teams to choose from reads those of a workspace.
        "is_architect": bool(teams) and not reach.editable_teams,
        "has_portfolio": bool(reach.workspaces),
    }
    return render(request, "assessments/list.html", context)


def state_choices() -> dict[str, str]:
    """What the list can be narrowed to, each with its words."""
    states = {"open" if state is State.DRAFT else state.value: str(state.label) for state in State}
    return {**states, "deleted": _("Recently deleted")}


def build_queryset(reach: AccessScope, chosen: dict[str, str], teams: list[Team]) -> AssessmentQuerySet:
    """What the list holds: the newest versions, or the deleted ones, that the person reads and the filters leave."""
    queryset = Assessment.objects.filter(DELETED if chosen["state"] == "deleted" else NEWEST)
    team = next((team for team in teams if str(team.pk) == chosen["team"]), None)
    if team is not None and (team.workspace_id in reach.workspaces or team.pk in reach.teams):
        queryset = queryset.filter(team=team.pk)
    elif parse_number(chosen["team"]) is not None:
        return queryset.none()
    else:
        queryset = queryset.within(reach)
    if chosen["state"] == "open":
        queryset = queryset.filter(state=State.DRAFT)
    elif chosen["state"] in State.values:
        queryset = queryset.filter(state=chosen["state"])
    if chosen["verdict"] in VERDICTS:
        queryset = queryset.filter(current_verdict=chosen["verdict"])
    if chosen["q"] and "\x00" not in chosen["q"]:
        queryset = queryset.filter(system_name__contains=name_key(chosen["q"]))
    return queryset


def build_rows(reach: AccessScope, ids: Sequence[int]) -> list[Row]:
    """The rows with their versions and, where open, their answers: five queries, however many rows."""
    if not ids:
        return []
    assessments = Assessment.objects.select_related("system__team", "workspace", "edition", "updated_by")
    by_id = assessments.defer("edition__content", "result").in_bulk(list(ids))
    page = [by_id[pk] for pk in ids if pk in by_id]
    rows = {
        version.pk: Row(
            assessment=version,
            may_work=version.system.team_id in reach.editable_teams,
            # Whoever reads a whole workspace is its architect.
            may_review=version.workspace_id in reach.workspaces,
        )
        for version in page
    }
    versions: dict[int, list[Assessment]] = {}
    systems = {version.system_id for version in page}
    for version in Assessment.objects.filter(system__in=systems, deleted_at=None).defer("result").order_by("-version"):
        versions.setdefault(version.system_id, []).append(version)
    for row in rows.values():
        row.versions = versions.get(row.assessment.system_id, [])
    for pk, answers in current_answers([row.assessment for row in rows.values() if row.assessment.is_open]).items():
        rows[pk].answers = answers
    for pk, reasons in due_reasons_of(
        page, timezone.now(), answers={pk: row.answers for pk, row in rows.items()}
    ).items():
        rows[pk].due = reasons
    return list(rows.values())


def visible_teams(user: User) -> list[Team]:
    """Teams whose assessments this person may see, for the filter."""
    mine = Q(memberships__user=user)
    all_of_workspace = Q(
        workspace__memberships__user=user,
        workspace__memberships__team=None,
        workspace__memberships__role__in=roles_with(Ability.READ),
    )
    return list(Team.objects.filter(mine | all_of_workspace).distinct().order_by("name", "pk"))


def deleted_assessment(user: User, pk_text: str) -> Assessment | None:
    """The assessment deleted a moment ago, to offer its way back."""
    pk = parse_number(pk_text)
    if pk is None:
        return None
    deleted = Assessment.objects.in_reach_of(user).exclude(deleted_at=None).select_related("system")
    return deleted.filter(pk=pk).first()


def older_url(chosen: dict[str, str], last: Cursor) -> str:
    position = {"before": last.value.isoformat(), "below": last.pk}
    return f"?{urlencode({**{name: text for name, text in chosen.items() if text}, **position})}"


def read_cursor(data: QueryDict) -> Cursor | None:
    """Where an "older" link left off; None for the first page and for what no link of ours says."""
    return NEWEST_FIRST.read_cursor(f"{data.get('before', '')},{data.get('below', '')}")
