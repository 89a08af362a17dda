"""What the questions about scope, teams, deploys, load and technology mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    EVERYWHERE,
    INSIDE,
    PREPARE,
    RUNNING,
    AtOdds,
    Meaning,
    WeakAnswer,
    at_least,
    below,
    both,
    fewer,
    one_of,
)
from assess.language import N_

SCOPE: Mapping[str, Meaning] = {
    "scope": Meaning(subject=N_("What is decided on"), change="circumstance"),
    "current_shape": Meaning(
        subject=N_("Shape of the system"),
        change="circumstance",
        at_odds=(
            AtOdds(
                code="services-without-services",
                other="services",
                when=both(one_of("services"), below(2)),
                sentence=N_("It is a landscape of services, yet there are fewer than two. Is it a monolith?"),
            ),
        ),
    ),
    "services": Meaning(subject=N_("Services running"), change="fewer"),
    "distributed_monolith_signs": Meaning(
        subject=N_("Signs of a distributed monolith"),
        change="fewer",
        weak=(
            WeakAnswer(
                values=("release_together",),
                forms=RUNNING,
                title=N_("Break the joint release, or merge what needs it"),
                why=N_("Services that must go out together are one deployable in several pieces."),
                done=N_("Ten releases in a row went out alone, or the services are one."),
                days=60,
                source="S3, S4",
            ),
            WeakAnswer(
                values=("synchronous_chains",),
                forms=RUNNING,
                title=N_("Shorten the chains of calls"),
                why=N_("Each hop adds delay and one more service that can be down."),
                done=N_("No usual request passes more than two services; time limits and a breaker guard each call."),
                days=60,
                source="S3, S4",
            ),
            WeakAnswer(
                values=("shared_database",),
                forms=(*RUNNING, "organisation", "hot_part"),
                title=N_("Give each table one service that writes it"),
                why=N_("Shared tables tie together again what was separated."),
                done=N_("Every table has one writer; others ask for the data through an interface."),
                days=90,
                source="S0, S3, S4",
            ),
            WeakAnswer(
                values=("contract_ripples",),
                forms=RUNNING,
                title=N_("Version the interfaces"),
                why=N_("A caller that must change with every release is not independent."),
                done=N_("Old and new versions run side by side, and old ones have an end date."),
                days=60,
                source="S1, S3",
            ),
            WeakAnswer(
                values=("service_per_table",),
                forms=RUNNING,
                title=N_("Regroup the services by business area"),
                why=N_("Cut along tables, one order needs five calls and no transaction."),
                done=N_("A map names the areas, and every service belongs to one."),
                days=60,
                source="S3",
            ),
            WeakAnswer(
                values=("unowned_services",),
                forms=RUNNING,
                title=N_("Find an owner for every service, or retire it"),
                why=N_("A service that nobody owns is one that nobody mends."),
                done=N_("Every service names one team; those without one are merged or switched off."),
                days=30,
                source="S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="together-without-waiting",
                other="deploy_waiting",
                when=both(one_of("release_together"), one_of("never")),
                sentence=N_(
                    "Services are released together, yet no team waits for another. Does one team own them all?"
                ),
            ),
        ),
    ),
    "product_stage": Meaning(
        subject=N_("Stage of the product"),
        change="circumstance",
        says={"searching": N_("The product still searches for its market")},
        weak=(
            WeakAnswer(
                values=("searching",),
                forms=EVERYWHERE,
                title=N_("Keep boundaries cheap to move until the product settles"),
                why=N_("While whole features come and go, a service freezes a line in the wrong place."),
                done=N_("Two quarters passed in which no main area changed its purpose."),
                days=90,
                source="S3",
            ),
        ),
    ),
    "motives": Meaning(
        subject=N_("Motives"),
        change="fewer",
        at_odds=(
            AtOdds(
                code="scaling-wish-even-load",
                other="scaling_profile",
                when=both(one_of("independent_scaling"), one_of("even")),
                sentence=N_(
                    "Scaling parts apart is a motive, yet all parts need about the same. Which part should scale?"
                ),
            ),
            AtOdds(
                code="deploy-wish-no-waiting",
                other="deploy_waiting",
                when=both(one_of("independent_deploys"), one_of("never")),
                sentence=N_(
                    "Independent releases are a motive, yet no team ever waits for another. What would get better?"
                ),
            ),
            AtOdds(
                code="technology-wish-no-need",
                other="tech_lock_in",
                when=both(one_of("different_technology"), one_of("none")),
                sentence=N_("Another technology is a motive, yet no part needs one. Which part is meant?"),
            ),
            AtOdds(
                code="performance-wish-comfortable",
                other="load_fit",
                when=both(one_of("vague_performance"), one_of("comfortable")),
                sentence=N_(
                    "Performance is a motive, yet the system carries its load with ease. What is slow, and for whom?"
                ),
            ),
        ),
    ),
}

TEAMS: Mapping[str, Meaning] = {
    "developers": Meaning(
        subject=N_("People who commit"),
        change="circumstance",
        at_odds=(
            AtOdds(
                code="more-teams-than-people",
                other="teams",
                when=fewer,
                sentence=N_("There are more teams than people who commit. Which of the two figures is right?"),
            ),
        ),
    ),
    "teams": Meaning(
        subject=N_("Teams in the code"),
        change="circumstance",
        at_odds=(
            AtOdds(
                code="waiting-alone",
                other="deploy_waiting",
                when=both(below(2), one_of("often", "always")),
                sentence=N_("Teams wait for each other's release, yet there is only one team. Who waits for whom?"),
            ),
            AtOdds(
                code="colliding-alone",
                other="team_collisions",
                when=both(below(2), one_of("weekly", "daily")),
                sentence=N_("Teams get in each other's way, yet there is only one team. Are there several after all?"),
            ),
        ),
    ),
    "team_collisions": Meaning(
        subject=N_("Collisions between teams"),
        says={
            "never": N_("Teams never collide in the code"),
            "monthly": N_("Teams collide about once a month"),
            "weekly": N_("Teams collide about once a week"),
            "daily": N_("Teams collide every day"),
        },
        acute=N_("Boundaries with owners end that"),
        mild=N_("Watch it as teams grow"),
        calm=N_("Nobody is in anybody's way"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("weekly", "daily"),
                forms=(*INSIDE, *PREPARE),
                title=N_("Draw the line where teams collide most"),
                why=N_("A few files cause most collisions; a boundary with an owner ends them."),
                done=N_("The ten files changed by most teams each have one owner."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "ownership": Meaning(
        subject=N_("Ownership of the parts"),
        says={
            "unclear": N_("It is unclear who owns which part"),
            "people": N_("Certain people know the parts, but no team owns them"),
            "partly": N_("Teams own the main areas. Nobody owns the rest"),
            "teams": N_("Every area has a team that owns it"),
        },
        weak=(
            WeakAnswer(
                values=("unclear", "people", "partly"),
                forms=("cure", *PREPARE, *RUNNING),
                title=N_("Give every part one owning team"),
                why=N_("Collisions end where it is clear who decides; a service needs somebody who runs it."),
                done=N_("Every part names one team; changes from others go through its review."),
                days=30,
                source="S1, S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="owned-and-unowned",
                other="distributed_monolith_signs",
                when=both(one_of("teams"), one_of("unowned_services")),
                sentence=N_(
                    "Every part has an owning team, yet some services have no owner. Which ones were left out?"
                ),
            ),
        ),
    ),
}

DEPLOYS: Mapping[str, Meaning] = {
    "deploy_minutes": Meaning(
        subject=N_("Time from merge to production"),
        acute=N_("Automation comes first"),
        mild=N_("Slow delivery alone is a matter of automation"),
        weak=(
            WeakAnswer(
                over=30,
                forms=EVERYWHERE,
                title=N_("Shorten the way to production"),
                why=N_("More than half an hour is a matter of automation before it is one of architecture."),
                done=N_("Merge to production takes less than half an hour, measured over a week."),
                days=60,
                source="S3",
            ),
        ),
    ),
    "deploys_per_week": Meaning(
        subject=N_("Deploys a week"),
        change="circumstance",
        at_odds=(
            AtOdds(
                code="daily-deploys-always-waiting",
                other="deploy_waiting",
                when=both(at_least(5), one_of("always")),
                sentence=N_(
                    "It is deployed every day, yet teams always wait for a release. How often does each team release?"
                ),
            ),
        ),
    ),
    "deploy_waiting": Meaning(
        subject=N_("Waiting for another team's release"),
        says={
            "never": N_("No team waits for another's release"),
            "sometimes": N_("Teams sometimes wait for each other's release"),
            "often": N_("Teams often wait for each other's release"),
            "always": N_("Teams always wait for each other's release"),
        },
        acute=N_("Only separate deployables end that"),
        mild=N_("That is not yet often enough to pay for services"),
        calm=N_("Separate deployables would free nobody"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("often", "always"),
                forms=("first_step", "cure"),
                title=N_("Let each team release behind a switch"),
                why=N_("Feature flags and small merges take waiting away before a split can."),
                done=N_("Unfinished work is merged switched off, and no release waits for it."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "deploy_demand": Meaning(
        subject=N_("Wish to release more often"),
        says={
            "satisfied": N_("You release as often as the business wants"),
            "want_more": N_("The business would like more releases"),
            "blocked": N_("Releases hold the business back"),
        },
        acute=N_("Find out what holds them back"),
        mild=N_("Automation comes first"),
        calm=N_("Faster releases are not missed"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("blocked",),
                forms=EVERYWHERE,
                title=N_("Find what holds releases back"),
                why=N_("Tests, approvals and other teams need different cures."),
                done=N_("The last ten releases have a line each: how long they waited, and for what."),
                days=30,
                source="S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="satisfied-but-waiting",
                other="deploy_waiting",
                when=both(one_of("satisfied"), one_of("often", "always")),
                sentence=N_(
                    "Nobody wants to release more often, yet teams wait for each other's release. Does that hurt?"
                ),
            ),
            AtOdds(
                code="blocked-but-frequent",
                other="deploys_per_week",
                when=both(one_of("blocked"), at_least(20)),
                sentence=N_(
                    "Releasing is blocked, yet it is deployed twenty times a week or more. What exactly is blocked?"
                ),
            ),
        ),
    ),
    "change_breakage": Meaning(
        subject=N_("Changes that break unrelated parts"),
        says={
            "never": N_("Changes never break unrelated parts"),
            "rarely": N_("Changes rarely break unrelated parts"),
            "monthly": N_("A change breaks an unrelated part about once a month"),
            "weekly": N_("A change breaks an unrelated part about once a week"),
        },
        acute=N_("A boundary inside the code is missing"),
        mild=N_("Boundaries would lower it further"),
        calm=N_("Changes stay where they are made"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("monthly", "weekly"),
                forms=(*INSIDE, *PREPARE),
                title=N_("Trace the last five surprises to a missing boundary"),
                why=N_("Breakage comes through shared models and imports that can be named."),
                done=N_("Each of the five has a boundary that would have stopped it, and two are drawn."),
                days=30,
                source="S1, S2, S3",
            ),
        ),
    ),
    "special_needs": Meaning(subject=N_("Needs of one part"), asks_pain=True, change="fewer"),
    "change_rhythm": Meaning(
        subject=N_("Pace of change"),
        says={
            "alike": N_("Parts change at about the same pace"),
            "somewhat": N_("Parts change at a somewhat different pace"),
            "far_apart": N_("Parts change at a very different pace, or need very different care"),
        },
        acute=N_("Apart, each part keeps its own pace"),
        mild=N_("It counts beside another pain, where a boundary is clear"),
        calm=N_("No part holds another to its pace"),
        asks_pain=True,
        weak=(
            WeakAnswer(
                values=("far_apart",),
                forms=("healthy", "motives", "offload", "cure", "first_step"),
                title=N_("Test and release the quiet part only when it changes"),
                why=N_("Most of the double testing ends with tests that run by area."),
                done=N_("A change in one area runs the tests of that area alone."),
                days=60,
                source="S2",
            ),
        ),
    ),
}

LOAD: Mapping[str, Meaning] = {
    "scaling_profile": Meaning(
        subject=N_("Spread of the load"),
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
        subject=N_("Share of the most demanding part"), mild=N_("Split for that only once the load hurts")
    ),
    "load_fit": Meaning(
        subject=N_("How the load is carried"),
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
        change="circumstance",
        says={"manifold": N_("Growth to several times as much is funded")},
    ),
}

TECHNOLOGY: Mapping[str, Meaning] = {
    "tech_lock_in": Meaning(
        subject=N_("Need for another runtime"),
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
        says={
            "none": N_("Nobody demands that a part runs apart"),
            "eases": N_("An audit would be easier with a part apart"),
            "required": N_("A law, an audit or a contract demands that a part runs apart"),
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
    "part_name": Meaning(subject=N_("Name of the part")),
}
