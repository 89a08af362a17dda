"""Pitfalls: every one that a source names is in the table, and each shows in what it should show in, and only there."""

from collections.abc import Mapping
from typing import Any

import pytest

from assess.advice.facade import DESIGN_QUESTIONS, PITFALLS, Facts, PitfallFinding, find_pitfalls
from assess.advice.pitfalls import Answered, Counted, Decided, Guessed, NothingTicked
from assess.evidence.facade import read_evidence
from assess.measurements.facade import Call, Calls
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.evidence_samples import shop_evidence

#: What each document warns of, in our words, and the pitfall that has it.
NAMED = {
    "S0": {
        "a young product in a dozen services before its boundaries are known": "premature-splitting",
        "a monolith that no longer scales, deploys or can be owned, and stays": "waiting-too-long",
        "rewriting instead of carving": "big-bang-rewrite",
        "cutting without a bounded context": "cut-without-boundaries",
        "clients that talk to services directly": "no-gateway",
        "clients that have to know the services": "frontend-knows-topology",
        "shared tables, a skipped database per service": "shared-database",
        "synchronous calls that couple availability": "synchronous-mesh",
        "synchronous or asynchronous as a reflex; a broker's weight": "talk-by-reflex",
        "services with state, which cannot scale out": "stateful-services",
        "transactions over several services": "transactions-across-services",
        "retries that are not idempotent": "retries-not-idempotent",
        "fan-out to five services with a shared database": "distributed-monolith",
        "the gateway as a single point": "gateway-single-point",
        "a boundary without independent scaling, deployment or ownership": "idle-boundary",
        "a service that no team owns": "no-owner",
    },
    "S1": {
        "services for a solo developer or a small team": "premature-splitting",
        "splitting without domain boundaries": "cut-without-boundaries",
        "two services with overlapping jobs": "overlapping-jobs",
        "tables shared between services": "shared-database",
        "a query to another service's database": "direct-database-access",
        "shared libraries beyond simple utilities": "library-coupling",
        "importing shared code instead of asking the owner": "shared-models-library",
        "simple calls for everything: a glitch took the application down": "synchronous-mesh",
        "calls without timeouts and retries": "no-timeouts",
        "no fallback when a service is away": "no-graceful-degradation",
        "a transaction over order and stock": "transactions-across-services",
        "the same question asked again and again, without a cache": "chatty-services",
        "database keys as links between services": "foreign-keys-across",
        "interfaces without a version": "contracts-ripple",
        "never tried: a slow service, one that is down": "failures-untested",
        "tests left out": "tests-as-afterthought",
        "one place that every login needs": "login-single-point",
        "the latest tools as the point of it, the framework before the architecture": "resume-driven",
        "another framework for everything": "second-language",
    },
    "S2": {
        "splitting without having looked back at why": "unknown-why",
        "the work of redesign, infrastructure and splitting code taken lightly": "underestimated-effort",
        "testing and monitoring as an afterthought": "tests-as-afterthought",
        "monitoring of the resulting services left out": "no-observability",
        "a model related to both, with corner cases of both": "shared-model-corner-cases",
        "no factor that decides where a feature belongs": "missing-key",
        "boundaries and dependencies not outlined": "cut-without-boundaries",
        "resources, such as a database, shared between two services": "shared-database",
        "a second language to know": "second-language",
    },
    "S3": {
        "twelve people, fifteen services": "premature-splitting",
        "microservices while the pain is smaller, or not although it is greater": "waiting-too-long",
        "like Netflix, like Google, after a conference": "imitation",
        "not everybody knows why": "unknown-why",
        "everything from scratch; Netscape, Knight Capital": "big-bang-rewrite",
        "a business that does not know of 6 to 12 months, budget and slowdown": "underestimated-effort",
        "infrastructure that cost three times as much": "cost-ignored",
        "steps without measuring": "unmeasured-steps",
        "orchestrator, mesh and broker in one plan": "too-much-new-at-once",
        "no dedicated platform team": "no-platform-team",
        "no owner for each service": "no-owner",
        "senior developers who leave or cannot be hired": "hiring-hard",
        "a service per table": "service-per-table",
        "47 services": "over-extraction",
        "all call each other, none deploys alone": "distributed-monolith",
        "features that need five teams": "released-together",
        "one interface change, changes everywhere": "contracts-ripple",
        "updating a library deploys all services": "library-coupling",
        "user and order models in a package": "shared-models-library",
        "ten copies of a bug": "copied-logic",
        "all services write to one database": "shared-database",
        "a shared model read straight from the database": "direct-database-access",
        "a column added while both use the table": "schema-change-on-the-way",
        "a rollback that does not reach the other service": "transactions-across-services",
        "a request for each item": "n-plus-one",
        "fifteen services that call each other synchronously": "synchronous-mesh",
        "30 s timeouts because nothing breaks the circuit": "no-circuit-breaker",
        "no gateway: CORS and sign-in in each service": "no-gateway",
        "a frontend that knows the topology": "frontend-knows-topology",
        "no logs in one place, metrics and tracing": "no-observability",
        "tracing fitted in afterwards": "tracing-late",
        "traffic switched without a canary and a way back": "switch-all-at-once",
    },
    "S4": {
        "what Netflix does": "imitation",
        "for the résumé": "resume-driven",
        "instead of fixing the monolith": "avoiding-clean-up",
        "vague performance": "vague-performance",
        "a small team": "premature-splitting",
        "no clear boundaries to begin with": "cut-without-boundaries",
        "calls that cascade": "synchronous-mesh",
        "asynchronous or synchronous without weighing both": "talk-by-reflex",
        "a shared database": "shared-database",
        "importing another service's models": "direct-database-access",
        "foreign keys to another service": "foreign-keys-across",
        "distributed transactions": "transactions-across-services",
        "clients without a gateway": "no-gateway",
        "hard-coded addresses": "hard-coded-addresses",
        "no circuit breaker": "no-circuit-breaker",
        "a call without timeout": "no-timeouts",
        "no fallback for an open circuit": "no-graceful-degradation",
        "a login that each service has to ask": "login-single-point",
        "coupling through libraries": "library-coupling",
        "must deploy together": "released-together",
        "a distributed monolith": "distributed-monolith",
        "chatty services": "chatty-services",
        "no observability": "no-observability",
        "starting with twenty services": "over-extraction",
        "services that are independent in nothing": "idle-boundary",
    },
}

