"""How much hangs on each part of model 2 that is our own judgement, by published cases and made-up systems.

Moves one figure at a time, leaves one answer out at a time, and counts for how many systems each condition of a rule
holds where that rule fired. Decides nothing about any system: it serves docs/model.md. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from assess.decision import rules
from assess.decision.facts import RULE_KEYS, Facts, Predicate, Ternary, is_read, read_facts
from assess.decision.result import Verdict
from assess.decision.rules import Known, find_benefits, find_strains, judge, needs_of_part
from assess.decision.thresholds import MOVED_BY, THRESHOLDS, Thresholds, ours, perturbed
from assess.decision.wording import GATE_SOURCES
from assess.language import N_, Words
from assess.questionnaire.facade import PAIN_AXES, Answers, Question, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class Systems:
    """What the counts are made on: answers of the published cases that can be scored, and of made-up systems."""

    cases: tuple[Answers, ...]
    personas: tuple[Answers, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Of how many cases and of how many made-up systems something holds."""

    cases: int
    personas: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """How many systems get another verdict when one figure is a quarter lower, and a quarter higher."""

    name: str
    lower: Count
    higher: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class Sensitivity:
    """All counts for the page of the model."""

    systems: Systems
    thresholds: tuple[Moved, ...]
    levels: tuple[Moved, ...]
    left_out: Mapping[str, Count]
    conditions: Mapping[str, Count]


def measure_sensitivity(questionnaire: Questionnaire, systems: Systems) -> Sensitivity:
    """Every count, in the order of the figures, of the questions and of the conditions. About 6,000 judgements."""
    return Sensitivity(
        systems=systems,
        thresholds=move_thresholds(questionnaire, systems),
        levels=move_levels(questionnaire, systems),
        left_out=leave_answers_out(questionnaire, systems),
        conditions=count_conditions(questionnaire, systems),
    )


def judge_answers(questionnaire: Questionnaire, answers: Answers, thresholds: Thresholds = THRESHOLDS) -> Verdict:
    """The verdict alone, with other thresholds where they are given."""
    return judge(read_facts(questionnaire, answers, thresholds), thresholds).verdict


def count_changed(
    questionnaire: Questionnaire, systems: Systems, judge_otherwise: Callable[[Answers], Verdict]
) -> Count:
    """How many systems get another verdict from `judge_otherwise` than from the model as it is."""

    def changed(those: Sequence[Answers]) -> int:
        return sum(judge_answers(questionnaire, answers) != judge_otherwise(answers) for answers in those)

    return Count(cases=changed(systems.cases), personas=changed(systems.personas))


# --- figures, a quarter either way


def move_thresholds(questionnaire: Questionnaire, systems: Systems) -> tuple[Moved, ...]:
    """For every threshold that is our judgement, how many systems hang on it."""
    found = []
    for name in ours():
        lower, higher = (
            count_changed(questionnaire, systems, partial(judge_answers, questionnaire, thresholds=moved))
            for moved in perturbed(name)
        )
        found.append(Moved(name=name, lower=lower, higher=higher))
    return tuple(found)


def move_levels(questionnaire: Questionnaire, systems: Systems) -> tuple[Moved, ...]:
    """For every question whose levels decide a fact, how many systems hang on them: all of its levels move at once."""
    found = []
    for question in questionnaire.questions:
        reading = question.reads
        if reading is None or reading.axis not in PAIN_AXES or not reading.levels:
            continue
        if question.key in RULE_KEYS or not is_read(question):
            continue
        lower, higher = (
            count_changed(questionnaire, systems, partial(judge_answers, with_levels(questionnaire, question, factor)))
            for factor in (1 - MOVED_BY, 1 + MOVED_BY)
        )
        found.append(Moved(name=question.key, lower=lower, higher=higher))
    return tuple(found)


def with_levels(questionnaire: Questionnaire, question: Question, factor: float) -> Questionnaire:
    """The questionnaire with all levels of this question times `factor`, at most 100."""
    assert question.reads is not None
    levels = {slug: min(round(level * factor), 100) for slug, level in question.reads.levels.items()}
    moved = replace(question, reads=replace(question.reads, levels=levels))
    sections = tuple(
        replace(section, questions=tuple(moved if one.key == question.key else one for one in section.questions))
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)


# --- answers, one left out


def leave_answers_out(questionnaire: Questionnaire, systems: Systems) -> dict[str, Count]:
    """By question that a rule reads: how many systems get another verdict when it has no answer."""
    return {
        question.key: count_changed(questionnaire, systems, partial(judge_without, questionnaire, question.key))
        for question in questionnaire.questions
        if is_read(question)
    }


def judge_without(questionnaire: Questionnaire, key: str, answers: Answers) -> Verdict:
    """The verdict when this question has no answer."""
    return judge_answers(questionnaire, {other: answer for other, answer in answers.items() if other != key})


