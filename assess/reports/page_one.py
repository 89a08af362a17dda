"""How the first page makes room for a signature: page 1 alone decides, in 180 words.

Decides: how many of the reasons stay, how many conditions are named and how far they are shortened. Everything is in
full in the appendix. Pure, as `build` is.
"""

from dataclasses import replace
from itertools import product
from typing import Final

from assess.language import _, day
from assess.reports.cleaned import clean_line
from assess.reports.data import ReportData
from assess.reports.signature import PageOne, Review, Signed, SignedCondition

WORDS: Final = 180
#: Headings and other words that stand on each first page.
STANDING: Final = 24
#: What a condition or a reason is never cut below; the page breaks longer ones off with "…".
LEAST: Final = 5
MOST: Final = 28
#: Letters of one shortened text: somebody may write without spaces.
LETTERS: Final = 180
#: Words and letters of a name: those of people are shorter.
NAME: Final = 4
NAME_LETTERS: Final = 40


def fit_page_one(report: ReportData) -> ReportData:
    """The report with what its first page says of the signature; as it is where nothing was signed."""
    review = report.review
    if review is None or review.signed is None:
        return report
    return replace(report, review=replace(review, page_one=_fit(report, review, review.signed)))


def _fit(report: ReportData, review: Review, signed: Signed) -> PageOne:
    sentence = _sentence(signed)
    fixed = STANDING + sum(len(text.split()) for text in (*_said_anyway(report), sentence))
    if signed.overruled_words:
        fixed += len(_overruled(signed, "").split())
    cut = [text for text in (signed.reason if signed.overruled_words else "", signed.remark) if text]
    conditions = review.conditions
    # Reasons give way first, down to one; then conditions, the ones due last.
    for named, reasons in product(range(len(conditions), -1, -1), range(len(report.reasons_for), -1, -1)):
        if reasons == 0 and report.reasons_for and named > 1:
            continue
        words = fixed + sum(len(reason.sentence.split()) for reason in report.reasons_for[:reasons])
        words += sum(len(_condition(each, "").split()) for each in conditions[:named])
        words += 0 if named == len(conditions) else 6
        room = WORDS - words
        texts = [*cut, *(each.text for each in conditions[:named])]
        if room >= sum(min(LEAST, len(text.split())) for text in texts):
            break
    share = max(LEAST, min(MOST, room // len(texts))) if texts else 0
    left = len(conditions) - named
    return PageOne(
        sentence=sentence,
        overruled=_overruled(signed, shortened(signed.reason, share)) if signed.overruled_words else "",
        remark=shortened(signed.remark, share) if signed.remark else "",
        conditions=tuple(_condition(each, shortened(each.text, share)) for each in conditions[:named]),
        more=_("And {count} more in appendix C.").format(count=left) if left else "",
        reasons_shown=reasons,
    )


def _said_anyway(report: ReportData) -> tuple[str, ...]:
    """What the first page says whatever was signed, but for the reasons."""
    return (
        report.system,
        report.team,
        report.workspace,
        report.verdict_words,
        report.form_words,
        report.headline,
        report.rule_sentence,
        report.firm_words,
        report.firm_why,
        report.basis_words,
        report.no_conditions,
        report.state_words,
        *(f"{gate.name}: {gate.state_words}." for gate in report.conditions),
    )


def _sentence(signed: Signed) -> str:
    if not signed.challenge_until:
        said = _("{decision} by {name}, {day}.")
    elif signed.overruled_words:
        said = _("{decision} by {name}, {day}, as “{verdict}”. Open to challenge until {until}.")
    else:
        said = _("{decision} by {name}, {day}. Open to challenge until {until}.")
    return said.format(
        decision=signed.decision_words,
        name=_name(signed.by),
        day=day(signed.day),
        verdict=signed.overruled_words,
        until=day(signed.challenge_until) if signed.challenge_until else "",
    )


def _overruled(signed: Signed, reason: str) -> str:
    return _("Overruled to “{verdict}” by {name}: {reason}").format(
        verdict=signed.overruled_words, name=_name(signed.by), reason=reason
    )


def _condition(condition: SignedCondition, text: str) -> str:
    said = _("{text} ({owner}, by {day}). Met.") if condition.met_words else _("{text} ({owner}, by {day}).")
    return said.format(text=text, owner=_name(condition.owner), day=day(condition.due_on))


def _name(name: str) -> str:
    return shortened(name, NAME, NAME_LETTERS)


def shortened(text: str, words: int, letters: int = LETTERS) -> str:
    """The first so many words of it on one line, with "…" where there were more.

    >>> shortened("Trace every call\\nof the shop", 4)
    'Trace every call of…'
    """
    line = clean_line(text, max(len(text), 1))
    first = " ".join(line.split()[:words])[:letters].rstrip(" .,;:")
    return first if first == line.rstrip(" .,;:") else f"{first}…"
