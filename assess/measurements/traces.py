"""Reads traces, as OTLP JSON and as Jaeger JSON, into who calls whom.

Of a span only its ids, its service, its kind and the database that it names are read. Names of spans and all other
attributes, where addresses and statements are, get no further. A trace may have cycles, twins and missing parents.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from assess.language import N_, _, ngettext, number
from assess.measurements.load import OTHER, clean_part
from assess.measurements.reading import DropLog, JsonReader, Options
from assess.measurements.records import Call, Calls, MappedField, Reading
from assess.questionnaire.facade import Issue, ValidationFailed

OTLP_WORDS: Final = N_("Traces, OTLP JSON")
JAEGER_WORDS: Final = N_("Traces, Jaeger JSON")
MAX_SERVICES: Final = 1_000
#: Kept of a file, as pages look at each: pairs that call each other, and pairs of a service and its database.
MAX_PAIRS: Final = 5_000
#: In fewer traces than this, who calls whom may be chance. Ours.
FEWEST_TRACES: Final = 100
PRODUCER_KINDS: Final = frozenset({4, "4", "SPAN_KIND_PRODUCER", "producer"})
CONSUMER_KINDS: Final = frozenset({5, "5", "SPAN_KIND_CONSUMER", "consumer"})
#: Attributes by what they say; newer names first.
SYSTEM_KEYS: Final = ("db.system.name", "db.system", "db.type")
DATABASE_KEYS: Final = ("db.namespace", "db.name", "db.instance")
HOST_KEYS: Final = ("server.address", "net.peer.name", "peer.address", "net.peer.ip")
MESSAGING_KEYS: Final = ("messaging.system", "message_bus.destination")
READ_KEYS: Final = frozenset((*SYSTEM_KEYS, *DATABASE_KEYS, *HOST_KEYS, *MESSAGING_KEYS, "span.kind"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One span as it is needed. `parents` are spans that caused it: its trace and id, and whether it follows later."""

    trace: str
    id: str
    service: str
    is_producer: bool
    is_consumer: bool
    parents: tuple[tuple[tuple[str, str], bool], ...]
    database: tuple[str, str, str] | None  #: system, name, host

    @property
    def key(self) -> tuple[str, str]:
        return self.trace, self.id


# --- OTLP


def is_otlp(document: object) -> bool:
    documents = document if isinstance(document, list) else [document]
    return any(isinstance(each, Mapping) and "resourceSpans" in each for each in documents)


def read_otlp(document: object, options: Options) -> Reading:
    """Who calls whom. Raises ValidationFailed where no span names its service."""
    dropped = DropLog()
    spans = find_otlp_spans(document if isinstance(document, list) else [document], dropped)
    return build_reading("otlp", OTLP_WORDS, "resource.service.name", spans, dropped)


def find_otlp_spans(documents: Sequence[object], dropped: DropLog) -> Iterator[Span]:
    row = 0
    for document in documents:
        for resource in dicts_in(document, "resourceSpans"):
            attributes = resource.get("resource")
            service = read_otlp_attributes(attributes, frozenset({"service.name"})).get("service.name", "")
            for scope in (*dicts_in(resource, "scopeSpans"), *dicts_in(resource, "instrumentationLibrarySpans")):
                for span in dicts_in(scope, "spans"):
                    row += 1
                    if not isinstance(span.get("traceId"), str) or not isinstance(span.get("spanId"), str):
                        dropped.add(row, "no_id", _("It has no id of its trace or of its own."))
                        continue
                    if not service:
                        dropped.add(row, "no_service", _("Its resource has no service.name."))
                        continue
                    trace = span["traceId"]
                    parent = span.get("parentSpanId")
                    parents = [((trace, parent), False)] if isinstance(parent, str) and parent.strip("0") else []
                    for link in dicts_in(span, "links"):
                        if isinstance(link.get("traceId"), str) and isinstance(link.get("spanId"), str):
                            parents.append(((link["traceId"], link["spanId"]), True))
                    tags = read_otlp_attributes(span, READ_KEYS)
                    yield build_span(trace, span["spanId"], service, span.get("kind"), parents, tags)


def read_otlp_attributes(holder: object, keys: frozenset[str]) -> dict[str, str]:
    """The attributes of these names, as texts."""
    found = {}
    for each in dicts_in(holder, "attributes"):
        value = each.get("value")
        text = value.get("stringValue") if isinstance(value, Mapping) else None
        if str(each.get("key")) in keys and isinstance(text, str):
            found[each["key"]] = text
    return found


# --- Jaeger


def is_jaeger(document: object) -> bool:
    documents = document if isinstance(document, list) else [document]
    return any(find_jaeger_traces(each) for each in documents)


def find_jaeger_traces(document: object) -> list[Mapping[str, Any]]:
    return [each for each in dicts_in(document, "data") if "spans" in each and "processes" in each]


def read_jaeger(document: object, options: Options) -> Reading:
    """Who calls whom. Raises ValidationFailed where no span names its service."""
    dropped = DropLog()
    spans = find_jaeger_spans(document if isinstance(document, list) else [document], dropped)
    return build_reading("jaeger", JAEGER_WORDS, "processes.serviceName", spans, dropped)


