"""An assessment with answers enough for a verdict, and ways to see what became of its report."""

from typing import Any

import pytest
from django.utils import timezone

from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.reports import pdf
from assess.reports.models import Report
from tests.factories import AnswerFactory, AssessmentFactory
from tests.rendering import short_pdf
from tests.unit.reports.report_factory import demo_answers


@pytest.fixture(autouse=True)
def short_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of one page, but where a test reads them (marked `whole_pdf`)."""
    if not request.node.get_closest_marker("whole_pdf"):
        monkeypatch.setattr(pdf, "render_pdf", short_pdf)


@pytest.fixture
def assessment(team: Team, alice: User) -> Assessment:
    """Alice's open version, answered as the shop of the sources did."""
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform", version=3)
    for key, answer in demo_answers("ecommerce-35-developers").items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=made, key=key, value=value, basis=answer.basis or "", note=answer.note)
    return made


@pytest.fixture
def submitted(assessment: Assessment, alice: User) -> Assessment:
    from assess.assessments import actions

    return Assessment.objects.get(pk=actions.submit_assessment(assessment, by=alice).pk)


def only_report() -> Report:
    return Report.objects.get()


def age(report: Report, **ages: Any) -> None:
    """Put moments of the row back by so long."""
    now = timezone.now()
    Report.objects.filter(pk=report.pk).update(**{name: now - delta for name, delta in ages.items()})