BY_SLUG = {pitfall.slug: pitfall for pitfall in PITFALLS}
SIGNS = "distributed_monolith_signs"
SERVICES = {"current_shape": "services"}
MONOLITH = {"current_shape": "monolith"}


def signs(*ticked: str, **more: Any) -> dict[str, Any]:
    return {"answers": {**SERVICES, SIGNS: ticked, **more}}


def answers(**given: Any) -> dict[str, Any]:
    return {"answers": given}


def on_services(**given: Any) -> dict[str, Any]:
    return answers(**SERVICES, **given)


def calls(*each: tuple[Any, ...], traces: int = 100, **databases: tuple[str, ...]) -> dict[str, Any]:
    """Calls as (caller, callee, and fields as a dict)."""
    made = tuple(
        Call(**{"caller": caller, "callee": callee, "times": 100, **(more[0] if more else {})})
        for caller, callee, *more in each
    )
    return {"calls": Calls(calls=made, traces=traces, databases=databases)}


def scan(**changes: Any) -> dict[str, Any]:
    """The shop's scan with these fields of its top level."""
    return {"scan": read_evidence(shop_evidence(**changes))}


def relations(*each: tuple[str, str, str]) -> list[dict[str, Any]]:
    """The shop's relations, but only these, as (from, to, model)."""
    sample = shop_evidence()["relations"][0]
    return [{**sample, "from_app": app, "to_app": to, "to_label": to, "to_model": model} for app, to, model in each]


FIVE = [("gateway", name) for name in ("orders", "stock", "users", "mail", "search")]
EVENTS = {"is_synchronous": False}

