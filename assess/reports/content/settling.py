"""The open questions of page 1: what to settle first, and which answers leave the verdict as it is."""

from collections.abc import Sequence
from typing import Final

from assess.decision.facade import Alternative, Result, inside, list_alternatives, subject
from assess.language import _, any_of
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.data import SettleLine
from assess.reports.content.sanitize import MAX_NAME, clean_line

MAX_SETTLE: Final = 3


def build_settle_lines(questionnaire: Questionnaire, answers: Answers, result: Result) -> tuple[SettleLine, ...]:
    """The open questions of which one answer alone changes the verdict, the most telling first.

    While nothing is decided, the questions to answer first, of which none keeps a verdict.
    """
    lines = []
    for key in result.decisive_open_keys:
        holds_if = ""
        if result.shown_verdict:
            alternatives = list_alternatives(questionnaire, answers, key)
            keeping = [each for each in alternatives if each.verdict == result.verdict]
            changing = [each for each in alternatives if each.verdict != result.verdict]
            if not keeping or not changing:
                continue
            holds_if = describe_keeping(questionnaire, keeping, changing)
        lines.append(
            SettleLine(
                question=subject(questionnaire.by_key[key]),
                holds_if=holds_if,
                who_knows=clean_line(answers[key].who_knows, MAX_NAME) if key in answers else "",
            )
        )
        if len(lines) == MAX_SETTLE:
            break
    return tuple(lines)


def describe_keeping(
    questionnaire: Questionnaire, keeping: Sequence[Alternative], changing: Sequence[Alternative]
) -> str:
    """The answers that keep the verdict; the one that does not, where that is shorter."""
    if len(changing) == 1 and len(keeping) > 1:
        return _("not “{answer}”").format(answer=inside(questionnaire, changing[0].words))
    return any_of([inside(questionnaire, each.words) for each in keeping])
