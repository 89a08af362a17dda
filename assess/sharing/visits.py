"""Who came by a share link: what their session remembers of it, and how often a passcode may be tried.

Decides: whether this session opened this link, and whether the opening counts. A session holds the link's number, a
fingerprint of its secrets and the time; it signs nobody in. Signing in keeps it, signing out forgets it.
"""

import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from assess.people.facade import User
from assess.sharing.models import ShareLink

KEPT: Final = "shared"
#: A session remembers so many links; the one opened longest ago goes first.
MOST_KEPT: Final = 20
#: One visitor's pages count as one opening within so many seconds.
COUNT_EVERY: Final = 60
TRIES: Final = 5
TRIES_SECONDS: Final = 300


# --- the session


def remember(request: HttpRequest, link: ShareLink) -> None:
    """From now on this session opens this link. Whoever is not signed in gets a new session key: an earlier one may
    have been planted by somebody who would then see what is opened."""
    if not isinstance(request.user, User):
        request.session.cycle_key()
    kept = _kept(request.session)
    kept.pop(str(link.pk), None)
    while len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[str(link.pk)] = {"print": _fingerprint(link), "at": int(time.time()), "counted": 0}
    request.session[KEPT] = kept


def may_have_opened(request: HttpRequest, link_id: int) -> bool:
    """Whether the session knows of this link at all. No query beside the session's own."""
    return str(link_id) in _kept(request.session)


def has_opened(request: HttpRequest, link: ShareLink) -> bool:
    """Whether this session opened it, with the secrets it has now, and not longer ago than a sign-in lasts."""
    entry = _kept(request.session).get(str(link.pk))
    if entry is None or int(time.time()) - entry["at"] > settings.LIMITS["session_absolute"]:
        return False
    return constant_time_compare(entry["print"], _fingerprint(link))


def count(request: HttpRequest, link: ShareLink) -> None:
    """Note the opening on the link, at most once a minute for each visitor."""
    kept = _kept(request.session)
    entry, now = kept[str(link.pk)], int(time.time())
    if now - entry["counted"] < COUNT_EVERY:
        return
    entry["counted"] = now
    request.session[KEPT] = kept
    ShareLink.objects.filter(pk=link.pk).update(times_opened=F("times_opened") + 1, last_opened_at=timezone.now())


def _kept(session: SessionBase) -> dict[str, dict[str, Any]]:
    return dict(session.get(KEPT, {}))


def _fingerprint(link: ShareLink) -> str:
    return salted_hmac("assess.sharing.visits", f"{link.token_hash}:{link.passcode}", algorithm="sha256").hexdigest()


# --- trying passcodes


@dataclass(frozen=True, slots=True)
class Try:
    """One of the few tries that an address has; given back when it was right."""

    key: str

    def give_back(self) -> None:
        cache.delete(self.key)


def take_try(link: ShareLink, address: str) -> Try | int:
    """A try for this link and address, taken before the passcode is compared, so that many requests at once get no
    more; or the seconds until there is one."""
    now = int(time.time())
    place = _place(address)
    keys = [f"share-try:{link.pk}:{place}:{number}" for number in range(TRIES)]
    for key in keys:
        if cache.add(key, now, TRIES_SECONDS):
            return Try(key)
    oldest = min(cache.get_many(keys).values(), default=now)
    return max(1, int(oldest) + TRIES_SECONDS - now)


def _place(address: str) -> str:
    """What counts as one address: of IPv6 the whole network of one connection, or whoever guesses had endless ones."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address
