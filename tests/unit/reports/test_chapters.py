"""A report in chapters: each reader gets theirs, and whatever is left out is named."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from assess.decision import decide
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from assess.reports import pdf_cache
from assess.reports.chapters import CHAPTERS, Choice, Reader, build_document
from assess.reports.chapters.datetime_format import format_moment_with_zone
from assess.reports.content.data import Brand
from assess.reports.document import Document, Paragraph, plain_text
from assess.reports.renderings.html import render_report_html
from assess.reports.renderings.madr import render_madr
from tests.unit.reports.full_reports import whole_report
from tests.unit.reports.golden_reports import signed_review
from tests.unit.reports.report_factory import demo_answers, made_report

SHOP = "ecommerce-35-developers"


def document(choice: Choice) -> Document:
    return build_document(made_report(demo_answers(SHOP), argued=True), choice)


def slugs(made: Document) -> list[str]:
    return [chapter.slug for chapter in made.chapters]


@pytest.mark.parametrize("reader", get_args(Reader))
def test_chapter_is_included_for_a_reader_or_named_as_left_out(reader: Reader) -> None:
    full, made = document(Choice()), document(Choice.parse(reader))
    by_slug = {spec.slug: spec for spec in CHAPTERS}
    for chapter in full.chapters:
        assert (chapter.slug in slugs(made)) is (f"“{by_slug[chapter.slug].title}”" not in made.left_out)
    assert slugs(made) == [slug for slug in slugs(full) if reader in by_slug[slug].readers]


def test_full_report_is_the_default_and_leaves_nothing_out() -> None:
    assert Choice.parse("") == Choice.parse("full") == Choice()
    assert document(Choice()).left_out == ""


def test_leadership_gets_only_the_sign_off_appendix_and_a_list_of_what_is_missing() -> None:
    choice = Choice.parse("leadership")
    made = document(choice)
    assert slugs(made) == ["hurts", "path", "gates", "firm", "others", "steps", "money", "again", "signoff"]
    assert made.left_out.startswith("Left out of this report for leadership: “What speaks for and against”,")
    assert made.left_out.endswith("; the full report has them.")
    html = render_report_html(made_report(demo_answers(SHOP), argued=True), choice)
    assert made.left_out in html
    assert "Appendix: every answer" not in html.replace(made.left_out, "")


def test_chosen_chapters_keep_the_reports_order_and_include_the_sign_off() -> None:
    choice = Choice.parse("", ["steps", "hurts", "steps"])
    assert choice.chapters == ("hurts", "steps", "signoff")
    assert slugs(document(choice)) == ["hurts", "steps", "signoff"]
    assert document(choice).left_out.startswith("Left out of this report by choice: ")
    assert Choice.parse("", [spec.slug for spec in CHAPTERS]) == Choice()


def test_chapters_about_an_overruled_verdict_say_so_first() -> None:
    review = signed_review(overruled_words="Stay monolithic", overruled_to="stay", reason="No budget.")
    report = whole_report(demo_answers(SHOP), state="accepted", review=review)
    (preparation,) = [chapter for chapter in build_document(report).chapters if chapter.slug == "preparation"]
    assert isinstance(preparation.blocks[0], Paragraph)
    said = "This chapter follows the model's verdict, “Extract services”. The decision is “Stay monolithic”."
    assert plain_text(preparation.blocks[0].line) == said
    record = render_madr(report)
    assert "The model's verdict depends on these gates:" in record


def test_an_overruled_version_gets_the_steps_of_the_decision_that_stands() -> None:
    review = signed_review(overruled_words="Stay monolithic", overruled_to="stay", reason="No budget.")
    overruled = made_report(demo_answers(SHOP), submitted=True, review=review)
    accepted = made_report(demo_answers(SHOP), submitted=True, review=signed_review())
    titles = [[step.title for step in each.roadmap.steps] for each in (overruled, accepted)]
    assert "Draw the one boundary that would be needed first" in titles[0]
    assert not [title for title in titles[0] if "slice" in title]
    assert [title for title in titles[1] if "slice" in title]
    assert all(title in render_madr(overruled) for title in titles[0])


def test_motives_that_carry_no_weight_are_named_and_the_reasons_left_out_are_counted() -> None:
    wishes = Answer(value=("imitation", "new_technology"))
    report = made_report({**demo_answers(SHOP), "motives": wishes}, submitted=True)
    (reasons,) = [chapter for chapter in build_document(report).chapters if chapter.slug == "reasons"]
    result = decide(builtin_questionnaire(), {**demo_answers(SHOP), "motives": wishes})
    left_out = len(result.reasons) - 1 - len(report.reasons_for) - len(report.reasons_against) - 2
    assert left_out > 0
    for said in (str(reasons.blocks), render_madr(report)):
        assert "Motives that carry no weight" in said
        assert f"{left_out} further reasons are not listed here." in said
        for motive in result.motives:
            assert motive.sentence in said
    assert len(report.motives) == 2


def test_unknown_reader_and_chapters_are_listed_in_the_error() -> None:
    with pytest.raises(ValidationFailed) as refused:
        Choice.parse("board", ["steps", "page one", "x" * 500])
    said = [issue.message for issue in refused.value.issues]
    assert said[0] == "There is no report for “board”. Choose one of leadership, architect, full"
    assert said[1].startswith("There is no chapter “page one”. Choose among hurts, ")
    assert len(said) == 3
    assert "x" * 100 not in said[2]


def test_every_chapter_has_a_title_and_each_choice_a_pdf_of_its_own() -> None:
    assert all(spec.title and spec.purpose and spec.readers for spec in CHAPTERS)
    assert len({spec.slug for spec in CHAPTERS}) == len(CHAPTERS)
    report = made_report(demo_answers(SHOP))
    choices = [Choice(), Choice.parse("leadership"), Choice.parse("architect"), Choice.parse("", ["steps"])]
    assert len({pdf_cache.content_key(report, choice) for choice in choices}) == 4
    assert pdf_cache.content_key(report) == pdf_cache.content_key(report, Choice.parse("full"))


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Amsterdam", "20 November 2026, 15:02 CET"),
        ("Asia/Dubai", "20 November 2026, 18:02 UTC+04"),  # which has no abbreviation
    ],
)
def test_time_of_day_has_its_zone(zone: str, words: str) -> None:
    assert format_moment_with_zone(datetime(2026, 11, 20, 14, 2, tzinfo=UTC), Brand(time_zone=zone)) == words
