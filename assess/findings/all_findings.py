"""All findings of one result together, as the result page and the report show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assess.decision.facade import Argument, Result, Step, Verdict
from assess.findings.bars import Pains, Scales, build_pains, build_scales
from assess.findings.card import KeyReason, OpenQuestion, build_key_reasons, build_open_question
from assess.findings.gates import Gates, build_gates
from assess.findings.line import VerdictLine, build_line
from assess.findings.lists import (
    AskAgain,
    Cases,
    OpenAnswers,
    Sources,
    Weighing,
    build_ask_again,
    build_open_answers,
    build_sources,
    build_weighing,
)
from assess.findings.path import DecisionPath, build_path
from assess.findings.roadmap import Roadmap, build_roadmap
from assess.findings.squares import Squares, build_checklist, build_evidence, build_small_changes
from assess.questionnaire.facade import Answers, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """Each chart of one result. `chart.finding` is the sentence above it; `templates/charts/<name>` draws it, given
    `chart`, and `paper=True` on paper.

    | field | template |
    |---|---|
    | path | path.html |
    | pains | pains.html |
    | gates | gates.html |
    | scales | scales.html |
    | line | line.html |
    | small_changes, evidence, checklist | squares.svg |
    | roadmap | steps.html on a page, roadmap.svg on paper |
    """

    reasons: tuple[KeyReason, ...]
    open_question: OpenQuestion | None
    path: DecisionPath
    pains: Pains
    gates: Gates
    scales: Scales
    checklist: Squares
    line: VerdictLine
    small_changes: Squares
    evidence: Squares
    roadmap: Roadmap
    open_answers: OpenAnswers
    weighing: Weighing
    sources: Sources
    cases: Cases
    ask_again: AskAgain


def build_findings(
    questionnaire: Questionnaire,
    answers: Answers,
    result: Result,
    argument: Argument,
    *,
    steps: Sequence[Step] | None = None,
    starts: date | None = None,
    ask_again_on: date | None = None,
    decided: Verdict | None = None,
) -> Findings:
    """All findings of this result, in the active language.

    `steps` are those of the decision that stands where it is not the result's own, `starts` the day from which their
    days are counted. `decided` is the verdict of the decision where it is not the model's: reasons, sources and cases
    are then held against that one. Some ten milliseconds, most of them for `open_question` and `line`.
    """
    stands = decided or result.verdict
    return Findings(
        reasons=build_key_reasons(questionnaire, answers, result, stands),
        open_question=build_open_question(questionnaire, answers, result),
        path=build_path(questionnaire, answers, result),
        pains=build_pains(questionnaire, answers, result),
        gates=build_gates(result),
        scales=build_scales(result),
        checklist=build_checklist(result),
        line=build_line(questionnaire, answers, result, argument),
        small_changes=build_small_changes(argument.robustness),
        evidence=build_evidence(questionnaire, answers, result),
        roadmap=build_roadmap(result.steps if steps is None else steps, result, starts),
        open_answers=build_open_answers(questionnaire, result),
        weighing=build_weighing(result, stands),
        sources=build_sources(argument),
        cases=Cases(similar=argument.similar, verdict=stands),
        ask_again=build_ask_again(argument, ask_again_on),
    )
