"""One person can't use the site up: what is costly has a budget for each person and network address."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import get_resolver, reverse

from assess.assessments import judging
from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment
from assess.checks import every_url
from assess.decision.argue import argue
from assess.people.api_tokens import create_api_token
from assess.people.models import Team, User
from assess.planning.urls import urlpatterns as planning_urls
from assess.questionnaire.schema import Answer
from assess.web import budgets
from tests.conftest import client_of
from tests.work import count_calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(team: Team, alice: User, edition: Any) -> Assessment:
    carried = {"teams": Answer(value=5, basis="measured")}
    return submit_assessment(
        start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried), by=alice
    )


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since some moment; the test lets them pass. On a slow machine a budget would come back by itself."""
    now = [1000.0]
    monkeypatch.setattr(budgets, "time", SimpleNamespace(monotonic=lambda: now[0], thread_time=time.thread_time))
    return now


def use_up(person: User) -> None:
    budgets.people.charge(str(person.pk), budgets.people.size)


def result_of(assessment: Assessment) -> str:
    return reverse("assessment-result", args=[assessment.pk])


def test_every_costly_address_exists() -> None:
    names = {pattern.name for _address, pattern in every_url(get_resolver().url_patterns)}
    assert set(budgets.COSTS) - names == set()


def test_every_page_that_reads_a_scan_has_its_cost() -> None:
    """A scan of 5 MB takes a tenth of a second to read and a second to rank; the pages read it each time."""
    names = {pattern.name for _address, pattern in every_url(get_resolver().url_patterns)}
    of_scans = {name for name in names if name and name.startswith("evidence")}
    assert of_scans - set(budgets.COSTS) == {"evidence-delete", "evidence-restore"}, "these read no scan"


def test_every_page_of_planning_that_reads_a_scan_or_measurements_has_its_cost() -> None:
    """With forty measurements of the largest size a page takes seconds."""
    names = {pattern.name for pattern in planning_urls}
    cheap = {"plan-add", "plan-step", "plan-change", "outcome", "outcome-case"}
    assert names - set(budgets.COSTS) == cheap, "these read neither"


def test_no_cost_is_more_than_a_person_has(settings: Any) -> None:
    assert max(budgets.COSTS.values()) < settings.LIMITS["budget"]


@pytest.mark.parametrize("name", ["result", "report", "what-if", "portfolio", "compare"])
def test_above_the_budget_a_page_says_when_to_come_back(
    name: str, submitted: Assessment, alice: User, rita: User, clock: list[float]
) -> None:
    person = rita if name == "portfolio" else alice
    address = {
        "result": result_of(submitted),
        "report": f"{reverse('report', args=[submitted.pk])}",
        "what-if": f"{reverse('assessment-what-if', args=[submitted.pk])}?teams=3",
        "portfolio": reverse("portfolio"),
        "compare": f"{reverse('compare')}?a={submitted.pk}",
    }[name]
    client = client_of(person)
    assert client.get(address).status_code == 200
    use_up(person)
    refused = client.get(address)
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    html = refused.content.decode()
    assert f"Come back in {wait} second" in html
    assert f'href="{address.replace("&", "&amp;")}"' in html
    assert "<nav" in html or "<header" in html  # in our look
    clock[0] += wait
    assert client.get(address).status_code == 200


def test_what_was_typed_comes_back_with_the_refusal(submitted: Assessment, alice: User, clock: list[float]) -> None:
    use_up(alice)
    address = reverse("assessment-planned-changes", args=[submitted.pk])
    refused = client_of(alice).post(address, {"teams": "3", "note": "<b>kept & safe</b>", "password": "hunter2"})
    html = refused.content.decode()
    assert refused.status_code == 429
    assert 'name="teams" value="3"' in html
    assert "&lt;b&gt;kept &amp; safe&lt;/b&gt;" in html
    assert f'action="{address}"' in html
    assert "hunter2" not in html


def test_programs_are_told_as_json_when_to_come_back(submitted: Assessment, alice: User, clock: list[float]) -> None:
    headers = {"Authorization": f"Bearer {create_api_token(alice, name='Tests', days=1)[1]}"}
    address = f"/api/v1/assessments/{submitted.pk}/result"
    assert Client().get(address, headers=headers).status_code == 200
    use_up(alice)
    refused = Client().get(address, headers=headers)
    assert refused.status_code == 429
    assert json.loads(refused.content)["code"] == "too_many_requests"
    assert int(refused.headers["Retry-After"]) > 0
    assert Client().get("/api/v1/assessments", headers=headers).status_code == 200  # costs little


def test_one_persons_use_takes_nothing_from_another(submitted: Assessment, alice: User, bob: User) -> None:
    use_up(alice)
    assert client_of(alice).get(result_of(submitted)).status_code == 429
    assert client_of(bob).get(result_of(submitted)).status_code == 200


