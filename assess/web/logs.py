"""Log lines: a reference for each request, no secrets from URLs, and no text that starts a line of its own."""

import json
import logging
import re
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime

#: The reference of the request that is being answered, "-" outside of one.
current_reference: ContextVar[str] = ContextVar("current_reference", default="-")

#: Without letters and digits that are easily confused when read out.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

#: C0 and C1 control characters, Unicode line ends, and marks that reorder text. A tab is left alone.
UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: An address within another's `next` has its slashes written otherwise.
SLASH = "(?:/|%2[Ff])"

#: Addresses whose last part is a secret that was sent to somebody: share links, invitations, asking somebody to answer,
#: mail to confirm, a password to reset. Short parts are our own words and numbers.
SECRET_PARTS = re.compile(
    rf"({SLASH}(?:s|invitations|join|confirm-email){SLASH}|{SLASH}password{SLASH}reset{SLASH}key{SLASH})"
    r"(?:(?!%2[Ff])[^\s/?&'\"<>]){12,}"
)


def new_reference() -> str:
    """Ten characters, about 49 bits: enough to find a request in the logs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def escape_control_characters(text: str) -> str:
    r"""The text on one line, with control characters escaped. Example: "a\nb" gives r"a\nb"."""
    return UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def redact_secrets(text: str) -> str:
    """The text without the secrets in URLs. Example: "/s/Zm9vYmFyYmF6Zm9v/" gives "/s/***/"."""
    return SECRET_PARTS.sub(r"\1***", text)


class ReferenceFilter(logging.Filter):
    """Adds the current request's reference to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # What is logged when the request is over brings its reference along, or the request.
        of_request = getattr(getattr(record, "request", None), "reference", "")
        record.reference = getattr(record, "reference", "") or of_request or current_reference.get()
        return True


class OneLineFormatter(logging.Formatter):
    """Formats a message on one line, without secrets, at a time in UTC; each line of a traceback starts with a bar."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name that logging calls
        return escape_control_characters(redact_secrets(super().formatMessage(record)))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802  # the name that logging calls
        return "\n".join(
            f"  | {escape_control_characters(redact_secrets(line))}" for line in super().formatException(ei).split("\n")
        )


class JsonFormatter(OneLineFormatter):
    """Formats a message as one JSON object on one line, for log collectors; without secrets, and times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "reference": getattr(record, "reference", "-"),
            "process": record.process,
            "message": escape_control_characters(redact_secrets(record.getMessage())),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
