"""`restore BACKUP [--replace] [--check]`: put back the database of a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from assess.backups.facade import BackupError, Manifest, Restored, check_backup, restore_backup


class Command(BaseCommand):
    """Exit status 0 when all was restored and `verify_log` finds nothing; 1 when it was restored and something is left
    to do, which is named; 2 when it was refused and nothing was replaced."""

    help = "Restore a backup. Refuses, before anything is replaced, whatever does not fit; the present data is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, metavar="BACKUP", help="a file that `backup` made")
        parser.add_argument("--replace", action="store_true", help="also where the present database holds data")
        parser.add_argument(
            "--check", action="store_true", help="only say whether it could be restored; changes nothing"
        )

    def handle(self, *args: Any, backup: Path, replace: bool, check: bool, **options: Any) -> None:
        try:
            if check:
                self.print_manifest(check_backup(backup))
                self.stdout.write("It is whole, and fits this site.")
                return
            restored = restore_backup(backup, replace=replace)
        except BackupError as problem:
            raise CommandError(f"Nothing was replaced. {problem}", returncode=2) from None
        self.print_manifest(restored.manifest)
        self.print_restored(restored)
        if restored.pending_migrations:
            raise CommandError(
                f"Restored. It is of an earlier release: {len(restored.pending_migrations)} migrations are not "
                f"applied, from {restored.pending_migrations[0]} on. "
                "Next: manage.py migrate, then manage.py verify_log --accept-loss."
            )
        call_command("verify_log", stdout=self.stdout)

    def print_manifest(self, manifest: Manifest) -> None:
        facts = manifest.facts
        self.stdout.write(
            f"Backup of {manifest.made_at}, release {manifest.version}, {manifest.engine}: "
            f"{sum(facts.rows.values()):,} rows, {facts.events:,} events, {len(facts.migrations)} migrations, "
            f"head of the record {facts.head}."
        )
        if not manifest.has_files:
            self.stdout.write("PDFs and logos are not in it: they are in the store of S3_BUCKET.")

    def print_restored(self, restored: Restored) -> None:
        if restored.kept and restored.kept.suffix == ".tar":
            self.stdout.write(f"What was there before: {restored.kept}")
            self.stdout.write(f"To undo this: manage.py restore --replace {restored.kept}")
        elif restored.kept:
            self.stdout.write(f"What was there before could not be read; its files: {restored.kept}*")
        if restored.link:
            self.stdout.write(
                f"All migrations are applied. Link {restored.link} of the record says that this was done."
            )
