"""Reads what Prometheus answers to a query: an instant vector or a range of values, by one label."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from assess.language import N_, _, all_of
from assess.measurements.load import build_load, clean_part
from assess.measurements.reading import DropLog, JsonReader, Options
from assess.measurements.records import MappedField, Reading
from assess.questionnaire.facade import Issue, ValidationFailed, shown

#: Labels that name a part, the best first. What names a machine or a person, like `instance`, is not read.
PART_LABELS: Final = ("view", "handler", "route", "path", "endpoint", "app", "task", "queue", "service", "job")
MAX_SERIES: Final = 100_000
WORDS: Final = N_("Prometheus, the answer to a query")


def is_prometheus(document: object) -> bool:
    if not isinstance(document, Mapping):
        return False
    data = document.get("data")
    return (isinstance(data, Mapping) and "resultType" in data) or (
        document.get("status") == "error" and "errorType" in document
    )


def read_prometheus(document: object, options: Options) -> Reading:
    """The load by the label that names parts; over a range, the mean of each series.

    Raises ValidationFailed for a query that failed, a single number, buckets or quantiles, and series without a label
    that names a part.
    """
    assert isinstance(document, Mapping)
    if document.get("status") == "error":
        raise refuse("query_failed", _("Mend the query: Prometheus answered {type}").format(
            type=shown(str(document.get("errorType"))[:60])
        ))  # fmt: skip
    kind, result = document["data"]["resultType"], document["data"].get("result")
    if kind not in ("vector", "matrix") or not isinstance(result, list):
        message = _("Query a value for each part, as in sum by (view) (increase(…[7d])); this answer is one value")
        raise refuse("not_by_part", message)
    if len(result) > MAX_SERIES:
        raise refuse(
            "too_many", _("Sum by one label, such as view; there are {count} series").format(count=len(result))
        )
    series = [each for each in result if isinstance(each, Mapping) and isinstance(each.get("metric"), Mapping)]
    for label, part_of in (("le", _("histogram buckets")), ("quantile", _("quantiles"))):
        if any(label in each["metric"] for each in series):
            message = _("Query the _sum of the metric: these are {what}, which cannot be added up")
            raise refuse("not_additive", message.format(what=part_of))
    label = choose_part_label([each["metric"] for each in series])
    dropped = DropLog()
    no_part = _("It has no label {label}, which names the part.").format(label=label)
    no_value = _("It has no number that is 0 or more.")
    totals: dict[str, float] = {}
    times: set[float] = set()
    for row, each in enumerate(result, start=1):
        metric = each.get("metric") if isinstance(each, Mapping) else None  # a foreign entry is no series
        name = metric.get(label) if isinstance(metric, Mapping) else None
        samples = read_samples(each, kind) if isinstance(each, Mapping) else []
        if not isinstance(name, str) or not name:
            dropped.add(row, "no_part", no_part)
        elif not samples:
            dropped.add(row, "no_value", no_value)
        else:
            part = clean_part(name)
            totals[part] = totals.get(part, 0.0) + math.fsum(value for _at, value in samples)
            times |= {at for at, _value in samples}
    if not any(totals.values()):
        raise refuse("no_load", _("Query a longer time: no series has a value above 0"))
    unit = find_unit(series)
    load = build_load(unit, {part: total / (len(times) if kind == "matrix" else 1) for part, total in totals.items()})
    warnings: tuple[str, ...] = ()
    if unit == "values":
        warnings = (
            _("The file doesn't say what is counted. Seconds say most: query a metric that ends in _seconds_sum."),
        )
    return Reading(
        kind="load",
        shape="prometheus",
        shape_words=_(WORDS),
        mapping=(
            MappedField(field="part", source=f"metric.{label}"),
            MappedField(
                field="value",
                source="value" if kind == "vector" else "values",
                note="" if kind == "vector" else _("the mean over time"),
            ),
        ),
        rows_read=len(result),
        dropped=tuple(dropped.listed),
        dropped_by_reason=dict(dropped.by_reason),
        content=load,
        warnings=warnings,
    )


def choose_part_label(metrics: Sequence[Mapping[str, Any]]) -> str:
    """The first of `PART_LABELS` that tells series apart, else the first that is there. Raises ValidationFailed."""
    by_label = {
        label: {str(metric[label]) for metric in metrics if metric.get(label)} for label in PART_LABELS
    }  # fmt: skip
    for least in (2, 1):
        for label, values in by_label.items():
            if len(values) >= least:
                return label
    message = _("Sum by a label that names parts, as in sum by (view) (…): one of {labels}")
    raise refuse("no_part_label", message.format(labels=all_of(PART_LABELS)))


def read_samples(series: Mapping[str, Any], kind: str) -> list[tuple[float, float]]:
    """The times and numbers of one series, none below 0 or not finite."""
    samples = [series.get("value")] if kind == "vector" else series.get("values")
    found = []
    for sample in samples if isinstance(samples, list) else []:
        if isinstance(sample, list) and len(sample) == 2 and isinstance(sample[1], str):
            try:
                at, value = float(sample[0]), float(sample[1])
            except (TypeError, ValueError, OverflowError):
                continue
            if math.isfinite(value) and 0 <= value < 1e18:
                found.append((at, value))
    return found


def find_unit(series: Sequence[Mapping[str, Any]]) -> str:
    """What is counted, by the name of the metric, which most queries drop."""
    names = {str(each["metric"].get("__name__", "")) for each in series}
    if all("seconds" in name for name in names) and names:
        return "seconds"
    return "requests" if all(name.endswith(("requests_total", "_count")) for name in names) and names else "values"


def refuse(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=code, message=message, key="file")])


PROMETHEUS: Final = JsonReader(
    kind="load", shape="prometheus", words=WORDS, recognises=is_prometheus, read=read_prometheus
)
