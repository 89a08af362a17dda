"""Answers, dates and times in words: the same on every page and in every message."""

from datetime import date, datetime

from django.utils import formats, timezone

from assess.decision.facade import describe_between, format_value
from assess.language import N_, _, capitalised
from assess.questionnaire.facade import Answer, Question

NOT_ANSWERED = N_("No answer")
NOT_SURE = N_("Not sure yet")
DOES_NOT_APPLY = N_("Does not apply")


def format_answer(question: Question, answer: Answer | None) -> str:
    """An answer in words: the option's label, the number with its unit, "Not sure yet", "Does not apply: …".

    Where several people differ, their range: "Between 3 teams and 5 teams".

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> format_answer(builtin_questionnaire().by_key["deploy_minutes"], Answer(value=45))
    '45 minutes'
    """
    if answer is None:
        return _(NOT_ANSWERED)
    if answer.value is not None:
        return capitalised(format_value(question, answer.value))
    if answer.between:
        return capitalised(describe_between(question, answer.between))
    if answer.not_applicable:
        return _("Does not apply: {reason}").format(reason=answer.not_applicable)
    return _(NOT_SURE)


def format_datetime(at: datetime) -> str:
    """A time as short as possible: "14:02" today, "20 November, 14:02" this year, else with the year.

    In the active time zone, which the browser's need not be, so scripts show these words too.
    """
    local, today = timezone.localtime(at), timezone.localtime().date()
    time = formats.date_format(local, "TIME_FORMAT")
    if local.date() == today:
        return time
    if local.year == today.year:
        return _("{day}, {time}").format(day=formats.date_format(local, "MONTH_DAY_FORMAT"), time=time)
    return formats.date_format(local, "DATETIME_FORMAT")


def format_short_date(on: date, today: date) -> str:
    """A day as short as possible: without the year if it is this one."""
    return formats.date_format(on, "MONTH_DAY_FORMAT" if on.year == today.year else "DATE_FORMAT")
