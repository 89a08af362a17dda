"""The figures as people type them: what they mean, what is refused and at which field, and where defaults come from."""

from decimal import Decimal

import pytest

from assess.measurements.records import Cost, Deploy, Deploys, Workload
from assess.money.amounts import CURRENCIES, Range, amount_words
from assess.money.inputs import (
    FIGURE_BY_NAME,
    FIGURES,
    GROUPS,
    NEEDED,
    Default,
    build_defaults,
    defaults_from_files,
    is_empty,
    range_words,
    read_inputs,
)
from assess.questionnaire.schema import Answer

ENOUGH = {"hourly_cost": ("60", "90"), "developers": ("35", ""), "running_today": ("3400", "")}


def content_of(**figures: object) -> dict[str, object]:
    """What a form with these texts sends; the needed figures are in it."""
    texts = {**ENOUGH, **figures}
    return {"figures": {name: {"low": ends[0], "high": ends[1]} for name, ends in texts.items()}}  # type: ignore[index]  # a pair of texts


def issues_of(currency: str = "USD", **figures: object) -> dict[str, str]:
    inputs, issues = read_inputs(content_of(**figures), currency=currency, defaults=build_defaults({}))
    assert (inputs is None) == bool(issues)
    return {issue.key: issue.code for issue in issues}


READ = {
    "a plain number": ("60", 60),
    "with the sign before it": ("$60", 60),
    "with the sign after it": ("60 $", 60),
    "with the code": ("60 USD", 60),
    "in words": ("60 dollars", 60),
    "about": ("~60", 60),
    "cents": ("60.50", Decimal("60.5")),
    "a comma for the point": ("60,5", Decimal("60.5")),
    "thousands and cents": ("1,234.50", Decimal("1234.5")),
    "thousands by an apostrophe": ("1’234", 1234),
    "thousands by a space": ("12 345", 12345),
    "two groups of thousands, over the largest figure, read and refused": ("999,999.99", Decimal("999999.99")),
    "lakhs": ("1,00,000.5", Decimal("100000.5")),
    "Arabic digits": ("٦٠", 60),
    "Devanagari digits": ("६०", 60),
    "full-width digits": ("６０", 60),
    "spaces around": ("  60  ", 60),
    "nothing": ("0", 0),
}


@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ)
def test_an_amount_is_read_as_people_write_it(text: str, value: Decimal) -> None:
    inputs, issues = read_inputs(content_of(hourly_cost=(text, "")), currency="USD", defaults=build_defaults({}))
    assert issues == []
    assert inputs is not None
    assert inputs["hourly_cost"] == Range(Decimal(value), Decimal(value))
    assert inputs.by_name["hourly_cost"].is_typed


