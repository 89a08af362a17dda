"""The portfolio's pages: what an architect sees, filters, sorts, pages through, keeps and takes away."""

import csv
import io
import json
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.models import Assessment, Edition, State
from assess.assessments.verdict_summary import refresh_summary
from assess.people.models import Team, User, Workspace
from assess.portfolio import export, filters, scatter
from assess.portfolio.models import SavedView
from assess.portfolio.systems import build_rows, find_systems
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.review.models import Condition, SignOff
from tests.conftest import client_of
from tests.factories import AssessmentFactory, EditionFactory, MembershipFactory, TeamFactory
from tests.integration.assessments.conftest import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

URL = "/portfolio/"


def result(need: int, readiness: int, gates: dict[str, str]) -> dict[str, Any]:
    """As much of a kept result as a portfolio reads."""
    return {
        "verdict": "stay",
        "firm": True,
        "pain": {"boundary": 0, "deployable": need},
        "readiness": {"devops": readiness, "tracing": 100},
        "gates": [{"gate": gate, "state": state} for gate, state in gates.items()],
    }


def submit_system(
    team: Team,
    by: User,
    name: str,
    *,
    verdict: str = "stay",
    form: str = "healthy",
    need: int = 10,
    readiness: int = 20,
    gates: dict[str, str] | None = None,
    state: State = State.SUBMITTED,
    days: int = 0,
    **fields: Any,
) -> Assessment:
    """A system whose first version is submitted, with its place in lists and counts."""
    made: Assessment = AssessmentFactory(
        team=team,
        by=by,
        system__name=name,
        state=state,
        submitted_at=timezone.now() - timedelta(days=days),
        submitted_by=by,
        answers_hash="x",
        verdict=verdict,
        form=form,
        result=result(need, readiness, gates or {}),
        **fields,
    )
    refresh_summary(made.system)
    return made


def names(client: Client, **query: object) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200
    return [row.newest.system.name for row in response.context["rows"]]


@pytest.fixture
def three_systems(team: Team, other_team: Team, alice: User, edition: Edition) -> list[Assessment]:
    """An extract of Payments, an old stay of Search that was overruled, and an open first version."""
    return [
        submit_system(
            team, alice, "Checkout", verdict="extract", form="organisation", need=80, readiness=60,
            gates={"tracing": "failed", "platform": "open", "logging": "passed"}, state=State.IN_REVIEW,
        ),
        submit_system(
            other_team, alice, "Archive", need=5, readiness=90, days=400, state=State.ACCEPTED,
            overruled_to="modular",
        ),
        start_assessment(team=team, system_name="Basket", edition=edition, by=alice),
    ]  # fmt: skip


# --- what is shown


def test_portfolio_row_shows_verdict_state_gates_age_and_overruling(
    rita_client: Client, three_systems: list[Assessment]
) -> None:
    html = rita_client.get(URL).content.decode().replace("<wbr>", "")
    for words in (
        "Checkout", "Payments · version 1", "In review", "Extract services", "slice by slice", "Tracing funded: failed",
        "Somebody runs the platform: open", "Archive", "Search · version 1", "13 months",
        "overruled; the model says stay monolithic", "Ask again", "Basket", "In progress", "None yet",
    ):  # fmt: skip
        assert words in html, words
    assert "Central logging funded" not in html.split("<tbody")[1]


def test_portfolio_titles_say_counts_need_and_missing_gates(
    rita_client: Client, three_systems: list[Assessment]
) -> None:
    html = rita_client.get(URL).content.decode()
    assert "1 of 3 systems is advised to be a modular monolith" in html
    assert "1 of 2 systems needs more than it is ready for" in html
    assert "Tracing is missing in 1 of 2" in html
    assert "1 without a verdict yet" in html


def test_row_shows_the_newest_version_with_the_last_submitted_verdict(
    rita_client: Client, three_systems: list[Assessment], alice: User
) -> None:
    start_next_version(three_systems[0], by=alice)
    row = next(row for row in rita_client.get(URL).context["rows"] if row.newest.system.name == "Checkout")
    assert (row.newest.version, row.newest.state, row.newest.current_verdict) == (2, "draft", "extract")
    assert str(three_systems[0].pk) in row.url


