"""What tests of review share: a submitted version of Alice's team, and the log's trigger as the database has it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from assess.assessments import actions as answering
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from assess.review import actions
from assess.review.models import Decision

ANSWERS = {"teams": Answer(value=5, basis="measured", note="Counted in May."), "deploy_minutes": Answer(value=45)}


@pytest.fixture
def draft(team: Team, alice: User, edition: Edition) -> Assessment:
    return answering.start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=ANSWERS)


@pytest.fixture
def submitted(draft: Assessment, alice: User) -> Assessment:
    return load(answering.submit_assessment(draft, by=alice).pk)


@pytest.fixture
def in_review(submitted: Assessment, rita: User) -> Assessment:
    return load(actions.take_up(submitted, by=rita).pk)


@pytest.fixture
def accepted(in_review: Assessment, rita: User) -> Assessment:
    return load(actions.sign(in_review, by=rita, decision=Decision.ACCEPTED).assessment_id)


def load(pk: int) -> Assessment:
    joined = Assessment.objects.select_related("system__team", "workspace", "edition", "submitted_by")
    return joined.get(pk=pk)


@pytest.fixture
def with_triggers() -> Callable[[], None]:
    """Puts the log's triggers in place as the migration does, inside the test's transaction. (`tests/conftest.py` takes
    one of SQLite's away so that tables can be emptied.)"""

    def put() -> None:
        migration: Any = import_module("assess.migrations.0008_events_are_only_added")
        statements = migration.SQLITE if connection.vendor == "sqlite" else migration.POSTGRESQL
        drop_triggers()
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return put


def drop_triggers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS event_never_changes")
            cursor.execute("DROP TRIGGER IF EXISTS event_is_never_removed")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS event_never_changes ON assess_event")
            cursor.execute("DROP FUNCTION IF EXISTS event_never_changes()")
