# ruff: noqa: E501 -- a row of a table stays on one line
"""Broken and hostile questionnaire files, each with the reason and the line that it must be refused with.

A table, since files on disk would have to be opened one by one to see what is wrong in them. Most break the built-in
file in one place, as somebody's slip or attack would; `LINE` marks that place and is taken out again. The first table
is of files to refuse, the second of oddities that are harmless and so are let in, each with what becomes of it.
"""

from dataclasses import dataclass

from assess.questionnaire_files import BUILTIN_FILE

BUILTIN = BUILTIN_FILE.read_text("utf-8")
#: Stands before the text whose line the refusal must name.
LINE = "⟦"
KILOBYTE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Hostile:
    """`code` and `line` are of some problem in the refusal; `line` None where the whole file is meant."""

    name: str
    content: bytes
    code: str
    line: int | None


def refused(name: str, text: str, code: str) -> Hostile:
    """A file given as text, the mark of the line in it."""
    before, mark, after = text.partition(LINE)
    line = before.count("\n") + 1 if mark else None
    return Hostile(name=name, content=(before + after).encode("utf-8", "surrogatepass"), code=code, line=line)


def broken(name: str, old: str, new: str, code: str) -> Hostile:
    """The built-in file with its first `old` replaced."""
    assert old in BUILTIN, old
    return refused(name, BUILTIN.replace(old, new, 1), code)


def raw(name: str, content: bytes, code: str, line: int | None) -> Hostile:
    return Hostile(name=name, content=content, code=code, line=line)


