"""A mistake in something a person wrote, told so that they can mend it: where, what, and what to do."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One mistake. `code` is stable and for machines; `message` is for people and says what to do.

    `line` counts from 1 and is None where the input has no lines; `key` is the question's key or the path of the field.
    `choices` are the texts one of which the person may have meant, where what they typed has more than one meaning.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    key: str = ""
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part)
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ValidationFailed(Exception):  # noqa: N818 -- the word of our glossary; what went wrong is in its issues
    """The input cannot be used. Carries every issue found, never only the first."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("\n".join(str(issue) for issue in issues))
        self.issues = issues

    def keyed(self, key: str) -> "ValidationFailed":
        """The same issues, all of this field."""
        return ValidationFailed([replace(issue, key=key) for issue in self.issues])


def shown(text: str) -> str:
    """A stranger's text as it may stand in a message or a log: one printable line of at most 60 characters."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[:61])
    return clean if len(text) <= 60 else clean[:60] + "…"
