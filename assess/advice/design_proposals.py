"""What answers, a scan and measured calls already say about a design decision. A proposal decides nothing.

The surest counts: first measured calls, then what a scan found, then an answer. Nothing that was not found, and no
question without an answer, proposes anything. All limits are ours.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assess.evidence.facade import Candidate, Scan
from assess.language import N_, Words, _, all_of, ngettext, number
from assess.measurements.facade import Calls
from assess.questionnaire.facade import Answers

Basis = Literal["measurement", "scan", "answer"]
BASIS_WORDS: Words[Basis] = Words(
    {"measurement": N_("Measured"), "scan": N_("From the scan"), "answer": N_("From your answers")}
)
#: A chain of so many synchronous calls is too long; a service called so often within one trace is an N+1.
LONG_CHAIN: Final = 3
MANY_CALLS: Final = 10
#: Of a part's load, in per cent, what a cache must be able to take.
CACHEABLE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignProposal:
    """An option and why, in a sentence; `source` names who advises it on these grounds."""

    option: str
    reason: str
    basis: Basis
    source: str


WAITING: Final = (N_("Releases wait for each other."), "S0, S3")
HUNGRY: Final = (N_("One part needs far more computing than the others."), "S0, S3")
SPREADS: Final = (N_("One part has taken others down."), "S1, S3, S4")
RIPPLES: Final = (N_("Interface changes ripple through the services."), "S1, S3")
GATEWAY: Final = (N_("A gateway takes the traffic already."), "S0, S3, S4")
NOTHING_KEEPS: Final = (N_("No part is blocked by the technology you have."), "S1, S2")
BLOCKED: Final = (N_("A part is blocked by the technology you have."), "S3, S4")
OWNED: Final = (N_("Teams own their areas."), "S1, S3")

#: Decision, option, question and the answers that suggest it, and why. The first that fits counts.
BY_ANSWER: Final[tuple[tuple[str, str, str, tuple[str, ...], tuple[str, str]], ...]] = (
    ("boundary_gain", "scaling", "scaling_profile", ("one_part_dominates",), HUNGRY),
    ("boundary_gain", "deployment", "deploy_waiting", ("often", "always"), WAITING),
    ("boundary_gain", "ownership", "motives", ("team_autonomy",), (N_("Teams want to decide on their own."), "S0")),
    ("cut_key", "load", "scaling_profile", ("one_part_dominates",), HUNGRY),
    (
        "cut_key",
        "user_base",
        "change_rhythm",
        ("far_apart",),
        (N_("Parts change at a different pace, or need different care, as at GreedyGame."), "S2"),
    ),
    ("cut_key", "teams", "deploy_waiting", ("often", "always"), WAITING),
    ("shared_code", "generated_clients", "tech_lock_in", ("blocking",), BLOCKED),
    ("shared_code", "service", "ownership", ("teams",), OWNED),
    ("language", "other_language", "tech_lock_in", ("blocking",), BLOCKED),
    ("language", "same_language", "tech_lock_in", ("none", "wish"), NOTHING_KEEPS),
    ("framework", "django", "tech_lock_in", ("none", "wish"), NOTHING_KEEPS),
    ("repository", "own_repository", "ownership", ("teams",), OWNED),
    (
        "data",
        "schema_each",
        "distributed_monolith_signs",
        ("shared_database",),
        (N_("Services share tables: a schema each shows who owns what, and is the first step out."), "S3"),
    ),
    (
        "data",
        "database_on_one_server",
        "platform_team",
        ("none", "shared"),
        (N_("Nobody has the whole day for the platform, so keep operations simple."), "S0"),
    ),
    ("data", "database_each", "platform_team", ("dedicated",), (N_("A dedicated team runs the platform."), "S1, S4")),
    (
        "transactions",
        "one_owner",
        "cross_boundary_transactions",
        ("none", "few"),
        (N_("Few operations cross the boundary, so each can stay with one owner."), "S4, ours"),
    ),
    (
        "transactions",
        "saga",
        "cross_boundary_transactions",
        ("some",),
        (N_("Some operations cross the boundary, and each needs a way to be undone."), "S1, S3"),
    ),
    (
        "transactions",
        "one_owner",
        "cross_boundary_transactions",
        ("many",),
        (N_("Many operations cross the boundary: move the boundary before you write so many undo steps."), "ours"),
    ),
    (
        "idempotency",
        "request_key",
        "cross_boundary_transactions",
        ("some", "many"),
        (N_("Operations that write on both sides will be repeated."), "S0"),
    ),
    (
        "calls",
        "asynchronous",
        "distributed_monolith_signs",
        ("synchronous_chains",),
        (N_("Requests run through chains of services."), "S3, S4"),
    ),
    (
        "calls",
        "synchronous",
        "platform_team",
        ("none",),
        (N_("Nobody runs the platform, and a broker is one more system to run."), "S0"),
    ),
    ("gateway_availability", "several", "gateway", ("in_place",), GATEWAY),
    ("identity", "gateway_checks", "gateway", ("in_place",), GATEWAY),
    ("timeouts", "two_to_five", "failure_spread", ("rarely", "often"), SPREADS),
    ("circuit_breaker", "breaker_fallback", "failure_spread", ("rarely", "often"), SPREADS),
    ("discovery", "registry", "runtime_platform", ("orchestrated",), (N_("Your platform has names built in."), "S4")),
    (
        "discovery",
        "environment",
        "runtime_platform",
        ("hand_built", "containers"),
        (N_("Nothing orchestrates your machines, so addresses rarely change."), "S4"),
    ),
    ("api_versions", "in_path", "distributed_monolith_signs", ("contract_ripples",), RIPPLES),
    ("api_versions", "in_path", "ownership", ("teams",), OWNED),
    ("contracts", "openapi", "distributed_monolith_signs", ("contract_ripples",), RIPPLES),
    ("cache", "in_service", "bottleneck", ("database",), (N_("Time goes into the database under load."), "S3")),
    ("traffic", "canary", "gateway", ("in_place",), GATEWAY),
    ("scaling", "autoscale", "load_fit", ("peaks_hurt", "failing"), (N_("Peaks of load hurt."), "S0")),
    (
        "tracing_tool",
        "otel_jaeger",
        "tracing",
        ("none", "planned"),
        (N_("No request can be followed yet, so nothing ties you to another tool."), "S3, S4"),
    ),
    (
        "failure_tests",
        "in_pipeline",
        "ci_cd",
        ("pipeline", "continuous"),
        (N_("A pipeline is there that can run them on each release."), "S1"),
    ),
)
ANY: Final[tuple[str, ...]] = ()
#: Decision, option, and the tools that a scan finds for it: the kind, and names, `ANY` for all of the kind.
BY_TOOL: Final[tuple[tuple[str, str, str, tuple[str, ...], str], ...]] = (
    ("calls", "lookups_direct", "broker", ANY, "S1"),
    ("gateway", "kong", "gateway", ("kong", "krakend"), "S0, S3, S4"),
    ("gateway", "nginx", "gateway", ("nginx", "envoy", "traefik", "haproxy", "caddy"), "S3"),
    ("circuit_breaker", "breaker_fallback", "breakers", ANY, "S1, S4"),
    ("traffic", "canary", "gateway", ANY, "S3"),
    ("traffic", "feature_flag", "flags", ANY, "S3"),
    ("tracing_tool", "otel_jaeger", "tracing", ("opentelemetry", "jaeger"), "S3, S4"),
    ("tracing_tool", "zipkin", "tracing", ("zipkin",), "S4"),
    ("tracing_tool", "hosted", "tracing", ("sentry", "datadog_trace", "newrelic", "honeycomb", "aws_xray"), "ours"),
    ("logging_tool", "loki", "logging", ("loki",), "S3, S4"),
    ("logging_tool", "elk", "logging", ("logstash", "filebeat", "ecs_logging"), "S3, S4"),
    ("logging_tool", "hosted", "logging", ("google_cloud_logging", "cloudwatch"), "ours"),
    ("metrics_tool", "prometheus", "metrics", ("prometheus",), "S3, S4"),
    ("metrics_tool", "hosted", "metrics", ("datadog",), "ours"),
    ("discovery", "registry", "containers", ("kubernetes", "helm"), "S4"),
)


def propose_design(
    answers: Answers, scan: Scan | None = None, calls: Calls | None = None, candidate: Candidate | None = None
) -> Mapping[str, DesignProposal]:
    """The proposal to each decision that has one, by its slug. `candidate` is the module to extract first.

    >>> propose_design({"tech_lock_in": Answer(value="none")})["language"].option
    'same_language'
    """
    found: dict[str, DesignProposal] = {}
    sources = (
        propose_by_calls(calls) if calls else (),
        propose_by_candidate(scan, candidate) if candidate else (),
        propose_by_tools(scan) if scan else (),
        propose_by_answers(answers),
    )
    for proposals in sources:
        for slug, proposal in proposals:
            found.setdefault(slug, proposal)
    return found


def propose_by_answers(answers: Answers) -> Iterator[tuple[str, DesignProposal]]:
    for slug, chosen, key, values, (reason, source) in BY_ANSWER:
        answer = answers.get(key)
        value = answer.value if answer is not None else None
        given = value if isinstance(value, tuple) else (value,)
        if set(values).intersection(given):
            yield slug, DesignProposal(option=chosen, reason=_(reason), basis="answer", source=source)


def propose_by_tools(scan: Scan) -> Iterator[tuple[str, DesignProposal]]:
    """By what is configured, or listed as a dependency and imported; and by models, which only a relational database
    has."""
    tools = [each for each in scan.data["capabilities"] if each["configured"] or (each["listed"] and each["imported"])]
    for slug, chosen, kind, names, source in BY_TOOL:
        found = [each["name"] for each in tools if each["kind"] == kind and (not names or each["name"] in names)]
        if found:
            reason = _("In use already: {tools}.").format(tools=all_of(found))
            yield slug, DesignProposal(option=chosen, reason=reason, basis="scan", source=source)
    models = sum(scan.models_of.values())
    if models:
        reason = ngettext("{count} Django model is there.", "{count} Django models are there.", models)
        reason = reason.format(count=number(models))
        yield "database_kind", DesignProposal(option="by_tables", reason=reason, basis="scan", source="S2")


def propose_by_candidate(scan: Scan | None, candidate: Candidate) -> Iterator[tuple[str, DesignProposal]]:
    """By foreign keys across the candidate's border, and by how much of its load a cache could take."""
    inside = set(candidate.module.apps)
    pairs = scan.foreign_keys.items() if scan is not None else ()
    crossing = sum(count for (source, target), count in pairs if (source in inside) != (target in inside))
    if crossing:
        reason = ngettext(
            "{count} foreign key crosses the border of {module}.",
            "{count} foreign keys cross the border of {module}.",
            crossing,
        ).format(count=number(crossing), module=candidate.app)
        yield "references", DesignProposal(option="id_columns", reason=reason, basis="scan", source="S4")
    if candidate.module.cacheable >= CACHEABLE:
        reason = _("A cache could take {share} % of the load of {module}.").format(
            share=number(round(candidate.module.cacheable)), module=candidate.app
        )
        yield "cache", DesignProposal(option="in_service", reason=reason, basis="answer", source="S3")


