"""All answers of the version before in one list, to confirm those that still hold."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.access import open_assessment
from assess.assessments.answers import answers_from_rows
from assess.assessments.assignments import get_respondent
from assess.assessments.editions import questionnaire_of
from assess.assessments.suggestions import confirm_suggestions, suggestions_for
from assess.language import _, ngettext
from assess.people.facade import can_edit, signed_in
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import add_error_messages


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def suggestions(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id)
    may_edit = can_edit(user, assessment.system.team)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    if not may_edit or not assessment.is_open:
        return redirect("assessment", assessment.pk)
    questionnaire = questionnaire_of(assessment.edition)
    respondent = None
    if assessment.answers_separately:
        respondent = get_respondent(user, assessment)
        present = answers_from_rows(respondent.responses.all()) if respondent else {}
    else:
        present = assessment.current_answers()
    waiting = suggestions_for(assessment, questionnaire, present, respondent=respondent)
    if request.method == "POST":
        ticked = [waiting[key] for key in waiting if key in request.POST.getlist("confirm")]
        try:
            saved = confirm_suggestions(assessment, ticked, by=user, respondent=respondent)
        except ValidationFailed as error:
            add_error_messages(request, error)
            return redirect("assessment", assessment.pk)
        if not ticked:
            messages.error(request, _("Tick what still holds, then confirm."))
            return redirect("assessment-suggestions", assessment.pk)
        text = ngettext("{count} answer confirmed.", "{count} answers confirmed.", len(saved))
        messages.success(request, text.format(count=len(saved)))
        return redirect("assessment", assessment.pk)
    context = {
        "assessment": assessment,
        "from_version": next(iter(waiting.values())).from_version if waiting else 0,
        "count": len(waiting),
        "sections": [
            (section, lines)
            for section in questionnaire.sections
            if (lines := [waiting[question.key] for question in section.questions if question.key in waiting])
        ],
    }
    return render(request, "assessments/suggestions.html", context)
