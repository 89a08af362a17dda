"""A version that people answered separately: the combined answers, and where people disagree.

Decides: how a report words several people's answers, and the order of disagreements. Does not decide what they combine
to (`assessments.consensus`). Names appear only where the team's lead shows them.
"""

from datetime import datetime
from typing import Final

from assess.assessments.facade import (
    Consensus,
    ConsensusPoint,
    Perspective,
    describe_spread,
    format_answer,
    format_role_counts,
    spread_chart,
)
from assess.decision.facade import VERDICT_WORDS, words_of_form, words_of_verdict
from assess.language import N_, Words, _, capitalised, in_a_row, ngettext, number_word
from assess.questionnaire.facade import BASIS_INSIDE, Question
from assess.reports.content.data import AttributedAnswer
from assess.reports.content.people import Disagreement, DisagreementLine, IndividualAnswer, RoleVerdictLine
from assess.reports.content.sanitize import MAX_NAME, clean_line, clean_text

#: The shapes of `PERSPECTIVES` in words.
SIGNS: Final = Words(
    {
        Perspective.DEVELOPER.value: N_("filled circle: developers"),
        Perspective.OPERATIONS.value: N_("open square: operations"),
        Perspective.MANAGER.value: N_("filled triangle: managers"),
        Perspective.PRODUCT.value: N_("open diamond: product"),
    }
)


def load_combined_answers(consensus: Consensus) -> dict[str, AttributedAnswer]:
    """The answer that counts for each question, by "3 respondents" or "agreed by …". Two queries."""
    agreements = {row.key: row for row in consensus.assessment.agreements.all()}
    agreed_answers = {row.key: row for row in consensus.assessment.answers.given().select_related("answered_by")}
    points = consensus.by_key
    answers = {}
    for key, answer in consensus.answers.items():
        row, agreement = agreed_answers.get(key), agreements.get(key)
        rows = [person.rows[key] for person in consensus.respondents if key in person.rows]
        at: datetime | None
        if row is not None:
            by, at = _("agreed by {name}").format(name=row.answered_by), row.answered_at
        else:
            by = ngettext("{count} respondent", "{count} respondents", len(rows)).format(count=len(rows))
            point = points.get(key)
            if point and point.changes:
                by = _("{people}; {changes}").format(people=by, changes=point.changes)
            at = max(one.answered_at for one in rows) if consensus.assessment.names_shown else None
        answers[key] = AttributedAnswer(
            answer=answer,
            by=by,
            at=at,
            individual=individual_answers(consensus, consensus.questionnaire.by_key[key]),
            disagreement=describe_difference(points.get(key)),
            agreement_note=agreement.note if agreement else "",
        )
    return answers


def individual_answers(consensus: Consensus, question: Question) -> tuple[IndividualAnswer, ...]:
    """What each answered; nothing where names are hidden, for a line for each person tells who they are."""
    if not consensus.assessment.names_shown:
        return ()
    individual = []
    for person in consensus.respondents:
        row = person.rows.get(question.key)
        if row is not None:
            answer = row.as_answer()
            individual.append(
                IndividualAnswer(
                    who=str(person.respondent),
                    at=row.answered_at,
                    words=format_answer(question, answer),
                    basis=BASIS_INSIDE[answer.basis] if answer.basis else "",
                    note=row.note,
                    link=row.link,
                    who_knows=row.who_knows,
                    after_sight=consensus.sight.describe(person.respondent, question),
                )
            )
    return tuple(individual)


def describe_difference(point: ConsensusPoint | None) -> str:
    """In place of "not sure yet", where people differ."""
    return describe_spread(point.spread) if point and point.status in ("open", "apart") else ""


def build_disagreement(consensus: Consensus) -> Disagreement:
    """Where people disagree, or disagreed until they agreed."""
    open_points, apart = consensus.open_points, consensus.with_status("apart")
    agreed = [
        point
        for point in consensus.with_status("agreed")
        if point.spread.differs or (point.agreement and point.agreement.note)
    ]
    roles = consensus.roles
    return Disagreement(
        finding=disagreement_finding(len(open_points), len(apart), len(agreed)),
        roles_finding=roles.finding if roles else "",
        roles=tuple(
            RoleVerdictLine(
                name=line.name,
                respondents=line.n,
                verdict_words=describe_role_verdict(line.n, line.known, line.verdict, line.form, line.is_enough),
                others=_(", ").join(VERDICT_WORDS[other] for other in VERDICT_WORDS if other in line.others)
                if line.is_enough
                else "",
            )
            for line in (roles.lines if roles else ())
        ),
        lines=tuple(build_line(point) for point in (*open_points, *apart, *agreed)),
        key=describe_signs(consensus),
    )


def describe_role_verdict(n: int, known: int, verdict: str, form: str, is_enough: bool) -> str:
    """The verdict of a role alone, or why there is none."""
    if not n:
        return _("not answered yet")
    if not is_enough:
        return ngettext("too early: {count} answer known", "too early: {count} answers known", known).format(
            count=known
        )
    return _("{verdict}, {form}").format(verdict=words_of_verdict(verdict), form=words_of_form(form))


def build_line(point: ConsensusPoint) -> DisagreementLine:
    """One question on which people differ, with who answered what."""
    spread, agreement = point.spread, point.agreement
    counted = [(line.words, line.by_perspective) for line in spread.given]
    if spread.not_sure:
        counted.append((_("Not sure yet"), spread.not_sure_by))
    if spread.not_applicable:
        counted.append((_("Does not apply"), spread.not_applicable_by))
    values = [_("{value}: {people}").format(value=value, people=format_role_counts(by)) for value, by in counted]
    state = _("open") if point.status == "open" else _("one step apart")
    if point.is_agreed and point.shared_row:
        state = _("agreed by {name}").format(name=clean_line(str(point.shared_row.answered_by), MAX_NAME))
    return DisagreementLine(
        key=point.question.key,
        wording=point.question.wording,
        state_words=state,
        is_open=point.status == "open",
        finding=clean_line(point.finding, 2 * MAX_NAME),
        respondents=spread.answered,
        values=tuple(values),
        agreement_note=clean_text(agreement.note) if point.is_agreed and agreement else "",
        chart=spread_chart(point) if spread.differs or spread.is_mixed else None,
    )


def describe_signs(consensus: Consensus) -> str:
    """Which sign stands for which role, of those who answered."""
    roles = {role for point in consensus.points for line in point.spread.given for role in line.by_perspective}
    signs = [words for role, words in SIGNS.items() if role in roles]
    return _("Each sign is one person’s answer. {signs}.").format(signs=capitalised(in_a_row(signs))) if signs else ""


def disagreement_finding(is_open: int, apart: int, agreed: int) -> str:
    """The block in one sentence."""
    parts = []
    if is_open:
        sentence = ngettext(
            "{count} question is open because people disagree",
            "{count} questions are open because people disagree",
            is_open,
        )
        parts.append(sentence.format(count=number_word(is_open)))
    if apart:
        parts.append(_("on {count} they are one step apart").format(count=number_word(apart)))
    if agreed:
        parts.append(_("on {count} they have agreed").format(count=number_word(agreed)))
    sentence = in_a_row(parts) or _("nobody disagrees on any question that two or more answered")
    return _("{sentence}.").format(sentence=capitalised(sentence))
