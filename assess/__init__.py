"""Splitcheck."""

from typing import Final

#: Of the product; raised with each release. A backup names it, and `restore` takes none of a newer one.
VERSION: Final = "0.1"
