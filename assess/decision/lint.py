"""Whether a questionnaire that loads is also a sound one: what it asks is read, and what the rules say can be reached.

Decides: whether a definition keeps the promises of the model. Does not decide: whether it is well formed (the loader
does), nor what an organisation should ask.

What is proven, and how:

- *Every verdict, form and rule can be reached.* By following all ways through the rules that complete answers leave
  open (`reach`, exact).
- *Every fact can go either way*: each gate, condition and pain that the rules ask about can hold and can fail. By
  exhaustion over the states of its component.
- *Nothing is without effect.* Every built-in question has a reader: a rule, a score, or one that its record names;
  a question of an organisation's own may say that it is `unscored`, where that is so. Every
  reading tells its answers apart and moves its axis by half a point or more; every condition sometimes leaves its
  question out. By exhaustion over the telling answers of the question.
- *A blank never beats an answer.* For each question, with the others blank, weakest and strongest: the best honest
  answer to a pain scores no worse than none, and the weakest answer elsewhere no worse than none. By comparing the
  scores themselves.
- *Scales run the right way.* For the keys of the built-in questionnaire the order of options is known; elsewhere it is
  that of the file, which by the format runs from calm to painful or from weak to strong. Levels rise with it.
- *Every axis spans its whole range*, also an organisation's own: each pain can be calm (0) and acute (50 and more),
  every other axis empty (0) and full (100). By scoring the weakest and the strongest answers.

Pure: problems come as values; `locate_issues` finds their lines when it is given the bytes.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from assess.decision import facts as facts_2
from assess.decision import reach as reach_2
from assess.decision import rules as rules_2
from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.model_1 import facts as facts_1
from assess.decision.model_1 import reach as reach_1
from assess.decision.model_1 import rules as rules_1
from assess.decision.reach import Reach
from assess.decision.representatives import keep_questions, representative_values
from assess.decision.result import VERDICTS, Form
from assess.decision.signals import ACUTE, level_of, score_axes
from assess.decision.wording import FORM_WORDS
from assess.language import _
from assess.questionnaire.facade import (
    AXES,
    PAIN_AXES,
    Answer,
    Issue,
    Path,
    Question,
    Questionnaire,
    Reading,
    read_yaml,
)

#: Where model 1 knows other options than the records of meaning.
OPTIONS_IN_1: Mapping[str, tuple[str, ...]] = {
    "current_shape": ("monolith", "modular_monolith", "monolith_with_services", "services"),
    "tech_lock_in": ("none", "wish", "blocking"),
}
#: By model the pain signals of the axis `deployable` that a rule reads. Others add to the score only, so they must stay
#: mild.
DEPLOYABLE_SIGNALS: Mapping[int, tuple[str, ...]] = {
    1: ("waiting", "load", "lock_in", "uneven", "cost"),
    2: tuple(signal for axis, signal in facts_2.VARIABLE_OF_PAIN if axis == "deployable"),
}

#: By model: what can be reached, the keys that its rules read, and its rules.
REACHES: Mapping[int, Callable[[Questionnaire], Reach]] = {1: reach_1.reach_of, 2: reach_2.reach_of}
RULE_KEYS: Mapping[int, frozenset[str]] = {1: facts_1.RULE_KEYS, 2: facts_2.RULE_KEYS}
RULES: Mapping[int, Collection[str]] = {1: rules_1.RULES, 2: rules_2.RULES}

FULL = 100
#: The parts of a key such as `tracing.options[3].value`.
KEY_PART = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtremeAnswers:
    """What scores are compared within: for each reading an answer of its lowest and one of its highest level."""

    weakest: Mapping[str, Answer]
    strongest: Mapping[str, Answer]
    #: The questionnaire cut down to one axis, since others do not touch its score.
    by_axis: Mapping[str, Questionnaire]


def lint(questionnaire: Questionnaire) -> tuple[Issue, ...]:
    """Every fault of this definition, in the order of the questionnaire and then of the rules; empty for a sound one.

    Problems carry the place as `key` (`tracing.reads.levels`) and no line; see `locate_issues`.

    >>> lint(split_checklist)
    ()
    """
    reach = REACHES[questionnaire.model](questionnaire)
    extremes = find_extreme_answers(questionnaire)
    issues: list[Issue] = []
    for question in questionnaire.questions:
        issues += question_issues(questionnaire, question, extremes)
    issues += missing_key_issues(questionnaire)
    issues += one_way_issues(reach)
    issues += axis_issues(questionnaire, extremes)
    issues += unreachable_issues(questionnaire, reach)
    return tuple(issues)


def locate_issues(issues: tuple[Issue, ...], content: bytes, *, file: str) -> tuple[Issue, ...]:
    """The same problems with the file's name, and the line of the place that each key names where there is one.

    `content` are the bytes that the questionnaire was loaded from.
    """
    document = read_yaml(content, file=file)
    places: dict[str, Path] = {}
    data = document.data
    sections = data["sections"] if isinstance(data, dict) else []
    for n, section in enumerate(sections if isinstance(sections, list) else []):
        questions = section["questions"] if isinstance(section, dict) else []
        for m, question in enumerate(questions if isinstance(questions, list) else []):
            if isinstance(question, dict):
                places[str(question["key"])] = ("sections", n, "questions", m)
    found = []
    for issue in issues:
        key, *below = (int(part) - 1 if part.isdecimal() else part for part in KEY_PART.findall(issue.key))
        line = document.line((*places[key], *below)) if key in places else None
        found.append(replace(issue, file=file, line=line))
    return tuple(found)


# --- one question at a time


def question_issues(questionnaire: Questionnaire, question: Question, extremes: ExtremeAnswers) -> Iterator[Issue]:
    """The faults of one question and its reading."""
    yield from kind_issues(questionnaire, question)
    rule_keys = RULE_KEYS[questionnaire.model]
    read_by_key = question.key in rule_keys or bool(MEANINGS.get(question.key, NOTHING).read_by)
    if question.unscored and read_by_key:
        message = _("Remove `unscored`, or give the question another key: `{key}` is read by its key")
        message = message.format(key=question.key)
        yield Issue(code="unscored_but_read", message=message, key=f"{question.key}.unscored")
    if not (read_by_key or question.unscored or question.reads is not None):
        message = _("Add `reads` or `unscored: true`, or remove it: no rule, no score and no other part reads it")
        if question.kind == "text":
            message = _("Add `unscored: true`: a text is asked and shown, and nothing reads it")
        yield Issue(code="unread_question", message=message, key=question.key)
    yield from condition_issues(questionnaire, question)
    if question.reads is not None:
        yield from reading_issues(questionnaire, question, extremes)


def kind_issues(questionnaire: Questionnaire, question: Question) -> Iterator[Issue]:
    """Whether a question whose key the rules know is of the kind, and has the options, that they know."""
    key = question.key
    if key not in RULE_KEYS[questionnaire.model]:
        return
    meaning = MEANINGS[key]
    if question.kind != meaning.kind:
        message = _(
            "Make this a {kind}, or give it another key: the rules read `{key}` as one and would never see it"
        ).format(kind=meaning.kind, key=key)
        yield Issue(code="kind_unknown_to_rules", message=message, key=f"{key}.type")
        return
    options = [option.value for option in question.options]
    known_options = OPTIONS_IN_1.get(key, meaning.scale) if questionnaire.model == 1 else meaning.scale
    for slug in known_options:
        if slug not in options:
            message = _(
                "Add the option `{slug}`; the rules read it, and without it some of them can no longer be met"
            ).format(slug=slug)
            yield Issue(code="option_missing", message=message, key=f"{key}.options")
    for n, slug in enumerate(options):
        if known_options and slug not in known_options and question.kind == "choice":
            known = ", ".join(known_options)
            message = _("Use one of {known} instead of `{slug}`; to the rules any other option is a plain no").format(
                known=known, slug=slug
            )
            yield Issue(code="option_unknown_to_rules", message=message, key=f"{key}.options[{n + 1}].value")


def condition_issues(questionnaire: Questionnaire, question: Question) -> Iterator[Issue]:
    """A fault for each condition that always holds."""
    always_asked = _("Remove `asked_when`; it names every option of `{key}`, so the question is always asked")
    never_skipped = _("Remove `skipped_unless`; it names every option of `{key}`, so the question is never skipped")
    always_shown = _("Remove `shown_when`; it names every option of `{key}`, so the option is always shown")
    skipped_unless = (question.skipped_unless,) if question.skipped_unless else ()
    conditions = [
        *(("asked_when", always_asked, condition) for condition in question.asked_when),
        *(("skipped_unless", never_skipped, condition) for condition in skipped_unless),
        *(
            (f"options[{n}].shown_when", always_shown, condition)
            for n, option in enumerate(question.options, start=1)
            for condition in option.shown_when
        ),
    ]
    for field, message, condition in conditions:
        other = questionnaire.by_key[condition.key]
        if other.kind == "choice" and len(condition.any_of) == len(other.options):
            yield Issue(
                code="condition_without_effect",
                message=message.format(key=condition.key),
                key=f"{question.key}.{field}",
            )


def reading_issues(questionnaire: Questionnaire, question: Question, extremes: ExtremeAnswers) -> Iterator[Issue]:
    """The faults of the question's reading: no effect, a wrong direction, a blank that beats an answer."""
    reading = question.reads
    assert reading is not None
    levels = {level_of(question, value) for value in representative_values(question)}
    lowest, highest = min(levels), max(levels)
    field = "levels" if reading.levels else "acute"
    place = f"{question.key}.reads.{field}"
    if lowest == highest:
        message = _("Give the answers different levels; all read as {lowest}, so the reading has no effect").format(
            lowest=lowest
        )
        yield Issue(code="reading_without_effect", message=message, key=place)
        return
    yield from direction_issues(questionnaire, question, place)
    if reading.axis in PAIN_AXES:
        if lowest > 0:
            message = _(
                "Let the calmest answer read as 0 instead of {lowest}; leaving it blank would look better"
            ).format(lowest=lowest)
            yield Issue(code="blank_beats_answer", message=message, key=place)
        known = DEPLOYABLE_SIGNALS[questionnaire.model]
        if reading.axis == "deployable" and reading.signal not in known and highest >= ACUTE:
            signals = ", ".join(f"`{signal}`" for signal in known)
            message = _(
                "Keep the levels of `{signal}` below {acute}, or use one of the signals {signals}: "
                "no rule reads another one, so an acute score would have no verdict behind it"
            ).format(signal=reading.signal, acute=ACUTE, signals=signals)
            yield Issue(code="acute_signal_unread", message=message, key=place)
    else:
        whole = sum(other.weight for other in readings_on_axis(questionnaire, reading.axis))
        if 2 * (highest - lowest) * reading.weight < whole:
            message = _(
                "Raise the weight above {weight} of {whole}; the best answer adds less than half a point"
            ).format(weight=reading.weight, whole=whole)
            yield Issue(code="weight_without_effect", message=message, key=f"{question.key}.reads.weight")
    if lowest == 0 or reading.axis not in PAIN_AXES:
        yield from blank_issues(questionnaire, question, extremes, place)


