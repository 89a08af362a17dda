"""`manage.py report`: a PDF to a file, or a message that says what to do."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assess.assessments.models import Assessment
from assess.reports import pdf
from assess.reports.models import Report

pytestmark = pytest.mark.django_db


def test_command_writes_the_pdf_and_names_the_file(
    assessment: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.pdf"
    call_command("report", assessment.pk, out=out)
    assert out.read_bytes().startswith(b"%PDF")
    assert capsys.readouterr().out == f"{out}: Payments platform, version 3\n"
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~mask


def test_command_writes_the_same_bytes_for_a_submitted_version(submitted: Assessment, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        call_command("report", submitted.pk, out=tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert bytes(Report.objects.get(is_final=True).pdf or b"") == (tmp_path / "one.pdf").read_bytes()


def test_command_stores_nothing_for_a_draft(assessment: Assessment, tmp_path: Path) -> None:
    call_command("report", assessment.pk, out=tmp_path / "draft.pdf")
    assert not Report.objects.exists()


@pytest.mark.slow
@pytest.mark.whole_pdf
def test_command_writes_the_report_for_one_reader(submitted: Assessment, tmp_path: Path) -> None:
    for reader in ("leadership", "full"):
        call_command("report", submitted.pk, f"--for={reader}", out=tmp_path / f"{reader}.pdf")
    kept = dict(Report.objects.values_list("spec", "pages"))
    assert kept["for=leadership"] < kept[""]


def refused(*args: object, **options: object) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("report", *args, **options)
    return caught.value


def test_a_missing_assessment_ends_with_2(db: None, tmp_path: Path) -> None:
    error = refused(4711, out=tmp_path / "report.pdf")
    assert error.returncode == 2
    assert "There is no assessment 4711" in str(error)
    assert not list(tmp_path.iterdir())


def test_a_deleted_assessment_counts_as_missing(assessment: Assessment, alice: object, tmp_path: Path) -> None:
    from assess.assessments import actions

    actions.delete_assessment(assessment, by=assessment.created_by)
    assert refused(assessment.pk, out=tmp_path / "report.pdf").returncode == 2


@pytest.mark.parametrize("place", ["missing/report.pdf", "file.txt/report.pdf", "."])
def test_a_file_that_cannot_be_written_ends_with_2_before_anything_is_rendered(
    place: str, assessment: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "render_pdf", lambda html, *data, **dated: pytest.fail("rendered"))
    (tmp_path / "file.txt").write_text("here already")
    error = refused(assessment.pk, out=tmp_path / place)
    assert error.returncode == 2
    assert "Name a file" in str(error)


def test_a_failed_render_leaves_the_file_as_it_was(
    assessment: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(html: str, *data: object, **dated: object) -> bytes:
        raise pdf.RenderError("The report took longer than 60 seconds.")

    monkeypatch.setattr(pdf, "render_pdf", broken)
    out = tmp_path / "report.pdf"
    out.write_bytes(b"earlier")
    assert "took longer" in str(refused(assessment.pk, out=out))
    assert out.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_command_without_arguments_ends_with_2(db: None) -> None:
    assert refused().returncode == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="gives the child the file of the database")
def test_manage_py_report_ends_with_2_and_one_line(assessment: Assessment, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SPLITCHECK_VAR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "report", "4711", "--out", str(tmp_path / "x.pdf")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.strip() == "CommandError: There is no assessment 4711. Take the number from its address."
