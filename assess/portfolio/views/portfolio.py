"""The portfolio's pages for architects: the table with its filters, files of it, saved views, overdue conditions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import Edition, State
from assess.decision.facade import FORM_WORDS, VERDICT_WORDS, VERDICTS
from assess.language import _, capitalised, ngettext
from assess.people.facade import (
    Team,
    User,
    Workspace,
    architect,
    architect_workspaces,
    user_of,
    workspaces_as_architect,
)
from assess.planning.facade import count_outcomes
from assess.portfolio import export
from assess.portfolio.conditions import overdue_in, read_overdue_page
from assess.portfolio.counts import count_systems
from assess.portfolio.filters import MONTHS, NO_VERDICT, ORDERS, Filters, gate_choices, read_filters
from assess.portfolio.models import SavedView
from assess.portfolio.reports import portfolio as portfolio_report
from assess.portfolio.scatter import build_scatter
from assess.portfolio.systems import find_systems, read_rows
from assess.questionnaire.facade import ValidationFailed, check_name
from assess.reports.facade import ReportKind, request_and_redirect
from assess.review.facade import Condition
from assess.web.facade import TableForm, activate_for, localdate_in, write_table

CONDITIONS_SHOWN = 5
MAX_SAVED_VIEWS = 20


@require_safe
@architect
def portfolio(request: HttpRequest) -> HttpResponse:
    workspaces = architect_workspaces(request)
    workspace = open_chosen_workspace(workspaces, request.GET)
    filters = read_filters(request.GET.dict())
    today = localdate_in(workspace, timezone.now())
    systems = find_systems(workspace, filters, today=today)
    counts = count_systems(systems)
    rows, page = read_rows(
        systems,
        workspace,
        filters,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        today=today,
    )
    is_first = page.previous_cursor is None
    is_sorted_by_age = filters.order.field == "current_verdict_at"
    conditions: list[Condition] = []
    if is_first and not filters.any_chosen:
        conditions = list(overdue_in(workspace, today=today)[: CONDITIONS_SHOWN + 1])
    choices, views = load_choices(user_of(request), workspace)
    parameters: dict[str, Any] = {"workspace": workspace.pk} if len(workspaces) > 1 else {}
    context = {
        "workspaces": workspaces,
        "workspace": workspace,
        "filters": filters,
        "is_filtered": filters.any_chosen,
        "choices": choices,
        "counts": counts,
        "outcomes": count_outcomes(systems) if is_first else [],
        "rows": rows,
        "leaves_out": counts.without_verdict if is_sorted_by_age and not filters.any_chosen else 0,
        "next_url": f"?{filters.query(**parameters, after=page.next_cursor)}" if page.next_cursor else "",
        "previous_url": f"?{filters.query(**parameters, before=page.previous_cursor)}" if not is_first else "",
        "first_url": f"?{filters.query(**parameters)}",
        "is_first": is_first,
        "export_query": filters.query(**parameters),
        "export_most": export.MAX_SYSTEMS,
        "scatter": build_scatter(systems, counts) if is_first else None,
        "conditions": with_decision_urls(conditions[:CONDITIONS_SHOWN]),
        "more_conditions": len(conditions) > CONDITIONS_SHOWN,
        "views": [(pk, name, f"?{read_filters(parse_query(query)).query(**parameters)}") for pk, name, query in views],
        "query_to_save": filters.query(),
        "all_url": f"{reverse('portfolio')}?{Filters().query(**parameters)}",
    }
    return render(request, "portfolio/portfolio.html", context)


@require_safe
@architect
def conditions(request: HttpRequest) -> HttpResponse:
    """The overdue conditions, the longest overdue first."""
    workspaces = architect_workspaces(request)
    workspace = open_chosen_workspace(workspaces, request.GET)
    page = read_overdue_page(
        workspace, after=request.GET.get("after", ""), today=localdate_in(workspace, timezone.now())
    )
    parameters = {"workspace": workspace.pk} if len(workspaces) > 1 else {}
    context = {
        "workspace": workspace,
        "conditions": with_decision_urls(page.conditions),
        "next_url": f"?{Filters().query(**parameters, after=page.after)}" if page.after else "",
        "is_first": page.is_first,
        "portfolio_url": f"{reverse('portfolio')}?{Filters().query(**parameters)}",
    }
    return render(request, "portfolio/portfolio_conditions.html", context)


@require_safe
@architect
def export_table(request: HttpRequest, form: TableForm) -> HttpResponseBase:
    workspace = open_chosen_workspace(architect_workspaces(request), request.GET)
    today = localdate_in(workspace, timezone.now())
    rows = export.table_rows(workspace, read_filters(request.GET.dict()), today=today)
    return build_download(write_table(form, rows), workspace, today, form.extension, form.content_type)


@require_safe
@architect
def export_json(request: HttpRequest) -> HttpResponseBase:
    workspace = open_chosen_workspace(architect_workspaces(request), request.GET)
    today = localdate_in(workspace, timezone.now())
    parts = export.stream_json(workspace, read_filters(request.GET.dict()), today=today)
    return build_download(parts, workspace, today, "json", "application/json")


@require_POST
@architect
def request_pdf(request: HttpRequest) -> HttpResponse:
    """Ask for the report on all systems that fit the filters, and redirect to the page that waits for it."""
    workspace = open_chosen_workspace(architect_workspaces(request), request.POST)
    filters = read_filters(parse_query(request.POST.get("query", "")))
    spec = portfolio_report.build_spec(workspace, filters)
    return request_and_redirect(request, ReportKind.PORTFOLIO, spec=spec, workspace_id=workspace.pk)


class SavedViewForm(forms.Form):
    name = forms.CharField(max_length=SavedView._meta.get_field("name").max_length)

    def clean_name(self) -> str:
        try:
            return check_name(" ".join(self.cleaned_data["name"].split()), settings.LIMITS["name"])
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed


@require_POST
@architect
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again replaces them."""
    user = user_of(request)
    workspace = open_chosen_workspace(architect_workspaces(request), request.POST)
    filters = read_filters(parse_query(request.POST.get("query", "")))
    form = SavedViewForm(request.POST)
    saved_views = SavedView.objects.filter(user=user, workspace=workspace)
    if not form.is_valid():
        sentence = _("Enter a name of up to {longest} characters for the view.")
        messages.error(request, sentence.format(longest=form.fields["name"].max_length))  # type: ignore[attr-defined]
    elif saved_views.exclude(name=form.cleaned_data["name"]).count() >= MAX_SAVED_VIEWS:
        sentence = _("You have {number} views. Delete one, then save this one.")
        messages.error(request, sentence.format(number=MAX_SAVED_VIEWS))
    else:
        name = form.cleaned_data["name"]
        SavedView.objects.update_or_create(
            user=user, workspace=workspace, name=name, defaults={"query": filters.query(), "saved_at": timezone.now()}
        )
        messages.success(request, _("Saved as “{name}”.").format(name=name))
    return redirect(f"{reverse('portfolio')}?{filters.query(workspace=workspace.pk)}")


