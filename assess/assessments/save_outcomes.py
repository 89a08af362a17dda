"""The outcome of a save as JSON, for the page's script and the API alike. docs/saving.md has the protocol."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse

from assess.assessments.access import get_own_respondent
from assess.assessments.changes import LARGEST_VERSION, Texts, read_change, read_json
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.models import Answer, Edition, Response
from assess.assessments.saving import (
    Elsewhere,
    Invalid,
    NotAllowed,
    NotFound,
    Outcome,
    Saved,
    Stale,
    Submitted,
    outcome_of_bad_change,
    save_answer,
)
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, choice_words, parse_number, to_form_texts


def save_from_request(
    request: HttpRequest, assessment_id: int, *, by: User, respondent_id: int | None = None
) -> JsonResponse:
    """Save the change in a request's JSON body or form. With `respondent_id` it is that person's own answer."""
    try:
        is_json = request.content_type == "application/json"
        change = read_change(read_json(request.body) if is_json else form_fields(request))
    except ValidationFailed as error:
        if respondent_id is not None:
            get_own_respondent(by, assessment_id)  # strangers hear of nothing
            return save_outcome_to_response(Invalid(issues=tuple(error.issues)))
        return save_outcome_to_response(outcome_of_bad_change(assessment_id, error.issues, by=by))
    return save_outcome_to_response(save_answer(assessment_id, change, by=by, respondent_id=respondent_id))


def form_fields(request: HttpRequest) -> dict[str, Any]:
    """A posted form in the shape of the JSON body: the value as texts, the version as a number, flags as booleans."""
    fields: dict[str, Any] = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    if "value" in fields:
        texts = tuple(text for text in request.POST.getlist("value") if text.strip())
        fields["value"] = Texts(texts=texts) if texts else None
    fields["base_version"] = parse_number(str(fields.get("base_version", "")), LARGEST_VERSION)
    for flag in ("not_sure", "not_applicable"):
        if flag in fields:
            fields[flag] = fields[flag] in ("true", "on", "1")
    return fields


def save_outcome_to_response(outcome: Outcome) -> JsonResponse:
    """200, 400 or 409 by what became of the save. Raises PermissionDenied (403) and Http404."""
    match outcome:
        case Saved(key=key, version=version, at=at, value=value):
            body = {"saved": True, "question": key, "version": version, "value": value, "at": at.isoformat()}
            return JsonResponse({**body, "at_words": format_datetime(at)})
        case Stale(key=key, present=present):
            sentence = _("Somebody saved another answer to this question. Choose which one to keep")
            return conflict("stale", sentence, question=key, present=present_answer_to_json(present))
        case Submitted(assessment=assessment):
            since = format_datetime(assessment.submitted_at) if assessment.submitted_at else ""
            sentence = _("This version was submitted by {person} ({since}) and takes no more answers.")
            return conflict("submitted", sentence.format(person=assessment.submitted_by, since=since))
        case Elsewhere(message=message):
            return conflict("elsewhere", f"{message}.")
        case Invalid(issues=issues):
            problems = [issue_to_json(issue) for issue in issues]
            return JsonResponse({"code": "wrong", "problem": issues[0].message, "problems": problems}, status=400)
        case NotAllowed():
            raise PermissionDenied
        case NotFound():
            raise Http404


def conflict(code: str, sentence: str, **details: Any) -> JsonResponse:
    """409 with a code for the script and a sentence for the person."""
    return JsonResponse({"code": code, "problem": sentence, **details}, status=409)


def issue_to_json(issue: Issue) -> dict[str, Any]:
    """One issue; `choices` only where a text has two meanings."""
    field = {"field": issue.key or "body", "code": issue.code, "message": issue.message}
    choices = [{"text": text, "words": choice_words(text)} for text in issue.choices]
    return {**field, "choices": choices} if choices else field


def present_answer_to_json(row: Answer | Response | None) -> dict[str, Any] | None:
    """The answer saved meanwhile: in words, and as the texts that its form fields would post; None without a row."""
    if row is None:
        return None
    edition = Edition.objects.only("sha256").get(assessments=row.assessment_id)
    question = questionnaire_of(edition).by_key[row.key]
    answer = row.as_answer()
    if not row.answered:
        texts = []
    elif answer.not_applicable:
        texts = [NOT_APPLICABLE]
    else:
        texts = [NOT_SURE] if answer.value is None else to_form_texts(answer.value)
    return {
        "version": row.version,
        "value": row.value,
        "words": format_answer(question, answer if row.answered else None),
        "by": author_name(row),
        "at": row.answered_at.isoformat(),
        "at_words": format_datetime(row.answered_at),
        "texts": texts,
        "who_knows": row.who_knows,
        "reason": row.not_applicable,
        "note": row.note,
        "basis": row.basis,
        "link": row.link,
    }


def author_name(row: Answer | Response) -> str:
    """Who gave the answer that a save came too late for; of one's own answers "You", in another tab."""
    return str(row.answered_by) if isinstance(row, Answer) else _("You")
