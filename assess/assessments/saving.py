"""Saving one answer so that none is lost: the protocol of docs/saving.md.

A save is three statements in one transaction: the gate (touches the assessment; checks membership and "still open";
locks the row, so that a save and a submission never overtake each other), the upsert (checks the version) and the
event. Only when one of them finds no row does `explain_unsaved` look for the reason. A retry gets the outcome of its
first attempt. Shared answers and respondents' own follow the same protocol.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from assess.assessments.assignments import has_left_workspace
from assess.assessments.changes import Change, check_change
from assess.assessments.editions import questionnaire_by_hash
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import payload_of, seal
from assess.assessments.models import Answer, Assessment, Event, Respondent, Response
from assess.language import N_, _
from assess.people.facade import Ability, User, can_edit, roles_with
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.record.facade import note_event
from assess.web.facade import LARGEST_ID

SEPARATELY = N_("Everybody answers this version separately; open your own answers, or agree on an answer")
HAS_LEFT = N_("You no longer belong to the workspace that asked; your answers stay and count")
TOGETHER = N_("The team shares its answers to this version again; open its sections")


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """Committed and in the log. The same for the first attempt and for every retry."""

    key: str
    version: int
    at: datetime
    value: object = None  #: as JSON: what was understood of a text


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """Somebody saved another answer meanwhile. `present` is None when the question was never answered."""

    key: str
    present: Answer | Response | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """The version is submitted; `assessment` says when and by whom."""

    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class Invalid:
    """The questionnaire or the protocol does not allow it; nothing was written."""

    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """This version is not answered here; `message` says where."""

    message: str


class NotAllowed:
    """The person may read the assessment but not answer it, such as an architect who is not on the team."""


class NotFound:
    """No such assessment, not visible to this person, or deleted: all the same to them."""


Outcome = Saved | Stale | Submitted | Invalid | Elsewhere | NotAllowed | NotFound

ANSWERING_ROLES = roles_with(Ability.ANSWER)

# A shared answer: of somebody who answers for the team while it shares its answers; or agreed on, while it does not.
GATE = """
UPDATE assess_assessment SET updated_at = %s, updated_by_id = %s, log_length = log_length + 1
WHERE id = %s AND submitted_at IS NULL AND deleted_at IS NULL AND answers_separately = %s
  AND EXISTS (SELECT 1 FROM assess_membership AS m
              WHERE m.team_id = assess_assessment.team_id AND m.user_id = %s AND m.role IN (ROLES))
RETURNING (SELECT e.sha256 FROM assess_edition AS e WHERE e.id = assess_assessment.edition_id), log_length
""".replace("ROLES", ", ".join("%s" for _role in ANSWERING_ROLES))

# A respondent's own: of whoever is still asked, and, where they were asked as one of the workspace's people rather than
# by a link, still is one of them. The last condition: they are a guest.
OWN_GATE = """
UPDATE assess_assessment SET updated_at = %s, updated_by_id = %s, log_length = log_length + 1
WHERE id = %s AND submitted_at IS NULL AND deleted_at IS NULL AND answers_separately
  AND EXISTS (SELECT 1 FROM assess_respondent AS r
              WHERE r.id = %s AND r.assessment_id = assess_assessment.id AND r.user_id = %s AND r.removed_at IS NULL
                AND (r.email <> '' OR r.guest_link_id IS NOT NULL OR %s OR EXISTS (
                       SELECT 1 FROM assess_membership AS m
                       WHERE m.user_id = r.user_id AND m.workspace_id = assess_assessment.workspace_id)))
RETURNING (SELECT e.sha256 FROM assess_edition AS e WHERE e.id = assess_assessment.edition_id), log_length
"""

# Only somebody who saw no answer (base 0) may insert the first; a later one must follow the version that was seen.
UPSERT_FORM = """
INSERT INTO {table} ({owner}, key, answered, value, basis, note, link, not_applicable, who_knows,
                     version, answered_at, {author})
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s
WHERE %s = 0 OR EXISTS (SELECT 1 FROM {table} WHERE {owner} = %s AND key = %s)
ON CONFLICT ({owner}, key) DO UPDATE
SET answered = excluded.answered, value = excluded.value, basis = excluded.basis, note = excluded.note,
    link = excluded.link, not_applicable = excluded.not_applicable, who_knows = excluded.who_knows,
    version = {table}.version + 1, answered_at = excluded.answered_at, {author} = excluded.{author}
WHERE {table}.version = %s
RETURNING version
"""
# Both made of constants only. The last column inserted is who answered; of a response, whose it is says as much.
UPSERT = UPSERT_FORM.format(table="assess_answer", owner="assessment_id", author="answered_by_id")
OWN_UPSERT = UPSERT_FORM.format(table="assess_response", owner="respondent_id", author="assessment_id")

# Written by hand like the rest: building and saving a model takes longer than the three statements together.
EVENT = """
INSERT INTO assess_event
  (assessment_id, respondent_id, kind, key, payload, version, mutation_id, at, by_id, number, seal)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
