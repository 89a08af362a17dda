"""`load_demo`: the systems that the sources tell of, saved with their verdicts, and people to sign in as."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assess.assessments.actions import next_version, start_assessment, submit
from assess.assessments.editions import newest_edition
from assess.assessments.suggestions import confirm, suggestions_for
from assess.people.models import Membership, Role, Team, User, Workspace
from assess.questionnaire.answers import read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire

WORKSPACE = "Systems of the sources"
#: Only ever set by this command, which refuses to run in production.
PASSWORD = "look-around"  # noqa: S105  # the address and this word are printed for whoever starts the demo
#: Address, name, team (None: the whole workspace) and role.
PEOPLE = (
    ("lead@demo.example", "Lena Lead", "Shops", Role.OWNER),
    ("member@demo.example", "Mehmet Member", "Shops", Role.MEMBER),
    ("other@demo.example", "Olga Other", "Products", Role.OWNER),
    ("architect@demo.example", "Arun Architect", None, Role.ARCHITECT),
    ("admin@demo.example", "Agnes Administrator", None, Role.ADMINISTRATOR),
)
#: Which team each file's system belongs to; the order is that of the list, oldest first.
SYSTEMS = (
    ("django-startup-12", "Products"),
    ("services-47", "Products"),
    ("saas-80-developers", "Products"),
    ("greedygame-operations-billing", "Shops"),
    ("shob", "Shops"),
    ("ecommerce-35-developers", "Shops"),
)
#: The one that went on to a second version, so that an open assessment is there to look at too.
GOES_ON = "services-47"


class Command(BaseCommand):
    """Safe to repeat: what is there already stays as it is."""

    help = "Load the demo workspace (not in production)."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SPLITCHECK_ENV == "production":
            raise CommandError("The demo accounts have a known password: load_demo does not run in production.")
        if Workspace.objects.filter(name=WORKSPACE).exists():
            self.stdout.write("The demo data is there.")
            return
        with transaction.atomic():
            load()
        self.stdout.write(f"Loaded {len(SYSTEMS)} systems and {len(PEOPLE)} people.")


def load() -> None:
    """Create workspace, teams, people and assessments."""
    workspace = Workspace.objects.create(name=WORKSPACE)
    names = sorted({team for _, team in SYSTEMS})
    teams = {name: Team.objects.create(workspace=workspace, name=name) for name in names}
    leads: dict[str, User] = {}
    for email, name, team, role in PEOPLE:
        user = User.objects.create_user(email, PASSWORD, name=name)
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        Membership.objects.create(user=user, workspace=workspace, team=teams[team] if team else None, role=role)
        if team and role == Role.OWNER:
            leads[team] = user
    questionnaire, edition = builtin_questionnaire(), newest_edition()
    if edition is None:
        raise CommandError("There is no questionnaire yet. Run load_fixtures first.")
    for slug, team in SYSTEMS:
        file = settings.BASE_DIR / "fixtures" / "demo" / f"{slug}.json"
        document = read_document(file.read_bytes(), file=file.name)
        carried = read_answers(document, questionnaire, file=file.name)
        system_name = json.loads(file.read_bytes())["system"]
        assessment = start_assessment(
            team=teams[team], system_name=system_name, edition=edition, by=leads[team], carried=carried
        )
        submitted = submit(assessment, by=leads[team])
        if slug == GOES_ON:
            following = next_version(submitted, by=leads[team])
            confirm(following, suggestions_for(following, questionnaire, {}).values(), by=leads[team])
