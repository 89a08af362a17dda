"""The argument of a verdict, line by line, each judged in the light of the rule that fired.

What the rule rests on always speaks for its verdict. Any other line speaks for what it would lead to by itself. Nothing
here decides.
"""

from collections.abc import Iterator

from assess.decision import wording
from assess.decision.facts import Facts, Predicate
from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.result import Contribution, Gate, Reason, Score, Verdict
from assess.decision.rules import (
    BREAKS,
    COLLIDES,
    DOMINATES,
    HURTS,
    NEEDS,
    ONE_PART,
    PART_GATES,
    RULES,
    SEVERAL_TEAMS,
    SLOW,
    UNOWNED,
    UNTRIED,
    Judgement,
    Known,
    blocks_of_organisation,
    blocks_of_part,
    find_benefits,
    find_strains,
    has_boundary_pain,
    needs_of_part,
    teams_wait,
)
from assess.decision.signals import ACUTE, format_value
from assess.language import _
from assess.questionnaire.facade import PAIN_AXES, Answers, Question, Questionnaire, Value, is_asked

#: The questions that say more of a need for one part, by the question that says the need.
BESIDE_NEED = {
    "load_fit": ("scaling_profile", "hot_share", "bottleneck", "cheaper_cures"),
    "infra_cost": ("scaling_profile", "hot_share", "cheaper_cures"),
}
PAIN_KEYS = ("team_collisions", "change_breakage", "deploy_waiting", "deploy_demand", "load_fit", "infra_cost")
CALM_KEYS = (*PAIN_KEYS, "scaling_profile", "tech_lock_in", "kept_apart", "failure_spread", "change_rhythm")


def deciding_keys(answers: Answers, judgement: Judgement, known: Known) -> tuple[str, ...]:
    """The questions whose answers the rule that fired rests on, known ones only, each once."""
    found: list[str] = []
    rule = judgement.rule
    if rule.startswith("services-"):
        found += ["current_shape"]
        if rule == "services-strained":
            found += [key for code, _weight in find_strains(known) for key in wording.STRAINS[code][2]]
        if rule == "services-serve":
            found += [key for code in find_benefits(known) for key in wording.BENEFITS[code][2]]
    elif rule == "no-acute-pain":
        found += CALM_KEYS
    elif rule == "cheaper-cure":
        found += ["load_fit", "infra_cost", "scaling_profile", "hot_share", "bottleneck", "cheaper_cures"]
    else:
        found += pain_keys(known, rule)
    if rule in ("organisation", "gate-closed", "one-part"):
        found += list(wording.GATE_KEYS.values()) if rule != "one-part" else [wording.GATE_KEYS[g] for g in PART_GATES]
    if rule == "organisation":
        found += [*wording.CHECKLIST, "product_stage", "developers"]
    return tuple(key for key in dict.fromkeys(found) if (answer := answers.get(key)) and answer.is_known)


def pain_keys(known: Known, rule: str) -> list[str]:
    """The questions about the pains that the rule rests on, and about what holds a split back."""
    found: list[str] = []
    waiting = teams_wait(known)
    if waiting and (rule != "boundaries-first" or not has_boundary_pain(known)):
        found += ["deploy_waiting", "teams", "growth"]
    if rule in ("one-part", "gate-closed", "boundaries-first"):
        for key in needs_of_part(known):
            found += [key, *BESIDE_NEED.get(key, ())]
            found += keys_beside_rhythm(known) if key == "change_rhythm" else ()
    if rule == "one-part":
        found += ["cross_boundary_transactions"]
    if rule == "too-early":
        found += ["product_stage", "developers"]
    if rule in ("boundaries-first", "too-early"):
        found += [
            "team_collisions",
            "change_breakage",
            "models",
            "growth",
            *blocks_of_organisation(known),
            *blocks_of_part(known),
        ]
    return found


def keys_beside_rhythm(known: Known) -> tuple[str, ...]:
    """What lets a different pace count, as keys of questions: a clear boundary, and another pain or a single part."""
    beside = {
        "scope": known(ONE_PART) is True,
        "team_collisions": known(COLLIDES) is True and known(SEVERAL_TEAMS) is not False,
        "change_breakage": known(BREAKS) is True,
        "load_fit": known(HURTS) is True,
    }
    return "boundaries", *(key for key, counts in beside.items() if counts)


