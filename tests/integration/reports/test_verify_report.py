"""`manage.py verify_report`: what a report says, whether its own data bears it out, and what differs here."""

import hashlib
import json
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from assess.assessments.models import Answer, Assessment, Edition
from assess.people.models import User
from assess.record.chain import append_link, head_of
from assess.record.models import RecordLink
from assess.reports import pdf_sandbox, report_verification, service
from assess.reports.chapters.appendix import list_identity
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.pdf import XMP_NAMESPACE
from assess.reports.renderings.madr import render_madr
from assess.review import actions as review
from assess.review.models import Decision
from tests.databases import drop_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(submitted: Assessment, rita: User) -> Assessment:
    review.sign(submitted, by=rita, decision=Decision.ACCEPTED, overruled_to="stay", reason="Wait for the merger.")
    return submitted


def data_of(assessment: Assessment) -> dict[str, Any]:
    fresh = with_report_relations(Assessment.objects.all()).get(pk=assessment.pk)
    attached = load_report(fresh).attachment
    assert attached is not None
    found: dict[str, Any] = json.loads(attached.text)
    return found


def a_pdf(
    content: bytes, *, said_sha256: str | None = None, times: int = 1, change: Callable[[Any], None] | None = None
) -> bytes:
    """A PDF with this data inside, as small as can be."""
    made = pikepdf.new()
    made.add_blank_page()
    said = said_sha256 if said_sha256 is not None else hashlib.sha256(content).hexdigest()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:report="{XMP_NAMESPACE}" report:dataSha256="{said}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    made.Root.Metadata = pikepdf.Stream(made, packet.encode())
    for number in range(times):
        spec = pikepdf.AttachedFileSpec(made, content, filename=f"data{number}.json", mime_type="application/json")
        spec.relationship = pikepdf.Name.Source
        made.attachments[f"data{number}.json"] = spec
    if change:
        change(made)
    out = BytesIO()
    made.save(out, fix_metadata_version=False)
    return out.getvalue()


