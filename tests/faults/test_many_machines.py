"""Two nodes behind nginx serve as one: what somebody did on one, the other knows; and each may go away meanwhile.

All parts are those of deploy/compose.yaml as processes (`scripts/many_machines.py`), in production's settings. moto
stands in for the store that speaks S3.
"""

import os
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from scripts.many_machines import Machines, Node, missing_parts, start_machines
from tests.faults.conftest import Answer
from tests.faults.machines import PASSWORD, Browser, make_people, until_answered, wait_for_pdf
from tests.integration.people.test_logos import png


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    if missing := missing_parts():
        reason = f"Not on this machine: {', '.join(missing)}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with start_machines() as started:
        yield started


@pytest.fixture
def nodes(machines: Machines) -> list[Node]:
    return machines.nodes


@pytest.fixture
def ana(machines: Machines) -> Browser:
    """Signed in through nginx, with an assessment of her own."""
    name = f"ana{uuid.uuid4().hex[:8]}"
    return make_people(machines, name)[name]


def query(machines: Machines, expression: str) -> str:
    """What an expression on the models gives, in the site's own Django."""
    code = f"from assess.models import *; print({expression})"
    return machines.run("shell", "-v", "0", "-c", code).strip()


def stored_files(machines: Machines) -> list[str]:
    code = "from django.core.files.storage import storages; print(*storages['files'].listdir('reports')[1])"
    return machines.run("shell", "-v", "0", "-c", code).split()


def test_a_save_sent_again_to_the_other_node_is_one_save(machines: Machines, nodes: list[Node], ana: Browser) -> None:
    mutation = str(uuid.uuid4())
    first = ana.save("teams", 3, mutation=mutation, at=nodes[0])
    ana.versions.clear()  # as a page that never heard of the first answer
    second = ana.save("teams", 3, mutation=mutation, at=nodes[1])
    assert (first.status, second.status) == (200, 200)
    assert second.json["version"] == first.json["version"] == 1
    assert query(machines, f"Event.objects.filter(assessment={ana.assessment}, key='teams').count()") == "1"


def test_a_save_on_one_node_from_an_older_page_of_the_other_shows_both_values(nodes: list[Node], ana: Browser) -> None:
    ana.save("teams", 3, at=nodes[0])
    ana.versions.clear()
    assert ana.save("teams", 5, at=nodes[1]).status == 409


def test_a_pdf_asked_for_on_one_node_is_fetched_from_the_other(
    machines: Machines, nodes: list[Node], ana: Browser
) -> None:
    assert ana.post(f"/assessments/{ana.assessment}/report/", {}, at=nodes[0]).status in {200, 302}
    pdf = wait_for_pdf(ana, at=nodes[1])
    assert pdf.startswith(b"%PDF")
    assert wait_for_pdf(ana, at=nodes[0]) == pdf
    name = query(machines, f"Report.objects.get(assessment={ana.assessment}).stored_as")
    assert name.removeprefix("reports/") in stored_files(machines)
    machines.run("prune_reports")  # lists the store
    assert name.removeprefix("reports/") in stored_files(machines)


def test_a_logo_set_on_one_node_is_shown_by_the_other(nodes: list[Node], ana: Browser) -> None:
    path = f"/workspaces/{ana.workspace}/logo/"
    sent = ana.upload(f"{path}set/", png(), name="logo.png", content_type="image/png", field="logo", at=nodes[0])
    assert sent.status == 302, nodes[0].log()
    shown = ana.get(path, at=nodes[1])
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.body == ana.get(path, at=nodes[0]).body


def test_wrong_passwords_count_on_both_nodes_together(machines: Machines, nodes: list[Node], ana: Browser) -> None:
    email = query(machines, f"Assessment.objects.get(pk={ana.assessment}).created_by.email")
    guesser = Browser(machines, address="192.0.2.99")
    for number in range(5):
        wrong = guesser.sign_in(email, f"wrong {number}", at=nodes[number % 2])
        assert "match no account" in wrong.text
    for node in nodes:
        assert "Wait five minutes" in guesser.sign_in(email, PASSWORD, at=node).text


