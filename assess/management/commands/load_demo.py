"""`manage.py load_demo`: two demo workspaces, and accounts to sign in with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assess.assessments.facade import newest_edition
from assess.demo.facade import has_demo_workspaces, load_demo_workspaces


class Command(BaseCommand):
    """Safe to repeat: existing demo data stays as it is."""

    help = "Load the demo workspaces and accounts (not in production)."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SPLITCHECK_ENV == "production":
            raise CommandError("load_demo does not run in production: its accounts have a known password.")
        if has_demo_workspaces():
            self.stdout.write("The demo data is already loaded.")
            return
        edition = newest_edition()
        if edition is None:
            raise CommandError("There is no questionnaire yet. Run load_fixtures first.")
        from_sources, made_up = load_demo_workspaces(edition)
        self.stdout.write(f"Loaded {from_sources} systems of the sources and {made_up} made-up ones.")
