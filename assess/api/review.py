"""What the review said, to read. Signing stays in the browser, where whoever signs proves anew who they are."""

from django.http import HttpRequest
from ninja import Query, Router

from assess.api.access import current_user
from assess.api.assessments import conditions_out
from assess.api.paging import read_rows
from assess.api.responses import answers, described
from assess.api.schemas import ByNumber, CommentOut, CommentPage, Id, ReviewOut, SignOffOut
from assess.assessments.facade import get_readable_assessment
from assess.review.facade import Comment, Condition, SignOff

router = Router(tags=["review"])


@router.get(
    "/assessments/{int:assessment}/review",
    url_name="api-review",
    operation_id="readReview",
    summary="State, decision and conditions",
    response=answers(_200=ReviewOut),
    openapi_extra=described(),
)
def review(request: HttpRequest, assessment: Id) -> ReviewOut:
    found = get_readable_assessment(current_user(request), assessment)
    signed = [
        sign_off_out(row)
        for row in SignOff.objects.filter(assessment=found).select_related("signed_by").defer("content").order_by("-pk")
    ]
    conditions = Condition.objects.filter(assessment=found).select_related("met_by").order_by("due_on", "pk")
    return ReviewOut.model_validate(
        {
            "state": found.state,
            "decision": signed[0] if signed else None,
            "earlier": signed[1:],
            "conditions": conditions_out(conditions),
        }
    )


@router.get(
    "/assessments/{int:assessment}/comments",
    url_name="api-comments",
    operation_id="listComments",
    summary="Comments and challenges, the oldest first",
    response=answers(_200=CommentPage),
    openapi_extra=described(),
)
def comments(request: HttpRequest, assessment: Id, page: Query[ByNumber]) -> CommentPage:
    found = Comment.objects.filter(assessment=get_readable_assessment(current_user(request), assessment))
    rows, following = read_rows(found.select_related("written_by", "settled_by"), page)
    return CommentPage(items=[comment_out(row) for row in rows], next=following)


def sign_off_out(row: SignOff) -> SignOffOut:
    return SignOffOut.model_validate(
        {
            "decision": row.decision,
            "model_verdict": row.model_verdict,
            "overruled_to": row.overruled_to or None,
            "reason": row.reason,
            "remark": row.remark,
            "content_hash": row.content_hash,
            "challenge_until": row.challenge_until,
            "signed_at": row.signed_at,
            "signed_by": str(row.signed_by),
        }
    )


def comment_out(row: Comment) -> CommentOut:
    return CommentOut.model_validate(
        {
            "id": row.pk,
            "parent": row.parent_id,
            "question": row.key or None,
            "kind": row.kind,
            "text": row.text,
            "written_at": row.written_at,
            "written_by": str(row.written_by),
            "settled_at": row.settled_at,
            "settled_by": str(row.settled_by) if row.settled_by else None,
            "settlement": row.settlement,
        }
    )
