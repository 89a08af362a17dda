"""Asking people to answer separately: ask, remind, remove, finish. Each action is a transaction with its event.

Decides whom a team may ask, by name, by mail or by a link for several, and how often somebody is reminded. What they
are asked is decided by `assignments`, what they see of others by `response_visibility`, how they accept a link by
`invitation_links`, what becomes of shared answers by `response_mode`. Actions raise PermissionDenied, or
ValidationFailed with what to do instead.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.assignments import assigned_sections, has_left_workspace
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Assessment, GuestLink, Respondent
from assess.assessments.perspectives import Perspective
from assess.assessments.response_mode import assign_respondent, record_assignment, start_separate_answers
from assess.language import N_, _, any_of, ngettext
from assess.people.facade import (
    Ability,
    MailKind,
    MailLimitReached,
    User,
    build_mail,
    check_address_confirmed,
    check_can,
    check_mail_limits,
    check_mail_name,
    filter_readers,
    generate_token,
    lock_invitation_limit,
    normalize_address,
    notify,
    queue_mails,
    recent_invitation_times,
)
from assess.questionnaire.facade import Issue, ValidationFailed

#: The least time between two reminders of the same person.
BETWEEN_REMINDERS = timedelta(days=1)


@transaction.atomic
def ask_to_answer(
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
    new_respondents: list[Respondent] = []
    if people:
        new_respondents += ask_people(assessment, people=people, perspective=perspective, sections=sections, by=by)
    if emails:
        new_respondents += ask_by_mail(assessment, emails=emails, perspective=perspective, sections=sections, by=by)
    return new_respondents


@transaction.atomic
def ask_people(
    assessment: Assessment,
    *,
    people: Collection[User],
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> list[Respondent]:
    """Ask these people of the workspace to answer separately. Whoever was removed before gets their answers back."""
    locked = lock_for_asking(assessment, by=by)
    now = timezone.now()
    issues = [
        Issue(
            code="not_here",
            key="people",
            message=_("Ask {person} by mail; they are not in {workspace}").format(
                person=person, workspace=locked.workspace
            ),
        )
        for person in people
        if not person.is_active or not person.memberships.filter(workspace=locked.workspace_id).exists()
    ]
    perspective, slugs = check_assignment(locked, perspective, sections, issues)
    if not people:
        issues.append(Issue(code="nobody", key="people", message=_("Choose whom to ask")))
    if issues:
        raise ValidationFailed(issues)
    start_separate_answers(locked, by=by, at=now)
    new_respondents = [assign_respondent(locked, person, perspective, slugs, by=by, at=now) for person in people]
    others = [respondent.user for respondent in new_respondents if respondent.user and respondent.user != by]
    notify(
        others, request_sentence(locked, by), reverse("assessment-mine", args=[locked.pk]), details=_(WHY_SEPARATELY)
    )
    return new_respondents


WHY_SEPARATELY = N_("Nobody sees your answer to a question before giving their own, and you see theirs after yours.")


def request_sentence(locked: Assessment, by: User) -> str:
    """The sentence of the notice or mail."""
    return _("{person} asks you to answer {system}, version {version}").format(
        person=by, system=locked.system, version=locked.version
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
    locked = lock_for_asking(assessment, by=by)
    now = timezone.now()
    issues: list[Issue] = []
    perspective, slugs = check_assignment(locked, perspective, sections, issues)
    addresses = read_addresses(emails, issues)
    members = {
        user.email.lower(): user
        for user in User.objects.filter(
            email__in=addresses, is_active=True, is_guest=False, memberships__workspace=locked.workspace_id
        ).distinct()
    }
    asked_already = locked.respondents.filter(removed_at=None).exclude(email="").values_list("email", flat=True)
    for address in addresses:
        if address in asked_already:
            message = _("{address} is asked already: remind them instead").format(address=address)
            issues.append(Issue(code="asked_already", key="emails", message=message))
    by_mail = [address for address in addresses if address not in members]
    if by_mail:
        check_address_confirmed(by)
        lock_invitation_limit(by)
    left = mails_left(by, at=now)
    if len(by_mail) > left:
        issues.append(too_many_mails(left))
    if not addresses and not issues:
        issues.append(Issue(code="nobody", key="emails", message=_("Enter the addresses of those to ask")))
    if issues:
        raise ValidationFailed(issues)
    new_respondents = []
    if members:
        new_respondents += ask_people(
            locked, people=list(members.values()), perspective=perspective, sections=slugs, by=by
        )
    if by_mail:
        check_mail_to_strangers(locked, by_mail)
    start_separate_answers(locked, by=by, at=now)
    for address in by_mail:
        token, hashed = generate_token()
        respondent = Respondent.objects.create(
            assessment=locked,
            perspective=perspective,
            sections=slugs,
            email=address,
            token_hash=hashed,
            expires_at=now + timedelta(days=settings.LIMITS["invitation_days"]),
            asked_at=now,
            asked_by=by,
        )
        record_assignment(locked, respondent, by=by, at=now)
        send_personal_link(respondent, token, request_sentence(locked, by), by=by)
        new_respondents.append(respondent)
    return new_respondents


@transaction.atomic
def make_guest_link(
    assessment: Assessment,
    *,
    perspective: str = Perspective.DEVELOPER,
    sections: Sequence[str] = (),
    by: User,
) -> tuple[GuestLink, str]:
    """A link by which several people can answer without an account, and its token: shown once, then forgotten."""
    locked = lock_for_asking(assessment, by=by)
    issues: list[Issue] = []
    perspective, slugs = check_assignment(locked, perspective, sections, issues)
    if issues:
        raise ValidationFailed(issues)
    now = timezone.now()
    start_separate_answers(locked, by=by, at=now)
    token, hashed = generate_token()
    link = GuestLink.objects.create(
        assessment=locked,
        perspective=perspective,
        sections=slugs,
        token_hash=hashed,
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=settings.LIMITS["invitation_days"]),
    )
    payload = {"guest_link": link.pk, "perspective": perspective}
    record_event(locked, EventKind.ASKED, by=by, at=now, payload=payload, rows=[link])
    return link, token


@transaction.atomic
def revoke_guest_link(assessment: Assessment, link_id: int, *, by: User) -> None:
    """Nobody else can join by this link; people who have joined stay."""
    check_can(by, Ability.ASK, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    now = timezone.now()
    link = locked.guest_links.filter(pk=link_id, revoked_at=None).first()
    if link is None:
        raise ValidationFailed([Issue(code="no_link", message=_("Nothing to do: this link no longer works"))])
    link.revoked_at, link.revoked_by = now, by
    link.save(update_fields=("revoked_at", "revoked_by"))
    record_event(locked, EventKind.REMOVED, by=by, at=now, payload={"guest_link": link_id}, rows=[link])


@transaction.atomic
def remind_respondent(assessment: Assessment, respondent_id: int, *, by: User) -> Respondent:
    """Tell somebody again that their answers are missing. Whoever was asked by mail gets a new link in place of the
    earlier one."""
    locked = lock_for_asking(assessment, by=by)
    respondent = get_asked_respondent(locked, respondent_id)
    now = timezone.now()
    policies.raise_if_issue(why_not_remind(respondent, at=now))
    text = _("{person} is waiting for your answers on {system}, version {version}").format(
        person=by, system=locked.system, version=locked.version
    )
    respondent.reminded_at = now
    person = respondent.user
    if person is not None and not person.is_guest:
        notify([person], text, reverse("assessment-mine", args=[locked.pk]), details=_(WHY_SEPARATELY))
    else:
        check_address_confirmed(by)
        lock_invitation_limit(by)
        if not mails_left(by, at=now):
            raise ValidationFailed([too_many_mails(0)])
        token, respondent.token_hash = generate_token()
        if person is None:
            respondent.expires_at = now + timedelta(days=settings.LIMITS["invitation_days"])
        check_mail_to_strangers(locked, [respondent.email])
        send_personal_link(respondent, token, text, by=by, again=True)
    respondent.save(update_fields=("reminded_at", "token_hash", "expires_at"))
    record_event(locked, EventKind.REMINDED, by=by, at=now, respondent_id=respondent.pk)
    return respondent


@transaction.atomic
def remove_respondent(assessment: Assessment, respondent_id: int, *, by: User) -> Respondent:
    """Stop asking somebody. Their answers stay in the log and no longer count; asking them again brings them back."""
    locked = lock_for_asking(assessment, by=by)
    respondent = get_asked_respondent(locked, respondent_id)
    policies.raise_if_issue(why_not_without(locked, respondent))
    respondent.removed_at, respondent.removed_by = timezone.now(), by
    respondent.save(update_fields=("removed_at", "removed_by"))
    record_event(
        locked, EventKind.REMOVED, by=by, at=respondent.removed_at, respondent_id=respondent.pk, rows=[respondent]
    )
    return respondent


@transaction.atomic
def change_sections(
    assessment: Assessment, respondent_id: int, *, perspective: str, sections: Sequence[str] = (), by: User
) -> Respondent:
    """Ask somebody other sections. Their answers in earlier ones stay and count."""
    locked = lock_for_asking(assessment, by=by)
    respondent = get_asked_respondent(locked, respondent_id)
    issues: list[Issue] = []
    now, questionnaire = timezone.now(), questionnaire_of(locked.edition)
    before = assigned_sections(questionnaire, respondent)
    old_perspective = respondent.perspective
    respondent.perspective, respondent.sections = check_assignment(locked, perspective, sections, issues)
    if respondent.perspective != old_perspective and (issue := why_not_without(locked, respondent)):
        issues.append(issue)
    if issues:
        raise ValidationFailed(issues)
    is_more = any(section not in before for section in assigned_sections(questionnaire, respondent))
    if is_more and respondent.user and filter_readers([respondent.user], locked.system.team):
        respondent.asked_at = now  # until now they could see others' answers there (`find_asked_late`)
    respondent.save(update_fields=("perspective", "sections", "asked_at"))
    record_assignment(locked, respondent, by=by, at=now)
    return respondent


@transaction.atomic
def show_names(assessment: Assessment, shown: bool, *, by: User) -> None:
    """Show or hide names beside answers."""
    locked = lock_for_asking(assessment, by=by)
    if locked.names_shown == shown:
        return
    if shown:
        policies.raise_if_issue(why_not_show_names(locked))
    locked.names_shown = shown
    locked.save(update_fields=("names_shown",))
    record_event(locked, EventKind.NAMES, by=by, payload={"shown": shown}, rows=[locked])


@transaction.atomic
def answer_for_oneself(assessment: Assessment, *, by: User) -> Respondent:
    """Make somebody who answers for the team and was not asked a respondent."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    policies.raise_if_issue(policies.why_not_answer(locked))
    policies.raise_if_issue(policies.why_not_separately(locked))
    every_section = [section.slug for section in questionnaire_of(locked.edition).sections]
    return assign_respondent(locked, by, Perspective.DEVELOPER, every_section, by=by, at=timezone.now())


