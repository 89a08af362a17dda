"""The first demo workspace: the systems that the sources describe, each assessed and submitted."""

import json

from django.conf import settings

from assess.assessments.facade import Edition, start_assessment, start_next_version, submit_assessment
from assess.demo.accounts import ACCOUNTS, add_membership, get_or_create_user, user_with_role
from assess.people.facade import Role, Team, User, Workspace
from assess.questionnaire.facade import read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire_for

WORKSPACE = "Systems of the sources"
#: Which team each file's system belongs to; the order is that of the list, oldest first.
SYSTEMS = (
    ("django-startup-12", "Products"),
    ("services-47", "Products"),
    ("saas-80-developers", "Products"),
    ("greedygame-operations-billing", "Shops"),
    ("shob", "Shops"),
    ("ecommerce-35-developers", "Shops"),
)
#: The system with a second version in progress, whose answers wait to be confirmed.
WITH_NEXT_VERSION = "services-47"


def load_source_workspace(edition: Edition) -> int:
    """Create the workspace. Returns how many systems it has."""
    workspace = Workspace.objects.create(name=WORKSPACE)
    teams = {name: Team.objects.create(workspace=workspace, name=name) for name in ("Products", "Shops")}
    leads: dict[str, User] = {"Shops": user_with_role(Role.LEAD), "Products": get_or_create_user(*ACCOUNTS[-1][:2])}
    for name, lead in leads.items():
        add_membership(lead, Role.LEAD, workspace, teams[name])
    for role in (Role.MEMBER, Role.VIEWER):
        add_membership(user_with_role(role), role, workspace, teams["Shops"])
    for role in (Role.ARCHITECT, Role.ADMINISTRATOR):
        add_membership(user_with_role(role), role, workspace)
    for slug, team in SYSTEMS:
        file = settings.BASE_DIR / "fixtures" / "demo" / f"{slug}.json"
        document = read_document(file.read_bytes(), file=file.name)
        carried = read_answers(document, builtin_questionnaire_for(document), file=file.name)
        system_name = json.loads(file.read_bytes())["system"]
        assessment = start_assessment(
            team=teams[team], system_name=system_name, edition=edition, by=leads[team], carried=carried
        )
        submitted = submit_assessment(assessment, by=leads[team])
        if slug == WITH_NEXT_VERSION:
            start_next_version(submitted, by=leads[team])
    return len(SYSTEMS)
