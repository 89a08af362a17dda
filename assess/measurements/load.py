"""Load by part: how readers add it up, the figures of a load, and what they propose as answers."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assess.evidence.facade import Proposal
from assess.language import N_, Words, _, number
from assess.measurements.records import Load, PartLoad, Reading
from assess.questionnaire.facade import only_visible

UNIT_WORDS: Words[str] = Words(
    {
        "seconds": N_("the time"),
        "samples": N_("the samples"),
        "requests": N_("the requests"),
        "values": N_("what the query counts"),
    }
)
#: The part of whatever belongs to none, or to too many small ones.
OTHER: Final = "other"
MAX_PARTS_READ: Final = 10_000  #: while a file is read
MAX_PARTS_KEPT: Final = 300  #: in what is stored
MAX_PART_LETTERS: Final = 120
#: A path that so few requests named may be a person's: `/alice`. Ours.
FEWEST_REQUESTS: Final = 5
#: In fewer parts than this, one is large whatever the load is. Ours.
FEWEST_PARTS: Final = 8
#: In per cent, as the questionnaire reads `hot_share`: acute is S3's recommendation engine, comfortable is ours.
COMFORTABLE_SHARE: Final = 20
ACUTE_SHARE: Final = 40
#: How many times the mean share the hottest part has to take, so that two equal halves are even. Ours.
DOMINATES_FROM: Final = 2.0
BUSIER_FROM: Final = 1.5

#: Steps of a path that say nothing about the part: what comes after them does.
PREFIXES: Final = re.compile(
    r"(?:api|rest|rpc|admin|app|web|internal|public|v\d{1,3}(?:\.\d{1,3})?"
    r"|(?:ar|cs|da|de|el|en|es|fi|fr|he|hi|hu|it|ja|ko|nb|nl|no|pl|pt|ro|ru|sv|tr|uk|zh)(?:-[a-z]{2})?)",
    re.IGNORECASE,
)
MAX_PREFIXES: Final = 3
#: Plain words with hyphens, dots and underscores: anything else in a path may name a person or a thing.
PLAIN_STEP: Final = re.compile(r"[A-Za-z][A-Za-z_.-]*(?:\d{1,2})?")
MAX_STEP_LETTERS: Final = 40


def path_part(path: str) -> str:
    """The part that a path belongs to: its first step after such as `api`, `v1`, `admin` or a language.

    Later steps are dropped, since a person may be in them. Steps that are ids, hashes or encoded are `{id}`.

    >>> path_part("/api/v1/orders/8812/lines?user=7"), path_part("/users/alice"), path_part("/9f3c2ad4e1/x")
    ('/api/v1/orders', '/users', '/{id}')
    """
    steps: list[str] = []
    for step in path.split("?", 1)[0].split("#", 1)[0].split("/"):
        if not step:
            continue
        is_plain = len(step) <= MAX_STEP_LETTERS and PLAIN_STEP.fullmatch(step)
        steps.append(step if is_plain else "{id}")
        if len(steps) > MAX_PREFIXES or not PREFIXES.fullmatch(step):
            break
    return "/" + "/".join(steps)


def clean_part(name: str) -> str:
    """A name as it is kept: a path as `path_part`, no address of mail or network, printable and not too long."""
    if "://" in name:
        name = "/" + name.split("://", 1)[1].partition("/")[2]
    if name.startswith("/"):
        return path_part(name)
    name = only_visible(name[: 2 * MAX_PART_LETTERS]).strip()[:MAX_PART_LETTERS]
    return OTHER if not name or "@" in name or re.search(r"\d{1,3}(\.\d{1,3}){3}", name) else name


def build_load(unit: str, totals: Mapping[str, float], p95_ms: float | None = None, rest: Iterable[str] = ()) -> Load:
    """A load of these totals, the largest first; the parts in `rest` and those that are too many are one, `OTHER`."""
    small = {OTHER, *rest}
    ranked = sorted(
        ((part, value) for part, value in totals.items() if part not in small and value > 0),
        key=lambda each: (-each[1], each[0]),
    )
    kept = ranked[:MAX_PARTS_KEPT]
    other = sum(value for _part, value in ranked[MAX_PARTS_KEPT:])
    other += sum(value for part, value in totals.items() if part in small and value > 0)
    parts = [PartLoad(part=part, value=round(value, 6)) for part, value in kept]
    if other:
        parts.append(PartLoad(part=OTHER, value=round(other, 6)))
    parts.sort(key=lambda each: (-each.value, each.part))
    return Load(unit=unit, parts=tuple(parts), p95_ms=p95_ms)


@dataclass(frozen=True)
class LoadFigures:
    """What a load says. Shares are of all of it, from 0 to 1; `OTHER` counts as load and as no part."""

    load: Load

    @cached_property
    def total(self) -> float:
        return math.fsum(each.value for each in self.load.parts)

    @cached_property
    def parts(self) -> tuple[PartLoad, ...]:
        return tuple(each for each in self.load.parts if each.part != OTHER)

    @property
    def hottest(self) -> PartLoad | None:
        return self.parts[0] if self.parts and self.total else None

    @property
    def hottest_share(self) -> float:
        return self.hottest.value / self.total if self.hottest else 0.0

    @property
    def top_fifth_share(self) -> float:
        """What the hottest 20 % of the parts take, rounded up to whole parts."""
        if not self.hottest:
            return 0.0
        return math.fsum(each.value for each in self.parts[: math.ceil(len(self.parts) / 5)]) / self.total

    @property
    def gini(self) -> float:
        """How unequal the parts are: 0 where all take the same, towards 1 where one takes everything.

        >>> LoadFigures(Load(unit="seconds", parts=(PartLoad(part="a", value=3), PartLoad(part="b", value=1)))).gini
        0.25
        """
        values = sorted(each.value for each in self.parts)
        total = math.fsum(values)
        if not total:
            return 0.0
        count = len(values)
        weighted = math.fsum(place * value for place, value in enumerate(values, start=1))
        return 2 * weighted / (count * total) - (count + 1) / count

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before trusting these figures, as sentences."""
        if len(self.parts) >= FEWEST_PARTS:
            return ()
        message = _("Only {count} parts: too few for the top 20 % and the Gini coefficient to mean much.")
        return (message.format(count=len(self.parts)),)


