"""What people answered apart, laid side by side, and the answers that they then agree on.

Decides: how each question stands between people, who may be named, and that an agreement is kept whole: the common
answer, by whom, and what was said, in one transaction with their events. Does not decide: how far answers are apart
(`decision.disagreement`), who may see whose (`anchoring.keys_open_to`), or how an answer is saved (`saving`).
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils import translation

from assess.assessments.anchoring import keys_open_to
from assess.assessments.changes import Change, check_change
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import record
from assess.assessments.models import Agreement, Answer, Assessment, Event, EventKind, Perspective, Respondent, Response
from assess.assessments.saving import Outcome, Saved, save_answer
from assess.assessments.words import answer_in_words
from assess.decision.facade import (
    RolesCompared,
    Sheet,
    Spread,
    combine,
    decider,
    lowered,
    spread_of,
    values_of,
    verdicts_by_role,
)
from assess.language import N_, Words, _, all_of, capitalised, ngettext, number_word
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import (
    BASIS_CHIPS,
    Answers,
    Issue,
    Question,
    Questionnaire,
    Section,
    ValidationFailed,
    Value,
    check_text,
)
from assess.questionnaire.facade import Answer as AnswerValue

Standing = Literal["agreed", "open", "apart", "same", "one", "unknown", "unanswered"]
ROLE_NAMES: Words[str] = Words(
    {
        Perspective.DEVELOPER: N_("Developers"),
        Perspective.OPERATIONS: N_("Operations"),
        Perspective.MANAGER: N_("Managers"),
        Perspective.PRODUCT: N_("Product"),
    }
)
#: The same inside a sentence.
ROLES_INSIDE: Words[str] = Words(
    {
        Perspective.DEVELOPER: N_("developers"),
        Perspective.OPERATIONS: N_("operations"),
        Perspective.MANAGER: N_("managers"),
        Perspective.PRODUCT: N_("product"),
    }
)
ROLES_ALONE: Words[str] = Words(
    {
        Perspective.DEVELOPER: N_("Developers alone"),
        Perspective.OPERATIONS: N_("Operations alone"),
        Perspective.MANAGER: N_("Managers alone"),
        Perspective.PRODUCT: N_("Product alone"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who was asked, with their own sheet and its rows. `shown_as` is their name, or their perspective where
    names are hidden."""

    respondent: Respondent
    sheet: Sheet
    rows: Mapping[str, Response]
    shown_as: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one person answered to one question."""

    who: str
    words: str
    note: str
    link: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """One question between all people. `answer` is what counts: the agreed one, else what theirs come to."""

    question: Question
    spread: Spread
    answer: AnswerValue | None
    said: tuple[Said, ...]
    common: Answer | None  #: the row of the common answer, also one that was taken back
    agreement: Agreement | None

    @property
    def is_agreed(self) -> bool:
        return self.common is not None and self.common.answered

    @property
    def version(self) -> int:
        """The version of the common answer that an agreement must follow."""
        return self.common.version if self.common else 0

    @cached_property
    def standing(self) -> Standing:
        spread = self.spread
        if self.is_agreed:
            return "agreed"
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
    def finding(self) -> str:
        """How the question stands, in one sentence without its full stop."""
        if self.is_agreed and self.common:
            answer = answer_in_words(self.question, self.common.as_answer())
            if self.agreement is None:
                return _("{answer}: agreed").format(answer=answer)
            return _("{answer}: agreed by {person}").format(answer=answer, person=self.agreement.agreed_by)
        return finding_of(self.spread)


def finding_of(spread: Spread) -> str:
    """How the answers to a question stand.

    >>> finding_of(spread_of(team_collisions, sheets))
    'Between weekly and daily: 3 people, one step apart'
    """
    if spread.is_mixed:
        return _("{answers}: {people}; does not apply: {others} – open").format(
            answers=_each_said(spread), people=people(spread.n), others=people(spread.not_applicable)
        )
    if spread.differs:
        steps = ngettext("{count} step apart", "{count} steps apart", spread.steps)
        ends = _("Between {lowest} and {highest}").format(
            lowest=lowered(spread.lowest), highest=lowered(spread.highest)
        )
        if isinstance(spread.given[0].value, tuple):
            ends = _each_said(spread)
        finding = _("{answers}: {people}, {steps} – open") if spread.is_open else _("{answers}: {people}, {steps}")
        return finding.format(
            answers=ends, people=people(spread.n), steps=steps.format(count=number_word(spread.steps))
        )
    if spread.n > 1:
        finding = ngettext("{answer}: all {count} who know say so", "{answer}: all {count} who know say so", spread.n)
        return finding.format(answer=spread.lowest, count=number_word(spread.n))
    if spread.n:
        return _("{answer}: one person knows").format(answer=spread.lowest)
    if spread.not_applicable and not spread.not_sure:
        return _("Does not apply: {people}").format(people=people(spread.not_applicable))
    return _("Nobody knows yet") if spread.answered else _("Nobody answered yet")


def _each_said(spread: Spread) -> str:
    """All answers, each in quotes: an enumeration could be read as one answer of several words."""
    quoted = [_("“{words}”").format(words=line.words) for line in spread.given]
    return reduce(lambda first, last: _("{first} or {last}").format(first=first, last=last), quoted)


def people(count: int) -> str:
    """ "3 people"."""
    return ngettext("{count} person", "{count} people", count).format(count=count)


def roles_in_words(by_perspective: Mapping[str, int]) -> str:
    """How many of each role.

    >>> roles_in_words({"developer": 2, "manager": 1})
    '2 developers, 1 manager'
    """
    counted = [_counted(role, by_perspective[role]) for role in Perspective.values if by_perspective.get(role)]
    return _(", ").join(counted)


def _counted(role: str, count: int) -> str:
    of_role = {
        Perspective.DEVELOPER: ngettext("{count} developer", "{count} developers", count),
        Perspective.OPERATIONS: ngettext("{count} person in operations", "{count} people in operations", count),
        Perspective.MANAGER: ngettext("{count} manager", "{count} managers", count),
        Perspective.PRODUCT: ngettext("{count} person in product", "{count} people in product", count),
    }
    return of_role[Perspective(role)].format(count=count)


# --- what there is


@dataclass(frozen=True, kw_only=True)
class Table:
    """All points of one assessment in the questionnaire's order, of the questions that `user` may see.

    `hidden` are questions that the person has yet to answer: their points are not here, and neither are `answers` to
    them: what counts, by question.
    """

    assessment: Assessment
    questionnaire: Questionnaire
    people: tuple[Person, ...]
    points: tuple[Point, ...]
    hidden: tuple[Question, ...]
    answers: Mapping[str, AnswerValue]

    def standing(self, *standings: Standing) -> list[Point]:
        return [point for point in self.points if point.standing in standings]

    @property
    def answered(self) -> int:
        """How many people answered anything."""
        return sum(bool(person.sheet.answers) for person in self.people)

    @property
    def open_points(self) -> list[Point]:
        return self.standing("open")

    @property
    def by_key(self) -> Mapping[str, Point]:
        return {point.question.key: point for point in self.points}

    def given_before(self, agreement: Agreement) -> list[tuple[str, str]]:
        """Who had answered what when this was agreed on; no names where they are hidden."""
        named = {person.respondent.pk: person.shown_as for person in self.people}
        lines = [
            (named.get(line["respondent"], str(Perspective(line["perspective"]).label)), line["words"])
            for line in agreement.given
        ]
        return lines if self.assessment.names_shown else sorted(lines)

    @cached_property
    def roles(self) -> "Roles | None":
        """The verdict by role; None while the person has questions to answer, or nobody answered any."""
        if self.hidden or not any(person.sheet.answers for person in self.people):
            return None
        return roles_of(self.questionnaire, self.people, self.answers, self.assessment.model_version)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleLine:
    """One line of the verdicts by role."""

    name: str
    n: int
    known: int
    is_enough: bool
    verdict: str
    form: str
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """The verdict of each role alone and of everyone, with the finding in a sentence."""

    lines: tuple[RoleLine, ...]
    finding: str


def table_of(assessment: Assessment, user: User | None = None) -> Table:
    """The table of this assessment as `user` may see it; of all questions without one (reports). At most six
    queries."""
    questionnaire = questionnaire_of(assessment.edition)
    found = people_of(assessment)
    rows = {row.key: row for row in assessment.answers.select_related("answered_by")}
    agreements = {row.key: row for row in assessment.agreements.select_related("agreed_by")}
    in_sight = None if user is None else keys_open_to(user, assessment)
    answers: dict[str, AnswerValue] = {}
    points, hidden = [], []
    for question in questionnaire.questions:
        key, row = question.key, rows.get(question.key)
        given = [person.sheet.answers[key] for person in found if key in person.sheet.answers]
        if row is not None and row.answered:
            answers[key] = row.as_answer()
        elif given:
            answers[key] = combine(given)
        if in_sight is not None and key not in in_sight:
            hidden.append(question)
            continue
        points.append(
            Point(
                question=question,
                spread=spread_of(question, [person.sheet for person in found]),
                answer=answers.get(key),
                said=_all_said(question, found, names_shown=assessment.names_shown),
                common=row,
                agreement=agreements.get(key),
            )
        )
    asked = [point for point in points if _may_be_asked(point.question, answers)]
    return Table(
        assessment=assessment,
        questionnaire=questionnaire,
        people=tuple(found),
        points=tuple(asked),
        hidden=tuple(question for question in hidden if _may_be_asked(question, answers)),
        answers={key: answer for key, answer in answers.items() if in_sight is None or key in in_sight},
    )


def people_of(assessment: Assessment) -> list[Person]:
    """Who is asked, in the order they were, each with their own sheet. Two queries."""
    rows: dict[int, dict[str, Response]] = {}
    given = Response.objects.filter(assessment=assessment, answered=True, respondent__removed_at=None)
    for row in given.order_by("id"):
        rows.setdefault(row.respondent_id, {})[row.key] = row
    found = []
    for respondent in assessment.respondents.filter(removed_at=None).select_related("user").order_by("id"):
        own = rows.get(respondent.pk, {})
        sheet = Sheet(perspective=respondent.perspective, answers={key: row.as_answer() for key, row in own.items()})
        found.append(Person(respondent=respondent, sheet=sheet, rows=own, shown_as=shown_as(respondent, assessment)))
    return found


def shown_as(respondent: Respondent, assessment: Assessment) -> str:
    """The name under which somebody's answers show: their own, or their perspective where names are hidden."""
    return str(respondent) if assessment.names_shown else str(Perspective(respondent.perspective).label)


