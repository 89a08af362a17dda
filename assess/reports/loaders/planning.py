"""Money, plan and all else of `planning`, from the rows of a version, for its report."""

from dataclasses import replace
from datetime import date

from assess.advice.facade import (
    GoalLine,
    OutcomeLine,
    PreparationList,
    Timeline,
    is_preparing,
)
from assess.assessments.facade import Assessment
from assess.decision.facade import Result
from assess.evidence.facade import Scan
from assess.planning.facade import (
    find_merging_of,
    find_pitfalls_of,
    load_goals,
    load_preparations,
    load_sums,
    load_timeline,
    outcome_lines,
)
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.planning import PlanningData
from assess.reports.content.sanitize import MAX_LINK, MAX_NAME, MAX_TEXT, clean_line, clean_text
from assess.reports.loaders.design import load_design


def load_planning(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result, scan: Scan | None
) -> PlanningData:
    """What this version's report says of them. One query each, three for goals. `scan` is the newest one."""
    return PlanningData(
        money=load_sums(assessment, answers, assessment.overruled_to or result.verdict),
        goals=load_goal_lines(assessment),
        plan=load_plan(assessment),
        preparation=load_preparation(assessment, questionnaire, answers, result, scan),
        design=load_design(assessment, questionnaire, answers, result),
        pitfalls=find_pitfalls_of(assessment, questionnaire, answers, result, scan),
        merging=find_merging_of(assessment, questionnaire, answers),
        outcomes=load_outcomes(assessment),
    )


def load_outcomes(assessment: Assessment) -> tuple[OutcomeLine, ...]:
    """What was recorded after 6 and 12 months, its texts cleaned. One query at most."""
    return tuple(
        replace(line, text=clean_text(line.text), lesson=clean_text(line.lesson), by=clean_line(line.by, MAX_NAME))
        for line in outcome_lines(assessment)
    )


def load_preparation(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result, scan: Scan | None
) -> PreparationList | None:
    """The four lists, None where the verdict needs none of it and nobody marked anything. One query."""
    prepared = load_preparations(assessment, questionnaire, answers, scan)
    if not is_preparing(result.form) and not any(line.mark for line in prepared.lines):
        return None
    lines = []
    for line in prepared.lines:
        mark = line.mark
        if mark is not None:
            mark = replace(
                mark, text=clean_text(mark.text), link=clean_line(mark.link, MAX_LINK), by=clean_line(mark.by, MAX_NAME)
            )
        lines.append(replace(line, mark=mark, found=clean_text(line.found)))
    return PreparationList(lines=tuple(lines))


def load_plan(assessment: Assessment) -> Timeline | None:
    """The steps of the plan with their texts cleaned; None where none is begun. One query, none where the
    assessment came with `has_plan_steps` and has none."""
    if not getattr(assessment, "has_plan_steps", True):
        return None
    timeline = load_timeline(assessment)
    if not timeline.lines:
        return None
    lines = tuple(
        replace(
            step,
            title=clean_line(step.title, MAX_TEXT),
            done_when=clean_line(step.done_when, MAX_TEXT),
            owner=clean_line(step.owner, MAX_NAME),
            note=clean_text(step.note),
        )
        for step in timeline.lines
    )
    return replace(timeline, lines=lines)


def load_goal_lines(assessment: Assessment) -> tuple[GoalLine, ...]:
    """The goals that the version goes by, with their readings. Three queries at most."""
    return tuple(
        replace(
            line,
            # Not today's: the report would be another one each day.
            today=line.target_on if line.target_on and line.is_waited_for else date.max,
            by=clean_line(line.by, MAX_NAME),
            note=clean_text(line.note),
            readings=tuple(
                replace(each, by=clean_line(each.by, MAX_NAME), note=clean_text(each.note)) for each in line.readings
            ),
        )
        for line in load_goals(assessment)
    )
