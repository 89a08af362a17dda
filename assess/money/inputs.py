"""The figures behind the sums: what is asked, in which unit, what counts while nobody typed it, and why.

`read_inputs` checks texts as a form sends them and as the database keeps them: they are the same. A default is a range
with its source; figures that only the team can know have none, and no sum without them.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from assess.language import N_, Words, _, number
from assess.measurements.facade import Content, Cost, Deploys, count_cost, count_deploys
from assess.money.amounts import CURRENCIES, CURRENCY_WORDS, Range, amount_words
from assess.questionnaire.facade import (
    Answers,
    Issue,
    ValidationFailed,
    choose_value,
    read_typed_number,
    shown,
)

#: The longest text of one end that is kept.
MAX_LETTERS: Final = 60
PLACES: Final = 2  #: decimals that a figure may have
MAX_ANSWER: Final = 100_000  #: of a number that is offered as a default

#: A value with its unit; `ONE` is for the value 1.
UNITS: Final[Words[str]] = Words(
    {
        "people": N_("{n} people"),
        "hours_a_week": N_("{n} hours a week"),
        "hours_a_month": N_("{n} hours a month"),
        "months": N_("{n} months"),
        "share": N_("{n} %"),
        "money_an_hour": N_("{n} an hour"),
        "money_a_month": N_("{n} a month"),
    }
)
ONE: Final[Words[str]] = Words(
    {
        "people": N_("{n} person"),
        "hours_a_week": N_("{n} hour a week"),
        "hours_a_month": N_("{n} hour a month"),
        "months": N_("{n} month"),
    }
)
GROUPS: Final[Words[str]] = Words(
    {
        "team": N_("The team"),
        "pain": N_("What the present shape costs"),
        "extract": N_("What services would take"),
        "modular": N_("What a modular monolith would take"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure to ask. `default` is its range while nobody typed another, with `source` (S0 to S4 or "ours") and
    `why`; None where only the team knows it. `most` is the largest value. Sentences to translate where they show."""

    name: str
    group: str
    unit: str
    label: str
    most: int
    default: tuple[str, str] | None = None
    source: str = "ours"
    why: str = ""
    hint: str = ""

    @property
    def is_money(self) -> bool:
        return self.unit.startswith("money")


