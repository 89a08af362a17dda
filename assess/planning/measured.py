"""What is measured about the services of a version: who calls whom, and what was deployed when."""

from dataclasses import dataclass

from assess.advice.facade import join_calls
from assess.assessments.facade import Assessment, current_measurements, reading_of
from assess.measurements.facade import Calls, Deploy, Deploys


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredServices:
    """The calls of all traces attached, None without any; all deploys; and the files that both are from."""

    calls: Calls | None
    deploys: tuple[Deploy, ...]
    files: tuple[str, ...]


def load_measured_services(assessment: Assessment) -> MeasuredServices:
    """What counts now of what was attached. One query, none where the assessment came with `has_measurements`."""
    rows = [row for row in reversed(current_measurements(assessment)) if row.kind in ("calls", "deploys")]
    contents = [reading_of(row).content for row in rows]
    return MeasuredServices(
        calls=join_calls([each for each in contents if isinstance(each, Calls)]),
        deploys=tuple(deploy for each in contents if isinstance(each, Deploys) for deploy in each.deploys),
        files=tuple(row.file_name for row in rows),
    )
