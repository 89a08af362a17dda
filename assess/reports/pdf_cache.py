"""Stored PDFs: the key by which one is known, and the one of a submitted version that a person may read."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assess.assessments.facade import CHANGES_REPORT, Assessment, Event
from assess.people.facade import User
from assess.reports.chapters import FULL, Choice
from assess.reports.content.data import Paper, ReportData
from assess.reports.models import Report, ReportState
from assess.reports.pdf import FONT_PACKAGE, STYLES, font_folder
from assess.web.facade import LARGEST_ID, read_file

#: What decides how a report looks, and which chapters it is written into.
DRAWN_BY: Final = (
    settings.BASE_DIR / "templates" / "reports",
    settings.BASE_DIR / "templates" / "charts",
    settings.BASE_DIR / "assess" / "reports" / "chapters",
    settings.BASE_DIR / "assess" / "reports" / "renderings",
    settings.BASE_DIR / "assess" / "findings",
    settings.BASE_DIR / "assess" / "evidence",
    settings.BASE_DIR / "assess" / "advice",
    settings.BASE_DIR / "assess" / "money",
)
#: Parameters of the compiled statement in place of the person, the assessment, the choice and the time; no row has any
#: of them.
PERSON: Final = -1
ASSESSMENT: Final = -2
SPEC: Final = "\x00"
NOW: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPdf:
    key: str
    pdf: bytes
    file_name: str


def find_final_pdf(person: User, assessment_id: int, spec: str) -> StoredPdf | None:
    """The PDF of a submitted version as it stands now in its review, if the person may read the version.

    None where none is stored, and for whatever is not theirs to read. Raises FileStoreError. One query.
    """
    if assessment_id > LARGEST_ID:
        return None
    sql, parameters = final_pdf_statement()
    adapt = connection.ops.adapt_datetimefield_value
    values: dict[Any, Any] = {
        PERSON: person.pk,
        ASSESSMENT: assessment_id,
        SPEC: spec,
        adapt(NOW): adapt(timezone.now()),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, [values.get(each, each) for each in parameters])
        row = cursor.fetchone()
    return None if row is None else StoredPdf(key=row[0], pdf=read_file(row[1], row[2]), file_name=row[3])


@cache
def final_pdf_statement() -> tuple[str, tuple[Any, ...]]:
    """The ORM's own SQL of `find_final_pdf` with placeholders as its parameters.

    Compiled once: most requests for a report run it, and compiling takes 2 ms, running 0.04.
    """
    review_steps = Event.objects.filter(assessment=OuterRef("assessment"), kind__in=CHANGES_REPORT).order_by("-number")
    readable = Assessment.objects.visible_to(User(pk=PERSON)).filter(pk=ASSESSMENT, submitted_at__isnull=False)
    queryset = Report.objects.filter(
        assessment__in=readable.values("pk"),
        is_final=True,
        spec=SPEC,
        state=ReportState.READY,
        valid_until__gt=NOW,
        review_step=Coalesce(Subquery(review_steps.values("number")[:1]), 0),
    )
    statement: tuple[str, tuple[Any, ...]] = queryset.values_list(
        "key", "pdf", "stored_as", "file_name"
    ).query.sql_with_params()
    return statement


def content_key(report: ReportData, choice: Choice = FULL) -> str:
    """The hash of all that goes into the PDF: the report, which chapters of it, templates, styles, fonts, paper, and
    WeasyPrint's version.

    Two reports with one key give the same document, so the second need not be rendered.
    """
    inputs = {"report": asdict(report), "choice": asdict(choice)}
    content = json.dumps(inputs, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{release_fingerprint()}{content}".encode("utf-8", "surrogatepass")).hexdigest()


def html_key(html: str, paper: Paper, sha256: str) -> str:
    """The hash of all that goes into a PDF of this HTML, with an attachment of that hash inside."""
    inputs = f"{release_fingerprint()}{paper}{sha256}{html}"
    return hashlib.sha256(inputs.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def release_fingerprint() -> str:
    """The hash of what is the same for all reports of this release: templates, styles, fonts and libraries."""
    digest = hashlib.sha256()
    for folder in DRAWN_BY:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(STYLES.read_bytes())
    font = version(FONT_PACKAGE.replace("_", "-")) if font_folder() else "none"
    digest.update("\0".join([version("weasyprint"), version("pydyf"), font]).encode())
    return digest.hexdigest()
