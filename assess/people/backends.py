"""Who is asking: allauth's sign-in, and each person found again together with their home, in one query."""

from functools import cache
from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat

from assess.people.models import Membership, User

#: What a person's first workspace sets, as "time zone language"; neither has a space in it.
HOME = Subquery(
    Membership.objects.filter(user=OuterRef("pk"))
    .order_by("pk")
    .values(home=Concat("workspace__time_zone", Value(" "), "workspace__language"))[:1]
)

#: What stands in the statement where the person goes; nobody has it.
_PERSON: Final = -1


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """Finds a person with their home. Written once: every request of somebody signed in runs it, and writing it takes
    several times as long."""
    found: tuple[str, tuple[Any, ...]] = User.objects.annotate(home=HOME).filter(pk=_PERSON).query.sql_with_params()
    return found


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Sessions name this class; another name would sign everybody out. Who is found has their `home`, or None."""

    def get_user(self, user_id: Any) -> User | None:
        sql, parameters = _statement()
        values = [user_id if each == _PERSON else each for each in parameters]
        user = next(iter(User.objects.raw(sql, values)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
