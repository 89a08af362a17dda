"""Whether a questionnaire that loads is also a sound one: what it asks is read, and what the rules say can be reached.

Decides: whether a definition keeps the promises of the model. Does not decide: whether it is well formed (the loader
does), nor what an organisation should ask.

What is proven, and how:

- *Every verdict, form and rule can be reached.* By following all ways through the rules that complete answers leave
  open (`reach`, exact).
- *Every fact can go either way*: each gate, condition and pain that the rules ask about can hold and can fail. By
  exhaustion over the states of its component.
- *Nothing is without effect.* Every built-in question has a reader: a rule, a score, or one named in `READ_ELSEWHERE`;
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
from assess.decision.model_1 import facts as facts_1
from assess.decision.model_1 import reach as reach_1
from assess.decision.model_1 import rules as rules_1
from assess.decision.reach import Reach
from assess.decision.representatives import keep_questions, representative_values
from assess.decision.result import VERDICTS, Form
from assess.decision.signals import ACUTE, level_of, score_axes
from assess.decision.wording import FORM_WORDS
from assess.language import N_, Words, _
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

#: Questions that neither a rule nor a score reads, and who does.
READ_ELSEWHERE: Words[str] = Words(
    {
        "deploys_per_week": N_("contradictions between answers"),
        "part_name": N_("sentences about the part"),
        "special_needs": N_("which questions are asked"),
    }
)

#: The built-in questions with options: their slugs from calm to painful, or from weak to strong. Those that the rules
#: read by key must have exactly these, because to a rule any other slug is a no.
SCALES: Mapping[str, tuple[str, ...]] = {
    "scope": ("whole_system", "one_part"),
    "current_shape": ("monolith", "modular_monolith", "monolith_with_services", "services", "several_monoliths"),
    "distributed_monolith_signs": (
        "release_together",
        "synchronous_chains",
        "shared_database",
        "contract_ripples",
        "service_per_table",
        "unowned_services",
    ),
    "product_stage": ("searching", "growing", "established"),
    "motives": (
        "independent_scaling",
        "independent_deploys",
        "team_autonomy",
        "different_technology",
        "organisation_boundaries",
        "imitation",
        "new_technology",
        "avoid_cleanup",
        "vague_performance",
    ),
    "team_collisions": ("never", "monthly", "weekly", "daily"),
    "ownership": ("unclear", "people", "partly", "teams"),
    "deploy_waiting": ("never", "sometimes", "often", "always"),
    "deploy_demand": ("satisfied", "want_more", "blocked"),
    "change_breakage": ("never", "rarely", "monthly", "weekly"),
    "scaling_profile": ("even", "somewhat", "one_part_dominates"),
    "load_fit": ("comfortable", "peaks_hurt", "failing"),
    "infra_cost": ("acceptable", "noticeable", "painful"),
    "change_rhythm": ("alike", "somewhat", "far_apart"),
    "bottleneck": ("application", "database", "outside"),
    "cheaper_cures": ("untried", "some", "exhausted"),
    "growth": ("steady", "double", "manifold"),
    "kept_apart": ("none", "eases", "required"),
    "failure_spread": ("contained", "rarely", "often"),
    "tech_lock_in": ("none", "wish", "end_of_support", "blocking"),
    "boundaries": ("tangled", "sketched", "named", "enforced"),
    "cross_boundary_transactions": ("many", "some", "few", "none"),
    "platform_team": ("none", "shared", "dedicated"),
    "ci_cd": ("manual", "scripted", "pipeline", "continuous"),
    "tests": ("none", "patchy", "trusted"),
    "runtime_platform": ("hand_built", "containers", "orchestrated"),
    "gateway": ("none", "planned", "in_place"),
    "on_call": ("none", "informal", "rota"),
    "tracing": ("none", "planned", "partial", "every_request"),
    "central_logging": ("none", "planned", "in_place"),
    "metrics": ("none", "planned", "in_place"),
    "hiring": ("hard", "mixed", "easy"),
    "distributed_experience": ("none", "some", "strong"),
    "migration_horizon": ("weeks", "quarter", "half_year", "year"),
    "budget": ("none", "discussed", "approved"),
    "slowdown_accepted": ("no", "partly", "yes"),
}
#: Where model 1 knows other options.
SCALES_1: Mapping[str, tuple[str, ...]] = {
    **SCALES,
    "current_shape": ("monolith", "modular_monolith", "monolith_with_services", "services"),
    "tech_lock_in": ("none", "wish", "blocking"),
}
#: Of these any number can be ticked, so their slugs have no order.
SEVERAL_KEYS = frozenset({"distributed_monolith_signs", "motives"})
#: Numbers of the built-in questionnaire whose reading is known to grow with the number.
RISING_NUMBERS = frozenset({"deploy_minutes", "hot_share", "models"})
NUMBER_KEYS = RISING_NUMBERS | {"services", "developers", "teams", "deploys_per_week"}

#: Pain signals of the axis `deployable` that a rule reads. Others add to the score only, so they must stay mild.
DEPLOYABLE_SIGNALS = ("waiting", "load", "lock_in", "uneven", "cost", "kept_apart", "spread")

#: What an edition without this question loses.
MISSING_KEYS: Words[str] = Words(
    {
        "scope": N_(
            "one part can never be told from the whole system, so waiting releases always mean the organisation"
        ),
        "current_shape": N_(
            "services that already run are never seen: no rule about them fires, and no verdict is firm"
        ),
        "services": N_("too many services for those who own them are never seen"),
        "distributed_monolith_signs": N_("signs of a distributed monolith are never seen"),
        "product_stage": N_(
            "a product that still searches for its market is never held back from an organisation-wide split"
        ),
        "motives": N_("weak reasons are never named"),
        "developers": N_("fewer than ten people are never held back from an organisation-wide split"),
        "teams": N_(
            "a single team is never held back from an organisation-wide split, and a checklist item stays open"
        ),
        "ownership": N_("services without an owner never count"),
        "deploy_minutes": N_("a checklist item stays open"),
        "scaling_profile": N_("one part that dominates is known by its measured share only"),
        "hot_share": N_("a checklist item rests on an impression instead of a measured share"),
        "boundaries": N_("the gate `boundaries` can never pass or fail: an extraction stays conditional for ever"),
        "cross_boundary_transactions": N_("many shared transactions never keep a part from being extracted"),
        "platform_team": N_("the gate `platform` can never pass or fail: an extraction stays conditional for ever"),
        "ci_cd": N_("the gate `pipeline` can never pass or fail: an extraction stays conditional for ever"),
        "tracing": N_("the gate `tracing` can never pass or fail: an extraction stays conditional for ever"),
        "central_logging": N_("the gate `logging` can never pass or fail: an extraction stays conditional for ever"),
        "hiring": N_("a checklist item stays open"),
        "migration_horizon": N_(
            "a business that gave less than half a year never holds an organisation-wide split back"
        ),
    }
)

#: What an edition for model 2 loses without a question that model 1 does not read.
MISSING_IN_2: Words[str] = Words(
    {
        "bottleneck": N_("a slow database is never told from a part that is short of machines"),
        "cheaper_cures": N_("nobody is ever told to try something cheaper first"),
        "growth": N_("funded growth never counts"),
    }
)

#: By model: what can be reached, the keys that its rules read, its rules, and the options that it knows.
REACHES: Mapping[int, Callable[[Questionnaire], Reach]] = {1: reach_1.reach_of, 2: reach_2.reach_of}
RULE_KEYS: Mapping[int, frozenset[str]] = {1: facts_1.RULE_KEYS, 2: facts_2.RULE_KEYS}
RULES: Mapping[int, Collection[str]] = {1: rules_1.RULES, 2: rules_2.RULES}
KNOWN_OPTIONS: Mapping[int, Mapping[str, tuple[str, ...]]] = {1: SCALES_1, 2: SCALES}

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
    read_by_key = question.key in rule_keys or question.key in READ_ELSEWHERE
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
    known_options = KNOWN_OPTIONS[questionnaire.model]
    if key not in RULE_KEYS[questionnaire.model]:
        return
    kind = "number" if key in NUMBER_KEYS else "several" if key in SEVERAL_KEYS else "choice"
    if question.kind != kind:
        message = _(
            "Make this a {kind}, or give it another key: the rules read `{key}` as one and would never see it"
        ).format(kind=kind, key=key)
        yield Issue(code="kind_unknown_to_rules", message=message, key=f"{key}.type")
        return
    options = [option.value for option in question.options]
    for slug in known_options.get(key, ()):
        if slug not in options:
            message = _(
                "Add the option `{slug}`; the rules read it, and without it some of them can no longer be met"
            ).format(slug=slug)
            yield Issue(code="option_missing", message=message, key=f"{key}.options")
    for n, slug in enumerate(options):
        if key in known_options and slug not in known_options[key] and question.kind == "choice":
            known = ", ".join(known_options[key])
            message = _("Use one of {known} instead of `{slug}`; to the rules any other option is a plain no").format(
                known=known, slug=slug
            )
            yield Issue(code="option_unknown_to_rules", message=message, key=f"{key}.options[{n + 1}].value")


def condition_issues(questionnaire: Questionnaire, question: Question) -> Iterator[Issue]:
    """A fault for each condition that always holds."""
    for condition in question.asked_when:
        other = questionnaire.by_key[condition.key]
        if other.kind == "choice" and len(condition.any_of) == len(other.options):
            message = _("Remove `asked_when`; it names every option of `{key}`, so the question is always asked")
            yield Issue(
                code="condition_without_effect",
                message=message.format(key=condition.key),
                key=f"{question.key}.asked_when",
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
        if reading.axis == "deployable" and reading.signal not in DEPLOYABLE_SIGNALS and highest >= ACUTE:
            signals = ", ".join(f"`{signal}`" for signal in DEPLOYABLE_SIGNALS)
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
        if key in RISING_NUMBERS and reading.acute < reading.comfortable:
            message = _("Exchange `comfortable` and `acute`; a larger number of {unit} is the worse one").format(
                unit=question.unit
            )
            yield Issue(code="reversed_scale", message=message, key=place)
        return
    slugs = [option.value for option in question.options]
    known = [slug for slug in SCALES.get(key, ()) if slug in slugs]
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
    newer = MISSING_IN_2 if questionnaire.model == 2 else {}
    for key, consequence in (*MISSING_KEYS.items(), *newer.items()):
        if key not in questionnaire.by_key:
            message = _("Add a question `{key}`; without it {consequence}").format(key=key, consequence=consequence)
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


__all__ = ["MISSING_KEYS", "READ_ELSEWHERE", "SCALES", "lint", "locate_issues"]
