"""People who answered apart: what is shown of whom, agreeing, the verdict by role, and how pages tell of it."""

import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from assess.assessments import actions, agreements, consensus
from assess.assessments.changes import Change
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import fold_answers, fold_row
from assess.assessments.models import Agreement, Answer, Assessment, Respondent
from assess.assessments.saving import Outcome, Saved, Stale, Submitted, save_answer
from assess.decision import decide
from assess.people.models import User
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.factories import MembershipFactory, UserFactory
from tests.integration.assessments.conftest import queries_of

pytestmark = pytest.mark.django_db

QUESTIONNAIRE = builtin_questionnaire()


def ask(assessment: Assessment, user: User, perspective: str = "developer", **answers: Any) -> Respondent:
    """Somebody asked to answer everything on their own, with what they answered; None is "not sure yet"."""
    Assessment.objects.filter(pk=assessment.pk).update(answers_separately=True)
    assessment.answers_separately = True
    respondent = Respondent.objects.create(
        assessment=assessment,
        user=user,
        perspective=perspective,
        sections=[section.slug for section in QUESTIONNAIRE.sections],
        asked_by=assessment.created_by,
    )
    for key, value in answers.items():
        give(respondent, key, value)
    return respondent


def give(respondent: Respondent, key: str, value: Any, **fields: Any) -> None:
    assert respondent.user is not None
    row = respondent.responses.filter(key=key).first()
    reason = str(fields.pop("not_applicable", ""))
    change = Change(
        key=key,
        answered=True,
        value=value,
        not_applicable=reason,
        base_version=row.version if row else 0,
        mutation_id=uuid.uuid4(),
        **fields,
    )
    outcome = save_answer(respondent.assessment_id, change, by=respondent.user, respondent_id=respondent.pk)
    assert isinstance(outcome, Saved)


def change(key: str, value: Any, base: int = 0) -> Change:
    return Change(key=key, answered=True, value=value, base_version=base, mutation_id=uuid.uuid4())


def page(client: Client, assessment: Assessment, name: str = "assessment-consensus") -> str:
    response = client.get(reverse(name, args=[assessment.pk]))
    assert response.status_code == 200
    return str(response.content.decode())


