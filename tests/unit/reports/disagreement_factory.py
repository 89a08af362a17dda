"""A version that people answered apart, and one after another, without a database: what a report says of them."""

from assess.assessments.consensus import ConsensusPoint
from assess.assessments.spread_chart import spread_chart
from assess.decision.disagreement import AnswerSheet, measure_spread
from assess.questionnaire.schema import Answer, Value
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.data import ChangedLine, Changes, ComparedAxis, ComparedMark, ReportData
from assess.reports.content.people import Disagreement, DisagreementLine, RoleVerdictLine
from tests.unit.reports.report_factory import AT

#: Who answered what, by question: perspective and value.
GIVEN: dict[str, tuple[tuple[str, Value], ...]] = {
    "deploy_waiting": (("developer", "always"), ("developer", "often"), ("manager", "never")),
    "team_collisions": (("developer", "daily"), ("manager", "rarely"), ("operations", "weekly")),
    "teams": (("developer", 3), ("manager", 5), ("product", 9)),
    "load_fit": (("operations", "failing"), ("product", "comfortable")),
    "hiring": (("manager", "easy"), ("developer", "hard")),
    "tests": (("developer", "some"), ("operations", "none")),
    "change_breakage": (("developer", "often"), ("product", "never")),
}


def point_of(key: str, given: tuple[tuple[str, Value], ...]) -> ConsensusPoint:
    question = builtin_questionnaire().by_key[key]
    options = {option.value for option in question.options}
    values = [
        (role, value if not options or value in options else question.options[index % len(question.options)].value)
        for index, (role, value) in enumerate(given)
    ]
    sheets = [AnswerSheet(perspective=role, answers={key: Answer(value=value)}) for role, value in values]
    spread = measure_spread(question, sheets)
    return ConsensusPoint(question=question, spread=spread, answer=None, responses=(), shared_row=None, agreement=None)


def people_apart() -> Disagreement:
    """Seven questions on which people are apart, each drawn."""
    points = [point_of(key, given) for key, given in GIVEN.items()]
    return Disagreement(
        finding="Seven questions are open because people disagree.",
        roles_finding="Developers alone would extract, managers alone would stay.",
        roles=(
            RoleVerdictLine(
                name="Developers alone", respondents=3, verdict_words="Extract services, slice by slice", others=""
            ),
            RoleVerdictLine(name="Managers alone", respondents=2, verdict_words="not answered yet", others=""),
        ),
        lines=tuple(
            DisagreementLine(
                key=point.question.key,
                wording=point.question.wording,
                state_words="open",
                is_open=True,
                finding=point.finding,
                respondents=point.spread.answered,
                values=tuple(f"{row.label}: {row.who}" for row in spread_chart(point).rows if row.who),
                agreement_note="",
                chart=spread_chart(point),
            )
            for point in points
        ),
        key="Each sign is one person’s answer. Filled circle: developers; filled triangle: managers.",
    )


def since_the_last(report: ReportData) -> Changes:
    """What changed since a version whose scores were all twenty less."""

    def axis(name: str, slug: str, points: int, high: int, threshold: int | None) -> ComparedAxis:
        before = max(points - 20, 0)
        return ComparedAxis(
            axis=slug,
            name=name,
            threshold=threshold,
            marks=(
                ComparedMark(
                    kind="ring", name="Version 2", points=before, high=before, value=str(before), is_known=True
                ),
                ComparedMark(
                    kind="dot", name="Version 3", points=points, high=high, value=f"{points} to {high}", is_known=True
                ),
            ),
        )

    return Changes(
        version=2,
        submitted_at=AT,
        finding="Furthest apart in readiness: people, 20 → 40.",
        moved=("The verdict was “Stay monolithic” and is “Extract services”.",),
        names=("Version 2", "Version 3"),
        axes=tuple(axis(one.name, one.axis, one.points, one.high, one.threshold) for one in report.axes),
        lines=(ChangedLine(wording="How many teams work in this codebase?", before="3 teams", after="5 teams"),),
        not_compared=(),
    )
