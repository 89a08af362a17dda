"""A submitted version of Alice's team, and visitors who come by a link to it."""

from typing import Any

import pytest
from django.test import Client

from assess.assessments import actions
from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.sharing import actions as sharing
from assess.sharing.models import Scope, ShareLink
from tests.factories import AnswerFactory, AssessmentFactory
from tests.unit.reports.report_factory import demo_answers

PASSCODE = "harbour light"


@pytest.fixture
def draft(team: Team, alice: User) -> Assessment:
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform")
    for key, answer in demo_answers("ecommerce-35-developers").items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=made, key=key, value=value, basis=answer.basis or "", note="Seen in the release log")
    return made


@pytest.fixture
def submitted(draft: Assessment, alice: User) -> Assessment:
    return Assessment.objects.get(pk=actions.submit_assessment(draft, by=alice).pk)


def make(assessment: Assessment, by: User, **given: Any) -> tuple[ShareLink, str]:
    """A link and the address that is sent."""
    fields = {"name": "Board", "scope": Scope.REPORT, "days": 30, **given}
    link, token = sharing.make_link(assessment, by=by, **fields)
    return link, f"/s/{token}/"


def visitor(address: str = "", **extra: Any) -> Client:
    """Somebody without an account, who opened this address."""
    client = Client(**extra)
    if address:
        assert client.get(address).status_code == 302
    return client
