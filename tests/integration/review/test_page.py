"""The page of a decision: what each sees, the password before a signature, and what a mistake leaves in its fields."""

import re
import time
import uuid
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments import actions as answering
from assess.assessments import agreements
from assess.assessments.changes import Change
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Assessment, State
from assess.assessments.saving import Saved
from assess.people.models import Notice, Role, User
from assess.questionnaire.schema import Answer
from assess.review import actions
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from assess.review.signed_content import ConditionTerms
from tests.conftest import client_of, person
from tests.factories import PASSWORD
from tests.integration.assessments.conftest import queries_of
from tests.integration.review.conftest import load

pytestmark = pytest.mark.django_db


def address(name: str, assessment: Assessment, *more: int) -> str:
    return reverse(name, args=[assessment.pk, *more])


def page(client: Client, assessment: Assessment, query: str = "") -> str:
    response = client.get(address("assessment-decision", assessment) + query)
    assert response.status_code == 200
    return text_of(response)


def text_of(response: Any) -> str:
    """What the page says, without tags and with single spaces."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(body.replace("&#x27;", "'").split())


def sign(client: Client, assessment: Assessment, **fields: str) -> Any:
    data = {"decision": "accepted", "password": PASSWORD, **fields}
    return client.post(address("decision-sign", assessment), data)


# --- signing by the page


def test_cost_figures_that_changed_since_the_page_was_opened_are_looked_at_before_they_are_signed(
    in_review: Assessment, alice: User, rita_client: Client
) -> None:
    def field(response: Any) -> str:
        found = re.search(r'name="money_seen" value="([^"]*)"', response.content.decode())
        assert found
        return found[1]

    shown = field(rita_client.get(address("assessment-decision", in_review)))
    url = reverse("money", args=[in_review.pk])
    figures = {"hourly_cost-low": "60", "developers-low": "12", "running_today-low": "4000"}
    saved = client_of(alice).post(url, {"do": "save", "seen": "", **figures})
    assert saved.status_code == 302
    refused = sign(rita_client, in_review, money_seen=shown)
    assert "Look at the cost figures again before you sign" in text_of(refused)
    assert not SignOff.objects.exists()
    assert load(in_review.pk).state == State.IN_REVIEW
    assert sign(rita_client, in_review, money_seen=field(refused)).status_code == 302
    assert SignOff.objects.get().content["money"] is not None


def test_architect_can_sign_a_submitted_version_at_once(submitted: Assessment, rita_client: Client) -> None:
    assert "Decide and sign" in page(rita_client, submitted)
    response = sign(rita_client, submitted)
    assert (response.status_code, response.headers["Location"]) == (302, address("assessment-decision", submitted))
    assert load(submitted.pk).state == State.ACCEPTED
    kinds = list(submitted.events.order_by("number").values_list("kind", flat=True))
    assert kinds[-2:] == [EventKind.REVIEWED, EventKind.DECIDED]


@pytest.mark.parametrize(
    ("password", "message"),
    [("", "Enter your password"), ("wrong", "Enter the password you sign in with; this was a different one")],
)
def test_wrong_password_signs_nothing_and_keeps_what_was_typed(
    password: str, message: str, submitted: Assessment, rita_client: Client
) -> None:
    typed = {"remark": "Good work.", "condition-1-text": "Trace calls", "condition-1-owner": "Ana"}
    response = sign(rita_client, submitted, password=password, decision="accepted_with_conditions", **typed)
    assert response.status_code == 400
    body = response.content.decode()
    assert message in body
    assert "Enter a day from today on" in body
    for text in typed.values():
        assert text in body
    assert 'name="password" id="f-password" value' not in body
    assert not SignOff.objects.exists()
    assert load(submitted.pk).state == State.SUBMITTED


def test_five_wrong_passwords_block_signing(submitted: Assessment, rita_client: Client) -> None:
    statuses = [sign(rita_client, submitted, password=f"wrong {number}").status_code for number in range(5)]
    assert statuses == [400] * 5
    refused = sign(rita_client, submitted)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert load(submitted.pk).state == State.SUBMITTED


def test_strangers_who_fail_in_an_architects_name_do_not_keep_them_from_signing(
    submitted: Assessment, rita: User, rita_client: Client
) -> None:
    for number in range(11):  # more than an account, or their common address, may fail
        Client().post("/account/login/", {"login": rita.email, "password": f"wrong {number}"})
    assert "Wait five minutes" in text_of(Client().post("/account/login/", {"login": rita.email, "password": PASSWORD}))
    assert sign(rita_client, submitted).status_code == 302


def test_right_passwords_do_not_count_as_failed_attempts(submitted: Assessment, rita_client: Client) -> None:
    statuses = {sign(rita_client, submitted, decision="").status_code for _ in range(7)}
    assert statuses == {400}
    assert sign(rita_client, submitted).status_code == 302


def test_password_of_a_colleague_signs_nothing(submitted: Assessment, rita: User, alice: User) -> None:
    alice.set_password("another good one")
    alice.save()
    response = sign(client_of(rita), submitted, password="another good one", login=alice.email, email=alice.email)
    assert response.status_code == 400
    assert not SignOff.objects.exists()


def test_person_without_password_can_sign_only_shortly_after_sign_in(submitted: Assessment, rita: User) -> None:
    rita.set_unusable_password()
    rita.save()
    client = client_of(rita)
    assert "sign out and in again" in page(client, submitted)
    assert sign(client, submitted, password="").status_code == 400

    def signed_in(ago: float) -> None:
        session = client.session
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(rita.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "socialaccount", "at": time.time() - ago}]
        session.save()

    signed_in(301)
    assert sign(client, submitted, password="").status_code == 400
    signed_in(60)
    assert sign(client, submitted, password="").status_code == 302


def test_more_conditions_button_adds_rows_and_signs_nothing(submitted: Assessment, rita_client: Client) -> None:
    response = sign(rita_client, submitted, more="1", **{"condition-3-text": "Third"})
    body = response.content.decode()
    assert response.status_code == 200
    assert 'name="condition-6-text"' in body
    assert 'value="Third"' in body
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"])
def test_condition_day_is_read_in_iso_and_day_first_formats(
    form: str, submitted: Assessment, rita_client: Client
) -> None:
    today = timezone.localdate()
    row = {"condition-2-text": "Trace calls", "condition-2-owner": "Ana", "condition-2-due": today.strftime(form)}
    assert sign(rita_client, submitted, decision="accepted_with_conditions", **row).status_code == 302
    assert Condition.objects.get().due_on == today


def test_every_page_shows_both_verdicts_and_the_reason(submitted: Assessment, rita_client: Client) -> None:
    names = {"stay": "Stay monolithic", "modular": "Modular monolith", "extract": "Extract services"}
    mine = "extract" if submitted.verdict != "extract" else "stay"
    sign(rita_client, submitted, overruled_to=mine, reason="The part is sold.")
    for name in ("assessment-decision", "assessment-result", "assessment", "assessment-review"):
        text = text_of(rita_client.get(address(name, submitted)))
        assert ("Overruled and signed by Rita" if name == "assessment-result" else "Overruled by Rita") in text, name
        assert "The part is sold." in text, name
    text = page(rita_client, submitted)
    assert names.get(submitted.verdict, "No verdict yet") in text
    assert names[mine] in text


# --- who is offered what


def test_team_sees_the_decision_and_can_challenge_but_not_sign(accepted: Assessment, alice_client: Client) -> None:
    text = page(alice_client, accepted)
    until = SignOff.objects.get().challenge_until
    assert until is not None
    assert f"Challenge this decision (until {until:%-d %B %Y})" in text
    assert "Decide and sign" not in text
    assert f"The team may challenge it until {until:%-d %B %Y}" in text


def test_viewer_reads_the_decision_and_has_no_forms(accepted: Assessment, vera: User) -> None:
    body = client_of(vera).get(address("assessment-decision", accepted)).content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    assert "<form" not in main
    assert "Signed by Rita" in main


def test_reviewer_who_took_part_sees_why_and_cannot_sign(submitted: Assessment, alice: User, team: Any) -> None:
    alice.memberships.create(workspace=team.workspace, role=Role.ARCHITECT)
    client = client_of(alice)
    text = page(client, submitted)
    assert "somebody else has to review it" in text
    assert "Decide and sign" not in text
    response = sign(client, submitted)
    assert response.status_code == 403
    assert "Somebody who did not has to review it." in text_of(response)
    assert load(submitted.pk).state == State.SUBMITTED


def test_late_move_is_refused_with_the_current_state(accepted: Assessment, rita_client: Client) -> None:
    response = rita_client.post(address("decision-take-up", accepted))
    assert response.status_code == 400
    assert "this version is accepted now" in text_of(response)


def test_next_version_can_start_during_the_review(
    in_review: Assessment, alice_client: Client, rita_client: Client
) -> None:
    assert "The review of this one goes on." in page(alice_client, in_review)
    assert alice_client.post(reverse("assessment-next-version", args=[in_review.pk])).status_code == 302
    assert "is newer. The decision here is about version 1." in page(rita_client, in_review)
    assert sign(rita_client, in_review).status_code == 302


def test_team_withdraws_a_version_with_a_reason_that_reviewers_read(
    in_review: Assessment, alice_client: Client, rita_client: Client, rita: User
) -> None:
    page = alice_client.get(address("assessment-decision", in_review)).content.decode()
    assert "Withdraw this version" in page
    refused = alice_client.post(address("decision-withdraw", in_review), {"text": " "})
    assert refused.status_code == 400
    assert "Say why you withdraw this version" in refused.content.decode()
    done = alice_client.post(address("decision-withdraw", in_review), {"text": "Two teams left."})
    assert done.status_code == 302
    page = rita_client.get(address("assessment-decision", in_review)).content.decode()
    assert "Withdrawn" in page
    assert "Two teams left." in page
    assert rita_client.get(address("assessment-result", in_review)).status_code == 200
    notice = Notice.objects.filter(user=rita).latest("pk")
    assert notice.text == "Alice withdrew Web shop, version 1."
    assert "Withdraw this version" not in alice_client.get(address("assessment-decision", in_review)).content.decode()


def test_withdrawn_version_waits_for_nobody_and_gives_no_verdict(
    submitted: Assessment, alice: User, rita_client: Client
) -> None:
    assert load(submitted.pk).state == State.SUBMITTED
    actions.withdraw(submitted, by=alice, text="Too early.")
    assert (load(submitted.pk).current_verdict, load(submitted.pk).ask_again_on) == ("", None)
    assert "Submitted for review" not in rita_client.get("/waiting/").content.decode()


def test_next_version_follows_a_withdrawn_one(submitted: Assessment, alice: User) -> None:
    actions.withdraw(submitted, by=alice, text="Too early.")
    assert answering.start_next_version(load(submitted.pk), by=alice).version == 2


# --- talking


def test_question_shows_its_comments_replies_and_settled_challenges(
    submitted: Assessment, alice_client: Client, rita_client: Client
) -> None:
    said = {"key": "teams", "kind": "challenge", "text": "There are <b>three</b>."}
    response = rita_client.post(address("decision-comment", submitted), said)
    assert response.headers["Location"].endswith("#q-teams")
    comment = Comment.objects.get()
    assert "1 challenged answer is not settled yet." in page(alice_client, submitted)
    alice_client.post(address("decision-comment", submitted), {"parent": comment.pk, "text": "Five since May."})
    alice_client.post(address("decision-settle", submitted, comment.pk), {"text": "Five it is."})
    body = rita_client.get(address("assessment-decision", submitted)).content.decode()
    place = body[body.index('id="q-teams"') : body.index('id="q-teams"') + 4_000]
    for text in ("There are &lt;b&gt;three&lt;/b&gt;.", "Five since May.", "Five it is.", "Settled"):
        assert text in place
    assert "is not settled yet" not in body


def test_comment_of_another_assessment_is_not_found(
    submitted: Assessment, alice: User, alice_client: Client, team: Any, edition: Any
) -> None:
    elsewhere = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice)
    said = actions.comment(load(elsewhere.pk), by=alice, key="teams", kind=CommentKind.CHALLENGE, text="No.")
    assert alice_client.post(address("decision-settle", submitted, said.pk), {"text": "Yes."}).status_code == 404
    reply = alice_client.post(address("decision-comment", submitted), {"parent": said.pk, "text": "Yes."})
    assert reply.status_code == 404


def test_overdue_condition_is_marked_until_it_is_met(in_review: Assessment, rita: User, alice_client: Client) -> None:
    wanted = ConditionTerms(text="Trace calls", owner="Ana", due_on=timezone.localdate())
    actions.sign(in_review, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=[wanted])
    assert "Overdue" not in page(alice_client, in_review)
    Condition.objects.update(due_on="2026-01-31")
    assert "Ana, by 31 January 2026" in page(alice_client, in_review)
    assert "Overdue" in page(alice_client, in_review)
    condition = Condition.objects.get()
    alice_client.post(address("decision-meet", in_review, condition.pk), {"how": "Traced since Monday."})
    text = page(alice_client, in_review)
    assert "Overdue" not in text
    assert "Traced since Monday." in text


# --- history, names


def test_history_lists_every_event_newest_first_in_pages(
    accepted: Assessment, alice: User, alice_client: Client
) -> None:
    for number in range(30):
        actions.comment(accepted, by=alice, text=f"Remark number {number}.")
    first = page(alice_client, accepted)
    first = first[first.index("History") :]
    assert first.index("Remark number 29.") < first.index("Remark number 28.")
    assert "signed: accepted" not in first
    following = re.search(
        r"\?before=(\d+)", alice_client.get(address("assessment-decision", accepted)).content.decode()
    )
    assert following is not None
    second = page(alice_client, accepted, f"?before={following[1]}")
    second = second[second.index("History") :]
    assert "Remark number 4." in second
    assert "Rita signed: accepted" in second
    assert "Alice submitted the version" in second


def test_history_hides_respondents_names_except_from_themselves(
    draft: Assessment, team: Any, alice: User, bob: User, alice_client: Client
) -> None:
    nora = person("Nora", team=team)
    Assessment.objects.filter(pk=draft.pk).update(answers_separately=True, names_shown=False)
    sheet = draft.respondents.create(user=nora, asked_by=alice)
    sheet.responses.create(assessment=draft, key="developers", value=30, note="By the payroll.")
    record_event(draft, EventKind.ANSWERED, by=nora, key="developers", respondent_id=sheet.pk, payload={"value": 30})
    record_event(draft, EventKind.JOINED, by=nora, respondent_id=sheet.pk)
    record_event(draft, EventKind.FINISHED, by=nora)
    record_event(draft, EventKind.ASKED, by=alice, respondent_id=sheet.pk)
    record_event(draft, EventKind.ASKED, by=nora, respondent_id=sheet.pk)
    answering.submit_assessment(load(draft.pk), by=alice)
    text = page(alice_client, draft)
    assert "By the payroll." not in text
    assert "Nora" not in text
    assert "finished answering" not in text
    assert "Alice asked somebody to answer" in page(client_of(bob), draft)
    assert "Nora finished answering" in page(client_of(nora), draft)
    Assessment.objects.filter(pk=draft.pk).update(names_shown=True)
    assert "Nora finished answering" in page(alice_client, draft)


def test_decision_page_shows_no_answers_while_people_answer_separately(
    draft: Assessment, alice: User, bob: User, alice_client: Client
) -> None:
    Assessment.objects.filter(pk=draft.pk).update(answers_separately=True)
    sheet = draft.respondents.create(user=bob, asked_by=alice)
    sheet.responses.create(assessment=draft, key="developers", value=3141, note="By the payroll.")
    text = page(alice_client, draft)
    assert "3141" not in text
    assert "By the payroll." not in text
    assert "Counted in May." not in text


def test_number_of_queries_does_not_grow_with_comments(
    in_review: Assessment, rita: User, alice: User, rita_client: Client
) -> None:
    wanted = [ConditionTerms(text=f"Thing {n}", owner="Ana", due_on=timezone.localdate()) for n in range(5)]
    actions.sign(in_review, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=wanted)
    for key in ("teams", "deploy_minutes", "developers"):
        said = actions.comment(in_review, by=alice, key=key, text="Why?")
        actions.comment(in_review, by=rita, parent=said, text="So.")
    page(rita_client, in_review)
    assert len(queries_of(lambda: rita_client.get(address("assessment-decision", in_review)))) <= 15


def test_reviewer_reads_the_notes_of_current_agreements(
    draft: Assessment, bob: User, alice: User, rita_client: Client
) -> None:
    Assessment.objects.filter(pk=draft.pk).update(answers_separately=True)
    draft.respondents.create(user=bob, asked_by=alice)
    for key, words in (("teams", "Four."), ("teams", "Five since May."), ("developers", "As the payroll says.")):
        version = draft.answers.filter(key=key).values_list("version", flat=True).first() or 0
        change = Change(key=key, answered=True, value=5, base_version=version, mutation_id=uuid.uuid4())
        assert isinstance(agreements.agree(load(draft.pk), change, note=words, by=alice), Saved)
    version = draft.answers.get(key="developers").version
    change = Change(key="developers", answered=False, base_version=version, mutation_id=uuid.uuid4())
    assert isinstance(agreements.withdraw_agreement(load(draft.pk), change, by=alice), Saved)
    answering.submit_assessment(load(draft.pk), by=alice)
    text = page(rita_client, draft)
    assert "Five since May. (agreed by Alice)" in text
    assert "Four." not in text
    assert "As the payroll says." not in text


def test_full_version_shows_notes_basis_and_evidence(team: Any, alice: User, edition: Any, rita_client: Client) -> None:
    answer = Answer(value=5, basis="measured", note="Counted.", link="https://example.org/teams")
    it = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice, carried={"teams": answer})
    answering.submit_assessment(it, by=alice)
    body = rita_client.get(address("assessment-decision", it)).content.decode()
    place = body[body.index('id="q-teams"') : body.index('id="q-teams"') + 2_000]
    for text in ("5", "Counted.", "https://example.org/teams", "Measured", "Alice"):
        assert text in place


def test_refused_text_stays_in_its_field_and_the_summary_links_to_it(
    accepted: Assessment, alice: User, alice_client: Client
) -> None:
    said = actions.comment(accepted, by=alice, key="teams", text="Five.")
    long = "x" * 2_001
    posts = {
        "challenge-text": ("decision-challenge", {"text": long}),
        "c-developers": ("decision-comment", {"key": "developers", "text": long}),
        "c-whole": ("decision-comment", {"text": long}),
        f"reply-{said.pk}": ("decision-comment", {"parent": str(said.pk), "text": long}),
    }
    for field, (name, data) in posts.items():
        response = alice_client.post(address(name, accepted), data)
        body = response.content.decode()
        assert response.status_code == 400
        assert f'<a href="#{field}">Shorten this to 2,000 characters' in body
        place = body[body.index(f'id="{field}"') :]
        assert long in place[: place.index("</textarea>")], field
        assert body.count(long) == 1


def test_list_links_only_architects_to_the_signature_form(
    submitted: Assessment, rita_client: Client, alice_client: Client
) -> None:
    form = f'href="{address("assessment-decision", submitted)}#sign"'
    assert form in rita_client.get(reverse("assessments")).content.decode()
    assert form not in alice_client.get(reverse("assessments")).content.decode()
    sign(rita_client, submitted, overruled_to="extract" if submitted.verdict != "extract" else "stay", reason="Sold.")
    after = rita_client.get(reverse("assessments")).content.decode()
    assert form not in after
    row = after[after.index(submitted.system.name) :]
    said = re.findall(r"(Stay monolithic|Modular monolith|Extract services|The model said)", row)
    stands = "Extract services" if submitted.verdict != "extract" else "Stay monolithic"
    assert said[:2] == [stands, "The model said"], "the decision comes first"


def test_history_joins_consecutive_answers_into_one_line(draft: Assessment, bob: User, alice_client: Client) -> None:
    for key in ("developers", "teams", "tracing", "teams"):
        record_event(draft, EventKind.ANSWERED, by=bob, key=key, payload={"value": 1})
    text = page(alice_client, draft)
    told = text[text.index("History") :]
    assert "Bob answered: 3 questions" in told
    assert told.count("Bob answered") == 1


def test_sections_with_comments_are_open_and_others_show_counts(
    in_review: Assessment, alice: User, rita_client: Client
) -> None:
    actions.comment(in_review, by=alice, key="teams", text="Counted on Monday.")
    text = rita_client.get(address("assessment-decision", in_review)).content.decode()
    assert re.search(r'<details[^>]* id="teams" open>', text)
    assert re.search(r'<details[^>]* id="business">', text)
    assert "1 comment" in text
