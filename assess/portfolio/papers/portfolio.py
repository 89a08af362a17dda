"""A workspace's systems on paper, as the portfolio page lists them: for leadership on page 1, for architects below it.

Decides: what it says, in which order, and how many systems it names. Does not decide: which systems a filter finds
(`lists`, `filters`), what the counts mean (`counts`), or what a block looks like.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from django.db.models import Q
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import Edition, State
from assess.decision.facade import FORM_WORDS, GATE_WORDS, VERDICT_WORDS, words_of_verdict
from assess.language import _, capitalised, day, in_a_row, ngettext, number
from assess.people.facade import Team, User, Workspace, workspaces_as_architect
from assess.portfolio.conditions import overdue_in
from assess.portfolio.counts import Counts, GateCount, count_found, tallies_of
from assess.portfolio.export import batches, facts
from assess.portfolio.filters import NO_VERDICT, Filters, gate_choices, read_filters
from assess.portfolio.lists import Row as System
from assess.portfolio.lists import Search, search
from assess.portfolio.papers.common import data_inside, manuscript, name_of, named, short_name, verdict_cell
from assess.portfolio.scatter import Scatter, scatter_of
from assess.reports.facade import (
    Block,
    Chapter,
    Column,
    Columns,
    Document,
    Figure,
    Items,
    Line,
    Manuscript,
    Page,
    Paragraph,
    Part,
    Report,
    Row,
    Run,
    Table,
    brand_of,
    clean_line,
    file_stem,
    line,
)
from assess.review.facade import Condition, state_spec
from assess.web.facade import localized

#: So many systems a report lists: thirty pages are the most that anybody prints, and a render's time is bounded.
MOST: Final = 300
#: So many overdue conditions it lists, and so many stand on page 1.
CONDITIONS_MOST: Final = 100
CONDITIONS_FIRST: Final = 3
#: Of a condition's text, on page 1 and in the table.
SHORT_TEXT: Final = 90
LONG_TEXT: Final = 400
#: So many systems a gate names that lack it.
LACKING_MOST: Final = 40
WITHOUT_MOST: Final = 20


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """What a report is written from. `systems` are those listed, in order; `is_whole` says whether these are all that
    fit. `overdue` are of all systems without a filter, else of those listed; `overdue_more` is how many more there
    are."""

    workspace: Workspace
    asked: Search
    counts: Counts
    gates: Sequence[GateCount]
    systems: Sequence[System]
    is_whole: bool
    scatter: Scatter | None
    overdue: Sequence[Condition]
    overdue_more: int
    filtered_by: Sequence[tuple[str, str]]
    today: date

    @property
    def name(self) -> str:
        return name_of(self.workspace.name)

    @property
    def judged(self) -> list[System]:
        return [system for system in self.systems if system.newest.standing_verdict]

    @property
    def unjudged(self) -> list[System]:
        return [system for system in self.systems if not system.newest.standing_verdict]

    @property
    def overdue_count(self) -> int:
        return len(self.overdue) + self.overdue_more


# --- reading it


def portfolio_of(workspace: Workspace, filters: Filters, *, today: date) -> Portfolio:
    """About fifteen queries, and four more for every 500 systems."""
    tallies = tallies_of(workspace)
    asked = search(workspace, filters, systems=tallies.systems, today=today)
    counts = count_found(asked, tallies)
    found = list(islice((row for batch in batches(asked, today=today) for row in batch), MOST + 1))
    systems = found[:MOST]
    # A look through very many systems ends before all are seen.
    is_whole = len(found) <= MOST and asked.end is None
    late = overdue_in(workspace, today=today)
    if filters.are_any:
        late = late.filter(assessment__system__in=[row.newest.system_id for row in systems])
    overdue = list(late[:CONDITIONS_MOST])
    return Portfolio(
        workspace=workspace,
        asked=asked,
        counts=counts,
        gates=tallies.gates if not filters.are_any else _gates_of(systems),
        systems=systems,
        is_whole=is_whole,
        scatter=scatter_of(asked, judged=None if filters.are_any else counts.judged),
        overdue=overdue,
        overdue_more=late.count() - len(overdue) if len(overdue) == CONDITIONS_MOST else 0,
        filtered_by=_said(workspace, filters),
        today=today,
    )


def _gates_of(systems: Sequence[System]) -> list[GateCount]:
    """As the kept counts of a workspace, of these systems alone."""
    judged = [system.newest for system in systems if system.newest.standing_verdict]
    found = []
    for gate in GATE_WORDS:
        states = [one.gates_not_passed.get(gate) for one in judged]
        found.append(GateCount(gate=gate, failed=states.count("failed"), open=states.count("open"), of=len(judged)))
    found.sort(key=lambda count: (-count.failed, -count.open))
    return [count for count in found if count.failed or count.open][:3]


def _said(workspace: Workspace, filters: Filters) -> list[tuple[str, str]]:
    """The filters in words: what was chosen for what. The names of another workspace's are not told."""
    teams = Team.objects.filter(workspace=workspace)
    editions = Edition.objects.filter(Q(workspace=None) | Q(workspace=workspace)).defer("content")
    team = teams.filter(pk=int(filters.team)).first() if filters.team else None
    edition = editions.filter(pk=int(filters.edition)).first() if filters.edition else None
    verdicts: dict[str, str] = {NO_VERDICT: _("No verdict yet")}
    verdicts.update((str(verdict), words) for verdict, words in VERDICT_WORDS.items())
    months = int(filters.months or 0)
    forms = [capitalised(words) for form, words in FORM_WORDS.items() if form == filters.form]
    states = [str(label) for value, label in State.choices if value == filters.state]
    said = (
        (_("Verdict"), verdicts.get(filters.verdict, "")),
        (_("Form"), "".join(forms)),
        (_("State"), "".join(states)),
        (_("Team"), name_of(team.name) if team else filters.team),
        (_("Questionnaire"), name_of(str(edition)) if edition else filters.edition),
        (
            _("Verdict older than"),
            ngettext("{number} month", "{number} months", months).format(number=months) if months else "",
        ),
        (_("Gate"), dict(gate_choices()).get(filters.gate, "")),
        (_("Name"), name_of(filters.q)),
    )
    return [(name, words) for name, words in said if words]


