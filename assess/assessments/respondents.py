"""Respondents: who is asked to answer an assessment on their own, what they are asked, and what they may see of others.

Decides: which sections are asked from which perspective; when a version turns from one common sheet to a sheet for each
and back; that nobody sees others' answers to a question before giving their own; how people come by mail or by link.
Does not decide: how an answer is saved (`saving`), what several answers come to (`combined`), who may ask
(`people.permissions`).
Each action is one transaction with its event inside, and raises PermissionDenied, or Refused with what to do instead.
"""

import secrets
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from assess.assessments import policies
from assess.assessments.combined import combine
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import Entry, event_of, payload_of, record, write
from assess.assessments.models import (
    Agreement,
    Answer,
    Assessment,
    EventKind,
    GuestLink,
    Perspective,
    Respondent,
    Response,
    System,
)
from assess.assessments.progress import Progress, progress_of
from assess.assessments.words import answer_in_words
from assess.language import N_, _, any_of, ngettext
from assess.people.invitations import hold_limit, sent_lately
from assess.people.links import hash_of, new_token
from assess.people.models import Membership, Role, User
from assess.people.notices import send, tell
from assess.people.permissions import Ability, can, check_can, readers_among
from assess.questionnaire.answers import check_name, is_asked
from assess.questionnaire.problems import Problem, Refused
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.schema import Answers, Question, Questionnaire, Section

#: Which sections each perspective is asked: what these people can know at first hand. Our own judgement; S1 and S4 only
#: say that business and operations see other things than developers do. A lead may choose otherwise for each person.
SECTIONS_OF: dict[Perspective, tuple[str, ...]] = {
    Perspective.DEVELOPER: (
        "scope", "teams", "deploys", "scaling", "technology", "boundaries", "devops", "tracing", "people",
    ),
    Perspective.OPERATIONS: ("scope", "deploys", "scaling", "technology", "devops", "tracing"),
    Perspective.MANAGER: ("scope", "teams", "deploys", "people", "business"),
    Perspective.PRODUCT: ("scope", "deploys", "business"),
}  # fmt: skip

KNOWN_SECTIONS = frozenset(slug for slugs in SECTIONS_OF.values() for slug in slugs)

#: Where a guest's address would stand; nobody can own one that ends so.
GUEST_ADDRESS = "guest-{}@guest.invalid"

#: Invisible and yet part of how some scripts write names; and letters that show nothing.
JOINERS = "\u200c\u200d"
FILLERS = "\u115f\u1160\u3164\uffa0"

#: A person is reminded of the same thing at most so often.
BETWEEN_REMINDERS = timedelta(days=1)


class AnswersFirstError(PermissionDenied):
    """Somebody asked has not answered all that is asked of them, and what others said would sway them.

    `assess.web.errors.forbidden` shows the sentence and the way on.
    """

    def __init__(self, left: int, url: str) -> None:
        self.heading, self.way_on, self.url = _("Your answers first"), _("Go on answering"), url
        self.sentence = ngettext(
            "Answer the one question left to you first; then you see what came out. So others sway nobody.",
            "Answer the {count} questions left to you first; then you see what came out. So others sway nobody.",
            left,
        ).format(count=left)
        super().__init__(self.sentence)


# --- what is asked of whom


def asked_sections(questionnaire: Questionnaire, respondent: Respondent) -> tuple[Section, ...]:
    """The sections asked of this respondent, in the edition's order.

    Those chosen for them, else those of their perspective; sections of an edition that no perspective speaks of are
    asked of all.
    """
    chosen = tuple(section for section in questionnaire.sections if section.slug in respondent.sections)
    if chosen:
        return chosen
    of_perspective = SECTIONS_OF[Perspective(respondent.perspective)]
    asked = tuple(
        section
        for section in questionnaire.sections
        if section.slug in of_perspective or section.slug not in KNOWN_SECTIONS
    )
    return asked or questionnaire.sections


def sheet_of(questionnaire: Questionnaire, respondent: Respondent) -> Questionnaire:
    """The questionnaire with only the sections asked of this respondent."""
    return replace(questionnaire, sections=asked_sections(questionnaire, respondent))