def readings_on_axis(questionnaire: Questionnaire, axis: str) -> list[Reading]:
    """All readings on the axis."""
    found = [question.reads for question in questionnaire.questions]
    return [reading for reading in found if reading is not None and reading.axis == axis]


def direction_issues(questionnaire: Questionnaire, question: Question, place: str) -> Iterator[Issue]:
    """A fault where levels fall, or rise and fall, along the scale."""
    reading, key = question.reads, question.key
    assert reading is not None
    if question.kind == "several":
        return
    if question.kind == "number":
        assert reading.acute is not None
        assert reading.comfortable is not None
        if MEANINGS.get(key, NOTHING).rises and reading.acute < reading.comfortable:
            message = _("Exchange `comfortable` and `acute`; a larger number of {unit} is the worse one").format(
                unit=question.unit
            )
            yield Issue(code="reversed_scale", message=message, key=place)
        return
    slugs = [option.value for option in question.options]
    known = [slug for slug in MEANINGS.get(key, NOTHING).scale if slug in slugs]
    ordered = known if len(known) > 1 else slugs
    levels = [reading.levels[slug] for slug in ordered]
    for (one, level), (other, same) in pairwise(zip(ordered, levels, strict=True)):
        if level == same and key not in RULE_KEYS[questionnaire.model]:
            message = _(
                "Give `{one}` and `{other}` different levels, or make them one option; now both read as {level}"
            ).format(one=one, other=other, level=level)
            yield Issue(code="level_without_effect", message=message, key=place)
    if all(before <= after for before, after in pairwise(levels)):
        return
    ends = _("calm to painful") if reading.axis in PAIN_AXES else _("weak to strong")
    if all(before >= after for before, after in pairwise(levels)):
        message = _("Turn the levels round: from `{first}` to `{last}` they must rise, {ends}").format(
            first=ordered[0], last=ordered[-1], ends=ends
        )
        yield Issue(code="reversed_scale", message=message, key=place)
        return
    message = _("Let the levels rise over {options}; now they go up and down").format(options=", ".join(ordered))
    yield Issue(code="unordered_levels", message=message, key=place)


