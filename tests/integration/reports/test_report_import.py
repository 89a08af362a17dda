"""Starting an assessment from a report that somebody brings, as PDF or as the JSON out of one."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.reports import pdf_sandbox
from tests.html import compact
from tests.integration.reports.test_verify_report import a_pdf, as_bytes, data_of

pytestmark = pytest.mark.django_db

ADDRESS = "/assessments/from-report/"


@pytest.fixture
def document(assessment: Assessment) -> dict[str, Any]:
    found = data_of(assessment)
    found["system"] = "Ledger"
    return found


def bring(client: Client, content: bytes, *, name: str = "report.pdf", **fields: str) -> Any:
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content), **fields})


def started() -> Assessment:
    return Assessment.objects.latest("pk")


def refused(response: Any) -> str:
    """What the page says; nothing was started."""
    assert response.status_code == 400
    assert Assessment.objects.count() == 1
    page = compact(response.content.decode())
    assert 'role="alert"' in page
    return page


def test_a_pdf_starts_an_assessment_with_the_answers_of_the_report(
    document: dict[str, Any], assessment: Assessment, team: Team, alice: User, alice_client: Client
) -> None:
    response = bring(alice_client, a_pdf(as_bytes(document)))
    made = started()
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("assessment", args=[made.pk])
    assert (made.system.name, made.system.team, made.version, made.state) == ("Ledger", team, 1, "draft")
    assert made.edition == assessment.edition
    before, after = assessment.current_answers(), made.current_answers()
    assert {key: (one.value, one.basis, one.link) for key, one in before.items()} == {
        key: (one.value, one.basis, one.link) for key, one in after.items()
    }
    rows = made.answers.select_related("answered_by")
    assert all(row.answered_by == alice for row in rows)
    assert all(row.note.endswith("From the report of Ledger, version 3.") for row in rows)
    noted = next(key for key, one in before.items() if one.note)
    assert after[noted].note.startswith(before[noted].note)


def test_json_starts_an_assessment_under_another_name(document: dict[str, Any], alice_client: Client) -> None:
    bring(alice_client, as_bytes(document), name="data.json", system=" General  ledger ")
    assert started().system.name == "General ledger"


def test_input_of_decide_starts_an_assessment(assessment: Assessment, alice_client: Client) -> None:
    bring(alice_client, b'{"questionnaire": "split-checklist", "system": "Till", "answers": {"teams": 5}}')
    answer = started().current_answers()["teams"]
    assert (answer.value, answer.note) == (5, "From the report of Till.")


def test_open_disagreement_becomes_not_sure_with_a_note(document: dict[str, Any], alice_client: Client) -> None:
    document["answers"]["tracing"] = {"value": None, "between": ["none", "planned"]}
    bring(alice_client, as_bytes(document))
    answer = started().current_answers()["tracing"]
    assert (answer.value, answer.between, answer.not_applicable) == (None, (), "")
    assert "People answered between" in answer.note


def test_note_without_room_for_the_origin_is_unchanged(document: dict[str, Any], alice_client: Client) -> None:
    document["answers"]["teams"] = {"value": 5, "note": "x" * 1990}
    bring(alice_client, as_bytes(document))
    assert started().current_answers()["teams"].note == "x" * 1990


def test_report_of_an_unknown_edition_is_read_with_the_newest(document: dict[str, Any], alice_client: Client) -> None:
    document["report"]["edition"]["sha256"] = "0" * 64
    document["version"] = 9
    bring(alice_client, as_bytes(document))
    assert started().current_answers()["developers"].value == document["answers"]["developers"]["value"]


def test_name_that_has_an_assessment_is_refused_and_shown_in_its_field(
    document: dict[str, Any], alice_client: Client
) -> None:
    document["system"] = "Payments platform"
    page = refused(bring(alice_client, as_bytes(document)))
    assert 'href="#id_system">Name of the system: Payments platform has an assessment already' in page
    assert 'value="Payments platform"' in page


def test_report_without_a_system_name_asks_for_one(document: dict[str, Any], alice_client: Client) -> None:
    del document["system"]
    assert 'href="#id_system">Name of the system: Enter the name of the system' in refused(
        bring(alice_client, as_bytes(document))
    )


def test_every_invalid_answer_is_listed(document: dict[str, Any], alice_client: Client) -> None:
    document["answers"].update(developers="many", tracing="dancing", colour="red")
    page = refused(bring(alice_client, as_bytes(document)))
    for key in ("developers: ", "tracing: ", "colour: "):
        assert f'<a href="#id_file">The report: {key}' in page


def test_missing_file_is_reported(assessment: Assessment, alice_client: Client) -> None:
    assert 'href="#id_file">The report: Choose the PDF' in refused(alice_client.post(ADDRESS, {}))


def test_unknown_questionnaire_is_reported_escaped(document: dict[str, Any], alice_client: Client) -> None:
    document["questionnaire"] = "<b>ours</b>"
    page = refused(bring(alice_client, as_bytes(document)))
    assert "&lt;b&gt;ours&lt;/b&gt;" in page
    assert "<b>ours</b>" not in page


def test_pdf_with_changed_data_is_refused(document: dict[str, Any], alice_client: Client) -> None:
    content = a_pdf(as_bytes(document), said_sha256="0" * 64)
    assert "The data in this PDF was changed" in refused(bring(alice_client, content))


def save_anew(content: bytes, change: Callable[[Any], None] = lambda _pdf: None, **options: Any) -> bytes:
    """The PDF as another program saves it."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as opened:
        change(opened)
        opened.save(out, fix_metadata_version=False, **options)
    return out.getvalue()


