"""The page of pitfalls, its line on the result page, and its chapter."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Assessment, Edition
from assess.measurements.facade import Call, Calls, Reading, to_json
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer, Value
from assess.reports.chapters import build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from tests.conftest import client_of
from tests.evidence_samples import evidence_of_apps
from tests.html import compact
from tests.unit.reports.report_factory import demo_answers

pytestmark = pytest.mark.django_db

PITFALL = "Doing it because others do"


def start(team: Team, by: User, edition: Edition, **answers: Value) -> Assessment:
    carried = demo_answers("ecommerce-35-developers") | {key: Answer(value=value) for key, value in answers.items()}
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=by, carried=carried)


def page_of(client: Client, name: str, assessment: Assessment) -> str:
    response = client.get(reverse(name, args=[assessment.pk]))
    assert response.status_code == 200
    return compact(response.content.decode())


def test_page_says_what_shows_a_pitfall_and_links_to_the_answer(
    team: Team, alice: User, vera: User, edition: Edition
) -> None:
    assessment = start(team, alice, edition, motives=("imitation",))
    page = page_of(client_of(vera), "pitfalls", assessment)
    assert PITFALL in page
    assert f'<a href="/assessments/{assessment.pk}/review/#q-motives">' in page
    assert "Well-known companies do it." in page
    assert page.index('id="imitation"') < page.index('id="watch"')


def test_result_page_counts_pitfalls_and_leads_to_them(team: Team, alice: User, edition: Edition) -> None:
    motive = start(team, alice, edition, motives=("imitation",))
    page = page_of(client_of(alice), "assessment-result", motive)
    assert f'<a href="{reverse("pitfalls", args=[motive.pk])}">' in page
    assert PITFALL in page


def test_design_decision_shows_a_pitfall(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition, current_shape="services")
    assert 'id="copied-logic"' in page_of(client_of(alice), "pitfalls", assessment).partition('id="watch"')[2]
    assessment.design_decisions.create(key="shared_code", option="duplication", reason="Fast.", decided_by=alice)
    page = page_of(client_of(alice), "pitfalls", assessment)
    assert 'id="copied-logic"' in page.partition('id="later"')[0]
    assert f'<a href="{reverse("design-decision", args=[assessment.pk, "shared_code"])}">' in page


def test_calls_of_traces_show_pitfalls_and_link_to_the_measurements(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    call = Call(caller="orders", callee="<b>catalog", times=100, most_in_a_trace=20)
    content = Calls(calls=(call,), traces=100, databases={"orders": ("main",), "<b>catalog": ("main",)})
    reading = Reading(
        kind="calls", shape="jaeger", shape_words="Jaeger", mapping=(), rows_read=1, dropped=(), dropped_by_reason={},
        content=content,
    )  # fmt: skip
    Measurement.objects.create(
        assessment=assessment, kind="calls", shape="jaeger", file_name="traces.json", sha256="1" * 64,
        content=to_json(reading), attached_by=alice,
    )  # fmt: skip
    page = page_of(client_of(alice), "pitfalls", assessment).partition('id="later"')[0]
    assert "orders calls &lt;b&gt;catalog 20 times within one request." in page
    assert "use the database main." in page
    assert f'<a href="{reverse("evidence-measurements", args=[assessment.pk])}">' in page


def test_names_from_a_scan_are_never_markup(team: Team, alice: User, edition: Edition) -> None:
    assessment = start(team, alice, edition)
    hostile = '"><script>alert(1)</script>'
    text = json.dumps(evidence_of_apps(6)).replace("app03", json.dumps(hostile)[1:-1])
    attach_evidence(assessment, text.encode(), by=alice)
    assert "<script>alert" not in page_of(client_of(alice), "pitfalls", assessment)


def test_chapter_has_pitfalls_with_evidence_and_the_names_of_those_to_watch(
    team: Team, alice: User, edition: Edition
) -> None:
    assessment = start(team, alice, edition, motives=("imitation",))
    submit_assessment(assessment, by=alice)
    document = build_document(load_report(Assessment.objects.get(pk=assessment.pk)))
    (chapter,) = (chapter for chapter in document.chapters if chapter.slug == "pitfalls")
    rows = [row for block in chapter.all_blocks() if isinstance(block, Table) for row in block.rows]
    (row,) = (row for row in rows if plain_text(row.cells[0]).startswith(PITFALL))
    assert "Well-known companies do it." in plain_text(row.notes[0])
    assert chapter.title.endswith("show")


def test_report_attaches_pitfalls_that_show_and_leaves_those_to_watch_out(
    team: Team, alice: User, edition: Edition
) -> None:
    assessment = start(team, alice, edition, motives=("imitation",))
    report = load_report(Assessment.objects.get(pk=assessment.pk))
    assert report.attachment is not None
    attached = json.loads(report.attachment.text)["report"]["pitfalls"]
    shown = {each["pitfall"]: each["state"] for each in attached}
    assert shown["imitation"] == "now"
    assert "watch" not in shown.values()
