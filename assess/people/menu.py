"""What templates ask of this room: a person's menu on every page, and whether mail is delayed.

The menu: where their abilities lead, and how many notices they have not read. Whether an address may be used is decided
there again. Registered as the tag library `menu` in the settings.
"""

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assess.people.mail import is_mail_delayed
from assess.people.models import Membership, Notice, User
from assess.people.roles import Ability, roles_with

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    """What the menu offers; the words and addresses are the template's."""

    unread: int = 0
    may_start: bool = False
    is_architect: bool = False
    is_administrator: bool = False


#: Pages on which answers are given ask as little of the database as they can. The first is for the team, which may
#: start assessments; the second for respondents.
MENUS_WITHOUT_QUERY = {"assessment-section": Menu(may_start=True), "assessment-my-section": Menu()}


@register.simple_tag(takes_context=True)
def person_menu(context: dict[str, Any]) -> Menu | None:
    """The menu; None for the signed-out and for guests. At most one query for each request, none where saving has to be
    quick."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated or user.is_guest:
        return None
    if request.resolver_match is not None and request.resolver_match.url_name in MENUS_WITHOUT_QUERY:
        return MENUS_WITHOUT_QUERY[request.resolver_match.url_name]
    if not hasattr(request, "person_menu"):
        request.person_menu = get_menu(user)
    menu: Menu = request.person_menu
    return menu


def get_menu(user: User) -> Menu:
    """The menu of somebody who is signed in and no guest. One query."""
    mine = Membership.objects.filter(user=OuterRef("pk"))
    unread = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("user")
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(
            may_start=Exists(mine.filter(role__in=roles_with(Ability.START))),
            is_architect=Exists(mine.filter(role__in=roles_with(Ability.REVIEW))),
            is_administrator=Exists(mine.filter(role__in=roles_with(Ability.ADMINISTER))),
            unread=Coalesce(
                Subquery(unread.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
            ),
        )
        .values("may_start", "is_architect", "is_administrator", "unread")
        .first()
    )
    return Menu(**row) if row else Menu()


@register.simple_tag
def mail_is_delayed() -> bool:
    """Whether a page that speaks of a mail has to say that it comes later. One query."""
    return is_mail_delayed()
