"""What holds whatever people try around it: who left reads no more, hidden names stay hidden, who looked is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments import assignments, invitation_links, respondents, response_mode
from assess.assessments.models import Assessment, Respondent
from assess.people import invitations
from assess.people.actions import remove_membership
from assess.people.models import Membership, Notice, Role, Team, User
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.html import compact
from tests.integration.assessments.test_respondents import Save, give, respondent_of, save

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

__all__ = ["save"]

LATE = "could see their answers"


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User, ravi: User) -> Assessment:
    """Alice has asked Bob and Ravi, so that all three have sheets."""
    respondents.ask_people(assessment, people=[bob, ravi], by=alice)
    assessment.refresh_from_db()
    return assessment


def take_out(user: User, by: User) -> None:
    for membership in Membership.objects.filter(user=user):
        remove_membership(membership, by=by)


def lines(assessment: Assessment, reader: User) -> dict[str, str]:
    """What the page of people says of each, by name."""
    html = compact(client_of(reader).get(reverse("assessment-people", args=[assessment.pk])).content.decode())
    parts = html.split("data-respondent=")[1:]
    return {part.split('class="title">')[1].split("<")[0]: part.split("</li>")[0] for part in parts}


# --- who left


def test_respondent_who_left_the_workspace_reads_only_their_own_answers(
    apart: Assessment, alice: User, bob: User, ravi: User, save: Save
) -> None:
    give(apart, ravi, "teams", 5)
    give(apart, bob, "teams", 4, note="Bob's own words")
    sheet = respondent_of(apart, ravi)
    client = client_of(ravi)
    section = reverse("assessment-my-section", args=[apart.pk, "teams"])
    assert "Bob" in client.get(section).content.decode()
    take_out(ravi, alice)
    assert client.get(section).status_code == 302
    page = client.get(reverse("assessment-mine", args=[apart.pk])).content.decode()
    assert "no longer belong" in page
    assert "5 teams" in page
    assert "Bob's own words" not in page
    refused = save(client, apart, "developers", sheet=sheet.pk, value=7)
    assert (refused.status_code, refused.json()["code"]) == (409, "elsewhere")
    assert not sheet.responses.filter(key="developers").exists()
    assert apart.current_answers()["teams"].between == (4, 5)
    assert not assignments.open_assignments(ravi).exists()


def test_respondent_who_left_the_workspace_gets_no_reminder(apart: Assessment, alice: User, ravi: User) -> None:
    take_out(ravi, alice)
    Respondent.objects.update(asked_at=timezone.now() - timedelta(days=9))
    with pytest.raises(ValidationFailed) as refused:
        respondents.remind_respondent(apart, respondent_of(apart, ravi).pk, by=alice)
    assert refused.value.issues[0].message.startswith("Remove Ravi")


def test_asker_who_left_the_team_gets_no_notices(apart: Assessment, alice: User, bob: User, ravi: User) -> None:
    Membership.objects.filter(user=bob).update(role=Role.LEAD)
    Membership.objects.filter(user=alice).delete()
    Notice.objects.all().delete()
    respondents.finish_answering(respondent_of(apart, ravi), by=ravi)
    assert not Notice.objects.filter(user=alice).exists()


def test_a_link_ends_with_the_lead_who_made_it(apart: Assessment, alice: User, bob: User) -> None:
    Membership.objects.filter(user=bob).update(role=Role.LEAD)
    _, token = respondents.make_guest_link(apart, by=bob)
    assert invitation_links.resolve_link(token) is not None
    Membership.objects.filter(user=bob).update(role=Role.MEMBER)
    page = Client().post(reverse("join", args=[token]), {"name": "Bob again"})
    assert page.status_code == 410
    assert "Ask the team for a new link" in page.content.decode()


# --- names


def test_an_answer_of_one_person_is_not_taken_over_where_names_are_hidden(
    apart: Assessment, alice: User, ravi: User
) -> None:
    respondents.show_names(apart, False, by=alice)
    give(apart, ravi, "teams", 5)
    response_mode.return_to_shared_answers(apart, by=alice)
    assert not apart.answers.filter(key="teams", answered=True).exists()


def test_names_hidden_when_people_answered_stay_hidden(apart: Assessment, alice: User, ravi: User) -> None:
    give(apart, ravi, "developers", 9)  # under their name: they saw that names show
    respondents.show_names(apart, False, by=alice)
    respondents.show_names(apart, True, by=alice)
    respondents.show_names(apart, False, by=alice)
    give(apart, ravi, "teams", 5)
    with pytest.raises(ValidationFailed) as refused:
        respondents.show_names(apart, True, by=alice)
    assert "without theirs" in refused.value.issues[0].message
    apart.refresh_from_db()
    assert not apart.names_shown


# --- who could look first


def test_member_who_joins_after_others_answered_is_marked_as_asked_late(
    apart: Assessment, team: Team, alice: User, ravi: User, olga: User
) -> None:
    Membership.objects.create(user=olga, workspace=team.workspace, team=team, role=Role.MEMBER)
    give(apart, ravi, "teams", 5)
    respondents.answer_for_oneself(apart, by=olga)
    said = lines(apart, alice)
    assert [name for name in said if LATE in said[name]] == ["Olga"]


def test_lead_who_leaves_to_look_is_marked_as_asked_late(apart: Assessment, alice: User, bob: User, ravi: User) -> None:
    give(apart, ravi, "teams", 5)
    assert not any(LATE in line for line in lines(apart, bob).values())
    respondents.remove_respondent(apart, respondent_of(apart, alice).pk, by=alice)
    respondents.ask_people(apart, people=[alice], by=alice)
    assert LATE in lines(apart, bob)["Alice"]


def test_lead_who_drops_sections_to_look_is_marked_as_asked_late(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(apart, ravi, "teams", 5)
    sheet = respondent_of(apart, alice)
    respondents.change_sections(apart, sheet.pk, perspective="developer", sections=["scope"], by=alice)
    assert LATE not in lines(apart, bob)["Alice"]
    respondents.change_sections(apart, sheet.pk, perspective="developer", sections=["scope", "teams"], by=alice)
    assert LATE in lines(apart, bob)["Alice"]


def test_switching_modes_marks_those_with_open_questions_as_asked_late(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(apart, bob, "teams", 5)
    response_mode.return_to_shared_answers(apart, by=alice)
    again = Assessment.objects.get(pk=apart.pk)
    respondents.ask_people(again, people=[bob], by=alice)
    said = lines(again, bob)
    assert LATE in said["Alice"]
    assert LATE not in said["Ravi"]  # reads nothing but his own sheet


def test_respondent_who_could_not_look_is_not_marked_as_asked_late(
    apart: Assessment, alice: User, ravi: User, bob: User, rita: User
) -> None:
    """A respondent reads nothing of the team's; asked as late as can be, they come without having seen anything."""
    give(apart, bob, "teams", 5)
    respondents.remove_respondent(apart, respondent_of(apart, ravi).pk, by=alice)
    respondents.ask_people(apart, people=[ravi], by=alice)
    assert LATE not in lines(apart, alice)["Ravi"]


# --- mails of a day


def test_invitations_and_asks_share_one_daily_mail_limit(assessment: Assessment, alice: User, team: Team) -> None:
    respondents.ask_by_mail(assessment, emails=[f"p{n}@partner.example" for n in range(12)], by=alice)
    for number in range(8):
        invitations.invite(
            workspace=team.workspace, team=team, role=Role.MEMBER, email=f"q{number}@partner.example", by=alice
        )
    with pytest.raises(invitations.InvitationLimitReached):
        invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice)
    with pytest.raises(ValidationFailed):
        respondents.ask_by_mail(assessment, emails=["z@partner.example"], by=alice)


def test_a_reminder_counts_for_whoever_sends_it(
    assessment: Assessment, alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.LEAD)
    (asked,) = respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    Respondent.objects.update(asked_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        respondents.remind_respondent(assessment, asked.pk, by=bob)
    assert "waiting for your answers" in mail.outbox[-1].body
    now = timezone.now()
    assert respondents.mails_left(bob, at=now) == 19
    assert respondents.mails_left(alice, at=now) == 20
