"""How answers, ids, counts and whole addresses are written in our forms and links, and read back.

Does not decide whether an answer is allowed (`questionnaire.answers` does).
"""

from collections.abc import Iterable
from typing import Final

from django.conf import settings

from assess.questionnaire.facade import NONE_OF_THESE, Condition, Value

#: Besides options and numbers under a question's key. No option has such a name: theirs start with a letter.
NOT_SURE: Final = "-not_sure"
NOT_APPLICABLE: Final = "-not_applicable"

#: What a column of the database holds.
LARGEST_ID: Final = 2**63 - 1


def absolute_url(path: str) -> str:
    """The whole address of a path of the site, for whatever is sent, copied or printed.

    It comes from SITE_ADDRESS alone: the Host of a request is chosen by whoever sends it.
    """
    return f"{settings.SITE_ADDRESS}{path}"


def to_form_texts(value: Value) -> list[str]:
    """A value as a form posts it, so that `parse_text` reads it back.

    >>> to_form_texts(()), to_form_texts(45), to_form_texts("none")
    (['none_of_these'], ['45'], ['none'])
    """
    if isinstance(value, tuple):
        return list(value) or [NONE_OF_THESE]
    if isinstance(value, float) and "e" in str(value):
        # Python writes very small numbers as 1e-05, which the form does not take.
        return [f"{value:.15f}".rstrip("0")]
    return [str(value)]


def parse_number(text: str, most: int = LARGEST_ID) -> int | None:
    """The number, from 0 to `most`; None for what none of our links and forms contains.

    >>> parse_number("12"), parse_number("-1"), parse_number("١٢"), parse_number("12", most=9)
    (12, None, None, None)
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None


def to_script(conditions: Iterable[Condition]) -> str:
    """Conditions as a page's script reads them: "key:value value;key:value"; "" for none."""
    return ";".join(f"{condition.key}:{' '.join(condition.any_of)}" for condition in conditions)
