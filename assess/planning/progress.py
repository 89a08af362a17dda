"""What a plan has reached, suggested as answers of the next version: steps done, items ticked, figures measured.

Nothing counts until somebody confirms it, like any suggestion; each says what it follows from.
"""

from collections.abc import Mapping
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q

from assess.advice.facade import GOAL_FIGURES, PREPARATIONS_BY_SLUG, is_further, reached_by_items, reached_by_steps
from assess.assessments.facade import Assessment, EarlierAnswer, register_suggestions
from assess.language import _
from assess.planning.models import GoalReading, PlanStep, PreparationMark
from assess.questionnaire.facade import Answer, Answers, Questionnaire
from assess.web.facade import get_time_zone


def connect() -> None:
    """Let `assessments` suggest what plans have reached."""
    steps = PlanStep.objects.filter(assessment=OuterRef("pk"), state=PlanStep.State.DONE)
    marks = PreparationMark.objects.filter(assessment=OuterRef("pk"), kind=PreparationMark.Kind.TICKED)
    readings = GoalReading.objects.filter(assessment__system=OuterRef("system"))
    where = Q(Exists(steps)) | Q(Exists(marks)) | Q(Exists(readings))
    register_suggestions("has_progress", suggest_progress, where=where)


def suggest_progress(
    assessment: Assessment, earlier: Assessment, questionnaire: Questionnaire, before: Answers
) -> Mapping[str, EarlierAnswer]:
    """By question, what goes beyond the earlier answers: by the earlier version's steps and items, and by the newest
    reading of a figure since that version was submitted. Three queries."""
    zone = get_time_zone(assessment.workspace.time_zone)
    found: dict[str, EarlierAnswer] = {}
    marks = earlier.preparation_marks.filter(kind=PreparationMark.Kind.TICKED).select_related("saved_by")
    items = {row.item: row for row in marks}
    for slug, key, value in reached_by_items(items):
        if is_further(questionnaire, key, value, before):
            origin = _("ticked: {item}").format(item=_(PREPARATIONS_BY_SLUG[slug].sentence))
            at = datetime.combine(items[slug].marked_on, time(), tzinfo=zone)
            found[key] = EarlierAnswer(answer=Answer(value=value), by="", at=at, origin=origin)
    done = earlier.plan_steps.filter(state=PlanStep.State.DONE, done_at__isnull=False)
    steps = {row.code: row for row in done}
    for code, key, value in reached_by_steps(steps):
        reached = {**before, **{at: each.answer for at, each in found.items()}}
        if is_further(questionnaire, key, value, reached):
            origin = _("step done: {step}").format(step=steps[code].title)
            at = steps[code].done_at or steps[code].saved_at
            found[key] = EarlierAnswer(answer=Answer(value=value), by="", at=at, origin=origin)
    readings = GoalReading.objects.filter(
        assessment__system=assessment.system_id,
        assessment__version__lte=assessment.version,
        assessment__deleted_at=None,
        saved_at__gt=earlier.submitted_at,
        figure__in=[figure.slug for figure in GOAL_FIGURES.values() if figure.question],
    )
    for row in readings.order_by("measured_on", "pk"):
        key = GOAL_FIGURES[row.figure].question
        value_before = before[key].value if key in before else None
        if key not in questionnaire.by_key or row.value == value_before:
            continue
        number = int(row.value) if row.value == int(row.value) else row.value
        found[key] = EarlierAnswer(
            answer=Answer(value=number, basis="measured"),
            by="",
            at=datetime.combine(row.measured_on, time(), tzinfo=zone),
            origin=_("measured as a goal"),
        )
    return found