# --- writing it


def document_of(found: Portfolio, *, language: str, confidentiality: str = "") -> Document:
    """The report; its first chapter is page 1."""
    chapters = (
        Chapter(slug="summary", title=found.counts.finding, blocks=_summary(found)),
        _need(found),
        _gates(found),
        _systems(found),
        _overdue(found),
        Chapter(slug="method", title=_("How this was made, and what is not in it"), blocks=_method(found)),
    )
    title = _("Portfolio of {workspace}").format(workspace=found.name)
    footer = [title, day(found.today), _("filtered") if found.filtered_by else "", confidentiality]
    return Document(
        title=title,
        language=language,
        dated=found.today,
        footer=" · ".join(part for part in footer if part),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
    )


def _summary(found: Portfolio) -> tuple[Block, ...]:
    counts = found.counts
    blocks: list[Block] = []
    if found.filtered_by:
        chosen = in_a_row(_("{name}: {value}").format(name=name, value=value) for name, value in found.filtered_by)
        blocks.append(Paragraph(line=line(Run(_("Only these systems: {filters}.").format(filters=chosen), "quiet"))))
    rows = [
        Row(cells=(verdict_cell(verdict), line(_count(counts, count))))
        for verdict, count in counts.verdicts.items()
        if count
    ]
    if counts.without_verdict:
        rows.append(Row(cells=(verdict_cell(""), line(_count(counts, counts.without_verdict)))))
    if rows:
        heads = (Column(title=_("Verdict")), Column(title=_("Systems"), width="points"))
        blocks.append(Table(columns=heads, rows=tuple(rows), look="counts"))
        blocks.append(Paragraph(line=line(counts.by_state)))
    gates: Block = (
        Items(lines=tuple(line(gate.sentence) for gate in found.gates))
        if found.gates
        else Paragraph(line=line(_("No gate is known to be missing.")))
    )
    blocks.append(
        Columns(
            parts=(
                Part(title=_("Missing most often"), blocks=(gates,)),
                Part(title=_overdue_title(found), blocks=(_overdue_first(found),)),
            )
        )
    )
    blocks.append(Part(title=_("What is asked of you"), blocks=(_asked(found),), together=True))
    return tuple(blocks)


def _count(counts: Counts, count: int) -> str:
    return f"{number(count)}+" if counts.is_capped else number(count)


def _overdue_title(found: Portfolio) -> str:
    count = found.overdue_count
    if not count:
        return _("Nothing is overdue")
    return ngettext("{count} condition is overdue", "{count} conditions are overdue", count).format(count=number(count))


