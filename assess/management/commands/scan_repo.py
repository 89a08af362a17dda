"""`scan_repo PATH`: the scanner of a project's code and history, the same that the site offers as one file."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assess.evidence.facade import SCAN_DESCRIPTION, add_scan_arguments, run_scan


class Command(BaseCommand):
    """Exit status 0, 1 with something unread or limited, 2 for wrong use; touches no database."""

    help = SCAN_DESCRIPTION
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_scan_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        status = run_scan(options)
        if status:
            sys.exit(status)
