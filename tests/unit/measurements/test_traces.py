"""Traces as OTLP and as Jaeger write them: who calls whom, how deep, which databases, and nothing of what was asked."""

import io
import json
from dataclasses import asdict

import pytest

from assess.measurements.reading import Options
from assess.measurements.recognise import read_measurements
from assess.measurements.traces import is_jaeger, is_otlp
from assess.questionnaire.validation import ValidationFailed

# A span: (id, parent's id, service, kind, attributes). The parent of a link is ("link", id).
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
KIND_NAMES = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}
DB = "db-1.internal"
SHOP_DATABASE = {"db.system": "postgresql", "db.name": "shop", "server.address": DB, "db.statement": "x"}
ORDER = [
    ("01", "", "gateway", SERVER, {"http.url": "https://shop.example/?user=alice", "client.address": "203.0.113.7"}),
    ("02", "01", "gateway", CLIENT, {}),
    ("03", "02", "orders", SERVER, {"enduser.id": "alice"}),
    ("04", "03", "orders", CLIENT, SHOP_DATABASE),
    *[(f"1{item}", "03", "catalog", SERVER, {}) for item in range(5)],
    ("20", "10", "prices", SERVER, {}),
    ("21", "20", "prices", CLIENT, {"db.system.name": "postgresql", "db.namespace": "shop", "server.address": DB}),
    ("30", "03", "orders", PRODUCER, {"messaging.system": "kafka"}),
    ("31", "30", "mail", CONSUMER, {}),
    ("32", "31", "users", SERVER, {}),
]  # fmt: skip


def otlp(spans, trace="0af7651916cd43dd8448eb211c80319c", name_kinds=False):
    by_service = {}
    for span, parent, service, kind, attributes in spans:
        entry = {
            "traceId": trace, "spanId": span, "name": "GET /users/alice",
            "kind": f"SPAN_KIND_{KIND_NAMES[kind].upper()}" if name_kinds else kind,
            "startTimeUnixNano": "1764410400000000000", "endTimeUnixNano": "1764410400100000000",
            "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
        }  # fmt: skip
        if isinstance(parent, tuple):
            entry["links"] = [{"traceId": trace, "spanId": parent[1]}]
        else:
            entry["parentSpanId"] = parent
        by_service.setdefault(service, []).append(entry)
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [
                    {"key": "service.name", "value": {"stringValue": service}},
                    {"key": "host.name", "value": {"stringValue": "alices-laptop"}},
                ]},
                "scopeSpans": [{"scope": {"name": "opentelemetry.instrumentation.django"}, "spans": entries}],
            }
            for service, entries in by_service.items()
        ]
    }  # fmt: skip


def jaeger(spans, trace="0af7651916cd43dd8448eb211c80319c"):
    services = sorted({service for _span, _parent, service, _kind, _attributes in spans})
    entries = []
    for span, parent, service, kind, attributes in spans:
        kind_of, parent_id = ("FOLLOWS_FROM", parent[1]) if isinstance(parent, tuple) else ("CHILD_OF", parent)
        tags = {"span.kind": KIND_NAMES[kind], **attributes}
        entries.append({
            "traceID": trace, "spanID": span, "operationName": "GET /users/alice",
            "references": [{"refType": kind_of, "traceID": trace, "spanID": parent_id}] if parent_id else [],
            "startTime": 1764410400000000, "duration": 100000, "processID": f"p{services.index(service)}",
            "tags": [{"key": key, "type": "string", "value": value} for key, value in tags.items()],
        })  # fmt: skip
    processes = {
        f"p{at}": {"serviceName": name, "tags": [{"key": "hostname", "value": "alices-laptop"}]}
        for at, name in enumerate(services)
    }
    return {"data": [{"traceID": trace, "spans": entries, "processes": processes}], "total": 0, "errors": None}


def read(document):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_measurements(io.BytesIO(content), options=Options())


def edges(reading):
    return {
        (each.caller, each.callee): (each.times, each.is_synchronous, each.most_in_a_trace, each.deepest)
        for each in reading.content.calls
    }


