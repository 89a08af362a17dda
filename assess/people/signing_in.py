"""What signing in and up need to know of us: who comes by an invitation, and whether mail goes out at all."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from assess.people import invitations
from assess.people.models import Invitation


def mail_is_sent() -> bool:
    """False while mail is only written to files, so that nobody waits for it."""
    return not settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend")


def invitation_at(address: str | None) -> Invitation | None:
    """The invitation that this address of the site leads to, while anybody can still accept it."""
    try:
        match = resolve(urlsplit(address or "").path)
    except (Resolver404, ValueError):
        return None
    if match.url_name != "invitation":
        return None
    found = invitations.find(match.kwargs["token"])
    return found if found is not None and invitations.hindrance(found, None) is None else None


def invitation_in(request: HttpRequest | None) -> Invitation | None:
    """The invitation from which somebody came to this sign-in page, by its `next`."""
    if request is None:
        return None
    given = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME)
    return invitation_at(given)
