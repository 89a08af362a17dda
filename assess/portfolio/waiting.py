"""What waits for one person: computed from the rows each time, never stored, so nobody ticks anything off.

Decides which states of which things ask somebody to act, and in which words. A line says what, since when, and the one
thing to do. The page that it leads to checks again whether the person may do it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import islice
from operator import or_
from typing import Final

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import (
    NEWEST,
    Answer,
    Assessment,
    Event,
    EventKind,
    Progress,
    Respondent,
    Response,
    State,
    compute_progress,
    format_datetime,
    open_assignments,
    progress_of_respondent,
    questionnaire_of,
    sheets_for_question,
)
from assess.decision.facade import AnswerSheet, measure_spread
from assess.language import _, day, ngettext
from assess.people.facade import Ability, Invitation, Membership, Role, User, workspaces_as_administrator
from assess.planning.facade import DueOutcome, PlanStep, find_due_outcomes, steps_that_count
from assess.portfolio.conditions import unmet_conditions
from assess.questionnaire.facade import Answer as AnswerValue
from assess.review.facade import Comment, CommentKind, Condition, Waiting, states_waiting_for
from assess.web.facade import localdate_in

#: So many lines of one kind show; the others are counted up to `MAX_COUNTED`.
MAX_LINES: Final = 20
MAX_COUNTED: Final = 120
#: The answers of so many open versions are read, the newest first.
MAX_DRAFTS: Final = 20
#: A condition or a step of a plan appears to its team so long before its day, an invitation to its sender so long
#: before it expires.
CONDITION_AHEAD: Final = timedelta(days=14)
INVITATION_AHEAD: Final = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that waits: a sentence, since or until when, and the one thing to do."""

    sentence: str
    since: str
    action: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Things of one kind. `more` are not shown; with `and_further` there are more than were counted."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0
    and_further: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The teams a person works in and the workspaces they review in, by id; and the day in each of their workspaces."""

    works_in: frozenset[int]
    reviews_in: frozenset[int]
    today: Mapping[int, date]

    def in_time(self, lookup: str, *, of: str = "", ahead: timedelta = timedelta()) -> Q:
        """That a day compares so (`due_on__lt`) with the present day of its workspace, or with a later one.

        `of` is the path from the rows to what belongs to the workspace, such as "assessment__".
        """
        days = ({f"{of}workspace": pk, lookup: today + ahead} for pk, today in self.today.items())
        return reduce(or_, (Q(**day) for day in days), Q(pk__in=()))


def waiting_for(user: User) -> list[Group]:
    """All that waits for this person, in groups that are not empty. At most thirteen queries."""
    now = timezone.now()
    scope = load_scope(user, now)
    asks = list(open_assignments(user).filter(finished_at=None).defer(*LARGE_COLUMNS)[:MAX_COUNTED])
    drafts = load_drafts(scope)
    responses = load_responses(asks, drafts)
    groups = [
        build_group(_("To answer"), (respondent_line(ask, responses) for ask in asks)),
        *review_groups(user, scope),
        *team_groups(scope),
        build_group(_("Challenged answers"), map(comment_line, challenged_answers(user, scope))),
        *draft_groups(drafts, responses),
        *condition_groups(scope),
        *step_groups(scope),
        outcome_group(scope, now),
        build_group(_("Invitations about to expire"), map(invitation_line, expiring_invitations(user, now))),
    ]
    return [group for group in groups if group is not None]


def load_scope(user: User, now: datetime) -> Scope:
    """Where the person's roles let them act. One query."""
    works_in, reviews_in, today = set(), set(), {}
    for membership in Membership.objects.filter(user=user).select_related("workspace"):
        allowed = Role(membership.role).abilities
        if membership.team_id and Ability.ANSWER in allowed:
            works_in.add(membership.team_id)
        if Ability.REVIEW in allowed:
            reviews_in.add(membership.workspace_id)
        today[membership.workspace_id] = localdate_in(membership.workspace, now)
    return Scope(works_in=frozenset(works_in), reviews_in=frozenset(reviews_in), today=today)


