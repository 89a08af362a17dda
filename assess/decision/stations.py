"""The way through the rules as the questions that they ask, in order, and where each could have ended.

Rules that ask the same thing share a station. Where a rule fired early the later stations are not there. An exit leads
to a verdict other than the one given; it is possible exactly where completing the answers may reach it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assess.decision import wording
from assess.decision.asking import rank_questions
from assess.decision.diagram import look_ahead
from assess.decision.facts import Facts, Predicate, read_facts, variables_of
from assess.decision.result import Verdict
from assess.decision.rules import (
    BREAKS,
    COLLIDES,
    COLLIDES_SOMETIMES,
    GATES,
    GROWS,
    MIXED,
    PART_GATES,
    SERVICES,
    SEVERAL,
    SEVERAL_TEAMS,
    Judgement,
    blocks_of_organisation,
    blocks_of_part,
    has_boundary_pain,
    judge,
    needs_of_part,
    teams_wait,
)
from assess.decision.signals import format_value
from assess.language import N_, Words, _, all_of, capitalised, number_word
from assess.questionnaire.facade import Answers, Questionnaire, worded_for

#: Model 1 has no stations.
FIRST_MODEL: Final = 2

Slug = Literal["services", "strain", "worth", "pain", "deployable", "against", "gates", "end"]
#: Where services run, and where none are known to.
RUNNING: Final[tuple[Slug, ...]] = ("services", "strain", "worth", "end")
PLANNED: Final[tuple[Slug, ...]] = ("services", "pain", "deployable", "against", "gates", "end")

QUESTIONS: Words[Slug] = Words(
    {
        "services": N_("Do services already run?"),
        "strain": N_("Do the services cost more than they give?"),
        "worth": N_("Do the services buy something?"),
        "pain": N_("Does a pain need more than a cheap cure?"),
        "deployable": N_("Does the cure need a separate deployable?"),
        "against": N_("Does anything speak against a split?"),
        "gates": N_("Is a gate closed?"),
    }
)
#: What leads out of a station that was passed.
CONDITIONS: Words[Slug] = Words(
    {
        "services": N_("if services strain"),
        "strain": N_("if they do"),
        "worth": N_("if they buy nothing"),
        "pain": N_("if none does"),
        "deployable": N_("if it does not"),
        "against": N_("if something does"),
        "gates": N_("if one is closed"),
    }
)
#: What leads on from the station where a rule fired.
OTHERWISE: Words[Slug] = Words(
    {
        "services": N_("if they do not strain"),
        "strain": N_("if they do not"),
        "worth": N_("if they buy something"),
        "pain": N_("if one does"),
        "deployable": N_("if it does"),
        "against": N_("if nothing does"),
        "gates": N_("if all are open"),
    }
)
#: The verdict of an exit that cannot be reached any more.
NOMINAL: Final[Mapping[Slug, Verdict]] = {
    "services": "modular",
    "strain": "modular",
    "worth": "modular",
    "pain": "stay",
    "deployable": "modular",
    "against": "modular",
    "gates": "modular",
}
#: The variables that each station looks at; an open question belongs to the first open station that has its own.
READS: Final[Mapping[Slug, frozenset[str]]] = {
    "services": frozenset({"shape", "signs"}),
    "strain": frozenset({"signs", "staffing", "waiting", "writes", "platform", "ownership"}),
    "worth": frozenset({"staffing", "ownership", "uneven", "lock_in", "kept_apart", "waiting"}),
    "pain": frozenset(
        {"waiting", "growth", "collisions", "breakage", "load", "cures", "bottleneck", "cost", "uneven"}
        | {"lock_in", "kept_apart", "spread", "rhythm", "motives", "boundaries", "staffing", "scope"}
    ),
    "deployable": frozenset(
        {"waiting", "growth", "load", "cures", "bottleneck", "cost", "uneven", "lock_in", "kept_apart", "spread"}
        | {"rhythm", "boundaries", "staffing", "scope"}
    ),
    "against": frozenset(
        {"stage", "staffing", "backed", "writes", "boundaries", "uneven", "platform", "traced", "logged", "hiring"}
    ),
    "gates": frozenset({"boundaries", "traced", "logged", "automated", "platform"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Exit:
    """Where a station could lead instead. `verdicts` are others than the one given; the nominal one where none of
    them can be reached any more."""

    condition: str  #: "if one is closed"
    verdicts: tuple[Verdict, ...]
    is_possible: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """One question on the way. `state`: passed; open, where its exit is still possible; or fired, where the rules
    ended. `open_subjects` are the open questions that can still settle it, in words."""

    slug: Slug
    question: str
    answer: str
    state: Literal["passed", "open", "fired"]
    open_subjects: tuple[str, ...]
    exit: Exit | None

    @property
    def open_words(self) -> str:
        """The open questions in words: one or two by name, of more the most telling and how many others."""
        if len(self.open_subjects) < 3:
            return all_of(self.open_subjects)
        return _("{question} and {count} more").format(
            question=self.open_subjects[0], count=number_word(len(self.open_subjects) - 1)
        )


def build_stations(questionnaire: Questionnaire, answers: Answers) -> tuple[Station, ...]:
    """The stations up to the one where the rules ended; () for a questionnaire of model 1. About a millisecond.

    Their possible exits lead to exactly the verdicts that are possible besides the one given.
    """
    if questionnaire.model < FIRST_MODEL:
        return ()
    questionnaire = worded_for(questionnaire, answers)
    facts = read_facts(questionnaire, answers)
    return StationBuilder(questionnaire, answers, facts).build()


class StationBuilder:
    """Builds the stations of one set of answers."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers, facts: Facts) -> None:
        self.questionnaire = questionnaire
        self.answers = answers
        self.facts = facts
        self.judgement = judge(facts)
        outlook = look_ahead(facts)
        self.possible = outlook.judgements
        self.open_keys = rank_questions(questionnaire, answers, facts, outlook)
        self.line = RUNNING if self.known(SERVICES) is True else PLANNED

    def known(self, predicate: Predicate) -> bool | None:
        return predicate.evaluate(self.facts)

    def station_of(self, judgement: Judgement) -> Slug:
        """The station at which this judgement ends the way."""
        by_rule: dict[str, Slug] = {
            "services-strained": "strain",
            "services-serve": "end",
            "services-unproven": "worth",
            "no-acute-pain": "pain",
            "cheaper-cure": "pain",
            "too-early": "against",
            "gate-closed": "gates",
            "organisation": "end",
            "one-part": "end",
        }
        found = by_rule.get(judgement.rule) or ("deployable" if judgement.form == "cure" else "against")
        if self.line is PLANNED and judgement.rule.startswith("services-"):
            return "services"
        return found

    def build(self) -> tuple[Station, ...]:
        """The stations in order, each open question named once."""
        last = self.line.index(self.station_of(self.judgement))
        named: set[str] = set()
        found = []
        for place, slug in enumerate(self.line[: last + 1]):
            if slug == "end":
                break
            fired = place == last
            way_out = self.exit_of(slug, fired=fired)
            is_open = way_out is not None and way_out.is_possible
            keys = [
                key
                for key in self.open_keys
                if is_open and key not in named and variables_of(self.questionnaire)[key] in READS[slug]
            ]
            named.update(keys)
            found.append(
                Station(
                    slug=slug,
                    question=QUESTIONS[slug],
                    answer=self.answer_of(slug, fired=fired),
                    state="fired" if fired else "open" if is_open else "passed",
                    open_subjects=tuple(wording.subject(self.questionnaire.by_key[key]) for key in keys),
                    exit=way_out,
                )
            )
        return tuple(found)

    def exit_of(self, slug: Slug, *, fired: bool) -> Exit | None:
        """The exit of a station; where the rules ended, the way on, if there is one."""
        place = self.line.index(slug)
        if slug == "services" and self.line is RUNNING:
            return None
        places = [self.line.index(self.station_of(judgement)) for judgement in self.possible]
        there = [
            judgement.verdict
            for judgement, at in zip(self.possible, places, strict=True)
            if judgement.verdict != self.judgement.verdict and (at >= place if fired else at == place)
        ]
        verdicts = tuple(dict.fromkeys(there))
        if fired:
            return Exit(condition=OTHERWISE[slug], verdicts=verdicts, is_possible=True) if verdicts else None
        return Exit(condition=CONDITIONS[slug], verdicts=verdicts or (NOMINAL[slug],), is_possible=bool(verdicts))

    def answer_of(self, slug: Slug, *, fired: bool) -> str:
        """What is known of a station's question, as a sentence or two."""
        if slug == "services":
            return self.answer_about_services(fired=fired)
        if slug == "strain":
            return _("Yes, by what we know.") if fired else _("Nothing we know of says so.")
        if slug == "worth":
            return _("Nothing that we know of.") if fired else _("Yes, by what we know.")
        if slug == "pain":
            if not fired:
                return self.answer_about_pains(self.pain_keys())
            return _("Something hurts, but a cheaper cure is there.") if self.hurts() else _("None that we know of.")
        if slug == "deployable":
            keys = self.deployable_keys()
            return _("Yes: {pains}.").format(pains=self.subjects(keys)) if not fired else _("No. Boundaries cure it.")
        if slug == "against":
            return self.answer_about_blocks(fired=fired)
        closed = [wording.GATE_LACKS[gate] for gate, holds in self.gates().items() if self.known(holds) is False]
        if fired:
            return _("Yes. Missing: {gates}.").format(gates=all_of(closed))
        passed = all(self.known(holds) is True for holds in self.gates().values())
        return _("No, all are passed.") if passed else _("None that we know of.")

    def answer_about_services(self, *, fired: bool) -> str:
        """What is known of the services that run."""
        question = self.questionnaire.by_key.get("current_shape")
        answer = self.answers.get("current_shape")
        if question is None or answer is None or answer.value is None:
            return _("None that we know of.")
        shape = capitalised(wording.inside(self.questionnaire, format_value(question, answer.value)))
        if fired:
            return _("{shape}. The services strain.").format(shape=shape)
        beside = self.known(MIXED) is True or self.known(SEVERAL) is True
        pattern = _("{shape}. Nothing we know of strains them.") if beside else _("{shape}.")
        return pattern.format(shape=shape)

    def answer_about_pains(self, keys: tuple[str, ...]) -> str:
        """The pain by its name; of several how many there are."""
        if len(keys) > 1:
            return _("Yes, {count} of them.").format(count=number_word(len(keys)))
        return _("Yes: {pains}.").format(pains=self.subjects(keys))

    def answer_about_blocks(self, *, fired: bool) -> str:
        """What speaks against a split, or that nothing does; for one part, which is judged by itself."""
        of_all = blocks_of_organisation(self.known) if teams_wait(self.known) else ()
        blocks = tuple(dict.fromkeys((*of_all, *blocks_of_part(self.known))))
        if fired and blocks:
            return _("Yes: {blocks}.").format(blocks=all_of([wording.HOLDS_BACK[key] for key in blocks]))
        if fired:
            return _("Yes, by what we know.")
        if self.judgement.form == "hot_part" and of_all:
            return _("Against one part, nothing we know of.")
        return _("Nothing we know of.")

    def gates(self) -> Mapping[str, Predicate]:
        """The gates of what would be extracted."""
        return GATES if teams_wait(self.known) and self.judgement.form != "hot_part" else PART_GATES

    def hurts(self) -> bool:
        """Whether the rules ended at a pain that something cheaper cures."""
        return self.judgement.rule == "cheaper-cure"

    def deployable_keys(self) -> tuple[str, ...]:
        """The pains that need a deployable of their own, as keys of questions."""
        waiting = ("deploy_waiting",) if teams_wait(self.known) else ()
        return (*waiting, *needs_of_part(self.known))

    def pain_keys(self) -> tuple[str, ...]:
        """Every pain that a cheap cure does not end, as keys of questions."""
        boundary = []
        if has_boundary_pain(self.known):
            collides = self.known(COLLIDES) is True or self.known(GROWS) is True
            if collides and self.known(COLLIDES_SOMETIMES) is True and self.known(SEVERAL_TEAMS) is not False:
                boundary.append("team_collisions")
            if self.known(BREAKS) is True:
                boundary += self.breaking_keys()
        return (*self.deployable_keys(), *boundary)

    def breaking_keys(self) -> list[str]:
        """The first answered question about changes that break other parts; an organisation may ask in its own way."""
        known = (key for key, answer in self.answers.items() if answer.value is not None)
        return [key for key in known if variables_of(self.questionnaire).get(key) == "breakage"][:1]

    def subjects(self, keys: Iterable[str]) -> str:
        """What these questions are about, within a sentence."""
        questions = [self.questionnaire.by_key[key] for key in keys if key in self.questionnaire.by_key]
        return all_of([wording.inside(self.questionnaire, wording.subject(question)) for question in questions])
