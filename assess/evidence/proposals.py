"""What a scan has to say about answers: a proposal where a figure answers the question, else the figure alone.

A proposal never decides: a person accepts it, or overrides it and says why. What was not found proposes nothing,
because a file of somebody else's repository, a vendor or a setting may have it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from assess.evidence.records import Scan
from assess.language import N_, Words, _, all_of, ngettext, number
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value, is_about_one_part, is_asked

#: Of the imports between apps, the share to cut until no cycle remains: median and upper quartile of the 25 monoliths
#: in fixtures/evidence/monoliths.json, in whole per cent.
MEDIAN_CUT_SHARE: Final = 0.14
UPPER_QUARTILE_CUT_SHARE: Final = 0.17
#: Fewer imports between apps than this say nothing about boundaries. Ours.
FEWEST_IMPORTS: Final = 20

Confidence = Literal["counted", "derived", "sign", "hint"]
CONFIDENCE_WORDS: Words[str] = Words(
    {"counted": N_("Counted"), "derived": N_("Worked out"), "sign": N_("A sign"), "hint": N_("Only a hint")}
)
CONFIDENCE_MEANS: Words[str] = Words(
    {
        "counted": N_("the figure counts what the question asks about"),
        "derived": N_("the answer follows from counts by a threshold that was measured on other projects"),
        "sign": N_("something was found that goes with this answer; somebody who knows has to confirm it"),
        "hint": N_("a figure to think about; it proposes no answer"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a scan says about one question. `value` is None for a hint: a figure without an answer.

    `figure` is where the figure is in the file: `people.active_authors`. `limits` are sentences on what the scan can't
    see here.
    """

    key: str
    value: Value | None
    confidence: Confidence
    figure: str
    found: str
    limits: tuple[str, ...]


def propose(scan: Scan, questionnaire: Questionnaire, answers: Answers) -> tuple[Proposal, ...]:
    """What the scan says about each question that is asked under these answers, in the questionnaire's order.

    A question of an organisation's own edition gets a proposal where it has the key, and the option, of the shipped
    one. Where one part is assessed, nothing is proposed to questions about that part: the scan is of all apps.

    >>> propose(scan, split_checklist, {})[0].found
    '29 people made five or more commits in 12 months. 38 made at least one.'
    """
    found = []
    for question in questionnaire.questions:
        if question.key not in PROPOSERS or not may_propose(question, answers):
            continue
        proposal = PROPOSERS[question.key](scan)
        if proposal is not None and can_have(question, proposal.value):
            found.append(proposal)
    return tuple(found)


def may_propose(question: Question, answers: Answers) -> bool:
    """Whether the question is asked under these answers, and asked about all apps."""
    return is_asked(question, answers) and not (question.of_part and is_about_one_part(answers))


def can_have(question: Question, value: Value | None) -> bool:
    """Whether the question's answers can have this value."""
    if value is None:
        return True
    if question.kind == "choice":
        return any(option.value == value for option in question.options)
    if question.kind != "number" or not isinstance(value, int | float):
        return False
    least, most = question.minimum, question.maximum
    return (least is None or value >= least) and (most is None or value <= most)


def compare_answer(proposal: Proposal, answer: Value | None) -> Literal["open", "same", "differs", "hint"]:
    """How an answer compares with a proposal. A number is the same within a tenth of the proposed one."""
    if proposal.value is None:
        return "hint"
    if answer is None:
        return "open"
    if isinstance(answer, int | float) and isinstance(proposal.value, int | float):
        return "same" if abs(answer - proposal.value) <= proposal.value / 10 else "differs"
    return "same" if answer == proposal.value else "differs"


def percent(share: float) -> str:
    """A share as whole per cent: "23 %"."""
    return _("{share} %").format(share=number(round(share * 100)))


def propose_models(scan: Scan) -> Proposal | None:
    models = sum(scan.models_of.values())
    if not models:
        return None
    apps = len(scan.models_of)
    found = ngettext("{models} model in {apps} apps.", "{models} models in {apps} apps.", models)
    return Proposal(
        key="models",
        value=models,
        confidence="counted",
        figure="models",
        found=found.format(models=number(models), apps=number(apps)),
        limits=(_("Proxies, histories and models of third-party apps are left out."), *limits_of_reading(scan)),
    )


