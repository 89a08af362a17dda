"""What the API tells, resource by resource, and the actions beside answering."""

import hashlib
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.event_kinds import EventKind
from assess.assessments.models import Assessment, Edition, System
from assess.people.models import Team, User, Workspace
from assess.reports.models import Report
from assess.review.models import Comment, Condition, SignOff
from tests.factories import (
    AnswerFactory,
    AssessmentFactory,
    EditionFactory,
    SystemFactory,
    TeamFactory,
    builtin_questionnaire,
)
from tests.integration.api.conftest import API, Api
from tests.unit.reports.report_factory import demo_answers

pytestmark = [pytest.mark.django_db]

SHOP = "ecommerce-35-developers"


@pytest.fixture
def shop(assessment: Assessment, alice: User) -> Assessment:
    """Answered as the shop of the sources did."""
    for key, answer in demo_answers(SHOP).items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=assessment, key=key, value=value, answered_by=alice)
    return assessment


# --- teams and systems


def test_each_sees_their_teams_and_what_they_may_do_there(ask: Api, alice: User, rita: User, team: Team) -> None:
    TeamFactory(workspace=team.workspace, name="Search")
    (mine,) = ask(alice, "GET", "/teams").json()["items"]
    assert (mine["name"], mine["workspace"]["name"]) == ("Payments", "Harbour")
    assert {"read", "start", "answer", "submit", "ask"} <= set(mine["may"])
    assert "review" not in mine["may"]
    of_rita = ask(rita, "GET", "/teams").json()["items"]
    assert [each["name"] for each in of_rita] == ["Payments", "Search"]
    assert all("review" in each["may"] and "answer" not in each["may"] for each in of_rita)


def test_starting_a_system_makes_its_first_version(ask: Api, alice: User, team: Team, edition: Edition) -> None:
    response = ask(alice, "POST", "/systems", {"team": team.pk, "name": "  Ledger "})
    assert response.status_code == 201
    told = response.json()
    system = System.objects.get()
    assert (system.name, system.team, told["id"], told["name"]) == ("Ledger", team, system.pk, "Ledger")
    (version,) = told["assessments"]
    assert (version["version"], version["state"], version["verdict"]) == (1, "draft", None)
    assert Assessment.objects.get(pk=version["id"]).events.get().kind == EventKind.STARTED
    assert ask(alice, "GET", response.headers["Location"].removeprefix(API)).json() == told


def test_a_system_is_started_once(ask: Api, alice: User, team: Team, edition: Edition) -> None:
    ask(alice, "POST", "/systems", {"team": team.pk, "name": "Ledger"})
    again = ask(alice, "POST", "/systems", {"team": team.pk, "name": "Ledger"})
    assert (again.status_code, again.json()["code"]) == (409, "has_assessment")
    assert Assessment.objects.count() == 1


def test_a_system_may_start_with_a_chosen_questionnaire_but_no_draft(
    ask: Api, alice: User, team: Team, workspace: Workspace, other_workspace: Workspace, edition: Edition
) -> None:
    content = builtin_questionnaire().replace(b"questionnaire: split-checklist", b"questionnaire: ours", 1)
    made = {"slug": "ours", "content": content, "imported_by": alice}
    own = EditionFactory(workspace=workspace, published_by=alice, **made)
    draft = EditionFactory(workspace=workspace, version=own.version + 1, published_at=None, **made)
    others = EditionFactory(workspace=other_workspace, published_by=alice, **made)
    body = {"team": team.pk, "name": "Ledger"}
    assert ask(alice, "POST", "/systems", {**body, "edition": draft.pk}).json()["code"] == "not_published"
    assert ask(alice, "POST", "/systems", {**body, "edition": others.pk}).status_code == 404
    assert ask(alice, "POST", "/systems", {**body, "edition": own.pk}).status_code == 201
    assert Assessment.objects.get().edition == own


def test_a_system_tells_its_versions_the_newest_first(ask: Api, alice: User, shop: Assessment) -> None:
    actions.submit_assessment(shop, by=alice)
    actions.start_next_version(Assessment.objects.get(pk=shop.pk), by=alice)
    told = ask(alice, "GET", f"/systems/{shop.system_id}").json()
    assert [(each["version"], each["state"], bool(each["verdict"])) for each in told["assessments"]] == [
        (2, "draft", False),
        (1, "submitted", True),
    ]


# --- assessments


