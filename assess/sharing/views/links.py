"""The share links of a version: the list, a new one, revoking one."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assess.assessments.facade import Assessment, format_datetime, open_assessment
from assess.language import _
from assess.people.facade import Ability, signed_in
from assess.questionnaire.facade import ValidationFailed
from assess.sharing import actions
from assess.sharing.forms import ShareLinkForm
from assess.sharing.models import ShareLink
from assess.web.facade import absolute_url, add_error_messages

#: Ended links that the page lists; nobody asks about older ones.
MAX_ENDED = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The links. POST makes one and answers with the page that shows its address, this once."""
    user, assessment = open_assessment(request, assessment_id, Ability.SHARE)
    if request.method != "POST":
        return render_links(request, assessment, ShareLinkForm())
    form = ShareLinkForm(request.POST)
    if form.is_valid():
        try:
            link, token = actions.make_link(assessment, by=user, **form.cleaned_data)
        except ValidationFailed as failed:
            form.add_error(None, [issue.message for issue in failed.issues])
        else:
            address = absolute_url(reverse("share-open", args=[token]))
            return render_links(request, assessment, ShareLinkForm(), made=link, address=address)
    return render_links(request, assessment, form)


@signed_in
@require_POST
def revoke(request: HttpRequest, assessment_id: int, link_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.SHARE)
    of_assessment = ShareLink.objects.filter(assessment=assessment).select_related("assessment__system__team")
    link = get_object_or_404(of_assessment, pk=link_id)
    try:
        actions.revoke_link(link, by=user)
    except ValidationFailed as failed:
        add_error_messages(request, failed)
    else:
        messages.success(request, _("The link for {name} no longer works.").format(name=link.name))
    return redirect("assessment-links", assessment.pk)


def render_links(
    request: HttpRequest,
    assessment: Assessment,
    form: ShareLinkForm,
    *,
    made: ShareLink | None = None,
    address: str = "",
) -> HttpResponse:
    """The page. `made` is the new link, if any, and `address` the only showing of its address."""
    now = timezone.now()
    rows = assessment.share_links.select_related("created_by", "revoked_by").order_by("-pk")
    working = list(rows.filter(revoked_at=None, expires_at__gt=now))
    ended = list(rows.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=now))[: MAX_ENDED + 1])
    context: dict[str, Any] = {
        "assessment": assessment,
        "working": [link_times(link) for link in working],
        "ended": [link_times(link) for link in ended[:MAX_ENDED]],
        "more_ended": len(ended) > MAX_ENDED,
        "why_not": actions.why_not_share(assessment, len(working)),
        "form": form,
        "made": made,
        "address": address,
    }
    response = render(request, "sharing/links.html", context, status=400 if form.errors else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def link_times(link: ShareLink) -> dict[str, Any]:
    """A link with its times as the page shows them."""
    return {
        "link": link,
        "made_at": format_datetime(link.created_at),
        "until": format_datetime(link.expires_at),
        "revoked_at": format_datetime(link.revoked_at) if link.revoked_at else "",
        "last_opened_at": format_datetime(link.last_opened_at) if link.last_opened_at else "",
    }
