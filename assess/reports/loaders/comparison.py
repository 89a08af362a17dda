"""Two to four versions or systems side by side: verdicts, axes, changed answers, and which of these moved the verdict.

Decides: what a comparison shows and in which words. Does not decide: what moved a verdict
(`decision.compare_versions`), who may read what (the view). Where editions differ, only questions that all of them ask
are compared, and it is said which only some have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

from assess.assessments.facade import NOT_ANSWERED, Assessment, current_answers, format_answer, questionnaire_of
from assess.decision.facade import (
    AXIS_WORDS,
    VERDICT_WORDS,
    VERDICTS_INSIDE,
    AnsweredEdition,
    Result,
    Score,
    VerdictChange,
    decider,
    explain_verdict_change,
    find_differing_answers,
    find_unshared_questions,
    format_value,
    inside,
    subject,
)
from assess.language import N_, Words, _, all_of, in_a_row, ngettext
from assess.questionnaire.facade import AXES, BASIS_INSIDE, Answer, Question, Questionnaire, count_known, is_asked
from assess.reports.content.data import ChangedLine, Changes, ComparedAxis, ComparedMark
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text

MIN_COMPARED, MAX_COMPARED = 2, 4
#: At most so many changes that moved a verdict are listed; more would not be read.
MAX_MOVERS = 6
#: On which axis they differ most, in how many points.
FURTHEST = Words(
    {
        "boundary": N_("Furthest apart in pain that a module boundary cures, {first} → {last}"),
        "deployable": N_("Furthest apart in pain that only a separate deployable cures, {first} → {last}"),
        "separability": N_("Furthest apart in separability: can boundaries be drawn and kept, {first} → {last}"),
        "devops": N_("Furthest apart in readiness: DevOps, {first} → {last}"),
        "tracing": N_("Furthest apart in readiness: tracing and observability, {first} → {last}"),
        "people": N_("Furthest apart in readiness: people, {first} → {last}"),
        "business": N_("Furthest apart in readiness: business, {first} → {last}"),
    }
)
#: How the sides are marked, in drawing order: each has its own shape, and where all meet each still shows.
MARKS = ("ring", "dot", "square", "cross")


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedVersion:
    """One version that is compared. `name` is short: "Version 2", and with the system where several are compared."""

    assessment: Assessment
    side: AnsweredEdition
    result: Result
    name: str
    mark: str

    @property
    def is_early(self) -> bool:
        """Whether no pain was asked yet, or so little is known that the verdict says little."""
        if not self.result.shown_verdict:
            return True
        known = count_known(self.side.questionnaire, self.side.answers)
        needed = len(self.side.questionnaire.quick_questions)
        return not self.assessment.is_submitted and not self.result.firm and known < needed


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerCell:
    name: str
    words: str
    basis: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedAnswer:
    question: Question
    cells: tuple[AnswerCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionStep:
    """From one version to the next: what moved the verdict, in sentences."""

    before: ComparedVersion
    after: ComparedVersion
    moved: VerdictChange
    sentences: tuple[str, ...]

    @property
    def early(self) -> str:
        """Which of the two have too little answered for a verdict, "" for neither."""
        return all_of([column.name for column in (self.before, self.after) if column.is_early])


@dataclass(frozen=True, kw_only=True)
class Comparison:
    columns: tuple[ComparedVersion, ...]
    axes: tuple[ComparedAxis, ...]
    finding: str  #: the axes in one sentence
    lines: tuple[ComparedAnswer, ...]
    not_yet: tuple[ComparedAnswer, ...]  #: as `lines`, where a version in progress has no answer to the question yet
    only: tuple[tuple[ComparedVersion, tuple[Question, ...]], ...]
    steps: tuple[VersionStep, ...]
    same_system: bool


def load_comparison(assessments: Sequence[Assessment]) -> Comparison:
    """The comparison of these, in their order. One query for answers, two where people answer apart; editions by hash.

    Each is judged by the model that judged it; what moved a verdict is found by the newest.
    """
    columns = load_compared_versions(assessments)
    sides = [column.side for column in columns]
    axes = tuple(compare_axis(axis, columns) for axis in AXES)
    lines = compare_answers(columns)
    not_yet = [line for line in lines if any(is_still_unanswered(column, line.question) for column in columns)]
    return Comparison(
        columns=columns,
        axes=axes,
        finding=axes_finding(axes),
        lines=tuple(line for line in lines if line not in not_yet),
        not_yet=tuple(not_yet),
        only=tuple(
            (column, only) for column, only in zip(columns, find_unshared_questions(sides), strict=True) if only
        ),
        steps=tuple(build_step(before, after) for before, after in pairwise(columns)),
        same_system=len({column.assessment.system_id for column in columns}) == 1,
    )


def load_compared_versions(assessments: Sequence[Assessment]) -> tuple[ComparedVersion, ...]:
    """These versions with their answers, each judged by the model that judged it. As many queries as `compare`."""
    answers = current_answers(assessments)
    one_system = len({assessment.system_id for assessment in assessments}) == 1
    columns = []
    for assessment, mark in zip(assessments, cycle(MARKS), strict=False):
        questionnaire = questionnaire_of(assessment.edition)
        side = AnsweredEdition(questionnaire=questionnaire, answers=answers[assessment.pk])
        name = _("Version {version}") if one_system else _("{system}, version {version}")
        name = name.format(system=assessment.system.name, version=assessment.version)
        result = decider(assessment.model_version)(questionnaire, side.answers)
        columns.append(ComparedVersion(assessment=assessment, side=side, result=result, name=name, mark=mark))
    return tuple(columns)


# --- axes


def compare_axis(axis: str, columns: Sequence[ComparedVersion]) -> ComparedAxis:
    """One axis of these versions, in their order."""
    scores = [column.result.scores[axis] for column in columns]
    return ComparedAxis(
        axis=axis,
        name=AXIS_WORDS[axis],
        marks=tuple(
            ComparedMark(
                kind=column.mark,
                name=column.name,
                points=score.points,
                high=score.high,
                value=format_score(score),
                is_known=is_score_known(score),
            )
            for column, score in zip(columns, scores, strict=True)
        ),
        threshold=next((score.threshold for score in scores if score.threshold is not None), None),
    )


def format_score(score: Score) -> str:
    """A score in words: "40", "40 to 65" while answers are open, "not known" where none is.

    >>> format_score(Score(axis="people", points=40, high=65, threshold=None, contributions=(), open_keys=()))
    'not known'
    """
    if not is_score_known(score):
        return _("not known")
    if score.high == score.points:
        return f"{score.points}"
    return _("{low} to {high}").format(low=score.points, high=score.high)


def is_score_known(score: Score) -> bool:
    """Whether any answer behind the score is known, or none is missing."""
    return bool(score.contributions) or score.high == score.points


def axes_finding(axes: Sequence[ComparedAxis]) -> str:
    """What the axes show: which moved most from the first to the last, of those where both are known."""
    known = [line for line in axes if line.marks[0].is_known and line.marks[-1].is_known]
    moved = [line for line in known if line.marks[0].points != line.marks[-1].points]
    if not moved:
        return _("No axis moved") if known else _("No axis to compare yet")
    most = max(moved, key=lambda line: abs(line.marks[0].points - line.marks[-1].points))
    first, last = most.marks[0].points, most.marks[-1].points
    return FURTHEST[most.axis].format(first=first, last=last)


# --- answers


def compare_answers(columns: Sequence[ComparedVersion]) -> list[ComparedAnswer]:
    """The questions that are answered differently, with each version's answer in words."""
    lines = []
    for difference in find_differing_answers([column.side for column in columns]):
        cells = []
        for column, answer in zip(columns, difference.answers, strict=True):
            question = column.side.questionnaire.by_key[difference.question.key]
            cells.append(
                AnswerCell(
                    name=column.name,
                    words=describe_answer(column.side.questionnaire, question, answer),
                    basis=BASIS_INSIDE.get(answer.basis or "", "") if answer else "",
                    note=answer.note if answer else "",
                )
            )
        lines.append(ComparedAnswer(question=difference.question, cells=tuple(cells)))
    return lines