#: By pitfall: what shows it, and next to it what does not.
CASES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "premature-splitting": (
        answers(developers=6, motives=("imitation",)),
        answers(developers=40, motives=("imitation",)),
    ),
    "waiting-too-long": (
        answers(deploy_waiting="always", team_collisions="daily"),
        answers(deploy_waiting="always", team_collisions="never"),
    ),
    "imitation": (answers(motives=("imitation",)), answers(motives=("team_autonomy",))),
    "resume-driven": (answers(motives=("new_technology",)), answers(motives=("imitation",))),
    "avoiding-clean-up": (answers(motives=("avoid_cleanup",)), answers(motives=())),
    "vague-performance": (answers(motives=("vague_performance",)), answers(motives=("independent_scaling",))),
    "unknown-why": (on_services(motives=()), on_services(motives=("team_autonomy",))),
    "big-bang-rewrite": (
        answers(motives=("avoid_cleanup",), migration_horizon="year"),
        answers(motives=("team_autonomy",), migration_horizon="year"),
    ),
    "underestimated-effort": (on_services(migration_horizon="weeks"), on_services(migration_horizon="year")),
    "cost-ignored": (on_services(infra_cost="painful"), on_services(infra_cost="acceptable")),
    "unmeasured-steps": (answers(metrics="none"), answers(metrics="in_place")),
    "too-much-new-at-once": (
        on_services(distributed_experience="none", services=8),
        on_services(distributed_experience="strong", services=8),
    ),
    "no-platform-team": (on_services(platform_team="shared"), on_services(platform_team="dedicated")),
    "no-owner": (signs("unowned_services"), signs()),
    "hiring-hard": (on_services(hiring="hard"), on_services(hiring="easy")),
    "missing-key": (
        answers(boundaries="sketched", motives=("team_autonomy",)),
        answers(boundaries="enforced", motives=("team_autonomy",)),
    ),
    "cut-without-boundaries": (on_services(boundaries="tangled"), on_services(boundaries="named")),
    "service-per-table": (signs("service_per_table"), signs("shared_database")),
    "over-extraction": (on_services(services=47, developers=100), on_services(services=8, developers=100)),
    "idle-boundary": (
        on_services(scaling_profile="even", deploy_waiting="always"),
        on_services(scaling_profile="even", deploy_waiting="never"),
    ),
    "overlapping-jobs": (on_services(change_breakage="weekly"), answers(**MONOLITH, change_breakage="weekly")),
    "shared-model-corner-cases": (
        scan(relations=relations(("orders", "catalog", "Product"), ("admin", "catalog", "Product"),
                                 ("payments", "catalog", "Product"))),
        scan(relations=relations(("orders", "catalog", "Product"), ("admin", "catalog", "Product"))),
    ),
    "distributed-monolith": (signs("synchronous_chains", "shared_database"), signs("synchronous_chains")),
    "released-together": (signs("release_together"), signs("contract_ripples")),
    "contracts-ripple": (signs("contract_ripples"), signs("release_together")),
    "library-coupling": (signs("release_together", "contract_ripples"), signs("release_together")),
    "shared-models-library": (
        {**scan(), **on_services()},
        {**scan(imports=[]), **on_services()},
    ),
    "copied-logic": (
        {**on_services(), "design": {"shared_code": "duplication"}},
        {**on_services(), "design": {"shared_code": "generated_clients"}},
    ),
    "shared-database": (
        calls(("orders", "users"), orders=("main",), users=("main",)),
        calls(("orders", "users"), orders=("orders",), users=("users",)),
    ),
    "direct-database-access": (
        {**scan(), **on_services()},
        {**scan(imports=[]), **on_services()},
    ),
    "schema-change-on-the-way": (
        answers(current_shape="monolith_with_services", **{SIGNS: ("shared_database",)}),
        signs("shared_database"),
    ),
    "foreign-keys-across": (
        {**scan(), **on_services()},
        {**scan(relations=[]), **on_services()},
    ),
    "transactions-across-services": (
        on_services(cross_boundary_transactions="many"),
        on_services(cross_boundary_transactions="none"),
    ),
    "n-plus-one": (
        calls(("orders", "catalog", {"most_in_a_trace": 20})),
        calls(("orders", "catalog", {"most_in_a_trace": 2})),
    ),
    "synchronous-mesh": (calls(*FIVE), calls(*[(*each, EVENTS) for each in FIVE])),
    "talk-by-reflex": (
        signs("synchronous_chains", failure_spread="often"),
        signs("synchronous_chains", failure_spread="contained"),
    ),
    "chatty-services": (
        calls(("orders", "catalog", {"times": 700})),
        calls(("orders", "catalog", {"times": 200})),
    ),
    "no-circuit-breaker": (on_services(failure_spread="often"), on_services(failure_spread="contained")),
    "no-timeouts": (
        signs("synchronous_chains", distributed_experience="none"),
        signs("synchronous_chains", distributed_experience="strong"),
    ),
    "retries-not-idempotent": (
        on_services(cross_boundary_transactions="many", distributed_experience="some"),
        on_services(cross_boundary_transactions="few", distributed_experience="some"),
    ),
    "no-graceful-degradation": (on_services(failure_spread="rarely"), on_services(failure_spread="contained")),
    "failures-untested": (
        on_services(tests="patchy", failure_spread="often"),
        on_services(tests="trusted", failure_spread="often"),
    ),
    "hard-coded-addresses": (on_services(runtime_platform="hand_built"), on_services(runtime_platform="orchestrated")),
    "no-gateway": (on_services(gateway="none"), on_services(gateway="in_place")),
    "frontend-knows-topology": (
        calls(("Frontend", "orders"), ("Frontend", "users")),
        calls(("gateway", "orders"), ("gateway", "users")),
    ),
    "gateway-single-point": (
        on_services(gateway="in_place", on_call="none"),
        on_services(gateway="in_place", on_call="rota"),
    ),
    "login-single-point": (
        {**scan(), **on_services()},
        {**scan(relations=relations(("orders", "catalog", "Product"))), **on_services()},
    ),
    "stateful-services": (
        on_services(runtime_platform="hand_built", load_fit="peaks_hurt"),
        on_services(runtime_platform="hand_built", load_fit="comfortable"),
    ),
    "no-observability": (on_services(central_logging="none"), on_services(central_logging="in_place")),
    "tracing-late": (on_services(tracing="planned"), on_services(tracing="every_request")),
    "tests-as-afterthought": (on_services(tests="none"), on_services(tests="trusted")),
    "switch-all-at-once": (
        on_services(gateway="planned", ci_cd="manual"),
        on_services(gateway="in_place", ci_cd="manual"),
    ),
    "second-language": (on_services(tech_lock_in="wish"), on_services(tech_lock_in="blocking")),
}  # fmt: skip


