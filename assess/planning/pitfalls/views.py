"""The page of pitfalls. It changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assess.advice.facade import PitfallEvidence
from assess.assessments.facade import Assessment, judge, latest_scan_of, questionnaire_of
from assess.people.facade import signed_in
from assess.planning.pages import open_planning
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.policies import why_not_change_plan
from assess.questionnaire.facade import worded_for


@require_safe
@signed_in
def pitfalls(request: HttpRequest, assessment_id: int) -> HttpResponse:
    page = open_planning(request, assessment_id, why_not=why_not_change_plan)
    assessment = page.assessment
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    result = judge(assessment, questionnaire, answers).result
    findings = find_pitfalls_of(assessment, questionnaire, answers, result, latest_scan_of(assessment))
    groups = {
        state: [
            {"finding": each, "evidence": [(line.sentence, url_of(line, assessment)) for line in each.evidence]}
            for each in findings
            if each.state == state
        ]
        for state in ("now", "later", "watch")
    }
    return render(request, "planning/pitfalls.html", page.context("pitfalls", **groups))


def url_of(line: PitfallEvidence, assessment: Assessment) -> str:
    """Where the fact can be seen, and changed by whoever may."""
    if line.place == "answer":
        return f"{reverse('assessment-review', args=[assessment.pk])}#q-{line.key}"
    if line.place == "design":
        return reverse("design-decision", args=[assessment.pk, line.key])
    return reverse("evidence-measurements" if line.place == "calls" else "evidence", args=[assessment.pk])
