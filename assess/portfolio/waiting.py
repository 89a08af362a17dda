"""What waits on one person, whatever their roles: computed from how things stand, never stored.

Decides: which states of which things ask somebody for something, and in which words. A line says what, since when, and
the one thing to do; what it leads to decides again whether it may be done. Told to be settled or not by the things
themselves: nobody ticks anything off here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
    moment,
    open_asks,
    own_progress,
    progress_of,
    questionnaire_of,
)
from assess.decision.facade import Sheet, spread_of
from assess.language import _, day, ngettext
from assess.people.facade import Ability, Invitation, Membership, Role, User
from assess.portfolio.conditions import overdue_conditions
from assess.questionnaire.facade import Answer as AnswerValue
from assess.review.facade import Comment, CommentKind, Condition, Waiting, states_waiting_for

#: So many lines of one kind show; the others are counted as far as `LOOK`.
MOST: Final = 20
LOOK: Final = 120
#: Of so many open versions the answers are looked at, the newest first.
DRAFTS: Final = 20
#: A condition shows to its team so many days before its day, an invitation to whoever sent it before it expires.
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
    """Things of one kind; `more` are not shown, and `and_further` says that there are more than were counted."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0
    and_further: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where a person works, reviews and looks after people, as keys of teams and workspaces."""

    works_in: frozenset[int]
    reviews: frozenset[int]
    administers: frozenset[int]


def waiting_for(user: User) -> list[Group]:
    """All that waits on this person, in groups that are not empty. At most eleven queries."""
    now, today = timezone.now(), timezone.localdate()
    places = places_of(user)
    asks = list(open_asks(user).filter(finished_at=None).defer(*_WITHOUT_CONTENT)[:LOOK])
    drafts = _drafts(places)
    responses = _responses(asks, drafts)
    groups = [
        _group(_("To answer"), (_of_ask(ask, responses) for ask in asks)),
        *_of_review(user, places),
        *_of_teams(places, today),
        _group(_("Challenged answers"), map(_of_comment, _challenged(user, places))),
        *_of_drafts(drafts, responses),
        *_of_conditions(places, today),
        _group(_("Invitations about to expire"), map(_of_invitation, _expiring(user, places, now))),
    ]
    return [group for group in groups if group is not None]


def places_of(user: User) -> Places:
    """One query."""
    rows = list(Membership.objects.filter(user=user).values_list("role", "team", "workspace"))

    def may(role: str, ability: Ability) -> bool:
        return ability in Role(role).abilities

    return Places(
        works_in=frozenset(team for role, team, _workspace in rows if team and may(role, Ability.ANSWER)),
        reviews=frozenset(workspace for role, _team, workspace in rows if may(role, Ability.REVIEW)),
        administers=frozenset(workspace for role, _team, workspace in rows if may(role, Ability.ADMINISTER)),
    )


# --- answering


#: What no line needs and would be megabytes.
_WITHOUT_CONTENT: Final = ("assessment__edition__content", "assessment__result")

#: Answers of respondents: by assessment, then by respondent, then by key.
Responses = Mapping[int, Mapping[int, Mapping[str, AnswerValue]]]


def _responses(asks: Sequence[Respondent], drafts: Sequence[Assessment]) -> Responses:
    """The answers of these respondents, and all that were given apart in these drafts. One query, or none."""
    apart = [draft.pk for draft in drafts if draft.independent]
    if not asks and not apart:
        return {}
    found: dict[int, dict[int, dict[str, AnswerValue]]] = {}
    wanted = Q(respondent__in=[ask.pk for ask in asks]) | Q(assessment__in=apart, respondent__removed_at=None)
    for row in Response.objects.filter(wanted, answered=True).defer("note", "link"):
        value = tuple(row.value) if isinstance(row.value, list) else row.value
        answer = AnswerValue(value=value, not_applicable=row.not_applicable)
        found.setdefault(row.assessment_id, {}).setdefault(row.respondent_id, {})[row.key] = answer
    return found


def _of_ask(ask: Respondent, responses: Responses) -> Line:
    assessment = ask.assessment
    own = responses.get(assessment.pk, {}).get(ask.pk, {})
    progress = own_progress(questionnaire_of(assessment.edition), ask, own)
    if progress.is_complete:
        sentence, action = _("You answered all that is asked of you about {system}."), _("Say that you are done")
    else:
        sentence = _("{person} asked you about {system}: {answered} of {asked} answered.")
        action = _("Go on answering") if progress.is_started else _("Answer")
    return Line(
        sentence=sentence.format(
            person=ask.asked_by, system=assessment.system, answered=progress.answered, asked=progress.asked
        ),
        since=_since(ask.asked_at),
        action=action,
        url=reverse("assessment-mine", args=[assessment.pk]),
    )


# --- a team's own


def _drafts(places: Places) -> list[Assessment]:
    """The newest open versions of the person's teams, each with whether somebody asked is not done. One query."""
    if not places.works_in:
        return []
    unfinished = Respondent.objects.filter(assessment=OuterRef("pk"), removed_at=None, finished_at=None)
    found = _joined(Assessment.objects.filter(team__in=places.works_in, state=State.DRAFT, deleted_at=None))
    return list(found.annotate(somebody_answers=Exists(unfinished)).order_by("-pk")[:DRAFTS])


