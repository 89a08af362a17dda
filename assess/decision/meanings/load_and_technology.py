"""What the questions about load and technology mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    EVERYWHERE,
    INSIDE,
    PREPARE,
    AtOdds,
    Meaning,
    WeakAnswer,
    at_least,
    below,
    both,
    one_of,
)
from assess.language import N_

LOAD: Mapping[str, Meaning] = {
    "scaling_profile": Meaning(
        subject=N_("Spread of the load"),
        options=("even", "somewhat", "one_part_dominates"),
        without=N_("one part that dominates is known by its measured share only"),
        says={
            "even": N_("All parts need about the same computing"),
            "somewhat": N_("Some parts need somewhat more computing"),
            "one_part_dominates": N_("One part needs far more machines than the rest"),
        },
        mild=N_("Split for that only once the load hurts"),
        calm=N_("No part needs to be scaled apart"),
        at_odds=(
            AtOdds(
                code="even-but-dominated",
                other="hot_share",
                when=both(one_of("even"), at_least(40)),
                sentence=N_(
                    "The load is even, yet one part takes 40 % of the capacity or more. Which of the two was measured?"
                ),
            ),
            AtOdds(
                code="dominated-but-small",
                other="hot_share",
                when=both(one_of("one_part_dominates"), below(30)),
                sentence=N_(
                    "One part dominates the load, yet it takes less than 30 % of the capacity. What was measured?"
                ),
            ),
        ),
        weak=(
            WeakAnswer(
                values=("one_part_dominates",),
                forms=INSIDE,
                title=N_("Measure what the demanding part needs"),
                why=N_("A worker or a cache for that part costs days; a service costs months."),
                done=N_("Its share of processor, memory and cost is on a chart."),
                days=30,
                source="S0, S3",
            ),
        ),
    ),
    "hot_share": Meaning(
        subject=N_("Share of the most demanding part"),
        kind="number",
        rises=True,
        without=N_("a checklist item rests on an impression instead of a measured share"),
        mild=N_("Split for that only once the load hurts"),
    ),
    "load_fit": Meaning(
        subject=N_("How the load is carried"),
        options=("comfortable", "peaks_hurt", "failing"),
        says={
            "comfortable": N_("The system carries its load"),
            "peaks_hurt": N_("Peaks hurt"),
            "failing": N_("The load makes the system fail"),
        },
        acute=N_("Find the slow step, then decide what to move"),
        calm=N_("More machines would help nobody"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("peaks_hurt", "failing"),
                forms=(*INSIDE, *PREPARE),
                title=N_("Measure where the load goes"),
                why=N_("The cure depends on the slow step: code, database or supplier."),
                done=N_("A table of the most demanding requests and jobs, with their share of time and cost."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "infra_cost": Meaning(
        subject=N_("Cost of infrastructure"),
        options=("acceptable", "noticeable", "painful"),
        says={
            "acceptable": N_("The bill is acceptable"),
            "noticeable": N_("The bill is noticed"),
            "painful": N_("The bill hurts"),
        },
        acute=N_("Work out what a split would save"),
        mild=N_("Work out what a split would really save"),
        calm=N_("There is no bill to bring down"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("painful",),
                forms=EVERYWHERE,
                title=N_("Work out what each part costs"),
                why=N_("The same sum is noise to one organisation and a post to another."),
                done=N_("The bill is split by part, and the scaling sum is filled in."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "bottleneck": Meaning(
        subject=N_("Where the time goes under load"),
        variable="bottleneck",
        values={"application": "application", "database": "elsewhere", "outside": "elsewhere"},
        without=N_("a slow database is never told from a part that is short of machines"),
        says={
            "application": N_("Under load your own code is short of machines"),
            "database": N_("Under load the database is the slow step"),
            "outside": N_("Under load requests wait for somebody else's system"),
        },
        weak=(
            WeakAnswer(
                values=("database",),
                forms=(*INSIDE, *PREPARE),
                title=N_("Relieve the database: indexes, a replica, then a shard"),
                why=N_("A service on the same slow database is as slow as before."),
                done=N_("The ten slowest queries are mended, and the database has room at the peak."),
                days=60,
                source="S3",
            ),
            WeakAnswer(
                values=("outside",),
                forms=(*INSIDE, *PREPARE),
                title=N_("Guard calls to suppliers with time limits and a queue"),
                why=N_("Waiting for somebody else ends with a limit, not with a split."),
                done=N_("Every outside call has a time limit and retries, and the slow ones run in a worker."),
                days=30,
                source="S1, S3",
            ),
        ),
    ),
    "cheaper_cures": Meaning(
        subject=N_("What was tried inside"),
        variable="cures",
        values={"untried": "untried", "some": "some", "exhausted": "exhausted"},
        without=N_("nobody is ever told to try something cheaper first"),
        says={
            "untried": N_("Nothing cheaper was tried yet"),
            "some": N_("Some cheaper cures were tried"),
            "exhausted": N_("The cheaper cures were tried, and it still hurts"),
        },
        weak=(
            WeakAnswer(
                values=("untried", "some"),
                forms=(*INSIDE, *PREPARE),
                title=N_("Move the hottest job out of the request, not out of the system"),
                why=N_("A worker that shares code and database costs days; a service costs months."),
                done=N_("The job runs in its own worker or behind a cache, and the measurement shows the difference."),
                days=60,
                source="ours",
            ),
        ),
    ),
    "growth": Meaning(
        subject=N_("Funded growth"),
        variable="growth",
        values={"steady": False, "double": False, "manifold": True},
        without=N_("funded growth never counts"),
        change="circumstance",
        says={"manifold": N_("Growth to several times as much is funded")},
    ),
}

TECHNOLOGY: Mapping[str, Meaning] = {
    "tech_lock_in": Meaning(
        subject=N_("Need for another runtime"),
        options=("none", "wish", "end_of_support", "blocking"),
        says={
            "none": N_("Nothing needs another runtime"),
            "wish": N_("Another technology would suit a part better"),
            "end_of_support": N_("Support of the language or framework ends"),
            "blocking": N_("A part needs a runtime that the monolith cannot host"),
        },
        acute=N_("It cannot run where the rest does"),
        mild=N_("That is no need for a split"),
        calm=N_("Everything planned runs on what you have"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("end_of_support",),
                forms=EVERYWHERE,
                title=N_("Plan the port before anything else"),
                why=N_("It has to be ported whole or in pieces; tests and boundaries make both cheaper."),
                done=N_("The port has an owner, an order of modules and an end date."),
                days=30,
                source="S3",
            ),
            WeakAnswer(
                values=("blocking",),
                forms=PREPARE,
                title=N_("Try the other runtime on one small feature"),
                why=N_("A trial shows within days whether a library would do as well."),
                done=N_("One feature ran in it for two weeks, and its cost is written down."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "kept_apart": Meaning(
        subject=N_("A part that must run apart"),
        options=("none", "eases", "required"),
        says={
            "none": N_("Nobody demands that a part runs apart"),
            "eases": N_("An audit would be easier with a part apart"),
            "required": N_("A law, an audit, a contract or untrusted input demands that a part runs apart"),
        },
        acute=N_("No boundary inside one process meets that"),
        mild=N_("It passes as it is"),
        calm=N_("Nothing has to leave for that"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("required",),
                forms=PREPARE,
                title=N_("Agree the scope of the separate part with whoever demands it"),
                why=N_("The smaller the part, the smaller the audit."),
                done=N_("The auditor or lawyer has confirmed in writing what must run apart."),
                days=30,
                source="ours",
            ),
        ),
    ),
    "failure_spread": Meaning(
        subject=N_("Faults that spread"),
        options=("contained", "rarely", "often"),
        says={
            "contained": N_("Failures stay where they happen"),
            "rarely": N_("One part once took the others down"),
            "often": N_("One part takes the others down again and again"),
        },
        acute=N_("A process of its own contains it"),
        mild=N_("It was mended"),
        calm=N_("No part has to be walled off"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("often",),
                forms=(*INSIDE, *PREPARE),
                title=N_("Put limits on the part that takes others down"),
                why=N_("A worker with its own memory and time limit contains most leaks at once."),
                done=N_("The part failed on purpose, and the rest kept running."),
                days=30,
                source="ours",
            ),
        ),
    ),
    "part_name": Meaning(subject=N_("Name of the part"), read_by=N_("sentences about the part")),
}
