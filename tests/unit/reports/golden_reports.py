"""Thirty-odd assessments that a report has to be right for, whatever it says: by name, without a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from assess.questionnaire.schema import Answer, Questionnaire
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.data import ReportData
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.loaders.review import describe_state
from tests.unit.reports.report_factory import BY_FORM, demo_answers, first_answers, made_report

argued_report: Final = partial(made_report, argued=True)

AT: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOTE: Final = "The till waits for the shop, and the shop for the till. " * 36
ARABIC: Final = "منصة الدفع تنتظر النشر 45 دقيقة (teams: 5)"
HEBREW: Final = "פלטפורמת התשלומים ממתינה 45 דקות"
CHINESE: Final = "支付平台：每次部署都要等待四十五分钟。"
JAPANESE: Final = "決済システムはデプロイに四十五分かかります。"
KOREAN: Final = "결제 플랫폼은 배포에 45분이 걸립니다."
EMOJI: Final = "🚀 done 👩‍👩‍👧 🇩🇪 ❤️ ✅ 1️⃣"
#: Indic and Thai marks that combine, a letter outside the first plane, and characters that nobody has a font for.
RARE: Final = "भुगतान मंच ไทย አማርኛ 𝔘 \U00017000 \u0378"


def signature(**fields: Any) -> Signature:
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
    return Signature(**{**given, **fields})


def signed_review(*, conditions: int = 2, text: str = NOTE, **fields: Any) -> Review:
    return Review(
        **describe_state("accepted_with_conditions"),
        signature=signature(**{"remark": "Good work.", **fields}),
        earlier_signatures=(),
        conditions=tuple(
            SignedCondition(text=f"{number}. {text}", owner="Ana Lindqvist", due_on=date(2027, 1, 31), met_words="")
            for number in range(1, conditions + 1)
        ),
        comments=(
            ReviewComment(
                about="The whole version",
                kind_words="Challenge",
                by="Bob Sato",
                at=AT,
                text=text,
                settled_words="Not settled",
            ),
        ),
    )


def noted(text: str, answers: dict[str, Answer] | None = None) -> dict[str, Answer]:
    given = answers if answers is not None else dict(demo_answers("ecommerce-35-developers"))
    return {key: replace(answer, note=text, who_knows=text[:40]) for key, answer in given.items()}


def scripted(text: str, most: int = 100) -> ReportData:
    """Everything that people can write is written in this script; beside so many answers at most."""
    name = text[:60]
    review = signed_review(text=text, by=name[:20], reason=text, remark=text)
    answers = dict(demo_answers("ecommerce-35-developers"))
    answers |= noted(text, dict(list(answers.items())[:most]))
    return argued_report(answers, submitted=True, review=review, by=name, system=name, team=name, workspace=name)


def long_questionnaire(count: int = 120) -> Questionnaire:
    """The shipped edition with questions of an organisation's own behind it, up to so many in all."""
    shipped = builtin_questionnaire()
    *sections, last = shipped.sections
    pattern = next(question for question in last.questions if question.kind == "choice")
    own = tuple(
        replace(
            pattern,
            key=f"own_{number}",
            wording=f"How far is our own matter number {number} settled, as far as those who look after it know?",
            quick=False,
            asked_when=(),
            reads=None,
        )
        for number in range(count - len(shipped.questions))
    )
    return replace(shipped, sections=(*sections, replace(last, questions=(*last.questions, *own))))


def at_every_limit(text: str) -> ReportData:
    """120 questions, each with a note of 2,000 characters; the longest names; forty conditions as long as may be."""
    questionnaire = long_questionnaire()
    name = "W" * 120
    answers = first_answers(
        questionnaire, note=text[:2000], link=f"https://{'x' * 480}.example", who_knows=name, basis="measured"
    )
    review = signed_review(conditions=40, text=text[:2000], by=name, reason=text[:2000], remark=text[:2000])
    about = {"system": name, "team": name, "workspace": name, "questionnaire": questionnaire, "review": review}
    return argued_report(answers, submitted=True, by=name, **about)


def unapplied() -> ReportData:
    """Every question is said not to apply, with the longest reason."""
    questionnaire = builtin_questionnaire()
    return argued_report({question.key: Answer(not_applicable=NOTE[:2000]) for question in questionnaire.questions})


GOLDEN: Final[dict[str, Callable[[], ReportData]]] = {
    **{f"{form}, draft": lambda make=make: argued_report(make()) for form, make in BY_FORM.items()},
    **{
        f"{form}, signed": lambda make=make: argued_report(
            make(), submitted=True, review=signed_review(challenge_until=None)
        )
        for form, make in BY_FORM.items()
    },
    "submitted, not reviewed": lambda: argued_report(BY_FORM["cure"](), submitted=True),
    "overruled": lambda: argued_report(
        BY_FORM["organisation"](),
        submitted=True,
        review=signed_review(overruled_words="Stay monolithic", overruled_to="stay", reason=NOTE),
    ),
    "nothing answered": lambda: argued_report({}),
    "nothing known": lambda: argued_report(dict.fromkeys(demo_answers("shob"), Answer())),
    "nothing applies": unapplied,
    "every answer the last option": lambda: argued_report(first_answers(builtin_questionnaire())),
    "120 questions with notes of 2,000 characters": lambda: at_every_limit(NOTE),
    "one word as long as a note may be": lambda: scripted("x" * 2000, 4),
    "a thousand lines": lambda: scripted("\n".join("ab" for _ in range(1000)), 4),
    "Arabic": lambda: scripted(ARABIC),
    "Hebrew": lambda: scripted(HEBREW),
    "Chinese": lambda: scripted(CHINESE),
    "Japanese": lambda: scripted(JAPANESE),
    "Korean": lambda: scripted(KOREAN),
    "emoji": lambda: scripted(EMOJI),
    "rare scripts": lambda: scripted(RARE),
}