def find(case: Mapping[str, Any], verdict: Any = "extract") -> dict[str, PitfallFinding]:
    """What is found, by slug. `case` has values of answers by key, a scan, calls, design decisions."""
    given = {key: value if isinstance(value, Answer) else Answer(value=value)
             for key, value in case.get("answers", {}).items()}  # fmt: skip
    facts = Facts(
        questionnaire=builtin_questionnaire(),
        answers=given,
        scan=case.get("scan"),
        calls=case.get("calls"),
        design=case.get("design", {}),
    )
    return {each.pitfall.slug: each for each in find_pitfalls(facts, verdict, PITFALLS)}


def test_every_pitfall_of_a_source_is_in_the_table_and_names_the_source() -> None:
    named = {(slug, source) for source, items in NAMED.items() for slug in items.values()}
    ours = {(pitfall.slug, source) for pitfall in PITFALLS for source in pitfall.source.split(", ")}
    assert named - ours == set(), "named by a source, and missing or without that source"
    assert ours - named == set(), "said to be of a source in which nobody found it"


def test_slugs_are_unique_and_each_has_its_cases() -> None:
    assert len(BY_SLUG) == len(PITFALLS)
    assert CASES.keys() == BY_SLUG.keys()


@pytest.mark.parametrize("slug", BY_SLUG)
def test_pitfall_shows_with_evidence_in_its_case_and_not_in_the_one_beside(slug: str) -> None:
    fires, quiet = CASES[slug]
    found = find(fires)[slug]
    assert found.state == "now"
    assert found.evidence
    for line in found.evidence:
        assert line.sentence.endswith(".")
    assert find(quiet).get(slug) is None or not find(quiet)[slug].evidence


