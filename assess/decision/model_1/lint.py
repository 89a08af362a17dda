"""Whether a questionnaire that loads is also a sound one: what it asks is read, and what the rules say can be reached.

Decides: whether a definition keeps the promises of the model. Does not decide: whether it is well formed (the loader
does), nor what an organisation should ask.

What is proven, and how:

- *Every verdict, form and rule can be reached.* By counting the whole grid of facts that complete answers can give
  (`sweep.count_outcomes`, exact): an outcome that has no cell has no answers.
- *Every fact can go either way*: each gate, condition and pain that the rules ask about can hold and can fail. By
  exhaustion over the states of its component.
- *Nothing is without effect.* Every question has a reader: a rule, a score, or one named in `READ_ELSEWHERE`. Every
  reading tells its answers apart and moves its axis by half a point or more; every condition sometimes leaves its
  question out. By exhaustion over the telling answers of the question.
- *A blank never beats an answer.* For each question, with the others blank, weakest and strongest: the best honest
  answer to a pain scores no worse than none, and the weakest answer elsewhere no worse than none. By comparing the
  scores themselves.
- *Scales run the right way.* For the keys of the built-in questionnaire the order of options is known; elsewhere it is
  that of the file, which by the format runs from calm to painful or from weak to strong. Levels rise with it.
- *Every axis spans its whole range*: each pain can be calm (0) and acute (50 and more), every other axis empty (0) and
  full (100). By scoring the weakest and the strongest answers.

Pure: problems come as values; `placed` finds their lines when it is given the bytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from assess.decision.model_1.facts import RULE_KEYS
from assess.decision.model_1.rules import RULES
from assess.decision.model_1.sweep import Grid, build_grid, count_outcomes, only, telling_values
from assess.decision.model_1.wording import FORM_WORDS
from assess.decision.result import VERDICTS, Form
from assess.decision.signals import ACUTE, level_of, score_axes
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
    }
)

#: The built-in questions with options: their slugs from calm to painful, or from weak to strong. Those that the rules
#: read by key must have exactly these, because to a rule any other slug is a no.
SCALES: Mapping[str, tuple[str, ...]] = {
    "scope": ("whole_system", "one_part"),
    "current_shape": ("monolith", "modular_monolith", "monolith_with_services", "services"),
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
    "tech_lock_in": ("none", "wish", "blocking"),
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
#: Of these any number can be ticked, so their slugs have no order.
SEVERAL_KEYS = frozenset({"distributed_monolith_signs", "motives"})
#: Numbers of the built-in questionnaire whose reading is known to grow with the number.
RISING_NUMBERS = frozenset({"deploy_minutes", "hot_share", "models"})
NUMBER_KEYS = RISING_NUMBERS | {"services", "developers", "teams", "deploys_per_week"}

#: Pain signals of the axis `deployable` that a rule reads. Others add to the score only, so they must stay mild.
DEPLOYABLE_SIGNALS = ("waiting", "load", "lock_in", "uneven", "cost")

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

#: Facts that can hold or fail: what is lost when they never hold, when they never fail, and the questions that settle
#: them ("" where a pain reading does, whatever its key). Sentences are marked only.
_EITHER_WAY: Mapping[str, tuple[str, str, str]] = {
    "one_part": (N_("one part can never be chosen"), N_("the whole system can never be chosen"), "scope"),
    "searching": (N_("no product is ever searching"), N_("every product is still searching"), "product_stage"),
    "boundary": (
        N_("no pain that boundaries cure is ever acute"),
        N_("a pain that boundaries cure is always acute"),
        "",
    ),
    "waiting": (N_("releases that wait are never acute"), N_("releases always wait"), ""),
    "hurts": (N_("load is never felt"), N_("load is always felt"), ""),
    "lock_in": (N_("no part ever needs its own runtime"), N_("a part always needs its own runtime"), ""),
    "dominates": (N_("no part ever dominates the load"), N_("one part always dominates the load"), ""),
    "painful_cost": (N_("cost is never painful"), N_("cost is always painful"), ""),
    "slow": (N_("deploys are never slow"), N_("deploys are always slow"), "deploy_minutes"),
    "unowned": (N_("ownership is never unclear"), N_("ownership is always unclear"), "ownership"),
    "shared_writes": (
        N_("many shared transactions can never be said"),
        N_("a part is always held by shared transactions"),
        "cross_boundary_transactions",
    ),
    "tangled": (N_("a tangle can never be said"), N_("the code is always tangled"), "boundaries"),
    "named": (N_("the gate can never pass"), N_("the gate can never fail"), "boundaries"),
    "platform": (N_("the gate can never pass"), N_("the gate can never fail"), "platform_team"),
    "dedicated": (N_("the checklist item is never a yes"), N_("the checklist item is never a no"), "platform_team"),
    "automated": (N_("the gate can never pass"), N_("the gate can never fail"), "ci_cd"),
    "traced": (N_("the gate can never pass"), N_("the gate can never fail"), "tracing"),
    "logged": (N_("the gate can never pass"), N_("the gate can never fail"), "central_logging"),
    "hiring": (N_("the checklist item is never a yes"), N_("the checklist item is never a no"), "hiring"),
    "half_year": (N_("half a year can never be agreed to"), N_("half a year is always agreed to"), "migration_horizon"),
    "bad_motives": (N_("a weak reason can never be given"), N_("there is always a weak reason"), "motives"),
}

_FULL = 100
#: The parts of a key such as `tracing.options[3].value`.
_PART = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Extremes:
    """What scores are compared within: for each reading an answer of its lowest and one of its highest level."""

    weakest: Mapping[str, Answer]
    strongest: Mapping[str, Answer]
    #: The questionnaire cut down to one axis, since others do not touch its score.
    by_axis: Mapping[str, Questionnaire]


def lint(questionnaire: Questionnaire) -> tuple[Issue, ...]:
    """Every fault of this definition, in the order of the questionnaire and then of the rules; empty for a sound one.

    Problems carry the place as `key` (`tracing.reads.levels`) and no line; see `placed`.

    >>> lint(split_checklist)
    ()
    """
    grid = build_grid(questionnaire)
    extremes = _extremes(questionnaire)
    issues: list[Issue] = []
    for question in questionnaire.questions:
        issues += _question(questionnaire, question, extremes)
    issues += _missing_keys(questionnaire)
    issues += _either_way(questionnaire, grid)
    issues += _axes(questionnaire, extremes)
    issues += _outcomes(grid)
    return tuple(issues)


def placed(issues: tuple[Issue, ...], content: bytes, *, file: str) -> tuple[Issue, ...]:
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
        key, *below = (int(part) - 1 if part.isdecimal() else part for part in _PART.findall(issue.key))
        line = document.line((*places[key], *below)) if key in places else None
        found.append(replace(issue, file=file, line=line))
    return tuple(found)


# --- one question at a time


def _question(questionnaire: Questionnaire, question: Question, extremes: _Extremes) -> Iterator[Issue]:
    yield from _kind(question)
    if question.reads is None and question.key not in RULE_KEYS and question.key not in READ_ELSEWHERE:
        message = _("Add `reads`, or remove the question: no rule, no score and no other part reads it")
        yield Issue(code="unread_question", message=message, key=question.key)
    yield from _condition(questionnaire, question)
    if question.reads is not None:
        yield from _reading(questionnaire, question, extremes)


def _kind(question: Question) -> Iterator[Issue]:
    """Whether a question whose key the rules know is of the kind, and has the options, that they know."""
    key = question.key
    if key not in RULE_KEYS:
        return
    kind = "number" if key in NUMBER_KEYS else "several" if key in SEVERAL_KEYS else "choice"
    if question.kind != kind:
        message = _(
            "Make this a {kind}, or give it another key: the rules read `{key}` as one and would never see it"
        ).format(kind=kind, key=key)
        yield Issue(code="kind_unknown_to_rules", message=message, key=f"{key}.type")
        return
    options = [option.value for option in question.options]
    for slug in SCALES.get(key, ()):
        if slug not in options:
            message = _(
                "Add the option `{slug}`; the rules read it, and without it some of them can no longer be met"
            ).format(slug=slug)
            yield Issue(code="option_missing", message=message, key=f"{key}.options")
    for n, slug in enumerate(options):
        if key in SCALES and slug not in SCALES[key] and question.kind == "choice":
            known = ", ".join(SCALES[key])
            message = _("Use one of {known} instead of `{slug}`; to the rules any other option is a plain no").format(
                known=known, slug=slug
            )
            yield Issue(code="option_unknown_to_rules", message=message, key=f"{key}.options[{n + 1}].value")


def _condition(questionnaire: Questionnaire, question: Question) -> Iterator[Issue]:
    condition = question.asked_when
    if condition is None:
        return
    other = questionnaire.by_key[condition.key]
    if other.kind == "choice" and len(condition.any_of) == len(other.options):
        message = _("Remove `asked_when`; it names every option of `{key}`, so the question is always asked").format(
            key=condition.key
        )
        yield Issue(code="condition_without_effect", message=message, key=f"{question.key}.asked_when")


def _reading(questionnaire: Questionnaire, question: Question, extremes: _Extremes) -> Iterator[Issue]:
    reading = question.reads
    assert reading is not None
    levels = {level_of(question, value) for value in telling_values(question)}
    lowest, highest = min(levels), max(levels)
    field = "levels" if reading.levels else "acute"
    place = f"{question.key}.reads.{field}"
    if lowest == highest:
        message = _("Give the answers different levels; all read as {lowest}, so the reading has no effect").format(
            lowest=lowest
        )
        yield Issue(code="reading_without_effect", message=message, key=place)
        return
    yield from _direction(question, place)
    if reading.axis in PAIN_AXES:
        if lowest > 0:
            message = _(
                "Let the calmest answer read as 0 instead of {lowest}; leaving it blank would look better"
            ).format(lowest=lowest)
            yield Issue(code="blank_beats_answer", message=message, key=place)
        if reading.axis == "deployable" and reading.signal not in DEPLOYABLE_SIGNALS and highest >= ACUTE:
            signals = ", ".join(DEPLOYABLE_SIGNALS)
            message = _(
                "Keep the levels of `{signal}` below {acute}, or use one of the signals {signals}: "
                "no rule reads another one, so an acute score would have no verdict behind it"
            ).format(signal=reading.signal, acute=ACUTE, signals=signals)
            yield Issue(code="acute_signal_unread", message=message, key=place)
    else:
        whole = sum(other.weight for other in _readings(questionnaire, reading.axis))
        if 2 * (highest - lowest) * reading.weight < whole:
            message = _(
                "Raise the weight above {weight} of {whole}; the best answer adds less than half a point"
            ).format(weight=reading.weight, whole=whole)
            yield Issue(code="weight_without_effect", message=message, key=f"{question.key}.reads.weight")
    if lowest == 0 or reading.axis not in PAIN_AXES:
        yield from _blank(questionnaire, question, extremes, place)


def _readings(questionnaire: Questionnaire, axis: str) -> list[Reading]:
    found = [question.reads for question in questionnaire.questions]
    return [reading for reading in found if reading is not None and reading.axis == axis]


def _direction(question: Question, place: str) -> Iterator[Issue]:
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
        if level == same and key not in RULE_KEYS:
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


def _blank(questionnaire: Questionnaire, question: Question, extremes: _Extremes, place: str) -> Iterator[Issue]:
    """Compares the axis's score without an answer with that of the most telling honest one, others in three states."""
    reading = question.reads
    assert reading is not None
    pain = reading.axis in PAIN_AXES
    honest = extremes.weakest[question.key].value
    called = {question.asked_when.key: Answer(value=question.asked_when.any_of[0])} if question.asked_when else {}
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


