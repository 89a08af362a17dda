"""Turns the bytes of a questionnaire file into a `Questionnaire`, or into the full list of what to mend.

Decides: whether a definition is well formed. Does not decide: whether it is a good one (that is the linter's task).
Three steps, each of which reports all it finds: the YAML itself (`reader`), the published JSON Schema, and what a
schema cannot say (`definition_check`). The schema comes from the caller, since this room opens no files.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from assess.language import _
from assess.questionnaire.definition_check import (
    conditions_at,
    find_definition_issues,
    find_schema_issues,
    name_of_place,
)
from assess.questionnaire.reader import MAX_PROBLEMS, read_yaml
from assess.questionnaire.schema import (
    Condition,
    Kind,
    Option,
    OwnAxis,
    Question,
    Questionnaire,
    Reading,
    Section,
)
from assess.questionnaire.validation import Issue, ValidationFailed


def load_questionnaire(content: bytes, *, file: str, schema: Mapping[str, object]) -> Questionnaire:
    """The questionnaire that `content` (YAML, UTF-8) defines; `file` is its name in messages, `schema` the JSON Schema.

    Raises ValidationFailed with all issues in the order of their lines, each with file, line, key and what to do.
    Where the YAML cannot be read safely (see `reader`), only that is reported, because the rest would be guesses. The
    format is described in docs/questionnaire.md.

    >>> from assess.questionnaire_files import questionnaire_schema
    >>> try:
    ...     load_questionnaire(b"questionnaire: ours", file="ours.yaml", schema=questionnaire_schema())
    ... except ValidationFailed as refused:
    ...     print(refused.issues[0])
    ours.yaml:1: version: Add `version`
    """
    document = read_yaml(content, file=file)
    issues = [replace(slip, key=name_of_place(document.data, path)) for slip, path in document.slips]
    issues += find_schema_issues(document, schema, file)
    issues += find_definition_issues(document, file)
    if issues:
        raise ValidationFailed(in_order(issues, file))
    return build_questionnaire(cast(dict[str, Any], document.data))


def in_order(issues: list[Issue], file: str) -> list[Issue]:
    """Each once, by line, and no more of them than anybody mends from one list."""
    unique = list(dict.fromkeys(issues))
    unique.sort(key=lambda issue: issue.line or 0)
    if len(unique) <= MAX_PROBLEMS:
        return unique
    rest = Issue(code="more", message=_("Mend these first; there are more problems after them"), file=file)
    return [*unique[:MAX_PROBLEMS], rest]


# --- from checked data to values


def build_questionnaire(data: dict[str, Any]) -> Questionnaire:
    """The questionnaire in data that has been checked."""
    return Questionnaire(
        slug=data["questionnaire"],
        version=int(data["version"]),
        model=int(data.get("model", 1)),
        title=one_line(data["title"]),
        language=data["language"],
        summary=one_line(data["summary"]),
        own_axes=tuple(
            OwnAxis(slug=axis["slug"], title=one_line(axis["title"]), means=one_line(axis["means"]))
            for axis in data.get("axes", [])
        ),
        sections=tuple(
            Section(
                slug=section["slug"],
                title=one_line(section["title"]),
                intro=one_line(section["intro"]),
                questions=tuple(build_question(question, section["slug"]) for question in section["questions"]),
            )
            for section in data["sections"]
        ),
    )


def build_question(data: dict[str, Any], section: str) -> Question:
    """The question in data that has been checked, in the section of this slug."""
    return Question(
        key=data["key"],
        section=section,
        kind=cast(Kind, data["type"]),
        wording=one_line(data["wording"]),
        hint=one_line(data["hint"]),
        why=one_line(data["why"]),
        sources=tuple(data["sources"]),
        quick=data.get("quick", False),
        options=tuple(
            Option(
                value=option["value"],
                label=one_line(option["label"]),
                means=one_line(option["means"]),
                shown_when=build_conditions(option.get("shown_when")),
            )
            for option in data.get("options", [])
        ),
        unit=one_line(data.get("unit", "")),
        unit_one=one_line(data.get("unit_one", "")),
        minimum=data.get("minimum"),
        maximum=data.get("maximum"),
        whole=data.get("whole", False),
        asked_when=build_conditions(data.get("asked_when")),
        skipped_unless=next(iter(build_conditions(data.get("skipped_unless"))), None),
        of_part=one_line(data.get("of_part", "")),
        unscored=data.get("unscored", False),
        always_applies=data.get("always_applies", False),
        reads=build_reading(data["reads"], data["key"]) if "reads" in data else None,
    )


def build_conditions(data: object) -> tuple[Condition, ...]:
    """The conditions given here: none, one, or a list of them."""
    return tuple(
        Condition(key=condition["key"], any_of=tuple(condition["any_of"]))
        for _path, condition in conditions_at(data, ())
    )


def build_reading(data: dict[str, Any], key: str) -> Reading:
    """The reading in data that has been checked, of the question `key`."""
    return Reading(
        axis=data["axis"],
        signal=data.get("signal", key),
        weight=int(data.get("weight", 0)),
        levels={option: int(level) for option, level in data.get("levels", {}).items()},
        comfortable=data.get("comfortable"),
        acute=data.get("acute"),
        top=int(data.get("top", 100)),
    )


def one_line(text: str) -> str:
    """Texts are single paragraphs; line ends and doubled spaces of the file are of its author's making."""
    return " ".join(text.split())
