"""Whether an uploaded file is what a scan writes, told by field: what is wrong and what to do.

Decides: the JSON Schema's rules in our words, and what a schema cannot say (references, sums, days that exist, hidden
characters). Does not decide: whether the counts are true; a file says what its scan counted, and who attached it.
"""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from assess.evidence.schema import FORMAT, MAX_BYTES, SCHEMA
from assess.language import N_, Words, _, number
from assess.questionnaire.facade import (
    INVISIBLE,
    Issue,
    Path,
    ValidationFailed,
    check_pattern,
    read_document,
    readable_path,
    shown,
)

#: Issues that are told of one file: it was written by a program, so nobody mends them one by one.
MAX_ISSUES: Final = 50

#: What shows nothing, or turns the text around it: control characters, line breaks, direction marks, invisible letters.
HIDDEN: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{INVISIBLE}]")


#: What a scan's file says of itself, wherever in it.
SAYS_SCAN: Final = re.compile(rb'"format"\s*:\s*"evidence/')


def looks_like_scan(content: bytes) -> bool:
    """Whether the bytes are a scan's file, or what is left of one: to tell it from other files without reading it."""
    return SAYS_SCAN.search(content) is not None


def read_evidence_file(content: bytes) -> dict[str, Any]:
    """The JSON of a scan's file. Raises ValidationFailed with up to 50 issues (200 of broken JSON), each with the path
    of its field as key ("apps[3].files"). Reading 5 MB, the most allowed, takes a few seconds.

    >>> read_evidence_file(b'{"format": "evidence/2"}')
    Traceback (most recent call last):
    assess.questionnaire.validation.ValidationFailed: format: Scan again ...
    """
    if len(content) <= MAX_BYTES and not content.strip():
        message = _("The file is empty. Choose the file that the scanner wrote, evidence.json")
        raise ValidationFailed([Issue(code="empty", key="file", message=message)])
    data = read_document(content, file="", most=MAX_BYTES)
    check_format(data)
    data = cast(dict[str, Any], data)
    for find_issues in (find_schema_issues, find_hidden_characters, find_content_issues):
        # Each relies on what the ones before it found to be so.
        issues = list(islice(find_issues(data), MAX_ISSUES))
        if issues:
            raise ValidationFailed(issues)
    return data


def check_format(data: object) -> None:
    """Raises ValidationFailed for what is no file of `evidence/1` at all, with one issue instead of one a field."""
    said = data.get("format") if isinstance(data, dict) else None
    if isinstance(said, str) and said.startswith("evidence/") and said != FORMAT:
        message = _("Scan again with the scanner that this site offers: it reads {format}, and this file is {other}")
        message = message.format(format=FORMAT, other=shown(said))
        raise ValidationFailed([Issue(code="other_version", key="format", message=message)])
    if said != FORMAT:
        message = _("Choose the file that the scanner wrote, evidence.json; this file is something else")
        raise ValidationFailed([Issue(code="not_evidence", key="format", message=message)])


# --- the schema


