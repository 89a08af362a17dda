"""The sentences of a decision, by stable code. Nothing is decided here, and nothing is decided by these texts.

What a question is about, and what follows from its answers, stands in its record (`meanings`).
"""

from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.meanings.record import Block
from assess.decision.result import Form, GateState, Score, Verdict
from assess.language import N_, Words, _
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value

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

#: The same where nothing is decided yet and one word may not sound like advice.
UNDECIDED_INSIDE: Words[Verdict] = Words(
    {
        "stay": N_("leaving it as it is"),
        "modular": N_("a modular monolith"),
        "extract": N_("services"),
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
        "keep": N_("they serve their teams"),
    }
)


def title_of(verdict: str, form: str) -> str:
    """What to call the outcome: the verdict, but services that stay are kept and not extracted. "" for none.

    >>> title_of("extract", "keep")
    'Keep your services'
    """
    return _("Keep your services") if verdict and form == "keep" else words_of_verdict(verdict)


AXIS_WORDS: Words[str] = Words(
    {
        "boundary": N_("Module boundaries cure these"),
        "deployable": N_("Only separate deployables cure these"),
        "separability": N_("Can a part be cut out cleanly?"),
        "devops": N_("Readiness: DevOps"),
        "tracing": N_("Readiness: tracing and observability"),
        "people": N_("Readiness: people"),
        "business": N_("Readiness: business"),
    }
)


def name_of_axis(score: Score) -> str:
    """The axis's name as people read it; an own axis has the title that its questionnaire gives it."""
    return score.title or AXIS_WORDS[score.axis]


#: What a reader of the verdict is asked to decide. `{system}` is the system's name, `{part}` that of the one part.
REQUESTS: Words[Form] = Words(
    {
        "healthy": N_("Keep {system} in one piece. Spend nothing on a split now."),
        "offload": N_("Fix the hot spot of {system} from inside. Start no service for it."),
        "motives": N_("Do not split {system} for these reasons. Come back when you can name a pain."),
        "cure": N_("Draw and enforce module boundaries in {system} before anybody plans a service."),
        "first_step": N_("Put in place what is missing first. Then ask about extraction again."),
        "consolidate": N_("Merge the services of {system} that change together. Add none meanwhile."),
        "hot_part": N_("Approve taking {part} out of {system}, as its own project, and nothing else."),
        "organisation": N_("Approve the first slice of {system}. Review what it brought before the second."),
        "keep": N_("Keep the services of {system} as they are. Add none without a named pain."),
    }
)
#: The same while a gate is open: nobody should approve what may turn out to be impossible.
REQUESTS_GATES_OPEN: Words[Form] = Words(
    {
        "hot_part": N_("Approve 30 days of preparation. Then decide on taking {part} out of {system}."),
        "organisation": N_("Approve 30 days of preparation. Then decide on the first slice of {system}."),
    }
)


def words_of_verdict(slug: str) -> str:
    """Of a verdict as a row keeps it: "Stay monolithic"; "" for none."""
    return next((words for known, words in VERDICT_WORDS.items() if known == slug), "")


def words_of_form(slug: str) -> str:
    """Of a form as a row keeps it, "" for none."""
    return next((words for known, words in FORM_WORDS.items() if known == slug), "")


