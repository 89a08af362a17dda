"""The commands compose as docs/pipelines.md says: statuses, JSON, `-`, and its example as it is."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from assess.assessments.evidence.models import Evidence
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Assessment
from assess.command_line import CONDITIONS, FOUND
from assess.people.models import User
from assess.planning.plan.actions import begin_plan
from tests.evidence_samples import shop_evidence
from tests.measurement_samples import github_cli, sixty_runs
from tests.repositories import git

DOCS = (settings.BASE_DIR / "docs/pipelines.md").read_text()
DEMO = settings.BASE_DIR / "fixtures/demo"
#: What the systems of the sources come to: verdict, and whether each gate is passed.
EXTRACT, STAY = DEMO / "ecommerce-35-developers.json", DEMO / "django-startup-12.json"


def status_of(*arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Status, what is wrong, and what `decide --json` printed."""
    out = io.StringIO()
    try:
        call_command("decide", *arguments, "--json", stdout=out)
    except CommandError as ended:
        return ended.returncode, str(ended), json.loads(out.getvalue())
    return 0, "", json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("file", "conditions", "status"),
    [
        (EXTRACT, [], 0),
        (EXTRACT, ["extract"], 3),
        (EXTRACT, ["gate"], 3),
        (EXTRACT, ["extract", "gate"], 3),
        (STAY, ["extract", "gate"], 0),
    ],
)
def test_decide_ends_with_3_when_what_fail_on_names_is_so(file: Path, conditions: list[str], status: int) -> None:
    ended, reason, result = status_of(str(file), *(f"--fail-on={each}" for each in conditions))
    assert ended == status
    assert [name for name in CONDITIONS if f"--fail-on {name}" in reason] == (conditions if status else [])
    assert result["verdict"]  # the output is there all the same


def test_gate_is_found_exactly_where_one_is_not_passed(tmp_path: Path) -> None:
    document = json.loads(EXTRACT.read_text())
    passed = {
        "boundaries": "enforced", "tracing": "every_request", "central_logging": "in_place", "ci_cd": "continuous",
        "platform_team": "dedicated",
    }  # fmt: skip
    for missing in (*passed, ""):
        answers = {**document["answers"], **passed} | ({missing: None} if missing else {})
        file = tmp_path / "answers.json"
        file.write_text(json.dumps({**document, "answers": answers}))
        ended, _reason, result = status_of(str(file), "--fail-on=gate")
        assert (ended == FOUND) == any(gate["state"] != "passed" for gate in result["gates"]), missing


@pytest.mark.django_db
def test_attached_evidence_is_told_as_json(assessment: Assessment, alice: User, tmp_path: Path) -> None:
    file, out = tmp_path / "evidence.json", io.StringIO()
    file.write_text(json.dumps(shop_evidence()))
    call_command("attach_evidence", str(assessment.pk), str(file), "--json", person=alice.email, stdout=out)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert json.loads(out.getvalue()) == {
        "assessment": assessment.pk,
        "kind": "scan",
        "commit": shop_evidence()["repository"]["commit"],
        "sha256": sha256,
    }


@pytest.mark.django_db
def test_report_is_told_as_json_and_goes_to_standard_output(
    assessment: Assessment, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "report.pdf"
    call_command("report", str(assessment.pk), "--json", "--out", str(file))
    told = json.loads(capfdbinary.readouterr().out)
    content = file.read_bytes()
    assert told == {
        "out": str(file),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "assessment": assessment.pk,
        "version": 3,
    }
    call_command("report", str(assessment.pk), "--json", "--out", "-")
    out, err = capfdbinary.readouterr()
    assert out.startswith(b"%PDF")
    assert json.loads(err)["sha256"] == hashlib.sha256(out).hexdigest()


def test_docs_name_each_condition_and_the_status() -> None:
    assert [name for name in CONDITIONS if f"`{name}`" not in DOCS] == []
    assert f"\n| {FOUND} | done" in DOCS


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    return (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else re.sub(r"/[^/]*$", f"/{name}", os.environ["DATABASE_URL"])
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_example_of_the_docs_runs_as_it_is(assessment: Assessment, alice: User, tmp_path: Path) -> None:
    example = re.search(r"```sh\n(.*?)```", DOCS, re.DOTALL)
    assert example
    code = tmp_path / "code"
    (code / "shop/orders").mkdir(parents=True)
    for name, text in {"manage.py": "", "shop/__init__.py": "", "shop/orders/__init__.py": "", "shop/orders/models.py":
                       "from django.db import models\n\nclass Order(models.Model):\n    pass\n"}.items():  # fmt: skip
        (code / name).write_text(text)
    git(code, "init", "--quiet", "--template=")
    git(code, "add", ".")
    git(code, "commit", "--quiet", "--message=Orders")
    site = tmp_path / "site"
    site.mkdir()
    (site / "manage.py").symlink_to(settings.BASE_DIR / "manage.py")
    (site / "pipeline.sh").write_text(example[1])
    (site / "runs.json").write_bytes(github_cli(sixty_runs()))
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SPLITCHECK_VAR": str(tmp_path / "var"),
        "DATABASE_URL": database_url(),
        "REPOSITORY": str(code),
        "ASSESSMENT": str(assessment.pk),
        "PERSON": alice.email,
        "DEPLOYS": "runs.json",
    }

    def run(answers: Path) -> int:
        done = subprocess.run(
            ["sh", "pipeline.sh"],
            cwd=site,
            env={**environment, "ANSWERS": str(answers)},
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, FOUND), done.stderr
        (site / "said.txt").write_text(done.stderr)
        return done.returncode

    def told(name: str) -> Any:
        return json.loads((site / name).read_text())

    assert run(EXTRACT) == FOUND
    assert told("result.json")["verdict"] == "extract"
    assert told("attached.json")["sha256"] == told("scan.json")["sha256"] == Evidence.objects.get().sha256
    assert (told("deploys.json")["kind"], told("deploys.json")["dropped"]) == ("deploys", {"running": 2})
    assert told("report.json")["bytes"] == len((site / "report.pdf").read_bytes())
    begin_plan(assessment, starts_on=date.today() - timedelta(days=400), by=alice)
    assert run(STAY) == FOUND
    assert "--fail-on due" in (site / "said.txt").read_text()
    assessment.plan_steps.update(starts_on=None, due_on=None)
    assert run(STAY) == 0
    assert len(told("plan.json")["steps"]) == assessment.plan_steps.count()
    assert told("result.json")["verdict"] == "stay"
    assert (Evidence.objects.count(), Measurement.objects.count()) == (1, 1)
