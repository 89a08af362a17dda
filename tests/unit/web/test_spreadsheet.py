"""What a CSV file holds of what people typed: never a formula, and otherwise what they typed."""

import csv
import io

import pytest

from assess.web.spreadsheet import FORMULA_STARTS, spreadsheet_cell, spreadsheet_row


def test_plain_names_and_numbers_stay_as_they_are() -> None:
    assert [spreadsheet_cell(value) for value in ("Web-shop", 12, -5, 2.5, None, "a=b")] == [
        "Web-shop",
        "12",
        "-5",
        "2.5",
        "",
        "a=b",
    ]


@pytest.mark.parametrize("start", FORMULA_STARTS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0"])
def test_text_that_starts_like_a_formula_gets_an_apostrophe(start: str, before: str) -> None:
    assert spreadsheet_cell(f"{before}{start}1+1").startswith("'")


@pytest.mark.parametrize("text", ["x;=1+1", "x\t=1+1", "\t=1+1", "x\n=1+1", "x\r\n @SUM(A1)", "x; -1+1"])
def test_no_cell_starts_a_formula_after_semicolon_or_tab(text: str) -> None:
    """As a spreadsheet reads the file that takes neither our comma nor, within a cell, our quotes."""
    line = spreadsheet_row([spreadsheet_cell("first"), spreadsheet_cell(text)])
    for separator in (";", "\t"):
        for raw in line.replace("\r", "\n").split("\n"):
            for found in raw.split(separator):
                assert not found.lstrip(' "\u00a0').startswith(("=", "+", "-", "@"))


def test_csv_line_is_read_back_unchanged() -> None:
    values = ['say "no"', "a, b", "two\nlines", ""]
    assert next(csv.reader(io.StringIO(spreadsheet_row(values), newline=""))) == values