RETURNING id
"""


def save_answer(
    assessment_id: int, change: Change, *, by: User, respondent_id: int | None = None, agreed: bool = False
) -> Outcome:
    """Save one change; the outcome says what became of it. `Saved` only after COMMIT.

    With `respondent_id` it is that person's own answer; `agreed` makes it the shared one while people answer
    separately.
    """
    # A model's filter finds no row for more; our own statements would fail.
    if assessment_id > LARGEST_ID or (respondent_id or 0) > LARGEST_ID:
        return NotFound()
    explain = partial(explain_unsaved, assessment_id, change, by=by, respondent_id=respondent_id, agreed=agreed)
    try:
        with transaction.atomic():
            saved = run_statements(assessment_id, change, by=by, respondent_id=respondent_id, agreed=agreed)
            if saved is None:
                transaction.set_rollback(True)
    except ValidationFailed as error:
        return Invalid(issues=tuple(error.issues))
    except IntegrityError:
        # Only the mutation id can clash: a retry that overtook its own first attempt, or an id used elsewhere.
        return explain(id_is_taken=True)
    return saved or explain(id_is_taken=False)


def outcome_of_bad_change(assessment_id: int, issues: Iterable[Issue], *, by: User) -> Outcome:
    """The outcome for a change that could not be read: first whether this person may know of the assessment."""
    assessment = Assessment.objects.visible_to(by).select_related("team").filter(pk=assessment_id).first()
    if assessment is None:
        return NotFound()
    if not can_edit(by, assessment.team):
        return NotAllowed()
    return Invalid(issues=tuple(issues))


def run_statements(
    assessment_id: int, change: Change, *, by: User, respondent_id: int | None, agreed: bool
) -> Saved | None:
    """The three statements; None as soon as one of them finds no row. Only inside a transaction."""
    at = timezone.now()
    stamp = connection.ops.adapt_datetimefield_value(at)
    if respondent_id is None:
        gate = fetch_first_row(GATE, [stamp, by.pk, assessment_id, agreed, by.pk, *ANSWERING_ROLES])
    else:
        gate = fetch_first_row(OWN_GATE, [stamp, by.pk, assessment_id, respondent_id, by.pk, by.is_guest])
    if gate is None:
        return None
    edition, number = str(gate[0]), int(gate[1])
    answer = check_change(change, questionnaire_by_hash(edition))
    payload = payload_of(answer)
    value = None if answer.value is None else json.dumps(payload["value"])
    texts = [payload[name] for name in ("basis", "note", "link", "not_applicable", "who_knows")]
    owner, author = (assessment_id, by.pk) if respondent_id is None else (respondent_id, assessment_id)
    row: list[Any] = [owner, change.key, change.answered, value, *texts, stamp, author]
    upsert = UPSERT if respondent_id is None else OWN_UPSERT
    upserted = fetch_first_row(upsert, [*row, change.base_version, owner, change.key, change.base_version])
    if upserted is None:
        return None
    version = int(upserted[0])
    kind = EventKind.ANSWERED if change.answered else EventKind.CLEARED
    sealed = seal(
        assessment_id=assessment_id,
        respondent_id=respondent_id,
        number=number,
        kind=kind.value,
        key=change.key,
        payload=payload,
        version=version,
        mutation_id=change.mutation_id.hex,
        at=at,
        by_id=by.pk,
    )
    event: list[Any] = [kind.value, change.key, json.dumps(payload), version, change.mutation_id.hex, stamp, by.pk]
    written = fetch_first_row(EVENT, [assessment_id, respondent_id, *event, number, sealed])
    assert written is not None
    note_event(int(written[0]), sealed)
    return Saved(key=change.key, version=version, at=at, value=payload["value"])


def fetch_first_row(statement: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
    """The row that the statement returns, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return rows[0] if rows else None


def explain_unsaved(
    assessment_id: int, change: Change, *, by: User, id_is_taken: bool, respondent_id: int | None, agreed: bool
) -> Outcome:
    """Why nothing was written. A retry gets its first outcome, but only for somebody who can see the assessment."""
    respondent = None
    if respondent_id is None:
        assessments = Assessment.objects.in_reach_of(by)
    else:
        respondent = Respondent.objects.filter(pk=respondent_id, user=by, assessment=assessment_id).first()
        assessments = Assessment.objects.filter(respondents=respondent) if respondent else Assessment.objects.none()
    assessment = assessments.select_related("team", "submitted_by").filter(pk=assessment_id).first()
    if assessment is None:
        return NotFound()
    first = Event.objects.filter(assessment=assessment, by=by, mutation_id=change.mutation_id).first()
    if first is not None:
        return Saved(key=first.key, version=first.version, at=first.at, value=first.payload.get("value"))
    if assessment.deleted_at is not None:
        return NotFound()
    if respondent is None and not can_edit(by, assessment.team):
        return NotAllowed()
    if assessment.is_submitted:
        return Submitted(assessment=assessment)
    if respondent is not None and respondent.removed_at is not None:
        message = _("You are no longer asked to answer this version; your answers stay in its log")
        return Elsewhere(message=message)
    if respondent is not None and has_left_workspace(respondent):
        return Elsewhere(message=_(HAS_LEFT))
    if assessment.answers_separately is not (respondent is not None or agreed):
        return Elsewhere(message=_(SEPARATELY) if assessment.answers_separately else _(TOGETHER))
    if id_is_taken:
        message = _("Send the change again with a new mutation_id; this one cannot be used")
        return Invalid(issues=(Issue(code="mutation_id_taken", key="mutation_id", message=message),))
    rows: QuerySet[Answer] | QuerySet[Response] = assessment.answers.select_related("answered_by")
    if respondent is not None:
        rows = Response.objects.filter(respondent=respondent)
    return Stale(key=change.key, present=rows.filter(key=change.key).first())
