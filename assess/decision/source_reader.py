"""Answers as one of the five sources reads them, and what it says to them.

Read strictly: what speaks for splitting must be known to count, and what speaks against it counts only when it is
known. A question said not to apply gives no yes to anything. While the shape of the system is not known it is taken
for a monolith, since that is what all five write about.
"""

from dataclasses import dataclass

from assess.decision.result import Verdict
from assess.questionnaire.facade import Answers, Questionnaire, Value, is_asked, may_be_asked

Ternary = bool | None

#: S3: the share of capacity from which one part dominates, its example.
DOMINANT = 40
#: S3: a team of fewer people than this; S4 speaks of a small team and gives no figure, so it is read with the same.
FEW_PEOPLE = 10
#: Two teams are several.
SEVERAL_TEAMS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """What one source says to these answers.

    `place` is the heading under which it says so. `verdict` is None where it cannot judge; `because` then says why.
    `keys` are the settled questions that its rule looked at, in the order in which it did; `missing` are the questions
    whose answer it would need before it can judge, and empty where it judges.
    """

    source: str
    place: str
    verdict: Verdict | None
    because: str
    keys: tuple[str, ...]
    missing: tuple[str, ...] = ()


class SourceReader:
    """Reads answers for one source and remembers what it looked at."""

    def __init__(self, source: str, questionnaire: Questionnaire, answers: Answers) -> None:
        self.source = source
        self.questionnaire = questionnaire
        self.answers = answers
        self.looked_at: dict[str, bool] = {}
        #: Questions that other answers make needless: whatever they ask about is not there.
        self.spared: set[str] = set()

    # --- one answer

    def value(self, key: str) -> Value | None:
        """The answer's value, None where it is not known or does not apply."""
        question, answer = self.questionnaire.by_key.get(key), self.answers.get(key)
        if question is not None and not may_be_asked(question, self.answers):
            self.spared.add(key)
        known = question is not None and answer is not None and is_asked(question, self.answers)
        self.looked_at[key] = known and answer is not None and (answer.is_known or bool(answer.not_applicable))
        return answer.value if known and answer is not None else None

    def is_one_of(self, key: str, *slugs: str) -> Ternary:
        value = self.value(key)
        return value in slugs if value is not None else self.state_without_value(key)

    def is_at_least(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value >= number if isinstance(value, int | float) else self.state_without_value(key)

    def is_over(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value > number if isinstance(value, int | float) else self.state_without_value(key)

    def is_under(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value < number if isinstance(value, int | float) else self.state_without_value(key)

    def ticked(self, key: str) -> tuple[str, ...] | None:
        """What is ticked, () for nothing; None where it is not known."""
        value = self.value(key)
        if isinstance(value, tuple):
            return value
        return () if self.looked_at[key] else None

    def state_without_value(self, key: str) -> Ternary:
        """No where the question was looked at and does not apply, or is not asked; else not known."""
        return False if self.looked_at[key] or key in self.spared else None

    # --- what several sources ask

    @property
    def runs_services(self) -> bool:
        """Whether mostly services are known to run."""
        return self.value("current_shape") == "services"

    def signs(self) -> tuple[str, ...] | None:
        """The ticked signs of a distributed monolith where services run, alone or beside a monolith; else None."""
        if self.value("current_shape") not in ("services", "monolith_with_services"):
            return None
        return self.ticked("distributed_monolith_signs")

    def dominates(self) -> Ternary:
        """Whether one part needs far more than the rest. Either question alone settles it; a yes wins."""
        profile = self.is_one_of("scaling_profile", "one_part_dominates")
        share = self.is_at_least("hot_share", DOMINANT)
        if profile or share:
            return True
        return share if profile is None else profile

    def hurts(self) -> Ternary:
        """Whether the system does not carry its load."""
        return self.is_one_of("load_fit", "peaks_hurt", "failing")

    def waits(self) -> Ternary:
        """Whether releases often wait for others."""
        return self.is_one_of("deploy_waiting", "often", "always")

    def breaks(self) -> Ternary:
        """Whether changes often break unrelated parts."""
        return self.is_one_of("change_breakage", "monthly", "weekly")

    def outlined(self) -> Ternary:
        """Whether boundaries are clear; a drawing that the code does not follow is none."""
        return self.is_one_of("boundaries", "named", "enforced")

    def several_teams(self) -> Ternary:
        """Teams that collide every week are several, whatever their number."""
        if self.is_one_of("team_collisions", "weekly", "daily"):
            return True
        return self.is_at_least("teams", SEVERAL_TEAMS)

    def small_team(self) -> Ternary:
        return self.is_under("developers", FEW_PEOPLE)

    # --- what it says

    def says(self, place: str, verdict: Verdict, because: str) -> Playbook:
        """The source's verdict, and under which heading it says so."""
        return Playbook(source=self.source, place=place, verdict=verdict, because=because, keys=self.settled)

    def cannot(self, place: str, because: str, missing: tuple[str, ...]) -> Playbook:
        """No verdict: the answers to `missing` decide."""
        return Playbook(
            source=self.source, place=place, verdict=None, because=because, keys=self.settled, missing=missing
        )

    @property
    def settled(self) -> tuple[str, ...]:
        """The questions that were looked at and have an answer, or do not apply."""
        return tuple(key for key, settled in self.looked_at.items() if settled)


def any_of(*states: Ternary) -> Ternary:
    """Yes when one is, no when all are known not to be, else not known."""
    if True in states:
        return True
    return None if None in states else False
