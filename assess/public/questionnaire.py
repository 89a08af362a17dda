"""What the public pages show: the built-in questionnaire, and a sample system with its answers. Reads no database."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from django.conf import settings
from django.utils.translation import get_language

from assess.decision.facade import Result, decide
from assess.questionnaire.facade import Answers, Questionnaire, read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire_for, builtin_questionnaire_in

FIXTURES: Final = Path(__file__).resolve().parent.parent.parent / "fixtures"
SAMPLE_FILE: Final = FIXTURES / "demo" / "ecommerce-35-developers.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A published system with its answers, and the verdict of the present model."""

    system: str
    about: str
    questionnaire: Questionnaire
    answers: Answers
    result: Result


def public_questionnaire() -> Questionnaire:
    """The built-in questionnaire in the reader's language."""
    return builtin_questionnaire_in(get_language() or settings.LANGUAGE_CODE)


def build_sample() -> Sample:
    """The e-commerce platform with 35 developers that S3 describes, judged in the reader's language."""
    questionnaire = public_questionnaire()
    document, answers = read_sample_file()
    return Sample(
        system=document["system"],
        about=document["about"],
        questionnaire=questionnaire,
        answers=answers,
        result=decide(questionnaire, answers),
    )


@cache
def read_sample_file() -> tuple[dict[str, str], Answers]:
    """The sample's document (its `system` and `about`) and its answers. Read once in a process."""
    document = read_document(SAMPLE_FILE.read_bytes(), file=SAMPLE_FILE.name)
    answers = read_answers(document, builtin_questionnaire_for(document), file=SAMPLE_FILE.name)
    return cast(dict[str, str], document), answers
