"""What to ask next in the full assessment: the order within a section, and whether one may stop answering.

Which questions can still change a verdict, and how much, is decided by `decision`; here is where that shows. The order
of a section follows from the answers outside it and nothing else: it stays as it is while people answer the section,
whatever they answer, save or take back, and is the same for everybody who opens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from assess.assessments.models import Assessment
from assess.decision.facade import FRAME, VERDICTS, Firmness, Gate, Result, Verdict, decider, next_question
from assess.questionnaire.facade import Answers, Question, Questionnaire, Section, as_asked


def order_section(questionnaire: Questionnaire, section: Section, answers: Answers) -> Section:
    """The section with what narrows the verdict most first. One look ahead; none for questionnaires of model 1.

    What the assessment is about and how the system runs stay at its top, since other questions are put by them. A
    question that another one of the section calls for, or spares, comes right after it. What can change nothing keeps
    the questionnaire's order, at the end.
    """
    if questionnaire.model < 2:
        return section
    own_keys = {question.key for question in section.questions}
    outside = {key: answer for key, answer in answers.items() if key not in own_keys}
    return replace(section, questions=in_order(section.questions, next_question(questionnaire, outside).open_keys))


def in_order(questions: Sequence[Question], telling: Sequence[str]) -> tuple[Question, ...]:
    """These questions by their place in `telling`, each followed by those whose conditions name it."""
    places = {key: place for place, key in enumerate(telling)} | dict.fromkeys(FRAME, -1)
    keys = {question.key for question in questions}
    waiting = sorted(questions, key=lambda question: places.get(question.key, len(places)))
    ordered: list[Question] = []
    while waiting:
        open_keys = {question.key for question in waiting}
        ready = [each for each in waiting if open_keys.isdisjoint(condition.key for condition in each.conditions)]
        depending = (each for each in ready if any(condition.key in keys for condition in each.conditions))
        ordered.append(next(depending, ready[0]))
        waiting.remove(ordered[-1])
    return tuple(ordered)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """Whether open answers can still change the verdict, and what to answer if so.

    `possible` are the verdicts that open answers leave, all before a pain was asked about. `fewest` more answers could
    settle it, 0 where that is not known; `question` narrows it most, at the address `url`. `decisive_keys` are the open
    questions that can still change the verdict.
    """

    state: Firmness
    possible: tuple[Verdict, ...]
    decisive_keys: tuple[str, ...] = ()
    fewest: int = 0
    question: Question | None = None
    url: str = ""

    @property
    def verdicts(self) -> list[tuple[Verdict, bool]]:
        """All verdicts, each with whether it is still possible."""
        return [(verdict, verdict in self.possible) for verdict in VERDICTS]


def build_outlook(assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result) -> Outlook:
    """What these shared answers leave open; `result` is their decision. No query."""
    possible = result.possible_verdicts if result.asked_pain else VERDICTS
    if result.ask_next is None:
        return Outlook(state=result.state, possible=possible)
    question = as_asked(questionnaire.by_key[result.ask_next], answers)
    page = reverse("assessment-section", args=[assessment.pk, question.section])
    if assessment.answers_separately:
        page = reverse("assessment-consensus", args=[assessment.pk])
    return Outlook(
        state=result.state,
        possible=possible,
        decisive_keys=result.decisive_open_keys,
        fewest=result.fewest_to_settle,
        question=question,
        url=f"{page}#q-{question.key}",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What one answer did to the verdict: it `ruled_out` verdicts, settled a `gate`, or neither.

    `still_decide` is how many open answers can still change the verdict; `is_firm` says that none can.
    """

    ruled_out: tuple[Verdict, ...]
    gate: Gate | None
    still_decide: int
    is_firm: bool


def find_effect(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result, key: str
) -> Effect | None:
    """What the answer to this question did; `result` is the decision with it. None without an answer, and before a pain
    was asked about. One decision more, no query."""
    if key not in answers or not result.asked_pain:
        return None
    without = {each: answer for each, answer in answers.items() if each != key}
    before = decider(assessment.model_version)(questionnaire, without)
    were_open = {gate.gate for gate in before.gates if gate.state == "open"}
    return Effect(
        ruled_out=tuple(verdict for verdict in before.possible_verdicts if verdict not in result.possible_verdicts),
        gate=next((gate for gate in result.gates if gate.gate in were_open and gate.state != "open"), None),
        still_decide=len(result.decisive_open_keys),
        is_firm=result.firm,
    )
