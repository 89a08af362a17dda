"""The review of a version: its signatures, conditions, comments and challenges."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from assess.assessments.facade import Assessment, State
from assess.decision.facade import VERDICT_WORDS
from assess.language import _, day
from assess.people.facade import Workspace
from assess.questionnaire.facade import Questionnaire
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text
from assess.review.facade import Comment, CommentKind, Condition, SignOff, state_spec
from assess.web.facade import localdate_in


def load_review(assessment: Assessment, questionnaire: Questionnaire) -> Review | None:
    """The review; None for a draft, and for a submitted version without comments. At most three queries."""
    state, spec = State(assessment.state), state_spec(assessment.state)
    if state == State.DRAFT:
        return None
    today = localdate_in(assessment.workspace, timezone.now())
    rows = Comment.objects.filter(assessment=assessment).select_related("written_by", "settled_by").order_by("pk")
    comments = build_comments(list(rows), questionnaire, assessment.workspace)
    if state == State.SUBMITTED and not comments:
        return None
    newest_first = (
        SignOff.objects.filter(assessment=assessment).select_related("signed_by").defer("content").order_by("-pk")
    )
    sign_offs = list(newest_first)
    current = sign_offs[0] if sign_offs and spec.has_decision else None
    return Review(
        **describe_state(state),
        signature=build_signature(current, assessment.workspace, today) if current else None,
        earlier_signatures=tuple(
            build_signature(each, assessment.workspace, today) for each in sign_offs if each is not current
        ),
        conditions=load_conditions(current, assessment.workspace, today) if current else (),
        comments=comments,
        is_challenged=state == State.CHALLENGED,
    )


def describe_state(state: State | str) -> dict[str, str]:
    """The fields of `Review` that follow from its state alone, from the one table of states."""
    spec = state_spec(state)
    return {
        "state_words": _(spec.report_word),
        "madr_status": spec.madr_status,
        "signed_sentence": _(spec.signed_sentence),
        # gettext has words of its own for an empty text.
        "signed_note": _(spec.signed_note) if spec.signed_note else "",
        "draft_note": _(spec.draft_note) if spec.draft_note else "",
    }


def build_signature(row: SignOff, workspace: Workspace, today: date) -> Signature:
    """The plain values of a signature; its day is the workspace's."""
    return Signature(
        decision_words=str(row.get_decision_display()),
        by=clean_line(str(row.signed_by), MAX_NAME),
        at=row.signed_at,
        day=localdate_in(workspace, row.signed_at),
        hash=row.content_hash,
        challenge_until=row.challenge_until,
        overruled_words=next((words for slug, words in VERDICT_WORDS.items() if slug == row.overruled_to), ""),
        reason=clean_text(row.reason),
        remark=clean_text(row.remark),
        decision=row.decision,
        overruled_to=row.overruled_to,
        challenge_is_over=row.challenge_until is not None and row.challenge_until < today,
    )


def load_conditions(sign_off: SignOff, workspace: Workspace, today: date) -> tuple[SignedCondition, ...]:
    """The conditions of this signature, those due first first. One query."""
    rows = Condition.objects.filter(sign_off=sign_off).select_related("met_by").order_by("due_on", "pk")
    return tuple(
        SignedCondition(
            text=clean_text(row.text),
            owner=clean_line(row.owner, MAX_NAME),
            due_on=row.due_on,
            met_words=describe_met(row, workspace),
            is_overdue=row.met_at is None and row.due_on < today,
        )
        for row in rows
    )


def describe_met(row: Condition, workspace: Workspace) -> str:
    """On which day of the workspace, by whom and how the condition was met; empty while it is open."""
    if row.met_at is None:
        return ""
    pattern = _("Met {day}, says {name}: {how}") if row.met_how else _("Met {day}, says {name}")
    return pattern.format(
        day=day(localdate_in(workspace, row.met_at)),
        name=clean_line(str(row.met_by), MAX_NAME),
        how=clean_text(row.met_how),
    )


def build_comments(
    comments: Sequence[Comment], questionnaire: Questionnaire, workspace: Workspace
) -> tuple[ReviewComment, ...]:
    """Each thread from its beginning; those about the whole version first, then in the order of the questions."""
    numbers = {question.key: number for number, question in enumerate(questionnaire.questions, start=1)}
    wordings = {question.key: question.wording for question in questionnaire.questions}
    challenges = {row.pk for row in comments if row.kind == CommentKind.CHALLENGE}
    in_order = sorted(comments, key=lambda row: (numbers.get(row.key, 0), row.parent_id or row.pk, row.pk))
    return tuple(
        ReviewComment(
            about=wordings.get(row.key) or _("The whole version"),
            kind_words=_("Reply") if row.parent_id else str(CommentKind(row.kind).label),
            by=clean_line(str(row.written_by), MAX_NAME),
            at=row.written_at,
            text=clean_text(row.text),
            settled_words=describe_settlement(row, workspace),
            is_challenge=(row.parent_id or row.pk) in challenges,
            is_open=row.kind == CommentKind.CHALLENGE and row.parent_id is None and row.settled_at is None,
        )
        for row in in_order
    )


def describe_settlement(row: Comment, workspace: Workspace) -> str:
    """How the challenge ended; empty for a comment."""
    if row.settled_at is None:
        return _("Not settled") if row.kind == CommentKind.CHALLENGE else ""
    on = day(localdate_in(workspace, row.settled_at))
    by = clean_line(str(row.settled_by), MAX_NAME)
    return _("Settled by {name}, {day}: {how}").format(name=by, day=on, how=clean_text(row.settlement))
