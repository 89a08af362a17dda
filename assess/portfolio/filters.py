"""The portfolio's filters and orders: read from an address, written back to it, and as database conditions.

A value that no link of ours holds is dropped, so that an old address still shows something.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from assess.assessments.facade import NEWEST_FIRST, AssessmentQuerySet, Order, State, latest_day_before
from assess.decision.facade import FORM_WORDS, GATE_WORDS, VERDICTS
from assess.language import N_, Words
from assess.questionnaire.facade import name_key
from assess.web.facade import LARGEST_ID, parse_number

#: The verdict filter's value for systems that have none yet.
NO_VERDICT: Final = "none"
#: A gate in words, by its state; "" for failed or open.
GATE_STATE_WORDS: Final = Words(
    {"": N_("{gate}: not passed"), "failed": N_("{gate}: failed"), "open": N_("{gate}: open")}
)
MONTHS: Final = (1, 3, 6, 12, 24)
ORDERS: Final = {
    order.slug: order
    for order in (
        NEWEST_FIRST,
        Order(slug="name", label=N_("Name, from A"), field="system_name", descending=False),
        Order(slug="-name", label=N_("Name, from Z"), field="system_name", descending=True),
        Order(slug="age", label=N_("Oldest verdict"), field="current_verdict_at", descending=False),
        Order(slug="-age", label=N_("Newest verdict"), field="current_verdict_at", descending=True),
        Order(slug="need", label=N_("Greatest need"), field="need", descending=True),
        Order(slug="-need", label=N_("Least need"), field="need", descending=False),
        Order(slug="readiness", label=N_("Readiest"), field="readiness", descending=True),
        Order(slug="-readiness", label=N_("Least ready"), field="readiness", descending=False),
    )
}
MAX_TEXT: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """One way to look at a portfolio. Every field is as the address has it, "" where nothing was chosen."""

    verdict: str = ""
    form: str = ""
    state: str = ""
    team: str = ""
    edition: str = ""
    months: str = ""  #: the verdict is at least so many months old
    gate: str = ""  #: "tracing", "tracing/failed" or "tracing/open"
    q: str = ""  #: part of a name
    sort: str = ""

    @property
    def order(self) -> Order:
        """The chosen order; without a choice the usual one, or the oldest verdict first where an age is chosen."""
        return ORDERS[self.sort or ("age" if self.months else NEWEST_FIRST.slug)]

    @property
    def any_chosen(self) -> bool:
        """Whether some filter is chosen; the order is none."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "sort")

    def query(self, **more: object) -> str:
        """The part of an address after "?"; `more` are further parameters."""
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in {**chosen, **more}.items() if value not in ("", None)})

    def in_order(self, systems: AssessmentQuerySet) -> AssessmentQuerySet:
        """The systems in the chosen order. An order by age leaves those without a verdict out."""
        if self.order.field == "current_verdict_at":
            systems = systems.filter(current_verdict_at__isnull=False)
        return systems.order_by(*self.order.columns())

    def condition(self, *, today: date, zone: tzinfo) -> Q:
        """What a system's newest version must fulfil. `today` and `zone` are the workspace's."""
        condition = Q()
        if self.verdict:
            condition &= Q(current_verdict="" if self.verdict == NO_VERDICT else self.verdict)
        if self.form:
            condition &= Q(current_verdict_form=self.form)
        if self.state:
            condition &= Q(state=self.state)
        if self.team:
            condition &= Q(team=int(self.team))
        if self.edition:
            condition &= Q(edition=int(self.edition))
        if self.months:
            condition &= Q(current_verdict_at__lt=end_of_day(latest_day_before(today, int(self.months)), zone))
        if self.gate:
            gate, _slash, state = self.gate.partition("/")
            condition &= Q(**{f"gates_not_passed__{gate}": state}) if state else Q(gates_not_passed__has_key=gate)
        if self.q:
            condition &= Q(system_name__contains=name_key(self.q))
        return condition


def read_filters(parameters: Mapping[str, str]) -> Filters:
    """The filters of an address: the parameters of `request.GET` or of a saved view."""
    texts = {name: " ".join(value.split())[:MAX_TEXT] for name, value in parameters.items()}

    def one_of(name: str, known: object) -> str:
        text = texts.get(name, "")
        return text if text in known else ""  # type: ignore[operator]  # any container of texts

    def number(name: str, largest: int) -> str:
        parsed = parse_number(texts.get(name, ""), largest)
        return str(parsed) if parsed else ""

    text = texts.get("q", "")
    return Filters(
        verdict=one_of("verdict", (*VERDICTS, NO_VERDICT)),
        form=one_of("form", FORM_WORDS),
        state=one_of("state", State.values),
        team=number("team", LARGEST_ID),
        edition=number("edition", LARGEST_ID),
        months=number("months", 120),
        gate=one_of("gate", dict(gate_choices())),
        q="" if "\x00" in text else text,
        sort=one_of("sort", ORDERS),
    )


def gate_choices() -> list[tuple[str, str]]:
    """What the gate filter offers, as value and words."""
    return [
        (f"{gate}/{state}" if state else gate, words.format(gate=name))
        for state, words in GATE_STATE_WORDS.items()
        for gate, name in GATE_WORDS.items()
    ]


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The moment at which this day ends in this time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()), zone)
