"""The sentences of a decision, by stable code. Nothing is decided here, and nothing is decided by these texts."""

from assess.decision.result import Form, GateState, Verdict
from assess.questionnaire.schema import Question

VERDICT_WORDS: dict[Verdict, str] = {
    "stay": "Stay monolithic",
    "modular": "Modular monolith",
    "extract": "Extract services",
}

FORM_WORDS: dict[Form, str] = {
    "healthy": "nothing that a split would cure",
    "offload": "cure the hot spot inside",
    "motives": "the reasons are the problem",
    "cure": "boundaries are the cure",
    "first_step": "boundaries first, services perhaps later",
    "consolidate": "merge services back",
    "hot_part": "one part only",
    "organisation": "slice by slice",
    "keep": "keep the services you have",
}

AXIS_WORDS: dict[str, str] = {
    "boundary": "Pain that a module boundary cures",
    "deployable": "Pain that only a separate deployable cures",
    "separability": "Separability: can boundaries be drawn and kept",
    "devops": "Readiness: DevOps",
    "tracing": "Readiness: tracing and observability",
    "people": "Readiness: people",
    "business": "Readiness: business",
}

#: Instead of the headline while pains that could be acute have not been answered.
HEADLINES_SO_FAR: dict[Form, str] = {
    "healthy": "Stay monolithic as far as is known: nothing told so far hurts acutely, but not every pain was told.",
    "motives": "Stay monolithic as far as is known: the reasons given are wishes, and no acute pain has been told.",
}

#: Instead of the headline of `healthy` where deploys are slow.
HEADLINE_SLOW = "Stay monolithic and make releases quicker: slow delivery alone is a matter of automation."

#: Instead of the headline of an extraction while a gate is open.
HEADLINES_GATES_OPEN: dict[Form, str] = {
    "hot_part": "Prepare to extract the one part that must go its own way; begin only when the open gates hold.",
    "organisation": "Prepare to extract services slice by slice; begin with the first only when the open gates hold.",
}

HEADLINES: dict[Form, str] = {
    "healthy": "Stay monolithic: no pain is acute, and a split would add costs that nothing here would pay back.",
    "offload": "Stay monolithic and cure what hurts from inside, with a worker, a cache, a shard or a library.",
    "motives": "Stay monolithic: the reasons given are wishes rather than pains, and a split cures none of them.",
    "cure": "Stay in one deployable and draw module boundaries in it first: the cheapest cure for what hurts.",
    "first_step": "Stay in one deployable for now: a need for services shows, but something it stands on is missing.",
    "consolidate": "Merge services back along what changes together: apart they cost more than they give.",
    "hot_part": "Extract the one part that must go its own way, then look again before anything else.",
    "organisation": "Extract services slice by slice, one at a time, and stop as soon as the rest is comfortable.",
    "keep": "Keep the services you have: nothing told speaks for merging them. Add none without a pain.",
}

#: What a question is about, as the subject of a reason.
SUBJECTS: dict[str, str] = {
    "scope": "What is decided on",
    "current_shape": "Shape of the system",
    "services": "Services running",
    "distributed_monolith_signs": "Signs of a distributed monolith",
    "product_stage": "Stage of the product",
    "motives": "Motives",
    "developers": "People who commit",
    "teams": "Teams in the code",
    "deploys_per_week": "Deploys a week",
    "team_collisions": "Teams collide in the code",
    "change_breakage": "Changes break unrelated parts",
    "models": "Size of the model layer",
    "deploy_waiting": "Teams wait for each other's release",
    "deploy_minutes": "Time from merge to production",
    "deploy_demand": "Wish to release more often",
    "scaling_profile": "Spread of the load",
    "hot_share": "Share of the most demanding part",
    "load_fit": "How the load is carried",
    "infra_cost": "Cost of infrastructure",
    "tech_lock_in": "Need for another runtime",
    "boundaries": "Module boundaries",
    "cross_boundary_transactions": "Transactions across boundaries",
    "ownership": "Ownership of the parts",
    "platform_team": "Who runs the platform",
    "ci_cd": "Build and release",
    "tests": "Tests",
    "runtime_platform": "Where it runs",
    "gateway": "Gateway",
    "on_call": "On call",
    "tracing": "Tracing",
    "central_logging": "Central logging",
    "metrics": "Metrics",
    "hiring": "Hiring",
    "distributed_experience": "Experience with distributed systems",
    "migration_horizon": "What the business agreed to",
    "budget": "Budget",
    "slowdown_accepted": "Slower features for a while",
}


