"""Already in services: the signs of a distributed monolith, and which services to merge first.

`service_ties` finds ties and groups; here they become findings, a drawing, and what is not known yet with how to find
out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from assess.advice.pitfalls import MANY_CALLS, Facts
from assess.advice.service_ties import (
    LONG_CHAIN,
    MOST_IN_A_GROUP,
    POINTS,
    MergeGroup,
    Tie,
    build_groups,
    find_ties,
    users_of_databases,
)
from assess.decision.facade import THRESHOLDS
from assess.evidence.facade import Cell, Matrix, Part
from assess.language import N_, Words, _, all_of, ngettext, number
from assess.measurements.facade import Calls, Deploy

SHAPES_WITH_SERVICES: Final = ("services", "monolith_with_services")
SIGNS: Final = "distributed_monolith_signs"
MAX_ROWS: Final = 40  #: of the drawing
State = Literal["yes", "no", "unknown"]
STATE_WORDS: Words[State] = Words({"yes": N_("Yes"), "no": N_("No"), "unknown": N_("Not known")})
#: What merging comes to, with whose advice it is.
MERGE_STEPS: Final[tuple[tuple[str, str], ...]] = (
    (N_("Give the group one owner before anything moves: one team for one business area."), "S3"),
    (N_("Put the code into one deployable, each service as a module that others call by its public interface."), "S3"),
    (N_("Let the gateway send the old addresses to the new deployable, so that no caller changes."), "S3, S4"),
    (N_("Turn calls inside the group into function calls, and its databases into schemas of one."), "S3, ours"),
    (N_("Delete the old services after two stable weeks, and measure the deploy again."), "S3"),
)
#: What it brought somewhere, with its source.
MERGE_STORY: Final = (
    N_(
        "A company removed 32 of 47 services in six weeks; its deploys had taken four hours, against 20 minutes before."
    ),
    "S3",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignCheck:
    """One sign of a distributed monolith: as the team answered, and as files show it ("" where none does)."""

    title: str
    answered: State
    measured: str

    @property
    def answered_words(self) -> str:
        return STATE_WORDS[self.answered]


@dataclass(frozen=True, kw_only=True)
class CallMatrix(Matrix):
    """Who calls whom, for `charts/matrix.html`. A cell counts calls in 100 traces; a frame marks a long chain, a ring
    services that are released together, a dot a shared database."""

    traces: int

    @property
    def finding(self) -> str:
        longest = sum(bool(cell.to_cut) for cell in self.cells)
        return ngettext(
            "{count} pair of {services} services calls each other in chains of three or more",
            "{count} pairs of {services} services call each other in chains of three or more",
            longest,
        ).format(count=number(longest), services=number(self.apps))

    @property
    def label(self) -> str:
        return _("Who calls whom")

    @property
    def description(self) -> str:
        return _("A row for each service; its cells show which services it calls.")

    @property
    def instructions(self) -> str:
        return _("Read a row: the service calls what its columns name. Services to merge stand side by side.")

    @property
    def alone_words(self) -> str:
        if not self.alone:
            return ""
        return ngettext(
            "{count} service has no row: it comes last in the order above, or calls least.",
            "{count} services have no row: they come last in the order above, or call least.",
            len(self.alone),
        ).format(count=number(len(self.alone)))

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        words = {
            "band": _("1–4 calls in 100 traces"),
            "calm": _("5–19 calls"),
            "acute": _("20 calls or more"),
            "cut": _("in a chain of three or more"),
            "foreign_key": _("share a database"),
            "ring": _("only released together"),
        }
        drawn = {kind for kind, _words in super().key}
        return tuple((kind, text) for kind, text in words.items() if kind in drawn)


@dataclass(frozen=True, kw_only=True)
class Merging:
    """What the page and the chapter say. `before` and `after` count services, None where nobody counted them."""

    signs: tuple[SignCheck, ...]
    groups: tuple[MergeGroup, ...]
    before: int | None
    seen: int
    ownership: str  #: whether the teams can own so many, as a sentence; "" where it is not known
    unknown: tuple[str, ...]  #: what is not known, and which data say it
    matrix: CallMatrix | None
    files: tuple[str, ...]  #: names of the files that calls and deploys are from
    traces: int

    @property
    def source_note(self) -> str:
        """What all of it is counted from, as a sentence; "" without a file."""
        if not self.files:
            return ""
        pattern = ngettext("From {files}, with {traces} trace.", "From {files}, with {traces} traces.", self.traces)
        return pattern.format(files=all_of(self.files), traces=number(self.traces))

    @cached_property
    def removed(self) -> int:
        return sum(len(group.services) - 1 for group in self.groups)

    @property
    def after(self) -> int | None:
        return self.before - self.removed if self.before is not None else None

    @property
    def points_note(self) -> str:
        """What points are, in sentences."""
        return _(
            "Points add up what ties each pair: a shared database {database}, a chain of calls or releases together "
            "{chain}, other ties 1. The points are our judgement. A group has {most} services at most."
        ).format(database=POINTS["database"], chain=POINTS["chain"], most=MOST_IN_A_GROUP)

    @property
    def finding(self) -> str:
        """The page's finding, without its full stop."""
        if not self.groups:
            if self.seen:
                return _("No services are tied closely enough to merge them on these counts")
            return _("Which services to merge first is not known yet")
        pattern = ngettext(
            "Merge {count} group of services: {before} become {after}",
            "Merge {count} groups of services: {before} become {after}",
            len(self.groups),
        )
        before = self.before or self.seen
        return pattern.format(
            count=number(len(self.groups)), before=number(before), after=number(before - self.removed)
        )


