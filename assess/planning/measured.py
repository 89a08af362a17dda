"""What is measured about the services of a version: who calls whom, and what was deployed when."""

from assess.advice.facade import join_calls
from assess.assessments.facade import Assessment, reading_of
from assess.measurements.facade import Calls, Deploy, Deploys


def calls_and_deploys(assessment: Assessment) -> tuple[Calls | None, tuple[Deploy, ...]]:
    """The calls of all traces attached, None without any, and all deploys. One query."""
    rows = assessment.measurements.filter(deleted_at=None, kind__in=("calls", "deploys")).order_by("pk")
    contents = [reading_of(row).content for row in rows]
    deploys = [deploy for each in contents if isinstance(each, Deploys) for deploy in each.deploys]
    return join_calls([each for each in contents if isinstance(each, Calls)]), tuple(deploys)
