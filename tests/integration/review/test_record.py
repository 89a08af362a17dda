"""The record: whatever is erased behind the site's back is found, and each sealed column that is changed.

Who erases here may do anything to the database, takes its triggers away first and puts them back, and corrects all that
would give it away: counters, states, summaries. They don't have the site's secret key.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from assess.assessments import actions as answering
from assess.assessments.models import Assessment, Event, State
from assess.people.actions import rename_team
from assess.people.models import User
from assess.record.chain import Head, head_of, read_head
from assess.record.columns import RECOMPUTED, SEALED
from assess.record.models import RecordLink
from assess.review import actions
from assess.review.models import Comment, SignOff
from tests.databases import create_triggers, drop_triggers
from tests.integration.review.conftest import found_after, load, run, verify

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def erased(erase: Callable[[], object], *arguments: str) -> str:
    """What is found after this was done without triggers."""
    drop_triggers()
    erase()
    create_triggers()
    status, said = verify(*arguments)
    assert status == 1, said
    return said


def cut_off_from(it: Assessment, kind: str, **columns: Any) -> int:
    """Remove the events from the first of this kind on, and all that would tell of them in the assessment's row."""
    first = Event.objects.filter(assessment=it, kind=kind).earliest("number").number
    run("DELETE FROM assess_event WHERE assessment_id = %s AND number >= %s", it.pk, first)
    Assessment.objects.filter(pk=it.pk).update(log_length=first - 1, **columns)
    return first


# --- what is erased


def test_erased_signature_with_its_events_is_found(accepted: Assessment) -> None:
    def erase() -> None:
        cut_off_from(accepted, "decided", state=State.IN_REVIEW)
        SignOff.objects.all().delete()

    said = erased(erase)
    number = load(accepted.pk).log_length + 1
    assert (
        f"assessment {accepted.pk}: event {number}, “decided”, is missing, though link 3 of the record covers it"
        in said
    )


def test_erased_challenge_is_found(accepted: Assessment, alice: User) -> None:
    actions.challenge(accepted, by=alice, text="Two teams left since.")

    def erase() -> None:
        cut_off_from(accepted, "challenged", state=State.ACCEPTED)
        Comment.objects.all().delete()

    assert "“challenged”, is missing, though link 4 of the record covers it" in erased(erase)


def test_submitted_version_that_was_made_a_draft_again_is_found(submitted: Assessment) -> None:
    def erase() -> None:
        nothing = {"submitted_at": None, "submitted_by": None, "answers_hash": "", "verdict": "", "form": ""}
        summary = {"current_verdict": "", "current_verdict_form": "", "current_verdict_at": None, "ask_again_on": None}
        columns = {"state": State.DRAFT, "result": None, "model_version": None, **nothing, **summary}
        cut_off_from(submitted, "submitted", **columns, need=0, readiness=0, gates_not_passed={})

    assert "“submitted”, is missing, though link 1 of the record covers it" in erased(erase)


def test_removed_version_is_found(accepted: Assessment) -> None:
    said = erased(lambda: remove_version(accepted))
    assert f"the record, link 1: assessment {accepted.pk} is missing, though this link covers its event" in said
    assert f"the record, link 3: assessment {accepted.pk} is missing" in said


def remove_version(it: Assessment) -> None:
    for table in ("event", "signoff", "answer"):
        run(f"DELETE FROM assess_{table} WHERE assessment_id = %s", it.pk)
    run("DELETE FROM assess_assessment WHERE id = %s", it.pk)


def test_removed_version_with_its_links_is_found_by_the_gap(accepted: Assessment, edition: Any, alice: User) -> None:
    other = answering.start_assessment(team=accepted.system.team, system_name="Mail", edition=edition, by=alice)
    actions.comment(other, by=alice, text="Later.")

    def erase() -> None:
        run("DELETE FROM assess_recordlink WHERE assessment_id = %s", accepted.pk)
        remove_version(accepted)

    assert "the record, link 1: links 1 to 3 are missing" in erased(erase)


def test_links_numbered_anew_after_one_was_removed_are_found(accepted: Assessment) -> None:
    def erase() -> None:
        run("DELETE FROM assess_recordlink WHERE number = 2")
        run("UPDATE assess_recordlink SET number = 2 WHERE number = 3")

    said = erased(erase)
    assert "the record, link 2: it was changed or added: its seal does not follow from the link before" in said
    assert "the record has no link for it, “reviewed”" in said


