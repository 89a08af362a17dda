"""A mistake in something a person wrote, told so that they can mend it: where, what, and what to do."""

import re
from dataclasses import dataclass, replace
from typing import Final

# What shows nothing, and no script needs inside a name, as a class of a regular expression: soft hyphens, zero-width
# spaces, marks of direction, tags, fillers of Hangul and Khmer, an empty Braille pattern.
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
HIDDEN: Final = re.compile(f"[{INVISIBLE}]")


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


def only_visible(text: str, instead: str = "") -> str:
    """The text on one line, with `instead` for each character that does not print or shows nothing."""
    return HIDDEN.sub(instead, "".join(letter if letter.isprintable() else instead for letter in text))


def shown(text: str) -> str:
    """A stranger's text as it may stand in a message or a log: one line of at most 60 characters, all of which show."""
    clean = only_visible(text[:61], "?")
    return clean if len(text) <= 60 else clean[:60] + "…"
