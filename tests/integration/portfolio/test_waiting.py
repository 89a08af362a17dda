"""What waits on each role, the notices below it, and the line and the number that lead there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.models import Assessment, Respondent, Response, State
from assess.people.models import Invitation, Membership, Notice, Role, Team, User, Workspace
from assess.portfolio import waiting
from assess.portfolio.waiting import Line, waiting_for
from assess.questionnaire_files import builtin_questionnaire
from assess.review import actions as review
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from tests.conftest import client_of, person
from tests.factories import AnswerFactory, AssessmentFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

NOTHING = "Nothing waits for you"


def lines(user: User) -> dict[str, list[Line]]:
    return {group.title: list(group.lines) for group in waiting_for(user)}


def sentences(user: User) -> dict[str, list[str]]:
    return {title: [line.sentence for line in found] for title, found in lines(user).items()}


def submitted(team: Team, by: User, name: str = "Shop") -> Assessment:
    made = AssessmentFactory(
        team=team, by=by, system__name=name, answers={"teams": 5, "deploy_minutes": 45, "deploy_waiting": "never"}
    )
    return Assessment.objects.get(pk=actions.submit_assessment(made, by=by).pk)


def asked(assessment: Assessment, user: User, by: User, **fields: Any) -> Respondent:
    Assessment.objects.filter(pk=assessment.pk).update(answers_separately=True)
    return Respondent.objects.create(assessment=assessment, user=user, asked_by=by, **fields)


def answered(respondent: Respondent, **values: Any) -> None:
    for key, value in values.items():
        Response.objects.create(respondent=respondent, assessment=respondent.assessment, key=key, value=value)


# --- respondents


def test_respondent_sees_their_questions_and_progress(team: Team, alice: User, ravi: User, edition: Any) -> None:
    assessment = AssessmentFactory(team=team, by=alice, system__name="Shop")
    ask = asked(assessment, ravi, alice, sections=["teams"])
    in_section = builtin_questionnaire().section("teams").questions
    answered(ask, teams=5)
    (line,) = lines(ravi)["To answer"]
    assert line.sentence.startswith("Alice asked you about Shop: 1 of ")
    assert int(line.sentence.split(" of ")[1].split()[0]) <= len(in_section)
    assert (line.action, line.url) == ("Continue", f"/assessments/{assessment.pk}/mine/")


def test_finished_removed_or_late_respondent_has_nothing_waiting(team: Team, alice: User, ravi: User) -> None:
    ask = asked(AssessmentFactory(team=team, by=alice), ravi, alice)
    assert "To answer" in lines(ravi)
    for ended in ({"finished_at": timezone.now()}, {"removed_at": timezone.now(), "removed_by": alice}):
        Respondent.objects.filter(pk=ask.pk).update(**ended)
        assert waiting_for(ravi) == []
        Respondent.objects.filter(pk=ask.pk).update(finished_at=None, removed_at=None, removed_by=None)
    Assessment.objects.filter(pk=ask.assessment_id).update(deleted_at=timezone.now(), deleted_by=alice, is_newest=False)
    assert waiting_for(ravi) == []


# --- teams


def test_team_sees_a_version_sent_back_until_the_next_one_starts(
    team: Team, alice: User, bob: User, rita: User
) -> None:
    version = submitted(team, alice)
    review.sign(version, by=rita, decision=Decision.SENT_BACK, remark="Measure first.")
    for user in (alice, bob):
        assert sentences(user)["Sent back"] == ["Shop, version 1 was sent back: read why, and start the next version."]
    actions.start_next_version(Assessment.objects.get(pk=version.pk), by=alice)
    assert "Sent back" not in sentences(alice)
    assert "To continue" in sentences(alice)


def test_challenged_answer_waits_for_the_team_but_not_the_challenger(
    team: Team, alice: User, bob: User, rita: User
) -> None:
    version = submitted(team, alice)
    comment = review.comment(version, by=bob, text="Really?", key="teams", kind=CommentKind.CHALLENGE)
    assert sentences(alice)["Challenged answers"] == ["Bob challenges an answer in Shop, version 1."]
    assert "Challenged answers" not in sentences(bob)
    assert "Challenged answers" not in sentences(rita)
    review.settle(comment, by=alice, text="Counted again.")
    assert "Challenged answers" not in sentences(alice)


def test_open_points_are_counted_until_agreed(team: Team, alice: User, ravi: User, olga: User) -> None:
    assessment = AssessmentFactory(team=team, by=alice, system__name="Shop")
    answered(asked(assessment, ravi, alice), team_collisions="never", teams=3)
    answered(asked(assessment, olga, alice), team_collisions="daily", teams=3)
    (line,) = lines(alice)["To agree on"]
    assert (line.sentence, line.url) == (
        "Shop, version 1: 1 point is open.",
        f"/assessments/{assessment.pk}/consensus/",
    )
    AnswerFactory(assessment=assessment, key="team_collisions", value="daily", answered_by=alice)
    assert "To agree on" not in lines(alice)


def test_neighbouring_answers_are_not_an_open_point(team: Team, alice: User, ravi: User, olga: User) -> None:
    options = [option.value for option in builtin_questionnaire().by_key["team_collisions"].options]
    assessment = AssessmentFactory(team=team, by=alice)
    answered(asked(assessment, ravi, alice), team_collisions=options[0])
    answered(asked(assessment, olga, alice), team_collisions=options[1])
    assert "To agree on" not in lines(alice)


def test_version_is_ready_to_submit_once_all_respondents_finished(
    team: Team, alice: User, ravi: User, olga: User
) -> None:
    assessment = AssessmentFactory(team=team, by=alice, system__name="Shop")
    first, second = asked(assessment, ravi, alice), asked(assessment, olga, alice)
    answered(first, teams=3)
    Respondent.objects.filter(pk=first.pk).update(finished_at=timezone.now())
    assert "Ready to submit" not in lines(alice)
    Respondent.objects.filter(pk=second.pk).update(finished_at=timezone.now())
    (line,) = lines(alice)["Ready to submit"]
    assert line.url == f"/assessments/{assessment.pk}/review/"


def test_complete_draft_waits_to_be_submitted_but_an_incomplete_first_one_does_not(team: Team, alice: User) -> None:
    assessment = AssessmentFactory(team=team, by=alice, system__name="Shop", answers={"teams": 5})
    assert waiting_for(alice) == []
    for question in builtin_questionnaire().questions:
        if question.key != "teams":
            AnswerFactory(assessment=assessment, key=question.key, value=None, answered_by=alice)
    assert sentences(alice)["Ready to submit"] == ["Shop, version 1: every question is answered."]


def test_due_verdict_waits_until_the_next_version_is_open(team: Team, alice: User, olga: User) -> None:
    version = submitted(team, alice)
    assert "To ask again" not in sentences(alice)
    Assessment.objects.filter(pk=version.pk).update(ask_again_on=timezone.localdate())
    assert sentences(alice)["To ask again"] == ["Shop: ask again, the verdict of version 1 is due."]
    assert waiting_for(olga) == []
    actions.start_next_version(Assessment.objects.get(pk=version.pk), by=alice)
    assert "To ask again" not in sentences(alice)


def with_condition(version: Assessment, by: User, days: int) -> Condition:
    sign_off = SignOff.objects.create(
        assessment=version,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        model_verdict=version.verdict,
        content={},
        content_hash="0" * 64,
        signed_by=by,
    )
    Assessment.objects.filter(pk=version.pk).update(state=State.ACCEPTED_WITH_CONDITIONS)
    due = timezone.localdate() + timedelta(days=days)
    return Condition.objects.create(
        assessment=version, sign_off=sign_off, text="Trace checkout", owner="Bob", due_on=due
    )


@pytest.mark.parametrize(
    ("days", "of_the_team", "of_the_architect"),
    [(-1, "Conditions overdue", "Conditions overdue"), (14, "Conditions due soon", None), (15, None, None)],
)
def test_conditions_wait_for_the_team_before_their_day_and_for_architects_after(
    team: Team, alice: User, rita: User, days: int, of_the_team: str | None, of_the_architect: str | None
) -> None:
    condition = with_condition(submitted(team, alice), rita, days)
    for user, title in ((alice, of_the_team), (rita, of_the_architect)):
        found = [title for title in sentences(user) if title.startswith("Conditions")]
        assert found == ([title] if title else [])
    Condition.objects.filter(pk=condition.pk).update(met_at=timezone.now(), met_by=alice)
    assert not [title for title in sentences(alice) if title.startswith("Conditions")]


# --- architects


def test_architect_sees_submitted_versions_longest_waiting_first(
    team: Team, other_team: Team, charlies_team: Team, alice: User, olga: User, charlie: User, rita: User
) -> None:
    later, earlier = submitted(team, alice, "Shop"), submitted(other_team, olga, "Search")
    submitted(charlies_team, charlie, "Elsewhere")
    Assessment.objects.filter(pk=earlier.pk).update(submitted_at=timezone.now() - timedelta(days=3))
    found = lines(rita)["Submitted for review"]
    assert [line.url for line in found] == [f"/assessments/{pk}/decision/" for pk in (earlier.pk, later.pk)]
    assert found[0].sentence == "Search, version 1 of Search waits for a review."
    assert "Submitted for review" not in lines(alice)


def test_architects_are_notified_of_submitted_versions(team: Team, alice: User, rita: User, zoe: User) -> None:
    version = submitted(team, alice)
    (notice,) = Notice.objects.all()
    assert (notice.user, notice.url) == (rita, f"/assessments/{version.pk}/decision/")
    assert notice.text == "Shop, version 1 of Payments was submitted by Alice and waits for a review."


def test_review_waits_for_the_reviewer_who_took_it_up(
    team: Team, workspace: Workspace, alice: User, rita: User
) -> None:
    other = person("Otto", team=None, workspace=workspace, role=Role.ARCHITECT)
    review.take_up(submitted(team, alice), by=rita)
    assert list(sentences(rita)) == ["In review by you"]
    assert waiting_for(other) == []


def test_challenged_decision_waits_for_architects(team: Team, alice: User, rita: User) -> None:
    version = submitted(team, alice)
    review.sign(version, by=rita, decision=Decision.ACCEPTED)
    review.challenge(Assessment.objects.get(pk=version.pk), by=alice, text="The figures were old.")
    assert sentences(rita) == {"Decisions challenged": ["The team challenges the decision on Shop, version 1."]}


def test_version_does_not_wait_for_an_architect_who_answered_it(team: Team, alice: User, rita: User) -> None:
    version = submitted(team, alice)
    Respondent.objects.create(assessment=version, user=rita, asked_by=alice)
    assert waiting_for(rita) == []


# --- administrators


def test_open_invitation_waits_shortly_before_it_expires(
    workspace: Workspace, team: Team, alice: User, ada: User
) -> None:
    def invite(days: int, **fields: Any) -> Invitation:
        return Invitation.objects.create(
            workspace=workspace,
            team=team,
            role=Role.MEMBER,
            token_hash=f"{days}{fields}"[:64],
            created_by=alice,
            expires_at=timezone.now() + timedelta(days=days),
            **fields,
        )

    invite(2, email="ana@example.org")
    invite(5, email="later@example.org")
    invite(-1, email="gone@example.org")
    invite(1, email="taken@example.org", accepted_at=timezone.now(), accepted_by=alice)
    invite(1, email="revoked@example.org", revoked_at=timezone.now(), revoked_by=alice)
    expected = ["ana@example.org has not accepted the invitation to Payments (team member)."]
    assert sentences(ada)["Invitations about to expire"] == expected
    assert sentences(alice)["Invitations about to expire"] == expected


# --- who sees nothing


def test_nothing_of_a_team_waits_for_viewers_strangers_or_respondents_elsewhere(
    team: Team, alice: User, rita: User, vera: User, olga: User, charlie: User, zoe: User, yves: User, ravi: User
) -> None:
    version = submitted(team, alice)
    review.comment(version, by=rita, text="Really?", key="teams", kind=CommentKind.CHALLENGE)
    with_condition(version, rita, -5)
    Assessment.objects.update(ask_again_on=timezone.localdate())
    assert {user.name: waiting_for(user) for user in (vera, olga, charlie, zoe, yves, ravi)} == {
        name: [] for name in ("Vera", "Olga", "Charlie", "Zoe", "Yves", "Ravi")
    }


# --- the page


def everything(team: Team, user: User, alice: User, rounds: int) -> None:
    """Something of every kind for one person with every role."""
    Membership.objects.create(user=user, workspace=team.workspace, team=team, role=Role.LEAD)
    for role in (Role.ARCHITECT, Role.ADMINISTRATOR):
        Membership.objects.create(user=user, workspace=team.workspace, role=role)
    for number in range(rounds):
        asked(AssessmentFactory(team=team, by=alice), user, alice)
        submitted(team, alice, f"Submitted {number}")
        version = submitted(team, alice, f"Late {number}")
        with_condition(version, alice, -number - 1)
        Comment.objects.create(
            assessment=version, key="teams", kind=CommentKind.CHALLENGE, text="Really?", written_by=alice
        )
        Assessment.objects.filter(pk=submitted(team, alice, f"Due {number}").pk).update(
            ask_again_on=timezone.localdate(), state=State.ACCEPTED
        )
        Assessment.objects.filter(pk=submitted(team, alice, f"Back {number}").pk).update(state=State.SENT_BACK)
        Invitation.objects.create(
            workspace=team.workspace,
            role=Role.ARCHITECT,
            token_hash=f"{number:064}",
            created_by=alice,
            expires_at=timezone.now() + timedelta(days=1),
        )
        Notice.objects.create(user=user, text=f"Notice {number}", url="/waiting/")


def test_waiting_page_takes_at_most_seventeen_queries_for_somebody_with_every_role(
    team: Team, alice: User, django_assert_max_num_queries: Any
) -> None:
    user = UserFactory()
    everything(team, user, alice, rounds=4)
    client = client_of(user)
    client.get("/waiting/")
    with django_assert_max_num_queries(17):
        response = client.get("/waiting/")
    titles = re.findall(r'<h2 id="group-\d+">([^<]+)</h2>', response.content.decode())
    assert set(titles) == {
        "To answer",
        "Sent back",
        "To ask again",
        "Challenged answers",
        "Conditions overdue",
        "Submitted for review",
        "Invitations about to expire",
    }


def test_each_group_shows_a_limited_number_of_lines_and_says_how_many_more(
    team: Team, alice: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MAX_LINES", 2)
    for number in range(5):
        submitted(team, alice, f"System {number}")
    (group,) = waiting_for(rita)
    assert (len(group.lines), group.more, group.and_further) == (2, 3, False)
    assert "And 3 more." in " ".join(client_of(rita).get("/waiting/").content.decode().split())
    monkeypatch.setattr(waiting, "MAX_COUNTED", 4)
    monkeypatch.setattr(waiting, "MAX_LINES", 2)
    for title in ("Late", "Later", "Latest"):
        with_condition(submitted(team, alice, title), rita, -1)
    assert waiting_for(rita)[-1].title == "Conditions overdue"


def test_waiting_page_says_when_nothing_waits(alice_client: Client) -> None:
    response = alice_client.get("/waiting/")
    assert response.status_code == 200
    assert NOTHING in response.content.decode()


def test_every_waiting_line_links_to_a_page_its_reader_may_open(
    team: Team, alice: User, rita: User, ada: User, ravi: User
) -> None:
    user = UserFactory()
    everything(team, user, alice, rounds=1)
    asked(AssessmentFactory(team=team, by=alice), ravi, alice)
    for one in (user, alice, rita, ada, ravi):
        client = client_of(one)
        followed = [line.url for group in waiting_for(one) for line in group.lines]
        assert followed
        assert {url: client.get(url).status_code for url in followed} == dict.fromkeys(followed, 200)


# --- notices


@pytest.fixture
def three_notices(alice: User) -> list[Notice]:
    return [Notice.objects.create(user=alice, text=f"Notice {n}", url="/assessments/") for n in range(3)]


def test_notices_are_marked_as_read_by_the_button_only(
    three_notices: list[Notice], alice: User, alice_client: Client
) -> None:
    body = alice_client.get("/waiting/").content.decode()
    assert body.count('<span class="chip strong">New</span>') == 3
    assert Notice.objects.filter(read_at=None).count() == 3
    since = Notice.objects.create(user=alice, text="Came after the page", url="/assessments/")
    alice_client.post("/waiting/read/", {"newest": three_notices[-1].pk})
    assert list(Notice.objects.filter(read_at=None)) == [since]


def test_other_peoples_notices_cannot_be_marked_as_read(three_notices: list[Notice], bob_client: Client) -> None:
    assert bob_client.post("/waiting/read/", {"newest": three_notices[-1].pk}).status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 3


@pytest.mark.parametrize("newest", ["", "x", "-1", "9" * 40, "\u0663"])
def test_marking_as_read_without_a_number_changes_nothing(
    three_notices: list[Notice], alice_client: Client, newest: str
) -> None:
    assert alice_client.post("/waiting/read/", {"newest": newest}).status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 3


def test_header_shows_the_number_of_new_notices_except_while_answering(
    three_notices: list[Notice], team: Team, alice: User, alice_client: Client
) -> None:
    assessment = AssessmentFactory(team=team, by=alice)

    def number(at: str) -> str | None:
        found = re.search(r'<a href="/waiting/"[^>]*>\s*Waiting(.*?)</a>', alice_client.get(at).content.decode(), re.S)
        assert found is not None
        return re.sub(r"<[^>]+>|&nbsp;", "", found[1]).strip() or None

    assert number("/assessments/") == "3 new"
    assert number(f"/assessments/{assessment.pk}/sections/teams/") is None


def test_new_notices_are_marked_in_the_list(
    three_notices: list[Notice], alice_client: Client, bob_client: Client
) -> None:
    assert "3 things are new to you" in alice_client.get("/assessments/").content.decode()
    assert "new to you" not in bob_client.get("/assessments/").content.decode()


def test_menu_links_only_to_pages_the_role_may_open(alice: User, rita: User, ada: User, vera: User, team: Team) -> None:
    def leads_to(user: User) -> set[str]:
        body = client_of(user).get("/waiting/").content.decode()
        header = body[body.index('<header class="site-header">') : body.index("</header>")]
        return set(re.findall(r'href="(/[^"]+)"', header)) & {"/portfolio/", "/assessments/new/", "/questionnaires/"}

    assert leads_to(alice) == {"/assessments/new/"}
    assert leads_to(rita) == {"/portfolio/"}
    assert leads_to(ada) == {"/questionnaires/"}
    assert leads_to(vera) == set()


def test_menu_takes_one_query_a_page(alice: User, alice_client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        alice_client.get("/assessments/new/")
    assert sum("assess_notice" in query["sql"] for query in queries.captured_queries) == 1


def test_waiting_page_of_somebody_without_a_team_is_empty() -> None:
    user = UserFactory()
    TeamFactory()
    assert waiting_for(user) == []


def test_ten_newest_notices_are_open_and_earlier_ones_folded(rita: User, rita_client: Client) -> None:
    Notice.objects.bulk_create(Notice(user=rita, text=f"Told {number:02}", url="/") for number in range(12))
    page = rita_client.get("/waiting/").content.decode()
    assert page.index("Told 11") < page.index("Told 02") < page.index("2 older") < page.index("Told 01")
