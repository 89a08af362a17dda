"""The plan by form: beginning it, changing steps, moving, dropping, the next version, files, the chapter."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.advice.facade import PlanPart
from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.evidence.candidates import save_choices
from assess.assessments.models import Assessment, Event
from assess.people.models import Notice, Team, User
from assess.planning.models import PlanStep, PreparationMark
from assess.planning.plan import actions
from assess.planning.plan.steps import load_timeline, plan_parts, steps_that_count
from assess.portfolio.reminders import remind_all
from assess.portfolio.waiting import waiting_for
from assess.questionnaire.facade import ValidationFailed
from assess.reports.chapters import Choice, build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from assess.reports.renderings.plan_files import COLUMNS
from assess.reports.service import find_valid_until
from assess.web.spreadsheet import FORMULA_STARTS
from tests.factories import AnswerFactory, AssessmentFactory
from tests.html import compact

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
GATES_PASSED = {
    "boundaries": "enforced", "tracing": "every_request", "central_logging": "in_place", "ci_cd": "continuous",
    "platform_team": "dedicated",
}  # fmt: skip


@pytest.fixture
def begun(assessment: Assessment, alice: User) -> Assessment:
    actions.begin_plan(assessment, starts_on=MONDAY, by=alice)
    return assessment


def plan_url(assessment: Assessment, name: str = "plan", *arguments: object) -> str:
    return reverse(name, args=[assessment.pk, *arguments])


def html_of(response: Any) -> str:
    return compact(unescape(response.content.decode()))


def page(client: Client, assessment: Assessment, query: str = "") -> str:
    return html_of(client.get(plan_url(assessment) + query))


def fields_of(step: PlanStep, **changed: str) -> dict[str, str]:
    said = {name: str(getattr(step, name) or "") for name in ("title", "done_when", "stage", "owner", "state", "note")}
    days = {name: on.isoformat() if (on := getattr(step, name)) else "" for name in ("starts_on", "due_on")}
    return {**said, **days, "seen": step.saved_at.isoformat(), **changed}


def save(client: Client, step: PlanStep, **changed: str) -> Any:
    return client.post(plan_url(step.assessment, "plan-step", step.pk), fields_of(step, **changed))


def press(client: Client, step: PlanStep, do: str) -> Any:
    return client.post(plan_url(step.assessment, "plan-change", step.pk), {"do": do})


def titles(assessment: Assessment) -> list[str]:
    return list(assessment.plan_steps.exclude(state="dropped").values_list("title", flat=True))


# --- beginning


def test_a_plan_begins_from_the_verdict_with_days_from_the_chosen_one(
    assessment: Assessment, bob_client: Client
) -> None:
    said = page(bob_client, assessment)
    assert "No plan yet" in said
    assert "Preparation, First part" in said
    response = bob_client.post(plan_url(assessment), {"starts_on": "2026-11-30"}, follow=True)
    steps = list(assessment.plan_steps.all())
    assert f"The plan has {len(steps)} new steps." in html_of(response)
    assert min(step.starts_on for step in steps if step.starts_on) == MONDAY
    canary = assessment.plan_steps.get(code="extract.canary_10")
    assert canary.due_on is not None
    assert canary.starts_on == canary.due_on - timedelta(days=3)
    event = Event.objects.filter(assessment=assessment).latest("number")
    assert event.kind == "steps_changed"
    assert set(event.payload["rows"]["PlanStep"]) == {str(step.pk) for step in steps}
    said = page(bob_client, assessment)
    assert "Done when:" in said
    assert "<svg" in said
    assert "After six months" in said


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31", "30 February"])
def test_a_day_that_is_none_is_named_and_kept(assessment: Assessment, bob_client: Client, typed: str) -> None:
    response = bob_client.post(plan_url(assessment), {"starts_on": typed})
    assert response.status_code == 400
    assert "Enter a day, such as 2027-01-31" in html_of(response)
    assert f'value="{typed}"' in html_of(response) or not typed
    assert not assessment.plan_steps.exists()


def test_before_a_verdict_there_is_nothing_to_begin_with(team: Team, alice: User, alice_client: Client) -> None:
    empty: Assessment = AssessmentFactory(team=team, by=alice)
    assert "answer more questions first" in page(alice_client, empty)
    with pytest.raises(ValidationFailed, match="a plan begins with a verdict"):
        actions.begin_plan(empty, starts_on=MONDAY, by=alice)


def test_a_plan_begins_once(begun: Assessment, alice_client: Client) -> None:
    count = begun.plan_steps.count()
    response = alice_client.post(plan_url(begun), {"starts_on": "2026-12-24"}, follow=True)
    assert "the plan is begun already" in html_of(response)
    assert begun.plan_steps.count() == count


def test_candidates_are_the_parts_in_their_order_with_the_reasons(assessment: Assessment, alice: User) -> None:
    content = {
        "is_typed": True,
        "load_from": "profiler",
        "rows": [
            {"name": "catalog", "load": "15"},
            {"name": "recommendations", "load": "40"},
            {"name": "orders", "load": "20"},
        ],
    }
    save_choices(assessment, content, by=alice)
    fresh = Assessment.objects.get(pk=assessment.pk)
    parts = plan_parts(fresh, "")
    assert parts[0].name == "recommendations"
    assert parts[0].why
    assert plan_parts(fresh, "Orders")[0].name.casefold() == "orders"
    assert plan_parts(fresh, "Mail")[0] == PlanPart(name="Mail")
    actions.begin_plan(fresh, starts_on=MONDAY, by=alice)
    first = fresh.plan_steps.filter(stage="part_1").first()
    assert first is not None
    assert first.title == "recommendations: write its one page"
    assert first.note == parts[0].why


def test_services_merge_group_by_group_as_their_calls_say(team: Team, alice: User) -> None:
    """The groups are those of the page on merging, here without any file: one unnamed group."""
    merging: Assessment = AssessmentFactory(team=team, by=alice)
    answers = {
        "current_shape": "services", "services": 47, "developers": 12, "teams": 2,
        "distributed_monolith_signs": ["release_together", "synchronous_chains"], "ownership": "people",
        "deploy_minutes": 240, "deploy_waiting": "always",
    }  # fmt: skip
    for key, value in answers.items():
        AnswerFactory(assessment=merging, key=key, value=value)
    steps = actions.begin_plan(merging, starts_on=MONDAY, by=alice)
    assert [step.code for step in steps if step.stage == "group_1"] == [
        "consolidate.repository", "consolidate.calls", "consolidate.data", "consolidate.deploy",
    ]  # fmt: skip
    assert steps[0].code == "consolidate.map"


# --- changing


def test_every_field_of_a_step_can_be_changed(begun: Assessment, bob: User, bob_client: Client) -> None:
    step = begun.plan_steps.all()[2]
    changed = {
        "title": "Trace all", "done_when": "It is seen.", "owner": "Olga’s team", "starts_on": "2027-01-04",
        "due_on": "2027-01-08", "state": "doing", "note": "First line\nsecond", "stage": "part_1",
    }  # fmt: skip
    response = save(bob_client, step, **changed)
    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"#step-{step.pk}")
    step.refresh_from_db()
    assert fields_of(step) == {**changed, "seen": step.saved_at.isoformat()}
    assert step.saved_by == bob
    said = page(bob_client, begun)
    assert "Owner: Olga’s team." in said
    assert "4 January 2027 to 8 January 2027" in said


def test_wrong_entries_are_named_by_field_and_nothing_typed_is_lost(begun: Assessment, bob_client: Client) -> None:
    step = begun.plan_steps.all()[0]
    wrong = {
        "title": " ", "done_when": "x" * 501, "owner": "a\u202eb", "starts_on": "2027-01-08", "due_on": "2027-01-04",
        "state": "perhaps", "note": "kept \u0001", "stage": "nowhere",
    }  # fmt: skip
    response = save(bob_client, step, **wrong)
    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"title", "done_when", "owner", "due_on", "state", "note", "stage"}
    said = html_of(response)
    for anchor in ("f-title", "f-due_on", "f-owner"):
        assert f'href="#{anchor}"' in said
    assert "x" * 501 in said
    assert 'value="2027-01-04"' in said
    before = step.saved_at
    step.refresh_from_db()
    assert step.saved_at == before


def test_a_step_that_somebody_changed_meanwhile_is_not_overwritten_unseen(
    begun: Assessment, alice: User, bob_client: Client, alice_client: Client
) -> None:
    step = begun.plan_steps.all()[0]
    save(alice_client, step, owner="Alice")
    response = save(bob_client, step, owner="Bob")
    assert response.status_code == 400
    said = html_of(response)
    assert "Alice changed it meanwhile" in said
    assert 'value="Bob"' in said
    step.refresh_from_db()
    assert step.owner == "Alice"
    # The form that came back has seen Alice's.
    seen = re.search(r'name="seen" value="([^"]+)"', said)
    assert seen is not None
    assert save(bob_client, step, owner="Bob", seen=seen[1]).status_code == 302
    step.refresh_from_db()
    assert step.owner == "Bob"


def test_saving_the_same_again_writes_nothing(begun: Assessment, bob_client: Client) -> None:
    step = begun.plan_steps.all()[0]
    count = Event.objects.filter(assessment=begun).count()
    assert save(bob_client, step, seen="").status_code == 302
    assert Event.objects.filter(assessment=begun).count() == count


def test_a_step_of_ones_own_joins_its_stage_at_its_end(begun: Assessment, bob_client: Client) -> None:
    fields = {"title": "Tell support", "done_when": "They know.", "stage": "prepare", "state": "to_do"}
    response = bob_client.post(plan_url(begun, "plan-add"), fields)
    assert response.status_code == 302
    stages = [step.stage for step in begun.plan_steps.all()]
    assert titles(begun)[stages.index("part_1") - 1] == "Tell support"
    assert begun.plan_steps.get(title="Tell support").code == ""
    refused = bob_client.post(plan_url(begun, "plan-add"), {**fields, "title": ""})
    assert refused.status_code == 400
    assert "They know." in html_of(refused)


def test_steps_move_up_and_down_past_dropped_ones(begun: Assessment, bob_client: Client) -> None:
    first, second, third = begun.plan_steps.all()[:3]
    press(bob_client, second, "drop")
    press(bob_client, third, "up")
    assert titles(begun)[:2] == [third.title, first.title]
    press(bob_client, third, "up")  # at the top already
    assert titles(begun)[:2] == [third.title, first.title]
    press(bob_client, third, "down")
    assert titles(begun)[:2] == [first.title, third.title]
    # Each stage is a list of its own, so nothing moves out of it.
    before = titles(begun)
    press(bob_client, begun.plan_steps.filter(stage="part_1").all()[0], "up")
    assert titles(begun) == before


def test_done_is_dated_and_a_dropped_step_can_be_undone(begun: Assessment, bob_client: Client) -> None:
    step = begun.plan_steps.all()[0]
    press(bob_client, step, "done")
    step.refresh_from_db()
    assert step.done_at is not None
    press(bob_client, step, "open")
    step.refresh_from_db()
    assert (step.state, step.done_at) == ("to_do", None)
    response = press(bob_client, step, "drop")
    said = html_of(bob_client.get(response.headers["Location"]))
    assert f"“{step.title}” is dropped." in said
    assert "1 dropped step" in said
    press(bob_client, step, "open")
    assert step.title in titles(begun)
    assert press(bob_client, step, "burn").status_code == 404


def test_a_step_of_another_version_is_not_found(
    begun: Assessment, team: Team, alice: User, alice_client: Client
) -> None:
    other: Assessment = AssessmentFactory(team=team, by=alice)
    step = begun.plan_steps.all()[0]
    assert alice_client.get(plan_url(other, "plan-step", step.pk)).status_code == 404
    assert alice_client.post(plan_url(other, "plan-change", step.pk), {"do": "done"}).status_code == 404


def test_readers_see_the_plan_without_buttons(begun: Assessment, rita_client: Client) -> None:
    said = page(rita_client, begun)
    assert "Done when:" in said
    assert 'name="do"' not in said
    step = begun.plan_steps.all()[0]
    assert rita_client.get(plan_url(begun, "plan-step", step.pk)).status_code == 403
    assert press(rita_client, step, "done").status_code == 403


def test_a_plan_has_an_end(begun: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_STEPS", begun.plan_steps.count())
    content = actions.StepContent(
        stage="prepare", title="One more", done_when="x", owner="", starts_on=None, due_on=None, state="to_do", note=""
    )
    with pytest.raises(ValidationFailed, match="at most"):
        actions.add_step(begun, content, by=alice)


# --- the next version


def test_unfinished_steps_go_on_in_the_next_version_which_then_has_the_plan(
    begun: Assessment, alice: User, alice_client: Client
) -> None:
    done, dropped, going_on = begun.plan_steps.all()[:3]
    press(alice_client, done, "done")
    press(alice_client, dropped, "drop")
    submit_assessment(begun, by=alice)
    following = start_next_version(Assessment.objects.get(pk=begun.pk), by=alice)
    assert steps_that_count().filter(assessment=begun).exists()
    response = alice_client.post(plan_url(following), {"take_over": "yes"}, follow=True)
    assert going_on.title in html_of(response)
    assert not {done.title, dropped.title} & set(titles(following))
    assert not steps_that_count().filter(assessment=begun).exists()
    again = alice_client.post(plan_url(following), {"take_over": "yes"}, follow=True)
    assert "no unfinished step is left" in html_of(again)


def test_a_plan_stays_as_it_is_once_a_later_version_is_submitted(
    begun: Assessment, alice: User, alice_client: Client
) -> None:
    submit_assessment(begun, by=alice)
    following = start_next_version(Assessment.objects.get(pk=begun.pk), by=alice)
    for answer in begun.answers.all():
        AnswerFactory(assessment=following, key=answer.key, value=answer.value)
    submit_assessment(following, by=alice)
    said = page(alice_client, begun)
    assert "Go on in version 2" in said
    assert 'name="do"' not in said
    step = begun.plan_steps.all()[0]
    press(alice_client, step, "done")
    step.refresh_from_db()
    assert step.state == "to_do"
    assert save(alice_client, step, owner="x").status_code == 400


# --- files


def taken(client: Client, assessment: Assessment, name: str) -> str:
    response = client.get(plan_url(assessment, "plan-file", name))
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return str(response.content.decode())


@pytest.fixture
def hostile(begun: Assessment, bob_client: Client) -> Assessment:
    step = begun.plan_steps.all()[0]
    text = "=cmd|' /C calc'!A0"
    note = "BEGIN:VEVENT\nEND:VCALENDAR; a, b \\ <script>alert(1)</script> # not a heading"
    save(bob_client, step, title=text, owner="+Olga", done_when="@SUM(A1)", note=note)
    press(bob_client, begun.plan_steps.all()[1], "done")
    press(bob_client, begun.plan_steps.all()[2], "drop")
    return begun


@pytest.mark.parametrize("tool", ["jira", "github", "linear"])
def test_trackers_read_their_heads_and_no_cell_is_a_formula(hostile: Assessment, bob_client: Client, tool: str) -> None:
    rows = list(csv.DictReader(io.StringIO(taken(bob_client, hostile, f"plan-{tool}.csv"))))
    heads = {
        "jira": {"Summary", "Issue Type", "Due date", "Description"},
        "github": {"title", "body", "labels", "state"},
        "linear": {"Title", "Description", "Status", "Assignee", "Labels", "Due Date"},
    }
    assert heads[tool] <= set(rows[0])
    assert len(rows) == len(titles(hostile))
    for row in rows:
        assert set(row) == set(COLUMNS[tool])
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row.values())
    assert {"jira": "Done", "github": "closed", "linear": "Done"}[tool] in rows[1].values()


def test_our_own_table_has_every_step_and_day(hostile: Assessment, bob_client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(taken(bob_client, hostile, "plan.csv"))))
    steps = list(hostile.plan_steps.all())
    assert [row["due on"] for row in rows] == [step.due_on.isoformat() if step.due_on else "" for step in steps]
    assert [row["state"] for row in rows] == [step.state for step in steps]


def read_calendar(text: str) -> list[dict[str, str]]:
    """The events of an iCalendar file, strictly as RFC 5545 has them: CRLF, 75 octets a line, known properties."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    raw = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in raw)
    lines: list[str] = []
    for line in raw:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    events: list[dict[str, str]] = []
    for line in lines[1:-1]:
        name, _colon, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;VALUE=DATE)?", name), line
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            assert name not in events[-1]
            if name in ("SUMMARY", "DESCRIPTION"):
                assert not re.search(r"(?<!\\)(\\\\)*[;,]", value)
                value = re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)
            events[-1][name] = value
    return events