def test_pages_of_assessments_hold_each_once_the_last_changed_first(ask: Api, alice: User, team: Team) -> None:
    at = timezone.now()
    for number in range(7):
        # Three share one moment: the id tells them apart.
        AssessmentFactory(team=team, by=alice, updated_at=at - timedelta(minutes=max(number, 3)))
    seen: list[int] = []
    address = "/assessments?limit=2"
    while address:
        page = ask(alice, "GET", address).json()
        assert len(page["items"]) <= 2
        seen += [each["id"] for each in page["items"]]
        address = f"/assessments?limit=2&after={page['next']}" if page["next"] else ""
    ordered = Assessment.objects.order_by("-updated_at", "-pk")
    assert seen == list(ordered.values_list("pk", flat=True))


def test_the_list_holds_the_newest_version_and_all_of_a_system_that_is_named(
    ask: Api, alice: User, charlie: User, shop: Assessment
) -> None:
    actions.submit_assessment(shop, by=alice)
    following = actions.start_next_version(Assessment.objects.get(pk=shop.pk), by=alice)
    assert [each["id"] for each in ask(alice, "GET", "/assessments").json()["items"]] == [following.pk]
    of_system = f"/assessments?system={shop.system_id}"
    assert {each["id"] for each in ask(alice, "GET", of_system).json()["items"]} == {shop.pk, following.pk}
    assert ask(charlie, "GET", of_system).json()["items"] == []
    assert ask(charlie, "GET", f"/assessments?team={shop.team_id}").json()["items"] == []


def test_who_changed_it_last_is_not_named_where_names_are_hidden(ask: Api, alice: User, shop: Assessment) -> None:
    address = f"/assessments/{shop.pk}"
    for answers_separately, names_shown, expected in (
        (False, False, "Alice"),
        (True, True, "Alice"),
        (True, False, None),
    ):
        Assessment.objects.filter(pk=shop.pk).update(answers_separately=answers_separately, names_shown=names_shown)
        assert ask(alice, "GET", address).json()["updated_by"] == expected


