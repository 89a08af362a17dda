"""What each reader of a format is, and what readers share: prices, apps by path, and the rows that they drop."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assess.measurements.records import MAX_DROPPED_LISTED, DroppedRow, Kind, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """What a core and a GiB of memory cost a month, in `currency` (three letters)."""

    core: Decimal
    gib: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a file cannot say by itself. `apps` gives the app of a path's beginning, as a scan knows it:
    `{"shop/orders/": "orders"}`. `now` is the time of reading, in seconds since 1970: what ends later is dropped."""

    prices: Prices | None = None
    apps: Mapping[str, str] = field(default_factory=dict)
    now: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonReader:
    """Reads a JSON document, which is parsed once for all readers. `recognises` looks at its shape only."""

    kind: Kind
    shape: str
    words: str  #: the format in plain words, marked for translation
    recognises: Callable[[object], bool]
    read: Callable[[object, Options], Reading]


@dataclass(frozen=True, kw_only=True, slots=True)
class LineReader:
    """Reads a text line by line, however long it is. `recognises` gets the first lines, without their ends."""

    kind: Kind
    shape: str
    words: str
    recognises: Callable[[Sequence[str]], bool]
    read: Callable[[Iterable[bytes], Options], Reading]


Reader = JsonReader | LineReader


class DropLog:
    """The rows that a reader drops: the first of them one by one, all of them counted by reason."""

    def __init__(self) -> None:
        self.by_reason: Counter[str] = Counter()
        self.listed: list[DroppedRow] = []

    def add(self, row: int, reason: str, words: str) -> None:
        """`row` counts from 1; `words` say why it is dropped, in the active language."""
        self.by_reason[reason] += 1
        if len(self.listed) < MAX_DROPPED_LISTED:
            self.listed.append(DroppedRow(row=row, reason=reason, words=words))
