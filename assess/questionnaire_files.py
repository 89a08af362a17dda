"""Reads questionnaire files from disk for the pure questionnaire room, which opens none itself. Decides nothing."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.problems import Problem, Refused
from assess.questionnaire.reader import MAX_BYTES
from assess.questionnaire.schema import Questionnaire

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "questionnaires"
BUILTIN_FILE = FIXTURES / "split-checklist-1.yaml"


@cache
def questionnaire_schema() -> Mapping[str, object]:
    """The published JSON Schema of questionnaire files."""
    return cast(Mapping[str, object], json.loads((FIXTURES / "questionnaire.schema.json").read_text("utf-8")))


@cache
def builtin_questionnaire() -> Questionnaire:
    """The questionnaire that comes with Splitcheck, `split-checklist` version 1. Read once in a process."""
    return load_questionnaire_file(BUILTIN_FILE)


def load_questionnaire_file(path: Path) -> Questionnaire:
    """The questionnaire in the file at `path`. Raises Refused for a file that cannot be read or used."""
    try:
        with path.open("rb") as stream:
            # One byte over the limit is enough to tell that it is exceeded.
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        message = f"Name a file that can be read ({reason})"
        raise Refused([Problem(code="unreadable", message=message, file=str(path))]) from None
    return load_questionnaire(content, file=path.name, schema=questionnaire_schema())
