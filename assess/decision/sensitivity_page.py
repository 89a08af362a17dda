"""The tables of docs/model.md on how much hangs on our own judgement, as Markdown by name. Counts nothing. Pure."""

from collections.abc import Callable, Mapping, Sequence

from assess.decision.sensitivity import CONDITION_WORDS, CONDITIONS, Count, Moved, Sensitivity
from assess.decision.thresholds import SOURCES_OF, THRESHOLDS
from assess.language import _
from assess.questionnaire.facade import Questionnaire


def build_sensitivity_blocks(questionnaire: Questionnaire, measured: Sensitivity) -> dict[str, str]:
    """The blocks of the page by name."""
    return {
        "thresholds": build_thresholds(measured),
        "levels": build_levels(questionnaire, measured.levels),
        "left-out": build_left_out(questionnaire, measured),
        "conditions": build_conditions(measured),
    }


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(head), "|".join("---" for _column in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"|{line}|" if line.startswith("---") else f"| {line} |" for line in lines)


def tell_moved(moved: Moved) -> tuple[str, str]:
    """Cases and made-up systems that change, each as "lower, higher"."""
    return (
        f"{moved.lower.cases}, {moved.higher.cases}",
        f"{moved.lower.personas}, {moved.higher.personas}",
    )


def head_of(measured: Sensitivity) -> tuple[str, str]:
    """The heads of the two columns of counts."""
    cases, personas = len(measured.systems.cases), len(measured.systems.personas)
    return _("of {count} cases").format(count=cases), _("of {count} made-up systems").format(count=personas)


def build_thresholds(measured: Sensitivity) -> str:
    """Every figure with its source; for ours what changes a quarter lower, and a quarter higher."""
    moved = {one.name: tell_moved(one) for one in measured.thresholds}
    rows = [
        (f"`{name}`", f"{getattr(THRESHOLDS, name):g}", SOURCES_OF[name], *moved.get(name, ("", "")))
        for name in SOURCES_OF
    ]
    return format_table((_("figure"), _("value"), _("where it is from"), *head_of(measured)), rows)


def build_levels(questionnaire: Questionnaire, moved: Sequence[Moved]) -> str:
    """Every question whose levels decide: what changes with all of them a quarter lower, and a quarter higher."""
    rows = []
    for one in moved:
        reading = questionnaire.by_key[one.name].reads
        levels = ", ".join(str(level) for level in reading.levels.values()) if reading else ""
        rows.append((f"`{one.name}`", levels, *tell_moved(one)))
    return format_table((_("question"), _("levels"), _("cases"), _("made-up systems")), rows)


def build_left_out(questionnaire: Questionnaire, measured: Sensitivity) -> str:
    """The questions without whose answer some verdict changes, and a sentence that names the others."""
    hung = {key: count for key, count in measured.left_out.items() if count.cases or count.personas}
    rows = [
        (
            f"`{key}`",
            ", ".join(questionnaire.by_key[key].sources),
            str(count.cases),
            str(count.personas),
        )
        for key, count in hung.items()
    ]
    others = ", ".join(f"`{key}`" for key in measured.left_out if key not in hung)
    shown = format_table((_("question left out"), _("told in"), *head_of(measured)), rows)
    return shown + "\n\n" + _("No verdict among these hangs on one answer to: {questions}.").format(questions=others)


def build_conditions(measured: Sensitivity) -> str:
    """Every condition of a rule with the systems for which it fires; those that fire for one, or none, by name."""
    counts = measured.conditions
    rows = [
        (
            f"`{condition.rule}`",
            CONDITION_WORDS[condition.slug],
            condition.source,
            str(counts[condition.slug].cases),
            str(counts[condition.slug].personas),
        )
        for condition in CONDITIONS
    ]
    shown = format_table((_("rule"), _("fires because of"), _("told in"), *head_of(measured)), rows)
    told = (
        (fire_once, _("For a single case, or without a case for a single made-up system, fire: {conditions}.")),
        (fire_never, _("For none of them fire, and rest on their source alone: {conditions}.")),
    )
    named = ((sentence, name_conditions(counts, wanted)) for wanted, sentence in told)
    return "\n\n".join((shown, *(sentence.format(conditions=names) for sentence, names in named if names)))


def fire_once(count: Count) -> bool:
    """Whether a condition fits just one: one case, or no case and one made-up system."""
    return count.cases == 1 or (not count.cases and count.personas == 1)


def fire_never(count: Count) -> bool:
    """Whether a condition fits none of them."""
    return not count.cases and not count.personas


def name_conditions(counts: Mapping[str, Count], wanted: Callable[[Count], bool]) -> str:
    """Those conditions in the order of the rules, each with its source; "" for none."""
    found = [
        _("{rule}: {words} ({source})").format(
            rule=f"`{condition.rule}`", words=CONDITION_WORDS[condition.slug], source=condition.source
        )
        for condition in CONDITIONS
        if wanted(counts[condition.slug])
    ]
    return "; ".join(found)