def test_the_calendar_has_a_day_long_event_for_each_due_step_with_a_uid_that_stays(
    hostile: Assessment, bob_client: Client
) -> None:
    events = read_calendar(taken(bob_client, hostile, "plan.ics"))
    steps = [step for step in hostile.plan_steps.all() if step.due_on]
    assert len(events) == len(steps)
    for event, step in zip(events, steps, strict=True):
        assert event["DTSTART;VALUE=DATE"] == f"{step.due_on:%Y%m%d}"
        assert date.fromisoformat(event["DTEND;VALUE=DATE"]) == (step.due_on or MONDAY) + timedelta(days=1)
        assert event["UID"].startswith(f"plan-step-{step.pk}@")
        assert event["STATUS"] == ("CANCELLED" if step.state == "dropped" else "CONFIRMED")
    assert events[0]["SUMMARY"] == f"Payments platform: {steps[0].title}"
    assert steps[0].note in events[0]["DESCRIPTION"]
    assert events[1]["SUMMARY"].endswith(f"Done: {steps[1].title}")
    uids = [event["UID"] for event in events]
    save(bob_client, steps[0], title="Renamed", seen=steps[0].saved_at.isoformat())
    later = read_calendar(taken(bob_client, hostile, "plan.ics"))
    assert [event["UID"] for event in later] == uids
    assert later[0]["SUMMARY"] == "Payments platform: Renamed"


