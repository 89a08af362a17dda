"""What a report says of design decisions: what was decided with its question, and what is still open."""

from dataclasses import dataclass
from datetime import datetime

from assess.advice.facade import DesignOption, DesignQuestion


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignChoice:
    """One decision. `option` is None where this release does not know it; `title` then is its slug."""

    question: DesignQuestion
    option: DesignOption | None
    title: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignData:
    """All decisions in the order of the questions, and the questions of the verdict that nobody decided yet."""

    choices: tuple[DesignChoice, ...]
    open: tuple[DesignQuestion, ...]

    def to_json(self) -> list[dict[str, object]]:
        """As the document inside a report has it."""
        return [
            {
                "key": each.question.slug,
                "option": each.option.slug if each.option else each.title,
                "reason": each.reason,
                "by": each.by,
                "at": each.at.isoformat(),
            }
            for each in self.choices
        ]
