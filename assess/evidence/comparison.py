"""Two scans of one system compared: whether the parts moved closer together or apart, and which ones.

Decides: which figures and pairs differ, and which way. Does not decide: whether that is good; a new app brings imports
with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from assess.evidence.boundaries import count_exceptions
from assess.evidence.records import Scan
from assess.language import N_, _, number

#: Pairs of apps that are listed, those that moved most.
MAX_PAIRS: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure of a scan, and of the scan before it where there is one. None is "not known". Shares are 0 to 1."""

    code: str
    words: str
    now: float | None
    before: float | None = None
    is_share: bool = False

    @property
    def change(self) -> str:
        """`up`, `down`, `same`, or "" where one of the two is not known."""
        if self.now is None or self.before is None:
            return ""
        return "same" if self.now == self.before else "up" if self.now > self.before else "down"

    @property
    def now_in_words(self) -> str:
        return self.in_words(self.now)

    @property
    def before_in_words(self) -> str:
        return self.in_words(self.before)

    def in_words(self, value: float | None) -> str:
        if value is None:
            return _("not known")
        return _("{share} %").format(share=number(round(100 * value, 1))) if self.is_share else number(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class PairChange:
    """How much more or less one app uses another; `kind` is "imports" or "foreign_keys"."""

    kind: str
    from_app: str
    to_app: str
    before: int
    now: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanComparison:
    """What changed from one scan to the next. `pairs`, `new_apps` and `gone_apps` are empty where `why_not_by_name`
    says why apps cannot be told apart by name."""

    figures: tuple[Figure, ...]
    pairs: tuple[PairChange, ...] = ()
    pairs_left_out: int = 0
    new_apps: tuple[str, ...] = ()
    gone_apps: tuple[str, ...] = ()
    why_not_by_name: str = ""


def count_imports(scan: Scan) -> int:
    """Imports between apps as cycles count them, without references in strings: what the share to cut is a share of."""
    count: int = scan.data["cycles"]["imports"]
    return count


def sum_of_foreign_keys(scan: Scan) -> int:
    return sum(scan.foreign_keys.values())


def count_apps(scan: Scan) -> int:
    return sum(app.kind == "app" for app in scan.apps)


def count_changes(scan: Scan) -> int | None:
    history = scan.data["history"]
    return history["units"] if history else None


def count_active_authors(scan: Scan) -> int | None:
    people = scan.data["people"]
    return people["active_authors"] if people else None


#: code, words, how it is read, whether it is a share.
FIGURES: Final[tuple[tuple[str, str, Callable[[Scan], float | None], bool], ...]] = (
    ("files", N_("Python files"), lambda scan: scan.data["files"]["python"], False),
    ("apps", N_("Django apps"), count_apps, False),
    ("models", N_("Models with a table"), lambda scan: sum(scan.models_of.values()), False),
    ("foreign_keys", N_("Foreign keys across apps"), sum_of_foreign_keys, False),
    ("imports", N_("Imports across apps"), count_imports, False),
    ("cut_share", N_("Share of them to cut until no cycle is left"), lambda scan: scan.cut_share, True),
    ("exceptions", N_("Exceptions to its boundaries: modules that import one above them"), count_exceptions, False),
    ("units", N_("Merged changes in the months scanned"), count_changes, False),
    ("across_share", N_("Share of them that touch two apps or more"), lambda scan: scan.across_share, True),
    ("active_authors", N_("People with five commits or more"), count_active_authors, False),
)


def build_figures(scan: Scan, before: Scan | None = None) -> tuple[Figure, ...]:
    """The figures of a scan, in the order in which they are shown, with those of the scan before it."""
    return tuple(
        Figure(code=code, words=_(words), now=read(scan), before=read(before) if before else None, is_share=is_share)
        for code, words, read, is_share in FIGURES
    )


def compare_scans(before: Scan, after: Scan) -> ScanComparison:
    """What changed from `before` to `after`, two scans of the same system."""
    figures = build_figures(after, before)
    if before.data["anonymised"] or after.data["anonymised"]:
        # app-3 of one scan may be another app than app-3 of the next.
        reason = _("Names are replaced in one of the two scans, so single apps can’t be compared.")
        return ScanComparison(figures=figures, why_not_by_name=reason)
    if before.data["repository"]["name"] != after.data["repository"]["name"]:
        pattern = _("The scan before is of another repository ({name}), so single apps are not compared.")
        reason = pattern.format(name=before.data["repository"]["name"])
        return ScanComparison(figures=figures, why_not_by_name=reason)
    pairs = [
        *pair_changes("foreign_keys", before.foreign_keys, after.foreign_keys),
        *pair_changes("imports", before.imports, after.imports),
    ]
    pairs.sort(key=lambda pair: (-abs(pair.now - pair.before), pair.kind, pair.from_app, pair.to_app))
    old, new = ({app.id for app in scan.apps} for scan in (before, after))
    return ScanComparison(
        figures=figures,
        pairs=tuple(pairs[:MAX_PAIRS]),
        pairs_left_out=max(0, len(pairs) - MAX_PAIRS),
        new_apps=tuple(sorted(new - old)),
        gone_apps=tuple(sorted(old - new)),
    )


def pair_changes(
    kind: str, before: Mapping[tuple[str, str], int], after: Mapping[tuple[str, str], int]
) -> list[PairChange]:
    """A change for each pair of apps whose counts differ."""
    return [
        PairChange(kind=kind, from_app=pair[0], to_app=pair[1], before=before.get(pair, 0), now=after.get(pair, 0))
        for pair in {*before, *after}
        if before.get(pair, 0) != after.get(pair, 0)
    ]
