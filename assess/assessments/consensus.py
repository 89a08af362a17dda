"""Separate answers side by side: for each question what people answered, how far apart they are, what was agreed on.

Decides the status of a question between people and the name under which each shows. How far answers are apart is
decided by `decision.disagreement`, who may see whose by `response_visibility`; agreeing is in `agreements`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Literal

from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_answer
from assess.assessments.models import Agreement, Answer, Assessment, Respondent, Response
from assess.assessments.perspectives import NO_ROLE, PERSPECTIVES, Perspective
from assess.assessments.response_visibility import (
    find_asked_late,
    find_changed_after_sight,
    shows_answers_of,
    shows_roles_of,
    visible_keys,
)
from assess.decision.facade import (
    AnswerSheet,
    RolesCompared,
    Spread,
    combine_answers,
    decider,
    measure_spread,
    uncapitalised,
    values_in_answer,
    verdicts_by_role,
)
from assess.language import _, all_of, capitalised, ngettext, number_word
from assess.people.facade import User
from assess.questionnaire.facade import BASIS_CHIPS, Answers, Question, Questionnaire, count_known, worded_for
from assess.questionnaire.facade import Answer as AnswerValue

PointStatus = Literal["agreed", "few", "open", "apart", "same", "one", "unknown", "unanswered"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RespondentAnswers:
    """A respondent with their answers."""

    respondent: Respondent
    sheet: AnswerSheet
    rows: Mapping[str, Response]


@dataclass(frozen=True, kw_only=True, slots=True)
class RespondentAnswer:
    """What one person answered to one question, in words."""

    who: str
    words: str
    note: str
    link: str
    basis: str
    after_sight: str  #: that they could see others' answers before they gave this one, "" where they could not


@dataclass(frozen=True, kw_only=True)
class ConsensusPoint:
    """One question with everybody's answers. `answer` is what counts: the agreed answer, else theirs combined.

    Where names are hidden there are no `responses`; and `is_few`, and nothing in `spread`, where fewer answered than a
    group has.
    """

    question: Question
    spread: Spread
    answer: AnswerValue | None
    responses: tuple[RespondentAnswer, ...]
    shared_row: Answer | None  #: the shared answer, also one that was taken back
    agreement: Agreement | None
    is_few: bool = False
    changed_after_sight: int = 0  #: how many gave another answer once they could see others'; 0 for too few people

    @property
    def is_agreed(self) -> bool:
        return self.shared_row is not None and self.shared_row.answered

    @property
    def version(self) -> int:
        """The version of the shared answer that an agreement must follow."""
        return self.shared_row.version if self.shared_row else 0

    @cached_property
    def status(self) -> PointStatus:
        spread = self.spread
        if self.is_agreed:
            return "agreed"
        if self.is_few:
            return "few"
        if spread.is_open:
            return "open"
        if spread.differs:
            return "apart"
        if spread.n > 1:
            return "same"
        if spread.n:
            return "one"
        return "unknown" if spread.answered else "unanswered"

    @property
    def changes(self) -> str:
        """How many gave another answer once they could see others', in one sentence; "" for none."""
        count = self.changed_after_sight
        if not count:
            return ""
        return ngettext(
            "{count} person changed their answer after others’ answers showed",
            "{count} people changed their answers after others’ answers showed",
            count,
        ).format(count=count)

    @property
    def finding(self) -> str:
        """The status in one sentence, without its full stop."""
        if self.is_agreed and self.shared_row:
            answer = format_answer(self.question, self.shared_row.as_answer())
            if self.agreement is None:
                return _("{answer}: agreed").format(answer=answer)
            return _("{answer}: agreed by {person}").format(answer=answer, person=self.agreement.agreed_by)
        if self.is_few:
            return _("Fewer than three people answered: shows and counts once three have, or once you agree")
        return describe_spread(self.spread)