#: The figure, its texts, the end that is named, and the code of the issue.
BAD = {
    "a word": ("hourly_cost", ("much", ""), "low", "no_number"),
    "a word at the high end": ("hourly_cost", ("60", "much"), "high", "no_number"),
    "only a sign": ("hourly_cost", ("$", ""), "low", "no_number"),
    "NaN": ("hourly_cost", ("NaN", ""), "low", "no_number"),
    "infinity": ("hourly_cost", ("Infinity", ""), "low", "no_number"),
    "infinity as a sign": ("hourly_cost", ("∞", ""), "low", "no_number"),
    "an exponent": ("hourly_cost", ("6e1", ""), "low", "no_number"),
    "hexadecimal": ("hourly_cost", ("0x3c", ""), "low", "no_number"),
    "a formula": ("hourly_cost", ("=60*2", ""), "low", "no_number"),
    "a product": ("hourly_cost", ("60*2", ""), "low", "no_number"),
    "thousands by a letter": ("hourly_cost", ("5k", ""), "low", "no_number"),
    "a range in one field": ("hourly_cost", ("60–90", ""), "low", "no_number"),
    "two numbers": ("hourly_cost", ("60 90", ""), "low", "no_number"),
    "marks in the wrong places": ("hourly_cost", ("1.2.3", ""), "low", "no_number"),
    "a point alone": ("hourly_cost", (".", ""), "low", "no_number"),
    "a script": ("hourly_cost", ("<script>60</script>", ""), "low", "no_number"),
    "Roman numerals": ("hourly_cost", ("LX", ""), "low", "no_number"),
    "a fraction as one letter": ("hourly_cost", ("½", ""), "low", "no_number"),
    "euros where dollars count": ("hourly_cost", ("€60", ""), "low", "currency"),
    "euros by their code": ("hourly_cost", ("60 EUR", ""), "low", "currency"),
    "euros in words": ("running_today", ("3400 euros", ""), "low", "currency"),
    "pounds": ("running_today", ("£3400", ""), "low", "currency"),
    "yen": ("running_today", ("3400¥", ""), "low", "currency"),
    "rupees": ("running_today", ("₹3400", ""), "low", "currency"),
    "francs": ("running_today", ("CHF 3400", ""), "low", "currency"),
    "Australian dollars": ("running_today", ("A$3400", ""), "low", "currency"),
    "another currency at the high end": ("running_today", ("3400", "€3500"), "high", "currency"),
    "dollars where people count": ("developers", ("$35", ""), "low", "no_number"),
    "people where money counts": ("hourly_cost", ("60 people", ""), "low", "no_number"),
    "a bill below nothing": ("running_today", ("-3400", ""), "low", "out_of_range"),
    "an hour below nothing": ("hourly_cost", ("−1", ""), "low", "out_of_range"),
    "people below nothing": ("developers", ("-0.5", "3"), "low", "out_of_range"),
    "more than all": ("waiting_removed", ("101", ""), "low", "out_of_range"),
    "more than a week": ("waiting_hours", ("41", ""), "low", "out_of_range"),
    "more than ten years": ("migration_months", ("121", ""), "low", "out_of_range"),
    "a huge bill": ("running_today", ("10000000001", ""), "low", "out_of_range"),
    "more digits than anybody counts": ("running_today", ("9" * 50, ""), "low", "no_number"),
    "a very long text": ("running_today", ("1" * 100, ""), "low", "too_long"),
    "a thousandth": ("hourly_cost", ("60.1234", ""), "low", "too_exact"),
    "one or a thousand": ("hourly_cost", ("1.000", ""), "low", "ambiguous"),
    "one or a thousand with a comma": ("running_today", ("3,400", ""), "low", "ambiguous"),
    "one or a thousand at the high end": ("running_today", ("3400", "3.500"), "high", "ambiguous"),
    "ends the wrong way round": ("hourly_cost", ("90", "60"), "low", "swapped"),
    "only a high end": ("platform_people", ("", "2"), "low", "no_low_end"),
    "a missing hour": ("hourly_cost", ("", ""), "low", "missing"),
    "a missing team": ("developers", ("", ""), "low", "missing"),
    "a missing bill": ("running_today", (" ", "\t"), "low", "missing"),
    "no text": ("hourly_cost", (60, None), "low", "missing"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "texts", "end", "code"), BAD.values(), ids=BAD)
def test_a_figure_that_is_none_is_refused_at_its_field(name: str, texts: object, end: str, code: str) -> None:
    assert issues_of(**{name: texts}) == {f"{name}-{end}": code}


@pytest.mark.parametrize(
    "content",
    [{}, {"figures": []}, {"figures": "60"}, {"figures": {"hourly_cost": "60"}}, {"figures": {"bribes": {"low": "1"}}}],
    ids=["nothing", "a list", "a text", "a figure as text", "an unknown figure"],
)
def test_content_of_another_shape_is_no_figure(content: dict[str, object]) -> None:
    assert is_empty(content)
    inputs, issues = read_inputs(content, currency="USD", defaults=build_defaults({}))
    assert inputs is None
    assert {issue.key for issue in issues} == {f"{name}-low" for name in NEEDED}
    assert {issue.code for issue in issues} == {"missing"}


