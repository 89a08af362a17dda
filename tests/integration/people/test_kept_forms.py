"""A sign-in that ended while somebody typed: they sign in again and find their text where they typed it."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest
from django import forms
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from lxml import html as lxml_html

from assess.assessments.actions import delete_assessment
from assess.assessments.models import Assessment
from assess.people.kept_forms import signer
from assess.people.models import User
from assess.review.models import Comment
from assess.web.errors import is_secret
from tests.conftest import client_of
from tests.factories import PASSWORD, AssessmentFactory
from tests.integration.access_table import TABLE
from tests.integration.test_access_matrix import address_of, draft

pytestmark = pytest.mark.django_db

TYPED = "Line one <b> & “two”\nThe cut is too early"

__all__ = ["draft"]


@pytest.fixture
def assessment(team: Any, alice: User) -> Assessment:
    made: Assessment = AssessmentFactory(team=team, by=alice, answers={"teams": 5, "deploy_minutes": 45})
    return made


def forms_of(response: Any) -> list[Any]:
    return list(lxml_html.fromstring(response.content.decode()).forms)


def form_at(response: Any, action: str, **hidden: str) -> Any:
    """The form that posts there and has these values in hidden inputs."""
    found = [form for form in forms_of(response) if form.get("action") == action]
    return next(form for form in found if all(form.fields.get(name) == value for name, value in hidden.items()))


def sign_out(client: Client) -> None:
    """As eight hours without use do: the cookie goes, the page stays open."""
    del client.cookies["sessionid"]


def sign_in(client: Client, user: User, refused: Any) -> Any:
    """Signs in on the page that the refusal leads to. Returns the page on which that ends."""
    assert refused.status_code == 302
    there = urlsplit(refused.headers["Location"])
    assert there.path == "/account/login/"
    body = {"login": user.email, "password": PASSWORD, "next": parse_qs(there.query)["next"][0]}
    return client.post("/account/login/", body, follow=True)


def typed_into_a_comment(client: Client, assessment: Assessment, **more: str) -> tuple[Any, str]:
    """What the site answers to a comment that was typed while the sign-in ended, and the page of its form."""
    page = reverse("assessment-decision", args=[assessment.pk])
    action = reverse("decision-comment", args=[assessment.pk])
    form = form_at(client.get(page), action, key="teams")
    sign_out(client)
    return client.post(action, {**dict(form.fields), "text": TYPED, **more}), page


# --- back in its form


def test_the_sign_in_leads_back_to_the_page_with_the_text_in_its_form(alice: User, assessment: Assessment) -> None:
    client = client_of(alice)
    refused, page = typed_into_a_comment(client, assessment)
    assert "What you typed is kept" in client.get(refused.headers["Location"]).content.decode()
    shown = sign_in(client, alice, refused)
    assert (shown.status_code, shown.request["PATH_INFO"]) == (200, page)
    action = reverse("decision-comment", args=[assessment.pk])
    form = form_at(shown, action, key="teams")
    assert form.fields["text"].replace("\r\n", "\n").strip("\n") == TYPED
    assert not Comment.objects.exists()
    # The others are as empty as before, and the one is not folded away.
    others = [other for other in forms_of(shown) if other.get("action") == action and other.fields["key"] != "teams"]
    assert others
    assert not any(other.fields["text"].strip() for other in others)
    assert all(details.get("open") is not None for details in form.iterancestors("details"))
    assert form.get("id") in [link.get("href", "").lstrip("#") for link in form.getroottree().iter("a")]
    # The person sends it; after that nothing is kept.
    assert client.post(action, dict(form.fields)).status_code == 302
    assert Comment.objects.get().text == TYPED
    assert "You were signed out" not in client.get(page).content.decode()


def test_kept_text_waits_on_other_pages_and_can_be_dropped(alice: User, assessment: Assessment) -> None:
    client = client_of(alice)
    refused, page = typed_into_a_comment(client, assessment)
    sign_in(client, alice, refused)
    elsewhere = client.get("/assessments/")
    assert f'<a href="{page}">go to its form</a>' in elsewhere.content.decode()
    assert "The cut is too early" in elsewhere.content.decode()
    dropped = client.post("/account/kept-form/drop/", dict(form_at(elsewhere, "/account/kept-form/drop/").fields))
    assert dropped.headers["Location"] == page
    assert "The cut is too early" not in client.get(page).content.decode()


def test_text_whose_form_is_gone_is_shown_to_be_copied(alice: User, assessment: Assessment) -> None:
    client = client_of(alice)
    refused, _page = typed_into_a_comment(client, assessment)
    delete_assessment(assessment, by=alice)
    shown = sign_in(client, alice, refused)
    assert shown.status_code == 404
    assert "no longer on this page" in shown.content.decode()
    assert "The cut is too early" in shown.content.decode()


def test_two_forms_typed_in_two_tabs_are_both_kept(alice: User, assessment: Assessment) -> None:
    client = client_of(alice)
    page = reverse("assessment-decision", args=[assessment.pk])
    action = reverse("decision-comment", args=[assessment.pk])
    opened = client.get(page)
    first, second = (dict(form_at(opened, action, key=key).fields) for key in ("teams", "deploy_minutes"))
    sign_out(client)
    client.post(action, {**first, "text": "About the teams"})
    shown = sign_in(client, alice, client.post(action, {**second, "text": "About the minutes"}))
    texts = [form_at(shown, action, key=key).fields["text"].strip() for key in ("teams", "deploy_minutes")]
    assert texts == ["About the teams", "About the minutes"]


def test_a_refused_form_that_is_sent_again_after_a_sign_out_leads_to_its_own_page(
    alice: User, assessment: Assessment
) -> None:
    """The page with the refusal is at an address that takes no GET."""
    client = client_of(alice)
    page = reverse("assessment-decision", args=[assessment.pk])
    action = reverse("decision-comment", args=[assessment.pk])
    empty = dict(form_at(client.get(page), action, key="teams").fields)
    refusal = client.post(action, {**empty, "text": ""})
    assert refusal.status_code == 400
    form = form_at(refusal, action, key="teams")
    sign_out(client)
    refused = client.post(action, {**dict(form.fields), "text": TYPED})
    assert parse_qs(urlsplit(refused.headers["Location"]).query)["next"] == [page]


# --- nobody else's, nothing secret, nothing by itself


def test_whoever_else_signs_in_reads_nothing_of_it(alice: User, bob: User, assessment: Assessment) -> None:
    client = client_of(alice)
    refused, _page = typed_into_a_comment(client, assessment)
    shown = sign_in(client, bob, refused)
    body = shown.content.decode()
    assert "We dropped it" in body
    assert "The cut is too early" not in body
    assert "kept_forms" not in client.session
    client.force_login(alice)
    assert "The cut is too early" not in client.get("/assessments/").content.decode()


def test_passwords_and_codes_are_not_kept(alice: User) -> None:
    client = client_of(alice)
    form = next(form for form in forms_of(client.get("/account/tokens/")) if "password" in form.fields)
    sign_out(client)
    typed = {"name": "Build server", "password": PASSWORD, "code": "123456"}
    client.post("/account/tokens/", {**dict(form.fields), **typed})
    kept = str(client.session["kept_forms"])
    assert "Build server" in kept
    assert PASSWORD not in kept
    assert "123456" not in kept


def test_the_password_that_erases_an_account_is_neither_kept_nor_shown_back(alice: User) -> None:
    client = client_of(alice)
    form = next(form for form in forms_of(client.get("/account/you/leave/")) if "proof" in form.fields)
    sign_out(client)
    client.post("/account/you/leave/", {**dict(form.fields), "proof": PASSWORD})
    assert PASSWORD not in str(dict(client.session))
    careful = Client(enforce_csrf_checks=True)
    expired = careful.post("/account/you/leave/", {"proof": PASSWORD}, headers={"Referer": "http://testserver/"})
    assert expired.status_code == 403
    assert PASSWORD not in expired.text


def all_forms(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def test_no_field_for_a_password_has_a_name_that_is_shown_back() -> None:
    names = {
        name
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert {"password", "proof"} <= names
    assert [name for name in names if not is_secret(name)] == []


@pytest.mark.parametrize("header", ["HX-Current-URL", "Referer"])
def test_a_header_that_names_no_address_breaks_no_form(alice: User, header: str) -> None:
    headers = {"HX-Request": "true", header: "http://["}
    assert client_of(alice).get("/account/you/", headers=headers).status_code == 200
    assert Client().post("/account/you/", {"name": "Alice"}, headers={header: "http://["}).status_code == 302


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(alice: User) -> None:
    client = client_of(alice)
    form = form_at(client.get("/assessments/from-report/"), "/assessments/from-report/")
    sign_out(client)
    fields = {name: value for name, value in dict(form.fields).items() if value is not None}
    file = SimpleUploadedFile("report.pdf", b"%PDF-1.7 secret bytes")
    refused = client.post("/assessments/from-report/", {**fields, "file": file, "note": "Mine"})
    assert "secret bytes" not in str(client.session["kept_forms"])
    assert "Choose your file again" in sign_in(client, alice, refused).content.decode()


@pytest.mark.parametrize("referrer", ["https://evil.example/assessments/", "//evil.example", "http://[", ""])
def test_a_forged_mark_or_another_sites_page_leads_nowhere_and_keeps_nothing(alice: User, referrer: str) -> None:
    forged = signing.Signer(salt="another").sign_object([alice.pk, "https://evil.example/"])
    client = Client(headers={"referer": referrer})
    refused = client.post("/account/you/", {"name": "Mallory", "form_page": forged})
    assert refused.headers["Location"] == "/account/login/?next=/"
    assert "kept_forms" not in client.session


def test_a_mark_of_a_page_with_two_slashes_leads_to_no_other_site(alice: User) -> None:
    mark = signer.sign_object([alice.pk, "//evil.example/"])
    refused = Client().post("/account/you/", {"name": "Alice", "form_page": mark})
    assert refused.headers["Location"] == "/account/login/?next=/"


def test_a_form_from_another_site_is_not_kept(alice: User, assessment: Assessment) -> None:
    client = Client(enforce_csrf_checks=True)
    mark = signer.sign_object([alice.pk, "/assessments/"])
    action = reverse("decision-comment", args=[assessment.pk])
    body = {"text": TYPED, "form_page": mark}
    assert client.post(action, body, headers={"origin": "https://evil.example"}).status_code == 403
    assert "kept_forms" not in client.session


def test_a_form_that_is_too_old_and_signed_out_is_kept_after_sending_it_again(
    alice: User, assessment: Assessment
) -> None:
    """All cookies are gone: the token is refused first, then the sign-in is missing."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    page = reverse("assessment-decision", args=[assessment.pk])
    action = reverse("decision-comment", args=[assessment.pk])
    form = form_at(client.get(page), action, key="teams")
    client.cookies.clear()
    too_old = client.post(action, {**dict(form.fields), "text": TYPED}, headers={"origin": "http://testserver"})
    assert too_old.status_code == 403
    refused = client.post(action, dict(form_at(too_old, action).fields), headers={"origin": "http://testserver"})
    assert parse_qs(urlsplit(refused.headers["Location"]).query)["next"] == [page]
    client.force_login(alice)
    assert "The cut is too early" in form_at(client.get(page), action, key="teams").fields["text"]


