"""The plan as files: Markdown, a decision record, a calendar, and tables that issue trackers import. Pure.

Decides which fields of a step go into which column or property, by the names that each tool reads. What people typed is
escaped for each form. Trackers get no dropped steps; a calendar gets them as cancelled, so that an older import agrees.

- Jira: the CSV import maps columns by their heads; an assignee there is an address, so owners are in the description.
- GitHub has no import of its own; `github-csv-tools` and scripts over `gh` read title, body, labels and state.
- Linear: the heads of its own export, which its importer reads.
- iCalendar: RFC 5545, a day-long event on each due day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final
from urllib.parse import urlsplit

from assess.advice.facade import PlanLine, Timeline
from assess.decision.facade import SOURCES
from assess.language import _
from assess.reports.content.data import ReportData
from assess.reports.renderings.markdown import bold, bullets, escape_lines, escape_text, link, quote_yaml
from assess.web.facade import spreadsheet_cell, spreadsheet_row

#: What Jira, GitHub and Linear call the states of a step.
JIRA_STATES: Final = {"to_do": "To Do", "doing": "In Progress", "done": "Done"}
GITHUB_STATES: Final = {"to_do": "open", "doing": "open", "done": "closed"}
LINEAR_STATES: Final = {"to_do": "Todo", "doing": "In Progress", "done": "Done"}

Cell = Callable[[PlanLine], object]
#: The columns of each table, as the tool reads their heads.
COLUMNS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "jira": {
        "Summary": lambda step: step.title,
        "Issue Type": lambda step: "Task",
        "Status": lambda step: JIRA_STATES[step.state],
        "Start date": lambda step: step.starts_on,
        "Due date": lambda step: step.due_on,
        "Labels": lambda step: step.stage,
        "Description": lambda step: describe_step(step),
    },
    "github": {
        "title": lambda step: step.title,
        "body": lambda step: describe_step(step, with_days=True),
        "labels": lambda step: step.stage,
        "state": lambda step: GITHUB_STATES[step.state],
    },
    "linear": {
        "Title": lambda step: step.title,
        "Description": lambda step: describe_step(step, with_days=True, with_owner=False),
        "Status": lambda step: LINEAR_STATES[step.state],
        "Priority": lambda step: "No priority",
        "Assignee": lambda step: step.owner,
        "Labels": lambda step: step.stage,
        "Due Date": lambda step: step.due_on,
        "Completed": lambda step: step.done_on,
    },
    "csv": {
        "stage": lambda step: step.stage_words,
        "step": lambda step: step.title,
        "done when": lambda step: step.done_when,
        "owner": lambda step: step.owner,
        "starts on": lambda step: step.starts_on,
        "due on": lambda step: step.due_on,
        "state": lambda step: step.state,
        "done on": lambda step: step.done_on,
        "source": lambda step: name_sources(step),
        "note": lambda step: step.note,
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFormat:
    """One file: the end of its address and name, and what writes it from report, plan and the page's address."""

    file_ending: str
    content_type: str
    write: Callable[[ReportData, Timeline, str], str]


def describe_step(step: PlanLine, *, with_days: bool = False, with_owner: bool = True) -> str:
    """What a tracker has no column for, in lines."""
    lines = [
        _("Done when: {done}").format(done=step.done_when),
        _("Owner: {owner}").format(owner=step.owner) if with_owner and step.owner else "",
        _("Days: {days}").format(days=step.days_words) if with_days and step.days_words else "",
        _("Source: {source}").format(source=name_sources(step)) if step.source else "",
        step.note,
    ]
    return "\n".join(line for line in lines if line)


def name_sources(step: PlanLine) -> str:
    """The short names of the step's sources, as the page has them: a tracker has no key to "S3"."""
    slugs = step.source.split(", ") if step.source else []
    return ", ".join(_(SOURCES[slug].name) if slug in SOURCES else _("Our judgement") for slug in slugs)


# --- tables


def write_csv(steps: Iterable[PlanLine], columns: Mapping[str, Cell]) -> str:
    """The table without a byte order mark, which importers take for a part of the first head."""
    rows = [list(columns), *([spreadsheet_cell(cell(step)) for cell in columns.values()] for step in steps)]
    return "".join(spreadsheet_row(row) for row in rows)


def csv_writer(name: str) -> Callable[[ReportData, Timeline, str], str]:
    """What writes the table of this name; only our own has dropped steps."""
    return lambda _report, plan, _address: write_csv(plan.lines if name == "csv" else plan.kept, COLUMNS[name])


# --- Markdown


def render_plan(report: ReportData, plan: Timeline, address: str) -> str:
    """The plan as a list to tick, ended by a line break."""
    title = _("{system}: the plan").format(system=report.system)
    blocks = [f"# {escape_text(title)}", escape_text(_("{finding}.").format(finding=plan.finding)), link(address)]
    for _stage, words, steps in plan.stages:
        blocks += [f"## {escape_text(words)}", "\n".join(map(write_task, steps))]
    return "\n\n".join(blocks) + "\n"


