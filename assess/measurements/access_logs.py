"""Reads an access log line by line and adds up the time of each part: nginx, Apache, gunicorn, or JSON lines.

Of a line only the path's first step, the time and nothing else are read: no address, user, query, referrer or agent
gets any further. Which column has the time, and in which unit, is found in the first lines and is the same for all.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from statistics import median
from typing import Any, Final

from assess.language import N_, _, number
from assess.measurements.load import FEWEST_REQUESTS, MAX_PARTS_READ, OTHER, build_load, path_part
from assess.measurements.reading import DropLog, LineReader, Options
from assess.measurements.records import MappedField, Reading
from assess.questionnaire.facade import Issue, ValidationFailed, shown

WORDS: Final = N_("Access log of nginx, Apache or gunicorn, or JSON lines")
SAMPLE_LINES: Final = 1_000
MAX_CACHED_PATHS: Final = 20_000
MAX_SECONDS: Final = 24 * 3600
#: Steps of 2 % in which times are counted, for the percentile.
STEP: Final = 0.02

#: The request, the status, the bytes, and what follows; addresses and users stand before and are not read.
#: Nothing is tried twice (`*+`), so that a hostile line takes no longer than another of its length.
REQUEST: Final = re.compile(
    rb'"[A-Z]{3,10} ([^ "?#]*+)[^"]*+" [1-5]\d\d (?:\d+|-)((?: "[^"\\]*+(?:\\.[^"\\]*+)*+")*+)(?: (.*))?'
)
QUOTED: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
NUMBER: Final = re.compile(rb"\d[\d.]*")
#: Three digits are nginx's $request_time, six gunicorn's %(L)s; two would be a ratio.
FRACTION: Final = re.compile(r"\d+\.\d{3,9}")
STATUSES: Final = frozenset({
    "200", "201", "202", "204", "206", "301", "302", "303", "304", "307", "308", "400", "401",
    "403", "404", "405", "409", "410", "413", "422", "429", "499", "500", "502", "503", "504",
})  # fmt: skip
WHOLE_NUMBERS: Final = 100  #: the last of the ranks of a column
#: A column after them: `rt=0.123`, `"0.123"`, `0.123`, `12ms`.
COLUMN: Final = re.compile(
    r'(?:(?P<name>[A-Za-z_.]{1,40})[=:])?"?(?P<value>\d{1,12}(?:\.\d{1,9})?|-)(?P<unit>s|ms|us|µs|ns)?"?'
)
UNITS: Final[Mapping[str, float]] = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
#: What a time is called, the whole time of a request first.
TIME_NAMES: Final = (
    "rt", "request_time", "requesttime", "duration", "request_duration", "time_taken", "took", "elapsed", "latency",
    "response_time", "responsetime", "processing_time", "process_time", "runtime", "time", "d", "l",
    "upstream_response_time", "urt",
)  # fmt: skip
#: Ends of a name that say the unit: `duration_ms`, `durationMs`, `duration.seconds`.
UNIT_ENDS: Final[Mapping[str, str]] = {
    "ms": "ms", "msec": "ms", "millis": "ms", "milliseconds": "ms", "us": "us", "usec": "us", "micros": "us",
    "microseconds": "us", "s": "s", "sec": "s", "secs": "s", "seconds": "s", "ns": "ns", "nanos": "ns",
    "nanoseconds": "ns",
}  # fmt: skip
#: What a path is called in JSON lines, the best first; a request line has the method before it.
PATH_NAMES: Final = (
    "path", "request_path", "requestpath", "uri", "request_uri", "requesturi", "url", "requesturl", "request_url",
    "request", "request_line",
)  # fmt: skip
#: Fractions under these names, or under none, are seconds.
NGINX_NAMES: Final = frozenset({"", "rt", "request_time", "upstream_response_time", "urt"})
#: Names of path and time that one program alone writes, and its unit: Traefik, Caddy, Elastic's schema.
JSON_UNITS: Final[Mapping[tuple[str, str], str]] = {
    ("RequestPath", "Duration"): "ns",
    ("request.uri", "duration"): "s",
    ("url.path", "event.duration"): "ns",
}
#: Half of all requests take so many seconds in no log: a time that would is in another unit. Ours.
IMPLAUSIBLE_MEDIAN: Final = 10.0
#: Whole numbers are microseconds when, as milliseconds, one request in ten took half a minute. Ours.
IMPLAUSIBLE_TENTH: Final = 30_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where a line has its path and its time. `read` gives both, the time as it is written; None for no request.

    `seconds` is what the written number is worth, 0 where the log has no times.
    """

    read: Callable[[bytes], tuple[bytes, bytes | float | None] | None]
    seconds: float
    mapping: tuple[MappedField, ...]


