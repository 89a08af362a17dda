"""The app × app matrix of a scan, as numbers for `templates/charts/matrix.html`, and its findings in words.

A row imports a column. Apps that others build on come first, so imports lie below the diagonal; those above it close a
cycle. Up to `MAX_PARTS` apps each have a row; of more, packages or the strongest apps have one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from assess.evidence.records import Scan
from assess.language import _, all_of, capitalised, ngettext, number, number_word

#: So many rows can be read on a page and on paper; packages are shown as rows where they are at least so many.
MAX_PARTS: Final = 40
FEWEST_PACKAGES: Final = 10
#: A pair changes together often from so many units of change, and so large a share of the mean of both apps' changes.
OFTEN_UNITS: Final = 5
OFTEN_SHARE: Final = 0.3
MOST_LISTED: Final = 20
MOST_NAMED: Final = 5  #: apps without a row that a sentence names
#: From how many imports a cell is darker.
DARKER_FROM: Final = (1, 5, 20)
#: Class and colour of a cell by how dark it is.
INKS: Final = (("", ""), ("band", "#b4c4dc"), ("calm", "#8ea6c8"), ("data", "#3b5f94"))
#: Units of the drawing: its width if cells may be so small or so large, and one letter of a name.
WIDTH: Final = 960
SMALLEST_SIDE: Final = 20
LARGEST_SIDE: Final = 40
LETTER: Final = 6.6
MOST_LETTERS: Final = 24
NUMBERS_FROM_SIDE: Final = 26  #: smaller cells have no room for a number


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One row and column: an app, or a group of them."""

    name: str
    apps: tuple[str, ...]

    @property
    def short_name(self) -> str:
        """The name with its end kept, which tells dotted names apart."""
        return self.name if len(self.name) <= MOST_LETTERS else f"…{self.name[1 - MOST_LETTERS :]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What the part at `row` has to do with the part at `column`. `imports` and `foreign_keys` lead from row to column,
    `to_cut` of the imports close a cycle; `together` counts the units of change of a pair that nothing else links."""

    row: int
    column: int
    imports: int = 0
    to_cut: int = 0
    foreign_keys: int = 0
    together: int = 0

    @property
    def depth(self) -> int:
        """How dark the cell is: 0 without imports, to 3."""
        return sum(self.imports >= least for least in DARKER_FROM)


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenPair:
    """Two apps that often change together, with no import, reference or foreign key between them."""

    first: str
    second: str
    together: int
    changes_first: int
    changes_second: int

    @property
    def share(self) -> float:
        """Changes together of the mean of both apps' changes."""
        return 2 * self.together / (self.changes_first + self.changes_second)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedPart:
    """A name, where its row and column begin, and the line that it is written on."""

    name: str
    start: int
    base: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedCell:
    """A cell, the corner that it begins at, and within it the place of the dot for its foreign keys."""

    cell: Cell
    x: int
    y: int
    dot: int

    @property
    def look(self) -> str:
        """Its class, without its prefix."""
        return INKS[self.cell.depth][0]

    @property
    def ink(self) -> str:
        return INKS[self.cell.depth][1]

    @property
    def is_dark(self) -> bool:
        return self.cell.depth == len(DARKER_FROM)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """For `charts/matrix.html`. `imports` and `to_cut` count the whole scan, also what lies within a group."""

    parts: tuple[Part, ...]
    cells: tuple[Cell, ...]
    alone: tuple[str, ...]  #: apps that nothing ties to another; they have no row
    grouped_by: Literal["", "package", "strength"]
    apps: int
    imports: int
    to_cut: int

    @property
    def finding(self) -> str:
        """What the matrix says, as a sentence without its full stop."""
        if not self.imports:
            return _("No app imports another")
        if not self.to_cut:
            return ngettext(
                "The {total} import between apps closes no cycle",
                "None of the {total} imports between apps closes a cycle",
                self.imports,
            ).format(total=number(self.imports))
        return ngettext(
            "{count} of {total} imports between apps points the wrong way",
            "{count} of {total} imports between apps point the wrong way",
            self.to_cut,
        ).format(count=number(self.to_cut), total=number(self.imports))

    @property
    def label(self) -> str:
        return _("Map of apps")

    @property
    def description(self) -> str:
        """What the drawing is, for somebody who does not see it."""
        return _("A row for each app; its cells show which apps it imports.")

    @property
    def grouping(self) -> str:
        """How apps were grouped, as a sentence; "" where each has a row of its own."""
        if self.grouped_by == "package":
            pattern = _("{apps} apps are too many to draw: each row is a package.")
        elif self.grouped_by == "strength":
            pattern = _("{apps} apps are too many to draw: those with the most links have a row, the others share one.")
        else:
            return ""
        return pattern.format(apps=number(self.apps))

    @property
    def instructions(self) -> str:
        """How to read the drawing, in sentences."""
        reading = _("Read a row: the app imports what its columns name. Above the diagonal, an import closes a cycle.")
        if self.grouped_by:
            reading = _("Read a row: it imports what its columns name. A frame marks what closes a cycle.")
        return _("{grouping} {reading}").format(grouping=self.grouping, reading=reading).strip()

    @property
    def alone_words(self) -> str:
        """Which apps have no row, as a sentence; "" where all have one."""
        if not self.alone:
            return ""
        if len(self.alone) > MOST_NAMED:
            return _("{count} apps have no link to another and no row.").format(count=len(self.alone))
        return _("No link to another app, and no row: {apps}.").format(apps=all_of(self.alone))

    @cached_property
    def linked_cells(self) -> tuple[Cell, ...]:
        """Cells with imports or foreign keys: those to cut first, then the most imports."""
        linked = [cell for cell in self.cells if cell.imports or cell.foreign_keys]
        return tuple(sorted(linked, key=lambda cell: (-cell.to_cut, -cell.imports, -cell.foreign_keys)))

    @property
    def linked_rows(self) -> tuple[tuple[str, str, Cell], ...]:
        """The table beside the drawing: from, to, and the counts."""
        return tuple((self.parts[cell.row].name, self.parts[cell.column].name, cell) for cell in self.linked_cells)

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The signs drawn, by the name of their sample, each with what it says."""
        few, some, many = DARKER_FROM
        signs = [
            ("band", _("{least}–{most} imports").format(least=few, most=some - 1), 1),
            ("calm", _("{least}–{most} imports").format(least=some, most=many - 1), 2),
            ("acute", _("{least} imports or more").format(least=many), 3),
        ]
        depths = {cell.depth for cell in self.cells}
        drawn = [(kind, words) for kind, words, depth in signs if depth in depths]
        if any(cell.to_cut for cell in self.cells):
            drawn.append(("cut", _("closes a cycle")))
        if any(cell.foreign_keys for cell in self.cells):
            drawn.append(("foreign_key", _("foreign keys")))
        if any(cell.together for cell in self.cells):
            drawn.append(("ring", _("only changes together")))
        return tuple(drawn)

    # where things are in the drawing

    @property
    def side(self) -> int:
        """Of a cell."""
        fitting = (WIDTH - self.margin) // max(len(self.parts), 1)
        return min(max(fitting, SMALLEST_SIDE), LARGEST_SIDE)

    @property
    def inner(self) -> int:
        """A cell's side within its borders."""
        return self.side - 2

    @property
    def half(self) -> int:
        return self.side // 2

    @property
    def margin(self) -> int:
        """The room for names, to the left of the cells and above them."""
        return round(max((len(part.short_name) for part in self.parts), default=0) * LETTER) + 12

    @property
    def names_end(self) -> int:
        return self.margin - 6

    @property
    def end(self) -> int:
        """The drawing's width and height, with the border of its last cells."""
        return self.margin + self.side * len(self.parts) + 1

    @property
    def has_numbers(self) -> bool:
        return self.side >= NUMBERS_FROM_SIDE

    @property
    def grid(self) -> str:
        """The path of all lines."""
        places = [self.margin + self.side * place for place in range(len(self.parts) + 1)]
        return "".join(
            f"M{self.margin} {place}H{self.end - 1}M{place} {self.margin}V{self.end - 1}" for place in places
        )

    @property
    def placed_parts(self) -> tuple[PlacedPart, ...]:
        starts = (self.margin + self.side * place for place in range(len(self.parts)))
        return tuple(
            PlacedPart(name=part.short_name, start=start, base=start + self.half + 4)
            for part, start in zip(self.parts, starts, strict=True)
        )

    @property
    def placed_cells(self) -> tuple[PlacedCell, ...]:
        return tuple(
            PlacedCell(
                cell=cell,
                x=self.margin + self.side * cell.column,
                y=self.margin + self.side * cell.row,
                dot=self.side - 6 if cell.imports else self.half,
            )
            for cell in self.cells
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenCoupling:
    """Pairs that only history shows, those that change together most first; `has_history` False where nobody looked."""

    pairs: tuple[HiddenPair, ...]
    has_history: bool

    @property
    def instructions(self) -> str:
        """What counts as often, as a sentence."""
        pattern = _("Often: in {units} changes or more, and in {share} % of what the two apps change on average.")
        return pattern.format(units=OFTEN_UNITS, share=round(100 * OFTEN_SHARE))

    @property
    def first_pairs(self) -> tuple[HiddenPair, ...]:
        """The pairs that a page lists."""
        return self.pairs[:MOST_LISTED]

    @property
    def more(self) -> int:
        """How many pairs are not listed."""
        return len(self.pairs) - len(self.first_pairs)

    @property
    def finding(self) -> str:
        if not self.has_history:
            return _("Without history, the scan cannot say which apps change together")
        if not self.pairs:
            return _("No two apps change together often without a link in the code")
        return ngettext(
            "{count} pair of apps often changes together without a link in the code",
            "{count} pairs of apps often change together without a link in the code",
            len(self.pairs),
        ).format(count=capitalised(number_word(len(self.pairs))))


def build_matrix(scan: Scan, most: int = MAX_PARTS) -> Matrix:
    """The matrix of this scan, with at most so many rows."""
    hidden = find_hidden_coupling(scan).pairs
    cut = {(each["from"], each["to"]): each["imports"] for each in scan.data["cycles"]["cut"]}
    pairs = [*scan.imports, *scan.foreign_keys, *cut, *((pair.first, pair.second) for pair in hidden)]
    tied = {app for pair in pairs for app in pair}
    ordered = order_apps(scan)
    parts, grouped_by = build_parts(scan, [app for app in ordered if app in tied], most)
    place_of = {app: place for place, part in enumerate(parts) for app in part.apps}
    counts: dict[tuple[int, int], dict[str, int]] = {}

    def add(source: str, target: str, field: str, count: int) -> None:
        row, column = place_of[source], place_of[target]
        if row != column and count:
            cell = counts.setdefault((row, column), {})
            cell[field] = cell.get(field, 0) + count

    for each in scan.data["imports"]:
        add(each["from"], each["to"], "imports", each["imports"])
    for (source, target), count in scan.foreign_keys.items():
        add(source, target, "foreign_keys", count)
    for (source, target), count in cut.items():
        add(source, target, "to_cut", count)
    for pair in hidden:
        # Between groups, other apps than these two may well be linked.
        if any(len(parts[place_of[app]].apps) > 1 for app in (pair.first, pair.second)):
            continue
        later, earlier = sorted((pair.first, pair.second), key=lambda app: place_of[app], reverse=True)
        add(later, earlier, "together", pair.together)
    return Matrix(
        parts=parts,
        cells=tuple(Cell(row=row, column=column, **cell) for (row, column), cell in sorted(counts.items())),
        alone=tuple(sorted(app for app in ordered if app not in tied)),
        grouped_by=grouped_by,
        apps=len(scan.apps),
        imports=scan.data["cycles"]["imports"],
        to_cut=sum(cut.values()),
    )


def order_apps(scan: Scan) -> tuple[str, ...]:
    """All apps, those first that others build on: the order of the scan from its end, then what that leaves out."""
    ids = [app.id for app in scan.apps]
    known = set(ids)
    ordered = [app for app in reversed(scan.data["cycles"]["order"]) if app in known]
    return tuple(dict.fromkeys((*ordered, *ids)))


def build_parts(
    scan: Scan, order: Sequence[str], most: int
) -> tuple[tuple[Part, ...], Literal["", "package", "strength"]]:
    """The rows of at most so many, in this order of apps, and how apps were grouped into them."""
    if len(order) <= most:
        return tuple(Part(name=app, apps=(app,)) for app in order), ""
    packages = group_by_package({app.id: app.module for app in scan.apps}, most)
    if len(packages) >= FEWEST_PACKAGES:
        place_of = {app: place for place, app in enumerate(order)}
        # A package stands where its apps stand in the mean.
        ranked = sorted(packages, key=lambda name: sum(place_of[app] for app in packages[name]) / len(packages[name]))
        return tuple(name_group(name, packages[name]) for name in ranked), "package"
    strength = dict.fromkeys(order, 0)
    for links in (scan.imports, scan.foreign_keys):
        for pair, count in links.items():
            for app in pair:
                strength[app] += count
    strongest = set(sorted(order, key=lambda app: -strength[app])[: most - 1])
    others = tuple(app for app in order if app not in strongest)
    return (
        *(Part(name=app, apps=(app,)) for app in order if app in strongest),
        Part(name=_("other {count} apps").format(count=len(others)), apps=others),
    ), "strength"


def name_group(package: str, apps: tuple[str, ...]) -> Part:
    if len(apps) == 1:
        return Part(name=apps[0], apps=apps)
    return Part(name=_("{package} ({count} apps)").format(package=package, count=len(apps)), apps=apps)


def group_by_package(modules: Mapping[str, str], most: int) -> dict[str, tuple[str, ...]]:
    """Apps by package, as deep as there are at most so many packages. `modules` is each app's dotted module.

    >>> group_by_package({"a": "shop.core.a", "b": "shop.core.b", "c": "shop.api.c"}, 2)
    {'shop.core': ('a', 'b'), 'shop.api': ('c',)}
    """
    deepest = max((module.count(".") + 1 for module in modules.values()), default=0)
    for depth in range(deepest, 0, -1):
        packages: dict[str, tuple[str, ...]] = {}
        for app, module in modules.items():
            package = ".".join(module.split(".")[:depth])
            packages[package] = (*packages.get(package, ()), app)
        if len(packages) <= most:
            return packages
    return {}


def find_hidden_coupling(scan: Scan) -> HiddenCoupling:
    """The pairs that change together often while nothing in the code links them.

    The limits are those of code-maat: five changes together, and 30 % of the mean of both.
    """
    pairs = []
    for (first, second), together in scan.together.items():
        either_way = ((first, second), (second, first))
        if any(pair in scan.imports or pair in scan.foreign_keys for pair in either_way):
            continue
        pair = HiddenPair(
            first=first,
            second=second,
            together=together,
            changes_first=max(scan.changes.get(first, 0), together),
            changes_second=max(scan.changes.get(second, 0), together),
        )
        if together >= OFTEN_UNITS and pair.share >= OFTEN_SHARE:
            pairs.append(pair)
    return HiddenCoupling(
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.together, pair.first, pair.second))),
        has_history=scan.data["history"] is not None,
    )
