"""Nobody sees others' answers before giving their own, on whatever page; and who sees them afterwards."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from assess.assessments import assignments, respondents, response_visibility
from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.answers import answers_from_rows
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment, Respondent
from assess.assessments.saving import Saved, save_answer
from assess.people.models import User
from assess.questionnaire.answers import is_asked
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

#: What Bob answered and noted: found on a page, it was seen there.
TEAMS, NOTE = 7_391, "by the chart on the second floor"
TELLS = ("7,391", "7391", NOTE)

#: Every page and file that shows what several people's answers come to.
SHOWING = (
    "assessment-review",
    "assessment-result",
    "assessment-what-if",
    "report",
    "report-pdf",
    "pitfalls",
    "preparation",
    "goals",
)


def give(assessment: Assessment, user: User, key: str, value: object, *, base: int = 0, **fields: Any) -> None:
    own = Respondent.objects.get(assessment=assessment, user=user, removed_at=None)
    change = Change(key=key, answered=True, value=value, base_version=base, mutation_id=uuid.uuid4(), **fields)
    outcome = save_answer(assessment.pk, change, by=user, respondent_id=own.pk)
    assert isinstance(outcome, Saved), outcome


def give_all(assessment: Assessment, user: User) -> None:
    """Say "not sure yet" to all that is asked and unanswered: it counts as an answer."""
    own = Respondent.objects.get(assessment=assessment, user=user, removed_at=None)
    given = answers_from_rows(own.responses.all())
    for question in assignments.assigned_questionnaire(questionnaire_of(assessment.edition), own).questions:
        if question.key not in given and is_asked(question, given):
            give(assessment, user, question.key, None)


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User, ravi: User, gus: User) -> Assessment:
    """Bob has answered; Alice, Ravi (only "teams" and "business") and the guest Gus are asked and have not."""
    respondents.ask_people(assessment, people=[bob], by=alice)
    respondents.ask_people(assessment, people=[ravi], sections=["teams", "business"], by=alice)
    assessment.refresh_from_db()
    Respondent.objects.create(assessment=assessment, user=gus, asked_by=alice)
    give(assessment, bob, "teams", TEAMS, note=NOTE)
    give(assessment, bob, "deploy_minutes", 10)
    return assessment


def seen(response: Any) -> bool:
    text = b"".join(response).decode() if response.streaming else response.content.decode(errors="replace")
    return any(tell in text for tell in TELLS)


def my_section(assessment: Assessment, slug: str = "teams") -> str:
    return reverse("assessment-my-section", args=[assessment.pk, slug])


# --- one question


def test_respondent_sees_answers_to_questions_they_answered_or_are_not_asked(
    apart: Assessment, alice: User, bob: User, ravi: User, vera: User, rita: User
) -> None:
    everything = set(questionnaire_of(apart.edition).by_key)
    assert response_visibility.visible_keys(vera, apart) == everything
    assert response_visibility.visible_keys(rita, apart) == everything
    assert "teams" not in response_visibility.visible_keys(ravi, apart)
    assert "deploy_minutes" in response_visibility.visible_keys(ravi, apart)  # not asked of him
    assert "teams" in response_visibility.visible_keys(bob, apart)
    assert "developers" not in response_visibility.visible_keys(bob, apart)
    assert not response_visibility.visible_keys(alice, apart) & {"teams", "deploy_minutes"}
    give(apart, ravi, "teams", None)
    assert "teams" in response_visibility.visible_keys(ravi, apart)


def test_taking_an_answer_back_hides_others_answers_again(apart: Assessment, ravi: User) -> None:
    give(apart, ravi, "teams", 5)
    own = Respondent.objects.get(assessment=apart, user=ravi)
    back = Change(key="teams", answered=False, base_version=1, mutation_id=uuid.uuid4())
    assert isinstance(save_answer(apart.pk, back, by=ravi, respondent_id=own.pk), Saved)
    assert "teams" not in response_visibility.visible_keys(ravi, apart)


def test_dependent_question_is_visible_only_after_the_one_it_depends_on_is_answered(
    apart: Assessment, alice: User
) -> None:
    assert "services" not in response_visibility.visible_keys(alice, apart)
    give(apart, alice, "current_shape", "services")
    assert "services" not in response_visibility.visible_keys(alice, apart)
    give(apart, alice, "current_shape", None, base=1)
    assert "services" in response_visibility.visible_keys(alice, apart)


@pytest.mark.parametrize("who", ["ravi", "gus", "alice"])
def test_section_shows_others_answers_only_after_the_own_answer(
    apart: Assessment, who: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    client = client_of(user)
    page = client.get(my_section(apart))
    assert page.status_code == 200
    assert not seen(page)
    assert "data-others" not in page.content.decode()
    give(apart, user, "developers", 40)
    assert not seen(client.get(my_section(apart)))
    give(apart, user, "teams", None)
    html = client.get(my_section(apart)).content.decode()
    assert f"Bob: 7,391 teams ({NOTE})" in html or f"Bob: 7391 teams ({NOTE})" in html


def test_invalid_form_shows_no_more_answers_than_the_page_before(apart: Assessment, ravi: User) -> None:
    data = {"teams": "many", "teams-base_version": "0", "developers": "4", "developers-base_version": "0"}
    page = client_of(ravi).post(my_section(apart), data)
    assert page.status_code == 400
    assert not seen(page)


def test_hidden_names_cannot_be_inferred_from_the_page(
    apart: Assessment, alice: User, bob: User, ravi: User, gus: User
) -> None:
    respondents.show_names(apart, False, by=alice)
    give(apart, ravi, "teams", 3)
    give(apart, gus, "teams", 3)
    give(apart, alice, "teams", 4)
    html = client_of(alice).get(my_section(apart)).content.decode()
    others = html.split("Others answered")[1].split("</details>")[0]
    assert "(2 people)" in others
    assert not any(name in others for name in ("Bob", "Ravi", "Gus", NOTE))
    assert others.index("3 teams") < others.index("7")


# --- pages that show the whole


@pytest.mark.parametrize("name", SHOWING)
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_respondent_sees_the_result_only_after_answering_everything(
    apart: Assessment, name: str, who: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    client = client_of(user)
    page = client.get(reverse(name, args=[apart.pk]))
    assert page.status_code == 403
    assert "Your answers first" in page.content.decode()
    assert reverse("assessment-mine", args=[apart.pk]) in page.content.decode()
    assert not seen(page) or who == "bob"
    give_all(apart, user)
    assert client.get(reverse(name, args=[apart.pk])).status_code in (200, 302)


@pytest.mark.parametrize("name", ["report", "assessment-planned-changes", "assessment-planned-changes-drop"])
def test_posting_does_not_reveal_the_result_early(apart: Assessment, alice_client: Client, name: str) -> None:
    assert alice_client.post(reverse(name, args=[apart.pk]), {"teams": "x"}).status_code == 403


@pytest.mark.parametrize("name", SHOWING)
def test_reader_who_is_not_a_respondent_sees_the_result_at_once(
    apart: Assessment, vera: User, rita: User, name: str
) -> None:
    for person in (vera, rita):
        assert client_of(person).get(reverse(name, args=[apart.pk])).status_code in (200, 302)


def test_the_lead_sees_counts_and_no_answer(apart: Assessment, alice_client: Client) -> None:
    for name in ("assessment", "assessment-people", "assessment-mine"):
        page = alice_client.get(reverse(name, args=[apart.pk]))
        assert page.status_code == 200
        assert not seen(page)
    assert not seen(alice_client.get(reverse("assessments")))


def test_no_url_reveals_the_result_to_a_respondent_with_open_questions(apart: Assessment, alice_client: Client) -> None:
    """Every address that names an assessment and is read by GET, those of other rooms included."""
    from tests.integration.access_table import TABLE

    for name, row in TABLE.items():
        if not row.of_an_assessment or "GET" not in row.methods:
            continue
        try:
            address = reverse(name, kwargs={"assessment_id": apart.pk, **row.arguments})
        except NoReverseMatch:
            continue  # names something else as well
        assert not seen(alice_client.get(address, headers={"accept": "*/*"})), name


def test_submitted_version_shows_all_answers(apart: Assessment, alice: User, ravi: User, bob: User) -> None:
    submit_assessment(apart, by=bob)
    apart.refresh_from_db()
    assert response_visibility.visible_keys(ravi, apart) == set(questionnaire_of(apart.edition).by_key)
    for name in ("assessment-review", "assessment-result", "assessment-what-if"):
        assert client_of(alice).get(reverse(name, args=[apart.pk])).status_code == 200


def test_respondents_and_guests_see_only_their_own_answers(apart: Assessment, ravi: User, gus: User) -> None:
    for person in (ravi, gus):
        give_all(apart, person)
        client = client_of(person)
        for name in (*SHOWING, "assessment", "assessment-people"):
            assert client.get(reverse(name, args=[apart.pk])).status_code in (403, 404), name
        assert client.get(reverse("assessment-mine", args=[apart.pk])).status_code == 200
        assert client.get(reverse("asked")).status_code == 200


def test_guest_home_page_lists_what_they_are_asked(apart: Assessment, gus: User) -> None:
    client = client_of(gus)
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("asked")
    html = page.content.decode()
    assert reverse("assessment-mine", args=[apart.pk]) in html
    assert reverse("assessments") + '"' not in html
    assert "Leave" in html


def test_respondent_without_assessments_is_redirected_to_what_they_are_asked(apart: Assessment, ravi: User) -> None:
    assert client_of(ravi).get(reverse("assessments")).url == reverse("asked")


# --- who gets what while people answer apart (the table of all addresses has a version that is answered together)


ASKED = {"alice": 200, "bob": 200, "ravi": 200, "gus": 200}
NOT_ASKED = dict.fromkeys(("vera", "rita", "olga", "charlie", "zoe", "ada", "yves"), 404)
APART = {
    ("assessment-mine", "GET"): {**ASKED, **NOT_ASKED, "nobody": 302},
    ("assessment-my-section", "GET"): {**ASKED, **NOT_ASKED, "nobody": 302},
    ("assessment-my-section", "POST"): {**dict.fromkeys(ASKED, 302), **NOT_ASKED, "nobody": 302},
    ("assessment-my-answers", "POST"): {**ASKED, **NOT_ASKED, "nobody": 401},
    ("assessment-finish", "POST"): {**dict.fromkeys(ASKED, 302), **NOT_ASKED, "nobody": 302},
    ("assessment-personal-link", "POST"): {**dict.fromkeys(ASKED, 403), "gus": 200, **NOT_ASKED, "nobody": 302},
    ("assessment-result", "GET"): {
        **NOT_ASKED, "alice": 403, "bob": 403, "ravi": 404, "gus": 403, "vera": 200, "rita": 200, "nobody": 302,
    },
    ("assessment-section", "GET"): {
        **NOT_ASKED, "alice": 302, "bob": 302, "ravi": 404, "gus": 403, "vera": 302, "rita": 302, "nobody": 302,
    },
    ("assessment-answers", "POST"): {
        **NOT_ASKED, "alice": 409, "bob": 409, "ravi": 404, "gus": 403, "vera": 403, "rita": 403, "nobody": 401,
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "method"), APART)
def test_each_role_gets_the_expected_status(
    apart: Assessment, name: str, method: str, request: pytest.FixtureRequest
) -> None:
    expected = APART[name, method]
    arguments: dict[str, Any] = {"slug": "teams"} if name.endswith("section") else {}
    address = reverse(name, kwargs={"assessment_id": apart.pk, **arguments})
    got = {}
    for who in expected:
        client = Client() if who == "nobody" else client_of(request.getfixturevalue(who))
        if name.endswith("answers"):
            change = {"question": "developers", "not_sure": True, "base_version": 0, "mutation_id": str(uuid.uuid4())}
            got[who] = client.post(address, json.dumps(change), content_type="application/json").status_code
        else:
            got[who] = (client.get(address) if method == "GET" else client.post(address)).status_code
    assert got == expected


# --- versions


def test_the_next_version_suggests_to_each_only_what_they_answered_themselves(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(apart, ravi, "teams", 5)
    submit_assessment(apart, by=alice)
    following = start_next_version(Assessment.objects.get(pk=apart.pk), by=alice)
    respondents.ask_people(following, people=[bob, ravi], by=alice)
    client = client_of(ravi)
    page = client.get(my_section(following))
    assert not seen(page)
    assert "5 teams" in page.content.decode()
    data = {"confirm": "teams", "teams-base_version": "0", "page": str(uuid.uuid4())}
    assert client.post(my_section(following), data).status_code == 302
    assert Respondent.objects.get(assessment=following, user=ravi).responses.get().value == 5
