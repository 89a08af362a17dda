"""Nobody sees others' answers to a question before giving their own. Reads only.

Decides: whose answers a person may see, and what they see of them; who could look before they answered.
Does not decide: what several answers come to (`combined`), who may read the team's assessments (`people.permissions`).
"""

from collections import Counter
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.urls import reverse

from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment, EventKind, Respondent, Response
from assess.assessments.sheets import own_answers, own_progress, respondent_of, sheet_of
from assess.assessments.words import answer_in_words
from assess.language import _, ngettext
from assess.people.facade import User, filter_readers
from assess.questionnaire.facade import Answers, Question, Questionnaire, is_asked


class AnswersFirstError(PermissionDenied):
    """Somebody asked has not answered all that is asked of them, and what others said would sway them.

    `assess.web.errors.forbidden` shows the sentence and the way on.
    """

    def __init__(self, left: int, url: str) -> None:
        self.heading, self.way_on, self.url = _("Your answers first"), _("Go on answering"), url
        self.sentence = ngettext(
            "Answer the one question left to you first; then you see what came out. So others sway nobody.",
            "Answer the {count} questions left to you first; then you see what came out. So others sway nobody.",
            left,
        ).format(count=left)
        super().__init__(self.sentence)


def keys_open_to(user: User, assessment: Assessment) -> set[str]:
    """The questions to which this person may see others' answers. At most two queries.

    All of them for whoever is not asked, and once the version is submitted. For somebody asked: those that they have
    answered ("not sure yet" included) and those not asked of them.
    """
    questionnaire = questionnaire_of(assessment.edition)
    everything = set(questionnaire.by_key)
    if assessment.is_submitted or not assessment.independent:
        return everything
    respondent = respondent_of(user, assessment)
    if respondent is None:
        return everything
    return keys_open_on(questionnaire, respondent, own_answers(respondent.responses.all()))


def keys_open_on(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> set[str]:
    """As `keys_open_to`, for a respondent of an open version whose own `answers` are known already."""
    sheet = sheet_of(questionnaire, respondent)
    waiting = {question.key for question in sheet.questions if _waits(question, sheet, answers)}
    return set(questionnaire.by_key) - waiting


def _waits(question: Question, sheet: Questionnaire, answers: Answers) -> bool:
    """Whether the respondent still has to answer this question before seeing others' answers to it."""
    if question.key in answers:
        return False
    condition = question.asked_when
    if condition is None or is_asked(question, answers):
        return True
    # Whether it is asked is not known before the question that decides it is answered.
    return condition.key in sheet.by_key and condition.key not in answers


def questions_before_seeing(user: User, assessment: Assessment) -> int:
    """How many questions this person has to answer before they see what came out; 0 when they may look. Two queries at
    most, none where the team answers together."""
    if assessment.is_submitted or not assessment.independent:
        return 0
    respondent = respondent_of(user, assessment)
    if respondent is None:
        return 0
    answers = own_answers(respondent.responses.all())
    progress = own_progress(questionnaire_of(assessment.edition), respondent, answers)
    return progress.asked - progress.answered


def check_not_anchored(user: User, assessment: Assessment) -> None:
    """Raises AnswersFirstError (403) for somebody asked who has not answered all that is asked of them.

    For every page that shows what several people's answers come to, as long as the version is open.
    """
    left = questions_before_seeing(user, assessment)
    if left:
        raise AnswersFirstError(left, reverse("assessment-mine", args=[assessment.pk]))


def came_late(assessment: Assessment, asked: Collection[Respondent]) -> set[int]:
    """Of these respondents those who read the team's assessments and were asked when others had answered already: they
    could look before they answered. Nobody can be kept from that, so it is told. Two queries at most."""
    answered = assessment.events.filter(kind=EventKind.ANSWERED).exclude(respondent=None)
    first = dict(answered.values_list("respondent").annotate(first=Min("at")))
    late = [each for each in asked if any(at < each.asked_at for pk, at in first.items() if pk != each.pk)]
    people = [each.user for each in late if each.user and not each.user.is_guest]
    readers = set(filter_readers(people, assessment.system.team)) if people else set()
    return {each.pk for each in late if each.user in readers}


def others_in_words(
    questionnaire: Questionnaire, respondent: Respondent, keys: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What others answered to these questions, in words, and what was agreed on. Two queries.

    Without names the same answers are counted, in the order of their words: nothing tells who gave which.
    """
    assessment = respondent.assessment
    rows = Response.objects.filter(assessment=assessment, key__in=keys, answered=True, respondent__removed_at=None)
    said: dict[str, list[tuple[str, str]]] = {}
    for row in rows.exclude(respondent=respondent).select_related("respondent__user").order_by("id"):
        words = answer_in_words(questionnaire.by_key[row.key], row.as_answer())
        if row.note and assessment.names_shown:
            words = _("{answer} ({note})").format(answer=words, note=row.note)
        who, person = str(row.respondent), row.respondent.user
        if person is not None and person.is_guest:
            who = _("{person} (guest)").format(person=who)  # whoever they say they are
        said.setdefault(row.key, []).append((who, words))
    lines = {}
    for key, given in said.items():
        if assessment.names_shown:
            lines[key] = tuple(_("{person}: {answer}").format(person=who, answer=words) for who, words in given)
        else:
            counts = sorted(Counter(words for _who, words in given).items())
            lines[key] = tuple(
                words if number == 1 else _given_by(number).format(answer=words, count=number)
                for words, number in counts
            )
    for answer in assessment.answers.given().filter(key__in=keys):
        agreed = answer_in_words(questionnaire.by_key[answer.key], answer.as_answer())
        lines[answer.key] = (*lines.get(answer.key, ()), _("Agreed on: {answer}").format(answer=agreed))
    return lines


def _given_by(number: int) -> str:
    return ngettext("{answer} ({count} person)", "{answer} ({count} people)", number)
