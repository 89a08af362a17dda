"""What a cluster's workloads ask for and cost a month: `kubectl get deploy -o json`, and prices of a core and a GiB.

Counts requests, which a cluster reserves and its owner pays for; not what a workload uses, and no storage or traffic.
"""

import math
import re
from decimal import Decimal
from typing import Any, Final

from assess.language import N_, Words, _
from assess.measurements.reading import DropLog, JsonReader, Options, Prices, Reader
from assess.measurements.records import Cost, MappedField, Reading, Workload
from assess.questionnaire.facade import Issue, ValidationFailed, only_visible

KINDS: Final = ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet")
MAX_WORKLOADS: Final = 5_000
MAX_REPLICAS: Final = 100_000
KUBECTL_WORDS: Final = N_("Kubernetes deployments, from kubectl get deploy")

QUANTITY: Final = re.compile(r"(\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:([eE][+-]?\d{1,2})|(m|k|[KMGTPE]i?))?", re.ASCII)
FACTORS: Final[dict[str, Decimal]] = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(1000),
    "K": Decimal(1000),
    **{letter: Decimal(1000) ** power for power, letter in enumerate("MGTPE", start=2)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}
GIB: Final = Decimal(1024) ** 3

DROP_WORDS: Words[str] = Words(
    {
        "not_an_object": N_("This entry is no workload. Export the list again"),
        "other_kind": N_("Only Deployments and StatefulSets are counted"),
        "daemon_set": N_("A DaemonSet runs once on each node, and the file does not know how many nodes there are"),
        "owned": N_("It belongs to another workload, which is counted"),
        "no_containers": N_("It names no containers. Export with `-o json`"),
        "no_requests": N_("A container asks for no CPU or no memory, so its cost is not known. Set requests for both"),
        "bad_quantity": N_("A request is no quantity of Kubernetes. Write such as 250m or 512Mi"),
        "bad_replicas": N_("The number of replicas is no whole number from 0 on"),
        "duplicate": N_("The same workload is in the file already"),
    }
)


class Dropped(Exception):  # noqa: N818  # a row that does not count, not an error
    """A workload that cannot be counted; the reason is its text."""


def parse_quantity(value: object) -> Decimal:
    """A quantity of Kubernetes in cores or bytes. Raises Dropped.

    >>> parse_quantity("250m"), parse_quantity("1.5"), parse_quantity("2Ki"), parse_quantity(2)
    (Decimal('0.250'), Decimal('1.5'), Decimal('2048'), Decimal('2'))
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    found = QUANTITY.fullmatch(str(value).strip()) if is_number or isinstance(value, str) else None
    if found is None:
        raise Dropped("bad_quantity")
    return Decimal(found[1] + (found[2] or "")) * FACTORS[found[3] or ""]


def is_kubectl(document: object) -> bool:
    """A List of workloads, a single one, or several of either one after the other."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict) or "apiVersion" not in first:
        return False
    kind, items = first.get("kind"), first.get("items")
    return kind in KINDS or (isinstance(kind, str) and kind.endswith("List") and isinstance(items, list))


def list_items(document: object) -> list[Any]:
    items: list[Any] = []
    for entry in document if isinstance(document, list) else [document]:
        listed = entry.get("items") if isinstance(entry, dict) and "items" in entry else [entry]
        items.extend(listed if isinstance(listed, list) else [])
    return items


