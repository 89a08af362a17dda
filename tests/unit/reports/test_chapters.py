"""A report in chapters: each reader gets theirs, and whatever is left out is named."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from assess.questionnaire.validation import ValidationFailed
from assess.reports import pdf
from assess.reports.chapters import document_of
from assess.reports.chapters.moments import moment_and_zone
from assess.reports.data import Brand
from assess.reports.document import CHAPTER_WORDS, READERS_OF, Choice, Document, Paragraph, Reader, plain
from assess.reports.renderings.madr import madr
from tests.unit.reports.golden import signed_review
from tests.unit.reports.made import demo_answers, made_report

SHOP = "ecommerce-35-developers"


def document(choice: Choice) -> Document:
    return document_of(made_report(demo_answers(SHOP)), choice)


def slugs(made: Document) -> list[str]:
    return [chapter.slug for chapter in made.chapters]


@pytest.mark.parametrize("reader", get_args(Reader))
def test_every_chapter_of_the_full_report_is_there_for_a_reader_or_named_as_left_out(reader: Reader) -> None:
    full, made = document(Choice()), document(Choice.parse(reader))
    for chapter in full.chapters:
        assert (chapter.slug in slugs(made)) is (f"“{chapter.title}”" not in made.left_out)
    assert slugs(made) == [slug for slug in slugs(full) if reader in READERS_OF[slug]]


def test_the_full_report_leaves_nothing_out_and_the_first_reader_is_full() -> None:
    assert Choice.parse("") == Choice.parse("full") == Choice()
    assert document(Choice()).left_out == ""


def test_leadership_gets_no_appendix_but_what_identifies_the_report_and_the_paper_says_what_is_missing() -> None:
    choice = Choice.parse("leadership")
    made = document(choice)
    assert slugs(made) == ["hurts", "steps", "money", "open", "signoff"]
    assert made.left_out.startswith("Left out of this report for leadership: “What speaks for and against”,")
    assert made.left_out.endswith("; the full report has them.")
    html = pdf.report_html(made_report(demo_answers(SHOP)), choice)
    assert made.left_out in html
    assert "Appendix A" not in html.replace(made.left_out, "")


def test_chapters_of_ones_own_choice_stand_in_the_reports_order_and_never_without_the_sign_off() -> None:
    choice = Choice.parse("", ["steps", "hurts", "steps"])
    assert choice.chapters == ("hurts", "steps", "signoff")
    assert slugs(document(choice)) == ["hurts", "steps", "signoff"]
    assert document(choice).left_out.startswith("Left out of this report by choice: ")
    assert Choice.parse("", list(READERS_OF)) == Choice()


def test_what_follows_from_an_overruled_verdict_says_whose_it_is() -> None:
    review = signed_review(overruled_words="Stay monolithic", overruled_to="stay", reason="No budget.")
    report = made_report(demo_answers(SHOP), submitted=True, review=review)
    (steps,) = [chapter for chapter in document_of(report).chapters if chapter.slug == "steps"]
    assert isinstance(steps.blocks[0], Paragraph)
    said = "This is about the model's verdict, “Extract services”; what stands is “Stay monolithic”."
    assert plain(steps.blocks[0].line) == said
    record = madr(report)
    assert "The model's verdict depends on these gates:" in record
    assert "What would follow from the model's verdict:" in record
    assert "What follows from it:" not in record
    made = madr(made_report(demo_answers(SHOP), submitted=True, review=signed_review()))
    assert "What follows from it:" in made


def test_what_is_unknown_is_refused_by_name() -> None:
    with pytest.raises(ValidationFailed) as refused:
        Choice.parse("board", ["steps", "page one", "x" * 500])
    said = [issue.message for issue in refused.value.issues]
    assert said[0] == "There is no report for “board”. Choose one of leadership, architect, full"
    assert said[1].startswith("There is no chapter “page one”. Choose among hurts, ")
    assert len(said) == 3
    assert "x" * 100 not in said[2]


def test_every_chapter_has_a_title_and_each_choice_a_pdf_of_its_own() -> None:
    assert list(CHAPTER_WORDS) == list(READERS_OF)
    report = made_report(demo_answers(SHOP))
    choices = [Choice(), Choice.parse("leadership"), Choice.parse("architect"), Choice.parse("", ["steps"])]
    assert len({pdf.content_key(report, choice) for choice in choices}) == 4
    assert pdf.content_key(report) == pdf.content_key(report, Choice.parse("full"))


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Amsterdam", "20 November 2026, 15:02 CET"),
        ("Asia/Dubai", "20 November 2026, 18:02 UTC+04"),  # which has no abbreviation
    ],
)
def test_a_moment_names_its_zone_as_mails_do(zone: str, words: str) -> None:
    assert moment_and_zone(datetime(2026, 11, 20, 14, 2, tzinfo=UTC), Brand(time_zone=zone)) == words
