"""An answer, and a moment, in words: the same on every page and in every message about it."""

from datetime import date, datetime

from django.utils import formats, timezone

from assess.decision.facade import between_words, words
from assess.language import N_, _, capitalised
from assess.questionnaire.facade import Answer, Question

NOT_ANSWERED = N_("No answer")
NOT_SURE = N_("Not sure yet")
DOES_NOT_APPLY = N_("Does not apply")


def answer_in_words(question: Question, answer: Answer | None) -> str:
    """What somebody answered: the option's label, the number with its unit, "Not sure yet", "Does not apply: …".

    Of several people who differ, what they differ on: "Between 3 teams and 5 teams".

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> answer_in_words(builtin_questionnaire().by_key["deploy_minutes"], Answer(value=45))
    '45 minutes'
    """
    if answer is None:
        return _(NOT_ANSWERED)
    if answer.value is not None:
        return capitalised(words(question, answer.value))
    if answer.between:
        return capitalised(between_words(question, answer.between))
    if answer.not_applicable:
        return _("Does not apply: {reason}").format(reason=answer.not_applicable)
    return _(NOT_SURE)


def moment(at: datetime) -> str:
    """When something was, as short as can be: "14:02" today, "20 November, 14:02" this year, else with the year.

    In the site's time zone, which the browser's clock need not share; so scripts take these words too.
    """
    local, today = timezone.localtime(at), timezone.localdate()
    time = formats.date_format(local, "TIME_FORMAT")
    if local.date() == today:
        return time
    if local.year == today.year:
        return _("{day}, {time}").format(day=formats.date_format(local, "MONTH_DAY_FORMAT"), time=time)
    return formats.date_format(local, "DATETIME_FORMAT")


def short_day(on: date, today: date | None = None) -> str:
    """A day as short as can be: without its year in this one."""
    today = today or timezone.localdate()
    return formats.date_format(on, "MONTH_DAY_FORMAT" if on.year == today.year else "DATE_FORMAT")
