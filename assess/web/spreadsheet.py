"""Tables as files for a spreadsheet: CSV in two forms and XLSX. Pure; XlsxWriter is imported only when one is written.

A text that somebody typed stays the text: none becomes a formula, a number, a date or a link on the way. What is a
number or a day to us stays one.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from assess.language import N_

#: By which spreadsheets know that a CSV file is UTF-8.
BYTE_ORDER_MARK: Final = "\ufeff"
#: Characters that a cell of an XLSX file can have.
LONGEST_CELL: Final = 32_767

#: Characters of a text that a spreadsheet still takes for a number.
LONGEST_NUMBER: Final = 310

#: A cell that begins so is a formula, or hides one behind white space.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_MONTHS: Final = (
    "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|févr?(?:ier)?|mar(?:ch|s)?|märz?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin|juni"
    "|july?|juil(?:let)?|juli|aug(?:ust)?|août|sept?(?:ember|embre)?|oct(?:ober|obre)?|okt(?:ober)?|nov(?:ember|embre)?"
    "|dec(?:ember)?|dez(?:ember)?|déc(?:embre)?"
)
#: What a spreadsheet turns into a number, a date, a time, a truth value or an error: 1E7, 00123, 3-4, 12:30, Mar 1.
_CHANGED: Final = re.compile(
    r"(?:"
    r"[(+\-$€£¥.,\s]*\d[\d.,:/+\-()%$€£¥'’\s]*(?:e[+-]?[\d.,]+)?\s?(?:am?|pm?)?"
    rf"|(?=.*\d)\d{{0,4}}[\s./-]*(?:{_MONTHS})\.?[\s.,/-]*\d{{0,4}}(?:[\s.,/-]+\d{{1,4}})?"
    r"|true|false|wahr|falsch|vrai|faux|verdadero|falso|vero"
    r"|\#[a-z0-9/]+[!?]?"
    r")",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableForm:
    """One kind of file. `slug` ends its address, `extension` its name; without a `separator` it is no CSV."""

    slug: str
    extension: str
    title: str
    purpose: str
    content_type: str
    separator: str = ""
    decimal_mark: str = "."

    @property
    def hidden_start(self) -> re.Pattern[str]:
        """Where a formula could begin inside a cell: after what parts cells in another country, or ends a row."""
        others = {",", ";"} - {self.separator} if self.decimal_mark == "," else {";"}
        return re.compile(rf"([{''.join(others)}\t\r\n][ \u00a0]*)(?=[=+\-@|%＝＋－＠])")


COMMA: Final = TableForm(
    slug="csv",
    extension="csv",
    title=N_("CSV"),
    purpose=N_("For programs, and for a spreadsheet where numbers have a decimal point."),
    content_type="text/csv; charset=utf-8",
    separator=",",
)
TABLE_FORMS: Final = (
    TableForm(
        slug="xlsx",
        extension="xlsx",
        title=N_("Excel"),
        purpose=N_("For a spreadsheet, whatever its country."),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    COMMA,
    TableForm(
        slug="semicolon.csv",
        extension="csv",
        title=N_("CSV with semicolons"),
        purpose=N_("For a spreadsheet where numbers have a decimal comma, as in most of Europe."),
        content_type="text/csv; charset=utf-8",
        separator=";",
        decimal_mark=",",
    ),
)


def write_table(form: TableForm, rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """The file in parts. A row's cells are texts, numbers, days, moments, or None for an empty one."""
    if not form.separator:
        yield write_xlsx(rows)
        return
    yield BYTE_ORDER_MARK.encode()
    for row in rows:
        yield spreadsheet_row([spreadsheet_cell(value, form) for value in row], form).encode("utf-8")


def spreadsheet_cell(value: object, form: TableForm = COMMA) -> str:
    """A value as a CSV file may have it: a text that a spreadsheet would take for anything else gets an apostrophe
    before it. What is a number to us, a negative one too, stays a number; days and moments are ISO 8601.

    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("a;=1+1"), spreadsheet_cell("1E7"), spreadsheet_cell(-5)
    ("'=1+1", "a;'=1+1", "'1E7", '-5')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value).replace(".", form.decimal_mark)
    if isinstance(value, date):
        return value.isoformat()
    text = form.hidden_start.sub(r"\1'", str(value))
    is_taken_for_another = text.lstrip(" \u00a0").startswith(FORMULA_STARTS) or is_changed(text)
    return f"'{text}" if text and is_taken_for_another else text


def is_changed(text: str) -> bool:
    """Whether a spreadsheet turns the text into another value. Digits that no number has are left alone."""
    return len(text) <= LONGEST_NUMBER and _CHANGED.fullmatch(text.strip()) is not None


def spreadsheet_row(values: Iterable[str], form: TableForm = COMMA) -> str:
    """One line of a CSV file. Texts that people typed go through `spreadsheet_cell` first."""
    out = io.StringIO()
    csv.writer(out, delimiter=form.separator).writerow(values)
    return out.getvalue()


def write_xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as one sheet, the first as its head. Texts longer than a cell can be end in "…"."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    workbook = Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    # The same rows give the same bytes, whenever they are written.
    workbook.set_properties({"created": datetime(2000, 1, 1)})  # a file's own date has no zone
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    head, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    for row_number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(row_number, column, value)
            elif isinstance(value, date) and not isinstance(value, datetime):
                sheet.write_datetime(row_number, column, value, day)
            elif value is not None and value != "":
                text = value.isoformat() if isinstance(value, datetime) else str(value)
                text = text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
                sheet.write_string(row_number, column, text, head if row_number == 0 else None)
    workbook.close()
    return file.getvalue()
