"""Hostile files are refused with reason, line and little work; oddities that do no harm are let in as they are.

Single slips in a small file are in `test_loader`; these are whole files, most of them the built-in one with a fault.
"""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.reader import MAX_BYTES, read_yaml
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import questionnaire_schema
from tests.suites import slow_except
from tests.unit.questionnaire.hostile import BUILTIN, HARMLESS, REFUSED, Hostile
from tests.work import within


def load(content: bytes):
    return load_questionnaire(content, file="own.yaml", schema=questionnaire_schema())


def test_at_least_sixty_files_are_refused():
    assert len(REFUSED) >= 60
    assert len({hostile.name for hostile in REFUSED}) == len(REFUSED)


@pytest.mark.parametrize("hostile", slow_except(REFUSED, *REFUSED[::6]), ids=lambda hostile: hostile.name)
def test_a_hostile_file_is_refused_with_reason_and_line_and_with_little_work(hostile: Hostile):
    with pytest.raises(ValidationFailed) as caught:
        within(10_000_000, lambda: load(hostile.content))
    assert (hostile.code, hostile.line) in [(issue.code, issue.line) for issue in caught.value.issues]
    assert all(issue.message and issue.file == "own.yaml" for issue in caught.value.issues)
    assert len(caught.value.issues) <= 201


@pytest.mark.parametrize("hostile", slow_except(REFUSED, *REFUSED[::3]), ids=lambda hostile: hostile.name)
def test_the_refusal_can_be_printed_on_any_terminal(hostile: Hostile):
    with pytest.raises(ValidationFailed) as caught:
        load(hostile.content)
    for issue in caught.value.issues:
        assert all(letter.isprintable() for letter in str(issue))
        assert len(str(issue)) < 600


def test_the_linter_command_refuses_a_hostile_file_with_status_2_and_writes_nothing(tmp_path):
    for n, hostile in enumerate(REFUSED[::10]):
        path = tmp_path / f"{n}.yaml"
        path.write_bytes(hostile.content)
        with pytest.raises(CommandError) as caught:
            call_command("lint_questionnaire", str(path), stdout=StringIO())
        assert caught.value.returncode == 2
        assert path.read_bytes() == hostile.content
    assert len(list(tmp_path.iterdir())) == len(REFUSED[::10])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_harmless_is_let_in_as_it_is(name: str):
    content, title = HARMLESS[name]
    if not content:
        content = json.dumps(read_yaml(BUILTIN.encode(), file="x").data).encode()
    assert len(content) <= MAX_BYTES
    assert load(content).title == title