# --- conditions of the rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One way in which a rule can come to fire. `slug` is the rule's and its own."""

    slug: str
    source: str
    holds: Callable[[Known], bool]

    @property
    def rule(self) -> str:
        return self.slug.partition("/")[0]


def strained_by(code: str) -> Callable[[Known], bool]:
    """What speaks against the services includes this."""
    return lambda known: any(found == code for found, _weight in find_strains(known))


def needed_for(key: str) -> Callable[[Known], bool]:
    """One part needs a deployable of its own because of this."""
    return lambda known: key in needs_of_part(known)


def serves_by(code: str) -> Callable[[Known], bool]:
    """What the services buy includes this."""
    return lambda known: code in find_benefits(known)


def blocked_by(key: str) -> Callable[[Known], bool]:
    """Teams wait, and this holds the split of the organisation back."""
    return lambda known: rules.teams_wait(known) and key in rules.blocks_of_organisation(known)


def closed_gate(gate: str) -> Callable[[Known], bool]:
    """The gate is known to be closed."""
    return lambda known: known(rules.GATES[gate]) is False


#: In the order of the rules. A rule without conditions of its own has one, which always holds.
CONDITIONS: Final[tuple[Condition, ...]] = (
    Condition(slug="services-strained/signs", source="S3, S4", holds=strained_by("signs")),
    Condition(slug="services-strained/shared_database", source="S0, S3, S4", holds=strained_by("shared_database")),
    Condition(slug="services-strained/waiting", source="S0, S4", holds=strained_by("waiting")),
    Condition(slug="services-strained/shared_writes", source="S3, ours", holds=strained_by("shared_writes")),
    Condition(slug="services-strained/outnumbered", source="S3, ours", holds=strained_by("outnumbered")),
    Condition(slug="services-strained/chains", source="S0, S3, S4", holds=strained_by("chains")),
    Condition(slug="services-strained/unowned", source="S3, ours", holds=strained_by("unowned")),
    Condition(slug="services-serve/ownership", source="S0", holds=serves_by("ownership")),
    Condition(slug="services-serve/scaling", source="S0", holds=serves_by("scaling")),
    Condition(slug="services-serve/special", source="S4", holds=serves_by("special")),
    Condition(slug="services-serve/deployment", source="S0, S4", holds=serves_by("deployment")),
    Condition(slug="services-unproven/nothing_known", source="S0, S4", holds=lambda known: True),
    Condition(slug="no-acute-pain/none_known", source="S0, S3", holds=lambda known: True),
    Condition(
        slug="cheaper-cure/load_of_no_part",
        source="S3",
        holds=lambda known: known(rules.HURTS) is True and known(rules.DOMINATES) is not True,
    ),
    Condition(
        slug="cheaper-cure/untried",
        source="S3, ours",
        holds=lambda known: known(rules.HURTS) is True and known(rules.UNTRIED) is True,
    ),
    Condition(
        slug="cheaper-cure/bottleneck",
        source="S3",
        holds=lambda known: known(rules.HURTS) is True and known(rules.ELSEWHERE) is True,
    ),
    Condition(slug="cheaper-cure/cost", source="S3", holds=lambda known: known(rules.COSTS) is True),
    Condition(slug="organisation/waiting", source="S0, S3", holds=lambda known: known(rules.WAITS) is True),
    Condition(slug="organisation/growth", source="S1, ours", holds=lambda known: known(rules.WAITS) is not True),
    Condition(slug="one-part/tech_lock_in", source="S3, S4", holds=needed_for("tech_lock_in")),
    Condition(slug="one-part/kept_apart", source="S4, ours", holds=needed_for("kept_apart")),
    Condition(slug="one-part/failure_spread", source="ours", holds=needed_for("failure_spread")),
    Condition(slug="one-part/load_fit", source="S0, S3", holds=needed_for("load_fit")),
    Condition(slug="one-part/infra_cost", source="S3, ours", holds=needed_for("infra_cost")),
    Condition(slug="one-part/change_rhythm", source="S2", holds=needed_for("change_rhythm")),
    Condition(slug="one-part/waiting", source="S0, S3", holds=rules.teams_wait),
    *(
        Condition(slug=f"gate-closed/{gate}", source=source, holds=closed_gate(gate))
        for gate, source in GATE_SOURCES.items()
    ),
    Condition(slug="too-early/product_stage", source="S3", holds=blocked_by("product_stage")),
    Condition(slug="too-early/developers", source="S3", holds=blocked_by("developers")),
    Condition(slug="boundaries-first/breakage", source="S1, S2, S3", holds=lambda known: known(rules.BREAKS) is True),
    Condition(
        slug="boundaries-first/collisions",
        source="S0, S3",
        holds=lambda known: known(rules.COLLIDES) is True and known(rules.SEVERAL_TEAMS) is not False,
    ),
    Condition(
        slug="boundaries-first/collisions_and_growth",
        source="S3, ours",
        holds=lambda known: (
            known(rules.COLLIDES) is not True and known(rules.COLLIDES_SOMETIMES) is True and known(rules.GROWS) is True
        ),
    ),
    Condition(slug="boundaries-first/migration_horizon", source="S3", holds=blocked_by("migration_horizon")),
    Condition(slug="boundaries-first/shared_writes", source="S0, S3", holds=blocked_by("cross_boundary_transactions")),
    Condition(slug="boundaries-first/checklist", source="S3", holds=blocked_by("checklist")),
    Condition(
        slug="boundaries-first/part_held",
        source="S0, S2, S4",
        holds=lambda known: bool(needs_of_part(known)) and bool(rules.blocks_of_part(known)),
    ),
)
CONDITION_WORDS: Final[Words[str]] = Words(
    {
        "services-strained/signs": N_("released together, interfaces that ripple, or cut along tables"),
        "services-strained/shared_database": N_("tables that services share"),
        "services-strained/waiting": N_("releases of services that wait for other teams"),
        "services-strained/shared_writes": N_("many transactions across services"),
        "services-strained/outnumbered": N_("more services than people or teams can own"),
        "services-strained/chains": N_("requests that run through chains"),
        "services-strained/unowned": N_("services without an owner"),
        "services-serve/ownership": N_("several teams own them"),
        "services-serve/scaling": N_("one part dominates the load"),
        "services-serve/special": N_("a part needs another runtime or has to run apart"),
        "services-serve/deployment": N_("releases never wait, with people enough"),
        "services-unproven/nothing_known": N_("nothing is known of what they buy"),
        "no-acute-pain/none_known": N_("no acute pain is known"),
        "cheaper-cure/load_of_no_part": N_("a load that hurts, and no part dominates it"),
        "cheaper-cure/untried": N_("a load that hurts, and nothing cheaper was tried"),
        "cheaper-cure/bottleneck": N_("a load that hurts, and the limit is elsewhere"),
        "cheaper-cure/cost": N_("a painful bill"),
        "organisation/waiting": N_("releases often wait for other teams"),
        "organisation/growth": N_("releases sometimes wait, and manifold growth is funded"),
        "one-part/tech_lock_in": N_("a runtime that the system cannot host"),
        "one-part/kept_apart": N_("a part that has to run apart"),
        "one-part/failure_spread": N_("faults of one part take others down"),
        "one-part/load_fit": N_("a load that hurts, and one part dominates it"),
        "one-part/infra_cost": N_("a painful bill of one part, and everything cheaper was tried"),
        "one-part/change_rhythm": N_("a far different rhythm behind a clear boundary"),
        "one-part/waiting": N_("one part whose releases wait for others"),
        "gate-closed/boundaries": N_("boundaries are not named"),
        "gate-closed/tracing": N_("no tracing is planned"),
        "gate-closed/logging": N_("no central logging is planned"),
        "gate-closed/pipeline": N_("releases are made by hand or by script"),
        "gate-closed/platform": N_("nobody runs the platform"),
        "too-early/product_stage": N_("the product is in search of its market"),
        "too-early/developers": N_("fewer than ten people"),
        "boundaries-first/breakage": N_("changes break unrelated parts"),
        "boundaries-first/collisions": N_("teams often collide"),
        "boundaries-first/collisions_and_growth": N_("teams sometimes collide, and manifold growth is funded"),
        "boundaries-first/migration_horizon": N_("teams wait, and the business agreed to less than half a year"),
        "boundaries-first/shared_writes": N_("teams wait, and many transactions cross"),
        "boundaries-first/checklist": N_("teams wait, and the checklist has more than two noes"),
        "boundaries-first/part_held": N_("one part has to go, and a tangle or shared writes hold it"),
    }
)


def known_of(facts: Facts) -> Known:
    """What a rule asks, answered by these facts."""

    def known(predicate: Predicate) -> Ternary:
        return predicate.evaluate(facts)

    return known


def conditions_met(facts: Facts) -> Iterator[str]:
    """The conditions of the rule that fires on these facts which hold."""
    rule, known = judge(facts).rule, known_of(facts)
    for condition in CONDITIONS:
        if condition.rule == rule and condition.holds(known):
            yield condition.slug


def count_conditions(questionnaire: Questionnaire, systems: Systems) -> dict[str, Count]:
    """By condition: for how many systems its rule fires and it holds. Several may hold for one system."""

    def met(those: Sequence[Answers]) -> list[str]:
        return [slug for answers in those for slug in conditions_met(read_facts(questionnaire, answers))]

    of_cases, of_personas = met(systems.cases), met(systems.personas)
    return {
        condition.slug: Count(cases=of_cases.count(condition.slug), personas=of_personas.count(condition.slug))
        for condition in CONDITIONS
    }
