"""`check_case FILE`: whether a file of published cases is well formed, and what the model says to each."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.cases_file import load_cases_file
from assess.decision.facade import Trial, decide, try_cases
from assess.questionnaire.facade import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire

_OUTCOMES = {True: "hit", False: "miss", None: "not scored"}


class Command(BaseCommand):
    """Exit status 0 for a well formed file, also where the model misses; 2 with every problem on standard error."""

    help = "Check a JSON file of published cases (docs/cases.md has the format). Touches no database."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a JSON file as docs/cases.md describes it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        questionnaire = builtin_questionnaire()
        try:
            cases = load_cases_file(file, questionnaire)
        except ValidationFailed as failed:
            raise CommandError("\n".join(str(issue) for issue in failed.issues), returncode=2) from failed
        for trial in try_cases(questionnaire, cases, decide):
            self.stdout.write(_line(trial))
        self.stdout.write(f"{file.name}: no problems, {len(cases)} case{'' if len(cases) == 1 else 's'}.")


def _line(trial: Trial) -> str:
    case, result = trial.case, trial.result
    accepted = " or ".join([case.verdict_in_hindsight, *case.also_acceptable])
    return f"{case.id}: {result.verdict} by {result.rule}, hindsight {accepted}: {_OUTCOMES[trial.hit]}"
