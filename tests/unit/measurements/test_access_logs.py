"""Access logs: which column has the time, in which unit, what is dropped, and that no person is in what is kept."""

import io
import itertools
import json
import re
from dataclasses import asdict

import pytest

from assess.measurements.access_logs import is_access_log, read_access_log
from assess.measurements.load import LoadFigures
from assess.measurements.reading import Options
from assess.measurements.recognise import read_measurements
from assess.questionnaire.validation import ValidationFailed

AGENT = '"https://shop.example/?user=alice" "Mozilla/5.0 (X11; Linux \\"x\\") Firefox/120.0"'
#: Two parts: /orders takes three times as long as /search. Seconds of a request, by part.
SECONDS = {"/orders/8812/lines": 0.3, "/search": 0.1}


def log(pattern, *, times=SECONDS, copies=10):
    """Lines of a log: `{path}` and the time as `{s}`, `{ms}` and `{us}`."""
    return [
        pattern.format(
            path=f"{path}?q=secret-{copy}", s=f"{seconds:.3f}", s6=f"{seconds:.6f}", ms=f"{seconds * 1000:.0f}",
            us=f"{seconds * 1_000_000:.0f}", ns=f"{seconds * 1e9:.0f}",
        ).encode()
        for copy in range(copies)
        for path, seconds in times.items()
    ]  # fmt: skip


def read(lines):
    return read_access_log(iter(lines), Options())


