"""Versions side by side: the page that compares two to four, the form that chooses them, and a system's trend."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import NEWEST, NEWEST_FIRST, Assessment, State, check_answered_first
from assess.people.facade import User, get_access_scope, signed_in, user_of
from assess.portfolio.reports import comparison as comparison_report
from assess.portfolio.trend import MAX_VERSIONS, build_trend
from assess.questionnaire.facade import name_key
from assess.reports.facade import (
    MAX_COMPARED,
    MIN_COMPARED,
    ReportKind,
    dumbbell_chart,
    load_comparison,
    request_and_redirect,
)
from assess.web.facade import activate_for, parse_number

#: So many are offered to choose from, the last changed first; a search narrows them.
MAX_OFFERED = 50


@require_safe
@signed_in
def comparison(request: HttpRequest) -> HttpResponse:
    """`?a=1&a=2` compares these; with fewer than two or more than four, it asks which."""
    user = user_of(request)
    chosen = get_chosen(user, request.GET.getlist("a"))
    if not MIN_COMPARED <= len(chosen) <= MAX_COMPARED or "choose" in request.GET:
        return render_choice(request, user, chosen)
    for assessment in chosen:
        check_answered_first(user, assessment)
    compared = load_comparison(chosen)
    context = {
        "compared": compared,
        "dumbbells": dumbbell_chart(compared.axes, compared.finding, narrow=True),
        "others": f"{reverse('compare')}?{urlencode([*(('a', one.pk) for one in chosen), ('choose', 1)])}",
    }
    return render(request, "portfolio/compare.html", context)


@require_POST
@signed_in
def request_pdf(request: HttpRequest) -> HttpResponse:
    """Ask for a report of the comparison, and redirect to the page that waits for it."""
    user = user_of(request)
    chosen = get_chosen(user, request.POST.getlist("a"))
    if not MIN_COMPARED <= len(chosen) <= MAX_COMPARED:
        raise Http404
    for assessment in chosen:
        check_answered_first(user, assessment)
    return request_and_redirect(request, ReportKind.COMPARISON, spec=comparison_report.build_spec(chosen))


def get_chosen(user: User, numbers: list[str]) -> list[Assessment]:
    """The assessments of these ids, each once; versions of one system in their order.

    404 unless the person may read all of them.
    """
    parsed = [parse_number(text) for text in numbers]
    ids = list(dict.fromkeys(number for number in parsed if number is not None))[: MAX_COMPARED * 2]
    if None in parsed:
        raise Http404
    readable = Assessment.objects.visible_to(user).select_related("system__team", "workspace", "edition")
    by_id = readable.defer("result", "edition__content").in_bulk(ids)
    if len(by_id) < len(ids):
        raise Http404
    chosen = [by_id[pk] for pk in ids]
    if chosen:
        activate_for(chosen[0].workspace)
    if len({assessment.system_id for assessment in chosen}) == 1:
        chosen.sort(key=lambda assessment: assessment.version)
    return chosen


def render_choice(request: HttpRequest, user: User, chosen: list[Assessment]) -> HttpResponse:
    """The form that chooses what to compare."""
    text = request.GET.get("q", "").strip()[:120].replace("\x00", "")
    context = {
        "chosen": chosen,
        "offered": find_offered(user, chosen, text),
        "q": text,
        "too_many": len(chosen) > MAX_COMPARED,
        "too_few": "compare" in request.GET and len(chosen) < MIN_COMPARED,
        "most": MAX_COMPARED,
    }
    return render(request, "portfolio/compare_choose.html", context)


def find_offered(user: User, chosen: list[Assessment], text: str) -> list[Assessment]:
    """What else may be chosen: other versions of the systems chosen first, then the newest of other systems, the last
    changed first. At most three queries."""
    joined = Assessment.objects.select_related("system__team").defer("result")
    others = joined.exclude(pk__in=[one.pk for one in chosen])
    newest = others.filter(NEWEST).within(get_access_scope(user)).order_by(*NEWEST_FIRST.columns())
    if text:
        newest = newest.filter(system_name__contains=name_key(text))
    offered: dict[int, Assessment] = {}
    if chosen:
        of_same_systems = others.visible_to(user).filter(system__in=[one.system_id for one in chosen])
        offered = {one.pk: one for one in of_same_systems.order_by("system", "-version")[:MAX_OFFERED]}
    return list({**offered, **{one.pk: one for one in newest[:MAX_OFFERED]}}.values())


@require_safe
@signed_in
def trend(request: HttpRequest, system_id: int) -> HttpResponse:
    """A system's submitted versions over time, without those that were withdrawn."""
    queryset = Assessment.objects.visible_to(user_of(request)).filter(system=system_id)
    joined = queryset.select_related("system__team", "workspace", "edition").defer("edition__content")
    # One more: the newest may be open.
    versions = list(joined.order_by("-version")[: MAX_VERSIONS + 1])
    if not versions:
        raise Http404
    activate_for(versions[0].workspace)
    submitted = [version for version in reversed(versions) if version.is_submitted and version.counts][-MAX_VERSIONS:]
    number = queryset.exclude(submitted_at=None).exclude(state=State.WITHDRAWN).count()
    context = {
        "system": versions[0].system,
        "newest": versions[0],
        "trend": build_trend(submitted, left_out=number - len(submitted)),
        "open": next((version for version in versions if version.is_open), None),
    }
    return render(request, "portfolio/trend.html", context)
