"""Time zone and language of a workspace, and helpers that activate them.

A page starts in the workspace of whoever is signed in (`people.middleware.workspace_localization`); a view that fetches
something of another workspace calls `activate_for`. Reports, reminders and mails, which no request asked for, are made
within `localized`. The API and commands stay in the site's own zone and language.

A page's words are in the language that the browser asks for, where the site has it. Of variants of one language, which
differ in dates and numbers only, the workspace's is taken, so that everybody there reads the same dates.

What is stored, exported or decided by a day (a deadline, "overdue", a file's name) takes it from `localdate_in`, whose
zone and moment are arguments: whoever asks, and whatever was fetched before, it is the same day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import formats, timezone, translation

from assess.language import _, with_zone


class HasLocale(Protocol):
    """Anything with a time zone and a language of its own, such as a workspace."""

    @property
    def time_zone(self) -> str: ...

    @property
    def language(self) -> str: ...


class HasTimeZone(Protocol):
    """Anything with a time zone of its own, such as a workspace."""

    @property
    def time_zone(self) -> str: ...


#: The language that the browser asks for, "" for none that the site has; None where no page is being answered, as for
#: the API and in commands.
requested_language: ContextVar[str | None] = ContextVar("requested_language", default=None)


@contextmanager
def localized(workspace: HasLocale) -> Iterator[None]:
    """A context in which dates, times, words and numbers are written the workspace's way, for every reader."""
    with (
        timezone.override(get_time_zone(workspace.time_zone)),
        translation.override(get_language_tag(workspace.language)),
    ):
        yield


def activate_for(workspace: HasLocale) -> None:
    """Use the workspace's time zone and date formats for the rest of the page, in the browser's language.

    `web.middleware.request_language` resets it. Does nothing outside a page's request: the API and commands stay in the
    site's own.
    """
    activate(time_zone=workspace.time_zone, language=workspace.language)


def activate(*, time_zone: str, language: str) -> None:
    """The same, by the names of zone and language."""
    requested = requested_language.get()
    if requested is not None:
        timezone.activate(get_time_zone(time_zone))
        translation.activate(choose_language(get_language_tag(language), requested=requested))


def localdate_in(workspace: HasTimeZone, at: datetime) -> date:
    """The day in the workspace at this moment, which is aware. For whatever is stored, exported or decided by a day."""
    return timezone.localdate(at, get_time_zone(workspace.time_zone))


def get_time_zone(name: str) -> tzinfo:
    """The time zone of this name; the site's own where this machine no longer knows the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def get_language_tag(tag: str) -> str:
    """The tag, or the site's own where the language is no longer offered."""
    return tag if tag in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def choose_language(home: str, *, requested: str) -> str:
    """The language of a page for somebody whose workspace has the one and whose browser requests the other, if any.

    >>> choose_language("en-us", requested="en-gb"), choose_language("en-us", requested="nl")
    ('en-us', 'nl')
    """
    return requested if requested and requested.partition("-")[0] != home.partition("-")[0] else home


def format_datetime_with_zone(at: datetime, *, with_year: bool = True) -> str:
    """Day and time with the zone's abbreviation, for what is read elsewhere or later, as a mail is.

    "20 November 2026, 14:02 UTC"; without the year "20 November, 14:02 UTC".
    """
    local = timezone.localtime(at)
    if with_year:
        return with_zone(formats.date_format(local, "DATETIME_FORMAT"), local)
    day, time = formats.date_format(local, "MONTH_DAY_FORMAT"), formats.time_format(local, "TIME_FORMAT")
    return with_zone(_("{day}, {time}").format(day=day, time=time), local)
