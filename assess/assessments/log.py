"""The event log: how an event is written and sealed, and the fold that gives the present answers back.

Events of one assessment are numbered from 1 without gaps; `assess_assessment.log_length` is the last number given, and
whoever writes holds that row. Each carries a seal, keyed by the site's secret, over everything in it. Those that must
not vanish (`IN_RECORD`) also append a link to the site's one chain (`record`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from assess.assessments.event_kinds import IN_RECORD, EventKind
from assess.assessments.models import AnswerFields, Assessment, Event
from assess.people.facade import User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.record.facade import append_link, canonical_json, hmac_of, is_hmac_of, note_event, values_by_row

#: What the log keeps of an answer: these fields of its row.
FIELDS = ("value", "basis", "note", "link", "not_applicable", "who_knows")


NUMBERS = "UPDATE assess_assessment SET log_length = log_length + %s WHERE id = %s RETURNING log_length"


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedAnswer:
    """One answer as it was saved, with its version."""

    key: str
    answered: bool
    answer: AnswerValue
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldedAnswer:
    """An answer as the log tells it: what its row must say."""

    answered: bool
    version: int
    payload: Mapping[str, Any]


def payload_of(answer: AnswerValue) -> dict[str, Any]:
    """The whole answer as the log keeps it."""
    value = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    texts = {name: getattr(answer, name) for name in FIELDS if name not in ("value", "basis")}
    return {"value": value, "basis": answer.basis or "", **texts}


def answer_event(
    entry: SavedAnswer, *, assessment_id: int, by: User, at: datetime, respondent_id: int | None = None
) -> Event:
    """The event of one saved answer, not yet written."""
    return Event(
        assessment_id=assessment_id,
        respondent_id=respondent_id,
        kind=EventKind.ANSWERED if entry.answered else EventKind.CLEARED,
        key=entry.key,
        payload=payload_of(entry.answer),
        version=entry.version,
        at=at,
        by=by,
    )


def record_event(
    assessment: Assessment,
    kind: EventKind,
    *,
    by: User,
    at: datetime | None = None,
    payload: Mapping[str, object] | None = None,
    key: str = "",
    respondent_id: int | None = None,
    rows: Iterable[Model] = (),
    removed: Iterable[Model] = (),
) -> Event:
    """Write one event that is no answer. Only inside a transaction: it holds the assessment's row.

    `rows` are those just saved: the event says what their sealed columns hold (`record.columns`). `removed` are those
    about to be deleted. Two queries; of a kind that is in the record, two or three more for its link.
    """
    sealed: dict[str, dict[str, Any]] = dict(values_by_row(rows))
    for row in removed:
        sealed.setdefault(str(row._meta.object_name), {})[str(row.pk)] = None
    event = Event(
        assessment_id=assessment.pk,
        respondent_id=respondent_id,
        kind=kind,
        key=key,
        payload={**(payload or {}), **({"rows": sealed} if sealed else {})},
        at=at or timezone.now(),
        by=by,
    )
    write_events(assessment.pk, [event])
    if kind in IN_RECORD:
        system = assessment.system
        append_link(
            kind,
            assessment_id=assessment.pk,
            event_number=event.number,
            event_seal=event.seal,
            covers=(assessment.workspace, system.team, system, assessment.edition),
            at=event.at,
        )
    return event


def write_events(assessment_id: int, events: Sequence[Event]) -> None:
    """Number, seal and write these events. Only inside a transaction: it holds the assessment's row. Two queries."""
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [len(events), assessment_id])
        last = int(cursor.fetchone()[0])
    for number, event in enumerate(events, start=last - len(events) + 1):
        event.number = number
        event.seal = seal_of(event)
    newest = Event.objects.bulk_create(events)[-1]
    note_event(newest.pk, newest.seal)


def seal_of(event: Event) -> str:
    """The seal that this event must carry."""
    return hmac_of(sealed_content(event))


def is_sealed(event: Event) -> bool:
    """Whether the event carries its seal, by the site's secret or an earlier one."""
    return is_hmac_of(sealed_content(event), event.seal)


def sealed_content(event: Event) -> dict[str, Any]:
    return seal_fields(
        assessment_id=event.assessment_id,
        respondent_id=event.respondent_id,
        number=event.number,
        kind=event.kind,
        key=event.key,
        payload=event.payload,
        version=event.version,
        mutation_id=event.mutation_id.hex if event.mutation_id else "",
        at=event.at,
        by_id=event.by_id,
    )


def seal(**fields: Any) -> str:
    """HMAC-SHA256, in hex, over an event's fields."""
    return hmac_of(seal_fields(**fields))


def seal_fields(*, at: datetime, **fields: Any) -> dict[str, Any]:
    return {**fields, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}


def result_hash(result: Any) -> str:
    """SHA-256, in hex, of a result as it is kept."""
    return hashlib.sha256(canonical_json(result).encode("utf-8", "surrogatepass")).hexdigest()


def fold_answers(events: Iterable[Event]) -> dict[str, FoldedAnswer]:
    """The answers that these events lead to, by key: all of them common ones, or all of one respondent.

    The order of arrival does not matter: versions tell the order.

    >>> fold_answers([])
    {}
    """
    answers: dict[str, FoldedAnswer] = {}
    for event in events:
        if event.kind not in (EventKind.ANSWERED, EventKind.CLEARED):
            continue
        before = answers.get(event.key)
        if before is None or before.version < event.version:
            answered = event.kind == EventKind.ANSWERED
            answers[event.key] = FoldedAnswer(answered=answered, version=event.version, payload=event.payload)
    return answers


def fold_row(row: AnswerFields) -> FoldedAnswer:
    """A present answer in the shape of the fold, to compare the two."""
    payload = {name: getattr(row, name) for name in FIELDS}
    return FoldedAnswer(answered=row.answered, version=row.version, payload=payload)
