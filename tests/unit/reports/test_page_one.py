"""The first page of a signed version: everything decided on it, on one page, in 180 words."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assess.questionnaire.schema import Answer
from assess.reports import pdf
from assess.reports.data import ReportData
from assess.reports.page_one import WORDS, fit_page_one, shortened
from assess.reports.signature import Review, Said, Signed, SignedCondition
from tests.unit.reports.made import demo_answers, made_report, packed, pages_text

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LONG = (
    "Every call between the shop and the till is traced from end to end, with a dashboard that the team looks at " * 6
)


def signed(**fields: Any) -> Signed:
    given: dict[str, Any] = {
        "decision_words": "Accepted with conditions",
        "by": "Rita Vermeer",
        "at": AT,
        "day": AT.date(),
        "hash": "3fa9" * 16,
        "challenge_until": date(2026, 12, 5),
        "overruled_words": "",
        "reason": "",
        "remark": "",
    }
    return Signed(**{**given, **fields})


def condition(number: int, text: str = LONG, met: str = "") -> SignedCondition:
    return SignedCondition(text=f"{number}. {text}", owner="Ana Lindqvist", due_on=date(2027, 1, 31), met_words=met)


def report(name: str, review: Review, **about: Any) -> ReportData:
    answers = dict(demo_answers(name))
    for key in about.pop("open", ()):
        answers[key] = Answer()
    made = made_report(answers, submitted=True, review=review, **about)
    return fit_page_one(made)


def review(*, conditions: int = 0, **fields: Any) -> Review:
    return Review(
        state_words="Signed",
        signed=signed(**fields),
        earlier=(),
        conditions=tuple(condition(number) for number in range(1, conditions + 1)),
        said=(),
    )


def words_of_page_one(made: ReportData) -> list[str]:
    html = pdf.report_html(made)
    first = html[html.index('<section class="first') : html.index('<section class="chapter ')]
    return re.sub(r"<title>.*?</title>|<[^>]+>", " ", first).split()


NAMES = ("ecommerce-35-developers", "django-startup-12", "greedygame-operations-billing")
OVERRULED = {"overruled_words": "Stay monolithic", "reason": LONG, "remark": LONG}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("conditions", [0, 1, 3, 12])
@pytest.mark.parametrize("fields", [{}, OVERRULED], ids=["as the model says", "overruled"])
def test_page_one_says_what_was_decided_in_180_words(name: str, conditions: int, fields: dict[str, Any]) -> None:
    made = report(name, review(conditions=conditions, **fields))
    words = words_of_page_one(made)
    said = " ".join(words)
    assert len(words) <= WORDS
    verdict = ", as “Stay monolithic”" if fields else ""
    assert f"Accepted with conditions by Rita Vermeer, 21 November 2026{verdict}." in said
    assert "Open to challenge until 5 December 2026." in said
    assert "3fa93fa93fa93fa9" in said
    assert "Signed" in said
    assert made.verdict_words in said
    assert ("Overruled to “Stay monolithic” by Rita Vermeer" in said) is bool(fields)
    named = said.count("(Ana Lindqvist, by 31 January 2027)")
    if conditions:
        assert named >= 1
    assert (f"And {conditions - named} more in appendix C." in said) is (named < conditions)


def test_short_conditions_stand_in_full_with_owner_day_and_whether_they_are_met() -> None:
    found = Review(
        state_words="Signed",
        signed=signed(),
        earlier=(),
        conditions=(
            SignedCondition(text="Trace every call", owner="Ana", due_on=date(2027, 1, 31), met_words="Met, says Ana"),
            SignedCondition(text="Name one owner", owner="Bo", due_on=date(2027, 2, 28), met_words=""),
        ),
        said=(),
    )
    made = report("ecommerce-35-developers", found)
    assert made.review is not None
    assert made.review.page_one is not None
    assert made.review.page_one.conditions == (
        "Trace every call (Ana, by 31 January 2027). Met.",
        "Name one owner (Bo, by 28 February 2027).",
    )


def test_page_one_stays_one_page_with_all_that_can_stand_on_it_and_the_rest_is_in_the_appendix() -> None:
    long = "Wareneingangskontrollverwaltung " * 4
    about = {"system": long[:120], "team": long[:120], "workspace": long[:120]}
    found = review(conditions=12, **{**OVERRULED, "by": "x" * 120})
    open_keys = ("boundaries", "tracing", "central_logging", "ci_cd", "platform_team")
    made = report("ecommerce-35-developers", found, open=open_keys, **about)
    pages = pages_text(pdf.render_pdf(pdf.report_html(made)))
    assert pages[1].startswith("Whathurts,andwhatisready")
    appendix = "".join(pages)
    appendix = appendix[appendix.rindex("AppendixC:identificationandsign-off") :]
    for number in range(1, 13):
        assert packed(f"{number}. {LONG}").strip() in appendix
    assert "3fa9" * 16 in appendix
    assert all("·Signed" in page for page in pages)


def test_what_was_said_is_in_the_appendix_escaped_with_who_and_when() -> None:
    said = Said(
        about="How many teams?",
        kind_words="Challenge",
        by="Bo <b>",
        at=AT,
        text="<script>alert(1)</script>",
        settled_words="Settled by Ana, 22 November 2026: five.",
    )
    found = Review(state_words="In review", signed=None, earlier=(signed(),), conditions=(), said=(said,))
    made = report("ecommerce-35-developers", found)
    html = pdf.report_html(made)
    assert "<script>alert" not in html
    for text in ("&lt;script&gt;", "Bo &lt;b&gt;", "Settled by Ana", "Signatures that no longer stand", "In review"):
        assert text in html
    assert "Decided by" in html[: html.index('<section class="chapter ')]


def test_without_a_review_nothing_of_it_is_drawn() -> None:
    made = made_report(demo_answers("ecommerce-35-developers"), submitted=True)
    assert fit_page_one(made) is made
    assert "Nobody has decided" not in pdf.report_html(made)


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("", 5, ""), ("one two", 2, "one two"), ("one\ntwo  three", 2, "one two…"), ("x" * 500, 3, f"{'x' * 180}…")],
)
def test_shortened_keeps_the_first_words(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short