def roles_of(
    questionnaire: Questionnaire, found: Iterable[Person], answers: Answers, model_version: int | None = None
) -> Roles:
    """The verdict of each role that was asked, and of everyone: `answers` are what all came to, agreements included."""
    judge = decider(model_version)
    sheets = [person.sheet for person in found]
    compared = verdicts_by_role(questionnaire, sheets, judge)
    together = judge(questionnaire, answers)
    known = sum(answer.is_known for answer in answers.values())
    order = list(Perspective.values)
    lines = [
        RoleLine(
            name=ROLES_ALONE[role.perspective],
            n=role.n,
            known=role.known,
            is_enough=role.is_enough,
            verdict=role.verdict,
            form=role.form,
            others=role.others,
        )
        for role in sorted(compared.roles, key=lambda role: order.index(role.perspective))
    ]
    everyone = RoleLine(
        name=_("Everyone"),
        n=sum(bool(sheet.answers) for sheet in sheets),
        known=known,
        is_enough=known > 0 and (together.firm or known >= len(questionnaire.quick_questions)),
        verdict=together.verdict,
        form=together.form,
        others=tuple(verdict for verdict in together.possible_verdicts if verdict != together.verdict),
    )
    return Roles(lines=(*lines, everyone), finding=_finding_of_roles(compared))


