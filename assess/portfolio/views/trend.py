"""The page of a system's trend."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assess.assessments.facade import Assessment
from assess.people.facade import signed_in, user_of
from assess.portfolio.trend import MOST, trend_of
from assess.web.facade import activate_for


@require_safe
@signed_in
def trend(request: HttpRequest, system_id: int) -> HttpResponse:
    found = Assessment.objects.visible_to(user_of(request)).filter(system=system_id)
    joined = found.select_related("system__team", "workspace", "edition").defer("edition__content")
    # One more: the newest may be open.
    versions = list(joined.order_by("-version")[: MOST + 1])
    if not versions:
        raise Http404
    activate_for(versions[0].workspace)
    submitted = [version for version in reversed(versions) if version.is_submitted][-MOST:]
    number = found.exclude(submitted_at=None).count()
    context = {
        "system": versions[0].system,
        "newest": versions[0],
        "trend": trend_of(submitted, left_out=number - len(submitted)),
        "open": next((version for version in versions if version.is_open), None),
    }
    return render(request, "portfolio/trend.html", context)
