"""Translations of an edition: what is refused, with every mistake by line, and that texts change no verdict."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import decide
from assess.decision.contract import to_json
from assess.decision.signals import format_value
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.reader import MAX_BYTES
from assess.questionnaire.schema import Answers, Questionnaire
from assess.questionnaire.translation import (
    Coverage,
    Translation,
    coverage,
    load_translation,
    template_of,
    texts_of,
    translated,
)
from assess.questionnaire.validation import Issue, ValidationFailed
from assess.questionnaire.values import parse_text
from assess.questionnaire_files import (
    builtin_questionnaire,
    builtin_questionnaire_in,
    questionnaire_schema,
    translation_schema,
)
from tests.unit.decision.strategies import answer_sets
from tests.unit.questionnaire.conftest import SMALL
from tests.work import within

HEAD = "translates: small-list\nversion: 1\nlanguage: nl\n"
WHOLE = f"""\
{HEAD}title: Kleine lijst
summary: Drie vragen.
sections:
  shape: {{title: Vorm, intro: Wat er draait.}}
questions:
  runs:
    wording: Wat draait er?
    options:
      one: {{label: Eén, means: Eén geheel.}}
      many: {{label: Meer}}
  minutes: {{unit: minuten, unit_one: minuut}}
"""


def small() -> Questionnaire:
    return load_questionnaire(SMALL.encode(), file="small.yaml", schema=questionnaire_schema())


def load(text: str | bytes, questionnaire: Questionnaire | None = None) -> Translation:
    content = text.encode() if isinstance(text, str) else text
    return load_translation(
        content, file="nl.yaml", schema=translation_schema(), questionnaire=questionnaire or small()
    )


def problems_of(text: str | bytes) -> list[Issue]:
    with pytest.raises(ValidationFailed) as caught:
        load(text)
    return caught.value.issues


def marked(questionnaire: Questionnaire, marks: dict[int, str] | None = None) -> Translation:
    """Every text another, or those at the places given."""
    paths = list(texts_of(questionnaire))
    chosen = dict(enumerate(f"Tekst {n}" for n in range(len(paths)))) if marks is None else marks
    return Translation(
        slug=questionnaire.slug,
        version=questionnaire.version,
        language="nl",
        texts={paths[n % len(paths)]: text for n, text in chosen.items()},
    )


def test_texts_take_the_place_of_the_editions_own_and_the_rest_stays():
    found = translated(small(), load(WHOLE))
    assert (found.title, found.summary, found.language) == ("Kleine lijst", "Drie vragen.", "nl")
    assert (found.section("shape").title, found.section("shape").intro) == ("Vorm", "Wat er draait.")
    runs = found.by_key["runs"]
    assert (runs.wording, runs.hint) == ("Wat draait er?", "Choose one.")
    assert [(each.value, each.label, each.means) for each in runs.options] == [
        ("one", "Eén", "Eén geheel."),
        ("many", "Meer", "Several deployments."),
    ]
    assert found.by_key["signs"] == small().by_key["signs"]


WITH_AXIS = SMALL.replace(
    "sections:", 'axes: [{slug: audit, title: "Ready?", means: Every change has a name.}]\nsections:'
)


def with_axis() -> Questionnaire:
    return load_questionnaire(WITH_AXIS.encode(), file="small.yaml", schema=questionnaire_schema())


def test_an_axis_of_ones_own_is_named_in_the_language_of_the_translation():
    found = translated(with_axis(), load(HEAD + 'axes: {audit: {title: "Klaar voor controle?"}}', with_axis()))
    assert [(axis.slug, axis.title, axis.means) for axis in found.own_axes] == [
        ("audit", "Klaar voor controle?", "Every change has a name.")
    ]


def test_an_axis_that_the_edition_does_not_have_is_refused():
    (issue,) = problems_of(HEAD + "axes: {audit: {title: Klaar}}")
    assert (issue.line, issue.key, issue.code) == (4, "axes.audit", "unknown_axis")
    assert "no such axis of its own" in issue.message


def test_one_of_a_unit_is_as_the_translation_says_and_never_cut_by_english_grammar():
    minutes = translated(small(), load(WHOLE)).by_key["minutes"]
    assert [format_value(minutes, count) for count in (1, 2)] == ["1 minuut", "2 minuten"]
    without = translated(small(), load(HEAD + "questions: {minutes: {unit: minutos}}")).by_key["minutes"]
    assert [format_value(without, count) for count in (1, 2)] == ["1 minutos", "2 minutos"]
    untouched = translated(small(), load(HEAD + "questions: {minutes: {unit: minutes}}")).by_key["minutes"]
    assert format_value(untouched, 1) == "1 minute"


def test_an_edition_may_give_the_unit_of_one_itself():
    content = SMALL.replace("unit: minutes", "unit: indices\n        unit_one: index")
    found = load_questionnaire(content.encode(), file="own.yaml", schema=questionnaire_schema())
    assert format_value(found.by_key["minutes"], 1) == "1 index"


def test_what_is_missing_is_counted_and_so_is_what_is_still_the_editions_own():
    # 2 of the edition, 2 of its section; runs 3 + 4, signs 3 + 4, minutes 3 + 1 of its unit.
    assert len(texts_of(small())) == 22
    assert coverage(small(), load(HEAD)) == Coverage(translated=0, of=22)
    # One of minute is no text of the edition.
    assert coverage(small(), load(WHOLE)) == Coverage(translated=9, of=22)
    assert coverage(small(), load(HEAD + "title: Small list\nsummary: Drie.")) == Coverage(translated=1, of=22)


@pytest.mark.parametrize(
    "questionnaire", [small(), builtin_questionnaire(), with_axis()], ids=["small", "builtin", "with an own axis"]
)
def test_the_file_to_start_from_holds_every_text_and_wants_only_its_language(questionnaire: Questionnaire):
    template = template_of(questionnaire)
    with pytest.raises(ValidationFailed) as caught:
        load(template, questionnaire)
    assert [(issue.line, issue.key) for issue in caught.value.issues] == [(3, "language")]
    assert "language code" in caught.value.issues[0].message
    found = load(template.replace(b"language: ''", b"language: nl", 1), questionnaire)
    assert found.texts == texts_of(questionnaire)
    assert replace(translated(questionnaire, found), language=questionnaire.language) == questionnaire


@pytest.mark.parametrize(
    "text", ["no", "1:30", "010", "2026-01-01", "null", "- a: b", "# no", "'\"", "a\u2028b", "😀 {x}"]
)
def test_texts_that_yaml_would_read_otherwise_survive_the_file_to_start_from(text: str):
    questionnaire = replace(small(), title=text)
    found = load(template_of(questionnaire).replace(b"language: ''", b"language: nl", 1), questionnaire)
    assert found.texts["title",] == " ".join(text.split())


def test_all_mistakes_are_told_at_once_by_line_and_place():
    text = """\
