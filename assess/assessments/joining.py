"""Coming by a link, with an account or only a name: to a sheet that waits for somebody, or by a link for several.

Decides: where a link leads, when it leads nowhere any more and who must do what then, which name a guest may have.
Does not decide: who makes links (`respondents`), what is asked of whoever comes (`sheets`).
"""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assess.assessments.editions import questionnaire_of
from assess.assessments.log import record
from assess.assessments.models import Assessment, EventKind, GuestLink, Respondent
from assess.assessments.sheets import sheet_had, sheet_of
from assess.language import _, ngettext
from assess.people.facade import Ability, User, can, filter_readers, generate_token, hash_token, notify
from assess.questionnaire.facade import Issue, Questionnaire, ValidationFailed, check_name

#: Where a guest's address would stand; nobody can own one that ends so.
GUEST_ADDRESS = "guest-{}@guest.invalid"

#: Invisible and yet part of how some scripts write names; and letters that show nothing.
JOINERS = "\u200c\u200d"
FILLERS = "\u115f\u1160\u3164\uffa0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where a link leads: to a sheet that waits (`respondent`), or to one that is made for whoever comes (`link`)."""

    assessment: Assessment
    perspective: str
    sections: Sequence[str]
    asked_by: User
    respondent: Respondent | None = None
    link: GuestLink | None = None

    def questionnaire(self) -> Questionnaire:
        """What whoever comes is asked."""
        asked = Respondent(perspective=self.perspective, sections=list(self.sections))
        return sheet_of(questionnaire_of(self.assessment.edition), self.respondent or asked)


class ClosedDoorError(Exception):
    """A link that no longer leads anywhere: `heading` says why and `sentence` who must do what."""

    def __init__(self, code: str, heading: str, sentence: str) -> None:
        self.code, self.heading, self.sentence = code, heading, sentence
        super().__init__(code)


def open_door(token: str, *, hold: bool = False) -> Door | None:
    """Where this secret leads; None when it never led anywhere. Raises ClosedDoorError for one that did.

    With `hold`, only inside a transaction: the assessment is held against everybody else until it ends.
    """
    hashed = hash_token(token)
    if hold:
        leads_to = Q(respondents__token_hash=hashed) | Q(guest_links__token_hash=hashed)
        ids = list(Assessment.objects.filter(leads_to).values_list("pk", flat=True))
        list(Assessment.objects.select_for_update().filter(pk__in=ids))
    joined = ("assessment__system__team", "assessment__workspace", "assessment__edition", "assessment__submitted_by")
    respondent = Respondent.objects.select_related(*joined, "user", "asked_by").filter(token_hash=hashed).first()
    link = None
    if respondent is None:
        link = GuestLink.objects.select_related(*joined, "created_by").filter(token_hash=hashed).first()
    found = respondent or link
    if found is None:
        return None
    asked_by = respondent.asked_by if respondent else link.created_by  # type: ignore[union-attr]  # one of the two is
    door = Door(
        assessment=found.assessment,
        perspective=found.perspective,
        sections=found.sections,
        asked_by=asked_by,
        respondent=respondent,
        link=link,
    )
    _check_open(door)
    return door


def _check_open(door: Door) -> None:
    assessment, who, now = door.assessment, door.asked_by, timezone.now()
    named = {"person": who, "system": assessment.system, "version": assessment.version, "team": assessment.system.team}
    if assessment.deleted_at is not None:
        sentence = _("Ask {person} what to do: it was deleted.")
        raise ClosedDoorError("deleted", _("This assessment is gone"), sentence.format(**named))
    if door.respondent is not None and door.respondent.removed_at is not None:
        sentence = _(
            "You are no longer asked to answer {system}, version {version}. "
            "If that is a mistake, ask {person} to ask you again."
        )
        raise ClosedDoorError("removed", _("You are no longer asked"), sentence.format(**named))
    if assessment.submitted_at is not None:
        sentence = _(
            "{system}, version {version}, was submitted by {submitter}. There is nothing left for you to do; thank you."
        ).format(submitter=assessment.submitted_by, **named)
        raise ClosedDoorError("submitted", _("Answering is over"), sentence)
    if not assessment.independent:
        sentence = _(
            "The team answers {system}, version {version} together again. "
            "There is nothing for you to do; {person} can tell you more."
        )
        raise ClosedDoorError("together", _("Your answers are not needed just now"), sentence.format(**named))
    if door.link is not None and door.link.revoked_at is not None:
        sentence = _("Ask {person} for a new link if you should answer.")
        raise ClosedDoorError("revoked", _("This link was withdrawn"), sentence.format(**named))
    if door.link is not None and not (who.is_active and can(who, Ability.ASK, assessment.system.team)):
        sentence = _("{person}, who made it, no longer leads {team}. Ask the team for a new link.")
        raise ClosedDoorError("withdrawn", _("This link was withdrawn"), sentence.format(**named))
    ends = door.link.expires_at if door.link else door.respondent.expires_at if door.respondent else None
    if ends is not None and ends <= now:
        sentence = _("Ask {person} for a new link.")
        raise ClosedDoorError("expired", _("This link has expired"), sentence.format(**named))
    most = settings.LIMITS["guests_per_link"]
    if door.link is not None and door.link.respondents.count() >= most:
        sentence = ngettext(
            "{count} people came by this link, as many as may. Ask {person} for another.",
            "{count} people came by this link, as many as may. Ask {person} for another.",
            most,
        )
        raise ClosedDoorError("full", _("This link is used up"), sentence.format(count=most, **named))


