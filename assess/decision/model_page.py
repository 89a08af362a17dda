"""The generated parts of docs/model.md, as Markdown by name: what the shipped model reads, how it judges, how often.

Decides nothing and computes nothing but tables; figures come in from `sweep` and from the published cases. Pure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assess.decision.asking import MOST_FURTHER
from assess.decision.cases import Case
from assess.decision.deciding import MODEL_VERSION
from assess.decision.diagram import possible_verdicts
from assess.decision.facts import POSITIONS, RULE_KEYS, UNKNOWN, Facts, mask_of, read_facts
from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.population import QuickCheckRun
from assess.decision.result import VERDICTS
from assess.decision.rules import RULES, Judgement, judge
from assess.decision.sensitivity import Sensitivity
from assess.decision.sensitivity_page import build_sensitivity_blocks, format_table
from assess.decision.signals import ACUTE
from assess.decision.sweep import cells, count_outcomes, totals
from assess.decision.wording import AXIS_WORDS, CHECKLIST, FORM_WORDS, GATE_KEYS, GATE_SOURCES, GATE_WORDS, GATES
from assess.language import N_, _, number
from assess.questionnaire.facade import AXES, PAIN_AXES, Question, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class GridPart:
    """A part of the grid worth looking at by itself. `allowed` are the values that variables may have in it.

    The title is marked only.
    """

    title: str
    allowed: Mapping[str, tuple[object, ...]]

    @property
    def facts(self) -> Facts:
        """The facts of the part: all open but what it allows."""
        masks = list(UNKNOWN)
        for variable, values in self.allowed.items():
            masks[POSITIONS[variable]] &= mask_of(variable, values)
        return tuple(masks)


MONOLITH: Mapping[str, tuple[object, ...]] = {"shape": ("monolith",)}
CALM: Mapping[str, tuple[object, ...]] = {
    **MONOLITH,
    "collisions": ("calm",),
    "breakage": (False,),
    "waiting": ("never",),
    "load": ("calm",),
    "cost": ("calm",),
    **dict.fromkeys(("lock_in", "kept_apart", "spread", "rhythm"), (False,)),
}
GATES_OPEN: Mapping[str, tuple[object, ...]] = {
    **MONOLITH,
    "boundaries": ("named",),
    "traced": (True,),
    "logged": (True,),
    "automated": (True,),
    "platform": ("shared", "dedicated"),
    "writes": ("few",),
}

GRID_PARTS: tuple[GridPart, ...] = (
    GridPart(title=N_("All combinations"), allowed={}),
    GridPart(title=N_("Mostly services run"), allowed={"shape": ("services",)}),
    GridPart(title=N_("A monolith with some services"), allowed={"shape": ("mixed",)}),
    GridPart(title=N_("A monolith, modular or not"), allowed=MONOLITH),
    GridPart(title=N_("A monolith where no pain is acute"), allowed=CALM),
    GridPart(title=N_("A monolith where every gate is open and few transactions cross"), allowed=GATES_OPEN),
    GridPart(title=N_("The same, and a part must be kept apart"), allowed={**GATES_OPEN, "kept_apart": (True,)}),
)


def build_page_blocks(
    questionnaire: Questionnaire,
    *,
    sample: Mapping[Judgement, int],
    population: Sequence[QuickCheckRun],
    seed: int,
    sensitivity: Sensitivity,
    remarks: Mapping[str, str],
    cases: Sequence[Case],
) -> dict[str, str]:
    """The blocks of the page by name.

    `sample` are outcomes of random answer sets, `population` those of realistic systems, both drawn with `seed`;
    `sensitivity` says how much hangs on our own judgement; `remarks` say, by key, what the questionnaire's file notes
    beside a reading about where its figures come from.
    """
    return {
        "version": _("Model {model}, questionnaire `{questionnaire}` version {version}.").format(
            model=MODEL_VERSION, questionnaire=questionnaire.slug, version=questionnaire.version
        ),
        "signals": build_signals_block(questionnaire, remarks),
        "facts": build_context_block(questionnaire),
        "rules": build_rules_block(),
        "gates": build_gates_block(),
        "checklist": build_checklist_block(),
        **build_sensitivity_blocks(questionnaire, sensitivity),
        "sweep": build_sweep_block(sample, seed),
        "population": build_population_block(population, seed),
        "cases": build_cases_block(questionnaire, cases),
    }


def fill_page(page: str, blocks: Mapping[str, str]) -> str:
    """The page with each block between its markers replaced. Raises ValueError for a block without markers.

    >>> fill_page("<!-- begin a -->old<!-- end a -->", {"a": "new"})
    '<!-- begin a -->\\n\\nnew\\n\\n<!-- end a -->'
    """
    for name, text in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, found, rest = page.partition(begin)
        _old, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"the page has no markers for {name}")
        page = f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
    return page


def build_signals_block(questionnaire: Questionnaire, remarks: Mapping[str, str]) -> str:
    """A table for each axis of what its questions read."""
    parts = []
    for axis in AXES:
        pain = axis in PAIN_AXES
        rows = []
        for question in questionnaire.questions:
            reading = question.reads
            if reading is None or reading.axis != axis:
                continue
            share = f"`{reading.signal}`" if pain else str(reading.weight)
            ours = _("The levels are our judgement.") if pain else _("The levels and the weight are our judgement.")
            remark = remarks.get(question.key, ours)
            rows.append((f"`{question.key}`", describe_levels(question), share, ", ".join(question.sources), remark))
        note = " " + _("Acute from {level}.").format(level=ACUTE) if pain else ""
        head = (
            _("question"),
            _("levels, 0 to 100"),
            _("signal") if pain else _("weight"),
            _("told in"),
            _("where the figures are from"),
        )
        parts.append(f"**{AXIS_WORDS[axis]}** (`{axis}`).{note}\n\n{format_table(head, rows)}")
    return "\n\n".join(parts)


def describe_levels(question: Question) -> str:
    """The levels of a question's reading in a line."""
    reading = question.reads
    assert reading is not None
    if reading.levels:
        return ", ".join(f"{slug} {level}" for slug, level in reading.levels.items())
    return _("0 up to {comfortable} {unit}, {top} from {acute}, in between a line").format(
        comfortable=f"{reading.comfortable:g}", unit=question.unit, top=reading.top, acute=f"{reading.acute:g}"
    )


