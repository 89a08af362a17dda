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
from assess.reports.loaders.report import load_brand, load_report, with_report_relations
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
        currency="USD",
        language="en-us",
        time_zone="Pacific/Auckland",
        confidentiality="Confidential: for the board only",
    )
    Assessment.objects.filter(pk=assessment.pk).update(updated_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    return with_report_relations(Assessment.objects.all()).get(pk=assessment.pk)


def test_report_has_the_workspaces_brand(branded: Assessment) -> None:
    brand = load_brand(branded.workspace)
    assert (brand.name, brand.paper, brand.language) == ("Harbour Group", "Letter", "en-US")
    assert (brand.confidentiality, brand.time_zone, brand.logo) == (
        "Confidential: for the board only",
        "Pacific/Auckland",
        "",
    )


def test_unknown_time_zone_does_not_break_a_report(workspace: Workspace) -> None:
    workspace.time_zone = "Mars/Olympus"
    assert load_brand(workspace).zone.utcoffset(datetime(2026, 1, 1)) is not None


@pytest.mark.slow
def test_pdf_has_logo_paper_size_line_and_local_day(branded: Assessment, ada: User) -> None:
    set_logo(branded.workspace, picture(), by=ada)
    made = service.build_assessment_job(branded, "")
    assert 'src="data:image/png;base64,' in made.html
    assert "November 21, 2026" in made.html  # the next day in Auckland, as it is written in the United States
    assert "Confidential: for the board only" in made.html
    with pikepdf.open(BytesIO(render_pdf(made.html, made.attachment, dated=made.dated, paper=made.paper))) as pdf:
        width, height = (float(side) for side in list(pdf.pages[0].MediaBox)[2:])
        assert (round(width), round(height)) == (612, 792)
        assert str(pdf.Root.Lang) == "en-US"


def test_changed_logo_or_line_changes_the_content_key(branded: Assessment, ada: User) -> None:
    before = content_key(load_report(branded))
    set_logo(branded.workspace, picture(), by=ada)
    assert content_key(load_report(branded)) != before
