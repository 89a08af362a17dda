"""The page of the boundaries that hold in the last scan, and their files for import-linter and tach."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assess.assessments.evidence.actions import evidence_before
from assess.assessments.evidence.views import open_evidence
from assess.evidence.facade import (
    count_exceptions,
    find_exceptions_by_pair,
    find_layers,
    import_linter_command,
    why_no_boundaries,
    write_import_linter,
    write_tach,
)
from assess.people.facade import signed_in

#: Pairs of apps with exceptions that are listed, the cheapest to end first; the file has all.
MAX_PAIRS: Final = 20


@require_safe
@signed_in
def boundaries(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    page = open_evidence(request, assessment_id)
    context = page.context("evidence-boundaries")
    if page.evidence and page.scan:
        exceptions = count_exceptions(page.scan)
        if exceptions is None:
            context["why_none"] = why_no_boundaries(page.scan)
        else:
            earlier = evidence_before(page.evidence)
            before = count_exceptions(earlier.scan()) if earlier else None
            pairs = [(*pair, len(imports)) for pair, imports in find_exceptions_by_pair(page.scan).items()]
            context |= {
                "layers": find_layers(page.scan),
                "exceptions": exceptions,
                "fewer": None if before is None else before - exceptions,
                "more": None if before is None else exceptions - before,
                "pairs": pairs[:MAX_PAIRS],
                "pairs_left_out": max(0, len(pairs) - MAX_PAIRS),
                "command": import_linter_command(page.scan),
            }
    return render(request, "evidence/boundaries.html", context)


@require_safe
@signed_in
def download_boundaries(request: HttpRequest, assessment_id: int, name: str) -> HttpResponseBase:
    """boundaries.toml, import-linter's, or tach.toml; 404 where none can be written."""
    page = open_evidence(request, assessment_id)
    write = {"boundaries": write_import_linter, "tach": write_tach}.get(name)
    text = write(page.scan) if write and page.scan else ""
    if not text:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{name}.toml"'}
    return HttpResponse(text, content_type="application/toml; charset=utf-8", headers=headers)
