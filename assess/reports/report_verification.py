"""Checks a report's data against itself, the rules, and the database.

Decides: which version in this database a report is about, and what differs. Does not decide: how data is read
(`content.attachment`, `pdf_sandbox`), or what a difference means. Reads only.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError

from assess.advice.facade import preparations_to_json
from assess.assessments.facade import Assessment, Edition, State, questionnaire_by_hash
from assess.cases_file import published_cases
from assess.decision.facade import DECIDERS, argue, to_json
from assess.questionnaire.facade import Questionnaire, ValidationFailed, answers_hash, load_questionnaire
from assess.questionnaire_files import FIXTURES, questionnaire_schema, read_file
from assess.record.facade import RecordLink, check_goes_on_from, read_head
from assess.reports.content.attachment import (
    AttachedReport,
    AttachedSignature,
    differences_from_answers,
    read_attached_answers,
    reworded_fields,
)
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.models import Report, ReportState
from assess.review.facade import SignOff, standing_signature

UNKNOWN_HERE: Final = "not in this database"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The outcome. `differences` are sentences, none where the report is right; `notes` are for the reader."""

    attached: AttachedReport
    verdict: str  #: decided again from the data alone, "" where that is impossible
    form: str
    here: str  #: the version in this database, or `UNKNOWN_HERE`
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def verify_report(attached: AttachedReport, *, file: str, pdf: bytes | None = None) -> Verification:
    """Everything that differs or is worth knowing. `pdf` is the whole file, compared with the PDFs stored here."""
    again, differences = decide_again(attached, file)
    notes = []
    reworded = reworded_fields(attached, again)
    if reworded:
        notes.append(f"This release words these fields differently: {', '.join(reworded)}. No fact differs.")
    assessment = None
    try:
        assessment = find_version(attached)
        differences += differences_from_record(attached, is_here=assessment is not None)
        if assessment is None:
            notes.append("This database has no version with that workspace, team, system and number.")
        else:
            differences += differences_from_database(attached, assessment)
            if pdf is not None:
                notes.append(compare_with_stored(assessment, pdf))
    except DatabaseError:
        notes.append("The database could not be read, so nothing was compared with it.")
    return Verification(
        attached=attached,
        verdict=str(again.get("verdict", "")),
        form=str(again.get("form", "")),
        here=f"assessment {assessment.pk}" if assessment else UNKNOWN_HERE,
        differences=tuple(differences),
        notes=tuple(notes),
    )


def decide_again(attached: AttachedReport, file: str) -> tuple[Mapping[str, Any], list[str]]:
    """The result decided from its own answers, empty where nothing can be decided, and what differs from it."""
    edition, judge = attached.edition, DECIDERS.get(attached.model_version)
    try:
        questionnaire = find_questionnaire(attached)
    except ValidationFailed as error:
        return {}, [f"The questionnaire inside the report is not valid: {error.issues[0]}"]
    if questionnaire is None:
        which = f"this site has no {edition.slug} version {edition.version} with that hash"
        return {}, [f"The verdict cannot be decided again: {which}."]
    if judge is None:
        return {}, [f"The verdict cannot be decided again: model {attached.model_version} is not part of this release."]
    try:
        answers = read_attached_answers(attached, questionnaire, file=file)
    except ValidationFailed as error:
        return {}, [f"An answer is not valid: {issue}" for issue in error.issues]
    result = judge(questionnaire, answers)
    argument = argue(questionnaire, answers, result, published_cases())
    again = to_json(result, argument, preparations=preparations_to_json(questionnaire, answers, result))
    return again, differences_from_answers(attached, questionnaire, answers, again)


def find_questionnaire(attached: AttachedReport) -> Questionnaire | None:
    """The edition with the hash that the report gives: a shipped one, the one inside the report, or an imported one;
    None for none of these. Raises ValidationFailed where the one inside is not valid."""
    for path in sorted(FIXTURES.glob("*.yaml")):
        content = read_file(path)
        if hashlib.sha256(content).hexdigest() == attached.edition.sha256:
            return load_questionnaire(content, file=path.name, schema=questionnaire_schema())
    content = attached.edition.file.encode("utf-8", "surrogatepass")
    if content and hashlib.sha256(content).hexdigest() == attached.edition.sha256:
        return load_questionnaire(content, file="report.edition.file", schema=questionnaire_schema())
    try:
        return questionnaire_by_hash(attached.edition.sha256)
    except (Edition.DoesNotExist, DatabaseError):
        return None


