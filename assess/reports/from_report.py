"""The page that starts an assessment from a report: its PDF, or the JSON out of one."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.actions import start_assessment
from assess.assessments.editions import editions_to_start_with
from assess.assessments.models import Assessment
from assess.language import _, ngettext
from assess.people.models import Team
from assess.people.permissions import teams_to_work_in
from assess.questionnaire.answers import MAX_NAME, check_name
from assess.questionnaire.problems import Problem, Refused, shown
from assess.reports.uploading import Upload, read_upload
from assess.web.access import team_member, user_of

NAME, TEAM, FILE = "system-name", "team-id", "file"
#: How many problems of a file are shown: nobody mends more by hand.
MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@team_member
def from_report(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    teams = list(teams_to_work_in(user).select_related("workspace"))
    name = request.POST.get(NAME, "").strip()
    team = _chosen(teams, request.POST.get(TEAM, ""))
    problems: list[Problem] = []
    if request.method == "POST":
        upload = None
        try:
            if team is None:
                raise Refused([Problem(code="no_team", key="team", message=_("Choose the team that owns the system"))])
            upload = _uploaded(request, team)
            name = name or upload.system
            assessment = _started(name, team, upload, request)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, _told(upload))
            return redirect("assessment", assessment.pk)
    context = {
        "teams": teams,
        "team": team,
        "name": name,
        "problems": [(problem, _field_of(problem)) for problem in problems[:MOST_SHOWN]],
        "more": len(problems) - MOST_SHOWN if len(problems) > MOST_SHOWN else 0,
        "wrong": {_field_of(problem) for problem in problems},
    }
    return render(request, "reports/upload.html", context, status=400 if problems else 200)


def _uploaded(request: HttpRequest, team: Team) -> Upload:
    file = request.FILES.get(FILE)
    if not isinstance(file, UploadedFile):
        message = _("Choose the PDF of a report, or the JSON file out of one")
        raise Refused([Problem(code="no_file", key=FILE, message=message)])
    return read_upload(file.read(), file=shown(file.name or ""), editions=editions_to_start_with([team.workspace]))


def _started(name: str, team: Team, upload: Upload, request: HttpRequest) -> Assessment:
    try:
        checked = check_name(name, MAX_NAME)
    except Refused as refused:
        raise refused.keyed("system") from None
    return start_assessment(
        team=team, system_name=checked, edition=upload.edition, by=user_of(request), carried=upload.answers
    )


def _told(upload: Upload) -> str:
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


def _field_of(problem: Problem) -> str:
    """The field of the form in which the problem is settled."""
    if problem.key == "team":
        return "team-id"
    # Of a file, `system` is a field of the document.
    return "system-name" if problem.key == "system" and not problem.file else "file"
