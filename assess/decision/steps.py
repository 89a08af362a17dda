"""What to do next: the steps of the verdict's form, and one for each weak answer that matters to it.

In order of effect: what opens a closed gate, what the form calls for, weak answers by how soon they can be mended, and
last what to watch. Each step is tied to the answers that caused it and says how to tell that it is done. Days are ours:
by when a team of usual size can have it done or well under way.
"""

from collections.abc import Iterator

from assess.decision.meanings import MEANINGS
from assess.decision.result import Form, Step
from assess.language import N_, _
from assess.questionnaire.facade import Answers, Questionnaire, is_asked


def build_step(code: str, title: str, why: str, done: str, days: int, keys: tuple[str, ...], source: str) -> Step:
    """The step of these parts, in this order. `days` are 30, 60 or 90."""
    return Step(code=code, title=title, why=why, done=done, days=days, keys=keys, source=source)  # type: ignore[arg-type]  # 30, 60 or 90, as written below


#: The steps of each form, the most telling first. Sentences are marked only.
FORM_STEPS: dict[Form, tuple[Step, ...]] = {
    "healthy": (
        build_step(
            "stay.hot_spot",
            N_("Pick the first hot spot to tidy"),
            N_("One place causes most of the small trouble. Mending it keeps the whole easy to change."),
            N_("The module with most changes and most faults is named, and one of its faults is gone."),
            60,
            ("change_breakage", "boundaries"),
            "S0, S4",
        ),
    ),
    "motives": (
        build_step(
            "motives.talk",
            N_("Ask what the wish for services is really after"),
            N_("Behind a wish there is often a pain with another name, and a smaller answer."),
            N_("Each motive is written down with the pain behind it, or dropped."),
            30,
            ("motives",),
            "S4",
        ),
    ),
    "offload": (
        build_step(
            "offload.compare",
            N_("Compare before and after, then decide whether anything is left"),
            N_("What a worker or a cache cured needs no service."),
            N_("Load and cost of the part are measured again, a month after the cure."),
            90,
            ("load_fit", "infra_cost"),
            "S3",
        ),
    ),
    "cure": (
        build_step(
            "modular.interfaces",
            N_("Give each module one public interface"),
            N_("Modules that use only each other's interface can change alone, and leave later if they must."),
            N_("No module imports another's internals; the exceptions are listed and shrink."),
            60,
            ("boundaries", "change_breakage"),
            "S3, S4",
        ),
    ),
    "first_step": (
        build_step(
            "modular.interfaces",
            N_("Give each module one public interface"),
            N_("Modules that use only each other's interface can change alone, and leave later if they must."),
            N_("No module imports another's internals; the exceptions are listed and shrink."),
            60,
            ("boundaries", "change_breakage"),
            "S3, S4",
        ),
        build_step(
            "modular.again",
            N_("Answer again when what is missing is there"),
            N_("The need for a part of its own stays; only its conditions are open."),
            N_("The reasons that hold the split back are gone, and the answers say so."),
            90,
            ("migration_horizon", "teams", "product_stage", "developers", "hiring"),
            "S3",
        ),
    ),
    "consolidate": (
        build_step(
            "consolidate.map",
            N_("List the services with owner, releases and callers"),
            N_("Services that release together, call each other in chains or have no owner are the ones to merge."),
            N_("Every service has one line: owner, last ten releases and with whom, callers, tables it shares."),
            30,
            ("distributed_monolith_signs", "services"),
            "S3",
        ),
        build_step(
            "consolidate.merge",
            N_("Merge the first group that always changes together"),
            N_("In the readiness guide, 32 of 47 services were removed in six weeks."),
            N_("One deployable where there were several, its modules kept apart, and the deploy time measured again."),
            60,
            ("deploy_minutes", "deploy_waiting"),
            "S3",
        ),
        build_step(
            "consolidate.rule",
            N_("Agree when a new service may be started"),
            N_("Every boundary should buy scaling, deployment or ownership."),
            N_("A written rule with one named approver, applied to the next proposal."),
            90,
            ("services",),
            "S0, S4",
        ),
    ),
    "hot_part": (
        build_step(
            "extract.candidate",
            N_("Write one page on {part}"),
            N_("The shop of the readiness guide began with a part that was isolated, hungry and not critical."),
            N_("The page names interface, data, owner, and what will be measured before and after."),
            30,
            ("part_name", "boundaries", "ownership"),
            "S3",
        ),
        build_step(
            "extract.data",
            N_("Give {part} its own data"),
            N_("Shared tables tie together again what was just separated."),
            N_("No table is written by both; what crosses goes through an interface, by identifier."),
            90,
            ("cross_boundary_transactions",),
            "S0, S1, S3, S4",
        ),
        build_step(
            "extract.stop",
            N_("Measure, and stop if the rest runs well"),
            N_("One part that goes is no reason for a second."),
            N_("Load, faults and cost are compared with before, and the questions are answered again."),
            90,
            ("load_fit", "failure_spread"),
            "S0",
        ),
    ),
    "organisation": (
        build_step(
            "extract.candidate",
            N_("Name the first slice, and why it is first"),
            N_("The shop of the readiness guide took out recommendations first: isolated, hungry and not critical."),
            N_("One page: the slice, its interface, its data, its owner, and what will be measured before and after."),
            30,
            ("hot_share", "boundaries", "ownership"),
            "S3",
        ),
        build_step(
            "extract.data",
            N_("Give the slice its own data"),
            N_("Shared tables tie together again what was just separated."),
            N_("No table is written by both; what crosses goes through an interface, by identifier."),
            90,
            ("cross_boundary_transactions",),
            "S0, S1, S3, S4",
        ),
        build_step(
            "extract.stop",
            N_("Measure, and decide again before the next slice"),
            N_("You may stop when the rest runs well."),
            N_("Deploy time, waiting and cost are compared with before, and the checklist is answered again."),
            90,
            ("deploy_waiting", "load_fit"),
            "S0",
        ),
    ),
    "keep": (
        build_step(
            "keep.benefit",
            N_("Write down what each service buys"),
            N_("A boundary that buys no scaling, deployment or ownership is one to remove."),
            N_("Every service has one line; those without one are candidates for merging."),
            60,
            ("services", "ownership"),
            "S0",
        ),
        build_step(
            "keep.signs",
            N_("Look for signs of a distributed monolith every quarter"),
            N_("Services that release together, share tables or have no owner cost without giving."),
            N_("Each owning team has gone through the list of signs."),
            90,
            ("distributed_monolith_signs", "ownership"),
            "S3, S4",
        ),
    ),
}
#: Instead of naming the first slice, where a hot part is known: it goes first.
FIRST_PART = build_step(
    "extract.candidate",
    N_("Write one page on {part}, the first slice"),
    N_("The shop of the readiness guide took out recommendations first: isolated, hungry and not critical."),
    N_("The page names interface, data, owner, and what will be measured before and after."),
    30,
    ("part_name", "hot_share", "scaling_profile", "boundaries", "ownership"),
    "S3",
)
STAY_STEPS: tuple[Step, ...] = (
    build_step(
        "stay.boundary",
        N_("Draw the one boundary that would be needed first"),
        N_("Clear boundaries make a monolith last, and are the map should a part ever have to leave."),
        N_("One module has a name, an owner and an interface, and the build shows who imports it."),
        90,
        ("boundaries",),
        "S0, S4",
    ),
)
WATCH = build_step(
    "watch",
    N_("Watch three figures, and ask again when one moves"),
    N_("More teams, slower deploys and releases that wait are when the sources say to ask."),
    N_("Teams in the code, minutes to production and hours spent waiting are looked at every quarter."),
    90,
    ("teams", "deploy_minutes", "deploy_waiting"),
    "S3",
)


