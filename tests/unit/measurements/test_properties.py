"""Whatever the bytes, there is a reading or a refusal; whatever the reading, it is stored and read back as it was."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from assess.measurements.facade import (
    Calls,
    Cost,
    Deploys,
    Load,
    Options,
    Prices,
    Reading,
    count_cost,
    count_deploys,
    from_json,
    propose_measured,
    read_measurements,
    to_json,
)
from assess.measurements.recognise import READERS
from assess.questionnaire.facade import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from tests.measurement_samples import FORMATS, deploys_csv, kubectl, sixty_runs, workload

PROMETHEUS = [{"metric": {"view": name, "job": "web"}, "value": [1764410400, "3.5"]} for name in ("orders", "search")]
SPANS = [
    {"traceId": "0a" * 16, "spanId": f"{at:016x}", "parentSpanId": f"{at - 1:016x}" if at else "", "kind": 3}
    | {"startTimeUnixNano": "1764410400000000000", "endTimeUnixNano": "1764410401000000000"}
    for at in range(3)
]
LINE = '203.0.113.7 - - [29/Nov/2026:10:00:00 +0000] "GET /orders/{at} HTTP/1.1" 200 5120 "-" "curl" 0.{at}23\n'
JAEGER_SPAN = {"traceID": "a" * 32, "operationName": "GET", "startTime": 1, "duration": 5, "tags": []}
DOCUMENTS = [
    *(write(sixty_runs()[:3]) for shape, write in FORMATS.items() if shape != "csv"),
    kubectl(workload(), workload("b")),
    json.dumps({"status": "success", "data": {"resultType": "vector", "result": PROMETHEUS}}).encode(),
    json.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
                    "scopeSpans": [{"spans": SPANS[at : at + 1]}],
                }
                for at, name in enumerate(("web", "orders", "search"))
            ]
        }
    ).encode(),
    json.dumps(
        {
            "data": [
                {
                    "traceID": "a" * 32,
                    "spans": [
                        {**JAEGER_SPAN, "spanID": "1", "processID": "p1", "references": []},
                        {
                            **JAEGER_SPAN,
                            "spanID": "2",
                            "processID": "p2",
                            "references": [{"refType": "CHILD_OF", "traceID": "a" * 32, "spanID": "1"}],
                        },
                    ],
                    "processes": {"p1": {"serviceName": "web"}, "p2": {"serviceName": "orders"}},
                }
            ]
        }
    ).encode(),
]
SAMPLES = [
    *DOCUMENTS,
    deploys_csv(sixty_runs()[:3]),
    b"web (/srv/app/shop/orders/views.py:12);query (/srv/app/shop/search/index.py:3) 40\nweb (/srv/app/a/b.py:1) 2\n"
    * 3,
    "".join(LINE.format(at=at) for at in range(1, 9)).encode(),
    b"".join(
        json.dumps({"path": f"/orders/{at}", "status": 200, "duration_ms": at}).encode() + b"\n" for at in range(9)
    ),
]
OPTIONS = Options(prices=Prices(core=Decimal(30), gib=Decimal(4), currency="EUR"), now=1_800_000_000)


def read_or_refuse(content: bytes) -> Reading | None:
    try:
        return read_measurements(io.BytesIO(content), options=OPTIONS)
    except ValidationFailed:
        return None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)


@given(st.sampled_from(SAMPLES), st.integers(0, 3_000), st.integers(0, 40), st.binary(max_size=20))
def test_damaged_file_is_read_or_refused_and_never_counts_more_than_its_rows(
    content: bytes, at: int, length: int, instead: bytes
) -> None:
    reading = read_or_refuse(content[:at] + instead + content[at + length :])
    if reading is not None:
        if isinstance(reading.content, Deploys | Cost):
            content = reading.content
            counted = content.deploys if isinstance(content, Deploys) else content.workloads
            assert len(counted) + sum(reading.dropped_by_reason.values()) == reading.rows_read
        assert from_json(json.loads(json.dumps(to_json(reading)))) == reading


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def odd_documents(draw: st.DrawFn) -> Any:
    """A document of one of the formats in which some values are replaced by any others."""
    document = json.loads(draw(st.sampled_from(DOCUMENTS)))

    def replaced(value: Any, depth: int) -> Any:
        if depth and draw(st.integers(0, 14)) == 0:
            return draw(JSON)
        if isinstance(value, dict):
            return {name: replaced(each, depth + 1) for name, each in value.items()}
        return [replaced(each, depth + 1) for each in value] if isinstance(value, list) else value

    return replaced(document, 0)


@given(odd_documents())
def test_document_with_values_of_other_kinds_is_read_or_refused(document: Any) -> None:
    reading = read_or_refuse(json.dumps(document).encode())
    if reading is not None and isinstance(reading.content, Deploys):
        count_deploys(reading.content)
    elif reading is not None and isinstance(reading.content, Cost):
        count_cost(reading.content)
    if reading is not None:
        propose_measured([reading], builtin_questionnaire(), {})


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a record's field, as readers make them: printable texts, finite numbers."""
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text("abc é/'\"<>&", max_size=20),
        int: st.integers(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        Decimal: st.decimals(min_value=0, max_value=10**9, places=2),
    }
    parts = get_args(kind)
    if kind in plain:
        return plain[kind]
    if is_dataclass(kind):
        return st.fixed_dictionaries({name: values_of(each) for name, each in get_type_hints(kind).items()}).map(
            lambda given: kind(**given)
        )
    if get_origin(kind) is Literal:
        return st.sampled_from(parts)
    if get_origin(kind) is tuple:
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if get_origin(kind) is Mapping:
        return st.dictionaries(values_of(str), values_of(parts[1]), max_size=3)
    return st.none() | values_of(parts[0])


CONTENTS = {Deploys: "deploys", Load: "load", Cost: "cost", Calls: "calls"}


@given(values_of(Reading), st.one_of([values_of(each) for each in CONTENTS]))
def test_any_reading_is_stored_and_read_back_as_it_was(reading: Reading, content: Any) -> None:
    reading = replace(reading, content=content, kind=CONTENTS[type(content)])
    assert from_json(json.loads(json.dumps(to_json(reading)))) == reading


def test_each_sample_is_of_another_format() -> None:
    found = [read_or_refuse(sample) for sample in SAMPLES]
    shapes = [reading.shape for reading in found if reading is not None]
    assert sorted({*shapes, "access_log"}) == sorted({reader.shape for reader in READERS})
    assert len(shapes) == len(SAMPLES)


def test_every_field_of_a_reading_is_stored() -> None:
    def names(value: Any) -> set[str]:
        return {each.name for each in fields(value)} if is_dataclass(value) else set()

    reading = read_measurements(io.BytesIO(SAMPLES[0]), options=OPTIONS)
    assert names(reading) | {"format"} == to_json(reading).keys()
