"""Checks that the log, the answers, the states and the signatures are as they were written.

Decides: what is compared with what (docs/review.md lists it). Reads only. Does not decide how findings are shown
(`manage.py verify_log`).
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from assess.assessments.facade import (
    EVENT_KINDS,
    Answer,
    Assessment,
    Event,
    EventKind,
    FoldedAnswer,
    Response,
    State,
    current_answers,
    fold_row,
    questionnaire_of,
    result_hash,
    seal,
)
from assess.questionnaire.facade import answers_hash
from assess.review.models import Comment, Condition, SignOff
from assess.review.signed_content import content_hash
from assess.review.states import OUTCOMES, next_states

#: Assessments whose rows are read together.
BATCH: Final = 200
#: Events that are in memory at a time.
CHUNK: Final = 2_000

#: The move that each kind of event stands for; of `decided` the payload names it.
MOVE_OF: Final = {kind: spec.move for kind, spec in EVENT_KINDS.items() if spec.move}

TRIGGERS: Final = {
    "sqlite": ("event_never_changes", "event_is_never_removed"),
    "postgresql": ("event_never_changes",),
}
TRIGGERS_QUERY: Final = {
    "sqlite": (
        "SELECT name FROM sqlite_master "
        "WHERE type = 'trigger' AND tbl_name = 'assess_event' AND sql LIKE '%BEGIN SELECT RAISE(ABORT,%'"
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger "
        "WHERE tgrelid = 'assess_event'::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is not as it was written: with an event of this `number`, an assessment, or the whole log."""

    what: str
    assessment: int | None = None
    number: int | None = None

    def __str__(self) -> str:
        place = f"assessment {self.assessment}" if self.assessment is not None else "the log"
        return f"{place}{f', event {self.number}' if self.number is not None else ''}: {self.what}"


@dataclass(kw_only=True, slots=True)
class ReadCounts:
    """What was read so far."""

    assessments: int = 0
    events: int = 0


@dataclass(kw_only=True, slots=True)
class ReplayedLog:
    """The state after all events of one assessment; grows with its questions and people, not with its events."""

    last: int = 0
    common: dict[str, FoldedAnswer] = field(default_factory=dict)
    own: dict[int, dict[str, FoldedAnswer]] = field(default_factory=lambda: defaultdict(dict))
    state: State = State.DRAFT
    is_deleted: bool = False
    verdict: Mapping[str, Any] = field(default_factory=dict)
    overruled_to: str = ""
    signed: list[Mapping[str, Any]] = field(default_factory=list)
    #: How each condition was met, by whom, by the condition's number.
    met: dict[int, tuple[object, int]] = field(default_factory=dict)
    findings: list[tuple[int | None, str]] = field(default_factory=list)
    #: Seals that signatures say the log had, by event number; filled before the events are read.
    seals: dict[int, str] = field(default_factory=dict)

    def add(self, event: Event, secrets: Sequence[str]) -> None:
        self.check_number(event)
        if not is_sealed(event, secrets):
            self.findings.append((event.number, "it was changed or added: its seal is wrong"))
        if self.seals.get(event.number, event.seal) != event.seal:
            self.findings.append((event.number, "it has another seal than when the version was signed"))
        if event.kind in (EventKind.ANSWERED, EventKind.CLEARED):
            self.fold_answer(event)
        elif event.kind in (EventKind.DELETED, EventKind.RESTORED):
            self.is_deleted = event.kind == EventKind.DELETED
        elif event.kind in MOVE_OF or event.kind == EventKind.DECIDED:
            self.replay_move(event)
        elif event.kind == EventKind.CONDITION_MET and isinstance(event.payload, dict):
            condition = event.payload.get("condition")
            if isinstance(condition, int):
                self.met[condition] = (event.payload.get("how"), event.by_id)

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

    def replay_move(self, event: Event) -> None:
        payload = event.payload if isinstance(event.payload, dict) else {}
        after: State | None
        if event.kind == EventKind.DECIDED:
            after = parse_state(payload.get("decision"))
            name = OUTCOMES[after].move if after in OUTCOMES else "decide"
            self.overruled_to = str(payload.get("overruled_to", ""))
            self.signed.append(payload)
        else:
            name = MOVE_OF[event.kind]
            possible = next_states(self.state, name)
            after = possible[0] if possible else None
            if event.kind == EventKind.UPHELD:
                after = parse_state(self.signed[-1].get("decision")) if self.signed else None
            elif event.kind == EventKind.REOPENED:
                self.overruled_to = ""
            elif event.kind == EventKind.SUBMITTED:
                self.verdict = payload
        if after is None or after not in next_states(self.state, name):
            self.findings.append((event.number, f"“{name}” is no move from “{self.state.label.lower()}”"))
        self.state = after or self.state


