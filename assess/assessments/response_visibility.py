"""Nobody sees others' answers to a question before giving their own, and hidden names stay hidden. Reads only.

Decides whose answers a person may see, how many people an answer needs to show where names are hidden
(`shows_answers_of`: the one place, for every page, file and the API), and who could look before they answered. How
several answers are combined is decided by `answers`, who may read the team's assessments by `people.permissions`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.urls import reverse

from assess.assessments.assignments import assigned_questionnaire, get_respondent, progress_of_respondent
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.formatting import format_answer
from assess.assessments.models import Assessment, Respondent, Response
from assess.language import _, ngettext
from assess.people.facade import User, filter_readers
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Answers, Question, Questionnaire, is_asked

#: Fewer people are no group: what is said of them tells who said it.
LEAST_GROUP: Final = 3


def shows_answers_of(assessment: Assessment, people: int) -> bool:
    """Whether what so many people answered may show, and count, as what a group says.

    Where names are hidden, nothing that fewer than three gave: no answer, note, mark, count or hour, in no form. What
    the team agrees on shows and counts in any case.
    """
    return assessment.names_shown or people >= LEAST_GROUP


def shows_roles_of(assessment: Assessment, people_by_role: Mapping[str, int]) -> bool:
    """Whether to break answers down by role. With hidden names only where each role that answered is a group: a small
    one left out would be the difference between all and the others."""
    return all(shows_answers_of(assessment, count) for count in people_by_role.values() if count)


class MustAnswerFirst(PermissionDenied):
    """A respondent has questions left, and others' answers would influence theirs.

    `assess.web.errors.forbidden` shows the sentence and the link to go on.
    """

    def __init__(self, left: int, url: str) -> None:
        self.heading, self.way_on, self.url = _("Your answers first"), _("Go on answering"), url
        self.sentence = ngettext(
            "Answer your last question to see the result. It stays hidden until then, "
            "so that others’ answers don’t influence yours.",
            "Answer your {count} open questions to see the result. It stays hidden until then, "
            "so that others’ answers don’t influence yours.",
            left,
        ).format(count=left)
        super().__init__(self.sentence)


def visible_keys(user: User, assessment: Assessment) -> set[str]:
    """The questions to which this person may see others' answers. At most two queries.

    All questions for people who are not asked, and once the version is submitted. For somebody asked: those that they
    have answered ("not sure yet" included) and those not asked of them."""
    questionnaire = questionnaire_of(assessment.edition)
    everything = set(questionnaire.by_key)
    if assessment.is_submitted or not assessment.answers_separately:
        return everything
    respondent = get_respondent(user, assessment)
    if respondent is None:
        return everything
    return visible_keys_of_respondent(questionnaire, respondent, respondent.own_answers())


def waiting_keys(user: User, assessment: Assessment) -> set[str]:
    """The questions that this person has to answer on their own before they see what others, or files, say. Two queries
    at most."""
    return set(questionnaire_of(assessment.edition).by_key) - visible_keys(user, assessment)


def visible_keys_of_respondent(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> set[str]:
    """As `visible_keys`, for a respondent of an open version whose own `answers` are known already."""
    assigned = assigned_questionnaire(questionnaire, respondent)
    waiting = {question.key for question in assigned.questions if waits_for_answer(question, assigned, answers)}
    return set(questionnaire.by_key) - waiting


def waits_for_answer(question: Question, assigned: Questionnaire, answers: Answers) -> bool:
    """Whether the respondent still has to answer this question before seeing others' answers to it."""
    if question.key in answers:
        return False
    if is_asked(question, answers):
        return True
    # Whether it is asked is not known before the questions that decide it are answered.
    return any(condition.key in assigned.by_key and condition.key not in answers for condition in question.conditions)


def questions_left_before_result(user: User, assessment: Assessment) -> int:
    """How many questions this person has to answer before they see the result; 0 when they may look.

    Two queries at most, none where the team shares its answers.
    """
    if assessment.is_submitted or not assessment.answers_separately:
        return 0
    respondent = get_respondent(user, assessment)
    if respondent is None:
        return 0
    answers = respondent.own_answers()
    progress = progress_of_respondent(questionnaire_of(assessment.edition), respondent, answers)
    return progress.asked - progress.answered


def check_answered_first(user: User, assessment: Assessment) -> None:
    """Raises MustAnswerFirst (403) for a respondent who has questions left.

    For everything that shows what several people's answers add up to, as long as the version is open.
    """
    left = questions_left_before_result(user, assessment)
    if left:
        raise MustAnswerFirst(left, reverse("assessment-mine", args=[assessment.pk]))


