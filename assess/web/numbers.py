"""Numbers as addresses and forms say them: what a link or a form of ours writes, and nothing else that is a number."""

from typing import Final

#: What a column of the database holds.
LARGEST_ID: Final = 2**63 - 1


def read_number(text: str, most: int = LARGEST_ID) -> int | None:
    """The number, from 0 to `most`; None for what none of our links and forms says.

    >>> read_number("12"), read_number("-1"), read_number("١٢"), read_number("12", most=9)
    (12, None, None, None)
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None
