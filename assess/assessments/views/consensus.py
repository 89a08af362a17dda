"""Separate answers side by side: where people differ, what each role alone would decide, and agreeing on an answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import agreements
from assess.assessments.access import open_assessment
from assess.assessments.changes import LARGEST_VERSION, Change, Texts, read_change
from assess.assessments.consensus import Consensus, ConsensusPoint, PointStatus, build_consensus
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.models import Answer, Assessment, Response
from assess.assessments.perspectives import format_role_counts
from assess.assessments.saving import (
    TOGETHER,
    Elsewhere,
    Invalid,
    NotAllowed,
    NotFound,
    Outcome,
    Saved,
    Stale,
    Submitted,
)
from assess.assessments.spread_chart import SpreadChart, build_legend, spread_chart
from assess.language import _, ngettext
from assess.people.facade import Ability, User, can, signed_in
from assess.questionnaire.facade import NONE_OF_THESE, Issue, Question, ValidationFailed, as_asked
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, choice_words, chosen_reading, parse_number


@dataclass(kw_only=True)
class AgreementForm:
    """What was posted to agree on one question; `errors` and the answers of a conflict say why it was not saved."""

    key: str
    texts: list[str]
    note: str
    reason: str
    base_version: int
    errors: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)  #: what a number may mean: in words, and as its text
    theirs: str = ""  #: what somebody else agreed on meanwhile
    theirs_by: str = ""
    theirs_at: str = ""
    mine: str = ""

    def to_change(self, question: Question, page: uuid.UUID) -> Change:
        """The change in these texts. Raises ValidationFailed with every issue, keyed by the form's fields."""
        if not self.texts:
            message = _("Choose the answer that you agree on")
            raise ValidationFailed([Issue(code="no_answer", key="value", message=message)])
        texts = tuple(text for text in self.texts if text not in (NOT_SURE, NOT_APPLICABLE))
        content = (question.key, *self.texts, self.reason, self.note, str(self.base_version))
        return read_change(
            {
                "question": question.key,
                "value": Texts(texts=texts) if texts else None,
                "not_sure": NOT_SURE in self.texts,
                "not_applicable": NOT_APPLICABLE in self.texts,
                "reason": self.reason,
                "base_version": self.base_version,
                "mutation_id": str(mutation_id_of(page, *content)),
            }
        )

    def show_conflict(self, question: Question, change: Change, present: Answer | Response | None) -> None:
        """Put both answers into the form; posted once more, it follows the one that is there."""
        self.theirs = format_answer(question, present.as_answer() if present and present.answered else None)
        self.theirs_by = str(present.answered_by) if isinstance(present, Answer) else ""
        self.theirs_at = format_datetime(present.answered_at) if present else ""
        self.mine = self.mine or format_answer(question, agreements.preview_answer(question, change))
        self.base_version = present.version if present else 0


@dataclass(frozen=True, kw_only=True)
class PointContext:
    """One point as the page shows it."""

    point: ConsensusPoint
    chart: SpreadChart | None
    lines: list[tuple[str, int, str]]  #: the chart as a table: answer, how many, who
    form: AgreementForm | None
    agreed_at: str
    answers_before: list[tuple[str, str]]  #: what each had answered when it was agreed on
    options: list[tuple[str, str, str]]  #: value, label, what it looks like in practice


