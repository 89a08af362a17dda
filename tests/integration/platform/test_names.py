"""Names and links hold nothing invisible: it would make one read as another, or reorder the text around it."""

import json
import uuid

import pytest
from django.test import Client

from assess.models import SavedView, System, Team, User, Workspace
from assess.people.models import Role
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire.values import check_link, check_name, check_text, shows_something
from tests.factories import AssessmentFactory, EditionFactory, MembershipFactory

HIDDEN = [
    "\u202a",
    "\u202e",
    "\u2066",
    "\u2069",
    "\x07",
    "\x7f",
    "\u200b",
    "\u00ad",
    "\u2800",
    "\u3164",
    "\ufeff",
    "\u200f",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_name_or_link_with_invisible_characters_is_refused_naming_the_character(hidden: str) -> None:
    for check in (lambda: check_name(f"Ana{hidden}B", 120), lambda: check_link(f"https://example.org/a{hidden}b")):
        with pytest.raises(ValidationFailed, match=f"Remove the .* character U\\+{ord(hidden[0]):04X}"):
            check()


@pytest.mark.parametrize("name", ["Ana Müller-Ćosić", "山田 太郎", "مريم", "O’Neill", "👩\u200d💻 team"])
def test_names_in_all_scripts_are_accepted(name: str) -> None:
    assert check_name(name, 120) == name


@pytest.mark.parametrize("name", ["\u200d", "\ufe0f", "\u00a0", "\u200c\u200d"])
def test_a_name_that_shows_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValidationFailed, match="Enter something that can be seen"):
        check_name(name, 120)


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n", "\r"])
def test_line_breaks_of_any_program_are_line_breaks_in_notes_and_none_in_names(mark: str) -> None:
    assert check_text(f"First point{mark}Second point", 2000) == "First point\nSecond point"
    with pytest.raises(ValidationFailed, match="on one line"):
        check_name(f"First{mark}Second", 120)


def test_a_name_is_kept_in_one_form_of_its_letters() -> None:
    assert check_name("E\u0301cole", 120) == "\u00c9cole"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "team"])
@pytest.mark.parametrize("hidden", ["\u202e", "\x07", "\u200b", "\u3164"])
def test_nobody_signs_up_under_a_name_with_something_hidden(client: Client, field: str, hidden: str) -> None:
    form = {"name": "Ana", "email": "ana@example.org", "password1": "a wide blue harbour", "team": "Orders"}
    response = client.post("/account/signup/", {**form, field: f"A{hidden}na"})
    assert f"U+{ord(hidden):04X}" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["\u200b", "\u2800", "\u3164", "\u00ad\u00ad"])
def test_nothing_is_started_created_invited_or_kept_under_a_name_that_shows_nothing(client: Client, name: str) -> None:
    EditionFactory()
    lead = MembershipFactory(role=Role.LEAD)
    workspace = lead.workspace
    MembershipFactory(user=lead.user, workspace=workspace, team=None, role=Role.ADMINISTRATOR)
    MembershipFactory(user=lead.user, workspace=workspace, team=None, role=Role.ARCHITECT)
    assessment = AssessmentFactory(team=lead.team)
    before = (System.objects.count(), Team.objects.count())
    client.force_login(lead.user)
    people = f"/workspaces/{workspace.pk}"
    posted = {
        "/assessments/new/": {"team-id": lead.team.pk, "system-name": name},
        f"{people}/people/teams/": {"name": name},
        f"{people}/people/teams/{lead.team.pk}/": {"name": name},
        f"{people}/settings/": {"name": name},
        "/account/you/": {"name": name},
        "/portfolio/views/": {"name": name, "query": ""},
        f"/assessments/{assessment.pk}/links/": {"name": name, "scope": "report", "days": "30"},
    }
    for address, data in posted.items():
        assert client.post(address, data).status_code in (200, 302, 400), address
    assert (System.objects.count(), Team.objects.count()) == before
    assert not SavedView.objects.exists()
    for model in (User, Team, Workspace, System):
        assert not [row.name for row in model.objects.all() if row.name and not shows_something(row.name)]


@pytest.mark.django_db
def test_no_system_starts_under_a_name_that_reorders_letters(client: Client) -> None:
    EditionFactory()
    member = MembershipFactory()
    client.force_login(member.user)
    response = client.post("/assessments/new/", {"team-id": member.team.pk, "system-name": "Orders\u202eeno"})
    assert "U+202E" in response.content.decode()
    assert not System.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "more"), [("who_knows", {"not_sure": True}), ("link", {"value": 3})])
def test_no_answer_is_saved_with_a_name_or_link_that_reorders_letters(client: Client, field: str, more: dict) -> None:
    assessment = AssessmentFactory()
    client.force_login(MembershipFactory(team=assessment.system.team).user)
    change = {"question": "teams", "base_version": 0, "mutation_id": str(uuid.uuid4()), **more}
    address = f"/assessments/{assessment.pk}/answers"
    given = {**change, field: "https://example.org/\u202eb"}
    response = client.post(address, json.dumps(given), content_type="application/json")
    assert response.status_code in (400, 422)
    assert "U+202E" in response.content.decode()
    assert not assessment.answers.exists()
