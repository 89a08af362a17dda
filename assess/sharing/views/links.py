"""The share links of a version: which there are, a new one, taking one back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assess.assessments.facade import Assessment, moment, writable
from assess.language import _
from assess.people.facade import Ability, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.sharing import actions, policies
from assess.sharing.models import Scope, ShareLink
from assess.web.facade import add_error_messages, parse_number

#: Links that no longer work are shown as far as somebody may still ask about them.
MOST_ENDED = 20
USUAL_DAYS = 30
FIELDS = {"name": "#share-name", "scope": "#share-scope", "days": "#share-days", "passcode": "#share-passcode"}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The links. POST makes one and answers with the page that shows its address, this once."""
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.SHARE)
    if request.method != "POST":
        return _page(request, assessment)
    try:
        link, token = actions.make(
            assessment,
            by=user,
            name=request.POST.get("name", ""),
            scope=request.POST.get("scope", ""),
            days=parse_number(request.POST.get("days", "").strip()),
            passcode=request.POST.get("passcode", ""),
        )
    except ValidationFailed as refused:
        return _page(request, assessment, refused=refused)
    address = request.build_absolute_uri(reverse("share-open", args=[token]))
    return _page(request, assessment, made=link, address=address)


@signed_in
@require_POST
def revoke(request: HttpRequest, assessment_id: int, link_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.SHARE)
    found = ShareLink.objects.filter(assessment=assessment).select_related("assessment__system__team")
    link = get_object_or_404(found, pk=link_id)
    try:
        actions.revoke(link, by=user)
    except ValidationFailed as refused:
        add_error_messages(request, refused)
    else:
        messages.success(request, _("The link for {name} no longer works.").format(name=link.name))
    return redirect("assessment-links", assessment.pk)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    *,
    refused: ValidationFailed | None = None,
    made: ShareLink | None = None,
    address: str = "",
) -> HttpResponse:
    now = timezone.now()
    rows = assessment.share_links.select_related("created_by", "revoked_by").order_by("-pk")
    working = list(rows.filter(revoked_at=None, expires_at__gt=now))
    ended = list(rows.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=now))[: MOST_ENDED + 1])
    issues = refused.issues if refused else []
    given = request.POST if refused else {}
    context: dict[str, Any] = {
        "assessment": assessment,
        "working": [_line(link) for link in working],
        "ended": [_line(link) for link in ended[:MOST_ENDED]],
        "more_ended": len(ended) > MOST_ENDED,
        "may_share": policies.why_not_share(assessment, len(working)) is None,
        "why_not": policies.why_not_share(assessment, len(working)),
        "problems": [(issue, FIELDS.get(issue.key, "#make")) for issue in issues],
        "wrong": {issue.key: issue.message for issue in issues},
        "given": {
            "name": given.get("name", ""),
            "scope": given.get("scope", Scope.REPORT),
            "days": given.get("days", USUAL_DAYS),
        },
        "scopes": Scope.choices,
        "made": made,
        "address": address,
    }
    response = render(request, "sharing/links.html", context, status=400 if refused else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _line(link: ShareLink) -> dict[str, Any]:
    return {
        "link": link,
        "made_at": moment(link.created_at),
        "until": moment(link.expires_at),
        "revoked_at": moment(link.revoked_at) if link.revoked_at else "",
        "last_opened_at": moment(link.last_opened_at) if link.last_opened_at else "",
    }