def write_task(step: PlanLine) -> str:
    """One item of a task list; a dropped step says so and has no box."""
    box = "" if step.state == "dropped" else "[x] " if step.state == "done" else "[ ] "
    said = [
        _("Done when: {done}").format(done=step.done_when.rstrip(".")),
        _("Owner: {owner}").format(owner=step.owner) if step.owner else "",
        step.days_words,
        step.state_words,
        name_sources(step),
    ]
    told = f"- {box}{bold(step.title)}\\\n  {escape_text('; '.join(each for each in said if each))}"
    return f"{told}\\\n  {escape_lines(step.note, '  ')}" if step.note.strip() else told


def render_plan_record(report: ReportData, plan: Timeline, address: str) -> str:
    """The plan as a record in the form of MADR 4, as the decision has one (`madr`)."""
    signed = report.review.signature if report.review else None
    verdict = signed.overruled_words if signed and signed.overruled_words else report.verdict_words
    title = _("{system}: how we carry out “{verdict}”").format(system=report.system, verdict=verdict)
    owners = list(dict.fromkeys(step.owner for step in plan.kept if step.owner))
    front = (
        "---",
        f"status: {quote_yaml('accepted' if signed else 'proposed')}",
        f"date: {plan.today.isoformat()}",
        f"decision-makers: [{', '.join(map(quote_yaml, owners))}]",
        "---",
    )
    open_steps = [step for step in plan.kept if step.is_open]
    blocks = (
        "\n".join(front),
        f"# {escape_text(title)}",
        "## Context and Problem Statement",
        escape_text(report.rule_sentence) if report.is_enough else "",
        "## Decision Outcome",
        escape_text(_("We take these steps, in this order:")),
        *(
            f"### {escape_text(words)}\n\n{bullets(write_decided(step) for step in steps)}"
            for _stage, words, steps in plan.stages
        ),
        "### Confirmation",
        escape_text(_("{finding}.").format(finding=plan.finding)),
        bullets(escape_text(f"{step.title}: {step.done_when}") for step in open_steps),
        "## More Information",
        link(address),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def write_decided(step: PlanLine) -> str:
    told = [step.state_words, step.days_words, step.owner, name_sources(step)]
    words = f"{bold(step.title)} ({escape_text(', '.join(each for each in told if each))})"
    return f"{words}\\\n  {escape_lines(step.note, '  ')}" if step.note.strip() else words


# --- calendar


def render_calendar(report: ReportData, plan: Timeline, address: str) -> str:
    """A day-long event for each step with a due day. UIDs stay the same, so that a later import replaces the events."""
    host = urlsplit(address).hostname or "localhost"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Splitcheck//Plan//EN", "CALSCALE:GREGORIAN"]
    for step in plan.lines:
        if step.due_on is None:
            continue
        stamp = f"{step.saved_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        title = _("Done: {title}").format(title=step.title) if step.state == "done" else step.title
        summary = _("{system}: {title}").format(system=report.system, title=title)
        lines += [
            "BEGIN:VEVENT",
            f"UID:plan-step-{step.pk}@{host}",
            f"DTSTAMP:{stamp}",
            f"LAST-MODIFIED:{stamp}",
            f"DTSTART;VALUE=DATE:{step.due_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{step.due_on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escape_ical(summary)}",
            f"DESCRIPTION:{escape_ical(describe_step(step))}",
            f"URL:{address}",
            "TRANSP:TRANSPARENT",
            f"STATUS:{'CANCELLED' if step.state == 'dropped' else 'CONFIRMED'}",
            "END:VEVENT",
        ]
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def escape_ical(text: str) -> str:
    """Text as the value of a property."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, escaped)
    return text


def fold(line: str) -> str:
    """The line in pieces of at most 75 bytes of UTF-8, later ones behind a space, no character parted."""
    pieces, room = [""], 75
    for character in line:
        size = len(character.encode("utf-8", "surrogatepass"))
        if size > room:
            pieces.append("")
            room = 74  # the space before it counts
        pieces[-1] += character
        room -= size
    return "\r\n ".join(pieces)


#: By the end of the address, in the order of the links.
PLAN_FORMATS: Final[Mapping[str, PlanFormat]] = {
    "plan.md": PlanFormat(file_ending=".md", content_type="text/markdown; charset=utf-8", write=render_plan),
    "plan-adr.md": PlanFormat(
        file_ending="-adr.md", content_type="text/markdown; charset=utf-8", write=render_plan_record
    ),
    "plan.ics": PlanFormat(file_ending=".ics", content_type="text/calendar; charset=utf-8", write=render_calendar),
    "plan.csv": PlanFormat(file_ending=".csv", content_type="text/csv; charset=utf-8", write=csv_writer("csv")),
    **{
        f"plan-{tool}.csv": PlanFormat(
            file_ending=f"-{tool}.csv", content_type="text/csv; charset=utf-8", write=csv_writer(tool)
        )
        for tool in ("jira", "github", "linear")
    },
}


def write_plan_file(report: ReportData, name: str, address: str) -> bytes:
    """The file of this name (`PLAN_FORMATS`). `address` is the plan's page. Only of a report that has a plan."""
    plan = report.planning.plan
    assert plan is not None  # as the caller made sure
    return PLAN_FORMATS[name].write(report, plan, address).encode("utf-8", "replace")