def test_requests_of_a_program_count_on_both_nodes_together(
    machines: Machines, nodes: list[Node], ana: Browser
) -> None:
    """In Valkey, not in each process: whichever process answered, all are in one count."""
    import redis

    made = ana.post("/account/tokens/", {"name": "export", "days": "1", "password": PASSWORD}, at=nodes[0])
    [token] = re.findall(r'id="token" value="([^"]+)"', made.text)
    program = Browser(machines)
    for number in range(12):
        answer = program.ask("GET", "/api/v1/systems", at=nodes[number % 2], Authorization=f"Bearer {token}")
        assert answer.status == 200
    with redis.Redis.from_url(machines.environment["CACHE_URL"]) as cache:
        counts = [int(cache.get(key)) for key in cache.scan_iter("*:api:*")]
    assert sum(counts) == 12


def test_a_changed_password_ends_the_sign_in_on_the_other_node(nodes: list[Node], ana: Browser) -> None:
    elsewhere = Browser(ana.machines, ana.assessment, cookies=dict(ana.cookies))
    email = query(ana.machines, f"Assessment.objects.get(pk={ana.assessment}).created_by.email")
    elsewhere.cookies.clear()
    elsewhere.sign_in(email, at=nodes[1])
    assert elsewhere.is_signed_in(at=nodes[1])
    new = "another horse battery"
    ana.get("/account/password/change/", at=nodes[0])
    changed = ana.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, at=nodes[0]
    )
    assert changed.status == 302
    for node in nodes:
        assert not elsewhere.is_signed_in(at=node)
        assert ana.is_signed_in(at=node)


def test_signing_out_on_one_node_signs_out_on_the_other(nodes: list[Node], ana: Browser) -> None:
    kept = dict(ana.cookies)
    assert ana.post("/account/logout/", {}, at=nodes[0]).status == 302
    ana.cookies = kept  # as somebody who copied them
    assert not ana.is_signed_in(at=nodes[1])


def test_a_node_keeps_nothing_on_its_disk_that_another_node_needs(nodes: list[Node], ana: Browser) -> None:
    """Its locks, and what the log had at least, are each node's own; mail is in files here, for want of a server."""
    ana.save("teams", 3)
    for node in nodes:
        written = {path.relative_to(node.folder).parts[0] for path in node.folder.rglob("*") if path.is_file()}
        assert written <= {"static", "busy", "log", "mail", "serving.lock", "witness"}


# --- nodes that come and go


class Visitors:
    """People who read and save without a break while something happens to the nodes."""

    def __init__(self, browsers: list[Browser]) -> None:
        self.browsers, self.over = browsers, threading.Event()
        self.pages: list[int] = []
        self.saved: dict[int, int] = {}
        self.problems: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self.guard, args=(work, each), daemon=True)
            for each in browsers
            for work in (self.read, self.write)
        ]

    def guard(self, work: Callable[[Browser], None], browser: Browser) -> None:
        try:
            work(browser)
        except BaseException as problem:  # shown by the test, not lost with the thread
            self.problems.append(problem)

    def read(self, browser: Browser) -> None:
        reader = Browser(browser.machines, browser.assessment, cookies=dict(browser.cookies))
        while not self.over.is_set():
            for path in (f"/assessments/{browser.assessment}/", "/sources/"):
                try:
                    self.pages.append(reader.get(path).status)
                except (OSError, HTTPException):
                    self.pages.append(0)  # cut off in the middle, by a node that was killed

    def write(self, browser: Browser) -> None:
        """Each value once, in order; what got no answer of ours is sent again under the same mutation."""
        for number in range(10_000):
            if self.over.is_set():
                return
            mutation = str(uuid.uuid4())

            def send(value: int = number, mutation: str = mutation) -> Answer:
                return browser.save("teams", value, mutation=mutation)

            answer = until_answered(send)
            assert answer.status == 200, answer.text
            self.saved[browser.assessment] = number

    def __enter__(self) -> "Visitors":
        for thread in self.threads:
            thread.start()
        self.wait_for_progress()
        return self

    def wait_for_progress(self) -> None:
        """Until everybody has saved twice more."""
        before = dict(self.saved)
        deadline = time.monotonic() + 120
        while any(self.saved.get(each.assessment, -1) < before.get(each.assessment, -1) + 2 for each in self.browsers):
            assert not self.problems, self.problems
            assert time.monotonic() < deadline, "nobody can save"
            time.sleep(0.05)

    def __exit__(self, *arguments: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)


def check_nothing_was_lost(machines: Machines, visitors: Visitors) -> None:
    """Each acknowledged save is in the log once, in order, and the present answer is the last of them."""
    assert not visitors.problems
    for assessment, last in visitors.saved.items():
        events = f"Event.objects.filter(assessment={assessment}, key='teams').order_by('number')"
        values = query(machines, f"[each.payload['value'] for each in {events}]")
        assert values == str(list(range(last + 1)))
    assert "all as written" in machines.run("verify_log")


