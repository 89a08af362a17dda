"""The report's page and its PDF, as a browser gets them."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.models import Answer, Assessment
from assess.people.models import User
from assess.reports import pdf, queue, service
from assess.reports.models import Report, ReportState
from tests.conftest import client_of
from tests.integration.reports.conftest import age, only_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(assessment: Assessment) -> str:
    return reverse("report", args=[assessment.pk])


@pytest.fixture
def address(assessment: Assessment) -> str:
    return reverse("report-pdf", args=[assessment.pk])


@pytest.fixture
def ready(assessment: Assessment, alice: User) -> Report:
    service.request_report(assessment, by=alice)
    queue.render_queued_reports()
    return only_report()


def stage(response: Any) -> str:
    found = re.search(r'data-stage="(\w+)"', response.content.decode())
    assert found
    return found[1]


def test_the_page_offers_to_make_the_pdf(alice_client: Client, page: str) -> None:
    response = alice_client.get(page)
    assert stage(response) == "none"
    assert "Make the PDF" in response.content.decode()


def test_post_leads_to_a_page_that_reloads_with_and_without_javascript(
    alice_client: Client, page: str, assessment: Assessment
) -> None:
    response = alice_client.post(page, follow=True)
    assert response.redirect_chain == [(page, 302)]
    html = response.content.decode()
    assert stage(response) == "waiting"
    assert 'hx-trigger="every 1s"' in html
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh" content="2">\s*</noscript>', html)
    assert f'<a href="{page}">Look again</a>' in html


def test_htmx_gets_the_partial_and_stops_polling_when_ready(
    alice_client: Client, page: str, assessment: Assessment
) -> None:
    alice_client.post(page)
    waiting = alice_client.get(page, headers={"HX-Request": "true"})
    assert waiting.content.decode().strip().startswith('<section id="state"')
    assert "HX-Request" in waiting.headers["Vary"]
    queue.render_queued_reports()
    done = alice_client.get(page, headers={"HX-Request": "true"})
    assert stage(done) == "ready"
    assert "hx-trigger" not in done.content.decode()


def test_pdf_has_file_name_and_safe_headers(alice_client: Client, address: str, ready: Report) -> None:
    response = alice_client.get(address)
    assert response.status_code == 200
    assert response.content == bytes(Report.objects.get().pdf or b"")
    assert response.headers["Content-Type"] == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="payments-platform_assessment_v3_\d{4}-\d\d-\d\d.pdf"',
        response.headers["Content-Disposition"],
    )
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src" in response.headers["Content-Security-Policy"]


def test_inline_query_opens_the_pdf_in_the_browser(alice_client: Client, address: str, ready: Report) -> None:
    assert alice_client.get(f"{address}?inline").headers["Content-Disposition"].startswith("inline; filename=")


def test_pdf_answers_304_to_a_matching_etag(alice_client: Client, address: str, ready: Report) -> None:
    etag = alice_client.get(address).headers["ETag"]
    again = alice_client.get(address, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""


def test_downloading_twice_gives_the_same_bytes(alice_client: Client, submitted: Assessment, alice: User) -> None:
    service.request_report(submitted, by=alice)
    queue.render_queued_reports()
    address = reverse("report-pdf", args=[submitted.pk])
    assert alice_client.get(address).content == alice_client.get(address).content


def test_pdf_address_redirects_to_the_page_when_none_is_ready(alice_client: Client, address: str, page: str) -> None:
    response = alice_client.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, page)


def test_pdf_of_earlier_answers_is_not_served(
    alice_client: Client, address: str, page: str, ready: Report, assessment: Assessment
) -> None:
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    assert alice_client.get(address).status_code == 302
    response = alice_client.get(page)
    assert stage(response) == "stale"
    assert "Make it again" in response.content.decode()


def test_a_failed_report_says_why_and_offers_to_try_again(
    alice_client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(html: str, *data: object, **dated: object) -> bytes:
        raise pdf.RenderError("Shorten the <longest> notes.")

    monkeypatch.setattr(pdf, "render_pdf", broken)
    alice_client.post(page)
    queue.render_queued_reports()
    html = alice_client.get(page).content.decode()
    assert "Shorten the &lt;longest&gt; notes." in html
    assert "Try again" in html


def test_polling_the_page_requeues_a_stale_render(
    alice_client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    monkeypatch.setattr(queue, "start_child", lambda report: started.append(report.pk))
    alice_client.post(page)
    report = queue.claim()
    assert report is not None
    age(report, heartbeat_at=timedelta(seconds=10))
    assert stage(alice_client.get(page)) == "waiting"
    assert only_report().state == ReportState.QUEUED
    assert started == []
    age(report, queued_at=timedelta(seconds=3))
    alice_client.get(page)
    assert started == [report.pk]


def test_too_many_requests_get_429_with_retry_after(alice_client: Client, page: str, assessment: Assessment) -> None:
    for teams in range(7):
        Answer.objects.filter(assessment=assessment, key="teams").update(value=teams + 10)
        response = alice_client.post(page)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 61
    assert "6 PDFs within a minute" in response.content.decode()


@pytest.mark.parametrize("who", ["charlie", "zoe", "olga"])
@pytest.mark.parametrize("name", ["report", "report-pdf"])
def test_strangers_get_the_404_of_a_missing_assessment(
    who: str, name: str, request: pytest.FixtureRequest, assessment: Assessment, ready: Report
) -> None:
    client = client_of(request.getfixturevalue(who))
    response = client.get(reverse(name, args=[assessment.pk]))
    missing = client.get(reverse(name, args=[assessment.pk + 1000]))
    assert response.status_code == missing.status_code == 404
    token = re.compile(rb'csrf[^>]*|"X-CSRFToken": "[^"]*"|value="[^"]*"')
    assert token.sub(b"", response.content) == token.sub(b"", missing.content)
    if name == "report":
        assert client.post(reverse(name, args=[assessment.pk])).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob", "rita"])
def test_the_team_and_the_architect_may_read_it(
    who: str, request: pytest.FixtureRequest, page: str, address: str, ready: Report
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(page).status_code == 200
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["report", "report-pdf"])
def test_signed_out_visitors_are_redirected_to_sign_in(client: Client, name: str, assessment: Assessment) -> None:
    response = client.get(reverse(name, args=[assessment.pk]))
    assert response.status_code == 302
    assert reverse("account_login") in response.headers["Location"]


def test_a_deleted_assessment_has_no_report(
    alice_client: Client, alice: User, page: str, address: str, ready: Report, assessment: Assessment
) -> None:
    from assess.assessments import actions

    actions.delete_assessment(assessment, by=alice)
    assert alice_client.get(page).status_code == 404
    assert alice_client.get(address).status_code == 404


def test_only_get_and_head_reach_the_pdf(alice_client: Client, address: str, ready: Report) -> None:
    assert alice_client.head(address).status_code == 200
    for method in ("post", "put", "delete"):
        assert getattr(alice_client, method)(address).status_code == 405


def test_request_without_csrf_token_is_refused(alice: User, page: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(page).status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        'evil"; filename="x.exe',
        "a\r\nSet-Cookie: a=b",
        "../../etc/passwd",
        "漢字",
        "Zürich: Zahlungen & Co.",
        "🚀",
        "%2e%2e%2f",
        "x" * 120,
        "...",
        "con.pdf",
    ],
)
def test_a_hostile_name_of_a_system_makes_a_safe_file_name(
    name: str, alice_client: Client, alice: User, assessment: Assessment, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment.system.name = name
    assessment.system.save()
    monkeypatch.setattr(pdf, "render_pdf", lambda html, *data, **dated: b"%PDF-1.7")
    service.request_report(Assessment.objects.get(pk=assessment.pk), by=alice)
    queue.render_queued_reports()
    disposition = alice_client.get(address).headers["Content-Disposition"]
    message = EmailMessage()
    message["Content-Disposition"] = disposition
    assert re.fullmatch(r"[a-z0-9_-]{1,60}_assessment_v3_\d{4}-\d\d-\d\d\.pdf", message.get_filename() or "")


def test_report_page_needs_few_queries(
    alice_client: Client, page: str, address: str, ready: Report, django_assert_max_num_queries: Any
) -> None:
    alice_client.get(page)
    with django_assert_max_num_queries(11):
        alice_client.get(page)
    with django_assert_max_num_queries(11):
        alice_client.get(address)


def test_final_pdf_needs_three_queries(
    alice_client: Client, submitted: Assessment, alice: User, django_assert_num_queries: Any
) -> None:
    """The session, the person, and the row that they may read."""
    service.request_report(submitted, by=alice)
    queue.render_queued_reports()
    address = reverse("report-pdf", args=[submitted.pk])
    alice_client.get(address)  # the first request of a session writes to it
    with django_assert_num_queries(3):
        assert alice_client.get(address).status_code == 200


# --- for whom it is


@pytest.mark.whole_pdf
def test_each_reader_has_a_pdf_and_the_page_lists_ready_ones(
    alice_client: Client, page: str, address: str, ready: Report
) -> None:
    response = alice_client.post(page, {"for": "leadership"}, follow=True)
    assert response.redirect_chain == [(f"{page}?for=leadership", 302)]
    assert stage(response) == "waiting"
    queue.render_queued_reports()
    html = alice_client.get(f"{page}?for=leadership").content.decode()
    made = Report.objects.get(spec="for=leadership")
    assert f'href="{address}?for=leadership"' in html
    assert f"{made.pages} pages" in html
    assert escape(made.left_out) in html
    assert f'<a class="title" href="{address}">Everything</a>' in html
    assert made.pages < Report.objects.get(spec="").pages
    full, part = alice_client.get(address), alice_client.get(f"{address}?for=leadership")
    assert full.content != part.content
    assert part.headers["Content-Disposition"].endswith('_leadership.pdf"')
    with pikepdf.open(BytesIO(part.content)) as opened:
        assert len(opened.pages) == made.pages


def test_chosen_chapters_may_come_in_any_order(alice_client: Client, page: str) -> None:
    first = alice_client.post(page, {"for": "full", "chapter": ["open", "hurts"]})
    second = alice_client.post(page, {"for": "leadership", "chapter": ["hurts", "open", "signoff"]})
    assert first.headers["Location"] == second.headers["Location"]
    assert only_report().spec == "chapter=hurts&chapter=open&chapter=signoff"


def some_chosen(assessment: Assessment, count: int, **fields: Any) -> list[int]:
    """Rows of so many choices of chapters, the oldest first."""
    long_ago = timezone.now() - timedelta(hours=1)
    rows = [
        Report(
            assessment=assessment,
            spec=f"chapter=hurts&chapter={number}",
            key="k" * 64,
            state=ReportState.READY,
            pdf=b"%PDF",
            requested_at=long_ago + timedelta(seconds=number),
            **fields,
        )
        for number in range(count)
    ]
    return [row.pk for row in Report.objects.bulk_create(rows)]


def test_choices_of_chapters_are_limited_per_version(
    alice_client: Client, page: str, assessment: Assessment, ready: Report
) -> None:
    """Sixty thousand could be asked for of one open version, and would stay until an answer changes."""
    oldest, second, *_rest = some_chosen(assessment, service.MAX_CHAPTER_CHOICES)
    Report.objects.update(key=ready.key)
    alice_client.post(page, {"chapter": "open"})
    chosen = Report.objects.filter(spec__startswith="chapter=")
    assert chosen.count() == service.MAX_CHAPTER_CHOICES
    assert not chosen.filter(pk=oldest).exists()
    assert chosen.filter(pk=second).exists()
    assert Report.objects.filter(pk=ready.pk).exists()


def test_final_reports_are_not_deleted_for_more_choices(alice_client: Client, submitted: Assessment) -> None:
    page = reverse("report", args=[submitted.pk])
    kept = some_chosen(submitted, service.MAX_CHAPTER_CHOICES, is_final=True)
    refused = alice_client.post(page, {"chapter": "open"})
    assert refused.status_code == 400
    assert "already has 50 reports with chosen chapters" in refused.content.decode()
    assert set(Report.objects.values_list("pk", flat=True)) == set(kept)
    assert alice_client.post(page, {"for": "leadership"}).status_code == 302


@pytest.mark.parametrize("wrong", [{"for": "nobody"}, {"chapter": "../x"}, {"for": "<b>"}])
def test_unknown_choice_is_refused(alice_client: Client, page: str, address: str, wrong: dict[str, str]) -> None:
    for response in (alice_client.post(page, wrong), alice_client.get(page, wrong), alice_client.get(address, wrong)):
        assert response.status_code == 400
        assert "<b>" not in response.content.decode().replace("<b>Splitcheck</b>", "")
    assert not Report.objects.exists()


def test_changed_answer_makes_every_readers_draft_stale(
    alice_client: Client, page: str, assessment: Assessment, ready: Report
) -> None:
    alice_client.post(page, {"for": "architect"})
    queue.render_queued_reports()
    assert Report.objects.filter(state=ReportState.READY).count() == 2
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    alice_client.post(page)
    queue.render_queued_reports()
    assert [report.spec for report in Report.objects.all()] == [""]


def test_final_pdf_of_each_reader_is_stored(alice_client: Client, submitted: Assessment) -> None:
    page = reverse("report", args=[submitted.pk])
    for reader in ("leadership", "architect", "full"):
        alice_client.post(page, {"for": reader})
    queue.render_queued_reports()
    kept = {report.spec: bytes(report.pdf or b"") for report in Report.objects.filter(is_final=True)}
    assert set(kept) == {"", "for=leadership", "for=architect"}
    for spec, pdf_bytes in kept.items():
        assert alice_client.get(f"{reverse('report-pdf', args=[submitted.pk])}?{spec}").content == pdf_bytes


def test_asking_renders_nothing_in_the_request(
    alice_client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(html: str, *data: object, **dated: object) -> bytes:
        raise AssertionError("rendered in the request")

    monkeypatch.setattr(pdf, "render_pdf", never)
    assert alice_client.post(page, follow=True).status_code == 200
    assert only_report().state == ReportState.QUEUED
