"""Puts a decision of model 2 together: facts, judgement, scores, gates, reasons, steps and what is still open."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from assess.decision import wording
from assess.decision.asking import has_pain_answer, rank_questions
from assess.decision.diagram import Outlook, look_ahead
from assess.decision.facts import Facts, Predicate, read_facts
from assess.decision.reasons import build_reasons, deciding_keys
from assess.decision.result import (
    ChecklistItem,
    Form,
    Gate,
    GateState,
    PathStep,
    Result,
    Step,
    Verdict,
)
from assess.decision.rules import (
    COSTS,
    DOMINATES,
    GATES,
    HURTS,
    ONE_PART,
    PART_GATES,
    RULES,
    SERVICES,
    SLOW,
    Judgement,
    Known,
    blocks_of_organisation,
    blocks_of_part,
    checklist,
    judge,
    needs_of_part,
    teams_wait,
)
from assess.decision.signals import score_axes
from assess.decision.steps import build_steps
from assess.language import _, all_of, any_of
from assess.questionnaire.facade import Answers, Questionnaire, open_questions, worded_for

#: Raised whenever the same answers could give another result. Old deciders stay registered in `assess.decision`.
MODEL_VERSION = 2

GATE_STATES: dict[bool | None, GateState] = {True: "passed", False: "failed", None: "open"}
CHECKLIST_STATES: dict[bool | None, Literal["yes", "no", "unknown"]] = {True: "yes", False: "no", None: "unknown"}


def decide(questionnaire: Questionnaire, answers: Answers) -> Result:
    """The verdict of model 2 on these answers with everything that argues it. Pure: the same input, the same result.

    `answers` are by question key and must have been checked by `read_answers`; unknown keys are ignored, an absent key
    is an answer that is not known.
    """
    questionnaire = worded_for(questionnaire, answers)
    facts = read_facts(questionnaire, answers)
    judgement, outlook = judge(facts), look_ahead(facts)
    scores = score_axes(questionnaire, answers)
    rule = RULES[judgement.rule]
    unanswered = open_questions(questionnaire, answers)
    ranked = rank_questions(questionnaire, answers, facts, outlook)
    deciding = deciding_keys(answers, judgement, lambda predicate: predicate.evaluate(facts))
    gates = build_gates(facts, judgement)
    asked_pain = judgement.rule != "no-acute-pain" or has_pain_answer(questionnaire, answers)
    part = wording.name_of_part(answers)
    closed = tuple(gate.keys[0] for gate in gates if gate.state == "failed")
    basis = count_basis(answers, deciding)
    reasons = build_reasons(questionnaire, answers, facts, judgement, scores, gates, deciding)
    steps = build_steps(questionnaire, answers, judgement.form, closed, name_candidate(facts, judgement, part))
    if not asked_pain and len(outlook.verdicts) > 1:
        # Nothing is decided: there is nothing to do about it yet, and no case for staying to be made.
        reasons, steps = tuple(reason for reason in reasons if reason.keys), ()
    return Result(
        questionnaire=questionnaire.slug,
        questionnaire_version=questionnaire.version,
        model_version=MODEL_VERSION,
        verdict=judgement.verdict,
        form=judgement.form,
        rule=judgement.rule,
        rule_sentence=rule.about(part),
        rule_source=rule.source,
        headline=build_headline(questionnaire, facts, judgement, outlook, ranked, gates, part, asked_pain=asked_pain),
        firm=len(outlook.verdicts) == 1,
        possible_verdicts=outlook.verdicts,
        ask_next=ranked[0] if ranked else None,
        scores=scores,
        checklist=build_checklist(facts, answers),
        gates=gates,
        reasons=reasons,
        steps=steps,
        open_keys=tuple(question.key for question in unanswered),
        decisive_open_keys=ranked,
        path=build_path(judgement, outlook),
        deciding_keys=deciding,
        basis_counts=basis,
        part=part,
        firmness=describe_firmness(judgement.verdict, outlook, basis, asked_pain=asked_pain),
        fewest_to_settle=outlook.fewest if len(outlook.verdicts) > 1 else 0,
        asked_pain=asked_pain,
    )


def find_standing_steps(
    questionnaire: Questionnaire, answers: Answers, result: Result, overruled_to: str
) -> tuple[Step, ...]:
    """The next steps of the decision that stands: those of the result or, where an architect decided for another
    verdict, those of that verdict in the form that fits the answers. `overruled_to` is "" where nobody did.

    Whichever model judged: these steps are advice on a person's decision, and no part of the stored result.
    """
    if overruled_to in ("", result.verdict):
        return result.steps
    facts = read_facts(questionnaire, answers)
    form = find_standing_form(questionnaire, answers, result, overruled_to)
    gates = PART_GATES if form == "hot_part" else GATES
    closed = tuple(wording.GATE_KEYS[gate] for gate, predicate in gates.items() if predicate.evaluate(facts) is False)
    return build_steps(questionnaire, answers, form, closed, wording.name_of_part(answers))


def find_standing_form(questionnaire: Questionnaire, answers: Answers, result: Result, overruled_to: str) -> Form:
    """The form of the decision that stands: the result's or, where an architect decided for another verdict, that
    verdict's in the form that fits the answers."""
    if overruled_to in ("", result.verdict):
        return result.form
    facts = read_facts(questionnaire, answers)
    return find_form(overruled_to, lambda predicate: predicate.evaluate(facts))


