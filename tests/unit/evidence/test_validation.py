"""Uploads that no scan wrote, hostile or broken: each is refused, by its field and the reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from assess.evidence.comparison import build_figures
from assess.evidence.records import read_evidence
from assess.evidence.schema import MAX_APPS, MAX_BYTES, MAX_ROWS, SCHEMA
from assess.evidence.validation import MAX_ISSUES, read_evidence_file
from assess.questionnaire.facade import ValidationFailed
from tests.evidence_samples import shop_evidence

Change = Callable[[dict[str, Any]], Any]
VALID = json.dumps(shop_evidence()).encode()


def refused(content: bytes) -> list[tuple[str, str, str]]:
    """Key, code and message of each issue; none where the file is taken."""
    try:
        read_evidence_file(content)
    except ValidationFailed as failed:
        return [(issue.key, issue.code, issue.message) for issue in failed.issues]
    return []


def changed(change: Change) -> bytes:
    evidence = shop_evidence()
    change(evidence)
    return json.dumps(evidence).encode()


def put(value: Any, *path: str | int) -> Change:
    """Puts the value at this place of a valid scan."""

    def change(evidence: dict[str, Any]) -> None:
        place: Any = evidence
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value

    return change


def again(*path: str | int) -> Change:
    """Repeats the first entry of the list there."""

    def change(evidence: dict[str, Any]) -> None:
        place: Any = evidence
        for part in path:
            place = place[part]
        place.append(place[0])

    return change


def without(*path: str | int) -> Change:
    def change(evidence: dict[str, Any]) -> None:
        place: Any = evidence
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return change


def raw(found: str, written: str) -> bytes:
    """A valid scan with one text in it replaced."""
    text = VALID.decode()
    assert found in text
    return text.replace(found, written, 1).encode()


def test_a_scan_is_read_as_it_was_written() -> None:
    assert read_evidence_file(VALID) == shop_evidence()
    for part in ("history", "people", "rhythm"):
        assert read_evidence_file(changed(put(None, part)))[part] is None


BROKEN_FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "The file is empty"),
    "spaces": (b" \n ", "The file is empty"),
    "text": (b"hello", "Mend the JSON here"),
    "cut off": (VALID[:-40], "Mend the JSON here"),
    "two documents": (VALID + VALID, "Mend the JSON here"),
    "single quotes": (VALID.replace(b'"', b"'"), "Mend the JSON here"),
    "a comment": (b"// a scan\n" + VALID, "Mend the JSON here"),
    "a comma at the end": (VALID[:-1] + b",}", "Mend the JSON here"),
    "a list": (b"[" + VALID + b"]", "Choose the file that the scanner wrote"),
    "a text": (b'"evidence/1"', "Choose the file that the scanner wrote"),
    "null": (b"null", "Choose the file that the scanner wrote"),
    "a number": (b"17", "Choose the file that the scanner wrote"),
    "an empty object": (b"{}", "Choose the file that the scanner wrote"),
    "another document": (b'{"questionnaire": "splitcheck", "answers": {}}', "Choose the file that the scanner wrote"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "Save the file as UTF-8"),
    "a zip": (b"PK\x03\x04\x14\x00\x00\x00", "Remove the control character"),
    "gzip": (b"\x1f\x8b\x08\x00", "Save the file as UTF-8"),
    "UTF-16": (json.dumps(shop_evidence()).encode("utf-16"), "Save the file as UTF-8"),
    "Latin 1": (VALID.replace(b"shop", b"sh\xf6p"), "Save the file as UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf" + VALID, "without a byte order mark"),
    "null bytes": (VALID.replace(b'"shop"', b'"sh\x00op"', 1), "Remove the control character U+0000"),
    "an escape sequence of a terminal": (VALID.replace(b'"shop"', b'"\x1b[2Jshop"', 1), "control character U+001B"),
    "too many bytes": (VALID + b" " * MAX_BYTES, "Send at most 5,120 KB"),
    "a million brackets": (b"[" * 1_000_000, "Nest at most 12 levels"),
    "objects in objects": (b'{"a":' * 50_000, "Nest at most 12 levels"),
    "NaN": (raw('"units": 400', '"units": NaN'), "instead of NaN"),
    "Infinity": (raw('"units": 400', '"units": -Infinity'), "instead of -Infinity"),
    "a number without end": (raw('"units": 400', '"units": 1e999'), "a number that is finite"),
    "a number of 5,000 digits": (raw('"units": 400', '"units": ' + "9" * 5_000), "fewer than 400 digits"),
    "a field twice": (raw('"units": 400', '"units": 400, "units": 400'), "units is given twice"),
    "half a character": (raw('"shop"', '"shop\\ud800"'), "only half a character"),
    "the next version of the format": (raw("evidence/1", "evidence/2"), "it reads evidence/1, and this file is"),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_file_that_is_no_scan_is_refused_with_what_to_do(name: str) -> None:
    content, reason = BROKEN_FILES[name]
    issues = refused(content)
    assert len(issues) >= 1
    assert reason in issues[0][2]


#: name -> what is changed, the field that is named, the reason.
BROKEN_FIELDS: dict[str, tuple[Change, str, str]] = {
    "a field is missing": (without("models"), "models", "Add `models`"),
    "a field of an app is missing": (without("apps", 2, "files"), "apps[3].files", "Add `files`"),
    "a field too many": (put("rm -rf /", "command"), "command", "Remove this field"),
    "a prototype": (put({"admin": True}, "__proto__"), "__proto__", "Remove this field"),
    "an address of a person": (put("ana@x.example", "people", "apps", 0, "mail"), "people.apps[1].mail", "Remove this"),
    "an object for a list": (put({}, "apps"), "apps", "Write a list"),
    "a list for an object": (put([], "files"), "files", "Write an object"),
    "an app that is a text": (put("orders", "apps", 0), "apps[1]", "Write an object"),
    "null for a list": (put(None, "imports"), "imports", "Write a list"),
    "null for a count": (put(None, "files", "lines"), "files.lines", "Write a whole number"),
    "a text for a count": (put("620", "files", "python"), "files.python", "Write a whole number"),
    "true for a count": (put(True, "files", "python"), "files.python", "Write a whole number"),
    "a decimal for a count": (put(1.5, "imports", 0, "imports"), "imports[1].imports", "Write a whole number"),
    "1.0 for a count": (put(1.0, "imports", 0, "lazy"), "imports[1].lazy", "Write a whole number"),
    "less than nothing": (put(-1, "history", "units"), "history.units", "Write 0 or more"),
    "more than there is": (put(10**18, "files", "lines"), "files.lines", "Write 1,000,000,000 or less"),
    "a count for a name": (put(7, "apps", 0, "label"), "apps[1].label", "Write text"),
    "a nameless app": (put("", "apps", 0, "label"), "apps[1].label", "at least one character"),
    "a name without end": (put("a" * 301, "apps", 0, "label"), "apps[1].label", "Shorten this to 300"),
    "1 for true": (put(1, "anonymised"), "anonymised", "Write true or false"),
    "an unknown kind": (put("service", "apps", 0, "kind"), "apps[1].kind", "Write one of app, package"),
    "an unknown relation": (put("friend", "relations", 0, "kind"), "relations[1].kind", "Write one of foreign_key"),
    "a short commit": (put("abc123", "repository", "commit"), "repository.commit", "the whole commit hash"),
    "a command for a commit": (put("$(id)", "repository", "commit"), "repository.commit", "the whole commit hash"),
    "no time of the scan": (put("2026-11-02", "scanned_at"), "scanned_at", "Write date and time as"),
    "a time with an offset": (put("2026-11-02T09:00:00+01:00", "scanned_at"), "scanned_at", "Write date and time"),
    "a day as people write it": (put("1/11/2026", "history", "until"), "history.until", "Write the day as"),
    "30 February": (put("2026-02-30", "history", "until"), "history.until", "a day from 1970 to 2099 that exists"),
    "the year 0": (put("0000-01-01", "repository", "committed_on"), "repository.committed_on", "from 1970 to 2099"),
    "25 o'clock": (put("2026-11-02T25:00:00Z", "scanned_at"), "scanned_at", "a time up to 23:59:59"),
    "an end before the start": (put("2026-11-09", "history", "since"), "history.since", "the earlier day"),
    "a sentence for a code": (put("No git!", "limits", 0, "code"), "limits[1].code", "small letters a-z"),
    "a line break in a path": (put("a\nb.py", "unread", "first", 0, "path"), "unread.first[1].path", "U+000A"),
    "a line break at the end": (put("orders\n", "models", 0, "table"), "models[1].table", "U+000A"),
    "a tab in a name": (put("or\tders", "models", 0, "name"), "models[1].name", "U+0009"),
    "a control character": (put("or\x9bders", "models", 0, "name"), "models[1].name", "U+009B"),
    "a text that turns round": (put("\u202exls.exe", "unread", "first", 0, "detail"), "unread.first[1].detail", "202E"),
    "an isolate": (put("a\u2066b", "apps", 0, "path"), "apps[1].path", "invisible character U+2066"),
    "an invisible space": (put("or\u200bders", "apps", 0, "module"), "apps[1].module", "U+200B"),
    "a separator of lines": (put("a\u2028b", "repository", "name"), "repository.name", "U+2028"),
    "an app twice": (again("apps"), "apps[7]", "admin is given twice"),
    "a model twice": (again("models"), "models[10]", "admin / Report is given twice"),
    "a relation twice": (again("relations"), "relations[8]", "given twice"),
    "an import twice": (again("imports"), "imports[10]", "admin / orders is given twice"),
    "a limit twice": (again("limits"), "limits[2]", "settings_by_code is given twice"),
    "a pair the other way round": (
        lambda evidence: evidence["history"]["pairs"].append({"a": "payments", "b": "orders", "together": 1}),
        "history.pairs[5]",
        "payments / orders is given twice",
    ),
    "an app twice in the order": (again("cycles", "order"), "cycles.order[7]", "admin is given twice"),
    "a model of no app": (put("ghosts", "models", 0, "app"), "models[1].app", "Add the app ghosts"),
    "a relation to no app": (put("ghosts", "relations", 0, "to_app"), "relations[1].to_app", "Add the app ghosts"),
    "an import of no app": (put("ghosts", "imports", 0, "from"), "imports[1].from", "Add the app ghosts"),
    "a cycle of no app": (put("ghosts", "cycles", "groups", 0, 1), "cycles.groups[1][2]", "Add the app ghosts"),
    "an order of no app": (put("ghosts", "cycles", "order", 0), "cycles.order[1]", "Add the app ghosts"),
    "changes of no app": (put("ghosts", "history", "changes", 0, "app"), "history.changes[1].app", "the app ghosts"),
    "people of no app": (put("ghosts", "people", "apps", 0, "app"), "people.apps[1].app", "Add the app ghosts"),
    "an app that imports itself": (put("admin", "imports", 0, "to"), "imports[1]", "two different apps"),
    "a pair of one": (put("orders", "history", "pairs", 0, "b"), "history.pairs[1]", "two different apps"),
    "more changes across apps than changes": (
        put(401, "history", "across_apps"), "history.across_apps", "at most 400 here, as in `units`; this has 401",
    ),
    "an app with more changes than there are": (
        put(401, "history", "changes", 0, "units"), "history.changes[admin]", "at most 400",
    ),
    "more together than alone": (
        put(91, "history", "pairs", 3, "together"), "history.pairs[4].together", "the changes of admin",
    ),
    "more active people than people": (put(39, "people", "active_authors"), "people.active_authors", "at most 38"),
    "more by one than by all": (put(2_101, "people", "top_author_commits"), "people.top_author_commits", "2,100"),
    "more lazy imports than imports": (put(7, "imports", 0, "lazy"), "imports[1].lazy", "at most 6"),
    "more to cut than imported": (put(3, "cycles", "cut", 0, "imports"), "cycles.cut[1].imports", "at most 2"),
    "more imports than are listed": (put(36, "cycles", "imports"), "cycles.imports", "the sum of `imports`"),
    "more days with tags than tags": (put(25, "rhythm", "tag_days"), "rhythm.tag_days", "at most 24"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_FIELDS)
def test_a_broken_field_is_refused_by_its_name_and_the_reason(name: str) -> None:
    change, key, reason = BROKEN_FIELDS[name]
    issues = refused(changed(change))
    assert key in {issue[0] for issue in issues}
    assert any(reason in message for at, _code, message in issues if at == key), issues


def test_more_than_fifty_kinds_of_broken_uploads_are_tried() -> None:
    assert len(BROKEN_FILES) + len(BROKEN_FIELDS) >= 50


def test_every_problem_is_told_at_once_but_no_more_than_fifty() -> None:
    def change(evidence: dict[str, Any]) -> None:
        evidence["files"]["python"] = "many"
        evidence["apps"][0]["kind"] = "service"
        del evidence["rhythm"]["tags"]

    assert {key for key, *_ in refused(changed(change))} == {"files.python", "apps[1].kind", "rhythm.tags"}
    many = changed(put([{}] * 400, "imports"))
    assert len(refused(many)) == MAX_ISSUES


@pytest.mark.slow
@pytest.mark.parametrize("path", [("history", "pairs"), ("models",), ("repository", "roots"), ("cycles", "groups")])
def test_a_list_with_a_million_entries_is_refused_for_its_length_alone(path: tuple[str, ...]) -> None:
    """What is in it is not looked at: that took minutes and all memory."""
    issues = refused(changed(put([1] * 1_000_000, *path)))
    assert [(key, code) for key, code, _message in issues] == [(".".join(path), "too_many")]


@pytest.mark.slow
def test_a_scan_of_the_largest_size_is_taken() -> None:
    def change(evidence: dict[str, Any]) -> None:
        app, relation = evidence["apps"][0], evidence["relations"][0]
        evidence["apps"] += [{**app, "id": f"app_{n}"} for n in range(MAX_APPS - len(evidence["apps"]))]
        evidence["relations"] = [{**relation, "field": f"field_{n}"} for n in range(MAX_ROWS)]

    content = changed(change)
    assert len(content) > 3_500_000
    figures = {figure.code: figure.now for figure in build_figures(read_evidence(read_evidence_file(content)))}
    assert (figures["apps"], figures["foreign_keys"]) == (MAX_APPS, MAX_ROWS)


@pytest.mark.slow
def test_what_is_shortened_for_speed_judges_as_the_published_schema_does() -> None:
    """Our validator reads lists and null parts by rules of its own; a plain one is the judge."""
    plain = Draft202012Validator(SCHEMA)
    plain.check_schema(SCHEMA)
    stricter = {"1.0 for a count", "a line break at the end"}
    for name, (change, _key, _reason) in BROKEN_FIELDS.items():
        content = changed(change)
        if not plain.is_valid(json.loads(content)) or name in stricter:
            assert refused(content), name
    assert plain.is_valid(shop_evidence())
