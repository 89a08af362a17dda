"""What differs between two editions of a questionnaire, question by question, in words. Pure; decides nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from assess.language import _, any_of, number
from assess.questionnaire.facade import Condition, Option, OwnAxis, Question, Questionnaire, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionChange:
    """A question that both editions have, with a line for each change."""

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
    """What changed from `before` to `after`. Names and versions are not compared.

    >>> compare_editions(split_checklist, split_checklist).is_empty
    True
    """
    changed = []
    for question in after.questions:
        if question.key in before.by_key:
            lines = tuple(question_changes(before.by_key[question.key], question))
            if lines:
                changed.append(QuestionChange(question=question, lines=lines))
    return EditionDiff(
        general=tuple(general_changes(before, after)),
        added=tuple(question for question in after.questions if question.key not in before.by_key),
        removed=tuple(question for question in before.questions if question.key not in after.by_key),
        changed=tuple(changed),
    )


def general_changes(before: Questionnaire, after: Questionnaire) -> Iterator[str]:
    yield from text_change(_("Title"), before.title, after.title)
    yield from text_change(_("Language"), before.language, after.language)
    yield from text_change(_("Summary"), before.summary, after.summary)
    yield from text_change(_("Model"), str(before.model), str(after.model))
    yield from own_axis_changes(before.own_axes, after.own_axes)
    old, new = ({section.slug: section for section in edition.sections} for edition in (before, after))
    for slug, section in new.items():
        if slug not in old:
            yield _("New section “{title}”").format(title=section.title)
        else:
            title, intro = _("Title of the section {slug}"), _("Introduction of the section {slug}")
            yield from text_change(title.format(slug=slug), old[slug].title, section.title)
            yield from text_change(intro.format(slug=slug), old[slug].intro, section.intro)
    gone = [section.title for slug, section in old.items() if slug not in new]
    yield from (_("Section “{title}” is removed").format(title=title) for title in gone)
    common = [key for key in before.by_key if key in after.by_key]
    if common != [key for key in after.by_key if key in before.by_key]:
        yield _("The questions are in another order")


def own_axis_changes(before: tuple[OwnAxis, ...], after: tuple[OwnAxis, ...]) -> Iterator[str]:
    old, new = ({axis.slug: axis for axis in axes} for axes in (before, after))
    for slug, axis in new.items():
        if slug not in old:
            yield _("New axis of its own, {axis}: “{title}”").format(axis=slug, title=axis.title)
        else:
            title, means = _("Title of the axis {axis}"), _("What 100 means on the axis {axis}")
            yield from text_change(title.format(axis=slug), old[slug].title, axis.title)
            yield from text_change(means.format(axis=slug), old[slug].means, axis.means)
    yield from (_("The axis {axis} is removed").format(axis=slug) for slug in old if slug not in new)
    if [slug for slug in old if slug in new] != [slug for slug in new if slug in old]:
        yield _("The axes are in another order")


def question_changes(before: Question, after: Question) -> Iterator[str]:
    yield from text_change(_("Section"), before.section, after.section)
    yield from text_change(_("Type"), before.kind, after.kind)
    yield from text_change(_("Wording"), before.wording, after.wording)
    yield from text_change(_("Wording for one part"), before.of_part, after.of_part)
    yield from text_change(_("Hint"), before.hint, after.hint)
    yield from text_change(_("Why we ask"), before.why, after.why)
    yield from text_change(_("Sources"), ", ".join(before.sources), ", ".join(after.sources))
    yield from text_change(_("Unit"), before.unit, after.unit)
    yield from text_change(_("Unit of one"), before.unit_one, after.unit_one)
    yield from text_change(_("Range"), format_range(before), format_range(after))
    if before.quick != after.quick:
        yield _("Now part of the quick check") if after.quick else _("No longer part of the quick check")
    if before.unscored != after.unscored:
        yield _("Now read by no rule and no score") if after.unscored else _("No longer marked as read by nothing")
    if before.always_applies != after.always_applies:
        yield _("“Does not apply” is no longer offered") if after.always_applies else _("“Does not apply” is offered")
    yield from text_change(_("Asked"), format_conditions(before.asked_when), format_conditions(after.asked_when))
    skipped = [(each.skipped_unless,) if each.skipped_unless else () for each in (before, after)]
    yield from text_change(_("Skipped unless"), *(format_conditions(each) if each else "" for each in skipped))
    yield from option_changes(before.options, after.options)
    yield from reading_changes(before.reads, after.reads)


def text_change(name: str, before: str, after: str) -> Iterator[str]:
    if before == after:
        return
    if before and after:
        yield _("{name}: “{before}” becomes “{after}”").format(name=name, before=before, after=after)
    elif after:
        yield _("{name}: “{after}” is new").format(name=name, after=after)
    else:
        yield _("{name}: “{before}” is removed").format(name=name, before=before)


def format_range(question: Question) -> str:
    if question.minimum is None or question.maximum is None:
        return ""
    limits = {"low": number(question.minimum), "high": number(question.maximum)}
    return (_("{low} to {high}, whole numbers") if question.whole else _("{low} to {high}")).format(**limits)


def format_conditions(conditions: tuple[Condition, ...]) -> str:
    if not conditions:
        return _("always")
    pattern = _("when {key} is {values}")
    return _("; or ").join(pattern.format(key=each.key, values=any_of(each.any_of)) for each in conditions)


def option_changes(before: tuple[Option, ...], after: tuple[Option, ...]) -> Iterator[str]:
    old, new = ({option.value: option for option in options} for options in (before, after))
    for value, option in new.items():
        if value not in old:
            yield _("New option {option}: “{label}”").format(option=value, label=option.label)
        else:
            label, means = _("Label of the option {option}"), _("Meaning of the option {option}")
            yield from text_change(label.format(option=value), old[value].label, option.label)
            yield from text_change(means.format(option=value), old[value].means, option.means)
            offered = _("The option {option} is offered").format(option=value)
            then = [format_conditions(each.shown_when) for each in (old[value], option)]
            yield from text_change(offered, *then)
    yield from (_("The option {option} is removed").format(option=value) for value in old if value not in new)
    if [value for value in old if value in new] != [value for value in new if value in old]:
        yield _("The options are in another order")


def reading_changes(before: Reading | None, after: Reading | None) -> Iterator[str]:
    old, new = reading_parts(before), reading_parts(after)
    for name in dict.fromkeys(chain(old, new)):
        yield from text_change(name, old.get(name, ""), new.get(name, ""))


def reading_parts(reading: Reading | None) -> Mapping[str, str]:
    if reading is None:
        return {}
    parts = {_("Axis"): reading.axis}
    if reading.weight:
        parts[_("Weight")] = str(reading.weight)
    else:
        parts[_("Signal")] = reading.signal
    if reading.levels:
        name = _("Level of {option}")
        return {**parts, **{name.format(option=option): str(level) for option, level in reading.levels.items()}}
    return {
        **parts,
        _("Comfortable"): f"{reading.comfortable:g}",
        _("Acute"): f"{reading.acute:g}",
        _("Level from there"): str(reading.top),
    }
