"""The JSON document inside every PDF: the answers in the form that `decide` reads, and the result.

Decides: which facts travel with a report, and what in such a document differs from its own answers. Does not decide:
how it gets into a PDF (`pdf`) or out again (`pdf_sandbox`), or what the database has (`report_verification`).

`questionnaire.answers.read_answers` takes the document; everything of ours is under "report". An answer that several
people left open is there as the values it is open between, never with names.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from assess.advice.facade import PitfallFinding, preparations_to_json
from assess.decision.facade import Argument, Result, find_standing_steps, steps_to_json
from assess.decision.facade import to_json as result_to_json
from assess.money.facade import Sums
from assess.money.facade import to_json as money_to_json
from assess.questionnaire.facade import (
    Answer,
    Answers,
    Issue,
    Questionnaire,
    ValidationFailed,
    answers_hash,
    check_name,
    read_answers,
    read_document,
)
from assess.questionnaire.facade import to_json as answers_to_json
from assess.reports.content.data import Attachment, Subject
from assess.reports.content.design import DesignData
from assess.reports.content.evidence import EvidenceData
from assess.reports.content.people import Signature

#: What tells our documents from others', and the form they have; fields are only added.
MADE_BY: Final = "Splitcheck"
FORMAT: Final = 1
#: Bytes of such a document: 200 questions with the longest notes there may be stay under it.
MAX_ATTACHMENT_BYTES: Final = 2 * 1024 * 1024

#: Fields of words and published cases, not facts: a later release may word them otherwise or know more cases.
WORDED: Final = frozenset(
    (
        *("headline", "rule_sentence", "reasons", "next_steps", "contradictions", "playbooks", "playbooks_part"),
        *("similar_cases", "revisit_when", "ask_again_months", "preparations"),
    )
)
#: Facts from people's own answers, which no report carries.
FROM_PEOPLE: Final = frozenset(("disagreements",))

# Raw, JSON allows these and our strict reader does not.
_UNFIT: Final = re.compile(r"[\x7f-\x9f\ud800-\udfff]")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_HEAD: Final = re.compile(r"[0-9]{1,15}-[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionRef:
    """The edition that was answered, by the hash of its file; `file` is the text of that, "" for a shipped one."""

    slug: str
    version: int
    sha256: str
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedSignature:
    decision: str
    signed_by: str
    signed_at: str
    content_hash: str
    overruled_to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedReport:
    """What a document says about itself; only its form is checked. `document` is the whole of it."""

    document: Mapping[str, Any]
    system: str
    workspace: str
    team: str
    version: int
    state: str
    edition: EditionRef
    model_version: int
    answers_hash: str
    record_head: str  #: "" where it has none
    signature: AttachedSignature | None
    result: Mapping[str, Any]


# --- writing


def build_attachment(
    subject: Subject,
    questionnaire: Questionnaire,
    answers: Answers,
    result: Result,
    *,
    argument: Argument | None = None,
    disagreements: Sequence[dict[str, Any]] | None = None,
    signature: Signature | None = None,
    claims: EvidenceData | None = None,
    design: DesignData | None = None,
    money: Sums | None = None,
    pitfalls: Sequence[PitfallFinding] = (),
) -> Attachment:
    """The document of one version. `result` is the decision on these answers, `argument` and `disagreements` (as JSON)
    are what the result's JSON says beside it, `claims` what was measured of the answers, `design` what was decided on
    the way, `money` what the ways cost, `pitfalls` those found: the ones that only have to be watched are left out."""
    edition = {"slug": questionnaire.slug, "version": questionnaire.version, "sha256": subject.edition_sha256}
    document = {
        "questionnaire": questionnaire.slug,
        "version": questionnaire.version,
        "system": subject.system,
        "answers": answers_to_json(answers),
        "report": {
            "made_by": MADE_BY,
            "format": FORMAT,
            "workspace": subject.workspace,
            "team": subject.team,
            "version": subject.version,
            "state": subject.state,
            "dated": subject.dated.isoformat(),
            "submitted_at": subject.submitted_at.isoformat() if subject.submitted_at else None,
            "submitted_by": subject.submitted_by or None,
            "edition": {**edition, **({"file": subject.edition_file} if subject.edition_file else {})},
            "model_version": result.model_version,
            "answers_hash": subject.answers_hash,
            "record_head": subject.record_head or None,
            "signature": signature_to_json(signature) if signature else None,
            **({"evidence": claims.to_json()} if claims else {}),
            **({"money": money_to_json(money)} if money else {}),
            **({"design_decisions": design.to_json()} if design else {}),
            **({"pitfalls": shown} if (shown := [each.to_json() for each in pitfalls if each.evidence]) else {}),
            "result": result_to_json(
                result, argument, disagreements, preparations_to_json(questionnaire, answers, result)
            ),
            # Of the decision that stands: `result` has those of the model's verdict.
            "next_steps": steps_to_json(
                find_standing_steps(questionnaire, answers, result, signature.overruled_to if signature else "")
            ),
        },
    }
    return encode_attachment(f"{subject.file_stem}.json", document)


def encode_attachment(name: str, document: Mapping[str, Any]) -> Attachment:
    """A document as it is attached to a PDF, under this file name: JSON that our strict reader takes."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1, default=date.isoformat)
    text = _UNFIT.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
    return Attachment(name=name, text=text, sha256=hashlib.sha256(text.encode("utf-8")).hexdigest())


