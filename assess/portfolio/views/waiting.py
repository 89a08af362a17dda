"""The page of what waits for a person, with their newest notices."""

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

MAX_NOTICES = 30
#: So many of them are open; the earlier ones are folded.
OPEN_NOTICES = 10


@signed_in
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Marks no notice as read: the person does that with a button."""
    user = user_of(request)
    notices = list(Notice.objects.filter(user=user).order_by("-pk")[:MAX_NOTICES])
    with_times = [(notice, format_datetime(notice.at)) for notice in notices]
    context = {
        "groups": waiting_for(user),
        "notices": with_times[:OPEN_NOTICES],
        "older": with_times[OPEN_NOTICES:],
        "newest": notices[0].pk if notices else 0,
    }
    return render(request, "portfolio/waiting.html", context)


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponseBase:
    """Mark all notices as read up to the newest that the page showed; later ones stay new."""
    newest = parse_number(request.POST.get("newest", ""))
    if newest is not None:
        unread = Notice.objects.filter(user=user_of(request), read_at=None, pk__lte=newest)
        if unread.update(read_at=timezone.now()):
            messages.success(request, _("All marked as read."))
    return redirect("waiting")