# --- answering


#: Deferred: large columns that no line shows.
LARGE_COLUMNS: Final = ("assessment__edition__content", "assessment__result")

#: Answers of respondents: by assessment, then by respondent, then by key.
Responses = Mapping[int, Mapping[int, Mapping[str, AnswerValue]]]


def load_responses(asks: Sequence[Respondent], drafts: Sequence[Assessment]) -> Responses:
    """The answers of these respondents, and all that were given apart in these drafts. One query, or none."""
    apart = [draft.pk for draft in drafts if draft.answers_separately]
    if not asks and not apart:
        return {}
    responses: dict[int, dict[int, dict[str, AnswerValue]]] = {}
    condition = Q(respondent__in=[ask.pk for ask in asks]) | Q(assessment__in=apart, respondent__removed_at=None)
    for row in Response.objects.filter(condition, answered=True).defer("note", "link"):
        value = tuple(row.value) if isinstance(row.value, list) else row.value
        answer = AnswerValue(value=value, not_applicable=row.not_applicable)
        responses.setdefault(row.assessment_id, {}).setdefault(row.respondent_id, {})[row.key] = answer
    return responses


def respondent_line(ask: Respondent, responses: Responses) -> Line:
    assessment = ask.assessment
    answers = responses.get(assessment.pk, {}).get(ask.pk, {})
    progress = progress_of_respondent(questionnaire_of(assessment.edition), ask, answers)
    if progress.is_complete:
        sentence, action = _("You answered every question asked of you about {system}."), _("Finish")
    else:
        sentence = _("{person} asked you about {system}: {answered} of {asked} answered.")
        action = _("Continue") if progress.is_started else _("Answer")
    return Line(
        sentence=sentence.format(
            person=ask.asked_by, system=assessment.system, answered=progress.answered, asked=progress.asked
        ),
        since=format_since(ask.asked_at),
        action=action,
        url=reverse("assessment-mine", args=[assessment.pk]),
    )


# --- teams


def load_drafts(scope: Scope) -> list[Assessment]:
    """The newest open versions of the person's teams; `somebody_answers`: a respondent has not finished. One query."""
    if not scope.works_in:
        return []
    unfinished = Respondent.objects.filter(assessment=OuterRef("pk"), removed_at=None, finished_at=None)
    drafts = with_line_relations(Assessment.objects.filter(team__in=scope.works_in, state=State.DRAFT, deleted_at=None))
    return list(drafts.annotate(somebody_answers=Exists(unfinished)).order_by("-pk")[:MAX_DRAFTS])


def draft_groups(drafts: Sequence[Assessment], responses: Responses) -> list[Group | None]:
    """Points to agree on, versions ready to submit, and further versions to continue. One query, or none."""
    common: dict[int, dict[str, AnswerValue]] = {draft.pk: {} for draft in drafts}
    if drafts:
        for row in Answer.objects.given().filter(assessment__in=common).defer("note", "link"):
            common[row.assessment_id][row.key] = row.as_answer()
    to_agree, ready, going_on = [], [], []
    for draft in drafts:
        agreed = common[draft.pk]
        if draft.answers_separately:
            sheets = responses.get(draft.pk, {})
            points = count_open_points(draft, agreed, sheets)
            if points:
                to_agree.append(agreement_line(draft, points))
            elif sheets and not getattr(draft, "somebody_answers", True):
                ready.append(ready_line(draft, _("{version}: all respondents have finished, and no point is open.")))
            continue
        progress = compute_progress(questionnaire_of(draft.edition), agreed)
        if progress.is_complete:
            ready.append(ready_line(draft, _("{version}: every question is answered.")))
        elif draft.version > 1:
            going_on.append(unfinished_line(draft, progress))
    return [
        build_group(_("To agree on"), to_agree),
        build_group(_("Ready to submit"), ready),
        build_group(_("To continue"), going_on),
    ]


