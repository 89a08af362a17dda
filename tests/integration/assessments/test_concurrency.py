"""Many saving at once: no acknowledged save is lost, every loser is told, and submitting never passes a save."""

import io
import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.measurements.actions import attach_file, attach_preview, preview_file, read_file
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Answer, Assessment, Edition
from assess.assessments.saving import Outcome, Saved, Stale, Submitted, save_answer
from assess.assessments.suggestions import confirm_suggestions, suggestions_for
from assess.people.models import Team, User
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.facade import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log
from tests.measurement_samples import deploys_csv, sixty_runs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

KEYS = ("teams", "developers", "models", "deploys_per_week")


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)


def at_once(*tasks: Callable[[], Any]) -> None:
    """Run the tasks in threads of their own that start together; an error in one fails the test."""
    start = threading.Barrier(len(tasks))
    errors: list[BaseException] = []

    def run(task: Callable[[], Any]) -> None:
        try:
            start.wait()
            task()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def change(key: str, value: int, base: int) -> Change:
    return Change(key=key, answered=True, value=value, base_version=base, mutation_id=uuid.uuid4())


def test_two_first_answers_at_once_leave_one_saved_and_one_told(assessment: Assessment, alice: User, bob: User) -> None:
    outcomes: list[Outcome] = []
    at_once(
        lambda: outcomes.append(save_answer(assessment.pk, change("teams", 3, 0), by=alice)),
        lambda: outcomes.append(save_answer(assessment.pk, change("teams", 4, 0), by=bob)),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Saved", "Stale"]
    assert_answers_are_the_fold_of_the_log(assessment)


def test_the_same_save_sent_twice_at_once_counts_once(assessment: Assessment, alice: User) -> None:
    twice = change("teams", 3, 0)
    outcomes: list[Outcome] = []
    at_once(*[lambda: outcomes.append(save_answer(assessment.pk, twice, by=alice))] * 4)
    assert all(isinstance(outcome, Saved) for outcome in outcomes)
    assert len(set(outcomes)) == 1
    assert assessment.events.filter(key="teams").count() == 1


def test_two_threads_answering_different_questions_lose_none(assessment: Assessment, alice: User, bob: User) -> None:
    def answer(key: str, by: User) -> Callable[[], None]:
        def run() -> None:
            for version in range(25):
                assert isinstance(save_answer(assessment.pk, change(key, version, version), by=by), Saved)

        return run

    at_once(answer("teams", alice), answer("developers", bob))
    assert {row.key: (row.value, row.version) for row in assessment.answers.all()} == {
        "teams": (24, 25),
        "developers": (24, 25),
    }
    assert_answers_are_the_fold_of_the_log(assessment)


def test_random_saves_by_many_lose_no_acknowledged_one(assessment: Assessment, alice: User, bob: User) -> None:
    acknowledged: list[tuple[str, int, int]] = []
    told: list[Stale] = []

    def person(by: User, seed: int) -> Callable[[], None]:
        def run() -> None:
            dice = random.Random(seed)
            seen = dict.fromkeys(KEYS, 0)
            for number in range(60):
                key = dice.choice(KEYS)
                value = seed * 1000 + number
                outcome = save_answer(assessment.pk, change(key, value, seen[key]), by=by)
                if isinstance(outcome, Saved):
                    acknowledged.append((key, outcome.version, value))
                    seen[key] = outcome.version
                else:
                    assert isinstance(outcome, Stale)
                    assert outcome.present is not None
                    told.append(outcome)
                    seen[key] = outcome.present.version

        return run

    at_once(*[person((alice, bob)[seed % 2], seed) for seed in range(4)])
    log = {(event.key, event.version): event.payload["value"] for event in assessment.events.filter(kind="answered")}
    assert log == {(key, version): value for key, version, value in acknowledged}
    assert len(acknowledged) + len(told) == 240
    assert_answers_are_the_fold_of_the_log(assessment)


def test_submitting_never_passes_a_save(assessment: Assessment, alice: User, bob: User) -> None:
    """Whatever is acknowledged is in the submitted answers and their hash; whatever comes later is told so."""
    save_answer(assessment.pk, change("teams", 1, 0), by=alice)
    acknowledged: list[int] = []
    refused: list[Outcome] = []

    def answer() -> None:
        version = 0
        while len(refused) < 3:
            outcome = save_answer(assessment.pk, change("developers", version, version), by=bob)
            if isinstance(outcome, Saved):
                acknowledged.append(version)
                version = outcome.version
            else:
                refused.append(outcome)

    at_once(answer, lambda: submit_assessment(assessment, by=alice))
    closed = Assessment.objects.get(pk=assessment.pk)
    assert all(isinstance(outcome, Submitted) for outcome in refused)
    assert answers_hash(builtin_questionnaire(), closed.current_answers()) == closed.answers_hash
    developers = Answer.objects.filter(assessment=assessment, key="developers").first()
    assert (developers.value if developers else None) == (acknowledged[-1] if acknowledged else None)
    assert_answers_are_the_fold_of_the_log(assessment)


def test_two_people_confirming_at_once_confirm_each_answer_once(alice: User, bob: User, assessment: Assessment) -> None:
    for key in KEYS:
        save_answer(assessment.pk, change(key, 3, 0), by=alice)
    second = start_next_version(submit_assessment(assessment, by=alice), by=alice)
    waiting = list(suggestions_for(second, questionnaire_of(second.edition), {}).values())
    confirmed: list[str] = []
    at_once(
        lambda: confirmed.extend(confirm_suggestions(second, waiting, by=alice)),
        lambda: confirmed.extend(confirm_suggestions(second, waiting, by=bob)),
    )
    assert sorted(confirmed) == sorted(KEYS)
    assert {row.key: row.version for row in second.answers.all()} == dict.fromkeys(KEYS, 1)
    assert sorted(key for event in second.events.filter(kind="confirmed") for key in event.payload["keys"]) == sorted(
        KEYS
    )
    assert_answers_are_the_fold_of_the_log(second)


def test_attaching_the_same_preview_in_two_tabs_attaches_one_measurement(assessment: Assessment, alice: User) -> None:
    file = read_file(io.BytesIO(deploys_csv(sixty_runs())), name="deploys.csv", assessment=assessment)
    preview_file(assessment, file, by=alice)
    attached: list[Measurement] = []
    tasks = [lambda: attached.append(attach_preview(assessment, seen=file.sha256, by=alice))] * 4
    at_once(*tasks)
    assert {row.pk for row in attached} == {Measurement.objects.get().pk}
    assert assessment.events.filter(kind="measurement_attached").count() == 1


def test_two_people_attaching_the_same_file_at_once_attach_it_once(
    assessment: Assessment, alice: User, bob: User
) -> None:
    file = read_file(io.BytesIO(deploys_csv(sixty_runs())), name="deploys.csv", assessment=assessment)
    refused: list[str] = []

    def attach(by: User) -> None:
        try:
            attach_file(assessment, file, by=by)
        except ValidationFailed as failed:
            refused.append(failed.issues[0].code)

    at_once(lambda: attach(alice), lambda: attach(bob))
    assert refused == ["attached"]
    assert Measurement.objects.count() == 1
