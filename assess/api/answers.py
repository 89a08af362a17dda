"""Answers and the result: the save protocol of docs/saving.md, the user's own answers, and the contract's JSON."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from assess.advice.facade import preparations_to_json
from assess.api.access import current_user
from assess.api.openapi import openapi_links, operation_docs, response_models
from assess.api.schemas import AnswerIn, AnswerOut, AnswersOut, AskedOut, Id, ResultOut, SavedOut
from assess.assessments.facade import (
    Answer,
    Assessment,
    Response,
    answer_rows,
    assigned_questionnaire,
    check_answered_first,
    get_own_respondent,
    get_readable_assessment,
    judge,
    questionnaire_of,
    save_from_request,
    visible_keys,
)
from assess.decision.facade import to_json

router = Router(tags=["answers"])

#: The body is read by `read_change`, as the page's is, so that both tell the same; here it is only described.
ONE_CHANGE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                **AnswerIn.model_json_schema(),
                "anyOf": [
                    {"required": ["value"]},
                    *(
                        {"required": [name], "properties": {name: {"const": True}}}
                        for name in ("not_sure", "not_applicable")
                    ),
                ],
                "if": {"properties": {"not_applicable": {"const": True}}, "required": ["not_applicable"]},
                "then": {"properties": {"reason": {"type": "string", "minLength": 1}}, "required": ["reason"]},
            },
        }
    },
}


@router.get(
    "/assessments/{int:assessment_id}/answers",
    url_name="api-answers",
    operation_id="listAnswers",
    summary="The common answers, those taken back included",
    description="Where people answer apart these are the agreed ones, and somebody asked sees only those to questions "
    "that they have answered themselves.",
    response=response_models(_200=AnswersOut),
    openapi_extra=operation_docs(),
)
def list_answers(request: HttpRequest, assessment_id: Id) -> AnswersOut:
    user = current_user(request)
    assessment = get_readable_assessment(user, assessment_id)
    visible = visible_keys(user, assessment)
    rows = answer_rows(assessment)
    items = [build_answer(row, by=str(row.answered_by)) for key, row in sorted(rows.items()) if key in visible]
    return AnswersOut(answers_separately=assessment.answers_separately, items=items)


@router.post(
    "/assessments/{int:assessment_id}/answers",
    url_name="api-answers",
    operation_id="saveAnswer",
    summary="Save one answer",
    description="The save protocol of docs/saving.md. A 5xx or no answer at all means that nobody knows: send the "
    "same again, with the same mutation_id.",
    response=response_models(403, 409, 415, _200=SavedOut),
    openapi_extra=operation_docs(
        403,
        409,
        415,
        leads_to=openapi_links(
            "assessment_id", "$request.path.assessment_id", "listAnswers", "readResult", "submitAssessment"
        ),
        requestBody=ONE_CHANGE,
    ),
)
def put_answer(request: HttpRequest, assessment_id: Id) -> HttpResponse:
    user = current_user(request)
    return save_from_request(request, assessment_id, by=user)


@router.get(
    "/assessments/{int:assessment_id}/my-answers",
    url_name="api-my-answers",
    operation_id="listMyAnswers",
    summary="Your own answers, where you are asked to answer separately",
    response=response_models(_200=AskedOut),
    openapi_extra=operation_docs(),
)
def list_my_answers(request: HttpRequest, assessment_id: Id) -> AskedOut:
    user = current_user(request)
    respondent = get_own_respondent(user, assessment_id)
    if respondent.removed_at is not None:
        raise Http404
    questionnaire = assigned_questionnaire(questionnaire_of(respondent.assessment.edition), respondent)
    rows = Response.objects.filter(respondent=respondent).order_by("key")
    return AskedOut(
        perspective=respondent.perspective,
        asked=[question.key for question in questionnaire.questions],
        finished_at=respondent.finished_at,
        items=[build_answer(row, by=str(user)) for row in rows],
    )


@router.post(
    "/assessments/{int:assessment_id}/my-answers",
    url_name="api-my-answers",
    operation_id="saveMyAnswer",
    summary="Save one of your own answers",
    description="As for the common answers, by the same protocol; others see it once they have given theirs.",
    response=response_models(403, 409, 415, _200=SavedOut),
    openapi_extra=operation_docs(403, 409, 415, requestBody=ONE_CHANGE),
)
def save_my_answer(request: HttpRequest, assessment_id: Id) -> HttpResponse:
    user = current_user(request)
    respondent = get_own_respondent(user, assessment_id)
    return save_from_request(request, assessment_id, by=user, respondent_id=respondent.pk)


@router.get(
    "/assessments/{int:assessment_id}/result",
    url_name="api-result",
    operation_id="readResult",
    summary="The verdict with its whole argument",
    description="The contract's JSON, as `manage.py decide --json` prints it: what was kept when the version was "
    "submitted, or what the model says to a draft's answers now. 403 with code `answers_first` for somebody asked who "
    "has not answered yet.",
    response=response_models(403, _200=ResultOut),
    by_alias=True,
    openapi_extra=operation_docs(403),
)
def result(request: HttpRequest, assessment_id: Id) -> HttpResponse:
    user = current_user(request)
    assessment = get_readable_assessment(user, assessment_id)
    check_answered_first(user, assessment)
    return JsonResponse(get_result(assessment), json_dumps_params={"ensure_ascii": False})


def get_result(assessment: Assessment) -> dict[str, Any]:
    """The result stored on submitting, or of an open version the model's result for the current answers."""
    if assessment.result:
        return dict(assessment.result)
    questionnaire = questionnaire_of(assessment.edition)
    answers = assessment.current_answers()
    judgement = judge(assessment, questionnaire, answers)
    prepared = preparations_to_json(questionnaire, answers, judgement.result)
    return to_json(judgement.result, judgement.argument, preparations=prepared)


def build_answer(row: Answer | Response, *, by: str) -> AnswerOut:
    return AnswerOut.model_validate(
        {
            "question": row.key,
            "answered": row.answered,
            "value": row.value,
            "basis": row.basis,
            "note": row.note,
            "link": row.link,
            "who_knows": row.who_knows,
            "reason": row.not_applicable,
            "version": row.version,
            "at": row.answered_at,
            "by": by,
        }
    )
