"""The data that a report carries inside itself: the answers in the form that `decide` reads, and what came of them.

Decides: which facts travel with a report, how the document that holds them is written, and what in such a document
differs from what its own answers come to. Does not decide: how it gets into a PDF (`pdf`) or out again (`unpacking`),
or what the database holds (`verifying`). Pure: no Django, no clock, no I/O.

The document is one that `questionnaire.answers.read_answers` takes, with everything of ours under "report". An answer
that several people left open stands there as the values it is open between, never with whose they are.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

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
    to_json,
)
from assess.reports.signature import Signed

#: What tells our documents from others', and the form they have; fields are only added.
MADE_BY: Final = "Splitcheck"
FORMAT: Final = 1
#: Bytes of such a document: 200 questions with the longest notes there may be stay under it.
MOST_DATA: Final = 2 * 1024 * 1024

#: What a result says beside its facts: a later release may word it otherwise or know more cases.
WORDED: Final = frozenset(
    (
        *("headline", "rule_sentence", "reasons", "next_steps", "contradictions", "playbooks", "playbooks_part"),
        *("similar_cases", "revisit_when", "ask_again_months", "preparations"),
    )
)
#: What only the people's own sheets tell, which no report carries.
OF_PEOPLE: Final = frozenset(("disagreements",))

# Raw, JSON allows these and our strict reader does not.
_UNFIT: Final = re.compile(r"[\x7f-\x9f\ud800-\udfff]")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedData:
    """The document as it is attached, and the hash of its bytes."""

    name: str
    text: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionRef:
    """The edition that was answered, by the hash of its file; `file` is the text of that, "" for a shipped one."""

    slug: str
    version: int
    sha256: str
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    decision: str
    signed_by: str
    signed_at: str
    content_hash: str
    overruled_to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What a document says of itself, checked in form only. `document` is the whole of it."""

    document: Mapping[str, Any]
    system: str
    workspace: str
    team: str
    version: int
    state: str
    edition: EditionRef
    model_version: int
    answers_hash: str
    signature: Signature | None
    result: Mapping[str, Any]


# --- writing


def attach(
    *,
    name: str,
    questionnaire: Questionnaire,
    edition_sha256: str,
    edition_file: str,
    system: str,
    workspace: str,
    team: str,
    version: int,
    state: str,
    dated: date,
    submitted_at: datetime | None,
    submitted_by: str,
    model_version: int,
    hash_of_answers: str,
    answers: Answers,
    result: Mapping[str, Any],
    signed: Signed | None,
) -> AttachedData:
    """The document of one version; `result` is the contract's JSON, `name` what the file is called.

    `edition_file` is the questionnaire's file where other sites do not have it, else "".
    """
    edition = {"slug": questionnaire.slug, "version": questionnaire.version, "sha256": edition_sha256}
    document = {
        "questionnaire": questionnaire.slug,
        "version": questionnaire.version,
        "system": system,
        "answers": to_json(answers),
        "report": {
            "made_by": MADE_BY,
            "format": FORMAT,
            "workspace": workspace,
            "team": team,
            "version": version,
            "state": state,
            "dated": dated.isoformat(),
            "submitted_at": submitted_at.isoformat() if submitted_at else None,
            "submitted_by": submitted_by or None,
            "edition": {**edition, **({"file": edition_file} if edition_file else {})},
            "model_version": model_version,
            "answers_hash": hash_of_answers,
            "signature": _signature(signed) if signed else None,
            "result": result,
        },
    }
    return written(name, document)


