"""The plan that a team keeps, as a report says it, with the verdict that it would lead to."""

from collections.abc import Callable

from assess.assessments.facade import Assessment, plan_steps, read_what_if
from assess.decision.facade import FORM_WORDS, VERDICT_WORDS, Result
from assess.language import _
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.data import Plan, PlannedLine
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.web.facade import to_form_texts


def load_plan(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Answers,
    result: Result,
    judge: Callable[[Questionnaire, Answers], Result],
) -> Plan | None:
    """The plan, None where none is kept. `judge` decides on answers as it did for `result`. One query."""
    lines = plan_steps(questionnaire, assessment.planned_changes.all(), answers)
    if not lines:
        return None
    tried = read_what_if(questionnaire, answers, {line.change.key: to_form_texts(line.change.after) for line in lines})
    reached = judge(questionnaire, tried.answers)
    if not reached.shown_verdict:
        finding = _("With the plan done, there is no verdict yet.")
    elif (reached.verdict, reached.form) == (result.verdict, result.form):
        finding = _("With the plan done, the verdict stays “{verdict}”, {form}.")
    else:
        finding = _("With the plan done, the verdict is “{verdict}”, {form}.")
    return Plan(
        finding=finding.format(verdict=VERDICT_WORDS[reached.verdict], form=FORM_WORDS[reached.form]),
        why=reached.rule_sentence,
        lines=tuple(
            PlannedLine(
                sentence=line.sentence,
                reached=line.reached,
                by=clean_line(str(line.kept_by), MAX_NAME),
                at=line.kept_at,
            )
            for line in lines
        ),
    )