def runs_as_services(facts: Facts) -> bool:
    """Whether the question of merging arises: by the answer on the system's shape."""
    return facts.value("current_shape") in SHAPES_WITH_SERVICES


def build_merging(facts: Facts, deploys: Sequence[Deploy], files: Sequence[str] = ()) -> Merging:
    """Signs, groups and what is not known, from answers, calls in traces and deploys that name services. `files` are
    the names of the files that calls and deploys are from."""
    calls = facts.calls
    named = [each for each in deploys if each.service]
    ties = find_ties(calls, named)
    groups = build_groups(ties)
    services = services_of(calls) | {service for tie in ties for service in tie.pair}
    answered = facts.value("services")
    before = int(answered) if isinstance(answered, int | float) else len(services) or None
    if before is not None and before < len(services):
        before = len(services)  # an answer that leaves out what the traces show
    return Merging(
        signs=check_signs(facts, ties, named),
        groups=groups,
        before=before,
        seen=len(services),
        ownership=describe_ownership(facts, before),
        unknown=tuple(find_unknown(facts, named, len(services), before)),
        matrix=build_call_matrix(calls, groups, ties) if calls and calls.calls else None,
        files=tuple(files),
        traces=calls.traces if calls else 0,
    )


def services_of(calls: Calls | None) -> set[str]:
    if calls is None:
        return set()
    return {name for call in calls.calls for name in (call.caller, call.callee)} | set(calls.databases)


def check_signs(facts: Facts, ties: Sequence[Tie], deploys: Sequence[Deploy]) -> tuple[SignCheck, ...]:
    """Each sign that the questionnaire has, as answered and as measured."""
    ticked = facts.value(SIGNS)
    measured = measure_signs(facts, ties, deploys)
    question = facts.questionnaire.by_key.get(SIGNS)

    def answered(value: str) -> State:
        if not isinstance(ticked, tuple):
            return "unknown"
        return "yes" if value in ticked else "no"

    return tuple(
        SignCheck(title=option.label, answered=answered(option.value), measured=measured.get(option.value, ""))
        for option in (question.options if question else ())
    )


def measure_signs(facts: Facts, ties: Sequence[Tie], deploys: Sequence[Deploy]) -> Mapping[str, str]:
    """What files say about a sign, as a sentence, by the value of its option."""
    found = {}
    calls = facts.calls
    if deploys:
        together = {service for tie in ties if tie.kind == "release" for service in tie.pair}
        pattern = _("{count} of {services} services are released within an hour of another, most times.")
        services = {each.service for each in deploys}
        found["release_together"] = pattern.format(count=number(len(together)), services=number(len(services)))
    if calls and calls.calls:
        waiting = [call for call in calls.calls if call.is_synchronous]
        deepest = max((call.deepest for call in waiting), default=0)
        pattern = _("The longest request waits for {deepest} calls in a row; {share} % of all calls wait.")
        share = round(100 * sum(call.times for call in waiting) / sum(call.times for call in calls.calls))
        found["synchronous_chains"] = pattern.format(deepest=number(deepest), share=number(share))
        loops = [call for call in waiting if call.most_in_a_trace >= MANY_CALLS]
        if loops:
            most = max(loops, key=lambda call: call.most_in_a_trace)
            pattern = _("{sentence} {caller} calls {callee} up to {most} times in one.")
            found["synchronous_chains"] = pattern.format(
                sentence=found["synchronous_chains"],
                caller=most.caller,
                callee=most.callee,
                most=number(most.most_in_a_trace),
            )
    if calls and calls.databases:
        databases = users_of_databases(calls)
        shared = sum(len(users) > 1 for users in databases.values())
        pattern = _("{shared} of {count} databases are used by two services or more.")
        found["shared_database"] = pattern.format(shared=number(shared), count=number(len(databases)))
    return found


