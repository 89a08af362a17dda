"""Goals: the figures by which a plan is measured, from what they are before to what they have to become.

S3 says to measure every step; its table of before and after is the example. Which way is better, limits and units are
in `GOAL_FIGURES`; a goal with its readings is a `GoalLine`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from assess.advice.outcomes import OutcomeFigure, number_of_answer, read_figure
from assess.advice.plan_steps import CASE_REACHED
from assess.language import N_, Words, _, day, ngettext, number
from assess.measurements.facade import Content, Cost, Deploys, Load, count_cost, count_deploys
from assess.questionnaire.facade import ANY_CURRENCY, Answers, Issue, ValidationFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalFigure(OutcomeFigure):
    """A figure that goals are set for. `pattern` is a value in words; `case` what S3's shop told: name, before,
    after."""

    pattern: str
    more_is_better: bool = False
    case: tuple[str, str, str] | None = None

    @property
    def words(self) -> str:
        return _(self.label)

    @property
    def case_words(self) -> str:
        """What one case reached, "" where the source has no such figure."""
        if self.case is None:
            return ""
        return _("One shop went from {before} to {after}.").format(before=_(self.case[1]), after=_(self.case[2]))


GOAL_FIGURES: Final[Mapping[str, GoalFigure]] = {
    figure.slug: figure
    for figure in (
        GoalFigure(
            slug="deploy_minutes", label=N_("Minutes from merge to production"), named=N_("minutes"), most=10_080,
            units=("minute", "minutes"), question="deploy_minutes", pattern=N_("{value} minutes"),
            case=CASE_REACHED[0],
        ),
        GoalFigure(
            slug="deploys_per_week", label=N_("Deploys a week"), named=N_("deploys a week"), most=100_000,
            units=("deploy a week", "deploys a week"), question="deploys_per_week", pattern=N_("{value} a week"),
            more_is_better=True, case=CASE_REACHED[1],
        ),
        GoalFigure(
            slug="waiting_hours", label=N_("Hours a week that people wait for a release"), named=N_("hours a week"),
            most=100_000, units=("hour", "hours", "hours a week"), pattern=N_("{value} hours a week"),
        ),
        GoalFigure(
            slug="p95_ms", label=N_("Response time that 95 % of requests stay under"), named=N_("milliseconds"),
            most=10_000_000, units=("ms", "millisecond", "milliseconds"), pattern=N_("{value} ms"),
            case=CASE_REACHED[2],
        ),
        GoalFigure(
            slug="uptime", label=N_("Uptime"), named=N_("per cent"), most=100, units=("%", "percent", "per cent"),
            places=4, pattern=N_("{value} %"), more_is_better=True, case=CASE_REACHED[3],
        ),
        GoalFigure(
            slug="monthly_cost", label=N_("Cost of running it a month"), named=N_("an amount"), most=1_000_000_000,
            units=(ANY_CURRENCY,), pattern=N_("{currency}{value}"), case=CASE_REACHED[4],
        ),
        GoalFigure(
            slug="days_to_users", label=N_("Days from an idea to its users"), named=N_("days"), most=3_650,
            units=("day", "days"), pattern=N_("{value} days"), case=CASE_REACHED[5],
        ),
    )
}  # fmt: skip

GoalState = Literal["not_measured", "reached", "closer", "no_closer"]
GOAL_STATE_WORDS: Words[GoalState] = Words(
    {
        "not_measured": N_("Not measured since"),
        "reached": N_("Reached"),
        "closer": N_("Closer"),
        "no_closer": N_("No closer"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A figure as somebody measured it on a day, in which version of the assessment. `words` has the unit."""

    value: float
    words: str
    on: date
    by: str
    note: str = ""
    version: int = 0
    pk: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalLine:
    """One goal with its readings, the oldest first. `by` set it, in the version `version`; `pk` is its row."""

    figure: GoalFigure
    baseline: float
    target: float
    today: date
    by: str
    currency: str = ""
    target_on: date | None = None
    note: str = ""
    readings: tuple[Measured, ...] = ()
    version: int = 0
    pk: int = 0

    @property
    def now(self) -> Measured | None:
        return self.readings[-1] if self.readings else None

    @property
    def share(self) -> float:
        """How much of the way is done: 0 at the baseline, 1 at the target, below 0 where it is worse than before."""
        return (self.now.value - self.baseline) / (self.target - self.baseline) if self.now else 0

    @property
    def state(self) -> GoalState:
        if self.now is None:
            return "not_measured"
        return "reached" if self.share >= 1 else "closer" if self.share > 0 else "no_closer"

    @property
    def state_words(self) -> str:
        return GOAL_STATE_WORDS[self.state]

    @property
    def days_left(self) -> int | None:
        """Days to the day of the target, below 0 once it has passed; None without a day, and once it is reached."""
        return (self.target_on - self.today).days if self.target_on and self.state != "reached" else None

    @property
    def is_waited_for(self) -> bool:
        """Whether the day of its target is still to come, and it is not reached yet."""
        return self.days_left is not None and self.days_left >= 0

    @property
    def day_words(self) -> str:
        """By when, without counting days: paper is read later."""
        if self.target_on is None:
            return ""
        late = self.days_left is not None and self.days_left < 0
        return (_("By {day}: late.") if late else _("By {day}.")).format(day=day(self.target_on))

    @property
    def due_words(self) -> str:
        """By when, and how many days that leaves; "" without a day."""
        if self.target_on is None:
            return ""
        left = self.days_left
        until = _("By {day}").format(day=day(self.target_on))
        if left is None:
            return _("{until}.").format(until=until)
        if left < 0:
            late = ngettext("{until}: {count} day late.", "{until}: {count} days late.", -left)
            return late.format(until=until, count=number(-left))
        return ngettext("{until}: {count} day left.", "{until}: {count} days left.", left).format(
            until=until, count=number(left)
        )

    def say(self, value: float) -> str:
        """The value with its unit: "45 minutes"."""
        return say_figure(self.figure, value, self.currency)

    @property
    def way_words(self) -> str:
        """Before, now and target in one line."""
        pattern = _("{before} → {now} → {target}") if self.now else _("{before} → not measured yet → {target}")
        now = self.say(self.now.value) if self.now else ""
        return pattern.format(before=self.say(self.baseline), now=now, target=self.say(self.target))


