"""Names and links hold nothing invisible: it would make one read as another, or reorder the text around it."""

import json
import uuid

import pytest
from django.test import Client

from assess.models import System, User
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire.values import check_link, check_name
from tests.factories import AssessmentFactory, EditionFactory, MembershipFactory

HIDDEN = ["\u202a", "\u202e", "\u2066", "\u2069", "\x07", "\x7f", "\x85x"]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_name_or_link_with_invisible_characters_is_refused_naming_the_character(hidden: str) -> None:
    for check in (lambda: check_name(f"Ana{hidden}B", 120), lambda: check_link(f"https://example.org/a{hidden}b")):
        with pytest.raises(ValidationFailed, match=f"Remove the .* character U\\+{ord(hidden[0]):04X}"):
            check()


@pytest.mark.parametrize("name", ["Ana Müller-Ćosić", "山田 太郎", "مريم", "O’Neill", "👩\u200d💻 team"])
def test_names_in_all_scripts_are_accepted(name: str) -> None:
    assert check_name(name, 120) == name


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "team"])
@pytest.mark.parametrize("hidden", ["\u202e", "\x07"])
def test_nobody_signs_up_under_a_name_with_something_hidden(client: Client, field: str, hidden: str) -> None:
    form = {"name": "Ana", "email": "ana@example.org", "password1": "a wide blue harbour", "team": "Orders"}
    response = client.post("/account/signup/", {**form, field: f"A{hidden}na"})
    assert f"U+{ord(hidden):04X}" in response.content.decode()
    assert not User.objects.exists()


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
