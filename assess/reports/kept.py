"""A kept PDF on its way out: what most requests for a report are, and so one statement.

Decides: which PDF of a submitted version is given out without looking any further. The statement is the ORM's own, so
who may read what is said where it is said for everything; but it is not written anew for each request, which takes many
times as long as running it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from assess.assessments.facade import Assessment, Event
from assess.people.facade import User
from assess.reports.models import Report, ReportState
from assess.review.facade import OF_REVIEW
from assess.web.facade import LARGEST_ID

#: What stands in the statement where the person, the assessment and the choice go; no row has any of them.
_PERSON: Final = -1
_ASSESSMENT: Final = -2
_SPEC: Final = "\x00"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    key: str
    pdf: bytes
    file_name: str


def final_pdf(person: User, assessment_id: int, spec: str) -> Kept | None:
    """The PDF of a submitted version that the person may read, at the newest step of its review; None where none is
    made, and for all that is not theirs to read. One query."""
    if assessment_id > LARGEST_ID:
        return None
    sql, parameters = _statement()
    given: dict[Any, Any] = {_PERSON: person.pk, _ASSESSMENT: assessment_id, _SPEC: spec}
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(each, each) for each in parameters])
        row = cursor.fetchone()
    return None if row is None else Kept(key=row[0], pdf=bytes(row[1]), file_name=row[2])


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    steps = Event.objects.filter(assessment=OuterRef("assessment"), kind__in=OF_REVIEW).order_by("-number")
    mine = Assessment.objects.visible_to(User(pk=_PERSON)).filter(pk=_ASSESSMENT, submitted_at__isnull=False)
    found = Report.objects.filter(
        assessment__in=mine.values("pk"),
        is_final=True,
        spec=_SPEC,
        state=ReportState.READY,
        stands_on=Coalesce(Subquery(steps.values("number")[:1]), 0),
    ).exclude(file_name="")
    statement: tuple[str, tuple[Any, ...]] = found.values_list("key", "pdf", "file_name").query.sql_with_params()
    return statement


__all__ = ["Kept", "final_pdf"]
