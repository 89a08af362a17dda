"""What the pages of an assessment show, to whom, and with how many queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import delete_assessment, start_assessment, start_next_version, submit_assessment
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Edition, Event, System
from assess.people.models import Team, User
from assess.questionnaire.answers import is_asked
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.factories import AssessmentFactory, MembershipFactory
from tests.html import compact
from tests.integration.assessments.conftest import queries_of

pytestmark = pytest.mark.django_db

FULL = {
    question.key: AnswerValue(value=question.options[0].value)
    if question.kind == "choice"
    else AnswerValue(value=() if question.kind == "several" else 1)
    for question in builtin_questionnaire().questions
}


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


def without_token(response: Any) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())


# --- the list


def test_without_assessments_the_list_starts_one_by_a_name(alice_client: Client, alice: User, edition: Edition) -> None:
    html = page(alice_client, "assessments")
    form = html[html.index("Your first assessment") :]
    address = re.search(r'<form method="post" action="([^"]+)"', form)[1]  # type: ignore[index]
    name = re.search(r'<input type="text"[^>]* name="([^"]+)"', form)[1]  # type: ignore[index]
    response = alice_client.post(address, {name: "Web shop"})
    assert response.headers["Location"] == reverse(
        "assessment", args=[Assessment.objects.get(system__name="Web shop").pk]
    )


def test_without_assessments_a_sample_result_is_one_click_away(alice_client: Client, alice: User) -> None:
    html = page(alice_client, "assessments")
    assert f'href="{reverse("sample")}"' in html[html.index("Your first assessment") : html.index("<footer")]


def test_the_list_says_how_far_and_who_was_last(
    alice_client: Client, team: Team, alice: User, bob: User, edition: Edition
) -> None:
    answers = {
        "tech_lock_in": AnswerValue(value="none"),
        "kept_apart": AnswerValue(value="none"),
        "teams": AnswerValue(value=3),
    }
    start_assessment(team=team, system_name="Web shop", edition=edition, by=bob, carried=answers)
    html = page(alice_client, "assessments")
    assert "Web shop" in html
    asked = sum(is_asked(question, answers) for question in questionnaire_of(edition).questions)
    assert f"3 of {asked} questions · 1 of 10 sections done, last change {timezone.localtime():%H:}" in html
    assert "by Bob" in html
    assert "Continue" in html


def test_every_row_has_the_one_action_that_its_state_calls_for(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    start_assessment(team=team, system_name="New", edition=edition, by=alice)
    start_assessment(team=team, system_name="Full", edition=edition, by=alice, carried=FULL)
    done = start_assessment(team=team, system_name="Done", edition=edition, by=alice, carried=FULL)
    submit_assessment(done, by=alice)
    response = alice_client.get(reverse("assessments"))
    actions = {str(row.assessment.system): row.action[0] for row in response.context["rows"]}
    assert actions == {"New": "Begin", "Full": "Review and submit", "Done": "See the result"}


def test_a_row_shows_the_result_of_each_version(alice_client: Client, alice: User, assessment: Assessment) -> None:
    Answer.objects.create(assessment=assessment, key="teams", value=3, answered_by=alice)
    submit_assessment(assessment, by=alice)
    second = start_next_version(assessment, by=alice)
    Answer.objects.create(assessment=second, key="teams", value=3, answered_by=alice)
    submit_assessment(second, by=alice)
    html = page(alice_client, "assessments")
    assert html.count("data-assessment=") == 1
    for version in (assessment, second):
        assert reverse("assessment-result", args=[version.pk]) in html


def test_filters_narrow_the_list(alice_client: Client, team: Team, alice: User, edition: Edition) -> None:
    start_assessment(team=team, system_name="Search engine", edition=edition, by=alice)
    done = start_assessment(team=team, system_name="Billing", edition=edition, by=alice, carried=FULL)
    verdict = submit_assessment(done, by=alice).verdict
    other = "stay" if verdict != "stay" else "extract"

    def names(**query: str) -> set[str]:
        rows = alice_client.get(reverse("assessments"), query).context["rows"]
        return {str(row.assessment.system) for row in rows}

    assert names() == {"Search engine", "Billing"}
    assert names(q="engine") == {"Search engine"}
    assert names(state="open") == {"Search engine"}
    assert names(state="submitted") == {"Billing"}
    assert names(verdict=verdict) == {"Billing"}
    assert names(verdict=other) == set()
    assert names(team=str(team.pk)) == {"Search engine", "Billing"}
    assert names(team="999999999") == set()
    assert names(q="nothing like it") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"team": "x"},
        {"team": "9" * 40},
        {"team": "²"},
        {"verdict": "maybe"},
        {"state": "?"},
        {"q": "\x00"},
        {"q": "%_\\"},
        {"before": "yesterday", "below": "1"},
        {"before": "2026-01-01T00:00:00", "below": "1"},
        {"before": "2026-01-01T00:00:00+00:00", "below": "x"},
        {"before": "2026-01-01T00:00:00+00:00", "below": "9" * 30},
        {"before": "0001-01-01T00:00:00+14:00", "below": "5"},
        {"undo": "x"},
        {"undo": "9" * 40},
    ],
)
def test_nonsense_in_the_address_does_no_harm(alice_client: Client, query: dict[str, str]) -> None:
    assert alice_client.get(reverse("assessments"), query).status_code == 200


def test_older_pages_show_every_assessment_once(alice_client: Client, team: Team, alice: User) -> None:
    at = timezone.now()
    for number in range(60):
        # Groups of the same moment: the id has to break the tie.
        AssessmentFactory(team=team, by=alice, updated_at=at - timedelta(minutes=number // 7))
    seen: list[int] = []
    url = reverse("assessments")
    pages = 0
    while url:
        context = alice_client.get(url).context
        seen += [row.assessment.pk for row in context["rows"]]
        url = reverse("assessments") + context["older"] if context["older"] else ""
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 60


def test_older_keeps_the_filters(alice_client: Client, team: Team, alice: User) -> None:
    for _ in range(30):
        AssessmentFactory(team=team, by=alice)
    context = alice_client.get(reverse("assessments"), {"state": "open", "q": "System"}).context
    assert "state=open" in context["older"]
    assert "q=System" in context["older"]


def test_the_list_takes_the_same_few_queries_for_one_and_for_many(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    def ask() -> None:
        alice_client.get(reverse("assessments"))

    start_assessment(team=team, system_name="First", edition=edition, by=alice, carried=FULL)
    ask()
    few = queries_of(ask)
    for number in range(24):
        start_assessment(team=team, system_name=f"System {number}", edition=edition, by=alice, carried=FULL)
    many = queries_of(ask)
    assert len(few) == len(many) <= 10, many


def test_an_architect_sees_the_workspace_and_a_stranger_nothing(
    rita_client: Client, charlie_client: Client, assessment: Assessment
) -> None:
    assert "Web shop" in page(rita_client, "assessments")
    assert "Web shop" not in page(charlie_client, "assessments")
    assert "Web shop" not in page(charlie_client, "assessments", state="deleted")


# --- starting


def test_starting_leads_to_the_overview(alice_client: Client, alice: User, team: Team, edition: Edition) -> None:
    response = alice_client.post(reverse("assessment-new"), {"system-name": "  Web   shop "})
    made = Assessment.objects.get()
    assert response.url == reverse("assessment", args=[made.pk])
    assert (made.system.name, made.system.team, made.version, made.created_by) == ("Web shop", team, 1, alice)
    assert Event.objects.get(assessment=made).kind == "started"


def test_answers_of_the_quick_check_come_along_and_survive_a_mistake(
    alice_client: Client, alice: User, edition: Edition
) -> None:
    quick = {"teams": "5", "tracing": "planned", "hot_share": "nonsense", "unknown": "x"}
    html = page(alice_client, "assessment-new", **quick)
    assert "5 teams" in html
    again = alice_client.post(reverse("assessment-new"), {"system-name": "", "teams": "5", "tracing": "planned"})
    assert again.status_code == 400
    assert "Enter the name of the system" in again.content.decode()
    assert 'name="tracing" value="planned"' in again.content.decode()
    alice_client.post(reverse("assessment-new"), {"system-name": "Shop", "teams": "5", "tracing": "planned"})
    made = Assessment.objects.get()
    assert {key: answer.value for key, answer in made.current_answers().items()} == {"teams": 5, "tracing": "planned"}
    assert made.events.filter(kind="answered").count() == 2


def test_somebody_on_two_teams_chooses_one(
    alice_client: Client, alice: User, other_team: Team, edition: Edition
) -> None:
    MembershipFactory(user=alice, team=other_team)
    refused = alice_client.post(reverse("assessment-new"), {"system-name": "Shop"})
    assert "Choose the team" in refused.content.decode()
    alice_client.post(reverse("assessment-new"), {"system-name": "Shop", "team-id": str(other_team.pk)})
    assert System.objects.get().team == other_team


def test_nobody_starts_for_a_team_of_others(
    alice_client: Client, alice: User, charlies_team: Team, edition: Edition
) -> None:
    alice_client.post(reverse("assessment-new"), {"system-name": "Shop", "team-id": str(charlies_team.pk)})
    assert not System.objects.filter(team=charlies_team).exists()


def test_a_system_with_an_assessment_leads_to_it(alice_client: Client, assessment: Assessment) -> None:
    html = alice_client.post(reverse("assessment-new"), {"system-name": "Web shop"}).content.decode()
    assert f'href="{reverse("assessment", args=[assessment.pk])}"' in html
    assert Assessment.objects.count() == 1


def test_names_of_systems_are_offered_only_from_my_teams(
    alice_client: Client, assessment: Assessment, charlies_team: Team, charlie: User, edition: Edition
) -> None:
    start_assessment(team=charlies_team, system_name="Secret", edition=edition, by=charlie)
    html = page(alice_client, "assessment-new")
    assert '<option value="Web shop">' in html
    assert "Secret" not in html


def test_without_a_team_nothing_can_be_started_and_the_page_says_who_starts(rita_client: Client) -> None:
    response = rita_client.get(reverse("assessment-new"))
    assert response.status_code == 403
    assert "Members of the team that runs a system start its assessment" in response.content.decode()


def test_the_list_offers_no_start_to_an_architect(rita_client: Client, team: Team) -> None:
    html = page(rita_client, "assessments")
    assert reverse("assessment-new") not in html
    assert "as soon as a team of your workspace starts one" in html


def test_an_administrators_empty_list_leads_to_the_questionnaires(ada_client: Client, team: Team) -> None:
    html = page(ada_client, "assessments")
    assert reverse("assessment-new") not in html
    assert "Assessments of teams are not shown to administrators" in html
    assert reverse("editions") in html


def test_without_questionnaires_starting_says_whom_to_ask(alice_client: Client) -> None:
    assert "load the questionnaires" in page(alice_client, "assessment-new")


# --- the overview


def test_continue_leads_to_the_first_question_without_an_answer(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    answers = {key: FULL[key] for key in ("scope", "current_shape")} | {"product_stage": AnswerValue()}
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=answers)
    html = page(alice_client, "assessment", made.pk)
    assert f"{reverse('assessment-section', args=[made.pk, 'scope'])}#next" in html
    assert "minutes left" in html
    # "services" is not asked of a monolith, and "not sure yet" is an answer.
    section = compact(page(alice_client, "assessment-section", made.pk, "scope"))
    assert 'data-card="motives" id="next">' in section
    assert section.count('id="next"') == 1


def test_the_overview_counts_each_section(alice_client: Client, assessment: Assessment, alice: User) -> None:
    for key in ("tracing", "metrics"):
        Answer.objects.create(assessment=assessment, key=key, value="none", answered_by=alice)
    assert "2 of 3" in page(alice_client, "assessment", assessment.pk)


# --- the section page


def test_section_page_takes_at_most_eight_queries(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=FULL)
    url = reverse("assessment-section", args=[made.pk, "devops"])
    alice_client.get(url)
    assert len(queries_of(lambda: alice_client.get(url))) <= 8


def test_a_question_that_is_not_asked_is_there_but_hidden(alice_client: Client, assessment: Assessment) -> None:
    html = compact(page(alice_client, "assessment-section", assessment.pk, "scope"))
    assert 'data-card="services" data-when="current_shape:monolith_with_services services" hidden>' in html


def test_those_who_may_not_answer_are_led_to_the_answers(rita_client: Client, assessment: Assessment) -> None:
    url = reverse("assessment-section", args=[assessment.pk, "teams"])
    assert rita_client.get(url).url.startswith(reverse("assessment-review", args=[assessment.pk]))
    assert rita_client.post(url, {}).status_code == 403


def test_an_unknown_section_is_not_there(alice_client: Client, assessment: Assessment) -> None:
    assert alice_client.get(reverse("assessment-section", args=[assessment.pk, "nowhere"])).status_code == 404


def test_what_people_type_is_shown_as_text(alice_client: Client, assessment: Assessment, alice: User) -> None:
    nasty = '"><script>alert(1)</script>{{ 7|add:7 }}'
    Answer.objects.create(assessment=assessment, key="teams", value=3, note=nasty, answered_by=alice)
    System.objects.update(name=nasty[:100])
    for name, args in (
        ("assessments", ()),
        ("assessment", (assessment.pk,)),
        ("assessment-section", (assessment.pk, "teams")),
        ("assessment-review", (assessment.pk,)),
        ("assessment-result", (assessment.pk,)),
        ("assessment-new", ()),
    ):
        assert "<script>alert" not in page(alice_client, name, *args)


# --- review and result


def test_the_review_marks_what_is_unanswered_and_not_sure(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    answers = {
        "teams": AnswerValue(value=5, basis="measured", note="Counted"),
        "budget": AnswerValue(who_knows="Finance"),
        "gateway": AnswerValue(not_applicable="No web traffic"),
    }
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=answers)
    html = page(alice_client, "assessment-review", made.pk)
    assert '<div id="q-teams" data-state="known">' in html
    assert '<div id="q-budget" data-state="not_sure">' in html
    assert '<div id="q-gateway" data-state="not_applicable">' in html
    assert '<div id="q-tracing" data-state="unanswered">' in html
    assert 'id="q-services"' not in html
    assert "5 teams" in html
    assert "Finance would know" in html
    assert "Measured" in html
    assert f"{reverse('assessment-section', args=[made.pk, 'tracing'])}#q-tracing" in html


def test_before_enough_answers_the_result_asks_for_them(alice_client: Client, assessment: Assessment) -> None:
    html = page(alice_client, "assessment-result", assessment.pk)
    assert "No verdict yet" in html
    assert "Answer these first" in html
    assert "data-verdict=" not in html


def test_a_conditional_result_says_what_could_still_change_it(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    answers = {question.key: FULL[question.key] for question in builtin_questionnaire().quick_questions}
    answers["team_collisions"] = AnswerValue(value="never")
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=answers)
    html = page(alice_client, "assessment-result", made.pk)
    assert "data-verdict=" in html
    assert 'data-settled="conditional"' in html
    assert "The open question that matters most" in html
    assert f"{reverse('assessment-what-if', args=[made.pk])}?" in html


def test_a_submitted_result_is_the_one_that_was_kept(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    made = submit_assessment(
        start_assessment(team=team, system_name="S", edition=edition, by=alice, carried=FULL), by=alice
    )
    html = page(alice_client, "assessment-result", made.pk)
    assert f'data-verdict="{made.verdict}" data-form="{made.form}"' in html
    assert made.answers_hash[:12] in html
    assert "Start version 2" in html
    assert "submitted" in html


def test_an_older_version_says_that_it_is_older(
    alice_client: Client, team: Team, alice: User, edition: Edition
) -> None:
    made = submit_assessment(
        start_assessment(team=team, system_name="S", edition=edition, by=alice, carried=FULL), by=alice
    )
    start_next_version(made, by=alice)
    html = page(alice_client, "assessment-result", made.pk)
    assert "This is an older version" in html
    assert "Start version" not in html


def test_the_architect_reads_every_page_and_changes_nothing(rita_client: Client, assessment: Assessment) -> None:
    for name in ("assessment", "assessment-review", "assessment-result"):
        html = page(rita_client, name, assessment.pk)
        assert "Delete this version" not in html
        assert "Submit version" not in html
    for name in ("assessment-submit", "assessment-next-version", "assessment-delete"):
        assert rita_client.post(reverse(name, args=[assessment.pk])).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["assessment", "assessment-review", "assessment-result"],
)
def test_a_strangers_404_is_the_404_of_nothing(charlie_client: Client, assessment: Assessment, name: str) -> None:
    there = charlie_client.get(reverse(name, args=[assessment.pk]))
    nowhere = charlie_client.get(reverse(name, args=[10**12]))
    assert there.status_code == nowhere.status_code == 404
    assert without_token(there) == without_token(nowhere)


# --- deleting and bringing back


def test_delete_offers_its_undo(alice_client: Client, assessment: Assessment) -> None:
    gone = alice_client.post(reverse("assessment-delete", args=[assessment.pk]), follow=True)
    html = gone.content.decode()
    assert "Web shop, version 1, is deleted" in html
    assert reverse("assessment-restore", args=[assessment.pk]) in html
    assert alice_client.get(reverse("assessment", args=[assessment.pk])).status_code == 404
    back = alice_client.post(reverse("assessment-restore", args=[assessment.pk]), follow=True)
    assert "is back" in back.content.decode()
    assert alice_client.get(reverse("assessment", args=[assessment.pk])).status_code == 200


def test_the_deleted_wait_in_a_list_of_their_own(alice_client: Client, alice: User, assessment: Assessment) -> None:
    delete_assessment(assessment, by=alice)
    assert "Web shop" not in page(alice_client, "assessments")
    html = page(alice_client, "assessments", state="deleted")
    assert "Web shop" in html
    assert "Restore" in html


def test_restoring_beside_an_open_version_says_what_to_do(
    alice_client: Client, alice: User, team: Team, edition: Edition, assessment: Assessment
) -> None:
    delete_assessment(assessment, by=alice)
    start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    html = alice_client.post(reverse("assessment-restore", args=[assessment.pk]), follow=True).content.decode()
    assert "Submit or delete the version that is open now" in html


def test_an_architect_and_a_stranger_bring_nothing_back(
    rita_client: Client, charlie: User, alice: User, assessment: Assessment
) -> None:
    delete_assessment(assessment, by=alice)
    url = reverse("assessment-restore", args=[assessment.pk])
    assert rita_client.post(url).status_code == 403
    assert client_of(charlie).post(url).status_code == 404