def remove_metadata(pdf: Any) -> None:
    del pdf.Root.Metadata


def keep_files_by_name_only(pdf: Any) -> None:
    if "/AF" in pdf.Root:
        del pdf.Root.AF
    for spec in pdf.attachments.values():
        if "/AFRelationship" in spec.obj:
            del spec.obj.AFRelationship


RESTRICTED = pikepdf.Encryption(owner="owner", user="", allow=pikepdf.Permissions(extract=False, modify_other=False))


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda pdf: b"\r\n" + pdf, id="after a blank line"),
        pytest.param(lambda pdf: b"\xef\xbb\xbf" + pdf, id="after a byte order mark"),
        pytest.param(lambda pdf: save_anew(pdf, encryption=RESTRICTED), id="restricted, without a password"),
        pytest.param(lambda pdf: save_anew(pdf, remove_metadata), id="metadata removed"),
        pytest.param(lambda pdf: save_anew(pdf, keep_files_by_name_only), id="attachment by name only"),
    ],
)
def test_a_report_that_programs_changed_on_the_way_is_read(
    rewrite: Callable[[bytes], bytes], document: dict[str, Any], alice_client: Client
) -> None:
    response = bring(alice_client, rewrite(a_pdf(as_bytes(document))))
    assert response.status_code == 302


def test_a_json_file_with_a_byte_order_mark_is_read(document: dict[str, Any], alice_client: Client) -> None:
    assert bring(alice_client, b"\xef\xbb\xbf" + as_bytes(document)).status_code == 302


def test_a_pdf_with_a_password_is_refused_because_of_it(document: dict[str, Any], alice_client: Client) -> None:
    locked = save_anew(a_pdf(as_bytes(document)), encryption=pikepdf.Encryption(owner="owner", user="secret"))
    assert "The PDF is locked" in refused(bring(alice_client, locked))


def test_two_files_by_name_only_are_refused_as_two(document: dict[str, Any], alice_client: Client) -> None:
    two = save_anew(a_pdf(as_bytes(document), times=2), keep_files_by_name_only)
    assert "more than one file inside" in refused(bring(alice_client, two))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"[]", b"%PDF-1.7 no more", b'{"a": 1e999}', b"[" * 9_000, b"{" + b" " * 262_144]
)
def test_files_that_are_no_report_are_refused(content: bytes, assessment: Assessment, alice_client: Client) -> None:
    refused(bring(alice_client, content))


def test_pdf_without_data_says_which_file_to_choose(assessment: Assessment, alice_client: Client) -> None:
    assert pdf_sandbox.REFUSALS["no_data"] in refused(bring(alice_client, a_pdf(b"{}", times=0)))


def test_only_this_address_accepts_a_pdf_over_256_kb(document: dict[str, Any], alice_client: Client) -> None:
    assert settings.BODY_LIMITS[reverse("assessment-from-report")] == 2 * 1024 * 1024 + 64 * 1024
    large = a_pdf(as_bytes(document)) + b"\n%" + b"x" * 400_000
    assert bring(alice_client, large).status_code == 302
    elsewhere = alice_client.post(reverse("assessment-new"), {"file": SimpleUploadedFile("report.pdf", large)})
    assert elsewhere.status_code == 413


def test_a_larger_pdf_is_refused_with_the_limit(document: dict[str, Any], alice_client: Client) -> None:
    limit = settings.LIMITS["report_upload"]
    assert "at most 2 MB" in refused(bring(alice_client, b"%PDF-1.7\n" + b"x" * limit))
    response = bring(alice_client, b"%PDF-1.7\n" + b"x" * (limit + 64 * 1024))
    assert response.status_code == 413
    assert "2 MB" in response.content.decode()


def test_fields_beside_the_file_stay_within_the_usual_limit(assessment: Assessment, alice_client: Client) -> None:
    assert alice_client.post(ADDRESS, {"system": "x" * 300_000}).status_code == 413


def test_with_djangos_check_of_the_token_too(assessment: Assessment, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(ADDRESS, {"system": "x" * 300_000}).status_code == 413


def test_new_assessment_page_links_to_the_import(alice_client: Client, assessment: Assessment) -> None:
    assert f'href="{ADDRESS}"' in alice_client.get(reverse("assessment-new")).content.decode()
    page = alice_client.get(ADDRESS).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert json.dumps(str(assessment.system.team))[1:-1] in page