def describe_spread(spread: Spread) -> str:
    """How far the answers to a question are apart, in one sentence without its full stop.

    >>> describe_spread(measure_spread(team_collisions, sheets))
    'Between weekly and daily: 3 people, one step apart'
    """
    if spread.is_mixed:
        return _("{answers}: {people}; does not apply: {others} – open").format(
            answers=quote_answers(spread),
            people=format_people_count(spread.n),
            others=format_people_count(spread.not_applicable),
        )
    if spread.differs:
        steps = ngettext("{count} step apart", "{count} steps apart", spread.steps)
        ends = _("Between {lowest} and {highest}").format(
            lowest=uncapitalised(spread.lowest), highest=uncapitalised(spread.highest)
        )
        if isinstance(spread.given[0].value, tuple):
            ends = quote_answers(spread)
        finding = _("{answers}: {people}, {steps} – open") if spread.is_open else _("{answers}: {people}, {steps}")
        return finding.format(
            answers=ends, people=format_people_count(spread.n), steps=steps.format(count=number_word(spread.steps))
        )
    if spread.n > 1:
        finding = ngettext("{answer}: all {count} who know say so", "{answer}: all {count} who know say so", spread.n)
        return finding.format(answer=spread.lowest, count=number_word(spread.n))
    if spread.n:
        return _("{answer}: one person knows").format(answer=spread.lowest)
    if spread.not_applicable and not spread.not_sure:
        return _("Does not apply: {people}").format(people=format_people_count(spread.not_applicable))
    return _("Nobody knows yet") if spread.answered else _("Nobody answered yet")


def quote_answers(spread: Spread) -> str:
    """All answers, each in quotes: without them a list could be read as one answer."""
    quoted = [_("“{words}”").format(words=line.words) for line in spread.given]
    return reduce(lambda first, last: _("{first} or {last}").format(first=first, last=last), quoted)


def format_people_count(count: int) -> str:
    """ "3 people"."""
    return ngettext("{count} person", "{count} people", count).format(count=count)


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """All points of an assessment that a person may see, in the questionnaire's order.

    `hidden_questions` are those that the person has to answer first: neither their points nor their answers are here.
    `answers` are what counts, by key.
    """

    assessment: Assessment
    questionnaire: Questionnaire
    respondents: tuple[RespondentAnswers, ...]
    points: tuple[ConsensusPoint, ...]
    hidden_questions: tuple[Question, ...]
    answers: Mapping[str, AnswerValue]
    sight: "Sight"

    def with_status(self, *statuses: PointStatus) -> list[ConsensusPoint]:
        return [point for point in self.points if point.status in statuses]

    @property
    def respondents_with_answers(self) -> int:
        """How many people answered anything."""
        return sum(bool(respondent.sheet.answers) for respondent in self.respondents)

    @property
    def open_points(self) -> list[ConsensusPoint]:
        return self.with_status("open")

    @property
    def by_key(self) -> Mapping[str, ConsensusPoint]:
        return {point.question.key: point for point in self.points}

    def answers_before(self, agreement: Agreement) -> list[tuple[str, str]]:
        """Who had answered what before this was agreed on: name and words. Nothing where names are hidden."""
        if not self.assessment.names_shown:
            return []
        names = {each.respondent.pk: str(each.respondent) for each in self.respondents}
        return [
            (names.get(line["respondent"], str(Perspective(line["perspective"]).label)), line["words"])
            for line in agreement.answers_before
        ]

    @cached_property
    def roles(self) -> "RoleVerdicts | None":
        """The verdict by role; None while the person has questions to answer first, or nobody answered any."""
        if self.hidden_questions or not self.respondents_with_answers:
            return None
        sheets = [each.sheet for each in self.respondents]
        people = Counter(sheet.perspective for sheet in sheets if sheet.answers)
        if not shows_roles_of(self.assessment, people):
            sheets = []
        elif not self.assessment.names_shown:
            sheets = [sheet for role in people for sheet in shown_sheets(self.assessment, sheets, role)]
        n = self.respondents_with_answers
        return compare_roles(self.questionnaire, sheets, self.answers, n, self.assessment.model_version)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleVerdict:
    """What the answers of one role alone say, or of everyone: `n` people, `known` questions with a known answer."""

    name: str
    n: int
    known: int
    is_enough: bool
    verdict: str
    form: str
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleVerdicts:
    """The verdict of each role alone and of everyone, with the finding in a sentence."""

    lines: tuple[RoleVerdict, ...]
    finding: str


