"""What to do next, by verdict and by what is missing, in order of effect.

Each step is tied to the answers that caused it and says how to tell that it is done. Days are ours: by when a team of
usual size can have it done or well under way.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assess.decision.model_1.facts import Facts
from assess.decision.model_1.rules import Judgement, gates, organisation_blocks
from assess.decision.model_1.wording import GATE_KEYS
from assess.decision.result import Form, Step, Verdict
from assess.language import N_, _
from assess.questionnaire.facade import Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRule:
    """A step, its sentences marked only, and when it is called for."""

    step: Step
    when: Callable[[Facts, Judgement], bool]
    #: Not where this answer says that it is done: (question, answers).
    unless: tuple[str, tuple[str, ...]] = ("", ())
    #: Only where one of these answers is given, if there are any.
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()


def when_form(*forms: Form) -> Callable[[Facts, Judgement], bool]:
    """Holds where the verdict has one of these forms."""
    return lambda facts, judgement: judgement.form in forms


def when_verdict(*verdicts: Verdict) -> Callable[[Facts, Judgement], bool]:
    """Holds where the verdict is one of these."""
    return lambda facts, judgement: judgement.verdict in verdicts


def when_gate_missing(gate: str, state: bool | None) -> Callable[[Facts, Judgement], bool]:
    """The gate failed (or is open), and an extraction is wanted; a failed one also where services already run."""

    def when(facts: Facts, judgement: Judgement) -> bool:
        if state is False and judgement.form == "keep":
            return dict(gates(facts))[gate] is False
        wanted = judgement.verdict == "extract" and judgement.form != "keep"
        return (wanted or judgement.form == "first_step") and dict(gates(facts))[gate] is state

    return when


def build_gate_step(gate: str, title: str, why: str, done: str, source: str) -> Step:
    """The step that opens a gate."""
    return Step(code=f"gate.{gate}", title=title, why=why, done=done, days=30, keys=(GATE_KEYS[gate],), source=source)


_GATE_STEPS: dict[str, Step] = {
    "boundaries": build_gate_step(
        "boundaries",
        N_("Name the modules and their owners"),
        N_("An extraction follows a line that already exists in the code."),
        N_("A one-page map names every module, what it may import, and who owns it."),
        "S2, S4",
    ),
    "tracing": build_gate_step(
        "tracing",
        N_("Fund tracing and put it into the monolith"),
        N_("Following a request across services is needed from the first one, and painful to add later."),
        N_("A trace shows a request from the edge to the database, for every request."),
        "S3",
    ),
    "logging": build_gate_step(
        "logging",
        N_("Bring the logs into one place"),
        N_("With two deployables, searching by machine no longer works."),
        N_("One search finds all lines of one request."),
        "S3, S4",
    ),
    "pipeline": build_gate_step(
        "pipeline",
        N_("Automate build, test and release"),
        N_("Each service needs its own release; what is done by hand now multiplies."),
        N_("A merge reaches production without anybody's hands, and can be taken back the same way."),
        "S3",
    ),
    "platform": build_gate_step(
        "platform",
        N_("Decide who runs the platform"),
        N_("Clusters and gateways need people whose work they are."),
        N_("Names and a share of their time are written down."),
        "S3",
    ),
}

_STEPS: tuple[StepRule, ...] = (
    *(StepRule(step=step, when=when_gate_missing(gate, False)) for gate, step in _GATE_STEPS.items()),
    StepRule(
        when=when_form("consolidate"),
        step=Step(
            code="consolidate.map",
            title=N_("List the services with owner, releases and callers"),
            why=N_("Services that release together, call each other in chains or have no owner are the ones to merge."),
            done=N_("Every service has one line: owner, last ten releases and with whom, callers, tables it shares."),
            days=30,
            keys=("distributed_monolith_signs", "services"),
            source="S3",
        ),
    ),
    StepRule(
        when=when_form("consolidate"),
        step=Step(
            code="consolidate.merge",
            title=N_("Merge the first group that always changes together"),
            why=N_(
                "The readiness guide tells of 47 services of which 32 were removed in six weeks, without going back "
                "to one."
            ),
            done=N_(
                "One deployable where there were several, its modules kept apart, and the deploy time measured again."
            ),
            days=60,
            keys=("deploy_minutes", "deploy_waiting"),
            source="S3",
        ),
    ),
    StepRule(
        when=when_form("consolidate"),
        step=Step(
            code="consolidate.rule",
            title=N_("Agree when a new service may be born"),
            why=N_(
                "Every boundary should buy scaling, deployment or ownership; one that buys none should not be added."
            ),
            done=N_("A written rule with one named approver, applied to the next proposal."),
            days=90,
            keys=("services",),
            source="S0, S4",
        ),
    ),
    StepRule(
        when=when_form("offload"),
        step=Step(
            code="offload.measure",
            title=N_("Measure where the load and the money go"),
            why=N_(
                "The cure depends on the part: a cache, a background worker, a read replica or shard, or a faster "
                "library."
            ),
            done=N_("A table of the most demanding endpoints and jobs with their share of time and cost."),
            days=30,
            keys=("load_fit", "infra_cost", "hot_share"),
            source="ours",
        ),
    ),
    StepRule(
        when=when_form("offload"),
        step=Step(
            code="offload.cure",
            title=N_("Move the hottest job out of the request, not out of the system"),
            why=N_("A worker that shares the code and the database costs days; a service costs months."),
            done=N_("The job runs in its own worker or behind a cache, and the measurement shows the difference."),
            days=60,
            keys=("scaling_profile", "tech_lock_in"),
            source="ours",
        ),
    ),
    StepRule(
        when=lambda facts, judgement: judgement.verdict == "stay" and facts.slow is True,
        step=Step(
            code="stay.speed",
            title=N_("Shorten the way to production"),
            why=N_("A deploy of more than half an hour is a matter of automation before it is one of architecture."),
            done=N_("Merge to production takes less than half an hour, measured over a week."),
            days=60,
            keys=("deploy_minutes", "ci_cd"),
            source="S3",
        ),
    ),
    StepRule(
        when=when_form("motives"),
        step=Step(
            code="motives.talk",
            title=N_("Talk about what the wish for services is really after"),
            why=N_("Behind a wish there is often a pain with another name, and often a smaller answer."),
            done=N_("Each motive is written down with the pain behind it, or dropped."),
            days=30,
            keys=("motives",),
            source="S4",
        ),
    ),
    StepRule(
        when=lambda facts, judgement: judgement.form == "first_step" and bool(organisation_blocks(facts)),
        step=Step(
            code="modular.conditions",
            title=N_("Work on what a split still stands on"),
            why=N_("Teams wait for releases, and something known stands against splitting: the reasons above name it."),
            done=N_("What blocks is gone, or the team has agreed to live with the waiting, and the answers say so."),
            days=60,
            keys=("migration_horizon", "teams", "product_stage", "developers", "hiring"),
            source="S3",
        ),
    ),
    StepRule(
        given=(("budget", ("none",)), ("slowdown_accepted", ("no",))),
        when=when_form("hot_part", "organisation"),
        step=Step(
            code="extract.backing",
            title=N_("Get money and patience agreed before the first slice"),
            why=N_("A migration that is stopped half-way leaves the costs of both worlds."),
            done=N_("Budget and a slower pace of features are agreed to in writing, with an end date."),
            days=30,
            keys=("budget", "slowdown_accepted"),
            source="S3",
        ),
    ),
    StepRule(
        unless=("boundaries", ("enforced",)),
        when=when_form("cure", "first_step"),
        step=Step(
            code="modular.interfaces",
            title=N_("Give each module one public interface"),
            why=N_(
                "Modules that use only each other's public interface can change on their own, and leave later if "
                "they must."
            ),
            done=N_("No module imports another's internals; the exceptions are listed and shrink."),
            days=60,
            keys=("boundaries", "change_breakage"),
            source="S3, S4",
        ),
    ),
    StepRule(
        unless=("boundaries", ("enforced",)),
        when=when_form("cure", "first_step"),
        step=Step(
            code="modular.contracts",
            title=N_("Let the build enforce the boundaries"),
            why=N_("A boundary that only people watch is gone after a year."),
            done=N_("A check of imports runs on every merge and fails on a new crossing."),
            days=60,
            keys=("boundaries",),
            source="ours",
        ),
    ),
    StepRule(
        unless=("ownership", ("teams",)),
        when=lambda facts, judgement: judgement.form in ("cure", "first_step") and facts.unowned is not False,
        step=Step(
            code="modular.owners",
            title=N_("Give every module an owning team"),
            why=N_("Collisions end where it is clear who decides."),
            done=N_("Every module names one team; changes from others go through its review."),
            days=30,
            keys=("ownership", "team_collisions"),
            source="S1, S3",
        ),
    ),
    StepRule(
        when=lambda facts, judgement: judgement.form in ("cure", "first_step") and facts.shared_writes is True,
        step=Step(
            code="modular.transactions",
            title=N_("Move the transactions that cross modules"),
            why=N_("Each one keeps two modules together; apart they would need compensation and patience."),
            done=N_("The list of transactions across modules is known, and half as long."),
            days=90,
            keys=("cross_boundary_transactions",),
            source="S0, S1",
        ),
    ),
    StepRule(
        when=when_form("hot_part", "organisation"),
        step=Step(
            code="extract.candidate",
            title=N_("Name the first slice, and why it is first"),
            why=N_(
                "The online shop of the readiness guide took out its recommendations first: isolated, hungry for "
                "CPU, and not critical for the business."
            ),
            done=N_(
                "One page: the slice, its interface, its data, its owner, and what will be measured before and after."
            ),
            days=30,
            keys=("hot_share", "boundaries", "ownership"),
            source="S3",
        ),
    ),
    StepRule(
        unless=("gateway", ("in_place",)),
        when=when_form("hot_part", "organisation"),
        step=Step(
            code="extract.gateway",
            title=N_("Put a gateway in front and route by it"),
            why=N_("Traffic moves step by step, and back within seconds, without a change in clients."),
            done=N_("All traffic passes the gateway; switching one route back has been rehearsed."),
            days=60,
            keys=("gateway",),
            source="S0, S3",
        ),
    ),
    StepRule(
        when=when_form("hot_part", "organisation"),
        step=Step(
            code="extract.data",
            title=N_("Give the slice its own data"),
            why=N_("Shared tables tie together again what was just separated."),
            done=N_("No table is written by both; what crosses goes through an interface, by identifier."),
            days=90,
            keys=("cross_boundary_transactions",),
            source="S0, S1, S3, S4",
        ),
    ),
    StepRule(
        when=when_form("hot_part", "organisation"),
        step=Step(
            code="extract.stop",
            title=N_("Measure, and decide again before the next slice"),
            why=N_("It is allowed to stop as soon as the rest is comfortable."),
            done=N_("Deploy time, waiting and cost are compared with before, and the checklist is answered again."),
            days=90,
            keys=("deploy_waiting", "load_fit"),
            source="S0",
        ),
    ),
    *(StepRule(step=step, when=when_gate_missing(gate, None)) for gate, step in _GATE_STEPS.items()),
    StepRule(
        when=when_form("keep"),
        step=Step(
            code="keep.signs",
            title=N_("Look for signs of a distributed monolith every quarter"),
            why=N_("Services that release together, share tables or have no owner cost without giving."),
            done=N_("The list of signs is gone through with each owning team; every service has one."),
            days=90,
            keys=("distributed_monolith_signs", "ownership"),
            source="S3, S4",
        ),
    ),
    StepRule(
        when=when_verdict("stay"),
        step=Step(
            code="stay.boundaries",
            title=N_("Keep the inside tidy"),
            why=N_("Clear boundaries make a monolith last, and are the map should a part ever have to leave."),
            done=N_("The modules are named, and the build shows who imports whom."),
            days=90,
            keys=("boundaries",),
            source="S0, S4",
        ),
    ),
    StepRule(
        when=when_verdict("stay", "modular"),
        step=Step(
            code="watch",
            title=N_("Watch three figures, and ask again when one moves"),
            why=N_("More teams in the code, slower deploys and releases that wait are when the sources say to ask."),
            done=N_("Teams in the code, minutes to production and hours spent waiting are looked at every quarter."),
            days=90,
            keys=("teams", "deploy_minutes", "deploy_waiting"),
            source="S3",
        ),
    ),
)


def build_steps(facts: Facts, judgement: Judgement, answers: Answers) -> tuple[Step, ...]:
    """The next steps for this judgement, in order of effect, each once; none that an answer says is done."""

    def is_one_of(key: str, values: tuple[str, ...]) -> bool:
        answer = answers.get(key)
        return answer is not None and answer.value in values

    def applies(rule: StepRule) -> bool:
        called = not rule.given or any(is_one_of(key, values) for key, values in rule.given)
        return called and not is_one_of(*rule.unless) and rule.when(facts, judgement)

    return tuple(translate_step(rule.step) for rule in _STEPS if applies(rule))


def translate_step(step: Step) -> Step:
    """The step in the reader's language."""
    return replace(step, title=_(step.title), why=_(step.why), done=_(step.done))
