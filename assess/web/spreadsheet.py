"""How a value is written into a CSV file, so that no spreadsheet takes what somebody typed for a formula. Pure."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

#: A cell that begins so is a formula, or hides one behind white space.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
#: Where cells are parted by semicolons or tabs (as Excel does in much of Europe), or a quoted line break ends a row,
#: what stands after one begins a cell of its own.
_HIDDEN_START: Final = re.compile(r"([;\t\r\n][ \u00a0]*)(?=[=+\-@|%＝＋－＠])")


def spreadsheet_cell(value: object) -> str:
    """A value as a spreadsheet may have it: a text that it would take for a formula gets an apostrophe before it. What
    is a number to us, a negative one too, stays a number.

    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("a;=1+1"), spreadsheet_cell(-5)
    ("'=1+1", "a;'=1+1", '-5')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = _HIDDEN_START.sub(r"\1'", str(value))
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text


def spreadsheet_row(values: Iterable[str]) -> str:
    """One line of a file, parted by commas. Texts that people typed go through `cell` first."""
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()
