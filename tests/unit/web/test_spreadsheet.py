"""What files for a spreadsheet hold of what people typed: never a formula or another value, else what they typed."""

import csv
import io
import time
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from assess.web.spreadsheet import (
    BYTE_ORDER_MARK,
    COMMA,
    FORMULA_STARTS,
    LONGEST_CELL,
    TABLE_FORMS,
    TableForm,
    spreadsheet_cell,
    spreadsheet_row,
    write_table,
)

XLSX, _COMMA, SEMICOLON = TABLE_FORMS


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


@pytest.mark.parametrize(
    "text",
    [
        *("1E7", "1e+7", "2.5E3", "00123", "3-4", "1/2", "12:30", "9:05 pm", "1,000", "1.000", "12345678901234567890"),
        *("50%", "$5", "€ 5", "(12)", "2026-11-20", "20.11.2026", "MARCH1", "Sept2", "1 Dec", "Dec 2026", "3. Okt"),
        *("5 mars 2026", "TRUE", "wahr", "#N/A", "#REF!", " 1E7 ", "\uff11\uff12", "1\u00a0000"),
    ],
)
@pytest.mark.parametrize("form", [COMMA, SEMICOLON])
def test_text_that_a_spreadsheet_would_turn_into_another_value_gets_an_apostrophe(text: str, form: TableForm) -> None:
    assert spreadsheet_cell(text, form) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "v2",
        "S3 bucket",
        "3 teams",
        "1h 30",
        "Marching 2",
        "Web shop 2.0",
        "Decathlon 1",
        "one_part",
        "E7",
        "true story",
    ],
)
def test_text_that_no_spreadsheet_changes_stays_as_it_is(text: str) -> None:
    assert spreadsheet_cell(text) == text


@pytest.mark.parametrize(("form", "separator", "number"), [(COMMA, ",", "2.5"), (SEMICOLON, ";", "2,5")])
def test_both_csv_forms_begin_with_a_byte_order_mark_and_write_numbers_their_way(
    form: TableForm, separator: str, number: str
) -> None:
    rows = [["a", "b", "c"], ["Ünïcode, or; so", 2.5, date(2026, 11, 20)]]
    content = b"".join(write_table(form, rows)).decode()
    assert content.startswith(BYTE_ORDER_MARK)
    read = list(csv.reader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK), newline=""), delimiter=separator))
    assert read == [["a", "b", "c"], ["Ünïcode, or; so", number, "2026-11-20"]]


@pytest.mark.parametrize("text", ["x,=1+1", "x, -1+1"])
def test_no_cell_of_the_semicolon_form_starts_a_formula_after_a_comma(text: str) -> None:
    assert "'" in spreadsheet_cell(text, SEMICOLON)


def test_an_excel_file_keeps_texts_as_texts_and_numbers_and_days_as_such() -> None:
    texts = ["=1+1", "1E7", "00123", "3-4", "https://example.org/", "two\nlines", "x" * (LONGEST_CELL + 9)]
    moment = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
    rows = [["head"], *([text] for text in texts), [12], [2.5], [date(2026, 11, 20)], [moment], [None]]
    (content,) = write_table(XLSX, rows)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not [name for name in file.namelist() if "rels" in name and "sheet" in name], "no links"
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    space = {"s": sheet.tag.partition("}")[0].strip("{")}
    cells = sheet.findall(".//s:c", space)
    assert not sheet.findall(".//s:f", space)
    written = [(cell.get("t"), "".join(cell.itertext())) for cell in cells]
    shortened = "x" * (LONGEST_CELL - 1) + "…"
    expected = ["head", *texts[:-1], shortened, "2026-11-20T14:02:00+00:00"]
    assert [text for kind, text in written if kind == "inlineStr"] == expected
    assert [text for kind, text in written if kind != "inlineStr"] == ["12", "2.5", "46346"], "days since 1900"


def test_the_same_rows_give_the_same_excel_file_at_another_time() -> None:
    rows = [["System", "People"], ["Shop", 35]]
    first = list(write_table(XLSX, rows))
    time.sleep(1.1)  # the file's own dates count seconds
    assert list(write_table(XLSX, rows)) == first