def test_row_links_to_the_decision_or_to_the_overview_of_a_draft(
    rita_client: Client, three_systems: list[Assessment]
) -> None:
    urls = {row.newest.system.name: row.url for row in rita_client.get(URL).context["rows"]}
    assert urls["Basket"] == reverse("assessment", args=[three_systems[2].pk])
    assert urls["Checkout"] == reverse("assessment-decision", args=[three_systems[0].pk])
    assert rita_client.get(urls["Checkout"]).status_code == 200


def test_empty_workspace_explains_what_will_appear(rita_client: Client) -> None:
    html = rita_client.get(URL).content.decode()
    assert "No system to show yet" in html
    assert '<form method="get"' not in html


def test_portfolio_escapes_what_people_typed(rita_client: Client, team: Team, alice: User) -> None:
    submit_system(team, alice, "<script>alert(1)</script>")
    SavedView.objects.create(
        user=User.objects.get(name="Rita"), workspace=team.workspace, name="<b>x</b>", query="q=%22"
    )
    html = rita_client.get(URL, {"q": '"><i>'}).content.decode()
    assert "<script>alert" not in html
    assert "<b>x" not in html
    assert "<i>" not in html


# --- filters


@pytest.mark.parametrize(("name", "q"), [("E\u0301cole", "école"), ("école", "E\u0301CO"), ("Заказы", "ЗАКАЗ")])
def test_systems_are_found_whatever_the_script_the_case_and_the_form_of_their_letters(
    rita_client: Client, team: Team, alice: User, name: str, q: str
) -> None:
    made = start_assessment(team=team, system_name=name, edition=EditionFactory(), by=alice)
    assert names(rita_client, q=q) == [made.system.name]
    html = client_of(alice).get("/assessments/", {"q": q}).content.decode()
    assert f'href="/assessments/{made.pk}/"' in html


def test_the_same_system_is_not_started_twice_in_another_case_or_form_of_its_letters(team: Team, alice: User) -> None:
    edition = EditionFactory()
    start_assessment(team=team, system_name="E\u0301cole", edition=edition, by=alice)
    with pytest.raises(ValidationFailed, match="has an assessment already"):
        start_assessment(team=team, system_name="\u00e9COLE", edition=edition, by=alice)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"Checkout", "Archive", "Basket"}),
        ({"verdict": "extract"}, {"Checkout"}),
        ({"verdict": "modular"}, {"Archive"}),
        ({"verdict": "stay"}, set()),
        ({"verdict": "none"}, {"Basket"}),
        ({"form": "organisation"}, {"Checkout"}),
        ({"form": "healthy"}, set()),
        ({"state": "draft"}, {"Basket"}),
        ({"state": "accepted"}, {"Archive"}),
        ({"months": "12"}, {"Archive"}),
        ({"months": "12", "sort": "name"}, {"Archive"}),
        ({"months": "24"}, set()),
        ({"gate": "tracing"}, {"Checkout"}),
        ({"gate": "tracing/failed"}, {"Checkout"}),
        ({"gate": "tracing/open"}, set()),
        ({"gate": "platform/open"}, {"Checkout"}),
        ({"gate": "logging"}, set()),
        ({"q": "ARCH"}, {"Archive"}),
        ({"q": "chiv"}, {"Archive"}),
        ({"q": "%"}, set()),
        ({"q": "checkout", "verdict": "extract", "state": "in_review"}, {"Checkout"}),
        ({"q": "checkout", "verdict": "modular"}, set()),
        ({"verdict": "extract", "sort": "need"}, {"Checkout"}),
        ({"verdict": "none", "sort": "-readiness"}, {"Basket"}),
    ],
)
def test_each_filter_finds_only_fitting_systems(
    rita_client: Client, three_systems: list[Assessment], query: dict[str, str], expected: set[str]
) -> None:
    assert set(names(rita_client, **query)) == expected
    counts = rita_client.get(URL, query).context["counts"]
    assert counts.total == len(expected)


