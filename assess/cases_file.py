"""Reads the published cases from disk for the pure decision room, which opens no file. Decides nothing."""

from functools import cache
from pathlib import Path

from assess.decision.facade import Case, CasesRead, load_cases, read_cases
from assess.questionnaire.facade import Questionnaire, read_document
from assess.questionnaire_files import builtin_questionnaire, read_file

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "cases"
PUBLISHED_FILE = FIXTURES / "published-cases.json"
SCHEMA_FILE = FIXTURES / "published-cases.schema.json"


@cache
def published_cases() -> tuple[Case, ...]:
    """The cases that come with Splitcheck, coded by the built-in questionnaire. Read once in a process."""
    return load_cases_file(PUBLISHED_FILE, builtin_questionnaire())


def load_cases_file(path: Path, questionnaire: Questionnaire) -> tuple[Case, ...]:
    """The cases in the file at `path`. Raises ValidationFailed for a file that cannot be read or used."""
    return load_cases(read_document(read_file(path), file=path.name), questionnaire, file=path.name)


def read_cases_file(path: Path, questionnaire: Questionnaire) -> CasesRead:
    """The well-formed cases in the file at `path`, and the problems of the others.

    Raises ValidationFailed for a file that cannot be opened or is no JSON.
    """
    return read_cases(read_document(read_file(path), file=path.name), questionnaire, file=path.name)
