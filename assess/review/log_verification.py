"""Checks that the record, the log, the answers, the states and the signatures are as they were written.

Decides: how events and links are replayed, and what is compared with what (docs/review.md lists it); rows are compared
in `row_verification`. Reads only. Does not decide how findings are shown (`manage.py verify_log`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from assess.assessments.facade import (
    EVENT_KINDS,
    IN_RECORD,
    Assessment,
    Event,
    EventKind,
    FoldedAnswer,
    State,
    is_sealed,
    result_hash,
)
from assess.record.facade import (
    ChainFinding,
    Head,
    RecordLink,
    check_chain,
    check_goes_on_from,
    lock_chain,
    trigger_findings,
)
from assess.review.models import SignOff
from assess.review.row_verification import ReplayedRows, StoredRows, altered_covered_rows
from assess.review.states import OUTCOMES, next_states

#: Assessments whose rows are read together.
BATCH: Final = 200
#: Events that are in memory at a time.
CHUNK: Final = 2_000

#: The move that each kind of event stands for; of `decided` the payload names it.
MOVE_OF: Final = {kind: spec.move for kind, spec in EVENT_KINDS.items() if spec.move}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is not as it was written: with an event of this `number`, an assessment, a link of the record, or
    the whole log."""

    what: str
    assessment: int | None = None
    number: int | None = None
    link: int | None = None

    def __str__(self) -> str:
        if self.link is not None:
            return f"the record, link {self.link}: {self.what}"
        place = f"assessment {self.assessment}" if self.assessment is not None else "the log"
        return f"{place}{f', event {self.number}' if self.number is not None else ''}: {self.what}"


@dataclass(kw_only=True, slots=True)
class ReadCounts:
    """What was read so far."""

    assessments: int = 0
    events: int = 0


@dataclass(kw_only=True, slots=True)
class ReplayedLog:
    """The state after all events of one assessment; grows with its questions, people and links, not with its events.

    `links` are those of the record by event number, `seals` those that signatures say events had; both are there
    before the first event is added.
    """

    links: dict[int, RecordLink] = field(default_factory=dict)
    seals: dict[int, str] = field(default_factory=dict)
    last: int = 0
    common: dict[str, FoldedAnswer] = field(default_factory=dict)
    own: dict[int, dict[str, FoldedAnswer]] = field(default_factory=lambda: defaultdict(dict))
    rows: ReplayedRows = field(default_factory=ReplayedRows)
    state: State = State.DRAFT
    submitted: Mapping[str, Any] = field(default_factory=dict)
    decision: State | None = None
    findings: list[tuple[int | None, str]] = field(default_factory=list)

    def add(self, event: Event) -> None:
        self.check_number(event)
        if not is_sealed(event):
            self.findings.append((event.number, "it was changed or added: its seal is wrong"))
        if self.seals.get(event.number, event.seal) != event.seal:
            self.findings.append((event.number, "it has another seal than when the version was signed"))
        self.check_link(event)
        self.rows.add_rows(event)
        if event.kind in (EventKind.ANSWERED, EventKind.CLEARED):
            self.fold_answer(event)
        elif event.kind in MOVE_OF or event.kind == EventKind.DECIDED:
            self.replay_move(event)
        elif event.kind == EventKind.CHANGES_PLANNED:
            self.rows.planned_changes = event

    def check_link(self, event: Event) -> None:
        link = self.links.pop(event.number, None)
        if link is None:
            if event.kind in IN_RECORD:
                self.findings.append((event.number, f"the record has no link for it, “{event.kind}”"))
        elif link.event_seal != event.seal:
            self.findings.append((event.number, f"it is not the one that link {link.number} of the record covers"))

    def check_number(self, event: Event) -> None:
        expected = self.last + 1
        if event.number != expected:
            gone = f"event {expected} is missing"
            if event.number > expected + 1:
                gone = f"events {expected} to {event.number - 1} are missing"
            self.findings.append((expected, gone))
        self.last = event.number

    def fold_answer(self, event: Event) -> None:
        answers = self.common if event.respondent_id is None else self.own[event.respondent_id]
        before = answers.get(event.key)
        if before is None or before.version < event.version:
            answered = event.kind == EventKind.ANSWERED
            answers[event.key] = FoldedAnswer(answered=answered, version=event.version, payload=event.payload)
            self.rows.add_author(event)

    def replay_move(self, event: Event) -> None:
        payload = event.payload if isinstance(event.payload, dict) else {}
        after: State | None
        if event.kind == EventKind.DECIDED:
            after = parse_state(payload.get("decision"))
            name = OUTCOMES[after].move if after in OUTCOMES else "decide"
            self.decision = after
        else:
            name = MOVE_OF[event.kind]
            possible = next_states(self.state, name)
            after = possible[0] if possible else None
            if event.kind == EventKind.UPHELD:
                after = self.decision
            elif event.kind == EventKind.SUBMITTED:
                self.submitted = payload
        if after is None or after not in next_states(self.state, name):
            self.findings.append((event.number, f"“{name}” is no move from “{self.state.label.lower()}”"))
        self.state = after or self.state


