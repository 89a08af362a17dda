"""`decide FILE [--json]`: the verdict on a file of answers, without touching the database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.cases_file import published_cases
from assess.command_line import read_input
from assess.decision.facade import argue, decide, to_json, to_text
from assess.questionnaire.facade import ValidationFailed, read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire_for


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
            document = read_document(read_input(name), file=name)
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
