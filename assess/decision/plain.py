"""A result as plain text, for the command line."""

from collections.abc import Iterator

from assess.decision import wording
from assess.decision.argue import Argument, describe_flip
from assess.decision.result import Result
from assess.language import in_a_row
from assess.questionnaire.facade import Questionnaire

#: So many flips are printed; `--json` has them all.
MOST_FLIPS = 8


def to_text(questionnaire: Questionnaire, result: Result, argument: Argument) -> str:
    """The whole result and its argument, a fact a line, about 90 lines for a full assessment."""
    is_decided = result.state != "undecided"
    lines = [*describe_result(questionnaire, result, is_decided=is_decided), ""]
    return "\n".join([*lines, *describe_argument(questionnaire, argument, is_decided=is_decided)])


def describe_argument(questionnaire: Questionnaire, argument: Argument, *, is_decided: bool) -> Iterator[str]:
    """What argues with the verdict, line by line."""
    robustness = argument.robustness
    if robustness.of:
        yield f"{robustness.holds} of {robustness.of} small changes leave the verdict as it is"
    if argument.flips:
        yield f"What would change it (the nearest of {len(argument.flips)})"
    for flip in argument.flips[:MOST_FLIPS]:
        changes = in_a_row(describe_flip(questionnaire, change) for change in flip.changes)
        yield f"  - {changes} -> {flip.verdict}"
    if argument.form_flips:
        yield f"The verdict stays, its form changes (the nearest of {len(argument.form_flips)})"
    for flip in argument.form_flips[:MOST_FLIPS]:
        changes = in_a_row(describe_flip(questionnaire, change) for change in flip.changes)
        yield f"  - {changes} -> {wording.FORM_WORDS[flip.form]}"
    if argument.contradictions:
        yield "Answers at odds"
        for found in argument.contradictions:
            yield f"  - {found.sentence} ({', '.join(found.keys)})"
    yield "The sources, each as its own judge"
    for playbook in argument.playbooks:
        yield f"  {playbook.source} {playbook.verdict or 'cannot judge'}: {playbook.because} ({playbook.place})"
    yield f"  {argument.playbooks_part}"
    if argument.similar:
        yield "Published cases most like these answers"
        for likeness in argument.similar:
            case = likeness.case
            yield f"  {case.system}, {case.year} ({likeness.sentence.lower()}): {case.outcome}"
    if not is_decided:
        return
    happens = ", or as soon as one of these happens" if argument.revisit_when else ""
    yield f"Ask again in {argument.ask_again_months} months{happens}"
    for sentence in argument.revisit_when:
        yield f"  - {sentence}"


def describe_result(questionnaire: Questionnaire, result: Result, *, is_decided: bool) -> Iterator[str]:
    """Before a pain is answered nothing argues for a verdict, and nothing is to be done about one."""
    if is_decided:
        yield f"{wording.title_of(result.verdict, result.form).upper()} ({wording.FORM_WORDS[result.form]})"
        yield result.headline
        yield f"Rule {result.rule} [{result.rule_source}]: {result.rule_sentence}"
        yield f"{result.state.capitalize()}. {result.firmness}"
        basis = result.basis_counts
        yield (
            f"Deciding answers: {basis['measured']} measured, {basis['estimated']} estimated, "
            f"{basis['guess']} guessed, {basis['not_said']} without a basis"
        )
    else:
        yield "NO VERDICT YET"
        yield result.headline
    if result.ask_next:
        yield f"Answer next: {questionnaire.by_key[result.ask_next].wording} ({result.ask_next})"
    yield ""
    for score in result.scores.values():
        known = f"{score.points:3}" if score.high == score.low else f"{score.low:3} to {score.high}"
        mark = f" (acute from {score.threshold})" if score.threshold is not None else ""
        mark = " (your own axis; no rule reads it)" if score.is_own else mark
        yield f"{wording.name_of_axis(score)}: {known}{mark}"
        for part in score.contributions:
            if part.points:
                yield f"    {part.points:+4}  {part.key}: {part.value}"
    counts = result.checklist_counts
    yield ""
    yield f"Checklist: {counts['yes']} yes, {counts['no']} no, {counts['unknown']} not known, of {counts['of']}"
    for gate in result.gates:
        yield f"Gate {gate.state:6}  {wording.GATE_WORDS[gate.gate]}"
    if is_decided:
        if len(result.reasons) > 1:
            yield ""
            yield "Why"
        for reason in result.reasons[1:]:
            towards = f" -> {reason.weighs}" if reason.weighs else ""
            yield f"  - {reason.sentence} [{reason.source}]{towards}"
        yield ""
        yield "Next"
        for number, step in enumerate(result.steps, start=1):
            yield f"  {number}. ({step.days} days) {step.title}. Done when: {step.done}"
    if result.open_keys:
        yield ""
        yield f"Not known: {', '.join(result.open_keys)}"
