"""Who is asking: allauth's sign-in, and each person found again together with their home, in one query."""

from typing import Any

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


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Sessions name this class; another name would sign everybody out. Who is found has their `home`, or None."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.annotate(home=HOME).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