def _missing_keys(questionnaire: Questionnaire) -> Iterator[Issue]:
    for key, consequence in MISSING_KEYS.items():
        if key not in questionnaire.by_key:
            message = _("Add a question `{key}`; without it {consequence}").format(key=key, consequence=consequence)
            yield Issue(code="key_missing", message=message, key=key)


def _either_way(questionnaire: Questionnaire, grid: Grid) -> Iterator[Issue]:
    """Facts that cannot hold, or cannot fail, although their question is there."""
    for field, (never, always, key) in _EITHER_WAY.items():
        if key and key not in questionnaire.by_key:
            continue
        values = grid.values(field)
        for wanted, consequence in ((True, never), (False, always)):
            if wanted not in values:
                place = f"{key}.options" if key else ""
                message = _("Let `{field}` come out both ways: as it is, {consequence}.")
                if not key:
                    message = _(
                        "Let `{field}` come out both ways: as it is, {consequence}. "
                        "Read a question on the pain axes for it."
                    )
                message = message.format(field=field, consequence=_(consequence))
                yield Issue(code="fact_one_way", message=message, key=place)


def _axes(questionnaire: Questionnaire, extremes: _Extremes) -> Iterator[Issue]:
    triggers = {q.asked_when.key: q.asked_when.any_of for q in questionnaire.questions if q.asked_when}
    openings = [{}, *({key: Answer(value=value)} for key, wanted in triggers.items() for value in wanted)]
    openings.append({key: Answer(value=wanted[0]) for key, wanted in triggers.items()})
    for axis in AXES:
        if not _readings(questionnaire, axis):
            message = _("Read at least one question on the axis `{axis}`; as it is, its score is always 0").format(
                axis=axis
            )
            yield Issue(code="axis_without_questions", message=message, key=axis)
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
        if axis not in PAIN_AXES and highest < _FULL:
            message = _(
                "Let the best answers on `{axis}` read as {full}; its score never rises above {highest}"
            ).format(axis=axis, full=_FULL, highest=highest)
            yield Issue(code="axis_never_full", message=message, key=axis)


