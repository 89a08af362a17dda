"""What a person may cost the site: one table of what is costly, and who has used how much of it.

Each person, and each network address, has so many seconds of processor for the addresses in `COSTS`, which come back at
a steady rate. A request is let in while what it may take is left, and charged what it took, a quarter of that
at least. Otherwise it is refused with 429, the time to come back, and what was typed. What costs most is served one at
a time to a person on this machine, and so is everything costly once they used half a second, so that one person never
keeps all workers. Whoever goes on asking before that time is refused by a page that costs nothing, before anything
looks for them.

Counted in each process by itself, because a write to the database would cost more than what it counts: with two workers
a person may use twice as much, and a restart forgets. Both are less than what a worker does in that time.
"""

import fcntl
import hashlib
import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.log import log_response

from assess.language import ngettext
from assess.web.errors import render_without_request, too_many_requests

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: Names of addresses, and the seconds of processor that one request may take: about twice what the largest
#: questionnaire was measured to take. What is not named costs too little to count.
COSTS: Final[Mapping[str, float]] = {
    # questionnaires: reading a file, asking the linter, publishing
    "edition-import": 1.0,
    "edition-check": 0.5,
    "edition-confirm": 1.0,
    "edition": 0.5,
    "edition-publish": 0.5,
    "edition-preview": 0.5,
    "edition-texts": 0.5,
    "translation-import": 1.0,
    "translation-confirm": 1.0,
    # one version: its result, trying answers, reports
    "assessment-result": 0.3,
    "assessment-review": 0.3,
    "assessment-submit": 0.5,
    "assessment-what-if": 0.2,
    "assessment-planned-changes": 0.2,
    "assessment-consensus": 0.3,
    "assessment-decision": 0.3,
    "evidence": 0.8,  # reading a scan of 5 MB; attaching one takes seconds, which are charged
    "evidence-measurements": 0.8,  # a page of measurements; reading 100 MB takes seconds, which are charged
    "evidence-map": 1.0,  # four hundred apps in it
    "evidence-candidates": 1.0,
    "evidence-claims": 0.5,
    "evidence-boundaries": 0.3,
    "evidence-boundaries-file": 0.3,
    # what comes after the verdict: pages that read the newest scan or all measurements, forty of 10,000 lines at most
    "money": 0.3,
    "goals": 0.3,
    "preparation": 0.3,
    "preparation-waive": 0.3,
    "design": 0.4,
    "design-decision": 0.4,
    "pitfalls": 0.4,
    "merging": 0.5,
    "plan": 0.2,  # comes back after each press of a button
    "plan-file": 0.3,
    "assessment-from-report": 2.0,
    "report": 0.5,
    "report-read": 0.8,
    "report-docx": 1.0,
    "report-md": 0.5,
    "report-csv": 0.3,
    "report-semicolon.csv": 0.3,
    "report-xlsx": 0.3,
    "report-json": 0.5,
    "report-pdf": 0.5,
    # several versions
    "compare": 0.5,
    "compare-report": 0.5,
    "system-trend": 0.5,
    "portfolio": 0.3,
    "portfolio-csv": 1.0,
    "portfolio-semicolon.csv": 1.0,
    "portfolio-xlsx": 2.0,
    "portfolio-json": 1.0,
    "portfolio-report": 0.5,
    "your-data": 0.5,
    # for everybody
    "landing": 0.1,
    "quick-check": 0.1,
    "sample": 0.2,
    "how-it-decides": 0.1,
    "sources": 0.1,
    "cases": 0.2,
    "scaling-sum": 0.1,
    "scanner": 0.1,
    "scanner-file": 0.1,
    "evidence-schema": 0.1,
    "shared": 0.3,
    "shared-answers": 0.3,
    "shared-pdf": 0.5,
    # programs
    "api-result": 0.3,
    "api-report": 0.8,
    "api-report-pdf": 0.5,
    "api-submit": 0.5,
    "api-evidence": 0.8,
    "api-measurements": 0.8,
}

#: Others are refused by the view, which costs nothing.
METHODS: Final = {"GET", "HEAD", "POST"}
#: Served one at a time to each person from such a cost on.
ALONE_FROM: Final = 0.8
#: Requests before their time that get a page of their own; further ones share one, for so many seconds.
KIND_REFUSALS: Final = 5
FORGOTTEN_AFTER: Final = 60

#: Names for which a lock is taken: different people share one now and then, which costs them a retry.
LOCKS: Final = 256


class Budgets:
    """Seconds used by name, which run off at a steady rate."""

    def __init__(self, *, size: float, a_minute: float) -> None:
        self.size, self.rate = size, a_minute / 60
        self.used: dict[str, tuple[float, float]] = {}
        self.lock = threading.Lock()

    def level(self, name: str) -> float:
        """The seconds used and not yet run off."""
        seconds, at = self.used.get(name, (0.0, 0.0))
        return max(0.0, seconds - (time.monotonic() - at) * self.rate)

    def wait_for(self, name: str, cost: float) -> int:
        """Whole seconds until there is room for so much; 0 where there is."""
        missing = self.level(name) + min(cost, self.size) - self.size
        return max(0, math.ceil(missing / self.rate))

    def charge(self, name: str, seconds: float) -> None:
        with self.lock:
            self.used[name] = (self.level(name) + seconds, time.monotonic())
            if len(self.used) > 10_000:
                self.used = {each: value for each, value in self.used.items() if self.level(each) > 0}

    def is_pressed(self, name: str) -> bool:
        """Whether so much was used that what costs little is served one at a time as well."""
        return self.level(name) > self.size / 8


