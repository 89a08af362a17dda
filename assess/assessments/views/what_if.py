"""What if: saved answers changed beside the verdict, and the changes kept as planned changes.

Looking changes nothing and needs no more than reading; the address carries the changes.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import planned_changes
from assess.assessments.access import open_assessment
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_datetime
from assess.assessments.models import Assessment
from assess.assessments.planned_changes import PlannedChangeState
from assess.assessments.response_visibility import check_answered_first
from assess.assessments.what_if import (
    Comparison,
    Control,
    WhatIf,
    build_controls,
    read_what_if,
    suggest_changes,
    to_query,
)
from assess.decision.facade import FRAME, decider, describe_change, find_flips
from assess.language import _, ngettext
from assess.people.facade import User, can_edit, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed, count_known
from assess.web.facade import (
    absolute_url,
    add_error_messages,
    choice_links,
    is_partial,
    render_page_or_part,
    to_form_texts,
)

#: The tag of the message that offers to take the dropping of planned changes back.
DROPPED = "planned-changes-dropped"


@require_safe
@signed_in
def what_if(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id)
    check_answered_first(user, assessment)
    saved = assessment.current_answers()
    tried = read_what_if(questionnaire_of(assessment.edition), saved, dict(request.GET.lists()))
    if is_partial(request):
        return render_what_if(request, user, assessment, tried)
    if not tried.issues and not tried.left_out and dict(request.GET.lists()) != parameters_of(tried):
        # A form sends every control. The address that stays should say what is changed and nothing else.
        return redirect(what_if_url(assessment.pk, tried.query))
    # A page that htmx puts back from its history must come with a success to be shown.
    is_wrong = tried.issues and "HX-History-Restore-Request" not in request.headers
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render_what_if(request, user, assessment, tried, status=status)


@require_POST
@signed_in
def keep_planned_changes(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    parameters = {name: texts for name, texts in request.POST.lists() if name != "csrfmiddlewaretoken"}
    try:
        tried = planned_changes.keep_planned_changes(assessment_id, parameters, by=user)
    except Assessment.DoesNotExist:
        raise Http404 from None
    if tried.issues:
        _user, assessment = open_assessment(request, assessment_id)
        return render_what_if(request, user, assessment, tried, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not tried.changes:
        messages.error(request, _("Change at least one answer, then plan the changes."))
    else:
        count = len(tried.changes)
        text = ngettext(
            "{count} planned change saved. No answer was changed.",
            "{count} planned changes saved. No answer was changed.",
            count,
        )
        messages.success(request, text.format(count=count))
    return redirect(what_if_url(assessment_id, tried.query))


@require_POST
@signed_in
def drop_planned_changes(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    try:
        changes = planned_changes.drop_planned_changes(assessment_id, by=user_of(request))
    except Assessment.DoesNotExist:
        raise Http404 from None
    except ValidationFailed as error:
        add_error_messages(request, error)
        return redirect("assessment-what-if", assessment_id)
    messages.success(request, _("The planned changes are dropped."), extra_tags=DROPPED)
    # With its changes in the address, so that the page can offer to keep them again.
    return redirect(what_if_url(assessment_id, to_query(changes)))


def render_what_if(
    request: HttpRequest, user: User, assessment: Assessment, tried: WhatIf, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page, or for htmx what changes on it: the outcome, and controls that come and go with other answers."""
    controls = build_controls(tried)
    lines = planned_changes.compare_planned_changes(tried.questionnaire, assessment.planned_changes.all(), tried.saved)
    context = outcome_context(request, user, assessment, tried, lines)
    if is_partial(request):
        # What the browser shows, it sends. Only a control that comes or goes is sent back: what somebody is
        # typing into is never put in its place again.
        context["coming_and_going"] = [
            control for _section, section in controls for control in section if is_another(request, control)
        ]
    else:
        context |= {"sections": controls, "dropped": DROPPED} | fixed_context(assessment, tried, lines)
    response = render_page_or_part(request, "assessments/what_if.html", "changed", context, status=status)
    header = history_header(request, tried) if is_partial(request) else ""
    if header:
        response.headers[header] = what_if_url(assessment.pk, tried.query)
    return response


