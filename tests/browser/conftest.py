"""A real Chromium, the system's own, against the live server.

A test fails when a page breaks the security policy or a script of it does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assess.people.models import User
from tests.conftest import client_of

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
#: A page whose own answer is an error is reported by the browser like a missing file; those tests expect it.
EXPECTED = ("the server responded with a status of 4",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


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
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
        )
        if user is not None:
            cookie = client_of(user).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        yield page
        context.close()
        assert not [text for text in complaints if not any(expected in text for expected in EXPECTED)]

    return opened
