"""Who shares a version, for whom and until when; the address is shown once, and every step is in the log."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.models import Assessment, Event
from assess.people.models import User
from assess.people.tokens import hash_token
from assess.questionnaire.validation import ValidationFailed
from assess.sharing import actions as sharing
from assess.sharing.forms import ShareLinkForm
from assess.sharing.models import Scope, ShareLink
from tests.factories import AssessmentFactory
from tests.integration.sharing.conftest import PASSCODE, make, visitor

pytestmark = pytest.mark.django_db


def test_database_has_neither_token_nor_passcode_of_a_link(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice, passcode=PASSCODE)
    row = ShareLink.objects.filter(pk=link.pk).values().get()
    token = address.split("/")[2]
    assert row["token_hash"] == hash_token(token)
    assert not [name for name, value in row.items() if value in (token, PASSCODE)]
    assert check_password(PASSCODE, row["passcode"])


def test_log_of_making_and_revoking_a_link_has_no_name_and_no_secret(submitted: Assessment, alice: User) -> None:
    link, _ = make(submitted, alice, name="Ana Lindqvist", passcode=PASSCODE)
    sharing.revoke_link(link, by=alice)
    events = list(Event.objects.filter(assessment=submitted).order_by("number"))[-2:]
    assert [(event.kind, event.by) for event in events] == [("shared", alice), ("unshared", alice)]
    told = [{name: value for name, value in event.payload.items() if name != "rows"} for event in events]
    assert told == [
        {"link": link.pk, "scope": "report", "until": link.expires_at.isoformat(), "passcode": True},
        {"link": link.pk},
    ]
    (row,) = events[0].payload["rows"]["ShareLink"].values()
    assert row.keys().isdisjoint({"name", "token_hash", "passcode"})
    assert "Lindqvist" not in str([event.payload for event in events])


def form(**given: str) -> dict[str, str]:
    return {"name": "Board", "scope": Scope.REPORT, "days": "30", "passcode": "", **given}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Bo\u202eard"}, "name"),
        ({"scope": "everything"}, "scope"),
        ({"days": "0"}, "days"),
        ({"days": "91"}, "days"),
        ({"days": ""}, "days"),
        ({"passcode": "12345"}, "passcode"),
    ],
)
def test_unusable_fields_are_rejected_one_by_one(
    submitted: Assessment, alice_client: Client, given: dict[str, str], field: str
) -> None:
    assert list(ShareLinkForm(form(**given)).errors) == [field]
    response = alice_client.post(f"/assessments/{submitted.pk}/links/", form(**given))
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not ShareLink.objects.exists()


def test_link_expires_after_the_chosen_days(submitted: Assessment, alice: User) -> None:
    link, _ = make(submitted, alice, days=90)
    assert timedelta(days=89, hours=23) < link.expires_at - timezone.now() <= timedelta(days=90)


def test_draft_cannot_be_shared(draft: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed, match="Submit this version first"):
        make(draft, alice)


def test_deleted_version_cannot_be_shared(draft: Assessment, alice: User) -> None:
    actions.delete_assessment(draft, by=alice)
    with pytest.raises(ValidationFailed, match="deleted"):
        make(draft, alice)


def test_number_of_working_links_of_a_version_is_limited(
    submitted: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MAX_LINKS", 2)
    first, _ = make(submitted, alice)
    make(submitted, alice)
    with pytest.raises(ValidationFailed, match="Revoke a link first"):
        make(submitted, alice)
    sharing.revoke_link(first, by=alice)
    make(submitted, alice)


def test_members_viewers_and_strangers_cannot_make_links(
    submitted: Assessment, bob: User, vera: User, charlie: User, ada: User
) -> None:
    for user in (bob, vera, charlie, ada):
        with pytest.raises(PermissionDenied):
            make(submitted, user)


def test_revoking_a_link_twice_is_refused(submitted: Assessment, alice: User, rita: User) -> None:
    link, _ = make(submitted, alice)
    sharing.revoke_link(link, by=rita)
    with pytest.raises(ValidationFailed, match="revoked already"):
        sharing.revoke_link(link, by=alice)


def test_address_of_a_new_link_works_and_is_shown_only_once(submitted: Assessment, alice_client: Client) -> None:
    page = f"/assessments/{submitted.pk}/links/"
    made = alice_client.post(page, form())
    address = re.search(r'<code class="copy"[^>]*>([^<]+)</code>', made.content.decode())
    assert address is not None
    assert address[1].startswith("http://testserver/s/")
    assert "no-store" in made.headers["Cache-Control"]
    assert visitor().get(address[1]).status_code == 302
    again = alice_client.get(page).content.decode()
    assert "/s/" not in again
    assert "Board" in again


def test_list_of_links_shows_scope_passcode_and_openings(
    submitted: Assessment, alice: User, alice_client: Client
) -> None:
    _, address = make(submitted, alice, name="Ana", scope=Scope.ANSWERS)
    make(submitted, alice, name="Board", passcode=PASSCODE)
    visitor(address).get(f"/shared/{ShareLink.objects.get(name='Ana').pk}/")
    text = " ".join(
        re.sub(r"<[^>]+>", " ", alice_client.get(f"/assessments/{submitted.pk}/links/").content.decode()).split()
    )
    board, ana = text.split("Links that work")[1].split("New link")[0].split("Ana ")[:2]
    assert "The result and the PDF" in board
    assert "with a passcode" in board
    assert "Not opened yet" in board
    assert "every answer" in ana
    assert "without a passcode" in ana
    assert "Opened 1 time" in ana


def test_form_keeps_what_was_typed_after_a_mistake(submitted: Assessment, alice_client: Client) -> None:
    response = alice_client.post(f"/assessments/{submitted.pk}/links/", form(name="Board, December", days="900"))
    body = response.content.decode()
    assert response.status_code == 400
    assert "Enter a number of days from 1 to 90" in body
    assert 'value="Board, December"' in body
    assert not ShareLink.objects.exists()


def test_page_of_a_draft_says_to_submit_first_and_has_no_form(draft: Assessment, alice_client: Client) -> None:
    body = alice_client.get(f"/assessments/{draft.pk}/links/").content.decode()
    assert "Submit this version first" in body
    assert "Make the link" not in body


def test_link_cannot_be_revoked_through_another_assessment(
    submitted: Assessment, alice: User, alice_client: Client, team: object
) -> None:
    another = actions.submit_assessment(AssessmentFactory(team=team, by=alice, answers={"teams": 5}), by=alice)
    link, address = make(submitted, alice)
    assert alice_client.post(f"/assessments/{another.pk}/links/{link.pk}/revoke/").status_code == 404
    assert alice_client.post(f"/assessments/{submitted.pk}/links/{link.pk}/revoke/").status_code == 302
    assert visitor().get(address).status_code == 410


def test_number_of_queries_does_not_grow_with_links(
    submitted: Assessment, alice: User, alice_client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        link, _ = make(submitted, alice, name=f"Link {number}")
        if number % 2:
            sharing.revoke_link(link, by=alice)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        alice_client.get(f"/assessments/{submitted.pk}/links/")


def test_result_links_to_share_links_only_for_people_who_may_share(
    submitted: Assessment, alice_client: Client, rita_client: Client, bob_client: Client
) -> None:
    def leads_there(client: Client) -> bool:
        page = client.get(f"/assessments/{submitted.pk}/result/").content.decode()
        return f"/assessments/{submitted.pk}/links/" in page

    assert [leads_there(client) for client in (alice_client, rita_client, bob_client)] == [True, True, False]
