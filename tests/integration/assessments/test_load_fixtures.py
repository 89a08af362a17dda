"""`manage.py load_fixtures` publishes the shipped questionnaires once and never changes a published one."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assess.assessments.editions import newest_edition, questionnaire_of
from assess.assessments.models import Edition
from assess.questionnaire_files import BUILTIN_FILE

pytestmark = pytest.mark.django_db


def load(folder: Path | None = None) -> str:
    out = StringIO()
    call_command("load_fixtures", *(["--from", str(folder)] if folder else []), stdout=out)
    return out.getvalue()


def test_the_built_in_questionnaire_is_published_byte_for_byte() -> None:
    assert "split-checklist 1" in load()
    edition = Edition.objects.get(version=2)
    assert Edition.objects.count() == 2
    assert bytes(edition.content) == BUILTIN_FILE.read_bytes()
    assert newest_edition() == edition
    assert len(questionnaire_of(edition).questions) == 45


def test_a_second_run_changes_nothing() -> None:
    load()
    before = list(Edition.objects.values().order_by("pk"))
    assert load() == ""
    assert list(Edition.objects.values().order_by("pk")) == before


def test_a_published_version_with_other_bytes_is_refused(tmp_path: Path) -> None:
    load()
    text = BUILTIN_FILE.read_text("utf-8")
    (tmp_path / "changed.yaml").write_text(text.replace("title: Split checklist", "title: Another", 1), "utf-8")
    with pytest.raises(CommandError, match="never changes"):
        load(tmp_path)
    assert {edition.title for edition in Edition.objects.all()} == {"Split checklist"}


def test_a_broken_file_is_reported_and_the_others_are_published(tmp_path: Path) -> None:
    (tmp_path / "a-broken.yaml").write_text("questionnaire: [", "utf-8")
    (tmp_path / "b-fine.yaml").write_bytes(BUILTIN_FILE.read_bytes())
    with pytest.raises(CommandError, match="a-broken"):
        load(tmp_path)
    assert Edition.objects.count() == 1
