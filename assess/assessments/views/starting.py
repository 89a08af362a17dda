"""Starting the first assessment of a system, with the answers of the quick check when there are any."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assess.assessments.actions import start_assessment
from assess.assessments.editions import editions_to_start_with, questionnaire_of
from assess.assessments.formatting import format_answer
from assess.assessments.models import Assessment, Edition
from assess.language import _, ngettext
from assess.people.facade import Team, User, Workspace, team_member, teams_to_start_in, user_of
from assess.questionnaire.facade import (
    Answer,
    Issue,
    Questionnaire,
    ValidationFailed,
    as_asked,
    check_name,
    name_key,
    parse_text,
)

#: Names with a hyphen, which no question's key can have: carried answers are in the same form.
NAME, TEAM, EDITION = "system-name", "team-id", "edition-id"
NAME_LENGTH = 120


@require_http_methods(["GET", "HEAD", "POST"])
@team_member
def new(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    teams = list(teams_to_start_in(user))
    editions = editions_of(teams)
    data = request.POST if request.method == "POST" else request.GET
    edition = chosen_edition(editions, data.get(EDITION, ""))
    questionnaire = questionnaire_of(edition) if edition else None
    carried = carried_answers(questionnaire, data) if questionnaire else {}
    issues: list[Issue] = []
    team = chosen_team(teams, data.get(TEAM, ""))
    if edition is None:
        message = _("Ask the people who run this site to load the questionnaires first")
        issues = [Issue(code="no_edition", message=message)]
    elif request.method == "POST":
        try:
            if team is None:
                message = _("Choose the team that owns the system")
                raise ValidationFailed([Issue(code="no_team", key="team", message=message)])
            if data.get(EDITION, "") not in ("", str(edition.pk)):
                message = _("Choose a questionnaire from the list")
                raise ValidationFailed([Issue(code="no_edition", key="edition", message=message)])
            name = check_name(data.get(NAME, "").strip(), NAME_LENGTH)
            assessment = start_assessment(team=team, system_name=name, edition=edition, by=user, carried=carried)
        except ValidationFailed as error:
            issues = error.issues
        else:
            if carried:
                text = ngettext(
                    "Started with {count} answer from your quick check.",
                    "Started with {count} answers from your quick check.",
                    len(carried),
                )
                messages.success(request, text.format(count=len(carried)))
            return redirect("assessment", assessment.pk)
    context = {
        "teams": teams,
        "team": team,
        "name": data.get(NAME, ""),
        "systems": system_names(user, teams),
        "problems": [(issue, issue_link(issue, data, team)) for issue in issues],
        "wrong": {issue.key for issue in issues},
        "carried": [
            {
                "question": as_asked(questionnaire.by_key[key], carried),
                "words": format_answer(questionnaire.by_key[key], answer),
            }
            for key, answer in carried.items()
        ]
        if questionnaire
        else [],
        "carried_texts": [(key, text) for key in carried for text in data.getlist(key)],
        "questionnaire": questionnaire,
        "edition": edition,
        "editions": editions,
    }
    return render(request, "assessments/new.html", context, status=400 if issues and request.method == "POST" else 200)


def carried_answers(questionnaire: Questionnaire, data: QueryDict) -> Mapping[str, Answer]:
    """The quick check's answers in the address or form, without those that the questionnaire does not allow."""
    carried = {}
    for question in questionnaire.questions:
        if question.key in data:
            try:
                value = parse_text(question, data.getlist(question.key))
            except ValidationFailed:
                continue
            if value is not None:
                carried[question.key] = Answer(value=value)
    return carried


def chosen_team(teams: list[Team], pk_text: str) -> Team | None:
    if len(teams) == 1:
        return teams[0]
    return next((team for team in teams if str(team.pk) == pk_text), None)


def editions_of(teams: list[Team]) -> list[Edition]:
    """What new assessments may start with in the workspaces of these teams."""
    workspaces = Workspace.objects.filter(teams__in=[team.pk for team in teams]).distinct()
    return editions_to_start_with(workspaces)


def chosen_edition(editions: list[Edition], pk_text: str) -> Edition | None:
    """The chosen one, else the first, which came with the site."""
    chosen = next((edition for edition in editions if str(edition.pk) == pk_text), None)
    return chosen or (editions[0] if editions else None)


def system_names(user: User, teams: list[Team]) -> list[str]:
    """Names that the teams use already, so that nobody starts the same system under two names."""
    assessments = Assessment.objects.visible_to(user).filter(system__team__in=teams)
    return sorted(set(assessments.order_by().values_list("system__name", flat=True)[:500]))


def issue_link(issue: Issue, data: QueryDict, team: Team | None) -> Any:
    """Where to solve the issue: the field, or the assessment that exists already."""
    if issue.code == "has_assessment" and team is not None:
        key = name_key(" ".join(data.get(NAME, "").split()))
        versions = Assessment.objects.filter(system__team=team, system__name_key=key, deleted_at=None).order_by(
            "-version"
        )
        existing = versions.values_list("pk", flat=True).first()
        if existing is not None:
            return reverse("assessment", args=[existing])
    return {"team": "#team-id", "edition": "#edition-id"}.get(issue.key, "#system-name")