def find_form(verdict: str, known: Known) -> Form:
    """The form in which a verdict fits what is known, whatever the rules decide."""
    if verdict == "stay":
        return "offload" if known(HURTS) is True or known(COSTS) is True else "healthy"
    if verdict == "modular":
        if known(SERVICES) is True:
            return "consolidate"
        return "first_step" if teams_wait(known) or needs_of_part(known) else "cure"
    if known(SERVICES) is True:
        return "keep"
    return "organisation" if teams_wait(known) and known(ONE_PART) is not True else "hot_part"


def build_headline(
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
    """The recommendation in a sentence: only as sure as the pains and the gates that are known."""
    if not asked_pain and len(outlook.verdicts) > 1:
        return _(wording.HEADLINE_UNDECIDED).format(
            questions=all_of([f"“{questionnaire.by_key[key].wording}”" for key in ranked[:2]]),
            verdicts=any_of([wording.UNDECIDED_INSIDE[verdict] for verdict in outlook.verdicts]),
        )
    form = judgement.form
    final = wording.HEADLINES[form]
    gates_open = any(gate.state == "open" for gate in gates)
    candidate = name_candidate(facts, judgement, part)
    if form in wording.HEADLINES_SO_FAR and len(outlook.verdicts) > 1:
        final = wording.HEADLINES_SO_FAR[form]
    elif judgement.rule == "gate-closed":
        lacks = [wording.GATE_LACKS[gate.gate] for gate in gates if gate.state == "failed"]
        final = _(wording.HEADLINE_GATES_CLOSED).format(gates=all_of(lacks))
    elif form == "first_step":
        final = final.replace("{blocks}", all_of([wording.HOLDS_BACK[key] for key in find_blocks(facts)]))
    elif judgement.rule == "services-unproven" and len(outlook.verdicts) > 1:
        final = _(wording.HEADLINE_UNPROVEN)
    elif form == "offload" and HURTS.evaluate(facts) is not True:
        final = _(wording.HEADLINE_BILL)
    elif form == "healthy" and SLOW.evaluate(facts):
        final = _(wording.HEADLINE_SLOW)
    elif form == "organisation" and candidate:
        final = _(wording.HEADLINE_FIRST_PART_GATES_OPEN if gates_open else wording.HEADLINE_FIRST_PART)
    elif gates_open:
        final = wording.HEADLINES_GATES_OPEN.get(form, final)
    return final.replace("{part}", candidate or _("that one part"))


def find_blocks(facts: Facts) -> tuple[str, ...]:
    """What is known to hold back the split that is needed, as keys of questions or `checklist`, each once."""

    def known(predicate: Predicate) -> bool | None:
        return predicate.evaluate(facts)

    of_all = blocks_of_organisation(known) if teams_wait(known) else ()
    return tuple(dict.fromkeys((*of_all, *blocks_of_part(known))))


def name_candidate(facts: Facts, judgement: Judgement, part: str) -> str:
    """What to call the part that goes first: its name, and of a whole organisation else its hot part; "" for none."""
    hot = judgement.form == "organisation" and DOMINATES.evaluate(facts) is True
    return part or (_("the most demanding part") if hot else "")


def describe_firmness(verdict: Verdict, outlook: Outlook, basis: Mapping[str, int], *, asked_pain: bool) -> str:
    """How settled the verdict is, in a sentence."""
    others = [wording.VERDICTS_INSIDE[other] for other in outlook.verdicts if other != verdict]
    if others:
        told = wording.CONDITIONAL if asked_pain else wording.UNDECIDED
        return _(told).format(verdicts=any_of(others))
    known = sum(basis.values())
    return _(wording.FIRM_IF_GUESSES_HOLD if known and basis["guess"] == known else wording.FIRM)


def count_basis(answers: Answers, deciding: tuple[str, ...]) -> dict[str, int]:
    """The number of deciding answers by basis: measured, estimated, guess, and `not_said`."""
    found = Counter(answers[key].basis or "not_said" for key in deciding)
    return {name: found[name] for name in ("measured", "estimated", "guess", "not_said")}


def build_path(judgement: Judgement, outlook: Outlook) -> tuple[PathStep, ...]:
    """The rules up to the one that fired, each with its verdict and whether completing the answers may reach it."""
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


def build_checklist(facts: Facts, answers: Answers) -> tuple[ChecklistItem, ...]:
    """S3's seven questions with their answers, without those that do not apply."""
    return tuple(
        ChecklistItem(key=key, state=CHECKLIST_STATES[state], sentence=wording.CHECKLIST[key])
        for key, state in checklist(lambda predicate: predicate.evaluate(facts))
        if not ((answer := answers.get(key)) and answer.not_applicable)
    )


def build_gates(facts: Facts, judgement: Judgement) -> tuple[Gate, ...]:
    """The gates with their states. For one part, somebody who runs the platform is a step and no gate."""
    of_part = judgement.form == "hot_part" or (
        judgement.rule == "gate-closed" and not teams_wait(lambda predicate: predicate.evaluate(facts))
    )
    return tuple(
        Gate(
            gate=gate,
            state=(state := GATE_STATES[predicate.evaluate(facts)]),
            keys=(wording.GATE_KEYS[gate],),
            sentence=wording.GATES[gate][state],
            source=wording.GATE_SOURCES[gate],
        )
        for gate, predicate in (PART_GATES if of_part else GATES).items()
    )
