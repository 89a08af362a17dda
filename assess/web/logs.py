"""Log lines: one reference for each request, no secret of an address, and nobody's text can start a line of its own."""

import logging
import re
import secrets
from contextvars import ContextVar

#: The reference of the request that is being answered, "-" outside of one.
current_reference: ContextVar[str] = ContextVar("current_reference", default="-")

#: Without letters and digits that are easily confused when read out.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

#: C0 and C1 control characters, Unicode line ends, and marks that reorder text. A tab is left alone.
UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: An address within another's `next` has its slashes written otherwise.
SLASH = "(?:/|%2[Ff])"

#: Addresses whose last part is a secret that was sent to somebody: share links, invitations, asking somebody to answer,
#: mail to confirm, a password to set anew. Short parts are our own words and numbers.
SECRET_PARTS = re.compile(
    rf"({SLASH}(?:s|invitations|join|confirm-email){SLASH}|{SLASH}password{SLASH}reset{SLASH}key{SLASH})"
    r"(?:(?!%2[Ff])[^\s/?&'\"<>]){12,}"
)


def new_reference() -> str:
    """Ten characters, about 49 bits: enough to find a request in the logs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def printable(text: str) -> str:
    r"""`text` on one line. Example: "a\nb" gives r"a\x0ab"."""
    return UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def without_secrets(text: str) -> str:
    """`text` with the secrets of addresses taken out. Example: "/s/Zm9vYmFyYmF6Zm9v/" gives "/s/***/"."""
    return SECRET_PARTS.sub(r"\1***", text)


class AddReference(logging.Filter):
    """Gives every record the present request's reference."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.reference = current_reference.get()
        return True


class OneLine(logging.Formatter):
    """A record's message on one line, without secrets; each line of a traceback is marked by a leading bar."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name that logging calls
        return printable(without_secrets(super().formatMessage(record)))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802  # the name that logging calls
        return "\n".join(f"  | {printable(without_secrets(line))}" for line in super().formatException(ei).split("\n"))
