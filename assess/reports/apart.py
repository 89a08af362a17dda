"""What a report says of a version that people answered apart: whose answers count, and where people disagree.

Decides: how several people's answers are told as one, and in which order disagreements stand. Does not decide: what
they come to (`assessments.together`). Names are told only where the team's lead shows them.
"""

from assess.assessments.together import Point, Table, finding_of, roles_in_words
from assess.decision.wording import FORM_WORDS, VERDICT_WORDS
from assess.language import _, capitalised, ngettext, number_word
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
            by = _("agreed by {name}").format(name=common.answered_by)
        else:
            count = len(rows[key])
            by = ngettext("{count} respondent", "{count} respondents", count).format(count=count)
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
        written.append(_("Said when agreeing: {text}").format(text=point.agreement.said))
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
                others=", ".join(VERDICT_WORDS[other] for other in VERDICT_WORDS if other in line.others)
                if line.is_enough
                else "",
            )
            for line in (roles.lines if roles else ())
        ),
        lines=tuple(_line(point) for point in (*open_points, *apart, *agreed)),
    )


def _verdict_words(n: int, known: int, verdict: str, form: str, is_enough: bool) -> str:
    if not n:
        return _("not answered yet")
    if not is_enough:
        return ngettext("too early: {count} answer known", "too early: {count} answers known", known).format(
            count=known
        )
    words = next(words for slug, words in VERDICT_WORDS.items() if slug == verdict)
    return _("{verdict}, {form}").format(
        verdict=words, form=next(words for slug, words in FORM_WORDS.items() if slug == form)
    )


def _line(point: Point) -> DisagreementLine:
    spread, agreement = point.spread, point.agreement
    given = [(line.words, line.by_perspective) for line in spread.given]
    if spread.not_sure:
        given.append((_("Not sure yet"), spread.not_sure_by))
    if spread.not_applicable:
        given.append((_("Does not apply"), spread.not_applicable_by))
    values = [_("{value}: {people}").format(value=value, people=roles_in_words(by)) for value, by in given]
    state = _("open") if point.standing == "open" else _("one step apart")
    if point.is_agreed and point.common:
        state = _("agreed by {name}").format(name=clean_line(str(point.common.answered_by), MAX_NAME))
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
        said = ngettext(
            "{count} question is open because people disagree",
            "{count} questions are open because people disagree",
            is_open,
        )
        parts.append(said.format(count=number_word(is_open)))
    if apart:
        parts.append(_("on {count} they are one step apart").format(count=number_word(apart)))
    if agreed:
        parts.append(_("on {count} they came to agree").format(count=number_word(agreed)))
    said = "; ".join(parts) or _("nobody disagrees on any question that two or more answered")
    return _("{sentence}.").format(sentence=capitalised(said))
