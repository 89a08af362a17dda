"""The report on a workspace's systems, as the portfolio page lists them. Page 1 is for leadership.

Decides what it says, in which order, and how many systems it names. What it is written from is read in
`portfolio_data`; what a block looks like is decided in the room of reports.
"""

from collections.abc import Callable
from typing import Final

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from assess.decision.facade import GATE_WORDS, words_of_verdict
from assess.language import _, day, in_a_row, ngettext, number
from assess.people.facade import User, Workspace, workspaces_as_architect
from assess.portfolio.filters import Filters, read_filters
from assess.portfolio.reports.common import (
    build_job_of_document,
    list_names,
    name_of,
    short_name,
    verdict_cell,
)
from assess.portfolio.reports.portfolio_data import (
    Portfolio,
    build_data,
    describe_filters,
    join_filters,
    load_portfolio,
)
from assess.portfolio.systems import SystemRow
from assess.reports.facade import (
    Block,
    Chapter,
    Column,
    Columns,
    Document,
    Figure,
    Items,
    Line,
    Paragraph,
    Part,
    PersonalPage,
    RenderJob,
    Report,
    Row,
    Run,
    Table,
    clean_line,
    file_stem,
    line,
    load_brand,
)
from assess.review.facade import state_spec
from assess.web.facade import localdate_in, localized

#: So many overdue conditions are on page 1.
CONDITIONS_ON_PAGE_1: Final = 3
#: Letters of a condition's text, on page 1 and in the table.
SHORT_TEXT: Final = 90
LONG_TEXT: Final = 400
#: So many systems are named beside a gate that they lack, and so many that have no verdict.
MAX_LACKING: Final = 40
MAX_WITHOUT_VERDICT: Final = 20


# --- writing it


def build_document(portfolio: Portfolio, *, language: str, confidentiality: str = "") -> Document:
    """The report. Its first chapter is page 1."""
    chapters = (
        Chapter(slug="summary", title=portfolio.counts.finding, blocks=build_summary(portfolio)),
        build_need_chapter(portfolio),
        build_gates_chapter(portfolio),
        build_systems_chapter(portfolio),
        build_overdue_chapter(portfolio),
        build_method_chapter(portfolio),
    )
    title = _("Portfolio of {workspace}").format(workspace=portfolio.name)
    footer = [title, day(portfolio.today), _("filtered") if portfolio.filters_in_words else "", confidentiality]
    return Document(
        title=title,
        language=language,
        dated=portfolio.today,
        footer=" · ".join(part for part in footer if part),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
    )


def build_summary(portfolio: Portfolio) -> tuple[Block, ...]:
    counts = portfolio.counts
    blocks: list[Block] = []
    if portfolio.filters_in_words:
        chosen = join_filters(portfolio.filters_in_words)
        blocks.append(Paragraph(line=line(Run(_("Only these systems: {filters}.").format(filters=chosen), "quiet"))))
    rows = [
        Row(cells=(verdict_cell(verdict), line(number(count)))) for verdict, count in counts.verdicts.items() if count
    ]
    if counts.without_verdict:
        rows.append(Row(cells=(verdict_cell(""), line(number(counts.without_verdict)))))
    if rows:
        heads = (Column(title=_("Verdict")), Column(title=_("Systems"), width="points"))
        blocks.append(Table(columns=heads, rows=tuple(rows), look="counts"))
        blocks.append(Paragraph(line=line(counts.by_state)))
    gates: Block = (
        Items(lines=tuple(line(gate.sentence) for gate in portfolio.counts.gates))
        if portfolio.counts.gates
        else Paragraph(line=line(_("No gate is known to be missing.")))
    )
    blocks.append(
        Columns(
            parts=(
                Part(title=_("Missing most often"), blocks=(gates,)),
                Part(title=overdue_title(portfolio), blocks=(build_first_overdue(portfolio),)),
            )
        )
    )
    blocks.append(Part(title=_("What is asked of you"), blocks=(build_requests(portfolio),), together=True))
    return tuple(blocks)