def propose_by_calls(calls: Calls) -> Iterator[tuple[str, DesignProposal]]:
    """By long chains, by many calls within one trace, and by databases that two services name."""

    def measured(option: str, reason: str, source: str) -> DesignProposal:
        return DesignProposal(option=option, reason=reason, basis="measurement", source=source)

    deepest = max((call.deepest for call in calls.calls if call.is_synchronous), default=0)
    if deepest >= LONG_CHAIN:
        reason = _("The longest chain has {count} synchronous calls, one after another.").format(count=number(deepest))
        yield "calls", measured("asynchronous", reason, "S3, S4")
        yield "timeouts", measured("two_to_five", reason, "S1, S4")
        yield "circuit_breaker", measured("breaker_fallback", reason, "S1, S4")
    most = max(calls.calls, key=lambda call: call.most_in_a_trace, default=None)
    if most is not None and most.most_in_a_trace >= MANY_CALLS:
        reason = _("{caller} calls {callee} up to {count} times within one request.").format(
            caller=most.caller, callee=most.callee, count=number(most.most_in_a_trace)
        )
        yield "read_across", measured("batch_api", reason, "S3")
    users: dict[str, list[str]] = defaultdict(list)
    for service, databases in sorted(calls.databases.items()):
        for database in databases:
            users[database].append(service)
    shared = next(((name, services) for name, services in sorted(users.items()) if len(services) > 1), None)
    if shared is not None:
        reason = _("{services} use the same database, {name}.").format(services=all_of(shared[1]), name=shared[0])
        yield "data", measured("schema_each", reason, "S3")