def find_version(attached: AttachedReport) -> Assessment | None:
    """The version in this database; of several with the same names, the one whose answers have that hash, else the
    first."""
    rows = Assessment.objects.filter(
        workspace__name=attached.workspace,
        system__name=attached.system,
        system__team__name=attached.team,
        version=attached.version,
    )
    candidates = list(rows.select_related("edition", "system__team", "workspace").order_by("pk")[:20])
    same_answers = (row for row in candidates if row.answers_hash == attached.answers_hash)
    return next(same_answers, candidates[0] if candidates else None)


def differences_from_database(attached: AttachedReport, assessment: Assessment) -> list[str]:
    """What the database says differently, a sentence each."""
    differences = []
    if assessment.deleted_at is not None:
        differences.append("The version was deleted here.")
    if assessment.edition.sha256 != attached.edition.sha256:
        differences.append(
            f"Edition: {assessment.edition.slug} version {assessment.edition.version} with another hash here."
        )
    hash_here = assessment.answers_hash
    if not hash_here:
        # By what was imported here: the report's own edition may be another.
        hash_here = answers_hash(questionnaire_by_hash(assessment.edition.sha256), assessment.current_answers())
    if hash_here != attached.answers_hash:
        differences.append(f"Answers: their hash here is {hash_here}, in the report {attached.answers_hash}.")
    if assessment.state != attached.state:
        differences.append(f"State: {state_label(assessment.state)} here, {state_label(attached.state)} in the report.")
    if assessment.verdict and assessment.verdict != attached.result.get("verdict"):
        differences.append(f"Verdict: {assessment.verdict} here, {attached.result.get('verdict')} in the report.")
    if assessment.model_version is not None and assessment.model_version != attached.model_version:
        differences.append(f"Model: version {assessment.model_version} here, {attached.model_version} in the report.")
    return differences + differences_in_signature(attached.signature, standing_signature(assessment))


def differences_from_record(attached: AttachedReport, *, is_here: bool) -> list[str]:
    """Whether this site's record still has what was its head when the report was made. One query, without the version
    two.

    A report of another site says nothing of this one's record: without the version, only a link found here counts.
    """
    kept = read_head(attached.record_head)
    if kept is None:
        return ["Record: the report of a submitted version names no head."] if attached.state != "draft" else []
    findings = [found.what for found in check_goes_on_from(kept)]
    if is_here:
        return [f"Record: link {kept.number} is in the report; here {what}." for what in findings]
    link = None if findings else RecordLink.objects.filter(number=kept.number).first()
    if link is None or link.assessment_id is None or Assessment.objects.filter(pk=link.assessment_id).exists():
        return []
    return [f"Record: link {kept.number} is here, and the version that it is about is missing."]


def differences_in_signature(attached: AttachedSignature | None, here: SignOff | None) -> list[str]:
    """What differs between the report's signature and the current one here, a sentence each."""
    if attached is None or here is None:
        if attached is None and here is None:
            return []
        return [
            "Signature: the report has none, this database has one." if here else "Signature: this database has none."
        ]
    pairs = (
        ("decision", attached.decision, here.decision),
        ("name", attached.signed_by, clean_line(str(here.signed_by), MAX_NAME)),
        ("time", attached.signed_at, here.signed_at.isoformat()),
        ("hash", attached.content_hash, here.content_hash),
        ("verdict put in the model's place", attached.overruled_to or "none", here.overruled_to or "none"),
    )
    return [
        f"Signature, {name}: {ours} here, {theirs} in the report." for name, theirs, ours in pairs if theirs != ours
    ]


def state_label(state: str) -> str:
    """The state in words; an unknown one as it is."""
    return next((str(label) for value, label in State.choices if value == state), state)


def compare_with_stored(assessment: Assessment, pdf: bytes) -> str:
    """Whether the file is, byte for byte, one that this site made and stored: only then are its pages as they were."""
    rows = Report.objects.filter(assessment=assessment, state=ReportState.READY).order_by("-pk")
    # The former release, while updates roll, writes no size.
    if any(row.size in (0, len(pdf)) and row.read_pdf() == pdf for row in rows[:20]):
        return "This site made this file, byte for byte."
    return "This site did not make this file, so only its data was checked. Its pages may say something else."
