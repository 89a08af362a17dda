"""What a visitor's session remembers of share links, and how often a passcode may be tried.

Decides: whether this session opened this link, and whether the opening counts. A session keeps the link's number, a
fingerprint of its secrets and the time; it signs nobody in. Signing in keeps it, signing out forgets it.
"""

import re
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

SESSION_KEY: Final = "shared"
#: Links that a session remembers; it forgets the oldest first.
MAX_LINKS: Final = 20
#: Pages of one visitor within so many seconds count as one opening.
COUNT_SECONDS: Final = 60
MAX_ATTEMPTS: Final = 5
#: How programs call themselves that look at a link before a person does: previews of chats and mails, scanners, search
#: engines. Those that call themselves a browser are told by the rest of `is_preview`, or by coming without the cookie.
PREVIEW_AGENTS: Final = re.compile(
    r"bot\b|bot[-/_ ]|crawl|spider|preview|expand|unfurl|scan|fetch|proxy|monitor|validator"
    r"|facebookexternalhit|facebookcatalog|meta-external|whatsapp|viber|skype|iframely|embedly"
    r"|microsoft office|ms-office|msoffice|safelinks|google-?safety|google-read-aloud"
    r"|barracuda|proofpoint|mimecast|ironport|fortiguard|symantec|messagelabs|trendmicro|virustotal"
    r"|curl/|wget/|python-|go-http-client|java/|okhttp|axios|libwww|httpclient",
    re.IGNORECASE,
)
#: What browsers send with pages that nobody asked for yet.
PREFETCH_HEADERS: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
ATTEMPT_SECONDS: Final = 300


# --- the session


def remember_link(request: HttpRequest, link: ShareLink) -> None:
    """Lets this session open the link. A visitor gets a new session key, because the old one may have been planted
    by somebody who would then see what is opened."""
    if not isinstance(request.user, User):
        request.session.cycle_key()
    links = read_links(request.session)
    links.pop(str(link.pk), None)
    while len(links) >= MAX_LINKS:
        links.pop(next(iter(links)))
    links[str(link.pk)] = {"print": fingerprint_of(link), "at": int(time.time()), "counted": 0}
    request.session[SESSION_KEY] = links


def may_have_opened(request: HttpRequest, link_id: int) -> bool:
    """Whether the session has this link at all. No query beside the session's own."""
    return str(link_id) in read_links(request.session)


def has_opened(request: HttpRequest, link: ShareLink) -> bool:
    """Whether this session opened the link with its present secrets, within the time that a sign-in lasts."""
    entry = read_links(request.session).get(str(link.pk))
    if entry is None or int(time.time()) - entry["at"] > settings.LIMITS["session_absolute"]:
        return False
    return constant_time_compare(entry["print"], fingerprint_of(link))


def count_opening(request: HttpRequest, link: ShareLink) -> None:
    """Counts the opening on the link, at most once a minute for each visitor, and never for a preview."""
    if is_preview(request):
        return
    links = read_links(request.session)
    entry, now = links[str(link.pk)], int(time.time())
    if now - entry["counted"] < COUNT_SECONDS:
        return
    entry["counted"] = now
    request.session[SESSION_KEY] = links
    ShareLink.objects.filter(pk=link.pk).update(times_opened=F("times_opened") + 1, last_opened_at=timezone.now())


def is_preview(request: HttpRequest) -> bool:
    """Whether no person looks at this page: a browser loads it ahead, or a program looks what the link leads to."""
    is_prefetch = any(re.search("prefetch|preview", request.headers.get(name, "")) for name in PREFETCH_HEADERS)
    agent = request.headers.get("User-Agent", "")
    return is_prefetch or request.method == "HEAD" or PREVIEW_AGENTS.search(agent) is not None


def read_links(session: SessionBase) -> dict[str, dict[str, Any]]:
    return dict(session.get(SESSION_KEY, {}))


def fingerprint_of(link: ShareLink) -> str:
    return salted_hmac("assess.sharing.visits", f"{link.token_hash}:{link.passcode}", algorithm="sha256").hexdigest()


# --- passcode attempts


@dataclass(frozen=True, slots=True)
class PasscodeAttempt:
    """One of the few attempts that an address has; `refund` it when the passcode was right."""

    key: str

    def refund(self) -> None:
        cache.delete(self.key)


def take_attempt(link: ShareLink, address: str) -> PasscodeAttempt | int:
    """An attempt for this link and address, or the seconds until there is one.

    Take it before comparing the passcode, so that many requests at once get no more.
    """
    now = int(time.time())
    network = client_network(address)
    keys = [f"share-try:{link.pk}:{network}:{number}" for number in range(MAX_ATTEMPTS)]
    for key in keys:
        if cache.add(key, now, ATTEMPT_SECONDS):
            return PasscodeAttempt(key)
    oldest = min(cache.get_many(keys).values(), default=now)
    return max(1, int(oldest) + ATTEMPT_SECONDS - now)


def client_network(address: str) -> str:
    """What counts as one address: for IPv6 the /64 network of a connection, or a guesser had endless ones."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((ip, 64), strict=False)) if ip.version == 6 else address
