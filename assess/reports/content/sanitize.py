"""Text that people typed, made fit for a report: capped, and without invisible characters."""

import re
from typing import Final

from assess.language import _, number

MAX_TEXT: Final = 2_000  #: characters of one note that a report shows; the same as a note may have
MAX_LINES: Final = 30  #: lines of one note before the rest is run on: laying out thousands of lines takes seconds
MAX_NAME: Final = 120
MAX_LINK: Final = 500
LONG_NAME: Final = 48  #: a longer name is not repeated where there is little room

#: Control characters; and those that reverse or embed the direction of whatever follows, with which a name could make
#: the words after it read otherwise.
INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def clean_line(text: str, max_length: int) -> str:
    """`text` on one line, without control characters, at most `max_length` characters long.

    >>> clean_line("Payments\\r\\nX-Header: 1", 120)
    'Payments X-Header: 1'
    """
    line = " ".join(INVISIBLE.sub("", re.sub(r"[\r\n\v\f\u2028\u2029]", " ", text)).split())
    return line if len(line) <= max_length else f"{line[: max_length - 1].rstrip()}…"


def clean_text(text: str) -> str:
    """`text` without control characters, at most `MAX_TEXT` long and `MAX_LINES` high.

    Lines past that height are run on, parted by " / ", so that nothing within the length is lost.
    """
    text = INVISIBLE.sub("", re.sub(r"\r\n?|\u2028|\u2029", "\n", text)).strip()
    if len(text) > MAX_TEXT:
        more = number(len(text) - MAX_TEXT)
        text = _("{text}… ({count} more characters are in the assessment)").format(
            text=text[:MAX_TEXT].rstrip(), count=more
        )
    lines = [line.rstrip() for line in text.split("\n")]
    if len(lines) > MAX_LINES:
        rest = " / ".join(line.strip() for line in lines[MAX_LINES - 1 :] if line.strip())
        lines = [*lines[: MAX_LINES - 1], rest]
    return "\n".join(lines)