START = '203.0.113.7 - alice [29/Nov/2026:10:00:00 +0000] "GET {path} HTTP/1.1" 200 5120'
LOGS = {
    "nginx combined and request_time": f"{START} {AGENT} {{s}}",
    "nginx with request_time and upstream_response_time": f"{START} {AGENT} {{s}} 0.001 .",
    "nginx with named times": f'{START} {AGENT} rt={{s}} uct="0.000" uht="0.010" urt="0.011"',
    "nginx with the time in quotes": f'{START} {AGENT} "{{s}}"',
    "nginx with the time before the referrer": f"{START} {{s}} {AGENT}",
    "nginx with a ratio before the time": f'{START} {AGENT} "2.34" {{s}}',
    "nginx behind a container's prefix": f"web-1  | {START} {AGENT} {{s}}",
    "Apache %D": f"{START} {AGENT} {{us}}",
    "Apache common and %D": f"{START} {{us}}",
    "Apache with virtual host and %D": f"shop.example:443 {START} {AGENT} {{us}}",
    "gunicorn %(D)s": f"{START} {AGENT} {{us}}",
    "gunicorn %(L)s": f"{START} {AGENT} {{s6}}",
    "time with its unit": f"{START} {AGENT} {{ms}}ms",
    "named with its unit": f"{START} {AGENT} time_ms={{ms}}",
    "JSON of nginx": '{{"remote_addr": "203.0.113.7", "request_uri": "{path}", "request_time": "{s}"}}',
    "JSON with milliseconds": '{{"path": "{path}", "duration_ms": {ms}, "user": {{"email": "alice@shop.example"}}}}',
    "JSON in camel case": '{{"requestUrl": "https://shop.example{path}", "elapsedMs": {ms}}}',
    "JSON of Caddy": '{{"request": {{"remote_ip": "203.0.113.7", "uri": "{path}"}}, "duration": {s6}}}',
    "JSON of Traefik": '{{"ClientAddr": "203.0.113.7", "RequestPath": "{path}", "Duration": {ns}}}',
    "JSON of Google Cloud": '{{"httpRequest": {{"requestUrl": "{path}", "latency": "{s}s", "ip": "203.0.113.7"}}}}',
    "JSON with a request line": '{{"request": "GET {path} HTTP/1.1", "response_time_us": {us}}}',
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_recognised_and_its_time_found_in_its_unit(name):
    reading = read_measurements(io.BytesIO(b"\r\n".join(log(LOGS[name]))), options=Options())
    assert reading.shape == "access_log"
    assert reading.content.unit == "seconds"
    assert {each.part: round(each.value, 3) for each in reading.content.parts} == {"/orders": 3.0, "/search": 1.0}
    assert reading.rows_read == 20
    assert not reading.dropped
    assert 290 < reading.content.p95_ms < 310


@pytest.mark.parametrize("name", LOGS)
def test_no_person_address_query_or_agent_of_a_log_is_kept(name):
    kept = json.dumps(asdict(read(log(LOGS[name]))))
    assert not re.search(r"203\.0|alice|secret|Mozilla|shop\.example|8812", kept)


@pytest.mark.parametrize(
    "pattern",
    [
        f"{START} {AGENT} {{ms}}",  # 300 may be milliseconds or microseconds
        f"{START} {AGENT} {{us}} 4096",  # two whole numbers
        f"{START} {AGENT} 0",  # whole seconds
        f"{START} {AGENT} rt=12345.678",  # no median of three hours
        '{{"path": "{path}", "duration": {ms}}}',
        '{{"path": "{path}", "duration": 12.75}}',
        '{{"path": "{path}", "took": {us}}}',
    ],
)
def test_a_time_whose_unit_is_not_certain_is_refused_with_what_to_do(pattern):
    with pytest.raises(ValidationFailed) as refused:
        read(log(pattern))
    assert refused.value.issues[0].code == "ambiguous_unit"
    assert "Write the unit into the log" in refused.value.issues[0].message


def test_a_log_without_times_counts_requests_and_says_so():
    reading = read(log(f'{START} {AGENT} "2.34"'))
    assert reading.content.unit == "requests"
    assert {each.part: each.value for each in reading.content.parts} == {"/orders": 10, "/search": 10}
    assert reading.content.p95_ms is None
    assert "no times" in reading.warnings[0]


BROKEN = {
    "no_request": [
        b"[error] upstream timed out",
        b"\x00\x01\x02\xff\xfe",
        b'203.0.113.7 - - [..] "\\x16\\x03\\x01" 400 150 "-" "-" 0.001',
        b'203.0.113.7 - - [..] "GET /cut-off HT',
        b'"' * 60_000,
        b'"GET ' + b'"a" ' * 15_000,
    ],
    "no_time": [
        b'1 - - [..] "GET /orders HTTP/1.1" 200 5 "-" "-" -',
        b'1 - - [..] "GET /orders HTTP/1.1" 200 5 "-" "-"',
        b'1 - - [..] "GET /orders HTTP/1.1" 200 5 "-" "-" 999999.000',
        b'1 - - [..] "GET /orders HTTP/1.1" 200 5 "-" "-" nan',
        b'1 - - [..] "GET /orders HTTP/1.1" 200 5 "-" "-" 1.2.3',
    ],
}


@pytest.mark.parametrize(("reason", "line"), [(reason, line) for reason, lines in BROKEN.items() for line in lines])
def test_a_broken_line_is_dropped_with_its_number_and_the_others_count(reason, line):
    lines = log(LOGS["nginx combined and request_time"])
    reading = read([*lines[:3], line, b"", *lines[3:]])
    assert [(each.row, each.reason) for each in reading.dropped] == [(4, reason)]
    assert reading.dropped_by_reason == {reason: 1}
    assert reading.rows_read == 21  # the empty line is none
    assert {each.part: round(each.value, 3) for each in reading.content.parts} == {"/orders": 3.0, "/search": 1.0}


@pytest.mark.parametrize("line", [b'{"path": "/a"', b"[1]", b'{"path": 3}', b"{" * 50_000, b'{"path": {"x": 1}}'])
def test_a_broken_json_line_is_dropped(line):
    lines = log(LOGS["JSON with milliseconds"])
    assert read([*lines, line]).dropped_by_reason == {"no_request": 1}


def test_long_lines_that_are_no_request_take_no_longer_than_others_of_their_length():
    """Tried from every place again, each of these would take a second."""
    hostile = [b'1 "GET /' + b"a" * 60_000 + end for end in (b' HTTP/1.1" x', b"", b"?", b'" 200')] * 25
    reading = read([*log(LOGS["nginx combined and request_time"]), *hostile])
    assert reading.dropped_by_reason == {"no_request": 100}


@pytest.mark.parametrize("text", ["", "nothing of a log", '{"level": "info"}', "a,b\n1,2", "total (shop/a.py:1) 4"])
def test_other_texts_are_no_access_log(text):
    assert not is_access_log(text.split("\n"))


def test_a_log_with_too_many_paths_keeps_a_bounded_number_of_parts():
    lines = (
        f'1 - - [..] "GET /{word}{number}/x HTTP/1.1" 200 5 "-" "-" 0.010'.encode()
        for word in map("".join, itertools.product("abcdefghij", repeat=3))
        for number in range(15)
    )
    reading = read(lines)
    assert reading.rows_read == 15_000
    assert len(reading.content.parts) <= 301
    assert round(sum(each.value for each in reading.content.parts)) == 150


def test_a_path_that_few_asked_for_is_no_part_of_its_own():
    """It may be somebody's profile: `/alice`."""
    few = log(LOGS["nginx combined and request_time"], times={"/alice": 0.2}, copies=4)
    reading = read([*log(LOGS["nginx combined and request_time"]), *few])
    parts = {each.part: round(each.value, 3) for each in reading.content.parts}
    assert parts == {"/orders": 3.0, "/search": 1.0, "other": 0.8}


def test_the_percentile_is_that_of_all_requests():
    times = {f"/a?{number}": number / 1000 for number in range(1, 1001)}
    reading = read(log(f"{START} {AGENT} {{s}}", times=times, copies=1))
    assert reading.content.p95_ms == pytest.approx(950, rel=0.02)
    assert LoadFigures(reading.content).hottest_share == 1