def _finding_of_roles(compared: RolesCompared) -> str:
    parted = [ROLES_INSIDE[role] for role in Perspective.values if role in compared.parted]
    if parted:
        names, on = capitalised(all_of(parted)), len(compared.on)
        if not on:
            return _("{roles} come to different verdicts.").format(roles=names)
        return ngettext(
            "{roles} come to different verdicts; they part on {count} question.",
            "{roles} come to different verdicts; they part on {count} questions.",
            on,
        ).format(roles=names, count=on)
    enough = [role for role in compared.roles if role.is_enough]
    if len(enough) > 1:
        return _("Each role alone comes to the same verdict.")
    if enough:
        role = ROLES_INSIDE[enough[0].perspective]
        return _("Only {role} know enough for a verdict of their own.").format(role=role)
    return _("No role knows enough yet for a verdict of its own.")


def as_json(table: Table) -> list[dict[str, Any]]:
    """The questions on which people differed, as plain JSON values without names, for the contract."""
    return [
        {
            "key": point.question.key,
            "n": point.spread.n,
            "not_sure": point.spread.not_sure,
            "not_applicable": point.spread.not_applicable,
            "steps": point.spread.steps,
            "open": point.standing == "open",
            "agreed": point.is_agreed,
            "values": [
                {"value": _plain(line.value), "n": line.n, "by_role": dict(sorted(line.by_perspective.items()))}
                for line in point.spread.given
            ],
        }
        for point in table.points
        if point.spread.differs
    ]


