"""What a portfolio report is written from: the systems that fit its filters, counted and listed, and conditions.

`build_data` is the same as JSON, which the PDF carries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q
from django.http import QueryDict

from assess.assessments.facade import Edition, State
from assess.decision.facade import FORM_WORDS, VERDICT_WORDS
from assess.language import _, capitalised, in_a_row, ngettext
from assess.people.facade import Team, Workspace
from assess.portfolio.conditions import overdue_in
from assess.portfolio.counts import Counts, count_systems
from assess.portfolio.export import to_values
from assess.portfolio.filters import NO_VERDICT, Filters, gate_choices
from assess.portfolio.reports.common import data_inside, name_of
from assess.portfolio.scatter import Scatter, build_scatter
from assess.portfolio.systems import SystemRow, build_rows, find_systems
from assess.reports.facade import Attachment
from assess.review.facade import Condition

#: So many systems a report lists: nobody prints more than thirty pages, and a render's time is bounded.
MAX_SYSTEMS: Final = 300
#: So many overdue conditions it lists.
MAX_CONDITIONS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """What a report is written from.

    `counts` are of all systems that fit the filters, `systems` those listed, in order; with `is_whole` these are all.
    `overdue` are the conditions of
    all systems without a filter, else of those listed; `overdue_more` is how many more there are.
    """

    workspace: Workspace
    filters: Filters
    counts: Counts
    systems: Sequence[SystemRow]
    is_whole: bool
    scatter: Scatter | None
    overdue: Sequence[Condition]
    overdue_more: int
    filters_in_words: Sequence[tuple[str, str]]
    today: date

    @property
    def name(self) -> str:
        return name_of(self.workspace.name)

    @property
    def with_verdict(self) -> list[SystemRow]:
        return [system for system in self.systems if system.newest.current_verdict]

    @property
    def without_verdict(self) -> list[SystemRow]:
        return [system for system in self.systems if not system.newest.current_verdict]

    @property
    def overdue_count(self) -> int:
        return len(self.overdue) + self.overdue_more


def load_portfolio(workspace: Workspace, filters: Filters, *, today: date) -> Portfolio:
    """About ten queries."""
    queryset = find_systems(workspace, filters, today=today)
    ids = list(filters.in_order(queryset).values_list("pk", flat=True)[: MAX_SYSTEMS + 1])
    systems = build_rows(ids[:MAX_SYSTEMS], workspace, today=today)
    counts = count_systems(queryset)
    conditions = overdue_in(workspace, today=today)
    if filters.any_chosen:
        conditions = conditions.filter(assessment__system__in=[row.newest.system_id for row in systems])
    overdue = list(conditions[:MAX_CONDITIONS])
    return Portfolio(
        workspace=workspace,
        filters=filters,
        counts=counts,
        systems=systems,
        is_whole=len(ids) <= MAX_SYSTEMS,
        scatter=build_scatter(queryset, counts),
        overdue=overdue,
        overdue_more=conditions.count() - len(overdue) if len(overdue) == MAX_CONDITIONS else 0,
        filters_in_words=describe_filters(workspace, filters),
        today=today,
    )


def describe_filters(workspace: Workspace, filters: Filters) -> list[tuple[str, str]]:
    """The chosen filters in words, as name and value; a team of another workspace stays a number.

    At most two queries.
    """
    teams = Team.objects.filter(workspace=workspace)
    editions = Edition.objects.filter(Q(workspace=None) | Q(workspace=workspace)).defer("content")
    team = teams.filter(pk=int(filters.team)).first() if filters.team else None
    edition = editions.filter(pk=int(filters.edition)).first() if filters.edition else None
    verdicts: dict[str, str] = {NO_VERDICT: _("No verdict yet")}
    verdicts.update((str(verdict), words) for verdict, words in VERDICT_WORDS.items())
    months = int(filters.months or 0)
    forms = [capitalised(words) for form, words in FORM_WORDS.items() if form == filters.form]
    states = [str(label) for value, label in State.choices if value == filters.state]
    pairs = (
        (_("Verdict"), verdicts.get(filters.verdict, "")),
        (_("Form"), "".join(forms)),
        (_("State"), "".join(states)),
        (_("Team"), name_of(team.name) if team else filters.team),
        (_("Questionnaire"), name_of(str(edition)) if edition else filters.edition),
        (
            _("Verdict older than"),
            ngettext("{number} month", "{number} months", months).format(number=months) if months else "",
        ),
        (_("Gate"), dict(gate_choices()).get(filters.gate, "")),
        (_("Name"), name_of(filters.q)),
    )
    return [(name, value) for name, value in pairs if value]


def join_filters(filters_in_words: Sequence[tuple[str, str]]) -> str:
    """Part of a sentence: "Verdict: Extract services; Team: Payments"."""
    return in_a_row(_("{name}: {value}").format(name=name, value=value) for name, value in filters_in_words)


def build_data(portfolio: Portfolio, name: str) -> Attachment:
    """As docs/portfolio.md describes it."""
    filters = portfolio.filters
    return data_inside(
        name,
        "portfolio",
        {
            "workspace": portfolio.workspace.name,
            "dated": portfolio.today.isoformat(),
            "filters": {name: value for name, value in QueryDict(filters.query()).items() if name != "sort"},
            "order": filters.order.slug,
            "counts": {
                "systems": portfolio.counts.total,
                "verdicts": dict(portfolio.counts.verdicts),
                "states": dict(portfolio.counts.states),
            },
            "systems": [to_values(each) for each in portfolio.systems],
            "complete": portfolio.is_whole,
            "overdue": [
                {
                    "system": each.assessment.system.name,
                    "version": each.assessment.version,
                    "text": each.text,
                    "owner": each.owner,
                    "due_on": each.due_on.isoformat(),
                }
                for each in portfolio.overdue
            ],
            "overdue_in_all": portfolio.overdue_count,
        },
    )