@pytest.mark.parametrize("name", ["plan.md", "plan-adr.md"])
def test_markdown_has_every_step_and_nothing_typed_becomes_markup(
    hostile: Assessment, bob_client: Client, name: str
) -> None:
    text = taken(bob_client, hostile, name)
    assert "\\<script>" in text
    assert "\n# not a heading" not in text
    plain = text.replace("\\", "")
    assert all(step.title in plain for step in hostile.plan_steps.all())
    assert "## Preparation" in text


def test_the_record_has_the_headings_of_madr(begun: Assessment, bob_client: Client) -> None:
    text = taken(bob_client, begun, "plan-adr.md")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Context and Problem Statement", "## Decision Outcome", "## More Information"]
    assert text.startswith('---\nstatus: "proposed"\n')


def test_without_a_plan_a_file_leads_to_its_page_and_unknown_files_to_nothing(
    assessment: Assessment, bob_client: Client
) -> None:
    assert bob_client.get(plan_url(assessment, "plan-file", "plan.md")).headers["Location"] == plan_url(assessment)
    assert bob_client.get(plan_url(assessment, "plan-file", "plan.exe")).status_code == 404


# --- the chapter


def test_the_chapters_have_every_step_with_owner_days_state_and_note(hostile: Assessment) -> None:
    document = build_document(load_report(Assessment.objects.get(pk=hostile.pk)))
    chapters = {chapter.slug: chapter for chapter in document.chapters}
    assert chapters["plan"].title == load_timeline(hostile).finding
    rows = [row for block in chapters["plan_steps"].all_blocks() if isinstance(block, Table) for row in block.rows]
    said = [" ".join(plain_text(each) for each in (*row.cells, *row.notes)) for row in rows]
    for step in hostile.plan_steps.all():
        row = next(each for each in said if step.title in each)
        assert step.done_when in row
        assert step.owner in row
    leadership = build_document(load_report(Assessment.objects.get(pk=hostile.pk)), Choice.parse("leadership"))
    assert "plan" in {chapter.slug for chapter in leadership.chapters}
    assert "plan_steps" not in {chapter.slug for chapter in leadership.chapters}