def _all_said(question: Question, found: Iterable[Person], *, names_shown: bool) -> tuple[Said, ...]:
    """What each answered. Without names the order must not tell who is who from one question to the next."""
    said = [_said(question, person, person.rows[question.key]) for person in found if question.key in person.rows]
    return tuple(said if names_shown else sorted(said, key=lambda line: (line.who, line.words, line.note)))


def _said(question: Question, person: Person, row: Response) -> Said:
    return Said(
        who=person.shown_as,
        words=answer_in_words(question, row.as_answer()),
        note=row.note,
        link=row.link,
        basis=BASIS_CHIPS.get(row.basis, ""),
    )


def _may_be_asked(question: Question, answers: Answers) -> bool:
    """Whether the question is asked under these answers; while people differ on what decides it, it may be."""
    condition = question.asked_when
    if condition is None:
        return True
    answer = answers.get(condition.key)
    return answer is not None and any(_meets(value, condition.any_of) for value in values_of(answer))


def _meets(value: Value, any_of: Collection[str]) -> bool:
    return any(slug in any_of for slug in value) if isinstance(value, tuple) else value in any_of


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


# --- agreeing


def agree(assessment: Assessment, change: Change, *, said: str = "", by: User) -> Outcome:
    """Make this the common answer: what the team agreed on, with what was said. A later one takes its place.

    Whatever `save_answer` would tell is told; nothing is kept unless it is `Saved`. Raises PermissionDenied, and
    ValidationFailed for a text that cannot be kept or a question that the person has yet to answer for themselves.
    """
    check_can(by, Ability.AGREE, assessment.system.team)
    words = _checked(said)
    with transaction.atomic():
        held = _held(assessment)
        return _agree(held, change, said=words, by=by, in_sight=keys_open_to(by, held))


