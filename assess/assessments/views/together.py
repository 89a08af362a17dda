"""What people answered apart on one page: where they differ, what each role alone would come to, and agreeing on it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import saving, together
from assess.assessments.changes import LARGEST_VERSION, Change, Texts, read_change
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Response
from assess.assessments.spread_chart import SpreadChart, key_to_shapes, spread_chart
from assess.assessments.together import Point, Table, roles_in_words, table_of
from assess.assessments.views.fetch import readable, writable
from assess.assessments.words import answer_in_words, moment
from assess.language import _, ngettext
from assess.people.facade import Ability, User, can, signed_in, user_of
from assess.questionnaire.facade import NONE_OF_THESE, Issue, Question, ValidationFailed
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, parse_number


@dataclass(kw_only=True)
class Form:
    """What was sent to agree on one question and not kept, with why."""

    key: str
    texts: list[str] = field(default_factory=list)
    said: str = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    theirs: str = ""  #: what somebody else agreed on meanwhile
    theirs_by: str = ""
    theirs_at: str = ""
    mine: str = ""
    seen: int = 0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One point as the page shows it."""

    point: Point
    chart: SpreadChart | None
    lines: list[tuple[str, int, str]]  #: the chart as a table: answer, how many, who
    form: Form | None
    agreed_at: str
    given: list[tuple[str, str]]  #: what each had answered when it was agreed on
    options: list[tuple[str, str, str]]  #: value, label, what it looks like in practice


