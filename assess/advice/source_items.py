"""What the five documents say beyond the rules, item by item, and where each stands in the product.

The page of sources shows the list; a test follows each home and looks for its word there, so that no item gets lost.
An item without a home says why it is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assess.advice.plan_steps import TABLES, AdvisedStep
from assess.language import N_, Words

#: A question of the questionnaire, an item of the lists before the first service, a step or a table of the plan, a
#: design decision, a pitfall, a sum on the page of costs, a page by the name of its address.
HomeKind = Literal["question", "preparation", "step", "case", "design", "pitfall", "money", "page"]
HOME_WORDS: Words[HomeKind] = Words(
    {
        "question": N_("Question"),
        "preparation": N_("Preparation"),
        "step": N_("Step of the plan"),
        "case": N_("The plan"),
        "design": N_("Design decision"),
        "pitfall": N_("Pitfall"),
        "money": N_("Cost"),
        "page": N_("Page"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where an item is: `word` is in the English text there, whatever its case."""

    kind: HomeKind
    slug: str
    word: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceItem:
    """One thing that a source says, in our words. Without homes, `left_out` says why."""

    source: str
    says: str
    homes: tuple[Home, ...]
    left_out: str = ""


def covered(source: str, says: str, *homes: tuple[HomeKind, str, str]) -> SourceItem:
    """The item with its homes: kind, slug and word of each."""
    return SourceItem(
        source=source, says=says, homes=tuple(Home(kind=kind, slug=slug, word=word) for kind, slug, word in homes)
    )


def left_out(source: str, says: str, why: str) -> SourceItem:
    """An item that the product leaves out, and why."""
    return SourceItem(source=source, says=says, homes=(), left_out=why)


#: Every step of a plan by its code.
PLAN_STEP_BY_CODE: Final[Mapping[str, AdvisedStep]] = {
    step.code: step for tables in TABLES.values() for table in tables[:3] for step in table
}

