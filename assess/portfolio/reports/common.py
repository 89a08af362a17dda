"""What reports over several systems share: names in sentences, the data inside, and the render job of a document."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from assess.decision.facade import title_of, words_of_form
from assess.language import _, all_of, capitalised, number
from assess.reports.facade import (
    LONG_NAME,
    MADE_BY,
    MAX_NAME,
    Attachment,
    Brand,
    Document,
    Line,
    RenderJob,
    Run,
    clean_line,
    encode_attachment,
    html_key,
    line,
    render_document_html,
)

#: Of the data inside; it goes up when a field changes its meaning.
FORMAT: Final = 1
#: So many systems are named in a sentence, the others counted.
MAX_NAMES: Final = 3


def name_of(text: str) -> str:
    """A name that somebody typed, cleaned for print."""
    return clean_line(text, MAX_NAME)


def short_name(text: str) -> str:
    """The same, shorter, where there is little room."""
    return clean_line(text, LONG_NAME)


def list_names(names: Sequence[str], most: int = MAX_NAMES) -> str:
    """The first names, the others counted.

    >>> list_names(["Ledger", "Till", "Wiki", "Web shop", "Search"])
    'Ledger, Till, Wiki and 2 more'
    """
    first = [short_name(name) for name in names[:most]]
    more = len(names) - len(first)
    return all_of([*first, _("{count} more").format(count=number(more))] if more else first)


def verdict_cell(verdict: str, form: str = "", note: str = "") -> Line:
    """A verdict with its sign, and below it the note, else its form."""
    if not verdict:
        return line(Run(_("No verdict yet"), "quiet"))
    below = note or capitalised(words_of_form(form))
    return line(Run(title_of(verdict, form) or verdict, "mark", verdict), Run(f"\n{below}" if below else "", "quiet"))


def data_inside(name: str, kind: str, content: Mapping[str, Any]) -> Attachment:
    return encode_attachment(f"{name}.json", {"made_by": MADE_BY, "kind": kind, "format": FORMAT, **content})


def build_job_of_document(document: Document, *, brand: Brand, eyebrow: str, attached: Attachment) -> RenderJob:
    """The first chapter of the document is page 1."""
    html = render_document_html(document, brand=brand, eyebrow=eyebrow)
    paper = brand.paper
    return RenderJob(
        html=html,
        file_name=f"{attached.name.removesuffix('.json')}.pdf",
        attachment=attached,
        dated=document.dated,
        paper=paper,
        key=html_key(html, paper, attached.sha256),
    )
