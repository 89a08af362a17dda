"""`decide FILE [--json]`: the verdict on a file of answers, without touching the database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.cases_file import published_cases
from assess.decision.facade import argue, decide, to_json, to_text
from assess.questionnaire.facade import ValidationFailed, read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire_for, read_file

#: Read no more than this from a file or a pipe; the reader refuses what is larger than its own limit.
MOST_BYTES = 1024 * 1024


class Command(BaseCommand):
    """Exit status 0 with a verdict; 2 with every problem on standard error."""

    help = "Decide on a JSON file of answers ('-' reads standard input). Touches no database."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file of answers, or '-' for standard input")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        name = str(options["file"])
        try:
            document = read_document(_read(name), file=name)
            questionnaire = builtin_questionnaire_for(document)
            answers = read_answers(document, questionnaire, file=name)
        except ValidationFailed as refused:
            raise CommandError("\n".join(str(issue) for issue in refused.issues), returncode=2) from refused
        result = decide(questionnaire, answers)
        argument = argue(questionnaire, answers, result, published_cases())
        if options["json"]:
            self.stdout.write(json.dumps(to_json(result, argument), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(to_text(questionnaire, result, argument))


def _read(name: str) -> bytes:
    """At most `MOST_BYTES` of the file; a file that cannot be read ends the command with status 2."""
    try:
        if name != "-":
            return read_file(Path(name))
        if sys.stdin is None:  # closed by the process that started us
            raise CommandError("-: standard input is closed. Give the path of a JSON file.", returncode=2)
        return sys.stdin.buffer.read(MOST_BYTES)
    except OSError as error:
        raise CommandError(
            f"{name}: cannot be read ({error.strerror}). Give the path of a JSON file, or - for standard input.",
            returncode=2,
        ) from error
