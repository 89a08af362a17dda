"""What is read from a file of deploys, load, cost or calls: plain counts and times. The contract between readers,
rows and proposals.

A reader gets bytes and gives a `Reading`: what was recognised, how its fields were mapped, which rows were dropped and
why, and the content. Names of people, addresses and texts never get into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from assess.language import N_, Words

Kind = Literal["deploys", "load", "cost", "calls"]
KIND_WORDS: Words[str] = Words(
    {"deploys": N_("Deploys"), "load": N_("Load"), "cost": N_("Cost"), "calls": N_("Calls between services")}
)
#: Dropped rows that a reading lists one by one; the rest is counted by reason.
MAX_DROPPED_LISTED: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedField:
    """A field of ours and where it came from: a column's name, a path in JSON, a group of a pattern."""

    field: str  #: the slug: "started", "finished", "result", "part", "value" …
    source: str
    note: str = ""  #: what was converted: "seconds since 1970", "MiB"


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedRow:
    """A row that does not count. `row` is its line or place in the file, from 1; `words` say why, and what to do."""

    row: int
    reason: str  #: a slug, to count by: "no_time", "not_production", "running" …
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deploy:
    """One run that brought, or tried to bring, code to production. Times are seconds since 1970, UTC.

    `minutes` is from the merge, or where that is not known from when the run was created, to its end.
    """

    finished: int
    minutes: float
    result: Literal["success", "failure", "cancelled"]
    waited_minutes: float | None = None  #: from created to started
    service: str = ""  #: what was deployed, where the file says it


@dataclass(frozen=True, kw_only=True, slots=True)
class Deploys:
    """All deploys of a file, the oldest first."""

    deploys: tuple[Deploy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartLoad:
    """What one part took: `value` in the unit of its `Load`."""

    part: str  #: an app, a view, a path's first steps, a service
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The load by part, the largest first. `unit` says what is counted: "seconds", "samples", "requests"."""

    unit: str
    parts: tuple[PartLoad, ...]
    p95_ms: float | None = None  #: of all requests, where the file has times


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """One deployment of a cluster: what it asks for in all its replicas."""

    name: str
    replicas: int
    cpu: float  #: cores in all
    memory_gib: float  #: GiB in all
    monthly: Decimal | None = None  #: by the prices that were given; None without prices


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What runs and what it costs a month. `currency` is "" where no price was given."""

    workloads: tuple[Workload, ...]
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One service that calls another. `times` within the traces of the file; `deepest` is the longest chain of
    synchronous calls it is part of, 1 for a call that ends there."""

    caller: str
    callee: str
    times: int
    is_synchronous: bool = True
    most_in_a_trace: int = 1  #: how often it was called within one trace: N+1 shows here
    deepest: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    """Who calls whom. `databases` names, by service, the databases that its spans name."""

    calls: tuple[Call, ...]
    traces: int
    databases: Mapping[str, tuple[str, ...]]


Content = Deploys | Load | Cost | Calls


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one file says. `shape` is the slug of the format: "github_rest", "access_log", "otlp" …"""

    kind: Kind
    shape: str
    shape_words: str  #: the format's name in plain words: "GitHub Actions, from the REST API"
    mapping: tuple[MappedField, ...]
    rows_read: int
    dropped: tuple[DroppedRow, ...]  #: the first `MAX_DROPPED_LISTED`
    dropped_by_reason: Mapping[str, int]  #: all of them
    content: Content
    warnings: tuple[str, ...] = ()  #: what to know before trusting it: "Only 3 days. A week or more says more."