def own_answers(rows: Iterable[Response]) -> dict[str, AnswerValue]:
    """Of these rows of one respondent the answers that stand, by key."""
    return {row.key: row.as_answer() for row in rows if row.answered}


def own_progress(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> Progress:
    """How far this respondent is with what is asked of them; `answers` are their own."""
    sheet = sheet_of(questionnaire, respondent)
    return progress_of(sheet, {key: answer for key, answer in answers.items() if key in sheet.by_key})


def respondent_of(user: User, assessment: Assessment) -> Respondent | None:
    """As whom this person is asked to answer it; None for whoever is not, or no longer. One query."""
    return Respondent.objects.filter(assessment=assessment, user=user, removed_at=None).first()


def by_name() -> Q:
    """Respondents who were asked as people of the workspace; all others came by a link that was meant for them."""
    return Q(email="", guest_link=None, user__is_guest=False)


def has_left(respondent: Respondent) -> bool:
    """Whether somebody asked by name no longer belongs to the workspace: what others say there is not theirs to read
    any more, though what they answered counts. At most one query."""
    user = respondent.user
    if user is None or user.is_guest or respondent.email or respondent.guest_link_id:
        return False
    return not user.memberships.filter(workspace=respondent.assessment.workspace_id).exists()


def open_asks(user: User) -> QuerySet[Respondent]:
    """What this person is asked to answer and still can, the newest first."""
    asks = Respondent.objects.filter(
        user=user,
        removed_at=None,
        assessment__independent=True,
        assessment__submitted_at=None,
        assessment__deleted_at=None,
    )
    belongs = Membership.objects.filter(user=user, workspace=OuterRef("assessment__workspace"))
    asks = asks.filter(~by_name() | Exists(belongs))
    return asks.select_related("assessment__system__team", "assessment__edition", "asked_by").order_by("-asked_at")


# --- nobody sees others' answers before giving their own


def keys_open_to(user: User, assessment: Assessment) -> set[str]:
    """The questions to which this person may see others' answers. At most two queries.

    All of them for whoever is not asked, and once the version is submitted. For somebody asked: those that they have
    answered ("not sure yet" included) and those not asked of them.
    """
    questionnaire = questionnaire_of(assessment.edition)
    everything = set(questionnaire.by_key)
    if assessment.is_submitted or not assessment.independent:
        return everything
    respondent = respondent_of(user, assessment)
    if respondent is None:
        return everything
    return keys_open_on(questionnaire, respondent, own_answers(respondent.responses.all()))


def keys_open_on(questionnaire: Questionnaire, respondent: Respondent, answers: Answers) -> set[str]:
    """As `keys_open_to`, for a respondent of an open version whose own `answers` are known already."""
    sheet = sheet_of(questionnaire, respondent)
    waiting = {question.key for question in sheet.questions if _waits(question, sheet, answers)}
    return set(questionnaire.by_key) - waiting


def _waits(question: Question, sheet: Questionnaire, answers: Answers) -> bool:
    """Whether the respondent still has to answer this question before seeing others' answers to it."""
    if question.key in answers:
        return False
    condition = question.asked_when
    if condition is None or is_asked(question, answers):
        return True
    # Whether it is asked is not known before the question that decides it is answered.
    return condition.key in sheet.by_key and condition.key not in answers


def questions_before_seeing(user: User, assessment: Assessment) -> int:
    """How many questions this person has to answer before they see what came out; 0 when they may look. Two queries at
    most, none where the team answers together."""
    if assessment.is_submitted or not assessment.independent:
        return 0
    respondent = respondent_of(user, assessment)
    if respondent is None:
        return 0
    answers = own_answers(respondent.responses.all())
    progress = own_progress(questionnaire_of(assessment.edition), respondent, answers)
    return progress.asked - progress.answered


def check_not_anchored(user: User, assessment: Assessment) -> None:
    """Raises AnswersFirstError (403) for somebody asked who has not answered all that is asked of them.

    For every page that shows what several people's answers come to, as long as the version is open.
    """
    left = questions_before_seeing(user, assessment)
    if left:
        raise AnswersFirstError(left, reverse("assessment-mine", args=[assessment.pk]))


def came_late(assessment: Assessment, asked: Collection[Respondent]) -> set[int]:
    """Of these respondents those who read the team's assessments and were asked when others had answered already: they
    could look before they answered. Nobody can be kept from that, so it is told. Two queries at most."""
    answered = assessment.events.filter(kind=EventKind.ANSWERED).exclude(respondent=None)
    first = dict(answered.values_list("respondent").annotate(first=Min("at")))
    late = [each for each in asked if any(at < each.asked_at for pk, at in first.items() if pk != each.pk)]
    people = [each.user for each in late if each.user and not each.user.is_guest]
    readers = set(readers_among(people, assessment.system.team)) if people else set()
    return {each.pk for each in late if each.user in readers}


def others_in_words(
    questionnaire: Questionnaire, respondent: Respondent, keys: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What others answered to these questions, in words, and what was agreed on. Two queries.

    Without names the same answers are counted, in the order of their words: nothing tells who gave which.
    """
    assessment = respondent.assessment
    rows = Response.objects.filter(assessment=assessment, key__in=keys, answered=True, respondent__removed_at=None)
    said: dict[str, list[tuple[str, str]]] = {}
    for row in rows.exclude(respondent=respondent).select_related("respondent__user").order_by("id"):
        words = answer_in_words(questionnaire.by_key[row.key], row.as_answer())
        if row.note and assessment.names_shown:
            words = _("{answer} ({note})").format(answer=words, note=row.note)
        who, person = str(row.respondent), row.respondent.user
        if person is not None and person.is_guest:
            who = _("{person} (guest)").format(person=who)  # whoever they say they are
        said.setdefault(row.key, []).append((who, words))
    lines = {}
    for key, given in said.items():
        if assessment.names_shown:
            lines[key] = tuple(_("{person}: {answer}").format(person=who, answer=words) for who, words in given)
        else:
            counts = sorted(Counter(words for _who, words in given).items())
            lines[key] = tuple(
                words if number == 1 else _given_by(number).format(answer=words, count=number)
                for words, number in counts
            )
    for answer in assessment.answers.given().filter(key__in=keys):
        agreed = answer_in_words(questionnaire.by_key[answer.key], answer.as_answer())
        lines[answer.key] = (*lines.get(answer.key, ()), _("Agreed on: {answer}").format(answer=agreed))
    return lines


def _given_by(number: int) -> str:
    return ngettext("{answer} ({count} person)", "{answer} ({count} people)", number)


# --- asking


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
        raise Refused([Problem(code="nobody", key="people", message=_("Choose whom to ask, or enter an address"))])
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
    held = _held(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    now = timezone.now()
    problems = [
        Problem(
            code="not_here",
            key="people",
            message=_("Ask {person} by mail; they are not in {workspace}").format(
                person=person, workspace=held.workspace
            ),
        )
        for person in people
        if not person.is_active or not person.memberships.filter(workspace=held.workspace_id).exists()
    ]
    perspective, slugs = _checked(held, perspective, sections, problems)
    if not people:
        problems.append(Problem(code="nobody", key="people", message=_("Choose whom to ask")))
    if problems:
        raise Refused(problems)
    _answer_apart(held, by=by, at=now)
    asked = [_ask(held, person, perspective, slugs, by=by, at=now) for person in people]
    others = [respondent.user for respondent in asked if respondent.user and respondent.user != by]
    tell(others, _asks(held, by), reverse("assessment-mine", args=[held.pk]), details=_(WHY_APART))
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
    there. Refused with every wrong address; then nobody is asked."""
    held = _held(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    now = timezone.now()
    problems: list[Problem] = []
    perspective, slugs = _checked(held, perspective, sections, problems)
    addresses = _addresses(emails, problems)
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
            problems.append(Problem(code="asked_already", key="emails", message=message))
    by_mail = [address for address in addresses if address not in here]
    if by_mail:
        hold_limit(by)
    left = mails_left(by, at=now)
    if len(by_mail) > left:
        problems.append(_too_many_mails(left))
    if not addresses and not problems:
        problems.append(Problem(code="nobody", key="emails", message=_("Enter the addresses of those to ask")))
    if problems:
        raise Refused(problems)
    asked = []
    if here:
        asked += ask_people(held, people=list(here.values()), perspective=perspective, sections=slugs, by=by)
    _answer_apart(held, by=by, at=now)
    for address in by_mail:
        token, hashed = new_token()
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
        _record_asked(held, respondent, by=by, at=now)
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
    held = _held(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    problems: list[Problem] = []
    perspective, slugs = _checked(held, perspective, sections, problems)
    if problems:
        raise Refused(problems)
    now = timezone.now()
    _answer_apart(held, by=by, at=now)
    token, hashed = new_token()
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
    held = _held(assessment, Ability.ASK, by=by)
    now = timezone.now()
    changed = held.guest_links.filter(pk=link_id, revoked_at=None).update(revoked_at=now, revoked_by=by)
    if not changed:
        raise Refused([Problem(code="no_link", message=_("Nothing to do: this link works no more"))])
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
        tell([person], text, reverse("assessment-mine", args=[held.pk]), details=_(WHY_APART))
    else:
        hold_limit(by)
        if not mails_left(by, at=now):
            raise Refused([_too_many_mails(0)])
        token, respondent.token_hash = new_token()
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
    problems: list[Problem] = []
    now, questionnaire = timezone.now(), questionnaire_of(held.edition)
    before = asked_sections(questionnaire, respondent)
    respondent.perspective, respondent.sections = _checked(held, perspective, sections, problems)
    if problems:
        raise Refused(problems)
    is_more = any(section not in before for section in asked_sections(questionnaire, respondent))
    if is_more and respondent.user and readers_among([respondent.user], held.system.team):
        respondent.asked_at = now  # until now these answers of others were theirs to see (`came_late`)
    respondent.save(update_fields=("perspective", "sections", "asked_at"))
    _record_asked(held, respondent, by=by, at=now)
    return respondent


@transaction.atomic
def show_names(assessment: Assessment, shown: bool, *, by: User) -> None:
    """Whether others' answers show with the name of who gave them."""
    held = _held(assessment, Ability.ASK, by=by)
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
    held = _held(assessment, Ability.ANSWER, by=by)
    policies.check(policies.why_not_answer(held))
    policies.check(_why_not_apart(held))
    every_section = [section.slug for section in questionnaire_of(held.edition).sections]
    return _ask(held, by, Perspective.DEVELOPER, every_section, by=by, at=timezone.now())


# --- answering


@transaction.atomic
def finish(respondent: Respondent, finished: bool = True, *, by: User) -> Respondent:
    """The respondent says that they are done, or that they are not after all. Answers may change either way."""
    assessment = Assessment.objects.select_for_update().get(pk=respondent.assessment_id)
    held = Respondent.objects.select_for_update().select_related("asked_by").get(pk=respondent.pk)
    if held.user_id != by.pk:
        raise PermissionDenied("another's sheet")
    policies.check(policies.why_not_answer(assessment))
    policies.check(_why_not_apart(assessment))
    if held.removed_at is not None:
        raise Refused([Problem(code="removed", message=_("Nothing to do: you are no longer asked to answer"))])
    if has_left(held):
        message = _("Nothing to do: you no longer belong to the workspace")
        raise Refused([Problem(code="has_left", message=message)])
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
        tell(readers_among([held.asked_by], assessment.system.team), text, _people_url(assessment))
    return held


# --- together again


@transaction.atomic
def answer_together_again(assessment: Assessment, *, by: User) -> Assessment:
    """Back to one common sheet.

    Where all who know gave one value, it becomes the common answer, unless one was agreed on; where they gave several,
    the question has no answer until the team gives one. All sheets stay as they are, in the log and in their rows.
    """
    held = _held(assessment, Ability.ASK, by=by)
    policies.check(policies.why_not_answer(held))
    policies.check(_why_not_apart(held))
    now = timezone.now()
    rows = {row.key: row for row in held.answers.all()}
    events = []
    for key, responses in _responses_by_key(held).items():
        row = rows.get(key)
        answer = _common(responses)
        if answer is None or (row is not None and row.answered):
            continue
        # Under the name of the one who gave it, unless names are hidden: a common answer shows whose it is.
        author = responses[0].respondent.user if len(responses) == 1 and held.names_shown else None
        row = row or Answer(assessment=held, key=key, version=0)
        _put(row, answer, author=author or by, at=now)
        entry = Entry(key=key, answered=True, answer=answer, version=row.version)
        events.append(event_of(entry, assessment_id=held.pk, by=by, at=now))
    held.independent = False
    held.updated_at, held.updated_by = now, by
    held.save(update_fields=("independent", "updated_at", "updated_by"))
    write(held.pk, events)
    record(held, EventKind.TOGETHER, by=by, at=now, payload={"answers": len(events)})
    return held


def _responses_by_key(held: Assessment) -> dict[str, list[Response]]:
    found: dict[str, list[Response]] = {}
    rows = held.responses.filter(answered=True, respondent__removed_at=None).select_related("respondent__user")
    for row in rows.order_by("id"):
        found.setdefault(row.key, []).append(row)
    return found


def _common(responses: Sequence[Response]) -> AnswerValue | None:
    """What these answers of several people agree on, the whole of it where one alone answered; None while open."""
    if len(responses) == 1:
        return responses[0].as_answer()
    answer = combine(row.as_answer() for row in responses)
    if answer.between or (not answer.is_known and any(row.value is not None for row in responses)):
        return None
    if not answer.is_known and not answer.not_applicable and any(row.not_applicable for row in responses):
        return None
    return answer


def _put(row: Answer, answer: AnswerValue, *, author: User, at: datetime) -> None:
    """The common answer as the next version of its row."""
    for name, content in payload_of(answer).items():
        setattr(row, name, content)
    row.answered, row.version, row.answered_at, row.answered_by = True, row.version + 1, at, author
    row.save()


# --- coming by a link


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
    hashed = hash_of(token)
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
    is not theirs alone ("" otherwise). Raises ClosedDoorError, Refused (the name), Respondent.DoesNotExist."""
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
        way_back, hashed = new_token()
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
    known = _sheet_had(door.assessment, by)
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
        asker = readers_among([door.asked_by], door.assessment.system.team)
        text = _("{person} came to answer {system}").format(person=person, system=door.assessment.system)
        tell(asker, text, _people_url(door.assessment))
    return respondent


@transaction.atomic
def new_way_back(respondent: Respondent, *, by: User) -> str:
    """A new personal link for a guest; the one before works no more. Returns its token, shown once."""
    held = Respondent.objects.select_for_update().get(pk=respondent.pk)
    if held.user_id != by.pk or not by.is_guest or held.removed_at is not None:
        raise PermissionDenied("another's sheet")
    token, held.token_hash = new_token()
    held.save(update_fields=("token_hash",))
    return token


# --- how it is done


def _held(assessment: Assessment, ability: Ability, *, by: User) -> Assessment:
    """The assessment as it is now, held with its system against everybody else until the transaction ends."""
    check_can(by, ability, assessment.system.team)
    System.objects.select_for_update().get(pk=assessment.system_id)
    held = Assessment.objects.select_for_update().get(pk=assessment.pk)
    held.system, held.edition = assessment.system, assessment.edition
    return held


def _held_respondent(assessment: Assessment, respondent_id: int, *, by: User) -> tuple[Assessment, Respondent]:
    held = _held(assessment, Ability.ASK, by=by)
    found = held.respondents.select_related("user").filter(pk=respondent_id, removed_at=None).first()
    if found is None:
        raise Refused([Problem(code="not_asked", message=_("Nothing to do: this person is not asked any more"))])
    return held, found


def _why_not_apart(assessment: Assessment) -> Problem | None:
    if assessment.independent:
        return None
    message = _("The team answers this version together; a lead can ask people to answer on their own")
    return Problem(code="together", message=message)


def _why_not_show_names(held: Assessment) -> Problem | None:
    """Whoever answered while names were hidden was told that theirs does not show."""
    hidden = held.events.filter(kind=EventKind.NAMES).order_by("-number").first()
    kinds = (EventKind.ANSWERED, EventKind.CLEARED)
    since = held.events.filter(kind__in=kinds, number__gt=hidden.number if hidden else 0)
    if not since.exclude(respondent=None).exists():
        return None
    message = _("Leave names hidden: people answered this version without theirs. The next one may show names")
    return Problem(code="answered_without_names", message=message)


def has_address(respondent: Respondent) -> bool:
    """Whether there is a way to write to them: an account, or the address they were asked at."""
    person = respondent.user
    return bool(respondent.email) or (person is not None and not person.is_guest)


def _why_not_remind(respondent: Respondent, *, at: datetime) -> Problem | None:
    if respondent.finished_at is not None:
        message = _("Nothing to do: {person} has finished answering")
        return Problem(code="finished", message=message.format(person=respondent))
    if not has_address(respondent):
        message = _("Tell {person} yourself; there is no address to write to")
        return Problem(code="no_address", message=message.format(person=respondent))
    if has_left(respondent):
        message = _("Remove {person}: they no longer belong to {workspace}")
        message = message.format(person=respondent, workspace=respondent.assessment.workspace)
        return Problem(code="has_left", message=message)
    before = respondent.reminded_at or respondent.asked_at
    if at - before < BETWEEN_REMINDERS:
        message = _("Wait until tomorrow; {person} heard of it within the last day")
        return Problem(code="too_soon", message=message.format(person=respondent))
    return None


def _checked(
    held: Assessment, perspective: str, sections: Sequence[str], problems: list[Problem]
) -> tuple[str, list[str]]:
    """The perspective and the sections as they are stored; adds to `problems` what is wrong with them."""
    if perspective not in Perspective.values:
        message = _("Choose {perspectives}").format(perspectives=any_of(Perspective.values))
        problems.append(Problem(code="unknown_perspective", key="perspective", message=message))
    known = [section.slug for section in questionnaire_of(held.edition).sections]
    for slug in sections:
        if slug not in known:
            message = _("Choose from this questionnaire’s sections")
            problems.append(Problem(code="unknown_section", key="sections", message=message))
            break
    return str(perspective), [slug for slug in known if slug in sections]


def _addresses(emails: Sequence[str], problems: list[Problem]) -> list[str]:
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
            problems.append(Problem(code="bad_address", key="emails", message=message))
            continue
        found[address] = None
    return list(found)


def mails_left(by: User, *, at: datetime) -> int:
    """How many people this person may still write to: invitations and asks of the last 24 hours count together."""
    return max(0, settings.LIMITS["invitations_per_day"] - len(sent_lately(by, at=at)))


def _too_many_mails(left: int) -> Problem:
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
    return Problem(code="too_many_mails", key="emails", message=message.format(limit=limit, count=left))


def _answer_apart(held: Assessment, *, by: User, at: datetime) -> None:
    """From the first ask on everybody has a sheet: what stands in common becomes the sheet of whoever answered it.

    Agreed answers stay common.
    """
    if held.independent:
        return
    held.independent = True
    held.updated_at, held.updated_by = at, by
    held.save(update_fields=("independent", "updated_at", "updated_by"))
    agreed = set(Agreement.objects.filter(assessment=held).values_list("key", flat=True))
    rows = [row for row in held.answers.given().select_related("answered_by") if row.key not in agreed]
    every_section = [section.slug for section in questionnaire_of(held.edition).sections]
    authors = {row.answered_by for row in rows} | {by}
    sheets = {
        author.pk: _ask(held, author, Perspective.DEVELOPER, every_section, by=by, at=at)
        for author in sorted(authors, key=lambda author: author.pk)
    }
    _note_who_looked(held, at=at)
    answered_before = _responses_by_key(held)
    events = []
    for row in rows:
        answer = row.as_answer()
        # Came from the sheets in the first place, when people answered apart before.
        if not any(response.value == row.value for response in answered_before.get(row.key, ())):
            sheet = sheets[row.answered_by_id]
            response = sheet.responses.filter(key=row.key).first()
            response = response or Response(respondent=sheet, assessment=held, key=row.key, version=0)
            for name, content in payload_of(answer).items():
                setattr(response, name, content)
            response.answered, response.version, response.answered_at = True, response.version + 1, row.answered_at
            response.save()
            entry = Entry(key=row.key, answered=True, answer=answer, version=response.version)
            events.append(event_of(entry, assessment_id=held.pk, by=by, at=at, respondent_id=sheet.pk))
        for name, content in payload_of(AnswerValue()).items():
            setattr(row, name, content)
        row.answered, row.version, row.answered_at, row.answered_by = False, row.version + 1, at, by
        row.save()
        cleared = Entry(key=row.key, answered=False, answer=AnswerValue(), version=row.version)
        events.append(event_of(cleared, assessment_id=held.pk, by=by, at=at))
    write(held.pk, events)
    record(held, EventKind.ASKED_APART, by=by, at=at, payload={"moved": len(rows)})


def _note_who_looked(held: Assessment, *, at: datetime) -> None:
    """Apart again after a while together, when what all had said was there to see: whoever reads the team's and still
    has to answer is asked from now on (`came_late`)."""
    if not held.events.filter(kind=EventKind.TOGETHER).exists():
        return
    asked = held.respondents.filter(removed_at=None, user__isnull=False).exclude(user__is_guest=True)
    sheets = {each.user: each for each in asked.select_related("user").prefetch_related("responses") if each.user}
    questionnaire = questionnaire_of(held.edition)
    for reader in readers_among(sheets, held.system.team):
        respondent = sheets[reader]
        if not own_progress(questionnaire, respondent, own_answers(respondent.responses.all())).is_complete:
            respondent.asked_at = at
            respondent.save(update_fields=("asked_at",))


def _sheet_had(assessment: Assessment, person: User) -> Respondent | None:
    """The sheet that this person has, else one that they had before they were removed."""
    before = Respondent.objects.filter(assessment=assessment, user=person)
    return before.order_by(F("removed_at").asc(nulls_first=True)).first()


def _ask(
    held: Assessment, person: User, perspective: str, sections: Sequence[str], *, by: User, at: datetime
) -> Respondent:
    """This person's sheet: the one they have, the one they had before they were removed, else a new one."""
    respondent = _sheet_had(held, person)
    if respondent is not None and respondent.removed_at is None:
        return respondent
    respondent = respondent or Respondent(assessment=held, user=person)
    respondent.perspective, respondent.sections = perspective, list(sections)
    respondent.asked_at, respondent.asked_by = at, by
    respondent.removed_at = respondent.removed_by = respondent.finished_at = None
    respondent.save()
    _record_asked(held, respondent, by=by, at=at)
    return respondent


def _record_asked(held: Assessment, respondent: Respondent, *, by: User, at: datetime) -> None:
    payload: Mapping[str, object] = {"perspective": respondent.perspective, "sections": respondent.sections}
    record(held, EventKind.ASKED, by=by, at=at, payload=payload, respondent_id=respondent.pk)


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
    transaction.on_commit(partial(send, respondent.email, text, url, details), robust=True)


def _people_url(assessment: Assessment) -> str:
    return reverse("assessment-people", args=[assessment.pk])


def _name_of_guest(name: str) -> str:
    try:
        checked = check_name(" ".join(name.split()), settings.LIMITS["name"])
    except Refused as refused:
        raise refused.keyed("name") from refused
    hidden = next((letter for letter in checked if unicodedata.category(letter) == "Cf" and letter not in JOINERS), "")
    if hidden:
        message = _("Remove the invisible character {code}; type your name anew").format(code=f"U+{ord(hidden):04X}")
        raise Refused([Problem(code="invisible", key="name", message=message)])
    if not any(letter.isalnum() and letter not in FILLERS for letter in checked):
        message = _("Enter your name as those who asked you know it")
        raise Refused([Problem(code="no_name", key="name", message=message)])
    return checked


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
