"""Where a scan's figures stand among monoliths that were measured with the same scanner, as numbers for
`templates/charts/standing.html`.

A figure alone says little: most monoliths have cycles. The measured ones are in `fixtures/evidence/monoliths.json` as
counts; shares are computed here, for them and for the scan alike.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from assess.evidence.records import Scan
from assess.language import N_, _, ngettext, number

#: Among fewer values a quartile says nothing.
FEWEST_FOR_QUARTILES: Final = 8
#: A share of fewer merged changes or commits tells nothing: some public projects have a cut history.
FEWEST_CHANGES: Final = 50
SMALL_SHARE: Final = 0.1  #: below this, a tenth of a per cent tells
#: Units of a strip of dots: where the least and the greatest value lie, and half its height.
STRIP_START: Final = 8
STRIP_END: Final = 292
STRIP_MIDDLE: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What the figures are computed from; None where a project has no history."""

    apps: int
    models: int
    foreign_keys_across: int
    imports_across: int
    imports_to_cut: int
    units: int | None
    units_across: int | None
    commits: int | None
    top_author_commits: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Monolith:
    """One measured project: what was scanned, and its counts."""

    name: str
    url: str
    commit: str
    committed_on: str
    counts: Counts

    @property
    def short_commit(self) -> str:
        return self.commit[:10]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One figure: the count `part`, or that of each `whole`; written as a share, a ratio or a count."""

    slug: str
    head: str  #: its name above a narrow column
    name: str
    part: str
    whole: str = ""
    form: Literal["share", "ratio", "count"]
    fewest: int = 1  #: of `whole` that there have to be

    def value_of(self, counts: Counts) -> float | None:
        """The figure of these counts; None where one of them is not known, or the whole is too small."""
        part: int | None = getattr(counts, self.part)
        if not self.whole:
            return part
        whole: int | None = getattr(counts, self.whole)
        return part / whole if part is not None and whole is not None and whole >= self.fewest else None

    def format(self, value: float | None) -> str:
        """The value in words: "16 %", "1.4" or "425"; "not known" for None."""
        if value is None:
            return _("not known")
        if self.form == "share":
            return _("{share} %").format(share=number(round(100 * value, 1 if value < SMALL_SHARE else None)))
        return number(round(value, 1) if self.form == "ratio" else round(value))


MEASURES: Final = (
    Measure(
        slug="cut_share",
        head=N_("To cut"),
        name=N_("Imports between apps to cut until no cycle is left"),
        part="imports_to_cut",
        whole="imports_across",
        form="share",
    ),
    Measure(
        slug="across_share",
        head=N_("Across apps"),
        name=N_("Changes that touch two or more apps"),
        part="units_across",
        whole="units",
        form="share",
        fewest=FEWEST_CHANGES,
    ),
    Measure(
        slug="foreign_keys",
        head=N_("Keys a model"),
        name=N_("Foreign keys between apps, for each model"),
        part="foreign_keys_across",
        whole="models",
        form="ratio",
    ),
    Measure(slug="models", head=N_("Models"), name=N_("Models"), part="models", form="count"),
    Measure(slug="apps", head=N_("Apps"), name=N_("Apps"), part="apps", form="count"),
    Measure(
        slug="top_author_share",
        head=N_("Top author"),
        name=N_("Commits by the most active author"),
        part="top_author_commits",
        whole="commits",
        form="share",
        fewest=FEWEST_CHANGES,
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingRow:
    """One figure of the scan among those of the monoliths that have it. `others` is sorted."""

    measure: Measure
    value: float | None
    others: tuple[float, ...]

    @property
    def name(self) -> str:
        return _(self.measure.name)

    @property
    def text(self) -> str:
        return self.measure.format(self.value)

    @property
    def below(self) -> int:
        """How many monoliths have less."""
        return 0 if self.value is None else sum(other < self.value for other in self.others)

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """The values that a quarter, half and three quarters of the monoliths lie below; None among too few."""
        if len(self.others) < FEWEST_FOR_QUARTILES:
            return None
        first, median, third = statistics.quantiles(self.others, n=4, method="inclusive")
        return first, median, third

    @property
    def words(self) -> str:
        """Where the scan stands: "more than 18 of 25"."""
        if self.value is None or not self.others:
            return _("nothing to compare")
        return _("more than {below} of {count}").format(below=self.below, count=len(self.others))

    # where things are on the strip

    def x_position(self, value: float) -> float:
        most = max((*self.others, self.value or 0)) or 1
        return round(STRIP_START + (STRIP_END - STRIP_START) * value / most, 1)

    @property
    def dots(self) -> tuple[float, ...]:
        return tuple(self.x_position(other) for other in self.others)

    @property
    def own_x(self) -> float | None:
        return None if self.value is None else self.x_position(self.value)

    @property
    def band(self) -> tuple[float, float, float] | None:
        """Where the middle half begins, its width, and where the median is."""
        if self.quartiles is None:
            return None
        first, median, third = map(self.x_position, self.quartiles)
        return first, round(third - first, 1), median


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """For `charts/standing.html`."""

    rows: tuple[StandingRow, ...]
    monoliths: tuple[Monolith, ...]

    @property
    def finding(self) -> str:
        """Where the share of imports to cut stands, as a sentence without its full stop."""
        if not self.monoliths:
            return _("No monolith was measured to compare with")
        cut_share = self.rows[0]
        if cut_share.value is None or not cut_share.others:
            return ngettext(
                "Your figures beside those of {count} measured monolith",
                "Your figures beside those of {count} measured monoliths",
                len(self.monoliths),
            ).format(count=len(self.monoliths))
        return ngettext(
            "{below} of {count} measured monolith has a smaller share of imports to cut",
            "{below} of {count} measured monoliths have a smaller share of imports to cut",
            len(cut_share.others),
        ).format(below=cut_share.below, count=len(cut_share.others))

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns of the table of all values, after the project's name."""
        return tuple(_(measure.head) for measure in MEASURES)

    @property
    def table(self) -> tuple[tuple[Monolith, tuple[tuple[str, str], ...]], ...]:
        """Each monolith with its figures in words, by their column."""
        return tuple(
            (
                monolith,
                tuple((_(measure.head), measure.format(measure.value_of(monolith.counts))) for measure in MEASURES),
            )
            for monolith in self.monoliths
        )


