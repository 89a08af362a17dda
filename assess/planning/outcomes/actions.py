"""Recording what became of a signed decision, and correcting it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assess.advice.facade import OUTCOME_FIGURES, OUTCOME_MONTHS, OutcomeFigures, number_of_answer
from assess.assessments.facade import Assessment, EventKind, add_months, raise_if_issue, record_event
from assess.language import _, day
from assess.people.facade import Ability, User, can, check_can
from assess.planning.models import MAX_NOTE, Outcome
from assess.planning.outcomes.due import signed_on
from assess.planning.policies import why_not_record_outcome
from assess.planning.rows import check_unchanged, today_of
from assess.questionnaire.facade import Answers, Issue, ValidationFailed, check_note


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeFields:
    """What somebody says of an outcome. `was_right` is None where it is not known."""

    followed: str
    was_right: bool | None
    text: str
    lesson: str
    figures: OutcomeFigures


def may_record(user: User, assessment: Assessment) -> bool:
    """Whether this person's role lets them say what became of it: whoever may answer, and architects."""
    team = assessment.system.team
    return can(user, Ability.ANSWER, team) or can(user, Ability.REVIEW, team)


@transaction.atomic
def record_outcome(assessment: Assessment, months: int, fields: OutcomeFields, *, seen: str, by: User) -> Outcome:
    """The outcome after so many months, recorded or corrected; unchanged and without an event where it says the same.

    `seen` is `moment_of` the row that the person looked at. Raises PermissionDenied, and ValidationFailed by field.
    """
    if not may_record(by, assessment):
        check_can(by, Ability.ANSWER, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_record_outcome(locked))
    raise_if_issue(why_not_record_after(locked, months))
    texts = check_notes(fields)
    row = Outcome.objects.select_for_update().filter(assessment=locked, months=months).first()
    check_unchanged(row, seen)
    values = {"followed": fields.followed, "was_right": fields.was_right, "figures": dict(fields.figures), **texts}
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return row
    now = timezone.now()
    row = row or Outcome(assessment=locked, months=months)
    for name, value in {**values, "saved_at": now, "saved_by": by}.items():
        setattr(row, name, value)
    row.save()
    payload = {"months": months, "text": row.text}
    record_event(locked, EventKind.OUTCOME_RECORDED, by=by, at=now, payload=payload, rows=[row])
    return row


def check_notes(fields: OutcomeFields) -> dict[str, str]:
    """Both texts, checked. Raises ValidationFailed with the field as key."""
    texts: dict[str, str] = {}
    issues = []
    for name in ("text", "lesson"):
        try:
            texts[name] = check_note(getattr(fields, name), MAX_NOTE)
        except ValidationFailed as failed:
            issues += [Issue(code=each.code, key=name, message=each.message) for each in failed.issues]
    if not issues and not texts["text"]:
        issues = [Issue(code="missing", key="text", message=_("Say what was done, in a sentence or two"))]
    if fields.followed not in Outcome.Followed.values:
        issues.append(Issue(code="missing", key="followed", message=_("Choose what was done")))
    if issues:
        raise ValidationFailed(issues)
    return texts


def why_not_record_after(assessment: Assessment, months: int) -> Issue | None:
    """Whether so many months have passed since the signature. One query."""
    day_signed = signed_on(assessment)
    if months not in OUTCOME_MONTHS or day_signed is None:
        return Issue(code="unknown_months", message=_("Choose 6 or 12 months"))
    due = add_months(day_signed, months)
    if due > today_of(assessment):
        return Issue(code="too_early", message=_("Come back on {day}; it is too early to say").format(day=day(due)))
    return None


def find_baselines(assessment: Assessment, answers: Answers) -> Mapping[str, Any]:
    """What each figure was: the goal's baseline, else the answer; figures with neither are left out. One query."""
    goals = dict(assessment.goals.filter(figure__in=OUTCOME_FIGURES).values_list("figure", "baseline"))
    known = {slug: number_of_answer(figure, answers) for slug, figure in OUTCOME_FIGURES.items()}
    return {slug: value for slug in OUTCOME_FIGURES if (value := goals.get(slug, known[slug])) is not None}