def find_asked_late(assessment: Assessment, asked: Collection[Respondent]) -> set[int]:
    """The ids of respondents who read the team's assessments and were asked when others had answered already.

    They could look before they answered; nothing prevents that, so pages and reports say it. Two queries at most.
    """
    answered = assessment.events.filter(kind=EventKind.ANSWERED).exclude(respondent=None)
    first = dict(answered.values_list("respondent").annotate(first=Min("at")))
    late = [each for each in asked if any(at < each.asked_at for pk, at in first.items() if pk != each.pk)]
    people = [each.user for each in late if each.user and not each.user.is_guest]
    readers = set(filter_readers(people, assessment.system.team)) if people else set()
    return {each.pk for each in late if each.user in readers}


def find_changed_after_sight(assessment: Assessment, rows: Iterable[Response]) -> dict[tuple[int, str], AnswerValue]:
    """The first answers of those who gave another one once others' answers showed to them, by respondent and key.

    Whoever has answered a question, "not sure yet" included, sees others' answers to it. So a first answer is given
    blind, and a change counts as made after sight when somebody else had answered before it. One query, none where
    nobody changed an answer.
    """
    changed = {(row.respondent_id, row.key): row.as_answer() for row in rows if row.version > 1}
    if not changed:
        return {}
    answered = assessment.events.filter(kind=EventKind.ANSWERED, key__in={key for _respondent, key in changed})
    first: dict[tuple[int, str], Mapping[str, Any]] = {}
    numbers: dict[tuple[int, str], tuple[int, int]] = {}  # of the first and the last event
    by_number = answered.exclude(respondent=None).order_by("number")
    for respondent, key, number, payload in by_number.values_list("respondent", "key", "number", "payload"):
        first.setdefault((respondent, key), payload)
        numbers[respondent, key] = (numbers.get((respondent, key), (number, 0))[0], number)
    found = {}
    for (respondent, key), present in changed.items():
        payload = first.get((respondent, key))
        if payload is None:
            continue
        value = payload["value"]
        earlier = AnswerValue(
            value=tuple(value) if isinstance(value, list) else value, not_applicable=payload["not_applicable"]
        )
        last = numbers[respondent, key][1]
        is_seen = any(k == key and r != respondent and of_other[0] < last for (r, k), of_other in numbers.items())
        if is_seen and (earlier.value, earlier.not_applicable) != (present.value, present.not_applicable):
            found[respondent, key] = earlier
    return found


def format_others_answers(
    questionnaire: Questionnaire, respondent: Respondent, keys: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What others answered to these questions, in words, and what was agreed on, by key. Three queries, and
    one more where somebody changed an answer.

    Without names the same answers are counted, in the order of their words: nothing tells who gave which. Then the
    person counts among those who answered, and fewer than three show nothing.
    """
    assessment = respondent.assessment
    own = respondent.own_answers()
    given = Response.objects.filter(assessment=assessment, key__in=keys, answered=True, respondent__removed_at=None)
    rows = list(given.exclude(respondent=respondent).select_related("respondent__user").order_by("id"))
    first_answers = find_changed_after_sight(assessment, rows) if assessment.names_shown else {}
    by_key: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        words = format_answer(questionnaire.by_key[row.key], row.as_answer())
        if row.note and assessment.names_shown:
            words = _("{answer} ({note})").format(answer=words, note=row.note)
        first = first_answers.get((row.respondent_id, row.key))
        if first is not None:
            earlier = format_answer(questionnaire.by_key[row.key], first)
            words = _("{answer} (first “{earlier}”, changed after others’ answers showed)").format(
                answer=words, earlier=earlier
            )
        who, person = str(row.respondent), row.respondent.user
        if person is not None and person.is_guest:
            who = _("{person} (guest)").format(person=who)  # nobody has checked the name
        by_key.setdefault(row.key, []).append((who, words))
    lines: dict[str, tuple[str, ...]] = {}
    for key, answers in by_key.items():
        if not shows_answers_of(assessment, len(answers) + (key in own)):
            lines[key] = (_("Shows once three people have answered: names are hidden"),)
        elif assessment.names_shown:
            lines[key] = tuple(_("{person}: {answer}").format(person=who, answer=words) for who, words in answers)
        else:
            counts = sorted(Counter(words for _who, words in answers).items())
            lines[key] = tuple(
                words if count == 1 else _("{answer} ({count} people)").format(answer=words, count=count)
                for words, count in counts
            )
    for answer in assessment.answers.given().filter(key__in=keys):
        agreed = format_answer(questionnaire.by_key[answer.key], answer.as_answer())
        lines[answer.key] = (*lines.get(answer.key, ()), _("Agreed on: {answer}").format(answer=agreed))
    return lines
