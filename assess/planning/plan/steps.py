"""Steps of plans, read: a version's as a timeline, what a new plan would begin with, and which steps count."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from assess.advice.facade import KIND_OF_FORM, AdvisedStep, PlanLine, PlanPart, Timeline, build_plan_steps
from assess.assessments.facade import Assessment, candidates_of, judge, latest_scan_of, questionnaire_of
from assess.decision.facade import Form, Result, find_standing_form, find_standing_steps
from assess.planning.merging.find import find_merging_of
from assess.planning.models import PlanStep
from assess.planning.preparation.actions import load_preparations
from assess.planning.rows import today_of
from assess.questionnaire.facade import Answers, Questionnaire
from assess.web.facade import localdate_in

OPEN_STATES = (PlanStep.State.TO_DO, PlanStep.State.DOING)


def load_timeline(assessment: Assessment) -> Timeline:
    """The version's steps in their order, dropped ones too, on the workspace's present day. One query."""
    today = today_of(assessment)
    return Timeline(lines=tuple(to_lines(assessment, assessment.plan_steps.all(), today)), today=today)


def to_lines(assessment: Assessment, steps: Iterable[PlanStep], today: date) -> Iterable[PlanLine]:
    for step in steps:
        yield PlanLine(
            pk=step.pk,
            code=step.code,
            stage=step.stage,
            title=step.title,
            done_when=step.done_when,
            owner=step.owner,
            starts_on=step.starts_on,
            due_on=step.due_on,
            state=step.state,  # type: ignore[arg-type]  # a choice of the column
            note=step.note,
            done_on=localdate_in(assessment.workspace, step.done_at) if step.done_at else None,
            is_late=step.state in OPEN_STATES and step.due_on is not None and step.due_on < today,
            saved_at=step.saved_at,
        )


def advise_plan(assessment: Assessment) -> tuple[AdvisedStep, ...]:
    """The steps that the decision that stands calls for, in the active language; none before the first verdict.

    Five queries, and reading the scan's file.
    """
    questionnaire, answers = questionnaire_of(assessment.edition), assessment.current_answers()
    result = judge(assessment, questionnaire, answers).result
    overruled_to = assessment.overruled_to
    if not result.shown_verdict and not overruled_to:
        return ()
    form = find_standing_form(questionnaire, answers, result, overruled_to)
    lists = load_preparations(assessment, questionnaire, answers, latest_scan_of(assessment))
    ready = {line.preparation.key for line in lists.lines if line.state == "ticked"}
    return build_plan_steps(
        form,
        parts=parts_of_form(assessment, questionnaire, answers, result, form),
        next_steps=find_standing_steps(questionnaire, answers, result, overruled_to),
        ready=ready,
    )


def parts_of_form(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result, form: Form
) -> tuple[PlanPart, ...]:
    """What goes first, second and third: parts to extract, modules, or groups of services to merge. Three queries."""
    kind = KIND_OF_FORM[form]
    if kind == "consolidate":
        merging = find_merging_of(assessment, questionnaire, answers)
        groups = merging.groups if merging else ()
        return tuple(PlanPart(name=group.name, why=" ".join(group.reasons)) for group in groups)
    return plan_parts(assessment, result.part if form == "hot_part" else "") if kind != "stay" else ()


def plan_parts(assessment: Assessment, named: str) -> tuple[PlanPart, ...]:
    """What goes first, second and third with the reasons: the part that the team `named`, then the candidates in their
    order, those only that are worth it. Two queries, and reading the scan's file."""
    found = candidates_of(assessment).candidates
    ranked = [each for each in found.ranked if each.is_worth] if found else []
    parts = [PlanPart(name=each.app, why=" ".join(each.reasons)) for each in ranked]
    if not named:
        return tuple(parts)
    own = next((part for part in parts if part.name.casefold() == named.casefold()), PlanPart(name=named))
    return (own, *(part for part in parts if part is not own))


def steps_that_count() -> QuerySet[PlanStep]:
    """Open steps that somebody still has to do: of each system's newest version that has a plan, unless a later version
    is submitted, for that one goes on with the plan. Not of an open version that people answer separately: a step tells
    what others answered."""
    later = Assessment.objects.filter(
        system=OuterRef("assessment__system"), version__gt=OuterRef("assessment__version"), deleted_at=None
    )
    has_plan = Exists(PlanStep.objects.filter(assessment=OuterRef("pk")))
    return PlanStep.objects.filter(
        ~Exists(later.filter(Q(has_plan) | Q(submitted_at__isnull=False))),
        ~Q(assessment__answers_separately=True, assessment__submitted_at=None),
        state__in=OPEN_STATES,
        assessment__deleted_at=None,
    )


def unfinished_steps_before(assessment: Assessment) -> list[PlanStep]:
    """The open steps of the newest version before this one that has a plan. Two queries."""
    earlier = PlanStep.objects.filter(
        assessment__system=assessment.system_id,
        assessment__version__lt=assessment.version,
        assessment__deleted_at=None,
    )
    newest = earlier.order_by("-assessment__version").values_list("assessment", flat=True).first()
    return list(earlier.filter(assessment=newest, state__in=OPEN_STATES)) if newest else []
