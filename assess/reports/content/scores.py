"""The scores of a result as a report shows them, and the sentence above each chart of them."""

from collections.abc import Mapping
from typing import Final

from assess.decision.facade import Result, Score
from assess.language import N_, Words, _
from assess.questionnaire.facade import PAIN_AXES, READINESS_AXES, Questionnaire
from assess.reports.content.data import Axis, AxisGroup, QuestionRef, ScorePart

#: Shorter than `wording.AXIS_WORDS`: in the report they stand under the name of their group.
AXIS_NAMES: Final[Mapping[str, str]] = Words(
    {
        "boundary": N_("Boundaries cure these"),
        "deployable": N_("Only separate deployables cure these"),
        "separability": N_("Separability"),
        "devops": N_("Building and running"),
        "tracing": N_("Tracing and observability"),
        "people": N_("People"),
        "business": N_("Business"),
    }
)
#: The same inside a sentence.
CAPABILITY_WORDS: Final[Mapping[str, str]] = Words(
    {
        "devops": N_("building and running"),
        "tracing": N_("tracing and observability"),
        "people": N_("people"),
        "business": N_("business"),
    }
)


def build_axis_groups(
    questionnaire: Questionnaire, result: Result, refs: Mapping[str, QuestionRef]
) -> tuple[AxisGroup, ...]:
    """The charts of scores: pains, abilities, and the questionnaire's own axes where it has any."""
    axes = {axis: build_axis(score, refs) for axis, score in result.scores.items()}
    pains = tuple(axes[axis] for axis in PAIN_AXES)
    abilities = tuple(axes[axis] for axis in ("separability", *READINESS_AXES))
    groups = (
        AxisGroup(slug="pains", finding=pains_finding(*pains), axes=pains),
        AxisGroup(slug="abilities", finding=abilities_finding(abilities), axes=abilities),
    )
    if not questionnaire.own_axes:
        return groups
    own = AxisGroup(
        slug="own",
        finding=_("Beside the verdict, and read by no rule: what your questionnaire adds."),
        axes=tuple(axes[axis.slug] for axis in questionnaire.own_axes),
        notes=tuple(
            _("{name}: 100 means: {means}").format(name=axis.title, means=axis.means) for axis in questionnaire.own_axes
        ),
    )
    return (*groups, own)


def build_axis(score: Score, refs: Mapping[str, QuestionRef]) -> Axis:
    """The score with the answers behind it."""
    return Axis(
        axis=score.axis,
        name=score.title or AXIS_NAMES[score.axis],
        points=score.points,
        high=score.high,
        threshold=score.threshold,
        parts=tuple(
            ScorePart(question=refs[part.key], value=part.value, points=part.points) for part in score.contributions
        ),
    )


def pains_finding(boundary: Axis, deployable: Axis) -> str:
    """Which pain is acute, and which could become so."""
    if not (boundary.is_known or deployable.is_known):
        return _("What hurts is not known yet.")
    calm_boundary, calm_deployable = describe_calm_pain(boundary), describe_calm_pain(deployable)
    if is_acute(boundary) and is_acute(deployable):
        sentence = _(
            "Both kinds of pain are acute: boundaries cure one ({boundary}), "
            "only separate deployables the other ({deployable})."
        ).format(boundary=boundary.points, deployable=deployable.points)
    elif is_acute(deployable):
        sentence = _("Only separate deployables cure the acute pain ({points}); {other}.").format(
            points=deployable.points, other=calm_boundary
        )
    elif is_acute(boundary):
        sentence = _("Boundaries cure the acute pain ({points}); {other}.").format(
            points=boundary.points, other=calm_deployable
        )
    else:
        sentence = _("No pain is known to be acute: {boundary}, {deployable}.").format(
            boundary=calm_boundary, deployable=calm_deployable
        )
    could = [axis for axis in (boundary, deployable) if could_become_acute(axis)]
    if len(could) == 2:
        could_be = _("Open answers could still make both acute.")
    elif boundary in could:
        could_be = _("Open answers could still make the pain acute that boundaries cure.")
    elif deployable in could:
        could_be = _("Open answers could still make the pain acute that only separate deployables cure.")
    else:
        return sentence
    return f"{sentence} {could_be}"


def describe_calm_pain(axis: Axis) -> str:
    """A pain that is not acute, as part of a sentence."""
    if axis.axis == "boundary":
        sentence = _("the pain that boundaries cure is at {points}, below {threshold}")
        unknown = _("nothing is known yet of the pain that boundaries cure")
    else:
        sentence = _("the pain that only separate deployables cure is at {points}, below {threshold}")
        unknown = _("nothing is known yet of the pain that only separate deployables cure")
    return sentence.format(points=axis.points, threshold=axis.threshold) if axis.is_known else unknown


def is_acute(axis: Axis) -> bool:
    """Whether the known answers alone reach the threshold."""
    return axis.threshold is not None and axis.points >= axis.threshold


def could_become_acute(axis: Axis) -> bool:
    """Whether open answers could reach the threshold."""
    return axis.is_known and not is_acute(axis) and axis.threshold is not None and axis.high >= axis.threshold


def abilities_finding(axes: tuple[Axis, ...]) -> str:
    """How separable the system is, and the strongest and weakest capability."""
    separability, *readiness = axes
    known = [axis for axis in readiness if axis.is_known]
    if separability.is_known:
        first = _("Separability is {value} of 100; {capabilities}.")
        none_known = _("none of the four capabilities is known")
    else:
        first = _("Separability is not known yet; {capabilities}.")
        none_known = _("nor is any capability")
    if not known:
        return first.format(value=separability.value, capabilities=none_known)
    low, high = min(known, key=lambda axis: axis.points), max(known, key=lambda axis: axis.points)
    if len(known) == 1:
        sentence = _("of the capabilities only {capability} is known ({value})")
    elif low.points == high.points:
        sentence = _("the known capabilities are all at {points}")
    else:
        sentence = _("of the capabilities, {strongest} is strongest ({most}) and {capability} weakest ({points})")
    sentence = sentence.format(
        capability=CAPABILITY_WORDS[low.axis],
        value=low.value,
        points=low.points,
        strongest=CAPABILITY_WORDS[high.axis],
        most=high.points,
    )
    return first.format(value=separability.value, capabilities=sentence)
