"""What the questions about boundaries, and about building and running mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    PREPARE,
    RUNNING,
    AtOdds,
    Block,
    Meaning,
    WeakAnswer,
    at_least,
    both,
    one_of,
)
from assess.language import N_

BOUNDARIES: Mapping[str, Meaning] = {
    "boundaries": Meaning(
        subject=N_("Module boundaries"),
        variable="boundaries",
        values={"tangled": "tangled", "sketched": "sketched", "named": "named", "enforced": "named"},
        block=Block(
            sentence=N_("The code is tangled. There is no line yet along which a part could leave."), source="S2, S4"
        ),
        without=N_("the gate `boundaries` can never pass or fail: an extraction stays conditional for ever"),
        says={
            "tangled": N_("The code is tangled, so there is no line to cut along"),
            "sketched": N_("Boundaries are drawn on paper, but the code does not follow them"),
            "named": N_("Boundaries are named, so a part can be cut out"),
            "enforced": N_("Boundaries are enforced, so a part can be cut out"),
        },
        weak=(
            WeakAnswer(
                values=("tangled", "sketched"),
                forms=("healthy", "motives", "cure", *PREPARE),
                title=N_("Name the modules and their owners"),
                why=N_("Every later move follows a line that already exists in the code."),
                done=N_("A one-page map names every module, what it may import, and who owns it."),
                days=30,
                source="S2, S4",
            ),
            WeakAnswer(
                values=("tangled", "sketched", "named"),
                forms=("cure", "first_step"),
                title=N_("Let the build enforce the boundaries"),
                why=N_("A boundary that only people watch is gone after a year."),
                done=N_("A check of imports runs on every merge and fails on a new crossing."),
                days=60,
                source="ours",
            ),
        ),
        at_odds=(
            AtOdds(
                code="enforced-but-breaking",
                other="change_breakage",
                when=both(one_of("enforced"), one_of("monthly", "weekly")),
                sentence=N_(
                    "Boundaries are enforced, yet changes keep breaking unrelated parts. Through what do they break?"
                ),
            ),
            AtOdds(
                code="tangled-without-transactions",
                other="cross_boundary_transactions",
                when=both(one_of("tangled"), one_of("none")),
                sentence=N_("The code is tangled, yet no transaction crosses a boundary. Which boundaries were meant?"),
            ),
        ),
    ),
    "cross_boundary_transactions": Meaning(
        subject=N_("Transactions across boundaries"),
        variable="writes",
        values={"many": "many", "some": "few", "few": "few", "none": "few"},
        block=Block(
            sentence=N_("Many transactions cross the boundary. Apart, they could no longer be one transaction."),
            source="S0, S1, S3",
        ),
        without=N_("many shared transactions never keep a part from being extracted"),
        says={
            "many": N_("Many transactions cross the boundary"),
            "some": N_("Some transactions cross the boundary"),
            "few": N_("Few transactions cross the boundary"),
            "none": N_("No transaction crosses the boundary"),
        },
        weak=(
            WeakAnswer(
                values=("many", "some"),
                forms=("cure", *PREPARE, "consolidate"),
                title=N_("List the transactions that cross, and halve them"),
                why=N_("Each keeps two parts together; apart it would need steps that can be undone."),
                done=N_("The list is known, half as long, and each left has a way to be undone."),
                days=90,
                source="S0, S1, S3",
            ),
        ),
    ),
    "models": Meaning(
        subject=N_("Size of the model layer"),
        kind="number",
        rises=True,
        acute=N_("Past fifty models the overview goes"),
        mild=N_("Size alone decides nothing"),
        weak=(
            WeakAnswer(
                over=50,
                forms=("cure", "first_step"),
                title=N_("Group the models by area"),
                why=N_("Past fifty models nobody keeps all of them in mind."),
                done=N_("Every model belongs to one app with a name from the business."),
                days=60,
                source="S1",
            ),
        ),
    ),
}

DEVOPS: Mapping[str, Meaning] = {
    "platform_team": Meaning(
        subject=N_("Who runs the platform"),
        variable="platform",
        values={"none": "none", "shared": "shared", "dedicated": "dedicated"},
        without=N_("the gate `platform` can never pass or fail: an extraction stays conditional for ever"),
        says={
            "none": N_("Nobody in particular runs the platform"),
            "shared": N_("Somebody runs the platform beside other work"),
            "dedicated": N_("A team of its own runs the platform"),
        },
        weak=(
            WeakAnswer(
                values=("none",),
                forms=(*PREPARE, *RUNNING),
                title=N_("Decide who runs the platform"),
                why=N_("Clusters and gateways need owners."),
                done=N_("Names and a share of their time are written down."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "ci_cd": Meaning(
        subject=N_("Build and release"),
        variable="automated",
        values={"manual": False, "scripted": False, "pipeline": True, "continuous": True},
        without=N_("the gate `pipeline` can never pass or fail: an extraction stays conditional for ever"),
        says={
            "manual": N_("Releases are made by hand"),
            "scripted": N_("Somebody starts a script for each release"),
            "pipeline": N_("A pipeline builds and releases"),
            "continuous": N_("Every merge goes to production automatically"),
        },
        weak=(
            WeakAnswer(
                values=("manual", "scripted"),
                forms=(*PREPARE, *RUNNING, "healthy", "motives", "cure"),
                title=N_("Automate build, test and release"),
                why=N_("What is done by hand once is done by hand for every service."),
                done=N_("A merge reaches production automatically, and can be rolled back."),
                days=30,
                source="S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="continuous-but-slow",
                other="deploy_minutes",
                when=both(one_of("continuous"), at_least(120)),
                sentence=N_(
                    "Delivery is continuous, yet a merge takes two hours or more to production. Where does the time go?"
                ),
            ),
            AtOdds(
                code="manual-but-frequent",
                other="deploys_per_week",
                when=both(one_of("manual"), at_least(20)),
                sentence=N_(
                    "Releases are made by hand, yet there are twenty a week or more. Is that figure for one system?"
                ),
            ),
            AtOdds(
                code="continuous-without-tests",
                other="tests",
                when=both(one_of("continuous"), one_of("none")),
                sentence=N_("Every merge goes to production, yet there are no tests. What stops a broken one?"),
            ),
        ),
    ),
    "tests": Meaning(
        subject=N_("Tests"),
        options=("none", "patchy", "trusted"),
        says={
            "none": N_("There are hardly any automated tests"),
            "patchy": N_("Automated tests cover some areas"),
            "trusted": N_("People trust the automated tests"),
        },
        weak=(
            WeakAnswer(
                values=("none", "patchy"),
                forms=("healthy", "motives", "cure", "consolidate", *PREPARE),
                title=N_("Cover the first boundary with tests before moving anything"),
                why=N_("Moving code is safe only where something notices what broke."),
                done=N_("The main paths through that boundary have tests that run on every merge."),
                days=60,
                source="S1, S2",
            ),
        ),
    ),
    "runtime_platform": Meaning(
        subject=N_("Where it runs"),
        options=("hand_built", "containers", "orchestrated"),
        says={
            "hand_built": N_("It runs on servers that were set up by hand"),
            "containers": N_("It runs in containers"),
            "orchestrated": N_("It runs on an orchestrated platform"),
        },
        weak=(
            WeakAnswer(
                values=("hand_built",),
                forms=PREPARE,
                title=N_("Run the monolith from one container image"),
                why=N_("Servers set up by hand multiply the work with each service."),
                done=N_("The same image runs in test and production."),
                days=60,
                source="S1, S3",
            ),
            WeakAnswer(
                values=("hand_built",),
                forms=RUNNING,
                title=N_("Run every service from a container image"),
                why=N_("Servers set up by hand multiply the work with each service."),
                done=N_("The same images run in test and production."),
                days=60,
                source="S1, S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="orchestrated-by-nobody",
                other="platform_team",
                when=both(one_of("orchestrated"), one_of("none")),
                sentence=N_("It runs on an orchestrator, yet nobody runs the platform. Who looks after it?"),
            ),
        ),
    ),
    "gateway": Meaning(
        subject=N_("Gateway"),
        options=("none", "planned", "in_place"),
        says={
            "none": N_("Clients talk to the application directly"),
            "planned": N_("A gateway is planned"),
            "in_place": N_("A gateway routes the traffic"),
        },
        weak=(
            WeakAnswer(
                values=("none", "planned"),
                forms=("hot_part", "organisation"),
                title=N_("Put a gateway in front and route by it"),
                why=N_("Traffic moves step by step, and back within seconds, without a change in clients."),
                done=N_(
                    "All traffic passes two or more gateway instances; switching one route back has been rehearsed."
                ),
                days=60,
                source="S0, S3, S4",
            ),
        ),
    ),
    "on_call": Meaning(
        subject=N_("On call"),
        options=("none", "informal", "rota"),
        says={
            "none": N_("Nobody responds at night"),
            "informal": N_("Whoever notices responds at night"),
            "rota": N_("A rota responds at night"),
        },
        weak=(
            WeakAnswer(
                values=("none", "informal"),
                forms=("hot_part", "organisation", *RUNNING),
                title=N_("Agree who responds at night"),
                why=N_("More deployables fail in more ways, and each failure needs somebody who knows where to look."),
                done=N_("A rota with alerts and written instructions ran for a month."),
                days=60,
                source="S4, ours",
            ),
        ),
    ),
}
