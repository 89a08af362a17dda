"""The one Django app, and what is connected when it starts."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils import formats, translation

from assess import language


def make_cache_table(using: str, **kwargs: Any) -> None:
    """Create the table of the database cache: migrating does not, and without it nobody could sign in.

    By name, so that it is there where Valkey is used as well: going back, or rolling out Valkey, needs it.
    """
    call_command("createcachetable", settings.CACHE_TABLE, database=using, verbosity=0)


def format_day(on: date) -> str:
    return formats.date_format(on, "DATE_FORMAT")


def format_number(value: float | Decimal) -> str:
    return str(formats.number_format(value, force_grouping=True))


class AssessConfig(AppConfig):
    """Registers the project's own system checks when Django starts."""

    name = "assess"
    verbose_name = "Splitcheck"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing these registers system checks, kinds of reports and their exports; only now are the models loaded.
        import_module("assess.checks")
        import_module("assess.reports.service")
        import_module("assess.portfolio.reports")
        import_module("assess.people.security_log").connect()
        import_module("assess.planning.progress").connect()

        language.set_translator(
            language.Translator(
                gettext=translation.gettext, ngettext=translation.ngettext, day=format_day, number=format_number
            )
        )
        post_migrate.connect(make_cache_table, sender=self)
