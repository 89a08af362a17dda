"""Answers that a scan contradicts: each a sentence that names both and asks. Nothing is resolved for the person.

They are listed with the contradictions between answers. The limits are our judgement where no measurement is named.
"""

from collections.abc import Iterator
from typing import Final

from assess.decision.facade import Contradiction, name_of_part
from assess.evidence.candidates import build_candidates
from assess.evidence.inventory import build_inventory
from assess.evidence.proposals import UPPER_QUARTILE_CUT_SHARE, count_owned_apps, find_tools, name_tools, percent
from assess.evidence.records import Scan
from assess.language import _, number
from assess.questionnaire.facade import Answers, Questionnaire, Value, is_asked

#: From this share of merged changes on that touch two apps or more, teams don't work apart: the upper end of what
#: most of 25 measured monoliths have (18-30 %).
DEPENDENT_SHARE: Final = 0.30
#: Answered and counted people or models are at odds from this factor on, where they also differ by this many.
FACTOR: Final = 2
DIFFERENCE: Final = 10


def find_conflicts(scan: Scan, questionnaire: Questionnaire, answers: Answers) -> tuple[Contradiction, ...]:
    """Every known, asked answer that the scan contradicts, in the order of the questions."""
    given: dict[str, Value] = {
        question.key: answer.value
        for question in questionnaire.questions
        if (answer := answers.get(question.key)) is not None
        and answer.value is not None
        and is_asked(question, answers)
    }
    one_part = given.get("scope") == "one_part"
    order = {question.key: place for place, question in enumerate(questionnaire.questions)}
    found = [
        *conflicts_of_boundaries(scan, given, one_part=one_part),
        *conflicts_of_people(scan, given, one_part=one_part),
        *conflicts_of_tracing(scan, given),
        *conflicts_of_part(scan, name_of_part(answers) if "part_name" in given else ""),
    ]
    return tuple(sorted(found, key=lambda each: order[each.keys[0]]))


def conflicts_of_boundaries(scan: Scan, given: dict[str, Value], *, one_part: bool) -> Iterator[Contradiction]:
    share = scan.cut_share
    tangled = share is not None and share > UPPER_QUARTILE_CUT_SHARE
    if tangled and share is not None:
        figures = {"share": percent(share), "quartile": percent(UPPER_QUARTILE_CUT_SHARE)}
        if given.get("boundaries") == "enforced" and not one_part:
            sentence = _(
                "Boundaries are enforced, yet {share} of the imports between apps would have to go before no cycle "
                "remains, more than in three of four monoliths measured ({quartile}). What does the check allow?"
            )
            yield Contradiction(
                code="scan-enforced-but-cyclic", keys=("boundaries",), sentence=sentence.format(**figures)
            )
        if given.get("current_shape") == "modular_monolith":
            sentence = _(
                "It runs as a modular monolith, yet {share} of the imports between apps would have to go before no "
                "cycle remains, more than in three of four monoliths measured ({quartile}). Which are the modules?"
            )
            yield Contradiction(
                code="scan-modular-but-cyclic", keys=("current_shape",), sentence=sentence.format(**figures)
            )
    if (
        given.get("boundaries") == "enforced"
        and is_fully_read(scan)
        and not any(find_tools(scan, "boundaries", how) for how in ("listed", "imported", "configured"))
    ):
        sentence = _("Boundaries are enforced by a check, yet the scan read every file and found none. Where is it?")
        yield Contradiction(code="scan-enforced-without-check", keys=("boundaries",), sentence=sentence)


