"""What if: what a changed answer would do, told by the address alone; and the changes kept as planned changes."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assess.assessments.actions import delete_assessment, start_assessment, submit_assessment
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import fold_answers
from assess.assessments.models import Assessment, Edition, Event, PlannedChange
from assess.assessments.planned_changes import describe_planned_changes, keep_planned_changes
from assess.assessments.what_if import MAX_SUGGESTIONS, read_what_if
from assess.decision import decide
from assess.decision.flips import find_flips
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer, Answers, Question
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.html import compact
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log, queries_of

pytestmark = pytest.mark.django_db

QUESTIONNAIRE = builtin_questionnaire()
#: A whole system whose teams wait for each other, with all that an extraction stands on: extract/organisation.
SAVED: dict[str, Answer] = {
    key: Answer(value=value)
    for key, value in {
        "scope": "whole_system",
        "current_shape": "monolith",
        "product_stage": "established",
        "motives": ("independent_deploys", "team_autonomy"),
        "developers": 40,
        "teams": 5,
        "deploy_minutes": 45,
        "deploy_waiting": "always",
        "hot_share": 40,
        "boundaries": "named",
        "cross_boundary_transactions": "few",
        "ownership": "teams",
        "platform_team": "dedicated",
        "ci_cd": "pipeline",
        "tracing": "planned",
        "central_logging": "planned",
        "hiring": "easy",
        "migration_horizon": "year",
    }.items()
}


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=SAVED)


def address(assessment: Assessment, query: str = "") -> str:
    return reverse("assessment-what-if", args=[assessment.pk]) + query


def look(client: Client, assessment: Assessment, query: str = "", status: int = 200) -> Any:
    response = client.get(address(assessment, query))
    assert response.status_code == status, response
    return response


def part(
    client: Client, assessment: Assessment, query: str, *, at: str = "", trigger: str = "", hidden: str = ""
) -> Any:
    """As htmx asks while the browser is at the address `at`."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address(assessment, at)}"}
    if trigger:
        headers["HX-Trigger-Name"] = trigger
    # The browser sends every control that it shows: of those that can go, what another answer may spare.
    spared = [question.key for question in builtin_questionnaire().questions if question.skipped_unless]
    query += "".join(f"&{key}=" for key in spared if query and key not in hidden and f"{key}=" not in query)
    response = client.get(address(assessment, query), headers=headers)
    assert response.status_code == 200
    return response


