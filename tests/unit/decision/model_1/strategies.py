"""Answer sets for model 1: every question of version 1 of the shipped questionnaire, known or not."""

from hypothesis import strategies as st

from assess.questionnaire.schema import Answer, Value
from assess.questionnaire_files import builtin_questionnaire
from tests.unit.decision import strategies
from tests.unit.decision.strategies import answers, values_of

QUESTIONNAIRE = builtin_questionnaire(1)


def answer_sets(*, complete: bool = False, **fixed: Value) -> st.SearchStrategy[dict[str, Answer]]:
    """Answers to all questions, or each known or not; `fixed` pins some values."""
    return strategies.answer_sets(complete=complete, questionnaire=QUESTIONNAIRE, **fixed)


__all__ = ["QUESTIONNAIRE", "answer_sets", "answers", "values_of"]
