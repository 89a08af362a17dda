# ruff: noqa: E501 -- a row of a table stays on one line, to be checked against the file it breaks
"""Every mistake in a questionnaire file is told with its line, its key and what to do; all of them at once."""

import json
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.reader import read_yaml
from assess.questionnaire.schema import Questionnaire
from assess.questionnaire.validation import Issue, ValidationFailed
from assess.questionnaire_files import BUILTIN_FILE, load_questionnaire_file, questionnaire_schema
from tests.suites import slow_except
from tests.unit.questionnaire.conftest import SMALL
from tests.work import within


def load(content: bytes | str) -> Questionnaire:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return load_questionnaire(raw, file="own.yaml", schema=questionnaire_schema())


def problems_of(content: bytes | str) -> list[Issue]:
    with pytest.raises(ValidationFailed) as caught:
        load(content)
    assert caught.value.issues
    return caught.value.issues


def test_the_small_list_loads_as_written() -> None:
    questionnaire = load(SMALL)
    runs, signs, minutes = questionnaire.questions
    assert (questionnaire.slug, questionnaire.version, questionnaire.section("shape").title) == (
        "small-list",
        1,
        "Shape",
    )
    assert runs.option("many").means == "Several deployments."
    assert runs.reads
    assert runs.reads.signal == "runs"
    assert runs.reads.levels == {"one": 0, "many": 100}
    (condition,) = signs.asked_when
    assert (condition.key, condition.any_of) == ("runs", ("many",))
    assert (minutes.minimum, minutes.maximum, minutes.whole, minutes.quick) == (0, 10080, False, True)
    assert minutes.reads
    assert (minutes.reads.signal, minutes.reads.comfortable, minutes.reads.top) == ("speed", 10, 30)