def count_open_points(
    draft: Assessment, agreed: Mapping[str, AnswerValue], sheets: Mapping[int, Mapping[str, AnswerValue]]
) -> int:
    """On how many questions people have to agree: their answers are far apart, and nothing is agreed on yet."""
    # The perspective makes no difference here.
    all_sheets = [AnswerSheet(perspective="", answers=answers) for answers in sheets.values()]
    questions = questionnaire_of(draft.edition).questions
    return sum(
        measure_spread(question, sheets_for_question(draft, question.key, all_sheets)).is_open
        for question in questions
        if question.key not in agreed
    )


def agreement_line(draft: Assessment, points: int) -> Line:
    return Line(
        sentence=ngettext("{version}: {number} point is open.", "{version}: {number} points are open.", points).format(
            version=draft, number=points
        ),
        since=format_last_change(draft),
        action=_("Agree on them"),
        url=reverse("assessment-consensus", args=[draft.pk]),
    )


def ready_line(draft: Assessment, sentence: str) -> Line:
    """`sentence` names {version}."""
    return Line(
        sentence=sentence.format(version=draft),
        since=format_last_change(draft),
        action=_("Review and submit"),
        url=reverse("assessment-review", args=[draft.pk]),
    )


def unfinished_line(draft: Assessment, progress: Progress) -> Line:
    return Line(
        sentence=_("{version}: {answered} of {asked} answered.").format(
            version=draft, answered=progress.answered, asked=progress.asked
        ),
        since=format_last_change(draft),
        action=_("Continue"),
        url=reverse("assessment", args=[draft.pk]),
    )


def team_groups(scope: Scope) -> list[Group | None]:
    """Versions that wait for the team, such as those sent back, and verdicts that are due. Two queries, or none."""
    if not scope.works_in:
        return []
    of_teams = Assessment.objects.filter(NEWEST, team__in=scope.works_in)
    states = [spec.state for spec in states_waiting_for(Ability.START)]
    waiting = with_line_relations(of_teams.filter(state__in=states)).order_by("submitted_at", "pk")[:MAX_COUNTED]
    due = of_teams.filter(scope.in_time("ask_again_on__lte")).exclude(state__in=(State.DRAFT, *states))
    return [
        *groups_by_state(Ability.START, waiting),
        build_group(
            _("To ask again"), map(due_line, with_line_relations(due).order_by("ask_again_on", "pk")[:MAX_COUNTED])
        ),
    ]


def groups_by_state(ability: Ability, assessments: Iterable[Assessment]) -> Iterator[Group | None]:
    """A group for each state in which somebody with this ability has to act next."""
    by_state: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_state.setdefault(assessment.state, []).append(assessment)
    for spec in states_waiting_for(ability):
        assert spec.waiting is not None
        waiting = spec.waiting
        lines = (version_line(assessment, waiting) for assessment in by_state.get(spec.state, ()))
        yield build_group(_(waiting.title), lines)


def version_line(assessment: Assessment, waiting: Waiting) -> Line:
    return Line(
        sentence=_(waiting.sentence).format(version=assessment, team=assessment.system.team),
        since=format_submitted(assessment),
        action=_(waiting.action),
        url=reverse("assessment-decision", args=[assessment.pk]),
    )


def due_line(assessment: Assessment) -> Line:
    assert assessment.ask_again_on is not None
    return Line(
        sentence=_("{system}: ask again, the verdict of version {version} is due.").format(
            system=assessment.system, version=assessment.version
        ),
        since=_("due since {day}").format(day=day(assessment.ask_again_on)),
        action=_("See the verdict"),
        url=reverse("assessment-result", args=[assessment.pk]),
    )


# --- review


