"""What a workspace sets for itself: its name, paper, language, time zone, the line on its reports, and its logo.

Decides: which values there are. Who may set them, `charge` decides: whoever looks after the whole workspace. What is
safe in a logo, `logos` decides.
"""

import logging
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assess.language import _
from assess.people.actions import lock
from assess.people.logos import Cleaned, clean_logo
from assess.people.models import Logo, Paper, User, Workspace
from assess.questionnaire.facade import Issue, ValidationFailed, check_name

logger = logging.getLogger(__name__)

#: The parts of the world in which the time zone database names cities; its other names are old ways to say the same.
REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific"),
)
SETTINGS = ("name", "paper", "language", "time_zone", "confidentiality")


@cache
def time_zones() -> Mapping[str, tuple[str, ...]]:
    """The names to choose from, by region; those of no region under ""."""
    known = sorted(available_timezones())
    found = {region: tuple(name for name in known if name.startswith(f"{region}/")) for region in REGIONS}
    return {"": ("UTC",), **{region: names for region, names in found.items() if names}}


@transaction.atomic
def change_settings(workspace: Workspace, *, by: User, **given: str) -> Workspace:
    """All of `SETTINGS` anew. Raises PermissionDenied, and ValidationFailed with a problem for each that will not
    do."""
    _check_may(workspace, by)
    cleaned = {name: " ".join(given[name].split()) for name in SETTINGS}
    issues = [*_names(cleaned), *_choices(cleaned)]
    if issues:
        raise ValidationFailed(issues)
    held = Workspace.objects.get(pk=workspace.pk)
    changed = [name for name, value in cleaned.items() if getattr(held, name) != value]
    for name in changed:
        setattr(held, name, cleaned[name])
    if changed:
        held.save(update_fields=changed)
        logger.info("Workspace %s: %s changed by person %s", held.pk, ", ".join(changed), by.pk)
    return held


@transaction.atomic
def set_logo(workspace: Workspace, content: bytes, *, by: User) -> Cleaned:
    """This logo instead of any before. Raises PermissionDenied, and ValidationFailed for what is no logo."""
    _check_may(workspace, by)
    cleaned = clean_logo(content)
    values = {"kind": cleaned.kind, "content": cleaned.content, "changed_at": timezone.now()}
    Logo.objects.update_or_create(workspace=workspace, defaults=values)
    logger.info("Workspace %s: logo (%s) set by person %s", workspace.pk, cleaned.kind.value, by.pk)
    return cleaned


@transaction.atomic
def remove_logo(workspace: Workspace, *, by: User) -> None:
    """Removing it twice changes nothing. Raises PermissionDenied."""
    _check_may(workspace, by)
    if Logo.objects.filter(workspace=workspace).delete()[0]:
        logger.info("Workspace %s: logo removed by person %s", workspace.pk, by.pk)


def _check_may(workspace: Workspace, by: User) -> None:
    if not lock(workspace).looks_after_all(by.pk):
        raise PermissionDenied("may not change the workspace")


def _names(cleaned: Mapping[str, str]) -> list[Issue]:
    issues: list[Issue] = []
    for name in ("name", "confidentiality"):
        try:
            check_name(cleaned[name], settings.LIMITS["name"])
        except ValidationFailed as refused:
            issues += refused.keyed(name).issues
    if not cleaned["name"]:
        issues.append(Issue(code="name", key="name", message=_("Enter a name for the workspace")))
    return issues


def _choices(cleaned: Mapping[str, str]) -> list[Issue]:
    offered = {
        "paper": (Paper.values, _("Choose one of the papers in the list")),
        "language": (dict(settings.LANGUAGES), _("Choose one of the languages in the list")),
        "time_zone": (available_timezones(), _("Choose one of the time zones in the list")),
    }
    return [
        Issue(code=name, key=name, message=message)
        for name, (values, message) in offered.items()
        if cleaned[name] not in values
    ]