def blank_issues(
    questionnaire: Questionnaire, question: Question, extremes: ExtremeAnswers, place: str
) -> Iterator[Issue]:
    """Compares the axis's score without an answer with that of the most telling honest one, others in three states."""
    reading = question.reads
    assert reading is not None
    pain = reading.axis in PAIN_AXES
    honest = extremes.weakest[question.key].value
    called = {condition.key: Answer(value=condition.any_of[0]) for condition in question.asked_when[:1]}
    on_axis = extremes.by_axis[reading.axis]
    for others in ({}, extremes.weakest, extremes.strongest):
        without = {key: answer for key, answer in {**others, **called}.items() if key != question.key}
        blank = score_axes(on_axis, without)[reading.axis].points
        answered = score_axes(on_axis, {**without, question.key: Answer(value=honest)})[reading.axis].points
        if answered > blank if pain else answered < blank:
            message = _("Change the levels: leaving this blank scores better than the best honest answer")
            yield Issue(code="blank_beats_answer", message=message, key=place)
            return


# --- the whole definition


def missing_key_issues(questionnaire: Questionnaire) -> Iterator[Issue]:
    """A fault for each built-in question that the rules miss."""
    for key, meaning in MEANINGS.items():
        if key in RULE_KEYS[questionnaire.model] and key not in questionnaire.by_key:
            message = _("Add a question `{key}`; without it {consequence}")
            message = message.format(key=key, consequence=_(meaning.without))
            yield Issue(code="key_missing", message=message, key=key)