def check_nullable(validator: Any, schemas: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`anyOf` as this schema uses it: null, or the second. Lazily, as the rows inside may be wrong a million times."""
    if instance is not None:
        yield from validator.descend(instance, schemas[1], schema_path=1)


def check_items(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """As JSON Schema means it, but not for a list that is refused for its length: that could take minutes."""
    if isinstance(instance, list) and len(instance) <= schema["maxItems"]:
        for index, item in enumerate(instance):
            yield from validator.descend(item, items, path=index)


def is_whole(checker: Any, instance: object) -> bool:
    """A count is written as one: 3, neither 3.0 nor true."""
    return isinstance(instance, int) and not isinstance(instance, bool)


VALIDATOR: Final = extend(  # type: ignore[no-untyped-call]  # as jsonschema is
    Draft202012Validator,
    {"pattern": check_pattern, "anyOf": check_nullable, "items": check_items},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_whole),
)(SCHEMA)

TYPES: Final = Words(
    {
        "object": N_("Write an object here, with its fields in braces"),
        "array": N_("Write a list here, in brackets"),
        "string": N_("Write text here, in quotes"),
        "integer": N_("Write a whole number here, without quotes or decimals"),
        "boolean": N_("Write true or false here, without quotes"),
    }
)


def find_schema_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """What the JSON Schema forbids."""
    for error in VALIDATOR.iter_errors(data):
        path: Path = tuple(error.absolute_path)
        for code, message, name in explain_violation(error):
            key = readable_path((*path, name) if name else path)
            yield Issue(code=code, message=message, key=key)


def explain_violation(error: ValidationError) -> Iterator[tuple[str, str, str]]:
    """Code, what to do, and the name of the field below the violation's place that it is about."""
    value: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            # jsonschema reports each missing field by itself, and names it only in its message.
            for name in limit:
                if error.message.startswith(repr(name)):
                    yield "missing", _("Add `{name}`; every scan has it").format(name=name), name
        case "additionalProperties":
            known = cast(Mapping[str, Any], error.schema)["properties"]
            for name in islice((name for name in value if name not in known), MAX_ISSUES):
                yield "unknown_field", _("Remove this field; no scan has it"), name
        case "type":
            yield "wrong_type", TYPES[limit], ""
        case "enum":
            yield "not_allowed", _("Write one of {choices}").format(choices=", ".join(limit)), ""
        case "pattern":
            yield "bad_text", explain_pattern(limit, value), ""
        case "minLength":
            yield "empty", _("Write at least one character here"), ""
        case "maxLength":
            message = _("Shorten this to {most} characters; it has {count}")
            yield "too_long", message.format(most=number(limit), count=number(len(value))), ""
        case "minimum":
            yield "out_of_range", _("Write {number} or more").format(number=number(limit)), ""
        case "maximum":
            yield "out_of_range", _("Write {number} or less").format(number=number(limit)), ""
        case "maxItems":
            message = _("Keep to {most} entries; this list has {count}")
            yield "too_many", message.format(most=number(limit), count=number(len(value))), ""


def explain_pattern(pattern: str, value: str) -> str:
    """How a text of this pattern is written."""
    if "T[0-9]" in pattern:
        return _("Write date and time as 2026-11-02T09:00:00Z")
    if pattern.startswith("^[0-9]"):
        return _("Write the day as 2026-11-02")
    if "{40}" in pattern:
        return _("Write the whole commit hash: 40 or 64 digits from 0 to f")
    if pattern.startswith("^[a-z]"):
        return _("Use small letters a-z, digits and underscores here, a letter first")
    hidden = HIDDEN.search(value)
    return explain_hidden(hidden[0] if hidden else "\n")


def explain_hidden(letter: str) -> str:
    return _("Remove the invisible character U+{code} from this text").format(code=f"{ord(letter):04X}")


# --- what a schema cannot say; the shapes are right from here on


def find_hidden_characters(data: object, path: Path = ()) -> Iterator[Issue]:
    """Texts with characters that show nothing, or turn the text around them."""
    if isinstance(data, str):
        hidden = HIDDEN.search(data)
        if hidden:
            yield Issue(code="hidden_character", message=explain_hidden(hidden[0]), key=readable_path(path))
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from find_hidden_characters(value, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from find_hidden_characters(value, (*path, index))


#: Fields that name an app, by list: all of them must be among `apps`.
APPS_NAMED: Final[Mapping[Path, tuple[str, ...]]] = {
    ("models",): ("app",),
    ("relations",): ("from_app", "to_app"),
    ("imports",): ("from", "to"),
    ("cycles", "cut"): ("from", "to"),
    ("cycles", "cut_imports"): ("from", "to"),
    ("history", "changes"): ("app",),
    ("history", "pairs"): ("a", "b"),
    ("people", "apps"): ("app",),
}
#: Fields that tell the entries of a list apart.
UNIQUE_BY: Final[Mapping[Path, tuple[str, ...]]] = {
    ("limits",): ("code",),
    ("unread", "counts"): ("reason",),
    ("apps",): ("id",),
    ("models",): ("app", "name"),
    ("relations",): ("from_app", "from_model", "field", "to_label", "to_model", "kind"),
    ("imports",): ("from", "to"),
    ("cycles", "cut"): ("from", "to"),
    ("history", "changes"): ("app",),
    ("history", "pairs"): ("a", "b"),
    ("people", "apps"): ("app",),
    ("capabilities",): ("kind", "name"),
}
#: Lists of what lies between two different apps.
BETWEEN: Final[Mapping[Path, tuple[str, str]]] = {
    ("imports",): ("from", "to"),
    ("cycles", "cut"): ("from", "to"),
    ("cycles", "cut_imports"): ("from", "to"),
    ("history", "pairs"): ("a", "b"),
}
#: Part and whole: the first is never more than the second. Of each entry where the path is a list.
AT_MOST: Final[tuple[tuple[Path, str, str], ...]] = (
    (("imports",), "lazy", "imports"),
    (("history",), "across_apps", "units"),
    (("people",), "active_authors", "authors"),
    (("people",), "authors", "commits"),
    (("people",), "top_author_commits", "commits"),
    (("people", "apps"), "active_authors", "authors"),
    (("people", "apps"), "authors", "commits"),
    (("people", "apps"), "top_author_commits", "commits"),
    (("rhythm",), "tag_days", "tags"),
)
DAYS: Final[tuple[Path, ...]] = (
    ("scanned_at",),
    ("repository", "committed_on"),
    ("history", "since"),
    ("history", "until"),
    ("rhythm", "last_tag_on"),
)


def find_content_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """What contradicts itself: apps that are not listed, entries given twice, parts larger than their whole."""
    yield from find_days_that_do_not_exist(data)
    yield from find_repeated_entries(data)
    yield from find_unknown_apps(data)
    yield from find_parts_above_their_whole(data)
    yield from find_wrong_sums(data)


def value_at(data: Any, path: Path) -> Any:
    """The value there; None where a part of the scan is null, as without git."""
    for name in path:
        data = None if data is None else data[name]
    return data


def entries_at(data: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each entry of the list there with its place, or the one object there; nothing where it is null."""
    found = value_at(data, path)
    if isinstance(found, list):
        yield from (((*path, index), entry) for index, entry in enumerate(found))
    elif found is not None:
        yield path, found


def find_days_that_do_not_exist(data: Mapping[str, Any]) -> Iterator[Issue]:
    for path in DAYS:
        text = value_at(data, path)
        if text is not None and not is_moment(text):
            message = _("Write a day from 1970 to 2099 that exists, and a time up to 23:59:59")
            yield Issue(code="no_such_day", message=message, key=readable_path(path))
    history = data["history"]
    if history and history["since"] > history["until"]:
        message = _("Write the earlier day in `since` and the later in `until`")
        yield Issue(code="wrong_order", message=message, key="history.since")


def is_moment(text: str) -> bool:
    """Whether there is such a day, and such a time where one follows; the digits are where they belong."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    if not (1970 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return False
    return len(text) == 10 or (int(text[11:13]) < 24 and int(text[14:16]) < 60 and int(text[17:19]) < 60)


def find_repeated_entries(data: Mapping[str, Any]) -> Iterator[Issue]:
    for path, names in UNIQUE_BY.items():
        yield from repeated(path, [tuple(entry[name] for name in names) for _place, entry in entries_at(data, path)])
    yield from repeated(("cycles", "order"), data["cycles"]["order"])
    yield from repeated(("cycles", "groups"), [app for group in data["cycles"]["groups"] for app in group])
    # A pair is the same the other way round.
    pairs = {(entry["a"], entry["b"]) for _place, entry in entries_at(data, ("history", "pairs"))}
    for path, entry in entries_at(data, ("history", "pairs")):
        if entry["a"] > entry["b"] and (entry["b"], entry["a"]) in pairs:
            yield given_twice(path, (entry["a"], entry["b"]))


def repeated(path: Path, keys: Sequence[Any]) -> Iterator[Issue]:
    seen = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield given_twice((*path, index), key)
        seen.add(key)


def given_twice(path: Path, key: Any) -> Issue:
    name = shown(" / ".join(str(part) for part in (key if isinstance(key, tuple) else (key,))))
    message = _("Remove one of the two: {name} is given twice").format(name=name)
    return Issue(code="given_twice", message=message, key=readable_path(path))


def find_unknown_apps(data: Mapping[str, Any]) -> Iterator[Issue]:
    known = {app["id"] for app in data["apps"]}

    def unknown(path: Path, app: str) -> Issue:
        message = _("Add the app {app} to `apps`, or remove what names it").format(app=shown(app))
        return Issue(code="unknown_app", message=message, key=readable_path(path))

    for path, names in APPS_NAMED.items():
        for place, entry in entries_at(data, path):
            for name in names:
                # A relation that leads out of the repository has no app.
                if entry[name] is not None and entry[name] not in known:
                    yield unknown((*place, name), entry[name])
    for index, app in enumerate(data["cycles"]["order"]):
        if app not in known:
            yield unknown(("cycles", "order", index), app)
    for index, group in enumerate(data["cycles"]["groups"]):
        for at, app in enumerate(group):
            if app not in known:
                yield unknown(("cycles", "groups", index, at), app)
    for path, (one, other) in BETWEEN.items():
        for place, entry in entries_at(data, path):
            if entry[one] == entry[other]:
                message = _("Name two different apps in `{one}` and `{other}`").format(one=one, other=other)
                yield Issue(code="same_app", message=message, key=readable_path(place))


def find_parts_above_their_whole(data: Mapping[str, Any]) -> Iterator[Issue]:
    for path, part, whole in AT_MOST:
        for place, entry in entries_at(data, path):
            yield from above(readable_path((*place, part)), entry[part], f"`{whole}`", entry[whole])
    history, people = data["history"], data["people"]
    changes = {entry["app"]: entry["units"] for entry in history["changes"]} if history else {}
    for app, units in changes.items():
        yield from above(f"history.changes[{shown(app)}]", units, "`history.units`", history["units"])
    for place, entry in entries_at(data, ("history", "pairs")):
        for name in ("a", "b"):
            if entry[name] in changes:
                whole = _("the changes of {app}").format(app=shown(entry[name]))
                yield from above(readable_path((*place, "together")), entry["together"], whole, changes[entry[name]])
    for place, entry in entries_at(data, ("people", "apps")):
        for name in ("commits", "authors", "active_authors"):
            yield from above(readable_path((*place, name)), entry[name], f"`people.{name}`", people[name])


def find_wrong_sums(data: Mapping[str, Any]) -> Iterator[Issue]:
    cycles, imports = data["cycles"], data["imports"]
    yield from above("cycles.cut", sum(cut["imports"] for cut in cycles["cut"]), "`cycles.imports`", cycles["imports"])
    if any(limit["code"] == "rows_cut" for limit in data["limits"]):
        return  # The scan left some out, so that nothing can be added up.
    between = {(entry["from"], entry["to"]): entry["imports"] + entry["references"] for entry in imports}
    yield from above("cycles.imports", cycles["imports"], _("the sum of `imports`"), sum(between.values()))
    for place, cut in entries_at(data, ("cycles", "cut")):
        whole = _("the imports between the two apps")
        most = between.get((cut["from"], cut["to"]), 0)
        yield from above(readable_path((*place, "imports")), cut["imports"], whole, most)


def above(key: str, part: int, whole: str, most: int) -> Iterator[Issue]:
    """An issue where the part is more than its whole."""
    if part > most:
        message = _("Write at most {most} here, as in {whole}; this has {count}")
        message = message.format(most=number(most), whole=whole, count=number(part))
        yield Issue(code="above_whole", message=message, key=key)
