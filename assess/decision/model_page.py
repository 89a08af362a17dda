"""The generated parts of docs/model.md, as Markdown by name: what the shipped model reads, how it judges, how often.

Decides nothing and computes nothing but tables; figures come in from `sweep` and from the published cases. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assess.decision.cases import Case
from assess.decision.decide import MODEL_VERSION
from assess.decision.facts import RULE_KEYS, read_facts
from assess.decision.lint import READ_ELSEWHERE
from assess.decision.result import VERDICTS
from assess.decision.rules import RULES, Judgement, judge, possible_verdicts
from assess.decision.signals import ACUTE
from assess.decision.sweep import Grid, count_outcomes, totals
from assess.decision.wording import AXIS_WORDS, CHECKLIST, FORM_WORDS, GATE_KEYS, GATE_SOURCES, GATE_WORDS, GATES
from assess.questionnaire.schema import AXES, PAIN_AXES, Question, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A part of the grid worth looking at by itself. `allowed` are the values that facts may have in it."""

    title: str
    allowed: Mapping[str, frozenset[object]]


_YES, _NO = frozenset({True}), frozenset({False})
_GATES_OPEN = {"named": _YES, "traced": _YES, "logged": _YES, "automated": _YES, "platform": _YES}
_MONOLITH: Mapping[str, frozenset[object]] = {"shape": frozenset({"monolith"})}
_CALM = {"boundary": _NO, "waiting": _NO, "hurts": _NO, "lock_in": _NO}
_WELL_PLACED = {
    "searching": _NO,
    "developers": frozenset({10, 100_000}),
    "teams": frozenset({3, 100_000}),
    "half_year": _YES,
    "dedicated": _YES,
    "hiring": _YES,
    "shared_writes": _NO,
}

SLICES: tuple[Slice, ...] = (
    Slice(title="All combinations", allowed={}),
    Slice(title="Mostly services run", allowed={"shape": frozenset({"services"})}),
    Slice(title="A monolith with some services", allowed={"shape": frozenset({"mixed"})}),
    Slice(title="A monolith, modular or not", allowed=_MONOLITH),
    Slice(title="A monolith where no pain is acute", allowed={**_MONOLITH, **_CALM}),
    Slice(title="A monolith where every gate is open", allowed={**_MONOLITH, **_GATES_OPEN}),
    Slice(
        title="The same, and stage, size, teams, business and hiring are favourable",
        allowed={**_MONOLITH, **_GATES_OPEN, **_WELL_PLACED},
    ),
    Slice(
        title="The same, and teams wait for each other's releases",
        allowed={**_MONOLITH, **_GATES_OPEN, **_WELL_PLACED, "waiting": _YES},
    ),
)


def build_blocks(
    questionnaire: Questionnaire,
    *,
    grid: Grid,
    sample: Mapping[Judgement, int],
    seed: int,
    remarks: Mapping[str, str],
    cases: Sequence[Case],
) -> dict[str, str]:
    """The blocks of the page by name.

    `sample` are outcomes of random answer sets drawn with `seed`; `remarks` say, by key, what the questionnaire's file
    notes beside a reading about where its figures come from.
    """
    return {
        "version": f"Model {MODEL_VERSION}, questionnaire `{questionnaire.slug}` version {questionnaire.version}.",
        "signals": _signals(questionnaire, remarks),
        "facts": _facts(questionnaire),
        "rules": _rules(),
        "gates": _gates(),
        "checklist": _checklist(),
        "sweep": _sweep(grid, sample, seed),
        "cases": _cases(questionnaire, cases),
    }


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """The page with each block between its markers replaced. Raises ValueError for a block without markers.

    >>> fill("<!-- begin a -->old<!-- end a -->", {"a": "new"})
    '<!-- begin a -->\\n\\nnew\\n\\n<!-- end a -->'
    """
    for name, text in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"the page has no markers for {name}")
        page = f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
    return page


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" | ".join(head), "|".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"|{line}|" if line.startswith("---") else f"| {line} |" for line in lines)