def is_access_log(lines: Sequence[str]) -> bool:
    """Whether half of the first lines are requests, as a server or as JSON writes them."""
    filled = [line.encode() for line in lines if line.strip()]
    found = sum(REQUEST.search(line) is not None for line in filled)
    if not found and filled and filled[0].startswith(b"{"):
        found = sum(find_json_fields(parse_line(line))[0] is not None for line in filled)
    return found > 0 and found >= len(filled) / 2


def read_access_log(lines: Iterable[bytes], options: Options) -> Reading:
    """The seconds of each part, or its requests where the log has no times, with the 95th percentile of all.

    Raises ValidationFailed where the unit of the times is not certain, and where no line is a request. A stream: what
    is kept does not grow with the file.
    """
    stream = iter(lines)
    sample = list(islice(stream, SAMPLE_LINES))
    layout = find_layout(sample)
    tally = PathTally()
    dropped = DropLog()
    no_request = _("No request: a method, a path, a status and a size.")
    no_time = _("It has no time, or one that cannot be.")
    read, worth, counts_time = layout.read, layout.seconds, layout.seconds > 0
    entries, times, log, floor = tally.entries, tally.times, math.log, math.floor
    row = blank = 0
    for row, line in enumerate(chain(sample, stream), start=1):
        found = read(line)
        if found is None:
            if line.strip():
                dropped.add(row, "no_request", no_request)
            else:
                blank += 1
            continue
        path, written = found
        if counts_time:
            try:
                seconds = float(written) * worth  # type: ignore[arg-type]  # None is caught
            except (TypeError, ValueError, OverflowError):
                seconds = -1.0
            if not 0 <= seconds < MAX_SECONDS:
                dropped.add(row, "no_time", no_time)
                continue
            bucket = floor(log(seconds) / STEP) if seconds > 1e-6 else -700
            times[bucket] = times.get(bucket, 0) + 1
        else:
            seconds = 1.0
        entry = entries.get(path)
        if entry is None:
            entry = tally.add_path(path)
        entry[0] += seconds
        entry[1] += 1
    if not tally.requests:
        raise refuse("no_load", _("Choose another log: no line of this one can be counted"))
    rare = [part for part, (_seconds, count) in tally.parts.items() if count < FEWEST_REQUESTS]
    warnings = []
    if not counts_time:
        warnings.append(_("The log has no times, so requests are counted. Add the time to its format: $request_time."))
    if tally.requests < 1000:
        message = _("Only {count} requests. A week of a busy month says more.")
        warnings.append(message.format(count=number(tally.requests)))
    return Reading(
        kind="load",
        shape="access_log",
        shape_words=_(WORDS),
        mapping=layout.mapping,
        rows_read=row - blank,
        dropped=tuple(dropped.listed),
        dropped_by_reason=dict(dropped.by_reason),
        content=build_load(
            "seconds" if counts_time else "requests",
            {part: seconds for part, (seconds, _count) in tally.parts.items()},
            tally.percentile(0.95) if counts_time else None,
            rare,
        ),
        warnings=tuple(warnings),
    )