def build_context_block(questionnaire: Questionnaire) -> str:
    """A table of the questions without points, and who reads them."""
    context = [question for question in questionnaire.questions if question.reads is None]
    rows = [
        (
            f"`{question.key}`",
            _("rules") if question.key in RULE_KEYS else _(MEANINGS.get(question.key, NOTHING).read_by),
            ", ".join(question.sources),
        )
        for question in context
    ]
    return format_table((_("question without points"), _("read by"), _("told in")), rows)


def build_rules_block() -> str:
    """The rules in order, each with its verdict, sentence and source."""
    ours = _("Ours:")
    return "\n".join(
        f"{n}. **`{rule.slug}`** → `{rule.verdict}`. {rule.sentence} *{rule.place}.*"
        f"{f' *{ours}* {rule.ours}' if rule.ours else ''}"
        for n, rule in enumerate(RULES.values(), 1)
    )


def build_gates_block() -> str:
    """A table of the gates."""
    rows = [(GATE_WORDS[gate], f"`{GATE_KEYS[gate]}`", GATES[gate]["failed"], GATE_SOURCES[gate]) for gate in GATE_KEYS]
    return format_table((_("gate"), _("question"), _("when it is known to be closed"), _("told in")), rows)


def build_checklist_block() -> str:
    """S3's seven questions as a list."""
    return "\n".join(f"{n}. {sentence} (`{key}`)." for n, (key, sentence) in enumerate(CHECKLIST.items(), 1))


def format_share(count: int, whole: int) -> str:
    """A share as people read it: in per cent, or as one in so many where that would round to nothing.

    >>> format_share(1, 8), format_share(1, 3000), format_share(0, 8)
    ('12.5 %', '1 in 3,000', 'never')
    """
    if not count:
        return _("never")
    if count * 1000 >= whole:
        return _("{share} %").format(share=number(round(100 * count / whole, 1)))
    return _("1 in {many}").format(many=number(round(whole / count)))