def one_way_issues(reach: Reach) -> Iterator[Issue]:
    """Facts that cannot hold, or cannot fail, although their question is there."""
    for field, key, consequence in reach.one_way:
        message = _("Let `{field}` come out both ways: as it is, {consequence}.")
        if not key:
            message = _(
                "Let `{field}` come out both ways: as it is, {consequence}. Read a question on the pain axes for it."
            )
        message = message.format(field=field, consequence=consequence)
        yield Issue(code="fact_one_way", message=message, key=f"{key}.options" if key else "")


def axis_issues(questionnaire: Questionnaire, extremes: ExtremeAnswers) -> Iterator[Issue]:
    """The faults of each axis: it must be able to be empty, and acute or full."""
    triggers: dict[str, tuple[str, ...]] = {}
    for condition in (condition for question in questionnaire.questions for condition in question.asked_when):
        options = [option.value for option in questionnaire.by_key[condition.key].options]
        wanted = tuple(value for value in condition.any_of if value in options)
        triggers |= {condition.key: wanted} if wanted else {}
    openings = [{}, *({key: Answer(value=value)} for key, wanted in triggers.items() for value in wanted)]
    openings.append({key: Answer(value=wanted[0]) for key, wanted in triggers.items()})
    for axis in questionnaire.axes:
        if not readings_on_axis(questionnaire, axis):
            message = _("Read at least one question on the axis `{axis}`; as it is, its score is always 0")
            if axis not in AXES:
                message = _("Read at least one question on your axis `{axis}`, or remove it from `axes`")
            yield Issue(code="axis_without_questions", message=message.format(axis=axis), key=axis)
            continue
        on_axis = extremes.by_axis[axis]
        lows = [score_axes(on_axis, {**extremes.weakest, **more})[axis] for more in openings]
        highs = [score_axes(on_axis, {**extremes.strongest, **more})[axis] for more in openings]
        lowest, highest = min(score.points for score in lows), max(score.points for score in highs)
        if lowest > 0:
            message = _("Let the weakest answers on `{axis}` read as 0; its score never falls below {lowest}").format(
                axis=axis, lowest=lowest
            )
            yield Issue(code="axis_never_empty", message=message, key=axis)
        if axis in PAIN_AXES and highest < ACUTE:
            message = _(
                "Let some answer on `{axis}` read as {acute} or more; now no answers make that pain acute"
            ).format(axis=axis, acute=ACUTE)
            yield Issue(code="axis_never_acute", message=message, key=axis)
        if axis not in PAIN_AXES and highest < FULL:
            message = _(
                "Let the best answers on `{axis}` read as {full}; its score never rises above {highest}"
            ).format(axis=axis, full=FULL, highest=highest)
            yield Issue(code="axis_never_full", message=message, key=axis)


