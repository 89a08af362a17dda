"""The pages of questionnaires: who sees which, and what they show."""

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assess.assessments.actions import start_assessment
from assess.assessments.models import Edition
from assess.decision.compare_models import NewerVerdict
from assess.editions import actions
from assess.people.models import Membership, Role, Team, User, Workspace
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.integration.editions.conftest import own

pytestmark = [pytest.mark.django_db]

OF_AN_EDITION = ("edition", "edition-preview", "edition-export")


@pytest.fixture
def draft(ada: User, workspace: Workspace, edition: Edition) -> Edition:
    return actions.import_edition(workspace=workspace, content=own(), by=ada)


def test_the_list_shows_the_workspaces_own_and_the_shipped_editions_and_no_others(
    ada_client: Client, yves: User, other_workspace: Workspace, draft: Edition, edition: Edition
) -> None:
    theirs = actions.import_edition(workspace=other_workspace, content=own(), by=yves)
    html = ada_client.get(reverse("editions")).content.decode()
    assert re.findall(r'data-edition="(\d+)"', html) == [str(draft.pk), str(edition.pk)]
    assert str(theirs.workspace) not in html
    assert "Draft" in html


def test_without_an_own_edition_the_list_says_how_to_begin(ada_client: Client, edition: Edition) -> None:
    assert "No questionnaire of your own yet" in ada_client.get(reverse("editions")).content.decode()


def test_the_number_of_queries_of_the_list_does_not_grow(
    ada: User, ada_client: Client, workspace: Workspace, draft: Edition
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            ada_client.get(reverse("editions"))
        return len(captured)

    queries()  # the first request of a session writes it
    before = queries()
    for version in range(2, 6):
        actions.import_edition(workspace=workspace, content=own(version=version), by=ada)
    assert queries() == before


@pytest.mark.parametrize("name", OF_AN_EDITION)
def test_a_stranger_cannot_tell_an_edition_from_none(name: str, yves: User, charlie: User, draft: Edition) -> None:
    for person in (yves, charlie):
        client = client_of(person)
        real, missing = (client.get(reverse(name, args=[pk])) for pk in (draft.pk, draft.pk + 999))
        assert (real.status_code, missing.status_code) == (404, 404)
        # CSRF tokens are masked anew in each response.
        assert re.sub(rb"[A-Za-z0-9]{64}", b"", real.content) == re.sub(rb"[A-Za-z0-9]{64}", b"", missing.content)


@pytest.mark.parametrize("name", OF_AN_EDITION)
def test_a_member_without_the_role_is_told_that_they_may_not(
    name: str, alice: User, rita: User, draft: Edition, edition: Edition
) -> None:
    for person in (alice, rita):
        for which in (draft, edition):
            assert client_of(person).get(reverse(name, args=[which.pk])).status_code == 403


def test_an_administrator_reads_no_assessments(ada: User, workspace: Workspace) -> None:
    from assess.assessments.models import Assessment
    from tests.factories import AssessmentFactory, TeamFactory

    theirs = AssessmentFactory(team=TeamFactory(workspace=workspace))
    assert not Assessment.objects.visible_to(ada).exists()
    assert client_of(ada).get(reverse("assessment", args=[theirs.pk])).status_code == 404


def test_one_person_may_be_architect_and_administrator(rita: User, workspace: Workspace, edition: Edition) -> None:
    Membership.objects.create(user=rita, workspace=workspace, role=Role.ADMINISTRATOR)
    assert client_of(rita).get(reverse("editions")).status_code == 200


def test_the_preview_shows_every_question_with_its_options_and_nothing_to_send(
    ada_client: Client, draft: Edition
) -> None:
    html = ada_client.get(reverse("edition-preview", args=[draft.pk])).content.decode()
    for question in builtin_questionnaire().questions:
        assert f'data-question="{question.key}"' in html
    assert html.count("<fieldset disabled") + html.count('" disabled>') >= 37
    assert "Asked only when current_shape is monolith_with_services or services." in html
    assert "<button" not in html.split("<main")[1].split("</main>")[0]


def test_the_link_to_questionnaires_is_there_for_administrators_only(
    ada_client: Client, alice_client: Client, edition: Edition
) -> None:
    link = f'href="{reverse("editions")}"'
    assert link in ada_client.get(reverse("assessments")).content.decode()
    assert link not in alice_client.get(reverse("assessments")).content.decode()


@pytest.mark.parametrize(
    ("dropped", "new_open", "words"),
    [
        ((), (), "The result here stays as it was."),
        (("a",), (), "1 answer no longer fits."),
        (("a", "b"), ("c",), "2 answers no longer fit and 1 new question is open."),
        ((), ("c", "d"), "2 new questions are open."),
    ],
)
def test_the_part_beside_an_old_result_says_what_the_newer_one_would(
    dropped: tuple[str, ...], new_open: tuple[str, ...], words: str
) -> None:
    newer = NewerVerdict(
        verdict="stay",
        form="healthy",
        headline="Stay monolithic.",
        rule_sentence="Nothing hurts.",
        firm=False,
        questionnaire_version=2,
        model_version=1,
        edition_is_newer=True,
        model_is_newer=False,
        differs=True,
        dropped=dropped,
        new_open=new_open,
    )
    text = " ".join(re.sub(r"<[^>]+>", " ", render_to_string("editions/newer_model.html", {"newer": newer})).split())
    assert "A newer edition of the questionnaire (2) would give these answers another verdict: Stay monolithic" in text
    assert words in text
    assert "The rule that makes the difference: Nothing hurts." in text
    assert render_to_string("editions/newer_model.html", {"newer": None}).strip() == ""


def test_the_count_of_assessments_leaves_out_other_workspaces(
    ada_client: Client, edition: Edition, team: Team, alice: User, charlies_team: Team, charlie: User
) -> None:
    start_assessment(team=charlies_team, system_name="Secret", edition=edition, by=charlie)
    start_assessment(team=charlies_team, system_name="Hidden", edition=edition, by=charlie)
    start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    page = ada_client.get(reverse("edition", args=[edition.pk]))
    assert page.context["in_use"] == 1


def test_without_one_of_their_own_the_shipped_file_is_one_click_away(ada_client: Client, edition: Edition) -> None:
    html = ada_client.get(reverse("editions")).content.decode()
    assert f'<a href="{reverse("edition-export", args=[edition.pk])}">the file of the one' in html