def build_sweep_block(sample: Mapping[Judgement, int], seed: int) -> str:
    """How often each verdict, form and rule occurs, over the grid and over the sample."""
    counts, whole = count_outcomes(), cells()
    size = sum(sample.values())
    parts = [
        _(
            "The grid has {cells} combinations of facts; the sample has {size} random sets of answers to all "
            "questions (seed {seed}, every telling answer of a question equally likely)."
        ).format(cells=f"{whole:.2e}", size=number(size), seed=seed)
    ]
    named = {
        ("verdict", _("verdict")): {str(verdict): f"`{verdict}`" for verdict in VERDICTS},
        ("form", _("form")): {str(form): f"`{form}` {words}" for form, words in FORM_WORDS.items()},
        ("rule", _("rule")): {rule: f"`{rule}`" for rule in RULES},
    }
    for (field, title), words in named.items():
        in_grid, in_sample = totals(counts, field), totals(sample, field)
        rows = [
            (text, format_share(in_grid.get(slug, 0), whole), format_share(in_sample.get(slug, 0), size))
            for slug, text in words.items()
        ]
        parts.append(format_table((title, _("of the grid"), _("of the sample")), rows))
    slices = []
    for part in GRID_PARTS:
        by_verdict = totals(count_outcomes(part.facts), "verdict")
        shares = (format_share(by_verdict.get(verdict, 0), cells(part.facts)) for verdict in VERDICTS)
        slices.append((_(part.title), *shares))
    parts.append(format_table((_("part of the grid"), *(f"`{verdict}`" for verdict in VERDICTS)), slices))
    return "\n\n".join(parts)


def build_population_block(population: Sequence[QuickCheckRun], seed: int) -> str:
    """How often each verdict and rule occurs over realistic systems, and how soon the quick check is firm."""
    size = len(population)
    verdicts, rules = Counter(one.verdict for one in population), Counter(one.rule for one in population)
    parts = [
        _("{size} systems, seed {seed}.").format(size=number(size), seed=seed),
        format_table(
            (_("verdict"), _("of the population")),
            [(f"`{verdict}`", format_share(verdicts[verdict], size)) for verdict in VERDICTS],
        ),
        format_table(
            (_("rule"), _("of the population")), [(f"`{rule}`", format_share(rules[rule], size)) for rule in RULES]
        ),
    ]
    rows = []
    for most in range(MOST_FURTHER + 1):
        firm = sum(one.more is not None and one.more <= most for one in population)
        rows.append((str(most), format_share(firm, size)))
    parts.append(format_table((_("questions after the seven"), _("firm by then")), rows))
    return "\n\n".join(parts)


def build_cases_block(questionnaire: Questionnaire, cases: Sequence[Case]) -> str:
    """A table of the published cases with what the model says, and the misses."""
    scorable = [case for case in cases if case.scorable]
    rows, missed = [], []
    for case in scorable:
        facts = read_facts(questionnaire, case.answers)
        said = judge(facts)
        verdict = f"`{said.verdict}`"
        if len(possible_verdicts(facts)) > 1:
            verdict = _("{verdict}, conditional").format(verdict=verdict)
        rows.append(
            (
                case.system,
                str(case.year) if case.year else "",
                format_accepted(case),
                verdict,
                f"`{said.rule}`",
                describe_hit(case, said),
            )
        )
        if not case.accepts(said.verdict):
            told = _("Missed: {system}, {year}.").format(system=case.system, year=case.year)
            turned_on = _("What it weighed and no rule reads: {told}").format(told=case.not_weighed)
            missed.append(" ".join(("-", told, case.outcome, case.lesson, turned_on)))
    head = (_("system"), _("year"), _("right in hindsight"), _("the model says"), _("by the rule"), "")
    hits = len(scorable) - len(missed)
    summary = _(
        "Of {cases} published cases {scorable} tell enough to be scored. The model hits {hits} of them and misses "
        "{missed}."
    ).format(cases=len(cases), scorable=len(scorable), hits=hits, missed=len(missed))
    return "\n\n".join((summary, format_table(head, rows), *(("\n".join(missed),) if missed else ())))


def format_accepted(case: Case) -> str:
    """The verdicts that count as right for the case."""
    right = f"`{case.verdict_in_hindsight}`"
    if not case.also_acceptable:
        return right
    also = _(", ").join(f"`{verdict}`" for verdict in case.also_acceptable)
    return _("{verdict}, or {also}").format(verdict=right, also=also)


def describe_hit(case: Case, said: Judgement) -> str:
    """Whether the judgement hits the case."""
    if said.verdict == case.verdict_in_hindsight:
        return _("hit")
    if case.accepts(said.verdict):
        return _("acceptable")
    miss = _("miss")
    return f"**{miss}**"
