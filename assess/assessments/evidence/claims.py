"""Claimed against measured: each answer beside what the newest scan says of it, and what people made of that.

Accepting is a save like any other: the proposed value with `basis: measured` and a link to its figure, refused where
somebody changed the answer meanwhile. Where people answer separately, a proposal is nobody's answer: accepting it means
agreeing on it, for those who may, and to questions that they have answered themselves.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from assess.assessments.agreements import agree, withdraw_agreement
from assess.assessments.answers import answer_rows
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.evidence.actions import latest_evidence_of
from assess.assessments.evidence.models import Evidence, ProposalDecision
from assess.assessments.formatting import format_answer
from assess.assessments.log import payload_of, record_event
from assess.assessments.models import Answer, Assessment
from assess.assessments.policies import raise_if_issue, why_not_answer
from assess.assessments.response_visibility import visible_keys
from assess.assessments.saving import Outcome, Saved, Stale, save_answer
from assess.decision.facade import format_value
from assess.evidence.facade import CONFIDENCE_WORDS, Proposal, Scan, compare_answer, find_conflicts, propose
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import (
    Answers,
    Basis,
    Issue,
    Question,
    Questionnaire,
    ValidationFailed,
    check_text,
    worded_for,
)
from assess.web.facade import absolute_url

Standing = Literal["accepted", "overridden", "conflict", "differs", "same", "open", "hint"]
#: In these states a proposal can be accepted together with others: nobody said anything else.
UNDISPUTED: Final = ("same", "open")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One question that the scan speaks of. `row` is its shared answer, where there ever was one.

    `standing` says how answer and evidence compare, or what somebody decided, as long as that is about the same
    proposal and, of an accepted one, still the answer. `decision` is the row, also where it no longer counts.
    """

    question: Question
    proposal: Proposal
    answer: AnswerValue | None
    words: str
    row: Answer | None
    proposed: str  #: the proposed value in words; "" for a hint
    standing: Standing
    conflicts: tuple[str, ...]
    decision: ProposalDecision | None

    @property
    def version(self) -> int:
        """The version of the shared answer, to say which one a person saw."""
        return self.row.version if self.row else 0

    @property
    def confidence(self) -> str:
        return CONFIDENCE_WORDS[self.proposal.confidence]

    @property
    def is_decided(self) -> bool:
        return self.standing in ("accepted", "overridden")

    @property
    def may_be_accepted(self) -> bool:
        return self.proposal.value is not None and not self.is_decided

    @property
    def may_be_overridden(self) -> bool:
        """Whether there is something to say why not: a proposal, or an answer that the scan contradicts."""
        return not self.is_decided and (self.proposal.value is not None or bool(self.conflicts))

    @property
    def is_undisputed(self) -> bool:
        return self.may_be_accepted and self.standing in UNDISPUTED


def build_claims(
    scan: Scan,
    questionnaire: Questionnaire,
    answers: Answers,
    rows: Mapping[str, Answer],
    decisions: Iterable[ProposalDecision],
) -> tuple[Claim, ...]:
    """A claim for each question that the scan speaks of, in the questionnaire's order."""
    questionnaire = worded_for(questionnaire, answers)
    decided = {decision.key: decision for decision in decisions}
    conflicts = find_conflicts(scan, questionnaire, answers)
    claims = []
    for proposal in propose(scan, questionnaire, answers):
        question = questionnaire.by_key[proposal.key]
        answer, decision = answers.get(question.key), decided.get(question.key)
        at_odds = tuple(each.sentence for each in conflicts if question.key in each.keys)
        claims.append(
            Claim(
                question=question,
                proposal=proposal,
                answer=answer,
                words=format_answer(question, answer),
                row=rows.get(question.key),
                proposed=format_value(question, proposal.value) if proposal.value is not None else "",
                standing=find_standing(proposal, answer, decision, has_conflict=bool(at_odds)),
                conflicts=at_odds,
                decision=decision,
            )
        )
    return tuple(claims)


def find_standing(
    proposal: Proposal, answer: AnswerValue | None, decision: ProposalDecision | None, *, has_conflict: bool
) -> Standing:
    """How the answer compares with the proposal, or what was decided on it."""
    value = answer.value if answer else None
    if decision is not None and decision.proposed == proposal.value:
        if decision.is_override:
            return "overridden"
        if value == proposal.value:
            return "accepted"
    compared = compare_answer(proposal, value)
    return "conflict" if has_conflict else compared


