"""Made-up traces of the company with 47 services, as a collector's file exporter writes them.

The source (S3) tells that 32 of 47 services were removed and names none: services and calls are from
fixtures/made-up/services-47.json.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

FILE = settings.BASE_DIR / "fixtures" / "made-up" / "services-47.json"
FILE_NAME = "made-up-traces-of-47-services.json"
TRACES_OF_AN_AREA = 8
SERVER, CLIENT = 2, 3


def build_traces() -> bytes:
    """OTLP JSON: eight traces of each area, whose services call each other in a row and share a database. One in eight
    also calls another area."""
    table = json.loads(FILE.read_text("utf-8"))
    spans: dict[str, list[dict[str, Any]]] = {}
    for place, (area, *services) in enumerate(table["areas"]):
        for number in range(TRACES_OF_AN_AREA):
            others = [callee for caller, callee in table["across"] if caller in services and number == 0]
            trace = f"{place:016x}{number:016x}"
            for service, span in build_trace(trace, area, services, table["loops"], others):
                spans.setdefault(service, []).append(span)
    resources = [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
            "scopeSpans": [{"spans": each}],
        }
        for service, each in spans.items()
    ]
    return json.dumps({"about": table["about"], "resourceSpans": resources}).encode()


def build_trace(
    trace: str, area: str, services: list[str], loops: dict[str, int], others: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The spans of one trace, each with its service."""
    count = 0

    def span(parent: str, kind: int, *database: str) -> dict[str, Any]:
        nonlocal count
        count += 1
        names = zip(("db.system.name", "db.namespace"), database, strict=False)
        return {
            "traceId": trace,
            "spanId": f"{count:016x}",
            "parentSpanId": parent,
            "kind": kind,
            "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in names],
        }

    parent, times = "", 1
    for service in services:
        for _time in range(times):
            server = span(parent, SERVER)
            yield service, server
        yield service, span(server["spanId"], CLIENT, "postgresql", area)
        parent, times = server["spanId"], loops.get(service, 1)
    for callee in others:
        yield callee, span(parent, SERVER)
