"""The map of an assessment's last scan, as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assess.assessments.evidence.candidates import build_version_candidates
from assess.assessments.evidence.views import open_evidence
from assess.evidence.facade import build_quadrants, build_scan_charts
from assess.monoliths_file import measured_monoliths
from assess.people.facade import signed_in


@require_safe
@signed_in
def evidence_map(request: HttpRequest, assessment_id: int) -> HttpResponse:
    page = open_evidence(request, assessment_id)
    context = page.context(
        "evidence-map",
        charts=build_scan_charts(page.scan, measured_monoliths()) if page.scan else None,
        quadrants=build_quadrants(build_version_candidates(page.assessment, page.scan).candidates),
    )
    return render(request, "evidence/map.html", context)
