"""Runs `manage.py` so that what is wrong around the site is one sentence, and only faults of ours are tracebacks."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, execute_from_command_line
from django.db import DatabaseError, Error, OperationalError

from assess.questionnaire.facade import (
    MAX_BYTES,
    Answers,
    Questionnaire,
    ValidationFailed,
    read_answers,
    read_document,
)
from assess.questionnaire_files import builtin_questionnaire_for, open_file, read_file

#: Exit status after Ctrl-C, and when whoever read our output went away, as shells have it.
INTERRUPTED: Final = 130
NOBODY_READS: Final = 141
#: The command did its work, and what its `--fail-on` names is so: a pipeline stops here on purpose.
FOUND: Final = 3
#: What `--fail-on` can name; each command takes those that it knows of.
CONDITIONS: Final = {
    "extract": "the verdict is to extract services",
    "due": "a step of the plan is past its day and not done",
    "gate": "services are prepared, and a gate is open or failed",
}


def main(argv: Sequence[str]) -> None:
    """Runs the command. Ends the process with status 1 and a sentence when the environment, a file or the database is
    what failed; `--traceback` shows where."""
    try:
        execute_from_command_line(list(argv))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left at the end
        sys.exit(NOBODY_READS)
    except Exception as problem:
        sentence = "" if "--traceback" in argv else explain(problem)
        if not sentence:
            raise
        sys.exit(sentence)


def read_input(name: str, *, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file, or of standard input for "-"; of more than `most` one more, enough for a reader to tell.

    Raises ValidationFailed for a file that cannot be read, and CommandError, status 2, for such a standard input.
    """
    if name != "-":
        return read_file(Path(name), most=most)
    if sys.stdin is None:  # closed by the process that started us
        raise CommandError("-: standard input is closed. Give the path of a file.", returncode=2)
    try:
        return sys.stdin.buffer.read(most + 1)
    except OSError as error:
        raise CommandError(f"-: cannot be read ({error.strerror}). Give the path of a file.", returncode=2) from error


def add_fail_on(parser: ArgumentParser, *conditions: str) -> None:
    """Adds `--fail-on`, which takes each of these names of `CONDITIONS` and may be repeated."""
    means = "; ".join(f"{name}: {CONDITIONS[name]}" for name in conditions)
    parser.add_argument(
        "--fail-on", action="append", choices=conditions, default=[], help=f"end with status {FOUND} when {means}"
    )


def end_on(asked: Collection[str], found: Collection[str]) -> None:
    """Ends the command with status 3 and a sentence on standard error for each condition that is asked and found."""
    reasons = [f"--fail-on {name}: {CONDITIONS[name]}." for name in CONDITIONS if name in asked and name in found]
    if reasons:
        raise CommandError("\n".join(reasons), returncode=FOUND)


@contextmanager
def open_input(name: str, *, most: int) -> Iterator[BinaryIO]:
    """The file, or standard input for "-", to be read from the beginning as often as needed: that is copied into a
    temporary file, at most one byte more than `most` of it. Raises as `read_input`."""
    if name != "-":
        with open_file(Path(name)) as stream:
            yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while (left := most + 1 - copy.tell()) > 0 and (chunk := read_input(name, most=min(left, 1024**2) - 1)):
            copy.write(chunk)
        copy.seek(0)
        yield copy


def read_answers_input(name: str) -> tuple[Questionnaire, Answers]:
    """The answers in a file, or on standard input for "-", and the shipped questionnaire that they answer.

    Raises CommandError, status 2, with every mistake.
    """
    try:
        document = read_document(read_input(name), file=name)
        questionnaire = builtin_questionnaire_for(document)
        return questionnaire, read_answers(document, questionnaire, file=name)
    except ValidationFailed as refused:
        raise CommandError("\n".join(map(str, refused.issues)), returncode=2) from refused


def explain(problem: Exception) -> str:
    """The failure in words for whoever runs the site; "" where it is a fault of ours. At most one query."""
    match problem:
        case ImproperlyConfigured():
            return str(problem)
        case Error():
            return explain_database_error(problem)
        case OSError(strerror=str(reason)) if problem.filename is not None:
            return f"{problem.filename}: {reason}. Check that it is there, and that this user may use it."
        case OSError(strerror=str(reason)):
            return f"{reason}."
    return ""


def explain_database_error(problem: Error) -> str:
    """Migrations that are missing explain every error; otherwise the database's own words, where it is what failed."""
    if apps.ready and (missing := find_missing_migrations()):
        return missing
    words = str(problem).strip().partition("\n")[0].rstrip(".")
    # What is only wrong with a statement or a row is a fault of ours.
    if isinstance(problem, OperationalError) or type(problem) is DatabaseError:
        return f"The database cannot be used: {words}. Check DATABASE_URL, and that the database runs and has room."
    return ""


def find_missing_migrations() -> str:
    """One sentence, "" where none is missing or the database cannot be asked."""
    from assess.operations.facade import find_migrations_problem  # needs the apps

    try:
        return find_migrations_problem()
    except Error:
        return ""
