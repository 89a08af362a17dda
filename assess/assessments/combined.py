"""The answers that a verdict is reached from: the common ones, and where people answer apart, theirs put together.

Decides: which of them count. What was agreed on does; without an agreement, what all who were asked gave, and whom the
team no longer asks is left out. Does not decide: what several answers come to, or how far apart they are
(`decision.disagreement`).
"""

from collections.abc import Sequence

from assess.assessments.models import Answer, Assessment, Response
from assess.decision.facade import combine
from assess.questionnaire.facade import Answer as AnswerValue


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


__all__ = ["combine", "given_answers"]
