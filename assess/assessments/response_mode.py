"""Switching between shared answers and separate answers.

Decides what becomes of shared answers when people start to answer separately, and of separate ones when the team goes
back to shared answers. Each answer moved is an event, so that the fold of the log stays true. Who is asked is decided
by `respondents`, what is agreed on by `agreements`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.answers import answers_from_rows, responses_by_question
from assess.assessments.assignments import latest_respondent_of, progress_of_respondent
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import SavedAnswer, answer_event, payload_of, record_event, write_events
from assess.assessments.models import Agreement, Answer, Assessment, Event, Respondent, Response
from assess.assessments.perspectives import Perspective
from assess.assessments.response_visibility import shows_answers_of
from assess.decision.facade import combine_answers
from assess.people.facade import Ability, User, check_can, filter_readers
from assess.questionnaire.facade import Answer as AnswerValue


def start_separate_answers(locked: Assessment, *, by: User, at: datetime) -> None:
    """Shared answers become the separate answers of the people who gave them; agreed ones stay shared. Does nothing if
    started.

    Only inside a transaction that has `locked` the assessment.
    """
    if locked.answers_separately:
        return
    save_response_mode(locked, separately=True, by=by, at=at)
    agreed = Agreement.objects.filter(assessment=locked).values_list("key", flat=True)
    rows = list(locked.answers.given().exclude(key__in=agreed).select_related("answered_by"))
    every_section = [section.slug for section in questionnaire_of(locked.edition).sections]
    authors = {row.answered_by for row in rows} | {by}
    respondents = {
        author.pk: assign_respondent(locked, author, Perspective.DEVELOPER, every_section, by=by, at=at)
        for author in sorted(authors, key=lambda author: author.pk)
    }
    asked_late = mark_readers_as_asked_late(locked, at=at)
    earlier_responses = responses_by_question([locked])
    events: list[Event] = []
    moved: list[Response] = []
    for row in rows:
        # An answer that was combined from separate ones is among them already.
        if not any(response.value == row.value for response in earlier_responses.get((locked.pk, row.key), ())):
            response = move_to_respondent(row, respondents[row.answered_by_id])
            saved = SavedAnswer(key=row.key, answered=True, answer=row.as_answer(), version=response.version)
            events.append(
                answer_event(saved, assessment_id=locked.pk, by=by, at=at, respondent_id=response.respondent_id)
            )
            moved.append(response)
        set_answer(row, AnswerValue(), answered=False, at=at)
        row.answered_by = by
        row.save()
        cleared = SavedAnswer(key=row.key, answered=False, answer=AnswerValue(), version=row.version)
        events.append(answer_event(cleared, assessment_id=locked.pk, by=by, at=at))
    write_events(locked.pk, events)
    payload = {"moved": len(rows)}
    record_event(locked, EventKind.ASKED_APART, by=by, at=at, payload=payload, rows=[locked, *asked_late, *moved])


def move_to_respondent(row: Answer, respondent: Respondent) -> Response:
    """The shared answer, saved as this respondent's own; its event is still to be written."""
    response = respondent.responses.filter(key=row.key).first()
    response = response or Response(respondent=respondent, assessment_id=row.assessment_id, key=row.key, version=0)
    set_answer(response, row.as_answer(), answered=True, at=row.answered_at)
    response.save()
    return response


def mark_readers_as_asked_late(locked: Assessment, *, at: datetime) -> list[Respondent]:
    """Separate answers again after shared ones, which everybody could read: a respondent who reads the team's
    assessments and still has to answer counts as asked from now on (`find_asked_late`). Returns those."""
    if not locked.events.filter(kind=EventKind.TOGETHER).exists():
        return []
    with_account = locked.respondents.filter(removed_at=None, user__isnull=False).exclude(user__is_guest=True)
    respondents = {
        each.user: each for each in with_account.select_related("user").prefetch_related("responses") if each.user
    }
    questionnaire = questionnaire_of(locked.edition)
    asked_late = []
    for reader in filter_readers(respondents, locked.system.team):
        respondent = respondents[reader]
        answers = answers_from_rows(respondent.responses.all())
        if not progress_of_respondent(questionnaire, respondent, answers).is_complete:
            respondent.asked_at = at
            respondent.save(update_fields=("asked_at",))
            asked_late.append(respondent)
    return asked_late


