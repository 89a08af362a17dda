"""The argument of a verdict in words, from `decision.argue`, with limits for paper.

Decides how many flips a report has room for, and says how many it leaves out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assess.decision.facade import (
    FORM_WORDS,
    SOURCES,
    VERDICT_WORDS,
    Argument,
    Kind,
    Result,
    Verdict,
    describe_flip,
)
from assess.findings.facade import (
    Cases,
    Squares,
    VerdictLine,
    build_ask_again,
    build_line,
    build_small_changes,
    build_sources,
)
from assess.language import N_, Words, _, all_of, in_a_row
from assess.questionnaire.facade import Answers, Questionnaire

MAX_FLIPS: Final = 5  #: of each kind; the result page lists them all
KIND_WORDS: Final[Mapping[Kind, str]] = Words(
    {
        "work": N_("What you can work on"),
        "happen": N_("If this happens"),
        "learn": N_("If you find out that"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FlipLine:
    """What would change, and the verdict, or the form of the same verdict, that it would give."""

    changes: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FlipGroup:
    title: str
    lines: tuple[FlipLine, ...]
    left_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybookLine:
    source: str
    place: str  #: the heading under which the source says so, as it is printed there
    verdict_words: str
    verdict: Verdict | None  #: the slug behind those words; None where it cannot judge
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    system: str
    year: int
    likeness: str
    chose: str
    chose_slug: Verdict  #: behind those words
    outcome: str
    lesson: str


@dataclass(frozen=True, kw_only=True)
class ArgumentData:
    """The argument as a rendering shows it."""

    robustness: str
    verdict_line: VerdictLine
    small_changes: Squares
    sources_finding: str
    cases_finding: str
    flips: tuple[FlipGroup, ...]
    contradictions: tuple[str, ...]
    playbooks: tuple[PlaybookLine, ...]
    playbooks_part: str
    cases: tuple[CaseLine, ...]
    ask_again: str  #: without its full stop
    revisit_when: tuple[str, ...]


def build_argument(questionnaire: Questionnaire, answers: Answers, result: Result, argument: Argument) -> ArgumentData:
    """The argument in words, and its charts. `argument` is the one of this result."""
    return ArgumentData(
        robustness=describe_robustness(questionnaire, argument),
        verdict_line=build_line(questionnaire, answers, result, argument),
        small_changes=build_small_changes(argument.robustness),
        sources_finding=build_sources(argument).finding,
        cases_finding=Cases(similar=argument.similar, verdict=result.verdict).finding,
        flips=tuple(build_flip_groups(questionnaire, argument)),
        contradictions=tuple(contradiction.sentence for contradiction in argument.contradictions),
        playbooks=tuple(
            PlaybookLine(
                source=SOURCES[one.source].short,
                place=one.place,
                verdict_words=verdict_words(one.verdict),
                verdict=one.verdict,
                because=one.because,
            )
            for one in argument.playbooks
        ),
        playbooks_part=argument.playbooks_part,
        cases=tuple(
            CaseLine(
                system=one.case.system,
                year=one.case.year,
                likeness=one.sentence,
                chose=verdict_words(one.case.decision_taken),
                chose_slug=one.case.decision_taken,
                outcome=one.case.outcome,
                lesson=one.case.lesson,
            )
            for one in argument.similar
        ),
        ask_again=build_ask_again(argument).finding,
        revisit_when=argument.revisit_when,
    )


def verdict_words(verdict: Verdict | None) -> str:
    """The verdict in words; None is a source that cannot judge."""
    return VERDICT_WORDS[verdict] if verdict else _("Cannot judge")


def describe_robustness(questionnaire: Questionnaire, argument: Argument) -> str:
    """How many small changes leave the verdict as it is, and which change it."""
    robustness = argument.robustness
    if not robustness.of:
        return _("No answer is known yet, so there is nothing to vary.")
    breaks = in_a_row(describe_flip(questionnaire, change) for flip in robustness.breaks_on for change in flip.changes)
    sentence = (
        _("{holds} of {of} small changes leave the verdict as it is. These change it: {breaks}.")
        if breaks
        else _("{holds} of {of} small changes leave the verdict as it is.")
    )
    return sentence.format(holds=robustness.holds, of=robustness.of, breaks=breaks)


def build_flip_groups(questionnaire: Questionnaire, argument: Argument) -> Iterator[FlipGroup]:
    """The flips by kind, then those of the form alone; at most `MAX_FLIPS` of each."""
    outcomes = {
        title: [(flip, VERDICT_WORDS[flip.verdict]) for flip in argument.flips if flip.kind == kind]
        for kind, title in KIND_WORDS.items()
    }
    outcomes[_("The verdict stays, its form changes")] = [(flip, FORM_WORDS[flip.form]) for flip in argument.form_flips]
    for title, flips in outcomes.items():
        lines = tuple(
            FlipLine(changes=all_of([describe_flip(questionnaire, change) for change in flip.changes]), outcome=outcome)
            for flip, outcome in flips[:MAX_FLIPS]
        )
        if lines:
            yield FlipGroup(title=title, lines=lines, left_out=len(flips) - len(lines))
