"""What differs between two editions of a questionnaire, question by question, in words. Pure; decides nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from assess.questionnaire.schema import Condition, Option, Question, Questionnaire, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionChange:
    """One question that both editions have, with a line for each thing that is not as it was."""

    question: Question
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionDiff:
    """`general` are lines about the whole; questions are in the order of the edition that has them."""

    general: tuple[str, ...]
    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    changed: tuple[QuestionChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.general or self.added or self.removed or self.changed)


def compare_editions(before: Questionnaire, after: Questionnaire) -> EditionDiff:
    """All that is not the same in `after` as it was in `before`. Names and versions are not compared.

    >>> compare_editions(split_checklist, split_checklist).is_empty
    True
    """
    changed = []
    for question in after.questions:
        if question.key in before.by_key:
            lines = tuple(_question(before.by_key[question.key], question))
            if lines:
                changed.append(QuestionChange(question=question, lines=lines))
    return EditionDiff(
        general=tuple(_general(before, after)),
        added=tuple(question for question in after.questions if question.key not in before.by_key),
        removed=tuple(question for question in before.questions if question.key not in after.by_key),
        changed=tuple(changed),
    )


def _general(before: Questionnaire, after: Questionnaire) -> Iterator[str]:
    yield from _text("Title", before.title, after.title)
    yield from _text("Language", before.language, after.language)
    yield from _text("Summary", before.summary, after.summary)
    old, new = ({section.slug: section for section in edition.sections} for edition in (before, after))
    for slug, section in new.items():
        if slug not in old:
            yield f"New section “{section.title}”"
        else:
            yield from _text(f"Title of the section {slug}", old[slug].title, section.title)
            yield from _text(f"Introduction of the section {slug}", old[slug].intro, section.intro)
    yield from (f"Section “{section.title}” is gone" for slug, section in old.items() if slug not in new)
    common = [key for key in before.by_key if key in after.by_key]
    if common != [key for key in after.by_key if key in before.by_key]:
        yield "Questions stand in another order"


def _question(before: Question, after: Question) -> Iterator[str]:
    yield from _text("Section", before.section, after.section)
    yield from _text("Type", before.kind, after.kind)
    yield from _text("Wording", before.wording, after.wording)
    yield from _text("Hint", before.hint, after.hint)
    yield from _text("Why we ask", before.why, after.why)
    yield from _text("Sources", ", ".join(before.sources), ", ".join(after.sources))
    yield from _text("Unit", before.unit, after.unit)
    yield from _text("Range", _range(before), _range(after))
    if before.quick != after.quick:
        yield "Now part of the quick check" if after.quick else "No longer part of the quick check"
    yield from _text("Asked", _condition(before.asked_when), _condition(after.asked_when))
    yield from _options(before.options, after.options)
    yield from _reading(before.reads, after.reads)


def _text(name: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield (
            f"{name}: “{before}” becomes “{after}”"
            if before and after
            else (f"{name}: “{after}” is new" if after else f"{name}: “{before}” is gone")
        )


def _range(question: Question) -> str:
    if question.minimum is None or question.maximum is None:
        return ""
    return f"{question.minimum:,} to {question.maximum:,}{', whole numbers' if question.whole else ''}"


def _condition(condition: Condition | None) -> str:
    return "always" if condition is None else f"when {condition.key} is {' or '.join(condition.any_of)}"


def _options(before: tuple[Option, ...], after: tuple[Option, ...]) -> Iterator[str]:
    old, new = ({option.value: option for option in options} for options in (before, after))
    for value, option in new.items():
        if value not in old:
            yield f"New option {value}: “{option.label}”"
        else:
            yield from _text(f"Label of the option {value}", old[value].label, option.label)
            yield from _text(f"Meaning of the option {value}", old[value].means, option.means)
    yield from (f"The option {value} is gone" for value in old if value not in new)
    if [value for value in old if value in new] != [value for value in new if value in old]:
        yield "Options stand in another order"


def _reading(before: Reading | None, after: Reading | None) -> Iterator[str]:
    old, new = _parts(before), _parts(after)
    for name in dict.fromkeys(chain(old, new)):
        yield from _text(name, old.get(name, ""), new.get(name, ""))


def _parts(reading: Reading | None) -> Mapping[str, str]:
    if reading is None:
        return {}
    parts = {"Axis": reading.axis}
    if reading.weight:
        parts["Weight"] = str(reading.weight)
    else:
        parts["Signal"] = reading.signal
    if reading.levels:
        return {**parts, **{f"Level of {option}": str(level) for option, level in reading.levels.items()}}
    return {
        **parts,
        "Comfortable": f"{reading.comfortable:g}",
        "Acute": f"{reading.acute:g}",
        "Level from there": str(reading.top),
    }
