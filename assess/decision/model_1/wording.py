"""The sentences of a decision, by stable code. Nothing is decided here, and nothing is decided by these texts."""

from assess.decision.result import Form, GateState, Verdict
from assess.language import N_, Words
from assess.questionnaire.facade import Question, Questionnaire

VERDICT_WORDS: Words[Verdict] = Words(
    {
        "stay": N_("Stay monolithic"),
        "modular": N_("Modular monolith"),
        "extract": N_("Extract services"),
    }
)

#: The same within a sentence.
VERDICTS_INSIDE: Words[Verdict] = Words(
    {
        "stay": N_("stay monolithic"),
        "modular": N_("modular monolith"),
        "extract": N_("extract services"),
    }
)

FORM_WORDS: Words[Form] = Words(
    {
        "healthy": N_("nothing that a split would cure"),
        "offload": N_("cure the hot spot inside"),
        "motives": N_("the reasons are the problem"),
        "cure": N_("boundaries are the cure"),
        "first_step": N_("boundaries first, services perhaps later"),
        "consolidate": N_("merge services back"),
        "hot_part": N_("one part only"),
        "organisation": N_("slice by slice"),
        "keep": N_("keep the services you have"),
    }
)

AXIS_WORDS: Words[str] = Words(
    {
        "boundary": N_("Pain that a module boundary cures"),
        "deployable": N_("Pain that only a separate deployable cures"),
        "separability": N_("Separability: can boundaries be drawn and kept"),
        "devops": N_("Readiness: DevOps"),
        "tracing": N_("Readiness: tracing and observability"),
        "people": N_("Readiness: people"),
        "business": N_("Readiness: business"),
    }
)


def words_of_verdict(slug: str) -> str:
    """Of a verdict as a row keeps it: "Stay monolithic"; "" for none."""
    return next((words for known, words in VERDICT_WORDS.items() if known == slug), "")


def words_of_form(slug: str) -> str:
    """Of a form as a row keeps it, "" for none."""
    return next((words for known, words in FORM_WORDS.items() if known == slug), "")


#: Instead of the headline while pains that could be acute have not been answered.
HEADLINES_SO_FAR: Words[Form] = Words(
    {
        "healthy": N_(
            "Stay monolithic as far as is known: nothing told so far hurts acutely, but not every pain was told."
        ),
        "motives": N_(
            "Stay monolithic as far as is known: the reasons given are wishes, and no acute pain has been told."
        ),
    }
)

#: Instead of the headline of `healthy` where deploys are slow. Marked only.
HEADLINE_SLOW = N_("Stay monolithic and make releases quicker: slow delivery alone is a matter of automation.")

#: Instead of the headline of an extraction while a gate is open.
HEADLINES_GATES_OPEN: Words[Form] = Words(
    {
        "hot_part": N_(
            "Prepare to extract the one part that must go its own way; begin only when the open gates hold."
        ),
        "organisation": N_(
            "Prepare to extract services slice by slice; begin with the first only when the open gates hold."
        ),
    }
)

HEADLINES: Words[Form] = Words(
    {
        "healthy": N_(
            "Stay monolithic: no pain is acute, and a split would add costs that nothing here would pay back."
        ),
        "offload": N_("Stay monolithic and cure what hurts from inside, with a worker, a cache, a shard or a library."),
        "motives": N_(
            "Stay monolithic: the reasons given are wishes rather than pains, and a split cures none of them."
        ),
        "cure": N_("Stay in one deployable and draw module boundaries in it first: the cheapest cure for what hurts."),
        "first_step": N_(
            "Stay in one deployable for now: a need for services shows, but something it stands on is missing."
        ),
        "consolidate": N_("Merge services back along what changes together: apart they cost more than they give."),
        "hot_part": N_("Extract the one part that must go its own way, then look again before anything else."),
        "organisation": N_(
            "Extract services slice by slice, one at a time, and stop as soon as the rest is comfortable."
        ),
        "keep": N_("Keep the services you have: nothing told speaks for merging them. Add none without a pain."),
    }
)