def is_still_unanswered(column: ComparedVersion, question: Question) -> bool:
    """Whether a version in progress asks this and nobody has answered it."""
    answers = column.side.answers
    return not column.assessment.is_submitted and question.key not in answers and is_asked(question, answers)


def describe_answer(questionnaire: Questionnaire, question: Question, answer: Answer | None) -> str:
    """An answer in words; where people gave several, all of them.

    >>> describe_answer(builtin, teams, Answer(between=(2, 4)))
    'Open between 2 teams and 4 teams'
    """
    if answer is None:
        return _(NOT_ANSWERED)
    if answer.between:
        values = all_of([inside(questionnaire, format_value(question, value)) for value in answer.between])
        return _("Open between {values}").format(values=values)
    return format_answer(question, answer)


# --- what moved the verdict


def build_step(before: ComparedVersion, after: ComparedVersion) -> VersionStep:
    """What moved the verdict from one version to the next."""
    moved = explain_verdict_change(before.side, after.side)
    return VersionStep(before=before, after=after, moved=moved, sentences=tuple(explain_move(before, after, moved)))


def explain_move(before: ComparedVersion, after: ComparedVersion, moved: VerdictChange) -> list[str]:
    """What moved the verdict, a sentence for each set of changes."""
    if moved.is_same:
        return []
    target = VERDICTS_INSIDE[moved.after]
    if moved.by_edition:
        edition = after.side.questionnaire
        return [
            _(
                "The questionnaire moved it: judged by {edition}, version {version}, the answers of {before} come to "
                "“{verdict}” already."
            ).format(edition=edition.title, version=edition.version, before=before.name, verdict=target)
        ]
    lines = []
    for mover in moved.movers[:MAX_MOVERS]:
        if len(mover.keys) == 1:
            pattern = _("Alone, {changes} changes the verdict to “{verdict}”.")
        else:
            pattern = _("Only together: {changes} change the verdict to “{verdict}”.")
        changes = in_a_row(describe_change(before, after, key) for key in mover.keys)
        lines.append(pattern.format(changes=changes, verdict=target))
    others = len(moved.movers) - MAX_MOVERS
    if others > 0:
        pattern = ngettext(
            "So does {number} other change of the answers below.",
            "So do {number} other changes of the answers below.",
            others,
        )
        lines.append(pattern.format(number=others))
    for mover in moved.elsewhere[:MAX_MOVERS]:
        pattern = _("{change} alone would have led to “{verdict}”.")
        change = describe_change(before, after, mover.keys[0], first=True)
        lines.append(pattern.format(change=change, verdict=VERDICTS_INSIDE[mover.verdict]))
    if moved.unexplained:
        lines.append(
            _("Shared questions do not explain it. The difference is in questions that only one version asks.")
        )
    return lines


