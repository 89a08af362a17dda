"""The PDF of a reviewed version: one for each step of its review, each kept by its hash."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Assessment
from assess.people.models import User
from assess.reports import queue, service
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.models import Report
from assess.reports.pdf_cache import find_final_pdf
from assess.review import actions
from assess.review.models import CommentKind, Condition, Decision
from tests.integration.review.conftest import load
from tests.integration.review.test_moves import a_condition, other_than

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes seconds and is tested elsewhere: here the bytes are the report's key."""
    monkeypatch.setattr(queue, "render_job", lambda manuscript: manuscript.key.encode())


def made(assessment: Assessment) -> bytes:
    return service.render_pdf_now(with_report_relations(Assessment.objects.all()).get(pk=assessment.pk))


def test_each_step_of_a_review_makes_one_report(submitted: Assessment, alice: User, rita: User, drawn: None) -> None:
    steps: list[Any] = [
        lambda it: actions.comment(it, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Three?"),
        lambda it: actions.take_up(it, by=rita),
        lambda it: actions.sign(
            it, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=[a_condition()], remark="Good."
        ),
        lambda it: actions.meet_condition(Condition.objects.get(), by=alice, how="Done."),
        lambda it: actions.challenge(it, by=alice, text="No."),
        lambda it: actions.reopen(it, by=rita, text="Fine."),
        lambda it: actions.sign(it, by=rita, decision=Decision.SENT_BACK, remark="Count again."),
    ]
    found = [made(submitted)]
    for step in steps:
        step(load(submitted.pk))
        found.append(made(submitted))
        assert made(submitted) == found[-1]
    assert len(set(found)) == len(steps) + 1
    kept = Report.objects.order_by("review_step")
    assert [bytes(report.pdf or b"") for report in kept] == found
    assert all(report.is_final for report in kept)


def test_a_report_made_before_a_signature_is_not_served_after_it(
    in_review: Assessment, rita: User, rita_client: Client, drawn: None
) -> None:
    address = reverse("report-pdf", args=[in_review.pk])
    made(in_review)
    before = rita_client.get(address)
    assert before.status_code == 200
    actions.sign(load(in_review.pk), by=rita, decision=Decision.ACCEPTED)
    assert rita_client.get(address).status_code == 302
    page = rita_client.get(reverse("report", args=[in_review.pk])).content.decode()
    assert "The review or the plan has moved on since the last report" in page
    made(in_review)
    after = rita_client.get(address)
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_stored_report_no_longer_counts_once_a_day_has_passed_that_it_calls_open(
    in_review: Assessment, rita: User, drawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.sign(load(in_review.pk), by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=[a_condition()])
    before, page = made(in_review), load_report(load(in_review.pk)).page_one
    assert page is not None
    assert [row.cells[1] for row in page.table_rows] == ["Open"]
    assert "Open to challenge until" in page.decision
    stored = find_final_pdf(rita, in_review.pk, "")
    assert stored is not None
    assert stored.pdf == before
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=100))
    assert find_final_pdf(rita, in_review.pk, "") is None
    after, page = made(in_review), load_report(load(in_review.pk)).page_one
    assert page is not None
    assert [row.cells[1] for row in page.table_rows] == ["Overdue"]
    assert "Could be challenged until" in page.decision
    stored = find_final_pdf(rita, in_review.pk, "")
    assert stored is not None
    assert stored.pdf == after != before
    assert Report.objects.filter(is_final=True).count() == 2, "the earlier one can still be vouched for"


@pytest.mark.parametrize(
    "event",
    [
        *("planned", "money_changed", "steps_changed", "goal_changed", "goal_measured"),
        *("preparation_marked", "preparation_waived", "design_decided", "outcome_recorded"),
    ],
)
def test_a_stored_report_no_longer_counts_once_what_is_planned_changes(
    submitted: Assessment, alice: User, drawn: None, event: str
) -> None:
    made(submitted)
    assert find_final_pdf(alice, submitted.pk, "") is not None
    with transaction.atomic():
        record_event(load(submitted.pk), EventKind(event), by=alice)
    assert find_final_pdf(alice, submitted.pk, "") is None


def test_the_worker_keeps_the_report_under_the_step_that_it_shows(
    in_review: Assessment, rita: User, drawn: None
) -> None:
    service.request_report(load(in_review.pk), by=rita)
    actions.sign(load(in_review.pk), by=rita, decision=Decision.ACCEPTED)
    assert queue.render_queued_reports() == 1
    report = Report.objects.get()
    assert report.is_final
    assert report.review_step == load(in_review.pk).log_length
    assert service.get_ready_report(load(in_review.pk)) == report


def test_report_shows_what_was_signed(in_review: Assessment, alice: User, rita: User) -> None:
    actions.comment(in_review, by=alice, text="A word on the whole.")
    said = actions.comment(in_review, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Three?")
    actions.comment(in_review, by=alice, parent=said, text="Five.")
    mine = other_than(in_review.verdict)
    signed = actions.sign(
        load(in_review.pk), by=rita, decision=Decision.ACCEPTED, overruled_to=mine, reason="The part is sold."
    )
    data = load_report(load(in_review.pk))
    assert data.state_words == "Signed"
    review = data.review
    assert review is not None
    assert review.signature is not None
    assert (review.signature.hash, review.signature.reason) == (signed.content_hash, "The part is sold.")
    assert data.page_one is not None
    assert data.page_one.headline == "The part is sold"
    assert data.page_one.verdict == mine
    assert [line.kind_words for line in review.comments] == ["Comment", "Challenge", "Reply"]
    assert review.comments[1].settled_words == "Not settled"
    assert data.verdict == in_review.verdict


def test_report_of_an_unreviewed_version_does_not_change(submitted: Assessment) -> None:
    data = load_report(submitted)
    assert data.review is None
    assert data.state_words == "Submitted"