@transaction.atomic
def finish_answering(respondent: Respondent, finished: bool = True, *, by: User) -> Respondent:
    """Mark the respondent as done, or as not done after all. Answers may change either way."""
    assessment = Assessment.objects.locked(respondent.assessment_id)
    locked = Respondent.objects.select_for_update().select_related("asked_by").get(pk=respondent.pk)
    if locked.user_id != by.pk:
        raise PermissionDenied("another person's answers")
    policies.raise_if_issue(policies.why_not_answer(assessment))
    policies.raise_if_issue(policies.why_not_separately(assessment))
    if locked.removed_at is not None:
        raise ValidationFailed([Issue(code="removed", message=_("Nothing to do: you are no longer asked to answer"))])
    if has_left_workspace(locked):
        message = _("Nothing to do: you no longer belong to the workspace")
        raise ValidationFailed([Issue(code="has_left", message=message)])
    if (locked.finished_at is not None) == finished:
        return locked
    now = timezone.now()
    locked.finished_at = now if finished else None
    locked.save(update_fields=("finished_at",))
    payload = {"finished": finished}
    record_event(assessment, EventKind.FINISHED, by=by, at=now, payload=payload, respondent_id=locked.pk, rows=[locked])
    waiting = assessment.respondents.filter(removed_at=None, finished_at=None).exists()
    # With hidden names nobody is told whose answers came just now; that all are there tells nothing.
    tells = not waiting or (locked.guest_link_id is None and assessment.names_shown)
    if finished and locked.asked_by_id != by.pk and tells:
        text = _("{person} has answered {system}; so have all who were asked")
        if waiting:
            text = _("{person} has answered {system}")
        elif not assessment.names_shown:
            text = _("All who were asked have answered {system}")
        text = text.format(person=by, system=assessment.system)
        people_url = reverse("assessment-people", args=[assessment.pk])
        notify(filter_readers([locked.asked_by], assessment.system.team), text, people_url)
    return locked


