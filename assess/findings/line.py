"""The verdict over single answers: which answer to which question keeps it, and which makes it another."""

from dataclasses import dataclass
from typing import Final

from assess.decision.facade import (
    VERDICT_WORDS,
    VERDICTS,
    Alternative,
    Argument,
    Result,
    Verdict,
    list_alternatives,
    subject,
)
from assess.language import _, capitalised, ngettext, number_word
from assess.questionnaire.facade import Answers, Questionnaire

#: So many questions of each kind are drawn; the others are counted.
MOST_ROWS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One verdict; the verdict that stands is the last column."""

    verdict: Verdict
    words: str
    is_kept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """One question, with its answers in each column of the line."""

    key: str
    label: str
    is_answered: bool
    cells: tuple[tuple[Column, tuple[Alternative, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictLine:
    """For `charts/line.html`: open questions of which one answer changes the verdict, and answers one step from doing
    so. `together` counts the open questions that can change it only with others."""

    columns: tuple[Column, ...]
    open_rows: tuple[LineRow, ...]
    near_rows: tuple[LineRow, ...]
    more_open: int
    more_near: int
    together: int
    is_firm: bool

    @property
    def more(self) -> int:
        """How many rows are left out."""
        return self.more_open + self.more_near

    @property
    def turning(self) -> int:
        """How many open questions have an answer that alone gives another verdict."""
        return len(self.open_rows) + self.more_open

    @property
    def finding(self) -> str:
        if self.is_firm:
            near = len(self.near_rows) + self.more_near
            if not near:
                return _("No open answer can change the verdict, and no small change does")
            return ngettext(
                "No open answer can change the verdict; {count} answer is one step from doing so",
                "No open answer can change the verdict; {count} answers are one step from doing so",
                near,
            ).format(count=number_word(near))
        if not self.turning:
            return _("Only several open answers together can change the verdict")
        return ngettext(
            "{count} open answer can change the verdict by itself",
            "Each of {counted} open answers can change the verdict",
            self.turning,
        ).format(count=capitalised(number_word(self.turning)), counted=number_word(self.turning))


def build_line(questionnaire: Questionnaire, answers: Answers, result: Result, argument: Argument) -> VerdictLine:
    """The line of this result: a verdict for each answer of some ten questions, a few milliseconds."""
    near_keys = tuple(dict.fromkeys(flip.changes[0].key for flip in argument.robustness.breaks_on))
    tried = {
        key: list_alternatives(questionnaire, answers, key)
        for key in (*result.decisive_open_keys, *near_keys[:MOST_ROWS])
    }
    turning = [key for key in result.decisive_open_keys if any(each.verdict != result.verdict for each in tried[key])]
    found = {each.verdict for alternatives in tried.values() for each in alternatives}
    others = [verdict for verdict in VERDICTS if verdict in found and verdict != result.verdict]
    columns = tuple(
        Column(verdict=verdict, words=VERDICT_WORDS[verdict], is_kept=verdict == result.verdict)
        for verdict in (*others, result.verdict)
    )

    def row(key: str, *, is_answered: bool) -> LineRow:
        return LineRow(
            key=key,
            label=subject(questionnaire.by_key[key]),
            is_answered=is_answered,
            cells=tuple(
                (column, tuple(each for each in tried[key] if each.verdict == column.verdict)) for column in columns
            ),
        )

    return VerdictLine(
        columns=columns,
        open_rows=tuple(row(key, is_answered=False) for key in turning[:MOST_ROWS]),
        near_rows=tuple(row(key, is_answered=True) for key in near_keys[:MOST_ROWS]),
        more_open=max(len(turning) - MOST_ROWS, 0),
        more_near=max(len(near_keys) - MOST_ROWS, 0),
        together=len(result.decisive_open_keys) - len(turning),
        is_firm=result.firm,
    )