SOURCE_ITEMS: Final = (
    # --- S0
    covered("S0", N_("One of three pains is enough to split."), ("page", "how-it-decides", "teams wait")),
    covered(
        "S0", N_("A gateway in front: one entry for routing, sign-in, rate limits and balancing."),
        ("design", "gateway", "balances load"), ("step", "extract.gateway", "gateway"),
        ("preparation", "gateway", "gateway"), ("question", "gateway", "S0"),
    ),
    covered(
        "S0", N_("The gateway is a single point of failure, so it needs more than one machine."),
        ("design", "gateway_availability", "highly available"), ("pitfall", "gateway-single-point", "two of it"),
        ("step", "extract.gateway", "more than one machine"),
    ),
    covered(
        "S0", N_("A database for each service, all on one server, as the cheap middle."),
        ("design", "data", "one PostgreSQL server"), ("pitfall", "shared-database", "One server"),
    ),
    covered(
        "S0", N_("Direct calls couple availability, a broker adds weight: choose one on purpose."),
        ("design", "calls", "weight to operations"), ("pitfall", "talk-by-reflex", "broker"),
    ),
    covered(
        "S0", N_("Stateless services; instances added at 90 % load for 170,000 people at once."),
        ("design", "scaling", "170,000"), ("pitfall", "stateful-services", "instances"), ("page", "cases", "170,000"),
    ),
    covered(
        "S0", N_("Retries that are idempotent, and data that becomes consistent later."),
        ("design", "idempotency", "idempotent"), ("design", "staleness", "eventual consistency"),
        ("pitfall", "retries-not-idempotent", "once"),
    ),
    covered(
        "S0", N_("Each boundary has to buy scaling, deployment or ownership."),
        ("step", "extract.page", "what the boundary buys"),
        ("design", "boundary_gain", "buy"), ("step", "extract.boundary", "scaling, deployment or ownership"),
        ("pitfall", "idle-boundary", "buys"),
    ),
    covered(
        "S0", N_("The strangler pattern: one slice after the other, and a stop as soon as the rest runs well."),
        ("design", "traffic", "strangler"), ("step", "extract.stop", "stop"), ("pitfall", "big-bang-rewrite", "slice"),
    ),
    left_out("S0", N_("A chart of a web shop behind its gateway."), N_("Your own map of the code shows your system.")),
    # --- S1
    covered("S1", N_("Fifty models or several teams are when to ask."), ("question", "models", "50 models")),
    covered(
        "S1", N_("One job for each service, without overlap."),
        ("design", "cut_key", "one job"), ("pitfall", "overlapping-jobs", "one job"),
    ),
    covered(
        "S1", N_("Services talk through interfaces only, never in another’s tables."),
        ("design", "read_across", "never in the other"), ("pitfall", "direct-database-access", "interface"),
    ),
    covered(
        "S1", N_("Shared libraries for plain utilities only."),
        ("design", "shared_code", "plain utilities"), ("step", "modular.shared", "utilities"),
    ),
    covered(
        "S1", N_("Direct calls for quick lookups, a queue (Redis, RabbitMQ) for what must not fail."),
        ("design", "calls", "RabbitMQ"), ("pitfall", "synchronous-mesh", "look-ups"),
    ),
    covered(
        "S1", N_("Timeouts of 2 to 5 seconds and 2 or 3 attempts on each call."),
        ("design", "timeouts", "2–5 s"), ("step", "extract.failure", "2 to 5 seconds"),
        ("pitfall", "no-timeouts", "2 to 5 seconds"),
    ),
    covered(
        "S1", N_("About 30 % of failures come from the network."),
        ("design", "timeouts", "30 %"), ("pitfall", "no-timeouts", "30 %"),
    ),
    covered(
        "S1", N_("Degrade gracefully, with fallbacks that users understand."),
        ("design", "circuit_breaker", "gracefully"), ("pitfall", "no-graceful-degradation", "missing"),
    ),
    covered(
        "S1", N_("A saga with undo: reserve the stock, release it when the payment fails."),
        ("design", "transactions", "Reserve the stock"), ("preparation", "consistency", "consistency"),
    ),
    covered(
        "S1", N_("UUIDs in place of database keys."),
        ("design", "references", "UUID"), ("pitfall", "foreign-keys-across", "UUID"),
    ),
    covered("S1", N_("Cache what is asked for again and again."), ("design", "cache", "repeated calls")),
    covered(
        "S1", N_("Versions in the API from the first day."),
        ("design", "api_versions", "/api/v1/orders"), ("preparation", "api_versions", "first day"),
        ("pitfall", "contracts-ripple", "day one"),
    ),
    covered(
        "S1", N_("Try what happens when a service is slow or gone."),
        ("design", "failure_tests", "slow service"), ("step", "extract.failure", "slow"),
        ("preparation", "failure_tests", "slow or down"), ("pitfall", "failures-untested", "missing service"),
    ),
    covered(
        "S1", N_("A container for each service."),
        ("design", "repository", "container"), ("step", "extract.pipeline", "container"),
        ("preparation", "containers", "containers"),
    ),
    covered(
        "S1", N_("Sign-in by a token that each service checks, or by an authentication service."),
        ("design", "identity", "each service checks"), ("preparation", "identity", "who is calling"),
        ("pitfall", "login-single-point", "signed tokens"),
    ),
    covered("S1", N_("Five consequences of either way, side by side."), ("page", "sources", "five rows")),
    covered("S1", N_("Django is not too slow; a light framework for one piece."), ("design", "framework", "too slow")),
    left_out(
        "S1", N_("A worked example of two services on two ports."),
        N_("It shows how code calls an API, which every framework’s manual does."),
    ),
    # --- S2
    covered("S2", N_("Three questions on frequent pain."), ("question", "change_breakage", "S2")),
    covered(
        "S2", N_("Tests and monitoring of the new services must not come last."),
        ("preparation", "service_tests", "tests"), ("preparation", "service_monitoring", "monitoring"),
        ("pitfall", "tests-as-afterthought", "first day"), ("design", "failure_tests", "monitoring"),
    ),
    covered(
        "S2", N_("Find the key of the cut in why you split; there it was the user base."),
        ("design", "cut_key", "user base"), ("step", "extract.boundary", "key of the cut"),
        ("pitfall", "missing-key", "why you split"),
    ),
    covered(
        "S2", N_("A normalised relational schema splits easily; documents and key-value stores do not."),
        ("design", "database_kind", "harder"),
    ),
    covered(
        "S2", N_("Small internal services over HTTP that only share data."),
        ("design", "read_across", "two internal services over HTTP"), ("page", "cases", "internal service"),
    ),
    covered(
        "S2", N_("The same language unless something else is needed (Occam’s razor), with a lighter framework."),
        ("design", "language", "Occam"), ("design", "framework", "Flask"), ("pitfall", "second-language", "lighter"),
    ),
    covered(
        "S2", N_("The order: boundaries, code into a repository of its own, a way to share data."),
        ("design", "repository", "draw boundaries, move the code"), ("step", "extract.repository", "repository"),
    ),
    covered("S2", N_("Less to look after, and smoother releases."), ("page", "cases", "more smoothly")),
    covered(
        "S2", N_("A shared model must handle the corner cases of both sides, and both get tested."),
        ("design", "cut_key", "corner cases"), ("pitfall", "shared-model-corner-cases", "special cases"),
    ),
    # --- S3
    covered("S3", N_("Seven readiness questions, of which five must be yes."), ("page", "how-it-decides", "seven")),
    covered(
        "S3", N_("Which part went first and why: by CPU share, isolation and criticality."),
        ("case", "order", "40 % of the CPU"), ("design", "cut_key", "40 % of CPU"),
    ),
    covered("S3", N_("A month for each part, six months in all."), ("case", "order", "month 6")),
    covered(
        "S3", N_("Before and after: deploy 45 → 5–12 minutes, 2–3 → 40–50 a week."),
        ("case", "reached", "40–50"), ("question", "deploys_per_week", "more than forty"),
    ),
    covered("S3", N_("p95 350 → 180 ms, uptime 99.5 → 99.9 %."), ("case", "reached", "180 ms")),
    covered("S3", N_("From idea to users in 3–5 days, where it took 2–3 weeks."), ("case", "reached", "3–5 days")),
    covered(
        "S3", N_("$3,400 → $2,100 a month, $15,600 a year."),
        ("money", "sums", "15,600"), ("case", "reached", "$2,100"),
    ),
    covered(
        "S3", N_("$600 a month saved on GPU machines."),
        ("design", "boundary_gain", "$600"), ("money", "sums", "600"),
    ),
    covered("S3", N_("Auth in 8 minutes, 15,000 lines fewer."), ("design", "boundary_gain", "15,000 lines")),
    covered(
        "S3", N_("A SaaS platform of 80: 10–15 releases a day, a day to market instead of a week."),
        ("design", "boundary_gain", "10 to 15 times a day"),
    ),
    covered("S3", N_("$5,000 a month where $1,000 would do."), ("money", "sums", "5,000")),
    covered(
        "S3", N_("PDF reports: $1,000 against $900 a month."),
        ("money", "sums", "1,000"),
    ),
    covered(
        "S3", N_("Each of the four signs costs: developers’ time, machines, conflicts and stress, missed chances."),
        ("page", "sources", "missed chances"), ("money", "sums", "hungry"),
    ),
    covered("S3", N_("A module should be able to leave within a week."), ("step", "modular.leave", "a week")),
    covered("S3", N_("Shared code stays small and stable."), ("step", "modular.shared", "small and stable")),
    covered(
        "S3", N_("A layout of modules with their own API, models and services; no imports past it."),
        ("step", "modular.interface", "interface"), ("question", "boundaries", "imports"),
    ),
    covered(
        "S3", N_("No big bang: Netscape in 1998, Knight Capital’s $440M in 45 minutes in 2012."),
        ("pitfall", "big-bang-rewrite", "Netscape"), ("design", "traffic", "$440M"),
    ),
    covered("S3", N_("A rewrite means 6–12 months without features."), ("design", "traffic", "6–12 months")),
    covered(
        "S3", N_("Six strangler stages: proxy, first part, switch, watch, way back, repeat."),
        ("step", "extract.proxy", "proxy"), ("step", "extract.duplicate", "duplicate"),
        ("step", "extract.rollback", "way back"), ("step", "extract.stop", "next part"),
    ),
    covered(
        "S3", N_("A canary: 10 % on days 1–3, 50 % on days 4–7, 100 % on days 8–10."),
        ("step", "extract.canary_10", "10 %"), ("step", "extract.canary_50", "50 %"),
        ("step", "extract.canary_100", "days 8 to 10"), ("design", "traffic", "canary"),
    ),
    covered(
        "S3", N_("Routes change without a change of code, and back within 5 seconds."),
        ("step", "extract.gateway", "without a code change"), ("step", "extract.rollback", "5"),
        ("design", "traffic", "5 seconds"),
    ),
    covered(
        "S3", N_("Compare p95 and errors of both sides."),
        ("step", "extract.canary_10", "compared"), ("design", "metrics_tool", "p95"),
    ),
    covered(
        "S3", N_("Remove the old code after two stable weeks."),
        ("step", "extract.stable", "two stable weeks"), ("step", "extract.remove", "remove"),
        ("design", "traffic", "two stable weeks"),
    ),
    covered(
        "S3", N_("Feature flags before the first service."),
        ("step", "extract.flags", "feature flags"), ("preparation", "feature_flags", "switched off"),
        ("design", "traffic", "LaunchDarkly"),
    ),
    covered(
        "S3", N_("A shared database on the way: through a view, then a schema of its own."),
        ("design", "data", "view"), ("pitfall", "schema-change-on-the-way", "view"), ("step", "extract.data", "view"),
    ),
    covered(
        "S3", N_("PENDING, an event and a compensation; or event sourcing."),
        ("design", "transactions", "PENDING"), ("design", "transactions", "Event sourcing"),
        ("pitfall", "transactions-across-services", "pending"),
    ),
    covered(
        "S3", N_("OpenTelemetry with Jaeger: set up first, trace ids out and in."),
        ("design", "tracing_tool", "read it on arrival"), ("step", "extract.tracing", "OpenTelemetry"),
        ("preparation", "tracing", "traced"), ("pitfall", "tracing-late", "afterwards"),
    ),
    covered(
        "S3", N_("What traces show: a slow query, a cascade, an N+1."),
        ("design", "tracing_tool", "cascade"), ("step", "extract.tracing", "N+1"),
    ),
    covered(
        "S3", N_("Four ways to share code, each with its price, a tree to choose by, and its author’s own choice."),
        ("design", "shared_code", "author’s own choice"), ("preparation", "shared_code", "shared"),
        ("pitfall", "library-coupling", "deprecate"), ("pitfall", "copied-logic", "ten places"),
    ),
    covered("S3", N_("Deprecate in a minor version, remove in a major one."), ("design", "shared_code", "deprecation")),
    covered(
        "S3", N_("N+1 over HTTP: one call for many rows."),
        ("pitfall", "n-plus-one", "50 ms"), ("design", "read_across", "500 ms"),
    ),
    covered(
        "S3", N_("15 services that all called each other; events were the cure."),
        ("design", "calls", "15 services"), ("pitfall", "synchronous-mesh", "events"),
        ("pitfall", "distributed-monolith", "events"),
    ),
    covered(
        "S3", N_("A breaker that opens after 5 failures for 60 seconds."),
        ("design", "circuit_breaker", "60 s"), ("pitfall", "no-circuit-breaker", "60 seconds"),
        ("step", "extract.failure", "60 seconds"),
    ),
    covered(
        "S3", N_("No gateway: CORS and sign-in in each service, and a frontend that knows them all."),
        ("pitfall", "no-gateway", "CORS"), ("pitfall", "frontend-knows-topology", "frontend"),
        ("design", "gateway", "topology"),
    ),
    covered(
        "S3", N_("Services by business domain, not by table."),
        ("pitfall", "service-per-table", "business domain"), ("design", "cut_key", "service per table"),
    ),
    covered(
        "S3", N_("A service mesh (optional) and a registry for images."),
        ("preparation", "service_mesh", "mesh"), ("preparation", "registry", "registry"),
        ("design", "discovery", "mesh"),
    ),
    covered(
        "S3", N_("Measure every step, before and after."),
        ("step", "extract.baseline", "figures"), ("step", "extract.stop", "beside those from before"),
        ("pitfall", "unmeasured-steps", "before"),
    ),
    covered(
        "S3", N_("A start-up of twelve lost $400,000 in nine months; another removed 32 of 47 services in six weeks."),
        ("page", "cases", "400,000"), ("money", "sums", "400,000"), ("pitfall", "over-extraction", "47"),
    ),
    covered("S3", N_("80 % of its clients needed modules only."), ("design", "boundary_gain", "80 %")),
    covered(
        "S3", N_("A read-heavy catalog: 80 % reads, cached for one hour."),
        ("design", "cache", "one hour"), ("case", "order", "Catalog"),
    ),
    covered("S3", N_("Contracts before the migration: OpenAPI or gRPC."), ("design", "contracts", "OpenAPI")),
    left_out(
        "S3", N_("Its code: services in FastAPI, a broker client, Docker files, a dashboard."),
        N_("Settings and versions age. The plan says what has to work; manuals say how."),
    ),
    left_out(
        "S3", N_("A rule in nginx that is said to send 10 % of requests."),
        N_("It matches ten of sixteen hexadecimal digits, about 63 %. Split traffic as your proxy’s manual says."),
    ),
    left_out("S3", N_("“Priceless” return and releases “20 times more”."), N_("No sum behind it can be checked.")),
    # --- S4
    covered("S4", N_("Four good and four bad reasons."), ("question", "motives", "good and bad reasons")),
    covered(
        "S4", N_("What speaks for and against direct calls and messages; messages where possible."),
        ("design", "calls", "Prefer asynchronous"),
    ),
    covered("S4", N_("Calls that wait 5 seconds at most."), ("design", "timeouts", "5 s at most")),
    covered(
        "S4", N_("A foreign key becomes an id; copies are cached and agree later."),
        ("design", "references", "bare id"), ("design", "read_across", "keep copies"),
        ("step", "extract.data", "ids"), ("design", "staleness", "delay"),
    ),
    covered("S4", N_("A saga only where there is no way around it."), ("design", "transactions", "cannot be avoided")),
    covered(
        "S4", N_("The gateway’s four duties: routing, sign-in, rate limits, aggregation."),
        ("design", "gateway", "aggregate"),
    ),
    covered(
        "S4", N_("Addresses in three steps: in code, from the environment, by Consul or Kubernetes."),
        ("design", "discovery", "Consul"), ("pitfall", "hard-coded-addresses", "environment"),
        ("preparation", "discovery", "fixed addresses"),
    ),
    covered(
        "S4", N_("A breaker of 5 failures and 60 seconds, with an empty list as the fallback."),
        ("design", "circuit_breaker", "empty list"), ("pitfall", "no-graceful-degradation", "empty list"),
    ),
    covered("S4", N_("JWT, checked with the public key."), ("design", "identity", "RS256")),
    covered(
        "S4", N_("A library for auth, logging, metrics and utilities, with care."),
        ("design", "shared_code", "with care"),
    ),
    covered(
        "S4", N_("A tool for each pillar: Jaeger or Zipkin, ELK or Loki, Prometheus and Grafana."),
        ("design", "tracing_tool", "Zipkin"), ("design", "logging_tool", "ELK"), ("design", "metrics_tool", "Grafana"),
        ("pitfall", "no-observability", "metrics"),
    ),
    covered(
        "S4", N_("Services that talk too much have the wrong boundaries."),
        ("pitfall", "chatty-services", "wrong place"), ("design", "read_across", "wrong boundaries"),
    ),
    covered(
        "S4", N_("Was independence reached? If not, think again."),
        ("design", "boundary_gain", "independently"), ("step", "extract.stop", "measure again"),
    ),
    covered("S4", N_("Don’t begin with twenty services."), ("pitfall", "over-extraction", "one at a time")),
    left_out(
        "S4", N_("Middleware and decorators in Python."),
        N_("They show one way to write it, and libraries change. The decisions name what they must do."),
    ),
)  # fmt: skip

#: S1's comparison in our words: what it is about, one deployable, services.
CONSEQUENCES: Final = (
    (N_("Deployment"), N_("All parts go out at once"), N_("Each part goes out by itself")),
    (N_("Database"), N_("All parts use one"), N_("Each service has its own")),
    (
        N_("Teams"),
        N_("Conflicts and coordination grow with every team"),
        N_("A team owns its service from code to operations"),
    ),
    (N_("Complexity"), N_("Little at first, and more with every feature"), N_("Much at first, and bearable at scale")),
    (
        N_("Fits"),
        N_("Few people, a young product, a plain domain"),
        N_("Many people, a rich domain, load that must scale far"),
    ),
)
