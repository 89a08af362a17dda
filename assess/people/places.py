"""Where things are said: each workspace has a time zone and a language, and whatever is shown of it is told in both.

A request begins in the workspace of whoever asks (`web.middleware.place`); what is fetched from another goes on there
(`go_to`). What no request asked for, such as a report or a reminder, is made `at_home`. Where there is no workspace,
days are the site's own.

A page's words are in the language that the browser asks for, where the site has it. Of variants of one language (they
differ in dates and numbers only) the workspace's is taken, so that everybody there reads the same dates.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import formats, timezone, translation

from assess.language import with_zone
from assess.people.models import Workspace

#: The language that the present request's browser asks for; "" for none that the site has.
asked_language: ContextVar[str] = ContextVar("asked_language", default="")


@contextmanager
def at_home(workspace: Workspace) -> Iterator[None]:
    """Within this, days and hours are the workspace's, and words and numbers as it writes them, whoever asks."""
    with timezone.override(zone_named(workspace.time_zone)), translation.override(language_named(workspace.language)):
        yield


def go_to(workspace: Workspace) -> None:
    """For the rest of this request, as `at_home`, in the words of the browser. Below the middleware, which ends it."""
    be_at(time_zone=workspace.time_zone, language=workspace.language)


def be_at(*, time_zone: str, language: str) -> None:
    """As `go_to`, by the names of both."""
    timezone.activate(zone_named(time_zone))
    translation.activate(language_for(language_named(language), asked=asked_language.get()))


def zone_named(name: str) -> tzinfo:
    """The time zone of this name; the site's own where this machine no longer knows the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def language_named(tag: str) -> str:
    """The tag, or the site's own where the language is no longer offered."""
    return tag if tag in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def language_for(home: str, *, asked: str) -> str:
    """What to speak to somebody whose browser asks for the one and whose workspace has the other.

    Their own where its words are others; where both have the same words, the workspace's, with its dates and numbers.
    """
    return asked if asked and words_of(asked) != words_of(home) else home


def words_of(tag: str) -> str:
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
