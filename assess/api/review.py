"""The review, read-only. Signing stays in the browser, where reviewers enter their password again."""

from django.http import HttpRequest
from ninja import Query, Router

from assess.api.access import current_user
from assess.api.assessments import build_conditions
from assess.api.openapi import operation_docs, response_models
from assess.api.paging import read_page_by_id
from assess.api.schemas import CommentOut, CommentPage, Id, PageById, ReviewOut, SignOffOut
from assess.assessments.facade import get_readable_assessment
from assess.review.facade import Comment, Condition, SignOff

router = Router(tags=["review"])


@router.get(
    "/assessments/{int:assessment_id}/review",
    url_name="api-review",
    operation_id="readReview",
    summary="State, decision and conditions",
    response=response_models(_200=ReviewOut),
    openapi_extra=operation_docs(),
)
def review(request: HttpRequest, assessment_id: Id) -> ReviewOut:
    assessment = get_readable_assessment(current_user(request), assessment_id)
    signed = [
        build_sign_off(row)
        for row in SignOff.objects.filter(assessment=assessment)
        .select_related("signed_by")
        .defer("content")
        .order_by("-pk")
    ]
    conditions = Condition.objects.filter(assessment=assessment).select_related("met_by").order_by("due_on", "pk")
    return ReviewOut.model_validate(
        {
            "state": assessment.state,
            "decision": signed[0] if signed else None,
            "earlier": signed[1:],
            "conditions": build_conditions(conditions),
        }
    )


@router.get(
    "/assessments/{int:assessment_id}/comments",
    url_name="api-comments",
    operation_id="listComments",
    summary="Comments and challenges, the oldest first",
    response=response_models(_200=CommentPage),
    openapi_extra=operation_docs(),
)
def comments(request: HttpRequest, assessment_id: Id, page: Query[PageById]) -> CommentPage:
    queryset = Comment.objects.filter(assessment=get_readable_assessment(current_user(request), assessment_id))
    rows, following = read_page_by_id(queryset.select_related("written_by", "settled_by"), page)
    return CommentPage(items=[build_comment(row) for row in rows], next=following)


def build_sign_off(row: SignOff) -> SignOffOut:
    return SignOffOut.model_validate(
        {
            "decision": row.decision,
            "model_verdict": row.model_verdict or None,
            "overruled_to": row.overruled_to or None,
            "reason": row.reason,
            "remark": row.remark,
            "content_hash": row.content_hash,
            "challenge_until": row.challenge_until,
            "signed_at": row.signed_at,
            "signed_by": str(row.signed_by),
        }
    )


def build_comment(row: Comment) -> CommentOut:
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
