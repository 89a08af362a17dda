"""The sample result: a system that a source tells of, judged afresh, without database."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from assess.decision.facade import Result, decide
from assess.public.asked import asked
from assess.questionnaire.facade import Answers, Questionnaire, read_answers, read_document
from assess.questionnaire_files import builtin_questionnaire

FIXTURES: Final = Path(__file__).resolve().parent.parent.parent / "fixtures"
SAMPLE_FILE: Final = FIXTURES / "demo" / "ecommerce-35-developers.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    system: str
    about: str
    questionnaire: Questionnaire
    answers: Answers
    result: Result


def sample() -> Sample:
    """The e-commerce platform with 35 developers that S3 tells of, judged in the reader's language."""
    questionnaire = asked()
    system, about, answers = _told()
    return Sample(
        system=system,
        about=about,
        questionnaire=questionnaire,
        answers=answers,
        result=decide(questionnaire, answers),
    )


@cache
def _told() -> tuple[str, str, Answers]:
    """Name, description and answers of the sample. Read once in a process."""
    document = read_document(SAMPLE_FILE.read_bytes(), file=SAMPLE_FILE.name)
    answers = read_answers(document, builtin_questionnaire(), file=SAMPLE_FILE.name)
    described = cast(dict[str, str], document)
    return described["system"], described["about"], answers