def is_another(request: HttpRequest, control: Control) -> bool:
    """Whether the browser does not show the control as it is: it comes or goes, or may be put in other words."""
    question = control.question
    if question.conditions and control.asked != (question.key in request.GET):
        return True
    is_frame = request.headers.get("HX-Trigger-Name", "") in FRAME
    return is_frame and bool(question.of_part or any(option.shown_when for option in question.options))


def outcome_context(
    request: HttpRequest,
    user: User,
    assessment: Assessment,
    tried: WhatIf,
    lines: list[PlannedChangeState],
) -> dict[str, Any]:
    """What changes with every answer tried."""
    questionnaire = tried.questionnaire
    decide = decider(assessment.model_version)
    now = decide(questionnaire, tried.answers)
    known = count_known(questionnaire, tried.answers)
    page_url = what_if_url(assessment.pk, "")
    return {
        "assessment": assessment,
        "page_url": page_url,
        "link": absolute_url(what_if_url(assessment.pk, tried.query)),
        "tried": tried,
        "result": now,
        "compared": Comparison(
            saved=decide(questionnaire, tried.saved) if tried.changes else now,
            now=now,
        ),
        "is_early": not now.firm and known < len(questionnaire.quick_questions),
        "known": known,
        "changes": [
            {
                "key": change.key,
                "words": describe_change(questionnaire, change),
                "undo": what_if_url(assessment.pk, tried.without(change.key).query),
            }
            for change in tried.changes
        ],
        "fields": [(change.key, text) for change in tried.changes for text in to_form_texts(change.after)],
        "problems": [
            (issue, questionnaire.by_key.get(issue.key), choice_links(request, issue, path=page_url))
            for issue in tried.issues
        ],
        "may_plan": can_edit(user, assessment.system.team),
        "planned_changes": lines,
        "is_planned": tried.changes == tuple(line.change for line in lines),
    }


def fixed_context(assessment: Assessment, tried: WhatIf, lines: list[PlannedChangeState]) -> dict[str, Any]:
    """What stays the same whatever is tried: suggestions, and the planned changes."""
    questionnaire = tried.questionnaire
    context: dict[str, Any] = {
        "suggestions": [
            (title, [(line, what_if_url(assessment.pk, line.query)) for line in group])
            for title, group in suggest_changes(questionnaire, find_flips(questionnaire, tried.saved))
        ],
        "submitted_at": format_datetime(assessment.submitted_at) if assessment.submitted_at else "",
    }
    if lines:
        query = to_query(line.change for line in lines)
        with_planned = read_what_if(questionnaire, tried.saved, dict(QueryDict(query).lists()))
        context["planned_at"], context["planned_by"] = format_datetime(lines[0].kept_at), lines[0].kept_by
        context["planned_address"] = what_if_url(assessment.pk, with_planned.query)
        reached = decider(assessment.model_version)(questionnaire, with_planned.answers)
        context["planned_verdict"], context["planned_form"] = reached.shown_verdict, reached.form
    return context


def what_if_url(assessment_id: int, query: str) -> str:
    url = reverse("assessment-what-if", args=[assessment_id])
    return f"{url}?{query}" if query else url


def parameters_of(tried: WhatIf) -> dict[str, list[str]]:
    return dict(QueryDict(tried.query).lists())


def history_header(request: HttpRequest, tried: WhatIf) -> str:
    """How the browser's history takes the new address: a step for each question changed or put back, so that "back"
    undoes that change; values tried one after another for the same question are one step.

    "" where the address is right already.
    """
    try:
        before = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    except ValueError:
        before = {}  # no address at all, such as `http://[`
    after = parameters_of(tried)
    if before == after:
        return ""
    typed = request.headers.get("HX-Trigger-Name", "")
    # A field that is emptied to type another number is on its way, not put back.
    is_number = typed in tried.questionnaire.by_key and tried.questionnaire.by_key[typed].kind == "number"
    same = before.keys() == after.keys() or (is_number and before.keys() - after.keys() == {typed})
    return "HX-Replace-Url" if same else "HX-Push-Url"