def _overdue_first(found: Portfolio) -> Block:
    if not found.overdue:
        return Paragraph(line=line(_("Every condition whose day has passed is met.")))
    lines = [
        line(
            _("{system}: {text}").format(
                system=short_name(each.assessment.system.name), text=clean_line(each.text, SHORT_TEXT)
            ),
            Run("\n" + _("{owner}, due {day}").format(owner=short_name(each.owner), day=day(each.due_on)), "quiet"),
        )
        for each in found.overdue[:CONDITIONS_FIRST]
    ]
    return Items(lines=tuple(lines))


def _asked(found: Portfolio) -> Block:
    """What whoever reads it is asked to see to, the most pressing first; each with the systems that it is about."""
    lines = []
    if found.overdue_count:
        owners = list(dict.fromkeys(each.owner for each in found.overdue))
        said = ngettext(
            "Have {count} overdue condition met, or agree on another day with {owners}.",
            "Have {count} overdue conditions met, or agree on other days with {owners}.",
            found.overdue_count,
        )
        lines.append(said.format(count=number(found.overdue_count), owners=named(owners)))
    groups: tuple[tuple[list[System], Callable[[int], str]], ...] = (
        (
            [each for each in found.systems if state_spec(each.newest.state).awaits_review],
            lambda count: ngettext(
                "Review and decide on {count} system: {names}.", "Review and decide on {count} systems: {names}.", count
            ),
        ),
        (
            [
                each
                for each in found.systems
                if each.newest.standing_verdict == "extract" and "failed" in each.newest.gates_not_passed.values()
            ],
            lambda count: ngettext(
                "Close the failed gates of {count} system before anything is extracted from it: {names}.",
                "Close the failed gates of {count} systems before anything is extracted from them: {names}.",
                count,
            ),
        ),
        (
            [each for each in found.systems if each.is_due],
            lambda count: ngettext(
                "Have {count} system assessed again, whose day has come: {names}.",
                "Have {count} systems assessed again, whose day has come: {names}.",
                count,
            ),
        ),
        (
            found.unjudged,
            lambda count: ngettext(
                "Have the assessment of {count} system finished, which has no verdict yet: {names}.",
                "Have the assessments of {count} systems finished, which have no verdict yet: {names}.",
                count,
            ),
        ),
    )
    for systems, sentence in groups:
        if systems:
            names = named([each.newest.system.name for each in systems])
            lines.append(sentence(len(systems)).format(count=number(len(systems)), names=names))
    if not lines:
        return Paragraph(line=line(_("Nothing at present: every system has a verdict that was decided on.")))
    if not found.is_whole:
        lines.append(_("This counts the systems listed; there are more."))
    return Items(lines=tuple(line(said) for said in lines), numbered=found.is_whole)


def _need(found: Portfolio) -> Chapter | None:
    if found.scatter is None:
        return None
    chart = found.scatter
    signs = {"stay": _("squares: {what}"), "modular": _("diamonds: {what}"), "extract": _("circles: {what}")}
    key = in_a_row(signs[verdict].format(what=words) for verdict, words in chart.key)
    said = [
        _("Each sign is a system; {key}. A larger sign is several systems at one place.").format(key=key),
        _("Above the broken line, need is greater than readiness. The table of all systems says the same in numbers."),
        chart.left_out,
    ]
    blocks: tuple[Block, ...] = (
        Part(
            title=chart.title,
            blocks=(
                Figure(template="scatter", chart=chart),
                Paragraph(line=line(*(Run(each, "quiet") for each in said))),
            ),
            together=True,
        ),
    )
    return Chapter(slug="need", title=_("Need and readiness"), blocks=blocks)


def _gates(found: Portfolio) -> Chapter | None:
    """Every gate that a system listed has not passed, with the systems."""
    rows = []
    for gate, words in GATE_WORDS.items():
        failed, unknown = (
            [each.newest.system.name for each in found.judged if each.newest.gates_not_passed.get(gate) == state]
            for state in ("failed", "open")
        )
        if not failed and not unknown:
            continue
        lacking: list[Run] = []
        if failed:
            lacking.append(Run(named(failed, LACKING_MOST)))
        if unknown:
            said = _("Not known: {systems}").format(systems=named(unknown, LACKING_MOST))
            lacking.append(Run(f"\n{said}" if failed else said, "quiet"))
        numbers = (line(number(len(failed))), line(number(len(unknown))))
        rows.append((len(failed), len(unknown), Row(cells=(line(words), *numbers, tuple(lacking)))))
    if not rows:
        return None
    rows.sort(key=lambda row: (-row[0], -row[1]))
    columns = (
        Column(title=_("Gate"), width="name"),
        Column(title=_("Failed"), width="basis"),
        Column(title=_("Not known"), width="basis"),
        Column(title=_("Systems that lack it")),
    )
    blocks: tuple[Block, ...] = (
        Paragraph(
            line=line(
                _("Of the systems with a verdict; before anything is extracted, each of these has to hold."),
            )
        ),
        Table(columns=columns, rows=tuple(row for *_counts, row in rows)),
    )
    return Chapter(slug="gates", title=_("What is missing, and where"), blocks=blocks)


