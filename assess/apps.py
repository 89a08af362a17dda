"""The one Django app."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils import formats, translation

from assess import language


def make_cache_table(using: str, **kwargs: Any) -> None:
    """Django makes no table for its database cache while migrating; without it nobody could sign in."""
    call_command("createcachetable", database=using, verbosity=0)


def say_day(on: date) -> str:
    return formats.date_format(on, "DATE_FORMAT")


def say_number(value: float | Decimal) -> str:
    return str(formats.number_format(value, force_grouping=True))


class AssessConfig(AppConfig):
    """Registers the project's own system checks when Django starts."""

    name = "assess"
    verbose_name = "Splitcheck"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # These register what they have to offer; only now are the models loaded.
        import_module("assess.checks")
        import_module("assess.reports.service")
        import_module("assess.portfolio.reports")

        language.speak_as(
            language.Speaker(gettext=translation.gettext, ngettext=translation.ngettext, day=say_day, number=say_number)
        )
        post_migrate.connect(make_cache_table, sender=self)
