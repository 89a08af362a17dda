"""Records of design decisions to keep beside the code: one as Markdown, all in a zip file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from assess.assessments.facade import check_answered_first, open_assessment
from assess.people.facade import signed_in
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.file_names import assessment_file_stem
from assess.reports.http_responses import file_response
from assess.reports.loaders.design import load_design_choices
from assess.reports.renderings.design_records import build_design_records, zip_records
from assess.web.facade import get_time_zone, localized


@signed_in
@require_safe
def design_records(request: HttpRequest, assessment_id: int, key: str = "") -> HttpResponse:
    """The record of the decision on this question or, without `key`, all in a zip file; 404 where nothing is
    decided."""
    user, assessment = open_assessment(request, assessment_id)
    check_answered_first(user, assessment)
    workspace = assessment.workspace
    with localized(workspace):
        records = build_design_records(
            load_design_choices(assessment),
            system=clean_line(assessment.system.name, MAX_NAME),
            zone=get_time_zone(workspace.time_zone),
        )
        name = f"{assessment_file_stem(assessment)}_decisions.zip"
    if key:
        records = tuple(record for record in records if record.slug == key)
    if not records:
        raise Http404
    if key:
        text = records[0].text.encode()
        return file_response(text, name=records[0].file_name, content_type="text/markdown; charset=utf-8")
    return file_response(zip_records(records), name=name, content_type="application/zip")
