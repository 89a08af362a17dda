"""Money, plan and all else of `planning`, from the rows of a version, for its report."""

from assess.assessments.facade import Assessment, latest_scan_of
from assess.decision.facade import Result
from assess.planning.facade import find_pitfalls_of
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.planning import PlanningData
from assess.reports.loaders.design import load_design


def load_planning(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result
) -> PlanningData:
    """What this version's report says of them. One query each."""
    """What this version's report says of them. One query, and reading the newest scan."""
    return PlanningData(
        money=None,
        # goals
        goals=None,
        # plan
        plan=None,
        # preparation
        preparation=None,
        # design
        design=load_design(assessment, questionnaire, answers, result),
        # pitfalls
        pitfalls=find_pitfalls_of(assessment, questionnaire, answers, result, latest_scan_of(assessment)),
        # merging
        merging=None,
        # outcomes
        outcomes=None,
        # measurements
        measurements=None,
    )
