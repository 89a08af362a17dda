"""Claimed against measured: each answer beside what the newest scan and measurements say of it, and what people made of
that. Where both propose an answer, the measurement does: it counts what happened, and the scan's figure stands below.

Accepting is a save like any other: the proposed value with `basis: measured` and a link to its figure, refused where
somebody changed the answer meanwhile. Where people answer separately, a proposal is nobody's answer: accepting it means
agreeing on it, for those who may, and to questions that they have answered themselves.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
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
from assess.assessments.measurements.actions import current_measurements, reading_of
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Answer, Assessment
from assess.assessments.policies import raise_if_issue, why_not_answer
from assess.assessments.response_visibility import visible_keys
from assess.assessments.saving import Outcome, Saved, Stale, save_answer
from assess.decision.facade import format_value
from assess.evidence.facade import CONFIDENCE_WORDS, Proposal, Scan, compare_answer, find_conflicts, propose
from assess.language import _
from assess.measurements.facade import propose_measured
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import (
    Answers,
    Basis,
    Issue,
    Question,
    Questionnaire,
    ValidationFailed,
    check_note,
    worded_for,
)
from assess.web.facade import absolute_url

Standing = Literal["accepted", "overridden", "conflict", "differs", "same", "open", "hint"]
#: In these states a proposal can be accepted together with others: nobody said anything else.
UNDISPUTED: Final = ("same", "open")
Source = Evidence | Measurement


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """What a version's answers are compared with: its newest scan, None without one, and its measurements, the newest
    first."""

    evidence: Evidence | None
    scan: Scan | None
    measurements: tuple[Measurement, ...]

    def __bool__(self) -> bool:
        return self.evidence is not None or bool(self.measurements)

    @property
    def seen(self) -> str:
        """Which they are, for a form to say what a person looked at: "12-7.5"."""
        return f"{self.evidence.pk if self.evidence else 0}-{'.'.join(str(each.pk) for each in self.measurements)}"


def load_sources(assessment: Assessment) -> Sources:
    """At most two queries, and reading the scan's file."""
    evidence = latest_evidence_of(assessment)
    return Sources(
        evidence=evidence,
        scan=evidence.scan() if evidence else None,
        measurements=current_measurements(assessment),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One question that a scan or a measurement speaks of. `row` is its shared answer, where there ever was one.

    `standing` says how answer and evidence compare, or what somebody decided, as long as that is about the same
    proposal and, of an accepted one, still the answer. `decision` is the row, also where it no longer counts.
    """

    question: Question
    proposal: Proposal
    source: Source
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
        """Whether there is something to say why not: a proposal, or an answer that is contradicted."""
        return not self.is_decided and (self.proposal.value is not None or bool(self.conflicts))

    @property
    def is_undisputed(self) -> bool:
        return self.may_be_accepted and self.standing in UNDISPUTED


def find_proposals(
    sources: Sources, questionnaire: Questionnaire, answers: Answers
) -> tuple[tuple[Proposal, Source], ...]:
    """What the sources say, at most once for each question, in the questionnaire's order: the newest measurement that
    proposes an answer, else the scan, else a hint. What the other kind of source found stands among the limits."""
    found: dict[str, list[tuple[Proposal, Source]]] = {}
    readings = [reading_of(measurement) for measurement in sources.measurements]
    for proposal, index in propose_measured(readings, questionnaire, answers):
        found[proposal.key] = [(proposal, sources.measurements[index])]
    if sources.scan and sources.evidence:
        for proposal in propose(sources.scan, questionnaire, answers):
            found.setdefault(proposal.key, []).append((proposal, sources.evidence))
    chosen = []
    for question in questionnaire.questions:
        if question.key not in found:
            continue
        said = found[question.key]
        proposal, source = next((each for each in said if each[0].value is not None), said[0])
        others = (
            _("{source}: {found}").format(source=other_source, found=other.found)
            for other, other_source in said
            if other is not proposal
        )
        chosen.append((replace(proposal, limits=(*proposal.limits, *others)), source))
    return tuple(chosen)


def build_claims(
    sources: Sources,
    questionnaire: Questionnaire,
    answers: Answers,
    rows: Mapping[str, Answer],
    decisions: Iterable[ProposalDecision],
) -> tuple[Claim, ...]:
    """A claim for each question that the sources speak of, in the questionnaire's order."""
    questionnaire = worded_for(questionnaire, answers)
    decided = {decision.key: decision for decision in decisions}
    conflicts = find_conflicts(sources.scan, questionnaire, answers) if sources.scan else ()
    claims = []
    for proposal, source in find_proposals(sources, questionnaire, answers):
        question = questionnaire.by_key[proposal.key]
        answer, decision = answers.get(question.key), decided.get(question.key)
        at_odds = tuple(each.sentence for each in conflicts if question.key in each.keys)
        claims.append(
            Claim(
                question=question,
                proposal=proposal,
                source=source,
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


def load_claims(assessment: Assessment, sources: Sources, *, visible: Collection[str]) -> tuple[Claim, ...]:
    """The claims of this version against these sources, of the visible questions. Three queries, one more where people
    answer separately; none without a source."""
    if not sources:
        return ()
    claims = build_claims(
        sources,
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
    assessment: Assessment, versions: Mapping[str, int], *, seen: str, page: uuid.UUID, by: User
) -> tuple[list[Question], list[Question]]:
    """Save the proposed values of these questions as answers; `versions` are those of the answers that the person saw,
    `seen` is that of the sources.

    The questions that were saved, and those whose answer somebody changed meanwhile or that no source speaks of any
    more. `page` is the page's own id: sent twice, it counts once. Raises PermissionDenied, and ValidationFailed for a
    version that takes no answers or has other sources now, which may propose something else.
    """
    check_may_decide(assessment, by)
    saved, refused = [], []
    with transaction.atomic():
        locked, sources = lock_with_sources(assessment, seen)
        questions = questionnaire_of(locked.edition).by_key
        for claim in claims_to_keep(locked, sources, by=by):
            key = claim.question.key
            if key not in versions or claim.proposal.value is None:
                continue
            outcome = save_proposed(locked, claim, proposed_change(locked, claim, versions[key], page), by=by)
            # A form that is sent again gets its first outcome, even if the answer has changed since.
            if isinstance(outcome, Saved) and outcome.version >= claim.version:
                record_decision(locked, claim, by=by)
                saved.append(questions[key])
            else:
                refused.append(questions[key])
    return saved, refused


def claims_to_keep(locked: Assessment, sources: Sources, *, by: User) -> tuple[Claim, ...]:
    """The claims that this person may decide on. A decision is kept for good, so they are in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return load_claims(locked, sources, visible=visible_keys(by, locked))


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
def override_proposal(assessment: Assessment, key: str, *, seen: str, reason: str, by: User) -> ProposalDecision:
    """Keep the answer as it is, with the reason why the figure that the person saw does not change it. Raises as
    `accept_proposals`."""
    check_may_decide(assessment, by)
    try:
        reason = check_note(reason, settings.LIMITS["note"])
    except ValidationFailed as error:
        raise error.keyed("reason") from None
    if not reason:
        message = _("Say in a few words why the figure is wrong here")
        raise ValidationFailed([Issue(code="no_reason", key="reason", message=message)])
    locked, sources = lock_with_sources(assessment, seen)
    claims = claims_to_keep(locked, sources, by=by)
    claim = next((each for each in claims if each.question.key == key), None)
    if claim is None:
        message = _("Choose a question that a scan or a measurement speaks of")
        raise ValidationFailed([Issue(code="no_proposal", key="key", message=message)])
    return record_decision(locked, claim, reason=reason, by=by)


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


def lock_with_sources(assessment: Assessment, seen: str) -> tuple[Assessment, Sources]:
    """The locked version, if it takes answers, with what its answers are compared with, if that is what the person saw.
    Raises ValidationFailed."""
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_answer(locked))
    sources = load_sources(locked)
    if not sources:
        message = _("Attach a scan or a measurement first; this version has none")
        raise ValidationFailed([Issue(code="no_evidence", key="evidence", message=message)])
    if sources.seen != seen:
        message = _("Look at the newest figures, then decide: scans or measurements changed meanwhile")
        raise ValidationFailed([Issue(code="other_evidence", key="evidence", message=message)])
    return locked, sources


def record_decision(locked: Assessment, claim: Claim, *, reason: str = "", by: User) -> ProposalDecision:
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
            "evidence": claim.source if isinstance(claim.source, Evidence) else None,
            "measurement": claim.source if isinstance(claim.source, Measurement) else None,
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
    source = "evidence" if isinstance(claim.source, Evidence) else "measurement"
    payload = {"proposed": claim.proposal.value, source: claim.source.sha256, "reason": reason}
    record_event(locked, kind, by=by, at=decision.decided_at, key=decision.key, payload=payload, rows=[decision])
    return decision
