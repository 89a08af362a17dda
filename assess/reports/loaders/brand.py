"""How a workspace's reports look and speak: what it has set for itself, as the report object carries it."""

from base64 import b64encode

from django.utils.translation import to_locale

from assess.people.facade import Logo, Workspace
from assess.reports.content.data import Brand, Paper
from assess.web.facade import get_language_tag, get_time_zone

PAPERS: dict[str, Paper] = {"A4": "A4", "Letter": "Letter"}


def load_brand(workspace: Workspace) -> Brand:
    """One query, for the logo, unless it came with the workspace. It stands in the report, which fetches nothing."""
    logo: Logo | None = getattr(workspace, "logo", None)
    drawn = "" if logo is None else f"data:image/png;base64,{b64encode(bytes(logo.content)).decode()}"
    return Brand(
        name=workspace.name,
        logo=drawn,
        paper=PAPERS[workspace.paper],
        language=to_locale(get_language_tag(workspace.language)).replace("_", "-"),
        confidentiality=workspace.confidentiality,
        time_zone=str(get_time_zone(workspace.time_zone)),
    )