FIGURES: Final = (
    Figure(
        name="hourly_cost", group="team", unit="money_an_hour", most=1_000_000,
        label=N_("Cost of one hour of a person"),
        hint=N_("Loaded: salary, taxes, room and tools."),
    ),
    Figure(
        name="developers", group="team", unit="people", most=100_000,
        label=N_("People who develop the system"),
    ),
    Figure(
        name="running_today", group="pain", unit="money_a_month", most=10**10,
        label=N_("Running cost today"),
        hint=N_("The bill of a month: machines, databases, licences."),
    ),
    Figure(
        name="oversized_share", group="pain", unit="share", most=100, default=("0", "38"), source="S3",
        label=N_("Share of the bill that could go if parts were sized alone"),
        why=N_("Reports moved out saved 10 % of the bill, a whole shop 38 %. Nothing to save is possible too."),
    ),
    Figure(
        name="waiting_people", group="pain", unit="people", most=100_000,
        label=N_("People who wait for releases"),
        hint=N_("Everybody who develops, until you say otherwise."),
    ),
    Figure(
        name="waiting_hours", group="pain", unit="hours_a_week", most=40, default=("0", "2"),
        label=N_("Time that each of those who wait loses"),
        why=N_("Not answered: nothing, or two hours."),
        hint=N_("Waiting for other teams' releases, not while the pipeline runs and work goes on."),
    ),
    Figure(
        name="collision_hours", group="pain", unit="hours_a_week", most=1_000_000, default=("0", "8"),
        label=N_("Time lost to collisions, all people together"),
        why=N_("One team spends a Friday on what two others broke. Nothing is possible too."),
        source="S3, ours",
        hint=N_("Merge conflicts, broken neighbours, meetings to keep out of each other's way."),
    ),
    Figure(
        name="incident_hours", group="pain", unit="hours_a_month", most=1_000_000, default=("0", "0"),
        label=N_("Time lost to incidents that another part caused"),
        why=N_("Not counted until you enter it."),
    ),
    Figure(
        name="platform_people", group="extract", unit="people", most=10_000, default=("0.5", "2"), source="S3, ours",
        label=N_("More people to run the platform"),
        why=N_("The guide asks for a platform team. How many people it takes is our estimate."),
    ),
    Figure(
        name="extra_running", group="extract", unit="share", most=1_000, default=("0", "200"), source="S3",
        label=N_("Running cost that services add, as a share of today's bill"),
        why=N_("A start-up saw its bill triple (200 % more). A shop paid less in all, with everything added."),
    ),
    Figure(
        name="migration_people", group="extract", unit="people", most=10_000, default=("2", "4"),
        label=N_("People who do the migration"),
        why=N_("One small team."),
    ),
    Figure(
        name="migration_months", group="extract", unit="months", most=120, default=("6", "12"), source="S3",
        label=N_("Months that the migration takes"),
        why=N_("The guide tells businesses to expect 6 to 12 months."),
    ),
    Figure(
        name="slower_share", group="extract", unit="share", most=100, default=("5", "30"), source="S3, ours",
        label=N_("Share of the team's work lost during the migration"),
        why=N_("The guide says that features slow down for a while, not by how much. A start-up lost two thirds."),
        hint=N_("Without the people who do the migration."),
    ),
    Figure(
        name="waiting_removed", group="extract", unit="share", most=100, default=("60", "100"), source="S3, ours",
        label=N_("Share of the waiting that services end"),
        why=N_("One platform's teams released by themselves afterwards. The low end allows for what stays shared."),
    ),
    Figure(
        name="collisions_removed", group="modular", unit="share", most=100, default=("50", "90"),
        label=N_("Share of collisions and incidents that boundaries end"),
        why=N_("Boundaries end collisions in modules as in services. The waiting stays: modules share a release."),
    ),
    Figure(
        name="modular_people", group="modular", unit="people", most=10_000, default=("1", "3"),
        label=N_("People who draw the boundaries"),
        why=N_("A small team, or one person."),
    ),
    Figure(
        name="modular_months", group="modular", unit="months", most=120, default=("3", "6"),
        label=N_("Months that the boundaries take"),
        why=N_("Half of a migration: nothing is deployed anew."),
    ),
    Figure(
        name="modular_slower_share", group="modular", unit="share", most=100, default=("2", "10"),
        label=N_("Share of the team's work lost while boundaries are drawn"),
        why=N_("Moves inside one codebase hold others up less."),
    ),
)  # fmt: skip
FIGURE_BY_NAME: Final = {figure.name: figure for figure in FIGURES}
#: Without these there is no sum, unless the answers or a measurement have them.
NEEDED: Final = ("hourly_cost", "developers", "running_today")

