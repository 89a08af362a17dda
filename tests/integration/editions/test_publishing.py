"""Publishing and retiring: once published an edition never changes, and assessments keep theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.editions import (
    editions_to_start_with,
    newer_verdict,
    newest_edition,
    questionnaire_by_hash,
    questionnaire_of,
)
from assess.assessments.models import Assessment, Edition
from assess.editions import actions
from assess.people.models import Team, User, Workspace
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import NEWEST
from tests.integration.editions.conftest import REVERSED, own

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def imported(workspace: Workspace, by: User, *changes: tuple[str, str], version: int = 1) -> Edition:
    return actions.import_edition(workspace=workspace, content=own(*changes, version=version), by=by)


def published(workspace: Workspace, by: User, *changes: tuple[str, str], version: int = 1) -> Edition:
    return actions.publish_edition(imported(workspace, by, *changes, version=version), by=by)


def code_of(caught: Any) -> str:
    return str(caught.value.issues[0].code)


def test_the_page_publishes_a_sound_draft(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition
) -> None:
    draft = imported(workspace, ada)
    assert ">Publish</button>" in ada_client.get(reverse("edition", args=[draft.pk])).content.decode()
    response = ada_client.post(reverse("edition-publish", args=[draft.pk]), follow=True)
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == ("published", ada)
    assert "New assessments in Harbour can start with it" in response.content.decode()
    assert ">Publish</button>" not in response.content.decode()
    assert ">Retire</button>" in response.content.decode()


def test_a_draft_that_is_not_sound_is_not_published_and_says_why(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition
) -> None:
    draft = imported(workspace, ada, REVERSED)
    page = ada_client.post(reverse("edition-publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert page.status_code == 400
    assert draft.is_draft
    assert "Turn the levels round" in page.content.decode()


def test_a_published_version_is_not_imported_again(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition, try_file: Callable[..., Any]
) -> None:
    published(workspace, ada)
    page = try_file(ada_client, own(("title: Split checklist", "title: Another")))
    assert page.status_code == 400
    assert "Give it version 2; version 1 is published and never changes" in page.content.decode()


def test_an_older_version_is_not_published_after_a_newer_one(ada: User, workspace: Workspace, edition: Edition) -> None:
    older = imported(workspace, ada)
    published(workspace, ada, version=2)
    with pytest.raises(ValidationFailed) as caught:
        actions.publish_edition(older, by=ada)
    assert code_of(caught) == "older_version"


@pytest.mark.parametrize(
    "change", [{"content": b"questionnaire: other"}, {"title": "Other"}, {"version": 9}, {"published_at": None}]
)
def test_the_database_refuses_to_change_a_published_edition(
    change: dict[str, Any], ada: User, workspace: Workspace, edition: Edition
) -> None:
    """A trigger; whoever rebuilds the table in a migration has to make it again."""
    mine = published(workspace, ada)
    for kept in (mine, edition):
        before = Edition.objects.values().get(pk=kept.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=kept.pk).update(**change)
        assert Edition.objects.values().get(pk=kept.pk) == before


def test_a_retired_edition_is_not_brought_back(ada: User, workspace: Workspace, edition: Edition) -> None:
    mine = actions.retire_edition(published(workspace, ada), by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=mine.pk).update(retired_at=None, retired_by=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": None, "published_by": None},
        {"published_by": "somebody"},
        {"retired_at": timezone.now(), "retired_by": "somebody"},
        {"imported_by": "somebody"},
    ],
)
def test_an_edition_that_came_with_the_site_is_published_by_nobody(fields: dict[str, Any], ada: User) -> None:
    values = {name: ada if value == "somebody" else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(slug="x", version=1, title="X", content=b"", sha256="0" * 64, **values)


def test_bytes_that_were_changed_behind_our_back_are_found(workspace: Workspace, ada: User, edition: Edition) -> None:
    draft = imported(workspace, ada)
    Edition.objects.filter(pk=draft.pk).update(content=own(("title: Split checklist", "title: Other")))
    questionnaire_by_hash.cache_clear()
    with pytest.raises(ValueError, match="not those that were imported"):
        questionnaire_of(draft)


def test_retiring_keeps_what_was_started_and_starts_nothing_new(
    alice: User, ada: User, ada_client: Client, team: Team, workspace: Workspace, edition: Edition
) -> None:
    mine = published(workspace, ada)
    running = start_assessment(team=team, system_name="Shop", edition=mine, by=alice)
    response = ada_client.post(reverse("edition-retire", args=[mine.pk]), follow=True)
    assert "Assessments that started with it keep it" in response.content.decode()
    mine.refresh_from_db()
    assert (mine.state, mine.retired_by) == ("retired", ada)
    with pytest.raises(ValidationFailed) as caught:
        start_assessment(team=team, system_name="Another", edition=mine, by=alice)
    assert code_of(caught) == "not_published"
    running.refresh_from_db()
    assert running.edition == mine


@pytest.mark.parametrize(("state", "code"), [("draft", "draft"), ("retired", "retired")])
def test_only_what_is_published_is_retired(
    state: str, code: str, ada: User, workspace: Workspace, edition: Edition
) -> None:
    mine = imported(workspace, ada) if state == "draft" else actions.retire_edition(published(workspace, ada), by=ada)
    with pytest.raises(ValidationFailed) as caught:
        actions.retire_edition(mine, by=ada)
    assert code_of(caught) == code


def test_nobody_publishes_or_retires_what_came_with_the_site(ada: User, ada_client: Client, edition: Edition) -> None:
    for action in (actions.publish_edition, actions.retire_edition):
        with pytest.raises(ValidationFailed) as caught:
            action(edition, by=ada)
        assert code_of(caught) == "shipped"
    page = ada_client.get(reverse("edition", args=[edition.pk])).content.decode()
    assert "Comes with Splitcheck" in page
    assert "Retire</button>" not in page


def test_the_actions_themselves_ask_for_the_role(
    alice: User, rita: User, yves: User, ada: User, workspace: Workspace, edition: Edition
) -> None:
    draft = imported(workspace, ada)
    for other in (alice, rita, yves):
        with pytest.raises(PermissionDenied):
            imported(workspace, other)
        with pytest.raises(PermissionDenied):
            actions.publish_edition(draft, by=other)
        with pytest.raises(PermissionDenied):
            actions.retire_edition(draft, by=other)


# --- what new assessments start with


def test_new_assessments_start_with_the_newest_published_edition_of_each_questionnaire(
    ada: User, yves: User, workspace: Workspace, other_workspace: Workspace, edition: Edition
) -> None:
    published(workspace, ada)
    second = published(workspace, ada, version=2)
    imported(workspace, ada, version=3)
    published(other_workspace, yves)
    assert editions_to_start_with([workspace]) == [edition, second]
    assert newest_edition() == edition


def test_where_there_are_several_the_person_chooses(
    alice_client: Client, ada: User, workspace: Workspace, edition: Edition
) -> None:
    mine = published(workspace, ada, ("title: Split checklist", "title: Our checklist"))
    html = alice_client.get(reverse("assessment-new")).content.decode()
    assert f"Split checklist, version {NEWEST} (comes with Splitcheck)" in html
    assert "Our checklist, version 1 (our-checklist, Harbour)" in html
    alice_client.post(reverse("assessment-new"), {"system-name": "Shop", "edition-id": mine.pk})
    assert Assessment.objects.get(system__name="Shop").edition == mine
    alice_client.post(reverse("assessment-new"), {"system-name": "Depot"})
    assert Assessment.objects.get(system__name="Depot").edition == edition


def test_where_there_is_one_nothing_is_asked(alice_client: Client, edition: Edition) -> None:
    html = alice_client.get(reverse("assessment-new")).content.decode()
    assert 'name="edition-id"' not in html
    assert f"Questionnaire: Split checklist, version {NEWEST}." in html


def test_a_questionnaire_of_another_workspace_cannot_be_chosen(
    alice: User, alice_client: Client, team: Team, yves: User, other_workspace: Workspace, edition: Edition
) -> None:
    theirs = published(other_workspace, yves)
    page = alice_client.post(reverse("assessment-new"), {"system-name": "Shop", "edition-id": theirs.pk})
    assert page.status_code == 400
    assert "Choose a questionnaire from the list" in page.content.decode()
    with pytest.raises(ValidationFailed) as caught:
        start_assessment(team=team, system_name="Shop", edition=theirs, by=alice)
    assert code_of(caught) == "other_workspace"
    assert not Assessment.objects.exists()


# --- old results beside newer editions

ANSWERS = {"change_breakage": Answer(value="monthly"), "teams": Answer(value=3)}
CALMER = ("{never: 0, rarely: 15, monthly: 55, weekly: 100}", "{never: 0, rarely: 15, monthly: 45, weekly: 100}")


def test_an_assessment_keeps_its_edition_and_is_told_what_a_newer_one_would_say(
    alice: User, alice_client: Client, ada: User, team: Team, workspace: Workspace, edition: Edition
) -> None:
    first = published(workspace, ada)
    old = submit_assessment(
        start_assessment(team=team, system_name="Shop", edition=first, by=alice, carried=ANSWERS), by=alice
    )
    assert old.verdict == "modular"
    assert newer_verdict(old, ANSWERS) is None
    kept = Assessment.objects.values().get(pk=old.pk)
    second = published(workspace, ada, CALMER, version=2)
    newer = newer_verdict(Assessment.objects.get(pk=old.pk), ANSWERS)
    assert newer is not None
    assert (newer.verdict, newer.differs, newer.edition_is_newer, newer.model_is_newer) == ("stay", True, True, False)
    assert newer.questionnaire_version == 2
    assert Assessment.objects.values().get(pk=old.pk) == kept
    page = alice_client.get(reverse("assessment-result", args=[old.pk])).content.decode()
    assert 'data-newer="stay"' in page
    assert "A newer edition of the questionnaire (2)" in page
    # What was said stays with its edition; whoever asks again asks by the newest.
    assert start_next_version(old, by=alice).edition == second
    assert Assessment.objects.values().get(pk=old.pk) == {**kept, "is_newest": False}


def test_a_system_goes_on_with_a_retired_edition_where_none_is_newer(
    alice: User, ada: User, team: Team, workspace: Workspace, edition: Edition
) -> None:
    published(workspace, ada)
    second = published(workspace, ada, CALMER, version=2)
    old = submit_assessment(
        start_assessment(team=team, system_name="Shop", edition=second, by=alice, carried=ANSWERS), by=alice
    )
    actions.retire_edition(second, by=ada)
    assert start_next_version(old, by=alice).edition == second


def test_an_open_assessment_is_compared_with_nothing(alice: User, team: Team, edition: Edition) -> None:
    assert newer_verdict(start_assessment(team=team, system_name="Shop", edition=edition, by=alice), {}) is None
