"""Ten thousand random operations on one assessment, by many at once: what was acknowledged is there, every loser told.

First everybody answers on the common sheet, then (people are asked, while others still save) each on their own, with
agreements in between; at last it is submitted while saves still come in.
"""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.changes import Change
from assess.assessments.models import Assessment, Edition, Event, Respondent
from assess.assessments.perspectives import Perspective
from assess.assessments.respondents import ask_people
from assess.assessments.saving import Elsewhere, Outcome, Saved, Stale, Submitted, save_answer
from assess.people.models import Role, Team, User
from assess.questionnaire.answers import answers_hash
from assess.questionnaire_files import builtin_questionnaire
from tests.factories import MembershipFactory, UserFactory, found_by_verifying

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

KEYS = ("teams", "developers", "models", "deploys_per_week", "services")
PEOPLE = 6


class Person:
    """One of many who answer at once, sometimes from an old page, sometimes sending the same twice."""

    def __init__(self, user: User, seed: int, assessment: Assessment) -> None:
        self.user, self.dice, self.assessment = user, random.Random(seed), assessment
        self.seed = seed
        self.seen: dict[tuple[int | None, str], int] = {}
        self.acknowledged: dict[tuple[int | None, str, int], tuple[bool, Any]] = {}
        self.last: tuple[Change, int | None, bool, Outcome] | None = None
        self.told: Counter[str] = Counter()
        self.respondent: int | None = None

    def change(self, sheet: int | None, number: int) -> Change:
        key = self.dice.choice(KEYS)
        base = self.seen.get((sheet, key), 0)
        if self.dice.random() < 0.05:
            base = max(base - 1, 0)  # a page opened a while ago
        answered = self.dice.random() > 0.1
        return Change(
            key=key,
            answered=answered,
            value=self.seed * 10_000 + number if answered else None,
            base_version=base,
            mutation_id=uuid.UUID(int=self.dice.getrandbits(128)),
        )

    def act(self, number: int) -> None:
        if self.last is not None and self.dice.random() < 0.05:
            change, sheet, agreed, first = self.last
            again = save_answer(self.assessment.pk, change, by=self.user, respondent_id=sheet, agreed=agreed)
            if isinstance(first, Saved):
                assert again == first  # also when the version was closed in between
            elif isinstance(again, Saved):
                self.note(change, sheet, again)
            return
        own = self.respondent is not None and self.dice.random() < 0.8
        sheet = self.respondent if own else None
        agreed = sheet is None and self.respondent is not None
        change = self.change(sheet, number)
        outcome = save_answer(self.assessment.pk, change, by=self.user, respondent_id=sheet, agreed=agreed)
        self.last = (change, sheet, agreed, outcome)
        match outcome:
            case Saved():
                self.note(change, sheet, outcome)
            case Stale(present=present):
                self.seen[sheet, change.key] = present.version if present else 0
            case Elsewhere() | Submitted():
                found = Respondent.objects.filter(assessment=self.assessment, user=self.user).first()
                self.respondent = found.pk if found else None
            case _:
                raise AssertionError(outcome)
        self.told[type(outcome).__name__] += 1

    def note(self, change: Change, sheet: int | None, saved: Saved) -> None:
        self.acknowledged[sheet, change.key, saved.version] = (change.answered, change.value)
        self.seen[sheet, change.key] = saved.version


def at_once(*tasks: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
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


@pytest.mark.slow
@pytest.mark.parametrize("operations", [1_200, 10_000])
def test_no_acknowledged_save_is_lost_and_each_loser_is_told(
    operations: int, team: Team, alice: User, edition: Edition
) -> None:
    users = [alice, *(UserFactory() for _ in range(PEOPLE - 1))]
    for user in users[1:]:
        MembershipFactory(user=user, team=team, role=Role.MEMBER)
    assessment = start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    people = [Person(user, seed, assessment) for seed, user in enumerate(users, start=1)]
    each = operations // PEOPLE

    def answer(person: Person) -> Callable[[], None]:
        def run() -> None:
            for number in range(each):
                if person.user == alice and number == each // 3:
                    ask_people(assessment, people=users, perspective=Perspective.DEVELOPER, sections=[], by=alice)
                if person.user == alice and number == each - 50:
                    submit_assessment(Assessment.objects.get(pk=assessment.pk), by=alice)
                person.act(number)

        return run

    at_once(*map(answer, people))

    logged = {
        (event.respondent_id, event.key, event.version): (event.kind == "answered", event.payload["value"])
        for event in Event.objects.filter(assessment=assessment, kind__in=("answered", "cleared"))
    }
    acknowledged = {place: given for person in people for place, given in person.acknowledged.items()}
    assert {place: given for place, given in acknowledged.items() if logged.get(place) != given} == {}
    told = sum((person.told for person in people), Counter[str]())
    assert min(told[name] for name in ("Saved", "Stale", "Submitted")) > 0
    closed = Assessment.objects.get(pk=assessment.pk)
    assert closed.answers_separately
    assert closed.answers_hash == answers_hash(builtin_questionnaire(), closed.current_answers())
    # Rows are the fold of the log, numbers have no gap, and every seal is right.
    assert found_by_verifying(assessment.pk) == []
