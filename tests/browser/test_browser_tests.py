"""That the tests in this folder wait for what they look at: no test may pass or fail by how fast the machine is."""

import ast
import time
from pathlib import Path

from playwright.sync_api import Route

from tests.browser.conftest import OpenPage

#: Ask what is on the page this instant; `expect` waits for it.
IMPATIENT = ("is_visible", "is_hidden", "is_enabled", "is_disabled")


def test_a_click_returns_once_the_next_page_has_loaded(open_page: OpenPage, db: None) -> None:
    def answer_late(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    with open_page() as page:
        page.goto("/")
        page.route("**/*.css", answer_late)
        page.get_by_role("link", name="Sign in").first.click()
        assert page.evaluate("[location.pathname, document.readyState]") == ["/account/login/", "complete"]


def test_no_browser_test_asserts_what_is_there_this_instant() -> None:
    found = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Assert(test=ast.Call(func=ast.Attribute(attr=name))) if name in IMPATIENT:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
