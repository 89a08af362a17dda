"""The event log of answers: what is written for each change, and the fold that gives the present answers back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assess.assessments.models import Answer, Event, EventKind
from assess.people.models import User
from assess.questionnaire.schema import Answer as AnswerValue

#: What the log keeps of an answer: these fields of its row.
FIELDS = ("value", "basis", "note", "link", "not_applicable", "who_knows")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One answer as it was saved, whichever way it came."""

    key: str
    answered: bool
    answer: AnswerValue
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """An answer as the log tells it: what its row must say."""

    answered: bool
    version: int
    payload: Mapping[str, Any]


def payload_of(answer: AnswerValue) -> dict[str, Any]:
    """The whole answer as the log keeps it."""
    value = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    texts = {name: getattr(answer, name) for name in FIELDS if name not in ("value", "basis")}
    return {"value": value, "basis": answer.basis or "", **texts}


def event_of(entry: Entry, *, assessment_id: int, by: User, at: datetime) -> Event:
    """The event of one saved answer, not yet written."""
    return Event(
        assessment_id=assessment_id,
        kind=EventKind.ANSWERED if entry.answered else EventKind.CLEARED,
        key=entry.key,
        payload=payload_of(entry.answer),
        version=entry.version,
        at=at,
        by=by,
    )


def fold(events: Iterable[Event]) -> dict[str, Folded]:
    """The answers that these events lead to, by key. The order of arrival does not matter: versions tell the order.

    >>> fold([])
    {}
    """
    answers: dict[str, Folded] = {}
    for event in events:
        if event.kind not in (EventKind.ANSWERED, EventKind.CLEARED):
            continue
        before = answers.get(event.key)
        if before is None or before.version < event.version:
            answered = event.kind == EventKind.ANSWERED
            answers[event.key] = Folded(answered=answered, version=event.version, payload=event.payload)
    return answers


def row_as_folded(row: Answer) -> Folded:
    """A present answer in the shape of the fold, to compare the two."""
    payload = {name: getattr(row, name) for name in FIELDS}
    return Folded(answered=row.answered, version=row.version, payload=payload)
