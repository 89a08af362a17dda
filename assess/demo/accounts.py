"""The accounts of the demo: one for each role, in both workspaces."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from assess.people.facade import Membership, Role, Team, User, Workspace

#: Of every demo account. `load_demo`, which sets it, refuses to run in production.
PASSWORD = "look-around"  # noqa: S105  # printed with the addresses for whoever starts the demo

#: Address, name and role.
ACCOUNTS = (
    ("lead@demo.example", "Lena Lead", Role.LEAD),
    ("member@demo.example", "Mehmet Member", Role.MEMBER),
    ("respondent@demo.example", "Rosa Respondent", Role.RESPONDENT),
    ("viewer@demo.example", "Viktor Viewer", Role.VIEWER),
    ("architect@demo.example", "Arun Architect", Role.ARCHITECT),
    ("admin@demo.example", "Agnes Administrator", Role.ADMINISTRATOR),
    ("other@demo.example", "Olga Other", Role.LEAD),
)


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`, the same for all: making one takes a third of a second, and the password is no secret."""
    return make_password(PASSWORD)


def get_or_create_user(email: str, name: str) -> User:
    """The account with this address. It gets no mails."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, wants_mail=False, password=password_hash())
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def user_with_role(role: Role) -> User:
    """The first account of this role."""
    return next(get_or_create_user(email, name) for email, name, its_role in ACCOUNTS if its_role == role)


def add_membership(user: User, role: Role, workspace: Workspace, team: Team | None = None) -> None:
    Membership.objects.get_or_create(user=user, workspace=workspace, team=team, role=role)
