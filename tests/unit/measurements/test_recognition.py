"""What is refused as a whole: files that are broken, foreign, huge or hostile. And what never gets into a reading."""

import gzip
import io
import json
import zipfile
from typing import Any

import pytest

from assess.measurements import deploy_table, recognise
from assess.measurements.facade import Options, Reading, from_json, read_measurements, to_json
from assess.questionnaire.facade import ValidationFailed
from tests.measurement_samples import FORMATS, PERSONAL, github_cli, github_rest, kubectl, sixty_runs, workload

RUNS = sixty_runs()[:3]
ROW = "started,finished\n2025-04-03 14:05,2025-04-03 14:35\n"
MANY = ROW + "".join(f"{1_743_000_000 + n},{1_743_000_060 + n}\n" for n in range(10_000))


def read(content: bytes) -> Reading:
    return read_measurements(io.BytesIO(content), options=Options())


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("deploys.csv", content)
    return file.getvalue()


def run_with(text: str) -> bytes:
    """A list of one run of `gh`, with this JSON as one more field."""
    return github_cli(RUNS[:1])[:-2] + b", " + text.encode() + b"}]"


REFUSED: dict[str, tuple[bytes, str]] = {
    # empty
    "nothing": (b"", "empty"),
    "only spaces and lines": (b" \n\r\n\t\n", "empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "gzip of nothing": (gzip.compress(b""), "empty"),
    "no runs in GitHub's answer": (b'{"total_count": 0, "workflow_runs": []}', "no_rows"),
    "table without rows": (b"started,finished\n", "no_rows"),
    "cluster without workloads": (kubectl(), "no_rows"),
    # broken
    "gzip cut off": (gzip.compress(github_rest(RUNS))[:-20], "broken_gzip"),
    "gzip with a damaged middle": (gzip.compress(b"a" * 9)[:12] + b"\xff" * 30, "broken_gzip"),
    "gzip's first bytes only": (b"\x1f\x8b", "broken_gzip"),
    "JSON cut off": (github_cli(RUNS)[:-30], "syntax"),
    "JSON with a comma too many": (b"[{},]", "syntax"),
    "JSON with single quotes": (b"[{'createdAt': 1}]", "syntax"),
    "JSON and then something else": (github_cli(RUNS) + b" and more", "syntax"),
    "JSON in Latin-1": (run_with('"a": "é"').decode().encode("latin-1"), "not_utf8"),
    "UTF-16 cut in the middle of a letter": ("\ufeff[{}]".encode("utf-16-le") + b"\x00", "not_utf8"),
    "a name twice in one object": (run_with('"updatedAt": "2025-01-01T00:00:00Z"'), "duplicate_key"),
    "NaN": (run_with('"a": NaN'), "number"),
    "minus infinity": (run_with('"a": -Infinity'), "number"),
    "a number beyond all": (run_with('"a": 1e999'), "number"),
    "a number of 5,000 digits": (run_with('"a": ' + "9" * 5_000), "number"),
    # foreign
    "plain text": (b"Hello, these are our deploys.\nWe deploy often.\n", "unknown_format"),
    "a page": (b"<!DOCTYPE html><title>Sign in to GitHub</title>", "unknown_format"),
    "an error of GitHub": (b'{"message": "Bad credentials", "status": "401"}', "unknown_format"),
    "an error of GitLab": (b'{"message": "404 Project Not Found"}', "unknown_format"),
    "an empty list": (b"[]", "unknown_format"),
    "a list of lists": (b"[[[]]]", "unknown_format"),
    "a list of numbers": (b"[1, 2, 3]", "unknown_format"),
    "a text in JSON": (b'"deploys"', "unknown_format"),
    "issues of GitHub": (b'[{"number": 1, "title": "a", "created_at": "2025-01-01T00:00:00Z"}]', "unknown_format"),
    "a scan's file": (b'{"format": "evidence/1", "apps": []}', "unknown_format"),
    "a manifest as YAML": (b"apiVersion: v1\nkind: List\nitems: []\n", "unknown_format"),
    "a table of people": (b"name,email\nOlga,olga@corp.example\n", "unknown_format"),
    "a table without a header": (b"2025-04-03 14:05,2025-04-03 14:35\n", "unknown_format"),
    "a table with one column": (b"date\n2025-04-03\n", "unknown_format"),
    "a table with no length of time": (b"date,status\n2025-04-03,ok\n", "missing_column"),
    "a table with two starts and no end": (b"started,created\n2025-04-03,2025-04-03\n", "missing_column"),
    "a spreadsheet": (zipped(ROW.encode()), "archive"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
    "a program": (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 100, "binary"),
    "UTF-16 without its mark": (ROW.encode("utf-16-le"), "binary"),
    "gzip inside gzip": (gzip.compress(gzip.compress(ROW.encode())), "binary"),
    # huge and hostile
    "a line of 70 KB": (ROW.encode() + b"a" * 70_000, "line_too_long"),
    "a first line of 70 KB": (b"started,finished," + b"a" * 70_000, "unknown_format"),
    "brackets 100,000 deep": (b"[" * 100_000, "too_deep"),
    "objects 100,000 deep": (b'{"a":' * 100_000, "too_deep"),
    "21 MB of JSON": (b"[" + b" " * 21 * 1024**2 + b"]", "too_large"),
    "gzip of 21 MB of JSON": (gzip.compress(b'["' + b"a" * 21 * 1024**2 + b'"]'), "too_large"),
    "gzip of 50 MB without a line break": (gzip.compress(ROW.encode() + b"\x20" * 50 * 1024**2), "line_too_long"),
    "a million lists and one": (b"[" + b"[]," * 1_000_000 + b"[]]", "too_large"),
    "10,001 deploys": (MANY.encode(), "too_many"),
    "5,001 workloads": (kubectl(*[workload(str(number)) for number in range(5_001)]), "too_many"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_cannot_be_read_is_refused_with_what_to_do(name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(ValidationFailed) as refusal:
        read(content)
    (issue,) = refusal.value.issues
    assert (issue.code, issue.key) == (code, "file")
    assert len(issue.message) > 20
    assert "corp.example" not in issue.message


def test_refusal_of_an_unknown_file_names_every_format_that_is_read() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        read(b"something else")
    for reader in recognise.READERS:
        assert reader.words in str(refusal.value)


def test_refusal_names_the_line_where_there_is_one() -> None:
    for content, line in ((ROW.encode() + b"a" * 70_000, 3), (b"[{},\n{},\n nonsense]", 3)):
        with pytest.raises(ValidationFailed) as refusal:
            read(content)
        assert refusal.value.issues[0].line == line


def test_endless_text_is_refused_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise, "MAX_LINES", 50_000)
    for content in (ROW.encode() + b"\n" * 200_000, gzip.compress(ROW.encode() + b"\n" * 200_000)):
        with pytest.raises(ValidationFailed) as refusal:
            read(content)
        assert refusal.value.issues[0].code == "too_large"


def test_table_of_rows_that_do_not_count_is_refused_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy_table, "MAX_ROWS", 1_000)
    assert read(ROW.encode() + b"x\n" * 999).rows_read == 1_000
    with pytest.raises(ValidationFailed) as refusal:
        read(ROW.encode() + b"x\n" * 1_000)
    assert refusal.value.issues[0].code == "too_many"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encoding_line_ends_and_gzip_change_nothing(encoding: str, line_end: str) -> None:
    plain = read(ROW.encode())
    content = ROW.replace("\n", line_end).encode(encoding)
    assert read(content) == plain
    assert read(gzip.compress(content)) == plain
    assert read(content.removesuffix(line_end.encode(encoding.removesuffix("-sig")))) == plain
    two_members = gzip.compress(content[:30]) + gzip.compress(content[30:])
    assert read(two_members) == plain


def test_json_in_utf16_and_with_a_mark_is_read() -> None:
    text = github_cli(RUNS).decode()
    assert read(text.encode("utf-16")) == read(text.encode("utf-8-sig")) == read(text.encode())


class OneByteAtATime(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(1, size or 0))


@pytest.mark.parametrize("content", [b"\xff\xfe" + ROW.encode("utf-16-le"), b"\xef\xbb\xbf" + ROW.encode()])
def test_stream_that_comes_byte_by_byte_is_read_alike(content: bytes) -> None:
    assert read_measurements(OneByteAtATime(content), options=Options()) == read(ROW.encode())


# --- nothing personal


def readings() -> dict[str, Reading]:
    found = {shape: read(write(sixty_runs())) for shape, write in FORMATS.items()}
    hostile = {"name": PERSONAL[2], "workflowName": f"Deploy for {PERSONAL[2]}", "event": PERSONAL[0]}
    first, second = (json.loads(github_cli([run], **more)) for run, more in zip(RUNS, ({}, hostile), strict=False))
    found["names in odd places"] = read(json.dumps([*first, *second]).encode())
    table = f"started,finished,service,author\n2025-04-03 14:05,2025-04-03 14:35,{PERSONAL[2]},{PERSONAL[1]}\n"
    found["address as a service"] = read(table.encode())
    found["cluster"] = read(kubectl(workload(), workload(PERSONAL[2]), workload(requests={})))
    return found


def test_no_person_address_message_branch_or_commit_gets_into_what_is_stored() -> None:
    for shape, reading in readings().items():
        stored = json.dumps(to_json(reading))
        assert not [text for text in PERSONAL if text in stored], shape


def test_stored_reading_is_read_back_as_it_was() -> None:
    for reading in readings().values():
        assert from_json(json.loads(json.dumps(to_json(reading)))) == reading


def stored(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(to_json(read(ROW.encode())))) | changes


@pytest.mark.parametrize(
    ("data", "code", "key"),
    [
        (None, "other_version", "format"),
        ([], "other_version", "format"),
        (stored(format="measurements/2"), "other_version", "format"),
        (stored(kind="people"), "wrong_type", "kind"),
        (stored(kind=["deploys"]), "wrong_type", "kind"),
        (stored(kind="load"), "unknown_field", "content.deploys"),
        (stored(author="Olga"), "unknown_field", "author"),
        ({key: value for key, value in stored().items() if key != "rows_read"}, "missing", "rows_read"),
        (stored(rows_read=True), "wrong_type", "rows_read"),
        (stored(rows_read="2"), "wrong_type", "rows_read"),
        (stored(content=None), "wrong_type", "content"),
        (stored(content={"deploys": {}}), "wrong_type", "content.deploys"),
        (stored(content={"deploys": [{}]}), "missing", "content.deploys[1].finished"),
        (stored(warnings=["a\u202eb"]), "too_long", "warnings[1]"),
        (stored(warnings=["a" * 3_000]), "too_long", "warnings[1]"),
        (stored(dropped_by_reason={"running": 1.5}), "wrong_type", "dropped_by_reason.running"),
    ],
)
def test_stored_reading_that_nobody_wrote_is_refused_by_field(data: object, code: str, key: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        from_json(data)
    assert [(issue.code, issue.key) for issue in refusal.value.issues] == [(code, key)]


@pytest.mark.parametrize("field", ["minutes", "waited_minutes"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), "12", False])
def test_stored_times_are_finite_numbers(field: str, value: object) -> None:
    data = stored()
    data["content"]["deploys"][0][field] = value
    with pytest.raises(ValidationFailed):
        from_json(data)
