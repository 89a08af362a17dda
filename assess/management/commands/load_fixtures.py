"""`manage.py load_fixtures`: publishes the questionnaires of fixtures/questionnaires/ that are not published yet.

Imports their translations from its folder translations/, each in place of an earlier one in its language.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assess.assessments.facade import publish_questionnaire_file, publish_translation_file
from assess.questionnaire.facade import ValidationFailed
from assess.questionnaire_files import FIXTURES


class Command(BaseCommand):
    help = "Publish the built-in questionnaires. Safe to repeat. Refuses a published one whose file has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, default=FIXTURES, help="folder with *.yaml files")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        issues = []
        for path in sorted(folder.glob("*.yaml")):
            try:
                edition, is_new = publish_questionnaire_file(path)
            except ValidationFailed as failure:
                issues += failure.issues
                continue
            if is_new or options["verbosity"] > 1:
                self.stdout.write(f"{edition}: {'published' if is_new else 'published already'}")
        for path in sorted((folder / "translations").glob("*.yaml")):
            try:
                translation, is_new = publish_translation_file(path)
            except ValidationFailed as failure:
                issues += failure.issues
                continue
            if is_new or options["verbosity"] > 1:
                self.stdout.write(f"{translation}: {'imported' if is_new else 'imported already'}")
        if issues:
            raise CommandError("\n".join(str(issue) for issue in issues))
