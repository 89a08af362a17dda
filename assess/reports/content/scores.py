"""The scores of a result as a report shows them, and the sentence above each group."""

from collections.abc import Mapping
from typing import Final

from assess.decision.facade import Result, Score
from assess.findings.facade import Pains
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


def build_axis_groups(
    questionnaire: Questionnaire, result: Result, pains: Pains, refs: Mapping[str, QuestionRef]
) -> tuple[AxisGroup, ...]:
    """The scores: pains, abilities, and the questionnaire's own axes where it has any."""
    axes = {axis: build_axis(score, refs) for axis, score in result.scores.items()}
    abilities = tuple(axes[axis] for axis in ("separability", *READINESS_AXES))
    groups = (
        AxisGroup(
            slug="pains",
            finding=_("{finding}.").format(finding=pains.finding),
            axes=tuple(axes[axis] for axis in PAIN_AXES),
        ),
        AxisGroup(slug="abilities", finding=_("How ready the system is, from 0 to 100."), axes=abilities),
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