def test_page_and_word_document_have_the_plan_and_only_the_page_draws_it(begun: Assessment, bob_client: Client) -> None:
    read = bob_client.get(reverse("report-read", args=[begun.pk])).content.decode()
    assert re.search(r'<div class="table-wrap"[^>]*>\s*<svg[^>]*timeline-title', read), "it scrolls on a small screen"
    word = bob_client.get(reverse("report-docx", args=[begun.pk])).content
    with zipfile.ZipFile(io.BytesIO(word)) as document:
        written = document.read("word/document.xml").decode()
    for step in begun.plan_steps.all():
        assert step.title in unescape(read)
        assert step.title in unescape(written)


def test_a_stored_report_ends_with_the_day_on_which_the_next_step_is_due(begun: Assessment) -> None:
    today = timezone.localdate()
    begun.plan_steps.update(due_on=None)
    first, second, third = begun.plan_steps.all()[:3]
    for step, days, state in ((first, 3, "to_do"), (second, 1, "done"), (third, -1, "to_do")):
        done_at = timezone.now() if state == "done" else None
        due_on = today + timedelta(days=days)
        PlanStep.objects.filter(pk=step.pk).update(due_on=due_on, state=state, done_at=done_at)
    until = find_valid_until(load_report(Assessment.objects.get(pk=begun.pk)))
    assert until.date() == today + timedelta(days=4)


