"""The answers as a table for a spreadsheet or a program: one row a question, in the questionnaire's order. Pure."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from assess.questionnaire.facade import Value
from assess.reports.content.data import AnswerLine, AnswerSection, ReportData
from assess.reports.content.evidence import ClaimLine
from assess.web.facade import TableForm, write_table

#: For programs: never translated, and only ever added to.
COLUMNS: Final = (
    "key", "section", "wording", "state", "value", "value_in_words", "basis", "note", "link", "who_knows", "by", "at",
    "measured", "proposed", "proposal_decision", "proposal_reason",
)  # fmt: skip


def render_answers_table(report: ReportData, form: TableForm) -> bytes:
    """All questions with what was answered, as a file of this form.

    `value` is the answer by slug (several parted by a space) or as a number, and empty where none is known;
    `value_in_words` then says how it stands. `at` is ISO 8601 with its distance from UTC. The last four are what a scan
    found and proposes, whether that was accepted or overridden, and why.
    """
    measured = report.claims.by_key if report.claims else {}
    rows = (row_cells(section, line, measured.get(line.key)) for section in report.sections for line in section.lines)
    return b"".join(write_table(form, chain([COLUMNS], rows)))


def row_cells(section: AnswerSection, line: AnswerLine, measured: ClaimLine | None) -> Iterator[object]:
    """The cells of one question, in the order of `COLUMNS`."""
    yield line.key
    yield section.slug
    yield line.wording
    yield line.state
    yield value_cell(line.raw_value)
    yield line.value or line.state_words
    yield line.basis_slug
    yield line.all_notes
    yield line.link
    yield line.who_knows
    yield line.by
    yield line.at
    yield measured.found if measured else ""
    yield value_cell(measured.proposed_value) if measured else None
    yield measured.decision if measured else ""
    yield measured.reason if measured else ""


def value_cell(value: Value | None) -> object:
    """A value by slug, slugs with spaces between them, or a number."""
    return " ".join(value) if isinstance(value, tuple) else value