def build_steps(
    questionnaire: Questionnaire, answers: Answers, form: Form, closed_keys: tuple[str, ...], part: str
) -> tuple[Step, ...]:
    """The next steps for this form, in order of effect, each once. `closed_keys` are the questions of closed gates."""
    weak = list(weak_answer_steps(questionnaire, answers, form))
    gates = [step for step in weak if step.keys[0] in closed_keys]
    others = sorted((step for step in weak if step.keys[0] not in closed_keys), key=lambda step: step.days)
    steps_of_form = FORM_STEPS[form]
    if form == "organisation" and part:
        steps_of_form = (FIRST_PART, *steps_of_form[1:])
    stay = form in ("healthy", "motives", "offload")
    # What was cured inside is compared after the cures; every other form begins with its own steps.
    of_form = [*others, *steps_of_form] if form == "offload" else [*steps_of_form, *others]
    chosen = [*gates, *of_form, *(STAY_STEPS if stay else ())]
    chosen += [WATCH] if stay or form in ("cure", "first_step") else []
    return tuple(translate_step(step, part) for step in chosen)


def weak_answer_steps(questionnaire: Questionnaire, answers: Answers, form: Form) -> Iterator[Step]:
    """A step for every weak answer that matters to the form, in the order of the questions."""
    for question in questionnaire.questions:
        answer, meaning = answers.get(question.key), MEANINGS.get(question.key)
        if answer is None or meaning is None or answer.value is None or not is_asked(question, answers):
            continue
        for number, weak in enumerate(meaning.weak, start=1):
            if form in weak.forms and weak.is_given(answer.value):
                code = f"weak.{question.key}.{number}"
                yield build_step(code, weak.title, weak.why, weak.done, weak.days, (question.key,), weak.source)


def source_of_step(code: str) -> str:
    """The source of a next step by its code, such as "weak.tracing.1"; "" for a code that no step has."""
    if code.startswith("weak."):
        _weak, key, number = code.split(".")
        meaning = MEANINGS.get(key)
        return meaning.weak[int(number) - 1].source if meaning and int(number) <= len(meaning.weak) else ""
    steps = (*(step for steps in FORM_STEPS.values() for step in steps), FIRST_PART, *STAY_STEPS, WATCH)
    return next((step.source for step in steps if step.code == code), "")


def translate_step(step: Step, part: str) -> Step:
    """The step in the reader's language, with the part's name."""
    name = part or _("that one part")
    return Step(
        code=step.code,
        title=_(step.title).replace("{part}", name),
        why=_(step.why),
        done=_(step.done),
        days=step.days,
        keys=step.keys,
        source=step.source,
    )