def conflicts_of_people(scan: Scan, given: dict[str, Value], *, one_part: bool) -> Iterator[Contradiction]:
    teams, share = given.get("teams"), scan.across_share
    if isinstance(teams, int | float) and teams >= 2 and share is not None and share >= DEPENDENT_SHARE:
        apart = {
            "team_collisions": _(
                "Teams never get in each other's way, yet {share} of merged changes touch two apps or more. "
                "Who agrees on these changes?"
            ),
            "deploy_waiting": _(
                "No release waits for another team's, yet {share} of merged changes touch two apps or more. "
                "Who agrees on these changes?"
            ),
        }
        for key, sentence in apart.items():
            if given.get(key) == "never" and not (one_part and key == "deploy_waiting"):
                yield Contradiction(
                    code=f"scan-{key.replace('_', '-')}-never",
                    keys=(key,),
                    sentence=sentence.format(share=percent(share)),
                )
    counted = {
        "developers": (
            (scan.data["people"] or {"active_authors": 0})["active_authors"],
            _("{given} people commit to the code, yet {counted} made five or more commits. Who are the others?"),
            _("{given} people commit to the code, yet {counted} made five or more commits. Who was not counted?"),
        ),
        "models": (
            sum(scan.models_of.values()),
            _("There are {given} models, yet the scan found {counted}. Are some outside this repository?"),
            _("There are {given} models, yet the scan found {counted}. Which were not counted?"),
        ),
    }
    for key, (count, too_many, too_few) in counted.items():
        value = given.get(key)
        if not count or not isinstance(value, int | float):
            continue
        low, high = sorted((float(value), float(count)))
        if high >= FACTOR * low and high - low >= DIFFERENCE:
            sentence = (too_many if value > count else too_few).format(given=number(value), counted=number(count))
            yield Contradiction(code=f"scan-other-{key}", keys=(key,), sentence=sentence)
    owned, apps = count_owned_apps(scan)
    if given.get("ownership") == "teams" and not one_part and 0 < owned < apps:
        sentence = _(
            "Every area has a team, yet CODEOWNERS names an owner for {owned} of {apps} apps. Who has the rest?"
        )
        yield Contradiction(
            code="scan-owned-in-part", keys=("ownership",), sentence=sentence.format(owned=owned, apps=apps)
        )


def conflicts_of_tracing(scan: Scan, given: dict[str, Value]) -> Iterator[Contradiction]:
    used = tuple(tool for tool in find_tools(scan, "tracing", "imported") if tool["listed"])
    found_at_all = any(find_tools(scan, "tracing", how) for how in ("listed", "imported", "configured"))
    if given.get("tracing") == "every_request" and not found_at_all and is_fully_read(scan):
        sentence = _(
            "Every request is traced, yet the scan read every file and found no tracing library. What traces them?"
        )
        yield Contradiction(code="scan-traced-without-library", keys=("tracing",), sentence=sentence)
    if given.get("tracing") == "none" and used:
        sentence = _("There is no tracing, yet the code imports {tools}. Is it switched off?")
        yield Contradiction(
            code="scan-untraced-with-library",
            keys=("tracing",),
            sentence=sentence.format(tools=name_tools(used, "imported")),
        )


def conflicts_of_part(scan: Scan, part: str) -> Iterator[Contradiction]:
    """Where the named part is an app of the scan, by id, label or the last part of its module."""
    name = part.strip().casefold().replace(" ", "_").replace("-", "_")
    named = {
        app.id for app in scan.apps if name in {app.id.casefold(), app.label.casefold(), app.module.rpartition(".")[2]}
    }
    inventory = build_inventory(scan, None) if named else None
    if inventory is None:
        return
    for candidate in build_candidates(inventory).everything:
        if candidate.is_hardest_quarter and named.intersection((candidate.app, *candidate.module.apps)):
            sentence = _(
                "{part} is the part that would leave, yet it is among the quarter of apps that are hardest to take "
                "out. Does the reason outweigh that?"
            )
            yield Contradiction(code="scan-hardest-part", keys=("part_name",), sentence=sentence.format(part=part))
            return


def is_fully_read(scan: Scan) -> bool:
    """Whether no file was left unread and nothing cut, so that "not found" is worth a question."""
    return not scan.data["unread"]["counts"] and not any(
        limit["code"].endswith("_cut") for limit in scan.data["limits"]
    )
