"""`lint_questionnaire FILE`: whether a questionnaire is well formed and keeps the promises of the model."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.decision.facade import lint, locate_issues
from assess.editions.linting import check_claimed, claim
from assess.questionnaire.facade import ValidationFailed, load_questionnaire
from assess.questionnaire_files import questionnaire_schema, read_file


class Command(BaseCommand):
    """Exit status 0 for a sound questionnaire; 2 with every problem, by line, on standard error."""

    help = "Check a questionnaire file: its form, and whether every verdict, rule and reading of it can be reached."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a questionnaire in YAML")
        parser.add_argument("--queued", type=int, metavar="ID", help="check this uploaded file, which waits")

    def handle(self, *args: Any, file: Path | None, queued: int | None = None, **options: Any) -> None:
        if queued is not None:
            run = claim(queued)
            if run is not None:
                check_claimed(run)
            return
        if file is None:
            raise CommandError("Name the file to check.")
        try:
            content = read_file(file)
            questionnaire = load_questionnaire(content, file=file.name, schema=questionnaire_schema())
            issues = locate_issues(lint(questionnaire), content, file=file.name)
        except ValidationFailed as refused:
            issues = tuple(refused.issues)
        if issues:
            raise CommandError("\n".join(str(issue) for issue in issues), returncode=2)
        count = len(questionnaire.questions)
        beside = sum(question.is_beside_verdict for question in questionnaire.questions)
        self.stdout.write(
            f"{file.name}: no problems. {questionnaire.slug} version {questionnaire.version}, {count} questions, "
            f"{beside} of them beside the verdict; every verdict, form and rule can be reached, and nothing is without "
            "effect."
        )