def test_views_see_no_field_that_the_site_adds_to_forms(alice: User, assessment: Assessment) -> None:
    client = client_of(alice)
    mark = signer.sign_object([alice.pk, "/assessments/"])
    response = client.post("/account/you/", {"name": "Alice", "form_page": mark, "kept_form": "x"})
    seen: QueryDict = response.wsgi_request.POST
    assert set(seen) == {"name"}


def test_a_session_keeps_no_more_than_one_body_may_have(alice: User, settings: Any) -> None:
    client = Client()
    mark = signer.sign_object([alice.pk, "/assessments/"])
    for number in range(8):
        client.post("/account/you/", {"name": f"{number}" * 60_000, "form_page": mark})
    kept = client.session["kept_forms"]
    assert [one["fields"][0][1][0] for one in kept] == ["4", "5", "6", "7"]
    assert sum(len(one["fields"][0][1]) for one in kept) <= settings.LIMITS["body"]


# --- every form


#: All addresses that take a form from somebody signed in.
FORMS = [
    name
    for name, row in TABLE.items()
    if "POST" in row.methods and row.methods["POST"]["nobody"] == row.others["nobody"] == 302
]


def test_no_form_leads_the_sign_in_to_an_address_that_takes_no_get(
    alice: User, assessment: Assessment, draft: Any
) -> None:
    mark = signer.sign_object([alice.pk, "/assessments/"])
    assert len(FORMS) > 50
    for name in FORMS:
        address = address_of(name, TABLE[name], assessment.pk, draft)
        client = Client()
        for body in ({"text": TYPED, "form_page": mark}, {"text": TYPED}):
            refused = client.post(address, body)
            leads_to = parse_qs(urlsplit(refused.headers["Location"]).query)["next"]
            assert leads_to == (["/assessments/"] if "form_page" in body else ["/"]), name
        client.force_login(alice)
        assert "The cut is too early" in client.get("/assessments/").content.decode(), name


