"""The quick way through a new version: all that the last one answered in one list, to be confirmed together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.editions import questionnaire_of
from assess.assessments.sheets import own_answers, respondent_of
from assess.assessments.suggestions import confirm, suggestions_for
from assess.assessments.views.fetch import readable
from assess.language import _, ngettext
from assess.people.facade import can_edit, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import add_error_messages


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def suggestions(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = readable(user, assessment_id)
    may_edit = can_edit(user, assessment.system.team)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    if not may_edit or not assessment.is_open:
        return redirect("assessment", assessment.pk)
    questionnaire = questionnaire_of(assessment.edition)
    respondent = None
    if assessment.independent:
        respondent = respondent_of(user, assessment)
        given = own_answers(respondent.responses.all()) if respondent else {}
    else:
        given = assessment.given_answers()
    waiting = suggestions_for(assessment, questionnaire, given, respondent=respondent)
    if request.method == "POST":
        ticked = [waiting[key] for key in waiting if key in request.POST.getlist("confirm")]
        try:
            saved = confirm(assessment, ticked, by=user, respondent=respondent)
        except ValidationFailed as refused:
            add_error_messages(request, refused)
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