def words_of(html: str) -> str:
    """The text of a page, one space between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def card(html: str, key: str) -> str:
    """The part of the page that speaks of this question."""
    found = re.search(rf'<section class="card stack"\s+id="q-{key}".*?</section>', html, re.DOTALL)
    assert found, f"{key} is not on the page"
    return found[0]


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User, ravi: User) -> Assessment:
    """Alice and Bob develop, Ravi manages. They are three steps apart on colliding teams, one on broken changes."""
    ask(assessment, alice, team_collisions="never", change_breakage="rarely", hiring="easy")
    ask(assessment, bob, team_collisions="daily", change_breakage="never", hiring="easy")
    ask(assessment, ravi, "manager", team_collisions="daily", change_breakage="rarely", hiring=None)
    return Assessment.objects.get(pk=assessment.pk)


# --- what the page says


def test_consensus_page_lists_open_points_before_smaller_differences_and_equal_answers(
    apart: Assessment, vera: User
) -> None:
    html = page(client_of(vera), apart)
    assert "1 open point" in html
    assert html.index('id="q-team_collisions"') < html.index('id="q-change_breakage"') < html.index('id="q-hiring"')
    assert 'data-status="open"' in card(html, "team_collisions")
    assert 'data-status="apart"' in card(html, "change_breakage")
    assert 'data-status="same"' in card(html, "hiring")
    told = words_of(card(html, "team_collisions"))
    assert "3 people, three steps apart – open" in told
    assert re.search(r"\b2 1 developer, 1 manager\b", told), "n and by role"


def test_spread_chart_has_one_mark_per_person_and_a_title_with_the_finding(apart: Assessment, vera: User) -> None:
    html = card(page(client_of(vera), apart), "team_collisions")
    svg = html[html.index('<svg class="spread"') : html.index("</svg>", html.index('<svg class="spread"'))]
    assert 'role="img"' in svg
    assert svg.count("translate(") == 3
    assert "three steps apart" in svg[svg.index("<title") : svg.index("</title>")]
    assert "1 developer, 1 manager" in svg[svg.index("<desc") : svg.index("</desc>")]
    assert "style=" not in svg
    assert "<table" in html


def test_nobody_sees_others_answers_before_giving_their_own(apart: Assessment) -> None:
    newcomer = ask(apart, alice_mate(apart), "operations")
    assert newcomer.user is not None
    client = client_of(newcomer.user)
    html = page(client, apart)
    assert 'id="q-team_collisions"' not in html
    assert "steps apart" not in html
    assert "The verdict by role" not in html
    link = f"{reverse('assessment-my-section', args=[apart.pk, 'teams'])}#q-team_collisions"
    assert link in html
    give(newcomer, "team_collisions", None)
    assert "three steps apart" in card(page(client, apart), "team_collisions")


def alice_mate(assessment: Assessment) -> User:
    user: User = UserFactory(name="Nell", email="nell@example.org")
    MembershipFactory(user=user, team=assessment.team)
    return user


def test_names_show_beside_answers_only_if_the_lead_shows_them(apart: Assessment, vera: User) -> None:
    client = client_of(vera)
    assert "Bob" in page(client, apart)
    Assessment.objects.filter(pk=apart.pk).update(names_shown=False)
    html = page(client, apart)
    for name in ("Alice", "Bob", "Ravi"):
        assert name not in words_of(html)
    shown = card(html, "team_collisions")
    assert "3 people" in words_of(shown)
    assert not re.search("manager|developer", shown, re.IGNORECASE), "of two developers and a manager"


def test_consensus_page_is_empty_for_shared_answers(assessment: Assessment, alice_client: Client) -> None:
    assert "nothing to compare" in page(alice_client, assessment)


def test_consensus_page_takes_at_most_fifteen_queries(apart: Assessment, alice_client: Client) -> None:
    url = reverse("assessment-consensus", args=[apart.pk])
    alice_client.get(url)
    assert len(queries_of(lambda: alice_client.get(url))) <= 15


def test_known_beside_does_not_apply_is_an_open_point(
    assessment: Assessment, alice: User, bob: User, vera: User
) -> None:
    ask(assessment, alice, hiring="easy")
    give(ask(assessment, bob), "hiring", None, not_applicable="Nobody is hired this year")
    html = card(page(client_of(vera), assessment), "hiring")
    assert 'data-status="open"' in html
    assert "Nobody is hired this year" in html


# --- the verdict is widened, not averaged


def test_a_disagreement_widens_the_verdict_instead_of_being_averaged(apart: Assessment) -> None:
    found = consensus.build_consensus(apart)
    given = apart.current_answers()
    assert given == found.answers
    assert given["team_collisions"].between == ("daily", "never")
    possible = set(decide(QUESTIONNAIRE, given).possible_verdicts)
    for person in found.respondents:
        single = {**given, "team_collisions": person.sheet.answers["team_collisions"]}
        assert set(decide(QUESTIONNAIRE, single).possible_verdicts) <= possible


def test_two_different_numbers_are_not_averaged(assessment: Assessment, alice: User, bob: User) -> None:
    ask(assessment, alice, teams=2)
    ask(assessment, bob, teams=6)
    found = assessment.current_answers()["teams"]
    assert (found.value, set(found.between)) == (None, {2, 6})


# --- agreeing


def test_agreeing_saves_the_answer_the_agreement_and_an_event(apart: Assessment, alice: User) -> None:
    outcome = agreements.agree(apart, change("team_collisions", "weekly"), note="Most weeks, since May", by=alice)
    assert isinstance(outcome, Saved)
    assert apart.current_answers()["team_collisions"].value == "weekly"
    agreement = Agreement.objects.get()
    assert (agreement.key, agreement.note, agreement.agreed_by) == ("team_collisions", "Most weeks, since May", alice)
    assert [line["perspective"] for line in agreement.answers_before] == ["developer", "developer", "manager"]
    event = apart.events.get(kind=EventKind.AGREED)
    assert (event.key, event.payload["note"], event.payload["version"]) == (
        "team_collisions",
        "Most weeks, since May",
        1,
    )
    assert "Alice" not in str(event.payload) + str(agreement.answers_before), "names can be hidden later"
    common = apart.events.filter(respondent=None)
    assert common.filter(kind=EventKind.ANSWERED, key="team_collisions").count() == 1


def test_agreeing_works_without_javascript_and_shows_who_agreed_on_what(
    apart: Assessment, alice_client: Client, vera: User
) -> None:
    response = alice_client.post(
        reverse("assessment-agree", args=[apart.pk]),
        {"key": "team_collisions", "value": "weekly", "base_version": "0", "note": "Most weeks", "page": uuid.uuid4()},
    )
    assert response.status_code == 302
    html = card(page(client_of(vera), apart), "team_collisions")
    assert 'data-status="agreed"' in html
    told = words_of(html)
    assert "agreed by Alice" in told
    assert "Most weeks" in told
    assert "Before that: Alice" in told
    assert "No open point" in page(client_of(vera), apart)


def test_a_number_with_two_meanings_is_asked_back_before_it_is_agreed_on(apart: Assessment, alice: User) -> None:
    give(Respondent.objects.get(user=alice), "teams", 2)
    client, url = client_of(alice), reverse("assessment-agree", args=[apart.pk])
    posted = {"key": "teams", "value": "1.000", "base_version": "0", "page": uuid.uuid4()}
    response = client.post(url, posted)
    assert response.status_code == 400
    assert 'name="read_as" value="teams=1000"' in response.text
    assert not Agreement.objects.exists()
    assert client.post(url, {**posted, "read_as": "teams=1000"}).status_code == 302
    assert apart.answers.get(key="teams").value == 1000


def test_changed_agreement_keeps_both_in_the_log(apart: Assessment, alice: User, bob: User) -> None:
    agreements.agree(apart, change("team_collisions", "weekly"), note="First thought", by=alice)
    agreements.agree(apart, change("team_collisions", "monthly", 1), note="Second thought", by=bob)
    agreement = Agreement.objects.get()
    assert (agreement.note, agreement.agreed_by) == ("Second thought", bob)
    assert [event.payload["note"] for event in apart.events.filter(kind=EventKind.AGREED).order_by("number")] == [
        "First thought",
        "Second thought",
    ]
    assert apart.current_answers()["team_collisions"].value == "monthly"


def test_agreeing_after_somebody_else_shows_both_answers(apart: Assessment, alice: User, bob_client: Client) -> None:
    agreements.agree(apart, change("team_collisions", "weekly"), note="Theirs", by=alice)
    url = reverse("assessment-agree", args=[apart.pk])
    data = {"key": "team_collisions", "value": "monthly", "base_version": "0", "note": "Mine", "page": uuid.uuid4()}
    response = bob_client.post(url, data)
    assert response.status_code == 409
    html = card(response.content.decode(), "team_collisions")
    weekly, monthly = (QUESTIONNAIRE.by_key["team_collisions"].option(value).label for value in ("weekly", "monthly"))
    conflict = html[html.index('class="conflict"') : html.index("</dl>")]
    assert weekly in conflict
    assert monthly in conflict
    assert "Alice" in conflict
    assert "Mine" in html, "what was typed stays"
    assert Agreement.objects.get().note == "Theirs"
    # Sent once more from that page, it takes the place of theirs.
    seen = re.search(r'name="base_version" value="(\d+)"', html)
    assert seen
    assert bob_client.post(url, {**data, "base_version": seen[1]}).status_code == 302
    assert Agreement.objects.get().note == "Mine"


def test_agreement_form_posted_twice_counts_once(apart: Assessment, alice_client: Client) -> None:
    url = reverse("assessment-agree", args=[apart.pk])
    data = {"key": "team_collisions", "value": "weekly", "base_version": "0", "note": "", "page": uuid.uuid4()}
    assert [alice_client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert apart.events.filter(kind=EventKind.AGREED).count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose the answer that you agree on"),
        ({"value": "hourly"}, "Choose from"),
        ({"value": "-not_applicable"}, "Say in a few words why the question does not apply"),
        ({"value": "weekly", "note": "x" * 2001}, "Shorten this to 2,000 characters"),
    ],
)
def test_invalid_agreement_says_what_to_do_and_keeps_the_typed_text(
    fields: dict[str, str], message: str, apart: Assessment, alice_client: Client
) -> None:
    data = {"key": "team_collisions", "base_version": "0", "note": "We talked", **fields}
    response = alice_client.post(reverse("assessment-agree", args=[apart.pk]), data)
    assert response.status_code == 400
    html = response.content.decode()
    assert message in html
    assert data["note"] in html
    assert not Agreement.objects.exists()
    assert not Answer.objects.given().exists()


def test_people_may_agree_that_it_does_not_apply(apart: Assessment, alice_client: Client) -> None:
    data = {"key": "team_collisions", "value": "-not_applicable", "reason": "One team only", "base_version": "0"}
    assert alice_client.post(reverse("assessment-agree", args=[apart.pk]), data).status_code == 302
    assert apart.current_answers()["team_collisions"].not_applicable == "One team only"


def test_respondent_cannot_agree_before_answering_the_question(apart: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed, match="Answer the question yourself first"):
        agreements.agree(apart, change("tracing", "none"), by=alice)
    assert not Agreement.objects.exists()


def test_only_team_members_can_agree(apart: Assessment, vera: User, rita: User, ravi: User) -> None:
    for user in (vera, rita, ravi):
        with pytest.raises(PermissionDenied):
            agreements.agree(apart, change("team_collisions", "weekly"), by=user)


def test_withdrawn_agreement_makes_separate_answers_count_again(
    apart: Assessment, alice: User, alice_client: Client
) -> None:
    agreements.agree(apart, change("team_collisions", "weekly"), note="Too quick", by=alice)
    url = reverse("assessment-withdraw-agreement", args=[apart.pk])
    alice_client.post(url, {"key": "team_collisions", "base_version": "1", "page": str(uuid.uuid4())})
    assert set(apart.current_answers()["team_collisions"].between) == {"daily", "never"}
    assert not Agreement.objects.exists()
    assert apart.events.filter(kind=EventKind.AGREED).count() == 1, "the log keeps what was said"
    outcome = agreements.agree(apart, change("team_collisions", "daily", 2), by=alice)
    assert isinstance(outcome, Saved)


def test_accepting_unanimous_answers_agrees_on_all_of_them_at_once(
    apart: Assessment, alice: User, bob: User, alice_client: Client
) -> None:
    for respondent in Respondent.objects.filter(user__in=(alice, bob)):
        give(respondent, "tracing", "planned")
        give(respondent, "motives", [])
    url = reverse("assessment-accept-unanimous", args=[apart.pk])
    sent = {"page": str(uuid.uuid4())}
    assert alice_client.post(url, sent).status_code == 302
    assert set(Agreement.objects.values_list("key", flat=True)) == {"hiring", "tracing", "motives"}
    assert {row.key: row.value for row in apart.answers.given()} == {
        "hiring": "easy",
        "tracing": "planned",
        "motives": [],
    }
    alice_client.post(url, sent)
    assert apart.events.filter(kind=EventKind.AGREED).count() == 3


def test_answer_known_to_one_person_is_not_unanimous(assessment: Assessment, alice: User, bob: User) -> None:
    ask(assessment, alice, hiring="easy")
    ask(assessment, bob, hiring=None)
    assert agreements.accept_unanimous_answers(assessment, page=uuid.uuid4(), by=alice) == []


def test_submitted_version_takes_no_agreement(apart: Assessment, alice: User) -> None:
    actions.submit_assessment(apart, by=alice)
    assert isinstance(agreements.agree(apart, change("team_collisions", "weekly"), by=alice), Submitted)
    assert not Agreement.objects.exists()


# --- by role


def full(**answers: Any) -> dict[str, Any]:
    """Enough known answers for a verdict, none of them a pain."""
    calm = {
        "scope": "whole_system",
        "current_shape": "monolith",
        "product_stage": "established",
        "motives": [],
        "developers": 40,
        "teams": 2,
        "team_collisions": "never",
        "deploy_waiting": "never",
        "deploy_demand": "satisfied",
        "change_breakage": "never",
        "load_fit": "comfortable",
        "tech_lock_in": "none",
        "models": 10,
        "deploy_minutes": 5,
        "scaling_profile": "even",
        "hot_share": 10,
        "infra_cost": "acceptable",
    }
    return {**calm, **answers}


@pytest.fixture
def parted(assessment: Assessment, alice: User, bob: User, ravi: User, olga: User) -> Assessment:
    """Two developers say that teams collide daily, the manager that they never do; product was asked in vain."""
    ask(assessment, alice, **full(team_collisions="daily"))
    ask(assessment, bob, **full(team_collisions="daily"))
    ask(assessment, ravi, "manager", **full())
    ask(assessment, olga, "product")
    return Assessment.objects.get(pk=assessment.pk)


def test_verdict_by_role_shows_beside_the_verdict_of_everyone(parted: Assessment, vera: User) -> None:
    for name in ("assessment-consensus", "assessment-result"):
        told = words_of(page(client_of(vera), parted, name))
        assert "Developers and managers come to different verdicts; they differ on 1 question." in told
        assert "Developers alone 2 Modular monolith boundaries are the cure" in told
        assert "Managers alone 1 Stay monolithic" in told
        assert "Product alone 0 Not answered yet" in told
        assert "Everyone 3 Stay monolithic" in told


def test_agreement_changes_the_verdict_of_everyone_and_not_of_roles(parted: Assessment, alice: User) -> None:
    agreements.agree(parted, change("team_collisions", "daily"), by=alice)
    roles = consensus.build_consensus(parted).roles
    assert roles is not None
    verdicts = {line.name: (line.verdict, line.others) for line in roles.lines}
    assert verdicts["Everyone"][0] == "modular"
    assert verdicts["Managers alone"][0] == "stay"


# --- the pages around


def test_review_page_shows_combined_answers_and_who_agreed(apart: Assessment, alice: User, vera: User) -> None:
    told = words_of(page(client_of(vera), apart, "assessment-review"))
    assert "3 people, three steps apart – open" in told
    agreements.agree(apart, change("team_collisions", "weekly"), note="Most weeks", by=alice)
    told = words_of(page(client_of(vera), apart, "assessment-review"))
    assert "Agreed by Alice" in told
    assert "Most weeks" in told
    assert "three steps apart" not in told


def test_review_page_hides_answers_until_the_respondent_has_answered(apart: Assessment) -> None:
    newcomer = ask(apart, alice_mate(apart), "operations")
    assert newcomer.user is not None
    response = client_of(newcomer.user).get(reverse("assessment-review", args=[apart.pk]))
    assert response.status_code == 403
    assert "steps apart" not in response.content.decode()


def test_a_version_with_open_points_says_so_before_it_is_submitted_and_may_be(
    apart: Assessment,
) -> None:
    client = client_of(alice_mate(apart))
    html = page(client, apart, "assessment-review")
    assert "1 question is open because people disagree" in words_of(html)
    assert client.post(reverse("assessment-submit", args=[apart.pk])).status_code == 302
    submitted = Assessment.objects.get(pk=apart.pk)
    assert submitted.is_submitted
    assert submitted.result is not None
    told = {line["key"]: line for line in submitted.result["disagreements"]}
    assert told["team_collisions"]["open"]
    assert told["team_collisions"]["values"] == [
        {"value": "never", "n": 1, "by_role": {"developer": 1}},
        {"value": "daily", "n": 2, "by_role": {"developer": 1, "manager": 1}},
    ]
    assert "three steps apart – open" in words_of(page(client, submitted))


def test_the_result_counts_open_points_and_leads_to_them(parted: Assessment, vera: User) -> None:
    html = page(client_of(vera), parted, "assessment-result")
    assert "1 question is open because people disagree" in words_of(html)
    assert f"{reverse('assessment-consensus', args=[parted.pk])}#q-team_collisions" in html


def test_a_version_answered_together_has_no_disagreements(assessment: Assessment, alice: User) -> None:
    save_answer(assessment.pk, change("teams", 3), by=alice)
    submitted = actions.submit_assessment(assessment, by=alice)
    assert submitted.result is not None
    assert "disagreements" not in submitted.result


def test_the_list_counts_what_people_answered_apart(apart: Assessment, vera: User) -> None:
    html = client_of(vera).get(reverse("assessments")).content.decode()
    assert re.search(r"\b3 of \d+ questions", html)


def test_hidden_names_are_on_no_page(parted: Assessment, alice: User, rita: User) -> None:
    give(parted.respondents.get(user__name="Ravi"), "hiring", "easy", note="Two joined in May")
    Assessment.objects.filter(pk=parted.pk).update(names_shown=False)
    client = client_of(rita)
    names = ("assessment", "assessment-consensus", "assessment-review", "assessment-result", "assessment-what-if")
    for name in names:
        words = words_of(page(client, parted, name))
        for hidden in ("Bob", "Ravi", "Olga"):
            assert hidden not in words, name
    assert "Two joined in May" not in page(client, parted)


# --- two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_agreements_at_once_the_second_gets_a_conflict(assessment: Assessment, alice: User, bob: User) -> None:
    ask(assessment, alice, hiring="easy")
    ask(assessment, bob, hiring="hard")
    outcomes: list[Outcome] = []
    at_once(
        lambda: outcomes.append(agreements.agree(assessment, change("hiring", "easy"), note="Alice", by=alice)),
        lambda: outcomes.append(agreements.agree(assessment, change("hiring", "hard"), note="Bob", by=bob)),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [Saved.__name__, Stale.__name__]
    agreement, answer = Agreement.objects.get(), Answer.objects.get()
    assert agreement.agreed_by == answer.answered_by
    assert agreement.note == agreement.agreed_by.name
    assert {"Alice": "easy", "Bob": "hard"}[agreement.note] == answer.value
    events = assessment.events.filter(kind=EventKind.AGREED)
    assert [event.by for event in events] == [agreement.agreed_by]
    numbers = list(assessment.events.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.django_db(transaction=True)
def test_answer_and_agreement_at_once_are_both_kept(assessment: Assessment, alice: User, bob: User) -> None:
    ask(assessment, alice, hiring="easy")
    other = ask(assessment, bob, hiring="easy")

    def answer() -> None:
        for value in ("hard", "mixed", "easy"):
            give(other, "hiring", value)

    at_once(answer, lambda: agreements.accept_unanimous_answers(assessment, page=uuid.uuid4(), by=alice))
    assert other.responses.get(key="hiring").version == 4
    for agreement in Agreement.objects.all():
        assert {line["words"] for line in agreement.answers_before} == {"Easy"} or len(agreement.answers_before) == 2


def at_once(*tasks: Callable[[], Any]) -> None:
    """Run the tasks in threads of their own that start together; an error in one fails the test."""
    start = threading.Barrier(len(tasks))
    errors: list[BaseException] = []

    def run(task: Callable[[], Any]) -> None:
        try:
            start.wait()
            task()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_shared_answers_equal_the_fold_of_the_log(apart: Assessment, alice: User) -> None:
    agreements.agree(apart, change("team_collisions", "weekly"), by=alice)
    rows = apart.answers.all()
    assert {row.key for row in rows} == {"team_collisions"}
    assert fold_answers(apart.events.filter(respondent=None)) == {row.key: fold_row(row) for row in rows}
