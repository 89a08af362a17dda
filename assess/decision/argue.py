"""What argues with a verdict: flips, robustness, contradictions, the playbooks side by side, cases, when to ask again.

Kept apart from `decide` because it costs tens of milliseconds where a verdict costs less than one.
"""

from dataclasses import dataclass

from assess.decision import wording
from assess.decision.cases import Case, Likeness, similar_cases
from assess.decision.changes import Change
from assess.decision.contradictions import Contradiction, find_contradictions
from assess.decision.flips import FRAME, Flip, Robustness, find_flips, measure_robustness, tries_pairs
from assess.decision.playbooks import Playbook, judge_playbooks, where_they_part
from assess.decision.preparation import Preparation, list_preparations
from assess.decision.result import Result
from assess.decision.signals import words
from assess.language import _
from assess.questionnaire.facade import Answers, Questionnaire

#: Ask again after so many months in any case, by verdict (our judgement: a migration is judged sooner).
ASK_AGAIN_MONTHS = {"stay": 12, "modular": 6, "extract": 3}
#: Forms that lead to an extraction.
PREPARED_FOR = ("hot_part", "organisation", "first_step")
#: So many conditions are named; more would not be watched.
MOST_CONDITIONS = 5


@dataclass(frozen=True, kw_only=True)
class Argument:
    """Everything beside the verdict that lets a reader argue with it."""

    flips: tuple[Flip, ...]
    pairs_tried: bool  #: False where the questionnaire is too large for trying all pairs of answers
    robustness: Robustness
    contradictions: tuple[Contradiction, ...]
    playbooks: tuple[Playbook, ...]
    playbooks_part: str
    similar: tuple[Likeness, ...]
    revisit_when: tuple[str, ...]
    ask_again_months: int
    preparations: tuple[Preparation, ...]  #: only where an extraction is advised, or is the step after the next


def argue(questionnaire: Questionnaire, answers: Answers, result: Result, cases: tuple[Case, ...] = ()) -> Argument:
    """The argument for and against this result. Pure; `cases` are the published ones to compare with."""
    flips = find_flips(questionnaire, answers)
    playbooks = judge_playbooks(questionnaire, answers)
    return Argument(
        flips=flips,
        pairs_tried=tries_pairs(questionnaire),
        robustness=measure_robustness(questionnaire, answers),
        contradictions=find_contradictions(questionnaire, answers),
        playbooks=playbooks,
        playbooks_part=where_they_part(playbooks),
        similar=similar_cases(questionnaire, answers, cases),
        revisit_when=_revisit_when(questionnaire, flips),
        ask_again_months=ASK_AGAIN_MONTHS[result.verdict],
        preparations=list_preparations(questionnaire, answers) if result.form in PREPARED_FOR else (),
    )


def describe(questionnaire: Questionnaire, change: Change) -> str:
    """A change as a person reads it.

    >>> describe(split_checklist, teams_from_two_to_three)
    'Teams in the code: 2 → 3'
    """
    question = questionnaire.by_key[change.key]
    before, after = (
        _("not known") if value is None else wording.inside(questionnaire, words(question, value))
        for value in (change.before, change.after)
    )
    return _("{subject}: {before} → {after}").format(subject=wording.subject(question), before=before, after=after)


def _revisit_when(questionnaire: Questionnaire, flips: tuple[Flip, ...]) -> tuple[str, ...]:
    """What would have to happen to change the verdict, the nearest change of each question, in a sentence each."""
    sentences: dict[str, str] = {}
    for flip in flips:
        change = flip.changes[0]
        told = change.key in sentences or change.key in FRAME
        if len(flip.changes) == 1 and change.kind == "happen" and not told:
            sentences[change.key] = _("{change}; the verdict would then be: {verdict}.").format(
                change=describe(questionnaire, change), verdict=wording.VERDICTS_INSIDE[flip.verdict]
            )
    return tuple(sentences.values())[:MOST_CONDITIONS]
