"""Test data by name: `AssessmentFactory(team=team)` makes a system of the team and its open first version."""

import hashlib
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from assess.assessments.models import Answer, Assessment, Edition, State, System
from assess.people.models import Membership, Role, Team, User, Workspace
from assess.review.log_verification import ReadCounts, verify_log

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PASSWORD = "correct horse battery"


@cache
def hashed_password() -> str:
    return make_password(PASSWORD)


@cache
def builtin_questionnaire() -> bytes:
    return (FIXTURES / "questionnaires" / "split-checklist-2.yaml").read_bytes()


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.LazyFunction(hashed_password)

    @factory.post_generation
    def confirmed(self: Any, create: bool, given: bool | None, **kwargs: Any) -> None:
        """Their address, confirmed unless told (`confirmed=False`)."""
        if create and not self.is_guest:
            EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=given is not False)


class WorkspaceFactory(DjangoModelFactory):
    class Meta:
        model = Workspace

    name = factory.Sequence(lambda n: f"Workspace {n}")


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class MembershipFactory(DjangoModelFactory):
    """On a team, as a member unless told. For an architect: `(team=None, workspace=w, role=Role.ARCHITECT)`."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    team = factory.SubFactory(TeamFactory)
    workspace = factory.LazyAttribute(lambda o: o.team.workspace)
    role = Role.MEMBER


class EditionFactory(DjangoModelFactory):
    """The built-in questionnaire; one row however often it is asked for."""

    class Meta:
        model = Edition
        django_get_or_create = ("workspace", "slug", "version")

    workspace = None
    slug = "split-checklist"
    version = 2
    title = "Split checklist"
    content = factory.LazyFunction(builtin_questionnaire)
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())


class SystemFactory(DjangoModelFactory):
    class Meta:
        model = System

    team = factory.SubFactory(TeamFactory)
    workspace = factory.LazyAttribute(lambda o: o.team.workspace)
    name = factory.Sequence(lambda n: f"System {n}")
    created_by = factory.SubFactory(UserFactory)


class AssessmentFactory(DjangoModelFactory):
    """An open version. `answers={"teams": 5}` gives it answers; `team` and `by` reach its system and people."""

    class Meta:
        model = Assessment
        skip_postgeneration_save = True
        rename = {"of_team": "team"}

    class Params:
        team = factory.SubFactory(TeamFactory)
        by = factory.SubFactory(UserFactory)

    system = factory.SubFactory(
        SystemFactory, team=factory.SelfAttribute("..team"), created_by=factory.SelfAttribute("..by")
    )
    workspace = factory.LazyAttribute(lambda o: o.system.workspace)
    of_team = factory.LazyAttribute(lambda o: o.system.team)
    system_name = factory.LazyAttribute(lambda o: o.system.name.lower())
    edition = factory.SubFactory(EditionFactory)
    created_by = factory.SelfAttribute("by")
    updated_by = factory.SelfAttribute("by")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("submitted_at"):
            kwargs.setdefault("state", State.SUBMITTED)
        if kwargs.get("deleted_at"):
            kwargs.setdefault("is_newest", False)
        if kwargs.setdefault("is_newest", True):
            model_class.objects.filter(system=kwargs["system"]).update(is_newest=False)
        return super()._create(model_class, *args, **kwargs)

    @factory.post_generation
    def answers(self: Any, create: bool, given: dict[str, Any] | None, **kwargs: Any) -> None:
        for key, value in (given or {}).items():
            AnswerFactory(assessment=self, key=key, value=value, answered_by=self.created_by)


class AnswerFactory(DjangoModelFactory):
    """A row alone, without its event. To test saving or the log, save through `assess.assessments`."""

    class Meta:
        model = Answer

    assessment = factory.SubFactory(AssessmentFactory)
    key = "teams"
    value = 3
    answered_by = factory.LazyAttribute(lambda o: o.assessment.created_by)


def mutation_id() -> str:
    return str(uuid.uuid4())


def found_by_verifying(assessment: int | None = None) -> list[str]:
    return [str(finding) for finding in verify_log(assessment, counts=ReadCounts())]
