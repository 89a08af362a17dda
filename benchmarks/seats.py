"""What using the site costs, from users' seats, in a real Chromium. Run: python -m benchmarks.seats [--root CHECKOUT]

Starts the site with its demo data in a folder of its own (`--root`: of another checkout, to compare with), and prints:

- height and words of each main page at 1280 and 375 pixels, and its weight with an empty cache;
- the time until a page shows its first useful line on a slow telephone: Slow 4G as Lighthouse has it (150 ms,
  1.6 Mbit/s) and a processor four times slower, the median of five;
- layout that shifts while answers are saved;
- clicks and keys from the front page to a settled verdict of the quick check, and from a new account to a PDF.

Goals: result page at most 2,200 px (3,600 on a telephone) and 450 words; quick check 2.0 s, result 2.5 s; no shift; at
most 120 KB a page.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.saving import free_port

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "look-around"  # of the demo data, printed by `make run`
LEAD = "lead@demo.example"
#: Lighthouse's Slow 4G: round trip in ms, bytes a second.
LATENCY, BYTES = 150, 1.6e6 / 8
SLOWER = 4
DEMO = json.loads((ROOT / "fixtures" / "demo" / "ecommerce-35-developers.json").read_text("utf-8"))
ANSWERS = {key: answer["value"] for key, answer in DEMO["answers"].items() if "value" in answer}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VERDICT = "[data-verdict], .answer .verdict-name, .verdict-name"
SHIFT = """window.shift = 0; new PerformanceObserver(list => { for (const each of list.getEntries())
  if (!each.hadRecentInput) window.shift += each.value }).observe({type: 'layout-shift', buffered: true})"""


@contextmanager
def demo_site(root: Path) -> Iterator[str]:
    """The address of a fresh site with demo data, of this checkout."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PORT": str(port), "SPLITCHECK_VAR": folder, "LOG_LEVEL": "CRITICAL"}
        server = subprocess.Popen(["sh", "scripts/run.sh"], cwd=root, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(300):
                with suppress(OSError), urllib.request.urlopen(address, timeout=2):  # our own
                    break
                time.sleep(0.5)
            yield address
        finally:
            server.terminate()
            server.wait(30)


class Seat:
    """Somebody at a page who counts every click and key."""

    def __init__(self, browser: Browser, address: str, width: int = 1280) -> None:
        self.page: Page = browser.new_context(base_url=address, viewport={"width": width, "height": 900}).new_page()
        self.clicks = self.keys = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def type(self, selector: str, text: str) -> None:
        """A click into the field, and a key for each sign."""
        self.page.locator(selector).first.fill(text)
        self.clicks += 1
        self.keys += len(text)

    def sign_in(self) -> None:
        self.page.goto("/account/login/")
        self.page.get_by_label("E-mail address").fill(LEAD)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("form.card button[type=submit]").click()
        self.page.wait_for_load_state()

    def answer(self, key: str) -> bool:
        """Gives the shop's answer to the question; False where it has none."""
        value = ANSWERS.get(key)
        if value is None:
            return False
        card = f'[data-question="{key}"]'
        if self.page.locator(f"{card} #q-{key}-value").count():
            self.type(f"{card} #q-{key}-value", str(value))
        else:
            for one in value if isinstance(value, list) else (value,):
                self.click(f'{card} .option:has([value="{one}"])')
        return True


def measure_pages(browser: Browser, address: str) -> None:
    print(f"{'page':<28}{'1280 px':>9}{'375 px':>9}{'words':>7}{'KB cold':>9}")
    for name, path, signed_in in pages_of(browser, address):
        heights, words, weight = [], 0, 0.0
        for width in (1280, 375):
            seat = Seat(browser, address, width)
            if signed_in:
                seat.sign_in()
            network = seat.page.context.new_cdp_session(seat.page)
            network.send("Network.enable")
            network.send("Network.clearBrowserCache")
            sizes: list[float] = []
            network.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
            seat.page.goto(path, wait_until="networkidle")
            heights.append(seat.page.evaluate("document.documentElement.scrollHeight"))
            words, weight = len(seat.page.inner_text("main").split()), sum(sizes) / 1000
            seat.page.context.close()
        print(f"{name:<28}{heights[0]:>9}{heights[1]:>9}{words:>7}{weight:>9.0f}")


def pages_of(browser: Browser, address: str) -> list[tuple[str, str, bool]]:
    """(name, address, whether signed in); the result is the longest of the demo data."""
    seat = Seat(browser, address)
    seat.sign_in()
    seat.page.goto("/assessments/")
    addresses = "links => links.map(link => link.getAttribute('href'))"
    links = seat.page.eval_on_selector_all("a[href*='/result/']", addresses)
    heights = {}
    for link in dict.fromkeys(links):
        seat.page.goto(link)
        heights[link] = seat.page.evaluate("document.documentElement.scrollHeight")
    result = max(heights, key=heights.__getitem__)
    base = result.removesuffix("result/")
    return [
        ("front page", "/", False),
        ("quick check, seven answers", quick_address(), False),
        ("sample result", "/sample/", False),
        ("sign-in", "/account/login/", False),
        ("list", "/assessments/", True),
        ("longest result", result, True),
        ("its answers", f"{base}review/", True),
        ("report page", f"{base}report/", True),
        ("waiting", "/waiting/", True),
    ]


def quick_address() -> str:
    keys = ("teams", "deploy_minutes", "hot_share", "platform_team", "tracing", "hiring", "migration_horizon")
    return "/quick/?" + "&".join(f"{key}={ANSWERS[key]}" for key in keys if ANSWERS.get(key) is not None)


def measure_slow_telephone(browser: Browser, address: str) -> None:
    print("\nfirst useful line on Slow 4G with a processor 4 times slower, median of 5")
    for name, path, signed_in in pages_of(browser, address):
        times = []
        for _ in range(5):
            seat = Seat(browser, address, 375)
            if signed_in:
                seat.sign_in()
            network = seat.page.context.new_cdp_session(seat.page)
            network.send("Network.enable")
            network.send("Network.clearBrowserCache")
            speed = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES}
            network.send("Network.emulateNetworkConditions", speed)
            network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            seat.page.goto(path)
            paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
            times.append(seat.page.evaluate(paint) / 1000)
            seat.page.context.close()
        print(f"{name:<28}{statistics.median(times):>7.2f} s")