def test_cut_end_of_the_record_is_found_with_a_head_that_somebody_kept(accepted: Assessment, alice: User) -> None:
    kept = head_of()
    assert kept.number == 3

    def erase() -> None:
        cut_off_from(accepted, "decided", state=State.IN_REVIEW)
        SignOff.objects.all().delete()
        run("DELETE FROM assess_recordlink WHERE number = 3")

    drop_triggers()
    erase()
    create_triggers()
    assert verify()[0] == 0, "nothing in the database itself tells that its end is gone"
    status, said = verify("--since", str(kept))
    assert status == 1
    assert "the record, link 3: it is missing, though somebody kept its seal: the end of the record was cut off" in said
    actions.comment(load(accepted.pk), by=alice, text="And on.")
    status, said = verify("--since", str(kept))
    assert status == 1
    assert "the record, link 3: it has another seal than somebody kept" in said


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's triggers call a function")
def test_trigger_that_never_fires_is_found(signed: Assessment) -> None:
    drop_triggers()
    create_triggers()
    run("DROP TRIGGER event_is_never_removed")
    run(
        "CREATE TRIGGER event_is_never_removed BEFORE DELETE ON assess_event WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END"
    )
    assert "the trigger event_is_never_removed was replaced" in verify()[1]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's triggers have no function")
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION event_never_changes() RETURNS trigger LANGUAGE plpgsql "
        "AS $$BEGIN RETURN OLD; END$$",
        "CREATE OR REPLACE TRIGGER event_never_changes BEFORE DELETE OR UPDATE ON assess_event FOR EACH ROW "
        "WHEN (OLD.id < 0) EXECUTE FUNCTION event_never_changes()",
        "ALTER TABLE assess_event DISABLE TRIGGER event_never_changes",
    ],
)
def test_trigger_that_never_fires_on_postgresql_is_found(statement: str, signed: Assessment) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    assert "the trigger event_never_changes " in verify()[1]


@pytest.mark.parametrize("statement", ["UPDATE assess_recordlink SET kind = 'x'", "DELETE FROM assess_recordlink"])
def test_database_refuses_to_change_or_remove_a_link(statement: str, submitted: Assessment) -> None:
    with pytest.raises(DatabaseError, match="a link of the record"), transaction.atomic():
        run(statement)


# --- the head


def test_head_is_that_of_the_newest_link_and_goes_on(submitted: Assessment, rita: User) -> None:
    status, first = verify("--head")
    assert status == 0
    assert read_head(first) == head_of() == head_of(submitted.pk)
    actions.take_up(submitted, by=rita)
    actions.comment(load(submitted.pk), by=rita, text="Good.")
    assert verify("--since", first)[1].endswith("The record goes on from link 1: 2 links since.\n")
    assert verify("--since", f"{Head(0, '0' * 64)}")[0] == 0


def test_head_that_is_none_is_refused_in_words(db: None) -> None:
    assert "Give --since a head as --head prints it" in verify("--since", "12")[1]


def test_links_are_appended_by_steps_of_a_review_and_not_by_saving(signed: Assessment) -> None:
    kinds = list(RecordLink.objects.order_by("number").values_list("kind", flat=True))
    steps = ["submitted", "commented", "settled", "reviewed", "decided", "challenged", "upheld", "challenged"]
    assert kinds == [*steps, "reopened", "decided", "condition_met", "commented"]


# --- names


def test_renaming_by_the_site_is_in_the_record(signed: Assessment, ada: User) -> None:
    rename_team(signed.system.team, "Checkout", by=ada)
    assert RecordLink.objects.latest("number").kind == "renamed"
    assert verify()[0] == 0


#: SQL, and what is said of it. BOB and RITA are numbers of people.
OTHER_NAMES = (
    ("UPDATE assess_system SET name = 'Mail'", "(Mail): its workspace or team or name is not what the record says"),
    ("UPDATE assess_team SET name = 'Mail'", "(Mail): its workspace or name is not what the record says"),
    ("UPDATE assess_workspace SET name = 'Mail'", "(Mail): its name is not what the record says"),
    ("UPDATE assess_edition SET title = 'Mail'", "title or sha256 is not what the record says"),
)


def test_changed_name_of_what_was_judged_is_found(signed: Assessment) -> None:
    assert unnamed(OTHER_NAMES) == []


