"""Reads JSON strictly: refuses by name and line what `json.loads` would let through or choke on.

Decides: whether bytes are plain JSON of a modest size. Does not decide: whether that is a document of answers.
"""

import json
import math
import re
from typing import Final, cast

from assess.language import _
from assess.questionnaire.reader import MAX_BYTES, MAX_PROBLEMS, decode_text
from assess.questionnaire.validation import Issue, ValidationFailed, shown

MAX_JSON_DEPTH: Final = 12

# A string without its closing quote runs to the end, so that no text is gone over twice.
TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+"?)
    |(?P<word>-?[A-Za-z]+)
    |(?P<number>-?[0-9][0-9.eE+-]*)
    |(?P<mark>[{}\[\]:,])
    |(?P<line>\n)""",
    re.DOTALL | re.VERBOSE,
)


def read_document(content: bytes, *, file: str, most: int = MAX_BYTES) -> object:
    """The JSON document in `content` as plain Python values; `file` is its name in messages.

    Raises ValidationFailed, with the line where there is one, for: more than `most` bytes (256 KB), broken UTF-8 or
    JSON, a name given twice in one object, NaN and infinities (also as 1e999), more than 12 levels, and halves of
    surrogate pairs.

    >>> read_document(b'{"answers": {"teams": 5}}', file="a.json")
    {'answers': {'teams': 5}}
    """
    text = decode_text(content, file=file, kind="file", most=most)
    issues = find_json_issues(text, file)
    if issues:
        raise ValidationFailed(issues[:MAX_PROBLEMS])
    try:
        return cast(object, json.loads(text))
    except json.JSONDecodeError as error:
        message = _("Mend the JSON here ({what}, column {column}): check quotes, commas and brackets")
        message = message.format(what=error.msg, column=error.colno)
        raise ValidationFailed([Issue(code="syntax", message=message, file=file, line=error.lineno)]) from None
    except ValueError:
        # Python refuses to read whole numbers of more than some thousand digits.
        message = _("Write numbers with fewer than 400 digits")
        raise ValidationFailed([Issue(code="number", message=message, file=file)]) from None


def find_json_issues(text: str, file: str) -> list[Issue]:
    """An issue for whatever `json.loads` would let through or choke on. Broken JSON is read loosely: on syntax
    `json.loads` decides."""
    issues: list[Issue] = []
    line = 1
    # For each open bracket the names met so far; None for a list.
    open_names: list[set[str] | None] = []
    last_string: str | None = None

    def note(code: str, message: str, key: str = "") -> None:
        issues.append(Issue(code=code, message=message, file=file, line=line, key=key))

    for token in TOKEN.finditer(text):
        kind, part = token.lastgroup, token[0]
        if len(issues) >= MAX_PROBLEMS:
            break
        if kind == "line":
            line += 1
            continue
        if kind == "string":
            line += part.count("\n")
            last_string = decode_string(part)
            if last_string is not None and any("\ud800" <= letter <= "\udfff" for letter in last_string):
                note("surrogate", _("Remove the escape \\ud800 to \\udfff that is only half a character"))
            continue
        if kind == "word" and part in ("NaN", "Infinity", "-Infinity"):
            note("not_a_number", _("Write a number or null instead of {word}").format(word=part))
        elif kind == "number" and not is_finite_number(part):
            note("number", _("Write a number that is finite and has fewer than 400 digits"))
        elif part in "{[":
            open_names.append(set() if part == "{" else None)
            if len(open_names) > MAX_JSON_DEPTH:
                note("too_deep", _("Nest at most {most} levels; answers need four").format(most=MAX_JSON_DEPTH))
                break
        elif part in "}]" and open_names:
            open_names.pop()
        elif part == ":" and last_string is not None and open_names:
            names = open_names[-1]
            if names is not None and last_string in names:
                name = shown(last_string)
                message = _("Remove one of the two: {name} is given twice in one object").format(name=name)
                note("duplicate_key", message, name)
            elif names is not None:
                names.add(last_string)
        last_string = None
    return issues


def decode_string(token: str) -> str | None:
    """The text that a JSON string stands for; None for a broken one."""
    try:
        return cast(str, json.loads(token))
    except ValueError:
        return None


def is_finite_number(token: str) -> bool:
    """Whether the number can be held; also true of what is no number at all, which is a matter of syntax."""
    try:
        return len(token) <= 400 and math.isfinite(float(token))
    except ValueError:
        return True
