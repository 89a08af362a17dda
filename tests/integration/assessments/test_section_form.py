"""The section page without a script: one form posts all its answers."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import submit_assessment
from assess.assessments.models import Answer, Assessment
from assess.people.models import User
from tests.html import compact
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log

pytestmark = pytest.mark.django_db


def post(client: Client, assessment: Assessment, section: str, **fields: Any) -> Any:
    """Post the cards named by `<key>` or `<key>__<field>`; every card posts its version, 0 unless given."""
    data: dict[str, Any] = {"page": str(uuid.uuid4()), "then": "continue"}
    for name, value in fields.items():
        key, _, field = name.partition("__")
        if key in ("page", "then", "take_back"):
            data[key] = value
            continue
        data[f"{key}-{field}" if field else key] = value
        data.setdefault(f"{key}-base_version", "0")
    return client.post(reverse("assessment-section", args=[assessment.pk, section]), data)


def rows(assessment: Assessment) -> dict[str, Answer]:
    return {row.key: row for row in assessment.answers.all()}


def test_save_and_continue_saves_all_and_goes_to_the_next_section(alice_client: Client, assessment: Assessment) -> None:
    response = post(alice_client, assessment, "teams", developers="12", teams=" 3 ", team_collisions="weekly")
    assert response.url == reverse("assessment-section", args=[assessment.pk, "deploys"])
    assert {key: row.value for key, row in rows(assessment).items()} == {
        "developers": 12,
        "teams": 3,
        "team_collisions": "weekly",
    }
    assert_answers_are_the_fold_of_the_log(assessment)


def test_numbers_as_people_type_them_do_not_stop_save_and_continue(
    alice_client: Client, assessment: Assessment
) -> None:
    response = post(alice_client, assessment, "deploys", deploy_minutes="1 h 30 min", deploys_per_week="1,5")
    assert response.status_code == 302
    assert {key: row.value for key, row in rows(assessment).items()} == {"deploy_minutes": 90, "deploys_per_week": 1.5}


def test_a_number_with_two_meanings_is_asked_back_at_its_field_and_one_press_settles_it(
    alice_client: Client, assessment: Assessment
) -> None:
    response = post(alice_client, assessment, "deploys", deploy_minutes="1.000", deploys_per_week="2")
    html = compact(response.text)
    assert response.status_code == 400
    assert {key: row.value for key, row in rows(assessment).items()} == {"deploys_per_week": 2}
    assert 'value="1.000"' in html
    assert "“1.000” can mean 1 or 1,000" in html
    for text, words in (("1", "1"), ("1000", "1,000")):
        assert f'name="read_as" value="deploy_minutes={text}">{words}</button>' in html
    data = {"deploy_minutes": "1.000", "deploy_minutes-base_version": "0", "read_as": "deploy_minutes=1000"}
    response = alice_client.post(reverse("assessment-section", args=[assessment.pk, "deploys"]), data)
    assert response.url == reverse("assessment-section", args=[assessment.pk, "scaling"])
    assert rows(assessment)["deploy_minutes"].value == 1000


def test_a_saved_number_with_three_decimals_is_not_asked_back_when_its_page_is_posted_again(
    alice_client: Client, assessment: Assessment
) -> None:
    post(alice_client, assessment, "deploys", deploys_per_week="1.1250")
    page = alice_client.get(reverse("assessment-section", args=[assessment.pk, "deploys"])).text
    (shown,) = re.findall(r'name="deploys_per_week"\s+id="q-deploys_per_week-value"\s+value="([^"]*)"', page)
    response = post(alice_client, assessment, "deploys", deploys_per_week=shown, deploys_per_week__base_version="1")
    assert response.status_code == 302
    assert (rows(assessment)["deploys_per_week"].value, rows(assessment)["deploys_per_week"].version) == (1.125, 1)


def test_save_and_exit_goes_to_the_overview(alice_client: Client, assessment: Assessment) -> None:
    response = post(alice_client, assessment, "teams", teams="3", then="exit")
    assert response.url == reverse("assessment", args=[assessment.pk])
    assert rows(assessment)["teams"].value == 3


def test_after_the_last_section_comes_the_review(alice_client: Client, assessment: Assessment) -> None:
    response = post(alice_client, assessment, "business", budget="none")
    assert response.url == reverse("assessment-review", args=[assessment.pk])


def test_untouched_cards_write_nothing(alice_client: Client, assessment: Assessment) -> None:
    post(alice_client, assessment, "teams", teams="", developers="", team_collisions__note="")
    assert rows(assessment) == {}


def test_the_same_page_twice_writes_once(alice_client: Client, assessment: Assessment) -> None:
    page = str(uuid.uuid4())
    post(alice_client, assessment, "teams", teams="3", page=page)
    again = post(alice_client, assessment, "teams", teams="3", page=page)
    assert again.status_code == 302
    assert assessment.events.filter(kind="answered").count() == 1


def test_side_fields_come_along(alice_client: Client, assessment: Assessment) -> None:
    post(
        alice_client,
        assessment,
        "teams",
        teams="3",
        teams__note="By the chart",
        teams__basis="estimated",
        teams__link="https://example.org/chart",
        developers="-not_sure",
        developers__who_knows="HR",
        team_collisions="-not_applicable",
        team_collisions__reason="One team",
    )
    saved = rows(assessment)
    assert (saved["teams"].note, saved["teams"].basis, saved["teams"].link) == (
        "By the chart",
        "estimated",
        "https://example.org/chart",
    )
    assert (saved["developers"].value, saved["developers"].who_knows) == (None, "HR")
    assert saved["team_collisions"].not_applicable == "One team"


def test_a_wrong_value_stays_in_its_field_while_the_others_are_saved(
    alice_client: Client, assessment: Assessment
) -> None:
    response = post(alice_client, assessment, "deploys", deploy_minutes="an hour", deploys_per_week="2.5")
    html = response.content.decode()
    assert response.status_code == 400
    assert "Enter minutes between 0 and 10,080" in html
    assert 'value="an hour"' in html
    assert 'href="#q-deploy_minutes"' in html
    assert rows(assessment)["deploys_per_week"].value == 2.5
    assert "deploy_minutes" not in rows(assessment)
    # The saved one is now at version 1 on the page, so that saving again is no conflict.
    assert 'name="deploys_per_week-base_version" value="1"' in html


def test_a_note_beside_a_wrong_value_is_not_lost(alice_client: Client, assessment: Assessment) -> None:
    html = post(
        alice_client, assessment, "deploys", deploy_minutes="x", deploy_minutes__note="Long text"
    ).content.decode()
    assert "Long text</textarea>" in html


def test_a_number_and_not_sure_at_once_are_sorted_out_by_the_person(
    alice_client: Client, assessment: Assessment
) -> None:
    response = post(alice_client, assessment, "teams", teams=["3", "-not_sure"])
    assert response.status_code == 400
    assert "only one of them" in response.content.decode()


def test_an_answer_is_taken_back_by_its_button(alice_client: Client, assessment: Assessment) -> None:
    post(alice_client, assessment, "teams", team_collisions="weekly", teams="3")
    response = post(
        alice_client, assessment, "teams", take_back="team_collisions",
        team_collisions="weekly", team_collisions__base_version="1", teams="4", teams__base_version="1",
    )  # fmt: skip
    assert response.url.endswith("#q-team_collisions")
    saved = rows(assessment)
    assert (saved["team_collisions"].answered, saved["team_collisions"].version) == (False, 2)
    assert saved["teams"].value == 4


def test_an_answer_that_calls_for_another_question_comes_back_to_it(
    alice_client: Client, assessment: Assessment
) -> None:
    response = post(alice_client, assessment, "scope", current_shape="services", services="", motives="none_of_these")
    assert response.url == reverse("assessment-section", args=[assessment.pk, "scope"]) + "#q-services"
    html = compact(alice_client.get(response.url).content.decode())
    assert 'data-card="services" data-when="current_shape:monolith_with_services services">' in html
    assert rows(assessment)["motives"].value == []


def test_a_conflict_shows_both_answers_and_saves_the_rest(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    post(bob_client, assessment, "teams", team_collisions="daily")
    response = post(alice_client, assessment, "teams", team_collisions="weekly", teams="3")
    html = re.sub(r">\s+", ">", response.content.decode())
    assert response.status_code == 409
    assert "<strong>Bob</strong>saved another answer" in html
    assert "<dd>Daily" in html
    assert "<dd>About once a week" in html
    assert 'name="team_collisions-seen" value="1"' in html
    assert 'name="team_collisions-base_version" value="0"' in html
    saved = rows(assessment)
    assert (saved["team_collisions"].value, saved["teams"].value) == ("daily", 3)


def test_an_undecided_conflict_stays_undecided(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    post(bob_client, assessment, "teams", team_collisions="daily")
    for _ in range(2):
        response = post(alice_client, assessment, "teams", team_collisions="weekly", team_collisions__seen="1")
        assert response.status_code == 409
    assert rows(assessment)["team_collisions"].value == "daily"


def test_keep_mine_and_take_theirs(alice_client: Client, bob_client: Client, assessment: Assessment) -> None:
    post(bob_client, assessment, "teams", team_collisions="daily", ownership="people")
    response = post(
        alice_client, assessment, "teams",
        team_collisions="weekly", team_collisions__seen="1", team_collisions__decide="mine",
        ownership="teams", ownership__seen="1", ownership__decide="theirs",
    )  # fmt: skip
    assert response.status_code == 302
    saved = rows(assessment)
    assert (saved["team_collisions"].value, saved["ownership"].value) == ("weekly", "people")
    values = [e.payload["value"] for e in assessment.events.filter(key="team_collisions").order_by("version")]
    assert values == ["daily", "weekly"]


def test_what_somebody_else_changed_and_i_did_not_touch_is_no_conflict(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    post(alice_client, assessment, "teams", team_collisions="weekly")
    # Alice's page shows version 1; Bob changes it; she changes another card only.
    post(bob_client, assessment, "teams", team_collisions="daily", team_collisions__base_version="1")
    response = post(
        alice_client, assessment, "teams", team_collisions="weekly", team_collisions__base_version="1", teams="3"
    )
    assert response.status_code == 302
    saved = rows(assessment)
    assert (saved["team_collisions"].value, saved["teams"].value) == ("daily", 3)


def test_both_giving_the_same_answer_is_no_conflict(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    post(bob_client, assessment, "teams", team_collisions="daily")
    assert post(alice_client, assessment, "teams", team_collisions="daily").status_code == 302


def test_a_page_opened_before_submitting_changes_nothing_after_it(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    post(alice_client, assessment, "teams", teams="3")
    submit_assessment(assessment, by=alice)
    response = post(alice_client, assessment, "teams", teams="9", teams__base_version="1")
    assert response.status_code == 409
    assert f'href="{reverse("assessment-review", args=[assessment.pk])}#teams"' in response.text
    assert rows(assessment)["teams"].value == 3


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.5"])
def test_a_broken_version_is_refused_kindly(alice_client: Client, assessment: Assessment, version: str) -> None:
    response = post(alice_client, assessment, "teams", teams="3", teams__base_version=version)
    assert response.status_code in (400, 409)
    assert rows(assessment) == {}


def test_answers_typed_into_a_version_that_was_submitted_meanwhile_are_shown_to_be_copied(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    post(alice_client, assessment, "teams", developers="12")
    submit_assessment(assessment, by=alice)
    response = post(
        alice_client, assessment, "teams", developers="12", developers__base_version="1", team_collisions="weekly",
        team_collisions__note="Typed for nothing?",
    )  # fmt: skip
    html = compact(response.text)
    assert response.status_code == 409
    assert "Nothing was saved: this version was submitted meanwhile" in html
    assert "About once a week<br>Typed for nothing?" in html
    assert "12" not in html.split("Copy what you still need")[1].split("</dl>")[0]
    assert set(rows(assessment)) == {"developers"}
    # Whoever typed nothing new goes straight on.
    unchanged = post(alice_client, assessment, "teams", developers="12", developers__base_version="1")
    assert unchanged.url == f"{reverse('assessment-review', args=[assessment.pk])}#teams"