@pytest.mark.parametrize(
    ("submitted_on", "today", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),  # the last day of a shorter month
        (date(2026, 1, 28), date(2026, 2, 28), 1),
        (date(2026, 2, 28), date(2026, 3, 31), 1),
        (date(2026, 3, 1), date(2026, 3, 31), 0),
        (date(2026, 5, 20), date(2026, 11, 19), 5),
        (date(2026, 5, 20), date(2026, 11, 20), 6),
        (date(2024, 2, 29), date(2026, 2, 27), 23),
        (date(2024, 2, 29), date(2026, 2, 28), 24),
        (date(2027, 8, 31), date(2028, 2, 28), 5),
        (date(2027, 8, 31), date(2028, 2, 29), 6),
    ],
)
def test_age_filter_and_age_column_count_the_same_calendar_months(
    workspace: Workspace, team: Team, alice: User, submitted_on: date, today: date, months: int
) -> None:
    made = submit_system(team, alice, "Ledger")
    for hour in (time(0), time(23, 59)):
        at = timezone.make_aware(datetime.combine(submitted_on, hour))
        Assessment.objects.filter(pk=made.pk).update(current_verdict_at=at)
        [row] = build_rows([made.pk], workspace, today=today)
        assert row.months_old == months
        for number in range(1, 25):
            systems = find_systems(workspace, filters.Filters(months=str(number)), today=today)
            assert systems.exists() == (number <= months), number


def test_filters_by_team_and_edition(rita_client: Client, three_systems: list[Assessment], other_team: Team) -> None:
    assert names(rita_client, team=other_team.pk) == ["Archive"]
    assert len(names(rita_client, edition=three_systems[0].edition_id)) == 3
    assert names(rita_client, edition=10**9) == []
    assert names(rita_client, team=10**9) == []


@pytest.mark.parametrize(
    "query",
    [
        {"verdict": "maybe"}, {"form": "x"}, {"state": "?"}, {"team": "²"}, {"team": "9" * 40}, {"edition": "-1"},
        {"months": "1e3"}, {"gate": "tracing/lost"}, {"gate": "__class__"}, {"q": "\x00"}, {"sort": "id"},
        {"after": "x"}, {"after": ","}, {"after": "yesterday,1"}, {"after": "2026-01-01T00:00:00,1"},
        {"after": f"2026-01-01T00:00:00+00:00,{'9' * 30}"}, {"before": "0001-01-01T00:00:00+14:00,5"},
        {"sort": "need", "after": "99999999999999999999,1"}, {"sort": "name", "after": "\x00,1"},
    ],
)  # fmt: skip
def test_invalid_parameters_are_ignored(
    rita_client: Client, three_systems: list[Assessment], query: dict[str, str]
) -> None:
    expected = {} if "after" in query or "before" in query else query
    assert rita_client.get(URL, query).status_code == 200
    assert len(names(rita_client, **expected)) == 3


# --- orders and pages


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Archive", "Basket", "Checkout"]),
        ("-name", ["Checkout", "Basket", "Archive"]),
        ("need", ["Checkout", "Archive", "Basket"]),
        ("-need", ["Basket", "Archive", "Checkout"]),
        ("readiness", ["Archive", "Checkout", "Basket"]),
        ("-readiness", ["Basket", "Checkout", "Archive"]),
        ("age", ["Archive", "Checkout"]),
        ("-age", ["Checkout", "Archive"]),
    ],
)
def test_each_order_sorts_systems(
    rita_client: Client, three_systems: list[Assessment], sort: str, expected: list[str]
) -> None:
    assert names(rita_client, sort=sort) == expected


def test_order_by_age_says_how_many_systems_it_leaves_out(rita_client: Client, three_systems: list[Assessment]) -> None:
    assert "1 system without a verdict is left out" in rita_client.get(URL, {"sort": "age"}).content.decode()


def parameters_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def walk(client: Client, way: str, query: dict[str, str]) -> tuple[list[int], dict[str, str]]:
    """All rows on all pages in one direction, and the address of the last page."""
    seen: list[int] = []
    for _ in range(200):
        context = client.get(URL, query).context
        page = [row.newest.pk for row in context["rows"]]
        seen = seen + page if way == "next_url" else page + seen
        if not context[way]:
            return seen, query
        query = parameters_of(context[way])
    raise AssertionError("the pages do not end")


