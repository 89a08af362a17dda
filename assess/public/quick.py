"""The quick check: parses the answers in an address, and writes them back so that a link carries them.

The address may hold any of the questionnaire's questions, not only the seven, because the check goes on to ask the
question that narrows the verdict most. Other parameters, such as those of a tracker, are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from assess.decision.facade import Result, decide
from assess.language import _
from assess.questionnaire.facade import Answer, Issue, Question, Questionnaire, ValidationFailed, is_asked, parse_text
from assess.web.facade import to_form_texts

#: So much of a wrong text is shown again.
MAX_SHOWN: Final = 40
#: S3: with so many of the seven answered yes, services make sense to the readiness guide.
ENOUGH_YES: Final = 5


@dataclass(frozen=True, kw_only=True)
class QuickCheck:
    """The valid answers in an address, and what is wrong with the others.

    `entered` has the texts by question, as typed, to show the form again.
    """

    questionnaire: Questionnaire
    entered: Mapping[str, Sequence[str]]
    answers: Mapping[str, Answer]
    issues: tuple[Issue, ...]

    @cached_property
    def result(self) -> Result:
        return decide(self.questionnaire, self.answers)

    @property
    def query(self) -> str:
        """The valid answers as the query of a link, in the questionnaire's order.

        >>> parse_quick_check(builtin_questionnaire(), {"teams": ["5 "], "utm_source": ["mail"]}).query
        'teams=5'
        """
        return urlencode(
            [
                (key, text)
                for key, answer in self.answers.items()
                if answer.value is not None
                for text in to_form_texts(answer.value)
            ]
        )

    @property
    def next_question(self) -> Question | None:
        """The open question that would narrow the verdict most, beyond the seven; None where none would.

        While some of the seven are open themselves, those are on the page already.
        """
        most_telling = (self.result.ask_next,) if self.result.ask_next else ()
        questions = (self.questionnaire.by_key[key] for key in (*most_telling, *self.result.decisive_open_keys))
        return next((question for question in questions if not question.quick), None)

    @property
    def further_questions(self) -> tuple[Question, ...]:
        """Questions beyond the seven that the address answers, or tries to."""
        return tuple(
            question
            for question in self.questionnaire.questions
            if not question.quick
            and question.key in self.entered
            and (question.key in self.answers or any(issue.key == question.key for issue in self.issues))
        )


def parse_quick_check(questionnaire: Questionnaire, parameters: Mapping[str, Sequence[str]]) -> QuickCheck:
    """The quick check in an address's parameters, each name with all its texts.

    Never raises: mistakes are in `issues`. Answers to questions that do not apply are left out.
    """
    answers: dict[str, Answer] = {}
    issues: list[Issue] = []
    entered: dict[str, list[str]] = {}
    for question in questionnaire.questions:
        texts = parameters.get(question.key)
        if texts is None or not is_asked(question, answers):
            continue
        entered[question.key] = [printable(text) for text in texts]
        try:
            value = parse_text(question, list(texts))
        except ValidationFailed as failed:
            issues += failed.issues
            continue
        if value is not None:
            answers[question.key] = Answer(value=value)
    return QuickCheck(questionnaire=questionnaire, entered=entered, answers=answers, issues=tuple(issues))


def printable(text: str) -> str:
    """A text that somebody typed, short and without control characters, to show in its field again."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:MAX_SHOWN])


def guide_sentence(result: Result) -> str:
    """What the readiness guide (S3) alone concludes from its seven questions."""
    counts = result.checklist_counts
    if counts["yes"] >= ENOUGH_YES:
        return _("Five are enough for the readiness guide: by that count alone, services would make sense.")
    if counts["yes"] + counts["unknown"] < ENOUGH_YES:
        return _("The readiness guide asks for five: by that count alone, a modular monolith comes first.")
    return _("The readiness guide asks for five; the open answers will settle that.")
