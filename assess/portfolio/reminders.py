"""What `manage.py remind` does once a day: tell leads what is due, and remind respondents who have not finished.

Decides whom, of what, and that nobody hears of the same thing twice: each thing has an address of its own, and its
notice is the memory. What is due is decided by `assessments`, which conditions are overdue in `conditions`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Final, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import NEWEST, Assessment, Respondent, due_reasons_of, remind_respondent
from assess.language import _, day, ngettext
from assess.people.facade import Ability, Notice, User, Workspace, can, leads_of, notify
from assess.planning.facade import find_due_outcomes, steps_that_count
from assess.portfolio.conditions import overdue_in
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import localdate_in, localized

Item = TypeVar("Item")

#: So many systems are read, and so many notices written, at a time.
BATCH_SIZE: Final = 200
#: A respondent is reminded first after so long, and then at most so often.
FIRST_AFTER: Final = timedelta(days=3)
THEN_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadNotice:
    """One thing to tell a team's leads, once; no other thing has its `url`."""

    team: int
    text: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminded:
    """How many notices of verdicts due, of overdue conditions and steps, and of outcomes due were written, and how many
    respondents reminded."""

    verdicts_due: int
    conditions_overdue: int
    steps_overdue: int
    outcomes_due: int
    respondents: int


def remind_all(now: datetime | None = None) -> Reminded:
    """Notify everybody of what is due, once each; safe to repeat. Each workspace has its own day and language."""
    now = now or timezone.now()
    verdicts_due = conditions_overdue = steps_overdue = outcomes_due = 0
    for workspace in Workspace.objects.order_by("pk"):
        today = localdate_in(workspace, now)
        with localized(workspace):
            verdicts_due += sum(map(notify_leads, batches(build_due_notices(workspace, now))))
            conditions_overdue += sum(map(notify_leads, batches(build_condition_notices(workspace, today))))
            steps_overdue += sum(map(notify_leads, batches(build_step_notices(workspace, today))))
            outcomes_due += sum(map(notify_leads, batches(build_outcome_notices(workspace, now))))
    respondents = sum(remind_if_unfinished(pk) for pk in unfinished_respondents(now))
    return Reminded(
        verdicts_due=verdicts_due,
        conditions_overdue=conditions_overdue,
        steps_overdue=steps_overdue,
        outcomes_due=outcomes_due,
        respondents=respondents,
    )


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items in lists of `BATCH_SIZE`, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch


# --- leads


def build_due_notices(workspace: Workspace, now: datetime) -> Iterator[LeadNotice]:
    """A notice for each thing that is due in the workspace. One query, and at most four for each batch of systems."""
    is_open_again = Q(submitted_at=None, current_verdict_at__isnull=False)
    newest = Assessment.objects.filter(
        Q(ask_again_on__lte=localdate_in(workspace, now)) | is_open_again, NEWEST, workspace=workspace
    )
    for ids in batches(newest.order_by("pk").values_list("pk", flat=True)):
        yield from build_system_notices(ids, now)


def build_system_notices(ids: Sequence[int], now: datetime) -> Iterator[LeadNotice]:
    """A notice for each thing that is due of these newest versions. At most four queries."""
    joined = Assessment.objects.select_related("system", "workspace", "edition").defer("result", "edition__content")
    by_id = joined.in_bulk(ids)
    for pk, items in due_reasons_of(list(by_id.values()), now).items():
        assessment = by_id[pk]
        for item in items:
            if item.since is None:
                # One notice a question, whatever its answer grows to.
                anchor = f"due-{item.key}"
                text = _("{system}: {sentence}").format(system=assessment.system, sentence=item.sentence)
            elif assessment.is_submitted:
                anchor = "due"
                text = _("{system}: ask again, due since {day}").format(system=assessment.system, day=day(item.since))
            else:
                continue  # the next version is open: the team is asking again
            yield LeadNotice(team=assessment.team_id, text=text, url=f"{reverse('assessment', args=[pk])}#{anchor}")


def build_condition_notices(workspace: Workspace, today: date) -> Iterator[LeadNotice]:
    """A notice for each overdue condition of the workspace. One query."""
    for condition in overdue_in(workspace, today=today):
        assessment = condition.assessment
        text = _("{system}: a condition is overdue since {day} ({owner}): {condition}").format(
            system=assessment.system,
            day=day(condition.due_on),
            owner=condition.owner,
            condition=" ".join(condition.text.split()),
        )
        url = f"{reverse('assessment-decision', args=[assessment.pk])}#condition-{condition.pk}"
        yield LeadNotice(team=assessment.team_id, text=text, url=url)


