"""What a signature covers, as one JSON object, and its hash.

Decides: what is in it, and that the same content always has the same hash. What is said or met later is not in it.
Names of respondents are in it only where the version shows them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from assess.assessments.facade import Agreement, Assessment, Event, ProposalDecision, Respondent
from assess.money.facade import to_json
from assess.people.facade import User
from assess.planning.facade import load_sums
from assess.record.facade import canonical_json
from assess.review.models import Comment

HIDDEN = "hidden"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionTerms:
    """A condition as a reviewer sets it: what, who sees to it, by when."""

    text: str
    owner: str
    due_on: date


def build_signed_content(
    assessment: Assessment,
    *,
    decision: str,
    overruled_to: str,
    reason: str,
    remark: str,
    conditions: Sequence[ConditionTerms],
    challenge_until: date | None,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """Everything that a signature covers, as JSON values. Ten queries.

    The assessment's row must be locked, so that its log does not grow. In the site's language, so that the same
    content has the same hash for every reviewer.
    """
    with translation.override(settings.LANGUAGE_CODE):
        edition = assessment.edition
        last = Event.objects.filter(assessment=assessment).order_by("-number").first()
        return {
            "workspace": assessment.workspace.name,
            "team": assessment.system.team.name,
            "system": assessment.system.name,
            "assessment": assessment.pk,
            "version": assessment.version,
            "edition": {"slug": edition.slug, "version": edition.version, "sha256": edition.sha256},
            "answers_hash": assessment.answers_hash,
            "model_version": assessment.model_version,
            "verdict": assessment.verdict,
            "form": assessment.form,
            "submitted": {"by": str(assessment.submitted_by), "at": format_timestamp(assessment.submitted_at)},
            "decision": decision,
            "overruled_to": overruled_to,
            "reason": reason,
            "remark": remark,
            "conditions": [
                {"text": condition.text, "owner": condition.owner, "due_on": condition.due_on.isoformat()}
                for condition in conditions
            ],
            "challenge_until": challenge_until.isoformat() if challenge_until else None,
            "comments": signed_comments(assessment),
            "agreements": signed_agreements(assessment),
            "respondents": signed_respondents(assessment),
            "proposals": signed_proposals(assessment),
            "money": signed_money(assessment),
            "log": {"length": last.number if last else 0, "seal": last.seal if last else ""},
            "signed": {"by": str(by), "person": by.pk, "at": format_timestamp(at)},
        }


def content_hash(content: Any) -> str:
    """SHA-256, in hex.

    >>> content_hash({"b": 1, "a": 2}) == content_hash({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(canonical_json(content).encode("utf-8", "surrogatepass")).hexdigest()


def signed_comments(assessment: Assessment) -> list[dict[str, Any]]:
    comments = Comment.objects.filter(assessment=assessment).select_related("written_by", "settled_by").order_by("id")
    return [
        {
            "comment": comment.pk,
            "answers": comment.parent_id,
            "question": comment.key,
            "kind": comment.kind,
            "text": comment.text,
            "by": str(comment.written_by),
            "at": format_timestamp(comment.written_at),
            "settled": comment.settlement if comment.settled_at else None,
            "settled_by": str(comment.settled_by) if comment.settled_by else None,
        }
        for comment in comments
    ]


def signed_agreements(assessment: Assessment) -> list[dict[str, Any]]:
    """What people agreed on; what each had answered before only where names are shown."""
    agreements = Agreement.objects.filter(assessment=assessment).select_related("agreed_by").order_by("id")
    return [
        {
            "question": agreement.key,
            "said": agreement.note,
            "by": str(agreement.agreed_by),
            "at": format_timestamp(agreement.agreed_at),
            "given": agreement.answers_before if assessment.names_shown else HIDDEN,
        }
        for agreement in agreements
    ]


def signed_proposals(assessment: Assessment) -> list[dict[str, Any]]:
    """What people made of what scans and measurements say, with the hash of each."""
    decisions = ProposalDecision.objects.filter(assessment=assessment).select_related(
        "decided_by", "evidence", "measurement"
    )
    return [
        {
            "question": decision.key,
            "scan": decision.evidence.sha256 if decision.evidence else None,
            "measurement": decision.measurement.sha256 if decision.measurement else None,
            "found": decision.found,
            "proposed": decision.proposed,
            "accepted": not decision.is_override,
            "reason": decision.reason,
            "by": str(decision.decided_by),
            "at": format_timestamp(decision.decided_at),
        }
        for decision in decisions.defer("evidence__content", "measurement__content").order_by("id")
    ]


def signed_money(assessment: Assessment) -> dict[str, Any] | None:
    """The cost figures with what followed from them on that day; None where nobody entered any."""
    sums = load_sums(assessment, assessment.current_answers(), assessment.verdict)
    if sums is None:
        return None
    row = assessment.money_inputs
    return {
        "currency": row.currency,
        "figures": row.content["figures"],
        "sums": to_json(sums),
        "by": str(row.saved_by),
        "at": format_timestamp(row.saved_at),
    }


def signed_respondents(assessment: Assessment) -> list[str] | str:
    """Who answered separately, while they were asked; `hidden` where names are not shown."""
    if not assessment.names_shown:
        return HIDDEN
    respondents = (
        Respondent.objects.filter(assessment=assessment, removed_at=None).select_related("user").order_by("id")
    )
    return [str(respondent) for respondent in respondents]


def format_timestamp(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
