"""How people know the answers that decide: asked when answers are reviewed, of those answers alone.

An answer's basis is part of the answer, so stating it is a save like any other: the version that the person saw has to
be the present one.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from assess.assessments.changes import LARGEST_VERSION, Change
from assess.assessments.formatting import format_answer
from assess.assessments.models import Answer, Assessment
from assess.assessments.saving import Saved, save_answer
from assess.decision.facade import Result
from assess.people.facade import User
from assess.questionnaire.facade import BASES, BASIS_CHIPS, Question, Questionnaire
from assess.web.facade import parse_number


@dataclass(frozen=True, kw_only=True, slots=True)
class BasisLine:
    """A deciding answer in words, its version, and each basis with whether it is the stated one."""

    question: Question
    words: str
    version: int
    stated: str  #: the basis; "" for none
    choices: tuple[tuple[str, str, bool], ...]


def build_basis_lines(
    questionnaire: Questionnaire, rows: Mapping[str, Answer], result: Result
) -> tuple[BasisLine, ...]:
    """The known shared answers that the verdict rests on, in the questionnaire's order."""
    lines = []
    for question in questionnaire.questions:
        row = rows.get(question.key)
        if row is None or question.key not in result.deciding_keys:
            continue
        lines.append(
            BasisLine(
                question=question,
                words=format_answer(question, row.as_answer()),
                version=row.version,
                stated=row.basis,
                choices=tuple((basis, BASIS_CHIPS[basis], basis == row.basis) for basis in BASES),
            )
        )
    return tuple(lines)


def save_bases(
    assessment: Assessment, questionnaire: Questionnaire, rows: Mapping[str, Answer], data: QueryDict, *, by: User
) -> tuple[int, list[Question]]:
    """Saves each basis that was posted and differs from the stated one: how many were saved, and the questions whose
    answer somebody changed meanwhile or that may not be changed any more."""
    saved, refused = 0, []
    for question in questionnaire.questions:
        basis, row = data.get(f"{question.key}-basis", ""), rows.get(question.key)
        if row is None or not row.answered or basis not in BASES or basis == row.basis:
            continue
        answer = row.as_answer()
        change = Change(
            key=question.key,
            answered=True,
            value=row.value,
            basis=basis,
            note=row.note,
            link=row.link,
            not_applicable=answer.not_applicable,
            who_knows=answer.who_knows,
            base_version=parse_number(data.get(f"{question.key}-version", ""), LARGEST_VERSION) or 0,
            mutation_id=uuid.uuid4(),
        )
        if isinstance(save_answer(assessment.pk, change, by=by), Saved):
            saved += 1
        else:
            refused.append(question)
    return saved, refused
