"""In the made-up language no form of a report keeps a sentence of ours in English, but for what is no sentence."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from assess.decision.headings import HEADINGS
from assess.decision.sources import SOURCES
from assess.questionnaire.schema import Questionnaire
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.data import ReportData
from assess.reports.content.people import Review, SignedCondition
from assess.reports.loaders.review import describe_state
from assess.reports.renderings.madr import render_madr
from tests.pseudo import left_in_english, pseudo, texts_of
from tests.unit.reports.full_reports import (
    AT,
    docx_bytes,
    page_html,
    signed,
    whole_report,
    words_of_docx,
    words_of_markdown,
)
from tests.unit.reports.report_factory import demo_answers

#: MADR's own headings, which tools look for, and the two that we add beside them.
OF_THE_FORM = (
    *("Context and Problem Statement", "Decision Drivers", "Considered Options", "Decision Outcome", "Consequences"),
    *("Confirmation", "Pros and Cons of the Options", "More Information", "Dissent", "Revisit Triggers"),
)
#: Django's own, which the made-up language leaves as they are.
MONTHS = ("Nov", "Jan")
#: Hashes, and the slugs of questionnaire and rule.
OF_MACHINES = re.compile(r"\b[0-9a-f]{16,}\b|split-checklist|“[a-z-]+”")
FORMS: dict[str, Callable[[ReportData], list[str]]] = {
    "page": lambda report: texts_of(page_html(report)),
    "docx": lambda report: words_of_docx(docx_bytes(report)).splitlines(),
    "record": lambda report: words_of_markdown(render_madr(report)).splitlines(),
}


def made_up(thing: Any) -> Any:
    """A part of a questionnaire with all its texts in the made-up language."""
    texts = {
        name: pseudo(getattr(thing, name))
        for name in ("title", "wording", "unit", "label", "means", "intro")
        if getattr(thing, name, "")
    }
    parts = {
        name: tuple(made_up(each) for each in getattr(thing, name))
        for name in ("sections", "questions", "options")
        if name in getattr(type(thing), "__dataclass_fields__", {})
    }
    return replace(thing, **texts, **parts)


def questionnaire() -> Questionnaire:
    made: Questionnaire = made_up(builtin_questionnaire())
    return made


def report_in_pseudo(state: str) -> ReportData:
    answers = {key: replace(answer, note="") for key, answer in demo_answers("ecommerce-35-developers").items()}
    review = Review(
        **{**describe_state("accepted"), "state_words": "12"},
        signature=signed(
            by="12",
            decision_words="12",
            overruled_words="12",
            overruled_to="stay",
            reason="12",
            remark="12",
            challenge_until=AT.date(),
        ),
        earlier_signatures=(signed(by="12", decision_words="12", overruled_words="12", remark="12"),),
        conditions=(SignedCondition(text="12", owner="12", due_on=AT.date(), met_words=""),),
        comments=(),
    )
    return whole_report(
        {} if state == "empty" else answers,
        questionnaire=questionnaire(),
        state="draft" if state != "signed" else "accepted",
        review=review if state == "signed" else None,
        by="12",
        system="12",
        team="12",
        workspace="12",
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("state", ["empty", "draft", "signed"])
def test_every_sentence_of_a_report_can_be_translated(form: str, state: str, pseudo_locale: str) -> None:
    with translation.override(pseudo_locale):
        report = report_in_pseudo(state)
        said = FORMS[form](report)
    quoted = [text for source in SOURCES.values() for text in (source.title, source.told_by, source.short)]
    quoted += [heading for headings in HEADINGS.values() for heading in headings]
    cases = [
        text
        for case in (report.argument.cases if report.argument else ())
        for text in (case.system, case.outcome, case.lesson)
    ]
    given = [*quoted, *cases, *OF_THE_FORM, *MONTHS]
    bare = [OF_MACHINES.sub(" ", text) for text in said]
    assert list(left_in_english(bare, given)) == []
