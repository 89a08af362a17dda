"""Coming to answer by a link: with a name alone or an account, coming back, and what a link cannot be used for."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments import invitation_links, respondents, response_mode
from assess.assessments.actions import delete_assessment, submit_assessment
from assess.assessments.changes import Change
from assess.assessments.models import Assessment, GuestLink, Respondent
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Notice, User
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def join_url(token: str) -> str:
    return reverse("join", args=[token])


@pytest.fixture
def link(assessment: Assessment, alice: User) -> str:
    """The token of a guest link."""
    return respondents.make_guest_link(assessment, perspective="product", by=alice)[1]


@pytest.fixture
def mailed(assessment: Assessment, alice: User, django_capture_on_commit_callbacks: Any) -> str:
    """The token that went to Kim by mail."""
    with django_capture_on_commit_callbacks(execute=True):
        respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    return token_in(mail.outbox[-1].body)


def token_in(text: str) -> str:
    found = re.search(r"/join/([\w-]{20,})/", text)
    assert found is not None
    return found[1]


def signed_in_as(client: Client) -> User | None:
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


def counts() -> tuple[int, int]:
    return User.objects.count(), Respondent.objects.count()


# --- with a name alone


def test_the_page_says_who_asks_what_and_what_becomes_of_it(client: Client, link: str) -> None:
    html = client.get(join_url(link)).content.decode()
    for part in (
        "Alice asks for your view",
        "Web shop",
        "Payments",
        "questions in 3 sections",
        "minute",
        "one verdict",
    ):
        assert part in html, part
    assert "Your name shows beside your answers" in html
    assert 'name="name"' in html
    assert "password" not in html.lower()


def test_opening_a_link_changes_nothing(client: Client, link: str, mailed: str) -> None:
    before = counts()
    for token in (link, mailed):
        client.get(join_url(token))
        client.head(join_url(token))
    assert counts() == before
    assert signed_in_as(client) is None


def test_guest_joins_with_only_a_name(client: Client, assessment: Assessment, link: str, alice: User) -> None:
    page = client.post(join_url(link), {"name": "  Kim   of Sales "})
    assert page.status_code == 200
    guest = signed_in_as(client)
    assert guest is not None
    assert (guest.name, guest.is_guest, guest.has_usable_password()) == ("Kim of Sales", True, False)
    assert guest.email.endswith("@guest.invalid")
    respondent = Respondent.objects.get(user=guest)
    assert (respondent.perspective, respondent.assessment) == ("product", assessment)
    assert respondent.joined_at is not None
    assert assessment.events.filter(kind="joined", by=guest, respondent=respondent).exists()
    assert not Notice.objects.filter(user=alice).exists()  # twenty may come by one link; the page shows them
    assert client.get(reverse("assessment-mine", args=[assessment.pk])).status_code == 200


def test_personal_link_is_shown_once_and_works_in_another_browser(
    client: Client, assessment: Assessment, link: str
) -> None:
    way_back = token_in(client.post(join_url(link), {"name": "Kim"}).content.decode().replace(link, ""))
    guest = signed_in_as(client)
    assert way_back not in client.get(reverse("assessment-mine", args=[assessment.pk])).content.decode()
    elsewhere = Client()
    assert "Welcome back, Kim" in elsewhere.get(join_url(way_back)).content.decode()
    assert signed_in_as(elsewhere) is None
    assert elsewhere.post(join_url(way_back)).url == reverse("assessment-mine", args=[assessment.pk])
    assert signed_in_as(elsewhere) == guest


def test_new_personal_link_replaces_the_old_one(client: Client, assessment: Assessment, link: str) -> None:
    old = token_in(client.post(join_url(link), {"name": "Kim"}).content.decode().replace(link, ""))
    page = client.post(reverse("assessment-personal-link", args=[assessment.pk]))
    new = token_in(page.content.decode())
    assert new != old
    assert Client().get(join_url(old)).status_code == 404
    assert Client().get(join_url(new)).status_code == 200


def test_the_sign_in_gets_a_session_of_its_own(client: Client, link: str) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    before = client.session.session_key
    client.post(join_url(link), {"name": "Kim"})
    assert client.session.session_key != before
    assert {"started", "used"} <= set(client.session.keys())


def test_the_button_pressed_twice_makes_one_guest(client: Client, assessment: Assessment, link: str) -> None:
    client.post(join_url(link), {"name": "Kim"})
    again = client.post(join_url(link), {"name": "Kim"})
    assert again.url == reverse("assessment-mine", args=[assessment.pk])
    assert User.objects.filter(is_guest=True).count() == 1


def test_one_link_serves_several_guests_who_share_nothing(assessment: Assessment, link: str) -> None:
    clients = [Client(), Client()]
    for number, client in enumerate(clients):
        client.post(join_url(link), {"name": f"Guest {number}"})
    first, second = (signed_in_as(client) for client in clients)
    assert first != second
    assert assessment.respondents.filter(user__is_guest=True).count() == 2


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("", "Enter your name"),
        ("   ", "Enter your name"),
        ("x" * 121, "120"),
        ("Kim\u202emiK", "U+202E"),
        ("Kim\x00", "U+0000"),
        ("Kim\u200b", "U+200B"),
        ("\u3164", "U+3164"),
        ("!!!", "Enter your name"),
    ],
)
def test_a_name_that_cannot_be_read_as_one_is_refused(client: Client, link: str, name: str, advice: str) -> None:
    before = counts()
    page = client.post(join_url(link), {"name": name})
    assert page.status_code == 400
    assert advice in page.content.decode()
    assert counts() == before
    assert signed_in_as(client) is None


def test_a_name_that_is_markup_stays_a_name(client: Client, assessment: Assessment, link: str, alice: User) -> None:
    client.post(join_url(link), {"name": "<script>alert(1)</script>"})
    html = client_of(alice).get(reverse("assessment-people", args=[assessment.pk])).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- by mail


def test_person_who_asked_is_notified_when_somebody_joins(client: Client, mailed: str, alice: User) -> None:
    client.post(join_url(mailed), {"name": "Kim"})
    assert "Kim joined to answer" in Notice.objects.get(user=alice).text


def test_mailed_link_can_be_used_again_by_its_guest(client: Client, assessment: Assessment, mailed: str) -> None:
    assert client.post(join_url(mailed), {"name": "Kim"}).url == reverse("assessment-mine", args=[assessment.pk])
    guest = signed_in_as(client)
    Respondent.objects.filter(user=guest).update(asked_at=timezone.now() - timedelta(days=60))
    elsewhere = Client()
    elsewhere.post(join_url(mailed))
    assert signed_in_as(elsewhere) == guest
    assert Respondent.objects.filter(email="kim@partner.example").count() == 1


def test_a_mailed_link_is_for_its_address_only(assessment: Assessment, mailed: str, charlie: User) -> None:
    client = client_of(charlie)
    for method in (client.get, client.post):
        page = method(join_url(mailed))
        assert page.status_code == 403
        html = page.content.decode()
        assert "kim@partner.example" in html
        assert "charlie@example.org" in html
        assert "ask Alice" in html
    assert not Respondent.objects.filter(user=charlie).exists()


def test_whoever_has_an_account_of_that_address_answers_with_it(
    assessment: Assessment, mailed: str, charlie: User
) -> None:
    User.objects.filter(pk=charlie.pk).update(email="Kim@Partner.example")
    client = client_of(charlie)
    assert "Answer as Charlie" in client.get(join_url(mailed)).content.decode()
    assert client.post(join_url(mailed)).url == reverse("assessment-mine", args=[assessment.pk])
    assert Respondent.objects.get(email="kim@partner.example").user == charlie
    assert signed_in_as(client) == charlie
    # From now on they come by their account: the mail alone signs nobody in.
    elsewhere = Client()
    assert elsewhere.post(join_url(mailed), {"name": "Mallory"}).status_code == 404
    assert signed_in_as(elsewhere) is None


def test_anybody_with_an_account_may_come_by_a_guest_link(assessment: Assessment, link: str, charlie: User) -> None:
    client = client_of(charlie)
    client.post(join_url(link))
    client.post(join_url(link))
    assert Respondent.objects.filter(assessment=assessment, user=charlie).count() == 1
    assert client.get(reverse("assessment", args=[assessment.pk])).status_code == 404
    assert client.get(reverse("assessment-mine", args=[assessment.pk])).status_code == 200


# --- what a link cannot be used for


def test_a_personal_link_never_replaces_somebody_who_is_signed_in(
    client: Client, assessment: Assessment, link: str, alice: User
) -> None:
    way_back = token_in(client.post(join_url(link), {"name": "Kim"}).content.decode().replace(link, ""))
    hers = client_of(alice)
    for method in (hers.get, hers.post):
        page = method(join_url(way_back))
        assert page.status_code == 403
        assert "Kim" in page.content.decode()
    assert signed_in_as(hers) == alice


@pytest.mark.parametrize("token", ["nonsense", "x" * 43, "0", "..", "%00", "ä" * 20])
def test_an_unknown_link_says_what_to_do(client: Client, token: str) -> None:
    for method in (client.get, client.post):
        page = method(f"/join/{token}/", {"name": "Kim"})
        assert page.status_code == 404
    assert not User.objects.filter(is_guest=True).exists()


def expire(assessment: Assessment, alice: User) -> None:
    past = timezone.now() - timedelta(seconds=1)
    GuestLink.objects.update(expires_at=past)
    Respondent.objects.exclude(token_hash=None).update(expires_at=past)


def revoke(assessment: Assessment, alice: User) -> None:
    respondents.revoke_guest_link(assessment, GuestLink.objects.get().pk, by=alice)


def remove(assessment: Assessment, alice: User) -> None:
    respondents.remove_respondent(assessment, Respondent.objects.get(email="kim@partner.example").pk, by=alice)


def close(assessment: Assessment, alice: User) -> None:
    own = Respondent.objects.get(assessment=assessment, user=alice)
    change = Change(key="teams", answered=True, value=5, base_version=0, mutation_id=uuid.uuid4())
    assert isinstance(save_answer(assessment.pk, change, by=alice, respondent_id=own.pk), Saved)
    submit_assessment(assessment, by=alice)


def together(assessment: Assessment, alice: User) -> None:
    response_mode.return_to_shared_answers(assessment, by=alice)


def throw_away(assessment: Assessment, alice: User) -> None:
    delete_assessment(assessment, by=alice)


@pytest.mark.parametrize(
    ("happen", "kinds", "advice"),
    [
        (expire, ("link", "mailed"), "Ask Alice for a new link"),
        (revoke, ("link",), "Ask Alice for a new link"),
        (remove, ("mailed",), "ask Alice to ask you again"),
        (close, ("link", "mailed"), "nothing left for you to do"),
        (together, ("link", "mailed"), "Alice can tell you more"),
        (throw_away, ("link", "mailed"), "Ask Alice what to do"),
    ],
)
def test_expired_link_says_who_must_do_what(
    happen: Any, kinds: tuple[str, ...], advice: str, assessment: Assessment, alice: User, link: str, mailed: str
) -> None:
    happen(Assessment.objects.get(pk=assessment.pk), alice)
    before = counts()
    for token in ({"link": link, "mailed": mailed}[kind] for kind in kinds):
        client = Client()
        for method in (client.get, client.post):
            page = method(join_url(token), {"name": "Kim"})
            assert page.status_code == 410
            assert advice in page.content.decode()
        assert signed_in_as(client) is None
    assert counts() == before


def test_guest_link_admits_twenty_people_and_no_more(assessment: Assessment, link: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    for number in range(20):
        invitation_links.join_as_guest(link, name=f"Guest {number}")
    page = Client().post(join_url(link), {"name": "One more"})
    assert page.status_code == 410
    assert "This link is full" in page.content.decode()
    assert assessment.respondents.filter(guest_link__isnull=False).count() == 20


def test_a_guest_who_was_removed_does_not_come_back_by_the_same_account(
    assessment: Assessment, link: str, alice: User, charlie: User
) -> None:
    client = client_of(charlie)
    client.post(join_url(link))
    respondents.remove_respondent(assessment, Respondent.objects.get(user=charlie).pk, by=alice)
    page = client.post(join_url(link))
    assert page.status_code == 410
    assert "Ask Alice to ask you by name" in page.content.decode()
    sheet = client.get(reverse("assessment-mine", args=[assessment.pk]))
    assert "no longer asked" in sheet.content.decode()


def test_too_many_joins_from_one_address_wait(client: Client, link: str) -> None:
    statuses = [client.post(join_url("x" * 43), {"name": "Kim"}).status_code for _ in range(41)]
    assert statuses[:40] == [404] * 40
    assert statuses[40] == 429


def test_a_join_needs_the_forms_token(link: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(join_url(link), {"name": "Kim"}).status_code == 403
    assert not User.objects.filter(is_guest=True).exists()


def test_no_token_is_kept_in_the_clear(assessment: Assessment, alice: User, link: str, mailed: str) -> None:
    kept = str([list(model.objects.values()) for model in (Respondent, GuestLink)])
    kept += str(list(assessment.events.values())) + str(list(Notice.objects.values()))
    assert link not in kept
    assert mailed not in kept


def test_guest_can_sign_out_and_reaches_no_other_page(client: Client, assessment: Assessment, link: str) -> None:
    client.post(join_url(link), {"name": "Kim"})
    page = client.get(reverse("assessment", args=[assessment.pk]))
    assert page.status_code == 403
    assert "As a guest" in page.content.decode()
    assert client.get(reverse("account_change_password")).status_code == 403
    assert client.post(reverse("account_logout")).status_code == 302
    assert signed_in_as(client) is None
