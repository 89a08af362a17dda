"""The version that most tests of planning begin with."""

from typing import Any

import pytest

from assess.assessments.models import Assessment
from assess.people.models import Team, User
from tests.factories import AnswerFactory, AssessmentFactory
from tests.unit.reports.report_factory import demo_answers


@pytest.fixture
def assessment(team: Team, alice: User) -> Assessment:
    """Alice's open version, answered as the shop of the sources did: it extracts services, and a deploy takes 45
    minutes. Tracing is not there yet."""
    created: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform")
    for key, answer in demo_answers("ecommerce-35-developers").items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=created, key=key, value="planned" if key == "tracing" else value)
    return created
