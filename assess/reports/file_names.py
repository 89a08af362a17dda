"""The names of report files: letters, digits, "-" and "_" only, whatever people typed."""

from datetime import date

from django.utils.text import slugify

from assess.assessments.facade import Assessment
from assess.reports.chapters import FULL, Choice
from assess.web.facade import localdate_in


def file_stem(*names: str, dated: date) -> str:
    """A file name without its ending.

    >>> file_stem("Northgate", "portfolio", dated=date(2026, 11, 20))
    'northgate_portfolio_2026-11-20'
    """
    return "_".join([*(slugify(name)[:60].strip("-_") or "system" for name in names), f"{dated:%Y-%m-%d}"])


def assessment_file_stem(assessment: Assessment, choice: Choice = FULL) -> str:
    """The name of an assessment's file without its ending; the reader, or "chapters", comes last unless it has all.

    >>> assessment_file_stem(assessment, Choice(reader="leadership"))
    'payments-platform_assessment_v3_2026-11-20_leadership'
    """
    dated = localdate_in(assessment.workspace, assessment.submitted_at or assessment.updated_at)
    stem = file_stem(assessment.system.name, f"assessment_v{assessment.version}", dated=dated)
    if choice == FULL:
        return stem
    return f"{stem}_{'chapters' if choice.chapters else choice.reader}"
