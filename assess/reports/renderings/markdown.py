"""Text as Markdown that reads as that text: nothing that somebody typed becomes a heading, a link, HTML or a template.

Decides: what is escaped. Made for CommonMark and for what is done to such files on the way: tables, strike-through and
mentions of GitHub, mathematics between dollars, and the templates of Jekyll, which come before Markdown. Pure.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlsplit

#: With a meaning anywhere in a line. All are ASCII punctuation, which a backslash makes literal.
_ANYWHERE: Final = re.compile(r"([\\`*_\[\]<#|~&@{$]|(?<=\{)%)")
#: With a meaning where a line begins: quotations, lists, the underline of a heading, front matter, definitions.
_AT_START: Final = re.compile(r"[->+=:%]")
_NUMBERED: Final = re.compile(r"(\d+)([.)])")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: What of an address stays as it is; the rest is written as `%xx`, so that nothing can end it.
_OF_ADDRESS: Final = "/:?#@!$&'*+,;=%~-._"


def escape_text(plain: str) -> str:
    """`plain` on one line, literal anywhere in a line.

    >>> escape_text("1. *all* of <b>it</b>")
    '1\\\\. \\\\*all\\\\* of \\\\<b>it\\\\</b>'
    """
    line = _ANYWHERE.sub(r"\\\1", " ".join(_UNSEEN.sub("", plain).split()))
    if match := _NUMBERED.match(line):
        return f"{match[1]}\\{match[2]}{line[match.end() :]}"
    return f"\\{line}" if _AT_START.match(line) else line


def escape_lines(plain: str, indent: str = "") -> str:
    """`plain` with its line breaks, later lines indented so that they stay inside a list item. Empty lines are left
    out: a paragraph would end there."""
    return f"\\\n{indent}".join(line for line in map(escape_text, plain.splitlines()) if line)


def link(address: str) -> str:
    """An address as a link, where it is one of the web; any other as text.

    >>> link("https://example.org/a b"), link("javascript:alert(1)")
    ('[https://example.org/a b](<https://example.org/a%20b>)', 'javascript:alert(1)')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return escape_text(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return escape_text(address)
    return f"[{escape_text(address)}](<{quote(address, safe=_OF_ADDRESS, errors='replace')}>)"


def bullets(items: Iterable[str]) -> str:
    """A list of what is Markdown already, marked as MADR marks its lists."""
    return "\n".join(f"* {item}" for item in items)


def bold(plain: str) -> str:
    """Bold; `plain` is plain text."""
    return f"**{escape_text(plain)}**"


def quote_yaml(plain: str) -> str:
    """A string of front matter: YAML in double quotes, which is as JSON writes it.

    >>> quote_yaml('on "Monday"\\n---')
    '"on \\\\"Monday\\\\" ---"'
    """
    line = " ".join(_UNSEEN.sub("", plain).split())
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