def assign_respondent(
    locked: Assessment, person: User, perspective: str, sections: Sequence[str], *, by: User, at: datetime
) -> Respondent:
    """The person as a respondent: as they are, as they were before they were removed, else as a new one."""
    respondent = latest_respondent_of(person, locked)
    if respondent is not None and respondent.removed_at is None:
        return respondent
    respondent = respondent or Respondent(assessment=locked, user=person)
    respondent.perspective, respondent.sections = perspective, list(sections)
    respondent.asked_at, respondent.asked_by = at, by
    respondent.removed_at = respondent.removed_by = respondent.finished_at = None
    respondent.save()
    record_assignment(locked, respondent, by=by, at=at)
    return respondent


def record_assignment(locked: Assessment, respondent: Respondent, *, by: User, at: datetime) -> None:
    """Write the event that says from which perspective and which sections the respondent is asked."""
    payload = {"perspective": respondent.perspective, "sections": respondent.sections}
    record_event(locked, EventKind.ASKED, by=by, at=at, payload=payload, respondent_id=respondent.pk, rows=[respondent])


@transaction.atomic
def return_to_shared_answers(assessment: Assessment, *, by: User) -> Assessment:
    """Where all who know gave the same value, it becomes the shared answer, unless one was agreed on.

    Where they differ, the question has no answer until the team gives one; so where names are hidden and fewer than
    three answered. All separate answers stay in their rows and
    in the log.
    """
    check_can(by, Ability.ASK, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    policies.raise_if_issue(policies.why_not_answer(locked))
    policies.raise_if_issue(policies.why_not_separately(locked))
    now = timezone.now()
    rows = {row.key: row for row in locked.answers.all()}
    events: list[Event] = []
    shared: list[Answer] = []
    for (_pk, key), responses in responses_by_question([locked]).items():
        row = rows.get(key)
        answer = shared_answer(responses) if shows_answers_of(locked, len(responses)) else None
        if answer is None or (row is not None and row.answered):
            continue
        row = row or Answer(assessment=locked, key=key, version=0)
        set_answer(row, answer, answered=True, at=now)
        # Under the name of the one person who gave it: a shared answer shows its author.
        author = responses[0].respondent.user if len(responses) == 1 else None
        row.answered_by = author or by
        row.save()
        saved = SavedAnswer(key=key, answered=True, answer=answer, version=row.version)
        events.append(answer_event(saved, assessment_id=locked.pk, by=by, at=now))
        shared.append(row)
    save_response_mode(locked, separately=False, by=by, at=now)
    write_events(locked.pk, events)
    payload = {"answers": len(events)}
    record_event(locked, EventKind.TOGETHER, by=by, at=now, payload=payload, rows=[locked, *shared])
    return locked


def shared_answer(responses: Sequence[Response]) -> AnswerValue | None:
    """What these answers to one question agree on, whole where there is only one; None while people differ."""
    if len(responses) == 1:
        return responses[0].as_answer()
    answer = combine_answers([row.as_answer() for row in responses])
    if answer.between or (not answer.is_known and any(row.value is not None for row in responses)):
        return None
    if not answer.is_known and not answer.not_applicable and any(row.not_applicable for row in responses):
        return None
    return answer


def set_answer(row: Answer | Response, answer: AnswerValue, *, answered: bool, at: datetime) -> None:
    """Put the answer into the row as its next version. Not saved."""
    for name, content in payload_of(answer).items():
        setattr(row, name, content)
    row.answered, row.version, row.answered_at = answered, row.version + 1, at


def save_response_mode(locked: Assessment, *, separately: bool, by: User, at: datetime) -> None:
    locked.answers_separately = separately
    locked.updated_at, locked.updated_by = at, by
    locked.save(update_fields=("answers_separately", "updated_at", "updated_by"))