@require_safe
@signed_in
def overview(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user = user_of(request)
    return _page(request, user, readable(user, assessment_id))


def _page(
    request: HttpRequest, user: User, assessment: Assessment, *, form: Form | None = None, status: int = 200
) -> HttpResponse:
    if not assessment.independent:
        return render(request, "assessments/together_alone.html", {"assessment": assessment})
    table = table_of(assessment, user)
    roles = {role for point in table.points for line in point.spread.given for role in line.by_perspective}
    context = {
        "assessment": assessment,
        "questionnaire": table.questionnaire,
        "table": table,
        "open": [_shown(point, table, form) for point in table.open_points],
        "apart": [_shown(point, table, form) for point in table.standing("apart")],
        "agreed": [_shown(point, table, form) for point in table.standing("agreed")],
        "same": [_shown(point, table, form) for point in table.standing("same")],
        "rest": [_shown(point, table, form) for point in table.standing("one", "unknown", "unanswered")],
        "roles": table.roles,
        "key": key_to_shapes(roles),
        "may_agree": assessment.is_open and can(user, Ability.AGREE, assessment.system.team),
        "form": form,
        "page": uuid.uuid4(),
        "none_of_these": NONE_OF_THESE,
        "not_sure": NOT_SURE,
        "not_applicable": NOT_APPLICABLE,
        "submitted_at": moment(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/together.html", context, status=status)


def _shown(point: Point, table: Table, form: Form | None) -> Shown:
    spread = point.spread
    lines = [(line.words, line.n, roles_in_words(line.by_perspective)) for line in spread.given]
    if spread.not_sure:
        lines.append((_("Not sure yet"), spread.not_sure, roles_in_words(spread.not_sure_by)))
    if spread.not_applicable:
        lines.append((_("Does not apply"), spread.not_applicable, roles_in_words(spread.not_applicable_by)))
    agreement = point.agreement
    return Shown(
        point=point,
        chart=spread_chart(point) if spread.answered else None,
        lines=lines,
        form=form if form and form.key == point.question.key else None,
        agreed_at=moment(agreement.agreed_at) if agreement else "",
        given=table.given_before(agreement) if agreement and spread.differs else [],
        options=[(option.value, option.label, option.means) for option in point.question.options],
    )


@require_POST
@signed_in
def agree(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.AGREE)
    question = _question(assessment, request.POST)
    form = _form(question, request.POST)
    try:
        change = _change(question, form, request.POST)
        outcome = together.agree(assessment, change, said=form.said, by=user)
    except ValidationFailed as refused:
        return _refused(request, user, assessment, form, refused.issues)
    match outcome:
        case saving.Saved():
            messages.success(request, _("Agreed: {question}").format(question=question.wording))
            return _back(assessment, question)
        case saving.Stale(present=present):
            _show_conflict(form, question, change, present)
            return _page(request, user, assessment, form=form, status=409)
        case saving.Wrong(issues=issues):
            return _refused(request, user, assessment, form, issues)
        case _:
            return _told(request, assessment, outcome)


@require_POST
@signed_in
def take(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.AGREE)
    taken = together.take_what_all_say(assessment, page=_page_id(request.POST), by=user)
    if taken:
        text = ngettext(
            "Agreed on {count} question that all answer alike.",
            "Agreed on {count} questions that all answer alike.",
            len(taken),
        )
        messages.success(request, text.format(count=len(taken)))
    else:
        messages.info(request, _("Nothing to take: no question is waiting that two or more answer alike."))
    return redirect("assessment-together", assessment.pk)


@require_POST
@signed_in
def take_back(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.AGREE)
    question = _question(assessment, request.POST)
    change = Change(
        key=question.key,
        answered=False,
        base_version=_version(request.POST) or 0,
        mutation_id=_mutation_id(request.POST, "take back", question.key),
    )
    outcome = together.take_back(assessment, change, by=user)
    match outcome:
        case saving.Saved():
            text = _("No longer agreed, what each answered counts again: {question}")
            messages.success(request, text.format(question=question.wording))
        case saving.Stale():
            text = _("Somebody changed this meanwhile; look at it again: {question}")
            messages.error(request, text.format(question=question.wording))
        case _:
            return _told(request, assessment, outcome)
    return _back(assessment, question)


def _told(request: HttpRequest, assessment: Assessment, outcome: saving.Outcome) -> HttpResponseBase:
    """What cannot be agreed on at all."""
    match outcome:
        case saving.NotThere():
            raise Http404
        case saving.NotAllowed():
            raise PermissionDenied
        case saving.Elsewhere(message=message):
            messages.error(request, f"{message}.")
        case saving.Submitted():
            messages.error(request, _("This version is submitted; start the next one to change an answer."))
        case _:
            messages.error(request, _("Nothing was changed; try again."))
    return redirect("assessment-together", assessment.pk)


def _refused(request: HttpRequest, user: User, assessment: Assessment, form: Form, issues: Any) -> HttpResponseBase:
    for issue in issues:
        name = issue.key if issue.key in ("said", "reason") else "value"
        form.errors.setdefault(name, issue.message)
    if not assessment.independent:
        messages.error(request, _("{sentence}.").format(sentence=_(saving.TOGETHER)))
        return redirect("assessment-together", assessment.pk)
    return _page(request, user, assessment, form=form, status=400)


def _back(assessment: Assessment, question: Question) -> HttpResponseBase:
    return redirect(f"{reverse('assessment-together', args=[assessment.pk])}#q-{question.key}")


def _show_conflict(form: Form, question: Question, change: Change, present: Answer | Response | None) -> None:
    """Both answers; sending the form once more then follows the one that is there."""
    form.theirs = answer_in_words(question, present.as_answer() if present and present.answered else None)
    form.theirs_by = str(present.answered_by) if isinstance(present, Answer) else ""
    form.theirs_at = moment(present.answered_at) if present else ""
    form.mine = form.mine or answer_in_words(question, together.answer_of(question, change))
    form.seen = present.version if present else 0


# --- what was posted


def _question(assessment: Assessment, data: QueryDict) -> Question:
    question = questionnaire_of(assessment.edition).by_key.get(data.get("key", ""))
    if question is None:
        raise Http404
    return question


def _form(question: Question, data: QueryDict) -> Form:
    return Form(
        key=question.key,
        texts=[text for text in data.getlist("value") if text.strip()],
        said=data.get("said", ""),
        reason=data.get("reason", ""),
        seen=_version(data) or 0,
    )


def _change(question: Question, form: Form, data: QueryDict) -> Change:
    """The answer that these texts stand for. Raises ValidationFailed with every problem, keyed by the form's fields."""
    not_sure, does_not_apply = NOT_SURE in form.texts, NOT_APPLICABLE in form.texts
    texts = tuple(text for text in form.texts if text not in (NOT_SURE, NOT_APPLICABLE))
    if not form.texts:
        raise ValidationFailed([Issue(code="no_answer", key="value", message=_("Choose the answer that you agree on"))])
    fields: Mapping[str, object] = {
        "question": question.key,
        "value": Texts(texts=texts) if texts else None,
        "not_sure": not_sure,
        "not_applicable": does_not_apply,
        "reason": form.reason,
        "base_version": _version(data),
        "mutation_id": str(_mutation_id(data, question.key, *form.texts, form.reason, form.said, str(form.seen))),
    }
    return read_change(fields)


def _version(data: QueryDict) -> int | None:
    return parse_number(data.get("base_version", ""), LARGEST_VERSION)


def _page_id(data: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(data.get("page", ""))
    except ValueError:
        return uuid.uuid4()


def _mutation_id(data: QueryDict, *content: str) -> uuid.UUID:
    """The same for the same content sent from the same page again (a double click, a reload), else another."""
    return uuid.uuid5(_page_id(data), "\x1f".join(content))