def _systems(found: Portfolio) -> Chapter | None:
    if not found.systems:
        return None
    columns = (
        Column(title=_("System, team")),
        Column(title=_("Verdict, form")),
        Column(title=_("Need")),
        Column(title=_("Readiness")),
        Column(title=_("State, version")),
        Column(title=_("Ask again on")),
    )
    blocks: list[Block] = []
    if not found.is_whole:
        blocks.append(Paragraph(line=line(_listed(found))))
    blocks.append(Table(columns=columns, rows=tuple(_system(each) for each in found.systems), look="systems"))
    count = len(found.systems)
    title = (
        ngettext("{count} system", "All {count} systems", count)
        if found.is_whole and not found.filtered_by
        else ngettext("{count} system", "{count} systems", count)
    )
    return Chapter(slug="systems", title=title.format(count=number(count)), blocks=tuple(blocks))


def _listed(found: Portfolio) -> str:
    return _("Listed are the first {count} systems in this order: {order}. There are more.").format(
        count=number(len(found.systems)), order=_(found.asked.order.words)
    )


def _system(system: System) -> Row:
    newest = system.newest
    said = ""
    if system.overruled_from:
        said = _("Overruled; the model says “{verdict}”").format(verdict=words_of_verdict(system.overruled_from))
    judged_on = timezone.localdate(newest.standing_at) if newest.standing_at else None
    version = _("Version {version}").format(version=newest.version)
    if judged_on is not None:
        version = _("Version {version}, verdict of {day}").format(version=newest.version, day=day(judged_on))
    late = ngettext("{count} condition overdue", "{count} conditions overdue", system.overdue)
    again = day(newest.ask_again_on) if newest.ask_again_on else "–"
    due = _("The day has come")
    return Row(
        cells=(
            line(name_of(newest.system.name), Run(f"\n{name_of(newest.system.team.name)}", "quiet")),
            verdict_cell(newest.standing_verdict, newest.standing_form, said),
            line(number(newest.need) if newest.standing_verdict else "–"),
            line(number(newest.readiness) if newest.standing_verdict else "–"),
            line(
                str(newest.get_state_display()),
                Run(f"\n{version}", "quiet"),
                Run(f"\n{late.format(count=system.overdue)}" if system.overdue else "", "strong"),
            ),
            line(again, Run(f"\n{due}" if system.is_due else "", "strong")),
        )
    )


def _overdue(found: Portfolio) -> Chapter | None:
    if not found.overdue:
        return None
    columns = (
        Column(title=_("System"), width="name"),
        Column(title=_("Condition")),
        Column(title=_("Who sees to it"), width="who"),
        Column(title=_("Due"), width="who"),
    )
    version = _("Version {version}")
    rows = tuple(
        Row(
            cells=(
                line(
                    name_of(each.assessment.system.name),
                    Run("\n" + version.format(version=each.assessment.version), "quiet"),
                ),
                line(clean_line(each.text, LONG_TEXT)),
                line(name_of(each.owner)),
                line(day(each.due_on)),
            )
        )
        for each in found.overdue
    )
    blocks: list[Block] = [Table(columns=columns, rows=rows)]
    if found.overdue_more:
        more = ngettext("{count} more is on the page.", "{count} more are on the page.", found.overdue_more)
        blocks.append(Paragraph(line=line(more.format(count=number(found.overdue_more)))))
    return Chapter(slug="overdue", title=_overdue_title(found), blocks=tuple(blocks))


