"""Holds a report's own data against itself, against the rules, and against the database.

Decides: which version here a report is of, and what differs. Does not decide: how data is read (`attached`,
`unpacking`), or what a difference means to whoever finds it. Reads only.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError

from assess.assessments.facade import Assessment, Edition, State, questionnaire_by_hash
from assess.cases_file import published_cases
from assess.decision.facade import DECIDERS, argue, to_json
from assess.questionnaire.facade import Questionnaire, ValidationFailed, answers_hash, load_questionnaire
from assess.questionnaire_files import FIXTURES, questionnaire_schema, read_file
from assess.reports.content.attachment import (
    AttachedReport,
    AttachedSignature,
    differences_from_answers,
    read_attached_answers,
    reworded_fields,
)
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.models import Report, ReportState
from assess.review.facade import SignOff

UNKNOWN_HERE: Final = "unknown here"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What came out. `differences` are sentences, none where all is as the report says; `notes` are for the reader."""

    carried: AttachedReport
    verdict: str  #: decided anew from the data alone, "" where that cannot be done
    form: str
    here: str  #: the version in this database, or `UNKNOWN_HERE`
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def verify_report(carried: AttachedReport, *, file: str, pdf: bytes | None = None) -> Verification:
    """Everything that can be said about the data; `pdf` is the whole file, to be held against the bytes kept here."""
    again, differences = _decided_again(carried, file)
    notes = []
    reworded = reworded_fields(carried, again)
    if reworded:
        notes.append(f"This release words or lists otherwise: {', '.join(reworded)}. No fact differs by that.")
    found = None
    try:
        found = _found(carried)
        if found is None:
            notes.append("No version of that workspace, team, system and number is in this database.")
        else:
            differences += _differs_here(carried, found)
            if pdf is not None:
                notes.append(_kept(found, pdf))
    except DatabaseError:
        notes.append("The database cannot be read, so nothing was compared with it.")
    return Verification(
        carried=carried,
        verdict=str(again.get("verdict", "")),
        form=str(again.get("form", "")),
        here=f"assessment {found.pk}" if found else UNKNOWN_HERE,
        differences=tuple(differences),
        notes=tuple(notes),
    )


def _decided_again(carried: AttachedReport, file: str) -> tuple[Mapping[str, Any], list[str]]:
    """The result that its own answers come to, empty where nothing can be decided, and what differs from it."""
    edition, judge = carried.edition, DECIDERS.get(carried.model_version)
    try:
        questionnaire = edition_of(carried)
    except ValidationFailed as refused:
        return {}, [f"The questionnaire that it carries is none: {refused.issues[0]}"]
    if questionnaire is None:
        which = f"{edition.slug} version {edition.version} with that hash is not here"
        return {}, [f"The verdict cannot be decided again: {which}."]
    if judge is None:
        return {}, [f"The verdict cannot be decided again: model {carried.model_version} is not in this release."]
    try:
        answers = read_attached_answers(carried, questionnaire, file=file)
    except ValidationFailed as refused:
        return {}, [f"An answer is none: {issue}" for issue in refused.issues]
    result = judge(questionnaire, answers)
    again = to_json(result, argue(questionnaire, answers, result, published_cases()))
    return again, differences_from_answers(carried, questionnaire, answers, again)


def edition_of(carried: AttachedReport) -> Questionnaire | None:
    """The edition by the hash of its file: one that comes with the site, one that the report carries, or one that was
    imported here. Raises ValidationFailed for a file that it carries and that is no questionnaire.
    """
    for path in sorted(FIXTURES.glob("*.yaml")):
        content = read_file(path)
        if hashlib.sha256(content).hexdigest() == carried.edition.sha256:
            return load_questionnaire(content, file=path.name, schema=questionnaire_schema())
    content = carried.edition.file.encode("utf-8", "surrogatepass")
    if content and hashlib.sha256(content).hexdigest() == carried.edition.sha256:
        return load_questionnaire(content, file="report.edition.file", schema=questionnaire_schema())
    try:
        return questionnaire_by_hash(carried.edition.sha256)
    except (Edition.DoesNotExist, DatabaseError):
        return None


def _found(carried: AttachedReport) -> Assessment | None:
    """The version here; of several systems of one name, the one whose answers have that hash, else the first team's."""
    rows = Assessment.objects.filter(
        workspace__name=carried.workspace,
        system__name=carried.system,
        system__team__name=carried.team,
        version=carried.version,
    )
    found = list(rows.select_related("edition", "system__team", "workspace").order_by("pk")[:20])
    return next((row for row in found if row.answers_hash == carried.answers_hash), found[0] if found else None)


def _differs_here(carried: AttachedReport, found: Assessment) -> list[str]:
    """What the database says otherwise."""
    said = []
    if found.deleted_at is not None:
        said.append("The version was deleted here.")
    if found.edition.sha256 != carried.edition.sha256:
        said.append(f"Edition: {found.edition.slug} version {found.edition.version} with another hash here.")
    present = found.answers_hash
    if not present:
        # By what was imported here: the report's own edition may be another.
        present = answers_hash(questionnaire_by_hash(found.edition.sha256), found.current_answers())
    if present != carried.answers_hash:
        said.append(f"Answers: their hash here is {present}, in the report {carried.answers_hash}.")
    if found.state != carried.state:
        said.append(f"State: {_state(found.state)} here, {_state(carried.state)} in the report.")
    if found.verdict and found.verdict != carried.result.get("verdict"):
        said.append(f"Verdict: {found.verdict} here, {carried.result.get('verdict')} in the report.")
    if found.model_version is not None and found.model_version != carried.model_version:
        said.append(f"Model: version {found.model_version} here, {carried.model_version} in the report.")
    return said + _signature_differs(carried.signature, _stands(found))


def _stands(found: Assessment) -> SignOff | None:
    """The signature that stands, as `reviewed.review_of` has it."""
    if found.state in (State.DRAFT, State.SUBMITTED, State.IN_REVIEW):
        return None
    return SignOff.objects.filter(assessment=found).select_related("signed_by").defer("content").order_by("-pk").first()


def _signature_differs(carried: AttachedSignature | None, here: SignOff | None) -> list[str]:
    if carried is None or here is None:
        if carried is None and here is None:
            return []
        return ["Signature: the report has none, but one stands here." if here else "Signature: none stands here."]
    pairs = (
        ("decision", carried.decision, here.decision),
        ("name", carried.signed_by, clean_line(str(here.signed_by), MAX_NAME)),
        ("time", carried.signed_at, here.signed_at.isoformat()),
        ("hash", carried.content_hash, here.content_hash),
        ("verdict put in the model's place", carried.overruled_to or "none", here.overruled_to or "none"),
    )
    return [
        f"Signature, {name}: {ours} here, {theirs} in the report." for name, theirs, ours in pairs if theirs != ours
    ]


def _state(state: str) -> str:
    return next((str(label) for value, label in State.choices if value == state), state)


def _kept(found: Assessment, pdf: bytes) -> str:
    """Whether the file is, byte for byte, one that was made and kept here: only then are its pages vouched for."""
    rows = Report.objects.filter(assessment=found, state=ReportState.READY).order_by("-pk")
    if any(row.pdf is not None and bytes(row.pdf) == pdf for row in rows[:20]):
        return "The file is, byte for byte, one that was made here."
    return "The file is none of those kept here, so only its data was checked: its pages may say something else."