def verified(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> str:
    """What it prints about a report of which all is as it says."""
    file = folder / "report.pdf"
    file.write_bytes(content)
    call_command("verify_report", str(file))
    return capsys.readouterr().out


def ends(folder: Path, content: bytes, status: int) -> str:
    """What it says when it ends with this status."""
    file = folder / "report.pdf"
    file.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("verify_report", str(file))
    assert caught.value.returncode == status, str(caught.value)
    return str(caught.value)


def as_bytes(document: object) -> bytes:
    return json.dumps(document).encode("utf-8")


# --- all as it says


def test_signed_report_of_this_site_verifies(
    signed: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = service.render_pdf_now(Assessment.objects.get(pk=signed.pk))
    told = verified(tmp_path, made, capsys)
    sign_off = signed.sign_offs.get()
    assert "Payments platform, version 3, accepted" in told
    assert Edition.objects.get(pk=signed.edition_id).sha256 in told
    assert f"Model:          version {signed.model_version}" in told
    assert f"Verdict in it:  {signed.verdict}, {signed.form}" in told
    assert f"Decided again:  {signed.verdict}, {signed.form}" in told
    assert f"accepted by {sign_off.signed_by}" in told
    assert "verdict overruled to stay" in told
    assert sign_off.content_hash in told
    assert f"assessment {signed.pk}" in told
    assert "This site made this file, byte for byte." in told
    assert told.endswith("Nothing differs.\n")


def test_pdf_with_changed_pages_gets_a_note(
    signed: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = verified(tmp_path, a_pdf(as_bytes(data_of(signed))), capsys)
    assert "Its pages may say something else" in told


def test_verdict_is_decided_again_without_a_database(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = a_pdf(as_bytes(data_of(submitted)))

    def no_database(*args: object) -> None:
        raise DatabaseError("there is none")

    monkeypatch.setattr(report_verification, "find_version", no_database)
    monkeypatch.setattr(report_verification, "questionnaire_by_hash", no_database)
    told = verified(tmp_path, content, capsys)
    assert f"Decided again:  {submitted.verdict}, {submitted.form}" in told
    assert "nothing was compared with it" in told


def test_report_of_another_site_is_no_difference(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = data_of(submitted)
    document["report"]["workspace"] = "Elsewhere"
    assert "Here:           not in this database" in verified(tmp_path, a_pdf(as_bytes(document)), capsys)


def test_json_of_a_report_verifies_like_its_pdf(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"assessment {submitted.pk}" in verified(tmp_path, as_bytes(data_of(submitted)), capsys)


def test_control_characters_of_a_file_do_not_reach_the_terminal(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = data_of(submitted)
    document["report"]["result"]["form"] = "\u001b[2J"
    file = tmp_path / "report.json"
    file.write_bytes(as_bytes(document))
    with pytest.raises(CommandError) as caught:
        call_command("verify_report", str(file))
    assert "\x1b" not in capsys.readouterr().out + str(caught.value)


def test_report_carries_a_workspaces_own_questionnaire(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "file" not in data_of(submitted)["report"]["edition"], "every site has the shipped one"
    content = bytes(submitted.edition.content) + b"# ours\n"
    own = Edition.objects.create(
        workspace=submitted.workspace,
        slug="split-checklist",
        version=1,
        title="Ours",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        published_at=None,
        imported_by=submitted.created_by,
    )
    Assessment.objects.filter(pk=submitted.pk).update(edition=own)
    document = data_of(submitted)
    assert document["report"]["edition"]["file"] == content.decode()
    document["report"]["workspace"] = "Elsewhere"
    Assessment.objects.filter(pk=submitted.pk).update(edition=submitted.edition)
    own.delete()
    assert f"Decided again:  {submitted.verdict}" in verified(tmp_path, a_pdf(as_bytes(document)), capsys)


# --- something differs


def test_a_changed_verdict_differs_from_its_answers_and_from_the_database(
    submitted: Assessment, tmp_path: Path
) -> None:
    document = data_of(submitted)
    was, other = submitted.verdict, "stay" if submitted.verdict != "stay" else "modular"
    document["report"]["result"]["verdict"] = other
    told = ends(tmp_path, a_pdf(as_bytes(document)), 1)
    assert f'verdict: the report says "{other}", its answers "{was}".' in told
    assert f"Verdict: {was} here, {other} in the report." in told


def test_a_changed_answer_differs(submitted: Assessment, tmp_path: Path) -> None:
    document = data_of(submitted)
    document["answers"]["developers"] = 999
    assert "The answers do not have the hash" in ends(tmp_path, a_pdf(as_bytes(document)), 1)


def test_invalid_answer_is_a_difference(submitted: Assessment, tmp_path: Path) -> None:
    document = data_of(submitted)
    document["answers"]["developers"] = "many"
    assert "developers" in ends(tmp_path, a_pdf(as_bytes(document)), 1)


def test_data_without_the_hash_that_the_pdf_gives_for_it_differs(submitted: Assessment, tmp_path: Path) -> None:
    content = as_bytes(data_of(submitted))
    assert "the PDF's metadata gives " + "0" * 64 in ends(tmp_path, a_pdf(content, said_sha256="0" * 64), 1)
    assert "the PDF's metadata gives none" in ends(tmp_path, a_pdf(content, said_sha256=""), 1)


def test_a_signature_that_was_added_or_taken_away_differs(signed: Assessment, tmp_path: Path) -> None:
    document = data_of(signed)
    kept = document["report"]["signature"]
    document["report"]["signature"] = None
    assert "Signature: the report has none, this database has one." in ends(tmp_path, a_pdf(as_bytes(document)), 1)
    document["report"]["signature"] = {**kept, "signed_by": "Somebody Else", "content_hash": "0" * 64}
    told = ends(tmp_path, a_pdf(as_bytes(document)), 1)
    assert "Somebody Else in the report" in told
    assert "Signature, hash:" in told


def test_later_answers_of_a_draft_are_a_difference(assessment: Assessment, tmp_path: Path) -> None:
    content = a_pdf(as_bytes(data_of(assessment)))
    Answer.objects.filter(assessment=assessment, key="developers").update(value=7)
    assert "Answers: their hash here is" in ends(tmp_path, content, 1)


def test_report_from_before_the_signature_differs_in_state(submitted: Assessment, rita: User, tmp_path: Path) -> None:
    content = a_pdf(as_bytes(data_of(submitted)))
    review.sign(submitted, by=rita, decision=Decision.ACCEPTED)
    told = ends(tmp_path, content, 1)
    assert "State: Accepted here, Submitted in the report." in told


def test_unknown_edition_or_model_prevents_deciding_again(submitted: Assessment, tmp_path: Path) -> None:
    document = data_of(submitted)
    document["report"]["edition"]["sha256"] = "0" * 64
    assert "cannot be decided again" in ends(tmp_path, a_pdf(as_bytes(document)), 1)
    none = "title: none"
    document["report"]["edition"].update(file=none, sha256=hashlib.sha256(none.encode()).hexdigest())
    assert "The questionnaire inside the report is not valid" in ends(tmp_path, a_pdf(as_bytes(document)), 1)
    document = data_of(submitted)
    document["report"]["model_version"] = 99
    assert "model 99 is not part of this release" in ends(tmp_path, a_pdf(as_bytes(document)), 1)


# --- no report of ours, or made to harm


def test_a_missing_file_a_folder_and_other_files_end_with_2(tmp_path: Path) -> None:
    for name in (tmp_path / "none.pdf", tmp_path):
        with pytest.raises(CommandError) as caught:
            call_command("verify_report", str(name))
        assert caught.value.returncode == 2
    assert "not_ours" not in ends(tmp_path, b'{"questionnaire": "split-checklist", "answers": {}}', 2)
    ends(tmp_path, b"", 2)
    ends(tmp_path, b"PK\x03\x04", 2)
    ends(tmp_path, b" " * (3 * 1024 * 1024), 2)


def bomb(made: Any) -> None:
    """A quarter of a gigabyte of zeros in as many kilobytes."""
    machine = zlib.compressobj(9)
    packed = b"".join(machine.compress(bytes(2**20)) for _ in range(256)) + machine.flush()
    made.attachments["data0.json"].obj.EF.F = pikepdf.Stream(made, packed, Filter=pikepdf.Name.FlateDecode)


def refilter(made: Any) -> None:
    made.attachments["data0.json"].obj.EF.F = made.make_stream(b"x", Filter=pikepdf.Name.LZWDecode)


def cut(made: Any) -> None:
    packed = zlib.compress(b"{}" * 999)[:-8]
    made.attachments["data0.json"].obj.EF.F = pikepdf.Stream(made, packed, Filter=pikepdf.Name.FlateDecode)


def misname(made: Any) -> None:
    made.Root.AF[0].EF = 5


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: a_pdf(b"{}", change=bomb), "data_too_large"),
        (lambda: a_pdf(b"x" * (pdf_sandbox.MAX_UNPACKED + 1)), "data_too_large"),
        (lambda: a_pdf(b"{}", change=refilter), "broken"),
        (lambda: a_pdf(b"{}", change=cut), "broken"),
        (lambda: a_pdf(b"{}", change=misname), "broken"),
        (lambda: a_pdf(b"{}", times=0), "no_data"),
        (lambda: a_pdf(b"{}", times=2), "several"),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "broken"),
        (lambda: a_pdf(b"{}")[:400], "broken"),
        (lambda: b"%PDF-1.7\n" + b" " * pdf_sandbox.MAX_PDF_BYTES, "too_large"),
    ],
)
def test_hostile_pdf_is_refused(content: Callable[[], bytes], code: str, tmp_path: Path) -> None:
    assert pdf_sandbox.REFUSALS[code] in ends(tmp_path, content(), 2)


@pytest.mark.parametrize(
    ("password", "says"),
    [("secret", pdf_sandbox.REFUSALS["encrypted"]), ("", "this document does not say that it is one")],
)
def test_a_pdf_is_locked_only_by_a_password_that_opens_it(tmp_path: Path, password: str, says: str) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(a_pdf(b"{}"))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=password))
    assert says in ends(tmp_path, out.getvalue(), 2)


@pytest.mark.slow
def test_pdf_index_that_inflates_to_a_gigabyte_stays_within_memory(tmp_path: Path) -> None:
    machine = zlib.compressobj(9)
    packed = b"".join(machine.compress(bytes(2**20)) for _ in range(1024)) + machine.flush()
    head = b"%PDF-1.7\n"
    index = (
        b"1 0 obj\n<< /Type /XRef /Size 2 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(packed)
    )
    tail = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)
    assert pdf_sandbox.REFUSALS["broken"] in ends(tmp_path, head + index + packed + tail, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"report": {"made_by": "Splitcheck", "format": 1, "version": 1e999}}',
        b'{"report": {}, "report": {}}',
        b'{"report": NaN}',
        b"1" * 10_000,
        b"\xff\xfe{}",
        b"[]",
        b'{"report": {"made_by": "Splitcheck", "format": 1}}',
    ],
)
def test_hostile_json_is_refused(data: bytes, tmp_path: Path) -> None:
    assert ends(tmp_path, a_pdf(data), 2)