def signature_to_json(signature: Signature) -> dict[str, object]:
    """The signature as the document has it."""
    return {
        "decision": signature.decision,
        "signed_by": signature.by,
        "signed_at": signature.at.isoformat(),
        "content_hash": signature.hash,
        "overruled_to": signature.overruled_to or None,
    }


# --- reading


def read_attachment(content: bytes, *, file: str) -> AttachedReport:
    """The document in `content`. Raises ValidationFailed for what is not strict JSON, or not a report's."""
    document = read_document(content, file=file, most=MAX_ATTACHMENT_BYTES)
    fields = FieldReader(file)
    whole = fields.object(document, "")
    report = fields.object(whole.get("report"), "report")
    if report.get("made_by") != MADE_BY or report.get("format") != FORMAT:
        message = "Take the data of a Splitcheck report; this document does not say that it is one"
        raise ValidationFailed([Issue(code="not_ours", message=message, file=file, key="report")])
    edition = fields.object(report.get("edition"), "report.edition")
    signature = report.get("signature")
    attached = AttachedReport(
        document=whole,
        system=fields.name(whole, "system", ""),
        workspace=fields.name(report, "workspace", "report."),
        team=fields.name(report, "team", "report."),
        version=fields.number(report, "version", "report."),
        state=fields.name(report, "state", "report."),
        edition=EditionRef(
            slug=fields.name(edition, "slug", "report.edition."),
            version=fields.number(edition, "version", "report.edition."),
            sha256=fields.hash(edition, "sha256", "report.edition."),
            file=fields.text(edition, "file", "report.edition."),
        ),
        model_version=fields.number(report, "model_version", "report."),
        answers_hash=fields.hash(report, "answers_hash", "report."),
        record_head=fields.record_head(report, "report."),
        signature=None if signature is None else fields.signature(fields.object(signature, "report.signature")),
        result=fields.object(report.get("result"), "report.result"),
    )
    if fields.issues:
        raise ValidationFailed(fields.issues)
    return attached


