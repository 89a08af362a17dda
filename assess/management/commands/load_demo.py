"""`load_demo`: the systems that the sources tell of, a made-up retailer with 40 systems, and people to sign in as."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assess.assessments.facade import newest_edition
from assess.demo import northgate, sources
from assess.people.facade import Workspace
from assess.questionnaire_files import builtin_questionnaire


class Command(BaseCommand):
    """Safe to repeat: what is there already stays as it is."""

    help = "Load the demo workspaces (not in production)."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SPLITCHECK_ENV == "production":
            raise CommandError("The demo accounts have a known password: load_demo does not run in production.")
        if Workspace.objects.filter(name=sources.WORKSPACE).exists():
            self.stdout.write("The demo data is there.")
            return
        edition = newest_edition()
        if edition is None:
            raise CommandError("There is no questionnaire yet. Run load_fixtures first.")
        questionnaire = builtin_questionnaire()
        with transaction.atomic():
            sources.load(questionnaire, edition)
            systems = northgate.load(questionnaire, edition)
        self.stdout.write(f"Loaded {len(sources.SYSTEMS)} systems of the sources and {systems} made-up ones.")
