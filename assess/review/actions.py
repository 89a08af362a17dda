"""What people do with a submitted version: take it up, sign, challenge, uphold, reopen, comment, settle, meet.

Each is one transaction with its event inside, and raises PermissionDenied for somebody who may not, TookPartError for
a reviewer who took part, and ValidationFailed with what to do instead when the version's state or what was typed does
not allow it. Whether somebody is who they say they are when they sign is asked by the page before (`reauthentication`).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import (
    Assessment,
    EventKind,
    State,
    questionnaire_of,
    raise_if_issue,
    record_event,
    refresh_summary,
)
from assess.language import _, day
from assess.people.facade import Ability, User, architects_of, check_can, filter_readers, leads_of, notify
from assess.questionnaire.facade import Issue, ValidationFailed, check_text
from assess.review import policies
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from assess.review.signed_content import ConditionTerms, build_signed_content, content_hash
from assess.review.states import ability_for_move, next_states, outcome_of, state_spec
from assess.web.facade import localdate_in

# --- moves


@transaction.atomic
def take_up(assessment: Assessment, *, by: User) -> Assessment:
    """Begin the review, so that the team and other reviewers know who has it."""
    held = _held(assessment, "take up", by=by)
    _move(held, State.IN_REVIEW)
    record_event(held, EventKind.REVIEWED, by=by)
    _tell(_of_the_team(held), held, by, _("{person} took up the review of {version}.").format(person=by, version=held))
    return held


@transaction.atomic
def sign(
    assessment: Assessment,
    *,
    by: User,
    decision: Decision,
    overruled_to: str = "",
    reason: str = "",
    remark: str = "",
    conditions: Sequence[ConditionTerms] = (),
) -> SignOff:
    """The signature of a decision, with the hash of all that it covers. Takes the version up where nobody did.

    The fields are those of `SignatureForm`, which checks them.
    """
    outcome = outcome_of(decision)
    if Assessment.objects.locked(assessment.pk).state == State.SUBMITTED:
        take_up(assessment, by=by)
    held = _held(assessment, outcome.move, by=by)
    now, today = timezone.now(), localdate_in(held.workspace)
    until = today + timedelta(days=settings.LIMITS["challenge_days"]) if outcome.is_acceptance else None
    content = build_signed_content(
        held,
        decision=decision,
        overruled_to=overruled_to,
        reason=reason,
        remark=remark,
        conditions=conditions,
        challenge_until=until,
        by=by,
        at=now,
    )
    signed = SignOff.objects.create(
        assessment=held,
        decision=decision,
        model_verdict=held.verdict,
        overruled_to=overruled_to,
        reason=reason,
        remark=remark,
        content=content,
        content_hash=content_hash(content),
        challenge_until=until,
        signed_at=now,
        signed_by=by,
    )
    Condition.objects.bulk_create(
        Condition(assessment=held, sign_off=signed, text=each.text, owner=each.owner, due_on=each.due_on)
        for each in conditions
    )
    held.overruled_to = overruled_to
    _move(held, State(decision))
    payload = {
        "decision": str(decision),
        "overruled_to": overruled_to,
        "sign_off": signed.pk,
        "content_hash": signed.content_hash,
    }
    record_event(held, EventKind.DECIDED, by=by, at=now, payload=payload)
    details = _("Your team may challenge it until {day}.").format(day=day(until)) if until else remark
    _tell(_of_the_team(held), held, by, _(outcome.notice).format(version=held, person=by), details)
    return signed


@transaction.atomic
def challenge(assessment: Assessment, *, by: User, text: str) -> Comment:
    """The team says that the decision is wrong, within the stated time; a reviewer upholds or reopens it."""
    check_can(by, Ability.CHALLENGE, assessment.system.team)
    held = Assessment.objects.locked(assessment.pk)
    signed = newest_signature(held)
    until = signed.challenge_until if signed else None
    raise_if_issue(policies.why_not_challenge(held, until, localdate_in(held.workspace)))
    text = fit_text(text, "text", _("Say what is wrong with the decision, so that it can be looked at again"))
    _move(held, State.CHALLENGED)
    comment = Comment.objects.create(assessment=held, kind=CommentKind.CHALLENGE, text=text, written_by=by)
    record_event(held, EventKind.CHALLENGED, by=by, payload={"comment": comment.pk, "text": text})
    reviewers = [*architects_of(held.workspace_id), *([signed.signed_by] if signed else [])]
    told = _("{person} challenges the decision on {version}.").format(person=by, version=held)
    _tell(reviewers, held, by, told, text)
    return comment


@transaction.atomic
def uphold(assessment: Assessment, *, by: User, text: str) -> Assessment:
    """The decision stays as it was signed; `text` answers the challenge."""
    return _answer_challenge(assessment, "uphold", by=by, text=text)


@transaction.atomic
def reopen(assessment: Assessment, *, by: User, text: str) -> Assessment:
    """Look at it again: the signature no longer stands, and another one follows."""
    return _answer_challenge(assessment, "reopen", by=by, text=text)


def _answer_challenge(assessment: Assessment, move: str, *, by: User, text: str) -> Assessment:
    held = _held(assessment, move, by=by)
    text = fit_text(text, "text", _("Answer the challenge in a sentence, so that the team knows why"))
    signed = newest_signature(held)
    assert signed is not None, "what is challenged was signed"
    after = State(signed.decision) if move == "uphold" else State.IN_REVIEW
    assert after in next_states(held.state, move)
    if move == "reopen":
        held.overruled_to = ""
    _move(held, after)
    now = timezone.now()
    open_challenges = Comment.objects.filter(assessment=held, kind=CommentKind.CHALLENGE, key="", settled_at=None)
    challengers = [challenge.written_by for challenge in open_challenges.select_related("written_by")]
    open_challenges.update(settled_at=now, settled_by=by, settlement=text)
    kind = EventKind.UPHELD if move == "uphold" else EventKind.REOPENED
    record_event(held, kind, by=by, at=now, payload={"state": str(after), "text": text})
    if move == "uphold":
        told = _("{person} upheld the decision on {version}.")
    else:
        told = _("{person} opened the review of {version} again.")
    _tell([*_of_the_team(held), *challengers], held, by, told.format(person=by, version=held), text)
    return held


# --- comments and conditions


@transaction.atomic
def comment(
    assessment: Assessment,
    *,
    by: User,
    text: str,
    key: str = "",
    kind: CommentKind = CommentKind.COMMENT,
    parent: Comment | None = None,
) -> Comment:
    """Say something about a question, or (no key) about the whole version. A reply stands under what began the talk."""
    check_can(by, Ability.DISCUSS, assessment.system.team)
    held = Assessment.objects.locked(assessment.pk)
    if parent is not None:
        parent = parent.parent or parent
        key, kind = parent.key, CommentKind.COMMENT
    if held.deleted_at is not None or (parent is not None and parent.assessment_id != held.pk):
        raise ValidationFailed([Issue(code="not_there", message=_("Reload the page; what this answers is gone"))])
    if key and key not in questionnaire_of(held.edition).by_key:
        raise ValidationFailed([Issue(code="no_question", message=_("Choose a question of this version"))])
    if kind == CommentKind.CHALLENGE and not key:
        message = _("Challenge one answer, or the decision once it is signed")
        raise ValidationFailed([Issue(code="no_question", message=message)])
    text = fit_text(text, "text", _("Write what you want to say"))
    written = Comment.objects.create(assessment=held, parent=parent, key=key, kind=kind, text=text, written_by=by)
    record_event(
        held, EventKind.COMMENTED, by=by, key=key, payload={"comment": written.pk, "kind": str(kind), "text": text}
    )
    people = _in_the_talk(parent) if parent else [*_of_the_team(held), *_reviewing(held)]
    if kind == CommentKind.CHALLENGE:
        told = _("{person} challenges an answer in {version}.")
    else:
        told = _("{person} commented on {version}.")
    _tell(people, held, by, told.format(person=by, version=held), text)
    return written


@transaction.atomic
def settle(comment: Comment, *, by: User, text: str) -> Comment:
    """Close a challenge of one answer, saying how it ended. That of a decision is upheld or reopened instead."""
    check_can(by, Ability.DISCUSS, comment.assessment.system.team)
    held = Assessment.objects.locked(comment.assessment_id)
    comment = Comment.objects.select_for_update(of=("self",)).select_related("written_by").get(pk=comment.pk)
    if comment.kind != CommentKind.CHALLENGE or not comment.key:
        message = _("Only the challenge of an answer is settled here; that of a decision is upheld or reopened")
        raise ValidationFailed([Issue(code="not_a_challenge", message=message)])
    if comment.settled_at is not None:
        raise ValidationFailed([Issue(code="settled", message=_("Nothing to do: this challenge is settled already"))])
    text = fit_text(text, "text", _("Say how it ended"))
    now = timezone.now()
    comment.settled_at, comment.settled_by, comment.settlement = now, by, text
    comment.save(update_fields=("settled_at", "settled_by", "settlement"))
    payload = {"comment": comment.pk, "text": text}
    record_event(held, EventKind.SETTLED, by=by, at=now, key=comment.key, payload=payload)
    told = _("{person} settled your challenge in {version}.").format(person=by, version=held)
    _tell([comment.written_by], held, by, told, text)
    return comment


@transaction.atomic
def meet_condition(condition: Condition, *, by: User, how: str) -> Condition:
    """Say that a condition is met, and how."""
    check_can(by, Ability.DISCUSS, condition.assessment.system.team)
    held = Assessment.objects.locked(condition.assessment_id)
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    signed = newest_signature(held)
    newest = signed is not None and signed.pk == condition.sign_off_id
    raise_if_issue(policies.why_not_meet(held, is_met=condition.met_at is not None, is_newest=newest))
    how = fit_text(how, "how", _("Say how it was met, and where that can be seen"))
    now = timezone.now()
    condition.met_at, condition.met_by, condition.met_how = now, by, how
    condition.save(update_fields=("met_at", "met_by", "met_how"))
    payload = {"condition": condition.pk, "how": how}
    record_event(held, EventKind.CONDITION_MET, by=by, at=now, payload=payload)
    assert signed is not None
    told = _("A condition of {version} is met, says {person}.").format(version=held, person=by)
    _tell([signed.signed_by], held, by, told, condition.text)
    return condition


def newest_signature(assessment: Assessment) -> SignOff | None:
    """The signature that counts, or the last that did. One query."""
    return assessment.sign_offs.select_related("signed_by").defer("content").order_by("-pk").first()


def standing_signature(assessment: Assessment) -> SignOff | None:
    """The signature whose decision counts now; None while a review is open. One query, or none."""
    return newest_signature(assessment) if state_spec(assessment.state).has_decision else None


# --- checks of what was typed


def fit_text(text: str, key: str, needed: str = "") -> str:
    """The text as it may be kept. Raises ValidationFailed, keyed by the form's field; `needed` is said when it is
    empty."""
    text = text.strip()
    if needed and not text:
        raise ValidationFailed([Issue(code="empty", key=key, message=needed)])
    try:
        return check_text(text, settings.LIMITS["note"])
    except ValidationFailed as failed:
        raise failed.keyed(key) from failed


# --- holding, moving, telling


def _held(assessment: Assessment, move: str, *, by: User) -> Assessment:
    """The version, locked, for a reviewer's move."""
    check_can(by, ability_for_move(move), assessment.system.team)
    policies.check_took_no_part(by, assessment)
    held = Assessment.objects.locked(assessment.pk)
    raise_if_issue(policies.why_not_move(held, move))
    return held


def _move(held: Assessment, after: State) -> None:
    held.state = after
    held.save(update_fields=("state", "overruled_to"))
    refresh_summary(held.system)


def _of_the_team(held: Assessment) -> list[User]:
    """Who of the team hears of its review: its leads, and whoever submitted."""
    return [
        *(membership.user for membership in leads_of([held.team_id])),
        *([held.submitted_by] if held.submitted_by else []),
    ]


def _reviewing(held: Assessment) -> list[User]:
    """Whoever took the version up last."""
    taken = held.events.filter(kind=EventKind.REVIEWED).select_related("by").order_by("-number").first()
    return [taken.by] if taken else []


def _in_the_talk(parent: Comment) -> list[User]:
    return [parent.written_by, *(reply.written_by for reply in parent.replies.select_related("written_by"))]


def _tell(people: Iterable[User], held: Assessment, by: User, text: str, details: str = "") -> None:
    others = [person for person in people if person.pk != by.pk and not person.is_guest]
    notify(
        filter_readers(others, held.system.team),
        text,
        reverse("assessment-decision", args=[held.pk]),
        details=details,
    )
