"""The page on services to merge. It changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from assess.advice.facade import MERGE_STEPS, MERGE_STORY
from assess.assessments.facade import questionnaire_of
from assess.people.facade import signed_in
from assess.planning.merging.find import find_merging_of
from assess.planning.pages import open_planning
from assess.planning.policies import why_not_change_plan
from assess.questionnaire.facade import worded_for


@require_safe
@signed_in
def merging(request: HttpRequest, assessment_id: int) -> HttpResponse:
    page = open_planning(request, assessment_id, why_not=why_not_change_plan)
    answers = page.assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(page.assessment.edition), answers)
    context = page.context(
        "merging",
        merging=find_merging_of(page.assessment, questionnaire, answers),
        steps=[(gettext(step), source) for step, source in MERGE_STEPS],
        story=(gettext(MERGE_STORY[0]), MERGE_STORY[1]),
    )
    return render(request, "planning/merging.html", context)
