"""`decide FILE [--json] [--fail-on extract]`: the verdict on a file of answers, without touching the database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assess.advice.facade import is_preparing, preparations_to_json
from assess.cases_file import published_cases
from assess.command_line import add_fail_on, end_on, read_answers_input
from assess.decision.facade import argue, decide, to_json, to_text


class Command(BaseCommand):
    """Exit status 0 with a verdict; 2 with every problem on standard error; 3 where `--fail-on` finds what it names."""

    help = "Decide on a JSON file of answers ('-' reads standard input). Touches no database."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file of answers, or '-' for standard input")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        add_fail_on(parser, "extract", "gate")

    def handle(self, *args: Any, **options: Any) -> None:
        questionnaire, answers = read_answers_input(str(options["file"]))
        result = decide(questionnaire, answers)
        argument = argue(questionnaire, answers, result, published_cases())
        if options["json"]:
            prepared = preparations_to_json(questionnaire, answers, result)
            shown = to_json(result, argument, preparations=prepared)
            self.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(to_text(questionnaire, result, argument))
        is_gated = is_preparing(result.form) and any(gate.state != "passed" for gate in result.gates)
        end_on(options["fail_on"], {result.verdict, *(["gate"] if is_gated else [])})
