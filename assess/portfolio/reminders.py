"""What `manage.py remind` tells once a day: verdicts to be asked again, overdue conditions, answers still awaited.

Decides: whom, of what, and that nobody is told of the same thing twice. What was told is remembered by its notice: each
thing has an address of its own. What is due is decided where it is known (`assessments.revisit`, `conditions`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import NEWEST, Assessment, Respondent, due_of, remind
from assess.language import _, day
from assess.people.facade import Ability, Membership, Notice, Role, User, Workspace, can, tell
from assess.portfolio.conditions import overdue
from assess.questionnaire.facade import ValidationFailed
from assess.review.facade import Condition
from assess.web.facade import localized

#: So many systems at a time.
CHUNK: Final = 200
#: A respondent is reminded first after so long, and then at most so often.
FIRST_AFTER: Final = timedelta(days=3)
THEN_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing to tell a team's leads, once, in the language of their workspace; `url` is its own and no other's."""

    team: int
    home: Workspace
    text: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """How many notices were written, and how many respondents reminded."""

    due: int
    conditions: int
    respondents: int


def remind_all(now: datetime | None = None) -> Told:
    """Tell everybody of what is due and was not told yet; safe to repeat."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    return Told(
        due=sum(_tell_leads(items) for items in _in_chunks(_due_ids(today), lambda ids: _due_items(ids, today))),
        conditions=sum(_tell_leads(items) for items in _in_chunks(_overdue_ids(today), _condition_items)),
        respondents=sum(_remind(pk) for pk in _unfinished(now)),
    )


def _in_chunks(ids: Sequence[int], items: Callable[[Sequence[int]], Iterable[Item]]) -> Iterator[list[Item]]:
    for start in range(0, len(ids), CHUNK):
        yield list(items(ids[start : start + CHUNK]))


# --- to leads


def _due_ids(today: date) -> list[int]:
    """Systems' newest versions that may have something due: past their day, or open after a verdict."""
    going_on = Q(submitted_at=None, standing_at__isnull=False)
    found = Assessment.objects.filter(Q(ask_again_on__lte=today) | going_on, NEWEST)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _due_items(ids: Sequence[int], today: date) -> Iterator[Item]:
    found = Assessment.objects.filter(pk__in=ids).select_related("system", "edition", "workspace")
    alike: dict[tuple[str, str], list[Assessment]] = {}
    for row in found.defer("result", "edition__content"):
        alike.setdefault((row.workspace.language, row.workspace.time_zone), []).append(row)
    for rows in alike.values():
        with localized(rows[0].workspace):
            items = list(_due_items_of(rows, today))
        yield from items


def _due_items_of(rows: Sequence[Assessment], today: date) -> Iterator[Item]:
    """Of systems that are told of alike. Two queries, or none."""
    by_pk = {row.pk: row for row in rows}
    for pk, items in due_of(rows, today).items():
        row = by_pk[pk]
        for item in items:
            if item.since is None:
                # By the question, whatever its answer grows to.
                mark = f"due-{item.key}"
                text = _("{system}: {sentence}").format(system=row.system, sentence=item.sentence)
            elif row.is_submitted:
                mark = "due"
                text = _("{system}: ask again, due since {day}").format(system=row.system, day=day(item.since))
            else:
                continue  # the next version is open: it is being asked
            url = f"{reverse('assessment', args=[pk])}#{mark}"
            yield Item(team=row.team_id, home=row.workspace, text=text, url=url)


def _overdue_ids(today: date) -> list[int]:
    return list(overdue(today=today).order_by("pk").values_list("pk", flat=True))


def _condition_items(ids: Sequence[int]) -> Iterator[Item]:
    joined = Condition.objects.select_related("assessment__system", "assessment__workspace")
    for condition in joined.filter(pk__in=ids).defer("assessment__result"):
        assessment = condition.assessment
        with localized(assessment.workspace):
            text = _("{system}: a condition is overdue since {day} ({owner}): {condition}").format(
                system=assessment.system,
                day=day(condition.due_on),
                owner=condition.owner,
                condition=" ".join(condition.text.split()),
            )
        url = f"{reverse('assessment-decision', args=[assessment.pk])}#condition-{condition.pk}"
        yield Item(team=assessment.team_id, home=assessment.workspace, text=text, url=url)


@transaction.atomic
def _tell_leads(items: Sequence[Item]) -> int:
    """Tell each lead what they were not told before. Returns how many notices that made."""
    leads = _leads({item.team for item in items})
    # Held, so that two runs at once do not both tell.
    people = {person.pk for of_team in leads.values() for person in of_team}
    list(User.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    known = Notice.objects.filter(user__in=people, url__in=[item.url for item in items])
    told = set(known.values_list("user_id", "url"))
    count = 0
    for item in items:
        new = [person for person in leads.get(item.team, ()) if (person.pk, item.url) not in told]
        if new:
            with localized(item.home):
                tell(new, item.text, item.url)
            count += len(new)
    return count


def _leads(teams: Iterable[int]) -> Mapping[int, list[User]]:
    """Who leads these teams. One query."""
    found: dict[int, list[User]] = {}
    memberships = Membership.objects.filter(team__in=teams, role=Role.LEAD, user__is_active=True)
    for membership in memberships.select_related("user").order_by("pk"):
        if membership.team_id is not None:
            found.setdefault(membership.team_id, []).append(membership.user)
    return found


# --- to respondents


def _unfinished(now: datetime) -> list[int]:
    """Who was asked three days ago or longer, has not finished, and heard nothing for a week."""
    found = Respondent.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lte=now - THEN_EVERY),
        removed_at=None,
        finished_at=None,
        asked_at__lte=now - FIRST_AFTER,
        assessment__independent=True,
        assessment__submitted_at=None,
        assessment__deleted_at=None,
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def _remind(pk: int) -> bool:
    """Remind one respondent, in the name of whoever asked, or of a lead where that one may no longer ask.

    False where nobody may, or where they cannot be reached: a guest without an address, a day's mails used up.
    """
    respondent = Respondent.objects.select_related("assessment__system__team", "assessment__workspace", "asked_by").get(
        pk=pk
    )
    assessment = respondent.assessment
    team = assessment.system.team
    asker = respondent.asked_by
    if not asker.is_active or not can(asker, Ability.ASK, team):
        others = _leads([team.pk]).get(team.pk)
        if not others:
            return False
        asker = others[0]
    try:
        with localized(assessment.workspace):
            remind(assessment, pk, by=asker)
    except (ValidationFailed, PermissionDenied):
        return False
    return True