def unnamed(changes: Iterable[tuple[str, str]], **people: User) -> list[str]:
    """The statements after which `verify_log` does not say the sentence."""
    for name, person in people.items():
        changes = [(statement.replace(name.upper(), str(person.pk)), sentence) for statement, sentence in changes]
    return [statement for statement, sentence in changes if sentence not in found_after(partial(run, statement))]


# --- columns


CHANGED_COLUMNS = (
    ("UPDATE assess_respondent SET user_id = RITA WHERE user_id = BOB", "its person is not what its events say"),
    ("UPDATE assess_respondent SET perspective = 'manager' WHERE user_id = BOB", "its perspective is not what its"),
    (
        "UPDATE assess_assessment SET names_shown = FALSE",
        "its setting of whether names show is not what its events",
    ),
    ("UPDATE assess_assessment SET submitted_by_id = BOB", "its submitted by is not what its events say"),
    ("UPDATE assess_assessment SET submitted_at = created_at", "its submitted at is not what its events say"),
    (
        "UPDATE assess_signoff SET signed_at = '2026-01-01 00:00:00+00:00'",
        "its signed at is not what its events say",
    ),
    ("UPDATE assess_comment SET written_by_id = BOB", "its author is not what its events say"),
    ("UPDATE assess_comment SET text = 'Fine.'", "its text is not what its events say"),
    ("UPDATE assess_agreement SET note = 'Four.'", "its note is not what its events say"),
    ("UPDATE assess_agreement SET answers_before = '[]'", "its record of what each had answered is not what its"),
    ("UPDATE assess_agreement SET agreed_by_id = BOB", "its agreed by is not what its events say"),
    (
        "UPDATE assess_answer SET answered_by_id = BOB",
        "the answer to “teams”: its answered by is not what its events",
    ),
    ("UPDATE assess_evidence SET commit_hash = 'beef'", "its commit hash is not what its events say"),
    ("UPDATE assess_evidence SET content = '{}'", "are not those that were attached: their hash is wrong"),
    ("UPDATE assess_candidatechoices SET content = '{}'", "its content is not what its events say"),
    ("UPDATE assess_plannedchange SET kept_by_id = BOB", "its planned changes are not what its events say"),
    (
        "UPDATE assess_assessment SET current_verdict = 'stay-x'",
        "its current verdict, which lists and counts read,",
    ),
    ("UPDATE assess_assessment SET need = need + 1", "its need, which lists and counts read,"),
    ("UPDATE assess_assessment SET gates_not_passed = '{}'", "its gates not passed, which lists and counts read,"),
    ("UPDATE assess_assessment SET is_newest = FALSE", "its is newest, which lists and counts read,"),
)


def test_changed_column_is_found_and_named(signed: Assessment, bob: User, rita: User) -> None:
    assert unnamed(CHANGED_COLUMNS, bob=bob, rita=rita) == []


def test_author_and_text_of_a_comment_on_an_unsigned_version_are_sealed(
    submitted: Assessment, alice: User, bob: User
) -> None:
    written = actions.comment(submitted, by=alice, text="Five teams.")
    said = erased(lambda: run("UPDATE assess_comment SET text = 'Three.', written_by_id = %s", bob.pk))
    assert f"comment {written.pk}: its text is not what its events say" in said
    assert f"comment {written.pk}: its author is not what its events say" in said
    assert f"comment {written.pk} is missing" in erased(lambda: run("DELETE FROM assess_comment"))


