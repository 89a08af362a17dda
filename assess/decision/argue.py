"""What argues with a verdict: flips, robustness, contradictions, the playbooks side by side, cases, when to ask again.

Kept apart from `decide` because it costs tens of milliseconds where a verdict costs less than one.
"""

from dataclasses import dataclass

from assess.decision import wording
from assess.decision.cases import Case
from assess.decision.changes import Change
from assess.decision.flips import Flip, Robustness, find_all_flips, measure_robustness, tries_pairs
from assess.decision.likeness import Likeness, similar_cases
from assess.decision.meanings import MEANINGS
from assess.decision.playbooks import judge_playbooks, where_they_part
from assess.decision.result import Result
from assess.decision.signals import format_value
from assess.decision.source_reader import Playbook
from assess.language import _
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value, is_asked

#: Ask again after so many months in any case, by verdict (our judgement: a migration is judged sooner).
ASK_AGAIN_MONTHS = {"stay": 12, "modular": 6, "extract": 3}
#: So many conditions are named; more would not be watched.
MOST_CONDITIONS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """Two or more answers at odds. `sentence` says what does not fit, and asks: nothing is resolved for the person.

    The pairs and their limits are our own judgement where no source is named."""

    code: str
    keys: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Argument:
    """Everything beside the verdict that lets a reader argue with it."""

    flips: tuple[Flip, ...]
    form_flips: tuple[Flip, ...]  #: single answers that change the form of the verdict alone
    pairs_tried: bool  #: False where the questionnaire is too large for trying all pairs of answers
    robustness: Robustness
    contradictions: tuple[Contradiction, ...]
    playbooks: tuple[Playbook, ...]
    playbooks_part: str
    similar: tuple[Likeness, ...]
    revisit_when: tuple[str, ...]
    ask_again_months: int


def argue(questionnaire: Questionnaire, answers: Answers, result: Result, cases: tuple[Case, ...] = ()) -> Argument:
    """The argument for and against this result. Pure; `cases` are the published ones to compare with."""
    flips = find_all_flips(questionnaire, answers)
    playbooks = judge_playbooks(questionnaire, answers)
    return Argument(
        flips=flips.of_verdict,
        form_flips=flips.of_form,
        pairs_tried=tries_pairs(questionnaire),
        robustness=measure_robustness(questionnaire, answers),
        contradictions=find_contradictions(questionnaire, answers),
        playbooks=playbooks,
        playbooks_part=where_they_part(playbooks),
        similar=similar_cases(questionnaire, answers, cases),
        revisit_when=list_revisit_conditions(questionnaire, flips.of_verdict),
        ask_again_months=ASK_AGAIN_MONTHS[result.verdict],
    )


def find_contradictions(questionnaire: Questionnaire, answers: Answers) -> tuple[Contradiction, ...]:
    """Every pair of known, asked answers that do not fit together, in the order of the questions."""

    def value_of(key: str) -> Value | None:
        question, answer = questionnaire.by_key.get(key), answers.get(key)
        if question is None or answer is None or not is_asked(question, answers):
            return None
        return answer.value

    found = []
    for key, meaning in MEANINGS.items():
        value = value_of(key) if meaning.at_odds else None
        if value is None:
            continue
        for pair in meaning.at_odds:
            other = value_of(pair.other)
            if other is not None and pair.when(value, other):
                found.append(Contradiction(code=pair.code, keys=(key, pair.other), sentence=_(pair.sentence)))
    return tuple(found)


def describe_change(questionnaire: Questionnaire, change: Change) -> str:
    """A change as a line of a list.

    >>> describe_change(split_checklist, teams_from_two_to_three)
    'Teams in the code: 2 teams → 3 teams'
    """
    question = questionnaire.by_key[change.key]
    before, after = (
        _("not known") if value is None else wording.inside(questionnaire, format_value(question, value))
        for value in (change.before, change.after)
    )
    return _("{subject}: {before} → {after}").format(subject=wording.subject(question), before=before, after=after)


def describe_flip(questionnaire: Questionnaire, change: Change) -> str:
    """A change that would give another outcome, as people say it: what would be so, and what is so now.

    >>> describe_flip(split_checklist, waiting_from_never_to_often)
    'Teams often wait for each other's release (now “Never”)'
    >>> describe_flip(split_checklist, teams_from_two_to_three)
    'Teams in the code: 3 teams or more (now 2 teams)'
    """
    question = questionnaire.by_key[change.key]
    statement = wording.statement(question, change.after)
    if statement:
        if change.before is None:
            return statement
        return _("{statement} (now “{before}”)").format(
            statement=statement, before=format_value(question, change.before)
        )
    after = wording.inside(questionnaire, format_value(question, change.after))
    subject = wording.subject(question)
    if change.before is None:
        return _("{subject} turns out as: {after}").format(subject=subject, after=after)
    if isinstance(change.before, tuple) and isinstance(change.after, tuple):
        return describe_ticks(question, change.before, change.after)
    before = wording.inside(questionnaire, format_value(question, change.before))
    pattern = _("{subject}: {after}, instead of {before}")
    if isinstance(change.before, int | float) and isinstance(change.after, int | float):
        more = change.after > change.before
        pattern = (
            _("{subject}: {after} or more (now {before})") if more else _("{subject}: {after} or fewer (now {before})")
        )
    return pattern.format(subject=subject, before=before, after=after)


def describe_ticks(question: Question, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Which ticks come and which go, since all of them together would be a paragraph."""
    come = tuple(slug for slug in after if slug not in before)
    go = tuple(slug for slug in before if slug not in after)
    pattern = _("{subject}: also “{come}”") if not go else _("{subject}: no longer “{go}”")
    if come and go:
        pattern = _("{subject}: also “{come}”, no longer “{go}”")
    return pattern.format(
        subject=wording.subject(question),
        come=format_value(question, come),
        go=format_value(question, go),
    )


def list_revisit_conditions(questionnaire: Questionnaire, flips: tuple[Flip, ...]) -> tuple[str, ...]:
    """What would have to happen before it pays to ask again: the nearest change of each question, a sentence each."""
    sentences: dict[str, str] = {}
    for flip in flips:
        change = flip.changes[0]
        if len(flip.changes) == 1 and change.kind == "happen" and change.key not in sentences:
            sentences[change.key] = _("{change}.").format(change=describe_flip(questionnaire, change))
    return tuple(sentences.values())[:MOST_CONDITIONS]