def load_claims(assessment: Assessment, scan: Scan, *, visible: Collection[str]) -> tuple[Claim, ...]:
    """The claims of this version against this scan, of the visible questions. Three queries, one more where people
    answer separately."""
    claims = build_claims(
        scan,
        questionnaire_of(assessment.edition),
        assessment.current_answers(),
        answer_rows(assessment),
        assessment.proposal_decisions.select_related("decided_by"),
    )
    return tuple(claim for claim in claims if claim.question.key in visible)


def figure_url(assessment: Assessment, key: str) -> str:
    """The address of the figure behind a proposal, with the site's name: what an accepted answer links to."""
    return absolute_url(f"{reverse('evidence-claims', args=[assessment.pk])}#q-{key}")


# --- deciding


def accept_proposals(
    assessment: Assessment, versions: Mapping[str, int], *, seen: int, page: uuid.UUID, by: User
) -> tuple[list[Question], list[Question]]:
    """Save the proposed values of these questions as answers; `versions` are those of the answers that the person saw,
    `seen` is the number of the scan.

    The questions that were saved, and those whose answer somebody changed meanwhile or that no scan speaks of any
    more. `page` is the page's own id: sent twice, it counts once. Raises PermissionDenied, and ValidationFailed for a
    version that takes no answers or has another scan now, which may propose something else.
    """
    check_may_decide(assessment, by)
    saved, refused = [], []
    with transaction.atomic():
        locked, evidence = lock_with_evidence(assessment, seen)
        questions = questionnaire_of(locked.edition).by_key
        for claim in claims_to_keep(locked, evidence, by=by):
            key = claim.question.key
            if key not in versions or claim.proposal.value is None:
                continue
            outcome = save_proposed(locked, claim, proposed_change(locked, claim, versions[key], page), by=by)
            # A form that is sent again gets its first outcome, even if the answer has changed since.
            if isinstance(outcome, Saved) and outcome.version >= claim.version:
                record_decision(locked, evidence, claim, by=by)
                saved.append(questions[key])
            else:
                refused.append(questions[key])
    return saved, refused


