"""The page of what waits on a person, with the newest of what they were told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import format_datetime
from assess.language import _
from assess.people.facade import Notice, signed_in, user_of
from assess.portfolio.waiting import waiting_for
from assess.web.facade import parse_number

NOTICES = 30
#: So many stand open; those before them are folded.
NEWEST = 10


@signed_in
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Looking changes nothing: a notice is read when the person says so."""
    user = user_of(request)
    notices = list(Notice.objects.filter(user=user).order_by("-pk")[:NOTICES])
    told = [(notice, format_datetime(notice.at)) for notice in notices]
    context = {
        "groups": waiting_for(user),
        "notices": told[:NEWEST],
        "older": told[NEWEST:],
        "newest": notices[0].pk if notices else 0,
    }
    return render(request, "portfolio/waiting.html", context)


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponseBase:
    """Mark as read all notices up to the newest that the page showed; what came since stays new."""
    newest = parse_number(request.POST.get("newest", ""))
    if newest is not None:
        shown = Notice.objects.filter(user=user_of(request), read_at=None, pk__lte=newest)
        if shown.update(read_at=timezone.now()):
            messages.success(request, _("All marked as read."))
    return redirect("waiting")
