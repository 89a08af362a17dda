"""What the page's forms post, read into what the actions take."""

import re
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from assess.language import _
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.review.actions import MAX_CONDITIONS, fit_condition
from assess.review.content import Wanted
from assess.review.models import Decision

#: Rows for conditions that an empty form shows, and how many more a press of "More conditions" adds.
ROWS = 3

#: Day first, as a browser without a date field has people type it.
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionRow:
    """One row as it was typed; `number` counts from 1."""

    number: int
    text: str = ""
    owner: str = ""
    due: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.owner.strip() or self.due.strip())


@dataclass(frozen=True, kw_only=True, slots=True)
class SignForm:
    """The form of a signature, as it was typed; without anything posted, empty."""

    decision: str = ""
    overruled_to: str = ""
    reason: str = ""
    remark: str = ""
    rows: tuple[ConditionRow, ...] = tuple(ConditionRow(number=number) for number in range(1, ROWS + 1))

    @property
    def has_conditions(self) -> bool:
        return any(not row.is_empty for row in self.rows)

    def read(self, today: date) -> tuple[Decision, list[Wanted]]:
        """What is decided, and the conditions of the rows that are not empty. Raises ValidationFailed with every
        problem."""
        wanted: list[Wanted] = []
        issues: list[Issue] = []
        if self.decision not in Decision.values:
            issues.append(Issue(code="no_decision", key="decision", message=_("Choose what you decide")))
        for row in self.rows:
            if row.is_empty:
                continue
            try:
                wanted.append(fit_condition(row.text, row.owner, read_day(row.due), row.number, today))
            except ValidationFailed as refused:
                issues += refused.issues
        if issues:
            raise ValidationFailed(issues)
        return Decision(self.decision), wanted


def read_sign_form(data: QueryDict) -> SignForm:
    """The password is no part of it: it is never shown again."""
    filled = [
        number
        for number in range(1, MAX_CONDITIONS + 1)
        if any(data.get(f"condition-{number}-{name}", "").strip() for name in ("text", "owner", "due"))
    ]
    shown = max(ROWS, max(filled, default=0)) + (ROWS if "more" in data else 0)
    rows = tuple(
        ConditionRow(
            number=number,
            text=data.get(f"condition-{number}-text", ""),
            owner=data.get(f"condition-{number}-owner", ""),
            due=data.get(f"condition-{number}-due", ""),
        )
        for number in range(1, min(shown, MAX_CONDITIONS) + 1)
    )
    texts = {name: data.get(name, "") for name in ("decision", "overruled_to", "reason", "remark")}
    return SignForm(rows=rows, **texts)


def read_day(text: str) -> date | None:
    """A day as a browser sends it (2027-01-31) or as people here write it (31.1.2027); None for what is no day.

    >>> read_day("31/1/2027")
    datetime.date(2027, 1, 31)
    """
    text = text.strip()
    day_first = _DAY_FIRST.fullmatch(text)
    try:
        if day_first:
            day, month, year = (int(part) for part in day_first.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None