#: The headline while no pain was asked.
HEADLINE_UNDECIDED = N_("Answer {questions} first. Still possible: {verdicts}.")
#: Instead of the headline of `healthy` where deploys are slow. Marked only.
HEADLINE_SLOW = N_("Stay monolithic and make releases quicker. Slow delivery alone is a matter of automation.")
#: Instead of the headline of `offload` where only the bill hurts. Marked only.
HEADLINE_BILL = N_("Stay monolithic. Find out what drives the bill, and bring it down inside.")
#: Instead of the headline of `consolidate` while services may still turn out to buy something. Marked only.
HEADLINE_UNPROVEN = N_("Find out what your services buy. Merge those that buy nothing.")
#: Instead of the headline while pains that could be acute have not been answered.
HEADLINES_SO_FAR: Words[Form] = Words(
    {
        "healthy": N_("Stay monolithic for now. Nothing we know of is acute, but some pains are not answered."),
        "motives": N_("Stay monolithic. Nothing we know of hurts enough to split."),
    }
)
#: Instead of the headline of `first_step` where gates are known to be closed: what has to be there, by gate.
HEADLINE_GATES_CLOSED = N_("Stay in one deployable for now. The need is real. Still missing: {gates}.")
GATE_LACKS: Words[str] = Words(
    {
        "boundaries": N_("named boundaries"),
        "tracing": N_("funded tracing"),
        "logging": N_("funded central logging"),
        "pipeline": N_("an automated pipeline"),
        "platform": N_("somebody who runs the platform"),
    }
)
#: What holds a split back that is needed, by question or `checklist`.
HOLDS_BACK: Words[str] = Words(
    {
        "product_stage": N_("the product still searches for its market"),
        "developers": N_("fewer than ten people work on it"),
        "migration_horizon": N_("less than half a year is agreed"),
        "cross_boundary_transactions": N_("many transactions cross the boundaries"),
        "boundaries": N_("the code is tangled"),
        "checklist": N_("the readiness checklist has too many noes"),
    }
)
#: Instead of the headline of an extraction while a gate is open.
HEADLINES_GATES_OPEN: Words[Form] = Words(
    {
        "hot_part": N_("Prepare to extract {part}. Start once the open gates are settled."),
        "organisation": N_("Prepare the first slice now. Start once the open gates are settled."),
    }
)
#: Instead of the headline of `organisation` where a hot part is known: it goes first. Marked only.
HEADLINE_FIRST_PART = N_("Extract services one slice at a time. Start with {part}.")
HEADLINE_FIRST_PART_GATES_OPEN = N_("Prepare {part} as the first slice. Start once the open gates are settled.")
#: `{part}` is the part's name, or "that one part"; `{blocks}` is what holds the split back, as `HOLDS_BACK` says it.
HEADLINES: Words[Form] = Words(
    {
        "healthy": N_("Stay monolithic. No pain is acute, so nothing would pay for a split."),
        "offload": N_("Stay monolithic. Cure the hot spot inside, with a worker, a cache, an index or a library."),
        "motives": N_("Stay monolithic. The reasons given are wishes, and a split cures none of them."),
        "cure": N_("Stay in one deployable. Draw module boundaries first: they are the cheapest cure."),
        "first_step": N_("Stay in one deployable for now. The need is real, but {blocks}."),
        "consolidate": N_("Merge the services that change together. Apart they cost more than they give."),
        "hot_part": N_("Extract {part}. Decide again before you extract another."),
        "organisation": N_("Extract services one slice at a time. You may stop when the rest runs well."),
        "keep": N_("Keep your services. Nothing we know of is a reason to merge them. Add none without a pain."),
    }
)

#: How firm the verdict is, by state. Marked only.
FIRM = N_("Settled by your answers. No open answer can change it.")
FIRM_IF_GUESSES_HOLD = N_("Settled, if the guesses hold: every answer that decides is a guess.")
CONDITIONAL = N_("Could still become: {verdicts}.")
UNDECIDED = N_("No verdict yet.")


def name_of_part(answers: Answers) -> str:
    """The part's name as people gave it; "" where it has none."""
    answer = answers.get("part_name")
    return answer.value if answer is not None and isinstance(answer.value, str) else ""


def statement(question: Question, value: Value) -> str:
    """What this answer says about the system, as a sentence without its full stop; "" where none is written."""
    said = MEANINGS.get(question.key, NOTHING).says.get(value) if isinstance(value, str) else None
    return _(said) if said else ""


def subject(question: Question) -> str:
    """What a question is about; an organisation's own question speaks for itself."""
    known = MEANINGS.get(question.key, NOTHING).subject
    return _(known) if known else question.wording.rstrip("?")


def inside(questionnaire: Questionnaire, text: str) -> str:
    """The words of an answer within a sentence: small in English, as they stand in any other language.

    >>> inside(split_checklist, "Every week")
    'every week'
    """
    return text.lower() if questionnaire.language.partition("-")[0] == "en" else text