@require_safe
@signed_in
def consensus(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user, assessment = open_assessment(request, assessment_id)
    return render_consensus(request, user, assessment)


def render_consensus(
    request: HttpRequest, user: User, assessment: Assessment, *, form: AgreementForm | None = None, status: int = 200
) -> HttpResponse:
    """The page; with a form that was not saved."""
    if not assessment.answers_separately:
        return render(request, "assessments/consensus_shared.html", {"assessment": assessment})
    consensus = build_consensus(assessment, user)

    def contexts(*statuses: PointStatus) -> list[PointContext]:
        return [point_context(point, consensus, form) for point in consensus.with_status(*statuses)]

    roles = {role for point in consensus.points for line in point.spread.given for role in line.by_perspective}
    context = {
        "assessment": assessment,
        "questionnaire": consensus.questionnaire,
        "consensus": consensus,
        "open": contexts("open"),
        "apart": contexts("apart"),
        "agreed": contexts("agreed"),
        "same": contexts("same"),
        "rest": contexts("few", "one", "unknown", "unanswered"),
        "roles": consensus.roles,
        "legend": build_legend(roles),
        "may_agree": assessment.is_open and can(user, Ability.AGREE, assessment.system.team),
        "form": form,
        "page": uuid.uuid4(),
        "none_of_these": NONE_OF_THESE,
        "not_sure": NOT_SURE,
        "not_applicable": NOT_APPLICABLE,
        "submitted_at": format_datetime(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/consensus.html", context, status=status)


def point_context(point: ConsensusPoint, consensus: Consensus, form: AgreementForm | None) -> PointContext:
    """The point with its chart, and with the form if it is about this question."""
    spread, agreement = point.spread, point.agreement
    lines = [(line.words, line.n, format_role_counts(line.by_perspective)) for line in spread.given]
    if spread.not_sure:
        lines.append((_("Not sure yet"), spread.not_sure, format_role_counts(spread.not_sure_by)))
    if spread.not_applicable:
        lines.append((_("Does not apply"), spread.not_applicable, format_role_counts(spread.not_applicable_by)))
    return PointContext(
        point=point,
        chart=spread_chart(point) if spread.answered else None,
        lines=lines,
        form=form if form and form.key == point.question.key else None,
        agreed_at=format_datetime(agreement.agreed_at) if agreement else "",
        answers_before=consensus.answers_before(agreement) if agreement and spread.differs else [],
        options=[
            (option.value, option.label, option.means) for option in as_asked(point.question, consensus.answers).options
        ],
    )


@require_POST
@signed_in
def agree(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.AGREE)
    question = get_question(assessment, request.POST)
    form = AgreementForm(
        key=question.key,
        texts=[
            text for text in chosen_reading(request.POST, question.key) or request.POST.getlist("value") if text.strip()
        ],
        note=request.POST.get("note", ""),
        reason=request.POST.get("reason", ""),
        base_version=read_base_version(request.POST),
    )
    try:
        change = form.to_change(question, read_page_id(request.POST))
        outcome = agreements.agree(assessment, change, note=form.note, by=user)
    except ValidationFailed as error:
        return show_issues(request, user, assessment, form, error.issues)
    match outcome:
        case Saved():
            messages.success(request, _("Agreed: {question}").format(question=question.wording))
            return redirect_to_point(assessment, question)
        case Stale(present=present):
            form.show_conflict(question, change, present)
            return render_consensus(request, user, assessment, form=form, status=409)
        case Invalid(issues=issues):
            return show_issues(request, user, assessment, form, issues)
        case _:
            return redirect_unsaved(request, assessment, outcome)


@require_POST
@signed_in
def accept_unanimous(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.AGREE)
    accepted = agreements.accept_unanimous_answers(assessment, page=read_page_id(request.POST), by=user)
    if accepted:
        text = ngettext(
            "Agreed on {count} question that all answer alike.",
            "Agreed on {count} questions that all answer alike.",
            len(accepted),
        )
        messages.success(request, text.format(count=len(accepted)))
    else:
        messages.info(request, _("Nothing to accept: no open question has the same answer from two or more people."))
    return redirect("assessment-consensus", assessment.pk)


@require_POST
@signed_in
def withdraw(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.AGREE)
    question = get_question(assessment, request.POST)
    change = Change(
        key=question.key,
        answered=False,
        base_version=read_base_version(request.POST),
        mutation_id=mutation_id_of(read_page_id(request.POST), "take back", question.key),
    )
    outcome = agreements.withdraw_agreement(assessment, change, by=user)
    match outcome:
        case Saved():
            text = _("No longer agreed. Separate answers count again: {question}")
            messages.success(request, text.format(question=question.wording))
        case Stale():
            text = _("Somebody changed this meanwhile. Look at it again: {question}")
            messages.error(request, text.format(question=question.wording))
        case _:
            return redirect_unsaved(request, assessment, outcome)
    return redirect_to_point(assessment, question)


def redirect_unsaved(request: HttpRequest, assessment: Assessment, outcome: Outcome) -> HttpResponseBase:
    """Back to the page with a message why nothing can be agreed on. Raises Http404 and PermissionDenied."""
    match outcome:
        case NotFound():
            raise Http404
        case NotAllowed():
            raise PermissionDenied
        case Elsewhere(message=message):
            messages.error(request, f"{message}.")
        case Submitted():
            messages.error(request, _("This version is submitted. Start the next one to change an answer."))
        case _:
            messages.error(request, _("Nothing was changed. Try again."))
    return redirect("assessment-consensus", assessment.pk)


def show_issues(
    request: HttpRequest, user: User, assessment: Assessment, form: AgreementForm, issues: Sequence[Issue]
) -> HttpResponseBase:
    """The page with the form and what is wrong with it (400)."""
    if not assessment.answers_separately:
        messages.error(request, f"{_(TOGETHER)}.")
        return redirect("assessment-consensus", assessment.pk)
    for issue in issues:
        name = issue.key if issue.key in ("note", "reason") else "value"
        form.errors.setdefault(name, issue.message)
        form.choices = [(choice_words(text), text) for text in issue.choices] or form.choices
    return render_consensus(request, user, assessment, form=form, status=400)


def redirect_to_point(assessment: Assessment, question: Question) -> HttpResponseBase:
    return redirect(f"{reverse('assessment-consensus', args=[assessment.pk])}#q-{question.key}")


def get_question(assessment: Assessment, data: QueryDict) -> Question:
    """The question that the form names. Raises Http404."""
    question = questionnaire_of(assessment.edition).by_key.get(data.get("key", ""))
    if question is None:
        raise Http404
    return question


def read_base_version(data: QueryDict) -> int:
    return parse_number(data.get("base_version", ""), LARGEST_VERSION) or 0


def read_page_id(data: QueryDict) -> uuid.UUID:
    """The id that the page was made with, so that a form posted twice counts once; a new one without any."""
    try:
        return uuid.UUID(data.get("page", ""))
    except ValueError:
        return uuid.uuid4()


def mutation_id_of(page: uuid.UUID, *content: str) -> uuid.UUID:
    """The same for the same content posted from the same page again (a double click, a reload), else another."""
    return uuid.uuid5(page, "\x1f".join(content))
