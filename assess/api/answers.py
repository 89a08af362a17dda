"""Answers and the result: the save protocol of docs/md, the person's own sheet, and the contract's JSON."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from assess.api.access import current_user
from assess.api.responses import answers, described, links
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
    questionnaire_of,
    save_from_request,
    visible_keys,
)
from assess.cases_file import published_cases
from assess.decision.facade import argue, decider, to_json

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
    "/assessments/{int:assessment}/answers",
    url_name="api-answers",
    operation_id="listAnswers",
    summary="The common answers, those taken back included",
    description="Where people answer apart these are the agreed ones, and somebody asked sees only those to questions "
    "that they have answered themselves.",
    response=answers(_200=AnswersOut),
    openapi_extra=described(),
)
def list_answers(request: HttpRequest, assessment: Id) -> AnswersOut:
    person = current_user(request)
    found = get_readable_assessment(person, assessment)
    seen = visible_keys(person, found)
    rows = answer_rows(found)
    items = [answer_out(row, by=str(row.answered_by)) for key, row in sorted(rows.items()) if key in seen]
    return AnswersOut(answers_separately=found.answers_separately, items=items)


@router.post(
    "/assessments/{int:assessment}/answers",
    url_name="api-answers",
    operation_id="saveAnswer",
    summary="Save one answer",
    description="The save protocol of docs/md. A 5xx or no answer at all means that nobody knows: send the "
    "same again, with the same mutation_id.",
    response=answers(403, 409, 415, _200=SavedOut),
    openapi_extra=described(
        403,
        409,
        415,
        leads_to=links("assessment", "$request.path.assessment", "listAnswers", "readResult", "submitAssessment"),
        requestBody=ONE_CHANGE,
    ),
)
def put_answer(request: HttpRequest, assessment: Id) -> HttpResponse:
    person = current_user(request)
    return save_from_request(request, assessment, by=person)


@router.get(
    "/assessments/{int:assessment}/my-answers",
    url_name="api-my-answers",
    operation_id="listMyAnswers",
    summary="Your own sheet, where you are asked to answer on your own",
    response=answers(_200=AskedOut),
    openapi_extra=described(),
)
def list_my_answers(request: HttpRequest, assessment: Id) -> AskedOut:
    person = current_user(request)
    sheet = get_own_respondent(person, assessment)
    if sheet.removed_at is not None:
        raise Http404
    asked = assigned_questionnaire(questionnaire_of(sheet.assessment.edition), sheet)
    rows = Response.objects.filter(respondent=sheet).order_by("key")
    return AskedOut(
        perspective=sheet.perspective,
        asked=[question.key for question in asked.questions],
        finished_at=sheet.finished_at,
        items=[answer_out(row, by=str(person)) for row in rows],
    )


@router.post(
    "/assessments/{int:assessment}/my-answers",
    url_name="api-my-answers",
    operation_id="saveMyAnswer",
    summary="Save one answer on your own sheet",
    description="As for the common answers, by the same protocol; others see it once they have given theirs.",
    response=answers(403, 409, 415, _200=SavedOut),
    openapi_extra=described(403, 409, 415, requestBody=ONE_CHANGE),
)
def save_my_answer(request: HttpRequest, assessment: Id) -> HttpResponse:
    person = current_user(request)
    sheet = get_own_respondent(person, assessment)
    return save_from_request(request, assessment, by=person, respondent_id=sheet.pk)


@router.get(
    "/assessments/{int:assessment}/result",
    url_name="api-result",
    operation_id="readResult",
    summary="The verdict with its whole argument",
    description="The contract's JSON, as `manage.py decide --json` prints it: what was kept when the version was "
    "submitted, or what the model says to a draft's answers now. 403 with code `answers_first` for somebody asked who "
    "has not answered yet.",
    response=answers(403, _200=ResultOut),
    by_alias=True,
    openapi_extra=described(403),
)
def result(request: HttpRequest, assessment: Id) -> HttpResponse:
    person = current_user(request)
    found = get_readable_assessment(person, assessment)
    check_answered_first(person, found)
    return JsonResponse(result_of(found), json_dumps_params={"ensure_ascii": False})


def result_of(found: Assessment) -> dict[str, Any]:
    """What was kept on submitting; else what the model says to the present answers."""
    if found.result:
        return dict(found.result)
    questionnaire = questionnaire_of(found.edition)
    given = found.current_answers()
    judged = decider(found.model_version)(questionnaire, given)
    return to_json(judged, argue(questionnaire, given, judged, published_cases()))


def answer_out(row: Answer | Response, *, by: str) -> AnswerOut:
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
