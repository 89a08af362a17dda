"""`manage.py reset_two_step ADDRESS`: for somebody who lost both their app and their recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from assess.people.facade import User, normalize_address


class Command(BaseCommand):
    """Exits with status 1 when there is nothing to switch off. The password stays as it is."""

    help = "Switch off two-step sign-in for one person. Make sure first that the request is theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the e-mail address they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        address = normalize_address(options["address"])
        user = User.objects.filter(email=address).first()
        if user is None:
            raise CommandError("No account has this address.")
        deleted, _ = Authenticator.objects.filter(user=user).delete()
        if not deleted:
            raise CommandError(f"{user.email} has no two-step sign-in.")
        self.stdout.write(f"{user.email} now signs in with the password alone.")
