"""Puts a decision of model 2 together: facts, judgement, scores, gates, reasons, steps and what is still open."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from assess.decision import wording
from assess.decision.asking import rank_questions
from assess.decision.diagram import Outlook, look_ahead, verdicts_of
from assess.decision.facts import Facts, Test, read_facts
from assess.decision.meanings import MEANINGS
from assess.decision.reasons import build_reasons, deciding_keys
from assess.decision.result import (
    ChecklistItem,
    Gate,
    GateState,
    PathStep,
    Result,
    Verdict,
)
from assess.decision.rules import GATES, PART_GATES, RULES, SLOW, Judgement, checklist, judge, waits
from assess.decision.signals import score_axes
from assess.decision.steps import build_steps
from assess.language import _, all_of
from assess.questionnaire.facade import Answers, Questionnaire, is_asked, open_questions

#: Raised whenever the same answers could give another result. Old deciders stay registered in `assess.decision`.
MODEL_VERSION = 2

_TERNARY: dict[bool | None, GateState] = {True: "passed", False: "failed", None: "open"}
_STATES: dict[bool | None, Literal["yes", "no", "unknown"]] = {True: "yes", False: "no", None: "unknown"}


def decide(questionnaire: Questionnaire, answers: Answers) -> Result:
    """The verdict of model 2 on these answers with everything that argues it. Pure: the same input, the same result.

    `answers` are by question key and must have been checked by `read_answers`; unknown keys are ignored, an absent key
    is an answer that is not known.
    """
    facts = read_facts(questionnaire, answers)
    judgement, outlook = judge(facts), look_ahead(facts)
    scores = score_axes(questionnaire, answers)
    rule = RULES[judgement.rule]
    unanswered = open_questions(questionnaire, answers)
    ranked = rank_questions(questionnaire, answers, facts, outlook)
    deciding = deciding_keys(answers, judgement, lambda test: test.of(facts))
    gates = _gates(facts, judgement)
    asked_pain = judgement.rule != "no-acute-pain" or has_pain_answer(questionnaire, answers)
    part = wording.name_of_part(answers)
    closed = tuple(gate.keys[0] for gate in gates if gate.state == "failed")
    basis = _count_basis(answers, deciding)
    return Result(
        questionnaire=questionnaire.slug,
        questionnaire_version=questionnaire.version,
        model_version=MODEL_VERSION,
        verdict=judgement.verdict,
        form=judgement.form,
        rule=judgement.rule,
        rule_sentence=rule.sentence,
        rule_source=rule.source,
        headline=_headline(questionnaire, facts, judgement, outlook, ranked, gates, part, asked_pain=asked_pain),
        firm=len(outlook.verdicts) == 1,
        possible_verdicts=outlook.verdicts,
        ask_next=ranked[0] if ranked else None,
        scores=scores,
        checklist=_checklist(facts, answers),
        gates=gates,
        reasons=build_reasons(questionnaire, answers, facts, judgement, scores, gates, deciding),
        steps=build_steps(questionnaire, answers, judgement.form, closed, part),
        open_keys=tuple(question.key for question in unanswered),
        decisive_open_keys=ranked,
        path=_path(judgement, outlook),
        deciding_keys=deciding,
        basis_counts=basis,
        part=part,
        firmness=_firmness(judgement.verdict, outlook, basis, asked_pain=asked_pain),
        fewest_to_settle=outlook.fewest if len(outlook.verdicts) > 1 else 0,
        asked_pain=asked_pain,
    )


def has_pain_answer(questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether some question that asks whether something hurts has a known answer."""
    return any(
        (answer := answers.get(key)) is not None and answer.is_known and key in questionnaire.by_key
        for key, meaning in MEANINGS.items()
        if meaning.asks_pain
    )


def _headline(
    questionnaire: Questionnaire,
    facts: Facts,
    judgement: Judgement,
    outlook: Outlook,
    ranked: tuple[str, ...],
    gates: tuple[Gate, ...],
    part: str,
    *,
    asked_pain: bool,
) -> str:
    """The recommendation; only as sure as the pains that were told and the gates that are known."""
    if not asked_pain and len(outlook.verdicts) > 1:
        return _(wording.HEADLINE_UNDECIDED).format(
            questions=all_of([f"“{questionnaire.by_key[key].wording}”" for key in ranked[:2]]),
            verdicts=all_of([wording.UNDECIDED_INSIDE[verdict] for verdict in outlook.verdicts]),
        )
    form = judgement.form
    final = wording.HEADLINES[form]
    if form in wording.HEADLINES_SO_FAR and len(outlook.verdicts) > 1:
        final = wording.HEADLINES_SO_FAR[form]
    elif form == "healthy" and SLOW.of(facts):
        final = _(wording.HEADLINE_SLOW)
    elif any(gate.state == "open" for gate in gates):
        final = wording.HEADLINES_GATES_OPEN.get(form, final)
    return final.replace("{part}", part or _("that one part"))


def _firmness(verdict: Verdict, outlook: Outlook, basis: Mapping[str, int], *, asked_pain: bool) -> str:
    """How settled the verdict is, in a sentence."""
    others = [wording.VERDICTS_INSIDE[other] for other in outlook.verdicts if other != verdict]
    if others:
        told = wording.CONDITIONAL if asked_pain else wording.UNDECIDED
        return _(told).format(verdicts=all_of(others))
    known = sum(basis.values())
    return _(wording.FIRM_IF_GUESSES_HOLD if known and basis["guess"] == known else wording.FIRM)


def _count_basis(answers: Answers, deciding: tuple[str, ...]) -> dict[str, int]:
    """On how many measured, estimated and guessed answers, and on how many of which nothing is said, the rule rests."""
    found = Counter(answers[key].basis or "not_said" for key in deciding)
    return {name: found[name] for name in ("measured", "estimated", "guess", "not_said")}


def _path(judgement: Judgement, outlook: Outlook) -> tuple[PathStep, ...]:
    """The rules up to the one that fired, each with what it gives and whether completing the answers may reach it."""
    possible = {found.rule for found in outlook.judgements}
    steps = []
    for rule in RULES.values():
        fired = rule.slug == judgement.rule
        steps.append(
            PathStep(
                rule=rule.slug,
                verdict=rule.verdict,
                state="fired" if fired else "possible" if rule.slug in possible else "ruled_out",
            )
        )
        if fired:
            break
    return tuple(steps)


def _checklist(facts: Facts, answers: Answers) -> tuple[ChecklistItem, ...]:
    return tuple(
        ChecklistItem(key=key, state=_STATES[state], sentence=wording.CHECKLIST[key])
        for key, state in checklist(lambda test: test.of(facts))
        if not ((answer := answers.get(key)) and answer.not_applicable)
    )


def _gates(facts: Facts, judgement: Judgement) -> tuple[Gate, ...]:
    """The gates of what is wanted: for one part somebody who runs the platform is a step and no gate."""
    known = lambda test: test.of(facts)  # noqa: E731  # a test's answer, as the rules ask for it
    of_part = judgement.form == "hot_part" or (judgement.rule == "gate-closed" and not waits(known))
    return tuple(
        Gate(
            gate=gate,
            state=(state := _TERNARY[test.of(facts)]),
            keys=(wording.GATE_KEYS[gate],),
            sentence=wording.GATES[gate][state],
            source=wording.GATE_SOURCES[gate],
        )
        for gate, test in (PART_GATES if of_part else GATES).items()
    )


__all__ = ["MODEL_VERSION", "Test", "decide", "has_pain_answer", "is_asked", "verdicts_of"]
