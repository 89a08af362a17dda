"""Points in time as a report writes them: in the workspace's zone. Pure."""

from datetime import datetime

from assess.language import _, day, with_zone
from assess.reports.content.data import Brand


def format_moment(at: datetime, brand: Brand) -> str:
    """ "20 November 2026, 14:02"."""
    local = at.astimezone(brand.zone)
    return _("{day}, {time}").format(day=day(local.date()), time=f"{local:%H:%M}")


def format_moment_with_zone(at: datetime, brand: Brand) -> str:
    """ "20 November 2026, 14:02 UTC"."""
    return with_zone(format_moment(at, brand), at.astimezone(brand.zone))
