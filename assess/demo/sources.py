"""The first demo workspace: the systems that the sources describe, each assessed and submitted."""

import io
import json

from django.conf import settings

from assess.assessments.facade import (
    Edition,
    attach_file,
    read_file,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.demo.accounts import ACCOUNTS, add_membership, get_or_create_user, user_with_role
from assess.demo.traces import FILE_NAME, build_traces
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
#: The system with traces, which are made up: the source names no services.
WITH_TRACES = "services-47"


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
        path = settings.BASE_DIR / "fixtures" / "demo" / f"{slug}.json"
        document = read_document(path.read_bytes(), file=path.name)
        carried = read_answers(document, builtin_questionnaire_for(document), file=path.name)
        system_name = json.loads(path.read_bytes())["system"]
        assessment = start_assessment(
            team=teams[team], system_name=system_name, edition=edition, by=leads[team], carried=carried
        )
        if slug == WITH_TRACES:
            file = read_file(io.BytesIO(build_traces()), name=FILE_NAME, assessment=assessment)
            attach_file(assessment, file, by=leads[team])
        submitted = submit_assessment(assessment, by=leads[team])
        if slug == WITH_NEXT_VERSION:
            start_next_version(submitted, by=leads[team])
    return len(SYSTEMS)