def _signals(questionnaire: Questionnaire, remarks: Mapping[str, str]) -> str:
    parts = []
    for axis in AXES:
        pain = axis in PAIN_AXES
        rows = []
        for question in questionnaire.questions:
            reading = question.reads
            if reading is None or reading.axis != axis:
                continue
            share = f"`{reading.signal}`" if pain else str(reading.weight)
            remark = remarks.get(question.key, f"The levels{'' if pain else ' and the weight'} are our judgement.")
            rows.append((f"`{question.key}`", _levels(question), share, ", ".join(question.sources), remark))
        note = f" Acute from {ACUTE}." if pain else ""
        head = ("question", "levels, 0 to 100", "signal" if pain else "weight", "told in", "where the figures are from")
        parts.append(f"**{AXIS_WORDS[axis]}** (`{axis}`).{note}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def _levels(question: Question) -> str:
    reading = question.reads
    assert reading is not None
    if reading.levels:
        return ", ".join(f"{slug} {level}" for slug, level in reading.levels.items())
    return f"0 up to {reading.comfortable:g} {question.unit}, {reading.top} from {reading.acute:g}, in between a line"


def _facts(questionnaire: Questionnaire) -> str:
    context = [question for question in questionnaire.questions if question.reads is None]
    rows = [
        (
            f"`{question.key}`",
            "rules" if question.key in RULE_KEYS else READ_ELSEWHERE.get(question.key, ""),
            ", ".join(question.sources),
        )
        for question in context
    ]
    return _table(("question without points", "read by", "told in"), rows)


def _rules() -> str:
    return "\n".join(
        f"{n}. **`{rule.slug}`** ({rule.source}). {rule.sentence}{f' *Ours:* {rule.ours}' if rule.ours else ''}"
        for n, rule in enumerate(RULES.values(), 1)
    )


def _gates() -> str:
    rows = [(GATE_WORDS[gate], f"`{GATE_KEYS[gate]}`", GATES[gate]["failed"], GATE_SOURCES[gate]) for gate in GATE_KEYS]
    return _table(("gate", "question", "when it is known to be closed", "told in"), rows)


def _checklist() -> str:
    return "\n".join(f"{n}. {sentence} (`{key}`)." for n, (key, sentence) in enumerate(CHECKLIST.items(), 1))


def _share(count: int, whole: int) -> str:
    """A share as people read it: in per cent, or as one in so many where that would round to nothing.

    >>> _share(1, 8), _share(1, 3000), _share(0, 8)
    ('12.5 %', '1 in 3,000', 'never')
    """
    if not count:
        return "never"
    if count * 1000 >= whole:
        return f"{100 * count / whole:.1f} %"
    return f"1 in {round(whole / count):,}"


def _sweep(grid: Grid, sample: Mapping[Judgement, int], seed: int) -> str:
    counts = count_outcomes(grid)
    size = sum(sample.values())
    parts = [
        f"The grid has {grid.cells:,} combinations of facts; the sample has {size:,} random sets of answers to all "
        f"questions (seed {seed}, every telling answer of a question equally likely)."
    ]
    named = {
        "verdict": {str(verdict): f"`{verdict}`" for verdict in VERDICTS},
        "form": {str(form): f"`{form}` {words}" for form, words in FORM_WORDS.items()},
        "rule": {rule: f"`{rule}`" for rule in RULES},
    }
    for field, words in named.items():
        in_grid, in_sample = totals(counts, field), totals(sample, field)
        rows = [
            (
                text,
                f"{in_grid.get(slug, 0):,}",
                _share(in_grid.get(slug, 0), grid.cells),
                _share(in_sample.get(slug, 0), size),
            )
            for slug, text in words.items()
        ]
        parts.append(_table((field, "combinations", "of the grid", "of the sample"), rows))
    slices = []
    for part in SLICES:
        cut = grid.restricted(**part.allowed)
        by_verdict = totals(count_outcomes(cut), "verdict")
        shares = (_share(by_verdict.get(verdict, 0), cut.cells) for verdict in VERDICTS)
        slices.append((part.title, f"{cut.cells:,}", *shares))
    parts.append(_table(("part of the grid", "combinations", *(f"`{verdict}`" for verdict in VERDICTS)), slices))
    return "\n\n".join(parts)


def _cases(questionnaire: Questionnaire, cases: Sequence[Case]) -> str:
    scorable = [case for case in cases if case.scorable]
    rows, missed = [], []
    for case in scorable:
        facts = read_facts(questionnaire, case.answers)
        said = judge(facts)
        firm = "" if len(possible_verdicts(facts)) == 1 else ", conditional"
        rows.append(
            (
                case.system,
                str(case.year),
                _accepted(case),
                f"`{said.verdict}`{firm}",
                f"`{said.rule}`",
                _hit(case, said),
            )
        )
        if not case.accepts(said.verdict):
            missed.append(f"- Missed: {case.system}, {case.year}. {case.outcome} {case.lesson}")
    head = ("system", "year", "right in hindsight", "the model says", "by the rule", "")
    hits = len(scorable) - len(missed)
    summary = (
        f"Of {len(cases)} published cases {len(scorable)} tell enough to be scored. The model hits {hits} of them and "
        f"misses {len(missed)}."
    )
    return "\n\n".join((summary, _table(head, rows), *(("\n".join(missed),) if missed else ())))


def _accepted(case: Case) -> str:
    also = f", or {', '.join(f'`{verdict}`' for verdict in case.also_acceptable)}" if case.also_acceptable else ""
    return f"`{case.verdict_in_hindsight}`{also}"


def _hit(case: Case, said: Judgement) -> str:
    if said.verdict == case.verdict_in_hindsight:
        return "hit"
    return "acceptable" if case.accepts(said.verdict) else "**miss**"
