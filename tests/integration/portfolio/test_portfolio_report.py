"""The report on a portfolio: asked for from the page, shown to one person, and saying what the page says."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.conf import settings as live_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment
from assess.assessments.models import Assessment, Edition, State
from assess.people import personal_data
from assess.people.models import Membership, Role, Team, User, Workspace
from assess.portfolio.filters import Filters
from assess.portfolio.reports import portfolio as portfolio_report
from assess.portfolio.reports import portfolio_data
from assess.reports import queue
from assess.reports.document import Document, Table, plain_text
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.personal_reports import MAX_PERSONAL_REPORTS, request_personal_report
from assess.review.models import Condition, SignOff
from tests.conftest import client_of
from tests.factories import EditionFactory, MembershipFactory, TeamFactory, UserFactory, WorkspaceFactory
from tests.integration.portfolio.test_portfolio import submit_system
from tests.unit.reports.report_factory import packed, pages_text
from tests.unit.reports.test_golden import problems_of

pytestmark = pytest.mark.django_db

ASK = "/portfolio/report/"


def written(workspace: Workspace, **filters: str) -> Document:
    found = portfolio_data.load_portfolio(workspace, Filters(**filters), today=timezone.localdate())
    return portfolio_report.build_document(found, language="en-GB", confidentiality="")


def words_of(document: Document, chapter: str) -> str:
    """All that a chapter says, and its title."""
    (found,) = (each for each in document.chapters if each.slug == chapter)
    said = [found.title]
    for block in found.all_blocks():
        if block.kind == "paragraph":
            said.append(plain_text(block.line))
        elif block.kind == "items":
            said += [plain_text(each) for each in block.lines]
        elif block.kind == "table":
            said += [plain_text(cell) for row in block.rows for cell in row.cells]
        elif block.kind == "part":
            said.append(block.title)
        elif block.kind == "columns":
            said += [part.title for part in block.parts]
    return "\n".join(said)


def rows_of(document: Document) -> list[list[str]]:
    (chapter,) = (each for each in document.chapters if each.slug == "systems")
    (table,) = (block for block in chapter.all_blocks() if isinstance(block, Table))
    return [[plain_text(cell) for cell in row.cells] for row in table.rows]


def condition(assessment: Assessment, by: User, text: str, *, owner: str, days_ago: int) -> Condition:
    signed = SignOff.objects.create(
        assessment=assessment,
        signed_by=by,
        decision="accepted_with_conditions",
        model_verdict=assessment.verdict,
        content={},
        content_hash="a" * 64,
    )
    due_on = timezone.localdate() - timedelta(days=days_ago)
    return Condition.objects.create(assessment=assessment, sign_off=signed, text=text, owner=owner, due_on=due_on)


@pytest.fixture
def systems(team: Team, other_team: Team, alice: User, edition: Edition) -> list[Assessment]:
    """An extract of Payments that lacks gates, an old stay of Search that was overruled, and an open first version."""
    gates = {"tracing": "failed", "platform": "open", "logging": "passed"}
    checkout = submit_system(
        team, alice, "Checkout", verdict="extract", form="organisation", need=80, readiness=60, gates=gates,
        state=State.IN_REVIEW,
    )  # fmt: skip
    archive = submit_system(
        other_team, alice, "Archive", need=5, readiness=90, days=400, state=State.ACCEPTED, overruled_to="modular"
    )
    return [checkout, archive, start_assessment(team=team, system_name="Basket", edition=edition, by=alice)]


@pytest.fixture
def made(rita: User, rita_client: Client, systems: list[Assessment]) -> Report:
    rita_client.post(ASK, {"query": ""})
    queue.render_queued_reports()
    return Report.objects.get()


# --- asking, waiting, having


def test_portfolio_report_is_requested_waited_for_and_downloaded(
    rita: User,
    rita_client: Client,
    workspace: Workspace,
    systems: list[Assessment],
) -> None:
    assert f'action="{ASK}"' in rita_client.get("/portfolio/").content.decode()
    response = rita_client.post(ASK, {"query": "verdict=extract"}, follow=True)
    report = Report.objects.get()
    page = reverse("personal-report", args=[report.pk])
    assert response.redirect_chain == [(page, 302)]
    assert (report.kind, report.workspace, report.requested_by) == (ReportKind.PORTFOLIO, workspace, rita)
    html = response.content.decode()
    assert 'data-stage="waiting"' in html
    assert '<meta http-equiv="refresh" content="2">' in html
    assert "Only these systems: Verdict: Extract services." in html
    assert rita_client.get(f"{page[:-1]}.pdf").headers["Location"] == page
    assert queue.render_queued_reports() == 1
    html = rita_client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert 'data-stage="ready"' in html
    assert "hx-trigger" not in html
    response = rita_client.get(f"{page[:-1]}.pdf")
    assert response.content.startswith(b"%PDF")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="')
    assert f"_portfolio_{timezone.localdate():%Y-%m-%d}.pdf" in response.headers["Content-Disposition"]
    again = rita_client.get(f"{page[:-1]}.pdf", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_requesting_the_report_again_renders_it_with_current_systems(
    made: Report, rita_client: Client, team: Team, alice: User
) -> None:
    first = made.key
    submit_system(team, alice, "Warehouse")
    page = reverse("personal-report", args=[made.pk])
    assert rita_client.post(page, follow=True).redirect_chain == [(page, 302)]
    # As a second click would.
    assert rita_client.post(ASK, {"query": ""}).headers["Location"] == page
    assert Report.objects.get().state == ReportState.QUEUED
    queue.render_queued_reports()
    report = Report.objects.get()
    assert report.key != first
    assert "Warehouse" in "".join(pages_text(bytes(report.pdf or b"")))


def test_portfolio_report_counts_towards_the_limit_of_pdfs(rita_client: Client, workspace: Workspace) -> None:
    for number in range(6):
        assert rita_client.post(ASK, {"query": f"q={number}"}).status_code == 302
    response = rita_client.post(ASK, {"query": "q=another"})
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 61
    assert Report.objects.count() == 6


def test_only_the_newest_personal_reports_are_kept(rita: User, workspace: Workspace) -> None:
    for number in range(MAX_PERSONAL_REPORTS + 3):
        Report.objects.create(
            kind=ReportKind.PORTFOLIO,
            workspace=workspace,
            spec=f"q={number}",
            requested_by=rita,
            state=ReportState.READY,
            pdf=b"%PDF",
            requested_at=timezone.now() - timedelta(hours=number + 1),
        )
    request_personal_report(ReportKind.PORTFOLIO, spec="q=new", by=rita, workspace_id=workspace.pk)
    kept = Report.objects.values_list("spec", flat=True)
    assert set(kept) == {"q=new", *(f"q={number}" for number in range(MAX_PERSONAL_REPORTS - 1))}


# --- who


def addresses(report: Report) -> list[str]:
    return [reverse(name, args=[report.pk]) for name in ("personal-report", "personal-report-pdf")]


def test_portfolio_report_is_404_for_other_people_even_architects(
    made: Report, workspace: Workspace, alice_client: Client, zoe: User
) -> None:
    other = MembershipFactory(user=UserFactory(), workspace=workspace, team=None, role=Role.ARCHITECT).user
    for client in (client_of(other), client_of(zoe), alice_client):
        for address in addresses(made):
            missing = client.get(address.replace(str(made.pk), str(made.pk + 1_000)))
            assert client.get(address).status_code == missing.status_code == 404
        assert client.post(addresses(made)[0]).status_code == 404


def test_portfolio_report_is_404_for_a_former_architect(made: Report, rita: User, rita_client: Client) -> None:
    assert [rita_client.get(address).status_code for address in addresses(made)] == [200, 200]
    Membership.objects.filter(user=rita, role=Role.ARCHITECT).delete()
    assert [rita_client.get(address).status_code for address in addresses(made)] == [404, 404]
    assert rita_client.post(addresses(made)[0]).status_code == 404


def test_report_on_another_workspace_cannot_be_requested(rita_client: Client) -> None:
    assert rita_client.post(ASK, {"query": "", "workspace": WorkspaceFactory().pk}).status_code == 404
    assert not Report.objects.exists()


def test_portfolio_report_is_deleted_with_its_requesters_account(
    made: Report, rita: User, workspace: Workspace
) -> None:
    MembershipFactory(user=UserFactory(), workspace=workspace, team=None, role=Role.ARCHITECT)
    MembershipFactory(user=UserFactory(), workspace=workspace, team=None, role=Role.ADMINISTRATOR)
    personal_data.erase(User.objects.get(pk=rita.pk))
    assert not Report.objects.exists()


# --- what it says


def test_page_one_has_counts_gates_conditions_and_requests(
    workspace: Workspace,
    systems: list[Assessment],
    rita: User,
) -> None:
    accepted = Assessment.objects.get(system__name="Archive")
    condition(accepted, rita, "Name an owner for each module", owner="Petra Owner", days_ago=3)
    said = words_of(written(workspace), "summary")
    for words in (
        "1 of 3 systems is advised to be a modular monolith", "Extract services", "Modular monolith", "No verdict yet",
        "By state: 1 in progress, 1 in review, 1 accepted.", "Tracing is missing in 1 of 2", "1 condition is overdue",
        "Archive: Name an owner for each module", "Petra Owner", "Review and decide on 1 system: Checkout.",
        "Close the failed gates of 1 system before anything is extracted from it: Checkout.",
        "Assess 1 system again, it is due: Archive.",
        "Finish the assessment of 1 system without a verdict: Basket.",
    ):  # fmt: skip
        assert words in said, words


def test_report_table_has_every_system_with_verdict_state_and_days(
    workspace: Workspace,
    systems: list[Assessment],
) -> None:
    rows = {row[0].split()[0]: row for row in rows_of(written(workspace))}
    assert set(rows) == {"Checkout", "Archive", "Basket"}
    assert rows["Checkout"][1:4] == ["Extract services\nSlice by slice", "80", "60"]
    assert "In review" in rows["Checkout"][4]
    assert "the model says “Stay monolithic”" in rows["Archive"][1]
    assert "Due" in rows["Archive"][5]
    assert rows["Basket"][1:4] == ["No verdict yet", "–", "–"]


def test_gates_chapter_names_the_systems_that_lack_each_gate(workspace: Workspace, systems: list[Assessment]) -> None:
    said = words_of(written(workspace), "gates")
    assert "Tracing funded\n1\n0\nCheckout" in said
    assert "Somebody runs the platform\n0\n1\nNot known: Checkout" in said


def test_report_with_a_filter_names_it_and_has_only_fitting_systems(
    workspace: Workspace,
    systems: list[Assessment],
    rita: User,
) -> None:
    condition(Assessment.objects.get(system__name="Archive"), rita, "Name an owner", owner="Petra", days_ago=3)
    document = written(workspace, verdict="extract", gate="tracing/failed")
    assert [row[0].split()[0] for row in rows_of(document)] == ["Checkout"]
    assert "Only these systems: Verdict: Extract services; Gate: " in words_of(document, "summary")
    assert "Nothing is overdue" in words_of(document, "summary")


def test_report_names_what_it_leaves_out(
    workspace: Workspace,
    systems: list[Assessment],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = written(workspace)
    assert "1 system has no submitted verdict, so only the table lists it: Basket." in words_of(whole, "method")
    assert "Only the first" not in words_of(whole, "systems")
    monkeypatch.setattr(portfolio_data, "MAX_SYSTEMS", 2)
    document = written(workspace)
    assert len(rows_of(document)) == 2
    listed = "Only the first 2 systems are listed, in this order: Last changed."
    assert listed in words_of(document, "systems")
    assert listed in words_of(document, "method")
    assert "This covers the listed systems. There are more." in words_of(document, "summary")


def test_report_on_an_empty_workspace_says_so(workspace: Workspace) -> None:
    document = written(workspace)
    assert words_of(document, "summary").startswith("No system fits")
    assert [chapter.slug for chapter in document.chapters] == ["summary", "method"]


def test_portfolio_pdf_is_tagged_and_carries_the_same_data_as_the_export(
    made: Report,
    rita_client: Client,
    systems: list[Assessment],
) -> None:
    content = bytes(made.pdf or b"")
    assert problems_of(content) == []
    with pikepdf.open(BytesIO(content)) as opened:
        assert len(opened.pages) == made.pages
        (name,) = opened.attachments
        data = json.loads(opened.attachments[name].get_file().read_bytes())
    exported = json.loads(b"".join(rita_client.get("/portfolio/export.json").streaming_content))
    assert [system["system"] for system in data["systems"]] == [system["system"] for system in exported["systems"]]
    for ours, theirs in zip(data["systems"], exported["systems"], strict=True):
        assert {key: ours[key] or None for key in ours} == {key: theirs[key] or None for key in ours}
    assert data["counts"]["verdicts"] == {"stay": 0, "modular": 1, "extract": 1}
    assert data["complete"] is True
    said = packed("".join(pages_text(content)))
    for system in data["systems"]:
        assert packed(system["system"]) in said


@pytest.mark.parametrize(
    "name",
    [
        '<script>alert("x")</script>', "<img src=http://attacker.example/x>", "{{ 7 * 7 }}{% now %}",
        "a" * 120, "=cmd|' /C calc'!A0", "&lt;b&gt;", "</td></tr></table><h1>Signed", "\u202egnp.exe",
    ],
)  # fmt: skip
def test_report_escapes_what_people_typed(name: str, workspace: Workspace, team: Team, rita: User, alice: User) -> None:
    made = submit_system(team, alice, name, state=State.ACCEPTED_WITH_CONDITIONS)
    condition(made, rita, f"Done {name}", owner=name, days_ago=1)
    Team.objects.filter(pk=team.pk).update(name=name[:80])
    Workspace.objects.filter(pk=workspace.pk).update(name=name, confidentiality=name)
    report = Report(kind=ReportKind.PORTFOLIO, workspace=Workspace.objects.get(), spec="", requested_by=rita)
    html = portfolio_report.build_job(report).html
    for markup in ("<script", "<img src=http", "</table><h1>", "\u202e"):
        assert markup not in html
    assert "{{ 7" in html if "{{" in name else "49" not in name


@pytest.mark.slow
def test_largest_report_with_longest_names_stays_within_time_and_memory_limits(
    rita: User, workspace: Workspace, systems: list[Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of time and of memory: `bounds` stops what takes more."""
    for number, one in enumerate(systems):
        Assessment.objects.filter(pk=one.pk).update(system_name="w" * 115 + f"{number:05}")
        one.system.name = "W" * 115 + f"{number:05}"
        one.system.save()
    condition(systems[1], rita, "漢字 " * 660, owner="y" * 120, days_ago=3)
    found = portfolio_data.load_portfolio(workspace, Filters(), today=timezone.localdate())
    many = replace(
        found,
        systems=[found.systems[number % 3] for number in range(portfolio_data.MAX_SYSTEMS)],
        overdue=list(found.overdue) * portfolio_data.MAX_CONDITIONS,
    )
    monkeypatch.setattr(portfolio_report, "load_portfolio", lambda *asked, **of: many)
    report = Report.objects.create(kind=ReportKind.PORTFOLIO, workspace=workspace, requested_by=rita)
    queue.render_queued_reports()
    report.refresh_from_db()
    assert (report.state, report.problem) == (ReportState.READY, "")
    assert report.pages > 30