def build_reasons(
    questionnaire: Questionnaire,
    answers: Answers,
    facts: Facts,
    judgement: Judgement,
    scores: dict[str, Score],
    gates: tuple[Gate, ...],
    deciding: tuple[str, ...],
) -> tuple[Reason, ...]:
    """The rule first, then what it rests on, what blocks, gates, pains, calm answers, separability, and motives."""

    def known(predicate: Predicate) -> bool | None:
        return predicate.evaluate(facts)

    builder = ReasonBuilder(questionnaire, answers, judgement, known, deciding)
    parts = [part for axis in PAIN_AXES for part in scores[axis].contributions]
    parts.sort(key=lambda part: (part.key not in deciding, -part.level, -part.points))
    lines = [
        builder.rule_reason(),
        *builder.service_reasons(),
        *builder.condition_reasons(),
        *builder.gate_reasons(gates, "failed"),
        *(builder.pain_reason(part) for part in parts if part.level >= ACUTE or (part.key in deciding and part.level)),
        *builder.context_reasons(),
        *builder.calm_reasons(),
        *(builder.pain_reason(part) for part in parts if 0 < part.level < ACUTE and part.key not in deciding),
        *builder.separability_reasons(scores["separability"]),
        *builder.gate_reasons(gates, "passed"),
        *builder.one_deployable_reasons(),
        *builder.motive_reasons(),
    ]
    # A boundary that is named is a gate that is open as well: what was said once is not said again.
    return tuple({reason.sentence: reason for reason in reversed(lines)}.values())[::-1]