def _method(found: Portfolio) -> tuple[Block, ...]:
    filters = [Row(cells=(line(name), line(value))) for name, value in found.filtered_by]
    facts_rows = (
        Row(cells=(line(_("Workspace")), line(found.name))),
        Row(cells=(line(_("As of")), line(day(found.today)))),
        *(filters or [Row(cells=(line(_("Filters")), line(_("none: every system of the workspace"))))]),
        Row(cells=(line(_("Order")), line(_(found.asked.order.words)))),
    )
    names = [each.newest.system.name for each in found.unjudged]
    left_out: list[Line] = [
        line(_("Deleted versions, and every version of a system but its newest; a verdict is of the newest submitted."))
    ]
    if names:
        said = ngettext(
            "{count} system without a submitted verdict is in the table and in no other count: {names}.",
            "{count} systems without a submitted verdict are in the table and in no other count: {names}.",
            len(names),
        )
        left_out.append(line(said.format(count=number(len(names)), names=named(names, WITHOUT_MOST))))
    if not found.is_whole:
        left_out.append(line(_listed(found)))
        left_out.append(
            line(_("What is asked of you, the table and which systems lack a gate go by the systems listed."))
        )
    if found.asked.order.field == "standing_at" and found.counts.without_verdict and not found.filtered_by:
        left_out.append(line(_("Sorted by the age of the verdict, systems without one are left out.")))
    if found.counts.is_capped:
        left_out.append(line(_("Counts go to {count}, no further.").format(count=number(found.counts.total))))
    left_out.append(line(_("Answers, notes and reasons: each system's own report has them.")))
    method = _(
        "Need is the greater of two pains, the one that a module boundary cures and the one that only a separate "
        "deployable cures. Readiness is the least of four capabilities. Both run from 0 to 100 and follow from the "
        "answers by fixed rules, as the verdict does; where an architect overruled it, theirs is shown and the model’s "
        "beside it. A condition is overdue when its day has passed and nobody has said that it is met."
    )
    return (
        Table(columns=(Column(title="", width="name"), Column(title="")), rows=facts_rows, look="facts"),
        Part(title=_("How to read it"), blocks=(Paragraph(line=line(method)),)),
        Part(title=_("What is not in it"), blocks=(Items(lines=tuple(left_out)),)),
    )


# --- the data inside


def data_of(found: Portfolio, name: str) -> Any:
    """As docs/portfolio.md describes it."""
    filters = found.asked.filters
    return data_inside(
        name,
        "portfolio",
        {
            "workspace": found.workspace.name,
            "dated": found.today.isoformat(),
            "filters": {name: value for name, value in QueryDict(filters.query()).items() if name != "sort"},
            "order": filters.order.slug,
            "counts": {
                "systems": found.counts.total,
                "verdicts": dict(found.counts.verdicts),
                "states": dict(found.counts.states),
                "complete": not found.counts.is_capped,
            },
            "systems": [facts(each) for each in found.systems],
            "complete": found.is_whole,
            "overdue": [
                {
                    "system": each.assessment.system.name,
                    "version": each.assessment.version,
                    "text": each.text,
                    "owner": each.owner,
                    "due_on": each.due_on.isoformat(),
                }
                for each in found.overdue
            ],
            "overdue_in_all": found.overdue_count,
        },
    )


# --- for the queue


def spec_of(workspace: Workspace, filters: Filters) -> str:
    """What a row keeps of the choice: the address of the list, with the workspace named."""
    return filters.query(workspace=workspace.pk)


def manuscript_of(report: Report) -> Manuscript:
    workspace, filters = _chosen(report)
    with localized(workspace):
        today = timezone.localdate()
        found = portfolio_of(workspace, filters, today=today)
        brand = brand_of(workspace)
        stem = file_stem(workspace.name, "portfolio", dated=today)
        return manuscript(
            document_of(found, language=brand.language, confidentiality=name_of(brand.confidentiality)),
            brand=brand,
            eyebrow=_("Architects’ portfolio · {day}").format(day=day(today)),
            attached=data_of(found, stem),
        )


def page_of(report: Report, person: User) -> Page:
    """For whoever is an architect of the workspace, still."""
    workspace, filters = _chosen(report)
    if not workspaces_as_architect(person).filter(pk=workspace.pk).exists():
        raise Http404
    with localized(workspace):
        said = _said(workspace, filters)
        chosen = in_a_row(_("{name}: {value}").format(name=name, value=value) for name, value in said)
        return Page(
            heading=_("Portfolio of {workspace}: report").format(workspace=workspace.name),
            sentence=_("Only these systems: {filters}.").format(filters=chosen) if said else _("All systems."),
            back=f"{reverse('portfolio')}?{report.spec}",
            back_words=_("Portfolio"),
        )


def _chosen(report: Report) -> tuple[Workspace, Filters]:
    assert report.workspace is not None  # as the database keeps it
    return report.workspace, read_filters(QueryDict(report.spec).dict())