@pytest.fixture
def eighty_systems(team: Team, alice: User) -> list[int]:
    """Eighty systems with few different values, so that ids have to tell most of them apart."""
    chance = random.Random(4)
    at = timezone.now()
    made = []
    for number in range(80):
        one = submit_system(
            team, alice, f"System {number % 9} of {number}", need=chance.randrange(3), readiness=chance.randrange(2),
            verdict=chance.choice(("stay", "extract")), gates={"tracing": chance.choice(("failed", "open", "passed"))},
        )  # fmt: skip
        same = at - timedelta(hours=chance.randrange(5))
        Assessment.objects.filter(pk=one.pk).update(
            updated_at=same, current_verdict_at=same, system_name=f"system {number % 9}"
        )
        made.append(one.pk)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("sort", list(filters.ORDERS))
def test_paging_forth_and_back_shows_every_row_once_in_every_order(
    rita_client: Client, eighty_systems: list[int], sort: str
) -> None:
    there, last = walk(rita_client, "next_url", {"sort": sort})
    assert sorted(there) == sorted(eighty_systems)
    back, _ = walk(rita_client, "previous_url", last)
    assert back == there


def test_rows_that_change_while_paging_are_not_repeated_and_others_not_skipped(
    rita_client: Client, eighty_systems: list[int]
) -> None:
    chance = random.Random(7)
    touched: set[int] = set()
    seen: list[int] = []
    query: dict[str, str] = {}
    while True:
        context = rita_client.get(URL, query).context
        seen += [row.newest.pk for row in context["rows"]]
        if not context["next_url"]:
            break
        query = parameters_of(context["next_url"])
        for pk in chance.sample(eighty_systems, 10):  # somebody saves an answer: the system moves to the front
            Assessment.objects.filter(pk=pk).update(updated_at=timezone.now())
            touched.add(pk)
    assert len(seen) == len(set(seen))
    assert set(eighty_systems) - touched <= set(seen)


def test_next_link_keeps_filters_and_order(rita_client: Client, eighty_systems: list[int]) -> None:
    query = {"sort": "need", "verdict": "stay", "q": "system"}
    assert query.items() <= parameters_of(rita_client.get(URL, query).context["next_url"]).items()


# --- counts and chart


