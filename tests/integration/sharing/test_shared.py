"""What somebody without an account sees by a share link, and that it ends when the link does."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Assessment, State
from assess.people.models import User
from assess.reports import queue
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.models import Report, ReportState
from assess.reports.renderings.html import render_report_html
from assess.review import actions as review
from assess.review.actions import withdraw
from assess.review.models import Condition, Decision, SignOff
from assess.sharing import actions as sharing
from assess.sharing import link_sessions
from assess.sharing.models import Scope, ShareLink
from tests.conftest import client_of, person
from tests.evidence_samples import shop_evidence
from tests.factories import AssessmentFactory
from tests.integration.sharing.conftest import PASSCODE, make, visitor
from tests.planning_rows import add_planning_rows, mark_of

pytestmark = pytest.mark.django_db

NO_LONGER = "This link no longer works"


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- coming in


def test_opening_a_link_redirects_to_an_address_without_the_secret(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    response = visitor().get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/shared/{link.pk}/"


def test_shared_pages_are_not_cached_indexed_or_sent_as_referrer(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice, scope=Scope.ANSWERS)
    client = visitor(address)
    sent = [address, f"/shared/{link.pk}/", f"/shared/{link.pk}/answers/", f"/shared/{link.pk}/report.pdf"]
    for response in (*(client.get(at) for at in sent), Client().get("/s/wrong/"), Client().get(f"/shared/{link.pk}/")):
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert set(response.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_head_request_opens_no_link(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = Client()
    assert client.head(address).status_code == 302
    assert client.get(f"/shared/{link.pk}/").status_code == 404


def test_unopened_link_looks_like_a_missing_one(submitted: Assessment, alice: User) -> None:
    link, _ = make(submitted, alice)
    nothing = [Client().get(at) for at in (f"/shared/{link.pk}/", "/shared/999999/", "/s/no-such-token/")]
    nothing.append(client_of(alice).get(f"/shared/{link.pk}/"))
    assert {response.status_code for response in nothing} == {404}
    assert len({words(response) for response in nothing}) == 1


def test_number_larger_than_any_key_is_not_found(submitted: Assessment) -> None:
    assert Client().get(f"/shared/{10**30}/").status_code == 404


# --- the passcode


def test_passcode_is_asked_for_once(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice, passcode=PASSCODE)
    client = Client()
    asked = client.get(address)
    assert asked.status_code == 200
    assert "Payments" not in asked.content.decode()
    assert client.post(address, {"passcode": "something else"}).status_code == 400
    assert client.get(f"/shared/{link.pk}/").status_code == 404
    assert client.post(address, {"passcode": f" {PASSCODE} "}).status_code == 302
    assert client.get(f"/shared/{link.pk}/").status_code == 200
    assert client.get(address).status_code == 302


def test_browser_can_send_the_passcode_form(submitted: Assessment, alice: User) -> None:
    """With no referrer at all a browser sends `Origin: null`, which would be refused as forged."""
    _, address = make(submitted, alice, passcode=PASSCODE)
    assert Client().get(address).headers["Referrer-Policy"] == "strict-origin"


def test_five_wrong_passcodes_block_further_attempts(submitted: Assessment, alice: User) -> None:
    _, address = make(submitted, alice, passcode=PASSCODE)
    _, another = make(submitted, alice, passcode=PASSCODE)
    guesser = Client(REMOTE_ADDR="192.0.2.1")
    assert [guesser.post(address, {"passcode": f"guess {n}"}).status_code for n in range(5)] == [400] * 5
    late = guesser.post(address, {"passcode": PASSCODE})
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 300
    assert "Wait 5 minutes" in words(late)
    assert Client(REMOTE_ADDR="192.0.2.2").post(address, {"passcode": PASSCODE}).status_code == 302
    assert guesser.post(another, {"passcode": PASSCODE}).status_code == 302


def test_addresses_of_one_ipv6_network_share_their_attempts(submitted: Assessment, alice: User) -> None:
    _, address = make(submitted, alice, passcode=PASSCODE)
    tries = [Client(REMOTE_ADDR=f"2001:db8::{n}").post(address, {"passcode": "a guess"}) for n in range(1, 7)]
    assert [response.status_code for response in tries] == [400] * 5 + [429]
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").post(address, {"passcode": PASSCODE}).status_code == 302


def test_right_passcode_uses_up_no_attempt(submitted: Assessment, alice: User) -> None:
    _, address = make(submitted, alice, passcode=PASSCODE)
    assert [Client().post(address, {"passcode": PASSCODE}).status_code for _ in range(8)] == [302] * 8


# --- what it shows


def test_shared_result_needs_no_account_and_links_to_no_private_page(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    response = visitor(address).get(f"/shared/{link.pk}/")
    body = response.content.decode()
    assert response.status_code == 200
    assert "Payments platform:" in body[body.index("<h1") : body.index("</h1>")]
    assert f'data-verdict="{submitted.verdict}"' in body
    assert 'id="flips"' in body
    leads_to = set(re.findall(r'(?:href|action)="(/[^"#]*)', body))
    open_to_all = {"/sources/", "/how-it-decides/", "/cases/", "/sample/", "/evidence/"}
    assert {at for at in leads_to if not at.startswith("/static/")} <= open_to_all | {
        f"/shared/{link.pk}/",
        f"/shared/{link.pk}/report.pdf",
    }
    assert "<form" not in body


@pytest.mark.parametrize(
    ("scope", "report", "answers"), [("result", 404, 404), ("report", 202, 404), ("answers", 202, 200)]
)
def test_link_shows_only_what_its_scope_allows(
    submitted: Assessment, alice: User, scope: str, report: int, answers: int
) -> None:
    link, address = make(submitted, alice, scope=scope)
    client = visitor(address)
    assert client.get(f"/shared/{link.pk}/").status_code == 200
    assert client.get(f"/shared/{link.pk}/report.pdf").status_code == report
    assert client.get(f"/shared/{link.pk}/answers/").status_code == answers


@pytest.mark.parametrize("scope", list(Scope))
def test_what_a_scan_says_of_answers_is_shared_with_the_answers_alone(
    submitted: Assessment, alice: User, scope: Scope
) -> None:
    content = json.dumps(shop_evidence()).encode()
    Evidence.objects.create(assessment=submitted, content=content, scanned_at=timezone.now(), attached_by=alice)
    submitted.answers.filter(key="tracing").update(value="none", answered=True)
    link, address = make(submitted, alice, scope=scope)
    page = visitor(address).get(f"/shared/{link.pk}/").content.decode()
    assert ("the code imports opentelemetry (shop/tracing.py)" in page) is (scope == Scope.ANSWERS)


@pytest.mark.parametrize("scope", list(Scope))
def test_what_a_scan_found_of_preparations_is_shared_with_the_answers_alone(
    submitted: Assessment, alice: User, scope: Scope
) -> None:
    content = json.dumps(shop_evidence()).encode()
    Evidence.objects.create(assessment=submitted, content=content, scanned_at=timezone.now(), attached_by=alice)
    submitted.answers.filter(key="tracing").update(value=None)
    link, address = make(submitted, alice, scope=scope)
    page = visitor(address).get(f"/shared/{link.pk}/").content.decode()
    assert ("opentelemetry" in page) is (scope == Scope.ANSWERS)


@pytest.mark.parametrize("scope", list(Scope))
def test_of_what_people_plan_a_link_shows_only_what_became_of_it_and_that_in_words_with_the_answers(
    submitted: Assessment, alice: User, rita: User, scope: Scope
) -> None:
    review.sign(submitted, by=rita, decision=Decision.ACCEPTED)
    signed = Assessment.objects.get(pk=submitted.pk)
    planner = person("Quentin", team=signed.team)
    add_planning_rows(signed, planner)
    link, address = make(signed, alice, scope=scope)
    page = visitor(address).get(f"/shared/{link.pk}/").content.decode()
    marks = set(re.findall(r"Zq\w+", page))
    assert marks == ({mark_of("outcome", "text")} if scope == Scope.ANSWERS else set())
    assert "Quentin" not in page


def test_shared_answers_show_their_notes(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice, scope=Scope.ANSWERS)
    text = words(visitor(address).get(f"/shared/{link.pk}/answers/"))
    assert text.count("Seen in the release log") == submitted.answers.count()


def test_shared_pages_show_no_mail_address_and_hide_names_when_hidden(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    assert "by Alice" in words(client.get(f"/shared/{link.pk}/"))
    Assessment.objects.filter(pk=submitted.pk).update(names_shown=False)
    assert "Alice" not in words(client.get(f"/shared/{link.pk}/"))
    Assessment.objects.filter(pk=submitted.pk).update(names_shown=True)
    User.objects.filter(pk=alice.pk).update(name="")
    assert "alice@example.org" not in words(client.get(f"/shared/{link.pk}/"))


def test_shared_pdf_shows_no_mail_address_of_a_person_without_a_name(submitted: Assessment, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="")
    found = with_report_relations(Assessment.objects.all()).get(pk=submitted.pk)
    html = render_report_html(load_report(found))
    assert "alice@example.org" not in html
    assert "Submitted by alice," in html


def test_overruled_verdict_is_shown_beside_the_models(submitted: Assessment, alice: User, rita: User) -> None:
    sign_off = SignOff.objects.create(
        assessment=submitted,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        model_verdict=submitted.verdict,
        overruled_to="stay",
        reason="The budget is frozen.",
        content={},
        content_hash="0" * 64,
        signed_by=rita,
    )
    Condition.objects.create(
        assessment=submitted, sign_off=sign_off, text="Trace checkout", owner="Bob", due_on=timezone.localdate()
    )
    Assessment.objects.filter(pk=submitted.pk).update(state=State.ACCEPTED_WITH_CONDITIONS, overruled_to="stay")
    link, address = make(submitted, alice)
    response = visitor(address).get(f"/shared/{link.pk}/")
    body, text = response.content.decode(), words(response)
    assert 'data-settled="overruled" data-verdict="stay"' in " ".join(body.split())
    assert "Stay monolithic" in body[body.index("<h1") : body.index("</h1>")]
    for said in (
        "The budget is frozen.",
        "Overruled and signed by Rita",
        "The model said",
        "Trace checkout",
    ):
        assert said in text


def test_signature_of_a_reopened_review_is_not_shown(submitted: Assessment, alice: User, rita: User) -> None:
    other = "stay" if submitted.verdict != "stay" else "extract"
    review.sign(submitted, by=rita, decision=Decision.ACCEPTED, overruled_to=other, reason="The budget is frozen.")
    link, address = make(submitted, alice)
    client = visitor(address)
    assert "The budget is frozen." in words(client.get(f"/shared/{link.pk}/"))
    review.challenge(Assessment.objects.get(pk=submitted.pk), by=alice, text="It was thawed.")
    review.reopen(Assessment.objects.get(pk=submitted.pk), by=rita, text="Then once more.")
    text = words(client.get(f"/shared/{link.pk}/"))
    assert "In review" in text
    assert "The budget is frozen." not in text
    assert "Rita" not in text


def test_link_never_shows_answers_of_a_later_version(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    before = words(client.get(f"/shared/{link.pk}/"))
    actions.start_next_version(submitted, by=alice)
    assert words(client.get(f"/shared/{link.pk}/")) == before


# --- the PDF


def test_pdf_is_made_on_the_first_visit_and_then_reused(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    at = f"/shared/{link.pk}/report.pdf"
    assert client.head(at).status_code == 202
    assert not Report.objects.exists()
    making = client.get(at)
    assert making.status_code == 202
    assert 'http-equiv="refresh"' in making.content.decode()
    assert Report.objects.get().requested_by is None
    queue.render_queued_reports()
    part = client.get(at, headers={"HX-Request": "true"})
    assert (part.status_code, "The PDF is ready" in part.content.decode()) == (200, True)
    assert "<html" not in part.content.decode()
    made = client.get(at)
    assert made.status_code == 200
    assert made.headers["Content-Type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")
    assert set(made.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert client.get(at).content == made.content
    assert Report.objects.count() == 1


def test_failed_pdf_is_tried_again_after_a_minute(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    at = f"/shared/{link.pk}/report.pdf"
    client.get(at)
    Report.objects.update(state=ReportState.FAILED, problem="It broke", finished_at=timezone.now())
    assert "could not be made" in words(client.get(at))
    assert Report.objects.get().state == ReportState.FAILED
    Report.objects.update(finished_at=timezone.now() - timedelta(minutes=2))
    assert client.get(at).status_code == 202
    assert Report.objects.get().state == ReportState.QUEUED


def test_full_queue_answers_with_retry_after(submitted: Assessment, alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "render_queue": 0}
    link, address = make(submitted, alice)
    response = visitor(address).get(f"/shared/{link.pk}/report.pdf")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


# --- its end


def expire(link: ShareLink, submitted: Assessment, alice: User) -> None:
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def revoke(link: ShareLink, submitted: Assessment, alice: User) -> None:
    sharing.revoke_link(link, by=alice)


def delete(link: ShareLink, submitted: Assessment, alice: User) -> None:
    """As only somebody with the database can: a team withdraws what it submitted."""
    Assessment.objects.filter(pk=submitted.pk).update(deleted_at=timezone.now(), deleted_by=alice)


@pytest.mark.parametrize("end", [expire, revoke, delete])
def test_ended_link_says_whom_to_ask_for_a_new_one(submitted: Assessment, alice: User, end: Any) -> None:
    link, address = make(submitted, alice, scope=Scope.ANSWERS)
    client = visitor(address)
    end(link, submitted, alice)
    for at in ("", "answers/", "report.pdf"):
        response = client.get(f"/shared/{link.pk}/{at}")
        assert response.status_code == 410
        assert "This link no longer works. Ask Alice for a new one." in words(response)
        assert "Payments" not in words(response)
    assert Client().get(f"/shared/{link.pk}/").status_code == 404
    assert Client().get(address).status_code == 410


def test_ended_link_with_passcode_names_nobody_to_strangers(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice, passcode=PASSCODE)
    sharing.revoke_link(link, by=alice)
    text = words(Client().get(address))
    assert NO_LONGER in text
    assert "Alice" not in text


def test_withdrawn_version_is_shown_as_withdrawn(submitted: Assessment, alice: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    withdraw(submitted, by=alice, text="Too early.")
    response = client.get(f"/shared/{link.pk}/")
    assert response.status_code == 200
    assert "withdrawn" in words(response).lower()


def test_session_opens_only_the_link_it_opened_before(submitted: Assessment, alice: User, team: Any) -> None:
    another = actions.submit_assessment(AssessmentFactory(team=team, by=alice, answers={"teams": 5}), by=alice)
    _, address = make(submitted, alice)
    other, _ = make(another, alice)
    assert visitor(address).get(f"/shared/{other.pk}/").status_code == 404


def test_link_has_to_be_opened_again_after_a_day(
    submitted: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    later = link_sessions.time.time() + 25 * 3600
    monkeypatch.setattr(link_sessions.time, "time", lambda: later)
    assert client.get(f"/shared/{link.pk}/").status_code == 404
    assert client.get(address).status_code == 302
    assert client.get(f"/shared/{link.pk}/").status_code == 200


def test_session_forgets_the_oldest_links(submitted: Assessment, alice: User) -> None:
    client = visitor()
    links = [make(submitted, alice, name=f"Link {n}") for n in range(link_sessions.MAX_LINKS + 1)]
    for _, address in links:
        client.get(address)
    assert client.get(f"/shared/{links[0][0].pk}/").status_code == 404
    assert client.get(f"/shared/{links[-1][0].pk}/").status_code == 200


# --- sessions


def test_opening_a_link_signs_nobody_in_and_changes_the_session_key(submitted: Assessment, alice: User) -> None:
    _, address = make(submitted, alice)
    client = Client()
    planted = client.session
    planted["something"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.get(address)
    assert client.session.session_key != planted.session_key
    assert "_auth_user_id" not in client.session
    assert client.get("/assessments/").status_code == 302


def test_opened_links_survive_sign_in_and_end_with_sign_out(submitted: Assessment, alice: User, charlie: User) -> None:
    link, address = make(submitted, alice)
    client = visitor(address)
    client.force_login(charlie)
    assert client.get(f"/shared/{link.pk}/").status_code == 200
    client.post("/account/logout/")
    assert client.get(f"/shared/{link.pk}/").status_code == 404


def test_opening_a_link_keeps_a_signed_in_person_signed_in(
    submitted: Assessment, alice: User, charlie_client: Client
) -> None:
    _, address = make(submitted, alice)
    key = charlie_client.session.session_key
    charlie_client.get(address)
    assert charlie_client.session.session_key == key
    assert charlie_client.get("/assessments/").status_code == 200
    assert charlie_client.get(f"/assessments/{submitted.pk}/result/").status_code == 404


# --- counting


def test_openings_are_counted_once_a_minute_for_each_visitor(
    submitted: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, address = make(submitted, alice)
    first, second = visitor(address), visitor(address)
    for client in (first, first, first, second):
        client.get(f"/shared/{link.pk}/")
    link.refresh_from_db()
    assert link.times_opened == 2
    assert link.last_opened_at is not None
    later = link_sessions.time.time() + 61
    monkeypatch.setattr(link_sessions.time, "time", lambda: later)
    first.get(f"/shared/{link.pk}/")
    link.refresh_from_db()
    assert link.times_opened == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": "WhatsApp/2.23.20.0"},
        {"user-agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"},
        {"user-agent": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "Mozilla/5.0", "sec-purpose": "prefetch;prerender"},
        {"user-agent": "Mozilla/5.0", "purpose": "preview"},
    ],
    ids=lambda headers: " ".join(headers.values())[:30],
)
def test_the_preview_of_a_link_is_no_opening(submitted: Assessment, alice: User, headers: dict[str, str]) -> None:
    link, address = make(submitted, alice)
    client = Client(headers=headers)
    client.get(address)
    assert client.get(f"/shared/{link.pk}/").status_code == 200
    link.refresh_from_db()
    assert (link.times_opened, link.last_opened_at) == (0, None)
    person = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0"})
    person.get(address, follow=True)
    link.refresh_from_db()
    assert link.times_opened == 1


def test_shared_page_takes_few_queries(submitted: Assessment, alice: User, django_assert_max_num_queries: Any) -> None:
    link, address = make(submitted, alice, scope=Scope.ANSWERS)
    client = visitor(address)
    client.get(f"/shared/{link.pk}/")
    for at, most in (("", 8), ("answers/", 8)):
        with django_assert_max_num_queries(most):
            client.get(f"/shared/{link.pk}/{at}")
