"""What an architect asks the portfolio for: which systems, in which order. Read from an address and written back to it.

Decides: which filters and orders there are and what each means in the database. What no link of ours says is left out,
so that an old address still shows something.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from assess.assessments.facade import Order, State, add_months
from assess.decision.facade import FORM_WORDS, GATE_WORDS, VERDICTS
from assess.language import N_, Words
from assess.web.facade import LARGEST_ID, read_number

#: Instead of a verdict: systems that have none yet.
NO_VERDICT: Final = "none"
#: A gate and how it stands, "" for failed or open.
GATE_IS: Final = Words({"": N_("{gate}: not passed"), "failed": N_("{gate}: failed"), "open": N_("{gate}: open")})
MONTHS: Final = (1, 3, 6, 12, 24)
ORDERS: Final = {
    order.slug: order
    for order in (
        Order(slug="updated", words=N_("Last changed"), field="updated_at", descending=True),
        Order(slug="name", words=N_("Name, from A"), field="system_name", descending=False),
        Order(slug="-name", words=N_("Name, from Z"), field="system_name", descending=True),
        Order(slug="age", words=N_("Oldest verdict"), field="standing_at", descending=False),
        Order(slug="-age", words=N_("Newest verdict"), field="standing_at", descending=True),
        Order(slug="need", words=N_("Greatest need"), field="need", descending=True),
        Order(slug="-need", words=N_("Least need"), field="need", descending=False),
        Order(slug="readiness", words=N_("Readiest"), field="readiness", descending=True),
        Order(slug="-readiness", words=N_("Least ready"), field="readiness", descending=False),
    )
}
DEFAULT_ORDER: Final = "updated"
#: Up to so many systems a search finds what stands anywhere in a name; beyond, what names begin with, which an index
#: answers.
CONTAINS_UP_TO: Final = 10_000
LONGEST: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """One way to look at a portfolio. Every field is as it stands in the address, "" where it was not chosen."""

    verdict: str = ""
    form: str = ""
    state: str = ""
    team: str = ""
    edition: str = ""
    months: str = ""  #: the verdict is at least so many months old
    gate: str = ""  #: "tracing", "tracing/failed" or "tracing/open"
    q: str = ""
    sort: str = ""

    @property
    def order(self) -> Order:
        # Old verdicts are those of systems that nobody has changed for long: the last of the usual order.
        return ORDERS[self.sort or ("age" if self.months else DEFAULT_ORDER)]

    @property
    def are_any(self) -> bool:
        """Whether it leaves any system out (the order aside)."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "sort")

    def query(self, **more: object) -> str:
        """As the part of an address after "?"."""
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in {**chosen, **more}.items() if value not in ("", None)})

    def led_by(self, *, today: date) -> Q:
        """What the index of the order answers by itself, so that nothing has to be looked through for it."""
        found = Q()
        if self.order.field == "standing_at":
            found &= Q(standing_at__isnull=False)
            if self.months:
                found &= Q(standing_at__lt=months_ago(today, self.months))
        if self.verdict and self.order.field in ("need", "readiness"):
            found &= Q(standing_verdict=self._standing_verdict)
        return found

    def condition(self, *, today: date, anywhere: bool) -> Q | None:
        """What else a system must fulfil; None where everything fits.

        `anywhere`: the text may stand anywhere in a name, else a name begins with it.
        """
        found = Q()
        if self.verdict and self.order.field not in ("need", "readiness"):
            found &= Q(standing_verdict=self._standing_verdict)
        if self.form:
            found &= Q(standing_form=self.form)
        if self.state:
            found &= Q(state=self.state)
        if self.team:
            found &= Q(team=int(self.team))
        if self.edition:
            found &= Q(edition=int(self.edition))
        if self.months and self.order.field != "standing_at":
            found &= Q(standing_at__lt=months_ago(today, self.months))
        if self.gate:
            gate, _slash, state = self.gate.partition("/")
            found &= Q(**{f"gates_not_passed__{gate}": state}) if state else Q(gates_not_passed__has_key=gate)
        if self.q:
            found &= Q(system_name__contains=self.q.lower()) if anywhere else Q(system_name__startswith=self.q.lower())
        return found or None

    @property
    def _standing_verdict(self) -> str:
        return "" if self.verdict == NO_VERDICT else self.verdict


def read_filters(given: Mapping[str, str]) -> Filters:
    """The filters of an address (`request.GET` or a saved view's)."""
    texts = {name: " ".join(given.get(name, "").split())[:LONGEST] for name in given}

    def one_of(name: str, known: object) -> str:
        text = texts.get(name, "")
        return text if text in known else ""  # type: ignore[operator]  # any container of texts

    def number(name: str, largest: int) -> str:
        found = read_number(texts.get(name, ""), largest)
        return str(found) if found else ""

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
    """What can be asked of gates, as value and words."""
    return [
        (f"{gate}/{state}" if state else gate, words.format(gate=name))
        for state, words in GATE_IS.items()
        for gate, name in GATE_WORDS.items()
    ]


def months_ago(today: date, months: str) -> datetime:
    """The beginning of the day so many months before today."""
    return timezone.make_aware(datetime.combine(add_months(today, -int(months)), time()))