#: By what is counted: a person's own, and that of a network address, which an office may share.
people: Final = Budgets(size=settings.LIMITS["budget"], a_minute=settings.LIMITS["budget_a_minute"])
addresses: Final = Budgets(size=settings.LIMITS["budget"] * 5, a_minute=settings.LIMITS["budget_a_minute"] * 5)


class BudgetSpentError(Exception):
    """There is nothing left; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@contextmanager
def spending(request: HttpRequest, url_name: str | None, user_id: int | None) -> Iterator[None]:
    """Charges what happens inside to the person and to their address. Raises BudgetSpentError before anything does."""
    cost = COSTS.get(url_name or "")
    if cost is None:
        yield
        return
    source = request.META.get("REMOTE_ADDR", "")
    counted = [(addresses, source), *([(people, str(user_id))] if user_id else [])]
    wait = max(budgets.wait_for(name, cost) for budgets, name in counted)
    if wait:
        raise BudgetSpentError(wait)
    own = counted[-1][1]
    pressed = next((name for budgets, name in reversed(counted) if budgets.is_pressed(name)), None)
    started = time.thread_time()
    with alone(own if cost >= ALONE_FROM else pressed):
        try:
            yield
        finally:
            # A refusal by the page itself takes little, and must not be free to ask for.
            taken = max(time.thread_time() - started, cost / 4)
            for budgets, name in counted:
                budgets.charge(name, taken)


@contextmanager
def alone(name: str | None) -> Iterator[None]:
    """While inside, no other process of this machine is, for this name. Raises BudgetSpentError where one is."""
    if name is None:
        yield
        return
    folder = settings.BUSY_DIR
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % LOCKS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:  # a full disk keeps nobody from reading
        logger.warning("Costly pages are not served one at a time: %s", problem)
        yield
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        os.close(held)
        raise BudgetSpentError(2) from taken
    try:
        yield
    finally:
        os.close(held)  # which lets go of the lock, as the end of the process does


class Refusals:
    """Until when who was refused is to wait, and how often they came before that; by session, else by address."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[float, int]] = {}

    def add(self, name: str, seconds: int) -> None:
        now = time.monotonic()
        until, too_early = self.waiting.get(name, (0.0, 0))
        if until < now - FORGOTTEN_AFTER:
            too_early = 0
        self.waiting[name] = (max(until, now + seconds), too_early + (until > now))
        if len(self.waiting) > 10_000:
            self.waiting = {each: value for each, value in self.waiting.items() if value[0] > now - FORGOTTEN_AFTER}

    def seconds_left(self, name: str) -> int:
        """Seconds for which this one is refused without a look; 0 for anybody who comes when they were told to."""
        until, too_early = self.waiting.get(name, (0.0, 0))
        return max(0, math.ceil(until - time.monotonic())) if too_early >= KIND_REFUSALS else 0


refusals: Final = Refusals()


def name_of_asker(request: HttpRequest) -> str:
    """Who asks, before anything looked for them."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME) or request.META.get("REMOTE_ADDR", "")


def refuse_early(get_response: GetResponse) -> GetResponse:
    """Refuses whoever goes on asking for what is costly before they may, without a look at who it is."""
    pages: dict[int, bytes] = {}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        wait = refusals.seconds_left(name_of_asker(request)) if refusals.waiting else 0
        if not wait or not is_costly(request.path_info):
            return get_response(request)
        if wait not in pages:
            pages[wait] = render_without_request("errors/429.html", {"sentence": budget_sentence(wait)}).encode()
        headers = {"Retry-After": str(wait)}
        response = HttpResponse(pages[wait], status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
        # Thousands of warnings would say no more than the first ones did.
        log_response("Refused again before its time", response=response, request=request, logger=logger, level="debug")
        return response

    return middleware


def is_costly(path: str) -> bool:
    """Whether the address is one of a page in `COSTS`."""
    try:
        return is_costly_page(resolve(path).url_name)
    except Resolver404:
        return False


def is_costly_page(url_name: str | None) -> bool:
    """Whether this is the name of a page in `COSTS`. Programs are counted where their token is known (`api.access`)."""
    return url_name is not None and url_name in COSTS and not url_name.startswith("api-")


def budget_sentence(seconds: int) -> str:
    """What a person or a program reads who is over."""
    return ngettext(
        "You asked for much in a short time. Come back in {count} second. Nothing was changed.",
        "You asked for much in a short time. Come back in {count} seconds. Nothing was changed.",
        seconds,
    ).format(count=seconds)


def spend_budget(get_response: GetResponse) -> GetResponse:
    """Lets a request to a costly page in while its person and network address have something left."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as until_answered:
            request.until_answered = until_answered  # type: ignore[attr-defined]  # read below
            return get_response(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not is_costly_page(name) or request.method not in METHODS:
            return None
        try:
            request.until_answered.enter_context(spending(request, name, request.user.pk))  # type: ignore[attr-defined]
        except BudgetSpentError as spent:
            refusals.add(name_of_asker(request), spent.retry_after)
            return too_many_requests(
                request, retry_after=spent.retry_after, sentence=budget_sentence(spent.retry_after), may_resend=True
            )
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it on the function
    return middleware
