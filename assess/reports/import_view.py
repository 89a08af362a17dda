"""The page that starts an assessment from a report: its PDF, or the JSON out of one."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.facade import Assessment, editions_to_start_with, start_assessment
from assess.language import _, ngettext
from assess.people.facade import Team, team_member, teams_to_start_in, user_of
from assess.questionnaire.facade import MAX_NAME, Issue, ValidationFailed, check_name, shown
from assess.reports.report_import import ReportImport, read_report

NAME, TEAM, FILE = "system-name", "team-id", "file"
#: How many problems of a file are shown: nobody mends more by hand.
MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@team_member
def start_from_report(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    teams = list(teams_to_start_in(user).select_related("workspace"))
    name = request.POST.get(NAME, "").strip()
    team = _chosen(teams, request.POST.get(TEAM, ""))
    issues: list[Issue] = []
    if request.method == "POST":
        upload = None
        try:
            if team is None:
                raise ValidationFailed(
                    [Issue(code="no_team", key="team", message=_("Choose the team that owns the system"))]
                )
            upload = _uploaded(request, team)
            name = name or upload.system
            assessment = _started(name, team, upload, request)
        except ValidationFailed as refused:
            issues = refused.issues
        else:
            messages.success(request, _told(upload))
            return redirect("assessment", assessment.pk)
    context = {
        "teams": teams,
        "team": team,
        "name": name,
        "problems": [(issue, _field_of(issue)) for issue in issues[:MOST_SHOWN]],
        "more": len(issues) - MOST_SHOWN if len(issues) > MOST_SHOWN else 0,
        "wrong": {_field_of(issue) for issue in issues},
    }
    return render(request, "reports/upload.html", context, status=400 if issues else 200)


def _uploaded(request: HttpRequest, team: Team) -> ReportImport:
    file = request.FILES.get(FILE)
    if not isinstance(file, UploadedFile):
        message = _("Choose the PDF of a report, or the JSON file out of one")
        raise ValidationFailed([Issue(code="no_file", key=FILE, message=message)])
    return read_report(file.read(), file=shown(file.name or ""), editions=editions_to_start_with([team.workspace]))


def _started(name: str, team: Team, upload: ReportImport, request: HttpRequest) -> Assessment:
    try:
        checked = check_name(name, MAX_NAME)
    except ValidationFailed as refused:
        raise refused.keyed("system") from None
    return start_assessment(
        team=team, system_name=checked, edition=upload.edition, by=user_of(request), carried=upload.answers
    )


def _told(upload: ReportImport) -> str:
    count, left = len(upload.answers), len(upload.left_out)
    said = ngettext(
        "Started with {count} answer from the report, each with a note that says so.",
        "Started with {count} answers from the report, each with a note that says so.",
        count,
    ).format(count=count)
    if left:
        more = ngettext(
            "{count} came along no further: this edition does not ask it so.",
            "{count} came along no further: this edition does not ask them so.",
            left,
        )
        said = f"{said} {more.format(count=left)}"
    return said


def _chosen(teams: list[Team], given: str) -> Team | None:
    if len(teams) == 1:
        return teams[0]
    return next((team for team in teams if str(team.pk) == given), None)


def _field_of(issue: Issue) -> str:
    """The field of the form in which the problem is settled."""
    if issue.key == "team":
        return "team-id"
    # Of a file, `system` is a field of the document.
    return "system-name" if issue.key == "system" and not issue.file else "file"