def take_what_all_say(assessment: Assessment, *, page: uuid.UUID, by: User) -> list[Question]:
    """Make common what all who know say, wherever two or more do: the questions of which this was done.

    `page` is the page's own id: sent twice, it counts once. Raises PermissionDenied.
    """
    check_can(by, Ability.AGREE, assessment.system.team)
    taken = []
    with transaction.atomic():
        held = _held(assessment)
        table = table_of(held, by)
        in_sight = {point.question.key for point in table.points}
        for point in table.standing("same"):
            assert point.answer is not None
            change = Change(
                key=point.question.key,
                answered=True,
                value=_plain(point.spread.given[0].value),
                basis=point.answer.basis,
                base_version=point.version,
                mutation_id=uuid.uuid5(page, f"take {point.question.key} {point.version}"),
            )
            if isinstance(_agree(held, change, said="", by=by, in_sight=in_sight), Saved):
                taken.append(point.question)
    return taken


def take_back(assessment: Assessment, change: Change, *, by: User) -> Outcome:
    """Forget what was agreed on, so that what each answered counts again. `change` clears the common answer."""
    check_can(by, Ability.AGREE, assessment.system.team)
    with transaction.atomic():
        held = _held(assessment)
        outcome = save_answer(held.pk, change, by=by, agreed=True)
        if isinstance(outcome, Saved):
            held.agreements.filter(key=change.key).delete()
    return outcome


def answer_of(question: Question, change: Change) -> AnswerValue | None:
    """The answer that a change stands for, to be shown; None for one that takes the answer back."""
    if not change.answered:
        return None
    section = Section(slug=question.section, title="", intro="", questions=(question,))
    only = Questionnaire(slug="", version=0, title="", language="", summary="", sections=(section,))
    return check_change(change, only)


def _agree(held: Assessment, change: Change, *, said: str, by: User, in_sight: Collection[str]) -> Outcome:
    questionnaire = questionnaire_of(held.edition)
    question = questionnaire.by_key.get(change.key)
    if question is not None and change.key not in in_sight:
        message = _("Answer the question on your own sheet first, then agree on it with the others")
        raise ValidationFailed([Issue(code="not_answered", key="value", message=message)])
    # Whoever holds the row: of two that are the same, the second finds the first one's event.
    is_retry = Event.objects.filter(assessment=held, mutation_id=change.mutation_id).exists()
    outcome = save_answer(held.pk, change, by=by, agreed=True)
    if isinstance(outcome, Saved) and not is_retry and question is not None:
        _keep(held, question, outcome.version, said=said, by=by, at=outcome.at)
    return outcome


def _keep(held: Assessment, question: Question, version: int, *, said: str, by: User, at: datetime) -> None:
    """The agreement beside the answer just saved, and its event. By respondent, not by name: names can be hidden.

    Kept for ever, so in the site's language, whatever the page's was."""
    with translation.override(settings.LANGUAGE_CODE):
        asked = questionnaire_of(held.edition).by_key[question.key]
        given = [
            {
                "respondent": person.respondent.pk,
                "perspective": person.respondent.perspective,
                "words": answer_in_words(asked, person.sheet.answers[question.key]),
            }
            for person in people_of(held)
            if question.key in person.sheet.answers
        ]
    Agreement.objects.update_or_create(
        assessment=held,
        key=question.key,
        defaults={"said": said, "given": given, "agreed_at": at, "agreed_by": by},
    )
    payload = {"version": version, "said": said, "given": given}
    record(held, EventKind.AGREED, by=by, at=at, key=question.key, payload=payload)


def _held(assessment: Assessment) -> Assessment:
    """The assessment with its row held until the transaction ends: nobody answers or agrees in between."""
    held = Assessment.objects.select_for_update(of=("self",)).select_related("edition").get(pk=assessment.pk)
    held.system = assessment.system
    return held


def _checked(said: str) -> str:
    try:
        return check_text(said.strip(), settings.LIMITS["note"])
    except ValidationFailed as refused:
        raise refused.keyed("said") from None
