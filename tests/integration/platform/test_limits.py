"""A request larger than the limit is refused kindly, before anything reads it."""

import pytest
from django.test import Client

LIMIT = 256 * 1024


@pytest.mark.django_db
def test_body_at_the_limit_is_accepted(faulty: Client) -> None:
    body = "a=" + "x" * (LIMIT - 2)
    response = faulty.post("/form/", data=body, content_type="application/x-www-form-urlencoded")
    assert response.content == b"1 fields"


def test_body_over_the_limit_is_refused_with_advice(faulty: Client) -> None:
    body = "a=" + "x" * (LIMIT - 1)
    response = faulty.post("/form/", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "256 KB" in response.content.decode()
    assert "Back button" in response.content.decode()


def test_script_gets_expired_form_error_as_json(faulty: Client) -> None:
    response = faulty.post("/form/", data=f'"{"x" * LIMIT}"', content_type="application/json")
    assert response.status_code == 413
    assert "256 KB" in response.json()["problem"]


@pytest.mark.django_db
def test_form_with_every_question_is_accepted(faulty: Client) -> None:
    response = faulty.post("/form/", data={f"f{n}": "1" for n in range(1600)})
    assert response.content == b"1600 fields"


@pytest.mark.django_db
def test_too_many_fields_are_refused(faulty: Client) -> None:
    response = faulty.post("/form/", data={f"f{n}": "1" for n in range(1601)})
    assert response.status_code == 400
