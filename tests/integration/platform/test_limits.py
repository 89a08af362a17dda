"""A request larger than the limit is refused kindly, before anything reads it."""

import pytest
from django.test import Client

LIMIT = 256 * 1024


@pytest.mark.django_db
def test_a_body_at_the_limit_is_taken(faulty: Client) -> None:
    body = "a=" + "x" * (LIMIT - 2)
    response = faulty.post("/form/", data=body, content_type="application/x-www-form-urlencoded")
    assert response.content == b"1 fields"


def test_a_body_over_the_limit_is_refused_with_advice(faulty: Client) -> None:
    body = "a=" + "x" * (LIMIT - 1)
    response = faulty.post("/form/", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "256 KB" in response.content.decode()
    assert "Back button" in response.content.decode()


def test_a_script_is_told_in_json(faulty: Client) -> None:
    response = faulty.post("/form/", data=f'"{"x" * LIMIT}"', content_type="application/json")
    assert response.status_code == 413
    assert "256 KB" in response.json()["problem"]


@pytest.mark.django_db
def test_a_form_of_every_question_is_taken(faulty: Client) -> None:
    response = faulty.post("/form/", data={f"f{n}": "1" for n in range(1600)})
    assert response.content == b"1600 fields"


@pytest.mark.django_db
def test_too_many_fields_are_refused(faulty: Client) -> None:
    response = faulty.post("/form/", data={f"f{n}": "1" for n in range(1601)})
    assert response.status_code == 400