def _bomb(levels: int) -> str:
    rows = [f"{LINE}a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    rows += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(rows)


def _nested(levels: int) -> str:
    return "title: x\nsummary:\n  " + "[" * 11 + LINE + "[" * (levels - 11) + "]" * levels


QUESTION = """\
      - key: {key}
        type: number
        wording: How many?
        hint: Count.
        why: It counts.
        sources: [ours]
        unit: things
        minimum: 0
        maximum: 9
        whole: true
"""
OPTION = "          - value: {value}\n            label: L\n            means: M.\n"
#: The first question of the built-in file, up to its options.
SCOPE = BUILTIN[BUILTIN.index("      - key: scope\n") : BUILTIN.index("          - value: whole_system")]


def _more_questions(count: int) -> str:
    extra = "".join(QUESTION.format(key=f"more_{n}") for n in range(count))
    head = "\nsections:\n  - slug: scope"
    assert head in BUILTIN
    return BUILTIN.replace("\nsections:\n", f"\n{LINE}sections:\n", 1) + "\n" + extra


def _more_sections(count: int) -> str:
    extra = "".join(
        f"  - slug: more_{n}\n    title: T\n    intro: I.\n    questions:\n{QUESTION.format(key=f'more_{n}')}"
        for n in range(count)
    )
    return BUILTIN.replace("\nsections:\n", f"\n{LINE}sections:\n", 1) + "\n" + extra


def _more_options(count: int) -> str:
    marked = SCOPE.replace("        options:", f"        {LINE}options:")
    extra = "".join(OPTION.format(value=f"more_{n}") for n in range(count))
    return BUILTIN.replace(SCOPE, marked + extra, 1)


LONG = {"line": "x" * 121, "sentence": "x" * 301, "paragraph": "x " * 501}
HIRING = "reads: {axis: people, weight: 40, levels: {hard: 0, mixed: 50, easy: 100}}"
MINUTES = "reads: {axis: deployable, signal: speed, comfortable: 10, acute: 30, top: 30}"
ASKED = "asked_when: {key: current_shape, any_of: [monolith_with_services, services]}"

REFUSED: tuple[Hostile, ...] = (
    # --- the file itself
    raw("nothing at all", b"", "empty", None),
    raw("spaces only", b" \n\n  ", "empty", None),
    raw("comments only", b"# title: x\n# version: 1\n", "wrong_type", 1),
    raw("one byte too large", b"#" * (256 * KILOBYTE + 1), "too_large", None),
    raw("a megabyte", BUILTIN.encode() + b"# x\n" * 256 * KILOBYTE, "too_large", None),
    raw("a byte order mark", b"\xef\xbb\xbf" + BUILTIN.encode(), "not_utf8", 1),
    raw("UTF-16", BUILTIN.encode("utf-16"), "not_utf8", 1),
    raw("UTF-16 without a mark", "title: x\n".encode("utf-16-le"), "control_character", 1),
    raw("UTF-32", "title: x".encode("utf-32"), "not_utf8", 1),
    raw("Latin-1", b"version: 1\ntitle: caf\xe9\n", "not_utf8", 2),
    raw("overlong encoding of a slash", b"title: \xc0\xaf\n", "not_utf8", 1),
    raw("a surrogate in UTF-8", b"a: 1\ntitle: \xed\xa0\x80\n", "not_utf8", 2),
    raw("a ZIP archive", b"PK\x03\x04\x14\x00" + bytes(64), "control_character", 1),
    raw("a gzip stream", b"\x1f\x8b\x08\x00" + bytes(64), "not_utf8", 1),
    refused("NUL in the middle", f"version: 1\n{LINE}title: a\x00b\n", "control_character"),
    refused("an escape sequence for terminals", f"{LINE}title: \x1b[31mred\n", "control_character"),
    refused("a next-line character", f"a: 1\n{LINE}title: a\x85b\n", "control_character"),
    refused("NUL by escape", BUILTIN.replace("title: Split checklist", f'{LINE}title: "a\\0b"'), "control_character"),
    # --- what YAML could do
    refused("nine levels of aliases", _bomb(9), "anchor"),
    refused("an alias to itself", f"{LINE}a: &a [*a]\n", "alias"),
    refused("an alias as a key", f"a: &a x\n{LINE}*a : y\n", "alias"),
    refused("an alias that nothing defines", f"a: 1\n{LINE}b: *nothing\n", "alias"),
    refused("thousands of aliases", f"{LINE}a: &a x\n" + "".join(f"c{n}: *a\n" for n in range(5000)), "anchor"),
    refused("a Python object", f"{LINE}!!python/object/apply:os.system ['touch /tmp/x']\n", "tag"),
    refused("a Python module", f"a: 1\n{LINE}b: !!python/module:os ''\n", "tag"),
    refused("a Python name", f"{LINE}a: !!python/name:builtins.exec ''\n", "tag"),
    refused("a constructor's arguments", f"{LINE}a: !!python/object/new:type {{args: [x]}}\n", "tag"),
    refused("a tag of its own", f"{LINE}a: !secret b\n", "tag"),
    refused("binary", f"{LINE}a: !!binary aGVsbG8=\n", "tag"),
    refused("a set", f"{LINE}a: !!set {{b, c}}\n", "tag"),
    refused("a tag directive", f"{LINE}%TAG ! tag:example.org,2000:\n---\na: !b c\n", "directive"),
    refused("a merge key", f"a: {{b: 1}}\nc:\n  {LINE}<<: {{b: 2}}\n", "merge_key"),
    refused("nested too deep", _nested(13), "too_deep"),
    refused("nested absurdly deep", _nested(5000), "too_deep"),
    refused("too many values", "a:\n" + "- x\n" * 19_997 + f"{LINE}- x\n" + "- x\n" * 50, "too_many_values"),
    refused("two documents", f"a: 1\n{LINE}---\nb: 2\n", "documents"),
    refused("a list as a key", f"a: 1\n{LINE}? [b, c]\n: d\n", "key_not_text"),
    broken("a key given twice", "\nversion: 2\n", f"\nversion: 2\n{LINE}version: 2\n", "duplicate_key"),
    refused("tabs for indentation", f"a:\n{LINE}\tb: 1\n", "syntax"),
    refused("a bracket left open", f"a: [1, 2\n{LINE}b: 3\n", "syntax"),
    refused("an escape of no character", f'{LINE}a: "\\U00110000"\n', "syntax"),
    refused("an escape of no machine's number", f'{LINE}"\\UFFFFFFFF": 1\n', "syntax"),
    # --- the wrong shape
    refused("a list at the top", f"{LINE}- questionnaire: x\n", "wrong_type"),
    refused("a word at the top", f"{LINE}hello\n", "wrong_type"),
    refused("answers instead of questions", f'{LINE}{{"answers": {{"teams": 5}}}}\n', "unknown_field"),
    refused("every field missing", f"{LINE}questionnaire: x\n", "missing"),
    refused("sections as text", f"questionnaire: x\n{LINE}sections: none\n", "wrong_type"),
    broken("a field that does not exist", "\nlanguage: en\n", f"\nlanguage: en\n{LINE}on_load: run()\n", "unknown_field"),
    broken("a question's field that does not exist", "        type: choice\n", f"        type: choice\n        {LINE}script: x\n", "unknown_field"),
    broken("a wording that is missing", SCOPE, SCOPE.replace("- key", f"- {LINE}key").replace("wording: ", "# "), "missing"),
    broken("a path for a language", "\nlanguage: en\n", f"\n{LINE}language: ../../etc/passwd\n", "bad_name"),
    broken("a path for a name", "\nquestionnaire: split-checklist\n", f"\n{LINE}questionnaire: ../split\n", "bad_name"),
    broken("a version of nought", "\nversion: 2\n", f"\n{LINE}version: 0\n", "out_of_range"),
    broken("a negative version", "\nversion: 2\n", f"\n{LINE}version: -1\n", "out_of_range"),
    broken("a version in octal", "\nversion: 2\n", f"\n{LINE}version: 010\n", "ambiguous"),
    broken("a version of a hundred thousand digits", "\nversion: 2\n", f"\n{LINE}version: {'9' * 100_000}\n", "ambiguous"),
    broken("a bare no for text", "title: Split checklist", f"{LINE}title: no", "ambiguous"),
    broken("bare minutes for text", "title: Split checklist", f"{LINE}title: 1:30", "ambiguous"),
    broken("a bare on as an option", "value: whole_system", f"{LINE}value: on", "ambiguous"),
    broken("a key with markup", "- key: scope\n", f"- {LINE}key: <b>scope</b>\n", "bad_name"),
    broken("a key used twice", "- key: current_shape\n", f"- {LINE}key: scope\n", "duplicate"),
    broken("an option used twice", "value: one_part\n", f"{LINE}value: whole_system\n", "duplicate"),
    broken("an option by a reserved name", "value: one_part\n", f"{LINE}value: none_of_these\n", "reserved"),
    # --- too much
    refused("201 questions", _more_questions(201 - 37), "too_many"),
    refused("21 sections", _more_sections(21 - BUILTIN.count("\n  - slug: ")), "too_many"),
    refused("13 options", _more_options(11), "too_many"),
    broken("a title too long", "title: Split checklist", f"{LINE}title: {LONG['line']}", "too_long"),
    broken("a hint too long", "hint: Choose the smallest", f"{LINE}hint: {LONG['sentence']} smallest", "too_long"),
    broken("a name too long", "value: whole_system", f"{LINE}value: {'x' * 61}", "too_long"),
    # --- readings
    broken("a weight of nought", HIRING, f"{LINE}{HIRING.replace('40', '0')}", "out_of_range"),
    broken("a negative weight", HIRING, f"{LINE}{HIRING.replace('40', '-40')}", "out_of_range"),
    broken("a huge weight", HIRING, f"{LINE}{HIRING.replace('40', '101')}", "out_of_range"),
    broken("a weight in quotes", HIRING, f"{LINE}{HIRING.replace('40', repr('40'))}", "wrong_type"),
    broken("a weight that is true", HIRING, f"{LINE}{HIRING.replace('40', 'true')}", "wrong_type"),
    broken("a weight on a pain", MINUTES, f"{LINE}{MINUTES.replace('top: 30', 'weight: 30')}", "weight_on_pain"),
    broken("a level above a hundred", HIRING, f"{LINE}{HIRING.replace('100', '101')}", "out_of_range"),
    broken("a negative level", HIRING, f"{LINE}{HIRING.replace('hard: 0', 'hard: -1')}", "out_of_range"),
    broken("a level with a fraction", HIRING, f"{LINE}{HIRING.replace('50', '50.5')}", "wrong_type"),
    broken("a level that is true", HIRING, f"{LINE}{HIRING.replace('100', 'true')}", "wrong_type"),
    broken("a level that is missing", HIRING, f"{LINE}{HIRING.replace(', easy: 100', '')}", "level_missing"),
    broken("a level too many", HIRING, f"{LINE}{HIRING.replace('easy', 'perfect: 100, easy')}", "level_unknown"),
    broken("an axis that does not exist", HIRING, f"{LINE}{HIRING.replace('people', 'luck')}", "unknown_axis"),
    broken("an anchor that is no number", MINUTES, f"{LINE}{MINUTES.replace('10', '.nan')}", "ambiguous"),
    broken("an anchor that is infinite", MINUTES, f"{LINE}{MINUTES.replace('acute: 30', 'acute: .inf')}", "ambiguous"),
    broken("an anchor beyond reason", MINUTES, f"{LINE}{MINUTES.replace('acute: 30', 'acute: 9999999999')}", "out_of_range"),
    broken("equal anchors", MINUTES, f"{LINE}{MINUTES.replace('comfortable: 10', 'comfortable: 30')}", "anchors"),
    # --- conditions
    broken("a condition on an unknown question", ASKED, f"{LINE}{ASKED.replace('current_shape', 'nothing')}", "unknown_question"),
    broken("a condition on a later question", ASKED, f"{LINE}{ASKED.replace('current_shape', 'hiring')}", "later_question"),
    broken("a condition on itself", ASKED, f"{LINE}{ASKED.replace('current_shape', 'services')}", "later_question"),
    broken("a circle of conditions", "- key: current_shape\n        type: choice\n",
           "- key: current_shape\n        type: choice\n        "
           f"{LINE}asked_when: {{key: distributed_monolith_signs, any_of: [shared_database]}}\n", "later_question"),
    broken("a condition on an unknown option", ASKED, f"{LINE}{ASKED.replace(', services]', ', microservices]')}", "unknown_option"),
    broken("a condition without options", ASKED, f"{LINE}asked_when: {{key: current_shape, any_of: []}}", "too_few"),
)  # fmt: skip

#: What is let in, with a text that the loaded questionnaire must then hold as it is.
HARMLESS: dict[str, tuple[bytes, str]] = {
    "Windows line ends": (BUILTIN.replace("\n", "\r\n").encode(), "Split checklist"),
    "markup, which pages show as text": (
        BUILTIN.replace("title: Split checklist", 'title: "<script>alert(1)</script>"').encode(),
        "<script>alert(1)</script>",
    ),
    "template syntax, which nothing evaluates": (
        BUILTIN.replace("title: Split checklist", 'title: "{% include x %} {{ 7 }}"').encode(),
        "{% include x %} {{ 7 }}",
    ),
    "a formula, which stays text": (BUILTIN.replace("title: Split checklist", 'title: "=1+1"').encode(), "=1+1"),
    "an address of a script, which is never a link": (
        BUILTIN.replace("title: Split checklist", "title: javascript:alert(1)").encode(),
        "javascript:alert(1)",
    ),
    "text that runs from right to left, with its marks": (
        BUILTIN.replace("title: Split checklist", "title: \u202bקריאה\u202c").encode(),
        "\u202bקריאה\u202c",
    ),
    "emoji and other planes": (BUILTIN.replace("title: Split checklist", "title: \U0001f680 𝔖").encode(), "\U0001f680 𝔖"),
    "a quoted no": (BUILTIN.replace("title: Split checklist", 'title: "no"').encode(), "no"),
    "JSON, which is YAML as well": (b"", "Split checklist"),
    "exactly 256 KB": (
        BUILTIN.encode() + b"\n#" + b"x" * (256 * KILOBYTE - len(BUILTIN.encode()) - 2),
        "Split checklist",
    ),
}  # fmt: skip