def verify_log(
    number: int | None = None, *, since: Head | None = None, counts: ReadCounts | None = None
) -> Iterator[Finding]:
    """Every finding, or those of one assessment. `counts` counts what was read.

    With `since`, a head that somebody kept, also whether the record still goes on from it. A version may change while
    it is read: what seems wrong is read again while nobody can write to it.
    """
    counts = counts or ReadCounts()
    for what in trigger_findings():
        yield Finding(what=f"the database does not protect it: {what}")
    if number is None or since is not None:
        yield from verify_record(since)
    for keys in batches_of(number):
        counts.assessments += len(keys)
        batch = list(assessments_to_check().filter(pk__in=keys))
        for pk in sorted(set(keys) - {assessment.pk for assessment in batch}):
            yield Finding(assessment=pk, what="its system or its questionnaire is missing")
        suspects = sorted({found.assessment for found in check_batch(batch, counts) if found.assessment is not None})
        for pk in suspects:
            with transaction.atomic():
                # The system too: what lists show of it follows from all its versions.
                locked = list(assessments_to_check().select_for_update(of=("system", "self")).filter(pk=pk))
                yield from list(check_batch(locked, ReadCounts()))


def verify_record(since: Head | None) -> Iterator[Finding]:
    """What is wrong with the chain itself, and with what it covers that no event tells of."""

    def find(chain: Iterator[ChainFinding]) -> Iterator[Finding]:
        yield from (Finding(link=found.number, what=found.what) for found in chain)

    yield from find(check_chain())
    if since is not None:
        yield from find(check_goes_on_from(since))
    there = Exists(Assessment.objects.filter(pk=OuterRef("assessment_id")))
    orphans = RecordLink.objects.filter(~there, assessment__isnull=False).order_by("number")
    for link in orphans.iterator(chunk_size=CHUNK):
        what = f"assessment {link.assessment_id} is missing, though this link covers its event {link.event_number}"
        yield Finding(link=link.number, what=f"{what}, “{link.kind}”")
    if any(altered_covered_rows()):
        with transaction.atomic():
            lock_chain()  # nobody renames anything meanwhile
            yield from [Finding(what=what) for what in altered_covered_rows()]


def assessments_to_check() -> "QuerySet[Assessment]":
    return Assessment.objects.select_related("edition", "system").defer("edition__content").order_by("pk")


def batches_of(number: int | None) -> Iterator[list[int]]:
    """The ids of the assessments to check. Without joins, so that none is passed over that points to nothing."""
    last = 0
    keys = Assessment.objects.order_by("pk").values_list("pk", flat=True)
    if number is not None:
        keys = keys.filter(pk=number)
    while batch := list(keys.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1]


def check_batch(batch: Sequence[Assessment], counts: ReadCounts) -> Iterator[Finding]:
    """The findings of these assessments, in order. Some twenty queries, however many events."""
    keys = [assessment.pk for assessment in batch]
    replayed = {pk: ReplayedLog() for pk in keys}
    for link in RecordLink.objects.filter(assessment__in=keys, event_number__isnull=False).defer("covers"):
        assert link.assessment_id is not None
        assert link.event_number is not None
        replayed[link.assessment_id].links[link.event_number] = link
    for signed in SignOff.objects.filter(assessment__in=keys).order_by("pk"):
        log = signed.content.get("log") if isinstance(signed.content, dict) else None
        if isinstance(log, dict) and isinstance(log.get("length"), int):
            replayed[signed.assessment_id].seals[log["length"]] = str(log.get("seal"))
    events = Event.objects.filter(assessment__in=keys).order_by("assessment_id", "number")
    for pk, group in groupby(events.iterator(chunk_size=CHUNK), key=lambda event: event.assessment_id):
        for event in group:
            counts.events += 1
            replayed[pk].add(event)
    rows = StoredRows(batch)
    for assessment in batch:
        of_log = replayed[assessment.pk]
        for number, what in of_log.findings:
            yield Finding(assessment=assessment.pk, number=number, what=what)
        differences = (
            *compare_with_log(assessment, of_log),
            *rows.compare(assessment, of_log.rows, of_log.common, of_log.own),
        )
        yield from (Finding(assessment=assessment.pk, what=what) for what in differences)


def compare_with_log(assessment: Assessment, replayed: ReplayedLog) -> Iterator[str]:
    """What the assessment's own row says otherwise than its events and the record's links together."""
    if assessment.log_length > replayed.last:
        first = replayed.last + 1
        which = (
            f"event {first} is" if assessment.log_length == first else f"events {first} to {assessment.log_length} are"
        )
        yield f"{which} missing at the end of its log"
    elif assessment.log_length < replayed.last:
        yield f"its log holds {replayed.last} events, though it counted {assessment.log_length}"
    for number, link in sorted(replayed.links.items()):
        yield f"event {number}, “{link.kind}”, is missing, though link {link.number} of the record covers it"
    if assessment.state != replayed.state:
        says = replayed.state.label.lower()
        yield f"its state is “{State(assessment.state).label.lower()}”, though its events say “{says}”"
    kept = replayed.submitted.get("result_hash")
    if kept is not None and not has_hash(assessment.result, kept):
        yield "its result is not what the event of submitting says"


def parse_state(name: object) -> State | None:
    return State(name) if name in State.values else None


def has_hash(result: Any, kept: object) -> bool:
    try:
        return result_hash(result) == kept
    except ValueError:
        return False  # something that no result of ours holds, such as NaN