def read_kubectl(document: object, options: Options) -> Reading:
    """The workloads with what their replicas ask for; with prices, what each costs a month."""
    items = list_items(document)
    if not items or len(items) > MAX_WORKLOADS:
        message = (
            _("Export at most {most} workloads at a time").format(most=MAX_WORKLOADS)
            if items
            else _("Choose a namespace with workloads; this list is empty")
        )
        raise ValidationFailed([Issue(code="too_many" if items else "no_rows", message=message, key="file")])
    drops, workloads, seen = DropLog(), [], set()
    for row, item in enumerate(items, start=1):
        try:
            workload, key = read_workload(item, options.prices)
            if key in seen:
                raise Dropped("duplicate")
            seen.add(key)
            workloads.append(workload)
        except Dropped as error:
            drops.add(row, str(error), DROP_WORDS[str(error)])
    warnings = [_("Requests are counted, not use. Storage, traffic and databases outside the cluster come on top.")]
    if drops.by_reason["no_requests"]:
        warnings.append(_("Some workloads set no requests. The sum leaves them out, so the real cost is higher."))
    if options.prices is None:
        warnings.append(_("No prices were given, so there is no sum. Enter what a core and a GiB cost a month."))
    if not workloads:
        warnings.append(_("No workload can be counted. See the dropped rows."))
    requests = "spec.template.spec.containers[].resources.requests"
    return Reading(
        kind="cost",
        shape="kubectl",
        shape_words=_(KUBECTL_WORDS),
        mapping=(
            MappedField(field="name", source="metadata.name"),
            MappedField(field="replicas", source="spec.replicas"),
            MappedField(field="cpu", source=f"{requests}.cpu", note=_("cores, all replicas")),
            MappedField(field="memory", source=f"{requests}.memory", note=_("GiB, all replicas")),
        ),
        rows_read=len(items),
        dropped=tuple(drops.listed),
        dropped_by_reason=dict(drops.by_reason),
        content=Cost(workloads=tuple(workloads), currency=options.prices.currency if options.prices else ""),
        warnings=tuple(warnings),
    )


def read_workload(item: object, prices: Prices | None) -> tuple[Workload, tuple[str, ...]]:
    """The workload, and what tells it apart: kind, namespace and name. Raises Dropped."""
    if not isinstance(item, dict):
        raise Dropped("not_an_object")
    kind = item.get("kind", "Deployment")  # an item of a DeploymentList may leave it out
    if kind == "DaemonSet":
        raise Dropped("daemon_set")
    if kind not in KINDS:
        raise Dropped("other_kind")
    metadata, spec = as_mapping(item.get("metadata")), as_mapping(item.get("spec"))
    if metadata.get("ownerReferences"):
        raise Dropped("owned")
    replicas = spec.get("replicas", 1)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or not 0 <= replicas <= MAX_REPLICAS:
        raise Dropped("bad_replicas")
    containers = as_mapping(as_mapping(spec.get("template")).get("spec")).get("containers")
    if not isinstance(containers, list) or not containers:
        raise Dropped("no_containers")
    cpu = memory = Decimal(0)
    for container in containers:
        resources = as_mapping(as_mapping(container).get("resources"))
        # Where only a limit is set, Kubernetes requests that much.
        requests = {**as_mapping(resources.get("limits")), **as_mapping(resources.get("requests"))}
        if replicas and ("cpu" not in requests or "memory" not in requests):
            raise Dropped("no_requests")
        cpu += parse_quantity(requests.get("cpu", 0)) * replicas
        memory += parse_quantity(requests.get("memory", 0)) * replicas / GIB
    if not all(math.isfinite(float(each)) and each < 10**9 for each in (cpu, memory)):
        raise Dropped("bad_quantity")
    name, namespace = metadata.get("name"), metadata.get("namespace", "")
    name = name[:80] if isinstance(name, str) and name == only_visible(name) and "@" not in name else ""
    monthly = None if prices is None else (cpu * prices.core + memory * prices.gib).quantize(Decimal("0.01"))
    workload = Workload(name=name, replicas=replicas, cpu=float(cpu), memory_gib=float(memory), monthly=monthly)
    return workload, (str(kind), str(namespace), name)


def as_mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


READERS: Final[tuple[Reader, ...]] = (
    JsonReader(kind="cost", shape="kubectl", words=KUBECTL_WORDS, recognises=is_kubectl, read=read_kubectl),
)
