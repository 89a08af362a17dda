"""From one common sheet to a sheet for each, and back.

Decides: what becomes of answers that stood in common when a team begins to answer apart, and of those on the sheets
when it answers together again. Each answer moved is an event, so that the fold of the log stays true.
Does not decide: who is asked (`respondents`), what is agreed on (`together`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.combined import combine
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import Entry, event_of, payload_of, record, write
from assess.assessments.models import (
    Agreement,
    Answer,
    Assessment,
    EventKind,
    Perspective,
    Respondent,
    Response,
    System,
)
from assess.assessments.sheets import own_answers, own_progress, sheet_had
from assess.people.facade import Ability, User, check_can, filter_readers
from assess.questionnaire.facade import Answer as AnswerValue


def hold(assessment: Assessment, ability: Ability, *, by: User) -> Assessment:
    """The assessment as it is now, held with its system against everybody else until the transaction ends."""
    check_can(by, ability, assessment.system.team)
    System.objects.select_for_update().get(pk=assessment.system_id)
    held = Assessment.objects.select_for_update().get(pk=assessment.pk)
    held.system, held.edition = assessment.system, assessment.edition
    return held


def answer_apart(held: Assessment, *, by: User, at: datetime) -> None:
    """From the first ask on everybody has a sheet: what stands in common becomes the sheet of whoever answered it.

    Agreed answers stay common.
    """
    if held.independent:
        return
    held.independent = True
    held.updated_at, held.updated_by = at, by
    held.save(update_fields=("independent", "updated_at", "updated_by"))
    agreed = set(Agreement.objects.filter(assessment=held).values_list("key", flat=True))
    rows = [row for row in held.answers.given().select_related("answered_by") if row.key not in agreed]
    every_section = [section.slug for section in questionnaire_of(held.edition).sections]
    authors = {row.answered_by for row in rows} | {by}
    sheets = {
        author.pk: give_sheet(held, author, Perspective.DEVELOPER, every_section, by=by, at=at)
        for author in sorted(authors, key=lambda author: author.pk)
    }
    _note_who_looked(held, at=at)
    answered_before = _responses_by_key(held)
    events = []
    for row in rows:
        answer = row.as_answer()
        # Came from the sheets in the first place, when people answered apart before.
        if not any(response.value == row.value for response in answered_before.get(row.key, ())):
            sheet = sheets[row.answered_by_id]
            response = sheet.responses.filter(key=row.key).first()
            response = response or Response(respondent=sheet, assessment=held, key=row.key, version=0)
            for name, content in payload_of(answer).items():
                setattr(response, name, content)
            response.answered, response.version, response.answered_at = True, response.version + 1, row.answered_at
            response.save()
            entry = Entry(key=row.key, answered=True, answer=answer, version=response.version)
            events.append(event_of(entry, assessment_id=held.pk, by=by, at=at, respondent_id=sheet.pk))
        for name, content in payload_of(AnswerValue()).items():
            setattr(row, name, content)
        row.answered, row.version, row.answered_at, row.answered_by = False, row.version + 1, at, by
        row.save()
        cleared = Entry(key=row.key, answered=False, answer=AnswerValue(), version=row.version)
        events.append(event_of(cleared, assessment_id=held.pk, by=by, at=at))
    write(held.pk, events)
    record(held, EventKind.ASKED_APART, by=by, at=at, payload={"moved": len(rows)})


def _note_who_looked(held: Assessment, *, at: datetime) -> None:
    """Apart again after a while together, when what all had said was there to see: whoever reads the team's and still
    has to answer is asked from now on (`came_late`)."""
    if not held.events.filter(kind=EventKind.TOGETHER).exists():
        return
    asked = held.respondents.filter(removed_at=None, user__isnull=False).exclude(user__is_guest=True)
    sheets = {each.user: each for each in asked.select_related("user").prefetch_related("responses") if each.user}
    questionnaire = questionnaire_of(held.edition)
    for reader in filter_readers(sheets, held.system.team):
        respondent = sheets[reader]
        if not own_progress(questionnaire, respondent, own_answers(respondent.responses.all())).is_complete:
            respondent.asked_at = at
            respondent.save(update_fields=("asked_at",))


def give_sheet(
    held: Assessment, person: User, perspective: str, sections: Sequence[str], *, by: User, at: datetime
) -> Respondent:
    """This person's sheet: the one they have, the one they had before they were removed, else a new one."""
    respondent = sheet_had(held, person)
    if respondent is not None and respondent.removed_at is None:
        return respondent
    respondent = respondent or Respondent(assessment=held, user=person)
    respondent.perspective, respondent.sections = perspective, list(sections)
    respondent.asked_at, respondent.asked_by = at, by
    respondent.removed_at = respondent.removed_by = respondent.finished_at = None
    respondent.save()
    record_asked(held, respondent, by=by, at=at)
    return respondent


def record_asked(held: Assessment, respondent: Respondent, *, by: User, at: datetime) -> None:
    payload: Mapping[str, object] = {"perspective": respondent.perspective, "sections": respondent.sections}
    record(held, EventKind.ASKED, by=by, at=at, payload=payload, respondent_id=respondent.pk)


@transaction.atomic
def answer_together_again(assessment: Assessment, *, by: User) -> Assessment:
    """Back to one common sheet.

    Where all who know gave one value, it becomes the common answer, unless one was agreed on; where they gave several,
    the question has no answer until the team gives one. All sheets stay as they are, in the log and in their rows.
    """
    held = hold(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    policies.check(policies.why_not_apart(held))
    now = timezone.now()
    rows = {row.key: row for row in held.answers.all()}
    events = []
    for key, responses in _responses_by_key(held).items():
        row = rows.get(key)
        answer = _common(responses)
        if answer is None or (row is not None and row.answered):
            continue
        # Under the name of the one who gave it, unless names are hidden: a common answer shows whose it is.
        author = responses[0].respondent.user if len(responses) == 1 and held.names_shown else None
        row = row or Answer(assessment=held, key=key, version=0)
        _put(row, answer, author=author or by, at=now)
        entry = Entry(key=key, answered=True, answer=answer, version=row.version)
        events.append(event_of(entry, assessment_id=held.pk, by=by, at=now))
    held.independent = False
    held.updated_at, held.updated_by = now, by
    held.save(update_fields=("independent", "updated_at", "updated_by"))
    write(held.pk, events)
    record(held, EventKind.TOGETHER, by=by, at=now, payload={"answers": len(events)})
    return held


def _responses_by_key(held: Assessment) -> dict[str, list[Response]]:
    found: dict[str, list[Response]] = {}
    rows = held.responses.filter(answered=True, respondent__removed_at=None).select_related("respondent__user")
    for row in rows.order_by("id"):
        found.setdefault(row.key, []).append(row)
    return found


def _common(responses: Sequence[Response]) -> AnswerValue | None:
    """What these answers of several people agree on, the whole of it where one alone answered; None while open."""
    if len(responses) == 1:
        return responses[0].as_answer()
    answer = combine(row.as_answer() for row in responses)
    if answer.between or (not answer.is_known and any(row.value is not None for row in responses)):
        return None
    if not answer.is_known and not answer.not_applicable and any(row.not_applicable for row in responses):
        return None
    return answer


def _put(row: Answer, answer: AnswerValue, *, author: User, at: datetime) -> None:
    """The common answer as the next version of its row."""
    for name, content in payload_of(answer).items():
        setattr(row, name, content)
    row.answered, row.version, row.answered_at, row.answered_by = True, row.version + 1, at, author
    row.save()
