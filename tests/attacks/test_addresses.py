"""Nobody chooses where our links lead: not by the Host of a request, and not by a link with a name before the @."""

import logging
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire.values import check_link

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
SITE = "https://split.example.org"
SHARE = {"name": "Board", "scope": "report", "days": "30", "passcode": ""}
LINK = re.compile(r"https?://[^\s\"'<>&]+")


@pytest.fixture(autouse=True)
def every_host(settings: Any) -> None:
    """The worst case: a proxy and a setting that let every Host through."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_ADDRESS = SITE


def client_at_evil(user: User | None = None) -> Client:
    client = Client(HTTP_HOST=EVIL)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def draft(team: Team, alice: User, edition: Any) -> Assessment:
    carried = {"teams": Answer(value=5, basis="measured")}
    return start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)


@pytest.mark.slow
def test_no_mail_says_an_address_that_the_request_chose(
    alice: User, rita: User, ada: User, team: Team, draft: Assessment, settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """Every kind of request that makes a mail; each is named, so that a kind that sends none shows."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    new = {"name": "Eve", "email": "eve@example.org", "password1": "ein weiter Hafen"}
    invited = {"place": team.pk, "role": "member", "email": "nina@example.org"}
    asked = {"emails": "kim@partner.example", "perspective": "manager", "sections": ["business"]}
    requests: dict[str, tuple[User | None, str, dict[str, Any]]] = {
        "signing up": (None, reverse("account_signup"), new),
        "signing up once more": (None, reverse("account_signup"), {**new, "email": alice.email}),
        "a forgotten password": (None, reverse("account_reset_password"), {"email": alice.email}),
        "a password of nobody": (None, reverse("account_reset_password"), {"email": "nobody@example.org"}),
        "an invitation": (alice, reverse("people-invite", args=[team.workspace_id]), invited),
        "asking by mail": (alice, reverse("assessment-ask", args=[draft.pk]), asked),
    }
    for kind, (user, address, data) in requests.items():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client_at_evil(user).post(address, data)
        assert mail.outbox, kind
        for message in mail.outbox:
            everything = str(message.message())
            assert EVIL not in everything, kind
            links = LINK.findall(str(message.body))
            assert links, kind
            assert {link.startswith(f"{SITE}/") for link in links} == {True}, (kind, links)


def test_no_link_to_copy_says_an_address_that_the_request_chose(alice: User, draft: Assessment) -> None:
    submitted = submit_assessment(draft, by=alice)
    pages = {
        "quick check": client_at_evil().get(reverse("quick-check"), {"teams": "5"}),
        "what if": client_at_evil(alice).get(reverse("assessment-what-if", args=[draft.pk]), {"teams": "2"}),
        "share link": client_at_evil(alice).post(reverse("assessment-links", args=[submitted.pk]), SHARE),
    }
    for kind, response in pages.items():
        html = response.content.decode()
        assert EVIL not in html, kind
        assert SITE in html, kind


def test_guest_links_come_from_the_sites_address(alice: User, team: Team, edition: Any) -> None:
    draft = start_assessment(team=team, system_name="Cart", edition=edition, by=alice)
    data = {"perspective": "manager", "sections": ["business"]}
    made = client_at_evil(alice).post(reverse("assessment-guest-link", args=[draft.pk]), data)
    html = made.content.decode()
    link = re.search(rf"{SITE}(/join/[^\s\"<]+)", html)
    assert EVIL not in html
    assert link, html[:500]
    welcome = client_at_evil().post(link[1], {"name": "Gus"}, follow=True).content.decode()
    assert EVIL not in welcome


@pytest.mark.parametrize(
    "link",
    [
        "https://ana:secret@wiki.example.org/page",
        "https://ana@wiki.example.org/",
        "https://bank.example.org@evil.example/",
        "http://:secret@wiki.example.org/",
        "https://@evil.example/",
        "https://bank.example.org%40x@evil.example/",
    ],
)
def test_a_link_with_a_user_before_the_host_is_refused(link: str) -> None:
    with pytest.raises(ValidationFailed):
        check_link(link)


@pytest.mark.parametrize("link", ["https://example.org/@ana", "https://example.org/?to=ana@example.org", ""])
def test_an_at_sign_elsewhere_in_a_link_is_fine(link: str) -> None:
    assert check_link(link) == link


@pytest.mark.parametrize(
    ("host", "path"),
    [
        *((EVIL, path) for path in ("/", "/account/login/", "/static/app.css", "/api/v1/systems", "/no/such/place/")),
        *((host, "/") for host in ("evil.example:443", "a b", "x" * 300, "..", "<script>")),
    ],
)
def test_a_bad_host_gets_a_page_with_all_headers_and_one_quiet_line(
    host: str, path: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALLOWED_HOSTS = ["split.example.org"]
    with caplog.at_level(logging.DEBUG):
        response = Client(HTTP_HOST=host, raise_request_exception=False).get(path)
    assert response.status_code == 400
    assert "evil" not in response.content.decode()
    for header in ("X-Frame-Options", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"):
        assert header in response.headers, header
    records = [record for record in caplog.records if record.name.startswith(("django", "assess"))]
    assert [record.levelname for record in records] == ["INFO"]
    assert records[0].exc_info is None
    assert len(records[0].getMessage()) < 200