def find_jaeger_spans(documents: Sequence[object], dropped: DropLog) -> Iterator[Span]:
    row = 0
    for trace in (trace for document in documents for trace in find_jaeger_traces(document)):
        processes = trace["processes"] if isinstance(trace["processes"], Mapping) else {}
        for span in dicts_in(trace, "spans"):
            row += 1
            trace_id = span.get("traceID", trace.get("traceID"))
            if not isinstance(trace_id, str) or not isinstance(span.get("spanID"), str):
                dropped.add(row, "no_id", _("It has no id of its trace or of its own."))
                continue
            process = processes.get(str(span.get("processID")), span.get("process"))
            service = process.get("serviceName") if isinstance(process, Mapping) else None
            if not isinstance(service, str) or not service:
                dropped.add(row, "no_service", _("Its process has no serviceName."))
                continue
            parents = [
                ((str(each.get("traceID", trace_id)), str(each.get("spanID"))), each.get("refType") == "FOLLOWS_FROM")
                for each in dicts_in(span, "references")
            ]
            old_parent = span.get("parentSpanID")
            if not parents and isinstance(old_parent, str) and old_parent.strip("0"):
                parents.append(((trace_id, old_parent), False))
            tags = {
                each["key"]: each["value"]
                for each in dicts_in(span, "tags")
                if str(each.get("key")) in READ_KEYS and isinstance(each.get("value"), str)
            }
            yield build_span(trace_id, span["spanID"], service, tags.get("span.kind"), parents, tags)


# --- both


def dicts_in(holder: object, key: str) -> list[Mapping[str, Any]]:
    """The objects in this list; none where there is no list."""
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def build_span(
    trace: str, span: str, service: str, kind: object, parents: Iterable[tuple[tuple[str, str], bool]],
    tags: Mapping[str, str],
) -> Span:  # fmt: skip
    def first(keys: Sequence[str]) -> str:
        return next((tags[key] for key in keys if tags.get(key)), "")

    kind = kind if isinstance(kind, int | str) else ""
    is_message = bool(first(MESSAGING_KEYS))
    database = (first(SYSTEM_KEYS), first(DATABASE_KEYS), first(HOST_KEYS))
    return Span(
        trace=trace,
        id=span,
        service=clean_part(service),
        is_producer=kind in PRODUCER_KINDS or (is_message and kind not in CONSUMER_KINDS),
        is_consumer=kind in CONSUMER_KINDS,
        parents=tuple(parents),
        database=database if database[0] and database[1] else None,
    )


def build_reading(shape: str, words: str, source: str, found: Iterable[Span], dropped: DropLog) -> Reading:
    spans: dict[tuple[str, str], Span] = {}
    rows = 0
    twice = _("A span with the same ids came before.")
    for span in found:
        rows += 1
        if span.key in spans:
            dropped.add(rows, "twice", twice)
        else:
            spans[span.key] = span
    rows += sum(dropped.by_reason[reason] for reason in ("no_id", "no_service"))
    if not spans:
        message = _("Export traces with service.name set for each service: no span of this file names its service")
        raise ValidationFailed([Issue(code="no_services", message=message, key="file")])
    services = {span.service for span in spans.values()} - {OTHER}
    if len(services) > MAX_SERVICES:
        message = _("Set service.name to the service, not to its instance: the file names {count}")
        raise ValidationFailed(
            [Issue(code="too_many", message=message.format(count=number(len(services))), key="file")]
        )
    found_calls = build_calls(spans)
    calls = keep_most(found_calls)
    warnings = []
    if calls != found_calls:
        pattern = _(
            "Only the {most} pairs that call each other most, and the databases that most services use, are kept."
        )
        warnings.append(pattern.format(most=number(MAX_PAIRS)))
    missing = sum(not is_later and key not in spans for span in spans.values() for key, is_later in span.parents)
    if missing:
        pattern = ngettext(
            "{count} span names a parent that is not in the file. Export whole traces.",
            "{count} spans name a parent that is not in the file. Export whole traces.",
            missing,
        )
        warnings.append(pattern.format(count=number(missing)))
    if calls.traces < FEWEST_TRACES:
        pattern = ngettext("Only {count} trace.", "Only {count} traces.", calls.traces).format(count=calls.traces)
        warnings.append(_("{only} Export some hundreds of a busy day.").format(only=pattern))
    return Reading(
        kind="calls",
        shape=shape,
        shape_words=_(words),
        mapping=(
            MappedField(field="service", source=source),
            MappedField(field="call", source=_("a span and its parent in another service")),
            MappedField(field="asynchronous", source=_("producer, consumer, link or messaging")),
            MappedField(field="database", source="db.namespace, db.name", note=_("hosts tell two of a name apart")),
        ),
        rows_read=rows,
        dropped=tuple(dropped.listed),
        dropped_by_reason=dict(dropped.by_reason),
        content=calls,
        warnings=tuple(warnings),
    )


