"""The page of a decision, and what is posted from it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments.facade import Assessment, open_assessment
from assess.language import _
from assess.people.facade import Ability, TooManyTriesError, User, View, signed_in, why_not_identified
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.review import actions
from assess.review.decision_page import build_decision_page
from assess.review.forms import SignatureForm
from assess.review.models import Comment, CommentKind, Condition
from assess.review.policies import TookPartError, check_took_no_part
from assess.web.facade import error_response, parse_number, too_many_requests

#: Of what a refused form posted, what its page shows again. Never a password.
SHOWN_AGAIN = ("text", "how")


@require_safe
@signed_in
def decision(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user, assessment = open_assessment(request, assessment_id)
    return render_decision(request, assessment, user)


def reviewers_only(view: Callable[[HttpRequest, Assessment, User], HttpResponseBase]) -> View:
    """Lets in reviewers who took no part; tells others why they cannot judge (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
        user, assessment = open_assessment(request, assessment_id, Ability.REVIEW)
        try:
            check_took_no_part(user, assessment)
            return view(request, assessment, user)
        except TookPartError as failed:
            heading = _("Somebody else has to review this")
            return error_response(request, HTTPStatus.FORBIDDEN, "errors/403.html", str(failed), heading=heading)

    return guarded


@require_POST
@signed_in
@reviewers_only
def take_up(request: HttpRequest, assessment: Assessment, user: User) -> HttpResponseBase:
    try:
        actions.take_up(assessment, by=user)
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues)
    return redirect_to_decision(assessment, "sign")


@require_POST
@signed_in
@reviewers_only
def sign(request: HttpRequest, assessment: Assessment, user: User) -> HttpResponseBase:
    """Signs, with the password. Shows every mistake of the form at once, and loses nothing typed but the password."""
    if "more" in request.POST:
        return render_decision(
            request, assessment, user, form=SignatureForm(assessment=assessment, initial=request.POST.dict())
        )
    form = SignatureForm(request.POST, assessment=assessment)
    try:
        # Checked whatever else is wrong, so that a form full of mistakes is no way to try passwords uncounted.
        identity_issue = why_not_identified(request, user, request.POST.get("password", ""))
    except TooManyTriesError:
        return too_many_requests(request)
    if identity_issue is not None:
        form.add_error("password", identity_issue.message)
    issues = []
    if form.is_valid():
        try:
            actions.sign(assessment, by=user, money_seen=request.POST.get("money_seen"), **form.signature)
        except ValidationFailed as failed:
            issues = failed.issues
        else:
            return redirect_to_decision(assessment)
    return render_decision(request, assessment, user, form=form, issues=[*form.issues, *issues])


@require_POST
@signed_in
def withdraw(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.SUBMIT)
    try:
        actions.withdraw(assessment, by=user, text=request.POST.get("text", ""))
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues, field="withdraw-text")
    return redirect_to_decision(assessment)


@require_POST
@signed_in
def challenge(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.CHALLENGE)
    try:
        actions.challenge(assessment, by=user, text=request.POST.get("text", ""))
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues, field="challenge-text")
    return redirect_to_decision(assessment)


@require_POST
@signed_in
@reviewers_only
def answer_challenge(request: HttpRequest, assessment: Assessment, user: User) -> HttpResponseBase:
    """Uphold or reopen, by the button that was pressed."""
    move = actions.reopen if request.POST.get("move") == "reopen" else actions.uphold
    try:
        move(assessment, by=user, text=request.POST.get("text", ""))
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues, field="answer-text")
    return redirect_to_decision(assessment)


@require_POST
@signed_in
def comment(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.DISCUSS)
    parent_id = parse_number(request.POST.get("parent", ""))
    parent = None if parent_id is None else get_object_or_404(assessment.comments, pk=parent_id)
    try:
        written = actions.comment(
            assessment,
            by=user,
            key=request.POST.get("key", ""),
            kind=CommentKind.CHALLENGE if request.POST.get("kind") == "challenge" else CommentKind.COMMENT,
            text=request.POST.get("text", ""),
            parent=parent,
        )
    except ValidationFailed as failed:
        return render_decision(
            request, assessment, user, issues=failed.issues, field=comment_field_id(parent, request.POST.get("key", ""))
        )
    return redirect_to_decision(assessment, f"q-{written.key}" if written.key else "talk")


@require_POST
@signed_in
def settle(request: HttpRequest, assessment_id: int, comment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.DISCUSS)
    challenged = get_object_or_404(Comment, assessment=assessment, pk=comment_id)
    challenged.assessment = assessment
    try:
        settled = actions.settle(challenged, by=user, text=request.POST.get("text", ""))
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues, field=f"reply-{comment_id}")
    return redirect_to_decision(assessment, f"q-{settled.key}")


@require_POST
@signed_in
def meet(request: HttpRequest, assessment_id: int, condition_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.DISCUSS)
    condition = get_object_or_404(Condition, assessment=assessment, pk=condition_id)
    condition.assessment = assessment
    try:
        actions.meet_condition(condition, by=user, how=request.POST.get("how", ""))
    except ValidationFailed as failed:
        return render_decision(request, assessment, user, issues=failed.issues, field=f"met-{condition_id}")
    return redirect_to_decision(assessment, "conditions")


def comment_field_id(parent: Comment | None, key: str) -> str:
    return f"reply-{parent.parent_id or parent.pk}" if parent else f"c-{key or 'whole'}"


def render_decision(
    request: HttpRequest,
    assessment: Assessment,
    user: User,
    *,
    form: SignatureForm | None = None,
    issues: list[Issue] | None = None,
    field: str = "",
) -> HttpResponse:
    """The page as things stand; with what was failed, and what had been typed (400)."""
    if request.method == "POST":
        _user, assessment = open_assessment(request, assessment.pk)
    context = build_decision_page(
        assessment,
        user,
        before=parse_number(request.GET.get("before", "")),
        form=form,
        issues=issues or [],
        typed={name: request.POST.get(name, "") for name in SHOWN_AGAIN},
        field=field,
    )
    status = HTTPStatus.BAD_REQUEST if issues else HTTPStatus.OK
    return render(request, "review/decision.html", context, status=status)


def redirect_to_decision(assessment: Assessment, anchor: str = "") -> HttpResponse:
    """To the page; 302, so that a reload sends nothing again."""
    address = reverse("assessment-decision", args=[assessment.pk])
    return redirect(f"{address}#{anchor}" if anchor else address)