def review_groups(user: User, scope: Scope) -> list[Group | None]:
    """Decisions challenged, reviews begun, versions submitted: the longest waiting first. One query, or none."""
    if not scope.reviews_in:
        return []
    taken = Event.objects.filter(assessment=OuterRef("pk"), kind=EventKind.REVIEWED, by=user)
    answered = Respondent.objects.filter(assessment=OuterRef("pk"), user=user)
    states = [(spec.state, spec.waiting) for spec in states_waiting_for(Ability.REVIEW) if spec.waiting]
    reviewer_states = [state for state, waiting in states if waiting.only_for_reviewer]
    # What is pressing never falls behind what is only submitted.
    rank = Case(*(When(state=state, then=Value(waiting.priority)) for state, waiting in states))
    versions = Assessment.objects.filter(
        ~Q(state__in=reviewer_states) | Q(Exists(taken)),
        ~Exists(answered),
        workspace__in=scope.reviews_in,
        state__in=[state for state, _waiting in states],
        deleted_at=None,
    ).exclude(submitted_by=user)
    in_order = with_line_relations(versions).order_by(rank, "submitted_at", "pk")
    return list(groups_by_state(Ability.REVIEW, in_order[: 3 * MAX_COUNTED]))


def challenged_answers(user: User, scope: Scope) -> Iterable[Comment]:
    """Answers of the person's teams that somebody else challenges. One query, or none."""
    if not scope.works_in:
        return []
    comments = Comment.objects.filter(
        kind=CommentKind.CHALLENGE,
        settled_at=None,
        assessment__team__in=scope.works_in,
        assessment__deleted_at=None,
    ).exclude(Q(key="") | Q(written_by=user))
    joined = comments.select_related("assessment__system", "written_by").defer("assessment__result")
    return joined.order_by("pk")[:MAX_COUNTED]


def comment_line(comment: Comment) -> Line:
    return Line(
        sentence=_("{person} challenges an answer in {version}.").format(
            person=comment.written_by, version=comment.assessment
        ),
        since=format_since(comment.written_at),
        action=_("Answer it"),
        url=reverse("assessment-decision", args=[comment.assessment_id]),
    )


def condition_groups(scope: Scope) -> list[Group | None]:
    """Conditions of the person's teams that are due soon, and those overdue where they review. One query, or none."""
    if not scope.works_in and not scope.reviews_in:
        return []
    mine = Q(assessment__team__in=scope.works_in)
    reviewed = Q(assessment__workspace__in=scope.reviews_in) & scope.in_time("due_on__lt", of="assessment__")
    soon_due = scope.in_time("due_on__lte", of="assessment__", ahead=CONDITION_AHEAD)
    joined = (
        unmet_conditions()
        .filter(soon_due, mine | reviewed)
        .select_related("assessment__system")
        .defer("assessment__result")
        .order_by("due_on", "pk")
    )
    conditions = list(joined[: 2 * MAX_COUNTED])
    late: list[Line] = []
    soon: list[Line] = []
    for one in conditions:
        (late if one.due_on < scope.today[one.assessment.workspace_id] else soon).append(condition_line(one))
    return [build_group(_("Conditions overdue"), late), build_group(_("Conditions due soon"), soon)]


def condition_line(condition: Condition) -> Line:
    text = condition.text if len(condition.text) <= 120 else f"{condition.text[:119]}…"
    return Line(
        sentence=_("{version}: {owner} owns “{condition}”.").format(
            version=condition.assessment, owner=condition.owner, condition=" ".join(text.split())
        ),
        since=_("due {day}").format(day=day(condition.due_on)),
        action=_("Say how it was met"),
        url=reverse("assessment-decision", args=[condition.assessment_id]),
    )


# --- plans


