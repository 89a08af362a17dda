"""A site of a test's own, whose database it may replace, with a few answers in its log."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from assess.assessments.actions import start_assessment
from assess.assessments.changes import Change
from assess.assessments.models import Answer, Assessment
from assess.assessments.saving import Saved, save_answer
from assess.people.actions import rename_team
from assess.people.models import Role, User
from tests.databases import another_database
from tests.factories import EditionFactory, MembershipFactory


@dataclass
class Site:
    """`folder` has all of its files."""

    folder: Path
    assessment: Assessment
    alice: User

    def save(self, value: int, assessment: Assessment | None = None) -> None:
        """Answer one question, as its page does."""
        of = assessment or self.assessment
        answer = Answer.objects.filter(assessment=of, key="teams").first()
        version = answer.version if answer else 0
        change = Change(key="teams", answered=True, value=value, base_version=version, mutation_id=uuid.uuid4())
        assert isinstance(save_answer(of.pk, change, by=self.alice), Saved)

    def other_assessment(self) -> Assessment:
        return start_assessment(
            team=self.assessment.team, system_name="Backoffice", edition=EditionFactory(), by=self.alice
        )

    def answer(self) -> Any:
        return Answer.objects.get(assessment=self.assessment, key="teams").value

    def add_link(self) -> None:
        """Have the record grow by one."""
        rename_team(self.assessment.team, name=f"Team {uuid.uuid4().hex[:6]}", by=self.alice)


@pytest.fixture
def site(django_db_setup: None, django_db_blocker: Any, tmp_path: Path, settings: Any) -> Iterator[Site]:
    for name, where in {"BACKUP_DIR": "backups", "WITNESS_DIR": "witness", "SERVING_LOCK": "serving.lock"}.items():
        setattr(settings, name, tmp_path / where)
    with django_db_blocker.unblock(), another_database(tmp_path):
        edition = EditionFactory()
        alice = MembershipFactory(role=Role.LEAD).user
        team = alice.memberships.get().team
        assessment = start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
        site = Site(folder=tmp_path, assessment=assessment, alice=alice)
        site.save(3)
        site.add_link()
        yield site
        connection.close()


def run(*arguments: Any) -> tuple[int, str]:
    """Exit status and output of a command of manage.py."""
    out = io.StringIO()
    try:
        call_command(arguments[0], *map(str, arguments[1:]), stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def backup(*arguments: Any) -> Path:
    """The file that the command says it made."""
    status, said = run("backup", *arguments)
    assert status == 0, said
    return Path(said.splitlines()[0])