def overdue_title(portfolio: Portfolio) -> str:
    count = portfolio.overdue_count
    if not count:
        return _("Nothing is overdue")
    return ngettext("{count} condition is overdue", "{count} conditions are overdue", count).format(count=number(count))


def build_first_overdue(portfolio: Portfolio) -> Block:
    if not portfolio.overdue:
        return Paragraph(line=line(_("Every condition is met or not due yet.")))
    lines = [
        line(
            _("{system}: {text}").format(
                system=short_name(each.assessment.system.name), text=clean_line(each.text, SHORT_TEXT)
            ),
            Run("\n" + _("{owner}, due {day}").format(owner=short_name(each.owner), day=day(each.due_on)), "quiet"),
        )
        for each in portfolio.overdue[:CONDITIONS_ON_PAGE_1]
    ]
    return Items(lines=tuple(lines))


def build_requests(portfolio: Portfolio) -> Block:
    """What the reader is asked to do, the most pressing first, each with the systems that it is about."""
    lines = []
    if portfolio.overdue_count:
        owners = list(dict.fromkeys(each.owner for each in portfolio.overdue))
        sentence = ngettext(
            "Settle {count} overdue condition, or agree on a new day with {owners}.",
            "Settle {count} overdue conditions, or agree on new days with {owners}.",
            portfolio.overdue_count,
        )
        lines.append(sentence.format(count=number(portfolio.overdue_count), owners=list_names(owners)))
    groups: tuple[tuple[list[SystemRow], Callable[[int], str]], ...] = (
        (
            [each for each in portfolio.systems if state_spec(each.newest.state).awaits_review],
            lambda count: ngettext(
                "Review and decide on {count} system: {names}.", "Review and decide on {count} systems: {names}.", count
            ),
        ),
        (
            [
                each
                for each in portfolio.systems
                if each.newest.current_verdict == "extract" and "failed" in each.newest.gates_not_passed.values()
            ],
            lambda count: ngettext(
                "Close the failed gates of {count} system before anything is extracted from it: {names}.",
                "Close the failed gates of {count} systems before anything is extracted from them: {names}.",
                count,
            ),
        ),
        (
            [each for each in portfolio.systems if each.is_due],
            lambda count: ngettext(
                "Assess {count} system again, it is due: {names}.",
                "Assess {count} systems again, they are due: {names}.",
                count,
            ),
        ),
        (
            portfolio.without_verdict,
            lambda count: ngettext(
                "Finish the assessment of {count} system without a verdict: {names}.",
                "Finish the assessments of {count} systems without a verdict: {names}.",
                count,
            ),
        ),
    )
    for systems, pattern in groups:
        if systems:
            names = list_names([each.newest.system.name for each in systems])
            lines.append(pattern(len(systems)).format(count=number(len(systems)), names=names))
    if not lines:
        return Paragraph(line=line(_("Nothing now. Every verdict is decided.")))
    if not portfolio.is_whole:
        lines.append(_("This covers the listed systems. There are more."))
    return Items(lines=tuple(line(text) for text in lines), numbered=portfolio.is_whole)


def build_need_chapter(portfolio: Portfolio) -> Chapter | None:
    if portfolio.scatter is None:
        return None
    chart = portfolio.scatter
    signs = {"stay": _("squares: {what}"), "modular": _("diamonds: {what}"), "extract": _("circles: {what}")}
    key = in_a_row(signs[verdict].format(what=words) for verdict, words in chart.key)
    sentence = [
        _("Each sign is a system; {key}. A larger sign is several systems at one place.").format(key=key),
        _("Above the broken line, need exceeds readiness. The table of all systems has the numbers."),
        chart.left_out,
    ]
    blocks: tuple[Block, ...] = (
        Part(
            title=chart.title,
            blocks=(
                Figure(template="scatter", chart=chart),
                Paragraph(line=line(*(Run(each, "quiet") for each in sentence))),
            ),
            together=True,
        ),
    )
    return Chapter(slug="need", title=_("Need and readiness"), blocks=blocks)


