"""The data inside a report: what it holds, how it lies in the PDF, and that it alone gives the verdict again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from django.core.management import call_command

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.argue import argue
from assess.decision.contract import to_json
from assess.questionnaire.answers import read_answers
from assess.questionnaire.schema import Answer, Answers
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from assess.reports import pdf, pdf_cache
from assess.reports.content.attachment import (
    Attachment,
    differences_from_answers,
    read_attached_answers,
    read_attachment,
    reworded_fields,
)
from assess.reports.renderings.html import render_report_html
from tests.rendering import pdf_of
from tests.unit.reports.report_factory import EDITION_HASH, demo_answers, made_data, made_report

#: Two people of three teams gave different answers to two questions and have not agreed.
APART = {
    **demo_answers("ecommerce-35-developers"),
    "teams": Answer(between=(2, 5)),
    "tracing": Answer(between=("none", "planned")),
}


def decided_again(answers: Answers) -> dict[str, Any]:
    questionnaire = builtin_questionnaire()
    result = decide(questionnaire, answers)
    return json.loads(  # type: ignore[no-any-return]  # an object, made here
        json.dumps(to_json(result, argue(questionnaire, answers, result, published_cases())))
    )


@cache
def rendered() -> tuple[Attachment, bytes]:
    report = replace(made_report(demo_answers("ecommerce-35-developers")), attachment=made_data(APART))
    assert report.attachment is not None
    return report.attachment, pdf_of(report)


def metadata(made: bytes) -> ElementTree.Element:
    with pikepdf.open(BytesIO(made)) as document:
        return ElementTree.fromstring(document.Root.Metadata.read_bytes())


RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
UA = "{http://www.aiim.org/pdfua/ns/id/}"


# --- in the file


def test_pdf_declares_pdf_ua_1_and_pdf_a_3a() -> None:
    found = metadata(rendered()[1])
    (rdf,) = found.findall(f"{RDF}RDF")
    said = {name: value for part in rdf.findall(f"{RDF}Description") for name, value in part.attrib.items()}
    assert (said[f"{PDFA}part"], said[f"{PDFA}conformance"]) == ("3", "A")
    assert said[f"{UA}part"] == "1"


def test_properties_unknown_to_pdf_a_are_described_in_the_file() -> None:
    found = metadata(rendered()[1])
    described = {
        (
            one.findtext("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"),
            one.findtext(".//{http://www.aiim.org/pdfa/ns/property#}name"),
            one.findtext(".//{http://www.aiim.org/pdfa/ns/property#}valueType"),
        )
        for one in found.iterfind(".//{http://www.aiim.org/pdfa/ns/extension/}schemas/*/*")
    }
    assert described == {
        ("http://www.aiim.org/pdfua/ns/id/", "part", "Integer"),
        (pdf.XMP_NAMESPACE, "dataSha256", "Text"),
    }


def test_pdf_has_the_output_intent_and_tags_that_pdf_a_requires() -> None:
    with pikepdf.open(BytesIO(rendered()[1])) as document:
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert document.trailer.ID is not None
        assert not document.is_encrypted
        names = {str(name) for item in document.objects if isinstance(item, pikepdf.Dictionary) for name in item}
        assert not names & {"/JavaScript", "/JS", "/Launch", "/AA", "/OpenAction"}
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Annot":
                assert item.F == 4, "printed, and not hidden"


def test_pdf_has_one_attachment_marked_as_source() -> None:
    data, made = rendered()
    with pikepdf.open(BytesIO(made)) as document:
        assert list(document.attachments) == [data.name]
        assert data.name.endswith(".json")
        (spec,) = document.Root.AF
        assert spec.AFRelationship == "/Source"
        assert str(spec.UF) == str(spec.F) == data.name
        assert data.sha256 in str(spec.Desc)
        file = document.attachments[data.name].get_file()
        assert file.mime_type == "application/json"
        assert file.read_bytes() == data.text.encode("utf-8")


def test_metadata_and_appendix_give_the_hash_of_the_attachment() -> None:
    data, made = rendered()
    assert data.sha256 == hashlib.sha256(data.text.encode("utf-8")).hexdigest()
    said = [value for part in metadata(made).iter() for name, value in part.attrib.items() if "dataSha256" in name]
    assert said == [data.sha256]
    html = render_report_html(replace(made_report({}), attachment=data))
    assert data.sha256 in html
    assert data.name in html


def test_pdf_without_attachment_still_declares_both_standards() -> None:
    found = metadata(pdf.render_pdf("<html lang=en><title>t</title><p>well</p></html>"))
    said = {name: value for part in found.iter() for name, value in part.attrib.items()}
    assert (said[f"{PDFA}part"], said[f"{UA}part"]) == ("3", "1")


def test_equal_reports_give_equal_bytes_and_another_attachment_another_key() -> None:
    data, made = rendered()
    report = replace(made_report(demo_answers("ecommerce-35-developers")), attachment=data)
    assert pdf.render_pdf(render_report_html(report), data, dated=report.dated) == made
    assert pdf_cache.content_key(report) != pdf_cache.content_key(replace(report, attachment=made_data({})))


# --- in the document


def test_decide_command_gives_the_same_result_from_the_attachment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = made_data(APART)
    file = tmp_path / data.name
    file.write_text(data.text, "utf-8")
    call_command("decide", str(file), json=True)
    assert json.loads(capsys.readouterr().out) == json.loads(data.text)["report"]["result"]


def test_open_disagreements_survive_the_attachment() -> None:
    carried = read_attachment(made_data(APART).text.encode("utf-8"), file="")
    assert read_attached_answers(carried, builtin_questionnaire(), file="") == APART
    assert carried.document["answers"]["tracing"] == {"value": None, "between": ["none", "planned"]}


def test_unusual_characters_survive_the_attachment() -> None:
    odd = "\u202e \U0001f600 \ufeff é"
    answers = {"teams": Answer(value=5, note=f'"{odd}\n</script>"')}
    carried = read_attachment(made_data(answers).text.encode("utf-8"), file="")
    assert read_attached_answers(carried, builtin_questionnaire(), file="") == answers


def test_unchanged_attachment_has_no_differences() -> None:
    carried = read_attachment(made_data(APART).text.encode("utf-8"), file="")
    again = decided_again(APART)
    assert differences_from_answers(carried, builtin_questionnaire(), APART, again) == []
    assert reworded_fields(carried, again) == []


def changed(change: Callable[[Any], None]) -> list[str]:
    document = json.loads(made_data(APART).text)
    change(document)
    carried = read_attachment(json.dumps(document).encode("utf-8"), file="")
    answers = read_attached_answers(carried, builtin_questionnaire(), file="")
    return differences_from_answers(carried, builtin_questionnaire(), answers, decided_again(answers))


def test_changed_verdict_is_a_difference() -> None:
    (said,) = changed(lambda document: document["report"]["result"].update(verdict="stay"))
    assert said.startswith('verdict: the report says "stay", its answers "')


def test_missing_verdict_is_a_difference() -> None:
    assert changed(lambda document: document["report"]["result"].pop("verdict")) == [
        "verdict: the report does not say it."
    ]


def test_changed_answer_is_a_difference() -> None:
    said = changed(lambda document: document["answers"].update(teams=1))
    assert said[0] == "The answers do not have the hash that the report gives for them."


def test_fact_added_by_a_later_release_is_no_difference() -> None:
    assert changed(lambda document: document["report"]["result"].pop("open")) == []


def test_changed_wording_is_listed_but_no_difference() -> None:
    document = json.loads(made_data(APART).text)
    document["report"]["result"]["headline"] = "As an earlier release put it."
    carried = read_attachment(json.dumps(document).encode("utf-8"), file="")
    again = decided_again(APART)
    assert reworded_fields(carried, again) == ["headline"]
    assert differences_from_answers(carried, builtin_questionnaire(), APART, again) == []


# --- what is refused


def refused(document: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as caught:
        read_attachment(json.dumps(document).encode("utf-8"), file="a.json")
    return [(issue.code, issue.key) for issue in caught.value.issues]


def test_document_of_another_program_is_refused() -> None:
    assert refused({"questionnaire": "split-checklist", "answers": {}}) == [("not_ours", "report")]
    assert refused([]) == [("not_ours", "report")]


def test_every_field_of_the_wrong_type_is_listed() -> None:
    document = json.loads(made_data(APART).text)
    document["system"] = "Pay\u202eroll"
    document["report"].update(version=True, answers_hash="x", edition={"slug": 3, "version": 1, "sha256": EDITION_HASH})
    document["report"]["signature"] = {"decision": "accepted", "signed_by": 5, "signed_at": "", "content_hash": "ab"}
    assert {key for _, key in refused(document)} == {
        "system",
        "report.version",
        "report.answers_hash",
        "report.edition.slug",
        "report.signature.signed_by",
        "report.signature.content_hash",
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": None, "between": ["none"]}, "wrong_type"),
        ({"value": None, "between": "none"}, "wrong_type"),
        ({"value": None, "between": ["none"] * 101}, "wrong_type"),
        ({"value": None, "between": ["none", "none"]}, "duplicate"),
        ({"value": None, "between": ["none", None]}, "duplicate"),
        ({"value": None, "between": ["none", "dancing"]}, "unknown_option"),
        ({"value": "none", "between": ["none", "planned"]}, "value_and_between"),
        ({"not_applicable": "No network.", "between": ["none", "planned"]}, "value_and_between"),
    ],
)
def test_open_answer_must_be_between_valid_values(given: object, code: str) -> None:
    document = {"questionnaire": "split-checklist", "answers": {"tracing": given}}
    with pytest.raises(ValidationFailed) as caught:
        read_answers(document, builtin_questionnaire())
    (issue,) = caught.value.issues
    assert (issue.code, issue.key.split(".")[0]) == (code, "tracing")