def test_every_mistake_is_named_at_once() -> None:
    said = issues_of(hourly_cost=("", ""), running_today=("€5", "x"), migration_months=("12", "6"))
    assert said == {
        "hourly_cost-low": "missing",
        "running_today-low": "currency",
        "running_today-high": "no_number",
        "migration_months-low": "swapped",
    }


def test_an_amount_with_two_meanings_offers_both() -> None:
    _inputs, issues = read_inputs(content_of(running_today=("3.400", "")), currency="USD", defaults=build_defaults({}))
    assert issues[0].choices == ("3.4", "3400")
    assert issues[0].message.endswith("“3.400” can mean 3.4 or 3,400: choose which")


def test_the_wrong_currency_is_named_and_nothing_is_converted() -> None:
    _inputs, issues = read_inputs(content_of(hourly_cost=("€60", "")), currency="USD", defaults=build_defaults({}))
    assert [issue.message for issue in issues] == ["Amounts here are in USD, without “€”: nothing is converted"]
    assert issues_of("EUR", hourly_cost=("€60", "")) == {}
    assert issues_of("EUR", hourly_cost=("$60", "")) == {"hourly_cost-low": "currency"}
    assert issues_of("XXX") == {"currency": "currency"}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_each_currency_takes_its_own_code_and_sign(currency: str) -> None:
    for text in (f"{currency} 60", f"60 {CURRENCIES[currency]}"):
        assert issues_of(currency, hourly_cost=(text, "")) == {}
    assert amount_words(Decimal(60), currency).endswith("60")


# --- defaults


def test_every_default_has_a_source_and_a_reason() -> None:
    for figure in FIGURES:
        assert figure.group in GROUPS
        assert "%" not in figure.label + figure.hint  # templates translate these, and read it as a place for a value
        if figure.default is not None:
            assert set(figure.source.split(", ")) <= {"S0", "S1", "S2", "S3", "S4", "ours"}
            assert figure.why
            low, high = map(Decimal, figure.default)
            assert 0 <= low <= high <= figure.most
    without = {figure.name for figure in FIGURES if figure.default is None}
    assert without == {*NEEDED, "waiting_people"}  # who waits: everybody who develops


def test_answers_are_offered_as_defaults_and_named_as_such() -> None:
    answers = {
        "developers": Answer(value=35),
        "teams": Answer(value=5),
        "deploy_waiting": Answer(value="often"),
        "deploy_minutes": Answer(value=45),
        "infra_cost": Answer(value="painful"),
        "team_collisions": Answer(value="weekly"),
    }
    defaults = build_defaults(answers)
    expected = {"developers": (35, 35), "oversized_share": (10, 38), "collision_hours": (4, 8)}
    expected |= {"waiting_hours": (Decimal("0.8"), Decimal("2.2"))}  # 1 to 3 waits of 45 minutes
    for name, (low, high) in expected.items():
        assert defaults[name].origin == "from your answers"
        assert abs(defaults[name].range.low - low) <= Decimal("0.05")
        assert abs(defaults[name].range.high - high) <= Decimal("0.05")
    assert defaults["migration_months"].origin == "S3"
    inputs, issues = read_inputs(
        {"figures": {"hourly_cost": {"low": "60"}, "running_today": {"low": "3400"}}}, currency="USD", defaults=defaults
    )
    assert issues == []
    assert inputs is not None
    assert inputs["waiting_people"] == inputs["developers"] == Range(Decimal(35), Decimal(35))


def test_one_team_waits_for_nobody_whatever_the_answer() -> None:
    answers = {"teams": Answer(value=1), "deploy_waiting": Answer(value="always")}
    assert build_defaults(answers)["waiting_hours"].range == Range(Decimal(0), Decimal(0))


def test_answers_that_people_left_open_are_a_range() -> None:
    answers = {"developers": Answer(between=(12, 35, 20)), "infra_cost": Answer(between=("acceptable", "painful"))}
    defaults = build_defaults(answers)
    assert defaults["developers"].range == Range(Decimal(12), Decimal(35))
    assert defaults["oversized_share"].range == Range(Decimal(0), Decimal(38))