#: Times a week that somebody waits for a whole deploy, by the answer on waiting; how many is our estimate.
WAITS: Final[Mapping[str, tuple[int, int]]] = {
    "never": (0, 0), "sometimes": (0, 1), "often": (1, 3), "always": (1, 5),
}  # fmt: skip
#: Minutes of a deploy that is not answered: S3 calls more than 30 slow, and tells of 45.
USUAL_MINUTES: Final = (Decimal(30), Decimal(45))
#: Share of the bill that could be smaller, by the answer on what it costs to run: S3's 10 and 38 %.
OVERSIZED: Final[Mapping[str, tuple[int, int]]] = {"acceptable": (0, 10), "noticeable": (5, 38), "painful": (10, 38)}
#: Hours a week, all people together, by the answer on collisions, as its options describe them.
COLLISIONS: Final[Mapping[str, tuple[int, int]]] = {
    "never": (0, 0), "monthly": (0, 1), "weekly": (4, 8), "daily": (10, 40),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Default:
    """A figure's range where nobody typed one. `origin` says where it comes from: "S3", "ours", or in words "from your
    answers" or "from deploys.csv"; `why` is the sentence about it, "" for none."""

    range: Range
    origin: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One figure as it counts. `is_typed` where the team entered it; else it is a default."""

    figure: Figure
    range: Range
    origin: str
    is_typed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """All figures by name, in the order of `FIGURES`, with the currency of the amounts."""

    by_name: Mapping[str, Input]
    currency: str

    def __getitem__(self, name: str) -> Range:
        return self.by_name[name].range


def build_defaults(answers: Answers, measured: Mapping[str, Default] | None = None) -> dict[str, Default]:
    """The default of each figure that has one: what was measured, else what the answers say, else the table's."""
    defaults = {
        figure.name: Default(
            range=Range(*map(Decimal, figure.default)), origin=figure.source, why=_(figure.why) if figure.why else ""
        )
        for figure in FIGURES
        if figure.default is not None
    }
    people = answered_numbers(answers, "developers")
    if people:
        defaults["developers"] = default_from_answers(Range(min(people), max(people)))
    minutes = answered_numbers(answers, "deploy_minutes") or USUAL_MINUTES
    waits = [WAITS[value] for value in answered_values(answers, "deploy_waiting") if value in WAITS]
    if answered_values(answers, "teams") == [1]:
        waits = [WAITS["never"]]  # one team waits for nobody
    if waits:
        low, high = min(low for low, _high in waits), max(high for _low, high in waits)
        hours = [
            (low * min(minutes) / 60).quantize(Decimal("0.1")),
            (high * max(minutes) / 60).quantize(Decimal("0.1")),
        ]
        most = Decimal(FIGURE_BY_NAME["waiting_hours"].most)
        why = _("Our estimate: {low} to {high} waits a week, each as long as a deploy.").format(low=low, high=high)
        defaults["waiting_hours"] = default_from_answers(Range(*(min(each, most) for each in hours)), why)
    for name, key, table in (
        ("oversized_share", "infra_cost", OVERSIZED),
        ("collision_hours", "team_collisions", COLLISIONS),
    ):
        chosen = [table[value] for value in answered_values(answers, key) if value in table]
        if chosen:
            ends = Range(Decimal(min(low for low, _high in chosen)), Decimal(max(high for _low, high in chosen)))
            defaults[name] = default_from_answers(ends, _(FIGURE_BY_NAME[name].why))
    for name, default in (measured or {}).items():
        # A pipeline does not see who waits for a slot before it starts: what people answered widens the range.
        answered = defaults.get(name)
        if name == "waiting_hours" and answered and answered.range.high > default.range.high:
            default = replace(default, range=Range(default.range.low, answered.range.high))
        defaults[name] = default
    return defaults


def defaults_from_files(files: Iterable[tuple[str, Content]], currency: str) -> dict[str, Default]:
    """What files of costs and deploys offer, each with its name, the newest first: the monthly cost where it is in this
    currency, and how long a release waits."""
    found: dict[str, Default] = {}
    for name, content in files:
        origin = _("from {file}").format(file=name)
        if isinstance(content, Cost):
            cost = count_cost(content)
            if cost.monthly is not None and cost.currency == currency:
                monthly = cost.monthly.quantize(Decimal("0.01"), ROUND_HALF_UP)
                found.setdefault("running_today", Default(range=Range(monthly, monthly), origin=origin))
        elif isinstance(content, Deploys):
            figures = count_deploys(content)
            if figures.median_waited_minutes is not None and figures.per_week is not None:
                each = Decimal(str(figures.median_waited_minutes)) / 60
                times = max(Decimal(1), Decimal(str(figures.per_week)))
                most = Decimal(FIGURE_BY_NAME["waiting_hours"].most)
                low, high = (min(hours.quantize(Decimal("0.1")), most) for hours in (each, each * times))
                why = _("A release waits {minutes} minutes: one a week, up to every one of them.")
                why = why.format(minutes=number(figures.median_waited_minutes))
                found.setdefault("waiting_hours", Default(range=Range(low, high), origin=origin, why=why))
    return found


def answered_values(answers: Answers, key: str) -> list[Any]:
    """The value of an answer, the values that several people gave, or nothing."""
    answer = answers.get(key)
    if answer is None:
        return []
    return [answer.value] if answer.value is not None else list(answer.between)


def answered_numbers(answers: Answers, key: str) -> list[Decimal]:
    """The same of a number. What an organisation's own questionnaire asks instead by this key is left out."""
    values = [value for value in answered_values(answers, key) if isinstance(value, int | float)]
    return [Decimal(str(value)) for value in values if 0 <= value <= MAX_ANSWER]


def default_from_answers(ends: Range, why: str = "") -> Default:
    return Default(range=ends, origin=_("from your answers"), why=why)


def read_inputs(
    content: Mapping[str, object], *, currency: str, defaults: Mapping[str, Default]
) -> tuple[Inputs | None, list[Issue]]:
    """The figures in `{"figures": {name: {"low": text, "high": text}}}`, and every mistake.

    An empty high end is a single figure. An issue's key is "hourly_cost-low" or "hourly_cost-high"; a figure without
    which there is no sum has the code "missing". None while there is any mistake.
    """
    issues: list[Issue] = []
    if currency not in CURRENCIES:
        issues.append(Issue(code="currency", key="currency", message=_("Choose a currency of the list")))
    found: dict[str, Input] = {}
    for figure in FIGURES:
        texts = texts_of(content, figure.name)
        default = defaults.get(figure.name)
        if not any(texts):
            if figure.name == "waiting_people" and default is None and "developers" in found:
                everybody = found["developers"]
                default = Default(range=everybody.range, origin=everybody.origin)
            if default is not None:
                found[figure.name] = Input(figure=figure, range=default.range, origin=default.origin, is_typed=False)
            elif figure.name in NEEDED:
                message = _("Enter “{label}”: without it there is no sum").format(label=_(figure.label))
                issues.append(Issue(code="missing", key=f"{figure.name}-low", message=message))
            continue
        if not texts[0]:
            message = _("Enter the low end too, or one figure in the first field only")
            issues.append(Issue(code="no_low_end", key=f"{figure.name}-low", message=message))
            continue
        ends = [
            read_end(figure, text, f"{figure.name}-{end}", currency)
            for end, text in (("low", texts[0]), ("high", texts[1] or texts[0]))
        ]
        wrong = [end for end in ends if isinstance(end, Issue)]
        if wrong:
            issues += wrong if texts[1] else wrong[:1]
            continue
        low, high = (end for end in ends if isinstance(end, Decimal))
        if low > high:
            message = _("The low end is above the high end: swap them")
            issues.append(Issue(code="swapped", key=f"{figure.name}-low", message=message))
            continue
        found[figure.name] = Input(figure=figure, range=Range(low, high), origin=_("typed"), is_typed=True)
    return (None if issues else Inputs(by_name=found, currency=currency)), issues


def texts_of(content: Mapping[str, object], name: str) -> tuple[str, str]:
    """Both ends of a figure as they were typed, "" where nothing was."""
    figures = content.get("figures")
    entry = figures.get(name) if isinstance(figures, Mapping) else None
    low, high = ((entry.get(end, "") if isinstance(entry, Mapping) else "") for end in ("low", "high"))
    return (low.strip() if isinstance(low, str) else "", high.strip() if isinstance(high, str) else "")


def is_empty(content: Mapping[str, object]) -> bool:
    """Whether nobody typed any figure."""
    return not any(any(texts_of(content, figure.name)) for figure in FIGURES)


def read_end(figure: Figure, text: str, key: str, currency: str) -> Decimal | Issue:
    """One end of a range, or what is wrong with it."""
    most = amount_words(Decimal(figure.most), currency) if figure.is_money else number(figure.most)
    enter = _("Enter a figure between 0 and {most}").format(most=most)
    if len(text) > MAX_LETTERS:
        return Issue(code="too_long", key=key, message=enter)
    typed = read_typed_number(text, unit_words(figure, currency))
    if not typed.values and figure.is_money and names_currency(typed.beside):
        message = _("Amounts here are in {currency}, without “{text}”: nothing is converted")
        return Issue(code="currency", key=key, message=message.format(currency=currency, text=shown(typed.beside)))
    try:
        value = choose_value(text, typed, enter=enter, most=figure.most, key=key)
    except ValidationFailed as failed:
        return failed.issues[0]
    if value % Decimal(1).scaleb(-PLACES):
        message = _("{enter}, with at most two decimals").format(enter=enter)
        return Issue(code="too_exact", key=key, message=message)
    return value.quantize(Decimal(1).scaleb(-PLACES)).normalize() + 0


def unit_words(figure: Figure, currency: str) -> tuple[str, ...]:
    """What may stand beside the digits."""
    if not figure.is_money:
        words = _(UNITS[figure.unit]).replace("{n}", "").strip()
        return (words, words.split()[0])
    sign = CURRENCIES.get(currency, "")
    last = sign[-1:] if unicodedata.category(sign[-1:] or " ") == "Sc" else sign
    return tuple(word for word in (currency, sign, last, CURRENCY_WORDS.get(currency, "")) if word)


def names_currency(text: str) -> bool:
    """Whether these words are a currency's code or sign, or have one in them."""
    return any(unicodedata.category(letter) == "Sc" for letter in text) or any(
        word.strip(".").upper() in CURRENCIES or word.casefold() in CURRENCY_WORDS.values() for word in text.split()
    )


def range_words(figure: Figure, ends: Range, currency: str) -> str:
    """The range with its unit: "6–12 months", "$60–$90 an hour"."""

    def words(value: Decimal) -> str:
        return amount_words(value, currency) if figure.is_money else number(plain(value))

    low, high = words(ends.low), words(ends.high)
    pattern = ONE[figure.unit] if ends.is_point and ends.low == 1 and figure.unit in ONE else UNITS[figure.unit]
    return pattern.format(n=low if ends.is_point else _("{low}–{high}").format(low=low, high=high))


def plain(value: Decimal) -> Decimal | int:
    """The value without zeros at its end."""
    return int(value) if value == value.to_integral_value() else value.normalize()
