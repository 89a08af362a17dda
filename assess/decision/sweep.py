"""Which outcomes model 2 can lead to, and how often: over all combinations of facts, over random answers, and over a
realistic population.

Decides nothing about any system; it serves the published figures of the model (docs/model.md). Pure: draws come from
the caller.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

from assess.decision.diagram import Leaf, diagram
from assess.decision.facts import UNKNOWN, Facts, read_facts
from assess.decision.population import Draw, QuickCheckRun, ask_until_firm, draw_systems
from assess.decision.representatives import representative_values
from assess.decision.rules import Judgement, judge
from assess.questionnaire.facade import Answer, Questionnaire


def cells(facts: Facts = UNKNOWN) -> int:
    """How many combinations of values these facts leave."""
    return prod(mask.bit_count() for mask in facts)


def count_outcomes(facts: Facts = UNKNOWN) -> dict[Judgement, int]:
    """How many combinations lead to each judgement, the most frequent first. Exact, by one walk over the diagram."""
    graph = diagram()
    shares: list[dict[int, Fraction]] = []
    for node in graph.nodes:  # children come before parents
        if isinstance(node, Leaf):
            shares.append({node.position: Fraction(1)})
            continue
        left = facts[node.position]
        held, failed = (left & node.held).bit_count(), (left & node.failed).bit_count()
        here: Counter[int] = Counter()
        for count, child in ((held, node.when_held), (failed, node.when_failed)):
            if count:
                for position, share in shares[child].items():
                    here[position] += share * Fraction(count, held + failed)  # type: ignore[assignment]  # shares, not counts
        shares.append(dict(here))  # type: ignore[arg-type]  # as above
    whole = cells(facts)
    counts = {graph.judgements[position]: int(share * whole) for position, share in shares[-1].items()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].rule, item[0].form)))


def sample_outcomes(questionnaire: Questionnaire, *, draw: Callable[[int], int], size: int) -> dict[Judgement, int]:
    """As `count_outcomes`, over `size` random sets of answers to every question, the most frequent first.

    Each question's telling values are equally likely. `draw(n)` gives a whole number from 0 to n - 1, such as
    `random.Random(1).randrange`.
    """
    choices = [
        (question.key, tuple(Answer(value=value) for value in representative_values(question)))
        for question in questionnaire.questions
        if question.kind != "text"
    ]
    counts: Counter[Judgement] = Counter()
    for _number in range(size):
        answers = {key: values[draw(len(values))] for key, values in choices}
        counts[judge(read_facts(questionnaire, answers))] += 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].rule, item[0].form)))


def totals(counts: Mapping[Judgement, int], field: str) -> dict[str, int]:
    """Counts by one field of the judgement: `verdict`, `form` or `rule`; the most frequent first."""
    found: Counter[str] = Counter()
    for judgement, count in counts.items():
        found[str(getattr(judgement, field))] += count
    return dict(found.most_common())


def sample_population(questionnaire: Questionnaire, draw: Draw, size: int) -> tuple[QuickCheckRun, ...]:
    """What the quick check makes of so many realistic systems."""
    systems = draw_systems(questionnaire, draw, size)
    return tuple(ask_until_firm(questionnaire, complete) for complete in systems)
