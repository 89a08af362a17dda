"""Answering, taking back, submitting, going on, deleting and restoring in any order, by two people with old pages.

The invariants are those of docs/saving.md, checked after every step.
"""

import uuid
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from assess.assessments import actions
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import fold_answers, fold_row
from assess.assessments.models import Assessment, Edition, State
from assess.assessments.saving import NotFound, Saved, Stale, Submitted, save_answer
from assess.assessments.suggestions import confirm_suggestions, previous_submitted_version, suggestions_for
from assess.people.models import Team, User
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from assess.review.actions import withdraw
from tests.factories import found_by_verifying

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

KEYS = ("teams", "developers")
PEOPLE = st.sampled_from(("alice", "bob"))


def machine_for(team: Team, people: dict[str, User], edition: Edition) -> type[RuleBasedStateMachine]:
    class Assessing(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            first = actions.start_assessment(team=team, system_name="Web shop", edition=edition, by=people["alice"])
            self.system = first.system
            self.newest = first.pk
            #: What each person's page shows: (assessment, key) -> version.
            self.seen: dict[tuple[str, int, str], int] = {}
            #: Every acknowledged save: (assessment, key, version) -> value.
            self.acknowledged: dict[tuple[int, str, int], int | None] = {}
            self.sent: list[tuple[int, Change, str, Saved]] = []
            #: Submitted versions as they were then.
            self.frozen: dict[int, tuple[Any, ...]] = {}

        def teardown(self) -> None:
            found = found_by_verifying()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            assert found == []

        def load(self, number: int | None = None) -> Assessment:
            found = Assessment.objects.select_related("system__team", "edition")
            return found.get(pk=self.newest if number is None else number)

        # --- what people do

        @rule(who=PEOPLE, key=st.sampled_from(KEYS), value=st.none() | st.integers(0, 20))
        def answer(self, who: str, key: str, value: int | None) -> None:
            base = self.seen.get((who, self.newest, key), 0)
            here = self.load()
            row = here.answers.filter(key=key).first()
            present = row.version if row else 0
            change = Change(
                key=key, answered=value is not None, value=value, base_version=base, mutation_id=uuid.uuid4()
            )
            outcome = save_answer(here.pk, change, by=people[who])
            if here.deleted_at is not None:
                assert isinstance(outcome, NotFound)
            elif here.is_submitted:
                assert isinstance(outcome, Submitted)
            elif base == present:
                assert isinstance(outcome, Saved)
                self.acknowledged[here.pk, key, outcome.version] = value
                self.seen[who, here.pk, key] = outcome.version
                self.sent.append((here.pk, change, who, outcome))
            else:
                assert isinstance(outcome, Stale)
                assert outcome.present is not None
                assert outcome.present.version == present
                self.seen[who, here.pk, key] = present

        @precondition(lambda self: self.sent)
        @rule(data=st.data())
        def retry(self, data: st.DataObject) -> None:
            number, change, who, first = data.draw(st.sampled_from(self.sent))
            assert save_answer(number, change, by=people[who]) == first

        @rule(who=PEOPLE)
        def open_the_page_again(self, who: str) -> None:
            for row in self.load().answers.all():
                self.seen[who, self.newest, row.key] = row.version

        @rule(who=PEOPLE)
        def submit(self, who: str) -> None:
            here = self.load()
            known = any(answer.is_known for answer in here.current_answers().values())
            try:
                actions.submit_assessment(here, by=people[who])
            except ValidationFailed:
                assert here.is_submitted or here.deleted_at is not None or not known
            else:
                self.frozen[here.pk] = self.kept(here.pk)

        @rule(who=PEOPLE)
        def go_on(self, who: str) -> None:
            here = self.load()
            try:
                following = actions.start_next_version(here, by=people[who])
            except ValidationFailed:
                return
            assert here.is_submitted
            assert following.current_answers() == {}
            self.newest = following.pk

        @rule(who=PEOPLE)
        def confirm(self, who: str) -> None:
            here = self.load()
            before = {row.key: row.version for row in here.answers.all()}
            given = here.current_answers()
            waiting = suggestions_for(here, questionnaire_of(here.edition), given)
            earlier = previous_submitted_version(here)
            assert all(earlier.current_answers()[key] == one.answer for key, one in waiting.items())
            if not here.is_open:
                assert not waiting
                return
            saved = confirm_suggestions(here, waiting.values(), by=people[who])
            assert saved == list(waiting)
            assert here.current_answers() == {**given, **{key: one.answer for key, one in waiting.items()}}
            for key in saved:
                self.acknowledged[here.pk, key, before.get(key, 0) + 1] = waiting[key].answer.value

        @rule(who=PEOPLE)
        def withdraw(self, who: str) -> None:
            here = self.load()
            try:
                withdraw(here, by=people[who], text="Too early.")
            except ValidationFailed:
                assert here.state != State.SUBMITTED

        @rule(who=PEOPLE)
        def delete(self, who: str) -> None:
            here = self.load()
            try:
                actions.delete_assessment(here, by=people[who])
            except ValidationFailed:
                assert here.is_submitted or here.deleted_at is not None

        @rule(who=PEOPLE)
        def restore(self, who: str) -> None:
            try:
                actions.restore_assessment(self.load(), by=people[who])
            except ValidationFailed:
                assert self.load().deleted_at is None

        # --- what always holds

        def kept(self, number: int) -> tuple[Any, ...]:
            here = Assessment.objects.get(pk=number)
            answers = list(here.answers.order_by("key").values_list("key", "value", "version"))
            return here.answers_hash, here.verdict, here.result, here.submitted_at, here.edition_id, answers

        @invariant()
        def acknowledged_saves_are_in_the_log(self) -> None:
            log: dict[tuple[int, str, int], int | None] = {}
            for here in self.system.assessments.all():
                for event in here.events.filter(kind__in=("answered", "cleared")):
                    log[here.pk, event.key, event.version] = event.payload["value"]
            assert log == self.acknowledged

        @invariant()
        def the_rows_are_the_fold_of_the_log(self) -> None:
            for here in self.system.assessments.all():
                rows = {row.key: fold_row(row) for row in here.answers.all()}
                assert fold_answers(here.events.all()) == rows

        @invariant()
        def submitted_versions_stay_as_they_were(self) -> None:
            for number, then in self.frozen.items():
                assert self.kept(number) == then
                here = self.load(number)
                assert answers_hash(builtin_questionnaire(), here.current_answers()) == here.answers_hash

        @invariant()
        def one_version_at_most_is_open(self) -> None:
            assert self.system.assessments.filter(submitted_at=None, deleted_at=None).count() <= 1

    return Assessing


@pytest.mark.slow
@pytest.mark.hypothesis  # with more examples in `make test-thorough`
def test_whatever_people_do_nothing_is_lost(team: Team, alice: User, bob: User, edition: Edition) -> None:
    run_state_machine_as_test(
        machine_for(team, {"alice": alice, "bob": bob}, edition),
        settings=settings(
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