def subject(question: Question) -> str:
    """What a question is about; an organisation's own question speaks for itself."""
    return SUBJECTS.get(question.key, question.wording.rstrip("?"))


#: What follows from a pain, by question: (when acute, when mild).
PAIN_MEANS: dict[str, tuple[str, str]] = {
    "team_collisions": ("module boundaries with owners end this, no network is needed", "watch it as teams grow"),
    "change_breakage": ("the missing piece is a boundary inside the code", "boundaries would lower it further"),
    "models": ("past fifty models the overview goes", "worth asking past fifty models, but size alone decides nothing"),
    "deploy_waiting": ("only deployables of their own end this", "not yet often enough to pay for services"),
    "deploy_minutes": ("automation comes first", "slow delivery alone is a matter of automation"),
    "deploy_demand": ("find out what holds it back", "automation comes first"),
    "scaling_profile": ("ask what it costs", "a reason to split only once the load is felt"),
    "hot_share": ("ask what it costs", "a reason to split only once the load is felt"),
    "load_fit": ("one part causes it", "the load is felt at times"),
    "infra_cost": ("work out what a split would save", "work out what a split would really save"),
    "tech_lock_in": ("a part cannot run where the rest does", "a wish is not a need"),
}

#: What a calm answer says for staying, by question.
CALM_MEANS: dict[str, str] = {
    "team_collisions": "nobody is in each other's way",
    "change_breakage": "changes stay where they are made",
    "deploy_waiting": "no team waits for another, so separate deployables would free nobody",
    "deploy_demand": "the team releases as often as it wants",
    "scaling_profile": "no part needs to be scaled apart",
    "load_fit": "the system carries its load",
    "infra_cost": "there is no bill to bring down",
    "tech_lock_in": "nothing needs another runtime",
}

#: Gates: what each asks for, and the sentence by state.
GATES: dict[str, dict[GateState, str]] = {
    "boundaries": {
        "passed": "Boundaries are named, so a part can be cut out along a line that exists.",
        "failed": "Boundaries are not named yet: a cut now would run through the middle of something.",
        "open": "Whether boundaries are named is not known.",
    },
    "tracing": {
        "passed": "Tracing is at least funded, so a request can be followed across services.",
        "failed": "No tracing is planned: nobody could follow a request across services.",
        "open": "Whether tracing is funded is not known.",
    },
    "logging": {
        "passed": "Central logging is at least funded.",
        "failed": "No central logging is planned: every failure would be searched for machine by machine.",
        "open": "Whether central logging is funded is not known.",
    },
    "pipeline": {
        "passed": "A pipeline builds and releases without hands.",
        "failed": "Releases are made by hand or by script: every service would multiply that work.",
        "open": "Whether an automated pipeline exists is not known.",
    },
    "platform": {
        "passed": "Somebody runs the platform.",
        "failed": "Nobody runs the platform: services need somebody who does.",
        "open": "Who would run the platform is not known.",
    },
}
GATE_WORDS = {
    "boundaries": "Boundaries named",
    "tracing": "Tracing funded",
    "logging": "Central logging funded",
    "pipeline": "Automated pipeline",
    "platform": "Somebody runs the platform",
}
GATE_KEYS = {
    "boundaries": "boundaries",
    "tracing": "tracing",
    "logging": "central_logging",
    "pipeline": "ci_cd",
    "platform": "platform_team",
}
GATE_SOURCES = {"boundaries": "S2, S4", "tracing": "S3, S4", "logging": "S3, S4", "pipeline": "S3", "platform": "S3"}

