"""Accepting an invitation by link, with an account or only a name: one person's own link, or a guest link for several.

Decides where a link leads, when it has expired and who must do what then, and which name a guest may have. Who makes
links is decided by `respondents`, what the person is asked by `assignments`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assess.assessments.assignments import assigned_questionnaire, latest_respondent_of
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Assessment, GuestLink, Respondent
from assess.language import _, ngettext
from assess.people.facade import Ability, User, can, check_mail_name, filter_readers, generate_token, hash_token, notify
from assess.questionnaire.facade import Issue, Questionnaire, ValidationFailed

#: A guest's address: nobody can own one that ends so.
GUEST_ADDRESS = "guest-{}@guest.invalid"

#: When so many guests joined from one network address, whoever asked them is told, once.
MANY_FROM_ONE_SOURCE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkTarget:
    """Where a link leads: to a `respondent` who waits for their person, or, by a `link` for several, to a new one."""

    assessment: Assessment
    perspective: str
    sections: Sequence[str]
    asked_by: User
    respondent: Respondent | None = None
    link: GuestLink | None = None

    def questionnaire(self) -> Questionnaire:
        """The questions for the person who joins by this link."""
        anybody = Respondent(perspective=self.perspective, sections=list(self.sections))
        return assigned_questionnaire(questionnaire_of(self.assessment.edition), self.respondent or anybody)


class LinkExpired(Exception):  # noqa: N818 -- a word of our glossary
    """A link that no longer works: `heading` says why and `sentence` who must do what."""

    def __init__(self, code: str, heading: str, sentence: str) -> None:
        self.code, self.heading, self.sentence = code, heading, sentence
        super().__init__(code)


def resolve_link(token: str, *, lock: bool = False) -> LinkTarget | None:
    """Where this secret leads; None when it never led anywhere. Raises LinkExpired for one that no longer works.

    With `lock`, only inside a transaction: the assessment is locked until it ends.
    """
    hashed = hash_token(token)
    if lock:
        assessments = Assessment.objects.filter(
            Q(respondents__token_hash=hashed) | Q(guest_links__token_hash=hashed)
        ).distinct()
        for pk in assessments.order_by("pk").values_list("pk", flat=True):
            Assessment.objects.locked(pk)
    joined = ("assessment__system__team", "assessment__workspace", "assessment__edition", "assessment__submitted_by")
    respondent = Respondent.objects.select_related(*joined, "user", "asked_by").filter(token_hash=hashed).first()
    if respondent is not None:
        target = LinkTarget(
            assessment=respondent.assessment,
            perspective=respondent.perspective,
            sections=respondent.sections,
            asked_by=respondent.asked_by,
            respondent=respondent,
        )
    else:
        link = GuestLink.objects.select_related(*joined, "created_by").filter(token_hash=hashed).first()
        if link is None:
            return None
        target = LinkTarget(
            assessment=link.assessment,
            perspective=link.perspective,
            sections=link.sections,
            asked_by=link.created_by,
            link=link,
        )
    check_not_expired(target)
    return target


def check_not_expired(target: LinkTarget) -> None:
    """Raises LinkExpired for a link that no longer leads to answering."""
    assessment, who, now = target.assessment, target.asked_by, timezone.now()
    named = {"person": who, "system": assessment.system, "version": assessment.version, "team": assessment.system.team}
    if assessment.deleted_at is not None:
        sentence = _("Ask {person} what to do: it was deleted.")
        raise LinkExpired("deleted", _("This assessment is gone"), sentence.format(**named))
    if target.respondent is not None and target.respondent.removed_at is not None:
        sentence = _(
            "You are no longer asked to answer {system}, version {version}. "
            "If that is a mistake, ask {person} to ask you again."
        )
        raise LinkExpired("removed", _("You are no longer asked"), sentence.format(**named))
    if assessment.submitted_at is not None:
        sentence = _(
            "{system}, version {version}, was submitted by {submitter}. There is nothing left for you to do; thank you."
        ).format(submitter=assessment.submitted_by, **named)
        raise LinkExpired("submitted", _("Answering is over"), sentence)
    if not assessment.answers_separately:
        sentence = _(
            "The team shares its answers to {system}, version {version} again. "
            "There is nothing for you to do; {person} can tell you more."
        )
        raise LinkExpired("together", _("You have nothing to answer now"), sentence.format(**named))
    if target.link is not None and target.link.revoked_at is not None:
        sentence = _("Ask {person} for a new link if you should answer.")
        raise LinkExpired("revoked", _("This link was withdrawn"), sentence.format(**named))
    if target.link is not None and not (who.is_active and can(who, Ability.ASK, assessment.system.team)):
        sentence = _("{person}, who made it, no longer leads {team}. Ask the team for a new link.")
        raise LinkExpired("withdrawn", _("This link was withdrawn"), sentence.format(**named))
    ends = target.link.expires_at if target.link else target.respondent.expires_at if target.respondent else None
    if ends is not None and ends <= now:
        sentence = _("Ask {person} for a new link.")
        raise LinkExpired("expired", _("This link has expired"), sentence.format(**named))
    most = settings.LIMITS["guests_per_link"]
    if target.link is not None and target.link.respondents.count() >= most:
        sentence = ngettext(
            "{count} people joined by this link, the most it allows. Ask {person} for another.",
            "{count} people joined by this link, the most it allows. Ask {person} for another.",
            most,
        )
        raise LinkExpired("full", _("This link is full"), sentence.format(count=most, **named))


@transaction.atomic
def join_as_guest(token: str, *, name: str, address: str = "") -> tuple[Respondent, str]:
    """Join by a link with only a name, from a network `address`. Returns the respondent, and a token for their personal
    link where they came by a link for several ("" otherwise). Raises LinkExpired, ValidationFailed (the name),
    Respondent.DoesNotExist."""
    name = check_guest_name(name)
    target = resolve_link(token, lock=True)
    if target is None:
        raise Respondent.DoesNotExist
    if target.respondent is not None and target.respondent.user_id is not None:
        # A second press of the button: the person with the link is this guest.
        return target.respondent, ""
    guest = User.objects.create_user(
        GUEST_ADDRESS.format(secrets.token_hex(16)), name=name, is_guest=True, wants_mail=False
    )
    source = hash_source(target.assessment, address)
    if target.respondent is None:
        personal_token, hashed = generate_token()
        return save_joined(target, guest, token_hash=hashed, source=source), personal_token
    return save_joined(target, guest, source=source), ""


def hash_source(assessment: Assessment, address: str) -> str:
    """What is stored of a guest's network address: tells the same one within an assessment, and nothing else."""
    if not address:
        return ""
    return salted_hmac("assess.guest.source", f"{assessment.pk}:{address}", algorithm="sha256").hexdigest()