#: What a question is about, as the subject of a reason.
SUBJECTS: Words[str] = Words(
    {
        "scope": N_("What is decided on"),
        "current_shape": N_("Shape of the system"),
        "services": N_("Services running"),
        "distributed_monolith_signs": N_("Signs of a distributed monolith"),
        "product_stage": N_("Stage of the product"),
        "motives": N_("Motives"),
        "developers": N_("People who commit"),
        "teams": N_("Teams in the code"),
        "deploys_per_week": N_("Deploys a week"),
        "team_collisions": N_("Teams collide in the code"),
        "change_breakage": N_("Changes break unrelated parts"),
        "models": N_("Size of the model layer"),
        "deploy_waiting": N_("Teams wait for each other's release"),
        "deploy_minutes": N_("Time from merge to production"),
        "deploy_demand": N_("Wish to release more often"),
        "scaling_profile": N_("Spread of the load"),
        "hot_share": N_("Share of the most demanding part"),
        "load_fit": N_("How the load is carried"),
        "infra_cost": N_("Cost of infrastructure"),
        "tech_lock_in": N_("Need for another runtime"),
        "boundaries": N_("Module boundaries"),
        "cross_boundary_transactions": N_("Transactions across boundaries"),
        "ownership": N_("Ownership of the parts"),
        "platform_team": N_("Who runs the platform"),
        "ci_cd": N_("Build and release"),
        "tests": N_("Tests"),
        "runtime_platform": N_("Where it runs"),
        "gateway": N_("Gateway"),
        "on_call": N_("On call"),
        "tracing": N_("Tracing"),
        "central_logging": N_("Central logging"),
        "metrics": N_("Metrics"),
        "hiring": N_("Hiring"),
        "distributed_experience": N_("Experience with distributed systems"),
        "migration_horizon": N_("What the business agreed to"),
        "budget": N_("Budget"),
        "slowdown_accepted": N_("Slower features for a while"),
    }
)


def subject(question: Question) -> str:
    """What a question is about; an organisation's own question speaks for itself."""
    return SUBJECTS.get(question.key, question.wording.rstrip("?"))


def inside(questionnaire: Questionnaire, text: str) -> str:
    """The words of an answer within a sentence: small in English, as they stand in any other language.

    >>> inside(split_checklist, "Every week")
    'every week'
    """
    return text.lower() if questionnaire.language.partition("-")[0] == "en" else text


#: What follows from a pain, by question: (when acute, when mild). Marked only.
PAIN_MEANS: dict[str, tuple[str, str]] = {
    "team_collisions": (
        N_("module boundaries with owners end this, no network is needed"),
        N_("watch it as teams grow"),
    ),
    "change_breakage": (N_("the missing piece is a boundary inside the code"), N_("boundaries would lower it further")),
    "models": (
        N_("past fifty models the overview goes"),
        N_("worth asking past fifty models, but size alone decides nothing"),
    ),
    "deploy_waiting": (N_("only deployables of their own end this"), N_("not yet often enough to pay for services")),
    "deploy_minutes": (N_("automation comes first"), N_("slow delivery alone is a matter of automation")),
    "deploy_demand": (N_("find out what holds it back"), N_("automation comes first")),
    "scaling_profile": (N_("ask what it costs"), N_("a reason to split only once the load is felt")),
    "hot_share": (N_("ask what it costs"), N_("a reason to split only once the load is felt")),
    "load_fit": (N_("one part causes it"), N_("the load is felt at times")),
    "infra_cost": (N_("work out what a split would save"), N_("work out what a split would really save")),
    "tech_lock_in": (N_("a part cannot run where the rest does"), N_("a wish is not a need")),
}

#: What a calm answer says for staying, by question.
CALM_MEANS: Words[str] = Words(
    {
        "team_collisions": N_("nobody is in each other's way"),
        "change_breakage": N_("changes stay where they are made"),
        "deploy_waiting": N_("no team waits for another, so separate deployables would free nobody"),
        "deploy_demand": N_("the team releases as often as it wants"),
        "scaling_profile": N_("no part needs to be scaled apart"),
        "load_fit": N_("the system carries its load"),
        "infra_cost": N_("there is no bill to bring down"),
        "tech_lock_in": N_("nothing needs another runtime"),
    }
)

#: Gates: what each asks for, and the sentence by state.
GATES: dict[str, Words[GateState]] = {
    "boundaries": Words(
        {
            "passed": N_("Boundaries are named, so a part can be cut out along a line that exists."),
            "failed": N_("Boundaries are not named yet: a cut now would run through the middle of something."),
            "open": N_("Whether boundaries are named is not known."),
        }
    ),
    "tracing": Words(
        {
            "passed": N_("Tracing is at least funded, so a request can be followed across services."),
            "failed": N_("No tracing is planned: nobody could follow a request across services."),
            "open": N_("Whether tracing is funded is not known."),
        }
    ),
    "logging": Words(
        {
            "passed": N_("Central logging is at least funded."),
            "failed": N_("No central logging is planned: every failure would be searched for machine by machine."),
            "open": N_("Whether central logging is funded is not known."),
        }
    ),
    "pipeline": Words(
        {
            "passed": N_("A pipeline builds and releases without hands."),
            "failed": N_("Releases are made by hand or by script: every service would multiply that work."),
            "open": N_("Whether an automated pipeline exists is not known."),
        }
    ),
    "platform": Words(
        {
            "passed": N_("Somebody runs the platform."),
            "failed": N_("Nobody runs the platform: services need somebody who does."),
            "open": N_("Who would run the platform is not known."),
        }
    ),
}
GATE_WORDS: Words[str] = Words(
    {
        "boundaries": N_("Boundaries named"),
        "tracing": N_("Tracing funded"),
        "logging": N_("Central logging funded"),
        "pipeline": N_("Automated pipeline"),
        "platform": N_("Somebody runs the platform"),
    }
)
GATE_KEYS = {
    "boundaries": "boundaries",
    "tracing": "tracing",
    "logging": "central_logging",
    "pipeline": "ci_cd",
    "platform": "platform_team",
}
GATE_SOURCES = {"boundaries": "S2, S4", "tracing": "S3, S4", "logging": "S3, S4", "pipeline": "S3", "platform": "S3"}

