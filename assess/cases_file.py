"""Reads the published cases from disk for the pure decision room, which opens no file. Decides nothing."""

import json
from functools import cache
from pathlib import Path

from assess.decision.facade import Case, CasesRead, Persona, Systems, load_cases, read_cases
from assess.questionnaire.facade import read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire, builtin_questionnaire_for, read_file

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "cases"
PUBLISHED_FILE = FIXTURES / "published-cases.json"
SCHEMA_FILE = FIXTURES / "published-cases.schema.json"
PERSONAS_FILE = FIXTURES / "personas.json"


@cache
def published_cases() -> tuple[Case, ...]:
    """The cases that come with Splitcheck. Read once in a process."""
    return load_cases_file(PUBLISHED_FILE)


@cache
def personas() -> tuple[Persona, ...]:
    """The made-up systems that come with Splitcheck. Read once in a process; the file is ours, so it is not checked."""
    questionnaire = builtin_questionnaire()
    document = json.loads(read_file(PERSONAS_FILE))
    return tuple(
        Persona(
            id=raw["id"],
            why=raw["why"],
            answers=read_answers({"questionnaire": questionnaire.slug, "answers": raw["answers"]}, questionnaire),
            verdict_in_hindsight=raw["verdict_in_hindsight"],
            also_acceptable=tuple(raw["also_acceptable"]),
        )
        for raw in document["personas"]
    )


def judged_systems() -> Systems:
    """The answers of every published case that can be scored, and of every made-up system."""
    return Systems(
        cases=tuple(case.answers for case in published_cases() if case.scorable),
        personas=tuple(persona.answers for persona in personas()),
    )


def load_cases_file(path: Path) -> tuple[Case, ...]:
    """The cases in the file at `path`, checked against the version of the built-in questionnaire that it names.

    Raises ValidationFailed for a file that cannot be read or used.
    """
    document = read_document(read_file(path), file=path.name)
    return load_cases(document, builtin_questionnaire_for(document), file=path.name)


def read_cases_file(path: Path) -> CasesRead:
    """The well-formed cases in the file at `path`, and the issues of the others; checked as `load_cases_file` does.

    Raises ValidationFailed for a file that cannot be opened or is no JSON.
    """
    document = read_document(read_file(path), file=path.name)
    return read_cases(document, builtin_questionnaire_for(document), file=path.name)