def test_chart_draws_a_limited_number_of_systems_and_says_so(
    rita_client: Client, eighty_systems: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rita_client.get(URL).context["scatter"]
    assert sum(mark.number for mark in whole.marks) == 80
    assert whole.left_out == ""
    monkeypatch.setattr(scatter, "MAX_SYSTEMS", 25)
    html = rita_client.get(URL).content.decode()
    assert "The chart shows 25 of 80 systems with a verdict: those that changed last." in html


def test_chart_marks_are_placed_by_readiness_and_need() -> None:
    chart = scatter.draw([(100, 0, "extract"), (0, 100, "stay"), (0, 100, "stay")])
    extract, stay = sorted(chart.marks, key=lambda mark: mark.verdict)
    assert (extract.x, extract.y) == (chart.left, chart.top)
    assert (stay.x, stay.y, stay.number) == (chart.right, chart.bottom, 2)
    assert stay.size > extract.size
    assert chart.title == "1 of 3 systems needs more than it is ready for"


# --- conditions


def condition_on(assessment: Assessment, by: User, text: str, days: int, **fields: Any) -> Condition:
    signed = assessment.sign_offs.first() or SignOff.objects.create(
        assessment=assessment, decision="accepted_with_conditions", model_verdict="stay", content={}, content_hash="x",
        signed_by=by,
    )  # fmt: skip
    due_on = timezone.localdate() - timedelta(days=days)
    made: Condition = Condition.objects.create(
        assessment=assessment, sign_off=signed, text=text, owner="Ops", due_on=due_on, **fields
    )
    return made


@pytest.fixture
def accepted(team: Team, alice: User) -> Assessment:
    return submit_system(team, alice, "Ledger", state=State.ACCEPTED_WITH_CONDITIONS)


def test_overdue_conditions_are_listed_longest_overdue_first(
    rita_client: Client, rita: User, accepted: Assessment
) -> None:
    for days in (0, 1, 9, 30, -3):
        condition_on(accepted, rita, f"Due {days} days ago", days)
    condition_on(accepted, rita, "Met in time", 40, met_at=timezone.now(), met_by=rita)
    context = rita_client.get(URL).context
    assert [str(each) for each, _ in context["conditions"]] == ["Due 30 days ago", "Due 9 days ago", "Due 1 days ago"]
    assert context["rows"][0].overdue_conditions == 3
    html = rita_client.get(URL).content.decode()
    assert "3 conditions are overdue" in html
    assert "3 conditions overdue" in html


def test_conditions_of_an_earlier_signature_or_a_reopened_review_are_not_overdue(
    rita_client: Client, rita: User, accepted: Assessment, team: Team, alice: User
) -> None:
    condition_on(accepted, rita, "From the first signature", 5)
    SignOff.objects.create(
        assessment=accepted, decision="accepted", model_verdict="stay", content={}, content_hash="y", signed_by=rita
    )
    reopened = submit_system(team, alice, "Reopened", state=State.IN_REVIEW)
    condition_on(reopened, rita, "Before it was opened again", 5)
    assert rita_client.get(URL).context["conditions"] == []


def test_overdue_conditions_are_paged_without_gaps(rita_client: Client, rita: User, accepted: Assessment) -> None:
    for number in range(60):
        condition_on(accepted, rita, f"Condition {number}", 1 + number // 20)
    assert "More than 5 conditions are overdue" in rita_client.get(URL).content.decode()
    seen: list[int] = []
    url = reverse("portfolio-conditions")
    while url:
        context = rita_client.get(url).context
        seen += [each.pk for each, _ in context["conditions"]]
        url = reverse("portfolio-conditions") + context["next_url"] if context["next_url"] else ""
    assert len(seen) == len(set(seen)) == 60


# --- saved views


def test_saved_view_can_be_opened_replaced_and_deleted(
    rita_client: Client, rita: User, three_systems: list[Assessment], workspace: Workspace
) -> None:
    def save(query: str, name: str = " Old  ones ") -> str:
        data = {"workspace": workspace.pk, "query": query, "name": name}
        return rita_client.post(reverse("portfolio-view-save"), data, follow=True).content.decode()

    assert "Saved as “Old ones”" in save("months=12&sort=name&after=x&csrf=y")
    [(pk, name, url)] = rita_client.get(URL).context["views"]
    assert (name, parameters_of(url)) == ("Old ones", {"months": "12", "sort": "name"})
    assert names(rita_client, **parameters_of(url)) == ["Archive"]
    save("verdict=extract")
    assert SavedView.objects.get(user=rita).query == "verdict=extract"
    assert "Enter a name" in save("verdict=extract", name="  ")
    assert "Enter a name" in save("verdict=extract", name="x" * 121)
    assert SavedView.objects.count() == 1
    html = rita_client.post(reverse("portfolio-view-delete", args=[pk]), follow=True).content.decode()
    assert "is deleted" in html
    assert not SavedView.objects.exists()


def test_saved_views_are_limited_and_private(rita_client: Client, rita: User, zoe: User, workspace: Workspace) -> None:
    for number in range(20):
        SavedView.objects.create(user=rita, workspace=workspace, name=f"View {number}", query="")
    data = {"workspace": workspace.pk, "query": "", "name": "One more"}
    response = rita_client.post(reverse("portfolio-view-save"), data, follow=True)
    assert "You have 20 views" in response.content.decode()
    theirs = client_of(zoe).post(reverse("portfolio-view-delete", args=[SavedView.objects.first().pk]))  # type: ignore[union-attr]
    assert theirs.status_code == 404
    assert SavedView.objects.count() == 20


# --- files


def csv_rows(client: Client, **query: object) -> list[dict[str, str]]:
    response = client.get(reverse("portfolio-csv"), query)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]


def exported(client: Client, **query: object) -> dict[str, Any]:
    response = client.get(reverse("portfolio-json"), query)
    content: dict[str, Any] = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return content


def test_csv_has_the_filtered_systems_in_their_order(rita_client: Client, three_systems: list[Assessment]) -> None:
    rows = csv_rows(rita_client, sort="name")
    assert [row["system"] for row in rows] == ["Archive", "Basket", "Checkout"]
    assert rows[0]["verdict"] == "modular"
    assert rows[0]["overruled_from"] == "stay"
    assert (rows[2]["gates_failed"], rows[2]["gates_open"], rows[2]["need"]) == ("tracing", "platform", "80")
    assert [row["system"] for row in csv_rows(rita_client, verdict="extract")] == ["Checkout"]


def test_exported_verdict_day_is_the_workspaces_day(
    rita_client: Client, workspace: Workspace, team: Team, alice: User
) -> None:
    workspace.time_zone = "Pacific/Auckland"
    workspace.save()
    late_in_utc = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # the 21st in Auckland
    made = submit_system(team, alice, "Ledger")
    Assessment.objects.filter(pk=made.pk).update(submitted_at=late_in_utc)
    refresh_summary(made.system)
    assert [row["verdict_on"] for row in csv_rows(rita_client)] == ["2026-11-21"]
    assert [system["verdict_on"] for system in exported(rita_client)["systems"]] == ["2026-11-21"]
    # The same day as on the pages.
    for form in ("result", "report/read"):
        page = rita_client.get(f"/assessments/{made.pk}/{form}/").text
        assert "21 November" in page
        assert "20 November" not in page


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@sum(A1)", "\t1", "  =1+1", "|calc", "%x", "＝1", '=HYPERLINK("http://x")']
)
def test_name_in_csv_cannot_become_a_formula(rita_client: Client, team: Team, alice: User, name: str) -> None:
    one = submit_system(team, alice, "x")
    one.system.name = name
    one.system.save()
    [row] = csv_rows(rita_client)
    assert row["system"] == f"'{name}"


