"""What the files of reports are called."""

from datetime import date

from django.utils.text import slugify


def file_stem(*names: str, dated: date) -> str:
    """What a file is called, of letters, digits, "-" and "_" only, whatever people typed.

    >>> file_stem("Northgate", "portfolio", dated=date(2026, 11, 20))
    'northgate_portfolio_2026-11-20'
    """
    return "_".join([*(slugify(name)[:60].strip("-_") or "system" for name in names), f"{dated:%Y-%m-%d}"])
