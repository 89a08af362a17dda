"""What a report says of a version's newest scan and its measurements, and of what people made of their proposals."""

from assess.assessments.facade import (
    Assessment,
    Claim,
    Evidence,
    Measurement,
    ProposalDecision,
    Sources,
    format_answer,
    list_figures,
    load_claims,
    reading_of,
)
from assess.decision.facade import format_value
from assess.evidence.facade import Scan, describe_limits, describe_unread, find_conflicts
from assess.measurements.facade import KIND_WORDS
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.evidence import ClaimLine, EvidenceData, MeasurementIdentity, ScanIdentity
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text


def load_evidence(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, sources: Sources
) -> EvidenceData | None:
    """What the newest scan and the measurements say of the answers; None where nothing is attached and nothing was
    decided on. One query where there was ever one of them, up to five with one."""
    if not sources and not getattr(assessment, "was_measured", True):
        return None
    claims = load_claims(assessment, sources, visible=questionnaire.by_key)
    decided = tuple(
        decision_line(decision, questionnaire, answers)
        for decision in assessment.proposal_decisions.select_related("decided_by", "measurement")
        .defer("measurement__content")
        .order_by("pk")
        if decision.key not in {claim.question.key for claim in claims} and decision.key in questionnaire.by_key
    )
    if not sources and not decided:
        return None
    evidence, scan = sources.evidence, sources.scan
    conflicts = find_conflicts(scan, questionnaire, answers) if scan else ()
    return EvidenceData(
        scan=identify_scan(evidence, scan) if evidence and scan else None,
        measurements=tuple(map(identify_measurement, sources.measurements)),
        conflicts=tuple(clean_text(each.sentence) for each in conflicts),
        lines=(*map(claim_line, claims), *decided),
    )


def identify_measurement(row: Measurement) -> MeasurementIdentity:
    reading = reading_of(row)
    return MeasurementIdentity(
        kind=row.kind,
        kind_words=KIND_WORDS[reading.kind],
        shape_words=clean_line(reading.shape_words, MAX_NAME),
        file_name=clean_line(row.file_name, MAX_NAME),
        figures=tuple((words, clean_text(figure)) for words, figure in list_figures(reading.content)),
        warnings=tuple(map(clean_text, reading.warnings)),
        attached_at=row.attached_at,
        attached_by=clean_line(str(row.attached_by), MAX_NAME),
        sha256=row.sha256,
    )


def source_words(source: Evidence | Measurement | None) -> str:
    """A measurement in words; "" for a scan, of which there is one in a report."""
    return clean_line(str(source), MAX_NAME) if isinstance(source, Measurement) else ""


def identify_scan(evidence: Evidence, scan: Scan) -> ScanIdentity:
    limits = (*describe_limits(scan), *describe_unread(scan))
    return ScanIdentity(
        repository=clean_line(scan.data["repository"]["name"], MAX_NAME),
        commit=evidence.commit_hash,
        tool_version=clean_line(evidence.tool_version, MAX_NAME),
        scanned_at=evidence.scanned_at,
        attached_at=evidence.attached_at,
        attached_by=clean_line(str(evidence.attached_by), MAX_NAME),
        sha256=evidence.sha256,
        limits=tuple(clean_text(limit) for limit in limits),
    )


def claim_line(claim: Claim) -> ClaimLine:
    decision = claim.decision if claim.is_decided else None
    return ClaimLine(
        key=claim.question.key,
        wording=claim.question.wording,
        answer=clean_text(claim.words),
        found=clean_text(claim.proposal.found),
        source=source_words(claim.source),
        limits=tuple(map(clean_text, claim.proposal.limits)),
        proposed=claim.proposed,
        proposed_value=claim.proposal.value,
        confidence=claim.confidence,
        is_contradicted=bool(claim.conflicts),
        decision="" if decision is None else "overridden" if decision.is_override else "accepted",
        reason=clean_text(decision.reason) if decision else "",
        by=clean_line(str(decision.decided_by), MAX_NAME) if decision else "",
        at=decision.decided_at if decision else None,
    )


def decision_line(decision: ProposalDecision, questionnaire: Questionnaire, answers: Answers) -> ClaimLine:
    """A decision on a figure that the newest sources do not have, or whose source was deleted."""
    question, answer = questionnaire.by_key[decision.key], answers.get(decision.key)
    is_standing = decision.is_override or (answer is not None and answer.value == decision.proposed)
    return ClaimLine(
        key=question.key,
        wording=question.wording,
        answer=clean_text(format_answer(question, answer)),
        found=clean_text(decision.found),
        source=source_words(decision.measurement),
        limits=(),
        proposed="" if decision.proposed is None else format_value(question, decision.proposed),
        proposed_value=decision.proposed,
        confidence="",
        is_contradicted=False,
        decision="" if not is_standing else "overridden" if decision.is_override else "accepted",
        reason=clean_text(decision.reason),
        by=clean_line(str(decision.decided_by), MAX_NAME),
        at=decision.decided_at,
    )
