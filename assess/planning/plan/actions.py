"""What a team does with its plan: begin it, take unfinished steps over, add, change, move, drop and bring back.

Each is one transaction with its event inside. It raises PermissionDenied for those who do not answer, and
ValidationFailed with what to do where the plan may not change any more, or somebody changed the step meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from django.db import transaction
from django.utils import timezone

from assess.assessments.facade import Assessment, EventKind, record_event
from assess.language import _, number
from assess.people.facade import User
from assess.planning.models import MAX_NOTE, PlanStep
from assess.planning.plan.steps import advise_plan, unfinished_steps_before
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import check_unchanged, lock_for
from assess.questionnaire.facade import Issue, ValidationFailed

#: More than an extraction of three parts and a year of own steps.
MAX_STEPS: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class StepContent:
    """What a form says of a step; checked already."""

    stage: str
    title: str
    done_when: str
    owner: str
    starts_on: date | None
    due_on: date | None
    state: str
    note: str


@transaction.atomic
def begin_plan(assessment: Assessment, *, starts_on: date, by: User) -> list[PlanStep]:
    """The steps that the verdict calls for, their days counted from `starts_on`. Refused where there are steps already,
    and before the first verdict."""
    locked = lock_for(assessment, why_not_change_plan, by=by)
    if locked.plan_steps.exists():
        raise ValidationFailed([Issue(code="begun", message=_("Change the steps below: the plan is begun already"))])
    advised = advise_plan(assessment)
    if not advised:
        message = _("Answer more questions first: a plan begins with a verdict")
        raise ValidationFailed([Issue(code="no_verdict", message=message)])
    steps = [
        PlanStep(
            code=step.code,
            stage=step.stage,
            title=shorten(step.title, 200),
            done_when=shorten(step.done_when, 500),
            starts_on=starts_on + timedelta(days=step.start),
            due_on=starts_on + timedelta(days=step.due),
            note=shorten(step.note, MAX_NOTE),
        )
        for step in advised
    ]
    return add_steps(locked, steps, by=by)


def shorten(text: str, most: int) -> str:
    """The text with at most so many letters: names of modules in it may be long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@transaction.atomic
def take_over_steps(assessment: Assessment, *, by: User) -> list[PlanStep]:
    """The unfinished steps of the version before that has a plan, as they are, at the end of this version's."""
    locked = lock_for(assessment, why_not_change_plan, by=by)
    present = {(step.code, step.stage, step.title) for step in locked.plan_steps.all()}
    copied = ("code", "stage", "title", "done_when", "owner", "starts_on", "due_on", "state", "note")
    steps = [
        PlanStep(**{name: getattr(step, name) for name in copied})
        for step in unfinished_steps_before(locked)
        if (step.code, step.stage, step.title) not in present
    ]
    if not steps:
        raise ValidationFailed([Issue(code="nothing", message=_("Nothing to do: no unfinished step is left there"))])
    return add_steps(locked, steps, by=by)


def add_steps(locked: Assessment, steps: Sequence[PlanStep], *, by: User) -> list[PlanStep]:
    """The steps, written at the end of the plan with one event."""
    present = locked.plan_steps.count()
    if present + len(steps) > MAX_STEPS:
        message = _("A plan has at most {most} steps").format(most=number(MAX_STEPS))
        raise ValidationFailed([Issue(code="too_many", message=message)])
    last = locked.plan_steps.order_by("-place").values_list("place", flat=True).first() or 0
    now = timezone.now()
    for place, step in enumerate(steps, start=last + 1):
        step.assessment, step.place, step.saved_at, step.saved_by = locked, place, now, by
    written = PlanStep.objects.bulk_create(steps)
    record_event(locked, EventKind.STEPS_CHANGED, by=by, at=now, rows=written)
    return written


@transaction.atomic
def add_step(assessment: Assessment, content: StepContent, *, by: User) -> PlanStep:
    """A step of somebody's own, after the last of its stage."""
    locked = lock_for(assessment, why_not_change_plan, by=by)
    if locked.plan_steps.count() >= MAX_STEPS:
        message = _("A plan has at most {most} steps").format(most=number(MAX_STEPS))
        raise ValidationFailed([Issue(code="too_many", message=message)])
    order = list(locked.plan_steps.all())
    after = max((at for at, step in enumerate(order, start=1) if step.stage == content.stage), default=len(order))
    step = PlanStep(assessment=locked, place=after + 1)
    write_content(step, content, by=by)
    order.insert(after, step)
    record_event(locked, EventKind.STEPS_CHANGED, by=by, at=step.saved_at, rows=[step, *renumber(order)])
    return step


@transaction.atomic
def change_step(step: PlanStep, content: StepContent, *, seen: str, by: User) -> PlanStep:
    """The step with this content. `seen` is the `moment_of` the step that the form was filled in over."""
    locked = lock_for(step.assessment, why_not_change_plan, by=by)
    present = locked.plan_steps.select_related("saved_by").get(pk=step.pk)
    if all(getattr(present, name) == getattr(content, name) for name in content.__slots__):
        return present  # nothing new, or a double click
    check_unchanged(present, seen)
    write_content(present, content, by=by)
    record_event(locked, EventKind.STEPS_CHANGED, by=by, at=present.saved_at, rows=[present])
    return present


@transaction.atomic
def set_state(step: PlanStep, state: PlanStep.State, *, by: User) -> PlanStep:
    """The step in this state; dropped ones leave the drawing and the lists, and come back as to do."""
    locked = lock_for(step.assessment, why_not_change_plan, by=by)
    present = locked.plan_steps.get(pk=step.pk)
    if present.state != state:
        write_content(present, content_of(present, state=state), by=by)
        record_event(locked, EventKind.STEPS_CHANGED, by=by, at=present.saved_at, rows=[present])
    return present


@transaction.atomic
def move_step(step: PlanStep, direction: Literal["up", "down"], *, by: User) -> None:
    """Put the step before or after its neighbour in its stage that is not dropped; nothing at the stage's end."""
    locked = lock_for(step.assessment, why_not_change_plan, by=by)
    order = list(locked.plan_steps.all())
    at = next(index for index, each in enumerate(order) if each.pk == step.pk)
    others = range(at - 1, -1, -1) if direction == "up" else range(at + 1, len(order))
    shown = (index for index in others if order[index].state != PlanStep.State.DROPPED)
    other = next((index for index in shown if order[index].stage == order[at].stage), None)
    if other is None:
        return
    order.insert(other, order.pop(at))
    record_event(locked, EventKind.STEPS_CHANGED, by=by, rows=renumber(order))


def renumber(order: Sequence[PlanStep]) -> list[PlanStep]:
    """Those of the steps whose place changed, saved at the place at which they are in this order."""
    moved = [step for place, step in enumerate(order, start=1) if step.place != place]
    for place, step in enumerate(order, start=1):
        step.place = place
    PlanStep.objects.bulk_update(moved, ["place"])
    return moved


def content_of(step: PlanStep, **changes: Any) -> StepContent:
    """What the step says, with these fields changed."""
    said = {name: getattr(step, name) for name in StepContent.__slots__}
    return StepContent(**{**said, **changes})


def write_content(step: PlanStep, content: StepContent, *, by: User) -> None:
    """Save the step with this content; when it was done is kept as long as it stays done."""
    now = timezone.now()
    for name in content.__slots__:
        setattr(step, name, getattr(content, name))
    if step.state != PlanStep.State.DONE:
        step.done_at = None
    elif step.done_at is None:
        step.done_at = now
    step.saved_at, step.saved_by = now, by
    step.save()
