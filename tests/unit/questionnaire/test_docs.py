"""What docs/questionnaire.md shows is accepted as it stands there."""

import re
from dataclasses import replace
from pathlib import Path

from assess.questionnaire.answers import read_answers
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.schema import OwnAxis
from assess.questionnaire.translation import load_translation
from assess.questionnaire_files import (
    BUILTIN_FILE,
    builtin_questionnaire,
    questionnaire_schema,
    translation_schema,
)
from tests.unit.questionnaire.conftest import SMALL

PAGE = (Path(BUILTIN_FILE).parents[2] / "docs" / "questionnaire.md").read_text("utf-8")


def test_the_answers_shown_are_read() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    found = read_answers(read_document(example.encode(), file="page"), builtin_questionnaire())
    assert len(found) == 6


def test_the_readings_shown_are_those_of_the_builtin_file() -> None:
    readings = re.findall(r"^ +(reads: .*)$", PAGE, re.MULTILINE)
    builtin = BUILTIN_FILE.read_text("utf-8")
    of_the_model = [reading for reading in readings if "axis: audit" not in reading]
    assert len(of_the_model) == 3
    assert all(reading in builtin for reading in of_the_model)


def test_the_axis_of_ones_own_shown_makes_a_questionnaire_with_the_question_shown() -> None:
    (axes,) = (block for block in re.findall(r"```yaml\n(axes:.*?)```", PAGE, re.DOTALL))
    (reading,) = re.findall(r"^ +(reads: \{axis: audit.*)$", PAGE, re.MULTILINE)
    own = SMALL.replace("sections:", f"{axes}sections:")
    own = own.replace("{value: one,", "{value: nobody,").replace("{value: many,", "{value: ticket,")
    own = own.replace("any_of: [many]", "any_of: [ticket]")
    content = re.sub(r"reads: \{axis: devops.*", reading, own).encode()
    found = load_questionnaire(content, file="page", schema=questionnaire_schema())
    assert [axis.slug for axis in found.own_axes] == ["audit"]
    assert found.by_key["runs"].is_beside_verdict


def test_the_head_shown_makes_a_questionnaire() -> None:
    (example,) = (block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "questionnaire:" in block)
    questions = SMALL.partition("    questions:\n")[2]
    content = example.replace("      - ...\n", questions).encode()
    assert load_questionnaire(content, file="page", schema=questionnaire_schema()).slug == "our-checklist"


def test_the_translation_shown_is_one():
    (example,) = (block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "translates:" in block)
    axis = OwnAxis(slug="audit", title="Ready for an audit", means="Every change can be traced to its approval.")
    ours = replace(builtin_questionnaire(), slug="our-checklist", version=1, own_axes=(axis,))
    found = load_translation(example.encode(), file="page", schema=translation_schema(), questionnaire=ours)
    assert len(found.texts) == 5