def fill(form: Any) -> dict[str, Any]:
    """What a person types into each field of a form, and ticks; secrets and files left out."""
    posted: dict[str, Any] = {}
    for control in form.inputs:
        name, kind = control.get("name"), control.get("type", control.tag)
        if not name or kind in {"password", "file", "submit", "button"} or name == "passcode":
            continue
        if kind == "textarea":
            posted[name] = f"Typed into {name}:\nnot <b>yet</b> sent"
        elif kind in {"text", "email", "url", "number", "date", "search", "input"}:
            posted[name] = {"email": "typed@example.org", "number": "7", "date": "2030-01-31"}.get(
                kind, f"Typed {name}"
            )
        elif kind in {"checkbox", "radio"}:
            posted.setdefault(name, control.get("value", "on"))
        elif kind == "select":
            posted[name] = [option for option in control.value_options if option][-1:] or [""]
        elif control.value is not None:
            posted[name] = control.value
    return posted


#: Pages whose forms depend on the state of what they show.
WITH_STATES = {"assessment", "assessment-decision", "assessment-people", "assessment-review"}


def crawl(client: Client) -> list[Any]:
    """The pages that this person's links lead to, one of each kind."""
    waiting, seen, kinds, found = ["/assessments/"], set(), [], []
    while waiting:
        address = waiting.pop(0)
        try:
            name = str(resolve(urlsplit(address).path).url_name)
        except Resolver404:
            continue
        if address in seen or kinds.count(name) >= (4 if name in WITH_STATES else 1):
            continue
        seen.add(address)
        response = client.get(address)
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
            continue
        kinds.append(name)
        found.append(response)
        links = lxml_html.fromstring(response.content.decode()).xpath("//a/@href")
        waiting += [urldefrag(urljoin(address, link)).url for link in links if "//" not in link]
    return found