def test_render_that_takes_too_long_is_stopped_and_can_be_tried_again(
    rita: User,
    rita_client: Client,
    systems: list[Assessment],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.LIMITS = {**live_settings.LIMITS, "render_seconds": 1}

    def endless(*found: object, **words: object) -> Document:
        while True:
            pass

    monkeypatch.setattr(portfolio_report, "build_document", endless)
    rita_client.post(ASK, {"query": ""})
    queue.render_queued_reports()
    report = Report.objects.get()
    assert report.state == ReportState.FAILED
    html = rita_client.get(reverse("personal-report", args=[report.pk])).content.decode()
    assert "The report took longer than 1 seconds" in html
    assert "Try again" in html


def test_filter_by_another_workspaces_team_does_not_reveal_its_name(
    rita_client: Client, systems: list[Assessment]
) -> None:
    """Neither the page that waits nor the report tells what another workspace calls its teams and questionnaires."""
    elsewhere = WorkspaceFactory(name="Elsewhere")
    team = TeamFactory(workspace=elsewhere, name="Nightjar")
    by = UserFactory()
    edition = EditionFactory(
        workspace=elsewhere, title="Before the merger", imported_by=by, published_by=by, sha256="c" * 64
    )
    for query in (f"team={team.pk}", f"edition={edition.pk}"):
        page = rita_client.post(ASK, {"query": query}, follow=True).content.decode()
        assert "Only these systems" in page
        queue.render_queued_reports()
        read = "".join(pages_text(bytes(Report.objects.get(spec__contains=query).pdf or b"")))
        for text in (page, read):
            assert "Nightjar" not in text
            assert "merger" not in text