# --- waiting and mail


def test_steps_due_soon_and_overdue_wait_for_those_who_answer(
    begun: Assessment, bob: User, rita: User, charlie: User
) -> None:
    today = timezone.localdate()
    begun.plan_steps.update(starts_on=None, due_on=None)
    first, second, third, fourth = begun.plan_steps.all()[:4]
    for step, days, state in (
        (first, -1, "to_do"),
        (second, 3, "doing"),
        (third, 60, "to_do"),
        (fourth, -2, "dropped"),
    ):
        PlanStep.objects.filter(pk=step.pk).update(due_on=today + timedelta(days=days), state=state, owner="Olga")
    groups = {group.title: [line.sentence for line in group.lines] for group in waiting_for(bob)}
    assert [first.title in line and "Olga" in line for line in groups["Steps overdue"]] == [True]
    assert [second.title in line for line in groups["Steps due soon"]] == [True]
    for other in (rita, charlie):
        assert not {"Steps overdue", "Steps due soon"} & {group.title for group in waiting_for(other)}


def test_leads_hear_once_of_overdue_steps_and_again_when_another_becomes_overdue(
    begun: Assessment, alice: User, bob: User
) -> None:
    today = timezone.localdate()
    begun.plan_steps.update(due_on=None)
    first, second = begun.plan_steps.all()[:2]
    PlanStep.objects.filter(pk=first.pk).update(due_on=today - timedelta(days=2))
    assert remind_all().steps_overdue == 1
    assert remind_all().steps_overdue == 0
    PlanStep.objects.filter(pk=second.pk).update(due_on=today - timedelta(days=1))
    assert remind_all().steps_overdue == 1
    notices = Notice.objects.filter(user=alice).order_by("pk")
    assert [first.title in notices[0].text, second.title in notices[1].text] == [True, True]
    assert "2 steps" in notices[1].text
    assert not Notice.objects.filter(user=bob).exists()