def build_standing(scan: Scan, monoliths: Sequence[Monolith]) -> Standing:
    """Each figure of the scan among those of the monoliths."""
    own = count_scan(scan)
    rows = []
    for measure in MEASURES:
        known = [value for one in monoliths if (value := measure.value_of(one.counts)) is not None]
        rows.append(StandingRow(measure=measure, value=measure.value_of(own), others=tuple(sorted(known))))
    return Standing(rows=tuple(rows), monoliths=tuple(sorted(monoliths, key=lambda one: one.name.lower())))


def count_scan(scan: Scan) -> Counts:
    """The counts of a scan, as a monolith in the fixture has them."""
    cycles, history, people = scan.data["cycles"], scan.data["history"], scan.data["people"]
    return Counts(
        apps=sum(app.kind == "app" for app in scan.apps),
        models=sum(scan.models_of.values()),
        foreign_keys_across=sum(scan.foreign_keys.values()),
        imports_across=cycles["imports"],
        imports_to_cut=sum(each["imports"] for each in cycles["cut"]),
        units=history["units"] if history else None,
        units_across=history["across_apps"] if history else None,
        commits=people["commits"] if people else None,
        top_author_commits=people["top_author_commits"] if people else None,
    )


def load_monoliths(document: Mapping[str, Any]) -> tuple[Monolith, ...]:
    """The measured monoliths of the fixture's JSON. The file is ours, so it is not checked; a test reads it."""
    names = [field.name for field in fields(Counts)]
    return tuple(
        Monolith(
            name=raw["name"],
            url=raw["url"],
            commit=raw["commit"],
            committed_on=raw["committed_on"],
            counts=Counts(**{name: raw["counts"][name] for name in names}),
        )
        for raw in document["monoliths"]
    )
