"""The kinds of report that the queue renders, each registered by the room that knows it.

Rooms above this one register theirs when the site starts (`assess.apps`), so the queue imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from assess.people.facade import User
from assess.reports.content.data import Attachment, Paper
from assess.reports.models import FOR_EVER, Report, ReportKind


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderJob:
    """What a PDF is rendered from, and what its row stores beside the bytes.

    `key` is the hash of all that goes into the PDF; `left_out` names in a sentence the chapters that the reader's
    choice leaves out; `review_step` is the number of the review event that it shows, 0 before the first; `valid_until`
    is when a day has passed that it tells of as still to come.
    """

    html: str
    file_name: str
    attachment: Attachment | None
    dated: date
    key: str
    paper: Paper = "A4"
    left_out: str = ""
    is_final: bool = False
    review_step: int = 0
    valid_until: datetime = FOR_EVER


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalPage:
    """The words of the page of a personal report. `back` is the address it was requested from."""

    heading: str
    sentence: str
    back: str
    back_words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """How one kind of report is made: `build_job` for its PDF, and `build_page` where reports of it are personal.

    `build_page` runs before anything of the row is shown. It raises Http404 or PermissionDenied for people
    who may not, or no longer, see what the report shows.
    """

    build_job: Callable[[Report], RenderJob]
    build_page: Callable[[Report, User], PersonalPage] | None = None


_specs: Final[dict[str, KindSpec]] = {}


def register_kind(kind: ReportKind, spec: KindSpec) -> None:
    """Makes the queue know a kind. Once for each, when the site starts."""
    _specs[kind] = spec


def get_kind_spec(report: Report) -> KindSpec:
    """The registered spec of this report's kind. Raises KeyError for one that nobody registered."""
    return _specs[report.kind]
