"""Goals on their page, in reviews, from version to version and on paper; what a plan reached becomes suggestions."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment, Event
from assess.assessments.suggestions import confirm_suggestions, suggestions_for
from assess.language import day
from assess.people.models import User
from assess.planning.goals import actions
from assess.planning.goals.actions import load_goals
from assess.planning.models import Goal, GoalReading, PlanStep
from assess.planning.preparation.actions import tick_item
from assess.reports.chapters import build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from assess.reports.models import FOR_EVER
from assess.reports.pdf_cache import content_key
from assess.reports.service import find_valid_until
from tests.factories import AnswerFactory, found_by_verifying
from tests.html import compact

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def send(client: Client, assessment: Assessment, do: str = "set", **fields: object) -> HttpResponse:
    sent: dict[str, object] = {"figure": "deploy_minutes"}
    if do == "set":
        sent |= {"baseline": "45", "target": "10", "target_on": in_days(90).isoformat(), "note": "", "seen": ""}
    if do == "measure":
        sent |= {"value": "20 minutes", "measured_on": in_days(0).isoformat(), "note": ""}
    return client.post(reverse("goals", args=[assessment.pk]), {**sent, **fields, "do": do})


def page(client: Client, assessment: Assessment, query: str = "") -> str:
    return compact(client.get(reverse("goals", args=[assessment.pk]) + query).content.decode())


def seen_of(slug: str = "deploy_minutes") -> str:
    return Goal.objects.order_by("pk").filter(figure=slug).latest("pk").saved_at.isoformat()


def test_the_form_begins_with_the_answer_and_what_one_case_reached(
    alice_client: Client, assessment: Assessment
) -> None:
    html = page(alice_client, assessment)
    assert "Today: 45 minutes. From your answer." in html
    assert 'name="baseline" value="45"' in html
    assert "One shop went from 45 minutes to 5–12 minutes." in html


def test_a_goal_is_set_measured_and_drawn_with_its_table(alice_client: Client, assessment: Assessment) -> None:
    assert send(alice_client, assessment).status_code == 302
    assert send(alice_client, assessment, "measure", note="After the cache").status_code == 302
    html = page(alice_client, assessment)
    assert "0 of 1 goals are reached" in html
    assert html.count("45 minutes → 20 minutes → 10 minutes") >= 3, "drawing, table and goal"
    assert "90 days left" in html
    assert "After the cache" in html
    send(alice_client, assessment, "measure", value="9", measured_on=in_days(-1).isoformat())
    assert "20 minutes → 10" in page(alice_client, assessment), "the newest day counts, not the last saved"


@pytest.mark.parametrize(
    ("do", "field", "text", "said"),
    [
        ("set", "baseline", "", "Enter what it is today"),
        ("set", "baseline", "-1", "Enter minutes between 0 and 10,080"),
        ("set", "target", "60", "Enter less than today’s figure"),
        ("set", "target_on", in_days(-1).isoformat(), "Enter a day from today on"),
        ("set", "target_on", "soon", "Enter a day"),
        ("set", "target_on", "9999-12-31", "Enter a day from today on"),
        ("set", "note", "x" * 2001, "Shorten this"),
        ("measure", "value", "", "Enter what it is now"),
        ("measure", "value", "20000", "Enter minutes between 0 and 10,080"),
        ("measure", "measured_on", in_days(2).isoformat(), "Enter a day up to today"),
        ("measure", "measured_on", "1066-10-14", "Enter a day up to today"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    alice_client: Client, assessment: Assessment, do: str, field: str, text: str, said: str
) -> None:
    if do == "measure":
        send(alice_client, assessment)
    answer = send(alice_client, assessment, do, **{"note": "As the pipeline says", field: text})
    html = compact(answer.content.decode())
    assert answer.status_code == 400
    assert f'<a href="#{do}-deploy_minutes-{field}">{said}' in html
    assert field == "note" or "As the pipeline says</textarea>" in html
    assert not GoalReading.objects.exists()
    assert Goal.objects.exists() == (do == "measure")


def test_a_figure_that_is_not_on_the_page_is_refused(alice_client: Client, assessment: Assessment) -> None:
    answer = send(alice_client, assessment, figure="<b>fame")
    assert answer.status_code == 400
    assert "Choose a figure of the list" in answer.content.decode()


def test_a_day_has_one_reading_and_somebody_elses_goal_is_not_replaced(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    assert "Alice changed it meanwhile" in send(bob_client, assessment, target="5").content.decode()
    assert Goal.objects.get().target == 10
    send(alice_client, assessment, "measure")
    assert (
        "Take back the reading of that day first"
        in send(bob_client, assessment, "measure", value="30").content.decode()
    )
    assert send(alice_client, assessment, "measure").status_code == 302, "a double click says the same"
    assert GoalReading.objects.get().value == 20
    assert Event.objects.filter(kind="goal_measured").count() == 1


def test_a_version_has_so_many_readings_of_a_figure(
    alice_client: Client, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MAX_READINGS", 2)
    send(alice_client, assessment)
    for days in (-3, -2):
        assert send(alice_client, assessment, "measure", measured_on=in_days(days)).status_code == 302
    first, _second = GoalReading.objects.order_by("measured_on")
    refused = send(alice_client, assessment, "measure", measured_on=in_days(-1))
    assert "Take back a reading first" in refused.content.decode()
    send(alice_client, assessment, "take_back", row=first.pk)
    assert send(alice_client, assessment, "measure", measured_on=in_days(-1)).status_code == 302
    send(alice_client, assessment, "restore_reading", row=first.pk)
    assert GoalReading.objects.count() == 2


def test_a_reading_that_two_people_take_back_at_once_is_taken_back_once_and_can_come_back(
    alice_client: Client, assessment: Assessment, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(alice_client, assessment)
    send(alice_client, assessment, "measure")
    reading = GoalReading.objects.get()
    lock = actions.lock_for_goals

    def lock_after_bob(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(actions, "lock_for_goals", lock)
        assert actions.remove_reading(assessment, reading.pk, by=bob) == reading.pk
        return lock(*args, **options)

    monkeypatch.setattr(actions, "lock_for_goals", lock_after_bob)
    assert actions.remove_reading(assessment, reading.pk, by=alice) is None
    assert actions.restore_reading(assessment, reading.pk, by=alice) is not None


def test_goal_and_reading_are_removed_and_brought_back_as_they_were(
    alice_client: Client, assessment: Assessment
) -> None:
    send(alice_client, assessment, note="By the pipeline")
    send(alice_client, assessment, "measure")
    reading, goal = GoalReading.objects.get(), Goal.objects.get()
    address = reverse("goals", args=[assessment.pk])
    taken = send(alice_client, assessment, "take_back", row=reading.pk)
    assert taken.headers["Location"] == f"{address}?undo=reading&row={reading.pk}"
    assert 'value="restore_reading"' in page(alice_client, assessment, f"?undo=reading&row={reading.pk}")
    send(alice_client, assessment, "restore_reading", row=reading.pk)
    assert (GoalReading.objects.get().value, GoalReading.objects.get().measured_on) == (20, in_days(0))
    send(alice_client, assessment, "remove", seen=seen_of())
    assert not Goal.objects.exists()
    send(alice_client, assessment, "restore_goal", row=goal.pk)
    again = Goal.objects.get()
    kept = ("figure", "baseline", "target", "target_on", "note")
    assert [getattr(again, name) for name in kept] == [getattr(goal, name) for name in kept]
    assert [each for each in found_by_verifying(assessment.pk) if "goal" in each or "figure" in each] == []


def test_goals_go_on_in_the_next_version_and_become_its_own_once_changed(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    send(alice_client, assessment, figure="uptime", baseline="99.5", target="99.9")
    send(alice_client, assessment, "measure", measured_on=in_days(-5).isoformat())
    submit_assessment(assessment, by=alice)
    following = start_next_version(assessment, by=alice)
    send(alice_client, following, "measure", value="12")
    html = page(alice_client, following)
    assert "These goals are from version 1" in html
    assert "45 minutes → 12 minutes → 10 minutes" in html
    assert "20 minutes" in html, "readings of both versions"
    assert Goal.objects.count() == 2
    send(alice_client, following, target="8", seen=seen_of())
    lines = {line.figure.slug: (line.target, line.version) for line in load_goals(following)}
    assert lines == {"deploy_minutes": (8, 2), "uptime": (99.9, 2)}
    assert {line.target for line in load_goals(assessment)} == {10, 99.9}, "what was planned then stays"
    assert [each.words for each in load_goals(assessment)[0].readings] == ["20 minutes"]
    said = [*found_by_verifying(assessment.pk), *found_by_verifying(following.pk)]
    assert [each for each in said if "goal" in each or "figure" in each] == []


def test_the_last_goal_of_a_later_version_stays_until_another_is_set(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    submit_assessment(assessment, by=alice)
    following = start_next_version(assessment, by=alice)
    answer = alice_client.post(
        reverse("goals", args=[following.pk]),
        {"do": "remove", "figure": "deploy_minutes", "seen": seen_of()},
        follow=True,
    )
    assert "Set another goal first" in answer.content.decode()
    assert Goal.objects.count() == 1


def test_each_review_and_each_new_version_asks_for_the_figures_again(
    alice_client: Client, rita_client: Client, alice: User, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    submit_assessment(assessment, by=alice)
    review = reverse("assessment-decision", args=[assessment.pk])
    html = compact(alice_client.get(review).content.decode())
    assert "45 minutes → not measured yet → 10 minutes" in html
    assert 'id="measure-deploy_minutes-value"' in html
    assert 'id="asked-goals-title"' in html, "drawn before, now and target"
    assert 'id="measure-deploy_minutes-value"' not in rita_client.get(review).content.decode(), "the team measures"
    following = start_next_version(assessment, by=alice)
    overview = compact(alice_client.get(reverse("assessment", args=[following.pk])).content.decode())
    assert 'id="measure-deploy_minutes-value"' in overview


def test_while_people_answer_separately_no_other_page_tells_a_goal(
    alice_client: Client, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    Assessment.objects.filter(pk=assessment.pk).update(answers_separately=True)
    assert "45 minutes" not in alice_client.get(reverse("assessment", args=[assessment.pk])).content.decode()


def test_the_report_draws_before_and_after_and_names_who_measured(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    send(alice_client, assessment, "measure", value="9", note="From the pipeline")
    (chapter,) = [each for each in build_document(load_report(assessment)).chapters if each.slug == "goals"]
    assert chapter.title == "1 of 1 goals is reached"
    (table,) = [block for block in chapter.blocks if isinstance(block, Table)]
    notes = " ".join(plain_text(note) for note in table.rows[0].notes)
    assert f"9 minutes on {day(in_days(0))}, measured by {alice}. From the pipeline" in notes


def test_a_stored_report_is_good_until_the_day_of_a_goal_has_passed_and_counts_no_days(
    alice_client: Client, alice: User, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_assessment(assessment, by=alice)
    assessment.refresh_from_db()
    assert find_valid_until(load_report(assessment)) == FOR_EVER
    send(alice_client, assessment, target_on=in_days(10).isoformat())
    report = load_report(assessment)
    assert find_valid_until(report).date() == in_days(11)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=10))
    assert content_key(load_report(assessment)) == content_key(report)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=11))
    assert content_key(load_report(assessment)) != content_key(report), "it is late now"


# --- what the plan reached, as suggestions


def done_step(assessment: Assessment, by: User, code: str, state: str = "done") -> None:
    PlanStep.objects.create(
        assessment=assessment, code=code, stage="prepare", place=1, title="Trace requests first", done_when="x",
        state=state, done_at=timezone.now() if state == "done" else None, saved_by=by,
    )  # fmt: skip


def test_what_a_plan_reached_is_suggested_to_the_next_version_and_counts_once_confirmed(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    send(alice_client, assessment)
    submit_assessment(assessment, by=alice)
    done_step(assessment, alice, "extract.tracing")
    done_step(assessment, alice, "extract.gateway", state="doing")
    tick_item(assessment, "budget", text="Minutes", link="", marked_on=in_days(0), seen="", by=alice)
    send(alice_client, assessment, "measure", value="12")
    following = start_next_version(assessment, by=alice)
    questionnaire = questionnaire_of(following.edition)
    found = suggestions_for(following, questionnaire, following.current_answers())
    assert found["tracing"].answer.value == "every_request"
    assert found["tracing"].source.startswith("step done: Trace requests first")
    assert (found["deploy_minutes"].answer.value, found["deploy_minutes"].answer.basis) == (12, "measured")
    assert found["deploy_minutes"].source.startswith("measured as a goal")
    before = assessment.current_answers()
    assert found["gateway"].answer == before["gateway"], "a step that is not done reaches nothing"
    listed = alice_client.get(reverse("assessment-suggestions", args=[following.pk])).content.decode()
    assert "step done: Trace requests first" in listed
    assert following.current_answers() == {}
    confirm_suggestions(following, [found["tracing"]], by=alice)
    assert following.current_answers()["tracing"].value == "every_request"


def test_progress_never_suggests_less_than_was_answered(alice: User, assessment: Assessment) -> None:
    AnswerFactory._meta.model.objects.filter(assessment=assessment, key="tracing").update(value="every_request")
    submit_assessment(assessment, by=alice)
    tick_item(assessment, "tracing", text="Jaeger", link="", marked_on=in_days(0), seen="", by=alice)
    following = start_next_version(assessment, by=alice)
    found = suggestions_for(following, questionnaire_of(following.edition), {})
    assert (found["tracing"].answer.value, found["tracing"].origin) == ("every_request", "")
