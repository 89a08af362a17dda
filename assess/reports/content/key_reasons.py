"""What page 1 shows of the result: three reasons, each a figure with a tiny drawing, and the questions to settle first.

Decides: which of the result's reasons have a figure, and which scores stand in for those that have none.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from assess.decision.facade import ACUTE, Reason, Result, Score, describe_keeping, outcomes_of_options, subject
from assess.language import _
from assess.questionnaire.facade import PAIN_AXES, Answers, Question, Questionnaire
from assess.reports.content.data import AnswerLine, AttributedAnswer, KeyReason, Mini, SettleLine
from assess.reports.content.sanitize import MAX_NAME, clean_line

MAX_REASONS: Final = 3
MAX_SETTLE: Final = 3
CHECKLIST_NEEDED: Final = 5  #: so many yes of the readiness checklist are enough


def build_key_reasons(
    questionnaire: Questionnaire, result: Result, lines: Mapping[str, AnswerLine]
) -> tuple[KeyReason, ...]:
    """The three reasons of page 1, the strongest first; `lines` are the answers by key.

    Reasons without an answer of their own have no figure, and give way to a score that has one.
    """
    strongest = result.strongest(for_verdict=True)
    first = [reason for reason in strongest if reason.keys and not is_weak_pain(reason)]
    last = [reason for reason in strongest if reason not in first]
    reasons = [
        *(build_key_reason(questionnaire, result, reason, lines) for reason in first),
        *build_score_reasons(result),
        *(build_key_reason(questionnaire, result, reason, lines) for reason in last),
    ]
    return tuple(reasons[:MAX_REASONS])


def is_weak_pain(reason: Reason) -> bool:
    """Whether it is a pain that adds next to nothing to its score."""
    return reason.kind == "pain" and reason.code.startswith("pain.") and reason.points <= 1


def build_key_reason(
    questionnaire: Questionnaire, result: Result, reason: Reason, lines: Mapping[str, AnswerLine]
) -> KeyReason:
    """The reason with the answer behind it as its figure; without one where no answer is known."""
    line = next((lines[key] for key in reason.keys if key in lines and lines[key].state == "known"), None)
    if line is None:
        return KeyReason(figure="", sentence=reason.sentence)
    question = questionnaire.by_key[line.key]
    figure = line.value
    if isinstance(line.raw_value, tuple):
        figure = _("{count} of {of}").format(count=len(line.raw_value), of=len(question.options))
    return KeyReason(figure=figure, sentence=reason.sentence, mini=build_mini(question, result, line))


def build_mini(question: Question, result: Result, line: AnswerLine) -> Mini | None:
    """A pain's level against the threshold, or where the answer stands among the options; None for a bare number."""
    contributions = [each for axis in PAIN_AXES for each in result.scores[axis].contributions]
    levels = [each.level for each in contributions if each.key == line.key]
    if levels:
        words = _("Pain {level} of 100, acute from {threshold}").format(level=levels[0], threshold=ACUTE)
        return Mini(words=words, level=levels[0], threshold=ACUTE)
    places = [option.value for option in question.options]
    if isinstance(line.raw_value, tuple):
        ticked = len(line.raw_value)
    elif line.raw_value in places:
        ticked = places.index(str(line.raw_value)) + 1
    else:
        return None
    words = _("{count} of {of}").format(count=ticked, of=len(places))
    return Mini(words=words, cells=("yes",) * ticked + ("rest",) * (len(places) - ticked))


def build_score_reasons(result: Result) -> Iterator[KeyReason]:
    """Scores that speak for the verdict: what can be cut out and the checklist for an extraction, calm for staying."""
    if result.verdict == "extract" and result.form != "keep":
        separability = result.scores["separability"]
        if is_known(separability) and separability.points >= ACUTE:
            yield build_score_reason(separability, _("A part can be cut out cleanly."))
        counts = result.checklist_counts
        if counts["yes"] >= CHECKLIST_NEEDED:
            cells = tuple(item.state for item in result.checklist)
            figure = _("{count} of {of}").format(count=counts["yes"], of=counts["of"])
            sentence = _("Readiness questions say yes. Five are enough.")
            yield KeyReason(figure=figure, sentence=sentence, mini=Mini(words=figure, cells=cells))
    elif result.verdict == "stay":
        worst = max((result.scores[axis] for axis in PAIN_AXES), key=lambda score: score.points)
        if is_known(worst) and worst.points < ACUTE:
            sentence = _("The worst pain we know of. From {threshold} a pain is acute.").format(threshold=ACUTE)
            yield build_score_reason(worst, sentence)


def is_known(score: Score) -> bool:
    """Whether any answer to it is known."""
    return bool(score.contributions)


def build_score_reason(score: Score, sentence: str) -> KeyReason:
    """A score out of 100 as a reason."""
    figure = _("{points} of 100").format(points=score.points)
    return KeyReason(
        figure=figure, sentence=sentence, mini=Mini(words=figure, level=score.points, threshold=score.threshold)
    )


def build_settle_lines(
    questionnaire: Questionnaire, answers: Mapping[str, AttributedAnswer], result: Result
) -> tuple[SettleLine, ...]:
    """The open questions to settle first, the most telling first: those whose answer alone could change the verdict.

    While nothing is decided, the questions to answer first, of which none keeps a verdict.
    """
    plain: Answers = {key: attributed.answer for key, attributed in answers.items()}
    lines = []
    for key in result.decisive_open_keys:
        question = questionnaire.by_key[key]
        holds_if = ""
        if result.shown_verdict:
            outcomes = outcomes_of_options(questionnaire, plain, key, model_version=result.model_version)
            holds_if = describe_keeping(question, outcomes, result.verdict)
            if not holds_if:
                continue
        who_knows = clean_line(plain[key].who_knows, MAX_NAME) if key in plain else ""
        lines.append(SettleLine(question=subject(question), holds_if=holds_if, who_knows=who_knows))
        if len(lines) == MAX_SETTLE:
            break
    return tuple(lines)