class FieldReader:
    """Reads fields by name and type, and collects what is wrong with them in `issues`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []

    def wrong(self, key: str, message: str) -> None:
        """Notes an issue with this field."""
        self.issues.append(Issue(code="wrong_type", message=message, file=self.file, key=key))

    def object(self, mapping: object, key: str) -> Mapping[str, Any]:
        """The value if it is an object, else {}."""
        if isinstance(mapping, Mapping):
            return mapping
        self.wrong(key, "Write an object here, as a report's data has it")
        return {}

    def name(self, mapping: Mapping[str, Any], name: str, prefix: str) -> str:
        """The field's text of one line, at most 500 characters; empty if it is not one."""
        text = mapping.get(name)
        if isinstance(text, str):
            try:
                return check_name(text, 500)
            except ValidationFailed as refused:
                self.wrong(f"{prefix}{name}", refused.issues[0].message)
                return ""
        self.wrong(f"{prefix}{name}", "Write text here, in quotes")
        return ""

    def text(self, mapping: Mapping[str, Any], name: str, prefix: str) -> str:
        """Text of any kind, which may be missing."""
        text = mapping.get(name, "")
        if isinstance(text, str):
            return text
        self.wrong(f"{prefix}{name}", "Write text here, in quotes, or leave it out")
        return ""

    def number(self, mapping: Mapping[str, Any], name: str, prefix: str) -> int:
        """The field's whole number from 1 on; 0 if it is not one."""
        number = mapping.get(name)
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 10**9:
            return number
        self.wrong(f"{prefix}{name}", "Write a whole number from 1 on")
        return 0

    def hash(self, mapping: Mapping[str, Any], name: str, prefix: str) -> str:
        """The field's SHA-256 hash; empty if it is not one."""
        text = mapping.get(name)
        if isinstance(text, str) and _HASH.fullmatch(text):
            return text
        self.wrong(f"{prefix}{name}", "Write a SHA-256 hash, 64 digits and letters a to f")
        return ""

    def record_head(self, mapping: Mapping[str, Any], prefix: str) -> str:
        """The head of the record, as `12-9f86d081…`; empty where there is none."""
        text = mapping.get("record_head")
        if text is None or (isinstance(text, str) and _HEAD.fullmatch(text)):
            return text or ""
        self.wrong(f"{prefix}record_head", "Write a number, a dash and 64 digits and letters a to f")
        return ""

    def signature(self, mapping: Mapping[str, Any]) -> AttachedSignature:
        """The signature in this object."""
        prefix = "report.signature."
        return AttachedSignature(
            decision=self.name(mapping, "decision", prefix),
            signed_by=self.name(mapping, "signed_by", prefix),
            signed_at=self.name(mapping, "signed_at", prefix),
            content_hash=self.hash(mapping, "content_hash", prefix),
            overruled_to="" if mapping.get("overruled_to") is None else self.name(mapping, "overruled_to", prefix),
        )


# --- comparing it with its own answers


def read_attached_answers(attached: AttachedReport, questionnaire: Questionnaire, *, file: str) -> dict[str, Answer]:
    """The answers in the document, read for this edition. Raises ValidationFailed."""
    return read_answers(attached.document, questionnaire, file=file)


def differences_from_answers(
    attached: AttachedReport, questionnaire: Questionnaire, answers: Answers, again: Mapping[str, Any]
) -> list[str]:
    """What differs from the document's own answers, a sentence each. `again` is the result decided again from them."""
    differences = []
    if answers_hash(questionnaire, answers) != attached.answers_hash:
        differences.append("The answers do not have the hash that the report gives for them.")
    for name in sorted(set(again) - WORDED - FROM_PEOPLE):
        # An earlier report cannot have facts that a later release added.
        if name in attached.result and canonical_json(attached.result[name]) != canonical_json(again[name]):
            says, follows = short_json(attached.result[name]), short_json(again[name])
            differences.append(f"{name}: the report says {says}, its answers {follows}.")
    missing = {"verdict", "form", "rule", "firm", "possible_verdicts"} - set(attached.result)
    differences += [f"{name}: the report does not say it." for name in sorted(missing)]
    return differences


def reworded_fields(attached: AttachedReport, again: Mapping[str, Any]) -> list[str]:
    """The fields of words, or of published cases, that this release would fill differently. No fact depends on them."""
    named = WORDED & set(again) & set(attached.result)
    return sorted(name for name in named if canonical_json(attached.result[name]) != canonical_json(again[name]))


def canonical_json(value: object) -> str:
    """JSON that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def short_json(value: object) -> str:
    """JSON of at most 80 characters, for a sentence."""
    text = canonical_json(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