#: Gates: what each asks for, and the sentence by state.
GATES: dict[str, Words[GateState]] = {
    "boundaries": Words(
        {
            "passed": N_("Boundaries are named, so a part can be cut out."),
            "failed": N_("Boundaries are not named yet. A cut now would run through the middle of something."),
            "open": N_("Are boundaries named? Not known."),
        }
    ),
    "tracing": Words(
        {
            "passed": N_("Tracing is at least funded, so a request can be followed across services."),
            "failed": N_("No tracing is planned. Nobody could follow a request across services."),
            "open": N_("Is tracing funded? Not known."),
        }
    ),
    "logging": Words(
        {
            "passed": N_("Central logging is at least funded."),
            "failed": N_("No central logging is planned. People would search for failures machine by machine."),
            "open": N_("Is central logging funded? Not known."),
        }
    ),
    "pipeline": Words(
        {
            "passed": N_("A pipeline builds and releases automatically."),
            "failed": N_("Releases are made by hand or by script. Every service would multiply that work."),
            "open": N_("Are releases automated? Not known."),
        }
    ),
    "platform": Words(
        {
            "passed": N_("Somebody runs the platform."),
            "failed": N_("Nobody runs the platform. Services need somebody who does."),
            "open": N_("Who runs the platform? Not known."),
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

#: What S3's checklist as a whole holds back, as a question's own answer does (`Meaning.block`).
CHECKLIST_BLOCK = Block(sentence=N_("Fewer than five of the seven checklist questions can still be yes."), source="S3")

#: What speaks against services that run, by code: sentence (marked only), source and the questions it comes from.
STRAINS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "signs": (
        N_("Signs of a distributed monolith are there: {signs}."),
        "S0, S3, S4",
        ("distributed_monolith_signs",),
    ),
    "shared_database": (
        N_("Parts that are deployed apart share tables. A change of the tables is a change of all."),
        "S0, S3, S4",
        ("distributed_monolith_signs",),
    ),
    "chains": (
        N_("Requests run through chains of services. One slow service slows them all."),
        "S3, S4",
        ("distributed_monolith_signs",),
    ),
    "outnumbered": (
        N_("There are more services than people or teams can own."),
        "S3, S4, ours",
        ("services", "developers", "teams"),
    ),
    "waiting": (
        N_("Releases wait for each other. Services that cannot be released apart are not independent."),
        "S3, S4",
        ("deploy_waiting",),
    ),
    "shared_writes": (
        N_("Many transactions cross the services. What changes together was taken apart."),
        "S0, S1, S3",
        ("cross_boundary_transactions",),
    ),
    "unowned": (
        N_("Nobody owns some of the services."),
        "S1, S3",
        ("distributed_monolith_signs", "ownership"),
    ),
}

#: What services are known to buy, by code: sentence (marked only), source and questions.
BENEFITS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "ownership": (N_("Several teams can each own some of the services."), "S0, S3", ("teams", "ownership")),
    "scaling": (N_("One part scales on its own."), "S0", ("scaling_profile", "hot_share")),
    "special": (N_("One part needs its own runtime, or must run apart."), "S4", ("tech_lock_in", "kept_apart")),
    "deployment": (
        N_("No team's release waits for another's. The services ship on their own."),
        "S0, S4",
        ("deploy_waiting", "developers"),
    ),
}

#: What one deployable gives: why staying is a choice of its own. By code: sentence, marked, and source.
ONE_DEPLOYABLE: dict[str, tuple[str, str]] = {
    "transaction": (
        N_("One transaction covers an order and its payment. Apart, you would write steps to undo."),
        "S1, S0",
    ),
    "deploy": (N_("One deploy ships a change that touches several parts, and one rollback takes it back."), "S3, S1"),
    "trace": (N_("One process gives one stack trace. Nobody has to follow a request through the network."), "S3"),
    "cost": (N_("One system to run costs less than several: fewer machines, pipelines and people on call."), "S3, S4"),
}

#: Reasons from S4's bad list, named kindly.
MOTIVES: Words[str] = Words(
    {
        "imitation": N_("Doing as a well-known company does is a fair prompt to look, but their pains are not yours."),
        "new_technology": N_("Wanting to work with new technology is human; a library or a side project costs less."),
        "avoid_cleanup": N_("A split does not spare the clean-up. Tangled code becomes tangled services."),
        "vague_performance": N_("Performance that nobody has measured is no reason yet. Measure, then decide."),
    }
)
