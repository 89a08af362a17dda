"""The person's menu, as the header and the line about what is new ask for it: looked up at most once for a request."""

from typing import Any

from django import template

from assess.people.menu import Menu, menu_of

register = template.Library()

#: Pages that answers are given on ask as little of the database as they can. The first is for the team, which may start
#: assessments; the second for whoever is asked.
WITHOUT = {"assessment-section": Menu(may_start=True), "assessment-my-section": Menu()}
KEPT = "_menu"


@register.simple_tag(takes_context=True)
def person_menu(context: dict[str, Any]) -> Menu | None:
    """The menu; None for the signed-out and for guests. Where saving has to be quick, what is known without asking."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated or user.is_guest:
        return None
    if request.resolver_match is not None and request.resolver_match.url_name in WITHOUT:
        return WITHOUT[request.resolver_match.url_name]
    if not hasattr(request, KEPT):
        setattr(request, KEPT, menu_of(user))
    kept: Menu = getattr(request, KEPT)
    return kept