@transaction.atomic
def join_as_guest(token: str, *, name: str) -> tuple[Respondent, str]:
    """Come by a link with nothing but a name. Returns the respondent, and the token of their way back where the link
    is not theirs alone ("" otherwise). Raises ClosedDoorError, ValidationFailed (the name), Respondent.DoesNotExist."""
    name = _name_of_guest(name)
    door = open_door(token, hold=True)
    if door is None:
        raise Respondent.DoesNotExist
    if door.respondent is not None and door.respondent.user_id is not None:
        # A second press of the button: whoever has the link is this guest.
        return door.respondent, ""
    guest = User.objects.create_user(
        GUEST_ADDRESS.format(secrets.token_hex(16)), name=name, is_guest=True, wants_mail=False
    )
    way_back = ""
    if door.respondent is None:
        way_back, hashed = generate_token()
        return _join(door, guest, token_hash=hashed), way_back
    return _join(door, guest), way_back


@transaction.atomic
def join_as(token: str, *, by: User) -> Respondent:
    """Come by a link with an account. Raises ClosedDoorError, PermissionDenied for somebody else's link,
    Respondent.DoesNotExist."""
    door = open_door(token, hold=True)
    if door is None:
        raise Respondent.DoesNotExist
    if why_not_theirs(door, by):
        raise PermissionDenied("somebody else's link")
    if door.respondent is not None and door.respondent.user_id is not None:
        return door.respondent
    known = sheet_had(door.assessment, by)
    if known is not None and known.removed_at is None:
        return known
    if known is not None and door.link is not None:
        sentence = _("You were asked before and removed again. Ask {person} to ask you by name.")
        raise ClosedDoorError("removed", _("You are no longer asked"), sentence.format(person=door.asked_by))
    return _join(door, by)


def why_not_theirs(door: Door, user: User) -> str:
    """Why this signed-in person cannot use the link, as a sentence that says what to do; "" when they can."""
    respondent = door.respondent
    if respondent is None or respondent.user_id == user.pk:
        return ""
    if respondent.user_id is not None:
        return _("This link is {person}’s, and you are signed in as {user}. Sign out first if it is yours.").format(
            person=respondent.user, user=user
        )
    if user.is_guest:
        sentence = _("You are answering as {user} at present. Leave first if this link is for you as well.")
        return sentence.format(user=user)
    if respondent.email and respondent.email.lower() != user.email.lower():
        return _(
            "This link was sent to {address}, and you are signed in as {own_address}. "
            "Sign out and open it again, or ask {person} to ask you by name."
        ).format(address=respondent.email, own_address=user.email, person=door.asked_by)
    return ""


def _join(door: Door, person: User, *, token_hash: str | None = None) -> Respondent:
    now = timezone.now()
    respondent = door.respondent or Respondent(
        assessment=door.assessment,
        perspective=door.perspective,
        sections=list(door.sections),
        asked_by=door.asked_by,
        guest_link=door.link,
        token_hash=token_hash,
    )
    respondent.user, respondent.joined_at = person, now
    if person.is_guest:
        respondent.expires_at = None  # their way back for as long as the version takes answers
    else:
        respondent.token_hash = None  # they come by their account
    respondent.save()
    record(door.assessment, EventKind.JOINED, by=person, at=now, respondent_id=respondent.pk)
    if door.respondent is not None:  # one who was waited for; twenty by a link for many would be twenty mails
        asker = filter_readers([door.asked_by], door.assessment.system.team)
        text = _("{person} came to answer {system}").format(person=person, system=door.assessment.system)
        notify(asker, text, reverse("assessment-people", args=[door.assessment.pk]))
    return respondent


def _name_of_guest(name: str) -> str:
    try:
        checked = check_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as refused:
        raise refused.keyed("name") from refused
    hidden = next((letter for letter in checked if unicodedata.category(letter) == "Cf" and letter not in JOINERS), "")
    if hidden:
        message = _("Remove the invisible character {code}; type your name anew").format(code=f"U+{ord(hidden):04X}")
        raise ValidationFailed([Issue(code="invisible", key="name", message=message)])
    if not any(letter.isalnum() and letter not in FILLERS for letter in checked):
        message = _("Enter your name as those who asked you know it")
        raise ValidationFailed([Issue(code="no_name", key="name", message=message)])
    return checked


@transaction.atomic
def new_way_back(respondent: Respondent, *, by: User) -> str:
    """A new personal link for a guest; the one before works no more. Returns its token, shown once."""
    held = Respondent.objects.select_for_update().get(pk=respondent.pk)
    if held.user_id != by.pk or not by.is_guest or held.removed_at is not None:
        raise PermissionDenied("another's sheet")
    token, held.token_hash = generate_token()
    held.save(update_fields=("token_hash",))
    return token
