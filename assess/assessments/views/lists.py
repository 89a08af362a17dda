"""The list: one row for each system with its newest version, filters as a GET form, older rows by keyset pages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, AssessmentQuerySet
from assess.assessments.progress import Progress, progress_of
from assess.assessments.respondents import open_asks
from assess.assessments.views.answering import next_url
from assess.assessments.words import moment
from assess.decision.result import VERDICTS
from assess.people.models import Role, Team, User
from assess.people.permissions import teams_to_work_in, workspaces_as_administrator
from assess.questionnaire.schema import Answer as AnswerValue
from assess.web.access import guests_too, signed_in, user_of

PAGE = 25
STATES = {"open": "In progress", "submitted": "Submitted", "deleted": "Recently deleted"}


@dataclass(kw_only=True)
class Row:
    """One line of the list. `action` and `url` are the one thing to do with it."""

    assessment: Assessment
    may_work: bool
    versions: list[Assessment] = field(default_factory=list)
    answers: dict[str, AnswerValue] = field(default_factory=dict)

    @property
    def progress(self) -> Progress | None:
        if self.assessment.is_submitted:
            return None
        return progress_of(questionnaire_of(self.assessment.edition), self.answers)

    @property
    def changed_at(self) -> str:
        return moment(self.assessment.updated_at)

    @property
    def submitted_versions(self) -> list[Assessment]:
        return [version for version in self.versions if version.is_submitted]

    @property
    def action(self) -> tuple[str, str]:
        """The words and the address of the one thing to do."""
        here = self.assessment
        progress = self.progress
        if progress is None:
            return "See the result", reverse("assessment-result", args=[here.pk])
        if not self.may_work:
            return "Look at it", reverse("assessment", args=[here.pk])
        if progress.is_complete:
            return "Review and submit", reverse("assessment-review", args=[here.pk])
        return ("Continue" if progress.is_started else "Begin"), next_url(here, progress)


@require_safe
@guests_too
@signed_in
def assessments(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    if user.is_guest:
        return redirect("asked")
    chosen = {name: request.GET.get(name, "").strip()[:120] for name in ("q", "state", "verdict", "team")}
    found = _filtered(user, chosen)
    position = _read_position(request.GET)
    if position is not None:
        at, last = position
        # Written so, the index leads; as an OR of the two columns it does not.
        found = found.filter(Q(updated_at__lt=at) | Q(pk__lt=last), updated_at__lte=at)
    page = list(_joined(found)[: PAGE + 1])
    if not page and not any(chosen.values()) and position is None and open_asks(user).exists():
        return redirect("asked")  # nothing of teams' to read, and yet something to answer
    works_in = set(teams_to_work_in(user).values_list("pk", flat=True))
    rows = _rows(works_in, page[:PAGE])
    teams = _teams(user)
    context = {
        "rows": rows,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "is_deleted": chosen["state"] == "deleted",
        "states": STATES,
        "verdicts": VERDICTS,
        "teams": teams,
        "older": _older_url(chosen, page) if len(page) > PAGE else "",
        "is_first": position is None,
        "newest": f"?{urlencode({name: text for name, text in chosen.items() if text})}",
        "undo": _undo(user, request.GET.get("undo", "")),
        "is_administrator": workspaces_as_administrator(user).exists(),
        "may_start": bool(works_in),
        # Whoever works in no team and yet has teams to choose from reads those of a workspace.
        "is_architect": bool(teams) and not works_in,
    }
    return render(request, "assessments/list.html", context)


def _filtered(user: User, chosen: dict[str, str]) -> AssessmentQuerySet:
    versions = Assessment.objects.filter(system=OuterRef("system"), deleted_at=None)
    if chosen["state"] == "deleted":
        found = Assessment.objects.in_reach_of(user).exclude(deleted_at=None)
    else:
        found = Assessment.objects.visible_to(user).filter(~Exists(versions.filter(version__gt=OuterRef("version"))))
    if chosen["state"] == "open":
        found = found.filter(submitted_at=None)
    elif chosen["state"] == "submitted":
        found = found.exclude(submitted_at=None)
    if chosen["verdict"] in VERDICTS:
        said = versions.exclude(submitted_at=None).order_by("-version").values("verdict")[:1]
        found = found.alias(said=Subquery(said)).filter(said=chosen["verdict"])
    if chosen["team"].isascii() and chosen["team"].isdecimal() and len(chosen["team"]) < 19:
        found = found.filter(system__team=int(chosen["team"]))
    if chosen["q"] and "\x00" not in chosen["q"]:
        found = found.filter(system__name__icontains=chosen["q"])
    return found


def _joined(found: AssessmentQuerySet) -> AssessmentQuerySet:
    joined = found.select_related("system__team", "edition", "updated_by").defer("edition__content", "result")
    return joined.order_by("-updated_at", "-pk")


def _rows(works_in: set[int], page: list[Assessment]) -> list[Row]:
    """The rows with their versions and, where open, their answers: two queries, however many rows."""
    rows = {here.pk: Row(assessment=here, may_work=here.system.team_id in works_in) for here in page}
    versions: dict[int, list[Assessment]] = {}
    systems = {here.system_id for here in page}
    for version in Assessment.objects.filter(system__in=systems, deleted_at=None).defer("result").order_by("-version"):
        versions.setdefault(version.system_id, []).append(version)
    for row in rows.values():
        row.versions = versions.get(row.assessment.system_id, [])
    for answer in Answer.objects.given().filter(
        assessment__in=[pk for pk, row in rows.items() if row.assessment.is_open]
    ):
        rows[answer.assessment_id].answers[answer.key] = answer.as_answer()
    return list(rows.values())


def _teams(user: User) -> list[Team]:
    """Teams whose assessments this person may see, for the filter."""
    mine = Q(memberships__user=user)
    all_of_workspace = Q(workspace__memberships__user=user, workspace__memberships__role=Role.ARCHITECT)
    return list(Team.objects.filter(mine | all_of_workspace).distinct().order_by("name", "pk"))


def _undo(user: User, given: str) -> Assessment | None:
    """The assessment deleted a moment ago, to offer its way back."""
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        return None
    found = Assessment.objects.in_reach_of(user).exclude(deleted_at=None).select_related("system")
    return found.filter(pk=int(given)).first()


def _older_url(chosen: dict[str, str], page: list[Assessment]) -> str:
    last = page[PAGE - 1]
    position = {"before": last.updated_at.isoformat(), "below": last.pk}
    return f"?{urlencode({**{name: text for name, text in chosen.items() if text}, **position})}"


def _read_position(data: QueryDict) -> tuple[datetime, int] | None:
    """Where an "older" link left off; None for the first page and for what no link of ours says."""
    below: Any = data.get("below", "")
    try:
        at = datetime.fromisoformat(data.get("before", ""))
        last = int(below)
    except ValueError:
        return None
    if at.tzinfo is None or not 1970 < at.year < 9999 or not 0 <= last < 2**63:
        return None
    return at, last
