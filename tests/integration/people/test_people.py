"""The people of a workspace: who sees whom, who changes whom, and who has to stay."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from assess.people import actions
from assess.people.invitations import invite
from assess.people.membership_policies import get_administration
from assess.people.models import Membership, Notice, Role, Team, User, Workspace
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.factories import MembershipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(workspace: Workspace) -> str:
    return f"/workspaces/{workspace.pk}/people/"


def membership_of(user: User, team: Team | None = None) -> Membership:
    return Membership.objects.select_related("user", "team", "workspace").get(user=user, team=team)


# --- the list


def test_administrator_sees_everybody_and_lead_only_their_own_team(
    ada_client: Client, alice_client: Client, bob: User, olga: User, rita: User, workspace: Workspace
) -> None:
    everybody, own = (client.get(page_of(workspace)).content.decode() for client in (ada_client, alice_client))
    for name in ("Alice", "Bob", "Olga", "Rita", "Ada"):
        assert f">{name}</a>" in everybody
    assert ">Bob</a>" in own
    assert not [name for name in ("Olga", "Rita", "Ada") if f">{name}</a>" in own]
    assert (">Search</h2>" in everybody, ">Search</h2>" in own) == (True, False)


def test_members_who_manage_nobody_get_403_and_outsiders_404(
    bob: User, vera: User, rita: User, charlie: User, yves: User, ada: User, workspace: Workspace
) -> None:
    assert {client_of(user).get(page_of(workspace)).status_code for user in (bob, vera, rita)} == {403}
    assert {client_of(user).get(page_of(workspace)).status_code for user in (charlie, yves)} == {404}
    assert client_of(yves).get("/workspaces/987654/people/").status_code == 404


def test_person_who_signed_up_alone_manages_their_whole_workspace(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    body = {"name": "Ana", "email": "ana@example.org", "password1": "a wide blue harbour", "team": "Billing"}
    client.post("/account/signup/", body)
    workspace = Workspace.objects.get()
    page = client.get("/people/", follow=True)
    assert page.redirect_chain[-1][0] == page_of(workspace)
    assert client.post(f"{page_of(workspace)}teams/", {"name": "Shipping"}).status_code == 302
    shipping = Team.objects.get(name="Shipping")
    for role, place in (("lead", shipping.pk), ("administrator", "workspace")):
        sent = client.post(f"{page_of(workspace)}invite/", {"role": role, "place": str(place)})
        assert sent.status_code == 200


def test_lead_manages_only_their_own_team_where_there_is_an_administrator(
    alice: User, workspace: Workspace, team: Team, other_team: Team
) -> None:
    assert get_administration(workspace).can_assign(alice.pk, None)
    assert get_administration(workspace).can_assign(alice.pk, other_team.pk)
    admin = MembershipFactory(team=None, workspace=workspace, role=Role.ADMINISTRATOR)
    assert not get_administration(workspace).can_assign(alice.pk, None)
    assert not get_administration(workspace).can_assign(alice.pk, other_team.pk)
    assert get_administration(workspace).can_assign(alice.pk, team.pk)
    admin.user.is_active = False
    admin.user.save()
    assert get_administration(workspace).can_assign(alice.pk, None)


def test_the_list_takes_the_same_few_queries_however_many_people_there_are(
    ada_client: Client, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        team = TeamFactory(workspace=workspace)
        for _ in range(5):
            MembershipFactory(team=team)
    ada_client.get(page_of(workspace))  # the first use of a session writes
    with django_assert_max_num_queries(9):
        ada_client.get(page_of(workspace))


def test_large_workspace_shows_one_page_of_people_and_can_be_searched(
    ada_client: Client, team: Team, monkeypatch: Any
) -> None:
    monkeypatch.setattr("assess.people.views.people.PAGE_SIZE", 3)
    for number in range(5):
        MembershipFactory(team=team, user=UserFactory(name=f"Person {number}", email=f"p{number}@example.org"))
    body = ada_client.get(page_of(team.workspace)).content.decode()
    assert "Showing the first 3 people" in body
    found = ada_client.get(page_of(team.workspace), {"q": "P4@example"}).content.decode()
    assert "Person 4" in found
    assert "Person 3" not in found


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("name", "search"),
    [("Вера Ильина", "вера"), ("Élodie", "e\u0301LODIE"), ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"), ("Strauß", "STRAUSS")],
)
def test_people_are_found_whatever_the_script_and_case(name: str, search: str, ada_client: Client, team: Team) -> None:
    MembershipFactory(team=team, user=UserFactory(name=name, email="somebody@example.org"))
    found = ada_client.get(page_of(team.workspace), {"q": search}).content.decode()
    assert "somebody@example.org" in found


@pytest.mark.both_databases
def test_a_person_is_found_by_their_new_name(ada_client: Client, team: Team) -> None:
    person = MembershipFactory(team=team, user=UserFactory(name="Ana", email="somebody@example.org")).user
    client_of(person).post("/account/you/", {"name": "Вера"})
    assert "somebody@example.org" in ada_client.get(page_of(team.workspace), {"q": "вера"}).content.decode()


@pytest.mark.both_databases
def test_a_team_is_not_made_twice_in_another_case_or_form_of_its_letters(ada_client: Client, team: Team) -> None:
    for name in ("École", "E\u0301COLE", "école"):
        ada_client.post(f"{page_of(team.workspace)}teams/", {"name": name})
    assert Team.objects.filter(workspace=team.workspace).exclude(pk=team.pk).count() == 1


def test_only_the_newest_open_invitations_are_shown_and_the_page_says_so(
    ada_client: Client, ada: User, team: Team, monkeypatch: Any
) -> None:
    monkeypatch.setattr("assess.people.views.people.PAGE_SIZE", 3)
    for number in range(4):
        invite(workspace=team.workspace, team=team, role=Role.MEMBER, email=f"i{number}@example.org", by=ada)
    body = ada_client.get(page_of(team.workspace)).content.decode()
    assert "Showing the newest 3 open invitations" in body
    assert "i3@example.org" in body
    assert "i0@example.org" not in body


@pytest.mark.parametrize("search", ["%", "\0", "'", "<script>", "x" * 5000])
def test_any_search_is_answered(search: str, ada_client: Client, workspace: Workspace) -> None:
    assert ada_client.get(page_of(workspace), {"q": search}).status_code == 200


# --- changing


def test_changing_a_role_notifies_the_person(alice_client: Client, bob: User, team: Team) -> None:
    address = f"{page_of(team.workspace)}{membership_of(bob, team).pk}/"
    assert alice_client.get(address).status_code == 200
    response = alice_client.post(address, {"role": "viewer"}, follow=True)
    assert "Bob is now Viewer of Payments" in response.content.decode()
    assert membership_of(bob, team).role == Role.VIEWER
    assert Notice.objects.get(user=bob).text == "You are now Viewer of Payments. Alice changed that."


@pytest.mark.parametrize("role", ["architect", "administrator", "emperor", ""])
def test_lead_cannot_give_workspace_roles(role: str, alice_client: Client, ada: User, bob: User, team: Team) -> None:
    place = membership_of(bob, team)
    assert alice_client.post(f"{page_of(team.workspace)}{place.pk}/", {"role": role}).status_code == 400
    added = alice_client.post(f"{page_of(team.workspace)}{place.pk}/add/", {"role": role, "place": "workspace"})
    assert added.status_code == 400
    assert list(Membership.objects.filter(user=bob).values_list("role", flat=True)) == ["member"]


@pytest.mark.parametrize("what", ["", "remove/", "add/"])
def test_lead_manages_nobody_outside_their_own_team(
    what: str, alice_client: Client, ada: User, olga: User, team: Team, other_team: Team
) -> None:
    for place in (membership_of(olga, other_team), membership_of(ada)):
        address = f"{page_of(team.workspace)}{place.pk}/{what}"
        assert alice_client.post(address, {"role": "viewer", "place": str(team.pk)}).status_code == 404
    assert (membership_of(olga, other_team).role, membership_of(ada).role) == (Role.MEMBER, Role.ADMINISTRATOR)


def test_membership_of_another_workspace_is_404_below_ones_own(
    ada_client: Client, charlie: User, charlies_team: Team, workspace: Workspace
) -> None:
    place = membership_of(charlie, charlies_team)
    for what in ("", "remove/", "add/"):
        assert ada_client.post(f"{page_of(workspace)}{place.pk}/{what}", {"role": "viewer"}).status_code == 404
    assert membership_of(charlie, charlies_team).role == Role.LEAD


def test_removing_a_membership_keeps_the_person(alice_client: Client, bob: User, team: Team) -> None:
    response = alice_client.post(f"{page_of(team.workspace)}{membership_of(bob, team).pk}/remove/", follow=True)
    assert "Bob no longer belongs to Payments" in response.content.decode()
    assert not Membership.objects.filter(user=bob).exists()
    assert User.objects.get(pk=bob.pk).is_active
    assert Notice.objects.get(user=bob).text == "You are no longer Team member of Payments. Alice changed that."
    assert client_of(bob).get("/people/").status_code == 200


def test_administrator_adds_a_membership_for_a_member(
    ada_client: Client, bob: User, team: Team, other_team: Team
) -> None:
    address = f"{page_of(team.workspace)}{membership_of(bob, team).pk}/add/"
    assert ada_client.post(address, {"role": "lead", "place": str(other_team.pk)}).status_code == 302
    assert ada_client.post(address, {"role": "architect", "place": "workspace"}).status_code == 302
    assert membership_of(bob, other_team).role == Role.LEAD
    assert membership_of(bob).role == Role.ARCHITECT
    again = ada_client.post(address, {"role": "viewer", "place": str(other_team.pk)})
    assert again.status_code == 400
    assert "Bob belongs to Search already" in again.content.decode()


def test_lead_of_a_single_team_is_offered_no_second_membership(
    alice_client: Client, ada_client: Client, bob: User, team: Team
) -> None:
    address = f"{page_of(team.workspace)}{membership_of(bob, team).pk}/"
    pages = [client.get(address).content.decode() for client in (alice_client, ada_client)]
    assert ["Add another role" in page for page in pages] == [False, True]


def test_nobody_from_outside_is_added_without_an_invitation(ada: User, charlie: User, team: Team) -> None:
    with pytest.raises(ValidationFailed, match="Invite them"):
        actions.add_membership(charlie, workspace=team.workspace, team=team, role=Role.MEMBER, by=ada)


def test_lead_who_gives_up_the_role_lands_on_an_open_page(
    alice_client: Client, ada: User, alice: User, team: Team
) -> None:
    response = alice_client.post(
        f"{page_of(team.workspace)}{membership_of(alice, team).pk}/", {"role": "member"}, follow=True
    )
    assert response.status_code == 200
    assert "To invite or change somebody, ask Ada" in response.content.decode()


# --- who has to stay


def test_last_administrator_can_neither_be_removed_nor_change_role(
    ada_client: Client, ada: User, alice: User, workspace: Workspace
) -> None:
    place = membership_of(ada)
    changed = ada_client.post(f"{page_of(workspace)}{place.pk}/", {"role": "architect"})
    removed = ada_client.post(f"{page_of(workspace)}{place.pk}/remove/")
    for response in (changed, removed):
        assert response.status_code == 400
        assert "Make somebody else administrator first" in response.content.decode()
    assert membership_of(ada).role == Role.ADMINISTRATOR
    MembershipFactory(team=None, workspace=workspace, role=Role.ADMINISTRATOR)
    assert ada_client.post(f"{page_of(workspace)}{place.pk}/remove/").status_code == 302


def test_deactivated_administrator_does_not_count(ada: User, workspace: Workspace) -> None:
    off = UserFactory(is_active=False)
    MembershipFactory(user=off, team=None, workspace=workspace, role=Role.ADMINISTRATOR)
    with pytest.raises(ValidationFailed, match="last one of Harbour"):
        actions.remove_membership(membership_of(ada), by=ada)
    actions.remove_membership(membership_of(off), by=ada)


def test_last_lead_cannot_be_removed_where_there_is_no_administrator(
    alice_client: Client, alice: User, bob: User, team: Team
) -> None:
    place = membership_of(alice, team)
    changed = alice_client.post(f"{page_of(team.workspace)}{place.pk}/", {"role": "member"})
    removed = alice_client.post(f"{page_of(team.workspace)}{place.pk}/remove/")
    for response in (changed, removed):
        assert response.status_code == 400
        assert "Make somebody else team lead first" in response.content.decode()
    actions.change_role(membership_of(bob, team), Role.LEAD, by=alice)
    assert alice_client.post(f"{page_of(team.workspace)}{place.pk}/remove/").status_code == 302


def test_last_lead_can_be_removed_where_there_is_an_administrator(ada_client: Client, alice: User, team: Team) -> None:
    assert ada_client.post(f"{page_of(team.workspace)}{membership_of(alice, team).pk}/remove/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_once_leave_one(workspace: Workspace) -> None:
    first, second = (MembershipFactory(team=None, workspace=workspace, role=Role.ADMINISTRATOR) for _ in range(2))
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def remove(whom: Membership, by: User) -> None:
        try:
            barrier.wait(10)
            actions.remove_membership(membership_of(whom.user), by=by)
            outcomes.append("removed")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second.user), (second, first.user))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["PermissionDenied", "removed"]
    assert Membership.objects.filter(workspace=workspace).count() == 1


# --- teams


def test_administrator_creates_and_renames_teams(ada_client: Client, team: Team) -> None:
    assert ada_client.post(f"{page_of(team.workspace)}teams/", {"name": " Fraud   checks "}).status_code == 302
    assert Team.objects.filter(workspace=team.workspace, name="Fraud checks").exists()
    assert ada_client.post(f"{page_of(team.workspace)}teams/{team.pk}/", {"name": "Money"}).status_code == 302
    team.refresh_from_db()
    assert team.name == "Money"


@pytest.mark.parametrize("name", ["", "  ", "payments", "x" * 121, "a\u202eb"])
def test_team_with_an_empty_invalid_or_taken_name_is_refused(name: str, ada_client: Client, team: Team) -> None:
    assert ada_client.post(f"{page_of(team.workspace)}teams/", {"name": name}).status_code == 400
    assert Team.objects.count() == 1


def test_lead_neither_creates_nor_renames_teams_where_there_is_an_administrator(
    alice_client: Client, ada: User, team: Team
) -> None:
    assert alice_client.post(f"{page_of(team.workspace)}teams/", {"name": "Mine"}).status_code == 403
    assert alice_client.post(f"{page_of(team.workspace)}teams/{team.pk}/", {"name": "Mine"}).status_code == 403


def test_a_team_of_another_workspace_is_not_renamed(
    ada_client: Client, charlies_team: Team, workspace: Workspace
) -> None:
    assert ada_client.post(f"{page_of(workspace)}teams/{charlies_team.pk}/", {"name": "x"}).status_code == 404


# --- one's own places


def test_own_memberships_name_whom_to_ask(bob: User, alice: User, ada: User) -> None:
    body = client_of(bob).get("/people/").content.decode()
    assert "Team member" in body
    assert "To invite or change somebody, ask Alice" in body


def test_only_a_person_without_memberships_can_create_their_own_team(bob: User, team: Team) -> None:
    lone = UserFactory(name="Lou")
    client = client_of(lone)
    assert "Create my own team" in client.get("/people/").content.decode()
    client.post("/people/")
    assert Membership.objects.get(user=lone).role == Role.LEAD
    client.post("/people/")
    client_of(bob).post("/people/")
    assert Membership.objects.filter(user__in=(lone, bob)).count() == 2
