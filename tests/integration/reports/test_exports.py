"""The report as a page and as files beside the PDF, as a browser gets them."""

import csv
import io
import re
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import docx as python_docx
import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.models import Assessment
from assess.people.models import User
from assess.reports.loaders.report import load_report, with_report_relations
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

FORMS = {
    "report-docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", r"\.docx"),
    "report-md": ("text/markdown; charset=utf-8", r"\.md"),
    "report-csv": ("text/csv; charset=utf-8", r"_answers\.csv"),
    "report-json": ("application/json", r"\.json"),
}
ALL = ("report-read", *FORMS)


def got(client: Client, name: str, assessment: Assessment, **query: Any) -> Any:
    return client.get(reverse(name, args=[assessment.pk]), query)


def headings(html: str) -> list[str]:
    return re.findall(r'<h2 id="([a-z]+)">', html)


# --- files


@pytest.mark.parametrize("name", FORMS)
def test_export_has_content_type_file_name_and_safe_headers(
    alice_client: Client, assessment: Assessment, name: str
) -> None:
    kind, ending = FORMS[name]
    response = got(alice_client, name, assessment)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == kind
    assert re.fullmatch(
        rf'attachment; filename="payments-platform_assessment_v3_\d{{4}}-\d\d-\d\d{ending}"',
        response.headers["Content-Disposition"],
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "default-src" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        'evil"; filename="x.exe',
        "a\r\nSet-Cookie: a=b",
        "../../etc/passwd",
        "漢字",
        "=cmd|' /C calc'!A0",
        "...",
        "x" * 120,
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_name_of_a_system_makes_safe_file_names(
    alice_client: Client, assessment: Assessment, name: str, form: str
) -> None:
    assessment.system.name = name
    assessment.system.save()
    message = EmailMessage()
    message["Content-Disposition"] = got(alice_client, form, assessment).headers["Content-Disposition"]
    assert re.fullmatch(
        rf"[a-z0-9_-]{{1,60}}_assessment_v3_\d{{4}}-\d\d-\d\d{FORMS[form][1]}", message.get_filename() or ""
    )


def test_json_export_equals_the_pdfs_attachment(alice_client: Client, submitted: Assessment) -> None:
    found = with_report_relations(Assessment.objects.all()).get(pk=submitted.pk)
    attached = load_report(found).attachment
    assert attached
    response = got(alice_client, "report-json", submitted)
    assert response.content.decode() == attached.text
    assert attached.name in response.headers["Content-Disposition"]


def test_csv_export_has_a_row_for_each_question(alice_client: Client, assessment: Assessment) -> None:
    text = got(alice_client, "report-csv", assessment).content.decode("utf-8-sig")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert (rows["developers"]["value"], rows["developers"]["basis"]) == ("35", "measured")
    assert rows["motives"]["value"] == "independent_scaling independent_deploys"
    assert rows["developers"]["by"] == "Alice"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", rows["developers"]["at"])


def test_word_document_opens_and_has_the_workspaces_paper_size(alice_client: Client, assessment: Assessment) -> None:
    workspace = assessment.workspace
    workspace.paper, workspace.confidentiality = "Letter", "For the board only"
    workspace.save()
    word = python_docx.Document(BytesIO(got(alice_client, "report-docx", assessment).content))
    assert (word.core_properties.title, word.core_properties.author) == (
        "Assessment of Payments platform, version 3",
        "Alice",
    )
    assert round(word.sections[0].page_width.mm) == 216
    assert "For the board only" in {paragraph.text for paragraph in word.paragraphs}


# --- the page


def test_the_page_has_every_chapter_and_leads_to_each(alice_client: Client, submitted: Assessment) -> None:
    html = got(alice_client, "report-read", submitted).content.decode()
    chapters = headings(html)
    assert {"hurts", "reasons", "gates", "steps", "open", "answers", "method", "signoff"} <= set(chapters)
    assert re.findall(r'<li><a href="#([a-z]+)">', html) == chapters
    assert "Left out of this report" not in html
    assert len(re.findall("<h1", html)) == 1


def test_reader_gets_their_chapters_and_a_list_of_what_is_left_out(alice_client: Client, submitted: Assessment) -> None:
    html = got(alice_client, "report-read", submitted, **{"for": "leadership"}).content.decode()
    assert "answers" not in headings(html)
    assert "signoff" in headings(html)
    assert "Left out of this report for leadership: “What speaks for and against”" in html
    assert re.search(r'value="leadership"\s+checked', html)


def test_chapters_are_chosen_one_by_one_also_for_the_word_document(alice_client: Client, submitted: Assessment) -> None:
    asked = {"chapter": ["steps", "gates"]}
    html = got(alice_client, "report-read", submitted, **asked).content.decode()
    assert headings(html) == ["gates", "steps", "signoff"]
    assert f"{reverse('report-docx', args=[submitted.pk])}?chapter=gates&amp;chapter=steps&amp;chapter=signoff" in html
    word = python_docx.Document(BytesIO(got(alice_client, "report-docx", submitted, **asked).content))
    texts = [each.text for each in word.paragraphs if each.style.name == "Heading 1"]
    assert [text for text in texts if "gates" in text] == [load_report(submitted).gate_boxes.finding]
    assert any(each.text.startswith("Left out of this report by choice:") for each in word.paragraphs)


@pytest.mark.parametrize("query", [{"for": "<b>everybody</b>"}, {"chapter": "secrets"}, {"chapter": ["steps", "\x00"]}])
@pytest.mark.parametrize("name", ["report-read", "report-docx"])
def test_an_unknown_reader_or_chapter_is_refused_in_words(
    alice_client: Client, assessment: Assessment, name: str, query: dict[str, Any]
) -> None:
    response = got(alice_client, name, assessment, **query)
    assert response.status_code == 400
    assert "There is no" in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_nothing_inline_is_on_the_page(alice_client: Client, submitted: Assessment) -> None:
    html = got(alice_client, "report-read", submitted).content.decode()
    assert not re.search(r"<style|\sstyle=|<script|\son[a-z]+=|javascript:", html)


# --- who


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("who", ["charlie", "zoe", "olga"])
def test_strangers_get_nothing(who: str, name: str, request: pytest.FixtureRequest, assessment: Assessment) -> None:
    assert got(client_of(request.getfixturevalue(who)), name, assessment).status_code == 404


@pytest.mark.parametrize("name", ALL)
def test_respondent_who_has_not_answered_gets_403_for_every_form(
    name: str, bob: User, alice: User, assessment: Assessment
) -> None:
    from assess.assessments.models import Respondent

    Assessment.objects.filter(pk=assessment.pk).update(answers_separately=True)
    Respondent.objects.create(assessment=assessment, user=bob, perspective="developer", asked_by=alice)
    assert got(client_of(bob), name, assessment).status_code == 403


@pytest.mark.parametrize("name", ALL)
def test_exports_need_few_queries(
    alice_client: Client, submitted: Assessment, name: str, django_assert_max_num_queries: Any
) -> None:
    got(alice_client, name, submitted)
    with django_assert_max_num_queries(11):
        assert got(alice_client, name, submitted).status_code == 200


def test_report_page_links_to_every_export(alice_client: Client, assessment: Assessment) -> None:
    html = alice_client.get(reverse("report", args=[assessment.pk])).content.decode()
    assert all(reverse(name, args=[assessment.pk]) in html for name in ALL)
