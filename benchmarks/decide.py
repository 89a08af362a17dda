"""How long a decision and its flips take, on full and on partial answers. Run: python -m benchmarks.decide

The floor is reading the facts and trying the rules, without scores, reasons and steps. The targets are 1 ms for the
decision on a full assessment, 2 ms on a partial one, and 50 ms for all flips of one and two answers.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from assess.decision import decide
from assess.decision.facts import read_facts
from assess.decision.flips import find_flips
from assess.decision.rules import judge
from assess.questionnaire.answers import read_answers
from assess.questionnaire.schema import Answer, Answers, Questionnaire
from assess.questionnaire_files import builtin_questionnaire

DEMO = Path(__file__).resolve().parent.parent / "fixtures" / "demo"
ROUNDS = 300


def full(questionnaire: Questionnaire) -> Answers:
    """The middle option of every question, the lower half of two, and a number in the middle of what is usual."""
    answers = {}
    for question in questionnaire.questions:
        if question.kind == "text":
            answers[question.key] = Answer(value="Search")
        elif question.kind == "number":
            answers[question.key] = Answer(value=35)
        else:
            option = question.options[len(question.options) // 2].value
            answers[question.key] = Answer(value=option if question.kind == "choice" else (option,))
    return answers


def median_ms(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def floor(questionnaire: Questionnaire, answers: Answers) -> object:
    return judge(read_facts(questionnaire, answers))


def main() -> None:
    questionnaire = builtin_questionnaire()
    complete = full(questionnaire)
    cases: dict[str, Answers] = {"all questions": complete}
    cases["half of them"] = dict(list(complete.items())[::2])
    cases["the quick check"] = {q.key: complete[q.key] for q in questionnaire.quick_questions}
    cases["nothing"] = {}
    for path in sorted(DEMO.glob("*.json")):
        cases[path.stem] = read_answers(json.loads(path.read_text("utf-8")), questionnaire)
    print(f"{'answers':32} {'floor':>9} {'decide':>9} {'flips':>9}   targets 1 ms full, 2 ms partial, 50 ms")
    for name, answers in cases.items():
        least = median_ms(lambda given=answers: floor(questionnaire, given))
        whole = median_ms(lambda given=answers: decide(questionnaire, given))
        pairs = median_ms(lambda given=answers: find_flips(questionnaire, given), rounds=20)
        print(f"{name:32} {least:6.3f} ms {whole:6.3f} ms {pairs:6.1f} ms   decide is {whole / least:4.1f} x floor")


if __name__ == "__main__":
    main()
