"""How long judging 100,000 random sets of answers takes, and counting the whole grid. Run: python -m benchmarks.sweep

The floor is drawing the answers alone. The target is 60 seconds on two cores; one core is used.
"""

import random
import time

from assess.decision.representatives import representative_values
from assess.decision.sweep import cells, count_outcomes, sample_outcomes, sample_population, totals
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire

SETS = 100_000
SYSTEMS = 500


def main() -> None:
    questionnaire = builtin_questionnaire()
    draw = random.Random(1).randrange
    values = {q.key: tuple(Answer(value=value) for value in representative_values(q)) for q in questionnaire.questions}
    start = time.perf_counter()
    for _ in range(SETS):
        {key: those[draw(len(those))] for key, those in values.items()}
    floor = time.perf_counter() - start

    start = time.perf_counter()
    counts = sample_outcomes(questionnaire, draw=random.Random(1).randrange, size=SETS)
    sampled = time.perf_counter() - start

    start = time.perf_counter()
    outcomes = count_outcomes()
    counted = time.perf_counter() - start

    start = time.perf_counter()
    sample_population(questionnaire, random.Random(1), SYSTEMS)
    asked = time.perf_counter() - start

    print(f"floor: drawing {SETS:,} sets of {len(values)} answers   {floor:6.2f} s")
    print(
        f"judging them                                {sampled:6.2f} s   ({sampled / floor:.1f} x floor, target 60 s)"
    )
    print(f"counting all {cells():.1e} cells               {counted:6.2f} s")
    print(f"the quick check of {SYSTEMS} realistic systems  {asked:6.2f} s")
    print(f"of the sample {totals(counts, 'verdict')}, of the grid {totals(outcomes, 'verdict')}")


if __name__ == "__main__":
    main()
