"""What people do with a submitted version: take up, sign, withdraw, challenge, uphold, reopen, comment, settle, meet a
condition.

Each is one transaction with its event inside. Raises PermissionDenied for somebody who may not, TookPartError for a
reviewer who took part, and ValidationFailed with what to do instead when the state or the text does not allow it.
Whether a signer is who they say they are is checked by the page before (`people.credentials`).
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
from assess.planning.facade import money_saved_at
from assess.questionnaire.facade import Issue, ValidationFailed, check_note
from assess.review import policies
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from assess.review.signed_content import ConditionTerms, build_signed_content, content_hash
from assess.review.states import ability_for_move, next_states, outcome_of, state_spec
from assess.web.facade import localdate_in

# --- moves


@transaction.atomic
def take_up(assessment: Assessment, *, by: User) -> Assessment:
    """The version, now in review, so that the team and other reviewers know who has it."""
    locked = lock_for_move(assessment, "take up", by=by)
    change_state(locked, State.IN_REVIEW)
    record_event(locked, EventKind.REVIEWED, by=by, rows=[locked])
    notify_readers(
        team_to_notify(locked),
        locked,
        by,
        _("{person} took up the review of {version}.").format(person=by, version=locked),
    )
    return locked


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
    money_seen: str | None = None,
) -> SignOff:
    """The signature of a decision, with the hash of all that it covers. Takes the version up where nobody did.

    The fields are those of `SignatureForm`, which cleans their text. `money_seen` is `money_saved_at` as the signer saw
    it, as cost figures change until the signature; None covers whatever is there. Raises ValidationFailed for terms
    that do not go with the decision, another verdict that is none, a condition due before the workspace's day, and
    cost figures that somebody changed meanwhile.
    """
    outcome = outcome_of(decision)
    if Assessment.objects.locked(assessment.pk).state == State.SUBMITTED:
        take_up(assessment, by=by)
    locked = lock_for_move(assessment, outcome.move, by=by)
    now = timezone.now()
    today = localdate_in(locked.workspace, now)
    issues = [
        *policies.issues_of_signature(
            outcome,
            verdict=locked.verdict,
            decides=policies.question_without_verdict(locked),
            overruled_to=overruled_to,
            reason=reason,
            remark=remark,
            has_conditions=bool(conditions),
        ),
        *(issue for each in conditions if (issue := policies.why_not_due(each.due_on, today))),
    ]
    if money_seen is not None and money_seen != money_saved_at(locked):
        message = _("Look at the cost figures again before you sign: somebody changed them meanwhile")
        issues.append(Issue(code="money_changed", message=message))
    if issues:
        raise ValidationFailed(issues)
    until = today + timedelta(days=settings.LIMITS["challenge_days"]) if outcome.is_acceptance else None
    content = build_signed_content(
        locked,
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
        assessment=locked,
        decision=decision,
        model_verdict=locked.verdict,
        overruled_to=overruled_to,
        reason=reason,
        remark=remark,
        content=content,
        content_hash=content_hash(content),
        challenge_until=until,
        signed_at=now,
        signed_by=by,
    )
    condition_rows = Condition.objects.bulk_create(
        Condition(assessment=locked, sign_off=signed, text=each.text, owner=each.owner, due_on=each.due_on)
        for each in conditions
    )
    locked.overruled_to = overruled_to
    change_state(locked, State(decision))
    payload = {
        "decision": str(decision),
        "overruled_to": overruled_to,
        "sign_off": signed.pk,
        "content_hash": signed.content_hash,
    }
    rows = [locked, signed, *condition_rows]
    record_event(locked, EventKind.DECIDED, by=by, at=now, payload=payload, rows=rows)
    details = _("Your team may challenge it until {day}.").format(day=day(until)) if until else remark
    notify_readers(team_to_notify(locked), locked, by, _(outcome.notice).format(version=locked, person=by), details)
    return signed


@transaction.atomic
def withdraw(assessment: Assessment, *, by: User, text: str) -> Assessment:
    """The version, withdrawn by its team before a decision; `text` is the reason, which the reviewers read.

    Nothing of it is removed: answers, result and comments stay as they were submitted, and readable.
    """
    check_can(by, Ability.SUBMIT, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(policies.why_not_move(locked, "withdraw"))
    text = clean_text(text, "text", _("Say why you withdraw this version, so that the reviewers know"))
    change_state(locked, State.WITHDRAWN)
    record_event(locked, EventKind.WITHDRAWN, by=by, payload={"text": text}, rows=[locked])
    sentence = _("{person} withdrew {version}.").format(person=by, version=locked)
    people = [*architects_of(locked.workspace_id), *newest_reviewer(locked), *team_to_notify(locked)]
    notify_readers(people, locked, by, sentence, text)
    return locked


@transaction.atomic
def challenge(assessment: Assessment, *, by: User, text: str) -> Comment:
    """The team's challenge of the decision, within the stated days. A reviewer upholds or reopens it."""
    check_can(by, Ability.CHALLENGE, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    signed = newest_signature(locked)
    until = signed.challenge_until if signed else None
    raise_if_issue(policies.why_not_challenge(locked, until, localdate_in(locked.workspace, timezone.now())))
    text = clean_text(text, "text", _("Say what is wrong with the decision, so that it can be looked at again"))
    change_state(locked, State.CHALLENGED)
    comment = Comment.objects.create(assessment=locked, kind=CommentKind.CHALLENGE, text=text, written_by=by)
    payload = {"comment": comment.pk, "text": text}
    record_event(locked, EventKind.CHALLENGED, by=by, payload=payload, rows=[locked, comment])
    reviewers = [*architects_of(locked.workspace_id), *([signed.signed_by] if signed else [])]
    sentence = _("{person} challenges the decision on {version}.").format(person=by, version=locked)
    notify_readers(reviewers, locked, by, sentence, text)
    return comment


@transaction.atomic
def uphold(assessment: Assessment, *, by: User, text: str) -> Assessment:
    """The version, with the decision as signed; `text` answers the challenge."""
    return answer_challenge(assessment, "uphold", by=by, text=text)


@transaction.atomic
def reopen(assessment: Assessment, *, by: User, text: str) -> Assessment:
    """The version, in review again. The signature no longer counts, and another one follows."""
    return answer_challenge(assessment, "reopen", by=by, text=text)


def answer_challenge(assessment: Assessment, move: str, *, by: User, text: str) -> Assessment:
    locked = lock_for_move(assessment, move, by=by)
    text = clean_text(text, "text", _("Answer the challenge in a sentence, so that the team knows why"))
    signed = newest_signature(locked)
    assert signed is not None, "what is challenged was signed"
    after = State(signed.decision) if move == "uphold" else State.IN_REVIEW
    assert after in next_states(locked.state, move)
    if move == "reopen":
        locked.overruled_to = ""
    change_state(locked, after)
    now = timezone.now()
    open_challenges = Comment.objects.filter(assessment=locked, kind=CommentKind.CHALLENGE, key="", settled_at=None)
    settled = list(open_challenges.select_related("written_by"))
    for each in settled:
        each.settled_at, each.settled_by, each.settlement = now, by, text
    Comment.objects.bulk_update(settled, ("settled_at", "settled_by", "settlement"))
    kind = EventKind.UPHELD if move == "uphold" else EventKind.REOPENED
    payload = {"state": str(after), "text": text}
    record_event(locked, kind, by=by, at=now, payload=payload, rows=[locked, *settled])
    if move == "uphold":
        sentence = _("{person} upheld the decision on {version}.")
    else:
        sentence = _("{person} opened the review of {version} again.")
    notify_readers(
        [*team_to_notify(locked), *(each.written_by for each in settled)],
        locked,
        by,
        sentence.format(person=by, version=locked),
        text,
    )
    return locked


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
    """A comment on a question, or (no key) on the whole version. A reply joins the thread of its `parent`."""
    check_can(by, Ability.DISCUSS, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    if parent is not None:
        parent = parent.parent or parent
        key, kind = parent.key, CommentKind.COMMENT
    if locked.deleted_at is not None or (parent is not None and parent.assessment_id != locked.pk):
        raise ValidationFailed([Issue(code="not_there", message=_("Reload the page; the comment you answer is gone"))])
    if key and key not in questionnaire_of(locked.edition).by_key:
        raise ValidationFailed([Issue(code="no_question", message=_("Choose a question of this version"))])
    if kind == CommentKind.CHALLENGE and not key:
        message = _("Challenge one answer, or the decision once it is signed")
        raise ValidationFailed([Issue(code="no_question", message=message)])
    text = clean_text(text, "text", _("Write what you want to say"))
    written = Comment.objects.create(assessment=locked, parent=parent, key=key, kind=kind, text=text, written_by=by)
    payload = {"comment": written.pk, "kind": str(kind), "text": text}
    record_event(locked, EventKind.COMMENTED, by=by, key=key, payload=payload, rows=[written])
    people = people_in_thread(parent) if parent else [*team_to_notify(locked), *newest_reviewer(locked)]
    if kind == CommentKind.CHALLENGE:
        sentence = _("{person} challenges an answer in {version}.")
    else:
        sentence = _("{person} commented on {version}.")
    notify_readers(people, locked, by, sentence.format(person=by, version=locked), text)
    return written


@transaction.atomic
def settle(comment: Comment, *, by: User, text: str) -> Comment:
    """The challenge of one answer, settled; `text` says how. That of a decision is upheld or reopened instead."""
    check_can(by, Ability.DISCUSS, comment.assessment.system.team)
    locked = Assessment.objects.locked(comment.assessment_id)
    comment = Comment.objects.select_for_update(of=("self",)).select_related("written_by").get(pk=comment.pk)
    if comment.kind != CommentKind.CHALLENGE or not comment.key:
        message = _("Settle only challenges of an answer here; uphold or reopen a challenged decision")
        raise ValidationFailed([Issue(code="not_a_challenge", message=message)])
    if comment.settled_at is not None:
        raise ValidationFailed([Issue(code="settled", message=_("Nothing to do: this challenge is settled already"))])
    text = clean_text(text, "text", _("Say how it ended"))
    now = timezone.now()
    comment.settled_at, comment.settled_by, comment.settlement = now, by, text
    comment.save(update_fields=("settled_at", "settled_by", "settlement"))
    payload = {"comment": comment.pk, "text": text}
    record_event(locked, EventKind.SETTLED, by=by, at=now, key=comment.key, payload=payload, rows=[comment])
    sentence = _("{person} settled your challenge in {version}.").format(person=by, version=locked)
    notify_readers([comment.written_by], locked, by, sentence, text)
    return comment


@transaction.atomic
def meet_condition(condition: Condition, *, by: User, how: str) -> Condition:
    """The condition, met; `how` says how."""
    check_can(by, Ability.DISCUSS, condition.assessment.system.team)
    locked = Assessment.objects.locked(condition.assessment_id)
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    signed = newest_signature(locked)
    newest = signed is not None and signed.pk == condition.sign_off_id
    raise_if_issue(policies.why_not_meet(locked, is_met=condition.met_at is not None, is_newest=newest))
    how = clean_text(how, "how", _("Say how it was met, and where to see it"))
    now = timezone.now()
    condition.met_at, condition.met_by, condition.met_how = now, by, how
    condition.save(update_fields=("met_at", "met_by", "met_how"))
    payload = {"condition": condition.pk, "how": how}
    record_event(locked, EventKind.CONDITION_MET, by=by, at=now, payload=payload, rows=[condition])
    assert signed is not None
    sentence = _("A condition of {version} is met, says {person}.").format(version=locked, person=by)
    notify_readers([signed.signed_by], locked, by, sentence, condition.text)
    return condition


def newest_signature(assessment: Assessment) -> SignOff | None:
    """The signature that counts, or the last that did. One query."""
    return assessment.sign_offs.select_related("signed_by").defer("content").order_by("-pk").first()


def standing_signature(assessment: Assessment) -> SignOff | None:
    """The signature whose decision counts now; None while a review is open. One query, or none."""
    return newest_signature(assessment) if state_spec(assessment.state).has_decision else None


# --- checks of what was typed


def clean_text(text: str, key: str, needed: str = "") -> str:
    """The text as it may be kept. Raises ValidationFailed, keyed by the form's field; `needed` is said when it is
    empty."""
    try:
        note = check_note(text, settings.LIMITS["note"])
    except ValidationFailed as failed:
        raise failed.keyed(key) from failed
    if needed and not note:
        raise ValidationFailed([Issue(code="empty", key=key, message=needed)])
    return note


# --- locking, changing state, notifying


def lock_for_move(assessment: Assessment, move: str, *, by: User) -> Assessment:
    """The version, locked, for a reviewer's move."""
    check_can(by, ability_for_move(move), assessment.system.team)
    policies.check_took_no_part(by, assessment)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(policies.why_not_move(locked, move))
    return locked


def change_state(locked: Assessment, after: State) -> None:
    locked.state = after
    locked.save(update_fields=("state", "overruled_to"))
    refresh_summary(locked.system)


def team_to_notify(locked: Assessment) -> list[User]:
    """The people of the team who are notified: its leads, and who submitted."""
    return [
        *(membership.user for membership in leads_of([locked.team_id])),
        *([locked.submitted_by] if locked.submitted_by else []),
    ]


def newest_reviewer(locked: Assessment) -> list[User]:
    """The reviewer who took the version up last, as a list of one; empty while nobody did."""
    taken = locked.events.filter(kind=EventKind.REVIEWED).select_related("by").order_by("-number").first()
    return [taken.by] if taken else []


def people_in_thread(parent: Comment) -> list[User]:
    return [parent.written_by, *(reply.written_by for reply in parent.replies.select_related("written_by"))]


def notify_readers(people: Iterable[User], locked: Assessment, by: User, text: str, details: str = "") -> None:
    others = [person for person in people if person.pk != by.pk and not person.is_guest]
    notify(
        filter_readers(others, locked.system.team),
        text,
        reverse("assessment-decision", args=[locked.pk]),
        details=details,
    )