@require_POST
@architect
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    user = user_of(request)
    saved_views = SavedView.objects.filter(user=user, workspace__in=workspaces_as_architect(user))
    view = get_object_or_404(saved_views, pk=view_id)
    view.delete()
    messages.success(request, _("The view “{name}” is deleted.").format(name=view.name))
    return redirect(f"{reverse('portfolio')}?{Filters().query(workspace=view.workspace_id)}")


def open_chosen_workspace(workspaces: list[Workspace], parameters: Mapping[str, Any]) -> Workspace:
    """The workspace that the address names, else the first; its time zone and language are used from here on.

    404 unless the person is its architect.
    """
    number = str(parameters.get("workspace", "")) or str(workspaces[0].pk)
    workspace = next((workspace for workspace in workspaces if str(workspace.pk) == number), None)
    if workspace is None:
        raise Http404("not an architect of this workspace")
    activate_for(workspace)
    return workspace


def build_download(
    parts: Iterator[str] | Iterator[bytes], workspace: Workspace, today: date, extension: str, content_type: str
) -> StreamingHttpResponse:
    name = f"{slugify(workspace.name) or 'workspace'}_portfolio_{today.isoformat()}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)


def load_choices(
    user: User, workspace: Workspace
) -> tuple[dict[str, list[tuple[str, str]]], list[tuple[int, str, str]]]:
    """What each filter offers, as value and label; and the person's saved views: id, name, query. One query."""
    teams = Team.objects.filter(workspace=workspace)
    editions = Edition.objects.filter(Q(workspace=None) | Q(workspace=workspace), published_at__isnull=False)
    saved_views = SavedView.objects.filter(user=user, workspace=workspace)
    text = CharField()
    rows = list(
        teams.annotate(kind=Value("team"), more=Value("", text))
        .values_list("kind", "pk", "name", "more")
        .union(
            editions.annotate(kind=Value("edition"), more=Cast("version", text)).values_list(
                "kind", "pk", "title", "more"
            ),
            saved_views.annotate(kind=Value("view")).values_list("kind", "pk", "name", "query"),
            all=True,
        )
    )
    rows.sort(key=lambda row: (row[2].casefold(), row[3], row[1]))
    choices: dict[str, list[tuple[str, str]]] = {
        "verdict": [*((verdict, VERDICT_WORDS[verdict]) for verdict in VERDICTS), (NO_VERDICT, _("No verdict yet"))],
        "form": [(form, capitalised(words)) for form, words in FORM_WORDS.items()],
        "state": [(value, str(label)) for value, label in State.choices],
        "team": [(str(pk), name) for kind, pk, name, _more in rows if kind == "team"],
        "edition": [
            (str(pk), _("{title}, edition {edition}").format(title=title, edition=more))
            for kind, pk, title, more in rows
            if kind == "edition"
        ],
        "months": [
            (str(number), ngettext("{number} month", "{number} months", number).format(number=number))
            for number in MONTHS
        ],
        "gate": gate_choices(),
        "sort": [("", _("Usual order")), *((slug, _(order.label)) for slug, order in ORDERS.items())],
    }
    return choices, [(pk, name, query) for kind, pk, name, query in rows if kind == "view"]


def with_decision_urls(conditions: Sequence[Condition]) -> list[tuple[Condition, str]]:
    """Each condition with the address of the decision that set it."""
    return [(each, reverse("assessment-decision", args=[each.assessment_id])) for each in conditions]


def parse_query(text: str) -> dict[str, str]:
    """The parameters of the part of an address after "?"."""
    return QueryDict(text[:2_000]).dict()
