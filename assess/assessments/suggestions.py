"""Answers of the version before, suggested to the next one. A suggestion counts only once somebody confirms it.

Decides which earlier answer is suggested for a question, and to whom. Nothing is stored: suggestions follow from the
answers of the system's newest submitted version before. Confirming saves an ordinary answer (`saving`). Where people
answer separately, each gets only their own earlier answers: anybody else's would influence them.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.answers import combine_responses, responses_by_question
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.formatting import format_answer, format_short_date
from assess.assessments.log import record_event
from assess.assessments.models import Answer, Assessment, Respondent, Response
from assess.assessments.saving import Saved, save_answer
from assess.decision.facade import carry_over
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import BASIS_INSIDE, Answers, Question, Questionnaire, is_asked, worded_for
from assess.questionnaire.facade import Answer as AnswerValue
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, to_form_texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """One earlier answer, waiting to be confirmed. `by` is "" where several people gave it. `origin` says what it
    follows from where nobody answered so."""

    question: Question
    answer: AnswerValue
    from_version: int
    by: str
    at: datetime
    origin: str = ""

    @property
    def words(self) -> str:
        """The answer with its basis: "45 minutes, measured"."""
        words = format_answer(self.question, self.answer)
        basis = self.answer.basis
        return _("{answer}, {basis}").format(answer=words, basis=BASIS_INSIDE[basis]) if basis else words

    @property
    def source(self) -> str:
        """By whom and when: "Ana, 3 May"; or what it follows from: "step done: Trace requests, 3 May"."""
        day = format_short_date(timezone.localtime(self.at), timezone.localtime())
        who = self.origin or self.by
        return _("{person}, {day}").format(person=who, day=day) if who else day

    @property
    def posted(self) -> dict[str, object]:
        """The answer as its question's form would post it."""
        answer = self.answer
        if answer.value is not None:
            texts = to_form_texts(answer.value)
        else:
            texts = [NOT_APPLICABLE] if answer.not_applicable else [NOT_SURE]
        return {
            "value": texts,
            "basis": answer.basis or "",
            "note": answer.note,
            "link": answer.link,
            "reason": answer.not_applicable,
            "who_knows": answer.who_knows,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierAnswer:
    """An answer of the version before; `by` is "" where several people gave it. Or what has been reached since, with
    its `origin`."""

    answer: AnswerValue
    by: str
    at: datetime
    origin: str = ""


#: Of the version, the one before, the questionnaire and the earlier answers: what has been reached since, by question.
Provider = Callable[[Assessment, Assessment, Questionnaire, Answers], Mapping[str, EarlierAnswer]]
#: Rooms above this one register what they know, by a name of their own. Asked only where a team shares its answers.
PROVIDERS: Final[dict[str, tuple[Provider, Q]]] = {}


def register_suggestions(name: str, provider: Provider, *, where: Q) -> None:
    """Let this provider suggest answers too; in place of the earlier one where both speak of a question. It is asked
    `where` the version before has something to go by, which costs no query."""
    PROVIDERS[name] = (provider, where)


def suggestions_for(
    assessment: Assessment, questionnaire: Questionnaire, present: Answers, *, respondent: Respondent | None = None
) -> dict[str, Suggestion]:
    """What waits to be confirmed, by key in the questionnaire's order. At most three queries and those of
    the providers, none in a first version.

    `present` are the answers of the version, or of this respondent. Only what the version's edition allows is
    suggested, for questions that are asked once the suggestions are confirmed.
    """
    if assessment.version == 1 or not assessment.is_open or (assessment.answers_separately and respondent is None):
        return {}
    earlier = previous_submitted_version(assessment)
    if earlier is None:
        return {}
    before = dict(own_answers(earlier, respondent) if respondent else shared_answers(earlier))
    for name, (provider, _where) in PROVIDERS.items() if respondent is None else ():
        if getattr(earlier, name):
            before |= provider(assessment, earlier, questionnaire, {key: each.answer for key, each in before.items()})
    waiting = {key: each.answer for key, each in before.items() if key not in present}
    carried, _left_behind = carry_over(questionnaire, waiting)
    all_answers = {**carried, **present}
    questionnaire = worded_for(questionnaire, all_answers)
    return {
        question.key: Suggestion(
            question=question,
            answer=carried[question.key],
            from_version=earlier.version,
            by=before[question.key].by,
            at=before[question.key].at,
            origin=before[question.key].origin,
        )
        for question in questionnaire.questions
        if question.key in carried and is_asked(question, all_answers)
    }


def previous_submitted_version(assessment: Assessment) -> Assessment | None:
    """The system's newest submitted version before this one, with its edition, and whether each provider has something
    to go by. One query."""
    before = Assessment.objects.filter(system=assessment.system_id, version__lt=assessment.version, deleted_at=None)
    before = before.exclude(submitted_at=None).select_related("edition").defer("result", "edition__content")
    before = before.annotate(**{name: where for name, (_provider, where) in PROVIDERS.items()})
    return before.order_by("-version").first()


def new_questions(assessment: Assessment, questionnaire: Questionnaire) -> frozenset[str]:
    """The keys that the edition of the last submitted version did not have; none where that edition asked the same.

    One query, none in a first version.
    """
    earlier = previous_submitted_version(assessment) if assessment.version > 1 and assessment.is_open else None
    if earlier is None or earlier.edition_id == assessment.edition_id:
        return frozenset()
    return frozenset(questionnaire.by_key) - frozenset(questionnaire_of(earlier.edition).by_key)


def shared_answers(earlier: Assessment) -> Iterator[tuple[str, EarlierAnswer]]:
    """The version's shared answers, and those that all who know gave alike; where people differed, nothing."""
    if earlier.answers_separately:
        for (_pk, key), responses in responses_by_question([earlier]).items():
            answer = combine_responses(earlier, responses)
            if answer is None:
                continue
            if answer.is_known or answer.not_applicable:
                yield key, EarlierAnswer(answer=answer, by="", at=max(response.answered_at for response in responses))
    for row in Answer.objects.given().filter(assessment=earlier).select_related("answered_by"):
        yield row.key, EarlierAnswer(answer=row.as_answer(), by=str(row.answered_by), at=row.answered_at)


def own_answers(earlier: Assessment, respondent: Respondent) -> Iterator[tuple[str, EarlierAnswer]]:
    """What this person answered in the version themselves."""
    if respondent.user_id is None:
        return
    responses = Response.objects.filter(assessment=earlier, respondent__user=respondent.user_id, answered=True)
    for row in responses.filter(respondent__removed_at=None):
        yield row.key, EarlierAnswer(answer=row.as_answer(), by=_("you"), at=row.answered_at)


@transaction.atomic
def confirm_suggestions(
    assessment: Assessment, suggestions: Collection[Suggestion], *, by: User, respondent: Respondent | None = None
) -> list[str]:
    """Save these as answers, each with its event, and one event for all. Returns the keys that were saved.

    A question that somebody answered meanwhile keeps that answer. Raises ValidationFailed for a closed version.
    """
    policies.raise_if_issue(policies.why_not_answer(assessment))
    versions: Mapping[str, int] = dict(
        Response.objects.filter(respondent=respondent, answered=False).values_list("key", "version")
        if respondent
        else Answer.objects.filter(assessment=assessment, answered=False).values_list("key", "version")
    )
    saved = []
    for suggestion in suggestions:
        change = change_from_suggestion(suggestion, base_version=versions.get(suggestion.question.key, 0))
        outcome = save_answer(assessment.pk, change, by=by, respondent_id=respondent.pk if respondent else None)
        if isinstance(outcome, Saved):
            saved.append(outcome.key)
    if saved:
        from_version = next(iter(suggestions)).from_version
        record_confirmed(assessment, saved, from_version=from_version, by=by, respondent=respondent)
    return saved


@transaction.atomic
def record_confirmed(
    assessment: Assessment,
    keys: Iterable[str],
    *,
    from_version: int,
    by: User,
    respondent: Respondent | None = None,
) -> None:
    """The one event that says that many answers were confirmed together."""
    payload = {"from_version": from_version, "keys": list(keys)}
    respondent_id = respondent.pk if respondent else None
    record_event(assessment, EventKind.CONFIRMED, by=by, payload=payload, respondent_id=respondent_id)


def change_from_suggestion(suggestion: Suggestion, *, base_version: int) -> Change:
    """The change that saves the suggestion as it is."""
    answer = suggestion.answer
    return Change(
        key=suggestion.question.key,
        answered=True,
        value=list(answer.value) if isinstance(answer.value, tuple) else answer.value,
        basis=answer.basis,
        note=answer.note,
        link=answer.link,
        not_applicable=answer.not_applicable,
        who_knows=answer.who_knows,
        base_version=base_version,
        mutation_id=uuid.uuid4(),
    )
