"""Time zone and language of a workspace, and helpers that activate them.

A request starts in the workspace of whoever is signed in (`web.middleware.workspace_localization`); a view that fetches
something of another workspace calls `activate_for`. Reports, reminders and mails, which no request asked for, are made
within `localized`. Where there is no workspace, the site's own zone and language are used.

A page's words are in the language that the browser asks for, where the site has it. Of variants of one language, which
differ in dates and numbers only, the workspace's is taken, so that everybody there reads the same dates.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import formats, timezone, translation

from assess.language import with_zone


class HasLocale(Protocol):
    """Anything with a time zone and a language of its own, such as a workspace."""

    @property
    def time_zone(self) -> str: ...

    @property
    def language(self) -> str: ...


#: The language that the present request's browser asks for; "" for none that the site has.
requested_language: ContextVar[str] = ContextVar("requested_language", default="")


@contextmanager
def localized(workspace: HasLocale) -> Iterator[None]:
    """A context in which dates, hours, words and numbers are written the workspace's way, whoever asks."""
    with (
        timezone.override(get_time_zone(workspace.time_zone)),
        translation.override(get_language_tag(workspace.language)),
    ):
        yield


def activate_for(workspace: HasLocale) -> None:
    """Use the workspace's time zone and date formats for the rest of the request, in the browser's language.

    Only inside a request: the localization middleware resets it.
    """
    activate(time_zone=workspace.time_zone, language=workspace.language)


def activate(*, time_zone: str, language: str) -> None:
    """As `activate_for`, by the names of zone and language."""
    timezone.activate(get_time_zone(time_zone))
    translation.activate(choose_language(get_language_tag(language), asked=requested_language.get()))


def get_time_zone(name: str) -> tzinfo:
    """The time zone of this name; the site's own where this machine no longer knows the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def get_language_tag(tag: str) -> str:
    """The tag, or the site's own where the language is no longer offered."""
    return tag if tag in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def choose_language(home: str, *, asked: str) -> str:
    """What to speak to somebody whose browser asks for the one and whose workspace has the other.

    Their own where its words are others; where both have the same words, the workspace's, with its dates and numbers.
    """
    return asked if asked and catalogue_of(asked) != catalogue_of(home) else home


def catalogue_of(tag: str) -> str:
    """The catalogue that this language's words come from: its own, or that of the language it is a variant of."""
    own = Path("LC_MESSAGES", "django.mo")
    has_own = any((Path(folder) / translation.to_locale(tag) / own).is_file() for folder in settings.LOCALE_PATHS)
    return tag if has_own else tag.partition("-")[0]


def hour(at: datetime) -> str:
    """The day and hour with the zone's abbreviation, for what is read elsewhere or later, as a mail is.

    "20 November 2026, 14:02 UTC"
    """
    local = timezone.localtime(at)
    return with_zone(formats.date_format(local, "DATETIME_FORMAT"), local)
