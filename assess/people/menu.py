"""What a person's menu holds on every page: where their roles lead, and how many notices they have not read.

One query, once for each request. Whether an address may be used is decided there again.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assess.people.models import Membership, Notice, Role, User
from assess.people.permissions import ROLES, Ability

STARTING = [role for role, allowed in ROLES.items() if Ability.START in allowed]


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    unread: int = 0
    may_start: bool = False
    is_architect: bool = False
    is_administrator: bool = False


def menu_of(user: User) -> Menu:
    """The menu of somebody who is signed in and no guest. One query."""
    mine = Membership.objects.filter(user=OuterRef("pk"))
    unread = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("user")
    found = (
        User.objects.filter(pk=user.pk)
        .annotate(
            may_start=Exists(mine.filter(role__in=STARTING)),
            is_architect=Exists(mine.filter(role=Role.ARCHITECT)),
            is_administrator=Exists(mine.filter(role=Role.ADMINISTRATOR)),
            unread=Coalesce(
                Subquery(unread.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
            ),
        )
        .values("may_start", "is_architect", "is_administrator", "unread")
        .first()
    )
    return Menu(**found) if found else Menu()