# --- the record


def test_report_names_the_head_of_the_record_when_the_version_last_moved(
    signed: Assessment, rita: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = str(head_of())
    assert data_of(signed)["report"]["record_head"] == head
    assert f"Record:         {head}" in verified(tmp_path, as_bytes(data_of(signed)), capsys)
    data = load_report(with_report_relations(Assessment.objects.all()).get(pk=signed.pk))
    assert head in render_madr(data)
    assert head in " ".join(name_and_value[1] for name_and_value in list_identity(data))


def test_report_is_a_witness_of_a_record_that_was_cut_off(signed: Assessment, tmp_path: Path) -> None:
    content = as_bytes(data_of(signed))
    last = RecordLink.objects.latest("number")
    drop_triggers()
    last.delete()
    assert f"Record: link {last.number} is in the report; here it is missing" in ends(tmp_path, content, 1)
    append_link("renamed", covers=[signed.workspace])
    assert f"Record: link {last.number} is in the report; here it has another seal" in ends(tmp_path, content, 1)


def test_report_is_a_witness_of_a_version_that_was_removed(submitted: Assessment, tmp_path: Path) -> None:
    content = as_bytes(data_of(submitted))
    drop_triggers()
    Assessment.objects.filter(pk=submitted.pk).delete()
    assert "is here, and the version that it is about is missing" in ends(tmp_path, content, 1)


@pytest.mark.parametrize("head", [None, "12", 12])
def test_report_of_a_submitted_version_without_a_head_is_no_witness(
    head: object, submitted: Assessment, tmp_path: Path
) -> None:
    document = data_of(submitted)
    document["report"]["record_head"] = head
    assert "head" in ends(tmp_path, as_bytes(document), 1 if head is None else 2)
