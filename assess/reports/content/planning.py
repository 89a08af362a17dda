"""What a report says of money and of what comes after the verdict. One field for each chapter, None where it has
nothing to say."""

from dataclasses import dataclass

from assess.advice.facade import GoalLine, Merging, OutcomeLine, PitfallFinding, PreparationList, Timeline
from assess.money.facade import Sums
from assess.reports.content.design import DesignData


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanningData:
    """Values of the pure rooms, with every sentence in place and every text cleaned."""

    money: Sums | None = None
    goals: tuple[GoalLine, ...] = ()  #: the chapter "Goals"
    plan: Timeline | None = None  #: the chapter "The plan"
    preparation: PreparationList | None = None  #: the chapter "Before the first service"
    design: DesignData | None = None  #: the chapter "Decisions on the way"
    pitfalls: tuple[PitfallFinding, ...] = ()  #: the chapter "Pitfalls"
    merging: Merging | None = None  #: the chapter "Which services to merge first"
    outcomes: tuple[OutcomeLine, ...] = ()  #: the chapter "What became of it"
