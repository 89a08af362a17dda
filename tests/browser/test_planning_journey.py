"""From a scan to a printed plan: once by keyboard, read by axe on every page, and once without JavaScript.

One story, by the hands of `test_whole_journey`: a team scans its code, accepts what that proposes, reads the verdict
and the candidate, counts the money, begins the plan, and leadership gets the PDF.
"""

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.reports import queue
from tests.browser.conftest import OpenPage
from tests.browser.test_whole_journey import Hands, Keyboard
from tests.factories import AnswerFactory, AssessmentFactory
from tests.measurement_samples import deploys_csv, sixty_runs
from tests.repositories import git
from tests.unit.reports.report_factory import demo_answers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Of the successful ones among `sixty_runs`, from created to finished: queued up to 6 minutes, running 10 to 22.
MEDIAN_MINUTES = 19
SHOP = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "shop/__init__.py": "",
    "shop/settings.py": 'INSTALLED_APPS = ["catalog", "orders", "recommendations"]\n',
    **{
        f"{app}/{name}": text
        for app, models in (
            ("catalog", "class Product(models.Model):\n    name = models.TextField()\n"),
            ("orders", "class Order(models.Model):\n    on = models.ForeignKey('catalog.Product', models.CASCADE)\n"),
            ("recommendations", "class Hint(models.Model):\n    product = models.IntegerField()\n"),
        )
        for name, text in (("__init__.py", ""), ("models.py", f"from django.db import models\n\n\n{models}"))
    },
}  # fmt: skip


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """The file that the scanner writes about a small shop."""
    for path, text in SHOP.items():
        file = tmp_path / "shop" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=Shop"]):
        git(tmp_path / "shop", *arguments)
    call_command("scan_repo", str(tmp_path / "shop"), out=str(tmp_path / "evidence.json"))
    return tmp_path / "evidence.json"


@pytest.fixture
def assessment(team: Team, alice: User) -> Assessment:
    """The shop of the readiness guide; how many models it has and how long it deploys is for files to say."""
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Web shop")
    for key, answer in demo_answers("ecommerce-35-developers").items():
        if key not in ("models", "deploy_minutes"):
            value = list(answer.value) if isinstance(answer.value, tuple) else answer.value
            AnswerFactory(assessment=made, key=key, value=value)
    return made


@pytest.mark.parametrize("hands", [Keyboard, Hands], ids=["by keyboard", "without JavaScript"])
def test_a_team_goes_from_a_scan_to_the_printed_plan(
    hands: Callable[[Page], Hands],
    open_page: OpenPage,
    assessment: Assessment,
    alice: User,
    scan: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "PATIENCE", timedelta(hours=1))  # the test renders, no process of the site
    with open_page(javascript=hands is Keyboard, user=alice) as page:
        who = hands(page)
        attach_scan_and_deploys(who, assessment, scan)
        accept_what_they_propose(who)
        read_verdict_and_candidate(who)
        count_the_money(who)
        begin_the_plan(who)
        printed = print_the_report(who, tmp_path)
        assert who.refused == []
    accepted = dict(assessment.answers.filter(basis="measured").values_list("key", "value"))
    assert accepted == {"models": 3, "deploy_minutes": MEDIAN_MINUTES}
    for text in ("First candidate: recommendations", "Over three years", "Trace"):
        assert text in printed


def attach_scan_and_deploys(who: Hands, assessment: Assessment, scan: Path) -> None:
    who.go(f"/assessments/{assessment.pk}/result/")
    who.press(who.link("Evidence"))
    who.page.locator("#file").set_input_files(scan)
    who.press(who.button("Attach"))
    who.press(who.link("Deploys, load and cost"))
    file = {"name": "deploys.csv", "mimeType": "text/csv", "buffer": deploys_csv(sixty_runs())}
    who.page.locator("#file").set_input_files(file)  # type: ignore[arg-type]  # playwright's own type
    who.press(who.button("Read the file"))
    who.sees("Deploys, load and cost", "Preview of deploys.csv: Deploys")
    who.press(who.button("Attach"))
    who.sees("Deploys, load and cost", "Deploys from deploys.csv is attached.")


def accept_what_they_propose(who: Hands) -> None:
    who.press(who.link("Answers"))
    who.sees("Claimed against measured")
    for key in ("models", "deploy_minutes"):
        who.press(
            who.page.locator(f"form:has([name=key][value={key}])").get_by_role("button", name=re.compile("^Accept"))
        )
        who.sees("Claimed against measured", "Accepted by Alice.")


def read_verdict_and_candidate(who: Hands) -> None:
    who.press(who.link("Candidates"))
    who.open(who.page.locator(".row-details summary", has_text="recommendations"))
    who.fill(who.page.locator(".row-details[open] [name$=-load]"), "40")
    who.press(who.button("Save"))
    who.go(re.sub(r"evidence/.*", "result/", who.page.url))
    who.sees(re.compile(r"Web shop:\s+So far:\s+Extract services"), "recommendations")


def count_the_money(who: Hands) -> None:
    who.press(who.link("Money and plan"))
    who.sees("Money", "No cost figures yet")
    for name, text in (("hourly_cost-low", "60"), ("hourly_cost-high", "90"), ("running_today-low", "3400")):
        who.fill(who.page.locator(f"[name={name}]"), text)
    who.press(who.button("Save"))
    expect(who.page.locator("main")).to_contain_text("Over three years")


def begin_the_plan(who: Hands) -> None:
    who.press(who.link("Plan"))
    who.sees("Plan", "No plan yet")
    who.press(who.button("Begin the plan"))
    who.sees("Plan", "10 % of requests, days 1 to 3")
    first = who.page.locator("li[data-state]").first
    who.press(first.get_by_role("button", name=re.compile("^Done")))
    expect(who.page.locator("li[data-state]").first).to_have_attribute("data-state", "done")


def print_the_report(who: Hands, directory: Path) -> str:
    """The text of the PDF, its lines joined."""
    who.press(who.link("Result"))
    who.press(who.link("Report as PDF"))
    who.press(who.button("Make the PDF"))
    expect(who.page.get_by_role("heading", name="The PDF is being made")).to_be_visible()
    queue.render_queued_reports()
    download = who.link("Download the PDF")
    download.wait_for()
    with who.page.expect_download() as got:
        download.press("Enter")
    got.value.save_as(directory / "report.pdf")
    text = subprocess.run(
        ["pdftotext", directory / "report.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    return " ".join(text.split())
