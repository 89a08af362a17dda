"""What differs between two editions is told whole: no field of the format changes unseen."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from assess.editions.diff import compare_editions
from assess.questionnaire.schema import Condition, Option, OwnAxis, Question, Questionnaire, Reading, Section
from assess.questionnaire_files import builtin_questionnaire

BUILTIN = builtin_questionnaire()
AXIS = OwnAxis(slug="audit", title="Ready?", means="Every change has a name.")
WITH_AXIS = replace(BUILTIN, own_axes=(AXIS,))
THEN = Condition(key="scope", any_of=("one_part",))


def with_question(questionnaire: Questionnaire, key: str, change: Callable[[Question], Question]) -> Questionnaire:
    sections = tuple(
        replace(each, questions=tuple(change(one) if one.key == key else one for one in each.questions))
        for each in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)


def changed(thing: Any, field: str, value: Any) -> Any:
    assert getattr(thing, field) != value, "the row must change something"
    return replace(thing, **{field: value})


#: Which question shows the change best, and to what, where another text will not do.
QUESTION: dict[str, tuple[str, Any]] = {
    "section": ("teams", "people"),
    "kind": ("tracing", "several"),
    "sources": ("teams", ("ours",)),
    "options": ("tracing", BUILTIN.by_key["tracing"].options[:2]),
    "asked_when": ("teams", (THEN,)),
    "skipped_unless": ("teams", THEN),
    "reads": ("hiring", None),
    "quick": ("models", True),
    "whole": ("deploys_per_week", True),
    "unscored": ("part_name", True),
    "always_applies": ("hiring", True),
    "minimum": ("deploy_minutes", 7),
    "maximum": ("deploy_minutes", 7),
}
EDITION: dict[str, Any] = {
    "model": 1,
    "title": "Other",
    "language": "nl",
    "summary": "Other.",
    "own_axes": (AXIS,),
    "sections": BUILTIN.sections[:-1],
}
READING: dict[str, tuple[str, Any]] = {
    "axis": ("hiring", "business"),
    "signal": ("deploy_waiting", "other"),
    "weight": ("hiring", 7),
    "levels": ("hiring", {"hard": 0, "mixed": 49, "easy": 100}),
    "comfortable": ("deploy_minutes", 7.0),
    "acute": ("deploy_minutes", 77.0),
    "top": ("deploy_minutes", 7),
}


@pytest.mark.parametrize(
    "field", [field.name for field in fields(Questionnaire) if field.name not in ("slug", "version")]
)
def test_a_change_of_any_field_of_the_whole_is_told(field: str) -> None:
    assert not compare_editions(BUILTIN, changed(BUILTIN, field, EDITION[field])).is_empty


@pytest.mark.parametrize("field", ["title", "means"])
def test_a_change_of_an_own_axis_is_told(field: str) -> None:
    after = replace(WITH_AXIS, own_axes=(changed(AXIS, field, "Other."),))
    (line,) = compare_editions(WITH_AXIS, after).general
    assert "audit" in line
    assert "Other." in line


def test_an_own_axis_that_comes_or_goes_is_told() -> None:
    assert compare_editions(BUILTIN, WITH_AXIS).general == ("New axis of its own, audit: “Ready?”",)
    assert compare_editions(WITH_AXIS, BUILTIN).general == ("The axis audit is removed",)


@pytest.mark.parametrize("field", [field.name for field in fields(Section) if field.name not in ("slug", "questions")])
def test_a_change_of_any_field_of_a_section_is_told(field: str) -> None:
    first, *rest = BUILTIN.sections
    assert compare_editions(BUILTIN, replace(BUILTIN, sections=(changed(first, field, "Other"), *rest))).general


@pytest.mark.parametrize("field", [field.name for field in fields(Question) if field.name != "key"])
def test_a_change_of_any_field_of_a_question_is_told(field: str) -> None:
    key, value = QUESTION.get(field, ("deploy_minutes", "other"))
    after = with_question(BUILTIN, key, lambda one: changed(one, field, value))
    assert [change.question.key for change in compare_editions(BUILTIN, after).changed] == [key]


@pytest.mark.parametrize("field", [field.name for field in fields(Option) if field.name != "value"])
def test_a_change_of_any_field_of_an_option_is_told(field: str) -> None:
    value: Any = (THEN,) if field == "shown_when" else "Other"

    def change(question: Question) -> Question:
        first, *rest = question.options
        return replace(question, options=(changed(first, field, value), *rest))

    assert compare_editions(BUILTIN, with_question(BUILTIN, "tracing", change)).changed


@pytest.mark.parametrize("field", [field.name for field in fields(Reading)])
def test_a_change_of_any_field_of_a_reading_is_told(field: str) -> None:
    key, value = READING[field]

    def change(question: Question) -> Question:
        return replace(question, reads=changed(question.reads, field, value))

    assert compare_editions(BUILTIN, with_question(BUILTIN, key, change)).changed
