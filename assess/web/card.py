"""The names and texts that a question card posts, for the pages that draw it and for those that read it back.

Decides: how an answer is written in a form. Does not decide: whether it is allowed (`questionnaire.answers`).
"""

from typing import Final

from assess.questionnaire.facade import NONE_OF_THESE, Value

#: Beside options and numbers under a question's key. No option can be called so: their names start with a letter.
NOT_SURE: Final = "-not_sure"
NOT_APPLICABLE: Final = "-not_applicable"


def value_texts(value: Value) -> list[str]:
    """A value as a form sends it, so that `parse_text` reads it back.

    >>> value_texts(()), value_texts(45), value_texts("none")
    (['none_of_these'], ['45'], ['none'])
    """
    if isinstance(value, tuple):
        return list(value) or [NONE_OF_THESE]
    if isinstance(value, float) and "e" in str(value):
        # Python writes very small numbers as 1e-05, which the form does not take.
        return [f"{value:.15f}".rstrip("0")]
    return [str(value)]
