"""The answer card: three reasons with a figure each, and the open question that matters with what each answer does."""

from dataclasses import dataclass
from typing import Final, Literal

from assess.decision.facade import Reason, Result, Verdict, decider, format_value, level_range, list_alternatives
from assess.findings.bars import Bar
from assess.findings.squares import Squares, build_checklist
from assess.language import _, ngettext, number_word
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, Value

#: So many answers are tried on the card; others are one link away.
MOST_TRIED: Final = 4
MOST_REASONS: Final = 3
#: Letters of an answer that can stand as a figure.
FIGURE_LETTERS: Final = 22


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyReason:
    """One reason: a short figure, a tiny drawing of it, and the sentence. An `icon` where there is nothing to count."""

    figure: str
    sentence: str
    source: str
    keys: tuple[str, ...]
    bar: Bar | None = None
    squares: Squares | None = None
    icon: Literal["", "tick", "cross"] = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedAnswer:
    """One answer to the open question: in words, what to put into the address, and what it would give."""

    words: str
    value: Value
    verdict: Verdict | Literal[""]
    form: str
    is_firm: bool
    questions_left: int

    @property
    def then(self) -> str:
        """What follows the verdict: "and firm", "two questions left"."""
        if self.is_firm:
            return _("and firm")
        return ngettext("one question left", "{count} questions left", self.questions_left).format(
            count=number_word(self.questions_left)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """The open question that narrows the verdict most, with its first few answers."""

    question: Question
    tried: tuple[TriedAnswer, ...]
    has_more: bool


def build_key_reasons(
    questionnaire: Questionnaire, answers: Answers, result: Result, verdict: Verdict
) -> tuple[KeyReason, ...]:
    """The three strongest reasons for this verdict, from which a reader can retell it; fewer where fewer are known."""
    speaking = result.strongest(for_verdict=verdict == result.verdict, most=len(result.reasons))
    strongest = [reason for reason in speaking if reason.weighs == verdict][:MOST_REASONS]
    return tuple(key_reason(questionnaire, answers, result, reason) for reason in strongest)


def key_reason(questionnaire: Questionnaire, answers: Answers, result: Result, reason: Reason) -> KeyReason:
    """One reason with the figure that it speaks of: the answer and its level, a gate, or the checklist."""
    figure, bar, squares = "", None, None
    icon: Literal["", "tick", "cross"] = ""
    if reason.kind == "condition" and "checklist" in reason.code:
        counts = result.checklist_counts
        figure, squares = _("{count} of {of}").format(count=counts["yes"], of=counts["of"]), build_checklist(result)
    elif reason.kind == "gate":
        icon = "cross" if any(gate.state == "failed" and reason.keys == gate.keys for gate in result.gates) else "tick"
        figure = _("Closed") if icon == "cross" else _("Passed")
    else:
        key = next((key for key in reason.keys if (answer := answers.get(key)) and answer.value is not None), "")
        value = answers[key].value if key else None
        if value is None:
            icon = "tick"
        else:
            question = questionnaire.by_key[key]
            figure = figure_of(question, value)
            if question.reads is not None:
                level = level_range(question, answers[key])[0]
                bar = Bar(low=level, high=level, threshold=result.scores[question.reads.axis].threshold)
    return KeyReason(
        figure=figure,
        sentence=without_figure(reason.sentence, figure),
        source=reason.source,
        keys=reason.keys,
        bar=bar,
        squares=squares,
        icon=icon,
    )


def without_figure(sentence: str, figure: str) -> str:
    """The sentence below its figure, which need not say the figure again.

    >>> without_figure("Peaks hurt. Find the slow step.", "Peaks hurt")
    'Find the slow step.'
    >>> without_figure("Time from merge to production: 45 minutes.", "45 minutes")
    'Time from merge to production.'
    """
    if not figure:
        return sentence
    return sentence.removeprefix(f"{figure}. ").replace(f": {figure}.", ".")


def figure_of(question: Question, value: Value) -> str:
    """The answer as a figure; how many are ticked where there are several, and "" where it is too long for one."""
    if isinstance(value, tuple):
        return _("{count} of {of}").format(count=len(value), of=len(question.options))
    words = format_value(question, value)
    return words if len(words) <= FIGURE_LETTERS else ""


def build_open_question(questionnaire: Questionnaire, answers: Answers, result: Result) -> OpenQuestion | None:
    """The question to answer next, with what each answer would give; None where no open answer can change the verdict.

    Decides once for each of the few answers: some milliseconds.
    """
    if result.ask_next is None or result.ask_next not in questionnaire.by_key:
        return None
    alternatives = list_alternatives(questionnaire, answers, result.ask_next)
    tried = []
    decide = decider(result.model_version)
    for each in alternatives[:MOST_TRIED]:
        outcome = decide(questionnaire, {**answers, result.ask_next: Answer(value=each.value)})
        tried.append(
            TriedAnswer(
                words=each.words,
                value=each.value,
                verdict=outcome.shown_verdict,
                form=outcome.form,
                is_firm=outcome.firm,
                questions_left=len(outcome.decisive_open_keys),
            )
        )
    return OpenQuestion(
        question=questionnaire.by_key[result.ask_next],
        tried=tuple(tried),
        has_more=len(alternatives) > MOST_TRIED,
    )