def _of_drafts(drafts: Sequence[Assessment], responses: Responses) -> list[Group | None]:
    """Points to agree on, versions ready to be submitted, and versions that go on from an earlier one. One query."""
    common: dict[int, dict[str, AnswerValue]] = {draft.pk: {} for draft in drafts}
    if drafts:
        for row in Answer.objects.given().filter(assessment__in=common).defer("note", "link"):
            common[row.assessment_id][row.key] = row.as_answer()
    to_agree, ready, going_on = [], [], []
    for draft in drafts:
        agreed = common[draft.pk]
        if draft.independent:
            sheets = responses.get(draft.pk, {})
            points = _open_points(draft, agreed, sheets)
            if points:
                to_agree.append(_of_points(draft, points))
            elif sheets and not getattr(draft, "somebody_answers", True):
                ready.append(_of_ready(draft, _("{version}: everybody asked has answered, and no point is open.")))
            continue
        progress = progress_of(questionnaire_of(draft.edition), agreed)
        if progress.is_complete:
            ready.append(_of_ready(draft, _("{version}: every question is answered.")))
        elif draft.version > 1:
            going_on.append(_of_going_on(draft, progress))
    return [
        _group(_("To agree on"), to_agree),
        _group(_("Ready to submit"), ready),
        _group(_("To go on with"), going_on),
    ]


def _open_points(
    draft: Assessment, agreed: Mapping[str, AnswerValue], sheets: Mapping[int, Mapping[str, AnswerValue]]
) -> int:
    """On how many questions people should talk: those far apart that nothing was agreed on."""
    given = [Sheet(perspective="", answers=answers) for answers in sheets.values()]  # from where makes no difference
    questions = questionnaire_of(draft.edition).questions
    return sum(spread_of(question, given).is_open for question in questions if question.key not in agreed)


def _of_points(draft: Assessment, points: int) -> Line:
    return Line(
        sentence=ngettext("{version}: {number} point is open.", "{version}: {number} points are open.", points).format(
            version=draft, number=points
        ),
        since=_changed(draft),
        action=_("Agree on them"),
        url=reverse("assessment-together", args=[draft.pk]),
    )


def _of_ready(draft: Assessment, why: str) -> Line:
    """`why`: the sentence with a place for the version."""
    return Line(
        sentence=why.format(version=draft),
        since=_changed(draft),
        action=_("Review and submit"),
        url=reverse("assessment-review", args=[draft.pk]),
    )


def _of_going_on(draft: Assessment, progress: Progress) -> Line:
    return Line(
        sentence=_("{version}: {answered} of {asked} answered.").format(
            version=draft, answered=progress.answered, asked=progress.asked
        ),
        since=_changed(draft),
        action=_("Go on answering"),
        url=reverse("assessment", args=[draft.pk]),
    )


def _of_teams(places: Places, today: date) -> list[Group | None]:
    """What was sent back, and verdicts whose day to ask again has come. Two queries, or none."""
    if not places.works_in:
        return []
    of_teams = Assessment.objects.filter(NEWEST, team__in=places.works_in)
    states = [spec.state for spec in states_waiting_for(Ability.START)]
    waiting = _joined(of_teams.filter(state__in=states)).order_by("submitted_at", "pk")[:LOOK]
    due = of_teams.filter(ask_again_on__lte=today).exclude(state__in=(State.DRAFT, *states))
    return [
        *_groups_by_state(Ability.START, waiting),
        _group(_("To ask again"), map(_of_due, _joined(due).order_by("ask_again_on", "pk")[:LOOK])),
    ]


def _groups_by_state(ability: Ability, assessments: Iterable[Assessment]) -> Iterator[Group | None]:
    """A group for each state in which somebody with this ability has to act next."""
    by_state: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_state.setdefault(assessment.state, []).append(assessment)
    for spec in states_waiting_for(ability):
        assert spec.waiting is not None
        waiting = spec.waiting
        lines = (_of_version(assessment, waiting) for assessment in by_state.get(spec.state, ()))
        yield _group(_(waiting.title), lines)


def _of_version(assessment: Assessment, waiting: Waiting) -> Line:
    return Line(
        sentence=_(waiting.sentence).format(version=assessment, team=assessment.system.team),
        since=_submitted(assessment),
        action=_(waiting.action),
        url=reverse("assessment-decision", args=[assessment.pk]),
    )


def _of_due(assessment: Assessment) -> Line:
    assert assessment.ask_again_on is not None
    return Line(
        sentence=_("{system}: the verdict of version {version} wants to be asked again.").format(
            system=assessment.system, version=assessment.version
        ),
        since=_("due since {day}").format(day=day(assessment.ask_again_on)),
        action=_("Look at it"),
        url=reverse("assessment-result", args=[assessment.pk]),
    )


# --- review


