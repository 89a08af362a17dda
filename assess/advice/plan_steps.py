"""The steps of a plan, by the verdict's form: what to do, when it is done, from which day on, and which source says so.

*Extract*: prepare, then part by part behind a proxy, with a way back, until the old code is gone; one part a month, as
in S3's case. *Modular*: module by module, until each could leave. *Consolidate*: group by group, until they are one
deploy. *Stay* and *keep*: what to fix, what to watch, when to return.

Days count from the day on which the plan begins. Where no source gives days, they are ours.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assess.decision.facade import Form, Step
from assess.language import N_, Words, _

Kind = Literal["extract", "modular", "consolidate", "stay"]
#: What kind of plan a form of the verdict calls for.
KIND_OF_FORM: Final[dict[Form, Kind]] = {
    "hot_part": "extract",
    "organisation": "extract",
    "cure": "modular",
    "first_step": "modular",
    "consolidate": "consolidate",
    "healthy": "stay",
    "motives": "stay",
    "offload": "stay",
    "keep": "stay",
}
#: So many parts, modules or groups have steps of their own; which comes after them the figures say then.
MAX_PARTS: Final = 3
#: Letters of a part's name inside a title.
MAX_NAME: Final = 60

STAGE_WORDS: Final[Words[str]] = Words(
    {
        "prepare": N_("Preparation"),
        "part_1": N_("First part"),
        "part_2": N_("Second part"),
        "part_3": N_("Third part"),
        "module_1": N_("First module"),
        "module_2": N_("Second module"),
        "module_3": N_("Third module"),
        "group_1": N_("First group"),
        "group_2": N_("Second group"),
        "group_3": N_("Third group"),
        "fix": N_("What to fix"),
        "watch": N_("What to watch"),
        "return": N_("Measure and return"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanPart:
    """A part to extract, a module or a group to merge: its name, and why it comes now."""

    name: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvisedStep:
    """One step. It starts `start` days after the plan begins and takes `days`; `keys` are the questions behind it."""

    code: str
    stage: str
    title: str
    done_when: str
    source: str
    start: int
    days: int
    keys: tuple[str, ...] = ()
    note: str = ""

    @property
    def due(self) -> int:
        """Days after the plan begins."""
        return self.start + self.days


def advise(
    code: str, stage: str, start: int, days: int, title: str, done_when: str, source: str, *keys: str
) -> AdvisedStep:
    """The step of these parts; its sentences are marked only."""
    return AdvisedStep(
        code=code, stage=stage, title=title, done_when=done_when, source=source, start=start, days=days, keys=keys
    )


#: Before the first part is extracted. Tracing comes first: S3 has it in place before a second service runs.
EXTRACT_PREPARATION: Final = (
    advise(
        "extract.tracing", "prepare", 0, 10,
        N_("Trace requests first, with OpenTelemetry and Jaeger or Zipkin"),
        N_("Every call passes the request’s id on, and a trace tells a slow query from a chain of calls and from N+1."),
        "S3, S4", "tracing",
    ),
    advise(
        "extract.logs", "prepare", 0, 14,
        N_("Bring logs and metrics into one place"),
        N_("All logs of one request are found by its id; latency and errors have a graph and an alert."),
        "S3, S4", "central_logging", "metrics",
    ),
    advise(
        "extract.baseline", "prepare", 0, 14,
        N_("Measure today’s figures"),
        N_("Deploy minutes, deploys a week, p95, errors, uptime and monthly cost are known, each with a target."),
        "S3",
    ),
    advise(
        "extract.boundary", "prepare", 0, 14,
        N_("Find the key of the cut, and draw the boundaries with it"),
        N_("One page says why you split, what decides where a function belongs, and what every boundary buys: "
           "scaling, deployment or ownership."),
        "S0, S2", "boundaries",
    ),
    advise(
        "extract.teams", "prepare", 0, 30,
        N_("Give each service to come a team of its business area"),
        N_("Every service on the page has an owner who answers for it, by day and by night."),
        "S3", "ownership",
    ),
    advise(
        "extract.gateway", "prepare", 10, 10,
        N_("Put a gateway in front, on more than one machine"),
        N_("All traffic passes it, routes change without a code change, and one of its machines can be switched off."),
        "S0, S3, S4", "gateway",
    ),
    advise(
        "extract.flags", "prepare", 14, 10,
        N_("Set up feature flags"),
        N_("A function was switched off and on again in production without a deploy."),
        "S3",
    ),
)  # fmt: skip
#: For each part, from its first day. `{part}` is its name. Canary days are S3's: 1 to 3, 4 to 7, 8 to 10.
EXTRACT_PART: Final = (
    advise(
        "extract.page", "part", 0, 3,
        N_("{part}: write its one page"),
        N_("The page names interface with its version, data, owner, what the boundary buys and what is measured."),
        "S0, S1, S3", "part_name",
    ),
    advise(
        "extract.repository", "part", 3, 5,
        N_("{part}: move its code into a repository of its own"),
        N_("It builds and passes its tests alone, and imports nothing of the monolith."),
        "S2",
    ),
    advise(
        "extract.proxy", "part", 3, 3,
        N_("{part}: send its requests through the proxy, still to the monolith"),
        N_("The gateway’s own graph shows the requests, p95 and errors of this part."),
        "S0, S3",
    ),
    advise(
        "extract.pipeline", "part", 6, 5,
        N_("{part}: give it a pipeline and a container"),
        N_("A change reaches production without a release of the monolith, from an image in the registry."),
        "S1, S3",
    ),
    advise(
        "extract.duplicate", "part", 6, 10,
        N_("{part}: duplicate the function in the service"),
        N_("Old and new answer the same requests in the same way; until then only the old one is used."),
        "S3",
    ),
    advise(
        "extract.data", "part", 8, 8,
        N_("{part}: give it its own data, or a view on the way"),
        N_("No table has two writers. Foreign keys are ids. Where it still reads through a view, the day is set "
           "on which the view goes."),
        "S0, S1, S3, S4", "cross_boundary_transactions",
    ),
    advise(
        "extract.failure", "part", 14, 3,
        N_("{part}: try it slow, and try it down"),
        N_("Callers wait 2 to 5 seconds, retry 2 or 3 times, then a breaker opens (5 failures, 60 seconds) and "
           "users see a fallback, no error."),
        "S1, S3, S4",
    ),
    advise(
        "extract.rollback", "part", 15, 2,
        N_("{part}: practise the way back"),
        N_("Routing alone sends all requests back, in the Readiness guide within 5 seconds. The way is written."),
        "S3",
    ),
    advise(
        "extract.canary_10", "part", 17, 3,
        N_("{part}: 10 % of requests, days 1 to 3"),
        N_("p95 and errors of both sides are compared every day, and the new side is no worse. If it is, go back."),
        "S3",
    ),
    advise(
        "extract.canary_50", "part", 20, 4,
        N_("{part}: 50 % of requests, days 4 to 7"),
        N_("p95 and errors of both sides are compared every day, and the new side is no worse. If it is, go back."),
        "S3",
    ),
    advise(
        "extract.canary_100", "part", 24, 3,
        N_("{part}: 100 % of requests, days 8 to 10"),
        N_("p95 and errors are no worse than the monolith’s were before, and the way back still works."),
        "S3",
    ),
    advise(
        "extract.stable", "part", 27, 14,
        N_("{part}: two stable weeks at 100 %"),
        N_("Fourteen days without a return to the old code and without an alert that the split caused."),
        "S3",
    ),
    advise(
        "extract.remove", "part", 41, 3,
        N_("{part}: remove the old code"),
        N_("Views, tables and tests of this part are gone from the monolith, and so is the route back."),
        "S3",
    ),
    advise(
        "extract.stop", "part", 41, 3,
        N_("{part}: measure again, and stop if the rest runs well"),
        N_("The figures stand beside those from before. The next part begins only where its boundary buys scaling, "
           "deployment or ownership."),
        "S0, S3",
    ),
)  # fmt: skip
MODULAR_PREPARATION: Final = (
    advise(
        "modular.map", "prepare", 0, 10,
        N_("List the modules with owner and callers"),
        N_("Each module is one line: name, owner, who imports it, which tables it writes."),
        "S3, S4", "boundaries", "ownership",
    ),
    advise(
        "modular.build", "prepare", 7, 7,
        N_("Let the build refuse new imports across boundaries"),
        N_("A new crossing fails the build, and today’s exceptions are a list that shrinks."),
        "S4, ours", "boundaries",
    ),
    advise(
        "modular.shared", "prepare", 7, 14,
        N_("Make shared code small and stable"),
        N_("Shared code has an owner and holds utilities alone; what changes often is in the module it belongs to."),
        "S1, S3, S4",
    ),
)  # fmt: skip
MODULAR_MODULE: Final = (
    advise(
        "modular.owner", "module", 0, 3,
        N_("{part}: name the owner"),
        N_("One team owns it, and a change by others needs that team’s review."),
        "S3", "ownership",
    ),
    advise(
        "modular.interface", "module", 0, 10,
        N_("{part}: give it one public interface"),
        N_("Others import the interface and nothing behind it."),
        "S3, S4", "boundaries",
    ),
    advise(
        "modular.contract", "module", 7, 7,
        N_("{part}: write its contract as tests"),
        N_("Tests call the interface alone, and each change of any team runs them."),
        "S3, ours",
    ),
    advise(
        "modular.data", "module", 7, 10,
        N_("{part}: let it alone write its tables"),
        N_("Nobody else writes them; other modules keep ids and ask the interface."),
        "S0, S4", "cross_boundary_transactions",
    ),
    advise(
        "modular.leave", "module", 17, 3,
        N_("{part}: show that it could leave within a week"),
        N_("What is left to do for a service of its own is listed, and adds up to a week at most."),
        "S3",
    ),
)  # fmt: skip
MODULAR_END: Final = (
    advise(
        "modular.measure", "return", 0, 14,
        N_("Measure waiting and collisions again, then answer the questions again"),
        N_("Deploy minutes, waiting hours and colliding changes stand beside those from before, in a new version."),
        "S3", "deploy_minutes", "deploy_waiting",
    ),
)  # fmt: skip
CONSOLIDATE_PREPARATION: Final = (
    advise(
        "consolidate.map", "prepare", 0, 10,
        N_("List the services with owner, releases, callers and tables"),
        N_("Who releases together, calls in chains, shares tables or has no owner is marked in the list."),
        "S3, S4", "distributed_monolith_signs", "services",
    ),
    advise(
        "consolidate.freeze", "prepare", 0, 3,
        N_("Start no new service until the merging is done"),
        N_("All teams know it, and one person may allow an exception."),
        "S4, ours", "services",
    ),
    advise(
        "consolidate.tracing", "prepare", 0, 10,
        N_("Trace calls between services"),
        N_("A trace shows the chain of every slow request, and the chains are counted."),
        "S3, S4", "tracing",
    ),
)  # fmt: skip
#: S3 went from 47 services to 15 in six weeks.
CONSOLIDATE_GROUP: Final = (
    advise(
        "consolidate.repository", "group", 0, 5,
        N_("{part}: one repository and one build"),
        N_("One change across the group is one review and one build; modules inside keep their interfaces."),
        "S3, S4",
    ),
    advise(
        "consolidate.calls", "group", 3, 6,
        N_("{part}: turn calls between them into function calls"),
        N_("No request of the group calls a member of the group over the network."),
        "S3, S4",
    ),
    advise(
        "consolidate.data", "group", 3, 8,
        N_("{part}: one owner for their tables"),
        N_("Shared tables are written by one module, in one transaction."),
        "S0, S3, S4",
    ),
    advise(
        "consolidate.deploy", "group", 9, 5,
        N_("{part}: one deploy, and switch the old services off"),
        N_("Routing sends all requests to the one deploy; the old ones ran idle for a while and are gone."),
        "S3, ours", "deploy_minutes",
    ),
)  # fmt: skip
CONSOLIDATE_END: Final = (
    advise(
        "consolidate.rule", "return", 0, 7,
        N_("Agree when a new service may be started"),
        N_("The rule is written, names who approves, and asks what the boundary buys."),
        "S0, S4", "services",
    ),
    advise(
        "consolidate.measure", "return", 0, 14,
        N_("Measure deploys again, then answer the questions again"),
        N_("Deploy minutes and releases a week stand beside those from before, in a new version."),
        "S3", "deploy_minutes", "deploy_waiting",
    ),
)  # fmt: skip
#: Each quarter, for a system that stays as it is.
STAY_WATCH: Final = (
    advise(
        "watch.teams", "watch", 76, 14,
        N_("Count the teams in the code, and how often they collide"),
        N_("The count is written down. Three teams or daily talks to stay out of each other’s way: ask again."),
        "S0, S3", "teams",
    ),
    advise(
        "watch.deploy", "watch", 76, 14,
        N_("Time a deploy, and what waits for it"),
        N_("The figures are written down. More than 30 minutes that block others: ask again."),
        "S0, S3", "deploy_minutes", "deploy_waiting",
    ),
    advise(
        "watch.load", "watch", 76, 14,
        N_("Look which part takes the load and the money"),
        N_("The largest share is written down. One part that makes you scale all the rest: ask again."),
        "S0, S3, S4", "hot_share", "infra_cost",
    ),
)  # fmt: skip
STAY_END: Final = (
    advise(
        "return.again", "return", 0, 0,
        N_("Answer the questions again"),
        N_("A new version is submitted, earlier where one of the watched figures moved."),
        "S3, ours",
    ),
)  # fmt: skip
#: The tables of each kind: at the beginning, for each part, at the end; and after how many days a part begins, counted
#: from the beginning and then from the part before.
TABLES: Final[dict[Kind, tuple[Sequence[AdvisedStep], Sequence[AdvisedStep], Sequence[AdvisedStep], int, int]]] = {
    "extract": (EXTRACT_PREPARATION, EXTRACT_PART, (), 30, 30),
    "modular": (MODULAR_PREPARATION, MODULAR_MODULE, MODULAR_END, 14, 21),
    "consolidate": (CONSOLIDATE_PREPARATION, CONSOLIDATE_GROUP, CONSOLIDATE_END, 10, 14),
    "stay": (STAY_WATCH, (), STAY_END, 90, 0),
}
#: What a part is called where nobody named one.
UNNAMED: Final = {
    "extract": N_("The first part"),
    "modular": N_("The module that changes most"),
    "consolidate": N_("The group that always changes together"),
}

#: S3's shop: which part went in which month, and why then.
CASE_ORDER: Final = (
    (N_("Recommendations, month 2"), N_("Isolated, 40 % of the CPU, and the shop sells without it.")),
    (N_("Sign-in, month 3"), N_("Everything needs it, but it is simple and its boundary is clear.")),
    (N_("Orders, month 4"), N_("Harder: it shares transactions with payments, so events come with it.")),
    (N_("Payments, month 5"), N_("It listens to the events of orders, and speaks to several providers.")),
    (N_("Catalog, month 6"), N_("Four requests in five only read, so a cache takes most of them.")),
)
#: What that shop reached in six months: figure, before, after. It is what one case told, and no promise.
CASE_REACHED: Final = (
    (N_("Deploy"), N_("45 minutes"), N_("5–12 minutes")),
    (N_("Deploys a week"), N_("2–3"), N_("40–50")),
    (N_("p95"), N_("350 ms"), N_("180 ms")),
    (N_("Uptime"), N_("99.5 %"), N_("99.9 %")),
    (N_("Infrastructure a month"), N_("$3,400"), N_("$2,100")),
    (N_("From idea to users"), N_("2–3 weeks"), N_("3–5 days")),
)

#: The source of each step by its code.
SOURCE_OF_CODE: Final = {step.code: step.source for tables in TABLES.values() for table in tables[:3] for step in table}


def build_plan_steps(
    form: Form,
    *,
    parts: Sequence[PlanPart] = (),
    next_steps: Sequence[Step] = (),
    ready: Collection[str] = (),
    return_after: int = 180,
) -> tuple[AdvisedStep, ...]:
    """The steps of the plan for this form, in the reader's language, in their order.

    `parts` are what goes first, second and third: parts to extract, modules, or groups to merge. `next_steps` are those
    of the result; where the plan has none for their questions, they are part of it. `ready` are questions whose answers
    say that the thing is in place: their preparation is left out. `return_after` days a system that stays is asked
    again.
    """
    kind = KIND_OF_FORM[form]
    beginning, each_part, end, first_after, then_every = TABLES[kind]
    begins = [step for step in beginning if not step.keys or not all(key in ready for key in step.keys)]
    if kind == "stay":
        own_signs = form == "keep"  # services have signs of their own among their next steps
        return (
            *(from_next_step(step, "fix") for step in next_steps if step.code not in ("watch", "keep.signs")),
            *(from_next_step(step, "watch") for step in next_steps if step.code == "keep.signs"),
            *(translate(step) for step in begins if not own_signs),
            *(translate(step, start=return_after) for step in end),
        )
    covered = {key for step in (*beginning, *each_part, *end) for key in step.keys}
    weak = [step for step in next_steps if step.code.startswith("weak.") and not covered.intersection(step.keys)]
    named = list(parts[:MAX_PARTS]) or [PlanPart(name=_(UNNAMED[kind]))]
    steps = [*map(translate, begins), *(from_next_step(step, "prepare") for step in weak)]
    for place, part in enumerate(named):
        steps += steps_of_part(each_part, part, place, first_after + place * then_every)
    last = max(step.due for step in steps)
    return (*steps, *(translate(step, start=last) for step in end))


def steps_of_part(table: Sequence[AdvisedStep], part: PlanPart, place: int, start: int) -> Iterator[AdvisedStep]:
    """The table's steps for one part. The first says why it comes now, as a note."""
    name = part.name if len(part.name) <= MAX_NAME else f"{part.name[: MAX_NAME - 1]}…"
    for number, step in enumerate(table):
        yield translate(
            step,
            stage=f"{step.stage}_{place + 1}",
            start=start + step.start,
            part=name,
            note=part.why if number == 0 else "",
        )


def from_next_step(step: Step, stage: str) -> AdvisedStep:
    """A step of the result, which is in the reader's language already. It may begin at once."""
    return AdvisedStep(
        code=step.code,
        stage=stage,
        title=step.title,
        done_when=step.done,
        source=step.source,
        start=0,
        days=step.days,
        keys=step.keys,
        note=step.why,
    )


def translate(
    step: AdvisedStep, *, stage: str = "", start: int | None = None, part: str = "", note: str = ""
) -> AdvisedStep:
    """The step in the reader's language, at its place."""
    return AdvisedStep(
        code=step.code,
        stage=stage or step.stage,
        title=_(step.title).replace("{part}", part),
        done_when=_(step.done_when),
        source=step.source,
        start=step.start if start is None else start,
        days=step.days,
        keys=step.keys,
        note=note,
    )
