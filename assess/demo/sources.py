"""The systems that the sources tell of, with the verdict that each gets."""

import json

from django.conf import settings

from assess.assessments.facade import Edition, start_assessment, start_next_version, submit_assessment
from assess.demo.people import ACCOUNTS, account, person, place
from assess.people.facade import Role, Team, User, Workspace
from assess.questionnaire.facade import Questionnaire, read_answers, read_document

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
#: The one that went on to a second version, so that its answers wait to be confirmed.
GOES_ON = "services-47"


def load(questionnaire: Questionnaire, edition: Edition) -> None:
    workspace = Workspace.objects.create(name=WORKSPACE)
    teams = {name: Team.objects.create(workspace=workspace, name=name) for name in ("Products", "Shops")}
    leads: dict[str, User] = {"Shops": account(Role.LEAD), "Products": person(*ACCOUNTS[-1][:2])}
    for name, lead in leads.items():
        place(lead, Role.LEAD, workspace, teams[name])
    for role in (Role.MEMBER, Role.VIEWER):
        place(account(role), role, workspace, teams["Shops"])
    for role in (Role.ARCHITECT, Role.ADMINISTRATOR):
        place(account(role), role, workspace)
    for slug, team in SYSTEMS:
        file = settings.BASE_DIR / "fixtures" / "demo" / f"{slug}.json"
        document = read_document(file.read_bytes(), file=file.name)
        carried = read_answers(document, questionnaire, file=file.name)
        system_name = json.loads(file.read_bytes())["system"]
        assessment = start_assessment(
            team=teams[team], system_name=system_name, edition=edition, by=leads[team], carried=carried
        )
        submitted = submit_assessment(assessment, by=leads[team])
        if slug == GOES_ON:
            start_next_version(submitted, by=leads[team])