@pytest.mark.parametrize("verdict", ["stay", "modular", "extract"])
def test_nothing_shows_where_nothing_is_known(verdict: str) -> None:
    unknown = {question.key: None for question in builtin_questionnaire().questions}
    found = find({"answers": unknown}, verdict)
    assert found, "something is always worth watching"
    assert {each.state for each in found.values()} == {"watch"}


def test_a_sign_in_a_monolith_hurts_later_and_only_on_the_way_to_services() -> None:
    case = answers(**MONOLITH, gateway="none")
    assert find(case, "extract")["no-gateway"].state == "later"
    assert "no-gateway" not in find(case, "stay")
    assert find(answers(**SERVICES, gateway="none"), "stay")["no-gateway"].state == "now"


def test_calls_between_services_say_that_services_run() -> None:
    assert find({**answers(gateway="none"), **calls(("orders", "users"))}, "stay")["no-gateway"].state == "now"


def test_an_answer_that_is_not_asked_shows_nothing() -> None:
    case = answers(**MONOLITH, **{SIGNS: ("service_per_table",)})
    assert not find(case)["service-per-table"].evidence


def test_evidence_names_the_question_and_only_the_answers_that_count() -> None:
    found = find(answers(motives=("imitation", "team_autonomy")))["imitation"]
    (line,) = found.evidence
    assert (line.place, line.key) == ("answer", "motives")
    assert "Well-known companies do it" in line.sentence
    assert "decide on their own" not in line.sentence


def test_that_services_run_is_no_evidence_beside_another_fact() -> None:
    found = find(on_services(infra_cost="painful"))["cost-ignored"]
    assert [line.key for line in found.evidence] == ["infra_cost"]


def test_guessed_figures_are_no_measurements() -> None:
    guessed, measured = (
        find(answers(deploy_minutes=Answer(value=45, basis=basis)))["unmeasured-steps"]
        for basis in ("guess", "measured")
    )
    assert guessed.state == "now"
    assert measured.state == "watch"


def test_what_hurts_now_comes_first_and_what_to_watch_last() -> None:
    states = [each.state for each in find(answers(**MONOLITH, gateway="none", motives=("imitation",))).values()]
    assert states == sorted(states, key=("now", "later", "watch").index)
    assert set(states) == {"now", "later", "watch"}


def test_names_from_calls_stay_as_they_are() -> None:
    hostile = "{0.__class__} <script>"
    found = find(calls((hostile, "catalog", {"most_in_a_trace": 20})))["n-plus-one"]
    assert hostile in found.evidence[0].sentence


def test_signs_name_only_questions_and_options_that_exist() -> None:
    asked = builtin_questionnaire().by_key

    for pitfall in PITFALLS:
        for condition in (condition for sign in pitfall.signs for condition in sign):
            if isinstance(condition, Decided):
                assert set(condition.any_of) <= {option.slug for option in DESIGN_QUESTIONS[condition.key].options}
            elif isinstance(condition, Answered):
                assert set(condition.any_of) <= {option.value for option in asked[condition.key].options}
            elif isinstance(condition, Counted | Guessed | NothingTicked):
                assert condition.key in asked


def test_a_design_decision_is_named_with_its_option() -> None:
    found = find({**on_services(), "design": {"timeouts": "library_default"}})["no-timeouts"]
    (line,) = found.evidence
    assert (line.place, line.key) == ("design", "timeouts")
    assert line.sentence.startswith("Design decision, Timeouts and retries: ")


def test_an_option_of_another_release_shows_nothing() -> None:
    assert not find({**on_services(), "design": {"timeouts": "telepathy"}})["no-timeouts"].evidence