def test_an_answer_that_is_not_known_leaves_the_default_of_the_table() -> None:
    defaults = build_defaults({"developers": Answer(who_knows="Ana"), "infra_cost": Answer(not_applicable="rented")})
    assert "developers" not in defaults
    assert defaults["oversized_share"].origin == "S3"


def test_an_own_questionnaire_that_asks_something_else_by_a_key_offers_nothing() -> None:
    answers = {
        "developers": Answer(value="a dozen"), "deploy_minutes": Answer(value=-5), "deploy_waiting": Answer(value=3),
        "infra_cost": Answer(value=("acceptable",)), "team_collisions": Answer(value="hourly"),
    }  # fmt: skip
    assert build_defaults(answers) == build_defaults({})


def test_what_was_measured_goes_before_what_was_answered_and_typing_before_both() -> None:
    ends = Range(Decimal(2800), Decimal(2800))
    measured = {"running_today": Default(range=ends, origin="from cluster.json")}
    defaults = build_defaults({}, measured)
    figures = {"hourly_cost": {"low": "60"}, "developers": {"low": "35"}}
    inputs, issues = read_inputs({"figures": figures}, currency="USD", defaults=defaults)
    assert issues == []
    assert inputs is not None
    assert (inputs["running_today"], inputs.by_name["running_today"].origin) == (ends, "from cluster.json")
    typed, _issues = read_inputs(content_of(running_today=("3000", "3400")), currency="USD", defaults=defaults)
    assert typed is not None
    assert typed["running_today"] == Range(Decimal(3000), Decimal(3400))


def test_a_figure_is_written_with_its_unit() -> None:
    def words(name: str, low: str, high: str) -> str:
        return range_words(FIGURE_BY_NAME[name], Range(Decimal(low), Decimal(high)), "USD")

    assert words("migration_months", "6", "12") == "6–12 months"
    assert words("migration_months", "1", "1") == "1 month"
    assert words("developers", "1", "1") == "1 person"
    assert words("platform_people", "0.5", "2") == "0.5–2 people"
    assert words("hourly_cost", "60", "90") == "$60–$90 an hour"
    assert words("waiting_removed", "60.00", "100") == "60–100 %"


# --- measured

CLUSTER = Cost(
    workloads=(
        Workload(name="web", replicas=4, cpu=8, memory_gib=16, monthly=Decimal("2000.004")),
        Workload(name="jobs", replicas=2, cpu=2, memory_gib=4, monthly=Decimal("799.99")),
        Workload(name="unpriced", replicas=1, cpu=1, memory_gib=1),
    ),
    currency="USD",
)


def test_a_measured_bill_is_offered_with_its_file_unless_it_is_in_another_currency() -> None:
    offered = defaults_from_files([("cluster.json", CLUSTER)], "USD")["running_today"]
    assert offered == Default(range=Range(Decimal("2799.99"), Decimal("2799.99")), origin="from cluster.json")
    assert defaults_from_files([("cluster.json", CLUSTER)], "EUR") == {}
    assert defaults_from_files([("cluster.json", Cost(workloads=CLUSTER.workloads))], "USD") == {}


def test_measured_waiting_is_from_one_release_a_week_to_all_and_answers_widen_it() -> None:
    week = range(14)
    deploys = Deploys(
        deploys=tuple(
            Deploy(finished=1_700_000_000 + 86_400 * day, minutes=45, result="success", waited_minutes=30)
            for day in week
        )
    )
    measured = defaults_from_files([("runs.json", deploys)], "USD")
    assert measured["waiting_hours"].range == Range(Decimal("0.5"), Decimal("3.5"))  # 7 a week, half an hour each
    assert measured["waiting_hours"].origin == "from runs.json"
    answers = {"deploy_waiting": Answer(value="always"), "deploy_minutes": Answer(value=60)}
    assert build_defaults(answers, measured)["waiting_hours"].range == Range(Decimal("0.5"), Decimal(5))
    no_times = Deploys(deploys=(Deploy(finished=1_700_000_000, minutes=45, result="success"),))
    assert defaults_from_files([("runs.json", no_times)], "USD") == {}
