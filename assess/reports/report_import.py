"""From an uploaded report (its PDF, or the JSON out of one) to the first answers of a new assessment.

Decides: which edition asks, which answers it takes over, and the note beside each. Does not decide: who may start one
and for which system (`assessments.actions`), or whether the report is true (`report_verification`): whoever uploads it
gives its answers again, in their own name, each with a note that names the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q

from assess.assessments.facade import Edition, questionnaire_of
from assess.decision.facade import carry_over, describe_between
from assess.language import _
from assess.questionnaire.facade import (
    MAX_BYTES,
    MAX_NOTE,
    Answer,
    Issue,
    Question,
    ValidationFailed,
    read_answers,
    read_document,
    shown,
)
from assess.reports.content.attachment import MAX_ATTACHMENT_BYTES
from assess.reports.pdf_sandbox import UnreadablePdfError, extract_attachment, without_lead


@dataclass(frozen=True, kw_only=True)
class ReportImport:
    """What a report brings. `left_out` are the keys of answers that `edition` does not take."""

    system: str
    edition: Edition
    answers: Mapping[str, Answer]
    left_out: tuple[str, ...]


def read_report(content: bytes, *, file: str, editions: Sequence[Edition]) -> ReportImport:
    """What the file brings to one of these editions, the newest of each questionnaire. Raises ValidationFailed; the key
    of each issue is a field of the document, or "file"."""
    document = read_upload(content, file)
    edition, answered_edition = find_editions(document, editions)
    if answered_edition is None:
        # Its own edition is not here, so it is read as if the newest had asked.
        document = {**document, "version": edition.version}
    questionnaire = questionnaire_of(answered_edition or edition)
    answers = read_answers(document, questionnaire, file=file)
    carried, left_out = carry_over(questionnaire_of(edition), answers)
    origin = describe_origin(document)
    return ReportImport(
        system=str(document.get("system") or ""),
        edition=edition,
        answers={key: add_origin_note(questionnaire.by_key[key], answer, origin) for key, answer in carried.items()},
        left_out=left_out,
    )


def read_upload(content: bytes, file: str) -> Mapping[str, Any]:
    """The document in an uploaded PDF or JSON file. Raises ValidationFailed."""
    max_bytes, content = MAX_BYTES, without_lead(content)
    if content.startswith(b"%PDF-"):
        if len(content) > settings.LIMITS["report_upload"]:
            limit = settings.LIMITS["report_upload"] // 1024**2
            raise file_failure("too_large", _("Choose a PDF of at most {limit} MB").format(limit=limit))
        try:
            data = extract_attachment(content)
        except UnreadablePdfError as error:
            raise file_failure(error.code, _(str(error))) from None
        # Metadata that was removed on the way says nothing; whoever sends the answers gives them again anyway.
        if data.said_sha256 and data.sha256 != data.said_sha256:
            message = _("The data in this PDF was changed. Download the report again")
            raise file_failure("changed", message)
        content, max_bytes = data.content, MAX_ATTACHMENT_BYTES
    document = read_document(content, file=file, most=max_bytes)
    if not isinstance(document, Mapping):
        raise file_failure("wrong_type", _("Choose the PDF of a report, or the JSON file out of one"))
    return document


def find_editions(document: Mapping[str, Any], editions: Sequence[Edition]) -> tuple[Edition, Edition | None]:
    """The edition to start with, and the one that was answered; None for an edition that this site does not have."""
    slug = document.get("questionnaire")
    candidates = [edition for edition in editions if edition.slug == slug]
    if not candidates:
        name = shown(slug) if isinstance(slug, str) else _("without a name")
        message = _(
            "The report answers the questionnaire {name}. No assessment of this team can start with that one"
        ).format(name=name)
        raise ValidationFailed([Issue(code="other_questionnaire", key="questionnaire", message=message)])
    same_slug = Q(pk__in=())
    for edition in candidates:
        same_slug |= Q(workspace=edition.workspace_id, slug=edition.slug)
    published = Edition.objects.defer("content").filter(same_slug).exclude(published_at=None)
    answered = find_answered_edition(document, list(published))
    target = next((each for each in candidates if answered and each.workspace_id == answered.workspace_id), None)
    return target or candidates[0], answered


def find_answered_edition(document: Mapping[str, Any], editions: Sequence[Edition]) -> Edition | None:
    """The edition with the hash that the report gives; without one, that of the same version."""
    report = document.get("report")
    edition = report.get("edition") if isinstance(report, Mapping) else None
    sha256 = edition.get("sha256") if isinstance(edition, Mapping) else None
    if sha256 is not None:
        return next((each for each in editions if each.sha256 == sha256), None)
    return next((each for each in editions if each.version == document.get("version")), None)


def describe_origin(document: Mapping[str, Any]) -> str:
    """Where the answers are from, in a sentence of safe length; its parts were checked or are left out."""
    report = document.get("report")
    version = report.get("version") if isinstance(report, Mapping) else None
    system = document.get("system") or _("a system without a name")
    if isinstance(version, int) and 0 < version < 10**6:
        return _("From the report of {system}, version {version}.").format(system=system, version=version)
    return _("From the report of {system}.").format(system=system)


def add_origin_note(question: Question, answer: Answer, origin: str) -> Answer:
    """The answer with a note of where it is from. What several people left open becomes "not sure yet", and the note
    says between what."""
    note = origin
    if answer.between:
        pattern = _("People answered {values} there and had not agreed.")
        note = f"{origin} {pattern.format(values=describe_between(question, answer.between))}"
    whole = f"{answer.note}\n{note}" if answer.note else note
    # A note of one's own counts more than ours.
    return replace(answer, between=(), note=whole if len(whole) <= MAX_NOTE else answer.note or note[:MAX_NOTE])


def file_failure(code: str, message: str) -> ValidationFailed:
    """An error about the file itself, to raise."""
    return ValidationFailed([Issue(code=code, key="file", message=message)])
