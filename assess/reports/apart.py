"""What a report says of a version that people answered apart: whose answers count, and where people disagree.

Decides: how several people's answers are told as one, and in which order disagreements stand. Does not decide: what
they come to (`assessments.together`). Names are told only where the team's lead shows them.
"""

from assess.assessments.together import Point, Table, finding_of, number, roles_in_words
from assess.decision.wording import FORM_WORDS, VERDICT_WORDS
from assess.reports.cleaned import MAX_NAME, clean_line, clean_text
from assess.reports.data import GivenAnswer
from assess.reports.disagreement import Disagreement, DisagreementLine, RoleVerdictLine


def answers_of(table: Table) -> dict[str, GivenAnswer]:
    """What counts of each question, with whose it is: "3 respondents", or "agreed by …"."""
    rows = {key: [person.rows[key] for person in table.people if key in person.rows] for key in table.answers}
    points = table.by_key
    answers = {}
    for key, answer in table.answers.items():
        point = points.get(key)
        common = point.common if point and point.is_agreed else None
        if common is not None:
            by = f"agreed by {common.answered_by}"
        else:
            by = f"{len(rows[key])} respondent{'' if len(rows[key]) == 1 else 's'}"
        answers[key] = GivenAnswer(
            answer=answer,
            by=by,
            at=common.answered_at if common else max(row.answered_at for row in rows[key]),
            notes=_notes(point),
            told=_told(point),
        )
    return answers


def _notes(point: Point | None) -> tuple[str, ...]:
    """What people wrote beside their own answers, and what was said when they agreed."""
    if point is None:
        return ()
    notes = [f"{line.who}: {' '.join(part for part in (line.note, line.link) if part)}" for line in point.said]
    written = [note for note, line in zip(notes, point.said, strict=True) if line.note or line.link]
    if point.is_agreed and point.agreement and point.agreement.said:
        written.append(f"Said when agreeing: {point.agreement.said}")
    return tuple(written)


def _told(point: Point | None) -> str:
    """In place of "not sure yet", where people differ."""
    return finding_of(point.spread) if point and point.standing in ("open", "apart") else ""


def disagreement_of(table: Table) -> Disagreement:
    """Where people disagree, or disagreed until they agreed."""
    open_points, apart = table.open_points, table.standing("apart")
    agreed = [
        point
        for point in table.standing("agreed")
        if point.spread.differs or (point.agreement and point.agreement.said)
    ]
    roles = table.roles
    return Disagreement(
        finding=_finding(len(open_points), len(apart), len(agreed)),
        roles_finding=roles.finding if roles else "",
        roles=tuple(
            RoleVerdictLine(
                name=line.name,
                n=line.n,
                verdict_words=_verdict_words(line.n, line.known, line.verdict, line.form, line.is_enough),
                others=", ".join(VERDICT_WORDS[other].lower() for other in VERDICT_WORDS if other in line.others)
                if line.is_enough
                else "",
            )
            for line in (roles.lines if roles else ())
        ),
        lines=tuple(_line(point) for point in (*open_points, *apart, *agreed)),
    )


def _verdict_words(n: int, known: int, verdict: str, form: str, is_enough: bool) -> str:
    if not n:
        return "not answered yet"
    if not is_enough:
        return f"too early: {known} answer{'' if known == 1 else 's'} known"
    words = next(words for slug, words in VERDICT_WORDS.items() if slug == verdict)
    return f"{words}, {next(words for slug, words in FORM_WORDS.items() if slug == form)}"


def _line(point: Point) -> DisagreementLine:
    spread, agreement = point.spread, point.agreement
    values = [f"{line.words}: {roles_in_words(line.by_perspective)}" for line in spread.given]
    if spread.not_sure:
        values.append(f"Not sure yet: {roles_in_words(spread.not_sure_by)}")
    if spread.not_applicable:
        values.append(f"Does not apply: {roles_in_words(spread.not_applicable_by)}")
    state = "open" if point.standing == "open" else "one step apart"
    if point.is_agreed and point.common:
        state = clean_line(f"agreed by {point.common.answered_by}", MAX_NAME)
    return DisagreementLine(
        key=point.question.key,
        wording=point.question.wording,
        state_words=state,
        is_open=point.standing == "open",
        finding=clean_line(point.finding, 2 * MAX_NAME),
        n=spread.answered,
        values=tuple(values),
        said=clean_text(agreement.said) if point.is_agreed and agreement else "",
    )


def _finding(is_open: int, apart: int, agreed: int) -> str:
    """The block in one sentence."""
    parts = []
    if is_open:
        parts.append(f"{number(is_open)} question{' is' if is_open == 1 else 's are'} open because people disagree")
    if apart:
        parts.append(f"on {number(apart)} they are one step apart")
    if agreed:
        parts.append(f"on {number(agreed)} they came to agree")
    said = "; ".join(parts) or "nobody disagrees on any question that two or more answered"
    return f"{said[:1].upper()}{said[1:]}."
