"""An answer, and a moment, in words: the same on every page and in every message about it."""

from datetime import datetime

from django.utils import formats, timezone

from assess.decision.disagreement import between_words
from assess.decision.signals import words
from assess.questionnaire.schema import Answer, Question

BASIS_WORDS = {"measured": "Measured", "estimated": "Estimated", "guess": "A guess"}
NOT_ANSWERED = "No answer"
NOT_SURE = "Not sure yet"
DOES_NOT_APPLY = "Does not apply"


def answer_in_words(question: Question, answer: Answer | None) -> str:
    """What somebody answered: the option's label, the number with its unit, "Not sure yet", "Does not apply: …".

    Of several people who differ, what they differ on: "Between 3 teams and 5 teams".

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> answer_in_words(builtin_questionnaire().by_key["deploy_minutes"], Answer(value=45))
    '45 minutes'
    """
    if answer is None:
        return NOT_ANSWERED
    if answer.value is not None:
        found = words(question, answer.value)
        return found[:1].upper() + found[1:]
    if answer.between:
        found = between_words(question, answer.between)
        return found[:1].upper() + found[1:]
    if answer.not_applicable:
        return f"{DOES_NOT_APPLY}: {answer.not_applicable}"
    return NOT_SURE


def moment(at: datetime) -> str:
    """When something was, as short as can be: "14:02" today, "20 November, 14:02" this year, else with the year.

    In the site's time zone, which the browser's clock need not share; so scripts take these words too.
    """
    local, today = timezone.localtime(at), timezone.localdate()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return time
    return f"{formats.date_format(local, 'j F' if local.year == today.year else 'j F Y')}, {time}"