class PathTally:
    """Seconds and requests by part, and how many requests took how long. Its size is bounded, whatever the log."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = {}
        self.entries: dict[bytes, list[float]] = {}  #: the part's entry by path, so that a path is taken apart once
        self.times: dict[int, int] = {}  #: by the logarithm of the seconds

    @property
    def requests(self) -> int:
        return int(sum(count for _seconds, count in self.parts.values()))

    def add_path(self, path: bytes) -> list[float]:
        """The entry of a path not seen lately: seconds and requests."""
        part = path_part(path.decode("utf-8", "replace"))
        if part not in self.parts and len(self.parts) >= MAX_PARTS_READ:
            part = OTHER
        entry = self.parts.setdefault(part, [0.0, 0])
        if len(self.entries) >= MAX_CACHED_PATHS:
            self.entries.clear()
        self.entries[path] = entry
        return entry

    def percentile(self, share: float) -> float:
        """So many of the requests took at most so many milliseconds, within 2 %."""
        least = share * sum(self.times.values())
        reached = 0
        for bucket in sorted(self.times):
            reached += self.times[bucket]
            if reached >= least:
                return round(1000 * math.exp((bucket + 0.5) * STEP), 1)
        return 0.0


def find_layout(sample: Sequence[bytes]) -> Layout:
    """Where these lines have their path and time. Raises ValidationFailed where the unit is not certain."""
    found = [match for line in sample if (match := REQUEST.search(line))]
    if found:
        return find_column_layout([(match[2], match[3] or b"") for match in found])
    return find_json_layout([line for line in (parse_line(each) for each in sample) if line is not None])


def find_column_layout(rests: Sequence[tuple[bytes, bytes]]) -> Layout:
    """Of a server's log. `rests` are the quoted and the other columns after the size. A time is what is named like one,
    then what has its unit, then what has fractions as nginx and gunicorn write them, then the only whole number."""
    columns: dict[tuple[bool, int], list[re.Match[str]]] = {}
    for quoted, unquoted in rests:
        for is_quoted, texts in ((True, split_quoted(quoted)), (False, unquoted.split())):
            for place, text in enumerate(texts):
                if match := COLUMN.fullmatch(text.decode("utf-8", "replace")):
                    columns.setdefault((is_quoted, place), []).append(match)
    ranked = []
    for column, matches in columns.items():
        rank = rank_column(matches)
        if rank is not None and len(matches) >= len(rests) / 2:
            ranked.append((rank, column))
    path = MappedField(field="part", source=_("the request"), note=_("the path's first steps; the query is dropped"))
    if not ranked:
        return Layout(read=read_path, seconds=0.0, mapping=(path,))
    (rank, chosen), *others = sorted(ranked)
    if rank == WHOLE_NUMBERS and any(other == rank for other, _column in others):
        raise refuse_unit()
    matches = columns[chosen]
    name, unit = unit_of_name(matches[0]["name"] or "")
    unit = next((match["unit"] for match in matches if match["unit"]), unit)
    unit = unit or find_unit(name, [match["value"] for match in matches], whole_unit="us")
    is_quoted, place = chosen

    def read(line: bytes) -> tuple[bytes, bytes | None] | None:
        match = REQUEST.search(line)
        if match is None:
            return None
        texts = split_quoted(match[2]) if is_quoted else (match[3] or b"").split()
        if len(texts) <= place:
            return match[1], None
        text = texts[place]
        if not text[:1].isdigit() or not text[-1:].isdigit():
            digits = NUMBER.search(text)
            return match[1], digits[0] if digits else None
        return match[1], text

    source = name or _("column {place} after the size").format(place=place + 1)
    return Layout(read=read, seconds=UNITS[unit], mapping=(path, time_field(source, unit)))


def rank_column(matches: Sequence[re.Match[str]]) -> int | None:
    """How likely a column of numbers is the time of a request, 0 first; None for what is none: a status, a ratio."""
    name = unit_of_name(matches[0]["name"] or "")[0]
    values = [match["value"] for match in matches if match["value"] != "-"]
    if name:
        return TIME_NAMES.index(name) if name in TIME_NAMES else None
    if any(match["unit"] for match in matches):
        return WHOLE_NUMBERS - 2
    if any("." in value for value in values):
        return WHOLE_NUMBERS - 1 if any(FRACTION.fullmatch(value) for value in values) else None
    return WHOLE_NUMBERS if set(values) - STATUSES else None


def read_path(line: bytes) -> tuple[bytes, None] | None:
    match = REQUEST.search(line)
    return (match[1], None) if match else None


def split_quoted(quoted: bytes) -> list[bytes]:
    """Quoted columns without their quotes: of `"-" "curl" "0.012"` the three texts."""
    return [each[1:-1] for each in QUOTED.findall(quoted)]


# --- JSON lines


def parse_line(line: bytes) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def find_json_fields(line: Mapping[str, Any] | None) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The keys that lead to the path and to the time: `("request", "uri")`; None where there is none."""
    if line is None:
        return None, None
    fields: dict[tuple[str, ...], Any] = {}
    for key, value in line.items():
        if isinstance(value, Mapping):
            fields.update({(key, inner): deep for inner, deep in value.items()})
        else:
            fields[(key,)] = value
    paths, times = [], []
    for keys, value in fields.items():
        name = keys[-1].casefold().rpartition(".")[2]
        if isinstance(value, str) and name in PATH_NAMES and request_path(value):
            paths.append((PATH_NAMES.index(name), keys))
        is_time = isinstance(value, int | float) or (isinstance(value, str) and COLUMN.fullmatch(value))
        base = unit_of_name(keys[-1])[0].rpartition(".")[2]
        if base in TIME_NAMES and is_time and not isinstance(value, bool):
            times.append((TIME_NAMES.index(base), keys))
    return (min(paths)[1] if paths else None), (min(times)[1] if times else None)


