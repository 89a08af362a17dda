"""The page that puts two to four assessments side by side, and the form by which they are chosen."""

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import NEWEST, NEWEST_FIRST, Assessment, check_not_anchored, parts_of, read_together
from assess.people.facade import User, reach_of, signed_in, user_of
from assess.portfolio.papers import comparison as comparison_paper
from assess.reports.facade import FEWEST, MOST, ReportKind, ask_for_own, compare, dumbbell_chart
from assess.web.facade import activate_for, read_number

#: So many are offered to choose from, the last changed first; a search narrows them.
OFFERED = 50


@require_safe
@signed_in
def comparison(request: HttpRequest) -> HttpResponse:
    """`?a=1&a=2` compares these; with fewer than two or more than four, it asks which."""
    user = user_of(request)
    chosen = _chosen(user, request.GET.getlist("a"))
    if not FEWEST <= len(chosen) <= MOST or "choose" in request.GET:
        return _picker(request, user, chosen)
    for assessment in chosen:
        check_not_anchored(user, assessment)
    found = compare(chosen)
    context = {
        "compared": found,
        "dumbbells": dumbbell_chart(found.axes, found.finding, narrow=True),
        "others": f"{reverse('compare')}?{urlencode([*(('a', one.pk) for one in chosen), ('choose', 1)])}",
    }
    return render(request, "portfolio/compare.html", context)


@require_POST
@signed_in
def as_pdf(request: HttpRequest) -> HttpResponse:
    """Ask for the comparison of these as a report, and go to the page that waits for it."""
    user = user_of(request)
    chosen = _chosen(user, request.POST.getlist("a"))
    if not FEWEST <= len(chosen) <= MOST:
        raise Http404
    for assessment in chosen:
        check_not_anchored(user, assessment)
    return ask_for_own(request, ReportKind.COMPARISON, spec=comparison_paper.spec_of(chosen))


def _chosen(user: User, given: list[str]) -> list[Assessment]:
    """The assessments of these numbers, each once; versions of one system in their order. 404 for one out of reach."""
    numbers = [read_number(text) for text in given]
    wanted = list(dict.fromkeys(number for number in numbers if number is not None))[: MOST * 2]
    if None in numbers:
        raise Http404
    found = Assessment.objects.visible_to(user).select_related("system__team", "workspace", "edition")
    by_pk = found.defer("result", "edition__content").in_bulk(wanted)
    if len(by_pk) < len(wanted):
        raise Http404
    chosen = [by_pk[number] for number in wanted]
    if chosen:
        activate_for(chosen[0].workspace)
    if len({assessment.system_id for assessment in chosen}) == 1:
        chosen.sort(key=lambda assessment: assessment.version)
    return chosen


def _picker(request: HttpRequest, user: User, chosen: list[Assessment]) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:120].replace("\x00", "")
    context = {
        "chosen": chosen,
        "offered": _offered(user, chosen, text),
        "q": text,
        "too_many": len(chosen) > MOST,
        "too_few": "compare" in request.GET and len(chosen) < FEWEST,
        "most": MOST,
    }
    return render(request, "portfolio/compare_choose.html", context)


def _offered(user: User, chosen: list[Assessment], text: str) -> list[Assessment]:
    """What else may be chosen: other versions of the systems chosen first, then of other systems the newest, the last
    changed first. At most five queries, each of a few rows however many there are."""
    parts = parts_of(reach_of(user), Assessment.objects.filter(NEWEST))
    narrow = Q(system_name__contains=text.lower()) if text else None
    page = read_together(parts, NEWEST_FIRST, size=OFFERED, narrow=narrow) if parts else None
    joined = Assessment.objects.visible_to(user).select_related("system__team").defer("result")
    others = joined.exclude(pk__in=[one.pk for one in chosen])
    of_chosen = others.filter(system__in=[one.system_id for one in chosen]).order_by("system", "-version")
    offered = {one.pk: one for one in of_chosen[:OFFERED]} if chosen else {}
    found = others.in_bulk(page.ids) if page else {}
    return [*offered.values(), *(found[pk] for pk in (page.ids if page else ()) if pk in found and pk not in offered)]