def propose_developers(scan: Scan) -> Proposal | None:
    people, history = scan.data["people"], scan.data["history"]
    if not people or not people["active_authors"]:
        return None
    active = people["active_authors"]
    if history:
        found = ngettext(
            "{active} person made five or more commits in {months} months.",
            "{active} people made five or more commits in {months} months.",
            active,
        ).format(active=number(active), months=number(history["months"]))
    else:
        found = ngettext(
            "{active} person made five or more commits.", "{active} people made five or more commits.", active
        ).format(active=number(active))
    return Proposal(
        key="developers",
        value=active,
        confidence="counted",
        figure="people.active_authors",
        found=_("{found} {authors} made at least one.").format(found=found, authors=number(people["authors"])),
        limits=(
            _("People who have left still count, and somebody with two addresses counts twice."),
            _("People who commit under a shared account count once."),
        ),
    )


def propose_ownership(scan: Scan) -> Proposal | None:
    owners = (scan.data["people"] or {}).get("codeowners")
    owned, apps = count_owned_apps(scan)
    if not owners or not owned:
        return None
    found = _("{path} names {owners} owners, for {owned} of {apps} apps.")
    return Proposal(
        key="ownership",
        value="teams" if owned == apps else "partly",
        confidence="sign",
        figure="people.codeowners",
        found=found.format(path=owners["path"], owners=number(owners["owners"]), owned=owned, apps=apps),
        limits=(_("The scan doesn't know whether an owner is a team or a person, or whether the file is up to date."),),
    )


def count_owned_apps(scan: Scan) -> tuple[int, int]:
    """How many apps CODEOWNERS names an owner for, and of how many; packages outside apps left out."""
    apps = {app.id for app in scan.apps if app.kind == "app"}
    people = scan.data["people"] or {"apps": ()}
    return sum(each["owners"] > 0 for each in people["apps"] if each["app"] in apps), len(apps)


def propose_boundaries(scan: Scan) -> Proposal | None:
    """By the share of imports to cut. Never `enforced` without a boundary contract in the repository."""
    share, total = scan.cut_share, scan.data["cycles"]["imports"]
    if share is None or total < FEWEST_IMPORTS:
        return None
    contracts = find_tools(scan, "boundaries", "configured")
    value = "tangled" if share > UPPER_QUARTILE_CUT_SHARE else "sketched" if share > MEDIAN_CUT_SHARE else "named"
    if contracts and value == "named":
        value = "enforced"
    found = _(
        "{share} of {total} imports between apps would have to go before no cycle remains. Of 25 Django monoliths "
        "measured, half need more than {median}, a quarter more than {quartile}."
    ).format(
        share=percent(share),
        total=number(total),
        median=percent(MEDIAN_CUT_SHARE),
        quartile=percent(UPPER_QUARTILE_CUT_SHARE),
    )
    check = _("Found a boundary check: {tools}.") if contracts else _("No boundary check was found.")
    return Proposal(
        key="boundaries",
        value=value,
        confidence="derived",
        figure="cycles.cut",
        found=_("{found} {check}").format(found=found, check=check.format(tools=name_tools(contracts))),
        limits=(
            _("The scan doesn't know whether people know the areas, or whether the build runs a check that it found."),
            *limits_of_reading(scan),
        ),
    )


def hint_transactions(scan: Scan) -> Proposal | None:
    across = sum(scan.foreign_keys.values())
    within = sum(app.relations_within for app in scan.apps)
    if not across + within:
        return None
    found = _("{across} of {total} foreign keys cross from one app to another.")
    return Proposal(
        key="cross_boundary_transactions",
        value=None,
        confidence="hint",
        figure="relations",
        found=found.format(across=number(across), total=number(across + within)),
        limits=(_("A foreign key across apps is no transaction across apps; the scan reads no transactions."),),
    )


def hint_collisions(scan: Scan) -> Proposal | None:
    return hint_across(scan, "team_collisions", _("The scan doesn't know which team works in which app."))


def hint_waiting(scan: Scan) -> Proposal | None:
    return hint_across(scan, "deploy_waiting", _("A change to several apps need not wait for anybody."))


def hint_breakage(scan: Scan) -> Proposal | None:
    return hint_across(scan, "change_breakage", _("The scan reads no incidents: a change to two apps breaks neither."))


