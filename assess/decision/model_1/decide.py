"""Puts a decision together: facts, judgement, scores, gates, reasons, steps and what is still open."""

from collections.abc import Iterator
from typing import Literal

from assess.decision.model_1 import wording
from assess.decision.model_1.facts import SHARED_DATABASE, Facts, is_read, read_facts
from assess.decision.model_1.rules import (
    RULES,
    Judgement,
    checklist,
    gates,
    judge,
    needs_part,
    organisation_blocks,
    part_blocks,
    possible_verdicts,
    strains,
)
from assess.decision.model_1.steps import build_steps
from assess.decision.result import (
    ChecklistItem,
    Contribution,
    Gate,
    GateState,
    Reason,
    Result,
    Score,
    Verdict,
)
from assess.decision.signals import ACUTE, format_value, score_axes
from assess.language import _
from assess.questionnaire.facade import PAIN_AXES, Answer, Answers, Question, Questionnaire, Value, open_questions

#: Raised whenever the same answers could give another result. Old deciders stay registered in `assess.decision`.
MODEL_VERSION = 1

GATE_STATES: dict[bool | None, GateState] = {True: "passed", False: "failed", None: "open"}


def decide(questionnaire: Questionnaire, answers: Answers) -> Result:
    """The verdict on these answers with everything that argues it. Pure: the same input always gives the same result.

    `answers` are by question key and must have been checked by `read_answers`; unknown keys are ignored, an absent key
    is an answer that is not known.

    >>> decide(split_checklist, {}).verdict
    'stay'
    """
    facts = read_facts(questionnaire, answers)
    judgement = judge(facts)
    possible = possible_verdicts(facts)
    scores = score_axes(questionnaire, answers)
    rule = RULES[judgement.rule]
    unanswered = open_questions(questionnaire, answers)
    ask_next, decisive = rank_open_questions(questionnaire, answers, facts, unanswered)
    return Result(
        questionnaire=questionnaire.slug,
        questionnaire_version=questionnaire.version,
        model_version=MODEL_VERSION,
        verdict=judgement.verdict,
        form=judgement.form,
        rule=judgement.rule,
        rule_sentence=rule.sentence,
        rule_source=rule.source,
        headline=build_headline(facts, judgement),
        firm=len(possible) == 1,
        possible_verdicts=possible,
        ask_next=ask_next,
        scores=scores,
        checklist=build_checklist(facts, answers),
        gates=build_gates(facts),
        reasons=tuple(build_reasons(questionnaire, answers, facts, judgement, scores)),
        steps=build_steps(facts, judgement, answers),
        open_keys=tuple(question.key for question in unanswered),
        decisive_open_keys=decisive,
    )


def build_headline(facts: Facts, judgement: Judgement) -> str:
    """The recommendation; only as sure as the pains that were told and the gates that are known."""
    told = None not in (facts.boundary, facts.waiting, facts.hurts, facts.lock_in)
    final = wording.HEADLINES[judgement.form]
    if judgement.form == "healthy" and facts.slow:
        return _(wording.HEADLINE_SLOW)
    if any(state is None for _gate, state in gates(facts)):
        final = wording.HEADLINES_GATES_OPEN.get(judgement.form, final)
    return final if told else wording.HEADLINES_SO_FAR.get(judgement.form, final)


