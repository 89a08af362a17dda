"""Where things are said: each workspace has a time zone and a language, and whatever is shown of it is told in both.

A request begins in the workspace of whoever asks (`web.middleware.at_the_persons_place`); what is fetched from another
goes on there (`go_to`). What no request asked for, such as a report or a reminder, is made `at_home`. Where there is no
workspace, days are the site's own and words are what the browser asks for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import formats, timezone, translation

from assess.language import _
from assess.people.models import Workspace


@contextmanager
def at_home(workspace: Workspace) -> Iterator[None]:
    """Within this, days and hours are the workspace's, and words and numbers as it writes them."""
    with at_place(time_zone=workspace.time_zone, language=workspace.language):
        yield


@contextmanager
def at_place(*, time_zone: str, language: str) -> Iterator[None]:
    """As `at_home`, by the names of both; "" leaves what is in force."""
    zone = zone_named(time_zone) if time_zone else timezone.get_current_timezone()
    with (
        timezone.override(zone),
        translation.override(language_named(language) if language else translation.get_language()),
    ):
        yield


def go_to(workspace: Workspace) -> None:
    """For the rest of this request, as `at_home`. Only below the middleware, which puts both back."""
    timezone.activate(zone_named(workspace.time_zone))
    translation.activate(language_named(workspace.language))


def zone_named(name: str) -> tzinfo:
    """The time zone of this name; the site's own where this machine no longer knows the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def language_named(tag: str) -> str:
    """The tag, or the site's own where the language is no longer offered."""
    return tag if tag in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def hour(at: datetime) -> str:
    """The day and hour with the zone's abbreviation, for what is read elsewhere or later, as a mail is.

    "20 November 2026, 14:02 UTC"
    """
    return with_zone(formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"), at)


def with_zone(words: str, at: datetime) -> str:
    """The day and hour in these words, and the zone then: by its abbreviation, or as its distance from UTC."""
    name = timezone.localtime(at).tzname() or ""
    return _("{moment} {zone}").format(moment=words, zone=f"UTC{name}" if name[:1] in {"+", "-"} else name)
