"""The steps of a plan: complete for each form of the verdict, in an order that can be done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from assess.advice.plan_chart import MAX_ROWS, WIDTH, PlanLine, Timeline
from assess.advice.plan_steps import (
    CASE_ORDER,
    KIND_OF_FORM,
    MAX_PARTS,
    SOURCE_OF_CODE,
    STAGE_WORDS,
    AdvisedStep,
    PlanPart,
    build_plan_steps,
)
from assess.decision.facade import Form, source_of_step
from assess.decision.steps import build_steps
from assess.questionnaire.facade import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE

FORMS: tuple[Form, ...] = get_args(Form)
PARTS = (PlanPart(name="recommendations", why="40 % of the CPU."), PlanPart(name="auth"), PlanPart(name="orders"))
MONDAY = date(2026, 11, 30)


def codes(steps: Sequence[AdvisedStep], stage: str = "") -> list[str]:
    return [step.code for step in steps if stage in ("", step.stage)]


@pytest.mark.parametrize("form", FORMS)
def test_each_step_of_each_form_has_a_source_a_done_when_a_stage_and_questions_that_exist(form: Form) -> None:
    questionnaire = QUESTIONNAIRE
    weak = {"hiring": Answer(value="hard"), "tests": Answer(value="few"), "on_call": Answer(value="none")}
    next_steps = build_steps(questionnaire, weak, form, (), "")
    steps = build_plan_steps(form, parts=PARTS, next_steps=next_steps)
    assert steps
    for step in steps:
        assert step.title
        assert step.done_when
        assert "{" not in step.title + step.done_when
        assert len(step.title) <= 200
        assert len(step.done_when) <= 500
        assert len(step.code) <= 80
        assert set(step.source.split(", ")) <= {"S0", "S1", "S2", "S3", "S4", "ours"}
        assert step.stage in STAGE_WORDS
        assert all(key in questionnaire.by_key for key in step.keys)
        assert step.start >= 0
        assert step.days >= 0
        # A row keeps the code alone, and its source is found by it.
        assert (SOURCE_OF_CODE.get(step.code) or source_of_step(step.code)) == step.source


def test_extraction_prepares_with_tracing_first_then_switches_part_by_part_with_the_days_of_s3() -> None:
    steps = build_plan_steps("organisation", parts=PARTS)
    assert codes(steps)[0] == "extract.tracing"
    first = [step for step in steps if step.stage == "part_1"]
    canary = [step for step in first if step.code.startswith("extract.canary")]
    begins = canary[0].start
    assert [(step.start - begins + 1, step.due - begins) for step in canary] == [(1, 3), (4, 7), (8, 10)]
    assert [step.title for step in canary] == [
        "recommendations: 10 % of requests, days 1 to 3",
        "recommendations: 50 % of requests, days 4 to 7",
        "recommendations: 100 % of requests, days 8 to 10",
    ]
    place = {step.code: step for step in first}
    assert place["extract.stable"].days == 14
    assert place["extract.stable"].start == canary[-1].due
    assert place["extract.remove"].start == place["extract.stable"].due
    for before in ("extract.rollback", "extract.failure", "extract.data", "extract.duplicate", "extract.proxy"):
        assert place[before].due <= begins
    # S2's order: boundaries, then the code into its repository, then how data is shared.
    order = [step.code for step in sorted(steps, key=lambda step: step.start) if step.stage in ("prepare", "part_1")]
    assert order.index("extract.boundary") < order.index("extract.repository") < order.index("extract.data")
    gateway = next(step for step in steps if step.code == "extract.gateway")
    assert gateway.due <= place["extract.proxy"].start


def test_parts_follow_each_other_a_month_apart_and_say_why_they_come_now() -> None:
    steps = build_plan_steps("organisation", parts=(*PARTS, PlanPart(name="catalog")))
    starts = [min(step.start for step in steps if step.stage == f"part_{number}") for number in (1, 2, 3)]
    assert starts == [30, 60, 90]
    assert len({step.stage for step in steps if step.stage.startswith("part")}) == MAX_PARTS
    assert [step.note for step in steps if step.note] == ["40 % of the CPU."]
    assert len(CASE_ORDER) == 5


def test_what_is_in_place_needs_no_preparation() -> None:
    assert "extract.gateway" not in codes(build_plan_steps("hot_part", ready=("gateway",)))
    half = codes(build_plan_steps("hot_part", ready=("central_logging",)))
    assert "extract.logs" in half  # metrics are still missing


def test_weak_answers_that_no_step_covers_join_the_plan_once() -> None:
    weak = {"hiring": Answer(value="hard"), "tracing": Answer(value="none")}
    next_steps = build_steps(QUESTIONNAIRE, weak, "organisation", (), "")
    found = codes(build_plan_steps("organisation", next_steps=next_steps))
    assert any(code.startswith("weak.hiring") for code in found)
    assert not any(code.startswith("weak.tracing") for code in found)


def test_a_module_is_done_when_it_could_leave_within_a_week() -> None:
    steps = build_plan_steps("cure", parts=PARTS[:1])
    module = codes(steps, "module_1")
    assert module == ["modular.owner", "modular.interface", "modular.contract", "modular.data", "modular.leave"]
    assert "a week" in steps[-2].done_when
    assert steps[-1].start == max(step.due for step in steps[:-1])


def test_groups_merge_into_one_deploy() -> None:
    steps = build_plan_steps("consolidate", parts=(PlanPart(name="cart + checkout"),))
    assert "cart + checkout: one deploy, and switch the old services off" in [step.title for step in steps]


@pytest.mark.parametrize("form", [form for form in FORMS if KIND_OF_FORM[form] == "stay"])
def test_staying_has_something_to_watch_and_a_day_to_return(form: Form) -> None:
    next_steps = build_steps(QUESTIONNAIRE, {}, form, (), "")
    steps = build_plan_steps(form, next_steps=next_steps, return_after=120)
    assert codes(steps, "fix")
    assert codes(steps, "watch")
    assert steps[-1].code == "return.again"
    assert steps[-1].due == 120


def test_a_long_name_is_cut_so_that_the_title_fits() -> None:
    for step in build_plan_steps("hot_part", parts=(PlanPart(name="x" * 200),)):
        assert len(step.title) <= 200


# --- the timeline


def line_of(step: AdvisedStep, number: int, **more: object) -> PlanLine:
    line = PlanLine(
        pk=number, code=step.code, stage=step.stage, title=step.title, done_when=step.done_when, owner="",
        starts_on=MONDAY + timedelta(days=step.start), due_on=MONDAY + timedelta(days=step.due), state="to_do", note="",
        done_on=None, is_late=False, saved_at=datetime(2026, 11, 30, 8, tzinfo=UTC),
    )  # fmt: skip
    return replace(line, **more)  # type: ignore[arg-type]  # fields of a line


def lines_of(form: Form, count: int | None = None) -> list[PlanLine]:
    return [line_of(step, number) for number, step in enumerate(build_plan_steps(form, parts=PARTS)[:count])]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 5, None])
def test_bars_and_words_stay_inside_the_drawing(form: Form, count: int | None) -> None:
    timeline = Timeline(lines=tuple(lines_of(form, count)), today=MONDAY)
    assert 0 < len(timeline.rows) <= MAX_ROWS
    for row in timeline.rows:
        assert row.x >= 0
        assert row.x + row.width <= WIDTH + 4
        length = 5.6 * len(row.words)
        begins = row.text_x - length if row.is_end else row.text_x
        assert begins >= 0
        assert begins + length <= WIDTH + 4
        assert row.y < timeline.height


def test_many_steps_are_drawn_as_stages_and_all_are_in_its_words() -> None:
    lines = lines_of("organisation")
    timeline = Timeline(lines=tuple(lines), today=MONDAY)
    assert len(lines) > MAX_ROWS
    assert [row.words.split(":")[0] for row in timeline.rows] == [
        "Preparation",
        "First part",
        "Second part",
        "Third part",
    ]
    assert all(line.title in timeline.text for line in lines)


def test_the_title_counts_done_and_overdue_steps_and_leaves_dropped_ones_out() -> None:
    first, second, third, fourth = lines_of("cure", 4)
    done = replace(first, state="done", done_on=MONDAY)
    late = replace(second, is_late=True)
    dropped = replace(fourth, state="dropped")
    assert Timeline(lines=(done, late, third, dropped), today=MONDAY).finding == "1 of 3 steps are done, 1 is overdue"
    assert Timeline(lines=(done,), today=MONDAY).finding == "All steps of the plan are done"
    coming = Timeline(lines=(done, third), today=MONDAY)
    assert coming.finding == f"1 of 2 steps are done, the next is due {third.due_on:%-d %B %Y}"
    assert Timeline(lines=(), today=MONDAY).finding == "The plan has no steps"


def test_today_is_marked_while_the_plan_runs_and_undated_steps_are_listed_only() -> None:
    line = lines_of("cure", 1)[0]
    undated = replace(line, starts_on=None, due_on=None)
    timeline = Timeline(lines=(line, undated), today=MONDAY + timedelta(days=5))
    assert timeline.today_x is not None
    assert 1 < timeline.today_x < WIDTH
    assert len(timeline.rows) == 1
    assert timeline.text.endswith("no day.")
    assert Timeline(lines=(line,), today=MONDAY - timedelta(days=1)).today_x is None
    assert Timeline(lines=(undated,), today=MONDAY).rows == ()
