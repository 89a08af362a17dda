"""How far an assessment is: counts, the next question, minutes left. Computed from the answers, never stored."""

from dataclasses import dataclass
from functools import cached_property

from assess.language import _
from assess.questionnaire.facade import Answers, Question, Questionnaire, Section, is_asked

#: The full list of 37 questions takes 10 to 15 minutes, so about 20 seconds each.
SECONDS_PER_QUESTION = 20


@dataclass(frozen=True, kw_only=True)
class SectionProgress:
    """One section: `answered` of the `asked` questions have an answer; "not sure yet" and "does not apply" are
    answers."""

    section: Section
    asked: int
    answered: int

    @property
    def is_done(self) -> bool:
        """False where nothing is asked: nobody did anything there."""
        return 0 < self.asked == self.answered

    @property
    def is_started(self) -> bool:
        return self.answered > 0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """All sections, in order. `next_open` is the first question that is asked and has no answer at all."""

    sections: tuple[SectionProgress, ...]
    next_open: Question | None
    not_sure: int

    @cached_property
    def asked(self) -> int:
        return sum(section.asked for section in self.sections)

    @cached_property
    def answered(self) -> int:
        return sum(section.answered for section in self.sections)

    @cached_property
    def sections_done(self) -> int:
        return sum(section.is_done for section in self.sections)

    @property
    def in_words(self) -> str:
        """Questions and sections: a few answers in every section complete none of them."""
        return _("{answered} of {asked} questions · {done} of {sections} sections done").format(
            answered=self.answered,
            asked=self.asked,
            done=self.sections_done,
            sections=sum(section.asked > 0 for section in self.sections),
        )

    @property
    def is_started(self) -> bool:
        return self.answered > 0

    @property
    def is_complete(self) -> bool:
        return self.next_open is None

    @property
    def minutes_left(self) -> int:
        """Whole minutes for the questions without an answer, rounded up."""
        return -(-(self.asked - self.answered) * SECONDS_PER_QUESTION // 60)


def compute_progress(questionnaire: Questionnaire, answers: Answers) -> Progress:
    """The progress of these answers, "not sure yet" included.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> compute_progress(builtin_questionnaire(), {}).next_open.key
    'scope'
    """
    sections = []
    next_open = None
    for section in questionnaire.sections:
        applicable = [question for question in section.questions if is_asked(question, answers)]
        unanswered = [question for question in applicable if question.key not in answers]
        if next_open is None and unanswered:
            next_open = unanswered[0]
        answered = len(applicable) - len(unanswered)
        sections.append(SectionProgress(section=section, asked=len(applicable), answered=answered))
    not_sure = sum(not (answer.is_known or answer.not_applicable or answer.between) for answer in answers.values())
    return Progress(sections=tuple(sections), next_open=next_open, not_sure=not_sure)
