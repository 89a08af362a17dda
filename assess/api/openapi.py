"""What the OpenAPI document says of an operation beside its success: errors, headers and links."""

from typing import Any

from assess.api.schemas import ConflictOut, ErrorOut

#: Every operation: wrong parameters, no token, nothing there, too large, too often, our own fault.
ALWAYS = (400, 401, 404, 413, 429, 500)

TEXT = {"schema": {"type": "string"}}
HEADERS: dict[int, dict[str, Any]] = {
    201: {"Location": {**TEXT, "description": "Where the new thing is"}},
    202: {"Location": {**TEXT, "description": "Where to ask how far it is"}},
    401: {"WWW-Authenticate": {**TEXT, "description": "Bearer"}},
    429: {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds to wait"}},
}
MEANING = {
    400: "What was sent cannot be used; each wrong field is named",
    401: "No token, or one that opens nothing any more",
    403: "You may see it but not do this",
    404: "There is nothing here, or you have no access: one and the same",
    409: "What it is about is in no state for it",
    413: "More than the site takes at once",
    415: "A body of another type than the operation takes",
    429: "Too often; Retry-After says when",
    500: "Our fault; the reference finds it in the log",
}


def response_models(*more: int, **success: Any) -> dict[int, Any]:
    """For `response=`: `response_models(403, _200=Model)`, with the statuses of every operation added."""
    successes = {int(name.lstrip("_")): model for name, model in success.items()}
    issues = {status: ConflictOut if status == 409 else ErrorOut for status in sorted({*ALWAYS, *more})}
    return {**successes, **issues}


def openapi_links(parameter: str, place: str, *operations: str) -> dict[str, Any]:
    """Operations that take a value from it: `openapi_links("system_id", "$response.body#/id", "readSystem")`."""
    return {name: {"operationId": name, "parameters": {f"path.{parameter}": place}} for name in operations}


#: Operations on one assessment.
ASSESSMENT_OPERATIONS = (
    "readAssessment",
    "listAnswers",
    "saveAnswer",
    "readResult",
    "submitAssessment",
    "startNextVersion",
    "requestReport",
    "readReport",
    "readReview",
    "listComments",
    "listEvidence",
    "attachEvidence",
    "listMeasurements",
    "attachMeasurement",
    "deleteAssessment",
)


def operation_docs(
    *more: int,
    own: int = 200,
    media: dict[str, Any] | None = None,
    leads_to: dict[str, Any] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """For `openapi_extra=` beside `response_models`: words and headers. `media` where success is no JSON; `leads_to`
    the operations that take a value from it (see `openapi_links`)."""
    responses: dict[int, Any] = {status: {"description": MEANING[status]} for status in {*ALWAYS, *more}}
    for status in (own, *responses):
        if status in HEADERS:
            responses.setdefault(status, {})["headers"] = HEADERS[status]
    if media:
        responses.setdefault(own, {})["content"] = media
    if leads_to:
        responses.setdefault(own, {})["links"] = leads_to
    return {"responses": responses, **extra}