translates: other-list
version: 2
language: Dutch
title: ""
sections:
  shapes: {title: Vorm}
questions:
  runs:
    wordings: Wat?
    options:
      three: {label: Drie}
      one: {value: een}
  teams: {wording: Hoeveel}
  signs: {unit: dingen}
  minutes: {unit: 5}
"""
    assert [(issue.line, issue.key, issue.code) for issue in problems_of(text)] == [
        (1, "translates", "other_questionnaire"),
        (2, "version", "other_version"),
        (3, "language", "bad_name"),
        (4, "title", "blank"),
        (6, "sections.shapes", "unknown_section"),
        (9, "questions.runs.wordings", "unknown_field"),
        (11, "questions.runs.options.three", "unknown_option"),
        (12, "questions.runs.options.one.value", "unknown_field"),
        (13, "questions.teams", "unknown_question"),
        (14, "questions.signs.unit", "not_for_type"),
        (15, "questions.minutes.unit", "wrong_type"),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("version: 1.5", "wrong_type"),
        ("language: en", "same_language"),
        ("reads: {axis: devops}", "unknown_field"),
        ("questions: [a, b]", "wrong_type"),
        ("questions: {runs: {reads: {axis: devops, weight: 1, levels: {one: 100, many: 0}}}}", "unknown_field"),
        ("questions: {runs: {key: walks}}", "unknown_field"),
        ("questions: {runs: null}", "wrong_type"),
        (f"title: {'a' * 121}", "too_long"),
        (f"questions: {{runs: {{wording: {'a' * 301}}}}}", "too_long"),
        (f"questions: {{runs: {{why: {'a' * 1001}}}}}", "too_long"),
        (f"questions: {{minutes: {{unit: {'a' * 41}}}}}", "too_long"),
    ],
)
def test_what_is_no_text_or_does_not_fit_is_refused(line: str, code: str):
    name = line.partition(":")[0]
    head = "".join(f"{each}\n" for each in HEAD.splitlines() if not each.startswith(f"{name}:"))
    assert [issue.code for issue in problems_of(head + line)] == [code]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("aliases", HEAD + "title: &a Lijst\nsummary: *a", "alias"),
        ("200 KB of brackets", HEAD + "title: " + "[" * 200 * 1024, "too_deep"),
        ("a key twice", HEAD + "title: Een\ntitle: Twee", "duplicate_key"),
        ("a question twice", HEAD + "questions:\n  runs: {hint: a}\n  runs: {hint: b}", "duplicate_key"),
        ("a tag", HEAD + "title: !!python/object/apply:os.system [id]", "tag"),
        ("a merge", HEAD + "sections: {<<: {shape: {title: a}}}", "merge_key"),
        ("two documents", HEAD + "---\n" + HEAD, "documents"),
        ("too large", HEAD + "#" * MAX_BYTES, "too_large"),
        ("no text", b"", "empty"),
        ("other bytes", HEAD.encode() + b"title: \xff", "not_utf8"),
        ("a bare no", HEAD + "title: no", "ambiguous"),
        ("a list", "[1, 2]", "wrong_type"),
        ("a number", "5", "wrong_type"),
        ("many strangers", HEAD + "questions:\n" + "".join(f"  q{n}: {{hint: a}}\n" for n in range(4000)), "too_many"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_hostile_file_is_refused_with_little_work(name: str, content: str | bytes, code: str):
    found = within(10_000_000, lambda: problems_of(content))
    assert code in [issue.code for issue in found]
    assert len(found) <= 201
    for issue in found:
        assert all(letter.isprintable() for letter in str(issue))
        assert len(str(issue)) < 600


def test_markup_and_places_for_values_are_only_letters():
    text = "<script>alert(1)</script> {0} %s {{ 7*7 }}"
    found = translated(
        small(), load(f"{HEAD}questions: {{minutes: {{unit: '{text[:40]}'}}, runs: {{wording: '{text}'}}}}")
    )
    assert found.by_key["runs"].wording == text
    with pytest.raises(ValidationFailed) as caught:
        parse_text(found.by_key["minutes"], ["-1"])
    assert text[:40].strip() in caught.value.issues[0].message


@given(
    answers=answer_sets(),
    marks=st.dictionaries(st.integers(0, 400), st.text(min_size=1, max_size=40), max_size=40),
)
def test_no_translation_changes_a_verdict_a_score_a_key_or_the_hash(answers: Answers, marks: dict[int, str]):
    own = builtin_questionnaire()
    for translation in (marked(own), marked(own, marks)):
        other = translated(own, translation)
        assert answers_hash(other, answers) == answers_hash(own, answers)
        assert without_sentences(to_json(decide(other, answers))) == without_sentences(to_json(decide(own, answers)))


#: Where a result speaks; an option's label may stand there.
SENTENCES = ("headline", "rule_sentence", "sentence", "value", "title", "why", "done")


def without_sentences(value: object) -> object:
    """The JSON with every key, number, code and slug; of sentences only that there is one."""
    if isinstance(value, dict):
        return {key: "…" if key in SENTENCES else without_sentences(each) for key, each in value.items()}
    return [without_sentences(each) for each in value] if isinstance(value, list) else value


def test_whatever_is_not_text_stays_as_it_is():
    own = builtin_questionnaire()
    other = translated(own, marked(own))
    empty = dict.fromkeys(texts_of(own), "x")
    same = Translation(slug=own.slug, version=own.version, language=own.language, texts=empty)
    assert translated(other, same) == translated(own, same)
    assert set(texts_of(other).values()).isdisjoint(texts_of(own).values())


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("assess.questionnaire_files.TRANSLATIONS", tmp_path)
    builtin_questionnaire_in.cache_clear()
    yield tmp_path
    builtin_questionnaire_in.cache_clear()


def test_a_translation_beside_the_builtin_file_is_read_for_its_language_only(shipped: Path):
    for tag, title in (("pt", "Lista"), ("pt-br", "Checklist")):
        language = "pt-BR" if tag == "pt-br" else tag
        text = f"translates: split-checklist\nversion: 2\nlanguage: {language}\ntitle: {title}\n"
        (shipped / f"split-checklist-2.{tag}.yaml").write_text(text)
    (shipped / "split-checklist-1.nl.yaml").write_text("title: of another version")
    titles = [builtin_questionnaire_in(tag).title for tag in ("pt", "pt-PT", "pt-BR", "nl", "en-gb", "../pt")]
    assert titles == ["Lista", "Lista", "Checklist", "Split checklist", "Split checklist", "Split checklist"]


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ('translates: small\nversion: 1\nlanguage: "nl\\n"\n', (3, "bad_name")),
        ('translates: "small\\n"\nversion: 1\nlanguage: nl\n', (1, "bad_name")),
        ("translates: small\nversion: 2.0\nlanguage: nl\n", (2, "other_version")),
    ],
)
def test_what_only_looks_like_the_edition_s_name_version_or_a_language_is_refused(
    head: str, wrong: tuple[int, str]
) -> None:
    """A language with a line break in it had no address, so the edition's page failed and nothing could remove it."""
    assert wrong in [(issue.line, issue.code) for issue in problems_of(head)]