def build_calls(spans: Mapping[tuple[str, str], Span]) -> Calls:
    """Who calls whom: a span whose parent is another service's. In time that grows with the number of spans."""
    children: dict[tuple[str, str], list[tuple[Span, bool]]] = defaultdict(list)
    for span in spans.values():
        for key, is_later in span.parents:
            parent = spans.get(key)
            if parent is not None and parent is not span:
                is_asynchronous = is_later or span.is_consumer or parent.is_producer
                children[key].append((span, not is_asynchronous))
    chains = measure_chains(spans, children)
    times: Counter[tuple[str, str, bool]] = Counter()
    in_a_trace: Counter[tuple[str, str, bool, str]] = Counter()
    deepest: dict[tuple[str, str, bool], int] = {}
    for key, below in children.items():
        for span, is_synchronous in below:
            caller = spans[key].service
            if caller == span.service or OTHER in (caller, span.service):
                continue
            edge = (caller, span.service, is_synchronous)
            times[edge] += 1
            in_a_trace[(*edge, span.trace)] += 1
            deepest[edge] = max(deepest.get(edge, 1), chains.get((key, span.key), 1))
    most: dict[tuple[str, str, bool], int] = {}
    for (caller, callee, is_synchronous, _trace), count in in_a_trace.items():
        edge = (caller, callee, is_synchronous)
        most[edge] = max(most.get(edge, 0), count)
    return Calls(
        calls=tuple(
            Call(
                caller=edge[0],
                callee=edge[1],
                times=count,
                is_synchronous=edge[2],
                most_in_a_trace=most[edge],
                deepest=deepest[edge],
            )
            for edge, count in sorted(times.items(), key=lambda each: (-each[1], each[0]))
        ),
        traces=len({span.trace for span in spans.values()}),
        databases=find_databases(spans.values()),
    )


def keep_most(calls: Calls) -> Calls:
    """The pairs that call each other most, and the databases that most services use: `MAX_PAIRS` of each."""
    users = Counter(name for names in calls.databases.values() for name in names)
    kept, pairs = set(), 0
    for name, count in sorted(users.items(), key=lambda each: (-each[1], each[0])):
        pairs += count
        if pairs > MAX_PAIRS:
            break
        kept.add(name)
    databases = {service: tuple(each for each in names if each in kept) for service, names in calls.databases.items()}
    return replace(
        calls,
        calls=calls.calls[:MAX_PAIRS],
        databases={service: names for service, names in databases.items() if names},
    )


def measure_chains(
    spans: Mapping[tuple[str, str], Span], children: Mapping[tuple[str, str], Sequence[tuple[Span, bool]]]
) -> dict[tuple[tuple[str, str], tuple[str, str]], int]:
    """By parent and child: how many synchronous calls to another service follow each other from there on, this one
    included. A chain ends where a span is its own ancestor."""
    depths: dict[tuple[str, str], int] = {}
    chains: dict[tuple[tuple[str, str], tuple[str, str]], int] = {}
    entered: set[tuple[str, str]] = set()
    for root in spans:
        stack = [(root, False)]
        while stack:
            key, is_done = stack.pop()
            below = [child for child, is_synchronous in children.get(key, ()) if is_synchronous]
            if is_done:
                for child in below:
                    chains[key, child.key] = depths.get(child.key, 0) + (child.service != spans[key].service)
                depths[key] = max((chains[key, child.key] for child in below), default=0)
            elif key not in entered:
                entered.add(key)
                stack.append((key, True))
                stack.extend((child.key, False) for child in below)
    return chains


def find_databases(spans: Iterable[Span]) -> dict[str, tuple[str, ...]]:
    """By service the databases that its spans name. Two of a name on several hosts are told apart by a number; hosts
    themselves are not kept."""
    hosts: dict[str, dict[str, None]] = defaultdict(dict)
    uses: set[tuple[str, str, str]] = set()
    for span in spans:
        if span.database and span.service != OTHER:
            system, name, host = span.database
            label = clean_part(f"{system} {database_name(name)}")
            hosts[label][host] = None
            uses.add((span.service, label, host))
    places = {label: {host: place for place, host in enumerate(sorted(of), start=1)} for label, of in hosts.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for service, label, host in uses:
        found[service].add(label if len(places[label]) == 1 else f"{label} ({places[label][host]})")
    return {service: tuple(sorted(names)) for service, names in sorted(found.items())}


def database_name(text: str) -> str:
    """The name in a name, a path or an address: folders, users and options in it may name a person.

    >>> database_name("/home/alice/shop.sqlite3"), database_name("jdbc:postgresql://db/shop?user=alice")
    ('shop.sqlite3', 'shop')
    """
    return re.split(r"[/\\]+", re.split("[?;]", text, maxsplit=1)[0].rstrip("/\\"))[-1]


OTLP: Final = JsonReader(kind="calls", shape="otlp", words=OTLP_WORDS, recognises=is_otlp, read=read_otlp)
JAEGER: Final = JsonReader(kind="calls", shape="jaeger", words=JAEGER_WORDS, recognises=is_jaeger, read=read_jaeger)
