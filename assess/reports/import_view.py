"""The page that starts an assessment from a report: its PDF, or the JSON out of one."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from assess.assessments.facade import editions_to_start_with, start_assessment
from assess.language import _, ngettext
from assess.people.facade import Team, User, team_member, teams_to_start_in, user_of
from assess.questionnaire.facade import MAX_NAME, Issue, ValidationFailed, check_name, shown
from assess.reports.report_import import ReportImport, read_report

#: Problems of one file that are listed: nobody mends more by hand.
MAX_ISSUES: Final = 20


class ReportImportForm(forms.Form):
    """A report's file, the name of the new system, and the team that owns it where the person has several.

    Once valid, `report` is what the file brings and `cleaned_data` has the system's name and the team.
    """

    report: ReportImport

    file = forms.FileField(
        label=gettext_lazy("The report"),
        help_text=gettext_lazy(
            "The PDF as you downloaded it (at most 2 MB), or the JSON file out of one (at most 256 KB)."
        ),
        error_messages={"required": gettext_lazy("Choose the PDF of a report, or the JSON file out of one")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,application/pdf,application/json"}),
    )
    system = forms.CharField(
        label=gettext_lazy("Name of the system"),
        required=False,
        help_text=gettext_lazy("Leave it empty to take the name in the report."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": MAX_NAME}),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team that owns it"),
        queryset=Team.objects.none(),
        empty_label=gettext_lazy("Choose a team"),
        error_messages={
            "required": gettext_lazy("Choose the team that owns the system"),
            "invalid_choice": gettext_lazy("Choose the team that owns the system"),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = teams_to_start_in(user).select_related("workspace")
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # of a ModelChoiceField
        self.only_team = teams[0] if len(teams) == 1 else None
        if self.only_team:
            del self.fields["team"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if self.only_team:
            cleaned["team"] = self.only_team
        file, team = cleaned.get("file"), cleaned.get("team")
        if not file or not team:
            return cleaned
        try:
            self.report = read_report(
                file.read(), file=shown(file.name or ""), editions=editions_to_start_with([team.workspace])
            )
        except ValidationFailed as error:
            self.add_issues(error.issues)
            return cleaned
        name = cleaned.get("system") or self.report.system
        # Shown in its field when it has to be corrected.
        self.data = {**self.data, "system": name}
        try:
            cleaned["system"] = check_name(name, MAX_NAME)
        except ValidationFailed as error:
            self.add_issues(error.keyed("system").issues)
        return cleaned

    def add_issues(self, issues: list[Issue]) -> None:
        """Shows each issue at its field: those about the system's name there, those about the document at the file."""
        for issue in issues[:MAX_ISSUES]:
            # Of a file, `system` is a field of the document.
            field = "system" if issue.key == "system" and not issue.file else "file"
            place = f"{issue.key}: " if issue.file and issue.key else ""
            line = _(" (line {line})").format(line=issue.line) if issue.line else ""
            self.add_error(field, f"{place}{issue.message}{line}")
        if len(issues) > MAX_ISSUES:
            self.add_error("file", _("And {count} more.").format(count=len(issues) - MAX_ISSUES))


@require_http_methods(["GET", "HEAD", "POST"])
@team_member
def start_from_report(request: HttpRequest) -> HttpResponseBase:
    """The form; POST starts the assessment and leads to it."""
    user = user_of(request)
    is_post = request.method == "POST"
    form = ReportImportForm(request.POST if is_post else None, request.FILES if is_post else None, user=user)
    if is_post and form.is_valid():
        try:
            assessment = start_assessment(
                team=form.cleaned_data["team"],
                system_name=form.cleaned_data["system"],
                edition=form.report.edition,
                by=user,
                carried=form.report.answers,
            )
        except ValidationFailed as error:
            form.add_issues(error.issues)
        else:
            messages.success(request, describe_import(form.report))
            return redirect("assessment", assessment.pk)
    return render(request, "reports/upload.html", {"form": form}, status=400 if form.errors else 200)


def describe_import(report: ReportImport) -> str:
    """How many answers the new assessment starts with, and how many its edition does not take."""
    count, left_out = len(report.answers), len(report.left_out)
    sentence = ngettext(
        "Started with {count} answer from the report. Its note says so.",
        "Started with {count} answers from the report. Their notes say so.",
        count,
    ).format(count=count)
    if left_out:
        more = ngettext(
            "{count} was left out: this edition asks it differently or not at all.",
            "{count} were left out: this edition asks them differently or not at all.",
            left_out,
        )
        sentence = f"{sentence} {more.format(count=left_out)}"
    return sentence