def step_groups(scope: Scope) -> list[Group | None]:
    """Open steps of the plans of the person's teams that are overdue or due soon. One query, or none."""
    if not scope.works_in:
        return []
    steps = (
        steps_that_count()
        .filter(
            scope.in_time("due_on__lte", of="assessment__", ahead=CONDITION_AHEAD), assessment__team__in=scope.works_in
        )
        .select_related("assessment__system")
        .defer("assessment__result")
        .order_by("due_on", "place", "pk")
    )
    late: list[Line] = []
    soon: list[Line] = []
    for step in steps[: 2 * MAX_COUNTED]:
        is_late = step.due_on is not None and step.due_on < scope.today[step.assessment.workspace_id]
        (late if is_late else soon).append(step_line(step))
    return [build_group(_("Steps overdue"), late), build_group(_("Steps due soon"), soon)]


def step_line(step: PlanStep) -> Line:
    assert step.due_on is not None  # as asked for
    pattern = _("{version}: {owner} owns “{step}”.") if step.owner else _("{version}: “{step}” has no owner.")
    return Line(
        sentence=pattern.format(version=step.assessment, owner=step.owner, step=step.title),
        since=_("due {day}").format(day=day(step.due_on)),
        action=_("See the plan"),
        url=f"{reverse('plan', args=[step.assessment_id])}#step-{step.pk}",
    )


# --- outcomes


def outcome_group(scope: Scope, now: datetime) -> Group | None:
    """Signed decisions of the person's teams and of where they review whose outcome is due. One query, or none."""
    if not scope.works_in and not scope.reviews_in:
        return None
    reach = Assessment.objects.filter(Q(team__in=scope.works_in) | Q(workspace__in=scope.reviews_in))
    due = find_due_outcomes(with_line_relations(reach).select_related("workspace"), now)
    return build_group(_("What became of it"), map(outcome_line, islice(due, MAX_COUNTED)))


def outcome_line(due: DueOutcome) -> Line:
    return Line(
        sentence=_("{version}: signed {months} months ago. What became of the decision?").format(
            version=due.assessment, months=due.months
        ),
        since=_("due since {day}").format(day=day(due.due_on)),
        action=_("Say what was done"),
        url=reverse("outcome", args=[due.assessment.pk]),
    )


# --- people


def expiring_invitations(user: User, now: datetime) -> QuerySet[Invitation]:
    """Open invitations that expire soon: the person's own, and those of workspaces they administer."""
    invitations = Invitation.objects.filter(
        Q(created_by=user) | Q(workspace__in=workspaces_as_administrator(user)),
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
        expires_at__lte=now + INVITATION_AHEAD,
    )
    return invitations.select_related("team", "workspace").order_by("expires_at", "pk")[:MAX_COUNTED]


def invitation_line(invitation: Invitation) -> Line:
    return Line(
        sentence=_("{person} has not accepted the invitation to {name} ({role}).").format(
            person=invitation.email or _("Somebody with the link"),
            name=invitation.team or invitation.workspace,
            role=Role(invitation.role).noun,
        ),
        since=_("expires {when}").format(when=format_datetime(invitation.expires_at)),
        action=_("Remind or revoke"),
        url=reverse("people", args=[invitation.workspace_id]),
    )


# --- words


def build_group(title: str, lines: Iterable[Line]) -> Group | None:
    """The group with the first of these lines; None without any."""
    all_lines = tuple(lines)
    if not all_lines:
        return None
    return Group(
        title=title,
        lines=all_lines[:MAX_LINES],
        more=max(0, len(all_lines) - MAX_LINES),
        and_further=len(all_lines) >= MAX_COUNTED,
    )


def with_line_relations(versions: QuerySet[Assessment]) -> QuerySet[Assessment]:
    return versions.select_related("system__team", "edition").defer("edition__content", "result")


def format_since(at: datetime) -> str:
    return _("since {when}").format(when=format_datetime(at))


def format_last_change(assessment: Assessment) -> str:
    return _("last change {when}").format(when=format_datetime(assessment.updated_at))


def format_submitted(assessment: Assessment) -> str:
    return (
        _("submitted {when}").format(when=format_datetime(assessment.submitted_at)) if assessment.submitted_at else ""
    )
