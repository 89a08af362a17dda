"""Saving one answer so that none is lost: the protocol of docs/saving.md.

Decides: when a change is taken, what is told to whoever comes too late, and that a retry gets its first outcome.
Three statements in one transaction: the gate (touches the assessment, carries membership and "still open", and holds
the row, so that saving and submitting never pass each other), the upsert (carries the version) and the event. Only when
one of them finds no row does the slow way ask why.
Does not decide: what is a change (`changes`), what a question allows (`questionnaire`), who may answer (`people`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assess.assessments.changes import Change, check_change
from assess.assessments.editions import questionnaire_by_hash
from assess.assessments.log import payload_of
from assess.assessments.models import Answer, Assessment, Event, EventKind
from assess.people.models import User
from assess.people.permissions import ROLES, Ability, can_edit
from assess.questionnaire.problems import Problem, Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """Taken, committed and in the log. The same for the first time and for every retry."""

    key: str
    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """Somebody saved another answer in between. `present` is None when the question was never answered."""

    key: str
    present: Answer | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """The version is closed; `assessment` says since when and by whom."""

    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """Not something the questionnaire or the protocol allows; nothing was written."""

    problems: tuple[Problem, ...]


class NotAllowed:
    """May read the assessment but not answer it, as an architect who is not on the team."""


class NotThere:
    """No such assessment, or none for this person, or deleted: one and the same."""


Outcome = Saved | Stale | Submitted | Wrong | NotAllowed | NotThere

#: What a column of the database holds. A model's filter finds no row for more; our own statements would fail.
LARGEST_ID = 2**63 - 1

ANSWERING_ROLES = [role for role, abilities in ROLES.items() if Ability.ANSWER in abilities]

GATE = """
UPDATE assess_assessment SET updated_at = %s, updated_by_id = %s
WHERE id = %s AND submitted_at IS NULL AND deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM assess_membership AS m JOIN assess_system AS s ON s.team_id = m.team_id
              WHERE s.id = assess_assessment.system_id AND m.user_id = %s
                AND m.role IN (ROLES))
RETURNING (SELECT e.sha256 FROM assess_edition AS e WHERE e.id = assess_assessment.edition_id)
""".replace("ROLES", ", ".join("%s" for _ in ANSWERING_ROLES))

# Only somebody who saw no answer (base 0) may insert the first; a later one must follow the version that was seen.
UPSERT = """
INSERT INTO assess_answer (assessment_id, key, answered, value, basis, note, link, not_applicable, who_knows,
                           version, answered_at, answered_by_id)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s
WHERE %s = 0 OR EXISTS (SELECT 1 FROM assess_answer WHERE assessment_id = %s AND key = %s)
ON CONFLICT (assessment_id, key) DO UPDATE
SET answered = excluded.answered, value = excluded.value, basis = excluded.basis, note = excluded.note,
    link = excluded.link, not_applicable = excluded.not_applicable, who_knows = excluded.who_knows,
    version = assess_answer.version + 1, answered_at = excluded.answered_at, answered_by_id = excluded.answered_by_id
WHERE assess_answer.version = %s
RETURNING version
"""

# Written by hand like the rest: building and saving a model takes longer than the three statements together.
EVENT = """
INSERT INTO assess_event (assessment_id, kind, key, payload, version, mutation_id, at, by_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def save_answer(assessment_id: int, change: Change, *, by: User) -> Outcome:
    """Save one change, or say why not. Returns `Saved` only after COMMIT."""
    if assessment_id > LARGEST_ID:
        return NotThere()
    explain = partial(_explain, assessment_id, change, by=by)
    now = timezone.now()
    try:
        with transaction.atomic():
            saved = _try_to_save(assessment_id, change, by=by, at=now)
            if saved is None:
                transaction.set_rollback(True)
    except Refused as refused:
        return Wrong(problems=tuple(refused.problems))
    except IntegrityError:
        # Only the mutation id can clash: a retry that overtook its own first attempt, or an id used elsewhere.
        return explain(id_is_taken=True)
    return saved or explain(id_is_taken=False)


def outcome_of_bad_change(assessment_id: int, problems: Iterable[Problem], *, by: User) -> Outcome:
    """What to tell of a change that could not even be read: first whether this person may know of the assessment."""
    assessment = Assessment.objects.visible_to(by).select_related("system__team").filter(pk=assessment_id).first()
    if assessment is None:
        return NotThere()
    if not can_edit(by, assessment.system.team):
        return NotAllowed()
    return Wrong(problems=tuple(problems))


def _try_to_save(assessment_id: int, change: Change, *, by: User, at: datetime) -> Saved | None:
    stamp = connection.ops.adapt_datetimefield_value(at)
    edition = _returned(GATE, [stamp, by.pk, assessment_id, by.pk, *ANSWERING_ROLES])
    if edition is None:
        return None
    answer = check_change(change, questionnaire_by_hash(str(edition)))
    payload = payload_of(answer)
    value = None if answer.value is None else json.dumps(payload["value"])
    texts = [payload[name] for name in ("basis", "note", "link", "not_applicable", "who_knows")]
    row: list[Any] = [assessment_id, change.key, change.answered, value, *texts, stamp, by.pk]
    version = _returned(UPSERT, [*row, change.base_version, assessment_id, change.key, change.base_version])
    if not isinstance(version, int):
        return None
    kind = EventKind.ANSWERED if change.answered else EventKind.CLEARED
    event: list[Any] = [kind.value, change.key, json.dumps(payload), version, change.mutation_id.hex, stamp, by.pk]
    with connection.cursor() as cursor:
        cursor.execute(EVENT, [assessment_id, *event])
    return Saved(key=change.key, version=version, at=at)


def _returned(statement: str, parameters: Sequence[Any]) -> object | None:
    """The first column of the one row that the statement returns; None when it returns no row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return rows[0][0] if rows else None


def _explain(assessment_id: int, change: Change, *, by: User, id_is_taken: bool) -> Outcome:
    """Why no row was written. A retry is answered first, but only to somebody who can reach the assessment."""
    found = Assessment.objects.in_reach_of(by).select_related("system__team", "submitted_by")
    assessment = found.filter(pk=assessment_id).first()
    if assessment is None:
        return NotThere()
    first = Event.objects.filter(assessment=assessment, by=by, mutation_id=change.mutation_id).first()
    if first is not None:
        return Saved(key=first.key, version=first.version, at=first.at)
    if assessment.deleted_at is not None:
        return NotThere()
    if not can_edit(by, assessment.system.team):
        return NotAllowed()
    if assessment.is_submitted:
        return Submitted(assessment=assessment)
    if id_is_taken:
        message = "Send the change again with a new mutation_id; this one cannot be used"
        return Wrong(problems=(Problem(code="mutation_id_taken", key="mutation_id", message=message),))
    present = assessment.answers.select_related("answered_by").filter(key=change.key).first()
    return Stale(key=change.key, present=present)
