"""Outcomes in words, for pages and reports."""

from django.db.models import Count, OuterRef, Subquery

from assess.advice.facade import (
    FOLLOWED_WORDS,
    OUTCOME_MONTHS,
    RIGHT_WORDS,
    OutcomeLine,
    describe_figures,
    describe_followed,
)
from assess.assessments.facade import Assessment, AssessmentQuerySet
from assess.language import _, number
from assess.money.facade import sign_before
from assess.planning.models import Outcome


def describe_outcome(row: Outcome, *, currency: str, with_name: bool = True) -> OutcomeLine:
    """The row in words; amounts in the workspace's currency."""
    return OutcomeLine(
        months=row.months,
        followed=describe_followed(row.months, row.followed),
        right=RIGHT_WORDS[row.was_right],
        text=row.text,
        lesson=row.lesson,
        figures=tuple(describe_figures(row.figures, sign_before(currency))),
        by=str(row.saved_by) if with_name else "",
        at=row.saved_at,
    )


def outcome_lines(assessment: Assessment, *, with_name: bool = True) -> list[OutcomeLine]:
    """What was recorded about a version, after 6 months first. One query; none while it is not signed, nor where the
    assessment came with `has_outcomes` and has none."""
    if not assessment.is_signed or not getattr(assessment, "has_outcomes", True):
        return []
    rows = assessment.outcomes.select_related("saved_by").order_by("months")
    currency = assessment.workspace.currency
    return [describe_outcome(row, currency=currency, with_name=with_name) for row in rows]


def with_latest_outcome(assessments: AssessmentQuerySet) -> AssessmentQuerySet:
    """The versions with `outcome_months` and `outcome_followed`: what was last recorded of their system, of the newest
    version that has an outcome. None where nothing was; no query more."""
    rows = Outcome.objects.filter(assessment__system=OuterRef("system"), assessment__deleted_at=None)
    last = rows.order_by("-assessment__version", "-months")
    return assessments.annotate(
        outcome_months=Subquery(last.values("months")[:1]), outcome_followed=Subquery(last.values("followed")[:1])
    )


def count_outcomes(newest: AssessmentQuerySet) -> list[str]:
    """A sentence for each of 6 and 12 months: how many decisions on these systems were followed how. One query."""
    rows = Outcome.objects.filter(
        assessment__system__in=newest.order_by().values("system"), assessment__deleted_at=None
    )
    groups = rows.order_by().values_list("months", "followed").annotate(Count("pk"))
    counts = {(months, followed): count for months, followed, count in groups}
    sentences = []
    for months in OUTCOME_MONTHS:
        parts = [
            _("{number} {followed}").format(number=number(counts[months, slug]), followed=words)
            for slug, words in FOLLOWED_WORDS.items()
            if (months, slug) in counts
        ]
        if parts:
            pattern = _("After {months} months: {parts}.")
            sentences.append(pattern.format(months=number(months), parts=_(", ").join(parts)))
    return sentences