def test_json_has_the_kept_result_of_each_system(
    rita_client: Client, team: Team, alice: User, edition: Edition, three_systems: list[Assessment]
) -> None:
    made = start_assessment(
        team=team, system_name="Real", edition=edition, by=alice, carried={"deploy_waiting": AnswerValue(value="never")}
    )
    kept = submit_assessment(made, by=alice).result
    assert kept is not None
    found = exported(rita_client)
    assert (found["count"], found["complete"], found["at_most"]) == (4, True, export.MAX_SYSTEMS)
    entry = next(each for each in found["systems"] if each["system"] == "Real")
    for field in ("verdict", "form", "rule", "firm", "possible_verdicts", "pain", "readiness", "gates", "robustness"):
        assert entry[field] == kept[field], field
    overruled = next(each for each in found["systems"] if each["system"] == "Archive")
    assert (overruled["verdict"], overruled["model_verdict"]) == ("modular", "stay")
    assert next(each for each in found["systems"] if each["system"] == "Basket")["verdict"] is None


def test_export_is_complete_over_many_batches_and_says_where_it_ends(
    rita_client: Client, eighty_systems: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_SIZE", 7)
    assert len({row["system"] for row in csv_rows(rita_client, sort="need")}) == 80
    assert exported(rita_client)["complete"] is True
    monkeypatch.setattr(export, "MAX_SYSTEMS", 20)
    rows = csv_rows(rita_client)
    assert len(rows) == 21
    assert "ends after 20 systems" in rows[-1]["system"]
    found = exported(rita_client)
    assert (len(found["systems"]), found["count"], found["complete"]) == (20, 20, False)


# --- whose


def test_architect_of_another_workspace_sees_nothing_of_this_one(
    zoe: User, three_systems: list[Assessment], workspace: Workspace
) -> None:
    client = client_of(zoe)
    assert names(client) == []
    assert csv_rows(client) == []
    assert exported(client)["systems"] == []
    for name in ("portfolio", "portfolio-csv", "portfolio-json", "portfolio-conditions"):
        there = client.get(reverse(name), {"workspace": workspace.pk})
        nowhere = client.get(reverse(name), {"workspace": 10**12})
        assert there.status_code == nowhere.status_code == 404
    data = {"workspace": workspace.pk, "name": "x", "query": ""}
    assert client.post(reverse("portfolio-view-save"), data).status_code == 404


def test_architect_of_two_workspaces_can_choose_one(
    rita: User, three_systems: list[Assessment], other_workspace: Workspace, charlies_team: Team, charlie: User
) -> None:
    MembershipFactory(user=rita, team=None, workspace=other_workspace, role="architect")
    submit_system(charlies_team, charlie, "Theirs")
    client = client_of(rita)
    assert names(client, workspace=other_workspace.pk) == ["Theirs"]
    html = client.get(URL, {"workspace": other_workspace.pk}).content.decode()
    assert f'<option value="{other_workspace.pk}" selected>' in html
    assert f"workspace={other_workspace.pk}" in client.get(URL, {"workspace": other_workspace.pk}).context["first_url"]


@pytest.mark.parametrize("who", ["alice", "bob", "vera", "olga", "ada", "ravi"])
def test_only_architects_have_a_portfolio(request: pytest.FixtureRequest, who: str) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(URL).status_code == 403
    assert client.get(reverse("portfolio-csv")).status_code == 403


def test_list_links_to_the_portfolio_for_architects_only(rita_client: Client, bob_client: Client) -> None:
    assert f'href="{URL}"' in rita_client.get(reverse("assessments")).content.decode().split("<main")[1]
    assert f'href="{URL}"' not in bob_client.get(reverse("assessments")).content.decode()


# --- how much it takes


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort": "need"},
        {"verdict": "stay"},
        {"q": "system", "gate": "tracing/failed", "months": "1"},
        {"sort": "age"},
    ],
)
def test_portfolio_page_takes_at_most_fifteen_queries(
    rita_client: Client, rita: User, eighty_systems: list[int], accepted: Assessment, query: dict[str, str]
) -> None:
    condition_on(accepted, rita, "Overdue", 3)
    first = queries_of(lambda: rita_client.get(URL, query))
    assert len(first) <= 15, first
    following = rita_client.get(URL, query).context["next_url"]
    if following:
        assert len(queries_of(lambda: rita_client.get(URL + following))) <= 15


