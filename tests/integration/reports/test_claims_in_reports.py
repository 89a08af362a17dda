"""What a scan says and what people made of it is in every form of a report, limits first."""

import json
import re
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.evidence.actions import attach_evidence, delete_evidence
from assess.assessments.evidence.claims import accept_proposals, load_sources, override_proposal
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer
from assess.reports.chapters import build_document
from assess.reports.document import Items, Paragraph, Part, Table, plain_text
from assess.reports.loaders.report import load_report
from assess.reports.renderings.madr import render_madr
from assess.review.signed_content import build_signed_content
from tests.evidence_samples import shop_evidence

ANSWERS: dict[str, str | int] = {"scope": "whole_system", "developers": 28, "models": 60, "tracing": "none"}
REASON = "51 models are in *another* repository"


@pytest.fixture
def decided(team: Team, edition: Edition, alice: User) -> Assessment:
    """One proposal accepted, one overridden, one answer contradicted."""
    carried = {key: Answer(value=value) for key, value in ANSWERS.items()}
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)
    attach_evidence(made, json.dumps(shop_evidence()).encode(), by=alice)
    version = made.answers.get(key="developers").version
    accept_proposals(made, {"developers": version}, seen=load_sources(made).seen, page=made_page(), by=alice)
    override_proposal(made, "models", seen=load_sources(made).seen, reason=REASON, by=alice)
    made.refresh_from_db()
    return made


def made_page() -> uuid.UUID:
    return uuid.uuid4()


#: In millimetres: the text of A4 between its margins, and the narrowest column of sentences.
ROOM, NARROWEST = 174, 25


def test_each_table_leaves_room_for_the_columns_that_share_what_is_left(decided: Assessment) -> None:
    css = (settings.BASE_DIR / "static" / "report.css").read_text()
    widths = {name: int(width) for name, width in re.findall(r"\.w-(\w+) \{ width: (\d+)mm; \}", css)}
    for chapter in build_document(load_report(decided)).chapters:
        for table in (block for block in chapter.all_blocks() if isinstance(block, Table)):
            taken = sum(widths[column.width] for column in table.columns if column.width)
            shared = sum(not column.width for column in table.columns)
            assert taken + shared * NARROWEST <= ROOM, (chapter.slug, [column.title for column in table.columns])


def chapter_texts(assessment: Assessment, slug: str = "evidence") -> list[str]:
    chapters = {chapter.slug: chapter for chapter in build_document(load_report(assessment)).chapters}

    def texts() -> Iterator[str]:
        for block in chapters[slug].all_blocks():
            if isinstance(block, Part):
                yield block.title
            elif isinstance(block, Paragraph):
                yield plain_text(block.line)
            elif isinstance(block, Items):
                yield from map(plain_text, block.lines)
            elif isinstance(block, Table):
                for row in block.rows:
                    yield " ".join(plain_text(line) for line in (*row.cells, *row.notes))

    return list(texts())


def test_the_chapter_begins_with_what_the_scan_did_not_see(decided: Assessment) -> None:
    said = chapter_texts(decided)
    assert said[0] == "What the scan did not see"
    assert any("1 file was not read" in text for text in said)
    assert "a" * 40 in " ".join(said)


def test_the_chapter_has_each_decision_with_its_reason_and_author(decided: Assessment) -> None:
    said = chapter_texts(decided)
    overridden = next(text for text in said if REASON in text)
    assert "9 models in 6 apps" in overridden
    assert "Overridden" in overridden
    assert "Alice" in overridden
    assert any("Accepted" in text and "29 people made five or more commits" in text for text in said)
    assert any("There is no tracing, yet the code imports opentelemetry" in text for text in said)


def test_what_the_scan_contradicts_stands_with_the_other_contradictions(decided: Assessment) -> None:
    more = {"teams": 6, "deploy_waiting": "always", "hiring": "easy", "current_shape": "monolith"}
    for key, value in more.items():
        decided.answers.create(key=key, value=value, answered_by=decided.created_by)
    sentence = "There is no tracing, yet the code imports opentelemetry"
    assert any(sentence in text for text in chapter_texts(decided, "flips"))
    assert not any(text.startswith(sentence) for text in chapter_texts(decided))


def test_the_decision_record_names_the_override_and_its_reason_as_text(decided: Assessment) -> None:
    record = render_madr(load_report(decided))
    assert "51 models are in \\*another\\* repository" in record
    assert "Answers that the scan contradicts" in record
    assert "How many people commit to this codebase?" in record


def test_csv_and_json_have_figure_proposal_decision_and_reason(alice_client: Client, decided: Assessment) -> None:
    report = load_report(decided)
    assert report.attachment is not None
    evidence = json.loads(report.attachment.text)["report"]["evidence"]
    assert evidence["scan"]["commit"] == "a" * 40
    assert evidence["scan"]["limits"]
    assert evidence["answers"]["models"]["decision"] == "overridden"
    assert evidence["answers"]["models"]["reason"] == REASON
    assert evidence["answers"]["developers"]["proposed"] == 29
    csv = alice_client.get(reverse("report-csv", args=[decided.pk])).content.decode("utf-8-sig")
    line = next(line for line in csv.splitlines() if line.startswith("models,"))
    assert "overridden" in line
    assert REASON in line


def test_decisions_on_a_deleted_scan_stay_in_the_report(decided: Assessment, alice: User) -> None:
    delete_evidence(decided.evidence.get(), by=alice)
    assert any(REASON in text for text in chapter_texts(decided))


def test_without_a_scan_there_is_no_such_chapter(team: Team, edition: Edition, alice: User) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice)
    assert "evidence" not in [chapter.slug for chapter in build_document(load_report(made)).chapters]


def test_a_signature_covers_what_was_decided_on_a_scan(decided: Assessment, alice: User) -> None:
    content = build_signed_content(
        decided, decision="accepted", overruled_to="", reason="", remark="", conditions=(), challenge_until=None,
        by=alice, at=decided.updated_at,
    )  # fmt: skip
    accepted, overridden = content["proposals"]
    assert (accepted["question"], accepted["accepted"], accepted["proposed"]) == ("developers", True, 29)
    assert (overridden["question"], overridden["reason"], overridden["by"]) == ("models", REASON, str(alice))


def test_the_log_is_sound_after_decisions_and_submitting(decided: Assessment, alice: User) -> None:
    submit_assessment(decided, by=alice)
    call_command("verify_log")
