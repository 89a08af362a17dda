"""Conditions of acceptances whose day has passed, over many systems.

Decides: which conditions are overdue. When a condition is met, and which signature stands, is the review's business.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet

from assess.assessments.facade import SIGNED, Assessment
from assess.people.facade import Workspace
from assess.review.facade import Condition, SignOff


def overdue(*, today: date) -> QuerySet[Condition]:
    """Not met and past their day; of the newest signature of the newest signed version."""
    later = SignOff.objects.filter(assessment=OuterRef("assessment"), pk__gt=OuterRef("sign_off"))
    newer = Assessment.objects.filter(
        system=OuterRef("assessment__system"),
        version__gt=OuterRef("assessment__version"),
        state__in=SIGNED,
        deleted_at=None,
    )
    return Condition.objects.filter(
        ~Exists(later),
        ~Exists(newer),
        met_at=None,
        due_on__lt=today,
        assessment__deleted_at=None,
        assessment__state__in=SIGNED,
    )


def overdue_in(workspace: Workspace, *, today: date) -> QuerySet[Condition]:
    """The longest overdue first."""
    found = overdue(today=today).filter(assessment__workspace=workspace)
    return found.select_related("assessment__system__team").defer("assessment__result").order_by("due_on", "pk")


def overdue_of(systems: Sequence[int], *, today: date) -> Mapping[int, int]:
    """How many are overdue, by system. One query."""
    found = overdue(today=today).filter(assessment__system__in=systems)
    return dict(found.values_list("assessment__system").annotate(number=Count("pk")))