def test_systems_go_on_after_the_last_of_a_page(ask: Api, alice: User, team: Team) -> None:
    made = [AssessmentFactory(team=team, by=alice).system_id for _ in range(3)]
    SystemFactory(team=team)  # nothing of it can be read
    first = ask(alice, "GET", "/systems?limit=2").json()
    second = ask(alice, "GET", f"/systems?limit=2&after={first['next']}").json()
    assert [each["id"] for each in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_assessments_are_filtered(ask: Api, alice: User, rita: User, shop: Assessment, other_team: Team) -> None:
    draft = AssessmentFactory(team=other_team, by=alice)
    submitted = actions.submit_assessment(shop, by=alice)
    everything = {shop.pk, draft.pk}

    def found(query: str) -> set[int]:
        return {each["id"] for each in ask(rita, "GET", f"/assessments?{query}").json()["items"]}

    assert found("") == everything
    assert found("state=draft") == {draft.pk}
    assert found("state=submitted") == {shop.pk}
    assert found("state=accepted") == set()
    assert found(f"verdict={submitted.verdict}") == {shop.pk}
    assert found(f"team={other_team.pk}") == {draft.pk}
    assert found(f"system={shop.system_id}") == {shop.pk}
    assert found(f"team={other_team.pk}&state=submitted") == set()
    assert {each["id"] for each in ask(alice, "GET", "/assessments").json()["items"]} == {shop.pk}


def test_an_open_assessment_tells_how_far_it_is(ask: Api, alice: User, assessment: Assessment, an_answer: Any) -> None:
    ask(alice, "POST", f"/assessments/{assessment.pk}/answers", an_answer("teams", value=5))
    ask(alice, "POST", f"/assessments/{assessment.pk}/answers", an_answer("budget", not_sure=True))
    told = ask(alice, "GET", f"/assessments/{assessment.pk}").json()
    assert (told["state"], told["version"], told["system"]["name"], told["team"]["name"]) == (
        "draft", 1, "Web shop", "Payments",
    )  # fmt: skip
    progress = told["progress"]
    assert (progress["answered"], progress["not_sure"]) == (2, 1)
    assert progress["next_question"] == "scope"
    assert (told["verdict"], told["answers_hash"], told["submitted_at"]) == (None, None, None)


def test_submitting_tells_verdict_and_hash(ask: Api, alice: User, shop: Assessment) -> None:
    response = ask(alice, "POST", f"/assessments/{shop.pk}/submit")
    assert response.status_code == 200
    told, row = response.json(), Assessment.objects.get(pk=shop.pk)
    assert (told["state"], told["verdict"], told["answers_hash"]) == ("submitted", row.verdict, row.answers_hash)
    assert (told["submitted_by"], told["progress"]) == ("Alice", None)
    again = ask(alice, "POST", f"/assessments/{shop.pk}/submit")
    assert (again.status_code, again.json()["code"]) == (409, "submitted")


def test_nothing_known_is_not_submitted(ask: Api, alice: User, assessment: Assessment) -> None:
    response = ask(alice, "POST", f"/assessments/{assessment.pk}/submit")
    assert (response.status_code, response.json()["code"]) == (409, "nothing_known")


def test_going_on_deleting_and_bringing_back(ask: Api, alice: User, shop: Assessment) -> None:
    actions.submit_assessment(shop, by=alice)
    response = ask(alice, "POST", f"/assessments/{shop.pk}/next-version")
    assert response.status_code == 201
    following = response.json()
    assert (following["version"], following["state"]) == (2, "draft")
    address = f"/assessments/{following['id']}"
    assert response.headers["Location"] == f"{API}{address}"
    gone = ask(alice, "DELETE", address)
    assert (gone.status_code, gone.content) == (204, b"")
    assert ask(alice, "GET", address).status_code == 404
    assert ask(alice, "DELETE", address).status_code == 404
    assert ask(alice, "POST", f"{address}/restore").json()["id"] == following["id"]
    kinds = Assessment.objects.get(pk=following["id"]).events.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["started", "deleted", "restored"]


def test_answers_tell_those_taken_back_too(ask: Api, alice: User, assessment: Assessment, an_answer: Any) -> None:
    address = f"/assessments/{assessment.pk}/answers"
    ask(alice, "POST", address, an_answer("teams", value=5, note="Counted"))
    ask(alice, "POST", address, an_answer("teams", value=None, base_version=1))
    (told,) = ask(alice, "GET", address).json()["items"]
    assert (told["question"], told["answered"], told["value"], told["version"]) == ("teams", False, None, 2)


# --- the result


def decided(answers: dict[str, Any], tmp_path: Any) -> Any:
    """What the command line says to these answers."""
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"questionnaire": "split-checklist", "answers": answers}))
    out = StringIO()
    call_command("decide", str(file), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_drafts_result_is_what_the_command_line_says(ask: Api, alice: User, shop: Assessment, tmp_path: Any) -> None:
    answers = {row.key: row.value for row in shop.answers.all()}
    response = ask(alice, "GET", f"/assessments/{shop.pk}/result")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == decided(answers, tmp_path)


def test_a_submitted_result_is_the_one_that_was_kept(ask: Api, alice: User, shop: Assessment, tmp_path: Any) -> None:
    answers = {row.key: row.value for row in shop.answers.all()}
    actions.submit_assessment(shop, by=alice)
    assert ask(alice, "GET", f"/assessments/{shop.pk}/result").json() == decided(answers, tmp_path)
    kept = Assessment.objects.get(pk=shop.pk).result
    kept["headline"] = "As it was said then"
    Assessment.objects.filter(pk=shop.pk).update(result=kept)
    assert ask(alice, "GET", f"/assessments/{shop.pk}/result").json()["headline"] == "As it was said then"


# --- questionnaires


def test_a_questionnaire_comes_byte_for_byte(ask: Api, alice: User, edition: Edition) -> None:
    (told,) = ask(alice, "GET", "/questionnaires").json()["items"]
    assert (told["slug"], told["state"], told["workspace"]) == ("split-checklist", "published", None)
    response = ask(alice, "GET", f"/questionnaires/{told['id']}")
    assert response.headers["Content-Type"] == "application/yaml"
    assert response.content == builtin_questionnaire()
    assert hashlib.sha256(response.content).hexdigest() == told["sha256"]


def test_drafts_are_for_administrators_of_their_workspace(
    ask: Api, alice: User, ada: User, yves: User, workspace: Workspace, edition: Edition
) -> None:
    draft = EditionFactory(workspace=workspace, slug="ours", imported_by=ada, published_at=None)
    for user, expected in ((ada, 200), (alice, 404), (yves, 404)):
        assert ask(user, "GET", f"/questionnaires/{draft.pk}").status_code == expected
        listed = [each["id"] for each in ask(user, "GET", "/questionnaires").json()["items"]]
        assert (draft.pk in listed) is (expected == 200)


# --- reports


def test_a_report_is_asked_for_waited_for_and_fetched(ask: Api, alice: User, shop: Assessment) -> None:
    address = f"/assessments/{shop.pk}/report"
    assert ask(alice, "GET", address).json()["state"] == "none"
    assert ask(alice, "GET", f"{address}.pdf").json()["code"] == "not_made"
    asked = ask(alice, "POST", address)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert asked.headers["Location"] == f"{API}{address}"
    assert ask(alice, "GET", address).json()["state"] == "waiting"
    Report.objects.update(state="ready", pdf=b"%PDF-1.7 made", finished_at=timezone.now())
    told = ask(alice, "GET", address).json()
    assert (told["state"], told["pdf"]) == ("ready", f"{API}{address}.pdf")
    response = ask(alice, "GET", f"{address}.pdf")
    assert (response.headers["Content-Type"], response.content) == ("application/pdf", b"%PDF-1.7 made")
    AnswerFactory(assessment=shop, key="pods", value=3)
    assert ask(alice, "GET", address).json() == {"state": "stale", "problem": "", "pdf": None}


def test_too_many_reports_are_refused_with_when_to_come_back(ask: Api, alice: User, team: Team, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "pdfs_per_minute": 1}
    first, second = (AssessmentFactory(team=team, by=alice, answers={"teams": 5}) for _ in range(2))
    assert ask(alice, "POST", f"/assessments/{first.pk}/report").status_code == 202
    refused = ask(alice, "POST", f"/assessments/{second.pk}/report")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.json()["code"] == "too_many_requests"


# --- review


def test_the_review_tells_the_decision_that_stands_its_conditions_and_what_was_said(
    ask: Api, alice: User, rita: User, shop: Assessment
) -> None:
    submitted = actions.submit_assessment(shop, by=alice)
    signed = {"assessment": shop, "content": {}, "model_verdict": submitted.verdict, "signed_by": rita}
    SignOff.objects.create(decision="sent_back", remark="Count again", content_hash="a" * 64, **signed)
    stands = SignOff.objects.create(
        decision="accepted_with_conditions",
        overruled_to="stay",
        reason="Too few people",
        content_hash="b" * 64,
        **signed,
    )
    due = timezone.localdate() + timedelta(days=30)
    Condition.objects.create(assessment=shop, sign_off=stands, text="Trace requests", owner="Bob", due_on=due)
    challenge = Comment.objects.create(assessment=shop, key="teams", kind="challenge", text="Nine?", written_by=rita)
    Comment.objects.create(assessment=shop, parent=challenge, text="Nine.", written_by=alice)
    told = ask(alice, "GET", f"/assessments/{shop.pk}/review").json()
    assert (told["decision"]["decision"], told["decision"]["overruled_to"], told["decision"]["signed_by"]) == (
        "accepted_with_conditions", "stay", "Rita",
    )  # fmt: skip
    assert [each["decision"] for each in told["earlier"]] == ["sent_back"]
    assert [(each["text"], each["due_on"], each["met_at"]) for each in told["conditions"]] == [
        ("Trace requests", due.isoformat(), None)
    ]
    assert ask(alice, "GET", f"/assessments/{shop.pk}").json()["conditions"] == told["conditions"]
    first = ask(alice, "GET", f"/assessments/{shop.pk}/comments?limit=1").json()
    (said,) = first["items"]
    assert (said["kind"], said["question"], said["text"], said["written_by"]) == ("challenge", "teams", "Nine?", "Rita")
    (reply,) = ask(alice, "GET", f"/assessments/{shop.pk}/comments?after={first['next']}").json()["items"]
    assert (reply["parent"], reply["text"], reply["question"]) == (said["id"], "Nine.", None)


# --- how much it costs


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/teams", 15),
        ("/systems", 15),
        ("/assessments?limit=100", 15),
        ("/questionnaires", 15),
        ("/assessments/{pk}", 15),
        ("/assessments/{pk}/answers", 15),
        ("/assessments/{pk}/result", 15),
        ("/assessments/{pk}/review", 15),
        ("/assessments/{pk}/comments", 15),
        ("/assessments/{pk}/report", 15),
    ],
)
def test_queries_do_not_grow_with_what_is_listed(
    address: str, most: int, ask: Api, alice: User, team: Team, shop: Assessment, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        each = AssessmentFactory(team=team, by=alice, answers={"teams": number}, answers_separately=number % 2 == 0)
        Comment.objects.create(assessment=shop, text=f"{each}", written_by=alice)
    asked = address.format(pk=shop.pk)
    ask(alice, "GET", asked)
    with django_assert_max_num_queries(most):
        assert ask(alice, "GET", asked).status_code == 200
