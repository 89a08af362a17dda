"""What tests of assessments share: an open assessment of Alice's team, and saving as the page's script does."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assess.assessments.actions import start_assessment
from assess.assessments.log import fold_answers, fold_row
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)


@pytest.fixture
def save() -> Callable[..., Any]:
    """Post one answer as JSON: `save(client, assessment, "teams", value=5)`; what is left out gets a sensible value."""

    def post(client: Client, assessment: Assessment | int, question: str, **fields: Any) -> Any:
        data = {"question": question, "base_version": 0, "mutation_id": str(uuid.uuid4()), **fields}
        number = assessment if isinstance(assessment, int) else assessment.pk
        url = reverse("assessment-answers", args=[number])
        return client.post(url, json.dumps(data), content_type="application/json")

    return post


def queries_of(ask: Callable[[], Any]) -> list[str]:
    """The statements that a request runs, without those that only begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    control = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "ROLLBACK")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(control)]


def assert_answers_are_the_fold_of_the_log(assessment: Assessment) -> None:
    rows = {row.key: fold_row(row) for row in assessment.answers.all()}
    assert fold_answers(assessment.events.filter(respondent=None)) == rows