def hint_across(scan: Scan, key: str, limit: str) -> Proposal | None:
    share = scan.across_share
    if share is None:
        return None
    found = _("{share} of {units} merged changes touch two apps or more.")
    return Proposal(
        key=key,
        value=None,
        confidence="hint",
        figure="history.across_apps",
        found=found.format(share=percent(share), units=number(scan.data["history"]["units"])),
        limits=(limit,),
    )


def hint_deploys(scan: Scan) -> Proposal | None:
    rhythm = scan.data["rhythm"]
    if not rhythm or not rhythm["weeks"] or not (rhythm["merges"] or rhythm["tag_days"]):
        return None
    found = _("{merges} merges a week, and a tag on {days} days in {weeks} weeks.")
    return Proposal(
        key="deploys_per_week",
        value=None,
        confidence="hint",
        figure="rhythm",
        found=found.format(
            merges=number(round(rhythm["merges"] / rhythm["weeks"], 1)), days=rhythm["tag_days"], weeks=rhythm["weeks"]
        ),
        limits=(_("A tag is no deploy, and neither is a merge: your pipeline knows."),),
    )


#: By question: the kind of tool, what has to be found of it, and the answer that goes with it, never the strongest.
#: A library that is listed and imported is used; whether it covers every request, only the team knows.
SIGNS: Final = {
    "ci_cd": ("ci", "configured", "pipeline", N_("The scan doesn't know whether the pipeline also deploys.")),
    "runtime_platform": (
        "containers",
        "configured",
        "containers",
        N_("The scan doesn't know what production runs on, or what starts the containers there."),
    ),
    "gateway": (
        "gateway",
        "configured",
        "in_place",
        N_("The scan doesn't know whether production uses this configuration."),
    ),
    "tracing": (
        "tracing",
        "imported",
        "partial",
        N_("The scan doesn't know which requests carry a trace, or whether anybody looks at them."),
    ),
    "central_logging": (
        "logging",
        "imported",
        "planned",
        N_("The scan doesn't know where logs go, or whether they can be searched in one place."),
    ),
    "metrics": (
        "metrics",
        "imported",
        "planned",
        N_("The scan doesn't know whether there are dashboards and alerts, or whether people act on them."),
    ),
}


def propose_by_sign(scan: Scan, key: str) -> Proposal | None:
    kind, how, value, limit = SIGNS[key]
    tools = find_tools(scan, kind, how)
    if how == "imported":  # a library that is imported and not listed may be somebody else's module of that name
        tools = tuple(tool for tool in tools if tool["listed"])
    if not tools:
        return None
    pattern = (
        _("Listed as a dependency and imported: {tools}.") if how == "imported" else _("Configured here: {tools}.")
    )
    return Proposal(
        key=key,
        value=value,
        confidence="sign",
        figure=f"capabilities.{kind}",
        found=pattern.format(tools=name_tools(tools, how)),
        limits=(_(limit),),
    )


def find_tools(scan: Scan, kind: str, how: str) -> tuple[dict[str, list[str]], ...]:
    """The tools of this kind that were found so: listed, imported or configured."""
    return tuple(each for each in scan.data["capabilities"] if each["kind"] == kind and each[how])


def name_tools(tools: tuple[dict[str, list[str]], ...], how: str = "configured") -> str:
    """The tools, each with the first file where it was found.

    >>> name_tools(({"name": "opentelemetry", "imported": ["shop/tracing.py"]},), "imported")
    'opentelemetry (shop/tracing.py)'
    """
    return all_of([_("{name} ({path})").format(name=tool["name"], path=tool[how][0]) for tool in tools])


def limits_of_reading(scan: Scan) -> Iterator[str]:
    """What was not read, where something was not."""
    unread = sum(each["files"] for each in scan.data["unread"]["counts"])
    if unread:
        yield ngettext("{files} file was not read.", "{files} files were not read.", unread).format(
            files=number(unread)
        )


PROPOSERS: Final[dict[str, Callable[[Scan], Proposal | None]]] = {
    "developers": propose_developers,
    "team_collisions": hint_collisions,
    "ownership": propose_ownership,
    "deploys_per_week": hint_deploys,
    "deploy_waiting": hint_waiting,
    "change_breakage": hint_breakage,
    "boundaries": propose_boundaries,
    "cross_boundary_transactions": hint_transactions,
    "models": propose_models,
    **{key: lambda scan, key=key: propose_by_sign(scan, key) for key in SIGNS},  # type: ignore[misc]  # mypy cannot type a default
}