def html_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def whole_database() -> dict[str, list[Any]]:
    """Every row of every table but those that a sign-in writes."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name != "django_session"]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


# --- looking


def test_the_saved_answers_are_shown_with_their_verdict_and_a_control_for_each_asked_question(
    alice_client: Client, assessment: Assessment
) -> None:
    html = html_of(look(alice_client, assessment))
    assert 'data-verdict="extract" data-form="organisation"' in html
    assert decide(QUESTIONNAIRE, SAVED).rule_sentence in html
    for question in QUESTIONNAIRE.questions:
        assert (f'name="{question.key}"' in html) == (not question.asked_when), question.key


def test_a_saved_option_is_the_one_chosen_and_says_so(alice_client: Client, assessment: Assessment) -> None:
    html = compact(html_of(look(alice_client, assessment)))
    # "planned" is tracing's second option: the browser must not fall back to the first.
    assert '<option value="" selected>Planned (saved)</option>' in html
    assert '<option value="none">No</option>' in html
    assert '<option value="" selected>Not known (saved)</option>' in html


def test_a_changed_answer_shows_the_new_verdict_beside_the_saved_one(
    alice_client: Client, assessment: Assessment
) -> None:
    response = look(alice_client, assessment, "?tracing=none")
    html = html_of(response)
    assert 'data-verdict="modular" data-form="first_step"' in html
    assert "As saved:" in html
    assert response.context["compared"].saved.verdict == "extract"
    assert "Tracing: planned → no" in html
    assert "Tracing funded: passed → failed." in html
    changed = decide(QUESTIONNAIRE, {**SAVED, "tracing": Answer(value="none")})
    assert changed.rule != decide(QUESTIONNAIRE, SAVED).rule
    assert changed.rule_sentence in html


def test_the_axes_stand_before_and_after_as_numbers(alice_client: Client, assessment: Assessment) -> None:
    response = look(alice_client, assessment, "?deploy_waiting=never&ownership=unclear")
    before = decide(QUESTIONNAIRE, SAVED)
    after = decide(
        QUESTIONNAIRE, {**SAVED, "deploy_waiting": Answer(value="never"), "ownership": Answer(value="unclear")}
    )
    rows = {row.axis: row for row in response.context["compared"].axes}
    assert list(rows) == list(after.scores)
    separability = rows["separability"]
    assert separability.before == str(before.scores["separability"].points)
    assert separability.after == str(after.scores["separability"].points)
    lost = before.scores["separability"].points - after.scores["separability"].points
    assert lost > 0
    assert separability.difference == f"\N{MINUS SIGN}{lost}"
    assert rows["people"].difference == ""


def test_possible_verdicts_and_the_checklist_are_told_for_both(alice_client: Client, assessment: Assessment) -> None:
    response = look(alice_client, assessment, "?teams=1&tracing=none")
    compared = response.context["compared"]
    assert (compared.checklist.before, compared.checklist.after) == ("7 of 7", "5 of 7")
    after = decide(QUESTIONNAIRE, {**SAVED, "teams": Answer(value=1), "tracing": Answer(value="none")})
    assert compared.now.possible_verdicts == after.possible_verdicts
    assert "before:" in html_of(response) or compared.same_possible


def test_every_change_has_an_undo_link_that_keeps_the_others(alice_client: Client, assessment: Assessment) -> None:
    changes = {
        change["key"]: change for change in look(alice_client, assessment, "?teams=1&tracing=none").context["changes"]
    }
    assert changes["teams"]["undo"] == address(assessment, "?tracing=none")
    assert changes["tracing"]["undo"] == address(assessment, "?teams=1")


def test_undoing_a_change_takes_questions_with_it_that_are_only_asked_because_of_it(
    alice_client: Client, assessment: Assessment
) -> None:
    response = look(alice_client, assessment, "?current_shape=services&services=30&teams=2")
    undo = {change["key"]: change["undo"] for change in response.context["changes"]}
    assert undo["current_shape"] == address(assessment, "?teams=2")


def test_the_link_carries_only_what_is_changed(alice_client: Client, assessment: Assessment) -> None:
    response = alice_client.get(address(assessment, "?teams=05&developers=40&tracing=none&hiring=&motives="))
    # All motives were taken away: that is a change too.
    assert response.status_code == 302
    assert response.headers["Location"] == address(assessment, "?motives=none_of_these&tracing=none")
    response = look(alice_client, assessment, "?tracing=none")
    assert f"http://testserver{address(assessment, '?tracing=none')}" in html_of(response)


def test_a_form_sent_unchanged_leads_back_to_the_saved_answers(alice_client: Client, assessment: Assessment) -> None:
    everything = "&".join(
        f"{key}={text}"
        for key, answer in SAVED.items()
        for text in (answer.value if isinstance(answer.value, tuple) else (answer.value,))
    )
    response = alice_client.get(address(assessment, f"?{everything}"))
    assert response.headers["Location"] == address(assessment)


def test_questions_come_and_go_with_the_answers_that_call_for_them(
    alice_client: Client, assessment: Assessment
) -> None:
    html = html_of(look(alice_client, assessment, "?current_shape=services&services=40"))
    assert 'name="services" value="40"' in html
    assert 'name="distributed_monolith_signs"' in html
    assert "Services running: not known → 40 services" in html


def test_a_change_of_a_question_that_is_not_asked_is_left_out_and_says_so(
    alice_client: Client, assessment: Assessment
) -> None:
    response = look(alice_client, assessment, "?services=40&teams=2")
    html = html_of(response)
    assert "Left out, because it is not asked under these answers: How many services do you run?" in html
    assert response.context["tried"].query == "teams=2"
    assert "40 services" not in html


def test_what_is_not_known_can_be_tried_and_none_of_these_is_an_answer(
    alice_client: Client, assessment: Assessment
) -> None:
    html = html_of(look(alice_client, assessment, "?load_fit=failing&motives=none_of_these"))
    assert "How the load is carried: not known → " in html
    assert "Motives: teams should release on their own, teams should decide on their own → none of these" in html


def test_the_five_nearest_flips_of_the_saved_answers_are_offered_by_kind_and_each_flips(
    alice_client: Client, assessment: Assessment
) -> None:
    response = look(alice_client, assessment, "?teams=1&tracing=none")
    groups = response.context["suggestions"]
    lines = [line for _, group in groups for line, _ in group]
    assert len(lines) == MAX_SUGGESTIONS == 5
    titles = [title for title, _ in groups]
    order = ["What you can work on", "If this happens", "If you find out that"]
    assert titles == [title for title in order if title in titles]
    for line in lines:
        tried = read_what_if(QUESTIONNAIRE, SAVED, parse_qs(line.query))
        assert not tried.issues
        assert decide(QUESTIONNAIRE, tried.answers).verdict == line.verdict != "extract"
    nearest = find_flips(QUESTIONNAIRE, SAVED)[0]
    assert any(line.query.startswith(f"{nearest.changes[0].key}=") for line in lines)


def test_few_answers_are_said_to_say_little(alice_client: Client, team: Team, alice: User, edition: Edition) -> None:
    few = start_assessment(team=team, system_name="New", edition=edition, by=alice, carried={"teams": Answer(value=2)})
    assert "Only 1 answer is known, so this says little yet." in html_of(look(alice_client, few))
    assert "Only 2 answers are known" in html_of(look(alice_client, few, "?developers=9"))


def test_a_submitted_version_can_be_tried_and_stays_as_it_is(
    alice_client: Client, assessment: Assessment, alice: User
) -> None:
    closed = submit_assessment(assessment, by=alice)
    assert 'data-verdict="modular"' in html_of(look(alice_client, closed, "?tracing=none"))
    closed.refresh_from_db()
    assert closed.verdict == "extract"


def test_the_words_of_a_question_that_does_not_apply(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    answers = {"tracing": Answer(not_applicable="One process only"), "teams": Answer(not_applicable="No teams")}
    made = start_assessment(team=team, system_name="Batch", edition=edition, by=alice, carried=answers)
    html = compact(html_of(look(alice_client, made)))
    assert '<option value="" selected>Does not apply (saved)</option>' in html
    assert "teams, saved: does not apply" in html


def test_numbers_are_tried_as_people_type_them(alice_client: Client, assessment: Assessment) -> None:
    response = look(alice_client, assessment, "?deploy_minutes=1h&deploys_per_week=1,5", status=302)
    assert response.url.endswith("?deploy_minutes=60&deploys_per_week=1.5")


def test_a_number_with_two_meanings_offers_both_as_links_that_keep_the_rest(
    alice_client: Client, assessment: Assessment
) -> None:
    html = unescape(compact(html_of(look(alice_client, assessment, "?ownership=unclear&teams=1.000", status=422))))
    for text, words in (("1", "1"), ("1000", "1,000")):
        assert f'href="/assessments/{assessment.pk}/what-if/?ownership=unclear&teams={text}">{words}</a>' in html


# --- what is wrong


@pytest.mark.parametrize(
    ("query", "key", "says"),
    [
        ("teams=x", "teams", "Enter teams between 0 and 100,000"),
        ("teams=-1", "teams", "Enter teams between 0 and 100,000"),
        ("teams=100001", "teams", "Enter teams between 0 and 100,000"),
        ("teams=1.5", "teams", "as a whole number"),
        ("teams=NaN", "teams", "Enter teams between 0 and 100,000"),
        ("teams=1e3", "teams", "Enter teams between 0 and 100,000"),
        ("teams=3.000", "teams", "“3.000” can mean 3 or 3,000"),
        ("teams=5 min", "teams", "as a number without “min”"),
        ("teams=1&teams=2", "teams", "Give one answer only"),
        ("hot_share=101", "hot_share", "between 0 and 100"),
        ("deploy_minutes=10081", "deploy_minutes", "Enter minutes between 0 and 10,080"),
        ("deploys_per_week=inf", "deploys_per_week", "between 0 and 100,000"),
        ("tracing=sometimes", "tracing", "Choose from none, planned, partial, every_request; there is no sometimes"),
        ("tracing=none&tracing=partial", "tracing", "Give one answer only"),
        ("motives=greed", "motives", "there is no greed"),
        ("motives=imitation&motives=imitation", "motives", "Give each option once"),
        ("motives=none_of_these&motives=imitation", "motives", "Tick either what applies or none of these"),
        ("traicng=none", "traicng", "Write tracing instead of traicng in the address"),
        ("utm_source=mail", "utm_source", "Remove utm_source from the address; there is no such question"),
        ("=1", "", "Remove the empty name from the address"),
        ("teams%00=1", "teams?", "in the address; there is no such question"),
        ("teams=%00", "teams", "Enter teams between 0 and 100,000"),
        ("teams=" + "9" * 400, "teams", "Enter teams between 0 and 100,000"),
        ("tracing=%3Cscript%3Ealert(1)%3C/script%3E", "tracing", "there is no <script>alert(1)</script>"),
    ],
)
def test_what_is_wrong_is_told_by_name_and_the_other_changes_are_kept(
    alice_client: Client, assessment: Assessment, query: str, key: str, says: str
) -> None:
    before = whole_database()
    response = look(alice_client, assessment, f"?ownership=unclear&{query}", status=422)
    html = html_of(response)
    assert [issue.key for issue, _question, _choices in response.context["problems"]] == [key]
    assert says in html
    assert response.context["tried"].query == "ownership=unclear"
    assert "Ownership of the parts: teams, for every area → it is unclear" in html
    assert "<script>alert" not in response.content.decode()
    in_part = part(alice_client, assessment, f"?ownership=unclear&{query}")
    assert says in html_of(in_part)
    assert whole_database() == before


def test_a_wrong_number_stays_in_its_field_with_the_message_beside_it(
    alice_client: Client, assessment: Assessment
) -> None:
    html = html_of(look(alice_client, assessment, "?teams=many", status=422))
    assert 'name="teams" value="many"' in html
    assert 'id="a-teams-error"' in html
    assert 'href="#q-teams"' in html


def test_hundreds_of_strangers_are_counted_not_listed(alice_client: Client, assessment: Assessment) -> None:
    query = "&".join(f"x{number}=1" for number in range(300))
    html = html_of(look(alice_client, assessment, f"?{query}", status=422))
    assert "Remove 295 more names from the address" in html
    assert "x17" not in html


def test_a_page_with_a_mistake_can_be_put_back_from_the_history(alice_client: Client, assessment: Assessment) -> None:
    # htmx shows only successes.
    response = alice_client.get(address(assessment, "?teams=x"), headers={"HX-History-Restore-Request": "true"})
    assert response.status_code == 200
    assert "<html" in response.content.decode()


# --- the part for htmx


def test_htmx_gets_the_outcome_and_no_controls(alice_client: Client, assessment: Assessment) -> None:
    response = part(alice_client, assessment, "?tracing=none&teams=5&services=")
    html = html_of(response)
    assert 'data-verdict="modular"' in html
    assert 'hx-swap-oob="innerHTML:#said"' in html
    assert "<html" not in html
    assert "<select" not in html
    assert "HX-Request" in response.headers["Vary"]


def test_htmx_gets_a_control_that_is_asked_now_and_not_one_that_is_there(
    alice_client: Client, assessment: Assessment
) -> None:
    appears = html_of(part(alice_client, assessment, "?current_shape=services"))
    assert 'id="q-services" hx-swap-oob="true"' in appears
    assert 'name="services"' in appears
    there = html_of(part(alice_client, assessment, "?current_shape=services&services=4&distributed_monolith_signs="))
    assert 'id="q-services"' not in there
    gone = html_of(part(alice_client, assessment, "?current_shape=&services=4&distributed_monolith_signs="))
    assert '<div id="q-services" hidden hx-swap-oob="true"></div>' in gone


def test_changing_what_it_is_about_puts_the_other_questions_in_their_words(
    alice_client: Client, assessment: Assessment
) -> None:
    asked = builtin_questionnaire().by_key["deploy_waiting"]
    html = html_of(part(alice_client, assessment, "?scope=one_part&deploy_waiting=often", trigger="scope"))
    assert 'id="q-deploy_waiting" hx-swap-oob="true"' in html
    assert asked.of_part in html
    assert 'value="often" selected' in html
    # Nothing is put in place again while another answer is tried.
    html = html_of(part(alice_client, assessment, "?scope=one_part&deploy_waiting=often", trigger="deploy_waiting"))
    assert 'id="q-deploy_waiting"' not in html


def test_a_question_that_another_answer_spares_goes_in_place(alice_client: Client, assessment: Assessment) -> None:
    html = html_of(part(alice_client, assessment, "?special_needs=&special_needs=none_of_these"))
    assert '<div id="q-change_rhythm" hidden hx-swap-oob="true"></div>' in html
    html = html_of(part(alice_client, assessment, "?special_needs=&special_needs=pace", hidden="change_rhythm"))
    assert '<select id="a-change_rhythm"' in html


def test_an_option_that_other_answers_have_to_call_for_is_left_out(
    alice_client: Client, assessment: Assessment
) -> None:
    for shape, offered in (("several_monoliths", False), ("services", True)):
        page = alice_client.get(address(assessment, f"?current_shape={shape}")).content.decode()
        assert ('value="service_per_table"' in page) == offered


@pytest.mark.parametrize(
    ("at", "query", "trigger", "header", "then"),
    [
        ("", "?tracing=none", "tracing", "HX-Push-Url", "?tracing=none"),
        ("?tracing=none", "?tracing=partial", "tracing", "HX-Replace-Url", "?tracing=partial"),
        ("?tracing=none", "?tracing=none&teams=3", "teams", "HX-Push-Url", "?teams=3&tracing=none"),
        ("?tracing=none", "?tracing=", "tracing", "HX-Push-Url", ""),
        # Emptied on the way to another number.
        ("?teams=12", "?teams=", "teams", "HX-Replace-Url", ""),
        ("?teams=12", "?teams=12&tracing=planned", "tracing", "", ""),
        ("?teams=12", "?teams=12&developers=x", "developers", "", ""),
    ],
)
def test_the_history_takes_a_step_for_each_question_changed(
    alice_client: Client, assessment: Assessment, at: str, query: str, trigger: str, header: str, then: str
) -> None:
    response = part(alice_client, assessment, query, at=at, trigger=trigger)
    told = {name: response.headers[name] for name in ("HX-Push-Url", "HX-Replace-Url") if name in response.headers}
    assert told == ({header: address(assessment, then)} if header else {})


def test_looking_writes_nothing(alice_client: Client, assessment: Assessment) -> None:
    look(alice_client, assessment)  # the session's first use is stamped
    before = whole_database()
    for query in ("", "?tracing=none", "?teams=x", "?current_shape=services&services=40", "?motives=none_of_these"):
        alice_client.get(address(assessment, query))
        alice_client.head(address(assessment, query))
        part(alice_client, assessment, query)
    assert whole_database() == before
    assert_answers_are_the_fold_of_the_log(assessment)


def test_no_more_than_eight_queries_whatever_is_asked(alice_client: Client, assessment: Assessment) -> None:
    keep(alice_client, assessment, tracing="none", teams="2")
    look(alice_client, assessment)
    asks = {
        "page": lambda: look(alice_client, assessment, "?tracing=none"),
        "part": lambda: part(alice_client, assessment, "?tracing=none"),
        "keep": lambda: keep(alice_client, assessment, tracing="none", teams="3"),
        "drop": lambda: alice_client.post(reverse("assessment-planned-changes-drop", args=[assessment.pk])),
    }
    counts = {name: len(queries_of(ask)) for name, ask in asks.items()}
    keeping = counts.pop("keep")  # replaces the planned changes, and its event takes a number of the log
    assert keeping <= 9
    assert all(count <= 8 for count in counts.values()), counts


# --- who


def test_architects_look_but_plan_nothing_and_strangers_find_nothing(
    rita_client: Client, charlie_client: Client, olga: User, assessment: Assessment
) -> None:
    html = html_of(look(rita_client, assessment, "?tracing=none"))
    assert 'data-verdict="modular"' in html
    assert "PlannedChanges these changes" not in html
    strangers = (charlie_client, client_of(olga))
    for stranger in strangers:
        assert stranger.get(address(assessment)).status_code == 404
    before = whole_database()
    assert keep(rita_client, assessment, tracing="none").status_code == 403
    assert rita_client.post(reverse("assessment-planned-changes-drop", args=[assessment.pk])).status_code == 403
    for stranger in strangers:
        assert keep(stranger, assessment, tracing="none").status_code == 404
        assert stranger.post(reverse("assessment-planned-changes-drop", args=[assessment.pk])).status_code == 404
    assert whole_database() == before


def test_a_deleted_assessment_is_gone(alice_client: Client, assessment: Assessment, alice: User) -> None:
    delete_assessment(assessment, by=alice)
    assert alice_client.get(address(assessment)).status_code == 404
    assert keep(alice_client, assessment, tracing="none").status_code == 404


def test_planning_changes_needs_the_forms_token(alice: User, assessment: Assessment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert keep(client, assessment, tracing="none").status_code == 403
    assert not PlannedChange.objects.exists()


# --- planned changes


def keep(client: Client, assessment: Assessment, **changes: Any) -> Any:
    return client.post(reverse("assessment-planned-changes", args=[assessment.pk]), changes)


def test_planned_changes_show_on_the_page_and_in_sentences(
    bob_client: Client, assessment: Assessment, bob: User
) -> None:
    response = keep(bob_client, assessment, tracing="every_request", teams="7", motives="none_of_these")
    assert response.headers["Location"] == address(assessment, "?motives=none_of_these&teams=7&tracing=every_request")
    assert describe_planned_changes(assessment) == [
        "Planned: Motives: teams should release on their own, teams should decide on their own → none of these",
        "Planned: Teams in the code: 5 teams → 7 teams",
        "Planned: Tracing: planned → for every request",
    ]
    html = html_of(look(bob_client, assessment))
    assert "3 planned changes saved. No answer was changed." in html
    assert "Tracing: planned → for every request" in html
    assert "by Bob" in html
    rows = {row.key: (row.before, row.after, row.kept_by) for row in assessment.planned_changes.all()}
    assert rows["teams"] == (5, 7, bob)
    assert rows["motives"] == (["independent_deploys", "team_autonomy"], [], bob)


def test_planned_changes_change_neither_answers_nor_verdict_and_are_in_the_log(
    alice_client: Client, assessment: Assessment, alice: User
) -> None:
    answers = assessment.current_answers()
    folded = fold_answers(assessment.events.all())
    keep(alice_client, assessment, tracing="none")
    event = Event.objects.get(assessment=assessment, kind=EventKind.CHANGES_PLANNED)
    assert event.payload == {"changes": [{"key": "tracing", "from": "planned", "to": "none"}]}
    assert event.by == alice
    assert assessment.current_answers() == answers
    assert fold_answers(assessment.events.all()) == folded
    assert_answers_are_the_fold_of_the_log(assessment)


def test_changes_planned_later_take_the_place_of_the_first(alice_client: Client, assessment: Assessment) -> None:
    keep(alice_client, assessment, tracing="none", teams="2")
    keep(alice_client, assessment, teams="3", hiring="hard")
    assert {row.key: row.after for row in assessment.planned_changes.all()} == {"teams": 3, "hiring": "hard"}
    assert assessment.events.filter(kind=EventKind.CHANGES_PLANNED).count() == 2


def test_a_submitted_version_may_have_planned_changes(
    alice_client: Client, assessment: Assessment, alice: User
) -> None:
    closed = submit_assessment(assessment, by=alice)
    keep(alice_client, closed, tracing="partial")
    assert describe_planned_changes(closed) == ["Planned: Tracing: planned → for some requests"]
    digest = closed.answers_hash
    closed.refresh_from_db()
    assert (closed.answers_hash, closed.verdict) == (digest, "extract")


def test_what_is_wrong_is_not_kept_and_not_lost(alice_client: Client, assessment: Assessment) -> None:
    keep(alice_client, assessment, teams="2")
    response = keep(alice_client, assessment, teams="many", tracing="none")
    assert response.status_code == 422
    html = html_of(response)
    assert "Enter teams between 0 and 100,000" in html
    assert 'value="many"' in html
    assert "Tracing: planned → no" in html
    assert describe_planned_changes(assessment) == ["Planned: Teams in the code: 5 teams → 2 teams"]
    assert assessment.events.filter(kind=EventKind.CHANGES_PLANNED).count() == 1


def test_nothing_changed_is_nothing_planned(alice_client: Client, assessment: Assessment) -> None:
    response = alice_client.post(
        reverse("assessment-planned-changes", args=[assessment.pk]), {"teams": "5"}, follow=True
    )
    assert "Change at least one answer" in html_of(response)
    assert describe_planned_changes(assessment) == []
    assert not assessment.events.filter(kind=EventKind.CHANGES_PLANNED).exists()


def test_dropped_planned_changes_can_be_kept_again(alice_client: Client, assessment: Assessment) -> None:
    keep(alice_client, assessment, tracing="none", teams="2")
    sentences = describe_planned_changes(assessment)
    look(alice_client, assessment)  # takes the first message away
    response = alice_client.post(reverse("assessment-planned-changes-drop", args=[assessment.pk]), follow=True)
    html = html_of(response)
    assert describe_planned_changes(assessment) == []
    assert "The planned changes are dropped." in html
    assert ">Undo</button>" in html
    assert response.redirect_chain == [(address(assessment, "?teams=2&tracing=none"), 302)]
    newest = assessment.events.order_by("-id")[0]
    assert (newest.kind, newest.payload) == (EventKind.CHANGES_PLANNED, {"changes": []})
    keep(alice_client, assessment, **dict(response.context["fields"]))
    assert describe_planned_changes(assessment) == sentences


def test_dropping_twice_says_that_there_is_nothing(alice_client: Client, assessment: Assessment) -> None:
    response = alice_client.post(reverse("assessment-planned-changes-drop", args=[assessment.pk]), follow=True)
    assert "Nothing to do: no changes are planned." in html_of(response)
    assert not assessment.events.filter(kind=EventKind.CHANGES_PLANNED).exists()


def test_a_planned_change_that_came_true_is_ticked(alice_client: Client, assessment: Assessment, save: Any) -> None:
    keep(alice_client, assessment, tracing="every_request", teams="7")
    save(alice_client, assessment, "tracing", value="every_request", base_version=1)
    lines = look(alice_client, assessment).context["planned_changes"]
    assert {line.change.key: line.reached for line in lines} == {"tracing": True, "teams": False}


@pytest.mark.django_db(transaction=True)
def test_of_changes_planned_at_the_same_time_one_replaces_the_other_whole(assessment: Assessment, alice: User) -> None:
    plans: list[dict[str, list[str]]] = [
        {"tracing": ["none"], "teams": ["2"]},
        {"teams": ["3"], "hiring": ["hard"], "developers": ["9"]},
    ]

    def keep_again_and_again(given: dict[str, list[str]]) -> None:
        try:
            for _ in range(8):
                keep_planned_changes(assessment.pk, given, by=alice)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(keep_again_and_again, plans))
    kept = {row.key: row.after for row in assessment.planned_changes.all()}
    events = assessment.events.filter(kind=EventKind.CHANGES_PLANNED).order_by("id")
    assert len(events) == 16
    assert kept == {change["key"]: change["to"] for change in events.reverse()[0].payload["changes"]}
    assert set(kept) in [set(given) for given in plans]


# --- properties


def values_of(question: Question) -> st.SearchStrategy[list[str]]:
    """Texts that an address could give, right and wrong."""
    right: st.SearchStrategy[list[str]]
    if question.kind == "choice":
        right = st.sampled_from([[option.value] for option in question.options])
    elif question.kind == "several":
        right = st.lists(st.sampled_from([option.value for option in question.options]), unique=True)
        right |= st.just(["none_of_these"])
    else:
        right = st.integers(0, 200).map(lambda number: [str(number)])
    return right | st.lists(st.text(max_size=5), max_size=2)


parameters = st.fixed_dictionaries({}, optional={q.key: values_of(q) for q in QUESTIONNAIRE.questions})


@given(given_texts=parameters, extra=st.dictionaries(st.text(max_size=6), st.just(["1"]), max_size=2))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_an_address_says_the_link_says_the_same_and_says_it_for_good(
    given_texts: dict[str, list[str]], extra: dict[str, list[str]]
) -> None:
    tried = read_what_if(QUESTIONNAIRE, SAVED, {**extra, **given_texts})
    assert len(tried.changes) <= len(QUESTIONNAIRE.questions)
    for change in tried.changes:
        assert change.before != change.after
    again = read_what_if(QUESTIONNAIRE, SAVED, parse_qs(tried.query))
    assert again.changes == tried.changes
    assert not again.issues
    assert again.query == tried.query
    answers: Answers = again.answers
    assert decide(QUESTIONNAIRE, answers).verdict == decide(QUESTIONNAIRE, tried.answers).verdict
    for change in tried.changes:
        fewer = tried.without(change.key)
        assert not fewer.left_out or all(question.asked_when for question in fewer.left_out)
        assert change.key not in {other.key for other in fewer.changes}