def find_extreme_answers(questionnaire: Questionnaire) -> ExtremeAnswers:
    """For every question with a reading its weakest and its strongest answer."""
    weakest, strongest = {}, {}
    keys: dict[str, set[str]] = {axis: set() for axis in questionnaire.axes}
    for question in questionnaire.questions:
        if question.reads is not None:
            ranked = sorted(representative_values(question), key=partial(level_of, question))
            weakest[question.key], strongest[question.key] = Answer(value=ranked[0]), Answer(value=ranked[-1])
            keys[question.reads.axis].add(question.key)
    by_axis = {axis: keep_questions(questionnaire, those) for axis, those in keys.items()}
    return ExtremeAnswers(weakest=weakest, strongest=strongest, by_axis=by_axis)


def unreachable_issues(questionnaire: Questionnaire, reach: Reach) -> Iterator[Issue]:
    """A fault for each verdict, form and rule that no complete answers lead to."""
    for verdict in VERDICTS:
        if verdict not in reach.verdicts:
            message = _("Make the verdict `{verdict}` reachable; no complete answers lead to it").format(
                verdict=verdict
            )
            yield Issue(code="unreachable_verdict", message=message, key=verdict)
    forms: tuple[Form, ...] = tuple(FORM_WORDS)
    for form in forms:
        if form not in reach.forms:
            message = _("Make the form `{form}` reachable; no complete answers lead to it").format(form=form)
            yield Issue(code="unreachable_form", message=message, key=form)
    for rule in RULES[questionnaire.model]:
        if rule not in reach.rules:
            message = _("Make the rule `{rule}` reachable; no complete answers lead to it").format(rule=rule)
            yield Issue(code="dead_rule", message=message, key=rule)