def _extremes(questionnaire: Questionnaire) -> _Extremes:
    weakest, strongest = {}, {}
    keys: dict[str, set[str]] = {axis: set() for axis in AXES}
    for question in questionnaire.questions:
        if question.reads is not None:
            ranked = sorted(telling_values(question), key=partial(level_of, question))
            weakest[question.key], strongest[question.key] = Answer(value=ranked[0]), Answer(value=ranked[-1])
            keys[question.reads.axis].add(question.key)
    by_axis = {axis: only(questionnaire, keys[axis]) for axis in AXES}
    return _Extremes(weakest=weakest, strongest=strongest, by_axis=by_axis)


def _outcomes(grid: Grid) -> Iterator[Issue]:
    reached = [judgement for judgement, count in count_outcomes(grid).items() if count]
    for verdict in VERDICTS:
        if not any(judgement.verdict == verdict for judgement in reached):
            message = _("Make the verdict `{verdict}` reachable; no complete answers lead to it").format(
                verdict=verdict
            )
            yield Issue(code="unreachable_verdict", message=message, key=verdict)
    forms: tuple[Form, ...] = tuple(FORM_WORDS)
    for form in forms:
        if not any(judgement.form == form for judgement in reached):
            message = _("Make the form `{form}` reachable; no complete answers lead to it").format(form=form)
            yield Issue(code="unreachable_form", message=message, key=form)
    for rule in RULES:
        if not any(judgement.rule == rule for judgement in reached):
            message = _("Make the rule `{rule}` reachable; no complete answers lead to it").format(rule=rule)
            yield Issue(code="dead_rule", message=message, key=rule)


__all__ = ["MISSING_KEYS", "READ_ELSEWHERE", "SCALES", "lint", "placed"]
