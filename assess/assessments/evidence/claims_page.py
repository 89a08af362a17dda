"""The page "Claimed against measured": each answer beside what was measured, to accept or to override."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assess.assessments.changes import LARGEST_VERSION
from assess.assessments.editions import questionnaire_of
from assess.assessments.evidence.claims import (
    Sources,
    accept_proposals,
    check_may_decide,
    deciding_ability,
    load_claims,
    override_proposal,
    undo_decision,
)
from assess.assessments.evidence.views import EvidencePage, open_evidence
from assess.assessments.formatting import format_datetime
from assess.assessments.measurements.actions import current_measurements
from assess.assessments.models import Assessment
from assess.assessments.response_visibility import visible_keys
from assess.assessments.saving import Saved
from assess.evidence.facade import CONFIDENCE_MEANS, CONFIDENCE_WORDS, find_conflicts
from assess.language import _, ngettext
from assess.people.facade import User, can, signed_in
from assess.questionnaire.facade import Question, ValidationFailed, worded_for
from assess.web.facade import add_error_messages, parse_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def claims(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST accepts, overrides or takes back, as the pressed button says."""
    page = open_evidence(request, assessment_id)
    if request.method == "POST":
        return decide(request, page)
    return render(request, "evidence/claims.html", claims_context(page))


def claims_context(page: EvidencePage, *, typed_key: str = "", typed: str = "") -> dict[str, Any]:
    """Without what was measured about a question that the person still has to answer on their own. `typed` is a reason
    that was not saved, and `typed_key` the question that it is about."""
    assessment, evidence, scan = page.assessment, page.evidence, page.scan
    sources = Sources(evidence=evidence, scan=scan, measurements=current_measurements(assessment))
    visible = visible_keys(page.user, assessment)
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    found = load_claims(assessment, sources, visible=visible)
    conflicts = find_conflicts(scan, questionnaire, answers) if scan else ()
    may_decide = assessment.is_open and can(page.user, deciding_ability(assessment), assessment.system.team)
    in_form = may_decide and any(claim.question.key == typed_key and not claim.is_decided for claim in found)
    return page.context(
        "evidence-claims",
        questionnaire=questionnaire,
        attached_at=format_datetime(evidence.attached_at) if evidence else "",
        sources=sources,
        claims=found,
        conflicts=tuple(each for each in conflicts if visible.issuperset(each.keys)),
        legend=tuple((CONFIDENCE_WORDS[each], CONFIDENCE_MEANS[each]) for each in CONFIDENCE_WORDS),
        hidden=len(visible) < len(questionnaire.by_key),
        undisputed=sum(claim.is_undisputed for claim in found),
        may_decide=may_decide,
        typed=typed,
        typed_key=typed_key if in_form else "",
        page=uuid.uuid4(),
    )


def decide(request: HttpRequest, page: EvidencePage) -> HttpResponseBase:
    """Does what the pressed button says, then shows the page again at the question; where a reason was typed that
    can't be saved, with the reason. Raises PermissionDenied."""
    user, assessment = page.user, page.assessment
    check_may_decide(assessment, user)
    data, page_id = request.POST, read_page_id(request.POST)
    key, seen = data.get("key", ""), data.get("seen", "")
    reason = data.get("reason", "") if data.get("do") == "override" else ""
    try:
        match data.get("do", ""):
            case "accept":
                versions = {key: read_version(data, key)}
                say_accepted(request, *accept_proposals(assessment, versions, seen=seen, page=page_id, by=user))
            case "accept_all":
                versions = {each: read_version(data, each) for each in data.getlist("accept")}
                say_accepted(request, *accept_proposals(assessment, versions, seen=seen, page=page_id, by=user))
            case "override":
                override_proposal(assessment, key, seen=seen, reason=reason, by=user)
                messages.success(request, _("Saved your reason. The answer stays as it is."))
            case "undo":
                undo(request, user, assessment, key, page_id)
            case _:
                raise Http404
    except ValidationFailed as error:
        add_error_messages(request, error)
        if reason:
            page = open_evidence(request, assessment.pk)
            context = claims_context(page, typed_key=key, typed=reason)
            return render(request, "evidence/claims.html", context, status=HTTPStatus.BAD_REQUEST)
    anchor = f"#q-{key}" if key in questionnaire_of(assessment.edition).by_key else ""
    return redirect(f"{reverse('evidence-claims', args=[assessment.pk])}{anchor}")


def undo(request: HttpRequest, user: User, assessment: Assessment, key: str, page: uuid.UUID) -> None:
    outcome = undo_decision(assessment, key, read_version(request.POST, key), page=page, by=user)
    if outcome is None:
        messages.success(request, _("Taken back. The proposal is open again."))
    elif isinstance(outcome, Saved):
        messages.success(request, _("Taken back. The answer is what it was before."))
    else:
        messages.error(request, _("Nothing was taken back: somebody changed the answer meanwhile."))


def say_accepted(request: HttpRequest, saved: list[Question], refused: list[Question]) -> None:
    if saved:
        text = ngettext(
            "{count} answer now is the measured one.", "{count} answers now are the measured ones.", len(saved)
        )
        messages.success(request, text.format(count=len(saved)))
    for question in refused:
        text = _("Not saved, since somebody changed the answer meanwhile: {question}")
        messages.error(request, text.format(question=question.wording))
    if not saved and not refused:
        messages.info(request, _("Nothing to accept: there is no such proposal."))


def read_version(data: QueryDict, key: str) -> int:
    """The version of the answer that the person saw."""
    return parse_number(data.get(f"version-{key}", ""), LARGEST_VERSION) or 0


def read_page_id(data: QueryDict) -> uuid.UUID:
    """The id that the page was made with, so that a form posted twice counts once; a new one without any."""
    try:
        return uuid.UUID(data.get("page", ""))
    except ValueError:
        return uuid.uuid4()