def rank_open_questions(
    questionnaire: Questionnaire, answers: Answers, facts: Facts, unanswered: tuple[Question, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """The open question that narrows the possible verdicts most, and all open questions that could change them.

    A question's worth is how many verdicts stay possible on average over its outcomes; ties go to the earlier question.
    """
    before = possible_verdicts(facts)
    if len(before) == 1:
        return None, ()
    best: tuple[float, str | None] = (float(len(before)), None)
    decisive = []
    for question in unanswered:
        if not is_read(question):
            continue
        completed = {
            read_facts(questionnaire, {**answers, question.key: Answer(value=value)})
            for value in answers_to_try(question, answers)
        }
        outcomes = {(judge(facts).verdict, possible_verdicts(facts)) for facts in completed}
        if len(outcomes) > 1 or any(possible != before for _verdict, possible in outcomes):
            decisive.append(question.key)
            average = sum(len(possible) for _verdict, possible in outcomes) / len(outcomes)
            if best[1] is None or average < best[0]:
                best = (average, question.key)
    return best[1], tuple(decisive)


def answers_to_try(question: Question, answers: Answers) -> tuple[Value, ...]:
    """What the answer may turn out to be: one of the values that people gave, where they gave several."""
    answer = answers.get(question.key)
    return answer.between if answer is not None and answer.between else representative_values(question)


def representative_values(question: Question) -> tuple[Value, ...]:
    """Answers of which at least one lies in every range that the rules tell apart."""
    if question.kind == "choice":
        return tuple(option.value for option in question.options)
    if question.kind == "several":
        return ((), *((option.value,) for option in question.options))
    marks = {question.minimum or 0, 1, 2, 3, 5, 9, 10, 20, 30, 31, 40}
    top = question.maximum if question.maximum is not None else 100_000
    return (*sorted(mark for mark in marks if (question.minimum or 0) <= mark < top), top)


def build_checklist(facts: Facts, answers: Answers) -> tuple[ChecklistItem, ...]:
    """S3's seven questions with their answers, without those that do not apply."""
    states: dict[bool | None, Literal["yes", "no", "unknown"]] = {True: "yes", False: "no", None: "unknown"}
    return tuple(
        ChecklistItem(key=key, state=states[state], sentence=wording.CHECKLIST[key])
        for key, state in checklist(facts)
        if not ((answer := answers.get(key)) and answer.not_applicable)
    )


def build_gates(facts: Facts) -> tuple[Gate, ...]:
    """The gates with their states."""
    return tuple(
        Gate(
            gate=gate,
            state=GATE_STATES[state],
            keys=(wording.GATE_KEYS[gate],),
            sentence=wording.GATES[gate][GATE_STATES[state]],
            source=wording.GATE_SOURCES[gate],
        )
        for gate, state in gates(facts)
    )


def build_reasons(
    questionnaire: Questionnaire, answers: Answers, facts: Facts, judgement: Judgement, scores: dict[str, Score]
) -> Iterator[Reason]:
    """The rule first, then what weighs most: what blocks, failed gates, acute pains, calm answers; then the rest."""
    rule = RULES[judgement.rule]
    yield Reason(
        code=f"rule.{rule.slug}",
        kind="rule",
        sentence=rule.sentence,
        source=rule.source,
        weighs=judgement.verdict,
    )
    parts = [part for axis in PAIN_AXES for part in scores[axis].contributions]
    parts.sort(key=lambda part: (-part.level, -part.points))
    pains = [(part.level, pain_reason(questionnaire, part, facts)) for part in parts]
    about_gates = list(gate_reasons(facts, judgement))
    if facts.shape in ("services", "mixed"):
        yield from strain_reasons(questionnaire, answers, facts)
    if facts.waiting and not facts.one_part:
        yield from (condition_reason("organisation", key) for key in organisation_blocks(facts))
    if needs_part(facts) or (facts.waiting and facts.one_part):
        yield from (condition_reason("part", key) for key in part_blocks(facts))
    yield from (reason for reason in about_gates if reason.weighs == "modular")
    yield from (reason for level, reason in pains if level >= ACUTE)
    yield from calm_reasons(questionnaire, answers)
    yield from (reason for level, reason in pains if level < ACUTE)
    yield from separability_reasons(questionnaire, scores["separability"], judgement)
    yield from (reason for reason in about_gates if reason.weighs != "modular")
    motives = answers.get("motives")
    for slug in motives.value if motives and isinstance(motives.value, tuple) else ():
        if slug in wording.MOTIVES:
            yield Reason(
                code=f"motive.{slug}",
                kind="motive",
                sentence=wording.MOTIVES[slug],
                source="S4",
                weighs="stay",
                keys=("motives",),
            )


def strain_reasons(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> Iterator[Reason]:
    """What speaks against the services that run, the strongest first."""
    for code, _weight in sorted(strains(facts), key=lambda pair: -pair[1]):
        text, source, keys = wording.STRAINS[code]
        sentence = _(text)
        if code == "signs":
            given = answers["distributed_monolith_signs"].value
            ticked = tuple(sign for sign in given if sign != SHARED_DATABASE) if isinstance(given, tuple) else ()
            told = wording.inside(
                questionnaire, format_value(questionnaire.by_key["distributed_monolith_signs"], ticked)
            )
            sentence = sentence.format(signs=told)
        yield Reason(
            code=f"strain.{code}",
            kind="context",
            sentence=sentence,
            source=source,
            weighs="modular",
            keys=tuple(key for key in keys if (answer := answers.get(key)) and answer.is_known),
        )


def separability_reasons(questionnaire: Questionnaire, score: Score, judgement: Judgement) -> Iterator[Reason]:
    """A line for each answer about how cleanly parts can be cut."""
    for part in score.contributions:
        question = questionnaire.by_key[part.key]
        yield Reason(
            code=f"separability.{part.key}",
            kind="separability",
            sentence=_("{subject}: {value}.").format(
                subject=wording.subject(question), value=wording.inside(questionnaire, part.value)
            ),
            source=source_of(question),
            weighs="extract" if part.level >= ACUTE else "modular" if judgement.verdict != "stay" else "stay",
            keys=(part.key,),
            points=part.points,
        )


def pain_reason(questionnaire: Questionnaire, part: Contribution, facts: Facts) -> Reason:
    """The line about one pain."""
    question = questionnaire.by_key[part.key]
    acute = part.level >= ACUTE
    meanings = wording.PAIN_MEANS.get(part.key)
    means = _(meanings[0] if acute else meanings[1]) if meanings else ""
    weighs: Verdict = "modular" if part.axis == "boundary" else "extract"
    if not acute:
        weighs = "stay" if part.axis == "deployable" else "modular"
        weighs = "modular" if facts.shape == "services" else weighs
    elif part.key == "load_fit" and facts.dominates is False:
        weighs, means = "stay", _("no single part causes it, so more machines, a cache or a shard help first")
    elif part.key == "load_fit" and facts.dominates is None:
        weighs, means = "stay", _("whether one part causes it is not known")
    elif part.key == "tech_lock_in" and not needs_part(facts):
        weighs, means = "stay", _("while the load is carried, a library or a worker is the cheaper way")
    elif facts.shape == "services" and part.key == "deploy_waiting":
        weighs, means = "modular", _("services whose releases wait for each other are not independent")
    return Reason(
        code=f"pain.{part.key}",
        kind="pain",
        sentence=add_meaning(questionnaire, question, part.value, means),
        source=source_of(question),
        weighs=weighs,
        keys=(part.key,),
        points=part.points,
    )


def condition_reason(what: str, key: str) -> Reason:
    """The line about one condition that is not met."""
    return Reason(
        code=f"condition.{what}.{key}",
        kind="condition",
        sentence=wording.BLOCKS[key],
        source=wording.BLOCK_SOURCES[key],
        weighs="modular",
        keys=tuple(wording.CHECKLIST) if key == "checklist" else (key,),
    )


def gate_reasons(facts: Facts, judgement: Judgement) -> Iterator[Reason]:
    """Gates argue only where an extraction is on the table."""
    wanted = judgement.rule in ("gate-failed", "hot-part", "part-waits", "organisation")
    for gate, state in gates(facts):
        if wanted and state is not None:
            yield Reason(
                code=f"gate.{gate}.{GATE_STATES[state]}",
                kind="gate",
                sentence=wording.GATES[gate][GATE_STATES[state]],
                source=wording.GATE_SOURCES[gate],
                weighs="extract" if state else "modular",
                keys=(wording.GATE_KEYS[gate],),
            )


def calm_reasons(questionnaire: Questionnaire, answers: Answers) -> Iterator[Reason]:
    """Known answers that no pain comes from, where the sources would look for one."""
    for key, means in wording.CALM_MEANS.items():
        question, answer = questionnaire.by_key.get(key), answers.get(key)
        if question is None or question.reads is None or answer is None or not isinstance(answer.value, str):
            continue
        if question.reads.levels[answer.value] == 0:
            yield Reason(
                code=f"calm.{key}",
                kind="pain",
                sentence=add_meaning(questionnaire, question, format_value(question, answer.value), means),
                source=source_of(question),
                weighs="stay",
                keys=(key,),
            )


def add_meaning(questionnaire: Questionnaire, question: Question, value: str, means: str) -> str:
    """What was answered, in words, and what that means, "" for nothing beyond itself."""
    pattern = _("{subject} ({value}): {means}.") if means else _("{subject} ({value}).")
    return pattern.format(subject=wording.subject(question), value=wording.inside(questionnaire, value), means=means)


def source_of(question: Question) -> str:
    """The sources of the question, joined."""
    return ", ".join(question.sources)
