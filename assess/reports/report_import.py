"""From a report that somebody brings (its PDF, or the JSON out of one) to answers that a new assessment begins with.

Decides: which questionnaire asks on, which answers come along, and what is noted beside each. Does not decide: who may
start one and for which system (`assessments.actions`), or whether the report is true (`verifying`): whoever brings it
gives its answers anew, in their own name, each with a note of where it is from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q

from assess.assessments.facade import Edition, questionnaire_of
from assess.decision.facade import between_words, carry_over
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
from assess.reports.pdf_sandbox import UnreadablePdfError, extract_attachment


@dataclass(frozen=True, kw_only=True)
class ReportImport:
    """What a report brings. `left_out` are the keys of answers that the edition to start with does not take."""

    system: str
    edition: Edition
    answers: Mapping[str, Answer]
    left_out: tuple[str, ...]


def read_report(content: bytes, *, file: str, editions: Sequence[Edition]) -> ReportImport:
    """What the file brings to one of these editions, the newest of each questionnaire. Raises ValidationFailed, each
    problem with the field of the document, or "file" where it is the file itself.
    """
    document = _document(content, file)
    edition, asked_by = _editions(document, editions)
    if asked_by is None:
        # Its own edition is not here, so it is read as if the newest had asked.
        document = {**document, "version": edition.version}
    questionnaire = questionnaire_of(asked_by or edition)
    answers = read_answers(document, questionnaire, file=file)
    kept, dropped = carry_over(questionnaire_of(edition), answers)
    origin = _origin(document)
    return ReportImport(
        system=str(document.get("system") or ""),
        edition=edition,
        answers={key: _noted(questionnaire.by_key[key], answer, origin) for key, answer in kept.items()},
        left_out=dropped,
    )


def _document(content: bytes, file: str) -> Mapping[str, Any]:
    most = MAX_BYTES
    if content.startswith(b"%PDF-"):
        if len(content) > settings.LIMITS["report_upload"]:
            limit = settings.LIMITS["report_upload"] // 1024**2
            raise _refused("too_large", _("Choose a PDF of at most {limit} MB").format(limit=limit))
        try:
            data = extract_attachment(content)
        except UnreadablePdfError as unreadable:
            raise _refused(unreadable.code, _(str(unreadable))) from None
        if data.sha256 != data.said_sha256:
            message = _("The data in this PDF is not what was put there. Download the report again")
            raise _refused("changed", message)
        content, most = data.content, MAX_ATTACHMENT_BYTES
    document = read_document(content, file=file, most=most)
    if not isinstance(document, Mapping):
        raise _refused("wrong_type", _("Choose the PDF of a report, or the JSON file out of one"))
    return document


def _editions(document: Mapping[str, Any], editions: Sequence[Edition]) -> tuple[Edition, Edition | None]:
    """The edition to start with, and the one that was answered, None where that is not here."""
    slug = document.get("questionnaire")
    fitting = [edition for edition in editions if edition.slug == slug]
    if not fitting:
        name = shown(slug) if isinstance(slug, str) else _("without a name")
        message = _(
            "The report answers the questionnaire {name}, which no assessment of this team can start with"
        ).format(name=name)
        raise ValidationFailed([Issue(code="other_questionnaire", key="questionnaire", message=message)])
    of_one = Q(pk__in=())
    for edition in fitting:
        of_one |= Q(workspace=edition.workspace_id, slug=edition.slug)
    asked_by = _asked_by(document, list(Edition.objects.defer("content").filter(of_one).exclude(published_at=None)))
    to_start_with = next((each for each in fitting if asked_by and each.workspace_id == asked_by.workspace_id), None)
    return to_start_with or fitting[0], asked_by


def _asked_by(document: Mapping[str, Any], here: Sequence[Edition]) -> Edition | None:
    """The edition with the hash that the report gives; without one, that of the same version."""
    report = document.get("report")
    edition = report.get("edition") if isinstance(report, Mapping) else None
    sha256 = edition.get("sha256") if isinstance(edition, Mapping) else None
    if sha256 is not None:
        return next((each for each in here if each.sha256 == sha256), None)
    return next((each for each in here if each.version == document.get("version")), None)


def _origin(document: Mapping[str, Any]) -> str:
    """Where the answers are from, in a sentence of safe length; its parts were checked or are left out."""
    report = document.get("report")
    version = report.get("version") if isinstance(report, Mapping) else None
    system = document.get("system") or _("a system without a name")
    if isinstance(version, int) and 0 < version < 10**6:
        return _("From the report of {system}, version {version}.").format(system=system, version=version)
    return _("From the report of {system}.").format(system=system)


def _noted(question: Question, answer: Answer, origin: str) -> Answer:
    """The answer with a note of where it is from. What several people left open is not sure yet, and the note says
    between what.
    """
    note = origin
    if answer.between:
        apart = _("There people answered {values}, and had not agreed.")
        note = f"{origin} {apart.format(values=between_words(question, answer.between))}"
    whole = f"{answer.note}\n{note}" if answer.note else note
    # A note of one's own counts more than ours.
    return replace(answer, between=(), note=whole if len(whole) <= MAX_NOTE else answer.note or note[:MAX_NOTE])


def _refused(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=code, key="file", message=message)])
