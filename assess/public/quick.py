"""The quick check: parses the answers in an address, and writes them back so that a link carries them.

After the seven the check asks, one at a time, the open question that narrows the verdict most. So the address may hold
any of the questionnaire's questions; one that was skipped has the text `-not_sure`. Other parameters, such as those of
a tracker, are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from assess.decision.facade import MOST_FURTHER, NextQuestion, Result, decide, next_question
from assess.language import _
from assess.questionnaire.facade import (
    Answer,
    Issue,
    Question,
    Questionnaire,
    ValidationFailed,
    is_asked,
    parse_text,
)
from assess.web.facade import NOT_SURE, to_form_texts

#: So much of a wrong text is shown again.
MAX_SHOWN: Final = 40
#: S3: with so many of the seven answered yes, services make sense to the readiness guide.
ENOUGH_YES: Final = 5
#: The parameters of the buttons that skip a question and answer it, with its key. No question's key has a hyphen.
SKIP: Final = "skip-question"
ANSWER: Final = "answer-question"


@dataclass(frozen=True, kw_only=True)
class QuickCheck:
    """The valid answers in an address, and what is wrong with the others.

    `entered` has the texts by question, as understood or else as typed, to show the form again. `not_sure` are the
    questions that were skipped or answered "Not sure yet". `missing` is the question whose "Answer" was pressed with
    nothing chosen.
    """

    questionnaire: Questionnaire
    entered: Mapping[str, Sequence[str]]
    answers: Mapping[str, Answer]
    not_sure: frozenset[str]
    issues: tuple[Issue, ...]
    missing: str | None = None

    @property
    def has_started(self) -> bool:
        return bool(self.answers or self.not_sure)

    @cached_property
    def result(self) -> Result:
        return decide(self.questionnaire, self.answers)

    @property
    def query(self) -> str:
        """The valid answers and the skipped questions as the query of a link, in the questionnaire's order.

        >>> address = {"teams": ["5 "], "tracing": ["-not_sure"], "utm_source": ["mail"]}
        >>> parse_quick_check(builtin_questionnaire(), address).query
        'teams=5&tracing=-not_sure'
        """
        texts = {**to_texts(self.answers), **{key: [NOT_SURE] for key in self.not_sure}}
        return urlencode({key: texts[key] for key in self.questionnaire.by_key if key in texts}, doseq=True)

    @property
    def answers_query(self) -> str:
        """The valid answers alone, as the query of a link: what the full assessment starts with."""
        return urlencode(to_texts(self.answers), doseq=True)

    @cached_property
    def outlook(self) -> NextQuestion:
        """What to ask next beyond the seven, which are on the page already, and how many answers could settle it."""
        on_page = {question.key for question in (*self.questionnaire.quick_questions, *self.further_questions)}
        return next_question(self.questionnaire, self.answers, skipped=frozenset(on_page))

    @property
    def next_question(self) -> Question | None:
        """The open question that narrows the verdict most. None before the first answer, where none could change the
        verdict, and after `MOST_FURTHER` of them."""
        key = self.outlook.key
        if self.missing:
            key = self.missing
        elif not self.has_started or len(self.further_questions) >= MOST_FURTHER:
            key = None
        return self.questionnaire.by_key[key] if key else None

    @cached_property
    def further_questions(self) -> tuple[Question, ...]:
        """Questions beyond the seven that the address answers, tries to, or skips."""
        keys = {*self.answers, *self.not_sure, *(issue.key for issue in self.issues)} - {self.missing}
        return tuple(
            question for question in self.questionnaire.questions if not question.quick and question.key in keys
        )


def parse_quick_check(questionnaire: Questionnaire, parameters: Mapping[str, Sequence[str]]) -> QuickCheck:
    """The quick check in an address's parameters, each name with all its texts.

    Never raises: mistakes are in `issues`. Answers to questions that do not apply are left out.
    """
    answers: dict[str, Answer] = {}
    issues: list[Issue] = []
    entered: dict[str, list[str]] = {}
    not_sure: set[str] = set()
    for question in questionnaire.questions:
        key = question.key
        is_skipped = key in parameters.get(SKIP, ())
        if not (is_skipped or key in parameters) or not is_asked(question, answers):
            continue
        texts = [text for text in parameters.get(key, ()) if text != NOT_SURE]
        # A number typed beside "Not sure yet" counts.
        if is_skipped or (NOT_SURE in parameters[key] and not any(text.strip() for text in texts)):
            entered[key] = [NOT_SURE]
            not_sure.add(key)
            continue
        entered[key] = [printable(text) for text in texts]
        try:
            value = parse_text(question, texts)
        except ValidationFailed as failed:
            issues += failed.issues
            continue
        if value is not None:
            answers[key] = Answer(value=value)
            entered[key] = to_form_texts(value)
    check = QuickCheck(
        questionnaire=questionnaire,
        entered=entered,
        answers=answers,
        not_sure=frozenset(not_sure),
        issues=tuple(issues),
    )
    pressed = next(iter(parameters.get(ANSWER, ())), "")
    if pressed not in check.outlook.open_keys:
        return check
    if questionnaire.by_key[pressed].kind == "number":
        message = _("Enter a number, or skip this question")
    else:
        message = _("Choose an answer, or skip this question")
    issue = Issue(code="nothing_chosen", key=pressed, message=message)
    return replace(check, missing=pressed, issues=(*check.issues, issue))


def to_texts(answers: Mapping[str, Answer]) -> dict[str, list[str]]:
    """The texts of known answers by question, as a form posts them."""
    return {key: to_form_texts(answer.value) for key, answer in answers.items() if answer.value is not None}


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
