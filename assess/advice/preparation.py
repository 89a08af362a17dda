"""What to have in hand before the first service: four lists, and for each item how it stands and who says so.

The lists are S3's checklist, whole, with what S0, S1, S2 and S4 ask for besides. An answer, a scan or a person ticks an
item; an architect may waive one for a time. None of it changes the verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from assess.decision.facade import GATE_KEYS, Form, Result
from assess.decision.facade import PREPARE as FORMS_THAT_PREPARE
from assess.evidence.facade import Scan, find_tools, name_tools
from assess.language import N_, Words, _, all_of, day, ngettext
from assess.questionnaire.facade import Answers, Questionnaire, is_asked

Group = Literal["infrastructure", "architecture", "team", "business"]
GROUP_WORDS: Words[Group] = Words(
    {
        "infrastructure": N_("Infrastructure"),
        "architecture": N_("Architecture"),
        "team": N_("Team"),
        "business": N_("Business"),
    }
)

State = Literal["ticked", "waived", "missing", "open"]
TickedBy = Literal["", "answer", "scan", "person"]
STATE_WORDS: Words[State] = Words(
    {"ticked": N_("Ready"), "waived": N_("Waived"), "missing": N_("Missing"), "open": N_("Open")}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparation:
    """One item. `ticking` are the answers to the question `key` that tick it; any other known answer means missing.

    `tools` is the kind of tool that ticks it where a scan finds one: configured, or listed and imported where
    `is_library`. An `is_optional` one is nobody's condition; one that `needs_many` has no place where one part leaves.
    """

    slug: str
    group: Group
    sentence: str
    source: str
    key: str = ""
    ticking: tuple[str, ...] = ()
    tools: str = ""
    is_library: bool = False
    is_optional: bool = False
    needs_many: bool = False


PREPARATIONS: Final[tuple[Preparation, ...]] = (
    Preparation(
        slug="gateway", group="infrastructure", sentence=N_("A gateway takes all traffic"), source="S0, S3, S4",
        key="gateway", ticking=("in_place",), tools="gateway",
    ),
    Preparation(
        slug="tracing", group="infrastructure", sentence=N_("Requests are traced"), source="S3, S4",
        key="tracing", ticking=("partial", "every_request"), tools="tracing", is_library=True,
    ),
    Preparation(
        slug="central_logging", group="infrastructure", sentence=N_("Logs are in one place"), source="S3, S4",
        key="central_logging", ticking=("in_place",), tools="logging",
    ),
    Preparation(
        slug="metrics", group="infrastructure", sentence=N_("Metrics and alerts exist"), source="S3, S4",
        key="metrics", ticking=("in_place",), tools="metrics",
    ),
    Preparation(
        slug="ci_cd", group="infrastructure", sentence=N_("A pipeline can build and release each service"),
        source="S3", key="ci_cd", ticking=("pipeline", "continuous"), tools="ci",
    ),
    Preparation(
        slug="containers", group="infrastructure", sentence=N_("Services would run in containers"), source="S1, S3",
        key="runtime_platform", ticking=("containers", "orchestrated"), tools="containers",
    ),
    Preparation(
        slug="registry", group="infrastructure", sentence=N_("A registry keeps the containers' images"), source="S3",
    ),
    Preparation(
        slug="service_mesh", group="infrastructure", sentence=N_("A service mesh carries calls between services"),
        source="S3", is_optional=True, needs_many=True,
    ),
    Preparation(
        slug="discovery", group="infrastructure", sentence=N_("Services find each other without fixed addresses"),
        source="S4", needs_many=True,
    ),
    Preparation(
        slug="feature_flags", group="infrastructure", sentence=N_("New code can be switched off without a release"),
        source="S3", tools="flags", is_library=True, is_optional=True,
    ),
    Preparation(
        slug="boundaries", group="architecture", sentence=N_("Boundaries of the services are drawn"),
        source="S0, S2, S3, S4", key="boundaries", ticking=("named", "enforced"),
    ),
    Preparation(
        slug="shared_code", group="architecture", sentence=N_("It is decided how shared code is shared"),
        source="S2, S3, S4",
    ),
    Preparation(
        slug="consistency", group="architecture",
        sentence=N_("A pattern for consistency without one transaction is chosen"), source="S0, S1, S3, S4",
    ),
    Preparation(
        slug="contracts", group="architecture", sentence=N_("Interfaces are written down as contracts"), source="S3",
    ),
    Preparation(
        slug="api_versions", group="architecture", sentence=N_("Interfaces have versions from the first day"),
        source="S1",
    ),
    Preparation(
        slug="data_migration", group="architecture", sentence=N_("How data moves is planned"), source="S3",
    ),
    Preparation(
        slug="identity", group="architecture", sentence=N_("Each service can check who is calling"), source="S1, S4",
    ),
    Preparation(
        slug="failure_tests", group="architecture",
        sentence=N_("Tests cover a service that is slow or down"), source="S1",
    ),
    Preparation(slug="why", group="team", sentence=N_("Everybody knows why"), source="S3"),
    Preparation(
        slug="platform_team", group="team", sentence=N_("A team of its own runs the platform"), source="S3",
        key="platform_team", ticking=("dedicated",),
    ),
    Preparation(
        slug="distributed_experience", group="team", sentence=N_("Developers know distributed systems"), source="S3",
        key="distributed_experience", ticking=("strong",),
    ),
    Preparation(
        slug="ownership", group="team", sentence=N_("Every service will have an owner"), source="S1, S3",
        key="ownership", ticking=("teams",),
    ),
    Preparation(
        slug="service_tests", group="team", sentence=N_("Each service will have tests that the team trusts"),
        source="S1, S2", key="tests", ticking=("trusted",),
    ),
    Preparation(
        slug="service_monitoring", group="team", sentence=N_("Each service will have monitoring of its own"),
        source="S2",
    ),
    Preparation(
        slug="on_call", group="team", sentence=N_("A rota answers when something breaks at night"),
        source="S4, ours", key="on_call", ticking=("rota",),
    ),
    Preparation(
        slug="horizon", group="business", sentence=N_("Half a year or more is agreed to"), source="S3",
        key="migration_horizon", ticking=("half_year", "year"),
    ),
    Preparation(
        slug="budget", group="business", sentence=N_("Money for more infrastructure is approved"), source="S3",
        key="budget", ticking=("approved",),
    ),
    Preparation(
        slug="slowdown", group="business", sentence=N_("Slower features for a while are accepted"), source="S3",
        key="slowdown_accepted", ticking=("yes",),
    ),
)  # fmt: skip
PREPARATIONS_BY_SLUG: Final[Mapping[str, Preparation]] = {each.slug: each for each in PREPARATIONS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What a person wrote about an item. `text` is the proof or the reason; `ends_on` is the last day of a waiver."""

    is_waiver: bool
    text: str
    link: str
    by: str
    marked_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationLine:
    """How one item stands. `ticked_by` is "" unless it is ticked; `found` is what a scan has to say of it.

    `mark` is also there where something else ticks the item, or where the waiver has ended.
    """

    preparation: Preparation
    state: State
    ticked_by: TickedBy = ""
    key: str = ""  #: the question that speaks of it; "" where the questionnaire asks none
    found: str = ""
    mark: Mark | None = None
    has_ended: bool = False

    @property
    def sentence(self) -> str:
        return _(self.preparation.sentence)

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def icon(self) -> str:
        return {"ticked": "tick", "waived": "info", "missing": "cross", "open": "open"}[self.state]

    @property
    def why(self) -> str:
        """Why it stands so, without who wrote what: that is `mark`."""
        if self.has_ended and self.mark and self.mark.ends_on:
            return _("Missing again: the waiver ended on {day}.").format(day=day(self.mark.ends_on))
        if self.state == "waived" and self.mark and self.mark.ends_on:
            return _("Waived until {day}.").format(day=day(self.mark.ends_on))
        if self.ticked_by == "person" and self.mark:
            return _("Ticked on {day}.").format(day=day(self.mark.marked_on))
        if self.ticked_by == "answer":
            return _("Ticked by your answer.")
        if self.ticked_by == "scan":
            return _("Ticked by the scan. {found}").format(found=self.found)
        if self.state == "missing":
            missing = _("By your answer, it is not ready.")
            return _("{missing} {found}").format(missing=missing, found=self.found) if self.found else missing
        return ""

    @property
    def is_gate(self) -> bool:
        """Whether the verdict's gates ask for the same."""
        return self.key in GATE_KEYS.values()


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationList:
    """All items that have a place here, in the lists' order."""

    lines: tuple[PreparationLine, ...]

    def count(self, state: State) -> int:
        """How many of the items that are not optional are in this state."""
        return sum(line.state == state and not line.preparation.is_optional for line in self.lines)

    @property
    def by_group(self) -> list[tuple[str, list[PreparationLine]]]:
        """The lines under the words of their group."""
        return [
            (words, [line for line in self.lines if line.preparation.group == group])
            for group, words in GROUP_WORDS.items()
        ]

    @property
    def finding(self) -> str:
        """How many are ready, waived and missing; optional items do not count.

        >>> build_preparations(split_checklist, {}).finding
        '0 of 26 preparations are ready'
        """
        ready = self.count("ticked")
        parts = [
            ngettext("{count} of {of} preparations is ready", "{count} of {of} preparations are ready", ready).format(
                count=ready, of=sum(not line.preparation.is_optional for line in self.lines)
            )
        ]
        if waived := self.count("waived"):
            parts.append(ngettext("{count} is waived", "{count} are waived", waived).format(count=waived))
        if missing := self.count("missing"):
            parts.append(ngettext("{count} is missing", "{count} are missing", missing).format(count=missing))
        return all_of(parts)

    @property
    def waived_gates(self) -> str:
        """A sentence that names what an architect waived although a gate asks for it; "" for none."""
        waived = [
            _("“{item}” until {day}").format(item=line.sentence, day=day(line.mark.ends_on))
            for line in self.lines
            if line.state == "waived" and line.is_gate and line.mark and line.mark.ends_on
        ]
        return _("An architect waived {items}.").format(items=all_of(waived)) if waived else ""


