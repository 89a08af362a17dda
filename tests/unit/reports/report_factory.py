"""Reports made by hand, without a database, and what a PDF says when it is read back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.argue import argue
from assess.questionnaire.answers import answers_hash, read_answers
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.schema import Answer, Answers, Questionnaire
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.attachment import Attachment, build_attachment
from assess.reports.content.build import build_report
from assess.reports.content.data import AttributedAnswer, ReportData, Subject

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
DEMO_NAMES = tuple(sorted(path.stem for path in DEMO.glob("*.json")))
#: Of the edition that made reports say they were asked by.
EDITION_HASH = "ab" * 32
AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def made_report(
    answers: Answers, *, by: str = "Ana Lindqvist", submitted: bool = False, argued: bool = False, **subject: Any
) -> ReportData:
    """The report on these answers; `subject` replaces what it is about. Only if it is `argued` it has what argues with
    its verdict, which takes tens of milliseconds."""
    questionnaire = subject.pop("questionnaire", None) or builtin_questionnaire()
    review = subject.pop("review", None)
    more = {
        name: subject.pop(name)
        for name in ("brand", "planned_changes", "since", "candidates", "candidates_from", "planning")
        if name in subject
    }
    about: dict[str, Any] = {
        "system": "Payments platform",
        "team": "Payments",
        "workspace": "Harbour",
        "version": 3,
        "edition": questionnaire.title,
        "answers_hash": "3f" * 32,
        "started_by": by,
        "dated": date(2026, 11, 20),
        **({"submitted_at": AT, "submitted_by": by} if submitted else {}),
        **subject,
    }
    result = decide(questionnaire, answers)
    return build_report(
        subject=Subject(**about),
        questionnaire=questionnaire,
        answers={key: AttributedAnswer(answer=answer, by=by, at=AT) for key, answer in answers.items()},
        result=result,
        argument=argue(questionnaire, answers, result, published_cases()) if argued else None,
        review=review,
        **more,
    )


def made_data(answers: Answers) -> Attachment:
    """The data that a report of these answers carries."""
    questionnaire = builtin_questionnaire()
    result = decide(questionnaire, answers)
    subject = Subject(
        system="Payments platform",
        team="Payments",
        workspace="Harbour",
        version=3,
        edition=questionnaire.title,
        answers_hash=answers_hash(questionnaire, answers),
        started_by="Ana Lindqvist",
        dated=date(2026, 11, 20),
        edition_sha256=EDITION_HASH,
        file_stem="payments-platform_assessment_v3_2026-11-20",
    )
    argument = argue(questionnaire, answers, result, published_cases())
    return build_attachment(subject, questionnaire, answers, result, argument=argument)


def demo_answers(name: str) -> dict[str, Answer]:
    """The answers of one of the systems that the sources tell of, to be changed as a test likes."""
    return dict(read_demo_answers(name))


@cache
def read_demo_answers(name: str) -> Answers:
    """The same, read once. No test gets at this itself: what one changed would change the others."""
    document = read_document((DEMO / f"{name}.json").read_bytes(), file=name)
    return read_answers(document, builtin_questionnaire(), file=name)


def case_answers(system: str) -> dict[str, Answer]:
    """The answers of a published case."""
    return dict(next(case for case in published_cases() if case.system == system).answers)


def _with(answers: dict[str, Answer], **values: Any) -> dict[str, Answer]:
    return {**answers, **{key: Answer(value=value) for key, value in values.items()}}


#: Answers that come to each form.
BY_FORM: dict[str, Callable[[], dict[str, Answer]]] = {
    "healthy": lambda: _with(dict(demo_answers("django-startup-12")), motives=()),
    "offload": lambda: case_answers("Lichess"),
    "motives": lambda: dict(demo_answers("django-startup-12")),
    "cure": lambda: case_answers("Shopify (core)"),
    "first_step": lambda: _with(dict(demo_answers("saas-80-developers")), tracing="none", boundaries="tangled"),
    "consolidate": lambda: dict(demo_answers("services-47")),
    "hot_part": lambda: case_answers("GitLab (Gitaly)"),
    "organisation": lambda: dict(demo_answers("ecommerce-35-developers")),
    "keep": lambda: _with(
        {},
        current_shape="services",
        services=6,
        teams=6,
        developers=60,
        distributed_monolith_signs=(),
        ownership="teams",
        deploy_minutes=10,
        deploy_waiting="never",
    ),
}


def first_answers(questionnaire: Questionnaire, **fields: Any) -> dict[str, Answer]:
    """An answer to every question (a choice's last option), each with these fields."""
    answers = {}
    for question in questionnaire.questions:
        value: Any = question.maximum
        if question.kind == "choice":
            value = question.options[-1].value
        elif question.kind == "several":
            value = tuple(option.value for option in question.options)
        elif question.whole:
            value = int(question.maximum or 0)
        answers[question.key] = Answer(value=value, **fields)
    return answers


def packed(text: str) -> str:
    """Text without its white space: lines are broken anywhere on paper."""
    return re.sub(r"\s+", "", text)


def pages_text(pdf: bytes) -> list[str]:
    """What each page says, white space taken out, read by the fonts' own tables."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [_page_text(page) for page in document.pages]


def structure(pdf: bytes) -> list[dict[str, Any]]:
    """Every element of the structure tree, in reading order: its tag, alternative text and depth."""
    found: list[dict[str, Any]] = []

    def walk(element: Any, depth: int) -> None:
        if not isinstance(element, pikepdf.Dictionary):
            return
        if "/S" in element:
            found.append({"tag": str(element.S)[1:], "alt": str(element.get("/Alt", "")), "depth": depth})
        kids = element.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid, depth + 1)

    with pikepdf.open(BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot, 0)
    return found


def outline(pdf: bytes) -> list[str]:
    """Every bookmark's title, in order."""
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as tree:
        titles: list[str] = []

        def walk(items: Any) -> None:
            for item in items:
                titles.append(item.title)
                walk(item.children)

        walk(tree.root)
        return titles


def _page_text(page: pikepdf.Page) -> str:
    fonts = page.obj.Resources.get("/Font", {})
    maps = {name: _unicode_map(font) for name, font in dict(fonts).items()}
    said: list[str] = []
    present: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            present = maps[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    said += [present.get(int.from_bytes(codes[i : i + 2], "big"), "") for i in range(0, len(codes), 2)]
    return packed("".join(said))


def _unicode_map(font: Any) -> dict[int, str]:
    table = font.ToUnicode.read_bytes().decode("ascii")
    return {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*\n", table)
    }
