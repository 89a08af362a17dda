"""Respondents: who is asked to answer an assessment on their own: asking, reminding, removing, finishing.

Decides: whom a team may ask, by name, by mail or by a link for several; how often somebody is reminded.
Does not decide: what they are asked (`sheets`), what they see of others (`anchoring`), how they come by a link
(`joining`), what becomes of common answers (`common_sheet`), who may ask (`people.permissions`).
Each action is one transaction with its event inside, and raises PermissionDenied, or ValidationFailed with what to do
instead.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.common_sheet import answer_apart, give_sheet, hold, record_asked
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import record
from assess.assessments.models import Assessment, EventKind, GuestLink, Perspective, Respondent
from assess.assessments.sheets import asked_sections, has_left
from assess.language import N_, _, any_of, ngettext
from assess.people.facade import (
    Ability,
    Membership,
    Role,
    User,
    check_can,
    filter_readers,
    generate_token,
    lock_invitation_limit,
    notify,
    recent_invitation_times,
    send_mail,
)
from assess.questionnaire.facade import Issue, ValidationFailed

#: A person is reminded of the same thing at most so often.
BETWEEN_REMINDERS = timedelta(days=1)


@transaction.atomic
def ask(
    assessment: Assessment,
    *,
    people: Collection[User],
    emails: Sequence[str],
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> list[Respondent]:
    """Ask people of the workspace by name and others by mail; all of them, or, when something is wrong, none."""
    if not people and not emails:
        check_can(by, Ability.ASK, assessment.system.team)
        raise ValidationFailed(
            [Issue(code="nobody", key="people", message=_("Choose whom to ask, or enter an address"))]
        )
    asked: list[Respondent] = []
    if people:
        asked += ask_people(assessment, people=people, perspective=perspective, sections=sections, by=by)
    if emails:
        asked += ask_by_mail(assessment, emails=emails, perspective=perspective, sections=sections, by=by)
    return asked


@transaction.atomic
def ask_people(
    assessment: Assessment,
    *,
    people: Collection[User],
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> list[Respondent]:
    """Ask these people of the workspace to answer on their own. Asked again, somebody removed keeps their sheet."""
    held = hold(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    now = timezone.now()
    issues = [
        Issue(
            code="not_here",
            key="people",
            message=_("Ask {person} by mail; they are not in {workspace}").format(
                person=person, workspace=held.workspace
            ),
        )
        for person in people
        if not person.is_active or not person.memberships.filter(workspace=held.workspace_id).exists()
    ]
    perspective, slugs = _checked(held, perspective, sections, issues)
    if not people:
        issues.append(Issue(code="nobody", key="people", message=_("Choose whom to ask")))
    if issues:
        raise ValidationFailed(issues)
    answer_apart(held, by=by, at=now)
    asked = [give_sheet(held, person, perspective, slugs, by=by, at=now) for person in people]
    others = [respondent.user for respondent in asked if respondent.user and respondent.user != by]
    notify(others, _asks(held, by), reverse("assessment-mine", args=[held.pk]), details=_(WHY_APART))
    return asked


WHY_APART = N_("Nobody sees your answers to a question before giving their own, and you see theirs after yours.")


def _asks(held: Assessment, by: User) -> str:
    return _("{person} asks you to answer {system}, version {version}, on your own").format(
        person=by, system=held.system, version=held.version
    )


@transaction.atomic
def ask_by_mail(
    assessment: Assessment,
    *,
    emails: Sequence[str],
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> list[Respondent]:
    """Ask people by their addresses; each gets a link of their own. Whoever has an account in the workspace is asked
    there. ValidationFailed with every wrong address; then nobody is asked."""
    held = hold(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    now = timezone.now()
    issues: list[Issue] = []
    perspective, slugs = _checked(held, perspective, sections, issues)
    addresses = _addresses(emails, issues)
    here = {
        user.email.lower(): user
        for user in User.objects.filter(
            email__in=addresses, is_active=True, is_guest=False, memberships__workspace=held.workspace_id
        ).distinct()
    }
    present = held.respondents.filter(removed_at=None).exclude(email="").values_list("email", flat=True)
    for address in addresses:
        if address in present:
            message = _("{address} is asked already: remind them instead").format(address=address)
            issues.append(Issue(code="asked_already", key="emails", message=message))
    by_mail = [address for address in addresses if address not in here]
    if by_mail:
        lock_invitation_limit(by)
    left = mails_left(by, at=now)
    if len(by_mail) > left:
        issues.append(_too_many_mails(left))
    if not addresses and not issues:
        issues.append(Issue(code="nobody", key="emails", message=_("Enter the addresses of those to ask")))
    if issues:
        raise ValidationFailed(issues)
    asked = []
    if here:
        asked += ask_people(held, people=list(here.values()), perspective=perspective, sections=slugs, by=by)
    answer_apart(held, by=by, at=now)
    for address in by_mail:
        token, hashed = generate_token()
        respondent = Respondent.objects.create(
            assessment=held,
            perspective=perspective,
            sections=slugs,
            email=address,
            token_hash=hashed,
            expires_at=now + timedelta(days=settings.LIMITS["invitation_days"]),
            asked_at=now,
            asked_by=by,
        )
        record_asked(held, respondent, by=by, at=now)
        _send_link(respondent, token, _asks(held, by))
        asked.append(respondent)
    return asked


@transaction.atomic
def make_guest_link(
    assessment: Assessment,
    *,
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> tuple[GuestLink, str]:
    """A link by which several people without an account come to answer, and its token: shown once, then forgotten."""
    held = hold(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    issues: list[Issue] = []
    perspective, slugs = _checked(held, perspective, sections, issues)
    if issues:
        raise ValidationFailed(issues)
    now = timezone.now()
    answer_apart(held, by=by, at=now)
    token, hashed = generate_token()
    link = GuestLink.objects.create(
        assessment=held,
        perspective=perspective,
        sections=slugs,
        token_hash=hashed,
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=settings.LIMITS["invitation_days"]),
    )
    record(held, EventKind.ASKED, by=by, at=now, payload={"guest_link": link.pk, "perspective": perspective})
    return link, token


@transaction.atomic
def revoke_guest_link(assessment: Assessment, link_id: int, *, by: User) -> None:
    """Nobody else comes by this link; whoever came stays."""
    held = hold(assessment, Ability.ASK, by=by)
    now = timezone.now()
    changed = held.guest_links.filter(pk=link_id, revoked_at=None).update(revoked_at=now, revoked_by=by)
    if not changed:
        raise ValidationFailed([Issue(code="no_link", message=_("Nothing to do: this link works no more"))])
    record(held, EventKind.REMOVED, by=by, at=now, payload={"guest_link": link_id})


@transaction.atomic
def remind(assessment: Assessment, respondent_id: int, *, by: User) -> Respondent:
    """Tell somebody once more that their answers are awaited. Whoever was asked by mail gets a new link, and the one
    before works no more."""
    held, respondent = _held_respondent(assessment, respondent_id, by=by)
    policies.check(policies.why_not_answer(held))
    now = timezone.now()
    policies.check(_why_not_remind(respondent, at=now))
    text = _("{person} is waiting for your answers on {system}, version {version}").format(
        person=by, system=held.system, version=held.version
    )
    respondent.reminded_at = now
    person = respondent.user
    if person is not None and not person.is_guest:
        notify([person], text, reverse("assessment-mine", args=[held.pk]), details=_(WHY_APART))
    else:
        lock_invitation_limit(by)
        if not mails_left(by, at=now):
            raise ValidationFailed([_too_many_mails(0)])
        token, respondent.token_hash = generate_token()
        if person is None:
            respondent.expires_at = now + timedelta(days=settings.LIMITS["invitation_days"])
        _send_link(respondent, token, text, again=True)
    respondent.save(update_fields=("reminded_at", "token_hash", "expires_at"))
    record(held, EventKind.REMINDED, by=by, at=now, respondent_id=respondent.pk)
    return respondent


@transaction.atomic
def remove(assessment: Assessment, respondent_id: int, *, by: User) -> Respondent:
    """No longer ask somebody. What they answered stays in the log and counts no more; asking again brings it back."""
    held, respondent = _held_respondent(assessment, respondent_id, by=by)
    policies.check(policies.why_not_answer(held))
    respondent.removed_at, respondent.removed_by = timezone.now(), by
    respondent.save(update_fields=("removed_at", "removed_by"))
    record(held, EventKind.REMOVED, by=by, at=respondent.removed_at, respondent_id=respondent.pk)
    return respondent


@transaction.atomic
def change_sections(
    assessment: Assessment, respondent_id: int, *, perspective: str, sections: Sequence[str] = (), by: User
) -> Respondent:
    """Ask somebody other sections. What they answered in others stays and counts."""
    held, respondent = _held_respondent(assessment, respondent_id, by=by)
    policies.check(policies.why_not_answer(held))
    issues: list[Issue] = []
    now, questionnaire = timezone.now(), questionnaire_of(held.edition)
    before = asked_sections(questionnaire, respondent)
    respondent.perspective, respondent.sections = _checked(held, perspective, sections, issues)
    if issues:
        raise ValidationFailed(issues)
    is_more = any(section not in before for section in asked_sections(questionnaire, respondent))
    if is_more and respondent.user and filter_readers([respondent.user], held.system.team):
        respondent.asked_at = now  # until now these answers of others were theirs to see (`came_late`)
    respondent.save(update_fields=("perspective", "sections", "asked_at"))
    record_asked(held, respondent, by=by, at=now)
    return respondent


@transaction.atomic
def show_names(assessment: Assessment, shown: bool, *, by: User) -> None:
    """Whether others' answers show with the name of who gave them."""
    held = hold(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    if held.names_shown == shown:
        return
    if shown:
        policies.check(_why_not_show_names(held))
    held.names_shown = shown
    held.save(update_fields=("names_shown",))
    record(held, EventKind.NAMES, by=by, payload={"shown": shown})


@transaction.atomic
def answer_for_oneself(assessment: Assessment, *, by: User) -> Respondent:
    """A sheet of their own for somebody who answers for the team and was not asked."""
    held = hold(assessment, Ability.ANSWER, by=by)
    policies.check(policies.why_not_answer(held))
    policies.check(policies.why_not_apart(held))
    every_section = [section.slug for section in questionnaire_of(held.edition).sections]
    return give_sheet(held, by, Perspective.DEVELOPER, every_section, by=by, at=timezone.now())


@transaction.atomic
def finish(respondent: Respondent, finished: bool = True, *, by: User) -> Respondent:
    """The respondent says that they are done, or that they are not after all. Answers may change either way."""
    assessment = Assessment.objects.select_for_update().get(pk=respondent.assessment_id)
    held = Respondent.objects.select_for_update().select_related("asked_by").get(pk=respondent.pk)
    if held.user_id != by.pk:
        raise PermissionDenied("another's sheet")
    policies.check(policies.why_not_answer(assessment))
    policies.check(policies.why_not_apart(assessment))
    if held.removed_at is not None:
        raise ValidationFailed([Issue(code="removed", message=_("Nothing to do: you are no longer asked to answer"))])
    if has_left(held):
        message = _("Nothing to do: you no longer belong to the workspace")
        raise ValidationFailed([Issue(code="has_left", message=message)])
    if (held.finished_at is not None) == finished:
        return held
    now = timezone.now()
    held.finished_at = now if finished else None
    held.save(update_fields=("finished_at",))
    record(assessment, EventKind.FINISHED, by=by, at=now, payload={"finished": finished}, respondent_id=held.pk)
    waiting = assessment.respondents.filter(removed_at=None, finished_at=None).exists()
    if finished and held.asked_by_id != by.pk and (held.guest_link_id is None or not waiting):
        text = _("{person} has answered {system}; so have all who were asked")
        if waiting:
            text = _("{person} has answered {system}")
        text = text.format(person=by, system=assessment.system)
        people_url = reverse("assessment-people", args=[assessment.pk])
        notify(filter_readers([held.asked_by], assessment.system.team), text, people_url)
    return held


def _held_respondent(assessment: Assessment, respondent_id: int, *, by: User) -> tuple[Assessment, Respondent]:
    held = hold(assessment, Ability.ASK, by=by)
    found = held.respondents.select_related("user").filter(pk=respondent_id, removed_at=None).first()
    if found is None:
        raise ValidationFailed([Issue(code="not_asked", message=_("Nothing to do: this person is not asked any more"))])
    return held, found


def _why_not_show_names(held: Assessment) -> Issue | None:
    """Whoever answered while names were hidden was told that theirs does not show."""
    hidden = held.events.filter(kind=EventKind.NAMES).order_by("-number").first()
    kinds = (EventKind.ANSWERED, EventKind.CLEARED)
    since = held.events.filter(kind__in=kinds, number__gt=hidden.number if hidden else 0)
    if not since.exclude(respondent=None).exists():
        return None
    message = _("Leave names hidden: people answered this version without theirs. The next one may show names")
    return Issue(code="answered_without_names", message=message)


def has_address(respondent: Respondent) -> bool:
    """Whether there is a way to write to them: an account, or the address they were asked at."""
    person = respondent.user
    return bool(respondent.email) or (person is not None and not person.is_guest)


def _why_not_remind(respondent: Respondent, *, at: datetime) -> Issue | None:
    if respondent.finished_at is not None:
        message = _("Nothing to do: {person} has finished answering")
        return Issue(code="finished", message=message.format(person=respondent))
    if not has_address(respondent):
        message = _("Tell {person} yourself; there is no address to write to")
        return Issue(code="no_address", message=message.format(person=respondent))
    if has_left(respondent):
        message = _("Remove {person}: they no longer belong to {workspace}")
        message = message.format(person=respondent, workspace=respondent.assessment.workspace)
        return Issue(code="has_left", message=message)
    before = respondent.reminded_at or respondent.asked_at
    if at - before < BETWEEN_REMINDERS:
        message = _("Wait until tomorrow; {person} heard of it within the last day")
        return Issue(code="too_soon", message=message.format(person=respondent))
    return None


def _checked(held: Assessment, perspective: str, sections: Sequence[str], issues: list[Issue]) -> tuple[str, list[str]]:
    """The perspective and the sections as they are stored; adds to `problems` what is wrong with them."""
    if perspective not in Perspective.values:
        message = _("Choose {perspectives}").format(perspectives=any_of(Perspective.values))
        issues.append(Issue(code="unknown_perspective", key="perspective", message=message))
    known = [section.slug for section in questionnaire_of(held.edition).sections]
    for slug in sections:
        if slug not in known:
            message = _("Choose from this questionnaire’s sections")
            issues.append(Issue(code="unknown_section", key="sections", message=message))
            break
    return str(perspective), [slug for slug in known if slug in sections]


def _addresses(emails: Sequence[str], issues: list[Issue]) -> list[str]:
    """The addresses in lower case, each once; adds to `problems` each one that is none."""
    found: dict[str, None] = {}
    for email in emails:
        address = email.strip().lower()
        if not address:
            continue
        try:
            validate_email(address)
        except ValidationError:
            message = _("Enter a full address such as ana@example.org instead of “{given}”")
            message = message.format(given=email.strip()[:80])
            issues.append(Issue(code="bad_address", key="emails", message=message))
            continue
        found[address] = None
    return list(found)


def mails_left(by: User, *, at: datetime) -> int:
    """How many people this person may still write to: invitations and asks of the last 24 hours count together."""
    return max(0, settings.LIMITS["invitations_per_day"] - len(recent_invitation_times(by, at=at)))


def _too_many_mails(left: int) -> Issue:
    limit = settings.LIMITS["invitations_per_day"]
    message = _(
        "Ask fewer by mail: a person may write to {limit} in a day, you to none more today. A guest link needs no mail"
    )
    if left:
        message = ngettext(
            "Ask fewer by mail: a person may write to {limit} in a day, you to {count} more today. "
            "A guest link needs no mail",
            "Ask fewer by mail: a person may write to {limit} in a day, you to {count} more today. "
            "A guest link needs no mail",
            left,
        )
    return Issue(code="too_many_mails", key="emails", message=message.format(limit=limit, count=left))


def _send_link(respondent: Respondent, token: str, text: str, *, again: bool = False) -> None:
    """`again`: links sent before work no more."""
    days = settings.LIMITS["invitation_days"]
    lasts = _("The link below is yours alone.")
    if respondent.user_id is None:
        lasts = ngettext(
            "The link below is yours alone and works for {count} day.",
            "The link below is yours alone and works for {count} days.",
            days,
        ).format(count=days)
    before = [_("Links of earlier mails work no more.")] if again else []
    details = " ".join((_("You need no account, only a name."), _(WHY_APART), *before, lasts))
    url = reverse("join", args=[token])
    transaction.on_commit(partial(send_mail, respondent.email, text, url, details), robust=True)


#: More of the team, or of other teams, than this are not listed; they can be asked by their addresses.
COLLEAGUES = 200


def colleagues(assessment: Assessment) -> tuple[list[tuple[User, str]], list[tuple[User, str]]]:
    """People of the team, and of the rest of the workspace, whom one may ask by name, each with where they belong.
    Two queries, however many people there are."""
    asked = assessment.respondents.filter(removed_at=None).exclude(user=None).values("user")
    memberships = assessment.workspace.memberships.filter(user__is_active=True).exclude(user__in=asked)
    in_order = memberships.select_related("user", "team").order_by("user__name", "user__email", "id")
    of_team = {each.user_id: each for each in in_order.filter(team=assessment.team_id)[:COLLEAGUES]}
    others: dict[int, Membership] = {}
    # Whoever has several places stands several times: some more are read than are listed.
    for each in in_order.exclude(user__memberships__team=assessment.team_id)[: 2 * COLLEAGUES]:
        others.setdefault(each.user_id, each)
    return _with_places(of_team.values()), _with_places(others.values())[:COLLEAGUES]


def _with_places(memberships: Iterable[Membership]) -> list[tuple[User, str]]:
    """Each person with the place: "Team member, Payments"."""
    return [
        (
            each.user,
            _("{role}, {team}").format(role=Role(each.role).label, team=each.team)
            if each.team
            else str(Role(each.role).label),
        )
        for each in memberships
    ]