def find_json_layout(lines: Sequence[Mapping[str, Any]]) -> Layout:
    """Of JSON lines. Raises ValidationFailed where none has a path, or where the unit is not certain."""
    found = Counter(find_json_fields(line) for line in lines)
    found = Counter({fields: count for fields, count in found.items() if fields[0]})
    if not found:
        raise refuse("no_load", _("Choose another log: no line of this one has a path"))
    path_keys, time_keys = max(found, key=lambda fields: (fields[1] is not None, found[fields]))
    assert path_keys is not None
    seconds = 0.0
    mapping = [MappedField(field="part", source=shown(".".join(path_keys)), note=_("the path's first steps"))]
    if time_keys:
        values = [value for line in lines if isinstance(value := dig(line, time_keys), str | int | float)]
        matches = [match for value in values if (match := COLUMN.fullmatch(str(value)))]
        name, unit = unit_of_name(time_keys[-1])
        unit = next((match["unit"] for match in matches if match["unit"]), unit)
        unit = unit or JSON_UNITS.get((".".join(path_keys), ".".join(time_keys)), "")
        unit = unit or find_unit(name, [match["value"] for match in matches])
        seconds = UNITS[unit]
        mapping.append(time_field(shown(".".join(time_keys)), unit))

    def read(line: bytes) -> tuple[bytes, bytes | float | None] | None:
        parsed = parse_line(line)
        path = request_path(dig(parsed, path_keys)) if parsed else ""
        if not path:
            return None
        value = dig(parsed, time_keys) if time_keys else None
        if isinstance(value, str):
            match = COLUMN.fullmatch(value)
            value = float(match["value"]) if match and match["value"] != "-" else None
        return path.encode("utf-8", "replace"), value if isinstance(value, int | float) else None

    return Layout(read=read, seconds=seconds, mapping=tuple(mapping))


def dig(line: Any, keys: tuple[str, ...]) -> Any:
    """The value that these keys lead to, None where there is none."""
    for key in keys:
        line = line.get(key) if isinstance(line, Mapping) else None
    return line


def request_path(text: object) -> str:
    """The path in a path, an address or a request line, without its query; "" where there is none."""
    if not isinstance(text, str):
        return ""
    if text[:1] != "/":
        text = text.split(" ")[1] if text.count(" ") in (1, 2) else text
        if "://" in text:
            text = "/" + text.split("://", 1)[1].partition("/")[2]
    return text.split("?", 1)[0] if text[:1] == "/" else ""


# --- units


def unit_of_name(name: str) -> tuple[str, str]:
    """What a field is called without its unit, in small letters, and the unit; "" where it names none.

    >>> unit_of_name("duration_ms"), unit_of_name("elapsedMs"), unit_of_name("rt")
    (('duration', 'ms'), ('elapsed', 'ms'), ('rt', ''))
    """
    if name.casefold() in TIME_NAMES:
        return name.casefold(), ""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold()
    match = re.fullmatch(r"(.+)[._-]([a-z]+)", spaced)
    return (match[1], UNIT_ENDS[match[2]]) if match and match[2] in UNIT_ENDS else (spaced, "")


def find_unit(name: str, written: Sequence[str], whole_unit: str = "") -> str:
    """The unit of these numbers, where their name, form and size leave one alone. Raises ValidationFailed.

    Fractions are seconds where nginx and gunicorn write them. Whole numbers that are large enough are of `whole_unit`,
    where the format has one: smaller ones may be milliseconds too.
    """
    values = sorted(float(text) for text in written if text != "-")
    if not values:
        raise refuse_unit()
    ninetieth, half = values[int(0.9 * (len(values) - 1))], median(values)
    if any("." in text for text in written):
        if name in NGINX_NAMES and half < IMPLAUSIBLE_MEDIAN:
            return "s"
    elif whole_unit and ninetieth >= IMPLAUSIBLE_TENTH and half * UNITS[whole_unit] < IMPLAUSIBLE_MEDIAN:
        return whole_unit
    raise refuse_unit()


def refuse_unit() -> ValidationFailed:
    message = _(
        "Write the unit into the log's format, as in time_us=%D or time_ms=%(M)s: these times may be seconds, "
        "milliseconds or microseconds"
    )
    return refuse("ambiguous_unit", message)


def time_field(source: str, unit: str) -> MappedField:
    words = {"s": _("seconds"), "ms": _("milliseconds"), "ns": _("nanoseconds")}
    return MappedField(field="value", source=source, note=words.get(unit, _("microseconds")))


def refuse(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=code, message=message, key="file")])


ACCESS_LOG: Final = LineReader(
    kind="load", shape="access_log", words=WORDS, recognises=is_access_log, read=read_access_log
)
