"""The kinds of report that the queue makes, each with the room that knows it.

Decides: what a room says of its reports: what goes on paper, and what the page of one says, and to whom. Rooms above
this one register theirs when the site starts (`assess.apps`), so the queue imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from assess.people.facade import User
from assess.reports.attached import AttachedData
from assess.reports.data import Paper
from assess.reports.models import Report, ReportKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Manuscript:
    """What a row is rendered from, and what is kept with the bytes. `key` is the hash of all that goes into the PDF;
    `left_out` the sentence that says what the reader's choice leaves out."""

    html: str
    file_name: str
    attached: AttachedData | None
    dated: date
    key: str
    paper: Paper = "A4"
    left_out: str = ""
    is_final: bool = False
    stands_on: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What the page of somebody's own report says: `back` is the address that it was asked for at."""

    heading: str
    sentence: str
    back: str
    back_words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """`page` is for kinds that are somebody's own. It is asked each time that anything of the row is shown, and raises
    Http404 or PermissionDenied for whoever may not, or no longer, see what the report shows."""

    manuscript: Callable[[Report], Manuscript]
    page: Callable[[Report, User], Page] | None = None


_kinds: Final[dict[str, Kind]] = {}


def register(name: ReportKind, kind: Kind) -> None:
    """Once for each kind, when the site starts."""
    _kinds[name] = kind


def kind_of(report: Report) -> Kind:
    return _kinds[report.kind]


__all__ = ["Kind", "Manuscript", "Page", "kind_of", "register"]