def lock_for_asking(assessment: Assessment, *, by: User) -> Assessment:
    """The open assessment, locked. Raises PermissionDenied, and ValidationFailed for one that is closed."""
    check_can(by, Ability.ASK, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    policies.raise_if_issue(policies.why_not_answer(locked))
    return locked


def get_asked_respondent(locked: Assessment, respondent_id: int) -> Respondent:
    """Somebody who is still asked to answer this assessment. Raises ValidationFailed for anybody else."""
    respondent = locked.respondents.select_related("user").filter(pk=respondent_id, removed_at=None).first()
    if respondent is None:
        raise ValidationFailed([Issue(code="not_asked", message=_("Nothing to do: this person is not asked any more"))])
    return respondent


def why_not_show_names(locked: Assessment) -> Issue | None:
    """Names stay hidden once somebody answered without theirs."""
    hidden = locked.events.filter(kind=EventKind.NAMES).order_by("-number").first()
    kinds = (EventKind.ANSWERED, EventKind.CLEARED)
    since = locked.events.filter(kind__in=kinds, number__gt=hidden.number if hidden else 0)
    if not since.exclude(respondent=None).exists():
        return None
    message = _("Leave names hidden: people answered this version without theirs. The next one may show names")
    return Issue(code="answered_without_names", message=message)


def why_not_without(locked: Assessment, respondent: Respondent) -> Issue | None:
    """With hidden names nobody's answers are taken out of the count, or moved to another role: what changes by it would
    tell what they answered."""
    if locked.names_shown or not respondent.responses.exists():
        return None
    message = _("Leave {person} as asked: names are hidden, and what changes would tell what they answered")
    return Issue(code="would_tell", message=message.format(person=respondent))


def has_address(respondent: Respondent) -> bool:
    """Whether there is a way to write to them: an account, or the address they were asked at."""
    person = respondent.user
    return bool(respondent.email) or (person is not None and not person.is_guest)


def why_not_remind(respondent: Respondent, *, at: datetime) -> Issue | None:
    if respondent.finished_at is not None:
        message = _("Nothing to do: {person} has finished answering")
        return Issue(code="finished", message=message.format(person=respondent))
    if not has_address(respondent):
        message = _("Tell {person} yourself; there is no address to write to")
        return Issue(code="no_address", message=message.format(person=respondent))
    if has_left_workspace(respondent):
        message = _("Remove {person}: they no longer belong to {workspace}")
        message = message.format(person=respondent, workspace=respondent.assessment.workspace)
        return Issue(code="has_left", message=message)
    before = respondent.reminded_at or respondent.asked_at
    if at - before < BETWEEN_REMINDERS:
        message = _("Wait until tomorrow; {person} was asked or reminded within the last day")
        return Issue(code="too_soon", message=message.format(person=respondent))
    return None


def check_assignment(
    locked: Assessment, perspective: str, sections: Sequence[str], issues: list[Issue]
) -> tuple[str, list[str]]:
    """The perspective and the sections as they are stored; adds to `issues` what is wrong with them."""
    if perspective not in Perspective.values:
        message = _("Choose {perspectives}").format(perspectives=any_of(Perspective.values))
        issues.append(Issue(code="unknown_perspective", key="perspective", message=message))
    known = [section.slug for section in questionnaire_of(locked.edition).sections]
    for slug in sections:
        if slug not in known:
            message = _("Choose from this questionnaire’s sections")
            issues.append(Issue(code="unknown_section", key="sections", message=message))
            break
    return str(perspective), [slug for slug in known if slug in sections]


def read_addresses(emails: Sequence[str], issues: list[Issue]) -> list[str]:
    """The addresses in the form in which they are stored, each once; adds to `issues` each one that is none."""
    addresses: dict[str, None] = {}
    for email in emails:
        address = normalize_address(email)
        if not address:
            continue
        try:
            validate_email(address)
        except ValidationError:
            message = _("Enter a full address such as ana@example.org instead of “{text}”")
            message = message.format(text=email.strip()[:80])
            issues.append(Issue(code="bad_address", key="emails", message=message))
            continue
        addresses[address] = None
    return list(addresses)


def mails_left(by: User, *, at: datetime) -> int:
    """How many people this person may still write to: invitations and asks of the last 24 hours count together."""
    return max(0, settings.LIMITS["invitations_per_day"] - len(recent_invitation_times(by, at=at)))


def too_many_mails(left: int) -> Issue:
    """The problem when a person may write to `left` more people only."""
    limit = settings.LIMITS["invitations_per_day"]
    message = _(
        "Ask fewer by mail: the limit is {limit} people a day, and you have none left today. A guest link needs no mail"
    )
    if left:
        message = ngettext(
            "Ask fewer by mail: the limit is {limit} people a day, and you have {count} left today. "
            "A guest link needs no mail",
            "Ask fewer by mail: the limit is {limit} people a day, and you have {count} left today. "
            "A guest link needs no mail",
            left,
        )
    return Issue(code="too_many_mails", key="emails", message=message.format(limit=limit, count=left))


def check_mail_to_strangers(locked: Assessment, addresses: Sequence[str]) -> None:
    """Raises ValidationFailed where a mail would carry a link in the system's name, or too many went there today."""
    try:
        check_mail_name(locked.system.name, settings.LIMITS["name"])
        check_mail_limits(addresses, workspace=locked.workspace)
    except ValidationFailed:
        message = _("Ask by a guest link: the name of this system reads like a web address, and no mail may carry one")
        raise ValidationFailed([Issue(code="link_in_name", key="emails", message=message)]) from None
    except MailLimitReached as limit:
        raise ValidationFailed([Issue(code="too_many_mails", key="emails", message=str(limit).rstrip("."))]) from None


def send_personal_link(respondent: Respondent, token: str, text: str, *, by: User, again: bool = False) -> None:
    """Mail the respondent their link, in the name of `by`. With `again`, it says that earlier links no longer work."""
    days = settings.LIMITS["invitation_days"]
    lasts = _("The link below is yours alone.")
    if respondent.user_id is None:
        lasts = ngettext(
            "The link below is yours alone and works for {count} day.",
            "The link below is yours alone and works for {count} days.",
            days,
        ).format(count=days)
    before = [_("Links in earlier mails no longer work.")] if again else []
    details = " ".join((_("You need no account, only a name."), _(WHY_SEPARATELY), *before, lasts))
    url = reverse("join", args=[token])
    queue_mails(
        [
            build_mail(
                respondent.email,
                text,
                url,
                details,
                kind=MailKind.INVITATION,
                about=reverse("assessment-people", args=[respondent.assessment_id]),
                by=by,
                workspace=respondent.assessment.workspace,
            )
        ]
    )