def test_no_mail_tells_of_steps_while_people_still_answer_separately(begun: Assessment, alice: User) -> None:
    begun.plan_steps.update(starts_on=None, due_on=timezone.localdate() - timedelta(days=2))
    Assessment.objects.filter(pk=begun.pk).update(answers_separately=True)
    assert remind_all().steps_overdue == 0
    assert not Notice.objects.filter(user=alice).exists()
    assert "Steps overdue" not in {group.title for group in waiting_for(alice)}


# --- the command


def test_the_command_prints_the_plan_and_ends_with_3_when_a_step_is_overdue(begun: Assessment) -> None:
    begun.plan_steps.update(starts_on=None, due_on=None)
    out = io.StringIO()
    call_command("plan", str(begun.pk), fail_on=["due"], stdout=out)
    assert begun.plan_steps.all()[0].title in out.getvalue()
    PlanStep.objects.filter(pk=begun.plan_steps.all()[0].pk).update(due_on=timezone.localdate() - timedelta(days=2))
    out = io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("plan", str(begun.pk), fail_on=["due"], stdout=out)
    assert ended.value.returncode == 3
    assert out.getvalue()  # the plan all the same
    call_command("plan", str(begun.pk), stdout=io.StringIO())


@pytest.mark.parametrize(
    ("change", "conditions"),
    [
        ({}, ["extract", "gate"]),
        ({"boundaries": "enforced"}, ["extract", "gate"]),
        (GATES_PASSED, ["extract"]),
        ({"developers": 4, "teams": 1}, []),
    ],
)
def test_the_command_ends_with_3_for_what_is_so_of_verdict_and_gates(
    begun: Assessment, change: dict[str, Any], conditions: list[str]
) -> None:
    begun.plan_steps.update(starts_on=None, due_on=None)
    for key, value in change.items():
        begun.answers.filter(key=key).delete()
        AnswerFactory(assessment=begun, key=key, value=value)
    for name in ("extract", "gate", "due"):
        status = 0
        try:
            call_command("plan", str(begun.pk), fail_on=[name], stdout=io.StringIO())
        except CommandError as ended:
            status = ended.returncode
        assert (name, status) == (name, 3 if name in conditions else 0)