@transaction.atomic
def join_with_account(token: str, *, by: User) -> Respondent:
    """Join by a link with an account. Raises LinkExpired, PermissionDenied for somebody else's link,
    Respondent.DoesNotExist."""
    target = resolve_link(token, lock=True)
    if target is None:
        raise Respondent.DoesNotExist
    if why_not_usable_by(target, by):
        raise PermissionDenied("somebody else's link")
    if target.respondent is not None and target.respondent.user_id is not None:
        return target.respondent
    known = latest_respondent_of(by, target.assessment)
    if known is not None and known.removed_at is None:
        return known
    if known is not None and target.link is not None:
        sentence = _("You were asked before and removed again. Ask {person} to ask you by name.")
        raise LinkExpired("removed", _("You are no longer asked"), sentence.format(person=target.asked_by))
    return save_joined(target, by)


def why_not_usable_by(target: LinkTarget, user: User) -> str:
    """Why this signed-in person cannot use the link, as a sentence that says what to do; "" when they can."""
    respondent = target.respondent
    if respondent is None or respondent.user_id == user.pk:
        return ""
    if respondent.user_id is not None:
        return _("This link is {person}’s, and you are signed in as {user}. Sign out first if it is yours.").format(
            person=respondent.user, user=user
        )
    if user.is_guest:
        sentence = _("You are answering as {user} now. Leave first if this link is for you as well.")
        return sentence.format(user=user)
    if respondent.email and respondent.email.lower() != user.email.lower():
        return _(
            "This link was sent to {address}, and you are signed in as {own_address}. "
            "Sign out and open it again, or ask {person} to ask you by name."
        ).format(address=respondent.email, own_address=user.email, person=target.asked_by)
    return ""


def save_joined(target: LinkTarget, person: User, *, token_hash: str | None = None, source: str = "") -> Respondent:
    """Save the respondent with this person as their user, and notify the person who asked."""
    now = timezone.now()
    respondent = target.respondent or Respondent(
        assessment=target.assessment,
        perspective=target.perspective,
        sections=list(target.sections),
        asked_by=target.asked_by,
        guest_link=target.link,
        token_hash=token_hash,
    )
    respondent.user, respondent.joined_at, respondent.source = person, now, source
    if person.is_guest:
        respondent.expires_at = None  # works as long as the version takes answers
    else:
        respondent.token_hash = None  # from now on they sign in
    respondent.save()
    record_event(target.assessment, EventKind.JOINED, by=person, at=now, respondent_id=respondent.pk, rows=[respondent])
    if target.respondent is not None:  # by a link for several, twenty people would be twenty mails
        asker = filter_readers([target.asked_by], target.assessment.system.team)
        text = _("{person} joined to answer {system}").format(person=person, system=target.assessment.system)
        notify(asker, text, reverse("assessment-people", args=[target.assessment.pk]))
    same_source = target.assessment.respondents.filter(removed_at=None, source=source)
    if source and same_source.count() == MANY_FROM_ONE_SOURCE:
        asker = filter_readers([target.asked_by], target.assessment.system.team)
        text = _("{count} guests joined from one network address to answer {system}: one office, or one person")
        text = text.format(count=MANY_FROM_ONE_SOURCE, system=target.assessment.system)
        notify(asker, text, reverse("assessment-people", args=[target.assessment.pk]))
    return respondent


def check_guest_name(name: str) -> str:
    """The name without needless spaces. Raises ValidationFailed for one that is empty or has invisible characters."""
    try:
        checked = check_mail_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as error:
        raise error.keyed("name") from error
    if not any(letter.isalnum() for letter in checked):
        message = _("Enter your name as the people who asked you know it")
        raise ValidationFailed([Issue(code="no_name", key="name", message=message)])
    return checked


@transaction.atomic
def replace_personal_link(respondent: Respondent, *, by: User) -> str:
    """A new personal link for a guest in place of the earlier one. Returns its token, which is shown once."""
    locked = Respondent.objects.select_for_update().get(pk=respondent.pk)
    if locked.user_id != by.pk or not by.is_guest or locked.removed_at is not None:
        raise PermissionDenied("another person's answers")
    token, locked.token_hash = generate_token()
    locked.save(update_fields=("token_hash",))
    return token
