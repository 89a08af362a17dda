"""A form with a missing or old token changes nothing and throws nothing away."""

from typing import Any

import pytest
from django.test import Client

from assess.people.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Ana <b>",
    "note": "line one\nline two",
    "password1": "a wide blue harbour",
    "csrfmiddlewaretoken": "old",
}


@pytest.fixture
def strict(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.integration.platform.faulty_urls"
    return Client(enforce_csrf_checks=True)


def test_expired_form_shows_typed_values_except_secrets(strict: Client) -> None:
    response = strict.post("/form/", FORM, headers={"Origin": "http://testserver"})
    body = response.content.decode()
    assert response.status_code == 403
    assert "Nothing was changed" in body
    assert "Ana &lt;b&gt;" in body
    assert "line one<br>line two" in body
    assert "a wide blue harbour" not in body


def test_expired_form_can_be_sent_again_with_a_fresh_token(strict: Client) -> None:
    page = strict.post("/form/?a=1", FORM, headers={"Origin": "http://testserver"})
    body = page.content.decode()
    assert 'action="/form/?a=1"' in body
    token = body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = strict.post("/form/?a=1", {"name": "Ana", "csrfmiddlewaretoken": token})
    assert again.status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", "null"])
def test_expired_form_from_another_site_offers_no_button(strict: Client, origin: str) -> None:
    body = strict.post("/form/", FORM, headers={"Origin": origin}).content.decode()
    assert "Send it again" not in body
    assert "Ana &lt;b&gt;" in body


def test_expired_form_without_origin_offers_no_button(strict: Client) -> None:
    assert "Send it again" not in strict.post("/form/", FORM).content.decode()


def test_scripts_get_errors_as_json(strict: Client) -> None:
    response = strict.post("/form/", data="{}", content_type="application/json")
    assert response.status_code == 403
    assert "Reload the page" in response.json()["problem"]


def test_script_may_send_the_csrf_token_as_a_header(strict: Client) -> None:
    body = strict.get("/account/login/").content.decode()
    token = body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    response = strict.post("/form/", data="{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert response.status_code == 200


def test_signing_in_without_a_token_signs_nobody_in(strict: Client, alice: User) -> None:
    response = strict.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "_auth_user_id" not in strict.session
