"""All decisions on the way, and which of them a verdict asks. Read `DESIGN_QUESTIONS` first."""

from collections.abc import Mapping
from typing import Final

from assess.advice.design_boundaries import BOUNDARY_QUESTIONS
from assess.advice.design_calls import CALL_QUESTIONS
from assess.advice.design_data import DATA_QUESTIONS
from assess.advice.design_records import PHASE_WORDS, DesignQuestion
from assess.advice.design_running import RUNNING_QUESTIONS

#: By slug, in the order in which they come: before the first service, with it, once it runs.
DESIGN_QUESTIONS: Final[Mapping[str, DesignQuestion]] = {
    question.slug: question
    for phase in PHASE_WORDS
    for question in (*BOUNDARY_QUESTIONS, *DATA_QUESTIONS, *CALL_QUESTIONS, *RUNNING_QUESTIONS)
    if question.phase == phase
}


def is_design_asked(question: DesignQuestion, form: str, shape: str) -> bool:
    """Whether the verdict's form, or the system's shape (the answer to `current_shape`), calls for this decision."""
    return form in question.forms or shape in question.shapes
