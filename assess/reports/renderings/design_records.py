"""Design decisions as records in the form of MADR 4, one file each, as `madr` writes the verdict. Pure.

Headings are the form's own words, which tools look for, and stay English. Text that people typed is literal.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from assess.advice.facade import DESIGN_QUESTIONS
from assess.language import _
from assess.reports.content.design import DesignChoice
from assess.reports.renderings.madr import fact, with_source
from assess.reports.renderings.markdown import bullets, escape_lines, escape_text, quote_yaml

#: The day that every file of a zip carries, so that the same decisions give the same bytes; zip knows no earlier one.
ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignRecord:
    """One record as a file; `slug` is that of the question."""

    slug: str
    file_name: str
    text: str


def build_design_records(choices: Iterable[DesignChoice], *, system: str, zone: tzinfo) -> tuple[DesignRecord, ...]:
    """A record for each decision, numbered by the place of its question, so that a number never changes."""
    places = {slug: place for place, slug in enumerate(DESIGN_QUESTIONS, start=1)}
    return tuple(
        DesignRecord(
            slug=choice.question.slug,
            file_name=f"{places[choice.question.slug]:04}-{choice.question.slug.replace('_', '-')}.md",
            text=render_design_record(choice, system=system, zone=zone),
        )
        for choice in choices
    )


def zip_records(records: Iterable[DesignRecord]) -> bytes:
    """All records in a zip file; the same records give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for record in records:
            entry = zipfile.ZipInfo(record.file_name, date_time=ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, record.text)
    return content.getvalue()


def render_design_record(choice: DesignChoice, *, system: str, zone: tzinfo) -> str:
    """The record as Markdown, ended by a line break."""
    question = choice.question
    title = _("{title}: {option}").format(title=question.title, option=choice.title)
    chosen = _('Chosen option: "{option}", because:').format(option=choice.title)
    blocks = (
        "\n".join(
            (
                "---",
                f"status: {quote_yaml('accepted')}",
                f"date: {choice.at.astimezone(zone).date().isoformat()}",
                f"decision-makers: [{quote_yaml(choice.by)}]",
                "---",
            )
        ),
        f"# {escape_text(title)}",
        "## Context and Problem Statement",
        escape_text(question.question),
        escape_text(question.why),
        bullets([fact(_("System"), system)]),
        *(
            ("## Decision Drivers", bullets(with_source(*figure) for figure in question.figures))
            if question.figures
            else ()
        ),
        "## Considered Options",
        bullets(escape_text(each.title) for each in question.options),
        "## Decision Outcome",
        f"{escape_text(chosen)} {escape_lines(choice.reason)}",
        *write_consequences(choice),
        "## Pros and Cons of the Options",
        *write_options(choice),
    )
    return "\n\n".join(blocks) + "\n"


def write_figures(choice: DesignChoice) -> Iterator[str]:
    if choice.question.figures:
        yield "## Decision Drivers"
        yield bullets(with_source(text, source) for text, source in choice.question.figures)


def write_consequences(choice: DesignChoice) -> Iterator[str]:
    if choice.option is not None:
        yield "### Consequences"
        good, bad = _("Good, because: {reason}"), _("Bad, because: {reason}")
        yield bullets(
            (
                escape_text(good.format(reason=choice.option.gains)),
                escape_text(bad.format(reason=choice.option.costs)),
            )
        )


def write_options(choice: DesignChoice) -> Iterator[str]:
    good, bad = _("Good, because: {reason}"), _("Bad, because: {reason}")
    for option in choice.question.options:
        yield f"### {escape_text(option.title)}"
        yield bullets(
            (
                escape_text(good.format(reason=option.gains)),
                escape_text(bad.format(reason=option.costs)),
                fact(_("Choose it when"), option.choose),
                *(with_source(advice, source) for source, advice in option.says.items()),
            )
        )
