"""What the questions about scope and teams mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    EVERYWHERE,
    INSIDE,
    PREPARE,
    RUNNING,
    AtOdds,
    Block,
    Meaning,
    WeakAnswer,
    below,
    both,
    fewer,
    one_of,
)
from assess.language import N_

SCOPE: Mapping[str, Meaning] = {
    "scope": Meaning(
        subject=N_("What is decided on"),
        variable="scope",
        values={"whole_system": "whole", "one_part": "part"},
        without=N_(
            "one part can never be told from the whole system, so waiting releases always mean the organisation"
        ),
        change="circumstance",
    ),
    "current_shape": Meaning(
        subject=N_("Shape of the system"),
        variable="shape",
        values={
            "monolith": "monolith",
            "modular_monolith": "monolith",
            "monolith_with_services": "mixed",
            "services": "services",
            "several_monoliths": "several",
        },
        without=N_("services that already run are never seen: no rule about them fires, and no verdict is firm"),
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
    "services": Meaning(
        subject=N_("Services running"),
        kind="number",
        without=N_("too many services for those who own them are never seen"),
        change="fewer",
    ),
    "distributed_monolith_signs": Meaning(
        subject=N_("Signs of a distributed monolith"),
        kind="several",
        options=(
            "release_together",
            "synchronous_chains",
            "shared_database",
            "contract_ripples",
            "service_per_table",
            "unowned_services",
        ),
        without=N_("signs of a distributed monolith are never seen"),
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
        variable="stage",
        values={"searching": "searching", "growing": "settled", "established": "settled"},
        block=Block(
            sentence=N_("The product still searches for its market. Its parts are not known well enough to cut."),
            source="S3",
        ),
        without=N_("a product that still searches for its market is never held back from an organisation-wide split"),
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
        kind="several",
        options=(
            "independent_scaling",
            "independent_deploys",
            "team_autonomy",
            "different_technology",
            "organisation_boundaries",
            "imitation",
            "new_technology",
            "avoid_cleanup",
            "vague_performance",
        ),
        without=N_("weak reasons are never named"),
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
        kind="number",
        block=Block(
            sentence=N_("Fewer than ten people work on it. Services would take more care than they can give."),
            source="S3",
        ),
        without=N_("fewer than ten people are never held back from an organisation-wide split"),
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
        kind="number",
        without=N_("a single team is never held back from an organisation-wide split, and a checklist item stays open"),
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
        options=("never", "monthly", "weekly", "daily"),
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
        variable="ownership",
        values={"unclear": "unclear", "people": "partly", "partly": "partly", "teams": "teams"},
        without=N_("services without an owner never count"),
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
