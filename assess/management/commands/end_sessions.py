"""`manage.py end_sessions ADDRESS`: for an account that somebody else may be using."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.people.facade import User, normalize_address


class Command(BaseCommand):
    """Exits with status 1 when no account has the address, or neither an address nor --everybody is given."""

    help = "Sign one person out everywhere, or everybody, and revoke their API tokens. Passwords stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", help="the e-mail address they sign in with")
        parser.add_argument("--everybody", action="store_true", help="all people of the site")

    def handle(self, *args: Any, address: str | None, everybody: bool, **options: Any) -> None:
        if bool(address) == everybody:
            raise CommandError("Give an address, or --everybody.")
        users = list(User.objects.all() if address is None else User.objects.filter(email=normalize_address(address)))
        if not users and address:
            raise CommandError("No account has this address.")
        for user in users:
            user.end_earlier_access()
        self.stdout.write(f"Ended all sessions and API tokens of {address or f'{len(users)} people'}.")