def describe_ownership(facts: Facts, services: int | None) -> str:
    """Whether the teams, or the people, can own so many services; "" where neither is known."""
    if not services:
        return ""
    limits = (
        ("teams", THRESHOLDS.services_per_team, _("{services} services for {count} teams: {each} each.")),
        ("developers", THRESHOLDS.services_per_developer, _("{services} services for {count} people: {each} each.")),
    )
    for key, limit, pattern in limits:
        count = facts.value(key)
        if isinstance(count, int | float) and count > 0:
            each = services / count
            words = pattern.format(services=number(services), count=number(count), each=number(round(each, 1)))
            judged = (
                _("{words} More than {limit} are more than anybody can own; the figure is ours.")
                if each > limit
                else _("{words} Up to {limit} can be owned; the figure is ours.")
            )
            return judged.format(words=words, limit=number(limit))
    return ""


def find_unknown(facts: Facts, deploys: Sequence[Deploy], seen: int, before: int | None) -> list[str]:
    """What no file and no answer says yet, with the data that would say it."""
    unknown = []
    calls = facts.calls
    if calls is None or not calls.calls:
        unknown.append(
            _(
                "Who calls whom: attach traces of a busy day, as OTLP JSON from a collector's file exporter or as JSON "
                "from Jaeger. Without tracing, set that up first (S3)."
            )
        )
    elif not calls.databases:
        unknown.append(
            _("Who shares a database: the traces name none. Turn on the database's instrumentation, with db.namespace.")
        )
    elif before is not None and seen < before:
        unknown.append(
            _("{count} services that are in no trace: trace them too, or see whether they are used at all.").format(
                count=number(before - seen)
            )
        )
    if not deploys:
        unknown.append(
            _("Who is released together: attach a table of deployments with a column “service”, of a month or more.")
        )
    if facts.value("teams") is None and facts.value("developers") is None:
        unknown.append(_("Who owns too many: answer how many teams and people there are."))
    unknown.append(
        _("Ask each team which interface changes ripple, and which services wrap a single table: no file shows it.")
    )
    return unknown


def build_call_matrix(calls: Calls, groups: Sequence[MergeGroup], ties: Sequence[Tie]) -> CallMatrix:
    """Services of a group side by side, the strongest group first, then those that call most."""
    work = dict.fromkeys(sorted(services_of(calls)), 0)
    for call in calls.calls:
        work[call.caller] += call.times
        work[call.callee] += call.times
    grouped = [service for group in groups for service in group.services if service in work]
    order = list(dict.fromkeys([*grouped, *sorted(work, key=lambda service: -work[service])]))
    place_of = {service: place for place, service in enumerate(order[:MAX_ROWS])}
    counts: dict[tuple[int, int], dict[str, int]] = {}

    def cell_of(first: str, second: str) -> dict[str, int] | None:
        if first not in place_of or second not in place_of:
            return None
        return counts.setdefault((place_of[first], place_of[second]), {})

    for call in calls.calls:
        cell = cell_of(call.caller, call.callee)
        if cell is not None:
            share = max(round(100 * call.times / max(calls.traces, 1)), 1)
            cell["imports"] = cell.get("imports", 0) + share
            if call.is_synchronous and call.deepest >= LONG_CHAIN:
                cell["to_cut"] = 1
    for tie in ties:
        if tie.kind not in ("database", "release") or not tie.pair <= set(place_of):
            continue
        first, second = sorted(tie.pair, key=lambda service: place_of[service])
        pairs = [
            pair for pair in ((first, second), (second, first)) if (place_of[pair[0]], place_of[pair[1]]) in counts
        ]
        cell = cell_of(*(pairs[0] if pairs else (second, first)))
        if cell is not None and tie.kind == "database":
            cell["foreign_keys"] = 1
        elif cell is not None and not cell.get("imports"):
            cell["together"] = tie.count
    return CallMatrix(
        parts=tuple(Part(name=service, apps=(service,)) for service in place_of),
        cells=tuple(Cell(row=row, column=column, **cell) for (row, column), cell in sorted(counts.items())),
        alone=tuple(order[MAX_ROWS:]),
        grouped_by="",
        apps=len(order),
        imports=sum(call.times for call in calls.calls),
        to_cut=0,
        traces=calls.traces,
    )
