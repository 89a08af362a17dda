"""The page that puts two to four assessments side by side, and the form by which they are chosen."""

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assess.assessments.models import Assessment
from assess.assessments.respondents import check_not_anchored
from assess.people.models import User
from assess.portfolio.compare import FEWEST, MOST, compare
from assess.web.access import signed_in, user_of

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
    context = {
        "compared": compare(chosen),
        "others": f"{reverse('compare')}?{urlencode([*(('a', one.pk) for one in chosen), ('choose', 1)])}",
    }
    return render(request, "portfolio/compare.html", context)


def _chosen(user: User, given: list[str]) -> list[Assessment]:
    """The assessments of these numbers, each once; versions of one system in their order. 404 for one out of reach."""
    if not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in given):
        raise Http404
    wanted = list(dict.fromkeys(int(text) for text in given))[: MOST * 2]
    found = Assessment.objects.visible_to(user).select_related("system__team", "edition")
    by_pk = found.defer("result", "edition__content").in_bulk(wanted)
    if len(by_pk) < len(wanted):
        raise Http404
    chosen = [by_pk[number] for number in wanted]
    if len({assessment.system_id for assessment in chosen}) == 1:
        chosen.sort(key=lambda assessment: assessment.version)
    return chosen


def _picker(request: HttpRequest, user: User, chosen: list[Assessment]) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:120].replace("\x00", "")
    found = Assessment.objects.visible_to(user).select_related("system__team").defer("result")
    if text:
        found = found.filter(system_name__contains=text.lower())
    else:
        # Whoever comes from a system looks for its other versions; of all others the newest will do.
        found = found.filter(Q(system__in=[one.system_id for one in chosen]) | Q(is_newest=True))
    offered = list(found.exclude(pk__in=[one.pk for one in chosen]).order_by("-updated_at", "-pk")[:OFFERED])
    systems = {one.system_id for one in chosen}
    offered.sort(key=lambda one: one.system_id not in systems)  # stable: the last changed first otherwise
    context = {
        "chosen": chosen,
        "offered": offered,
        "q": text,
        "too_many": len(chosen) > MOST,
        "too_few": "compare" in request.GET and len(chosen) < FEWEST,
        "most": MOST,
    }
    return render(request, "portfolio/compare_choose.html", context)
