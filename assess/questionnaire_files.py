"""Reads questionnaire files from disk for the pure questionnaire room, which opens none itself. Decides nothing."""

import json
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

from assess.language import _
from assess.questionnaire.facade import (
    MAX_BYTES,
    Issue,
    Questionnaire,
    ValidationFailed,
    load_questionnaire,
    load_translation,
    translated,
)

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "questionnaires"
#: The newest version of the built-in questionnaire; earlier ones stay published beside it.
NEWEST = max(int(path.stem.rpartition("-")[2]) for path in FIXTURES.glob("split-checklist-*.yaml"))
BUILTIN_FILE = FIXTURES / f"split-checklist-{NEWEST}.yaml"
#: Translations of what comes with Splitcheck: split-checklist-1.nl.yaml, the language in small letters.
TRANSLATIONS = FIXTURES / "translations"


@cache
def questionnaire_schema() -> Mapping[str, object]:
    """The published JSON Schema of questionnaire files."""
    return cast(Mapping[str, object], json.loads((FIXTURES / "questionnaire.schema.json").read_text("utf-8")))


@cache
def translation_schema() -> Mapping[str, object]:
    """The published JSON Schema of files that translate a questionnaire."""
    return cast(Mapping[str, object], json.loads((FIXTURES / "translation.schema.json").read_text("utf-8")))


@cache
def builtin_questionnaire(version: int = NEWEST) -> Questionnaire:
    """This version of the questionnaire that comes with Splitcheck, `split-checklist`, else the newest. Read once in a
    process. Raises ValidationFailed for a version that there never was.
    """
    return load_questionnaire_file(FIXTURES / f"split-checklist-{version}.yaml")


def builtin_questionnaire_for(document: object) -> Questionnaire:
    """The built-in questionnaire in the version that a document of answers or cases names, else the newest.

    What is wrong with the version is for the reader of the document to tell.
    """
    version = document.get("version") if isinstance(document, Mapping) else None
    known = isinstance(version, int) and not isinstance(version, bool) and 1 <= version <= NEWEST
    return builtin_questionnaire(version if known and version is not None else NEWEST)


@cache
def builtin_questionnaire_in(language: str) -> Questionnaire:
    """The built-in questionnaire in this language, or in the language without its region; else as it is written.

    For pages without a database; `assessments.editions` finds the same translations in its tables. Read once in a
    process. Raises ValidationFailed for a translation that is wrong.
    """
    original = builtin_questionnaire()
    paths = {path.name.split(".")[-2]: path for path in TRANSLATIONS.glob(f"{original.slug}-{original.version}.*.yaml")}
    path = paths.get(language.lower()) or paths.get(language.partition("-")[0].lower())
    if path is None:
        return original
    content = read_file(path)
    translation = load_translation(content, file=path.name, schema=translation_schema(), questionnaire=original)
    return translated(original, translation)


def load_questionnaire_file(path: Path) -> Questionnaire:
    """The questionnaire in the file at `path`. Raises ValidationFailed for a file that cannot be read or used."""
    return load_questionnaire(read_file(path), file=path.name, schema=questionnaire_schema())


def read_file(path: Path, *, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file; of one over `most` bytes one byte more than is allowed, enough for a reader to tell.

    Raises ValidationFailed for a file that cannot be read, and for a pipe or a device, which could keep us waiting for
    ever.
    """
    with open_file(path) as stream:
        return stream.read(most + 1)


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """A regular file to read from. Raises as `read_file`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = _("Name a regular file; this is a folder, a pipe or a device")
            raise ValidationFailed([Issue(code="unreadable", message=message, file=str(path))])
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        message = _("Name a file that can be read ({why})").format(why=error.strerror or _("it cannot be opened"))
        raise ValidationFailed([Issue(code="unreadable", message=message, file=str(path))]) from None
