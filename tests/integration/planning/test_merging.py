"""The page on services to merge, its link, and its chapter."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Assessment, Edition
from assess.demo.traces import build_traces
from assess.measurements.facade import Options, read_measurements, to_json
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer
from assess.reports.chapters import build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from tests.conftest import client_of
from tests.html import compact
from tests.unit.reports.report_factory import demo_answers

pytestmark = pytest.mark.django_db


def start(team: Team, by: User, edition: Edition, **answers: object) -> Assessment:
    carried = demo_answers("services-47") | {key: Answer(value=value) for key, value in answers.items()}
    return start_assessment(team=team, system_name=f"Shop {answers}"[:100], edition=edition, by=by, carried=carried)


def attach(assessment: Assessment, content: bytes, by: User) -> None:
    reading = read_measurements(io.BytesIO(content), options=Options())
    Measurement.objects.create(
        assessment=assessment, kind=reading.kind, shape=reading.shape, file_name="a", sha256=f"{len(content):064}",
        content=to_json(reading), attached_by=by,
    )  # fmt: skip


def page_of(client: Client, assessment: Assessment, name: str = "merging") -> str:
    response = client.get(reverse(name, args=[assessment.pk]))
    assert response.status_code == 200
    return compact(response.content.decode())


def test_page_groups_47_services_into_15_and_draws_who_calls_whom(
    team: Team, alice: User, vera: User, edition: Edition
) -> None:
    assessment = start(team, alice, edition)
    attach(assessment, build_traces(), alice)
    page = page_of(client_of(vera), assessment)
    assert "Merge 15 groups of services: 47 become 15" in page
    assert "order-lines, order-status, orders and returns" in page
    assert "use the database postgresql orders." in page
    assert "From a, with 120 traces." in page
    assert 'class="squares"' in page


def test_page_without_files_says_what_is_not_known(team: Team, alice: User, edition: Edition) -> None:
    page = page_of(client_of(alice), start(team, alice, edition))
    assert "Which services to merge first is not known yet" in page
    assert "Who calls whom: attach traces of a busy day" in page
    assert 'class="squares"' not in page


def test_deploys_that_name_services_count_too(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    rows = [
        f"2026-11-{day:02}T10:{minute:02}:00Z,2026-11-{day:02}T10:{minute + 5:02}:00Z,success,{service}"
        for day in range(1, 15)
        for minute, service in ((0, "orders"), (20, "payments"))
    ]
    attach(assessment, "\n".join(["started,finished,status,service", *rows]).encode(), alice)
    assert "2 of 2 services are released within an hour of another" in page_of(client_of(alice), assessment)


def test_only_systems_that_run_as_services_have_the_link(team: Team, alice: User, edition: Edition) -> None:
    services = start(team, alice, edition)
    assert f'href="{reverse("merging", args=[services.pk])}"' in page_of(client_of(alice), services, "design")
    monolith = start(team, alice, edition, current_shape="monolith")
    assert reverse("merging", args=[monolith.pk]) not in page_of(client_of(alice), monolith, "design")
    assert "There are no services to merge" in page_of(client_of(alice), monolith)


def test_a_deleted_measurement_no_longer_counts(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    attach(assessment, build_traces(), alice)
    assessment.measurements.update(deleted_at=timezone.now(), deleted_by=alice)
    assert "is not known yet" in page_of(client_of(alice), assessment)


def test_names_of_services_are_never_markup(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    content = build_traces().replace(b'"orders"', b'"<script>alert(1)</script>"')
    attach(assessment, content, alice)
    page = page_of(client_of(alice), assessment)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_calls_show_pitfalls(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    attach(assessment, build_traces(), alice)
    assert "carts calls cart-items 12 times within one request." in page_of(client_of(alice), assessment, "pitfalls")


def test_chapter_has_groups_with_reasons_and_the_drawing(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    attach(assessment, build_traces(), alice)
    submit_assessment(assessment, by=alice)
    document = build_document(load_report(Assessment.objects.get(pk=assessment.pk)))
    (chapter,) = (chapter for chapter in document.chapters if chapter.slug == "merging")
    tables = [block for block in chapter.all_blocks() if isinstance(block, Table)]
    assert len(tables[0].rows) == 15
    assert any("use the database postgresql orders." in plain_text(row.cells[1]) for row in tables[0].rows)
    assert any(type(block).__name__ == "Drawing" for block in chapter.all_blocks())