def test_pages_that_cost_little_stay_open(submitted: Assessment, alice: User) -> None:
    use_up(alice)
    for address in (reverse("assessments"), reverse("assessment", args=[submitted.pk]), reverse("you"), "/waiting/"):
        assert client_of(alice).get(address).status_code == 200
    assert client_of(alice).post("/account/logout/").status_code == 302


def test_many_accounts_of_one_network_address_share_a_budget(submitted: Assessment, bob: User) -> None:
    budgets.addresses.charge("203.0.113.9", budgets.addresses.size)
    client = client_of(bob)
    assert client.get(result_of(submitted), REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.get(result_of(submitted), REMOTE_ADDR="203.0.113.10").status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.9").get(f"{reverse('quick-check')}?teams=5").status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get("/account/login/").status_code == 200


def test_a_request_is_charged_what_it_took(submitted: Assessment, alice: User, clock: list[float]) -> None:
    client = client_of(alice)
    client.get(reverse("assessments"))
    assert budgets.people.level(str(alice.pk)) == 0
    client.get(result_of(submitted))
    assert 0 < budgets.people.level(str(alice.pk)) < budgets.COSTS["assessment-result"] * 10


def test_whoever_used_much_is_served_one_costly_page_at_a_time(
    submitted: Assessment, alice: User, bob: User, clock: list[float]
) -> None:
    """`alone` stands for another worker, which has one of their pages under way."""
    name = str(alice.pk)
    with budgets.alone(name):
        assert client_of(alice).get(result_of(submitted)).status_code == 200  # has used little
        budgets.people.charge(name, budgets.people.size / 2)
        refused = client_of(alice).get(result_of(submitted))
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        budgets.people.charge(str(bob.pk), budgets.people.size / 2)
        assert client_of(bob).get(result_of(submitted)).status_code == 200
    assert client_of(alice).get(result_of(submitted)).status_code == 200


def test_whoever_goes_on_asking_is_refused_without_a_look(
    submitted: Assessment, alice: User, bob: User, clock: list[float], django_assert_num_queries: Any
) -> None:
    client, other = client_of(alice), client_of(bob)
    address = result_of(submitted)
    use_up(alice)
    wait = 0
    for _again in range(budgets.KIND_REFUSALS + 1):
        wait = int(client.get(address).headers["Retry-After"])
    with django_assert_num_queries(0):
        refused = client.get(address)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= wait
    assert "Come back in" in refused.content.decode()
    assert refused.headers["X-Frame-Options"] == "DENY"
    assert client.get(reverse("assessments")).status_code == 200  # which costs little
    assert other.get(address).status_code == 200  # from the same address
    clock[0] += wait + 1
    assert client.get(address).status_code == 200


# --- computed once


def test_the_argument_of_a_submitted_version_is_computed_once(submitted: Assessment, alice: User, bob: User) -> None:
    judging.kept.clear()

    def read_by_all() -> None:
        for person in (alice, bob, alice):
            assert client_of(person).get(result_of(submitted)).status_code == 200
            assert client_of(person).get(reverse("report", args=[submitted.pk])).status_code == 200

    assert count_calls(argue, read_by_all) == 1


def test_a_changed_answer_is_judged_anew(team: Team, alice: User, edition: Any) -> None:
    draft = start_assessment(team=team, system_name="Cart", edition=edition, by=alice)
    questionnaire = questionnaire_of(draft.edition)
    few = judging.judge(draft, questionnaire, {"teams": Answer(value=2)})
    many = judging.judge(draft, questionnaire, {"teams": Answer(value=9)})
    between = judging.judge(draft, questionnaire, {"teams": Answer(between=(2, 9))})
    assert len({id(judgement) for judgement in (few, many, between)}) == 3
    assert judging.judge(draft, questionnaire, {"teams": Answer(value=2)}) is few


@pytest.mark.parametrize("name", ["cases", "how-it-decides", "sources", "sample", "landing"])
def test_a_public_page_is_rendered_once_for_all_visitors(name: str, alice: User) -> None:
    address = reverse(name)
    first = Client().get(address)
    again = Client().get(address)
    assert first.content == again.content
    assert first.templates
    assert not again.templates
    assert "Sign out" not in again.content.decode()
    signed_in = client_of(alice).get(address)
    if signed_in.status_code == 200:  # the front page leads on
        assert "Sign out" in signed_in.content.decode()
    after = Client().get(address)
    assert after.content == first.content


def test_made_up_searches_are_not_kept(settings: Any) -> None:
    before = len(caches["process"]._cache)  # type: ignore[attr-defined]  # of a cache in memory
    for number in range(20):
        Client().get(reverse("cases"), {"q": f"made up {number}"})
    assert len(caches["process"]._cache) == before  # type: ignore[attr-defined]
