"""`check_case FILE`: whether a file of published cases is well formed, and what the model says to each."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.cases_file import read_cases_file
from assess.decision.facade import Trial, decide, try_cases
from assess.questionnaire.facade import ValidationFailed

OUTCOMES = {True: "hit", False: "miss", None: "not scored"}
EXIT_STATUS = (
    "Exit status 0: every case is well formed, also where the model misses. 2: the file cannot be read, or a case has "
    "a problem; each is on standard error by case and field, with what to do. The well-formed cases of such a file are "
    "judged all the same, and the file stays as it is."
)


class Command(BaseCommand):
    """Exit status as `EXIT_STATUS` says. Reads the file and writes nothing."""

    help = "Check a JSON file of published cases (docs/cases.md has the format). Touches no database."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = EXIT_STATUS
        parser.add_argument("file", metavar="FILE", type=Path, help="a JSON file as docs/cases.md describes it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            read = read_cases_file(file)
        except ValidationFailed as failed:
            raise CommandError("\n".join(str(issue) for issue in failed.issues), returncode=2) from failed
        for trial in try_cases(read.questionnaire, read.cases, decide):
            self.stdout.write(describe_trial(trial))
        if read.issues:
            raise CommandError("\n".join(str(issue) for issue in read.issues), returncode=2)
        count = len(read.cases)
        self.stdout.write(f"{file.name}: no problems, {count} case{'' if count == 1 else 's'}.")


def describe_trial(trial: Trial) -> str:
    """One line: the case, the verdict and its rule, what hindsight accepts, hit or miss; after a miss, what to add."""
    case, result = trial.case, trial.result
    accepted = " or ".join([case.verdict_in_hindsight, *case.also_acceptable])
    line = f"{case.id}: {result.verdict} by {result.rule}, hindsight {accepted}: {OUTCOMES[trial.hit]}"
    if trial.hit is False and not case.not_weighed:
        line += ". Say in `not_weighed` what the decision turned on that no rule reads"
    return line
