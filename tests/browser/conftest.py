"""A real Chromium, the system's own, against the live server.

A test fails when a page breaks the security policy or a script of it does.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from itertools import product
from typing import Any, Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from assess.people.models import User
from assess.reports import queue
from tests.conftest import client_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: As root, without a graphics card, and without a word to anybody but the live server.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
#: A page whose own answer is an error is reported by the browser like a missing file; those tests expect it.
EXPECTED = ("the server responded with a status of 4",)
#: Where a page has to be right: schemes × widths.
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 375, 320)
#: Axe looks at the first in `make test`, at the others in `make test-thorough`.
FIRST_LOOK, *OTHER_LOOKS = product(WIDTHS, SCHEMES)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What passed is not written out node by node: that takes three times as long as looking.
    "resultTypes": ["violations"],
}
#: What another colour scheme can change of what axe sees.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
#: A bar that sticks to an edge covers whatever lies under it just now; axe would take that for too small a target.
LOOSEN = """[...document.querySelectorAll("main *")].filter(one => getComputedStyle(one).position === "sticky")
  .forEach(one => { one.style.position = "static" })"""
#: Collects what the policy refused, also where the console says nothing.
WATCH_POLICY = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", event =>
  window.refusedByPolicy.push(`${event.violatedDirective}: ${event.blockedURI || event.sourceFile}`));
"""


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if os.environ.get("CI"):
                # A browser on a shared machine may be starved for seconds. Once more tells that from a fault; the last
                # line counts what was run again, and `-r R` names it.
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def queries_beside_playwright() -> Iterator[None]:
    """Playwright runs an event loop in the tests' thread, where Django would refuse to query."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def path_of_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def await_next_page(action: Callable[..., None]) -> Callable[..., None]:
    """`action` of a locator that returns only once the page it led to has loaded, if it led to one.

    Playwright's own returns when the next page's first byte is there: what a test reads at once is, on a slow machine,
    an empty page.
    """

    @wraps(action)
    def act(locator: Locator, *args: Any, **options: Any) -> None:
        action(locator, *args, **options)
        page = locator.page
        if not page.is_closed():
            page.wait_for_load_state()

    return act


@pytest.fixture(scope="session", autouse=True)
def actions_await_pages() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press", "check", "select_option"):
            patch.setattr(Locator, name, await_next_page(getattr(Locator, name)))
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = path_of_chromium()
    if path is None:
        reason = "Chromium is not on this machine: apt install chromium, or name it by CHROMIUM=/path/to/it"
        # Where nobody reads on, a test that was left out must not look like one that passed.
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    expect.set_options(timeout=30_000)  # how long to wait on a busy machine; nothing is expected to take so long
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


Faults = Callable[[Page], dict[str, list[str]]]


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Gives the browser the person's session, without the sign-in page."""
    cookie = client_of(user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])


def complaints_of(page: Page) -> list[str]:
    """A list that fills with what the page's scripts and the security policy complain of."""
    complaints: list[str] = []
    page.add_init_script(WATCH_POLICY)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return complaints


@pytest.fixture(autouse=True)
def site_address(live_server: Any, settings: Any) -> None:
    """Links that pages show to copy lead to the server of the test."""
    settings.SITE_ADDRESS = live_server.url


@pytest.fixture(autouse=True)
def no_renderer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy machine takes, reports are rendered by the test, not by a child process of the site."""
    monkeypatch.setattr(queue, "PATIENCE", timedelta(days=1))


class OpenPage(Protocol):
    def __call__(
        self, *, scheme: str = "light", width: int = 1280, javascript: bool = True, user: User | None = None
    ) -> Any: ...


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> OpenPage:
    """`with open_page(width=320, user=alice) as page:` gives a page whose `goto("/")` is on the live server."""

    @contextmanager
    def opened(
        *, scheme: str = "light", width: int = 1280, javascript: bool = True, user: User | None = None
    ) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=live_server.url,
            color_scheme=scheme,  # type: ignore[arg-type]  # one of SCHEMES
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
        )
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        complaints = complaints_of(page)
        try:
            yield page
            if javascript and page.url.startswith("http"):
                complaints += page.evaluate("window.refusedByPolicy || []")
        finally:
            context.close()
        assert not [text for text in complaints if not any(expected in text for expected in EXPECTED)]

    return opened


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds on the loaded page: rule, and the first element that breaks it."""
    page.wait_for_load_state()  # a click returns once the next page has begun; axe needs its document
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{entry['id']} at {entry['nodes'][0]['target']}: {entry['help']}" for entry in found]


@pytest.fixture(
    params=[[FIRST_LOOK], pytest.param(OTHER_LOOKS, marks=pytest.mark.slow)], ids=["first look", "other looks"]
)
def faults(request: pytest.FixtureRequest) -> Faults:
    """`faults(page)`: what is wrong with the open page, by look: what axe finds, and whether it fits the window.

    It is loaded once: schemes and widths are a matter of its styles alone, and no script of ours asks for them. Every
    rule is tried in each width; in the dark scheme those that go by colours, since nothing else differs.
    """

    def find(page: Page) -> dict[str, list[str]]:
        page.evaluate(LOOSEN)
        found = {}
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            problems = []
            if (width, scheme) in request.param:
                problems += violations(page, RULES if scheme == "light" else COLOURS)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append("wider than the window")
            if problems:
                found[f"{scheme} {width}"] = problems
        return found

    return find


@pytest.fixture
def axe_everywhere(open_page: OpenPage, faults: Faults) -> Callable[..., None]:
    """`axe_everywhere("/", "/quick/", user=alice)`: axe minds nothing there, in any look, all details open."""

    def check(*addresses: str, user: User | None = None) -> None:
        found = {}
        with open_page(user=user) as page:
            for address in addresses:
                page.goto(address)
                page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
                if issues := faults(page):
                    found[address] = issues
        assert found == {}

    return check
