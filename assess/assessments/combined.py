"""The answers that a verdict is reached from: the common ones, and where people answer apart, theirs put together.

Decides: what several people's answers to one question come to. What was agreed on counts. Without an agreement, one
value that all who know give counts; where they give several, the question is open between these (`Answer.between`):
nothing is averaged away. Does not decide: how far apart answers are (`decision.disagreement`).
"""

from collections.abc import Iterable, Sequence

from assess.assessments.models import Answer, Assessment, Response
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.schema import Value


def given_answers(assessments: Sequence[Assessment]) -> dict[int, dict[str, AnswerValue]]:
    """The present answers of each of these assessments, by its key. One query, two where people answer apart."""
    found: dict[int, dict[str, AnswerValue]] = {assessment.pk: {} for assessment in assessments}
    apart = [assessment.pk for assessment in assessments if assessment.independent]
    if apart:
        responses = Response.objects.filter(assessment__in=apart, answered=True, respondent__removed_at=None)
        by_question: dict[tuple[int, str], list[AnswerValue]] = {}
        for response in responses.order_by("id"):
            by_question.setdefault((response.assessment_id, response.key), []).append(response.as_answer())
        for (pk, key), answers in by_question.items():
            found[pk][key] = combine(answers)
    for answer in Answer.objects.given().filter(assessment__in=list(found)):
        found[answer.assessment_id][answer.key] = answer.as_answer()
    return found


def combine(answers: Iterable[AnswerValue]) -> AnswerValue:
    """What these answers of several people to one question come to, none of them agreed on.

    >>> combine([AnswerValue(value="daily"), AnswerValue(value="weekly"), AnswerValue()]).between
    ('daily', 'weekly')
    """
    given = list(answers)
    values: list[Value] = []
    for answer in given:
        if answer.value is not None and answer.value not in values:
            values.append(answer.value)
    does_not_apply = [answer.not_applicable for answer in given if answer.not_applicable]
    if len(values) == 1 and not does_not_apply:
        bases = {answer.basis for answer in given if answer.value is not None}
        return AnswerValue(value=values[0], basis=bases.pop() if len(bases) == 1 else None)
    if len(values) > 1 and not does_not_apply:
        return AnswerValue(between=tuple(sorted(values, key=repr)))
    if does_not_apply and not values and len(does_not_apply) == len(given):
        return AnswerValue(not_applicable=does_not_apply[0])
    return AnswerValue()