#: Columns that a constraint ties to another: what to set instead.
TIED = {
    ("Assessment", "deleted_at"): "deleted_at = created_at, deleted_by_id = created_by_id",
    ("Assessment", "deleted_by"): "deleted_at = created_at, deleted_by_id = created_by_id",
    ("Assessment", "state"): "state = 'in_review'",
    ("Assessment", "is_newest"): "is_newest = FALSE",
    ("Evidence", "deleted_at"): "deleted_at = attached_at, deleted_by_id = attached_by_id",
    ("Evidence", "deleted_by"): "deleted_at = attached_at, deleted_by_id = attached_by_id",
    ("Respondent", "removed_at"): "removed_at = asked_at, removed_by_id = asked_by_id",
    ("Respondent", "removed_by"): "removed_at = asked_at, removed_by_id = asked_by_id",
    ("GuestLink", "revoked_at"): "revoked_at = created_at, revoked_by_id = created_by_id",
    ("GuestLink", "revoked_by"): "revoked_at = created_at, revoked_by_id = created_by_id",
    ("ShareLink", "revoked_at"): "revoked_at = created_at, revoked_by_id = created_by_id",
    ("ShareLink", "revoked_by"): "revoked_at = created_at, revoked_by_id = created_by_id",
    ("Comment", "settled_at"): "settled_at = written_at, settled_by_id = written_by_id",
    ("Comment", "settled_by"): "settled_at = written_at, settled_by_id = written_by_id",
    ("Answer", "answered"): "answered = NOT answered, value = NULL",
    ("Response", "answered"): "answered = NOT answered, value = NULL",
    ("Answer", "value"): "answered = TRUE, value = '1000'",
    ("Answer", "not_applicable"): "answered = TRUE, value = NULL, not_applicable = 'x'",
    ("Response", "not_applicable"): "value = NULL, not_applicable = 'x'",
    ("Measurement", "deleted_at"): "deleted_at = attached_at, deleted_by_id = attached_by_id",
    ("Measurement", "deleted_by"): "deleted_at = attached_at, deleted_by_id = attached_by_id",
    ("ProposalDecision", "evidence"): "evidence_id = NULL, measurement_id = 1",
    ("ProposalDecision", "measurement"): "evidence_id = NULL, measurement_id = 1",
    ("PlanStep", "state"): "state = 'to_do', done_at = NULL",
    ("PlanStep", "done_at"): "state = 'to_do', done_at = NULL",
    ("PreparationMark", "kind"): "kind = 'ticked', ends_on = NULL",
    ("Outcome", "months"): "months = 12",
    ("ProposalDecision", "is_override"): "is_override = FALSE, reason = ''",
    ("Edition", "workspace"): "workspace_id = 1000, imported_by_id = 1000, published_by_id = 1000",
}


@pytest.mark.slow
def test_every_sealed_or_recomputed_column_that_is_changed_is_found(signed: Assessment) -> None:
    unnoticed = []
    recomputed = {model: [name for names in lists.values() for name in names] for model, lists in RECOMPUTED.items()}
    for model in apps.get_app_config("assess").get_models():
        names = [*SEALED.get(model.__name__, ()), *recomputed.get(model.__name__, ())]
        for name in names:
            row = model._default_manager.order_by("pk").last()
            assert row is not None, model
            change = TIED.get((model.__name__, name)) or changed_otherwise(model._meta.get_field(name), row)
            statement = f"UPDATE {model._meta.db_table} SET {change} WHERE {model._meta.pk.column} = {row.pk}"
            if not found_after(partial(run, statement)):
                unnoticed.append(f"{model.__name__}.{name}")
    assert unnoticed == []
    assert verify()[0] == 0


def changed_otherwise(field: Any, row: models.Model) -> str:
    """SQL that gives the column another value."""
    column, value = field.column, getattr(row, field.attname)
    if isinstance(field, models.DateTimeField | models.DateField):
        moment = "2020-02-02" + (" 00:00:00+00:00" if isinstance(field, models.DateTimeField) else "")
        return f"{column} = '{moment}'"
    if isinstance(field, models.BooleanField):
        return f"{column} = NOT {column}"
    if isinstance(field, models.JSONField):
        return f"{column} = '{{\"x\": 1}}'"
    if isinstance(field, models.BinaryField):
        return f"{column} = 'x'"
    if isinstance(field, models.UUIDField):
        return f"{column} = '{'0' * 32}'"
    if isinstance(field, models.ForeignKey | models.IntegerField | models.FloatField):
        return f"{column} = {(value or 0) + 1000}"
    return f"{column} = '{'y' if value == 'x' else 'x'}'"


def test_assessment_moved_to_another_day_in_its_time_zone_is_no_finding(signed: Assessment) -> None:
    """The day to ask again follows the workspace's time zone, which may change."""
    Assessment.objects.filter(is_newest=True).update(ask_again_on=signed.ask_again_on - timedelta(days=1))  # type: ignore[operator]
    assert verify()[0] == 0
    Assessment.objects.filter(is_newest=True).update(ask_again_on=signed.ask_again_on - timedelta(days=9))  # type: ignore[operator]
    assert "its ask again on, which lists and counts read," in verify()[1]
