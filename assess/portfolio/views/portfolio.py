"""The portfolio's pages for architects: the table with its filters, the same as files, saved views, and conditions
overdue."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import LOOK, Edition, State
from assess.decision.facade import FORM_WORDS, VERDICT_WORDS, VERDICTS
from assess.language import _, capitalised, ngettext
from assess.people.facade import (
    Team,
    User,
    Workspace,
    architect,
    architects_workspaces,
    user_of,
    workspaces_as_architect,
)
from assess.portfolio import export
from assess.portfolio.conditions import overdue_in
from assess.portfolio.counts import count_found, tallies_of
from assess.portfolio.filters import (
    CONTAINS_UP_TO,
    MONTHS,
    NO_VERDICT,
    ORDERS,
    Filters,
    gate_choices,
    read_filters,
)
from assess.portfolio.lists import Search, read_rows, search
from assess.portfolio.models import SavedView
from assess.portfolio.papers import portfolio as portfolio_paper
from assess.portfolio.scatter import scatter_of
from assess.reports.facade import ReportKind, ask_for_own
from assess.review.facade import Condition
from assess.web.facade import activate_for, read_number

CONDITIONS_SHOWN = 5
CONDITIONS_PAGE = 50
VIEWS_AT_MOST = 20


@require_safe
@architect
def portfolio(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    workspaces = architects_workspaces(request)
    workspace = chosen_workspace(workspaces, request.GET)
    filters = read_filters(request.GET.dict())
    today = timezone.localdate()
    tallies = tallies_of(workspace)
    asked = search(workspace, filters, systems=tallies.systems, today=today)
    rows, page = read_rows(asked, after=request.GET.get("after", ""), before=request.GET.get("before", ""), today=today)
    counts = count_found(asked, tallies)
    is_overview = page.preceding is None
    conditions = []
    if is_overview and not filters.are_any:
        conditions = list(overdue_in(workspace, today=today)[: CONDITIONS_SHOWN + 1])
    scatter = scatter_of(asked, judged=None if filters.are_any else counts.judged) if is_overview else None
    choices, views = _choices(user, workspace)
    here: dict[str, Any] = {"workspace": workspace.pk} if len(workspaces) > 1 else {}
    context = {
        "workspaces": workspaces,
        "workspace": workspace,
        "filters": filters,
        "is_filtered": filters.are_any,
        "choices": choices,
        "tallies": tallies,
        "counts": counts,
        "rows": rows,
        "is_sorted_for_search": bool(asked.begins_with),
        "leaves_out": counts.without_verdict if asked.order.field == "standing_at" and not filters.are_any else 0,
        "page": page,
        "look": LOOK,
        "contains_up_to": CONTAINS_UP_TO,
        "next_url": f"?{filters.query(**here, after=page.following)}" if page.following else "",
        "previous_url": f"?{filters.query(**here, before=page.preceding)}" if page.preceding else "",
        "first_url": f"?{filters.query(**here)}",
        "is_first": is_overview,
        "export_query": filters.query(**here),
        "export_most": export.MOST,
        "scatter": scatter,
        "conditions": _with_decisions(conditions[:CONDITIONS_SHOWN]),
        "more_conditions": len(conditions) > CONDITIONS_SHOWN,
        "views": [(pk, name, f"?{read_filters(_query_of(query)).query(**here)}") for pk, name, query in views],
        "query_to_save": filters.query(),
        "all_url": f"{reverse('portfolio')}?{Filters().query(**here)}",
    }
    return render(request, "portfolio/portfolio.html", context)


@require_safe
@architect
def conditions(request: HttpRequest) -> HttpResponse:
    """The overdue conditions, the longest overdue first."""
    workspaces = architects_workspaces(request)
    workspace = chosen_workspace(workspaces, request.GET)
    found = overdue_in(workspace, today=timezone.localdate())
    order_place = _condition_place(request.GET.get("after", ""))
    if order_place is not None:
        due_on, pk = order_place
        found = found.filter(Q(due_on__gt=due_on) | Q(pk__gt=pk), due_on__gte=due_on)
    page = list(found[: CONDITIONS_PAGE + 1])
    here = {"workspace": workspace.pk} if len(workspaces) > 1 else {}
    last = page[CONDITIONS_PAGE - 1] if len(page) > CONDITIONS_PAGE else None
    context = {
        "workspace": workspace,
        "conditions": _with_decisions(page[:CONDITIONS_PAGE]),
        "next_url": f"?{Filters().query(**here, after=f'{last.due_on},{last.pk}')}" if last else "",
        "is_first": order_place is None,
        "portfolio_url": f"{reverse('portfolio')}?{Filters().query(**here)}",
    }
    return render(request, "portfolio/portfolio_conditions.html", context)


@require_safe
@architect
def as_csv(request: HttpRequest) -> HttpResponseBase:
    workspace, asked = _asked(request)
    lines = export.as_csv(asked, today=timezone.localdate())
    return _download(lines, workspace, "csv", "text/csv; charset=utf-8")


@require_safe
@architect
def as_json(request: HttpRequest) -> HttpResponseBase:
    workspace, asked = _asked(request)
    parts = export.as_json(asked, workspace, today=timezone.localdate())
    return _download(parts, workspace, "json", "application/json")


@require_POST
@architect
def as_pdf(request: HttpRequest) -> HttpResponse:
    """Ask for the report on all that the filter finds, and go to the page that waits for it."""
    workspace = chosen_workspace(architects_workspaces(request), request.POST)
    filters = read_filters(_query_of(request.POST.get("query", "")))
    spec = portfolio_paper.spec_of(workspace, filters)
    return ask_for_own(request, ReportKind.PORTFOLIO, spec=spec, workspace_id=workspace.pk)


@require_POST
@architect
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again replaces them."""
    user = user_of(request)
    workspace = chosen_workspace(architects_workspaces(request), request.POST)
    filters = read_filters(_query_of(request.POST.get("query", "")))
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())
    longest = SavedView._meta.get_field("name").max_length or 0
    mine = SavedView.objects.filter(user=user, workspace=workspace)
    back = f"{reverse('portfolio')}?{filters.query(workspace=workspace.pk)}"
    if not name or len(name) > longest:
        told = _("Enter a name of up to {longest} characters for the view.")
        messages.error(request, told.format(longest=longest))
    elif mine.exclude(name=name).count() >= VIEWS_AT_MOST:
        told = _("You have {number} views. Delete one, then save this one.")
        messages.error(request, told.format(number=VIEWS_AT_MOST))
    else:
        SavedView.objects.update_or_create(
            user=user, workspace=workspace, name=name, defaults={"query": filters.query(), "saved_at": timezone.now()}
        )
        messages.success(request, _("Saved as “{name}”.").format(name=name))
    return redirect(back)