# Each row breaks one place: what to replace, with what, then the line, key and code of the only problem, and words of its text.
MISTAKES = {
    "a misspelt field": ("    intro: What", "    intor: What", [
        (7, "shape.intro", "missing", "Add `intro`"), (9, "shape.intor", "unknown_field", "`intro` instead of `intor`"),
    ]),
    "a field that means nothing": ("version: 1", "version: 1\ncolour: red", [(3, "colour", "unknown_field", "Remove `colour`")]),
    "a version in quotes": ("version: 1", 'version: "1"', [(2, "version", "wrong_type", "whole number")]),
    "a version of nought": ("version: 1", "version: 0", [(2, "version", "out_of_range", "1 or more")]),
    "a version that is true": ("version: 1", "version: true", [(2, "version", "wrong_type", "whole number")]),
    "a name with capitals": ("small-list", "Small_List", [(1, "questionnaire", "bad_name", "small letters")]),
    "a language by name": ("language: en", "language: English", [(4, "language", "bad_name", "language code")]),
    "an empty title": ("title: Small list", 'title: " "', [(3, "title", "blank", "some text")]),
    "a title that is missing": ("title: Small list", "title:", [(3, "title", "wrong_type", "text here")]),
    "a title that YAML takes for minutes": ("title: Small list", "title: 1:30", [(3, "title", "ambiguous", "1:30")]),
    "a title that YAML takes for a date": ("title: Small list", "title: 2026-01-01", [(3, "title", "ambiguous", "in quotes")]),
    "a title too long": ("title: Small list", "title: " + "x" * 121, [(3, "title", "too_long", "120 characters; it has 121")]),
    "a control character by escape": ("title: Small list", 'title: "a\\0b"', [(3, "title", "control_character", "U+0000")]),
    "a question without a key": ("- key: runs\n        type", "- type", [
        (11, "shape.questions[1].key", "missing", "Add `key`"),
        (26, "signs.asked_when.key", "unknown_question", "there is no `runs`"),
    ]),
    "a name that ends in a line": ("small-list", '"small-list\\n"', [(1, "questionnaire", "bad_name", "small letters")]),
    "a language that ends in a line": ("language: en", 'language: "en\\n"', [(4, "language", "bad_name", "language")]),
    "a key with a dash": ("key: minutes", "key: the-minutes", [(31, "the-minutes.key", "bad_name", "underscores")]),
    "a key used twice": ("key: minutes", "key: signs", [(31, "signs.key", "duplicate", "used on line 21")]),
    "a type that does not exist": ("type: several", "type: multiple", [(22, "signs.type", "not_allowed", "choice, several, number")]),
    "an unknown source": ("sources: [S4]", "sources: [S9]", [(26, "signs.sources[1]", "not_allowed", "S0, S1, S2, S3, S4, ours")]),
    "a source named twice": ("[S3, ours]", "[S3, S3]", [(16, "runs.sources[2]", "duplicate", "second `S3`")]),
    "quick as a word": ("quick: true", 'quick: "true"', [(33, "minutes.quick", "wrong_type", "true or false")]),
    "quick as yes": ("quick: true", "quick: yes", [
        (33, "minutes.quick", "ambiguous", '"yes"'), (33, "minutes.quick", "wrong_type", "true or false"),
    ]),
    "an option value that YAML takes for false": ("value: one,", "value: no,", [
        (18, "runs.options[1].value", "ambiguous", '"no" in quotes'),
        (20, "runs.reads.levels", "level_missing", "`no`"),
        (20, "runs.reads.levels.one", "level_unknown", "`one`"),
    ]),
    "an option value that is a number": ("value: chains", "value: 1", [(29, "signs.options[1].value", "wrong_type", "quotes")]),
    "an option value used twice": ("value: tables", "value: chains", [
        (30, "signs.options[2].value", "duplicate", "used on line 29"),
    ]),
    "an option by a reserved name": ("value: tables", "value: none_of_these", [
        (30, "signs.options[2].value", "reserved", "Choose another value"),
    ]),
    "an option without a meaning": (", means: Tables are shared.", "", [(30, "signs.options[2].means", "missing", "Add `means`")]),
    "a choice with one option": ("          - {value: many, label: Many, means: Several deployments.}\n", "", [
        (17, "runs.options", "too_few", "at least 2"),
        (19, "runs.reads.levels.many", "level_unknown", "`many`"),
        (26, "signs.asked_when.any_of[1]", "unknown_option", "no option `many`; choose from one"),
    ]),
    "options that are text": ("        options:\n          - {value: chains, label: Chains, means: One waits for another.}\n"
                              "          - {value: tables, label: Tables, means: Tables are shared.}\n",
                              "        options: chains\n", [(28, "signs.options", "wrong_type", "list")]),
    "a number with options": ("unit: minutes", "unit: minutes\n        options: [{value: a, label: A, means: A.}]", [
        (39, "minutes.options", "not_for_type", "Remove `options`"),
    ]),
    "a choice with a unit": ("hint: Choose one.", "hint: Choose one.\n        unit: pieces", [
        (15, "runs.unit", "not_for_type", "Remove `unit`"),
    ]),
    "a number without a maximum": ("        maximum: 10080\n", "", [(31, "minutes.maximum", "missing", "Add `maximum`")]),
    "bounds the wrong way round": ("minimum: 0", "minimum: 20000", [(40, "minutes.maximum", "bounds", "20,000")]),
    "bounds beyond reason": ("maximum: 10080", "maximum: 10000000000", [(40, "minutes.maximum", "out_of_range", "or less")]),
    "a bound with an underscore": ("maximum: 10080", "maximum: 10_080", [
        (40, "minutes.maximum", "ambiguous", "plain number"), (40, "minutes.maximum", "wrong_type", "a number"),
    ]),
    "a bound that is infinite": ("maximum: 10080", "maximum: .inf", [
        (40, "minutes.maximum", "ambiguous", "plain number"), (40, "minutes.maximum", "wrong_type", "a number"),
    ]),
    "a condition on an unknown question": ("{key: runs, any_of", "{key: run, any_of", [
        (27, "signs.asked_when.key", "unknown_question", "did you mean `runs`?"),
    ]),
    "a condition on a later question": ("{key: runs, any_of", "{key: minutes, any_of", [
        (27, "signs.asked_when.key", "later_question", "comes before"),
    ]),
    "a condition on itself": ("{key: runs, any_of", "{key: signs, any_of", [
        (27, "signs.asked_when.key", "later_question", "comes before"),
    ]),
    "a condition on an option that is not there": ("any_of: [many]", "any_of: [several]", [
        (27, "signs.asked_when.any_of[1]", "unknown_option", "choose from one, many"),
    ]),
    "a condition on a conditional question": ("quick: true", "asked_when: {key: signs, any_of: [chains]}", [
        (33, "minutes.asked_when.key", "conditional", "always asked"),
    ]),
    "a condition without options": ("any_of: [many]", "any_of: []", [(27, "signs.asked_when.any_of", "too_few", "at least 1")]),
    "an unknown axis": ("axis: devops", "axis: dev_ops", [(20, "runs.reads.axis", "unknown_axis", "separability, devops")]),
    "an axis of one's own that is not listed": ("axis: devops", "axis: audit", [
        (20, "runs.reads.axis", "unknown_axis", "list `audit` under `axes`"),
    ]),
    "an axis of one's own by a name of the model": ("sections:", "axes: [{slug: people, title: P, means: M.}]\nsections:", [
        (6, "axes[1].slug", "reserved", "`people` is an axis of the model"),
    ]),
    "an axis of one's own given twice": (
        "sections:", "axes:\n  - {slug: audit, title: A, means: M.}\n  - {slug: audit, title: A, means: M.}\nsections:",
        [(8, "axes[2].slug", "duplicate", "used on line 7")],
    ),
    "an axis of one's own that does not say what 100 means": (
        "sections:", "axes: [{slug: audit, title: A}]\nsections:", [(6, "axes[1].means", "missing", "Add `means`")],
    ),
    "more axes than anybody reads": (
        "sections:", "axes: [" + ", ".join(f"{{slug: a{n}, title: A, means: M.}}" for n in range(7)) + "]\nsections:",
        [(6, "axes", "too_many", "Keep to 6; this has 7")],
    ),
    "a question that nothing reads, with a reading": ("quick: true", "unscored: true", [
        (33, "minutes.unscored", "unscored_reads", "Remove `unscored` or `reads`"),
    ]),
    "a weight on a pain": ("signal: speed", "signal: speed, weight: 5", [
        (42, "minutes.reads.weight", "weight_on_pain", "Remove `weight`"),
    ]),
    "a signal on a weighted axis": ("weight: 100", "weight: 100, signal: x", [
        (20, "runs.reads.signal", "signal_without_effect", "Remove `signal`"),
    ]),
    "no weight on a weighted axis": (", weight: 100", "", [(20, "runs.reads.weight", "missing", "Add `weight`")]),
    "a weight of nought": ("weight: 100", "weight: 0", [(20, "runs.reads.weight", "out_of_range", "1 or more")]),
    "a level that is missing": ("levels: {one: 0, many: 100}", "levels: {one: 0}", [
        (20, "runs.reads.levels", "level_missing", "`many`"),
    ]),
    "a level above a hundred": ("many: 100}", "many: 101}", [(20, "runs.reads.levels.many", "out_of_range", "100 or less")]),
    "a level with a fraction": ("many: 100}", "many: 99.5}", [(20, "runs.reads.levels.many", "wrong_type", "whole number")]),
    "no levels": (", levels: {one: 0, many: 100}", "", [(20, "runs.reads.levels", "missing", "Add `levels`")]),
    "anchors on a choice": ("levels: {one: 0, many: 100}", "levels: {one: 0, many: 100}, acute: 3", [
        (20, "runs.reads.acute", "not_for_type", "Remove `acute`"),
    ]),
    "levels on a number": (", top: 30", ", top: 30, levels: {}", [(42, "minutes.reads.levels", "not_for_type", "Remove `levels`")]),
    "equal anchors": ("acute: 30", "acute: 10", [(42, "minutes.reads.acute", "anchors", "differ from `comfortable`")]),
    "an anchor that is missing": (", acute: 30", "", [(42, "minutes.reads.acute", "missing", "Add `acute`")]),
    "a field given twice": ("whole: false", "whole: false\n        whole: true", [
        (42, "minutes.whole", "duplicate_key", "`whole` is given twice"),
    ]),
    "a key that YAML takes for false": ("levels: {one: 0", "levels: {off: 0", [
        (20, "runs.reads.levels.off", "ambiguous", '"off" in quotes'),
        (20, "runs.reads.levels", "level_missing", "`one`"),
        (20, "runs.reads.levels.off", "level_unknown", "`off`"),
    ]),
    "a key that is a number": ("levels: {one: 0", "levels: {1: 0", [
        (20, "runs.reads.levels.1", "key_not_text", "quotes around `1`"),
        (20, "runs.reads.levels", "level_missing", "`one`"),
        (20, "runs.reads.levels.1", "level_unknown", "`1`"),
    ]),
    "an anchor and an alias": ("title: Small list\nlanguage: en\nsummary: Three questions.",
                               "title: &t Small list\nlanguage: en\nsummary: *t", [
        (3, "title", "anchor", "Remove the anchor &t"), (5, "summary", "alias", "instead of *t"),
    ]),
    "a tag": ("title: Small list", "title: !!python/name:os.system x", [(3, "title", "tag", "Remove the tag")]),
    "a merge key": ("          - {value: one,", "          - {<<: {value: one},", [
        (18, "sections[1].questions[1].options[1].<<", "merge_key", "Write the fields out"),
    ]),
    "a second document": ("sections:", "---\nsections:", [(6, "", "documents", "one questionnaire")]),
    "a directive": ("questionnaire: small", "%YAML 1.1\n---\nquestionnaire: small", [(1, "", "directive", "starts with %")]),
    "a tab": ("    title: Shape", "\ttitle: Shape", [(8, "", "syntax", "spaces")]),
    "a bracket left open": ("sources: [S4]", "sources: [S4", [(27, "", "syntax", "Mend the YAML")]),
    "a colon in bare text": ("intro: What runs.", "intro: What: runs.", [(9, "", "syntax", "Mend the YAML")]),
    "an escape of no character": ("title: Small list", 'title: "\\U00110000"', [(3, "", "syntax", "names no character")]),
    "half a surrogate pair": ("title: Small list", 'title: "\\ud800"', [(3, "title", "control_character", "U+D800")]),
    "a raw control character": ("title: Small list", "title: Small\x07 list", [(3, "", "control_character", "U+0007")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_its_line_and_key(name: str) -> None:
    old, new, expected = MISTAKES[name]
    assert SMALL.count(old) == 1, "the row must break exactly one place"
    found = problems_of(SMALL.replace(old, new))
    assert [(p.line, p.key, p.code) for p in found] == [(line, key, code) for line, key, code, _ in expected]
    for issue, (*_, words) in zip(found, expected, strict=True):
        assert words in issue.message
        assert issue.file == "own.yaml"


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_lines() -> None:
    broken = (
        SMALL.replace("version: 1", "version: x")
        .replace("type: several", "type: some")
        .replace("acute: 30", "acute: 10")
    )
    assert [(p.line, p.key) for p in problems_of(broken)] == [
        (2, "version"),
        (22, "signs.type"),
        (42, "minutes.reads.acute"),
    ]


def test_a_problem_reads_as_file_line_key_and_advice() -> None:
    (issue,) = problems_of(SMALL.replace("version: 1", "version: x"))
    assert str(issue) == "own.yaml:2: version: Write a whole number here, without quotes"


def question(n: int) -> str:
    texts = "wording: W, hint: H, why: Y, sources: [ours], unit: u"
    return f"      - {{key: q{n}, type: number, {texts}, minimum: 0, maximum: 9, whole: true}}\n"


def listing(sections: int, questions: int) -> str:
    head = "questionnaire: big\nversion: 1\ntitle: T\nlanguage: en\nsummary: S\nsections:\n"
    body = ""
    for n in range(sections):
        body += f"  - slug: s{n}\n    title: T\n    intro: I\n    questions:\n"
        body += "".join(question(n * 1000 + m) for m in range(questions))
    return head + body


def test_two_hundred_questions_in_twenty_sections_are_allowed() -> None:
    assert len(load(listing(20, 10)).questions) == 200


@pytest.mark.parametrize(
    ("sections", "questions", "words"),
    [(21, 1, "Keep to 20; this has 21"), (2, 101, "Keep to 200 questions; there are 202"), (1, 201, "Keep to 200")],
)
def test_more_sections_or_questions_than_the_limit_are_refused(sections: int, questions: int, words: str) -> None:
    assert any(words in issue.message for issue in problems_of(listing(sections, questions)))


def test_more_than_twelve_options_are_refused() -> None:
    extra = "".join(f"          - {{value: o{n}, label: L, means: M.}}\n" for n in range(11))
    (issue,) = problems_of(SMALL.replace("      - key: minutes", extra + "      - key: minutes"))
    assert (issue.line, issue.key, issue.message) == (28, "signs.options", "Keep to 12; this has 13")


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValidationFailed) as caught:
        load_questionnaire_file(tmp_path / "none.yaml")
    assert "none.yaml" in str(caught.value)
    assert "Name a file that can be read" in str(caught.value)


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (5 * 1024 * 1024))
    with pytest.raises(ValidationFailed, match="at most 256 KB"):
        load_questionnaire_file(path)


# --- hostile files: refused with little work, whatever they are

FULL = 256 * 1024
HOSTILE = {
    "nothing": b"",
    "spaces": b"  \n \n",
    "null": b"null",
    "a word": b"hello",
    "a list": b"[]",
    "an empty mapping": b"{}",
    "one byte too many": b"#" * (FULL + 1),
    "brackets": b"[" * FULL,
    "braces": b"{" * FULL,
    "dashes": b"- " * (FULL // 2),
    "question marks": b"? " * (FULL // 2),
    "colons": b": " * (FULL // 2),
    "deep indentation": b"".join(b" " * n + b"a:\n" for n in range(700)),
    "one word": b"a" * FULL,
    "many words": b"a " * (FULL // 2),
    "many lines": b"a\n" * (FULL // 2),
    "quotes": b'"' * FULL,
    "escapes": b'"' + b"\\x41" * (FULL // 4 - 1) + b'"',
    "single quotes": b"'" + b"''" * (FULL // 2 - 2) + b"'",
    "comments": b"#\n" * (FULL // 2),
    "blank lines": b"sections: [" + b"\n" * (FULL - 20) + b"]",
    "block text": b"a: |\n" + b" x\n" * 80_000,
    "folded text": b"a: >\n" + b" x\n\n" * 60_000,
    "too many values": b"[" + b"1," * 120_000 + b"1]",
    "as many values as allowed": b"[" + b"1," * 19_000 + b"1]",
    "many keys": b"".join(b"k%d: 1\n" % n for n in range(9_000)),
    "many sections": b"sections:\n" + b"- 1\n" * 19_000,
    "many questions": b"sections:\n- questions:\n" + b"  - {}\n" * 19_000,
    "many levels": b"sections: [{questions: [{type: choice, reads: {levels: {"
    + b",".join(b"k%d: 999" % n for n in range(9_000)) + b"}}}]}]",
    "many conditions": b"sections: [{questions: [{key: a, asked_when: {key: b, any_of: [" + b"a," * 18_000 + b"]}}]}]",
    "many equal keys": b"a: 1\n" * 9_000,
    "billion laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n",
    "many aliases": b"a: &a [x]\n" + b"".join(b"c%d: *a\n" % n for n in range(8_000)),
    "an alias to itself": b"&a [*a]",
    "an alias as key": b"{*a : b}",
    "python object": b"!!python/object/apply:os.system ['true']",
    "python name": b"a: !!python/name:builtins.exit ''",
    "own tag": b"a: !x b",
    "binary tag": b"a: !!binary aGVsbG8=",
    "tag directive": b"%TAG ! tag:example.org,2000:\n---\na: !b c",
    "many tags": b"[" + b"!!str x," * 9_000 + b"]",
    "merge key": b"a: {<<: {b: 1}}",
    "merge of a list": b"a: {<<: [{b: 1}, {c: 1}]}",
    "list as key": b"{? [a] : b}",
    "mapping as key": b"? {a: b}\n: c",
    "many documents": b"---\n" * 60_000,
    "bare booleans": b"[" + b"no," * 19_000 + b"]",
    "sexagesimal": b"version: 190:20:30",
    "octal": b"version: 010",
    "hexadecimal": b"version: 0x1",
    "huge whole number": b"version: " + b"9" * 100_000,
    "huge decimal": b"version: " + b"9" * 100_000 + b".0",
    "exponent": b"version: 1.0e+999",
    "not a number": b"version: .nan",
    "anchors": b"&" * FULL,
    "stars": b"*" * FULL,
    "bangs": b"!" * FULL,
    "percents": b"%" * FULL,
    "NUL": b"title: a\x00b",
    "escape character": b"title: \x1b[31m",
    "broken UTF-8": b"title: \xff\xfe\xfd",
    "overlong UTF-8": b"title: \xc0\xaf",
    "surrogate in UTF-8": b"title: \xed\xa0\x80",
    "UTF-16": "title: a".encode("utf-16"),
    "UTF-32": "title: a".encode("utf-32"),
    "UTF-8 with a mark": b"\xef\xbb\xbftitle: a",
    "all bytes": bytes(range(256)),
    "a zip": b"PK\x03\x04" + bytes(200),
    "JSON of another kind": b'{"answers": {"teams": 5}}',
    "carriage returns": b"a: 1\r" * 40_000,
    "a very long key": b"a" * 2_000 + b": 1",
    "a path in the language": b"language: ../../etc/passwd",
}  # fmt: skip


@pytest.mark.parametrize("name", slow_except(HOSTILE, *list(HOSTILE)[::6]))
def test_a_hostile_file_is_refused_with_little_work(name: str) -> None:
    found = within(10_000_000, lambda: problems_of(HOSTILE[name]))
    assert len(found) <= 201
    assert all(issue.message and issue.file == "own.yaml" for issue in found)
    assert len(str(found[0])) < 500


def test_at_least_sixty_hostile_files_are_tried() -> None:
    assert len(HOSTILE) >= 60


def loads_or_is_refused(content: bytes) -> None:
    try:
        issues = []
        load(content)
    except ValidationFailed as refused:
        issues = refused.issues or [Issue(code="", message="")]
    for issue in issues:
        assert issue.message
        assert (issue.line or 1) >= 1
        str(issue).encode("utf-8")


@given(st.binary(max_size=400))
def test_any_bytes_load_or_are_refused(content: bytes) -> None:
    loads_or_is_refused(content)


MARKS = "ab01:-[]{},&*!|>'\"%#?\\ \n\t~<.@`"


@given(st.lists(st.sampled_from([*MARKS, "no", "yes", "key: ", "é", "\u2028", "\U0001f600"]), max_size=60))
def test_any_text_of_yaml_marks_loads_or_is_refused(parts: list[str]) -> None:
    loads_or_is_refused("".join(parts).encode())


SYNTAX = {"[", "]", "{", "}", "- ", ": ", "\n", "  ", "null", "no", "-1", "1.5", "[]", "{}", '"', "&a ", "*a"}
PIECES = sorted({*SMALL.replace(",", " ").split(), *SYNTAX})


@given(st.data())
def test_a_mutated_questionnaire_loads_or_is_refused(data: st.DataObject) -> None:
    text = SMALL
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    loads_or_is_refused(text.encode())


FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), FINITE, st.text(max_size=8))
OTHERS = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=4), SCALARS, max_size=2))


@st.composite
def replaced_values(draw: st.DrawFn) -> str:
    """The small list in flow style with one value, anywhere, replaced by another kind of thing."""
    data = read_yaml(SMALL.encode(), file="small").data
    node = data
    while isinstance(node, dict | list):
        places = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        key, child = draw(st.sampled_from(places))
        if not isinstance(child, dict | list) or not child or draw(st.booleans()):
            cast(dict[object, object], node)[key] = draw(OTHERS)
            break
        node = child
    return json.dumps(data)


@given(replaced_values())
def test_a_value_of_another_kind_anywhere_loads_or_is_refused(text: str) -> None:
    loads_or_is_refused(text.encode())


def test_the_builtin_file_is_read_with_little_work() -> None:
    within(1_000_000, lambda: load(BUILTIN_FILE.read_bytes()))