@pytest.mark.slow
def test_every_form_of_the_site_comes_back_with_what_was_typed() -> None:
    call_command("load_fixtures", stdout=io.StringIO())
    call_command("load_demo", stdout=io.StringIO())
    tried: set[tuple[str, str]] = set()
    typed_fields = 0
    for name in ("lead", "respondent", "architect", "admin"):
        user = User.objects.get(email=f"{name}@demo.example")
        for response in crawl(client_of(user)):
            page = response.wsgi_request.get_full_path()
            for number, form in enumerate(forms_of(response)):
                action = urljoin(page, form.get("action") or page)
                name = resolve(urlsplit(action).path).url_name
                key = (str(resolve(urlsplit(page).path).url_name), str(name))
                if form.method != "POST" or name not in FORMS or key in tried:
                    continue
                tried.add(key)
                posted = fill(form)
                client = Client()
                refused = client.post(action, posted)
                assert parse_qs(urlsplit(refused.headers["Location"]).query)["next"] == [page], key
                client.force_login(user)
                shown = client.get(page)
                back = forms_of(shown)
                if any(value for field, value in posted.items() if field not in {"form_page", "csrfmiddlewaretoken"}):
                    back = [one for one in back if one.fields.get("kept_form")]
                    assert len(back) == 1, key
                    for control in back[0].inputs:
                        if control.get("name") in posted and control.get("type", control.tag) in {
                            "text",
                            "textarea",
                            "email",
                            "url",
                            "date",
                            "input",
                        }:
                            expected = posted[control.get("name")]
                            assert (control.value or "").replace("\r\n", "\n").strip("\n") == expected, (key, number)
                            typed_fields += 1
                        elif control.get("type") in {"checkbox", "radio"} and control.get("value") == posted.get(
                            control.get("name")
                        ):
                            assert control.checked, (key, control.get("name"))
    assert len({action for _page, action in tried}) >= 36
    assert typed_fields >= 60