@require_POST
@architect
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    user = user_of(request)
    mine = SavedView.objects.filter(user=user, workspace__in=workspaces_as_architect(user))
    view = get_object_or_404(mine, pk=view_id)
    view.delete()
    messages.success(request, _("The view “{name}” is deleted.").format(name=view.name))
    return redirect(f"{reverse('portfolio')}?{Filters().query(workspace=view.workspace_id)}")


def chosen_workspace(workspaces: list[Workspace], given: Mapping[str, Any]) -> Workspace:
    """The workspace that the address names, else the first; 404 for one whose architect the person is not."""
    text = str(given.get("workspace", "")) or str(workspaces[0].pk)
    found = next((workspace for workspace in workspaces if str(workspace.pk) == text), None)
    if found is None:
        raise Http404("no workspace of theirs")
    activate_for(found)
    return found


def _asked(request: HttpRequest) -> tuple[Workspace, Search]:
    workspace = chosen_workspace(architects_workspaces(request), request.GET)
    filters = read_filters(request.GET.dict())
    systems = tallies_of(workspace).systems
    return workspace, search(workspace, filters, systems=systems, today=timezone.localdate())


def _download(parts: Any, workspace: Workspace, ending: str, content_type: str) -> StreamingHttpResponse:
    name = f"{slugify(workspace.name) or 'workspace'}_portfolio_{timezone.localdate().isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)


def _choices(user: User, workspace: Workspace) -> tuple[dict[str, list[tuple[str, str]]], list[tuple[int, str, str]]]:
    """What each filter offers, as value and words; and the person's saved views: id, name, query. One query."""
    teams = Team.objects.filter(workspace=workspace)
    editions = Edition.objects.filter(Q(workspace=None) | Q(workspace=workspace), published_at__isnull=False)
    saved = SavedView.objects.filter(user=user, workspace=workspace)
    text = CharField()
    found = list(
        teams.annotate(kind=Value("team"), more=Value("", text))
        .values_list("kind", "pk", "name", "more")
        .union(
            editions.annotate(kind=Value("edition"), more=Cast("version", text)).values_list(
                "kind", "pk", "title", "more"
            ),
            saved.annotate(kind=Value("view")).values_list("kind", "pk", "name", "query"),
            all=True,
        )
    )
    found.sort(key=lambda row: (row[2].casefold(), row[3], row[1]))
    choices: dict[str, list[tuple[str, str]]] = {
        "verdict": [*((verdict, VERDICT_WORDS[verdict]) for verdict in VERDICTS), (NO_VERDICT, _("No verdict yet"))],
        "form": [(form, capitalised(words)) for form, words in FORM_WORDS.items()],
        "state": [(value, str(label)) for value, label in State.choices],
        "team": [(str(pk), name) for kind, pk, name, _more in found if kind == "team"],
        "edition": [
            (str(pk), _("{title}, edition {edition}").format(title=title, edition=more))
            for kind, pk, title, more in found
            if kind == "edition"
        ],
        "months": [
            (str(number), ngettext("{number} month", "{number} months", number).format(number=number))
            for number in MONTHS
        ],
        "gate": gate_choices(),
        "sort": [("", _("Usual order")), *((slug, _(order.words)) for slug, order in ORDERS.items())],
    }
    return choices, [(pk, name, query) for kind, pk, name, query in found if kind == "view"]


def _with_decisions(conditions: list[Condition]) -> list[tuple[Condition, str]]:
    """Each with the address of the decision that set it."""
    return [(each, reverse("assessment-decision", args=[each.assessment_id])) for each in conditions]


def _query_of(text: str) -> dict[str, str]:
    return QueryDict(text[:2_000]).dict()


def _condition_place(text: str) -> tuple[date, int] | None:
    day, _comma, number = text.partition(",")
    pk = read_number(number)
    try:
        return None if pk is None else (date.fromisoformat(day), pk)
    except ValueError:
        return None
