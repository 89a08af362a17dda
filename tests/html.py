"""Pages as tests compare them."""

import re


def compact(html: str) -> str:
    """The page without white space next to tags and with single spaces elsewhere: how its template is broken into lines
    makes no difference."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([<>])\s*", r"\1", html)).strip()
