"""A report carries what the workspace set: name, logo, paper, language, time zone, and the line on its pages."""

from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from assess.assessments.models import Assessment
from assess.people.branding import change_settings, set_logo
from assess.people.models import User, Workspace
from assess.reports import service
from assess.reports.loaders.brand import load_brand
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.pdf import render_pdf
from assess.reports.pdf_cache import content_key

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (90, 30), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def branded(assessment: Assessment, ada: User, workspace: Workspace) -> Assessment:
    change_settings(
        workspace,
        by=ada,
        name="Harbour Group",
        paper="Letter",
        language="en-us",
        time_zone="Pacific/Auckland",
        confidentiality="Confidential: for the board only",
    )
    Assessment.objects.filter(pk=assessment.pk).update(updated_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    return with_report_relations(Assessment.objects.all()).get(pk=assessment.pk)


def test_what_the_workspace_set_is_what_the_report_says(branded: Assessment) -> None:
    brand = load_brand(branded.workspace)
    assert (brand.name, brand.paper, brand.language) == ("Harbour Group", "Letter", "en-US")
    assert (brand.confidentiality, brand.time_zone, brand.logo) == (
        "Confidential: for the board only",
        "Pacific/Auckland",
        "",
    )


def test_a_zone_that_is_no_longer_known_spoils_no_report(workspace: Workspace) -> None:
    workspace.time_zone = "Mars/Olympus"
    assert load_brand(workspace).zone.utcoffset(datetime(2026, 1, 1)) is not None


def test_the_paper_has_logo_size_line_and_the_workspaces_day(branded: Assessment, ada: User) -> None:
    set_logo(branded.workspace, picture(), by=ada)
    made = service.build_assessment_job(branded, "")
    assert 'src="data:image/png;base64,' in made.html
    assert "November 21, 2026" in made.html  # the next day in Auckland, as it is written in the United States
    assert "Confidential: for the board only" in made.html
    with pikepdf.open(BytesIO(render_pdf(made.html, made.attachment, dated=made.dated, paper=made.paper))) as pdf:
        width, height = (float(side) for side in list(pdf.pages[0].MediaBox)[2:])
        assert (round(width), round(height)) == (612, 792)
        assert str(pdf.Root.Lang) == "en-US"


def test_another_logo_or_line_makes_another_report(branded: Assessment, ada: User) -> None:
    before = content_key(load_report(branded))
    set_logo(branded.workspace, picture(), by=ada)
    assert content_key(load_report(branded)) != before
