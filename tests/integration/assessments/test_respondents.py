"""Asking people to answer apart, their own sheets, and going back to one: what is kept, and what the log tells."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments import assignments, invitation_links, respondents, response_mode
from assess.assessments.actions import delete_assessment, start_assessment, submit_assessment
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import fold_answers, fold_row
from assess.assessments.models import Answer, Assessment, Edition, GuestLink, Respondent, Response
from assess.assessments.perspectives import Perspective
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Notice, Team, User
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log, queries_of

pytestmark = pytest.mark.django_db

Save = Callable[..., Any]


def change(key: str, value: object, *, base: int = 0, **fields: Any) -> Change:
    mutation = uuid.uuid4()
    return Change(key=key, answered=True, value=value, base_version=base, mutation_id=mutation, **fields)


def give(assessment: Assessment, user: User, key: str, value: object, **fields: Any) -> None:
    """An answer of this person: their separate answer where they have one, else the shared one."""
    own = Respondent.objects.filter(assessment=assessment, user=user, removed_at=None).first()
    sheet = own.pk if own and Assessment.objects.get(pk=assessment.pk).answers_separately else None
    outcome = save_answer(assessment.pk, change(key, value, **fields), by=user, respondent_id=sheet)
    assert isinstance(outcome, Saved), outcome


@pytest.fixture
def apart(assessment: Assessment, alice: User, bob: User, ravi: User) -> Assessment:
    """Alice has asked Bob and Ravi, so that all three have sheets."""
    respondents.ask_people(assessment, people=[bob, ravi], by=alice)
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def save() -> Save:
    """Post one answer to one's own sheet, as the page's script does."""

    def post(client: Client, assessment: Assessment | int, question: str, *, sheet: object = "", **fields: Any) -> Any:
        data = {"question": question, "base_version": 0, "mutation_id": str(uuid.uuid4()), **fields}
        number = assessment if isinstance(assessment, int) else assessment.pk
        url = reverse("assessment-my-answers", args=[number])
        return client.post(f"{url}?respondent={sheet}", json.dumps(data), content_type="application/json")

    return post


def respondent_of(assessment: Assessment, user: User) -> Respondent:
    return Respondent.objects.get(assessment=assessment, user=user, removed_at=None)


def values_of(assessment: Assessment, user: User) -> dict[str, Any]:
    return {row.key: row.value for row in respondent_of(assessment, user).responses.filter(answered=True)}


def common(assessment: Assessment) -> dict[str, Any]:
    return {row.key: row.value for row in assessment.answers.filter(answered=True)}


def assert_sheets_are_the_fold_of_the_log(assessment: Assessment) -> None:
    assert fold_answers(assessment.events.filter(respondent=None)) == {
        row.key: fold_row(row) for row in assessment.answers.all()
    }
    for respondent in assessment.respondents.all():
        rows = {row.key: fold_row(row) for row in respondent.responses.all()}
        assert fold_answers(respondent.events.all()) == rows


def kinds(assessment: Assessment) -> list[str]:
    return list(assessment.events.order_by("number").values_list("kind", flat=True))


# --- asking


def test_first_ask_turns_shared_answers_into_those_of_their_authors(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(assessment, alice, "teams", 5, note="By the chart", basis="measured")
    give(assessment, bob, "developers", 40)
    before = assessment.current_answers()
    respondents.ask_people(assessment, people=[ravi], perspective="operations", by=alice)
    assessment.refresh_from_db()
    assert assessment.answers_separately
    assert values_of(assessment, alice) == {"teams": 5}
    assert values_of(assessment, bob) == {"developers": 40}
    assert values_of(assessment, ravi) == {}
    moved = respondent_of(assessment, alice).responses.get(key="teams")
    assert (moved.note, moved.basis) == ("By the chart", "measured")
    assert common(assessment) == {}
    assert {key: answer.value for key, answer in assessment.current_answers().items()} == {
        key: answer.value for key, answer in before.items()
    }
    assert_sheets_are_the_fold_of_the_log(assessment)
    assert "asked_apart" in kinds(assessment)


def test_lead_who_asks_becomes_a_respondent_for_every_section(apart: Assessment, alice: User) -> None:
    questionnaire = questionnaire_of(apart.edition)
    assert assignments.assigned_sections(questionnaire, respondent_of(apart, alice)) == questionnaire.sections


def test_asked_person_gets_a_notice_with_a_link(apart: Assessment, ravi: User) -> None:
    notice = Notice.objects.get(user=ravi)
    assert "Alice asks you to answer Web shop" in notice.text
    assert notice.url == reverse("assessment-mine", args=[apart.pk])


def test_asking_twice_makes_no_second_respondent(apart: Assessment, alice: User, ravi: User) -> None:
    respondents.ask_people(apart, people=[ravi], by=alice)
    assert Respondent.objects.filter(assessment=apart, user=ravi).count() == 1


def test_only_a_lead_asks(assessment: Assessment, bob: User, rita: User, ravi: User) -> None:
    for person in (bob, rita):
        with pytest.raises(PermissionDenied):
            respondents.ask_people(assessment, people=[ravi], by=person)
    assert not assessment.respondents.exists()


def test_only_people_of_the_workspace_are_asked_by_name(
    assessment: Assessment, alice: User, charlie: User, olga: User
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        respondents.ask_people(assessment, people=[charlie], by=alice)
    assert "by mail" in refused.value.issues[0].message
    assert [str(asked) for asked in respondents.ask_people(assessment, people=[olga], by=alice)] == ["Olga"]


def test_nobody_can_be_asked_for_a_submitted_version(assessment: Assessment, alice: User, ravi: User) -> None:
    give(assessment, alice, "teams", 5)
    submit_assessment(assessment, by=alice)
    with pytest.raises(ValidationFailed):
        respondents.ask_people(assessment, people=[ravi], by=alice)
    with pytest.raises(ValidationFailed):
        respondents.make_guest_link(assessment, by=alice)


def test_sections_by_perspective_match_the_documentation(assessment: Assessment) -> None:
    text = (Path(__file__).parents[3] / "docs" / "many-people.md").read_text()
    told = dict(re.findall(r"^\| (\w+) \| ([a-z, ]+) \|$", text.split("| perspective | sections |")[1], re.MULTILINE))
    assert set(told) == set(Perspective.values)
    for perspective, slugs in told.items():
        asked = assignments.assigned_sections(questionnaire_of(assessment.edition), Respondent(perspective=perspective))
        assert ", ".join(section.slug for section in asked) == slugs


def test_addresses_of_those_asked_are_for_leads_only(assessment: Assessment, alice: User, vera: User) -> None:
    respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    address = reverse("assessment-people", args=[assessment.pk])
    assert "kim@partner.example" in client_of(alice).get(address).content.decode()
    html = client_of(vera).get(address).content.decode()
    assert "kim@partner.example" not in html
    assert "Somebody asked by mail" in html


def test_own_questionnaire_with_other_sections_is_asked_whole(assessment: Assessment) -> None:
    from dataclasses import replace

    questionnaire = questionnaire_of(assessment.edition)
    renamed = replace(
        questionnaire, sections=tuple(replace(part, slug=f"our-{part.slug}") for part in questionnaire.sections)
    )
    for respondent in (Respondent(perspective="product"), Respondent(perspective="product", sections=["business"])):
        assert assignments.assigned_sections(renamed, respondent) == renamed.sections


def test_sections_may_be_chosen_and_changed(apart: Assessment, alice: User, ravi: User) -> None:
    sheet = respondent_of(apart, ravi)
    respondents.change_sections(apart, sheet.pk, perspective="product", sections=["business", "teams"], by=alice)
    sheet.refresh_from_db()
    asked = assignments.assigned_sections(questionnaire_of(apart.edition), sheet)
    assert [section.slug for section in asked] == ["teams", "business"]
    with pytest.raises(ValidationFailed):
        respondents.change_sections(apart, sheet.pk, perspective="astronaut", sections=["nowhere"], by=alice)


def test_removed_respondents_answers_do_not_count_until_they_are_asked_again(
    apart: Assessment, alice: User, ravi: User
) -> None:
    give(apart, ravi, "teams", 5)
    sheet = respondent_of(apart, ravi)
    respondents.remove_respondent(apart, sheet.pk, by=alice)
    assert apart.current_answers() == {}
    assert Response.objects.filter(respondent=sheet, value=5).exists()
    respondents.ask_people(apart, people=[ravi], by=alice)
    assert respondent_of(apart, ravi) == sheet
    assert apart.current_answers()["teams"].value == 5
    assert_sheets_are_the_fold_of_the_log(apart)


def test_member_can_join_only_while_people_answer_separately(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    client = client_of(bob)
    url = reverse("assessment-answer-myself", args=[assessment.pk])
    client.post(url)
    assert not assessment.respondents.exists()
    respondents.ask_people(assessment, people=[ravi], by=alice)
    assert client.post(url).url == reverse("assessment-mine", args=[assessment.pk])
    assert respondent_of(assessment, bob).perspective == "developer"


def test_reminding_waits_a_day_and_ends_when_somebody_is_done(apart: Assessment, alice: User, ravi: User) -> None:
    sheet = respondent_of(apart, ravi)
    with pytest.raises(ValidationFailed) as refused:
        respondents.remind_respondent(apart, sheet.pk, by=alice)
    assert "tomorrow" in refused.value.issues[0].message
    Respondent.objects.filter(pk=sheet.pk).update(asked_at=timezone.now() - timedelta(days=2))
    respondents.remind_respondent(apart, sheet.pk, by=alice)
    assert Notice.objects.filter(user=ravi).count() == 2
    assert "reminded" in kinds(apart)
    with pytest.raises(ValidationFailed):
        respondents.remind_respondent(apart, sheet.pk, by=alice)
    Respondent.objects.filter(pk=sheet.pk).update(reminded_at=None)
    respondents.finish_answering(sheet, by=ravi)
    with pytest.raises(ValidationFailed) as refused:
        respondents.remind_respondent(apart, sheet.pk, by=alice)
    assert "finished" in refused.value.issues[0].message


def test_a_guest_by_link_has_no_address_to_be_reminded_at(assessment: Assessment, alice: User) -> None:
    _, token = respondents.make_guest_link(assessment, by=alice)
    guest, _ = invitation_links.join_as_guest(token, name="Kim")
    Respondent.objects.update(asked_at=timezone.now() - timedelta(days=2))
    with pytest.raises(ValidationFailed) as refused:
        respondents.remind_respondent(assessment, guest.pk, by=alice)
    assert "Tell Kim yourself" in refused.value.issues[0].message
    html = client_of(alice).get(reverse("assessment-people", args=[assessment.pk])).content.decode()
    assert "Remind" not in html


# --- by mail


def test_each_address_gets_a_link_of_its_own(
    assessment: Assessment, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        respondents.ask_by_mail(assessment, emails=["kim@partner.example", " Lee@Partner.example "], by=alice)
    assert [message.to for message in mail.outbox] == [["kim@partner.example"], ["lee@partner.example"]]
    links = {message.body.split("/join/")[1].split("/")[0] for message in mail.outbox}
    assert len(links) == 2
    assert not Respondent.objects.filter(token_hash__in=links).exists()  # only hashes are kept
    assert all("only a name" in message.body for message in mail.outbox)


def test_every_wrong_address_is_named_and_nobody_is_asked(assessment: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        respondents.ask_by_mail(assessment, emails=["kim@partner.example", "kim", "a b@c.example"], by=alice)
    told = " ".join(issue.message for issue in refused.value.issues)
    assert "“kim”" in told
    assert "“a b@c.example”" in told
    assert not assessment.respondents.exists()
    assert not Assessment.objects.get(pk=assessment.pk).answers_separately


def test_whoever_has_an_account_here_is_asked_there(
    assessment: Assessment, alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        respondents.ask_by_mail(assessment, emails=[bob.email.upper()], by=alice)
    assert respondent_of(assessment, bob).token_hash is None
    assert "/join/" not in mail.outbox[0].body


def test_the_same_address_is_not_asked_twice(assessment: Assessment, alice: User) -> None:
    respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    with pytest.raises(ValidationFailed) as refused:
        respondents.ask_by_mail(assessment, emails=["KIM@partner.example"], by=alice)
    assert "remind" in refused.value.issues[0].message


def test_twenty_mails_a_day_and_not_one_more(assessment: Assessment, alice: User) -> None:
    respondents.ask_by_mail(assessment, emails=[f"p{n}@partner.example" for n in range(19)], by=alice)
    with pytest.raises(ValidationFailed) as refused:
        respondents.ask_by_mail(assessment, emails=["x@partner.example", "y@partner.example"], by=alice)
    assert "the limit is 20 people a day" in refused.value.issues[0].message
    respondents.ask_by_mail(assessment, emails=["x@partner.example"], by=alice)
    Respondent.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    respondents.ask_by_mail(assessment, emails=["y@partner.example"], by=alice)


def test_a_reminder_by_mail_brings_a_new_link_and_ends_the_old(
    assessment: Assessment, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (asked,) = respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    Respondent.objects.update(asked_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        respondents.remind_respondent(assessment, asked.pk, by=alice)
    old, new = (message.body.split("/join/")[1].split("/")[0] for message in mail.outbox)
    assert invitation_links.resolve_link(old) is None
    assert invitation_links.resolve_link(new) is not None


# --- saving on one's own sheet


def test_separate_answer_is_saved_for_its_respondent_and_logged(
    apart: Assessment, bob: User, ravi: User, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    sheet = respondent_of(apart, ravi)
    response = save(client_of(ravi), apart, "teams", sheet=sheet.pk, value=5, note="Ours", mutation_id=mutation)
    assert (response.status_code, response.json()["version"]) == (200, 1)
    save(client_of(bob), apart, "teams", value=9)
    assert (values_of(apart, ravi), values_of(apart, bob)) == ({"teams": 5}, {"teams": 9})
    event = apart.events.get(mutation_id=mutation)
    assert (event.respondent, event.by, event.payload["note"]) == (sheet, ravi, "Ours")
    assert common(apart) == {}
    assert apart.current_answers()["teams"].between == (5, 9)
    assert_sheets_are_the_fold_of_the_log(apart)


def test_saving_a_separate_answer_takes_at_most_five_queries(apart: Assessment, ravi: User, save: Save) -> None:
    client, sheet = client_of(ravi), respondent_of(apart, ravi)
    save(client, apart, "teams", sheet=sheet.pk, value=5)
    statements = queries_of(lambda: save(client, apart, "teams", sheet=sheet.pk, value=6, base_version=1))
    assert len(statements) <= 5, statements
    assert values_of(apart, ravi) == {"teams": 6}


def test_a_retry_gets_its_first_outcome(apart: Assessment, ravi: User, save: Save) -> None:
    mutation = str(uuid.uuid4())
    first = save(client_of(ravi), apart, "teams", value=5, mutation_id=mutation)
    save(client_of(ravi), apart, "teams", value=6, base_version=1)
    again = save(client_of(ravi), apart, "teams", value=5, mutation_id=mutation)
    assert (again.status_code, again.json()) == (200, first.json())
    assert values_of(apart, ravi) == {"teams": 6}


def test_two_tabs_of_one_person_get_a_conflict_with_both_answers(apart: Assessment, ravi: User, save: Save) -> None:
    client = client_of(ravi)
    save(client, apart, "deploy_minutes", value=45, note="From the pipeline")
    late = save(client, apart, "deploy_minutes", value=30)
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    present = late.json()["present"]
    assert (present["words"], present["by"], present["version"]) == ("45 minutes", "You", 1)
    assert save(client, apart, "deploy_minutes", value=30, base_version=1).status_code == 200
    assert [event.payload["value"] for event in apart.events.filter(kind="answered").order_by("id")] == [45, 30]


def test_conflict_does_not_reveal_others_answers(apart: Assessment, bob: User, ravi: User, save: Save) -> None:
    save(client_of(bob), apart, "teams", value=777, note="between us")
    response = save(client_of(ravi), apart, "teams", value=5, base_version=3)
    assert (response.status_code, response.json()["present"]) == (409, None)
    assert "777" not in response.content.decode()


def test_a_submitted_version_takes_no_answer(apart: Assessment, alice: User, ravi: User, save: Save) -> None:
    mutation = str(uuid.uuid4())
    first = save(client_of(ravi), apart, "teams", value=5, mutation_id=mutation)
    submit_assessment(apart, by=alice)
    late = save(client_of(ravi), apart, "teams", value=6, base_version=1)
    assert (late.status_code, late.json()["code"]) == (409, "submitted")
    assert save(client_of(ravi), apart, "teams", value=5, mutation_id=mutation).json() == first.json()
    assert values_of(apart, ravi) == {"teams": 5}


def test_removed_respondent_cannot_save_and_sees_why(apart: Assessment, alice: User, ravi: User, save: Save) -> None:
    sheet = respondent_of(apart, ravi)
    save(client_of(ravi), apart, "teams", value=5)
    respondents.remove_respondent(apart, sheet.pk, by=alice)
    for named in (sheet.pk, ""):
        late = save(client_of(ravi), apart, "teams", sheet=named, value=6, base_version=1)
        assert (late.status_code, late.json()["code"]) == (409, "elsewhere")
        assert "no longer asked" in late.json()["problem"]
    assert Response.objects.get(respondent=sheet).value == 5


def test_returning_to_shared_answers_refuses_separate_saves_with_a_message(
    apart: Assessment, alice: User, ravi: User, save: Save
) -> None:
    response_mode.return_to_shared_answers(apart, by=alice)
    late = save(client_of(ravi), apart, "teams", value=6)
    assert (late.status_code, late.json()["code"]) == (409, "elsewhere")


def test_nobody_can_save_another_respondents_answer(
    apart: Assessment, bob: User, ravi: User, charlie: User, olga: User, save: Save
) -> None:
    sheet = respondent_of(apart, ravi)
    for person in (bob, charlie, olga):
        assert save(client_of(person), apart, "teams", sheet=sheet.pk, value=6).status_code == 404
    assert values_of(apart, ravi) == {}


def test_stranger_gets_404_for_separate_answers(apart: Assessment, charlie: User, vera: User, save: Save) -> None:
    for person in (charlie, vera):
        there = save(client_of(person), apart, "teams", value=5)
        nowhere = save(client_of(person), 10**9, "teams", value=5)
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
        nonsense = client_of(person).post(
            reverse("assessment-my-answers", args=[apart.pk]), "{", content_type="application/json"
        )
        assert nonsense.status_code == 404


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("no_such_key", {"value": 5}),
        ("tracing", {"value": "sometimes"}),
        ("teams", {"value": -1}),
        ("teams", {"value": 5, "note": "x" * 2001}),
        ("teams", {"value": 5, "link": "javascript:alert(1)"}),
        ("teams", {"value": 5, "mutation_id": "42"}),
    ],
)
def test_what_is_wrong_is_refused_with_advice(
    apart: Assessment, ravi: User, save: Save, question: str, fields: dict[str, Any]
) -> None:
    response = save(client_of(ravi), apart, question, **fields)
    assert response.status_code == 400
    assert response.json()["problems"][0]["message"]
    assert values_of(apart, ravi) == {}


def test_deleted_assessment_takes_no_separate_answers(apart: Assessment, alice: User, ravi: User, save: Save) -> None:
    delete_assessment(apart, by=alice)
    assert save(client_of(ravi), apart, "teams", value=5).status_code == 404
    assert client_of(ravi).get(reverse("assessment-mine", args=[apart.pk])).status_code == 404


def test_shared_answers_cannot_be_saved_while_people_answer_separately(apart: Assessment, alice_client: Client) -> None:
    data = {"question": "teams", "value": 5, "base_version": 0, "mutation_id": str(uuid.uuid4())}
    url = reverse("assessment-answers", args=[apart.pk])
    response = alice_client.post(url, json.dumps(data), content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (409, "elsewhere")
    assert common(apart) == {}


# --- without a script


def post_form(client: Client, url: str, **fields: Any) -> Any:
    data: dict[str, Any] = {"page": str(uuid.uuid4()), "then": "continue"}
    for name, value in fields.items():
        key, _, field = name.partition("__")
        if key in ("page", "then"):
            data[key] = value
            continue
        data[f"{key}-{field}" if field else key] = value
        data.setdefault(f"{key}-base_version", "0")
    return client.post(url, data)


def my_section(assessment: Assessment, slug: str) -> str:
    return reverse("assessment-my-section", args=[assessment.pk, slug])


def test_the_form_saves_and_leads_through_the_sections_asked(apart: Assessment, alice: User, ravi: User) -> None:
    respondents.change_sections(
        apart, respondent_of(apart, ravi).pk, perspective="manager", sections=["teams", "business"], by=alice
    )
    client = client_of(ravi)
    response = post_form(client, my_section(apart, "teams"), teams="3", developers="-not_sure")
    assert response.url == my_section(apart, "business")
    assert values_of(apart, ravi) == {"teams": 3, "developers": None}
    assert post_form(client, my_section(apart, "business"), budget="none").url == reverse(
        "assessment-mine", args=[apart.pk]
    )
    assert post_form(client, my_section(apart, "teams"), teams="3", teams__base_version="1", then="exit").url == (
        reverse("assessment-mine", args=[apart.pk])
    )
    assert client.get(my_section(apart, "deploys")).url == reverse("assessment-mine", args=[apart.pk])
    assert_sheets_are_the_fold_of_the_log(apart)


def test_question_changed_in_another_tab_shows_both_answers_and_saves_the_chosen(apart: Assessment, ravi: User) -> None:
    client = client_of(ravi)
    give(apart, ravi, "teams", 5)
    page = post_form(client, my_section(apart, "teams"), teams="8")
    assert page.status_code == 409
    html = page.content.decode()
    assert "<strong>You</strong> saved another answer" in html
    chosen = post_form(
        client, my_section(apart, "teams"), teams="8", teams__decide="mine", teams__seen="1", teams__base_version="0"
    )
    assert chosen.status_code == 302
    assert values_of(apart, ravi) == {"teams": 8}


def test_untouched_question_of_an_old_page_is_not_saved(apart: Assessment, bob: User, ravi: User) -> None:
    give(apart, bob, "teams", 7)  # another's answer of the same version must not be taken for what Ravi saw
    give(apart, ravi, "teams", 5)
    give(apart, ravi, "teams", 6, base=1)
    response = post_form(client_of(ravi), my_section(apart, "teams"), teams="5", teams__base_version="1")
    assert response.status_code == 302
    assert values_of(apart, ravi) == {"teams": 6}


def test_a_wrong_value_stays_in_its_field(apart: Assessment, ravi: User) -> None:
    response = post_form(client_of(ravi), my_section(apart, "teams"), teams="many", developers="12")
    assert response.status_code == 400
    assert 'value="many"' in response.content.decode()
    assert values_of(apart, ravi) == {"developers": 12}


def test_answers_typed_before_the_switch_are_offered_as_own_answers(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(assessment, bob, "developers", 40)
    respondents.ask_people(assessment, people=[ravi], by=alice)
    page = post_form(
        client_of(bob),
        reverse("assessment-section", args=[assessment.pk, "teams"]),
        teams="3",
        teams__note="By the chart",
        developers="40",
        developers__base_version="1",
    )
    html = page.content.decode()
    assert page.status_code == 409
    assert "By the chart</textarea>" in html
    assert html.count("Save once more") == 2  # in the list at the top and on the one card
    assert my_section(assessment, "teams") in html
    assert values_of(assessment, bob) == {"developers": 40}


def test_shared_section_redirects_to_the_respondents_own(apart: Assessment, bob: User, olga: User, team: Team) -> None:
    address = reverse("assessment-section", args=[apart.pk, "teams"])
    assert client_of(bob).get(address).url == my_section(apart, "teams")
    olga.memberships.update(team=team)
    assert client_of(olga).get(address).url in {
        f"/assessments/{apart.pk}/consensus/",
        reverse("assessment-people", args=[apart.pk]),
    }


def test_own_section_page_takes_at_most_eight_queries(apart: Assessment, bob: User, ravi: User) -> None:
    give(apart, bob, "teams", 4)
    give(apart, ravi, "teams", 5)
    client = client_of(ravi)
    client.get(my_section(apart, "teams"))
    statements = queries_of(lambda: client.get(my_section(apart, "teams")))
    assert len(statements) <= 8, statements


def test_lists_of_people_and_asks_take_no_query_for_each(
    apart: Assessment, alice: User, team: Team, edition: Edition
) -> None:
    client = client_of(alice)
    address = reverse("assessment-people", args=[apart.pk])
    client.get(address)
    before = len(queries_of(lambda: client.get(address)))
    link, token = respondents.make_guest_link(apart, by=alice)
    for number in range(8):
        guest, _ = invitation_links.join_as_guest(token, name=f"Guest {number}")
        assert guest.user is not None
        give(apart, guest.user, "teams", number)
    assert len(queries_of(lambda: client.get(address))) == before <= 15
    assert link.respondents.count() == 8
    for number in range(4):
        another = start_assessment(team=team, system_name=f"System {number}", edition=edition, by=alice)
        respondents.make_guest_link(another, by=alice)
    assert len(queries_of(lambda: client.get(reverse("asked")))) <= 6


# --- done, and together again


def test_person_who_asked_is_notified_when_a_respondent_is_done(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    client = client_of(ravi)
    address = reverse("assessment-finish", args=[apart.pk])
    client.post(address, {"finished": "yes"})
    assert respondent_of(apart, ravi).finished_at is not None
    assert "Ravi has answered Web shop" in Notice.objects.filter(user=alice).latest("id").text
    client.post(address, {"finished": "no"})
    assert respondent_of(apart, ravi).finished_at is None
    assert kinds(apart).count("finished") == 2
    with pytest.raises(PermissionDenied):
        respondents.finish_answering(respondent_of(apart, ravi), by=bob)


def test_returning_to_shared_answers_at_once_restores_them(
    assessment: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(assessment, alice, "teams", 5, note="By the chart", basis="measured")
    give(assessment, bob, "developers", None, who_knows="HR")
    respondents.ask_people(assessment, people=[ravi], by=alice)
    response_mode.return_to_shared_answers(Assessment.objects.get(pk=assessment.pk), by=alice)
    rows = {row.key: row for row in assessment.answers.filter(answered=True).select_related("answered_by")}
    assert {key: row.value for key, row in rows.items()} == {"teams": 5, "developers": None}
    assert (rows["teams"].note, rows["teams"].basis, rows["teams"].answered_by) == ("By the chart", "measured", alice)
    assert (rows["developers"].who_knows, rows["developers"].answered_by) == ("HR", bob)
    assert_sheets_are_the_fold_of_the_log(assessment)


def test_returning_to_shared_answers_keeps_equal_answers_and_opens_the_rest(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    for person, value in ((alice, 5), (bob, 5), (ravi, None)):
        give(apart, person, "teams", value)
    give(apart, bob, "deploy_minutes", 10)
    give(apart, ravi, "deploy_minutes", 90)
    give(apart, bob, "gateway", None, not_applicable="No web")
    give(apart, ravi, "gateway", None)
    response_mode.return_to_shared_answers(apart, by=alice)
    apart.refresh_from_db()
    assert not apart.answers_separately
    assert common(apart) == {"teams": 5}
    assert values_of(apart, ravi)["deploy_minutes"] == 90
    assert kinds(apart)[-1] == "together"
    assert_sheets_are_the_fold_of_the_log(apart)


def test_switching_modes_repeatedly_neither_loses_nor_doubles_answers(
    apart: Assessment, alice: User, bob: User, ravi: User
) -> None:
    give(apart, bob, "teams", 5)
    give(apart, ravi, "teams", 5)
    give(apart, ravi, "developers", 40)
    response_mode.return_to_shared_answers(apart, by=alice)
    again = Assessment.objects.get(pk=apart.pk)
    save_answer(again.pk, change("developers", 50, base=1), by=alice)
    respondents.ask_people(again, people=[bob], by=alice)
    again.refresh_from_db()
    assert common(again) == {}
    assert values_of(again, alice) == {"developers": 50}
    assert values_of(again, bob) == {"teams": 5}
    assert values_of(again, ravi) == {"teams": 5, "developers": 40}
    assert_sheets_are_the_fold_of_the_log(again)


def test_only_a_lead_changes_how_people_answer(apart: Assessment, bob: User) -> None:
    for act in (
        lambda: response_mode.return_to_shared_answers(apart, by=bob),
        lambda: respondents.show_names(apart, False, by=bob),
        lambda: respondents.remove_respondent(apart, 1, by=bob),
        lambda: respondents.remind_respondent(apart, 1, by=bob),
        lambda: respondents.make_guest_link(apart, by=bob),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not GuestLink.objects.exists()


# --- the page of people


def test_people_page_lists_respondents_with_progress(
    apart: Assessment, alice_client: Client, vera: User, ravi: User
) -> None:
    give(apart, ravi, "teams", 42424)
    for client in (alice_client, client_of(vera)):
        html = client.get(reverse("assessment-people", args=[apart.pk])).content.decode()
        assert "Answered 1 of" in html
        assert "Ravi" in html
        assert "42424" not in html
    assert "Remind" not in html  # a viewer reads only
    assert "Ask them" not in html


def test_the_form_asks_by_name_and_mail_at_once_or_not_at_all(
    assessment: Assessment, alice_client: Client, bob: User
) -> None:
    address = reverse("assessment-ask", args=[assessment.pk])
    fields = {"people": [str(bob.pk)], "emails": "kim@partner.example\nnonsense", "perspective": "manager"}
    page = alice_client.post(address, fields)
    html = page.content.decode()
    assert page.status_code == 400
    assert "“nonsense”" in html or "&ldquo;nonsense" in html
    assert f'value="{bob.pk}" checked' in html
    assert "kim@partner.example\nnonsense</textarea>" in html
    assert not assessment.respondents.exists()
    assert alice_client.post(address, {**fields, "emails": "kim@partner.example"}).status_code == 302
    assert {(str(asked), asked.perspective) for asked in assessment.respondents.exclude(user__name="Alice")} == {
        ("Bob", "manager"),
        ("kim@partner.example", "manager"),
    }


def test_a_form_for_somebody_of_another_assessment_changes_nothing(
    apart: Assessment, alice: User, alice_client: Client, ravi: User, edition: Edition, other_team: Team, olga: User
) -> None:
    olga.memberships.update(role="lead")
    other = start_assessment(team=other_team, system_name="Index", edition=edition, by=olga)
    respondents.ask_people(other, people=[ravi], by=olga)
    theirs = respondent_of(other, ravi)
    alice_client.post(reverse("assessment-remove", args=[apart.pk]), {"respondent": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.removed_at is None


def test_shared_answers_still_equal_the_fold_of_the_log(assessment: Assessment, alice: User) -> None:
    give(assessment, alice, "teams", 5)
    assert_answers_are_the_fold_of_the_log(assessment)
    assert Answer.objects.get(assessment=assessment).value == 5
