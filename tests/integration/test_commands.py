"""The commands as people and programs use them: `decide` with its exit codes, and the demo data."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command, load_command_class
from django.core.management.base import CommandError

from assess.assessments.measurements.models import Measurement
from assess.assessments.models import State
from assess.decision.result import VERDICTS
from assess.demo import sources
from assess.demo.accounts import ACCOUNTS
from assess.models import Assessment, Membership, User
from assess.people.models import Role
from assess.planning.merging.find import find_merging_of
from assess.questionnaire.schema import READINESS_AXES
from assess.questionnaire_files import builtin_questionnaire
from tests.factories import found_by_verifying

DEMO = settings.BASE_DIR / "fixtures" / "demo"
#: What the sources' systems must come to: the table of the decision model.
TOLD = {
    "saas-80-developers": ("extract", "organisation"),
    "ecommerce-35-developers": ("extract", "organisation"),
    "django-startup-12": ("stay", "motives"),
    "services-47": ("modular", "consolidate"),
    "shob": ("extract", "organisation"),
    "greedygame-operations-billing": ("extract", "organisation"),
}


def decide(*arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """The command as the program runs it, in this process."""
    given, out, err, status = sys.stdin, io.StringIO(), io.StringIO(), 0
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            load_command_class("assess", "decide").run_from_argv(["manage.py", "decide", *arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.stdin = given
    return subprocess.CompletedProcess(arguments, status, out.getvalue().encode(), err.getvalue().encode())


def decide_program(*arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """The command in a process of its own, with a database that cannot be opened: it must not need one."""
    return subprocess.run(
        [sys.executable, "manage.py", "decide", *arguments],
        cwd=settings.BASE_DIR,
        input=stdin,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"},
        check=False,
        timeout=60,
    )


def decided(answers: object, run: Any = decide) -> dict[str, object]:
    ran = run("-", "--json", stdin=json.dumps({"questionnaire": "split-checklist", "answers": answers}).encode())
    assert ran.returncode == 0, ran.stderr
    result: dict[str, object] = json.loads(ran.stdout)
    return result


@pytest.mark.parametrize("slug", TOLD)
def test_the_systems_of_the_sources_get_the_verdicts_of_the_table(slug: str) -> None:
    out = io.StringIO()
    call_command("decide", str(DEMO / f"{slug}.json"), "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert (result["verdict"], result["form"]) == TOLD[slug]


def test_the_start_up_is_never_told_to_extract() -> None:
    out = io.StringIO()
    call_command("decide", str(DEMO / "django-startup-12.json"), "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert result["verdict"] in ("stay", "modular")
    assert result["form"] == "motives"


def test_the_json_carries_the_fields_of_the_contract_and_needs_no_database() -> None:
    answers = {"teams": 5, "deploy_minutes": {"value": 45, "basis": "measured", "note": "Last month."}}
    result = decided(answers, run=decide_program)
    assert set(result) >= {
        "verdict",
        "form",
        "rule",
        "firm",
        "possible_verdicts",
        "pain",
        "separability",
        "readiness",
        "robustness",
        "contradictions",
        "revisit_when",
        "checklist",
        "gates",
        "reasons",
        "flips",
        "playbooks",
        "similar_cases",
        "questionnaire_version",
        "model_version",
    }
    assert set(result["pain"]) == {"boundary", "deployable"}  # type: ignore[call-overload]  # an object of JSON
    assert set(result["readiness"]) == set(READINESS_AXES)  # type: ignore[call-overload]  # an object of JSON
    checklist = result["checklist"]
    assert isinstance(checklist, dict)
    assert {key: checklist[key] for key in ("yes", "no", "unknown", "of")} == {
        "yes": 2,
        "no": 0,
        "unknown": 5,
        "of": 7,
    }
    playbooks = result["playbooks"]
    assert isinstance(playbooks, list)
    assert [playbook["source"] for playbook in playbooks] == ["S0", "S1", "S2", "S3", "S4"]


def test_an_unknown_answer_may_be_left_out_or_null() -> None:
    assert decided({"tracing": None})["checklist"] == decided({})["checklist"]


def test_the_plain_text_names_verdict_rule_and_what_is_open() -> None:
    ran = decide(str(DEMO / "services-47.json"))
    text = ran.stdout.decode()
    assert ran.returncode == 0
    assert text.startswith("MODULAR MONOLITH (merge services back)")
    assert "Rule services-strained" in text
    assert "Not known:" in text


BAD = [
    (b'{"questionnaire": "split-checklist", "answers": {"tems": 5}}', "tems", "teams"),
    (b'{"questionnaire": "split-checklist", "answers": {"tracing": "maybe"}}', "tracing", "planned"),
    (b'{"questionnaire": "split-checklist", "answers": {"deploy_minutes": -1}}', "deploy_minutes", "0 and 10,080"),
    (b'{"questionnaire": "split-checklist", "answers": {"hot_share": NaN}}', "NaN", "null"),
    (b'{"questionnaire": "split-checklist", "answers": {"hot_share": 1e999}}', ":1:", "finite"),
    (b'{"questionnaire": "split-checklist", "answers": {"teams": true}}', "teams", "0 and 100,000"),
    (b'{"questionnaire": "split-checklist", "answers": {"teams": 1, "teams": 2}}', "teams", ""),
    (b'{"questionnaire": "another", "answers": {}}', "questionnaire", "split-checklist"),
    (b'{"questionnaire": "split-checklist"', "", ""),
    (b"[]", "", ""),
    (b"\xff\xfe", "UTF-8", ""),
    (b"", "", ""),
    (b"[" * 100_000, "", ""),
    (b'{"answers": "' + b"x" * 300_000 + b'"}', "256", ""),
]


@pytest.mark.parametrize(("content", "names", "says"), BAD, ids=range(len(BAD)))
def test_a_wrong_file_ends_with_status_2_and_names_what_is_wrong(content: bytes, names: str, says: str) -> None:
    ran = decide("-", "--json", stdin=content)
    said = ran.stderr.decode()
    assert ran.returncode == 2
    assert ran.stdout == b""
    assert "Traceback" not in said
    assert names in said
    assert says in said


def test_every_problem_of_a_file_is_listed_at_once() -> None:
    answers = {"tems": 5, "tracing": "maybe", "deploy_minutes": -1}
    ran = decide("-", stdin=json.dumps({"questionnaire": "split-checklist", "answers": answers}).encode())
    said = ran.stderr.decode()
    assert ran.returncode == 2
    assert all(key in said for key in answers)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = decide(str(tmp_path / "none.json"))
    assert ran.returncode == 2
    assert "none.json" in ran.stderr.decode()


@pytest.mark.slow
@pytest.mark.django_db
def test_load_demo_twice_gives_each_system_of_the_sources_its_verdict_once() -> None:
    call_command("load_fixtures", stdout=io.StringIO())
    for _ in range(2):
        call_command("load_demo", stdout=io.StringIO())
    told = Assessment.objects.filter(workspace__name=sources.WORKSPACE, version=1)
    assert sorted(told.values_list("verdict", "form")) == sorted(TOLD.values())


@pytest.mark.django_db
def test_load_demo_creates_a_company_with_systems_in_every_state_and_a_valid_log() -> None:
    call_command("load_fixtures", stdout=io.StringIO())
    call_command("load_demo", stdout=io.StringIO())
    made_up = Assessment.objects.filter(workspace__name__contains="made up")
    newest = made_up.filter(is_newest=True)
    assert newest.count() == 40
    assert set(newest.values_list("state", flat=True)) == set(State.values)
    assert set(newest.exclude(current_verdict="").values_list("current_verdict", flat=True)) == set(VERDICTS)
    assert made_up.filter(version=3).exists()
    assert made_up.exclude(deleted_at=None).exists()
    apart = made_up.get(system__name="Web shop")
    assert any(answer.between for answer in apart.current_answers().values())
    assert apart.agreements.exists()
    roles = Membership.objects.filter(user__email__in=[email for email, *_ in ACCOUNTS]).values_list("role", flat=True)
    assert set(roles) == set(Role)
    assert found_by_verifying() == []
    traced = Measurement.objects.get(assessment__system__name="Company with 47 services")
    assert traced.file_name.startswith("made-up")
    merging = find_merging_of(traced.assessment, builtin_questionnaire(), traced.assessment.current_answers())
    assert merging is not None
    assert (merging.before, merging.after) == (47, 15)  # as S3 tells


@pytest.mark.django_db
def test_load_demo_refuses_to_run_in_production(settings: object) -> None:
    settings.SPLITCHECK_ENV = "production"  # type: ignore[attr-defined]  # pytest-django's settings fixture
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")
    assert not User.objects.exists()
