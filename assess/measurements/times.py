"""Times and durations as exports write them. Nothing is guessed: what has two meanings is refused by row.

Without `datetime`, as all pure rooms: seconds since 1970, UTC.
"""

import calendar
import re
from typing import Final

from assess.language import _

#: 1 January 2000 and 2100: what lies outside is no time of a deploy.
EARLIEST: Final = 946_684_800
LATEST: Final = 4_102_444_800

ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|UTC|[+-]\d\d:?(?:\d\d)?)?)?", re.ASCII
)
#: 3.4.2025 is the third of April wherever dots are used; with slashes it depends on the country.
LOCAL: Final = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?)?", re.ASCII)
EPOCH: Final = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{12,13})", re.ASCII)

SECONDS: Final = {
    unit: seconds
    for seconds, units in (
        (0.001, "ms msec millis milliseconds millisekunden"),
        (1, "s sec secs second seconds sek sekunden secondes segundos"),
        (60, "m min mins minute minutes minuten minutos"),
        (3600, "h hr hrs hour hours std stunden heures horas"),
    )
    for unit in units.split()
}
CLOCK: Final = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)(?:\.\d{1,9})?", re.ASCII)
WITH_UNITS: Final = re.compile(r"(?:pt)?((?:\d{1,9}(?:[.,]\d{1,9})?\s*[a-z]+\s*)+)", re.ASCII)
PART: Final = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*([a-z]+)", re.ASCII)
PLAIN: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


class Unreadable(Exception):  # noqa: N818  # a row that is dropped, not an error
    """A text that is no time or duration, or has two meanings. `reason` is a slug, `words` say what to do."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


def read_time(value: object, *, needs_clock: bool = True) -> int | None:
    """Seconds since 1970; None for none. A time without a zone is taken for UTC. Raises Unreadable.

    Read are ISO 8601, seconds and milliseconds since 1970, 3.4.2025 14:05, and 13/04/2025 14:05 where only one order
    of day and month is possible. A day without a time of day is refused unless `needs_clock` is false.

    >>> read_time("2025-04-03T14:05:00+02:00")
    1743681900
    """
    if value is None or value == "":
        return None
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else "?"
    if found := EPOCH.fullmatch(text):
        moment = int(found[1]) if found[1] else int(found[2]) // 1000
    elif found := ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        moment = build_moment(year, month, day, hour, minute, second, needs_clock=needs_clock)
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            offset = int(digits[:2]) * 3600 + int(digits[2:]) * 60
            moment += offset if zone[0] == "-" else -offset
    elif found := LOCAL.fullmatch(text):
        first, mark, second_part, year, hour, minute, second = found.groups()
        if mark == "." or int(first) > 12:
            month, day = second_part, first
        elif int(second_part) > 12 or first == second_part:
            month, day = first, second_part
        else:
            message = _("Write the day as 2025-04-03; with slashes it is in March or in April")
            raise Unreadable("ambiguous_date", message)
        moment = build_moment(year, month, day, hour, minute, second, needs_clock=needs_clock)
    else:
        raise unreadable_time()
    if not EARLIEST <= moment < LATEST:
        raise unreadable_time()
    return moment


def build_moment(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, *, needs_clock: bool
) -> int:
    if hour is None and needs_clock:
        raise Unreadable("no_clock", _("Write the time of day too: 2025-04-03 14:05"))
    numbers = [int(part or 0) for part in (year, month, day, hour, minute, second)]
    years, months, days = numbers[:3]
    if not (1970 <= years < 2200 and 1 <= months <= 12 and 1 <= days <= calendar.monthrange(years, months)[1]):
        raise unreadable_time()
    if numbers[3] > 23 or numbers[4] > 59 or numbers[5] > 60:
        raise unreadable_time()
    return calendar.timegm((*numbers, 0, 0, 0))


def unreadable_time() -> Unreadable:
    return Unreadable("unreadable_time", _("Write the time as 2025-04-03T14:05:00Z or as seconds since 1970"))


def read_duration(value: object, unit: str = "") -> float | None:
    """Seconds; None for none. `unit` is the one that the column's name has. Raises Unreadable.

    >>> read_duration("1h 5m"), read_duration("00:12:30"), read_duration("12,5", "min")
    (3900.0, 750.0, 750.0)
    """
    text = str(value).strip().casefold() if isinstance(value, str | int | float) else ""
    if not text:
        return None
    if found := CLOCK.fullmatch(text):
        return float(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]))
    if PLAIN.fullmatch(text):
        if unit not in SECONDS:
            message = _("Name the unit in the column's name, such as duration_seconds or duration_min")
            raise Unreadable("no_unit", message)
        return float(text.replace(",", ".")) * SECONDS[unit]
    if found := WITH_UNITS.fullmatch(text):
        parts = PART.findall(found[1])
        if all(name in SECONDS for _amount, name in parts):
            return float(sum(float(amount.replace(",", ".")) * SECONDS[name] for amount, name in parts))
    message = _("Write the duration as 12 min, 720 s or 00:12:00")
    raise Unreadable("unreadable_duration", message)
