"""A mistake in something a person wrote, told so that they can mend it: where, what, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One mistake. `code` is stable and for machines; `message` is for people and says what to do.

    `line` counts from 1 and is None where the input has no lines; `key` is the question's key or the path of the field.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part)
        return ": ".join(part for part in (place, self.key, self.message) if part)


class Refused(Exception):
    """The input cannot be used. Carries every problem found, never only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
