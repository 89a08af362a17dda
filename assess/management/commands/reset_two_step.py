"""`reset_two_step ADDRESS`: for somebody who lost both their app and their recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from assess.people.facade import User


class Command(BaseCommand):
    """Exit status 1 when there is nothing to switch off. Their password stays as it is."""

    help = "Switch two-step sign-in off for one person. Be sure who is asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the e-mail address they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"].strip()
        user = User.objects.filter(email__iexact=address).first()
        if user is None:
            raise CommandError("Nobody signs in with this address.")
        gone, _ = Authenticator.objects.filter(user=user).delete()
        if not gone:
            raise CommandError(f"{user.email} has no two-step sign-in.")
        self.stdout.write(f"{user.email} signs in by password alone now.")
