"""What the questions about deploys and changes mean for the decision."""

from collections.abc import Mapping

from assess.decision.meanings.record import (
    EVERYWHERE,
    INSIDE,
    PREPARE,
    AtOdds,
    Meaning,
    WeakAnswer,
    at_least,
    both,
    one_of,
)
from assess.language import N_

DEPLOYS: Mapping[str, Meaning] = {
    "deploy_minutes": Meaning(
        subject=N_("Time from merge to production"),
        kind="number",
        rises=True,
        without=N_("a checklist item stays open"),
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
        kind="number",
        read_by=N_("contradictions between answers"),
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
        options=("never", "sometimes", "often", "always"),
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
        options=("satisfied", "want_more", "blocked"),
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
        options=("never", "rarely", "monthly", "weekly"),
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
    "special_needs": Meaning(
        subject=N_("Needs of one part"), read_by=N_("which questions are asked"), asks_pain=True, change="fewer"
    ),
    "change_rhythm": Meaning(
        subject=N_("Pace of change"),
        options=("alike", "somewhat", "far_apart"),
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