def describe_change(before: ComparedVersion, after: ComparedVersion, key: str, *, first: bool = False) -> str:
    """One changed answer: "tracing: none → planned"."""
    questionnaire = after.side.questionnaire
    question = questionnaire.by_key[key]
    was, now = (
        inside(questionnaire, describe_answer(questionnaire, question, side.answers.get(key)))
        for side in (before.side, after.side)
    )
    name = subject(question)
    if not first:
        name = inside(questionnaire, name[:1]) + name[1:]
    return _("{subject}: {before} → {after}").format(subject=name, before=was, after=now)


# --- in a report


def load_changes(assessment: Assessment) -> Changes | None:
    """What changed since the newest submitted version before this one; None for the first. One query for a first
    version, else three more, five where people answered apart.
    """
    earlier = (
        Assessment.objects.filter(system=assessment.system_id, version__lt=assessment.version, deleted_at=None)
        .exclude(submitted_at=None)
        .select_related("system", "edition")
        .order_by("-version")
        .first()
        if assessment.version > 1
        else None
    )
    if earlier is None or earlier.submitted_at is None:
        return None
    comparison = load_comparison([earlier, assessment])
    step = comparison.steps[0]
    before, after = (clean_line(column.name, MAX_NAME) for column in comparison.columns)
    if step.early:
        moved = [_("Too little is answered in {versions} to say what moved the verdict.").format(versions=step.early)]
    elif step.moved.is_same:
        moved = [_("Both versions come to “{verdict}”.").format(verdict=VERDICT_WORDS[step.moved.after])]
    else:
        first = _("The verdict was “{before}” and is “{after}”.").format(
            before=VERDICT_WORDS[step.moved.before], after=VERDICT_WORDS[step.moved.after]
        )
        moved = [first, *step.sentences]
    lines = (*comparison.lines, *comparison.not_yet)
    return Changes(
        version=earlier.version,
        submitted_at=earlier.submitted_at,
        finding=_("{sentence}.").format(sentence=comparison.finding),
        moved=tuple(clean_text(sentence) for sentence in moved),
        names=(before, after),
        axes=comparison.axes,
        lines=tuple(
            ChangedLine(
                wording=line.question.wording,
                before=clean_text(line.cells[0].words),
                after=clean_text(line.cells[1].words),
            )
            for line in lines
        ),
        not_compared=tuple(
            _("Only {version} asks: {question}").format(version=column.name, question=question.wording)
            for column, questions in comparison.only
            for question in questions
        ),
    )
