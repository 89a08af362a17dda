"""Cost figures, a plan in work and outcomes of the made-up retailer, from fixtures/made-up/northgate-plan.json."""

import json
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from assess.assessments.facade import Assessment
from assess.planning.facade import (
    OutcomeFields,
    PlanStep,
    add_reading,
    begin_plan,
    build_money,
    change_step,
    content_of,
    decide_design,
    moment_of,
    record_outcome,
    save_goal,
    save_money,
    set_state,
    tick_item,
    waive_item,
)

if TYPE_CHECKING:
    from assess.demo.scenario import SystemScenario

FILE = settings.BASE_DIR / "fixtures" / "made-up" / "northgate-plan.json"


@cache
def read_file() -> dict[str, Any]:
    """The file's content."""
    content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return content


def add_money(scenario: "SystemScenario", assessment: Assessment) -> None:
    """Save the cost figures, an hour after the step before."""
    figures = {name: {"low": low, "high": high} for name, (low, high) in read_file()["money"].items()}
    with scenario.later(hours=1):
        money = build_money(assessment, assessment.current_answers(), "", {"figures": figures})
        save_money(money, assessment, seen="", by=scenario.lead)


def add_plan(scenario: "SystemScenario", assessment: Assessment) -> None:
    """Goals, preparations, design decisions and the plan, a day after the step before."""
    content, lead = read_file(), scenario.lead
    with scenario.later(days=1):
        for goal in content["goals"]:
            save_goal(
                assessment,
                goal["figure"],
                baseline=goal["baseline"],
                target=goal["target"],
                target_on=scenario.today + timedelta(days=goal["due_in"]),
                note=goal["note"],
                seen="",
                by=lead,
            )
        for item, text, link in content["ticks"]:
            tick_item(assessment, item, text=text, link=link, marked_on=scenario.today, seen="", by=lead)
        for item, days, text in content["waivers"]:
            ends_on = scenario.today + timedelta(days=days)
            waive_item(assessment, item, text=text, ends_on=ends_on, seen="", by=scenario.architect)
        for key, option, reason in content["design"]:
            decide_design(assessment, key, option=option, reason=reason, by=lead)
        for step in begin_plan(assessment, starts_on=scenario.today + timedelta(days=content["plan_begins"]), by=lead):
            owner = content["plan_owners"].get(step.code, str(lead) if step.stage == "prepare" else "")
            if owner:
                change_step(step, content_of(step, owner=owner), seen=moment_of(step), by=lead)


def work_on_plan(scenario: "SystemScenario", assessment: Assessment, until: date) -> None:
    """Up to `until`, steps are done on the day they are due, but for the last of them; what has begun by then is in
    work. Goals are measured."""
    begun = [step for step in assessment.plan_steps.all() if step.starts_on and step.starts_on <= until]
    due = sorted((step for step in begun if step.due_on and step.due_on <= until), key=lambda step: str(step.due_on))
    for step in due[:-1]:
        with scenario.on(step.due_on or until):
            set_state(step, PlanStep.State.DONE, by=scenario.lead)
    with scenario.on(until):
        for step in begun:
            if step not in due:
                set_state(step, PlanStep.State.DOING, by=scenario.lead)
        for goal in read_file()["goals"]:
            for days_ago, value, note in goal["readings"]:
                day = until - timedelta(days=days_ago)
                add_reading(assessment, goal["figure"], value=value, measured_on=day, note=note, by=scenario.lead)


def add_outcome(scenario: "SystemScenario", assessment: Assessment) -> None:
    """What became of the decision, where the file says something of this system, on the first day that asks for it."""
    content = read_file()["outcomes"].get(scenario.name)
    if content is None:
        return
    fields = {name: content[name] for name in ("followed", "was_right", "text", "lesson", "figures")}
    with scenario.later(days=184):
        record_outcome(assessment, content["months"], OutcomeFields(**fields), seen="", by=scenario.lead)
