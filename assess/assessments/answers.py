"""The answers of an assessment, read from its rows: shared answers, and separate answers combined.

Decides which rows count: a shared answer does; without one, the answers of everybody who is still asked. How several
answers are combined is decided by `decision.disagreement`, how many a group needs by `response_visibility`.
"""

from collections.abc import Iterable, Sequence

from assess.assessments.models import Answer, Assessment, Respondent, Response
from assess.assessments.response_visibility import shows_answers_of
from assess.decision.facade import combine_answers
from assess.questionnaire.facade import Answer as AnswerValue


def answer_rows(assessment: Assessment) -> dict[str, Answer]:
    """All rows of shared answers by key, those taken back included, each with its author. One query."""
    return {row.key: row for row in assessment.answers.select_related("answered_by")}


def response_rows(respondent: Respondent) -> dict[str, Response]:
    """All rows of one respondent's answers by key, those taken back included. One query."""
    return {row.key: row for row in respondent.responses.all()}


def answers_from_rows(rows: Iterable[Answer | Response]) -> dict[str, AnswerValue]:
    """The answers in these rows by key, without those that were taken back."""
    return {row.key: row.as_answer() for row in rows if row.answered}


def responses_by_question(assessments: Sequence[Assessment]) -> dict[tuple[int, str], list[Response]]:
    """The answers of all who are still asked, by assessment and key, the oldest first. One query."""
    grouped: dict[tuple[int, str], list[Response]] = {}
    responses = Response.objects.filter(assessment__in=assessments, answered=True, respondent__removed_at=None)
    for response in responses.select_related("respondent__user").order_by("id"):
        grouped.setdefault((response.assessment_id, response.key), []).append(response)
    return grouped


def combine_responses(assessment: Assessment, responses: Sequence[Response]) -> AnswerValue | None:
    """What these answers to one question come to; None where names are hidden and too few gave one to stay unnamed."""
    if not shows_answers_of(assessment, len(responses)):
        return None
    return combine_answers([response.as_answer() for response in responses])


def current_answers(assessments: Sequence[Assessment]) -> dict[int, dict[str, AnswerValue]]:
    """The answers of each assessment, by its id and by key. One query, two where some are answered separately."""
    answers: dict[int, dict[str, AnswerValue]] = {assessment.pk: {} for assessment in assessments}
    by_id = {assessment.pk: assessment for assessment in assessments}
    separate = [assessment for assessment in assessments if assessment.answers_separately]
    if separate:
        for (pk, key), responses in responses_by_question(separate).items():
            combined = combine_responses(by_id[pk], responses)
            if combined is not None:
                answers[pk][key] = combined
    for answer in Answer.objects.given().filter(assessment__in=list(answers)):
        answers[answer.assessment_id][answer.key] = answer.as_answer()
    return answers
