"""Agreeing on the shared answer to a question that people answered separately.

An agreement is whole or not there: the shared answer, by whom, what they wrote and what each had answered before, with
its events, in one transaction.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from assess.assessments.changes import Change, check_answer
from assess.assessments.consensus import build_consensus, load_respondent_answers
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.formatting import format_answer
from assess.assessments.log import record_event
from assess.assessments.models import Agreement, Assessment, Event
from assess.assessments.response_visibility import visible_keys
from assess.assessments.saving import Outcome, Saved, save_answer
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Issue, Question, ValidationFailed, check_note


def agree(assessment: Assessment, change: Change, *, note: str = "", by: User) -> Outcome:
    """Make this the shared answer, in place of an earlier agreement. Nothing is kept unless the outcome is `Saved`.

    Raises PermissionDenied, and ValidationFailed for a note that cannot be kept or a question that the person has yet
    to answer on their own.
    """
    check_can(by, Ability.AGREE, assessment.system.team)
    try:
        note = check_note(note, settings.LIMITS["note"])
    except ValidationFailed as error:
        raise error.keyed("note") from None
    with transaction.atomic():
        locked = Assessment.objects.locked(assessment.pk)
        return save_agreement(locked, change, note=note, by=by, visible=visible_keys(by, locked))


def accept_unanimous_answers(assessment: Assessment, *, page: uuid.UUID, by: User) -> list[Question]:
    """Agree on every question that two or more people know and answer alike. Returns these questions.

    `page` is the page's own id: sent twice, it counts once. Raises PermissionDenied.
    """
    check_can(by, Ability.AGREE, assessment.system.team)
    accepted = []
    with transaction.atomic():
        locked = Assessment.objects.locked(assessment.pk)
        consensus = build_consensus(locked, by)
        visible = {point.question.key for point in consensus.points}
        for point in consensus.with_status("same"):
            assert point.answer is not None
            value = point.spread.given[0].value
            change = Change(
                key=point.question.key,
                answered=True,
                value=list(value) if isinstance(value, tuple) else value,
                basis=point.answer.basis,
                base_version=point.version,
                mutation_id=uuid.uuid5(page, f"take {point.question.key} {point.version}"),
            )
            if isinstance(save_agreement(locked, change, note="", by=by, visible=visible), Saved):
                accepted.append(point.question)
    return accepted


def withdraw_agreement(assessment: Assessment, change: Change, *, by: User) -> Outcome:
    """Take the shared answer back, so that the separate ones count again. `change` clears the shared answer."""
    check_can(by, Ability.AGREE, assessment.system.team)
    with transaction.atomic():
        locked = Assessment.objects.locked(assessment.pk)
        outcome = save_answer(locked.pk, change, by=by, agreed=True)
        agreements = locked.agreements.filter(key=change.key)
        if isinstance(outcome, Saved) and (removed := list(agreements)):
            record_event(locked, EventKind.AGREEMENT_WITHDRAWN, by=by, at=outcome.at, key=change.key, removed=removed)
            agreements.delete()
    return outcome


def save_agreement(locked: Assessment, change: Change, *, note: str, by: User, visible: Collection[str]) -> Outcome:
    """As `agree`, of an assessment that is locked; `visible` are the questions that the person may agree on."""
    question = questionnaire_of(locked.edition).by_key.get(change.key)
    if question is not None and change.key not in visible:
        message = _("Answer the question yourself first, then agree on it with the others")
        raise ValidationFailed([Issue(code="not_answered", key="value", message=message)])
    # The assessment is locked: of two requests that are the same, the second finds the first one's event.
    is_retry = Event.objects.filter(assessment=locked, mutation_id=change.mutation_id).exists()
    outcome = save_answer(locked.pk, change, by=by, agreed=True)
    if isinstance(outcome, Saved) and not is_retry and question is not None:
        record_agreement(locked, question, outcome.version, note=note, by=by, at=outcome.at)
    return outcome


def record_agreement(
    locked: Assessment, question: Question, version: int, *, note: str, by: User, at: datetime
) -> None:
    """Write the agreement beside the answer just saved, and its event: by respondent, not by name, as names can be
    hidden. Kept for good, so in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        in_site_language = questionnaire_of(locked.edition).by_key[question.key]
        answers_before = [
            {
                "respondent": each.respondent.pk,
                "perspective": each.respondent.perspective,
                "words": format_answer(in_site_language, each.sheet.answers[question.key]),
            }
            for each in load_respondent_answers(locked)
            if question.key in each.sheet.answers
        ]
    agreement, _created = Agreement.objects.update_or_create(
        assessment=locked,
        key=question.key,
        defaults={"note": note, "answers_before": answers_before, "agreed_at": at, "agreed_by": by},
    )
    payload = {"version": version, "note": note, "answers_before": answers_before}
    record_event(locked, EventKind.AGREED, by=by, at=at, key=question.key, payload=payload, rows=[agreement])


def preview_answer(question: Question, change: Change) -> AnswerValue | None:
    """The answer in a change, to show before it is saved; None for one that takes the answer back."""
    if not change.answered:
        return None
    return check_answer(change, question)