def written(name: str, document: Mapping[str, Any]) -> AttachedData:
    """A document as it is attached to a PDF: JSON that our strict reader takes."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    text = _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
    return AttachedData(name=name, text=text, sha256=hashlib.sha256(text.encode("utf-8")).hexdigest())


def _signature(signed: Signed) -> dict[str, object]:
    return {
        "decision": signed.decision,
        "signed_by": signed.by,
        "signed_at": signed.at.isoformat(),
        "content_hash": signed.hash,
        "overruled_to": signed.overruled_to or None,
    }


# --- reading


def read_attached(content: bytes, *, file: str) -> Carried:
    """The document in `content`. Raises ValidationFailed for what is not JSON of the strict kind, or none of our
    documents."""
    document = read_document(content, file=file, most=MOST_DATA)
    fields = _Fields(file)
    whole = fields.object(document, "")
    report = fields.object(whole.get("report"), "report")
    if report.get("made_by") != MADE_BY or report.get("format") != FORMAT:
        message = "Take the data of a Splitcheck report; this document does not say that it is one"
        raise ValidationFailed([Issue(code="not_ours", message=message, file=file, key="report")])
    edition = fields.object(report.get("edition"), "report.edition")
    signature = report.get("signature")
    carried = Carried(
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
        signature=None if signature is None else fields.signature(fields.object(signature, "report.signature")),
        result=fields.object(report.get("result"), "report.result"),
    )
    if fields.issues:
        raise ValidationFailed(fields.issues)
    return carried


class _Fields:
    """Reads fields by name and type, and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []

    def wrong(self, key: str, message: str) -> None:
        self.issues.append(Issue(code="wrong_type", message=message, file=self.file, key=key))

    def object(self, given: object, key: str) -> Mapping[str, Any]:
        if isinstance(given, Mapping):
            return given
        self.wrong(key, "Write an object here, as a report's data has it")
        return {}

    def name(self, given: Mapping[str, Any], name: str, place: str) -> str:
        text = given.get(name)
        if isinstance(text, str):
            try:
                return check_name(text, 500)
            except ValidationFailed as refused:
                self.wrong(f"{place}{name}", refused.issues[0].message)
                return ""
        self.wrong(f"{place}{name}", "Write text here, in quotes")
        return ""

    def text(self, given: Mapping[str, Any], name: str, place: str) -> str:
        """Text of any kind, which may be missing."""
        text = given.get(name, "")
        if isinstance(text, str):
            return text
        self.wrong(f"{place}{name}", "Write text here, in quotes, or leave it out")
        return ""

    def number(self, given: Mapping[str, Any], name: str, place: str) -> int:
        number = given.get(name)
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 10**9:
            return number
        self.wrong(f"{place}{name}", "Write a whole number from 1 on")
        return 0

    def hash(self, given: Mapping[str, Any], name: str, place: str) -> str:
        text = given.get(name)
        if isinstance(text, str) and _HASH.fullmatch(text):
            return text
        self.wrong(f"{place}{name}", "Write a SHA-256 hash, 64 digits and letters a to f")
        return ""

    def signature(self, given: Mapping[str, Any]) -> Signature:
        place = "report.signature."
        return Signature(
            decision=self.name(given, "decision", place),
            signed_by=self.name(given, "signed_by", place),
            signed_at=self.name(given, "signed_at", place),
            content_hash=self.hash(given, "content_hash", place),
            overruled_to="" if given.get("overruled_to") is None else self.name(given, "overruled_to", place),
        )


# --- holding it against its own answers


def answers_in(carried: Carried, questionnaire: Questionnaire, *, file: str) -> dict[str, Answer]:
    """The answers it carries, read against this edition. Raises ValidationFailed."""
    return read_answers(carried.document, questionnaire, file=file)


def differs_from_its_answers(
    carried: Carried, questionnaire: Questionnaire, answers: Answers, again: Mapping[str, Any]
) -> list[str]:
    """What it says otherwise than its own answers do, each in a sentence; `again` is the result decided anew."""
    found = []
    if answers_hash(questionnaire, answers) != carried.answers_hash:
        found.append("The answers do not have the hash that the report gives for them.")
    for name in sorted(set(again) - WORDED - OF_PEOPLE):
        # Facts that a later release has added are not held against an earlier report.
        if name in carried.result and _canonical(carried.result[name]) != _canonical(again[name]):
            found.append(f"{name}: the report says {_short(carried.result[name])}, its answers {_short(again[name])}.")
    missing = {"verdict", "form", "rule", "firm", "possible_verdicts"} - set(carried.result)
    found += [f"{name}: the report does not say it." for name in sorted(missing)]
    return found


def worded_otherwise(carried: Carried, again: Mapping[str, Any]) -> list[str]:
    """Fields of words, or of published cases, that this release would fill otherwise. No fact hangs on them."""
    named = WORDED & set(again) & set(carried.result)
    return sorted(name for name in named if _canonical(carried.result[name]) != _canonical(again[name]))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(value: object) -> str:
    text = _canonical(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