def say_figure(figure: GoalFigure, value: float, currency: str) -> str:
    """The value with its unit; `currency` is what stands before an amount, "$" or "SEK "."""
    whole = int(value) if value == int(value) else value
    return _(figure.pattern).format(value=number(whole), currency=currency).strip()


def describe_goals(lines: Sequence[GoalLine]) -> str:
    """The finding: how many goals are reached, and how many are late; what to do while there is none."""
    if not lines:
        return _("Set a goal: what a figure is today, and what it has to become")
    reached = sum(line.state == "reached" for line in lines)
    late = sum(line.days_left is not None and line.days_left < 0 for line in lines)
    if not any(line.now for line in lines):
        head = ngettext(
            "{of} goal is set, and not measured yet", "{of} goals are set, and not measured yet", len(lines)
        )
    else:
        head = ngettext("{count} of {of} goals is reached", "{count} of {of} goals are reached", reached)
    head = head.format(count=number(reached), of=number(len(lines)))
    if not late:
        return head
    tail = ngettext("{count} is late", "{count} are late", late).format(count=number(late))
    return _("{head}; {tail}").format(head=head, tail=tail)


def read_goal(figure: GoalFigure, baseline: str, target: str) -> tuple[float, float]:
    """Both values as typed. Raises ValidationFailed by field ("baseline", "target"); the target has to be better."""
    values, issues = [], []
    for key, text in (("baseline", baseline), ("target", target)):
        try:
            values.append(read_figure(figure, key, text.strip()))
        except ValidationFailed as failed:
            issues += failed.issues
    if len(values) == 2 and not is_better(figure, values[1], values[0]):
        message = (
            _("Enter more than today’s figure: a goal improves it")
            if figure.more_is_better
            else _("Enter less than today’s figure: a goal improves it")
        )
        issues.append(Issue(code="no_better", key="target", message=message))
    if issues:
        raise ValidationFailed(issues)
    return values[0], values[1]


def is_better(figure: GoalFigure, value: float, than: float) -> bool:
    return value > than if figure.more_is_better else value < than


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """What a figure is today, as far as somebody knows already, and from where."""

    value: float
    source: str


def propose_baselines(answers: Answers, contents: Iterable[Content]) -> dict[str, Baseline]:
    """What measurements say of each figure, else the answers; by figure. `contents` are the last attached first."""
    found: dict[str, Baseline] = {}
    for figure in GOAL_FIGURES.values():
        value = number_of_answer(figure, answers)
        if value is not None:
            found[figure.slug] = Baseline(value=value, source=_("From your answer."))
    measured: dict[str, Baseline] = {}
    for content in contents:
        for slug, amount in measured_figures(content).items():
            measured.setdefault(slug, Baseline(value=amount, source=_("From the measurements attached.")))
    return found | measured


def measured_figures(content: Content) -> dict[str, float]:
    """The figures that goals are set for, as far as this file has them."""
    found: dict[str, float | None] = {}
    if isinstance(content, Deploys):
        deploys = count_deploys(content)
        found = {"deploy_minutes": deploys.median_minutes, "deploys_per_week": deploys.per_week}
    elif isinstance(content, Load):
        found = {"p95_ms": content.p95_ms}
    elif isinstance(content, Cost):
        monthly = count_cost(content).monthly
        found = {"monthly_cost": float(monthly) if monthly is not None else None}
    return {slug: round(value, 1) for slug, value in found.items() if value is not None}
