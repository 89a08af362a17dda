"""In another language: what is kept stays in the site's own, what is told is in the person's, and names stay names."""

import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.agreements import agree
from assess.assessments.assignments import get_respondent
from assess.assessments.changes import Change
from assess.assessments.models import Agreement, Assessment, Edition
from assess.assessments.respondents import ask_people
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Notice, Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from tests.conftest import client_of
from tests.factories import TeamFactory
from tests.pseudo import given_by_people, left_in_english, pseudo, publish_pseudo, texts_of

pytestmark = pytest.mark.django_db

ANSWERS = {
    "teams": AnswerValue(value=5, basis="measured"),
    "team_collisions": AnswerValue(value="daily"),
    "motives": AnswerValue(value=("team_autonomy",)),
    "budget": AnswerValue(),
}
#: Every page of the room that one assessment has.
PAGES = ("assessment", "assessment-review", "assessment-result", "assessment-what-if", "assessment-people")


def answered(team: Team, edition: Edition, by: User, name: str = "Web shop") -> Assessment:
    return start_assessment(team=team, system_name=name, edition=edition, by=by, carried=ANSWERS)


def seen(client: Client, name: str, *args: Any, language: str = "en-gb") -> str:
    response = client.get(reverse(name, args=args), headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User) -> Assessment:
    """Alice knows, Bob does not: both have answered one question, each on their own."""
    ask_people(assessment, people=[alice, bob], by=alice)
    for person, value in ((alice, 3), (bob, None)):
        own = get_respondent(person, assessment)
        assert own is not None
        change = Change(
            key="teams",
            answered=True,
            value=value,
            base_version=0,
            mutation_id=uuid.uuid4(),
        )
        assert isinstance(save_answer(assessment.pk, change, by=person, respondent_id=own.pk), Saved)
    assessment.refresh_from_db()
    return assessment


def test_a_version_submitted_in_another_language_keeps_what_it_keeps_in_the_sites(
    team: Team, edition: Edition, alice: User, pseudo_locale: str
) -> None:
    here, there = answered(team, edition, alice), answered(team, edition, alice, "Billing")
    submit_assessment(there, by=alice)
    client = client_of(alice)
    client.post(reverse("assessment-submit", args=[here.pk]), headers={"accept-language": pseudo_locale})
    here.refresh_from_db()
    there.refresh_from_db()
    assert here.is_submitted
    assert here.result == there.result
    assert here.answers_hash == there.answers_hash
    hashes = [each.events.get(kind="submitted").payload["result_hash"] for each in (here, there)]
    assert hashes[0] == hashes[1]
    assert pseudo("Look closer") in seen(client, "assessment-result", here.pk, language=pseudo_locale)


def test_a_notice_is_told_in_the_language_spoken_when_it_is_sent(
    team: Team, edition: Edition, alice: User, rita: User, pseudo_locale: str
) -> None:
    here = answered(team, edition, alice)
    client_of(alice).post(reverse("assessment-submit", args=[here.pk]), headers={"accept-language": pseudo_locale})
    told = Notice.objects.get(user=rita).text
    said = pseudo("{system}, version {version} of {team} was submitted by {person} and waits for a review.")
    assert told == said.format(system="Web shop", version=1, team=team, person=alice)


def test_what_each_had_said_when_they_agreed_is_kept_in_the_sites_language(
    apart: Assessment, alice: User, pseudo_locale: str
) -> None:
    change = Change(key="teams", answered=True, value=3, base_version=0, mutation_id=uuid.uuid4())
    with translation.override(pseudo_locale):
        assert isinstance(agree(apart, change, by=alice), Saved)
    kept = Agreement.objects.get(assessment=apart)
    assert sorted(line["words"] for line in kept.answers_before) == ["3 teams", "Not sure yet"]
    assert apart.events.get(kind="agreed").payload["answers_before"] == kept.answers_before


def test_a_page_gives_the_script_its_words(assessment: Assessment, alice_client: Client, pseudo_locale: str) -> None:
    html = seen(alice_client, "assessment-section", assessment.pk, "teams", language=pseudo_locale)
    for name, words in (("saving", "Saving…"), ("saved", "Saved {time}"), ("again", "Not saved yet, trying again")):
        assert f'data-{name}="{pseudo(words)}"' in html
    in_english = seen(alice_client, "assessment-section", assessment.pk, "teams")
    assert 'data-saved="Saved {time}"' in in_english


def test_the_script_has_no_words_of_its_own(settings: Any) -> None:
    script = (settings.BASE_DIR / "static" / "answers.js").read_text()
    code = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    assert re.findall(r"[\"'`][^\"'`\n]*[A-Z][a-z]+ [a-z]+[^\"'`\n]*[\"'`]", code) == []


def test_save_error_is_in_the_language_of_the_person_who_saves(
    team: Team, edition: Edition, alice: User, alice_client: Client, pseudo_locale: str
) -> None:
    here = answered(team, edition, alice)
    data = json.dumps({"question": "nothing", "value": 1, "base_version": 0, "mutation_id": str(uuid.uuid4())})
    response = alice_client.post(
        reverse("assessment-answers", args=[here.pk]),
        data,
        content_type="application/json",
        headers={"accept-language": pseudo_locale},
    )
    assert response.status_code == 400
    assert response.json()["code"] == "wrong"
    assert response.json()["problem"] == pseudo("Name a question of this assessment's questionnaire")


def test_a_hostile_name_stays_text_inside_sentences(edition: Edition, alice: User, workspace: Any) -> None:
    team = TeamFactory(workspace=workspace, name="<i>us</i>")
    team.memberships.create(user=alice, workspace=workspace, role="lead")
    here = answered(team, edition, alice, "<b>x</b>")
    for name in PAGES:
        html = seen(client_of(alice), name, here.pk)
        assert "&lt;b&gt;x&lt;/b&gt;" in html
        assert "<b>x" not in html
        assert "<i>us" not in html


@pytest.mark.parametrize("is_apart", [False, True])
def test_no_page_of_an_assessment_shows_a_sentence_that_cannot_be_translated(
    is_apart: bool, apart: Assessment, team: Team, edition: Edition, alice: User, bob: User, pseudo_locale: str
) -> None:
    here = apart if is_apart else answered(team, edition, alice, "Billing")
    pages = [(alice, name, here.pk) for name in (*PAGES, "assessment-consensus", "assessments")]
    if is_apart:
        pages = [(bob, name, here.pk) for name in ("assessment-mine", "assessment-my-section", "asked")]
        pages += [(alice, name, here.pk) for name in ("assessment-consensus", "assessment-people", "assessment")]
    publish_pseudo()
    given = [*given_by_people(), "https://"]
    found: dict[str, str] = {}
    for person, name, number in pages:
        args = {"assessment-my-section": [number, "teams"], "asked": [], "assessments": []}.get(name, [number])
        html = seen(client_of(person), name, *args, language=pseudo_locale)
        for text in left_in_english(texts_of(html), given):
            found[text] = name
    assert not found, "\n".join(f"{name}: {text}" for text, name in found.items())
