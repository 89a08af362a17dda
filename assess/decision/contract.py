"""A result as the JSON that outside checks, files and reports use. The shape is a contract: fields are only added."""

from collections.abc import Iterable, Sequence
from typing import Any

from assess.decision.argue import Argument
from assess.decision.flips import Flip
from assess.decision.result import Result, Step
from assess.questionnaire.facade import PAIN_AXES, READINESS_AXES, Value


def to_json(
    result: Result,
    argument: Argument | None = None,
    disagreements: Sequence[dict[str, Any]] | None = None,
    preparations: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The result as plain JSON values, with what argues with it where that is given.

    `disagreements` are the questions that several people answered differently; None where they answered together.
    `preparations` is what `advice.preparations_to_json` gives; None where nobody asks for them.
    """
    more = {"disagreements": disagreements, "preparations": preparations}
    return {
        **result_to_json(result),
        **(argument_to_json(argument) if argument else {}),
        **{name: list(items) for name, items in more.items() if items is not None},
    }


def argument_to_json(argument: Argument) -> dict[str, Any]:
    """The keys of the contract that argue with the verdict."""
    return {
        "flips": [flip_to_json(flip) for flip in argument.flips],
        "form_flips": [flip_to_json(flip) for flip in argument.form_flips],
        "pairs_tried": argument.pairs_tried,
        "robustness": {
            "holds": argument.robustness.holds,
            "of": argument.robustness.of,
            "breaks_on": [flip_to_json(flip) for flip in argument.robustness.breaks_on],
        },
        "contradictions": [
            {"code": found.code, "keys": list(found.keys), "sentence": found.sentence}
            for found in argument.contradictions
        ],
        "playbooks": [
            {
                "source": playbook.source,
                "place": playbook.place,
                "verdict": playbook.verdict,
                "because": playbook.because,
                "missing": list(playbook.missing),
            }
            for playbook in argument.playbooks
        ],
        "playbooks_part": argument.playbooks_part,
        "similar_cases": [likeness.case.id for likeness in argument.similar],
        "revisit_when": list(argument.revisit_when),
        "ask_again_months": argument.ask_again_months,
    }


def flip_to_json(flip: Flip) -> dict[str, Any]:
    """One flip with its changes."""
    return {
        "changes": [
            {
                "key": change.key,
                "from": value_to_json(change.before),
                "to": value_to_json(change.after),
                "kind": change.kind,
            }
            for change in flip.changes
        ],
        "verdict": flip.verdict,
        "form": flip.form,
    }


def value_to_json(value: Value | None) -> object:
    """The value as JSON has it: ticks as a list."""
    return list(value) if isinstance(value, tuple) else value


def steps_to_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps in their order."""
    return [
        {
            "code": step.code,
            "title": step.title,
            "why": step.why,
            "done": step.done,
            "days": step.days,
            "keys": list(step.keys),
            "source": step.source,
        }
        for step in steps
    ]


def result_to_json(result: Result) -> dict[str, Any]:
    """The keys of the contract that a result has by itself."""
    points = {axis: score.points for axis, score in result.scores.items()}
    return {
        "verdict": result.verdict,
        "form": result.form,
        "rule": result.rule,
        "rule_sentence": result.rule_sentence,
        "headline": result.headline,
        "state": result.state,
        "firm": result.firm,
        "firmness": result.firmness,
        "fewest_to_settle": result.fewest_to_settle,
        "possible_verdicts": list(result.possible_verdicts),
        "ask_next": result.ask_next,
        "pain": {axis: points[axis] for axis in PAIN_AXES},
        "separability": points["separability"],
        "readiness": {axis: points[axis] for axis in READINESS_AXES},
        "own_axes": {score.axis: score.points for score in result.own_scores},
        "ranges": {axis: [score.low, score.high] for axis, score in result.scores.items()},
        "contributions": {
            axis: [
                {"key": part.key, "value": part.value, "level": part.level, "points": part.points}
                for part in score.contributions
            ]
            for axis, score in result.scores.items()
        },
        "checklist": {
            **result.checklist_counts,
            "items": [{"key": item.key, "state": item.state} for item in result.checklist],
        },
        "gates": [{"gate": gate.gate, "state": gate.state, "keys": list(gate.keys)} for gate in result.gates],
        "reasons": [
            {
                "code": reason.code,
                "kind": reason.kind,
                "sentence": reason.sentence,
                "source": reason.source,
                "weighs": reason.weighs,
                "keys": list(reason.keys),
                "points": reason.points,
            }
            for reason in result.reasons
        ],
        "next_steps": steps_to_json(result.steps),
        "path": [{"rule": step.rule, "verdict": step.verdict, "state": step.state} for step in result.path],
        "deciding": {"keys": list(result.deciding_keys), **result.basis_counts},
        "part": result.part,
        "open": list(result.open_keys),
        "decisive_open": list(result.decisive_open_keys),
        "questionnaire": result.questionnaire,
        "questionnaire_version": result.questionnaire_version,
        "model_version": result.model_version,
    }
