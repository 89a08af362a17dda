"""Whole reports made by hand, one for each state that a version can be in, and all that a report says of it as text."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import docx as python_docx
from django.template.loader import render_to_string
from markdown_it import MarkdownIt

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.argue import argue
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.schema import Answer, Answers, Questionnaire
from assess.questionnaire_files import builtin_questionnaire
from assess.reports import download_views
from assess.reports.chapters import Choice, build_document
from assess.reports.content.attachment import build_attachment
from assess.reports.content.build import build_report
from assess.reports.content.data import (
    AttributedAnswer,
    ChangedLine,
    Changes,
    ComparedAxis,
    ComparedMark,
    IndividualAnswer,
    PlannedChanges,
    PlannedLine,
    ReportData,
    Subject,
)
from assess.reports.content.people import (
    Disagreement,
    DisagreementLine,
    Review,
    ReviewComment,
    RoleVerdictLine,
    Signature,
    SignedCondition,
)
from assess.reports.loaders.review import describe_state
from assess.reports.renderings.docx import render_docx
from assess.reports.renderings.madr import render_madr
from assess.reports.renderings.page_one_blocks import page_one_blocks
from assess.reports.views import reader_choices
from tests.unit.reports.report_factory import demo_answers, first_answers

AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def whole_report(
    answers: Answers,
    *,
    state: str = "draft",
    review: Review | None = None,
    disagreement: Disagreement | None = None,
    by: str = "Ana Lindqvist",
    told: str = "",
    questionnaire: Questionnaire | None = None,
    planned_changes: PlannedChanges | None = None,
    since: Changes | None = None,
    own: tuple[IndividualAnswer, ...] = (),
    **subject: Any,
) -> ReportData:
    """As `load_report` makes it, without a database; `subject` replaces what it is about."""
    questionnaire = questionnaire or builtin_questionnaire()
    result = decide(questionnaire, answers)
    argument = argue(questionnaire, answers, result, published_cases())
    is_submitted = state != "draft"
    about: dict[str, Any] = {
        "system": "Payments platform",
        "team": "Payments",
        "workspace": "Harbour",
        "version": 3,
        "edition": questionnaire.title,
        "answers_hash": answers_hash(questionnaire, answers),
        "started_by": by,
        "dated": AT.date(),
        "state": state,
        "edition_sha256": "ab" * 32,
        "file_stem": "payments-platform_assessment_v3_2026-11-20",
        **({"submitted_at": AT, "submitted_by": by} if is_submitted else {}),
        **subject,
    }
    report = build_report(
        subject=Subject(**about),
        questionnaire=questionnaire,
        answers={
            key: AttributedAnswer(
                answer=answer,
                by=by,
                at=AT,
                disagreement=told if answer.between else "",
                individual=own if answer.between else (),
            )
            for key, answer in answers.items()
        },
        result=result,
        argument=argument,
        disagreement=disagreement,
        review=review,
        planned_changes=planned_changes,
        since=since,
    )
    attachment = build_attachment(
        Subject(**about),
        questionnaire,
        answers,
        result,
        argument=argument,
        signature=review.signature if review else None,
    )
    return replace(report, attachment=attachment)


def own_answer(who: str, words: str, **fields: Any) -> IndividualAnswer:
    given: dict[str, Any] = {"at": AT, "basis": "", "note": "", "link": "", "who_knows": "", **fields}
    return IndividualAnswer(who=who, words=words, **given)


def signed(**fields: Any) -> Signature:
    given: dict[str, Any] = {
        "decision": "accepted",
        "decision_words": "Accepted",
        "by": "Rita Vermeer",
        "at": SIGNED_AT,
        "day": SIGNED_AT.date(),
        "hash": "3fa9" * 16,
        "challenge_until": None,
        "overruled_words": "",
        "reason": "",
        "remark": "",
        **fields,
    }
    return Signature(**given)


def with_conditions() -> Review:
    return Review(
        **describe_state("accepted_with_conditions"),
        signature=signed(
            decision="accepted_with_conditions",
            decision_words="Accepted with conditions",
            remark="Well argued; the platform is the weak side.",
        ),
        earlier_signatures=(
            signed(
                decision="sent_back", decision_words="Sent back", remark="The load was not measured.", hash="77" * 32
            ),
        ),
        conditions=(
            SignedCondition(
                text="Every call between shop and till is traced",
                owner="Bob Marsh",
                due_on=date(2027, 1, 31),
                met_words="",
            ),
            SignedCondition(
                text="Two people look after the platform",
                owner="Ana Lindqvist",
                due_on=date(2027, 3, 1),
                met_words="Met 12 December 2026, says Ana Lindqvist: names are on the wiki",
            ),
        ),
        comments=(
            ReviewComment(
                about="How many teams work in this codebase?",
                kind_words="Challenge",
                by="Olga Brandt",
                at=SIGNED_AT,
                text="Two of the five only review.",
                settled_words="Settled by Ana Lindqvist, 24 November 2026: they merge as well",
                is_challenge=True,
            ),
            ReviewComment(
                about="The whole version",
                kind_words="Comment",
                by="Vera Holt",
                at=SIGNED_AT,
                text="The notes help a lot.",
                settled_words="",
            ),
        ),
    )


def overruled() -> Review:
    return Review(
        **describe_state("challenged"),
        is_challenged=True,
        signature=signed(
            challenge_until=date(2026, 12, 7),
            overruled_words="Stay monolithic",
            overruled_to="stay",
            reason="The merger in spring moves half of it elsewhere.\nNothing is cut before that.",
        ),
        earlier_signatures=(),
        conditions=(),
        comments=(),
    )


def some_planned_changes() -> PlannedChanges:
    return PlannedChanges(
        finding="With the planned changes made, the verdict is “Modular monolith”, boundaries are the cure.",
        why="Collisions hurt, and a boundary cures them.",
        lines=(
            PlannedLine(sentence="Tracing: partial → every request", reached=True, by="Bob Marsh", at=AT),
            PlannedLine(sentence="Build and release: not known → pipeline", reached=False, by="Ana Lindqvist", at=AT),
        ),
    )


def earlier_version() -> Changes:
    marks = (
        ComparedMark(kind="circle", name="Version 2", points=40, high=52, value="40 to 52", is_known=True),
        ComparedMark(kind="square", name="Version 3", points=76, high=78, value="76 to 78", is_known=True),
    )
    return Changes(
        version=2,
        submitted_at=datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
        finding="Since version 2 the verdict went from “Modular monolith” to “Extract services”.",
        moved=("Waiting for releases moved it.", "Fewer questions are open."),
        names=("Version 2", "Version 3"),
        axes=(ComparedAxis(axis="boundary", name="Boundaries cure these", marks=marks, threshold=50),),
        lines=(ChangedLine(wording="How many teams work in this codebase?", before="3 teams", after="5 teams"),),
        not_compared=(),
    )


def people_apart() -> Disagreement:
    return Disagreement(
        finding="One question is open because people disagree.",
        roles_finding="Developers alone would extract, managers alone would stay.",
        roles=(
            RoleVerdictLine(
                name="Developers alone",
                respondents=2,
                verdict_words="Extract services, one part only",
                others="stay monolithic",
            ),
            RoleVerdictLine(
                name="Managers alone",
                respondents=1,
                verdict_words="Stay monolithic, nothing that a split would cure",
                others="",
            ),
        ),
        lines=(
            DisagreementLine(
                key="deploy_waiting",
                wording="How often does one team's release wait for another team's?",
                state_words="open",
                is_open=True,
                finding="Three steps apart",
                respondents=3,
                values=("Always: 2 developers", "Never: 1 manager"),
                agreement_note="",
            ),
        ),
    )


SHOP = "ecommerce-35-developers"
#: A line of many kinds of characters, none of which any form of the report has to change.
LONG_NOTE = ("A word or two on the matter at hand. " * 60)[:1990] + "END of it."

MAKERS: dict[str, Callable[[], ReportData]] = {
    "draft": lambda: whole_report(demo_answers(SHOP)),
    "signed with conditions": lambda: whole_report(
        demo_answers(SHOP),
        state="accepted_with_conditions",
        review=with_conditions(),
        planned_changes=some_planned_changes(),
        since=earlier_version(),
    ),
    "overruled": lambda: whole_report(demo_answers(SHOP), state="challenged", review=overruled()),
    "answered apart": lambda: whole_report(
        {**demo_answers(SHOP), "deploy_waiting": Answer(between=("never", "always"))},
        state="submitted",
        disagreement=people_apart(),
        by="3 respondents",
        told="three steps apart – open",
        own=(
            own_answer("Bob Marsh", "Always", note="Every Friday evening."),
            own_answer("Olga Brandt", "Never", link="https://wiki.example/calendar"),
        ),
    ),
    "empty": lambda: whole_report({}),
    "at every limit": lambda: whole_report(
        first_answers(
            builtin_questionnaire(),
            note=LONG_NOTE,
            link="https://wiki.example/" + "x" * 470,
            who_knows="W" * 120,
            basis="measured",
        ),
        state="submitted",
        system="S" * 120,
        team="T" * 120,
        workspace="U" * 120,
        by="B" * 120,
    ),
    "a firm stay": lambda: whole_report(demo_answers("django-startup-12"), state="submitted"),
}


@cache
def report_in(state: str) -> ReportData:
    return MAKERS[state]()


# --- what each form says, as text


def letters(text: str) -> str:
    """Letters and digits alone, small: forms part what they say by different marks, and begin sentences elsewhere."""
    return re.sub(r"[\W_]+", "", text).casefold()


def page_html(report: ReportData, choice: Choice | None = None) -> str:
    context = {
        "assessment": {"pk": 12},
        "readers": reader_choices(),
        **download_views.page_context(report, choice or Choice()),
    }
    return render_to_string("reports/document.html#report", context)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def words_of_html(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.said)


def docx_bytes(report: ReportData, choice: Choice | None = None) -> bytes:
    assert report.page_one is not None
    return render_docx(
        build_document(report, choice or Choice()), opening=page_one_blocks(report.page_one), author="Ana Lindqvist"
    )


def words_of_docx(made: bytes) -> str:
    """Every paragraph of the body, in order, also those in tables."""
    from docx.oxml.ns import qn

    body = python_docx.Document(BytesIO(made)).element.body
    said = {qn("w:br"): "\n", qn("w:tab"): "\t", qn("w:t"): ""}
    return "\n".join(
        "".join(said[each.tag] + (each.text or "") for each in p.iter(*said)) for p in body.iter(qn("w:p"))
    )


def words_of_markdown(said: str) -> str:
    """What a reader sees of it, front matter left out."""
    _fence, _front, body = said.split("---\n", 2)
    return words_of_html(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body))


def words_of_record(report: ReportData) -> str:
    return words_of_markdown(render_madr(report))