def _of_review(user: User, places: Places) -> list[Group | None]:
    """Decisions challenged, reviews begun, versions submitted: the longest waiting first. One query, or none."""
    if not places.reviews:
        return []
    taken = Event.objects.filter(assessment=OuterRef("pk"), kind=EventKind.REVIEWED, by=user)
    answered = Respondent.objects.filter(assessment=OuterRef("pk"), user=user)
    states = [(spec.state, spec.waiting) for spec in states_waiting_for(Ability.REVIEW) if spec.waiting]
    own = [state for state, waiting in states if waiting.only_for_reviewer]
    # What is pressing never falls behind what is only submitted.
    rank = Case(*(When(state=state, then=Value(waiting.priority)) for state, waiting in states))
    found = Assessment.objects.filter(
        ~Q(state__in=own) | Q(Exists(taken)),
        ~Exists(answered),
        workspace__in=places.reviews,
        state__in=[state for state, _waiting in states],
        deleted_at=None,
    ).exclude(submitted_by=user)
    return [*_groups_by_state(Ability.REVIEW, _joined(found).order_by(rank, "submitted_at", "pk")[: 3 * LOOK])]


def _challenged(user: User, places: Places) -> Iterable[Comment]:
    """Answers of the person's teams that somebody else challenges. One query, or none."""
    if not places.works_in:
        return []
    found = Comment.objects.filter(
        kind=CommentKind.CHALLENGE,
        settled_at=None,
        assessment__team__in=places.works_in,
        assessment__deleted_at=None,
    ).exclude(Q(key="") | Q(written_by=user))
    joined = found.select_related("assessment__system", "written_by").defer("assessment__result")
    return joined.order_by("pk")[:LOOK]


def _of_comment(comment: Comment) -> Line:
    return Line(
        sentence=_("{person} challenges an answer in {version}.").format(
            person=comment.written_by, version=comment.assessment
        ),
        since=_since(comment.written_at),
        action=_("Answer it"),
        url=reverse("assessment-decision", args=[comment.assessment_id]),
    )


def _of_conditions(places: Places, today: date) -> list[Group | None]:
    """Conditions of the person's teams that are due soon, and those overdue where they review. One query, or none."""
    if not places.works_in and not places.reviews:
        return []
    mine = Q(assessment__team__in=places.works_in)
    reviewed = Q(assessment__workspace__in=places.reviews, due_on__lt=today)
    found = overdue_conditions(today=today + CONDITION_AHEAD + timedelta(days=1)).filter(mine | reviewed)
    joined = found.select_related("assessment__system").defer("assessment__result").order_by("due_on", "pk")
    conditions = list(joined[: 2 * LOOK])
    late = [_of_condition(one) for one in conditions if one.due_on < today]
    soon = [_of_condition(one) for one in conditions if one.due_on >= today]
    return [_group(_("Conditions overdue"), late), _group(_("Conditions due soon"), soon)]


def _of_condition(condition: Condition) -> Line:
    text = condition.text if len(condition.text) <= 120 else f"{condition.text[:119]}…"
    return Line(
        sentence=_("{version}: {owner} sees to “{condition}”.").format(
            version=condition.assessment, owner=condition.owner, condition=" ".join(text.split())
        ),
        since=_("due {day}").format(day=day(condition.due_on)),
        action=_("Say how it was met"),
        url=reverse("assessment-decision", args=[condition.assessment_id]),
    )


# --- people


def _expiring(user: User, places: Places, now: datetime) -> QuerySet[Invitation]:
    """Invitations that nobody took and that soon expire: one's own, and those of workspaces one administers."""
    found = Invitation.objects.filter(
        Q(created_by=user) | Q(workspace__in=places.administers),
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
        expires_at__lte=now + INVITATION_AHEAD,
    )
    return found.select_related("team", "workspace").order_by("expires_at", "pk")[:LOOK]


def _of_invitation(invitation: Invitation) -> Line:
    return Line(
        sentence=_("The invitation of {person} as {role} to {place} is not accepted.").format(
            person=invitation.email or _("whoever has the link"),
            role=Role(invitation.role).noun,
            place=invitation.team or invitation.workspace,
        ),
        since=_("expires {when}").format(when=moment(invitation.expires_at)),
        action=_("Remind or revoke"),
        url=reverse("people", args=[invitation.workspace_id]),
    )


# --- words


def _group(title: str, lines: Iterable[Line]) -> Group | None:
    """The group of these lines, of which only the first show; None of none."""
    found = tuple(lines)
    if not found:
        return None
    group = Group(title=title, lines=found[:MOST])
    return replace(group, more=max(0, len(found) - MOST), and_further=len(found) >= LOOK)


def _joined(found: QuerySet[Assessment]) -> QuerySet[Assessment]:
    return found.select_related("system__team", "edition").defer("edition__content", "result")


def _since(at: datetime) -> str:
    return _("since {when}").format(when=moment(at))


def _changed(assessment: Assessment) -> str:
    return _("last change {when}").format(when=moment(assessment.updated_at))


def _submitted(assessment: Assessment) -> str:
    return _("submitted {when}").format(when=moment(assessment.submitted_at)) if assessment.submitted_at else ""
