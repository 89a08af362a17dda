"""What deploys and costs come to: the figures that pages show and proposals are made of."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from assess.measurements.records import Cost, Deploys, Workload

DAY: Final = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployFigures:
    """Of the deploys of a file. `days` is the span from the first to the last, both counted."""

    successes: int
    failures: int
    cancelled: int
    days: int
    median_minutes: float | None  #: of those that succeeded; None where none did
    median_waited_minutes: float | None  #: from created to started, of all whose start is known
    per_week: float | None  #: those that succeeded, a week; None for a span of less than a week


def count_deploys(content: Deploys) -> DeployFigures:
    """The figures of a file of deploys, times rounded to a tenth.

    >>> count_deploys(Deploys(deploys=())).median_minutes is None
    True
    """
    deploys = content.deploys
    results = Counter(deploy.result for deploy in deploys)
    minutes = [deploy.minutes for deploy in deploys if deploy.result == "success"]
    waited = [deploy.waited_minutes for deploy in deploys if deploy.waited_minutes is not None]
    days = deploys[-1].finished // DAY - deploys[0].finished // DAY + 1 if deploys else 0
    return DeployFigures(
        successes=results["success"],
        failures=results["failure"],
        cancelled=results["cancelled"],
        days=days,
        median_minutes=round(median(minutes), 1) if minutes else None,
        median_waited_minutes=round(median(waited), 1) if waited else None,
        per_week=round(results["success"] * 7 / days, 1) if days >= 7 else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CostFigures:
    """What the workloads of a file cost a month in all, and each, the dearest first. None without prices."""

    monthly: Decimal | None
    currency: str
    workloads: tuple[Workload, ...]
    cpu: float  #: cores in all
    memory_gib: float


def count_cost(content: Cost) -> CostFigures:
    """The figures of a file of costs."""
    sums = [workload.monthly for workload in content.workloads if workload.monthly is not None]
    return CostFigures(
        monthly=sum(sums, Decimal(0)) if content.currency else None,
        currency=content.currency,
        workloads=tuple(
            sorted(content.workloads, key=lambda each: (each.monthly or 0, each.cpu, each.memory_gib), reverse=True)
        ),
        cpu=round(sum(workload.cpu for workload in content.workloads), 3),
        memory_gib=round(sum(workload.memory_gib for workload in content.workloads), 3),
    )
