"""One mailbox is one account, however its address is typed: invisible marks, international domains, capitals."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.test import Client

from assess.people.addresses import normalize_address
from assess.people.invitations import invite
from assess.people.models import Invitation, Membership, Role, Team, User
from assess.people.personal_data import erase
from tests.conftest import client_of
from tests.factories import PASSWORD, UserFactory
from tests.integration.people.test_invitations import path_in_mail

ONE_MAILBOX = [
    *("ana@b\u00fccher.example", "ANA@B\u00dcCHER.example", "ana@xn--bcher-kva.example", "ana@bu\u0308cher.example"),
    *("ana@b\u00fccher.example\u200b", "\ufeffana@b\u00fccher\u3002example", " ana\uff20b\u00fccher.example "),
]


@pytest.mark.parametrize("typed", ONE_MAILBOX)
def test_each_way_to_type_an_address_is_stored_as_one(typed: str) -> None:
    assert normalize_address(typed) == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "@example.org", "ana@exa mple.org", "ana@..example", "a@b@c.org"])
def test_what_is_no_address_stays_one_for_the_form_to_refuse(typed: str) -> None:
    assert normalize_address(typed) == typed


@pytest.mark.django_db
def test_a_second_sign_up_with_the_same_mailbox_is_told_that_there_is_an_account(client: Client) -> None:
    form = {"name": "Ana", "password1": "a wide blue harbour", "team": "Orders"}
    for typed in (ONE_MAILBOX[0], ONE_MAILBOX[2], ONE_MAILBOX[4]):
        Client().post("/account/signup/", {**form, "email": typed})
    assert [user.email for user in User.objects.all()] == ["ana@xn--bcher-kva.example"]
    assert [address.email for address in EmailAddress.objects.all()] == ["ana@xn--bcher-kva.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ONE_MAILBOX)
def test_somebody_signs_in_however_they_type_their_address(typed: str) -> None:
    user = UserFactory(email="ana@xn--bcher-kva.example")
    client = Client()
    client.post("/account/login/", {"login": typed, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(user.pk)


@pytest.mark.django_db
def test_a_new_password_is_asked_for_however_the_address_is_typed() -> None:
    UserFactory(email="ana@xn--bcher-kva.example")
    Client().post("/account/password/reset/", {"email": ONE_MAILBOX[4]})
    assert [message.to for message in mail.outbox] == [["ana@xn--bcher-kva.example"]]


@pytest.mark.django_db
def test_an_invitation_to_an_address_with_an_invisible_mark_lets_its_person_in(
    team: Team, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    ana = UserFactory(email="ana.e@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="ana.e@example.org\u200b", by=alice)
    assert Invitation.objects.get().email == "ana.e@example.org"
    assert client_of(ana).post(path_in_mail()).status_code == 302
    assert Membership.objects.filter(user=ana, team=team).exists()


@pytest.mark.django_db
def test_people_are_asked_by_address_once_however_it_is_typed(team: Team, alice: User) -> None:
    from assess.assessments.respondents import read_addresses

    issues: list = []  # type: ignore[type-arg]
    assert read_addresses(ONE_MAILBOX, issues) == ["ana@xn--bcher-kva.example"]
    assert not issues


@pytest.mark.django_db
@pytest.mark.both_databases
def test_leaving_ends_no_invitation_of_somebody_whose_address_only_looks_alike_in_capitals(
    team: Team, alice: User
) -> None:
    # PostgreSQL makes "S" of both letters.
    invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="sam@example.org", by=alice)
    erase(UserFactory(email="\u017fam@example.org"))
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.revoked_at) == ("sam@example.org", None)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ONE_MAILBOX)
def test_an_operator_ends_the_sessions_of_a_person_however_the_address_is_typed(typed: str) -> None:
    client = client_of(UserFactory(email="ana@xn--bcher-kva.example"))
    call_command("end_sessions", typed)
    assert client.get("/assessments/").status_code == 302