def is_preparing(form: Form) -> bool:
    """Whether the lists matter to a verdict of this form: an extraction is advised, or is the step after the next."""
    return form in FORMS_THAT_PREPARE


def build_preparations(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    scan: Scan | None = None,
    marks: Mapping[str, Mark] | None = None,
    today: date | None = None,
) -> PreparationList:
    """Every item with its state. `marks` are by slug; a waiver counts up to its last day, `today` needed for that.

    In this order: what a person ticked, an answer that ticks, a scan where nobody answered, a waiver. What is left is
    missing where an answer says no or a waiver ended, else open.
    """
    scope = answers.get("scope")
    one_part = scope is not None and scope.value == "one_part"
    marks = marks or {}
    return PreparationList(
        lines=tuple(
            build_line(each, questionnaire, answers, scan, marks.get(each.slug), today)
            for each in PREPARATIONS
            if not (one_part and each.needs_many) or each.slug in marks
        )
    )


def build_line(
    item: Preparation,
    questionnaire: Questionnaire,
    answers: Answers,
    scan: Scan | None,
    mark: Mark | None,
    today: date | None,
) -> PreparationLine:
    """How this item stands."""
    question = questionnaire.by_key.get(item.key)
    key = question.key if question is not None and is_asked(question, answers) else ""
    answer = answers.get(key)
    value = answer.value if answer is not None else None
    found = describe_tools(item, scan)
    ends_on = mark.ends_on if mark is not None and mark.is_waiver else None
    has_ended = ends_on is not None and today is not None and ends_on < today
    state: State = "open"
    ticked_by: TickedBy = ""
    if mark is not None and not mark.is_waiver:
        state, ticked_by = "ticked", "person"
    elif value is not None and value in item.ticking:
        state, ticked_by = "ticked", "answer"
    elif value is None and found:
        state, ticked_by = "ticked", "scan"
    elif mark is not None and not has_ended:
        state = "waived"
    elif has_ended or value is not None:
        state = "missing"
    return PreparationLine(
        preparation=item,
        state=state,
        ticked_by=ticked_by,
        key=key,
        found=found,
        mark=mark,
        has_ended=has_ended and state == "missing",
    )


def describe_tools(item: Preparation, scan: Scan | None) -> str:
    """What the scan found that goes with the item, with the file; "" for nothing."""
    if scan is None or not item.tools:
        return ""
    configured = find_tools(scan, item.tools, "configured")
    if configured:
        return _("Configured here: {tools}.").format(tools=name_tools(configured))
    imported = [tool for tool in find_tools(scan, item.tools, "imported") if tool["listed"]] if item.is_library else []
    if imported:
        tools = name_tools(tuple(imported), "imported")
        return _("Listed as a dependency and imported: {tools}.").format(tools=tools)
    return ""


def preparations_to_json(questionnaire: Questionnaire, answers: Answers, result: Result) -> list[dict[str, object]]:
    """The contract's `preparations`: each item as the answers alone tick it; empty where none is prepared."""
    if not is_preparing(result.form):
        return []
    return [
        {
            "group": GROUP_WORDS[line.preparation.group],
            "sentence": line.sentence,
            "state": line.state,
            "keys": [line.key] if line.key else [],
        }
        for line in build_preparations(questionnaire, answers).lines
    ]
