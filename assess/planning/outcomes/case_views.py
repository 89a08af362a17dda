"""The page that exports an outcome as an anonymised case: a form, a preview of exactly what leaves, and the file."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from assess.decision.facade import VERDICT_WORDS, VERDICTS
from assess.people.facade import signed_in
from assess.planning.fields import add_issues
from assess.planning.outcomes.actions import may_record
from assess.planning.outcomes.case import decision_of, latest_outcome, why_not_export_case, write_case
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_record_outcome
from assess.questionnaire.facade import ValidationFailed


class CaseForm(forms.Form):
    """The lines that the team writes anew for others. What is wrong with them `write_case` says."""

    stack = forms.CharField(
        label=_("Technology, in general words"),
        required=False,
        help_text=_("For example: Django and PostgreSQL, on a cluster."),
    )
    outcome = forms.CharField(
        label=_("What became of it, in one line"),
        required=False,
        help_text=_("For example: one service runs apart since then, and both teams release on their own."),
        widget=forms.TextInput(attrs={"dir": "auto", "maxlength": 500}),
    )
    lesson = forms.CharField(
        label=_("What another team can learn, in one line"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "maxlength": 500}),
    )
    hindsight = forms.ChoiceField(label=_("What would have been right, as you see it now?"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}), use_required_attribute=False)
        choice = self.fields["hindsight"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(verdict, VERDICT_WORDS[verdict]) for verdict in VERDICTS]

    def texts(self) -> dict[str, str]:
        """What was sent, by field."""
        return {name: str(self[name].value() or "") for name in self.fields}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def case(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The form; POST shows what would leave, or sends it as a file."""
    page = open_planning(request, assessment_id, why_not=why_not_record_outcome)
    if not may_record(page.user, page.assessment):
        raise PermissionDenied
    outcome = latest_outcome(page.assessment)
    why_not = why_not_export_case(page.assessment, outcome)
    if why_not is not None or outcome is None:
        status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
        return render_case(request, page, status, why_not=why_not.message if why_not else "")
    if request.method != "POST":
        return render_case(request, page, form=CaseForm(initial={"hindsight": decision_of(page.assessment)}))
    form = CaseForm(request.POST)
    try:
        document = write_case(page.assessment, outcome, form.texts())
    except ValidationFailed as failed:
        form.full_clean()
        add_issues(form, failed.issues)
        return render_case(request, page, HTTPStatus.BAD_REQUEST, form=form)
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if request.POST.get("do") == "download":
        headers = {"Content-Disposition": 'attachment; filename="case.json"'}
        return HttpResponse(text, content_type="application/json", headers=headers)
    return render_case(request, page, form=form, preview=text)


def render_case(
    request: HttpRequest, page: PlanningPage, status: HTTPStatus = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    return render(request, "planning/case.html", page.context("outcome", **context), status=status)
