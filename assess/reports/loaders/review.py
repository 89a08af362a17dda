"""From the rows of a review to what a report says of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils import timezone

from assess.assessments.facade import Assessment, State
from assess.decision.facade import VERDICT_WORDS
from assess.language import N_, Words, _, day
from assess.questionnaire.facade import Questionnaire
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text
from assess.review.facade import Comment, CommentKind, Condition, SignOff

#: The word in the corner and the foot of every page.
STATE_WORDS: Final[Mapping[str, str]] = Words(
    {State.ACCEPTED: N_("Signed"), State.ACCEPTED_WITH_CONDITIONS: N_("Signed")}
)


def load_review(assessment: Assessment, questionnaire: Questionnaire) -> Review | None:
    """What was said and decided of the version; None where nothing was, and for a draft, whose talk goes on.

    At most three queries.
    """
    state = State(assessment.state)
    if state == State.DRAFT:
        return None
    comments = Comment.objects.filter(assessment=assessment).select_related("written_by", "settled_by").order_by("pk")
    said = build_comments(list(comments), questionnaire)
    if state == State.SUBMITTED and not said:
        return None
    rows = SignOff.objects.filter(assessment=assessment).select_related("signed_by").defer("content").order_by("-pk")
    sign_offs = list(rows)
    stands = sign_offs[0] if sign_offs and state not in (State.SUBMITTED, State.IN_REVIEW) else None
    return Review(
        state_words=STATE_WORDS.get(state) or str(state.label),
        signature=build_signature(stands) if stands else None,
        earlier_signatures=tuple(build_signature(each) for each in sign_offs if each is not stands),
        conditions=load_conditions(stands) if stands else (),
        comments=said,
        is_challenged=state == State.CHALLENGED,
    )


def build_signature(row: SignOff) -> Signature:
    return Signature(
        decision_words=str(row.get_decision_display()),
        by=clean_line(str(row.signed_by), MAX_NAME),
        at=row.signed_at,
        day=timezone.localdate(row.signed_at),
        hash=row.content_hash,
        challenge_until=row.challenge_until,
        overruled_words=next((words for slug, words in VERDICT_WORDS.items() if slug == row.overruled_to), ""),
        reason=clean_text(row.reason),
        remark=clean_text(row.remark),
        decision=row.decision,
        overruled_to=row.overruled_to,
    )


def load_conditions(signed: SignOff) -> tuple[SignedCondition, ...]:
    rows = Condition.objects.filter(sign_off=signed).select_related("met_by").order_by("due_on", "pk")
    return tuple(
        SignedCondition(
            text=clean_text(row.text),
            owner=clean_line(row.owner, MAX_NAME),
            due_on=row.due_on,
            met_words=describe_met(row),
        )
        for row in rows
    )


def describe_met(row: Condition) -> str:
    if row.met_at is None:
        return ""
    said = _("Met {day}, says {name}: {how}") if row.met_how else _("Met {day}, says {name}")
    return said.format(
        day=day(timezone.localdate(row.met_at)),
        name=clean_line(str(row.met_by), MAX_NAME),
        how=clean_text(row.met_how),
    )


def build_comments(comments: Sequence[Comment], questionnaire: Questionnaire) -> tuple[ReviewComment, ...]:
    """Each talk from its beginning, those about the whole first, then in the order of the questions."""
    places = {question.key: number for number, question in enumerate(questionnaire.questions, start=1)}
    wordings = {question.key: question.wording for question in questionnaire.questions}
    challenges = {row.pk for row in comments if row.kind == CommentKind.CHALLENGE}
    in_order = sorted(comments, key=lambda row: (places.get(row.key, 0), row.parent_id or row.pk, row.pk))
    return tuple(
        ReviewComment(
            about=wordings.get(row.key) or _("The whole version"),
            kind_words=_("Reply") if row.parent_id else str(CommentKind(row.kind).label),
            by=clean_line(str(row.written_by), MAX_NAME),
            at=row.written_at,
            text=clean_text(row.text),
            settled_words=describe_settlement(row),
            is_challenge=(row.parent_id or row.pk) in challenges,
            is_open=row.kind == CommentKind.CHALLENGE and row.parent_id is None and row.settled_at is None,
        )
        for row in in_order
    )


def describe_settlement(row: Comment) -> str:
    if row.settled_at is None:
        return _("Not settled") if row.kind == CommentKind.CHALLENGE else ""
    on = day(timezone.localdate(row.settled_at))
    by = clean_line(str(row.settled_by), MAX_NAME)
    return _("Settled by {name}, {day}: {how}").format(name=by, day=on, how=clean_text(row.settlement))