def build_consensus(assessment: Assessment, user: User | None = None) -> Consensus:
    """The consensus as `user` may see it, whole without one (for reports). At most nine queries."""
    questionnaire = questionnaire_of(assessment.edition)
    respondents = load_respondent_answers(assessment)
    sheets = [each.sheet for each in respondents]
    rows = {row.key: row for row in assessment.answers.select_related("answered_by")}
    agreements = {row.key: row for row in assessment.agreements.select_related("agreed_by")}
    visible = set(questionnaire.by_key) if user is None else visible_keys(user, assessment)
    sight = load_sight(assessment, respondents)
    answers: dict[str, AnswerValue] = {}
    people = {key: sum(key in sheet.answers for sheet in sheets) for key in questionnaire.by_key}
    few = {key for key, count in people.items() if count and not shows_answers_of(assessment, count)}
    for key in questionnaire.by_key:
        given_answers = [sheet.answers[key] for sheet in sheets if key in sheet.answers]
        if key in rows and rows[key].answered:
            answers[key] = rows[key].as_answer()
        elif given_answers and key not in few:
            answers[key] = combine_answers(given_answers)
    # In the wording that follows from what the person may see.
    questionnaire = worded_for(questionnaire, {key: answer for key, answer in answers.items() if key in visible})
    questions = [question for question in questionnaire.questions if may_be_asked(question, answers)]
    points = [
        ConsensusPoint(
            question=question,
            spread=measure_spread(question, sheets_for_question(assessment, question.key, sheets)),
            answer=answers.get(question.key),
            responses=list_responses(question, respondents, sight) if assessment.names_shown else (),
            is_few=question.key in few,
            changed_after_sight=0
            if question.key in few
            else sum(key == question.key for _respondent, key in sight.first_answers),
            shared_row=rows.get(question.key),
            agreement=agreements.get(question.key),
        )
        for question in questions
        if question.key in visible
    ]
    return Consensus(
        assessment=assessment,
        questionnaire=questionnaire,
        respondents=tuple(respondents),
        points=tuple(points),
        hidden_questions=tuple(question for question in questions if question.key not in visible),
        answers={key: answer for key, answer in answers.items() if key in visible},
        sight=sight,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """Who could see others' answers before giving theirs: the ids of those who were `asked_late`, and the first answers
    of those who changed theirs afterwards, by respondent and key."""

    asked_late: Collection[int]
    first_answers: Mapping[tuple[int, str], AnswerValue]

    def describe(self, respondent: Respondent, question: Question) -> str:
        """What was so with this answer, in words without a full stop; "" where it was given blind."""
        first = self.first_answers.get((respondent.pk, question.key))
        if first is not None:
            words = format_answer(question, first)
            return _("first “{answer}”, changed after others’ answers showed").format(answer=words)
        if respondent.pk in self.asked_late:
            return _("asked after others had answered, and could see their answers")
        return ""


def load_sight(assessment: Assessment, respondents: Iterable[RespondentAnswers]) -> Sight:
    """Three queries at most."""
    everybody = list(respondents)
    return Sight(
        asked_late=find_asked_late(assessment, [each.respondent for each in everybody]),
        first_answers=find_changed_after_sight(assessment, [row for each in everybody for row in each.rows.values()]),
    )


def load_respondent_answers(assessment: Assessment) -> list[RespondentAnswers]:
    """Everybody who is asked, in the order of asking, with their answers. Two queries."""
    rows: dict[int, dict[str, Response]] = {}
    responses = Response.objects.filter(assessment=assessment, answered=True, respondent__removed_at=None)
    for row in responses.order_by("id"):
        rows.setdefault(row.respondent_id, {})[row.key] = row
    respondents = assessment.respondents.filter(removed_at=None).select_related("user").order_by("id")
    return [
        RespondentAnswers(
            respondent=respondent,
            sheet=AnswerSheet(
                perspective=respondent.perspective,
                answers={key: row.as_answer() for key, row in rows.get(respondent.pk, {}).items()},
            ),
            rows=rows.get(respondent.pk, {}),
        )
        for respondent in respondents
    ]


def sheets_for_question(assessment: Assessment, key: str, sheets: Iterable[AnswerSheet]) -> list[AnswerSheet]:
    """The sheets with an answer to this question, as far as they show: none of too few, and without roles where a role
    would tell who it is."""
    given = [sheet for sheet in sheets if key in sheet.answers]
    if not shows_answers_of(assessment, len(given)):
        return []
    if shows_roles_of(assessment, Counter(sheet.perspective for sheet in given)):
        return given
    return [replace(sheet, perspective=NO_ROLE) for sheet in given]


def shown_sheets(assessment: Assessment, sheets: Iterable[AnswerSheet], perspective: str) -> list[AnswerSheet]:
    """The sheets of one role with the answers that enough of the role gave."""
    of_role = [sheet for sheet in sheets if sheet.perspective == perspective]
    people = Counter(key for sheet in of_role for key in sheet.answers)
    shown = {key for key, count in people.items() if shows_answers_of(assessment, count)}
    return [
        replace(sheet, answers={key: answer for key, answer in sheet.answers.items() if key in shown})
        for sheet in of_role
    ]


def list_responses(
    question: Question, respondents: Iterable[RespondentAnswers], sight: Sight
) -> tuple[RespondentAnswer, ...]:
    """What each answered to the question. Only where names show: a line for each person tells who they are."""
    return tuple(
        RespondentAnswer(
            who=str(each.respondent),
            words=format_answer(question, row.as_answer()),
            note=row.note,
            link=row.link,
            basis=BASIS_CHIPS.get(row.basis, ""),
            after_sight=sight.describe(each.respondent, question),
        )
        for each in respondents
        if (row := each.rows.get(question.key)) is not None
    )


def may_be_asked(question: Question, answers: Answers) -> bool:
    """Whether the question is asked under one of the answers that people gave to the questions it depends on."""
    return not question.asked_when or any(
        bool(set(value) & set(condition.any_of)) if isinstance(value, tuple) else value in condition.any_of
        for condition in question.asked_when
        if (answer := answers.get(condition.key)) is not None
        for value in values_in_answer(answer)
    )


def compare_roles(
    questionnaire: Questionnaire,
    sheets: Sequence[AnswerSheet],
    answers: Answers,
    n: int,
    model_version: int | None = None,
) -> RoleVerdicts:
    """The verdict of each role that was asked, and of everyone (`n` people answered) by `answers`: all combined, with
    what was agreed on. No role without `sheets`."""
    judge = decider(model_version)
    compared = verdicts_by_role(questionnaire, sheets, judge)
    by_role = {role.perspective: role for role in compared.roles}
    lines = [
        RoleVerdict(
            name=_(spec.alone),
            n=role.n,
            known=role.known,
            is_enough=role.is_enough,
            verdict=role.verdict,
            form=role.form,
            others=role.others,
        )
        for perspective, spec in PERSPECTIVES.items()
        if (role := by_role.get(perspective)) is not None
    ]
    shared = judge(questionnaire, answers)
    known = count_known(questionnaire, answers)
    everyone = RoleVerdict(
        name=_("Everyone"),
        n=n,
        known=known,
        is_enough=known > 0
        and bool(shared.shown_verdict)
        and (shared.firm or known >= len(questionnaire.quick_questions)),
        verdict=shared.verdict,
        form=shared.form,
        others=tuple(verdict for verdict in shared.possible_verdicts if verdict != shared.verdict),
    )
    hidden = _("Names are hidden, and a role of fewer than three people would tell who they are.")
    return RoleVerdicts(lines=(*lines, everyone), finding=describe_roles(compared) if sheets else hidden)


def describe_roles(compared: RolesCompared) -> str:
    """Whether the roles reach the same verdict, in one sentence."""
    parted = [_(spec.inside) for role, spec in PERSPECTIVES.items() if role in compared.parted]
    if parted:
        names, on = capitalised(all_of(parted)), len(compared.on)
        if not on:
            return _("{roles} come to different verdicts.").format(roles=names)
        return ngettext(
            "{roles} come to different verdicts; they differ on {count} question.",
            "{roles} come to different verdicts; they differ on {count} questions.",
            on,
        ).format(roles=names, count=on)
    enough = [role for role in compared.roles if role.is_enough]
    if len(enough) > 1:
        return _("Each role alone comes to the same verdict.")
    if enough:
        role = _(PERSPECTIVES[enough[0].perspective].inside)
        return _("Only {role} know enough for a verdict of their own.").format(role=role)
    return _("No role knows enough yet for a verdict of its own.")


def disagreements_to_json(consensus: Consensus) -> list[dict[str, Any]]:
    """The questions on which people differed, as plain JSON values without names, for the result that is kept."""
    return [
        {
            "key": point.question.key,
            "n": point.spread.n,
            "not_sure": point.spread.not_sure,
            "not_applicable": point.spread.not_applicable,
            "steps": point.spread.steps,
            "open": point.status == "open",
            "agreed": point.is_agreed,
            "values": [
                {
                    "value": list(line.value) if isinstance(line.value, tuple) else line.value,
                    "n": line.n,
                    "by_role": {role: n for role, n in sorted(line.by_perspective.items()) if role != NO_ROLE},
                }
                for line in point.spread.given
            ],
        }
        for point in consensus.points
        if point.spread.differs
    ]
