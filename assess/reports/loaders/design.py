"""A version's design decisions for its report and for the records of them."""

from assess.advice.facade import DESIGN_QUESTIONS, translate_design_question
from assess.assessments.facade import Assessment
from assess.decision.facade import Result
from assess.planning.facade import find_asked_design
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.design import DesignChoice, DesignData
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text


def load_design(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result
) -> DesignData | None:
    """The decisions of this version and what its verdict still asks; None before the first decision. As
    `load_design_choices`."""
    choices = load_design_choices(assessment)
    if not choices:
        return None
    decided = {each.question.slug for each in choices}
    asked = find_asked_design(assessment, questionnaire, answers, result)
    return DesignData(
        choices=choices,
        open=tuple(
            translate_design_question(question)
            for slug, question in DESIGN_QUESTIONS.items()
            if slug in asked and slug not in decided
        ),
    )


def load_design_choices(assessment: Assessment) -> tuple[DesignChoice, ...]:
    """What was decided, in the order of the questions. One query, none where the assessment came
    with `has_design_decisions` and has none."""
    is_decided = getattr(assessment, "has_design_decisions", True)
    rows = {row.key: row for row in assessment.design_decisions.select_related("decided_by")} if is_decided else {}
    choices = []
    for slug, question in DESIGN_QUESTIONS.items():
        row = rows.get(slug)
        if row is not None:
            translated = translate_design_question(question)
            option = translated.option(row.option)
            choices.append(
                DesignChoice(
                    question=translated,
                    option=option,
                    title=option.title if option else row.option,
                    reason=clean_text(row.reason),
                    by=clean_line(str(row.decided_by), MAX_NAME),
                    at=row.decided_at,
                )
            )
    return tuple(choices)
