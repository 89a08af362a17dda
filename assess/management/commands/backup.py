"""`backup [DESTINATION] [--keep N]`: the whole database in one file, while the site goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assess.backups.facade import BackupError, create_backup, remove_older


class Command(BaseCommand):
    """Exit status 0 once the backup is on the disk; 1 with a sentence otherwise, and then there is no file."""

    help = "Back up the whole database into one file. The site may go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "destination", nargs="?", type=Path, help="a folder, or the name of the file; by default var/backups"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="afterwards remove all but the newest N that have our names there"
        )

    def handle(self, *args: Any, destination: Path | None, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("Give --keep a number of 1 or more.")
        if destination is None:
            settings.BACKUP_DIR.mkdir(parents=True, exist_ok=True)
        try:
            backup = create_backup(destination or settings.BACKUP_DIR)
        except BackupError as problem:
            raise CommandError(f"Nothing was backed up. {problem}") from None
        facts = backup.manifest.facts
        self.stdout.write(str(backup.path))
        self.stdout.write(
            f"{backup.path.stat().st_size:,} bytes, {sum(facts.rows.values()):,} rows, {facts.events:,} events, "
            f"head of the record {facts.head}."
        )
        self.stdout.write(f"Keep the SECRET_KEY elsewhere (fingerprint {backup.manifest.keys[0]}): it is not in there.")
        if not backup.manifest.has_files:
            self.stdout.write("PDFs and logos are in the store of S3_BUCKET, and not in there: back that up by itself.")
        for path in remove_older(backup.path.parent, keep) if keep is not None else ():
            self.stdout.write(f"Removed {path}")