def test_no_page_fails_and_no_save_is_lost_while_each_node_is_restarted_in_turn(machines: Machines) -> None:
    browsers = list(make_people(machines, *(f"rolling{number}" for number in range(3))).values())
    with Visitors(browsers) as visitors:
        for node in machines.nodes:
            node.stop()
            visitors.wait_for_progress()
            node.start()
            visitors.wait_for_progress()
    assert set(visitors.pages) == {200}
    check_nothing_was_lost(machines, visitors)


def test_no_save_is_lost_when_a_node_is_killed(machines: Machines) -> None:
    browsers = list(make_people(machines, *(f"killed{number}" for number in range(3))).values())
    with Visitors(browsers) as visitors:
        for node in machines.nodes:
            node.kill()
            visitors.wait_for_progress()
            node.start()
    check_nothing_was_lost(machines, visitors)


def test_while_an_update_rolls_each_page_gets_its_release_s_files(machines: Machines, nodes: list[Node]) -> None:
    """A page that one node made may ask the other for a style that only the first one has."""
    nodes[1].stop()
    new: Path = nodes[1].folder / "static" / "next-release.0123456789ab.css"
    new.write_text("body { margin: 0 }")
    nodes[1].start()
    visitor = Browser(machines)
    answers = [visitor.get(f"/static/{new.name}") for _ in range(6)]
    assert {answer.status for answer in answers} == {200}
    assert {answer.body for answer in answers} == {new.read_bytes()}
    assert visitor.get("/static/of-no-release.css").status == 404


# --- parts that go away


def test_without_valkey_signing_in_waits_and_everything_else_goes_on(machines: Machines, ana: Browser) -> None:
    visitor = Browser(machines)
    visitor.get("/account/login/")
    machines.cache.kill()
    try:
        refused = visitor.post("/account/login/", {"login": "ana@example.org", "password": PASSWORD})
        assert refused.status == 503
        assert int(refused.headers["Retry-After"])
        assert "does not answer just now" in refused.text
        assert ana.save("teams", 3).status == 200
        assert ana.get(f"/assessments/{ana.assessment}/").status == 200
        assert visitor.get("/sources/").status == 200
    finally:
        machines.cache.start()
    assert "match no account" in visitor.sign_in("nobody@example.org").text


def test_without_the_store_only_the_files_in_it_wait(machines: Machines, ana: Browser) -> None:
    ana.post(f"/assessments/{ana.assessment}/report/", {})
    wait_for_pdf(ana)
    store = machines.store.process
    assert store is not None
    os.killpg(store.pid, signal.SIGSTOP)  # it takes connections and says nothing
    try:
        refused = ana.get(f"/assessments/{ana.assessment}/report.pdf")
        assert refused.status == 503
        assert int(refused.headers["Retry-After"])
        assert ana.save("teams", 3).status == 200
        page = ana.get(f"/assessments/{ana.assessment}/report/")
        assert page.status == 200, "".join(node.log() for node in machines.nodes)
    finally:
        os.killpg(store.pid, signal.SIGCONT)
    ana.versions.clear()
    assert ana.get(f"/assessments/{ana.assessment}/").status == 200


# --- nginx's limits


@pytest.mark.parametrize(
    ("size", "says"), [(2_000_000, "no PDF|not a report|Splitcheck"), (3_000_000, "the limit is 2 MB")]
)
def test_a_file_of_a_few_megabytes_reaches_the_site_which_says_what_is_wrong(
    ana: Browser, size: int, says: str
) -> None:
    path = "/assessments/from-report/"
    ana.get(path)
    answer = ana.upload(path, b"%PDF-1.7 " + b"0" * size, name="a.pdf", content_type="application/pdf", field="file")
    assert answer.headers["X-Request-Reference"]
    assert any(words in answer.text for words in says.split("|"))


def test_a_body_over_the_site_s_limit_gets_the_site_s_page(ana: Browser) -> None:
    answer = ana.post(f"/assessments/{ana.assessment}/", {"note": "x" * 500_000})
    assert answer.status == 413
    assert "the limit is 256 KB" in answer.text


def test_what_only_an_operator_asks_is_not_for_visitors(machines: Machines, nodes: list[Node]) -> None:
    visitor = Browser(machines)
    for path in ("/livez", "/readyz", "/metrics"):
        assert visitor.get(path).status == 404
    assert visitor.get("/readyz", at=nodes[0]).status == 200