def test_gate_that_an_architect_waived_does_not_end_the_command_with_3(begun: Assessment, rita: User) -> None:
    begun.plan_steps.update(starts_on=None, due_on=None)
    ends_on = timezone.localdate() + timedelta(days=30)
    preparation = load_report(begun).planning.preparation
    assert preparation
    for line in preparation.lines:
        if line.is_gate and line.state != "ticked":
            PreparationMark.objects.create(
                assessment=begun, item=line.preparation.slug, kind="waived", text="A week is enough", link="",
                marked_on=timezone.localdate(), ends_on=ends_on, saved_by=rita,
            )  # fmt: skip
    call_command("plan", str(begun.pk), fail_on=["gate"], stdout=io.StringIO())


def test_the_command_prints_each_format_and_json(begun: Assessment) -> None:
    out = io.StringIO()
    call_command("plan", str(begun.pk), json=True, stdout=out)
    steps = json.loads(out.getvalue())["steps"]
    assert [step["title"] for step in steps] == titles(begun)
    assert all(step["done_when"] and step["source"] for step in steps)
    for name, begin in (
        ("ics", "BEGIN:VCALENDAR"),
        ("csv", "stage,"),
        ("adr", "---"),
        ("md", "# "),
        ("jira", "Summary"),
    ):
        out = io.StringIO()
        call_command("plan", str(begun.pk), format=name, stdout=out)
        assert out.getvalue().startswith(begin)


def test_the_command_says_what_is_missing(assessment: Assessment) -> None:
    for number in (assessment.pk, 999_999):
        with pytest.raises(CommandError) as refused:
            call_command("plan", str(number))
        assert refused.value.returncode == 2
