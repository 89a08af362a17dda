"""`check_case`: what is well formed, every problem by its field with what to do, and that nothing is lost."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest
from django.conf import settings
from django.core.management import load_command_class
from jsonschema import Draft202012Validator

from assess.cases_file import PUBLISHED_FILE, SCHEMA_FILE
from tests.unit.decision.published import case, document


def check(path):
    """Exit status, standard output and standard error of the command, as a shell sees them. No database is there."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            load_command_class("assess", "check_case").run_from_argv(["manage.py", "check_case", str(path)])
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "cases.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def test_the_published_cases_have_no_problems_and_misses_are_no_problem():
    status, out, err = check(PUBLISHED_FILE)
    assert (status, err) == (0, "")
    assert "lyft-2018: stay by no-acute-pain, hindsight extract or modular: miss" in out
    assert out.endswith("no problems, 45 cases.\n")


def test_a_miss_that_does_not_say_why_is_asked_for_it(write):
    calm = {"scope": "whole_system", "current_shape": "monolith", "load_fit": "comfortable", "deploy_waiting": "never"}
    missed = case(answers=calm)
    status, out, _err = check(write(document(missed)))
    assert status == 0
    assert "miss. Say in `not_weighed`" in out
    _status, out, _err = check(write(document({**missed, "not_weighed": "That the licence ran out."})))
    assert "not_weighed" not in out


def test_each_problem_is_named_by_case_and_field_with_what_to_do(write):
    bad = case(id="quay-2019", year=1019, confidence="sure", colour="blue")
    del bad["lesson"]
    status, _out, err = check(write(document(bad)))
    assert status == 2
    assert [line.partition("cases.json: ")[2] for line in err.strip().splitlines()] == [
        "quay-2019.colour: Remove it; there is no such field",
        "quay-2019.lesson: Add it; docs/cases.md says what it holds",
        "quay-2019.year: Enter a year between 1990 and 2100",
        "quay-2019.confidence: Choose one of low, medium, high",
    ]


def test_a_bad_case_loses_neither_the_good_ones_nor_the_file(write):
    path = write(document(case(id="good-2020"), case(id="bad-2020", year=0)))
    before = path.read_bytes()
    status, out, err = check(path)
    assert status == 2
    assert "good-2020: " in out
    assert "bad-2020.year" in err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "JSON"),
        (b"", "empty"),
        (b"[]", "Give an object"),
        (b'{"questionnaire": "split-checklist", "version": 99, "cases": []}', "version: Write 2"),
        (b'{"questionnaire": "split-checklist", "version": 2}', "cases: Give a list of cases"),
    ],
)
def test_a_file_that_holds_no_cases_ends_with_status_2_and_says_what_to_do(write, content, says):
    status, out, err = check(write(content))
    assert status == 2
    assert says in err
    assert "no problems" not in out


def test_cases_in_an_older_version_are_judged_by_that_version(write):
    """Version 1 takes services of which nothing is known for serving; version 2 does not."""
    services = case(answers={"scope": "whole_system", "current_shape": "services"})
    _status, newer, _err = check(write(document(services)))
    status, older, err = check(write({**document(services), "version": 1}))
    assert (status, err) == (0, "")
    assert "harbour-2020: modular by services-unproven" in newer
    assert "services-unproven" not in older


def test_a_file_that_is_not_there_is_named(tmp_path):
    status, _out, err = check(tmp_path / "none.json")
    assert status == 2
    assert "none.json" in err


def test_the_help_says_what_the_exit_status_means(capsys):
    with pytest.raises(SystemExit):
        load_command_class("assess", "check_case").run_from_argv(["manage.py", "check_case", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "Exit status 0: every case is well formed" in told
    assert "2: the file cannot be read, or a case has a problem" in told


def test_the_example_of_the_documentation_is_well_formed_and_keeps_to_the_schema(write):
    page = (settings.BASE_DIR / "docs" / "cases.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(example))] == []
    status, out, err = check(write(example.encode()))
    assert (status, err) == (0, "")
    assert ": hit" in out


def test_the_documentation_tells_of_every_field():
    page = (settings.BASE_DIR / "docs" / "cases.md").read_text("utf-8")
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    for field in schema["$defs"]["case"]["properties"]:
        assert f"`{field}`" in page, field