#: The seven questions of S3's readiness checklist, in our words, by the starred question that answers each.
CHECKLIST: dict[str, str] = {
    "teams": "Three or more teams work in the code",
    "deploy_minutes": "A deploy takes more than half an hour",
    "hot_share": "Parts differ in what they need to scale",
    "platform_team": "A team of its own runs the platform",
    "tracing": "Tracing is in place, or planned and funded",
    "hiring": "Experienced people can be hired",
    "migration_horizon": "The business agreed to half a year or more",
}

#: Conditions of an organisation-wide split or of taking one part out, when known to fail, by what fails.
BLOCKS: dict[str, str] = {
    "product_stage": "The product is still searching for its market: its parts are not known well enough to be cut "
    "apart.",
    "developers": "Fewer than ten people work on it: services would take more care than they could give.",
    "teams": "A single team works in the code: it can release when it likes.",
    "migration_horizon": "The business did not agree to half a year: a migration that stops half-way leaves the "
    "worst of both.",
    "checklist": "Fewer than five of the seven checklist questions can still be answered with yes.",
    "cross_boundary_transactions": "Many transactions cross the boundary: apart they could no longer be one "
    "transaction.",
    "boundaries": "The code is tangled: there is no line yet along which a part could leave.",
}
BLOCK_SOURCES = {
    "product_stage": "S3",
    "developers": "S3",
    "teams": "S3",
    "migration_horizon": "S3",
    "checklist": "S3",
    "cross_boundary_transactions": "S0, S1, S3",
    "boundaries": "S2, S4",
}

#: What speaks against services that run, by code: sentence, source and the questions it comes from.
STRAINS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "signs": ("Signs of a distributed monolith are there", "S0, S3, S4", ("distributed_monolith_signs",)),
    "shared_database": (
        "The services share a database: a change of its tables is a change of them all.",
        "S0, S3, S4",
        ("distributed_monolith_signs",),
    ),
    "breaking": ("Acute pain says that the boundaries between the parts do not hold.", "S1, S3", ()),
    "untraced": ("No tracing is planned although requests cross services.", "S3, S4", ("tracing",)),
    "unlogged": ("No central logging is planned although services run.", "S3, S4", ("central_logging",)),
    "outnumbered": (
        "There are more services than the people or teams can own.",
        "ours",
        ("services", "developers", "teams"),
    ),
    "waiting": (
        "Releases wait for each other: services that cannot be released apart are not independent.",
        "S3, S4",
        ("deploy_waiting",),
    ),
    "shared_writes": (
        "Many transactions cross the services: what changes together was taken apart.",
        "S0, S1, S3",
        ("cross_boundary_transactions",),
    ),
    "too_early": (
        "A small team, or a product still searching, already carries several services.",
        "S3",
        ("services", "developers", "product_stage"),
    ),
    "many": ("Twenty services or more: their number alone costs.", "S4", ("services",)),
    "slow": ("A deploy takes more than half an hour although services run.", "S3", ("deploy_minutes",)),
    "unowned": ("It is unclear who owns the parts.", "S1, S3", ("ownership",)),
    "cost": ("The infrastructure is painfully expensive.", "S3", ("infra_cost",)),
}

#: Reasons from S4's bad list, named kindly.
MOTIVES: dict[str, str] = {
    "imitation": "Doing as a well-known company does is a fair prompt to look, but their pains are not yours.",
    "new_technology": "Wanting to work with new technology is human; a library or a side project costs less.",
    "avoid_cleanup": "A split does not spare the clean-up: tangled code becomes tangled services.",
    "vague_performance": "Performance that nobody has measured is not yet a reason: measure, then decide.",
}