def claims_to_keep(locked: Assessment, evidence: Evidence, *, by: User) -> tuple[Claim, ...]:
    """The claims that this person may decide on. A decision is kept for good, so they are in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return load_claims(locked, evidence.scan(), visible=visible_keys(by, locked))


def proposed_change(assessment: Assessment, claim: Claim, base_version: int, page: uuid.UUID) -> Change:
    """The change that makes the proposed value the answer; a note that was there stays."""
    return Change(
        key=claim.question.key,
        answered=True,
        value=claim.proposal.value,
        basis="measured",
        note=claim.answer.note if claim.answer else "",
        link=figure_url(assessment, claim.question.key),
        base_version=base_version,
        mutation_id=uuid.uuid5(page, f"accept {claim.question.key} {base_version}"),
    )


def save_proposed(locked: Assessment, claim: Claim, change: Change, *, by: User) -> Outcome:
    """The outcome of saving it, as a shared answer or as what the team agrees on."""
    if not locked.answers_separately:
        return save_answer(locked.pk, change, by=by)
    return agree(locked, change, note=claim.proposal.found[: settings.LIMITS["note"]], by=by)


@transaction.atomic
def override_proposal(assessment: Assessment, key: str, *, seen: int, reason: str, by: User) -> ProposalDecision:
    """Keep the answer as it is, with the reason why the scan that the person saw does not change it. Raises as
    `accept_proposals`."""
    check_may_decide(assessment, by)
    try:
        reason = check_text(reason.strip(), settings.LIMITS["note"])
    except ValidationFailed as error:
        raise error.keyed("reason") from None
    if not reason:
        message = _("Say in a few words why the scan is wrong here")
        raise ValidationFailed([Issue(code="no_reason", key="reason", message=message)])
    locked, evidence = lock_with_evidence(assessment, seen)
    claims = claims_to_keep(locked, evidence, by=by)
    claim = next((each for each in claims if each.question.key == key), None)
    if claim is None:
        message = _("Choose a question that the newest scan speaks of")
        raise ValidationFailed([Issue(code="no_proposal", key="key", message=message)])
    return record_decision(locked, evidence, claim, reason=reason, by=by)


@transaction.atomic
def undo_decision(assessment: Assessment, key: str, base_version: int, *, page: uuid.UUID, by: User) -> Outcome | None:
    """Take a decision back: of an accepted proposal, the answer is again what it was before; None where only a reason
    is taken back. Unless the outcome is `Saved` or None, nothing was changed. Raises as `accept_proposals`."""
    check_may_decide(assessment, by)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_answer(locked))
    decision = locked.proposal_decisions.filter(key=key).first()
    if decision is None:
        return Stale(key=key, present=None)
    outcome: Outcome | None = None
    row = locked.answers.filter(key=key).first()
    if not decision.is_override and row is not None and row.answered and row.value == decision.proposed:
        before = cast(dict[str, Any] | None, decision.answer_before)
        mutation_id = uuid.uuid5(page, f"undo {key} {base_version}")
        change = Change(key=key, answered=False, note=row.note, base_version=base_version, mutation_id=mutation_id)
        if before is not None:
            change = Change(
                key=key,
                answered=True,
                value=before["value"],
                basis=cast(Basis | None, before["basis"] or None),
                note=before["note"],
                link=before["link"],
                not_applicable=before["not_applicable"],
                who_knows=before["who_knows"],
                base_version=base_version,
                mutation_id=mutation_id,
            )
        if not locked.answers_separately:
            outcome = save_answer(locked.pk, change, by=by)
        elif before is None:
            outcome = withdraw_agreement(locked, change, by=by)
        else:
            outcome = agree(locked, change, by=by)
        if not isinstance(outcome, Saved):
            return outcome
        if outcome.version < row.version:
            return Stale(key=key, present=row)  # a form that is sent again, after somebody accepted anew
    record_event(locked, EventKind.PROPOSAL_UNDONE, by=by, key=key, removed=[decision])
    decision.delete()
    return outcome


def deciding_ability(assessment: Assessment) -> Ability:
    """What it takes to decide on a proposal: those who answer do, where people answer separately those who agree."""
    return Ability.AGREE if assessment.answers_separately else Ability.ANSWER


def check_may_decide(assessment: Assessment, by: User) -> None:
    """Raises PermissionDenied for those who may not."""
    check_can(by, deciding_ability(assessment), assessment.system.team)


def lock_with_evidence(assessment: Assessment, seen: int) -> tuple[Assessment, Evidence]:
    """The locked version, if it takes answers, with its newest scan, if that is the one with this number. Raises
    ValidationFailed."""
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_answer(locked))
    evidence = latest_evidence_of(locked)
    if evidence is None:
        message = _("Attach a scan first; this version has none")
        raise ValidationFailed([Issue(code="no_evidence", key="evidence", message=message)])
    if evidence.pk != seen:
        message = _("Look at what the newest scan says, then decide: the scans changed meanwhile")
        raise ValidationFailed([Issue(code="other_evidence", key="evidence", message=message)])
    return locked, evidence


def record_decision(
    locked: Assessment, evidence: Evidence, claim: Claim, *, reason: str = "", by: User
) -> ProposalDecision:
    """Write what was decided, and its event."""
    is_override = bool(reason)
    earlier = locked.proposal_decisions.filter(key=claim.question.key).first()
    if earlier is not None and not is_override and not earlier.is_override and claim.standing == "accepted":
        return earlier  # a double click
    row = None if is_override else claim.row
    decision, _created = ProposalDecision.objects.update_or_create(
        assessment=locked,
        key=claim.question.key,
        defaults={
            "evidence": evidence,
            "is_override": is_override,
            "proposed": claim.proposal.value,
            "found": claim.proposal.found,
            "figure": claim.proposal.figure,
            "reason": reason,
            "answer_before": payload_of(row.as_answer()) if row and row.answered else None,
            "decided_at": timezone.now(),
            "decided_by": by,
        },
    )
    kind = EventKind.PROPOSAL_OVERRIDDEN if is_override else EventKind.PROPOSAL_ACCEPTED
    payload = {"proposed": claim.proposal.value, "evidence": evidence.sha256, "reason": reason}
    record_event(locked, kind, by=by, at=decision.decided_at, key=decision.key, payload=payload, rows=[decision])
    return decision