def build_step_notices(workspace: Workspace, today: date) -> Iterator[LeadNotice]:
    """One notice for each plan of the workspace that has overdue steps, a new one once another step becomes overdue.
    One query."""
    steps = steps_that_count().filter(due_on__lt=today, assessment__workspace=workspace)
    in_order = steps.select_related("assessment__system").defer("assessment__result")
    for pk, group in groupby(in_order.order_by("assessment", "due_on", "place", "pk"), lambda step: step.assessment_id):
        late = list(group)
        last = late[-1]
        assert last.due_on is not None  # as asked for
        text = ngettext(
            "{system}: {count} step of the plan is overdue, since {day}: {step} ({owner})",
            "{system}: {count} steps of the plan are overdue, the last since {day}: {step} ({owner})",
            len(late),
        ).format(
            system=last.assessment.system,
            count=len(late),
            day=day(last.due_on),
            step=last.title,
            owner=last.owner or _("no owner"),
        )
        yield LeadNotice(team=last.assessment.team_id, text=text, url=f"{reverse('plan', args=[pk])}#step-{last.pk}")


def build_outcome_notices(workspace: Workspace, now: datetime) -> Iterator[LeadNotice]:
    """A notice for each outcome that is due in the workspace. One query."""
    assessments = Assessment.objects.filter(workspace=workspace).select_related("system", "workspace")
    for due in find_due_outcomes(assessments.defer("result"), now):
        text = _("{system}: say what became of the decision, signed {months} months ago").format(
            system=due.assessment.system, months=due.months
        )
        url = f"{reverse('outcome', args=[due.assessment.pk])}#after-{due.months}"
        yield LeadNotice(team=due.assessment.team_id, text=text, url=url)


@transaction.atomic
def notify_leads(notices: Sequence[LeadNotice]) -> int:
    """Send each lead the notices they did not get before. Returns how many notices were written."""
    leads = leads_by_team({notice.team for notice in notices})
    people = {person.pk for leads_of_team in leads.values() for person in leads_of_team}
    # Locked, so that two runs at once do not both tell.
    list(User.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    earlier = Notice.objects.filter(user__in=people, url__in=[notice.url for notice in notices])
    already_told = set(earlier.values_list("user_id", "url"))
    count = 0
    for notice in notices:
        recipients = [person for person in leads.get(notice.team, ()) if (person.pk, notice.url) not in already_told]
        if recipients:
            notify(recipients, notice.text, notice.url)
            count += len(recipients)
    return count


def leads_by_team(teams: Iterable[int]) -> Mapping[int, list[User]]:
    """The active leads of these teams. One query."""
    leads: dict[int, list[User]] = {}
    for membership in leads_of(teams).order_by("pk"):
        if membership.team_id is not None:
            leads.setdefault(membership.team_id, []).append(membership.user)
    return leads


# --- respondents


def unfinished_respondents(now: datetime) -> list[int]:
    """Ids of those asked three days ago or longer who have not finished and heard nothing for a week. One query."""
    respondents = Respondent.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lte=now - THEN_EVERY),
        removed_at=None,
        finished_at=None,
        asked_at__lte=now - FIRST_AFTER,
        assessment__answers_separately=True,
        assessment__submitted_at=None,
        assessment__deleted_at=None,
    )
    return list(respondents.order_by("pk").values_list("pk", flat=True))


def remind_if_unfinished(pk: int) -> bool:
    """Remind one respondent, in the name of the person who asked, or of a lead where that person may no longer ask.

    False where nobody may, or where they cannot be reached: a guest without an address, a day's mails used up.
    """
    joined = Respondent.objects.select_related("assessment__system__team", "assessment__workspace", "asked_by")
    respondent = joined.get(pk=pk)
    assessment = respondent.assessment
    team = assessment.system.team
    asker = respondent.asked_by
    if not asker.is_active or not can(asker, Ability.ASK, team):
        leads = leads_by_team([team.pk]).get(team.pk)
        if not leads:
            return False
        asker = leads[0]
    try:
        with localized(assessment.workspace):
            remind_respondent(assessment, pk, by=asker)
    except (ValidationFailed, PermissionDenied):
        return False
    return True
