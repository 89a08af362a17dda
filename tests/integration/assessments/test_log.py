"""The fold of the log gives the present answers, whatever was saved and in whatever order events are read."""

import random
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assess.assessments.actions import start_assessment
from assess.assessments.changes import Change
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import fold_answers, payload_of
from assess.assessments.models import Assessment, Event
from assess.assessments.saving import Saved, Stale, save_answer
from assess.people.models import User
from assess.questionnaire.schema import Answer as AnswerValue
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

KEYS = ("teams", "developers", "models")

events = st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.integers(0, 100)), max_size=30)


@given(changes=events, seed=st.integers())
def test_the_fold_is_the_last_change_of_each_key_in_any_order(changes: list[tuple[str, int | None]], seed: int) -> None:
    versions = dict.fromkeys(KEYS, 0)
    last: dict[str, int | None] = {}
    log = []
    for key, value in changes:
        versions[key] += 1
        last[key] = value
        kind = EventKind.CLEARED if value is None else EventKind.ANSWERED
        log.append(Event(kind=kind, key=key, version=versions[key], payload=payload_of(AnswerValue(value=value))))
    log.append(Event(kind=EventKind.SUBMITTED))
    random.Random(seed).shuffle(log)
    folded = fold_answers(log)
    assert {key: (one.payload["value"], one.answered) for key, one in folded.items()} == {
        key: (value, value is not None) for key, value in last.items()
    }
    assert {key: one.version for key, one in folded.items()} == {key: n for key, n in versions.items() if n}


operations = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.none() | st.integers(-5, 50),
        st.integers(-1, 1),  # how far off the base version is
        st.booleans(),  # sent twice
    ),
    max_size=25,
)


@given(operations=operations)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_saves_the_rows_are_the_fold_and_only_right_versions_were_taken(
    operations: list[tuple[str, int | None, int, bool]], assessment: Assessment, alice: User
) -> None:
    # A new one each time: events are never removed.
    assessment = start_assessment(
        team=assessment.team, system_name=uuid.uuid4().hex, edition=assessment.edition, by=alice
    )
    expected: dict[str, tuple[int, int | None]] = {}
    for key, value, off, twice in operations:
        version = expected.get(key, (0, None))[0]
        base = max(0, version + off)
        change = Change(key=key, answered=value is not None, value=value, base_version=base, mutation_id=uuid.uuid4())
        outcome = save_answer(assessment.pk, change, by=alice)
        if value is not None and value < 0:
            assert not isinstance(outcome, Saved)
        elif base == version:
            assert isinstance(outcome, Saved)
            expected[key] = (version + 1, value)
        else:
            assert isinstance(outcome, Stale)
        if twice and isinstance(outcome, Saved):
            assert save_answer(assessment.pk, change, by=alice) == outcome
    rows = {row.key: (row.version, row.value) for row in assessment.answers.all()}
    assert rows == expected
    assert_answers_are_the_fold_of_the_log(assessment)
