"""How a workspace's paper looks and speaks, as its settings say."""

from assess.people.models import Paper, Workspace
from assess.people.places import language_named
from assess.reports.cleaned import MAX_NAME, clean_line
from assess.reports.data import Brand


def brand_of(workspace: Workspace) -> Brand:
    return Brand(
        paper="Letter" if workspace.paper == Paper.LETTER else "A4",
        language=_tag(language_named(workspace.language)),
        confidentiality=clean_line(workspace.confidentiality, MAX_NAME),
        time_zone=workspace.time_zone,
    )


def _tag(language: str) -> str:
    """Django's name of a language as a document has it: "en-GB" for "en-gb"."""
    name, _hyphen, region = language.partition("-")
    return f"{name}-{region.upper()}" if region else name


__all__ = ["brand_of"]
