"""The former release's own code beside the present one, on the database that the present one migrated.

So it is while an update rolls: `prepare` has migrated, one node is new, the other is still the former release's
(docs/releases.md). The worker is the new one's.
"""

import os
from collections.abc import Iterator

import pytest

from scripts.many_machines import Machines, missing_parts, start_machines
from tests.faults.machines import PASSWORD, Browser, make_people, wait_for_pdf
from tests.former_release import extract
from tests.integration.people.test_logos import png


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """web-1 runs the former release, web-2 the present one."""
    former = extract(tmp_path_factory.mktemp("former"))
    if missing := missing_parts():
        reason = f"Not on this machine: {', '.join(missing)}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with start_machines(code={"web-1": former}, has_store=False) as started:
        assert started.nodes[0].code != started.nodes[1].code
        yield started


def answer_some(person: Browser, machines: Machines) -> None:
    """One question on each node, and one more on each over the other's answer."""
    old, new = machines.nodes
    assert person.save("teams", 3, at=old).status == 200, old.log()
    assert person.save("developers", 20, at=new).status == 200, new.log()
    assert person.save("teams", 4, at=new).status == 200, new.log()
    assert person.save("developers", 25, at=old).status == 200, old.log()


def test_people_work_on_both_releases_at_once(machines: Machines) -> None:
    old, new = machines.nodes
    people = [*make_people(machines, "before", at=old).values(), *make_people(machines, "after", at=new).values()]
    pages = ("/assessments/", "/assessments/{}/", "/assessments/{}/review/", "/account/tokens/")
    for person in people:
        answer_some(person, machines)
        logo = f"/workspaces/{person.workspace}/logo/"
        for node in (old, new):
            sent = person.upload(f"{logo}set/", png(), name="a.png", content_type="image/png", field="logo", at=node)
            assert sent.status == 302, node.log()
        for node in (old, new):
            assert person.get(logo, at=node).headers["Content-Type"] == "image/png"
            for page in pages:
                answer = person.get(page.format(person.assessment), at=node)
                assert answer.status == 200, (page, node.log())
        for asked in (old, new):
            person.post(f"/assessments/{person.assessment}/report/", {}, at=asked)
            # The worker is of the newer release, whose PDFs may say other words: only its own nodes give them.
            assert wait_for_pdf(person, at=new).startswith(b"%PDF-")
            assert person.get(f"/assessments/{person.assessment}/report/", at=old).status == 200
            person.save("teams", 5 if asked is old else 6, at=asked)
    for person, node in zip(people, (new, old), strict=True):  # each at the other one
        assert person.post(f"/assessments/{person.assessment}/submit/", {}, at=node).status == 302, node.log()
        person.post(f"/assessments/{person.assessment}/report/", {}, at=node)
        assert wait_for_pdf(person, at=old) == wait_for_pdf(person, at=new)
    submitted = "print(Assessment.objects.exclude(submitted_at=None).count())"
    assert machines.run("shell", "-v", "0", "-c", f"from assess.models import *; {submitted}").strip() == "2"
    assert "all as written" in machines.run("verify_log")
    assert "all as written" in machines.run("verify_log", part=old)


def test_people_who_sign_up_on_the_former_release_are_known_to_the_present_one(
    machines: Machines,
) -> None:
    old, new = machines.nodes
    guest = Browser(machines)
    guest.get("/account/signup/", at=old)
    made = guest.post("/account/signup/", {"email": "late@example.org", "name": "Late", "password1": PASSWORD}, at=old)
    assert made.status == 302, made.text
    late = Browser(machines)
    assert late.sign_in("late@example.org", at=new).status == 302
    for node in (old, new):
        assert late.get("/account/tokens/", at=node).status == 200


def test_no_fault_of_ours_was_met_on_either_release(machines: Machines) -> None:
    """Run last: what went wrong in passing is in the logs."""
    for node in machines.nodes:
        assert "Traceback" not in node.log(), node.log()