TWO = [otlp(ORDER[:3]), otlp(ORDER[3:])]
SHAPES = {
    "OTLP": otlp(ORDER),
    "OTLP with kinds by name": otlp(ORDER, name_kinds=True),
    "OTLP in a list": TWO,
    "OTLP, a line for each batch": b"\n".join(json.dumps(each).encode() for each in TWO) + b"\n",
    "Jaeger": jaeger(ORDER),
    "Jaeger in a list": [jaeger(ORDER)],
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_trace_says_the_same_in_every_format(name):
    reading = read(SHAPES[name])
    assert edges(reading) == {
        ("gateway", "orders"): (1, True, 1, 3),  # orders, catalog, prices
        ("orders", "catalog"): (5, True, 5, 2),
        ("catalog", "prices"): (1, True, 1, 1),
        ("orders", "mail"): (1, False, 1, 1),
        ("mail", "users"): (1, True, 1, 1),
    }
    assert reading.content.databases == {"orders": ("postgresql shop",), "prices": ("postgresql shop",)}
    assert (reading.content.traces, reading.rows_read, reading.dropped) == (1, 14, ())


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_personal_of_a_trace_is_kept(name):
    stored = json.dumps(asdict(read(SHAPES[name])))
    for word in ("alice", "203.0.113", "shop.example", "internal", "GET ", "statement"):
        assert word not in stored


def test_a_call_within_a_service_is_no_call():
    assert edges(read(otlp([("01", "", "a", SERVER, {}), ("02", "01", "a", CLIENT, {})]))) == {}


def test_a_link_is_an_asynchronous_call():
    spans = [("01", "", "a", SERVER, {}), ("02", ("link", "01"), "b", SERVER, {})]
    assert edges(read(otlp(spans))) == edges(read(jaeger(spans))) == {("a", "b"): (1, False, 1, 1)}


def test_most_calls_in_one_trace_show_a_loop_of_requests():
    loop = [("01", "", "a", SERVER, {}), *[(f"1{at}", "01", "b", SERVER, {}) for at in range(9)]]
    documents = [otlp(loop, trace="1" * 32), otlp(loop[:2], trace="2" * 32)]
    assert edges(read(documents)) == {("a", "b"): (10, True, 9, 1)}


def test_databases_of_one_name_on_two_hosts_are_two_and_no_host_is_kept():
    def on(host):
        return {"db.system": "postgresql", "db.name": "app", "server.address": host}

    spans = [
        ("01", "", "a", CLIENT, on("db-a")),
        ("02", "", "b", CLIENT, on("db-b")),
        ("03", "", "c", CLIENT, on("db-a")),
    ]
    databases = read(otlp(spans)).content.databases
    assert databases == {
        "a": ("postgresql app (1)",), "b": ("postgresql app (2)",), "c": ("postgresql app (1)",),
    }  # fmt: skip


HOSTILE = {
    "a cycle of two": [("01", "02", "a", SERVER, {}), ("02", "01", "b", SERVER, {})],
    "its own parent": [("01", "01", "a", SERVER, {}), ("02", "01", "b", SERVER, {})],
    "a cycle below a root": [("00", "", "a", SERVER, {}), ("01", "00", "b", SERVER, {}), ("01", "02", "a", SERVER, {}),
                             ("02", "01", "c", SERVER, {})],
    "a chain of 5,000": [(f"{at:04x}", f"{at - 1:04x}" if at else "", "ab"[at % 2], SERVER, {}) for at in range(5000)],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("write", [otlp, jaeger])
def test_cycles_twins_and_long_chains_are_read_once(name, write):
    reading = read(write(HOSTILE[name]))
    assert reading.rows_read == len(HOSTILE[name])
    assert all(each.times <= len(HOSTILE[name]) for each in reading.content.calls)
    assert max(each.deepest for each in reading.content.calls) <= len(HOSTILE[name])


def test_a_parent_outside_the_file_is_warned_of_and_no_call():
    reading = read(otlp([("02", "01", "b", SERVER, {})]))
    assert edges(reading) == {}
    assert "1 span names a parent that is not in the file" in reading.warnings[0]


def test_a_span_seen_before_is_dropped():
    reading = read(otlp([("01", "", "a", SERVER, {}), ("02", "01", "b", SERVER, {}), ("02", "01", "b", SERVER, {})]))
    assert reading.dropped_by_reason == {"twice": 1}
    assert edges(reading) == {("a", "b"): (1, True, 1, 1)}


BROKEN_SPANS = [{}, {"traceId": 7, "spanId": "01"}, {"traceId": "1", "spanId": None}, {"traceID": [], "spanID": "1"}]


@pytest.mark.parametrize("span", BROKEN_SPANS)
def test_a_span_without_ids_is_dropped_and_the_others_count(span):
    in_otlp, in_jaeger = otlp(ORDER), jaeger(ORDER)
    in_otlp["resourceSpans"][0]["scopeSpans"][0]["spans"].append(span)
    in_jaeger["data"][0]["spans"].append(span)
    for document in (in_otlp, in_jaeger):
        reading = read(document)
        assert reading.dropped_by_reason == {"no_id": 1}
        assert (reading.rows_read, len(reading.content.calls)) == (15, 5)


@pytest.mark.parametrize(
    "holder", [None, 7, "x", [], {}, [None], [7, {}], [{"attributes": 3}], {"a": []}, [{"key": []}]]
)
def test_foreign_values_in_place_of_lists_and_objects_are_passed_over(holder):
    in_otlp, in_jaeger = otlp(ORDER), jaeger(ORDER)
    in_otlp["resourceSpans"] += [
        {"resource": holder, "scopeSpans": []}, {"scopeSpans": holder}, {"scopeSpans": [{"spans": holder}]},
    ]  # fmt: skip
    in_otlp["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"] = holder
    in_otlp["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["links"] = holder
    in_jaeger["data"] += [holder, {"spans": holder, "processes": holder}]
    in_jaeger["data"][0]["spans"][0]["tags"] = holder
    for document in (in_otlp, in_jaeger):
        assert len(edges(read(document))) == 5


@pytest.mark.parametrize(
    "document", [{"resourceSpans": []}, {"resourceSpans": None}, otlp([("01", "", "", SERVER, {})])]
)
def test_traces_without_a_named_service_are_refused_with_what_to_do(document):
    with pytest.raises(ValidationFailed, match=r"service\.name set for each service"):
        read(document)


def test_a_service_name_for_each_instance_is_refused():
    spans = [(f"{at:04x}", "", f"web-{at:04x}", SERVER, {}) for at in range(1001)]
    with pytest.raises(ValidationFailed, match="not to its instance"):
        read(otlp(spans))


@pytest.mark.parametrize(
    "document", [None, 3, [], {}, {"data": {}}, {"data": [{"spans": []}]}, [[]], {"resourceLogs": []}]
)
def test_other_documents_are_no_traces(document):
    assert not is_otlp(document)
    assert not is_jaeger(document)
