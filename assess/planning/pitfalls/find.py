"""The pitfalls of a version, from its answers, its newest scan, its calls between services and its design decisions."""

from typing import cast

from assess.advice.facade import PITFALLS, Facts, PitfallFinding, find_pitfalls
from assess.assessments.facade import Assessment
from assess.decision.facade import Result, Verdict
from assess.evidence.facade import Scan
from assess.planning.measured import load_measured_services
from assess.questionnaire.facade import Answers, Questionnaire


def find_pitfalls_of(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result, scan: Scan | None
) -> tuple[PitfallFinding, ...]:
    """What shows now, then what would hurt later, then what to watch under the verdict that counts. Two
    queries at most: none for what the assessment came without, by `has_design_decisions` and `has_measurements`.

    `scan` is the newest one, which the caller has read already.
    """
    is_decided = getattr(assessment, "has_design_decisions", True)
    facts = Facts(
        questionnaire=questionnaire,
        answers=answers,
        scan=scan,
        calls=load_measured_services(assessment).calls,
        design=dict(assessment.design_decisions.values_list("key", "option")) if is_decided else {},
    )
    return find_pitfalls(facts, cast(Verdict, assessment.overruled_to or result.verdict), PITFALLS)