class ReasonBuilder:
    """Builds the lines about one set of answers, in the light of the rule that fired."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        judgement: Judgement,
        known: Known,
        deciding: tuple[str, ...],
    ) -> None:
        self.questionnaire = questionnaire
        self.answers = answers
        self.judgement = judgement
        self.known = known
        self.deciding = deciding

    def supported_verdict(self, keys: tuple[str, ...], otherwise: Verdict) -> Verdict:
        """What the rule rests on speaks for its verdict; anything else for what it would lead to."""
        return self.judgement.verdict if any(key in self.deciding for key in keys) else otherwise

    def rule_reason(self) -> Reason:
        """The line about the rule that fired."""
        rule = RULES[self.judgement.rule]
        return Reason(
            code=f"rule.{rule.slug}",
            kind="rule",
            sentence=rule.about(wording.name_of_part(self.answers)),
            source=rule.source,
            weighs=self.judgement.verdict,
        )

    def known_keys(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Of these questions the ones with a known answer."""
        return tuple(key for key in keys if (answer := self.answers.get(key)) and answer.is_known)

    def service_reasons(self) -> Iterator[Reason]:
        """What speaks for merging the services that run, or for keeping them."""
        for code, _weight in sorted(find_strains(self.known), key=lambda pair: -pair[1]):
            text, source, keys = wording.STRAINS[code]
            sentence = _(text)
            if code == "signs":
                question = self.questionnaire.by_key["distributed_monolith_signs"]
                ticked = self.answers[question.key].value or ()
                sentence = sentence.format(signs=wording.inside(self.questionnaire, format_value(question, ticked)))
            if code == "unowned" and self.known(UNOWNED) is not True:
                keys = ("distributed_monolith_signs",)  # owners of areas may be known, and still speak for the services
            yield self.context_reason(f"strain.{code}", sentence, source, keys, "modular")
        if self.judgement.rule.startswith("services-"):
            for code in find_benefits(self.known):
                text, source, keys = wording.BENEFITS[code]
                if self.judgement.rule != "services-serve" and any(key in self.deciding for key in keys):
                    continue  # it is what the services cost here
                yield self.context_reason(f"benefit.{code}", _(text), source, keys, "extract")

    def context_reason(self, code: str, sentence: str, source: str, keys: tuple[str, ...], weighs: Verdict) -> Reason:
        """A line about answers without points."""
        return Reason(
            code=code, kind="context", sentence=sentence, source=source, weighs=weighs, keys=self.known_keys(keys)
        )

    def condition_reasons(self) -> Iterator[Reason]:
        """What holds a split of the organisation or of one part back, where one is wanted."""
        if self.judgement.rule.startswith("services-"):
            return
        of_all = blocks_of_organisation(self.known) if teams_wait(self.known) else ()
        for key in of_all:
            yield self.condition_reason("organisation", key)
        if needs_of_part(self.known) or teams_wait(self.known):
            for key in blocks_of_part(self.known):
                if key not in of_all:
                    yield self.condition_reason("part", key)

    def condition_reason(self, what: str, key: str) -> Reason:
        """The line about one condition that is not met."""
        keys = self.known_keys(tuple(wording.CHECKLIST) if key == "checklist" else (key,))
        block = wording.CHECKLIST_BLOCK if key == "checklist" else MEANINGS[key].block
        assert block is not None  # a question that the rules let hold something back says why
        return Reason(
            code=f"condition.{what}.{key}",
            kind="condition",
            sentence=_(block.sentence),
            source=block.source,
            weighs="modular",
            keys=keys,
        )

    def gate_reasons(self, gates: tuple[Gate, ...], state: str) -> Iterator[Reason]:
        """Gates argue only where an extraction is on the table."""
        if self.judgement.rule not in ("organisation", "one-part", "gate-closed"):
            return
        for gate in gates:
            if gate.state == state:
                closed = state == "failed"
                weighs: Verdict = "modular" if closed else "extract"
                if self.judgement.rule == "gate-closed":
                    weighs = "modular" if closed or gate.keys[0] in self.deciding else "extract"
                yield Reason(
                    code=f"gate.{gate.gate}.{gate.state}",
                    kind="gate",
                    sentence=gate.sentence,
                    source=gate.source,
                    weighs=weighs,
                    keys=gate.keys,
                )

    def pain_reason(self, part: Contribution) -> Reason:
        """The line about one pain: what was answered, what follows, and for which verdict it speaks."""
        question = self.questionnaire.by_key[part.key]
        acute = part.level >= ACUTE
        weighs: Verdict = "modular" if part.axis == "boundary" else "extract"
        if not acute:
            weighs = self.judgement.verdict if part.axis == "deployable" else "modular"
        elif not self.counts_as_pain(part.key):
            weighs = self.judgement.verdict
        if part.axis == "boundary" and self.judgement.verdict == "stay":
            weighs = "modular" if acute and self.counts_as_pain(part.key) else "stay"
        weighs = self.supported_verdict((part.key,), weighs)
        return Reason(
            code=f"pain.{part.key}",
            kind="pain",
            sentence=self.statement(question, part.value, self.what_follows(part.key, weighs, acute=acute)),
            source=", ".join(question.sources),
            weighs=weighs,
            keys=(part.key,),
            points=part.points,
        )

    def what_follows(self, key: str, weighs: Verdict, *, acute: bool) -> str:
        """What follows from a pain under the rule that fired; "" where another line says it, or nothing does."""
        rule = self.judgement.rule
        if (acute and not self.counts_as_pain(key)) or (rule == "cheaper-cure" and key in ("load_fit", "infra_cost")):
            return self.explain_no_pain(key)
        if rule.startswith("services-"):
            if key == "deploy_waiting":
                return ""
            if key == "infra_cost":
                return _("Find out which services cause it")
        if key in ("scaling_profile", "hot_share"):
            if weighs == "extract":
                return _("It can scale on its own") if self.known(DOMINATES) is True else ""
            if self.known(HURTS) is True:
                return ""
        if key == "deploy_minutes" and (self.known(SLOW) is not True or weighs == "extract"):
            return ""
        meaning = MEANINGS.get(key, NOTHING)
        if key == "change_rhythm":
            acute = acute or key in needs_of_part(self.known)
        follows = meaning.acute if acute else meaning.mild
        return _(follows) if follows else ""

    def counts_as_pain(self, key: str) -> bool:
        """Whether an acute answer is a pain to the rules."""
        if key == "deploy_waiting":
            return teams_wait(self.known)
        if key == "team_collisions":
            return self.known(SEVERAL_TEAMS) is not False
        if key in ("load_fit", "infra_cost"):
            return key in needs_of_part(self.known)
        return True

    def explain_no_pain(self, key: str) -> str:
        """Why an acute answer is no pain to the rules."""
        if key == "deploy_waiting":
            return _("A single team waits for nobody")
        if key == "team_collisions":
            return _("A single team is in nobody's way")
        if key == "load_fit" and (slow := self.answers.get("bottleneck")) is not None:
            if slow.value == "database":
                return _("The database is the slow step, and a service would wait for it as well")
            if slow.value == "outside":
                return _("Somebody else's system is the slow step, and a service would wait for it as well")
        if self.known(UNTRIED) is True:
            return _("Something cheaper comes first: a worker, a cache or an index")
        if key == "infra_cost":
            if self.known(DOMINATES) is True:
                return _("Try all that is cheaper than a service first")
            return _("No single part is known to cause it, so split the bill by part first")
        return _("No single part is known to cause it, so more machines, a cache or an index help first")

    def statement(self, question: Question, value: str, follows: str) -> str:
        """What was answered, in a sentence, and what follows in a second one."""
        given = self.answers[question.key].value
        said = "" if given is None else wording.statement(question, given)
        if said:
            first = f"{said}."
        else:
            first = _("{subject}: {value}.").format(
                subject=wording.subject(question), value=wording.inside(self.questionnaire, value)
            )
        name = wording.name_of_part(self.answers)
        if name and self.calls_for_name(question.key, given):
            first = _("{sentence} The part is {name}.").format(sentence=first, name=name)
        return f"{first} {follows}." if follows else first

    def calls_for_name(self, key: str, given: Value | None) -> bool:
        """Whether it is this answer about a part for which its name is asked."""
        named = self.questionnaire.by_key.get("part_name")
        return named is not None and any(
            condition.key == key and given in condition.any_of for condition in named.asked_when
        )

    def context_reasons(self) -> Iterator[Reason]:
        """Answers without points that the rule rests on."""
        for key in self.deciding:
            question = self.questionnaire.by_key.get(key)
            if question is None or question.reads is not None or key not in ("bottleneck", "cheaper_cures", "growth"):
                continue
            given = self.answers[key].value
            said = "" if given is None else wording.statement(question, given)
            if said:
                yield self.context_reason(
                    f"context.{key}", f"{said}.", ", ".join(question.sources), (key,), self.judgement.verdict
                )

    def calm_reasons(self) -> Iterator[Reason]:
        """Known answers that no pain comes from, where the sources would look for one."""
        for key in CALM_KEYS:
            question, answer = self.questionnaire.by_key.get(key), self.answers.get(key)
            calm = MEANINGS[key].calm
            if question is None or question.reads is None or not calm:
                continue
            if answer is None or not isinstance(answer.value, str) or not is_asked(question, self.answers):
                continue
            if question.reads.levels.get(answer.value) == 0:
                # Where services run, releases that never wait are what they give.
                given_by_services = key == "deploy_waiting" and self.judgement.rule.startswith("services-")
                follows = "" if given_by_services else _(calm)
                yield Reason(
                    code=f"calm.{key}",
                    kind="pain",
                    sentence=self.statement(question, format_value(question, answer.value), follows),
                    source=", ".join(question.sources),
                    weighs=self.supported_verdict(
                        (key,), "modular" if self.judgement.form == "consolidate" else "stay"
                    ),
                    keys=(key,),
                )

    def separability_reasons(self, score: Score) -> Iterator[Reason]:
        """A line for each answer about how cleanly parts can be cut."""
        for part in score.contributions:
            question = self.questionnaire.by_key[part.key]
            strong = part.level >= ACUTE
            weak: Verdict = "stay" if self.judgement.verdict == "stay" else "modular"
            yield Reason(
                code=f"separability.{part.key}",
                kind="separability",
                sentence=self.statement(question, part.value, ""),
                source=", ".join(question.sources),
                weighs=self.supported_verdict((part.key,), "extract" if strong else weak),
                keys=(part.key,),
                points=part.points,
            )

    def one_deployable_reasons(self) -> Iterator[Reason]:
        """What one deployable gives: the case for staying."""
        if self.judgement.verdict == "stay":
            for code, (text, source) in wording.ONE_DEPLOYABLE.items():
                yield self.context_reason(f"one.{code}", _(text), source, (), "stay")

    def motive_reasons(self) -> Iterator[Reason]:
        """Weak reasons are named whatever the verdict, and weigh nothing."""
        answer = self.answers.get("motives")
        for slug in answer.value if answer and isinstance(answer.value, tuple) else ():
            if slug in wording.MOTIVES:
                yield Reason(
                    code=f"motive.{slug}",
                    kind="motive",
                    sentence=wording.MOTIVES[slug],
                    source="S4",
                    weighs="",
                    keys=("motives",),
                )


__all__ = ["NEEDS", "build_reasons", "deciding_keys"]