def build_gates_chapter(portfolio: Portfolio) -> Chapter | None:
    """Every gate that a system listed has not passed, with the systems."""
    rows = []
    for gate, words in GATE_WORDS.items():
        failed, unknown = (
            [
                each.newest.system.name
                for each in portfolio.with_verdict
                if each.newest.gates_not_passed.get(gate) == state
            ]
            for state in ("failed", "open")
        )
        if not failed and not unknown:
            continue
        lacking: list[Run] = []
        if failed:
            lacking.append(Run(list_names(failed, MAX_LACKING)))
        if unknown:
            sentence = _("Not known: {systems}").format(systems=list_names(unknown, MAX_LACKING))
            lacking.append(Run(f"\n{sentence}" if failed else sentence, "quiet"))
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
                _("Among systems with a verdict. Close every gate before you extract anything."),
            )
        ),
        Table(columns=columns, rows=tuple(row for *_counts, row in rows)),
    )
    return Chapter(slug="gates", title=_("What is missing, and where"), blocks=blocks)


def build_systems_chapter(portfolio: Portfolio) -> Chapter | None:
    if not portfolio.systems:
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
    if not portfolio.is_whole:
        blocks.append(Paragraph(line=line(listed_sentence(portfolio))))
    blocks.append(
        Table(columns=columns, rows=tuple(build_system_row(each) for each in portfolio.systems), look="systems")
    )
    count = len(portfolio.systems)
    title = (
        ngettext("{count} system", "All {count} systems", count)
        if portfolio.is_whole and not portfolio.filters_in_words
        else ngettext("{count} system", "{count} systems", count)
    )
    return Chapter(slug="systems", title=title.format(count=number(count)), blocks=tuple(blocks))


def listed_sentence(portfolio: Portfolio) -> str:
    return _("Only the first {count} systems are listed, in this order: {order}.").format(
        count=number(len(portfolio.systems)), order=_(portfolio.filters.order.label)
    )


def build_system_row(system: SystemRow) -> Row:
    newest = system.newest
    sentence = ""
    if system.overruled_from:
        sentence = _("Overruled; the model says “{verdict}”").format(verdict=words_of_verdict(system.overruled_from))
    version = _("Version {version}").format(version=newest.version)
    if system.verdict_on is not None:
        version = _("Version {version}, verdict of {day}").format(version=newest.version, day=day(system.verdict_on))
    late = ngettext("{count} condition overdue", "{count} conditions overdue", system.overdue_conditions)
    again = day(newest.ask_again_on) if newest.ask_again_on else "–"
    due = _("Due")
    return Row(
        cells=(
            line(name_of(newest.system.name), Run(f"\n{name_of(newest.system.team.name)}", "quiet")),
            verdict_cell(newest.current_verdict, newest.current_verdict_form, sentence),
            line(number(newest.need) if newest.current_verdict else "–"),
            line(number(newest.readiness) if newest.current_verdict else "–"),
            line(
                str(newest.get_state_display()),
                Run(f"\n{version}", "quiet"),
                Run(f"\n{late.format(count=system.overdue_conditions)}" if system.overdue_conditions else "", "strong"),
            ),
            line(again, Run(f"\n{due}" if system.is_due else "", "strong")),
        )
    )


def build_overdue_chapter(portfolio: Portfolio) -> Chapter | None:
    if not portfolio.overdue:
        return None
    columns = (
        Column(title=_("System"), width="name"),
        Column(title=_("Condition")),
        Column(title=_("Owner"), width="who"),
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
        for each in portfolio.overdue
    )
    blocks: list[Block] = [Table(columns=columns, rows=rows)]
    if portfolio.overdue_more:
        more = ngettext("{count} more is on the page.", "{count} more are on the page.", portfolio.overdue_more)
        blocks.append(Paragraph(line=line(more.format(count=number(portfolio.overdue_more)))))
    return Chapter(slug="overdue", title=overdue_title(portfolio), blocks=tuple(blocks))


