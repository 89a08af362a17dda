"""Who one can sign in as: one account for each role, in both demo workspaces."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from assess.people.facade import Membership, Role, Team, User, Workspace

#: Only ever set by `load_demo`, which refuses to run in production.
PASSWORD = "look-around"  # noqa: S105  # the addresses and this word are printed for whoever starts the demo

#: Address, name, and what the account shows.
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
def hashed() -> str:
    """One hash for all: making one takes a third of a second, and the word is no secret."""
    return make_password(PASSWORD)


def person(email: str, name: str) -> User:
    """The account with this address, made if need be. Mail to it would only fill a folder."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, wants_mail=False, password=hashed())
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def account(role: Role) -> User:
    """The first account of this role."""
    return next(person(email, name) for email, name, its_role in ACCOUNTS if its_role == role)


def place(user: User, role: Role, workspace: Workspace, team: Team | None = None) -> None:
    Membership.objects.get_or_create(user=user, workspace=workspace, team=team, role=role)
