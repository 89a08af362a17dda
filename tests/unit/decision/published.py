"""Cases as a file has them, for the tests that read or compare cases."""

from typing import Any


def case(**changes: Any) -> dict[str, Any]:
    """A small case as its file has it. Each answer has evidence; `changes` replace fields."""
    given = {"scope": "whole_system", "teams": 3, "deploy_waiting": "often", "current_shape": "monolith"}
    answers = changes.get("answers", given)
    keys = answers if isinstance(answers, dict) else given
    return {
        "id": "harbour-2020",
        "system": "Harbour",
        "year": 2020,
        "stack": "Python/Django",
        "scope": "whole_system",
        "answers": answers,
        "decision_taken": "extract",
        "decision_was_right": True,
        "verdict_in_hindsight": "extract",
        "also_acceptable": ["modular"],
        "confidence": "low",
        "scorable": True,
        "outcome": "It went well.",
        "lesson": "It can go well.",
        "evidence": {key: {"status": "known", "says": "It is told."} for key in keys if key != "team"},
        "sources": ["https://example.org/harbour", "author's retrospective (no public address known)"],
        **changes,
    }


def document(*cases: object) -> dict[str, Any]:
    return {"questionnaire": "split-checklist", "version": 2, "cases": list(cases)}
