"""The one Django app."""

from django.apps import AppConfig


class AssessConfig(AppConfig):
    """Registers the project's own system checks when Django starts."""

    name = "assess"
    verbose_name = "Splitcheck"
    default_auto_field = "django.db.models.BigAutoField"
