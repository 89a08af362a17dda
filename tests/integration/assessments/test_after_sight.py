"""An answer changed after others' answers showed keeps the first; guests are flagged; who answered does not judge."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments import actions, respondents
from assess.assessments.changes import Change
from assess.assessments.consensus import build_consensus
from assess.assessments.models import Assessment, Respondent
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Notice, Team, User
from assess.reports.loaders.report import load_report, with_report_relations
from assess.review.policies import took_part
from tests.conftest import client_of, person
from tests.integration.assessments.test_consensus import QUESTIONNAIRE, ask, card, give, page, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User) -> Assessment:
    """Alice and Bob are asked everything; Bob has answered."""
    ask(assessment, alice)
    ask(assessment, bob, team_collisions="daily")
    return Assessment.objects.get(pk=assessment.pk)


def respondent_of(assessment: Assessment, user: User) -> Respondent:
    return assessment.respondents.get(user=user)


def join_by(token: str, name: str, address: str) -> Client:
    client = Client(REMOTE_ADDR=address)
    assert client.post(reverse("join", args=[token]), {"name": name}).status_code == 200
    return client


def report_lines(assessment: Assessment, key: str) -> Any:
    report = load_report(with_report_relations(Assessment.objects.all()).get(pk=assessment.pk))
    return next(line for section in report.sections for line in section.lines if line.key == key)


def test_not_sure_changed_after_sight_keeps_the_first_answer(apart: Assessment, alice: User, vera: User) -> None:
    give(respondent_of(apart, alice), "team_collisions", None)
    give(respondent_of(apart, alice), "team_collisions", "never")
    shown = words_of(card(page(client_of(vera), apart), "team_collisions"))
    assert "1 person changed their answer after others’ answers showed" in shown
    assert "first “not sure yet”, changed after others’ answers showed" in shown.lower()
    line = report_lines(apart, "team_collisions")
    assert [bool(own.after_sight) for own in line.individual] == [True, False]
    assert "1 person changed their answer" in line.by


def test_respondents_read_the_first_answer_of_each_other_too(apart: Assessment, alice: User, bob: User) -> None:
    give(respondent_of(apart, alice), "team_collisions", None)
    give(respondent_of(apart, alice), "team_collisions", "never")
    section = QUESTIONNAIRE.by_key["team_collisions"].section
    html = client_of(bob).get(reverse("assessment-my-section", args=[apart.pk, section])).content.decode()
    assert "(first “not sure yet”, changed after others’ answers showed)" in words_of(html).lower()


def test_a_guest_is_marked_in_the_same_way(apart: Assessment, alice: User, gus: User) -> None:
    guest = ask(apart, gus, team_collisions=None)
    give(guest, "team_collisions", "weekly")
    point = build_consensus(apart).by_key["team_collisions"]
    assert [line.who for line in point.responses if line.after_sight] == ["Gus"]


def test_an_answer_taken_back_and_given_anew_keeps_the_first_one(apart: Assessment, alice: User) -> None:
    own = respondent_of(apart, alice)
    give(own, "team_collisions", "weekly")
    cleared = Change(key="team_collisions", answered=False, base_version=1, mutation_id=uuid.uuid4())
    assert isinstance(save_answer(apart.pk, cleared, by=alice, respondent_id=own.pk), Saved)
    give(own, "team_collisions", "daily")
    assert build_consensus(apart).by_key["team_collisions"].changed_after_sight == 1


def test_a_change_before_anybody_else_answered_is_none_after_sight(assessment: Assessment, alice: User) -> None:
    own = ask(assessment, alice, team_collisions=None)
    give(own, "team_collisions", "never")
    ask(assessment, person("Bert", team=assessment.team), team_collisions="daily")
    assert build_consensus(assessment).by_key["team_collisions"].changes == ""


def test_whoever_goes_back_to_their_first_answer_is_not_marked(apart: Assessment, alice: User) -> None:
    for value in ("never", "daily", "never"):
        give(respondent_of(apart, alice), "team_collisions", value)
    assert build_consensus(apart).by_key["team_collisions"].changes == ""


def test_a_note_alone_is_no_change(apart: Assessment, alice: User) -> None:
    give(respondent_of(apart, alice), "team_collisions", "never")
    give(respondent_of(apart, alice), "team_collisions", "never", note="I looked it up")
    assert build_consensus(apart).by_key["team_collisions"].changes == ""


def test_member_who_joins_after_looking_is_marked_at_each_answer(apart: Assessment, team: Team) -> None:
    nell = person("Nell", team=team)
    respondents.answer_for_oneself(apart, by=nell)
    give(respondent_of(apart, nell), "team_collisions", "weekly")
    point = build_consensus(apart).by_key["team_collisions"]
    (marked,) = [line for line in point.responses if line.after_sight]
    assert (marked.who, marked.after_sight) == (
        "Nell",
        "asked after others had answered, and could see their answers",
    )
    assert [own.who for own in report_lines(apart, "team_collisions").individual if own.after_sight] == ["Nell"]


def test_hidden_names_count_changes_of_a_group_and_name_nobody(apart: Assessment, alice: User, team: Team) -> None:
    Assessment.objects.filter(pk=apart.pk).update(names_shown=False)
    give(respondent_of(apart, alice), "team_collisions", None)
    give(respondent_of(apart, alice), "team_collisions", "never")
    assert build_consensus(Assessment.objects.get(pk=apart.pk)).by_key["team_collisions"].changes == ""
    ask(apart, person("Cleo", team=team), team_collisions="daily")
    point = build_consensus(Assessment.objects.get(pk=apart.pk)).by_key["team_collisions"]
    assert point.changed_after_sight == 1
    assert point.responses == ()


# --- guests


def test_pages_say_that_the_link_admits_by_itself(assessment: Assessment, alice: User) -> None:
    _link, token = respondents.make_guest_link(assessment, by=alice)
    assert "The link admits by itself" in page(client_of(alice), assessment, "assessment-people")
    assert "admits you by itself" in Client().get(reverse("join", args=[token])).content.decode()


def test_many_sheets_from_one_address_are_flagged_to_the_lead(assessment: Assessment, alice: User) -> None:
    _link, token = respondents.make_guest_link(assessment, by=alice)
    join_by(token, "Una", "192.0.2.1")
    join_by(token, "Otto", "198.51.100.7")
    assert "network address" not in page(client_of(alice), assessment, "assessment-people")
    for name in ("Una again", "Una once more"):
        join_by(token, name, "192.0.2.1")
    html = words_of(page(client_of(alice), assessment, "assessment-people"))
    assert html.count("one of 3 guests from one network address") == 3
    assert Notice.objects.filter(user=alice, text__contains="3 guests joined from one network address").count() == 1
    assert "192.0.2" not in str(list(Respondent.objects.values()))


# --- who judges


def submitted(assessment: Assessment, by: User) -> Assessment:
    give(ask(assessment, by), "hiring", "easy")
    return actions.submit_assessment(Assessment.objects.get(pk=assessment.pk), by=by)


@pytest.mark.parametrize("perspective", ["developer", "operations", "manager", "product"])
def test_architect_who_answered_from_any_perspective_is_no_reviewer(
    perspective: str, assessment: Assessment, alice: User, rita: User
) -> None:
    ask(assessment, rita, perspective, team_collisions="never")
    assert took_part(rita, submitted(assessment, alice))


def test_architect_who_answered_as_a_guest_by_a_mailed_link_is_no_reviewer(
    assessment: Assessment, alice: User, rita: User, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        account = User.objects.filter(pk=rita.pk)
        account.update(is_active=False)  # or she would be asked in her account
        respondents.ask_by_mail(assessment, emails=["Rita@Example.org"], by=alice)
        account.update(is_active=True)
    (link,) = re.findall(r"/join/(\S+?)/", str(mailoutbox[-1].body))
    version = Assessment.objects.get(pk=assessment.pk)
    assert not took_part(rita, version)
    Client().post(reverse("join", args=[link]), {"name": "Somebody"})
    assert assessment.respondents.get(email="rita@example.org").user.is_guest
    assert took_part(rita, version)
