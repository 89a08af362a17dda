"""What the questions about observability, people and the business mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    PREPARE,
    RUNNING,
    AtOdds,
    Block,
    Meaning,
    WeakAnswer,
    both,
    one_of,
)
from assess.language import N_

TRACING: Mapping[str, Meaning] = {
    "tracing": Meaning(
        subject=N_("Tracing"),
        variable="traced",
        values={"none": False, "planned": True, "partial": True, "every_request": True},
        without=N_("the gate `tracing` can never pass or fail: an extraction stays conditional for ever"),
        says={
            "none": N_("No tracing is planned"),
            "planned": N_("Tracing is planned and funded"),
            "partial": N_("Some requests are traced"),
            "every_request": N_("Every request is traced"),
        },
        weak=(
            WeakAnswer(
                values=("none", "planned", "partial"),
                forms=PREPARE,
                title=N_("Put tracing into the monolith"),
                why=N_("Following a request is needed from the first service on, and hard to add later."),
                done=N_("A trace shows a request from the edge to the database, for every request."),
                days=30,
                source="S3, S4",
            ),
            WeakAnswer(
                values=("none", "planned", "partial"),
                forms=RUNNING,
                title=N_("Trace every request through all services"),
                why=N_("Without a trace nobody sees which service is slow, or which two belong together."),
                done=N_("A trace shows every request with its time in each service."),
                days=30,
                source="S3, S4",
            ),
        ),
        at_odds=(
            AtOdds(
                code="traced-without-logs",
                other="central_logging",
                when=both(one_of("every_request"), one_of("none")),
                sentence=N_("Every request is traced, yet logs are in no central place. Is the tracing used?"),
            ),
        ),
    ),
    "central_logging": Meaning(
        subject=N_("Central logging"),
        variable="logged",
        values={"none": False, "planned": True, "in_place": True},
        without=N_("the gate `logging` can never pass or fail: an extraction stays conditional for ever"),
        says={
            "none": N_("Logs are in no central place"),
            "planned": N_("Central logging is planned and funded"),
            "in_place": N_("Logs are in one place"),
        },
        weak=(
            WeakAnswer(
                values=("none", "planned"),
                forms=(*PREPARE, *RUNNING),
                title=N_("Bring the logs into one place"),
                why=N_("With two deployables, searching machine by machine no longer works."),
                done=N_("One search finds all lines of one request."),
                days=30,
                source="S3, S4",
            ),
        ),
    ),
    "metrics": Meaning(
        subject=N_("Metrics"),
        options=("none", "planned", "in_place"),
        says={
            "none": N_("You hear of trouble from users"),
            "planned": N_("Metrics are planned and funded"),
            "in_place": N_("Metrics and alerts are in place"),
        },
        weak=(
            WeakAnswer(
                values=("none", "planned"),
                forms=("offload", *PREPARE, *RUNNING),
                title=N_("Measure response times and errors by part"),
                why=N_("Whether a change helped shows only against numbers from before."),
                done=N_("A chart shows p95 and error rate of each part, and alerts reach somebody."),
                days=30,
                source="S3, S4",
            ),
        ),
    ),
}

PEOPLE: Mapping[str, Meaning] = {
    "hiring": Meaning(
        subject=N_("Hiring"),
        variable="hiring",
        values={"hard": False, "mixed": False, "easy": True},
        without=N_("a checklist item stays open"),
        says={
            "hard": N_("Experienced people are hard to find"),
            "mixed": N_("Some posts are hard to fill"),
            "easy": N_("Experienced people are easy to find"),
        },
        weak=(
            WeakAnswer(
                values=("hard", "mixed"),
                forms=("organisation", "first_step"),
                title=N_("Plan the split with the people you have"),
                why=N_("Services ask more of people; a plan that needs hiring waits for it."),
                done=N_("Each slice names who builds it and who runs it, from today's staff."),
                days=60,
                source="S3",
            ),
        ),
    ),
    "distributed_experience": Meaning(
        subject=N_("Experience with distributed systems"),
        options=("none", "some", "strong"),
        says={
            "none": N_("Nobody here has run services in production"),
            "some": N_("One or two people have run services in production"),
            "strong": N_("Every team has somebody who has run services"),
        },
        weak=(
            WeakAnswer(
                values=("none", "some"),
                forms=(*PREPARE, *RUNNING),
                title=N_("Rehearse failures with one small service"),
                why=N_("Time limits, retries and data that agrees later are learned by doing."),
                done=N_("The team broke a call on purpose, and users saw a friendly answer."),
                days=60,
                source="S1, S3",
            ),
        ),
    ),
}

BUSINESS: Mapping[str, Meaning] = {
    "migration_horizon": Meaning(
        subject=N_("Time the business agreed to"),
        variable="backed",
        values={"weeks": False, "quarter": False, "half_year": True, "year": True},
        block=Block(
            sentence=N_(
                "The business did not agree to half a year. A migration that stops half-way leaves the worst of both."
            ),
            source="S3",
        ),
        without=N_("a business that gave less than half a year never holds an organisation-wide split back"),
        says={
            "weeks": N_("The business agreed to some weeks"),
            "quarter": N_("The business agreed to about a quarter"),
            "half_year": N_("The business agreed to half a year"),
            "year": N_("The business agreed to a year or more"),
        },
        weak=(
            WeakAnswer(
                values=("weeks", "quarter"),
                forms=("organisation", "first_step"),
                title=N_("Agree the time with whoever pays"),
                why=N_("A split of the organisation takes six to twelve months; stopped half-way it costs twice."),
                done=N_("Six months or more are agreed in writing, with an end date."),
                days=30,
                source="S3",
            ),
        ),
        at_odds=(
            AtOdds(
                code="backed-without-budget",
                other="budget",
                when=both(one_of("half_year", "year"), one_of("none")),
                sentence=N_(
                    "The business agreed to half a year or more, yet there is no budget. Who agreed, and to what?"
                ),
            ),
            AtOdds(
                code="backed-without-slowdown",
                other="slowdown_accepted",
                when=both(one_of("half_year", "year"), one_of("no")),
                sentence=N_(
                    "The business agreed to half a year or more, yet features may not slow down. Does it know both?"
                ),
            ),
        ),
    ),
    "budget": Meaning(
        subject=N_("Budget"),
        options=("none", "discussed", "approved"),
        says={
            "none": N_("There is no budget for it"),
            "discussed": N_("A budget was discussed"),
            "approved": N_("A budget is approved"),
        },
        weak=(
            WeakAnswer(
                values=("none", "discussed"),
                forms=("hot_part", "organisation"),
                title=N_("Get the money approved before the first slice"),
                why=N_("A migration that runs out of money leaves two systems to maintain."),
                done=N_("A signed budget covers both systems running side by side."),
                days=30,
                source="S3",
            ),
        ),
    ),
    "slowdown_accepted": Meaning(
        subject=N_("Slower features for a while"),
        options=("no", "partly", "yes"),
        says={
            "no": N_("Features may not slow down"),
            "partly": N_("Some delay of features is accepted"),
            "yes": N_("Slower features are accepted for a while"),
        },
        weak=(
            WeakAnswer(
                values=("no", "partly"),
                forms=("hot_part", "organisation"),
                title=N_("Cut the roadmap to make room"),
                why=N_("Work on the migration is work not done on features."),
                done=N_("The roadmap names what waits, and customers or sales know."),
                days=30,
                source="S3",
            ),
        ),
    ),
}