def measure_shift(browser: Browser, address: str) -> None:
    for width in (1280, 375):
        seat = Seat(browser, address, width)
        seat.sign_in()
        seat.page.goto("/assessments/new/")
        seat.page.locator("#system-name").fill(f"Shift {width} {time.time_ns()}")
        with suppress(Exception):
            seat.page.locator("#team-id").select_option(index=1, timeout=500)
        seat.page.locator("form.card button[type=submit]").click()
        seat.page.wait_for_load_state()
        seat.page.goto(f"{seat.page.url}sections/deploys/")
        seat.page.evaluate(SHIFT)
        for key in ("deploy_waiting", "deploy_demand", "change_breakage"):
            seat.answer(key)
            seat.page.wait_for_timeout(1500)
        print(f"layout shift while saving at {width} px: {seat.page.evaluate('window.shift'):.4f}")
        seat.page.context.close()


def count_quick_check(browser: Browser, address: str) -> None:
    seat = Seat(browser, address)
    seat.page.goto("/")
    for key in seat.page.eval_on_selector_all("[data-question]", "cards => cards.map(card => card.dataset.question)"):
        seat.answer(key)
    seat.click("main form .form-end button[type=submit]")
    asked = 0
    while seat.page.locator("#next [data-question]").count() and not seat.page.locator('[data-firm="true"]').count():
        key = seat.page.locator("#next [data-question]").first.get_attribute("data-question") or ""
        known = seat.answer(key)
        seat.click(f'#next button:has-text("{"Answer" if known else "Skip"}")')
        seat.page.wait_for_timeout(400)
        asked += 1
    settled = bool(seat.page.locator('[data-firm="true"]').count())
    state = "settled" if settled else "still conditional"
    print(f"quick check from the front page: {seat.clicks} clicks, {seat.keys} keys, {asked} questions more, {state}")
    seat.page.context.close()


def count_to_pdf(browser: Browser, address: str) -> None:
    seat = Seat(browser, address)
    seat.page.goto("/account/signup/")
    fields = seat.page.locator("form.card input:not([type=hidden])")
    for index, text in enumerate(("Nina New", f"nina{time.time_ns()}@demo.example", "a-long-pass-word-9")):
        fields.nth(index).fill(text)
        seat.clicks += 1
        seat.keys += len(text)
    typed = seat.keys
    seat.click("form.card button[type=submit]")
    seat.type("#system-name", "Shop")
    seat.click('button:has-text("Start the first assessment")')
    assessment = seat.page.url
    seat.click("main .actions a.button")
    while "/sections/" in seat.page.url:
        for card in seat.page.locator("[data-question]:visible").all():
            seat.answer(card.get_attribute("data-question") or "")
        seat.page.wait_for_timeout(1200)
        seat.click(".save-bar button")
        seat.page.wait_for_timeout(800)
    seat.page.goto(f"{assessment}review/")
    seat.click('button:has-text("Submit version 1")')
    seat.page.goto(f"{assessment}report/")
    seat.click('button:has-text("Make the PDF")')
    seat.page.get_by_role("link", name="Download the PDF").wait_for(timeout=60_000)
    print(
        f"from a new account to a PDF: {seat.clicks + 3} clicks, {seat.keys} keys, {typed} of them for the account;"
        f" {len(ANSWERS)} answers"
    )
    seat.page.context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--root", type=Path, default=ROOT)
    chosen = parser.parse_args()
    with demo_site(chosen.root) as address, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for measure in (measure_pages, measure_slow_telephone, measure_shift, count_quick_check, count_to_pdf):
            measure(browser, address)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
