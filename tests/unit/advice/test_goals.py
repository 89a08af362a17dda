"""Goals: which way is better, how far it is, what is wrong by field, and what is known already."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from assess.advice.goal_chart import build_goal_chart
from assess.advice.goals import (
    GOAL_FIGURES,
    GoalLine,
    Measured,
    describe_goals,
    measured_figures,
    propose_baselines,
    read_goal,
)
from assess.advice.plan_steps import TABLES
from assess.advice.progress import STEP_ANSWERS, is_further, reached_by_items, reached_by_steps
from assess.measurements.records import Cost, Deploy, Deploys, Load, PartLoad, Workload
from assess.questionnaire.facade import ValidationFailed
from tests.unit.decision.strategies import QUESTIONNAIRE, answers

TODAY = date(2026, 5, 4)


def goal(slug: str, baseline: float, target: float, *values: float, left: int | None = None) -> GoalLine:
    readings = tuple(Measured(value=value, words=str(value), on=TODAY, by="Ana") for value in values)
    due = TODAY + timedelta(days=left) if left is not None else None
    return GoalLine(
        figure=GOAL_FIGURES[slug], baseline=baseline, target=target, today=TODAY, by="Ana", currency="$",
        target_on=due, readings=readings,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (goal("deploy_minutes", 45, 10), "not_measured"),
        (goal("deploy_minutes", 45, 10, 30), "closer"),
        (goal("deploy_minutes", 45, 10, 45), "no_closer"),
        (goal("deploy_minutes", 45, 10, 60), "no_closer"),
        (goal("deploy_minutes", 45, 10, 10), "reached"),
        (goal("deploy_minutes", 45, 10, 10, 44), "closer"),  # the last reading counts
        (goal("uptime", 99.5, 99.9, 99.95), "reached"),  # more is better
        (goal("uptime", 99.5, 99.9, 99.4), "no_closer"),
    ],
)
def test_a_goal_is_reached_closer_or_no_closer_by_its_last_reading(line: GoalLine, state: str) -> None:
    assert line.state == state


def test_days_are_left_until_it_is_reached_and_late_ones_are_counted() -> None:
    lines = [
        goal("deploy_minutes", 45, 10, 30, left=3),
        goal("p95_ms", 350, 180, 200, left=-2),
        goal("uptime", 99.5, 99.9, 99.9, left=-9),
    ]
    assert [line.days_left for line in lines] == [3, -2, None]
    assert "2 days late" in lines[1].due_words
    assert describe_goals(lines) == "1 of 3 goals is reached; 1 is late"
    assert describe_goals([goal("uptime", 99, 99.9)]) == "1 goal is set, and not measured yet"
    assert describe_goals([]).startswith("Set a goal")


def test_amounts_have_the_currency_and_units_are_said() -> None:
    assert goal("monthly_cost", 3400, 2100, 2500).way_words == "$3,400 → $2,500 → $2,100"
    assert goal("deploy_minutes", 45, 10).way_words == "45 minutes → not measured yet → 10 minutes"


@pytest.mark.parametrize(
    ("slug", "baseline", "target", "wrong"),
    [
        ("deploy_minutes", "-5", "2", ["baseline"]),
        ("deploy_minutes", "ten", "two", ["baseline", "target"]),
        ("deploy_minutes", "45", "10081", ["target"]),
        ("deploy_minutes", "10", "45", ["target"]),  # the wrong way
        ("deploy_minutes", "10", "10", ["target"]),
        ("deploys_per_week", "40", "3", ["target"]),
        ("uptime", "99.5", "100.5", ["target"]),
        ("uptime", "101", "100", ["baseline"]),
        ("monthly_cost", "", "5", ["baseline"]),
        ("p95_ms", "1e999", "5", ["baseline"]),
        ("p95_ms", "nan", "inf", ["baseline", "target"]),
    ],
)
def test_what_is_wrong_with_a_goal_is_named_by_field(slug: str, baseline: str, target: str, wrong: list[str]) -> None:
    with pytest.raises(ValidationFailed) as failed:
        read_goal(GOAL_FIGURES[slug], baseline, target)
    assert [issue.key for issue in failed.value.issues] == wrong


def test_numbers_are_read_with_their_units_and_uptime_keeps_its_decimals() -> None:
    assert read_goal(GOAL_FIGURES["deploy_minutes"], "45 minutes", "12.5") == (45, 12.5)
    assert read_goal(GOAL_FIGURES["uptime"], "99.5 %", "99.9995") == (99.5, 99.9995)


def test_the_example_is_the_table_of_the_readiness_guide() -> None:
    told = {slug: figure.case[1:] for slug, figure in GOAL_FIGURES.items() if figure.case}
    assert told == {
        "deploy_minutes": ("45 minutes", "5–12 minutes"),
        "deploys_per_week": ("2–3", "40–50"),
        "p95_ms": ("350 ms", "180 ms"),
        "uptime": ("99.5 %", "99.9 %"),
        "monthly_cost": ("$3,400", "$2,100"),
        "days_to_users": ("2–3 weeks", "3–5 days"),
    }


def test_measurements_say_what_a_figure_is_today_before_answers_do() -> None:
    day = 86_400
    deploys = Deploys(
        deploys=tuple(Deploy(finished=at * day, minutes=20 + at % 2, result="success") for at in range(14))
    )
    cost = Cost(
        workloads=(Workload(name="web", replicas=2, cpu=1, memory_gib=1, monthly=Decimal("120.50")),), currency="USD"
    )
    load = Load(unit="requests", parts=(PartLoad(part="shop", value=9),), p95_ms=351.26)
    assert measured_figures(deploys) == {"deploy_minutes": 20.5, "deploys_per_week": 7}
    assert (measured_figures(cost), measured_figures(load)) == ({"monthly_cost": 120.5}, {"p95_ms": 351.3})
    found = propose_baselines(answers(deploy_minutes=45, deploys_per_week=3), [load])
    assert {slug: each.value for slug, each in found.items()} == {
        "deploy_minutes": 45,
        "deploys_per_week": 3,
        "p95_ms": 351.3,
    }
    assert propose_baselines(answers(deploy_minutes=45), [deploys])["deploy_minutes"].value == 20.5


def test_the_drawing_puts_before_left_and_the_target_right_whichever_way_is_better() -> None:
    chart = build_goal_chart([goal("deploy_minutes", 45, 10, 30), goal("uptime", 99, 99.9, 98), goal("p95_ms", 9, 1)])
    for row in chart.rows:
        signs = {mark.kind: mark.x for mark in row.marks}
        assert signs["ring"] < signs["square"]
        assert all(chart.track_x <= mark.x <= chart.track_x + chart.track_width for mark in row.marks)
    closer, worse, unmeasured = ({mark.kind: mark.x for mark in row.marks} for row in chart.rows)
    assert closer["ring"] < closer["dot"] < closer["square"]
    assert worse["dot"] < worse["ring"]
    assert "dot" not in unmeasured
    assert "45 minutes → 30 minutes → 10 minutes" in chart.desc


# --- what a plan has reached


def test_every_step_that_answers_a_question_exists_and_its_answer_is_an_option() -> None:
    codes = {step.code for tables in TABLES.values() for table in tables[:3] for step in table}
    assert set(STEP_ANSWERS) <= codes
    for _code, key, value in reached_by_steps(codes):
        assert value in {option.value for option in QUESTIONNAIRE.by_key[key].options}


def test_a_ticked_item_reaches_the_least_answer_that_ticks_it() -> None:
    assert list(reached_by_items({"tracing", "contracts"})) == [("tracing", "tracing", "partial")]


def test_only_what_goes_beyond_the_answer_before_is_suggested() -> None:
    assert is_further(QUESTIONNAIRE, "tracing", "every_request", answers(tracing="planned"))
    assert is_further(QUESTIONNAIRE, "tracing", "partial", {})
    assert not is_further(QUESTIONNAIRE, "tracing", "partial", answers(tracing="every_request"))
    assert not is_further(QUESTIONNAIRE, "no_such_question", "partial", {})