def build_method_chapter(portfolio: Portfolio) -> Chapter:
    filters = [Row(cells=(line(name), line(value))) for name, value in portfolio.filters_in_words]
    facts_rows = (
        Row(cells=(line(_("Workspace")), line(portfolio.name))),
        Row(cells=(line(_("As of")), line(day(portfolio.today)))),
        *(filters or [Row(cells=(line(_("Filters")), line(_("none: every system of the workspace"))))]),
        Row(cells=(line(_("Order")), line(_(portfolio.filters.order.label)))),
    )
    names = [each.newest.system.name for each in portfolio.without_verdict]
    left_out: list[Line] = [line(_("Deleted versions, and all but the newest version of each system."))]
    if names:
        sentence = ngettext(
            "{count} system has no submitted verdict, so only the table lists it: {names}.",
            "{count} systems have no submitted verdict, so only the table lists them: {names}.",
            len(names),
        )
        left_out.append(line(sentence.format(count=number(len(names)), names=list_names(names, MAX_WITHOUT_VERDICT))))
    if not portfolio.is_whole:
        left_out.append(line(listed_sentence(portfolio)))
        left_out.append(line(_("What is asked of you, the table and the missing gates cover the listed systems only.")))
    is_sorted_by_age = portfolio.filters.order.field == "current_verdict_at"
    if is_sorted_by_age and portfolio.counts.without_verdict and not portfolio.filters_in_words:
        left_out.append(line(_("Systems without a verdict: this list is sorted by the verdict's age.")))
    left_out.append(line(_("Answers, notes and reasons: each system's own report has them.")))
    method = _(
        "Need is the greater of two pains: the one that module boundaries cure, and the one that only separate "
        "deployables cure. Readiness is the least of four capabilities. Both run from 0 to 100. Like the verdict, they "
        "follow from the answers by fixed rules. Each verdict is that of the newest submitted version. Where an "
        "architect overruled it, the model’s verdict is shown too. A condition is overdue when its day has passed and "
        "nobody has said that it is met."
    )
    blocks: tuple[Block, ...] = (
        Table(columns=(Column(title="", width="name"), Column(title="")), rows=facts_rows, look="facts"),
        Part(title=_("How to read it"), blocks=(Paragraph(line=line(method)),)),
        Part(title=_("What is not in it"), blocks=(Items(lines=tuple(left_out)),)),
    )
    return Chapter(slug="method", title=_("How this was made, and what is not in it"), blocks=blocks)


# --- for the queue


def build_spec(workspace: Workspace, filters: Filters) -> str:
    """What the report's row keeps: the query of the list's address, with the workspace."""
    return filters.query(workspace=workspace.pk)


def build_job(report: Report) -> RenderJob:
    """The report with the systems as they are now, in the workspace's language and time zone."""
    workspace, filters = read_spec(report)
    with localized(workspace):
        today = localdate_in(workspace, timezone.now())
        portfolio = load_portfolio(workspace, filters, today=today)
        brand = load_brand(workspace)
        stem = file_stem(workspace.name, "portfolio", dated=today)
        return build_job_of_document(
            build_document(portfolio, language=brand.language, confidentiality=name_of(brand.confidentiality)),
            brand=brand,
            eyebrow=_("Architects’ portfolio · {day}").format(day=day(today)),
            attached=build_data(portfolio, stem),
        )


def build_page(report: Report, person: User) -> PersonalPage:
    """The page that waits for the report. 404 unless the person is still an architect of the workspace."""
    workspace, filters = read_spec(report)
    if not workspaces_as_architect(person).filter(pk=workspace.pk).exists():
        raise Http404
    with localized(workspace):
        filters_in_words = describe_filters(workspace, filters)
        chosen = join_filters(filters_in_words)
        return PersonalPage(
            heading=_("Portfolio of {workspace}: report").format(workspace=workspace.name),
            sentence=_("Only these systems: {filters}.").format(filters=chosen) if chosen else _("All systems."),
            back=f"{reverse('portfolio')}?{report.spec}",
            back_words=_("Portfolio"),
        )


def read_spec(report: Report) -> tuple[Workspace, Filters]:
    """The workspace and the filters that the report was requested with."""
    assert report.workspace is not None  # as the database keeps it
    return report.workspace, read_filters(QueryDict(report.spec).dict())
