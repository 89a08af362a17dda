"""`verify_log` finds whatever is done behind the site's back, and nothing where all is as written.

The database refuses to change or remove an event while its triggers are there; who tampers takes them away first.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from assess.assessments import actions as answering
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Answer, Assessment, Event, Response
from assess.people.models import User
from assess.review import actions
from assess.review.models import Comment, Condition, SignOff
from assess.review.signed_content import content_hash
from tests.databases import create_triggers, drop_triggers
from tests.integration.review.conftest import found_after, load, other_than, run, tampered, verify

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_unchanged_log_is_reported_with_its_size(signed: Assessment) -> None:
    assert verify() == (0, f"1 assessment, {signed.log_length} events: all as written\n")


def test_empty_database_verifies(db: None) -> None:
    assert verify() == (0, "0 assessments, 0 events: all as written\n")


def test_log_verifies_after_delete_restore_and_next_version(submitted: Assessment, alice: User) -> None:
    following = answering.start_next_version(submitted, by=alice)
    answering.delete_assessment(following, by=alice)
    assert verify()[0] == 0
    answering.restore_assessment(following, by=alice)
    assert verify()[0] == 0


def test_events_sealed_with_an_earlier_secret_verify(signed: Assessment, settings: Any) -> None:
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-of-more-than-fifty-characters-000000000000"
    settings.SECRET_KEY_FALLBACKS = []
    assert verify()[0] == 1
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert verify()[0] == 0


# --- the database refuses


@pytest.mark.parametrize("statement", ["UPDATE assess_event SET kind = 'started'", "DELETE FROM assess_event"])
def test_database_refuses_to_change_or_remove_an_event(statement: str, signed: Assessment) -> None:
    with pytest.raises(DatabaseError, match="an event"), transaction.atomic():
        run(statement)
    assert verify()[0] == 0


def test_missing_triggers_are_reported(signed: Assessment) -> None:
    drop_triggers()
    status, said = verify()
    assert status == 1
    assert "the trigger event_never_changes is missing" in said


# --- tampering


def number_of(assessment: Assessment, kind: str) -> int:
    return Event.objects.filter(assessment=assessment, kind=kind).earliest("number").number


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", '{"value": 6}'),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("kind", "cleared"),
        ("key", "developers"),
        ("version", 7),
        ("by_id", "BOB"),
        ("respondent_id", "SHEET"),
        ("seal", "0" * 64),
    ],
)
def test_changed_event_is_reported_with_assessment_and_number(
    column: str, value: Any, signed: Assessment, bob: User
) -> None:
    number = number_of(signed, "answered")
    known = {"BOB": bob.pk, "SHEET": signed.respondents.get(user=bob).pk}
    value = known.get(value, value)
    statement = f"UPDATE assess_event SET {column} = %s WHERE assessment_id = %s AND number = %s"
    said = tampered(statement, value, signed.pk, number)
    assert f"assessment {signed.pk}, event {number}: it was changed or added" in said


def test_missing_event_in_the_middle_is_reported(signed: Assessment) -> None:
    number = number_of(signed, "commented")
    statement = "DELETE FROM assess_event WHERE assessment_id = %s AND number = %s"
    said = tampered(statement, signed.pk, number)
    assert f"assessment {signed.pk}, event {number}: event {number} is missing" in said


def test_missing_event_at_the_end_is_reported(signed: Assessment) -> None:
    statement = "DELETE FROM assess_event WHERE assessment_id = %s AND number = %s"
    said = tampered(statement, signed.pk, signed.log_length)
    assert f"event {signed.log_length} is missing at the end" in said


def test_missing_log_is_reported(signed: Assessment) -> None:
    said = tampered("DELETE FROM assess_event WHERE assessment_id = %s", signed.pk)
    assert f"events 1 to {signed.log_length} are missing at the end" in said


def test_added_event_is_reported(signed: Assessment) -> None:
    copy = Event.objects.filter(assessment=signed).latest("number")
    copy.pk, copy.number, copy.mutation_id = None, signed.log_length + 1, None
    copy.save(force_insert=True)
    status, said = verify()
    assert status == 1
    assert f"event {copy.number}: it was changed or added" in said
    assert f"its log holds {copy.number} events, though it counted {signed.log_length}" in said


def test_swapped_events_are_reported(signed: Assessment) -> None:
    drop_triggers()
    run("UPDATE assess_event SET number = 1001 WHERE assessment_id = %s AND number = 2", signed.pk)
    run("UPDATE assess_event SET number = 2 WHERE assessment_id = %s AND number = 3", signed.pk)
    run("UPDATE assess_event SET number = 3 WHERE assessment_id = %s AND number = 1001", signed.pk)
    create_triggers()
    said = verify()[1]
    assert "event 2: it was changed" in said
    assert "event 3: it was changed" in said


CHANGED_ROWS: tuple[tuple[Callable[[Assessment], object], str], ...] = (
    (lambda it: Answer.objects.filter(assessment=it, key="teams").update(value=50), "the answer to “teams”"),
    (lambda it: Answer.objects.filter(assessment=it, key="teams").update(note="x"), "the answer to “teams”"),
    (lambda it: Answer.objects.filter(assessment=it, key="teams").delete(), "the answer to “teams”"),
    (lambda it: Response.objects.update(value=3), "to “developers” is not what its events say"),
    (lambda it: Response.objects.update(value=3), "do not have the hash"),
    (lambda it: Assessment.objects.update(answers_hash="0" * 64), "its answers hash is not what its events"),
    (
        lambda it: Assessment.objects.update(verdict=other_than(it.verdict)),
        "its verdict is not what its events",
    ),
    (lambda it: Assessment.objects.update(state="accepted"), "its state is “accepted”"),
    (lambda it: Assessment.objects.update(overruled_to=""), "its overruled to is not what its events say"),
    (lambda it: Assessment.objects.update(log_length=3), "though it counted 3"),
    (lambda it: SignOff.objects.update(remark="I agree"), "its remark is not what its events say"),
    (lambda it: SignOff.objects.update(reason="Other"), "its reason is not what its events say"),
    (lambda it: SignOff.objects.update(decision="accepted"), "its decision is not what its events say"),
    (lambda it: SignOff.objects.update(signed_by=it.created_by), "its signer is not what its events say"),
    (lambda it: SignOff.objects.update(challenge_until=None), "its challenge until is not what its events say"),
    (lambda it: SignOff.objects.update(content={}), "its hash is wrong"),
    (lambda it: Condition.objects.update(owner="Bea"), "its owner is not what its events say"),
    (lambda it: Condition.objects.update(due_on="2030-01-01"), "its due on is not what its"),
    (lambda it: Condition.objects.latest("pk").delete(), ": condition "),
    (lambda it: Comment.objects.filter(key="teams").update(text="Fine"), "its text is not what its events say"),
    (lambda it: SignOff.objects.earliest("pk").delete(), "is missing"),
    (lambda it: Assessment.objects.update(result={**it.result, "headline": "Extract"}), "its result is not what"),
    (lambda it: Assessment.objects.update(result=None), "its result is not what the event of submitting says"),
    (lambda it: Condition.objects.update(met_at=None, met_by=None), "its met at is not what its events say"),
    (lambda it: Condition.objects.update(met_how="Well."), "its words on how it was met is not what its events"),
    (
        lambda it: Condition.objects.filter(met_at=None).update(met_at=it.submitted_at, met_by=it.created_by),
        "its met by is not what its events say",
    ),
)


def test_row_changed_without_an_event_is_reported(signed: Assessment) -> None:
    for change, message in CHANGED_ROWS:
        said = found_after(partial(change, signed))
        assert message in said
        assert f"assessment {signed.pk}" in said


def test_signature_changed_with_its_hash_is_reported_from_the_event(signed: Assessment) -> None:
    changed = SignOff.objects.latest("pk")
    changed.content["remark"] = changed.remark = "I agree"
    changed.content_hash = content_hash(changed.content)
    changed.save()
    status, said = verify()
    assert status == 1
    assert f"signature {changed.pk}: its content hash is not what its events say" in said


def test_added_signature_is_reported(submitted: Assessment, rita: User) -> None:
    content: dict[str, Any] = {"remark": ""}
    SignOff.objects.create(
        assessment=submitted,
        decision="accepted",
        model_verdict=submitted.verdict,
        content=content,
        content_hash=content_hash(content),
        signed_by=rita,
    )
    assert "was added: no event records it" in verify()[1]


def test_impossible_move_in_the_log_is_reported(draft: Assessment, rita: User) -> None:
    record_event(draft, EventKind.UPHELD, by=rita, payload={"state": "accepted"})
    said = verify()[1]
    assert f"event {load(draft.pk).log_length}: “uphold” is no move from “in progress”" in said


def test_single_assessment_can_be_verified(signed: Assessment, team: Any, alice: User, edition: Any) -> None:
    other = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice)
    Assessment.objects.filter(pk=signed.pk).update(overruled_to="")
    assert verify("--assessment", str(other.pk)) == (0, "1 assessment, 1 event: all as written\n")
    assert verify("--assessment", str(signed.pk))[0] == 1
    assert "There is no assessment 987654." in verify("--assessment", "987654")[1]


def test_change_during_the_check_is_not_reported(
    signed: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody comments between the reading of the events and that of the rows."""
    from assess.review import log_verification as verifying

    before = verifying.StoredRows.__init__
    calls: list[int] = []

    def late(self: Any, batch: Any) -> None:
        if not calls:
            calls.append(1)
            actions.challenge(load(signed.pk), by=alice, text="Now.")
            batch[0].refresh_from_db()
        before(self, batch)

    monkeypatch.setattr(verifying.StoredRows, "__init__", late)
    assert verify()[0] == 0
    assert calls


def test_every_finding_is_one_parsable_line(signed: Assessment) -> None:
    said = tampered("UPDATE assess_event SET payload = %s WHERE kind = 'answered'", json.dumps({"value": "x: y\n"}))
    *lines, total = said.splitlines()
    assert len(lines) > 2
    assert all(line.startswith(f"assessment {signed.pk}") and ": " in line for line in lines)
    assert total.endswith(f"{len(lines)} findings, listed above.")
