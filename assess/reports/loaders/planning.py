"""Money, plan and all else of `planning`, from the rows of a version, for its report."""

from assess.assessments.facade import Assessment
from assess.decision.facade import Result
from assess.questionnaire.facade import Answers, Questionnaire
from assess.reports.content.planning import PlanningData


def load_planning(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result
) -> PlanningData:
    """What this version's report says of them. No query yet."""
    return PlanningData(
        money=None,
        # goals
        goals=None,
        # plan
        plan=None,
        # preparation
        preparation=None,
        # design
        design=None,
        # pitfalls
        pitfalls=None,
        # merging
        merging=None,
        # outcomes
        outcomes=None,
        # measurements
        measurements=None,
    )