def verify_log(number: int | None = None, *, counts: ReadCounts | None = None) -> Iterator[Finding]:
    """Every finding, or those of one assessment. `counts` counts what was read.

    A version may change while it is read: what seems wrong is read again while nobody can write to it.
    """
    counts = counts or ReadCounts()
    missing = set(TRIGGERS[connection.vendor]) - present_triggers()
    for trigger in sorted(missing):
        yield Finding(what=f"the database does not protect it: the trigger {trigger} is missing")
    for batch in batches_of(number):
        counts.assessments += len(batch)
        suspects = sorted({found.assessment for found in check_batch(batch, counts) if found.assessment is not None})
        for pk in suspects:
            with transaction.atomic():
                locked = list(assessments_to_check().select_for_update(of=("self",)).filter(pk=pk))
                yield from list(check_batch(locked, ReadCounts()))


def present_triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS_QUERY[connection.vendor])
        return {row[0] for row in cursor.fetchall()}


def assessments_to_check() -> "QuerySet[Assessment]":
    return Assessment.objects.select_related("edition").defer("edition__content").order_by("pk")


def batches_of(number: int | None) -> Iterator[list[Assessment]]:
    if number is not None:
        yield list(assessments_to_check().filter(pk=number))
        return
    last = 0
    while batch := list(assessments_to_check().filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def check_batch(batch: Sequence[Assessment], counts: ReadCounts) -> Iterator[Finding]:
    """The findings of these assessments, in order. Six queries or so, however many events."""
    keys = [assessment.pk for assessment in batch]
    sign_offs = group_by_assessment(SignOff.objects.filter(assessment__in=keys).order_by("pk"))
    replayed = {
        pk: ReplayedLog(seals=dict(signed_seals(sign_offs[pk]))) if pk in sign_offs else ReplayedLog() for pk in keys
    }
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    events = Event.objects.filter(assessment__in=keys).order_by("assessment_id", "number")
    for pk, group in groupby(events.iterator(chunk_size=CHUNK), key=lambda event: event.assessment_id):
        for event in group:
            counts.events += 1
            replayed[pk].add(event, secrets)
    rows = StoredRows(batch, sign_offs)
    for assessment in batch:
        log = replayed[assessment.pk]
        for number, what in log.findings:
            yield Finding(assessment=assessment.pk, number=number, what=what)
        for what in rows.compare(assessment, log):
            yield Finding(assessment=assessment.pk, what=what)


def parse_state(name: object) -> State | None:
    return State(name) if name in State.values else None


def is_sealed(event: Event, secrets: Sequence[str]) -> bool:
    fields: dict[str, Any] = {
        "assessment_id": event.assessment_id,
        "respondent_id": event.respondent_id,
        "number": event.number,
        "kind": event.kind,
        "key": event.key,
        "payload": event.payload,
        "version": event.version,
        "mutation_id": event.mutation_id.hex if event.mutation_id else "",
        "at": event.at,
        "by_id": event.by_id,
    }
    try:
        return any(hmac.compare_digest(seal(secret=secret, **fields), event.seal) for secret in secrets)
    except (TypeError, ValueError):
        return False  # something that no event of ours holds, such as NaN


def has_hash(result: Any, kept: object) -> bool:
    try:
        return result_hash(result) == kept
    except ValueError:
        return False  # something that no result of ours holds, such as NaN


def signed_seals(sign_offs: Sequence[SignOff]) -> Iterator[tuple[int, str]]:
    """The last event that each signature covers, with the seal that it had."""
    for signed in sign_offs:
        log = signed.content.get("log") if isinstance(signed.content, dict) else None
        if isinstance(log, dict) and isinstance(log.get("length"), int):
            yield log["length"], str(log.get("seal"))


def group_by_assessment(rows: "QuerySet[Any]") -> dict[int, list[Any]]:
    by_assessment: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_assessment[row.assessment_id].append(row)
    return by_assessment


class StoredRows:
    """The rows of a batch, to be compared with what its events say."""

    def __init__(self, batch: Sequence[Assessment], sign_offs: dict[int, list[SignOff]]) -> None:
        keys = [assessment.pk for assessment in batch]
        self.answers = group_by_assessment(Answer.objects.filter(assessment__in=keys))
        self.responses = group_by_assessment(Response.objects.filter(assessment__in=keys))
        self.conditions = group_by_assessment(Condition.objects.filter(assessment__in=keys).order_by("pk"))
        self.comments = group_by_assessment(Comment.objects.filter(assessment__in=list(sign_offs)))
        self.sign_offs = sign_offs
        self.given = current_answers([assessment for assessment in batch if assessment.is_submitted])

    def compare(self, assessment: Assessment, replayed: ReplayedLog) -> Iterator[str]:
        if assessment.log_length > replayed.last:
            first = replayed.last + 1
            which = (
                f"event {first} is"
                if assessment.log_length == first
                else f"events {first} to {assessment.log_length} are"
            )
            yield f"{which} missing at the end of its log"
        elif assessment.log_length < replayed.last:
            yield f"its log holds {replayed.last} events, though it counted {assessment.log_length}"
        yield from self.compare_answers(assessment, replayed)
        yield from self.compare_state(assessment, replayed)
        yield from self.compare_signatures(assessment, replayed)

    def compare_answers(self, assessment: Assessment, replayed: ReplayedLog) -> Iterator[str]:
        rows = {row.key: fold_row(row) for row in self.answers.get(assessment.pk, ())}
        for key in differing_keys(rows, replayed.common):
            yield f"the answer to “{key}” is not what its events say"
        responses: dict[int, dict[str, FoldedAnswer]] = defaultdict(dict)
        for row in self.responses.get(assessment.pk, ()):
            responses[row.respondent_id][row.key] = fold_row(row)
        for respondent in sorted({*responses, *replayed.own}):
            for key in differing_keys(responses.get(respondent, {}), replayed.own.get(respondent, {})):
                yield f"the answer of respondent {respondent} to “{key}” is not what its events say"
        if assessment.is_submitted:
            present = answers_hash(questionnaire_of(assessment.edition), self.given[assessment.pk])
            if present != assessment.answers_hash:
                yield "its answers do not have the hash that was kept when it was submitted"

    def compare_state(self, assessment: Assessment, replayed: ReplayedLog) -> Iterator[str]:
        if assessment.state != replayed.state:
            says = replayed.state.label.lower()
            yield f"its state is “{State(assessment.state).label.lower()}”, though its events say “{says}”"
        if (assessment.deleted_at is not None) != replayed.is_deleted:
            yield "its events and its row do not agree on whether it is deleted"
        if assessment.overruled_to != replayed.overruled_to:
            yield "its overruled verdict is not what its events say"
        for name in ("answers_hash", "verdict", "form") if replayed.verdict else ():
            if getattr(assessment, name) != replayed.verdict.get(name, getattr(assessment, name)):
                yield f"its {name.replace('_', ' ')} is not what the event of submitting says"
        result_hash = replayed.verdict.get("result_hash")
        if result_hash is not None and not has_hash(assessment.result, result_hash):
            yield "its result is not what the event of submitting says"

    def compare_signatures(self, assessment: Assessment, replayed: ReplayedLog) -> Iterator[str]:
        rows: Sequence[SignOff] = self.sign_offs.get(assessment.pk, ())
        for row in self.conditions.get(assessment.pk, ()):
            met = (row.met_how, row.met_by_id) if row.met_at else None
            if met != replayed.met.get(row.pk):
                yield f"condition {row.pk}: whether and how it was met is not what its events say"
        by_pk = {signed.pk: signed for signed in rows}
        payloads = {
            payload["sign_off"]: payload for payload in replayed.signed if isinstance(payload.get("sign_off"), int)
        }
        for pk in sorted(set(payloads) - set(by_pk)):
            yield f"signature {pk} is missing"
        for signed in rows:
            if signed.pk not in payloads:
                yield f"signature {signed.pk} was added: no event tells of it"
            elif payloads[signed.pk].get("content_hash") != signed.content_hash:
                yield f"signature {signed.pk} has another hash than its event says"
            if content_hash(signed.content) != signed.content_hash:
                yield f"what signature {signed.pk} covers was changed: its hash is wrong"
                continue  # with what its rows agree says nothing then
            for what in self.compare_signed_content(assessment, signed):
                yield f"signature {signed.pk}: {what}"

    def compare_signed_content(self, assessment: Assessment, signed: SignOff) -> Iterator[str]:
        """Rows that say something else than what was signed."""
        content = signed.content if isinstance(signed.content, dict) else {}
        columns = {
            "decision": signed.decision,
            "verdict": signed.model_verdict,
            "overruled_to": signed.overruled_to,
            "reason": signed.reason,
            "remark": signed.remark,
            "challenge_until": signed.challenge_until.isoformat() if signed.challenge_until else None,
        }
        facts = {
            "assessment": assessment.pk,
            "version": assessment.version,
            "answers_hash": assessment.answers_hash,
            "model_version": assessment.model_version,
        }
        for name, value in {**columns, **facts}.items():
            if content.get(name) != value:
                yield f"its {name.replace('_', ' ')} is not what was signed"
        if (content.get("signed") or {}).get("person") != signed.signed_by_id:
            yield "it stands under another person than who signed"
        edition = content.get("edition") or {}
        if edition.get("sha256") != assessment.edition.sha256:
            yield "its questionnaire is not the one that was signed"
        conditions = [
            {"text": row.text, "owner": row.owner, "due_on": row.due_on.isoformat()}
            for row in self.conditions.get(assessment.pk, ())
            if row.sign_off_id == signed.pk
        ]
        if conditions != content.get("conditions"):
            yield "its conditions are not those that were signed"
        present = {row.pk: (row.text, row.key, row.kind) for row in self.comments.get(assessment.pk, ())}
        for comment in content.get("comments") or ():
            signed_words = (comment.get("text"), comment.get("question"), comment.get("kind"))
            if present.get(comment.get("comment")) != signed_words:
                yield f"comment {comment.get('comment')} is not what was signed"


def differing_keys(rows: Mapping[str, FoldedAnswer], events: Mapping[str, FoldedAnswer]) -> list[str]:
    return sorted(key for key in {*rows, *events} if rows.get(key) != events.get(key))