def load_by_part(readings: Iterable[Reading], apps: Sequence[str] = ()) -> Mapping[str, float]:
    """The share of each part in per cent, by the reading that says most about computing; {} without one.

    With `apps`, shares are by app: a part is the app that its name, or the first step of its name, is. What belongs to
    no app is left out.

    >>> load_by_part([reading_of({"/api/orders": 3, "search.views": 1})], apps=["orders", "search"])
    {'orders': 75.0, 'search': 25.0}
    """
    loads = [LoadFigures(each.content) for each in readings if isinstance(each.content, Load)]
    order = {"seconds": 0, "samples": 0, "requests": 2}
    loads = sorted((each for each in loads if each.hottest), key=lambda each: order.get(each.load.unit, 1))
    shares: dict[str, float] = {}
    by_name = {app.casefold(): app for app in apps}
    for figures in loads[:1]:
        for each in figures.parts:
            part: str | None = each.part
            if apps:
                names = (each.part, *re.split(r"[/.:]+", each.part))
                part = next((by_name[name.casefold()] for name in names if name.casefold() in by_name), None)
            if part is not None:
                shares[part] = shares.get(part, 0.0) + 100 * each.value / figures.total
    return {part: round(share, 1) for part, share in shares.items()}


def propose_load(reading: Reading) -> Iterator[Proposal]:
    """What a load says about `hot_share` and `scaling_profile`. Counted requests propose no answer."""
    assert isinstance(reading.content, Load)
    load, figures = reading.content, LoadFigures(reading.content)
    if figures.hottest is None:
        return
    part, share = figures.hottest.part, round(100 * figures.hottest_share, 1)
    times_mean = figures.hottest_share * len(figures.parts)
    is_work = load.unit != "requests"
    found = _("{part} takes {share} % of {unit}. The top 20 % of {count} parts take {top} %.").format(
        part=part,
        share=number(share),
        unit=UNIT_WORDS.get(load.unit, load.unit),
        count=number(len(figures.parts)),
        top=number(round(100 * figures.top_fifth_share)),
    )
    requests = (_("Requests are no computing: a rare request may cost the most. Log times to get an answer."),)
    yield Proposal(
        key="hot_share",
        value=share if is_work else None,
        confidence="counted" if is_work else "hint",
        figure="load.parts",
        found=found,
        limits=(*(() if is_work else requests), *figures.warnings, *reading.warnings),
    )
    profile = "even"
    if share >= COMFORTABLE_SHARE and times_mean >= BUSIER_FROM:
        profile = "one_part_dominates" if share >= ACUTE_SHARE and times_mean >= DOMINATES_FROM else "somewhat"
    found = _("{part} takes {times} times the mean of all parts. The Gini coefficient is {gini}.").format(
        part=part, times=number(round(times_mean, 1)), gini=number(round(figures.gini, 2))
    )
    yield Proposal(
        key="scaling_profile",
        value=profile if is_work else None,
        confidence="derived" if is_work else "hint",
        figure="load.parts",
        found=found,
        limits=(_("Whether machines are added for it, only the team knows."), *figures.warnings),
    )