#: The seven questions of S3's readiness checklist, in our words, by the starred question that answers each.
CHECKLIST: Words[str] = Words(
    {
        "teams": N_("Three or more teams work in the code"),
        "deploy_minutes": N_("A deploy takes more than half an hour"),
        "hot_share": N_("Parts differ in what they need to scale"),
        "platform_team": N_("A team of its own runs the platform"),
        "tracing": N_("Tracing is in place, or planned and funded"),
        "hiring": N_("Experienced people can be hired"),
        "migration_horizon": N_("The business agreed to half a year or more"),
    }
)

#: Conditions of an organisation-wide split or of taking one part out, when known to fail, by what fails.
BLOCKS: Words[str] = Words(
    {
        "product_stage": N_(
            "The product is still searching for its market: its parts are not known well enough to be cut apart."
        ),
        "developers": N_("Fewer than ten people work on it: services would take more care than they could give."),
        "teams": N_("A single team works in the code: it can release when it likes."),
        "migration_horizon": N_(
            "The business did not agree to half a year: a migration that stops half-way leaves the worst of both."
        ),
        "checklist": N_("Fewer than five of the seven checklist questions can still be answered with yes."),
        "cross_boundary_transactions": N_(
            "Many transactions cross the boundary: apart they could no longer be one transaction."
        ),
        "boundaries": N_("The code is tangled: there is no line yet along which a part could leave."),
    }
)
BLOCK_SOURCES = {
    "product_stage": "S3",
    "developers": "S3",
    "teams": "S3",
    "migration_horizon": "S3",
    "checklist": "S3",
    "cross_boundary_transactions": "S0, S1, S3",
    "boundaries": "S2, S4",
}

#: What speaks against services that run, by code: sentence (marked only), source and the questions it comes from.
STRAINS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "signs": (N_("Signs of a distributed monolith are there: {signs}."), "S0, S3, S4", ("distributed_monolith_signs",)),
    "shared_database": (
        N_("The services share a database: a change of its tables is a change of them all."),
        "S0, S3, S4",
        ("distributed_monolith_signs",),
    ),
    "breaking": (N_("Acute pain says that the boundaries between the parts do not hold."), "S1, S3", ()),
    "untraced": (N_("No tracing is planned although requests cross services."), "S3, S4", ("tracing",)),
    "unlogged": (N_("No central logging is planned although services run."), "S3, S4", ("central_logging",)),
    "outnumbered": (
        N_("There are more services than the people or teams can own."),
        "ours",
        ("services", "developers", "teams"),
    ),
    "waiting": (
        N_("Releases wait for each other: services that cannot be released apart are not independent."),
        "S3, S4",
        ("deploy_waiting",),
    ),
    "shared_writes": (
        N_("Many transactions cross the services: what changes together was taken apart."),
        "S0, S1, S3",
        ("cross_boundary_transactions",),
    ),
    "too_early": (
        N_("A small team, or a product still searching, already carries several services."),
        "S3",
        ("services", "developers", "product_stage"),
    ),
    "many": (N_("Twenty services or more: their number alone costs."), "S4", ("services",)),
    "slow": (N_("A deploy takes more than half an hour although services run."), "S3", ("deploy_minutes",)),
    "unowned": (N_("It is unclear who owns the parts."), "S1, S3", ("ownership",)),
    "cost": (N_("The infrastructure is painfully expensive."), "S3", ("infra_cost",)),
}

#: Reasons from S4's bad list, named kindly.
MOTIVES: Words[str] = Words(
    {
        "imitation": N_("Doing as a well-known company does is a fair prompt to look, but their pains are not yours."),
        "new_technology": N_("Wanting to work with new technology is human; a library or a side project costs less."),
        "avoid_cleanup": N_("A split does not spare the clean-up: tangled code becomes tangled services."),
        "vague_performance": N_("Performance that nobody has measured is not yet a reason: measure, then decide."),
    }
)
