"""The commands refuse what is no regular file by name, and wait for nobody who never writes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories import AssessmentFactory


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("command", ["decide", "lint_questionnaire"])
def test_a_pipe_a_folder_and_a_device_are_refused_by_name(command: str, pipe: Path) -> None:
    link = pipe.parent / "link"
    link.symlink_to(pipe)
    for path in (pipe, link, pipe.parent, Path("/dev/zero")):
        with pytest.raises(CommandError, match="Name a regular file") as caught:
            call_command(command, str(path))
        assert caught.value.returncode == 2
        assert str(path) in str(caught.value)


def test_a_closed_standard_input_is_named() -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} manage.py decide - <&-"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "standard input is closed" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.django_db
def test_a_report_takes_the_place_of_no_pipe_or_device(pipe: Path) -> None:
    link = pipe.parent / "link.pdf"
    link.symlink_to(pipe)
    for out in (pipe, link, Path("/dev/null")):
        with pytest.raises(CommandError, match="a device or a pipe") as caught:
            call_command("report", AssessmentFactory().pk, out=out)
        assert caught.value.returncode == 2
    assert pipe.is_fifo()
    assert link.is_symlink()
