"""Answer sets for the properties: every question of the shipped questionnaire, known or not."""

from itertools import pairwise

from hypothesis import strategies as st

from assess.questionnaire.schema import Answer, Question, Questionnaire, Value
from assess.questionnaire_files import builtin_questionnaire

QUESTIONNAIRE = builtin_questionnaire()

#: Numbers on both sides of every threshold that the sources or our judgement draw.
MARKS = {
    "services": (0, 1, 4, 5, 8, 9, 16, 17, 19, 20, 21, 40, 41, 100_000),
    "developers": (0, 1, 2, 8, 9, 10, 12, 24, 35, 80, 100_000),
    "teams": (0, 1, 2, 3, 5, 100_000),
    "deploy_minutes": (0, 10, 30, 31, 45, 10_080),
    "deploys_per_week": (0, 1, 2.5, 40),
    "hot_share": (0, 20, 29, 30, 39, 40, 90, 100),
    "models": (0, 25, 50, 120),
}


def values_of(question: Question) -> tuple[Value, ...]:
    """All options of a choice; none, one or two of a several; numbers on both sides of every threshold."""
    if question.kind == "number":
        return MARKS[question.key]
    if question.kind == "text":
        return ("Śéàŕćĥ",)  # a name in no language of ours
    singles = tuple(option.value for option in question.options)
    if question.kind == "choice":
        return singles
    return ((), *((single,) for single in singles), *pairwise(singles))


def answer_sets(
    *, complete: bool = False, questionnaire: Questionnaire = QUESTIONNAIRE, **fixed: Value
) -> st.SearchStrategy[dict[str, Answer]]:
    """Answers to all questions, or each known or not; `fixed` pins some values."""
    by_key = {
        question.key: st.sampled_from(values_of(question)).map(lambda value: Answer(value=value))
        for question in questionnaire.questions
        if question.key not in fixed
    }
    pinned = {key: st.just(Answer(value=value)) for key, value in fixed.items()}
    if complete:
        return st.fixed_dictionaries({**by_key, **pinned})
    return st.fixed_dictionaries(pinned, optional=by_key)


def answers(**values: Value) -> dict[str, Answer]:
    """Known answers by key."""
    return {key: Answer(value=value) for key, value in values.items()}