def test_number_of_queries_does_not_grow_with_the_rows(
    rita_client: Client, three_systems: list[Assessment], eighty_systems: list[int]
) -> None:
    rita_client.get(URL)  # the first request of a session is noted in it
    few = queries_of(lambda: rita_client.get(URL, {"q": "archive"}))
    lots = queries_of(lambda: rita_client.get(URL, {"q": "system"}))
    assert len(few) == len(lots)


# --- the list that everybody has


def listed(client: Client, **query: object) -> list[str]:
    rows = client.get(reverse("assessments"), query).context["rows"]
    return [str(row.assessment.system) for row in rows]


def test_list_shows_states_and_filters_by_each(rita_client: Client, three_systems: list[Assessment]) -> None:
    html = rita_client.get(reverse("assessments")).content.decode()
    for words in ("In review, last change", "Accepted, last change", "In progress · "):
        assert words in html
    for state, expected in (("open", ["Basket"]), ("in_review", ["Checkout"]), ("accepted", ["Archive"])):
        assert listed(rita_client, state=state) == expected
    assert listed(rita_client, verdict="modular") == ["Archive"]


def test_list_shows_what_is_due(rita_client: Client, three_systems: list[Assessment]) -> None:
    html = rita_client.get(reverse("assessments"), {"q": "archive"}).content.decode()
    assert "Ask again: due since" in html


def test_member_of_several_teams_lists_every_row_once_in_order(
    team: Team, other_team: Team, charlies_team: Team, alice: User, olga: User, charlie: User
) -> None:
    chance = random.Random(3)
    at = timezone.now()
    for mine in (team, charlies_team):
        MembershipFactory(user=olga, team=mine)
    expected = []
    for _ in range(90):
        one = AssessmentFactory(
            team=chance.choice((team, other_team, charlies_team)), by=alice,
            updated_at=at - timedelta(minutes=chance.randrange(20)),
        )  # fmt: skip
        expected.append((one.updated_at, one.pk))
    client = client_of(olga)
    seen: list[int] = []
    url = reverse("assessments")
    while url:
        context = client.get(url).context
        seen += [row.assessment.pk for row in context["rows"]]
        url = reverse("assessments") + context["older"] if context["older"] else ""
    assert seen == [pk for _, pk in sorted(expected, reverse=True)]


def test_architect_who_is_a_member_elsewhere_lists_both(
    rita: User, three_systems: list[Assessment], charlies_team: Team, charlie: User, other_workspace: Workspace
) -> None:
    MembershipFactory(user=rita, team=charlies_team)
    submit_system(charlies_team, charlie, "Theirs")
    submit_system(TeamFactory(workspace=other_workspace), charlie, "Of another team")
    assert sorted(listed(client_of(rita))) == ["Archive", "Basket", "Checkout", "Theirs"]
    assert listed(client_of(rita), team=charlies_team.pk) == ["Theirs"]


def test_filter_by_an_unreadable_team_lists_nothing(
    bob_client: Client, three_systems: list[Assessment], other_team: Team
) -> None:
    assert listed(bob_client, team=other_team.pk) == []
