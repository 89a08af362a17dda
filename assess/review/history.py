"""The log in words: what happened to a version, who did it and when, newest first.

Decides: how each event is said. It says that a question was answered, never what; and where names are hidden, nobody
but a respondent reads their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final

from assess.assessments.facade import Assessment, Event, EventKind
from assess.language import N_, _, all_of
from assess.people.facade import User
from assess.questionnaire.facade import Questionnaire
from assess.review.states import OUTCOMES

PAGE: Final = 25
#: So many events are read for a page: answers one after the other make one line.
MOST_READ: Final = 200
SOMEBODY: Final = N_("A respondent")

#: Kinds whose payload holds what somebody wrote for others to read, by its field.
WRITTEN: Final[Mapping[str, str]] = {
    EventKind.COMMENTED: "text",
    EventKind.SETTLED: "text",
    EventKind.CHALLENGED: "text",
    EventKind.UPHELD: "text",
    EventKind.REOPENED: "text",
    EventKind.CONDITION_MET: "how",
}

#: Kinds that say nothing where the respondent they are of is hidden, beyond what somebody did.
OF_RESPONDENTS: Final = (EventKind.JOINED, EventKind.FINISHED)

#: Kinds that a lead does to a respondent's sheet: nothing to hide, but where it is their own.
OF_LEADS: Final = (EventKind.ASKED, EventKind.REMINDED, EventKind.REMOVED)

#: Kinds by which a review moves on: what a report says of it changes with each.
OF_REVIEW: Final = (
    EventKind.COMMENTED,
    EventKind.SETTLED,
    EventKind.REVIEWED,
    EventKind.DECIDED,
    EventKind.CHALLENGED,
    EventKind.UPHELD,
    EventKind.REOPENED,
    EventKind.CONDITION_MET,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event: who did what and when; `question` is its wording, `written` what was said with it.

    Where somebody did nothing but answer, clear or agree on several questions on end, it is the newest of them, with
    the number of the oldest, and `questions` are all.
    """

    number: int
    who: str
    did: str  #: to follow the name
    question: str
    written: str
    at: datetime
    questions: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return _("{person} {did}").format(person=self.who, did=self.did)


def history(
    assessment: Assessment, questionnaire: Questionnaire, *, reader: User, before: int | None = None
) -> tuple[list[Line], int | None]:
    """A page of the log, and the number before which the next page goes on (None on the last). One query."""
    events = Event.objects.filter(assessment=assessment).select_related("by", "respondent").order_by("-number")
    if before is not None:
        events = events.filter(number__lt=before)
    page = list(events[: MOST_READ + 1])
    wordings = {question.key: question.wording for question in questionnaire.questions}
    lines = list(_joined(_line(event, assessment, wordings, reader) for event in page[:MOST_READ]))
    is_whole = len(page) <= MOST_READ and len(lines) <= PAGE
    return lines[:PAGE], None if is_whole else lines[:PAGE][-1].number


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, with those in one where somebody wrote nothing and went from one question to the next."""
    for _who, run in groupby(lines, key=lambda line: (line.who, _stands_alone(line) and line.number)):
        in_one = list(run)
        did = all_of(list(dict.fromkeys(line.did for line in reversed(in_one))))
        questions = tuple(dict.fromkeys(line.question for line in in_one))
        yield replace(in_one[0], number=in_one[-1].number, did=did, questions=questions)


def _stands_alone(line: Line) -> bool:
    return bool(line.written) or not line.question


def newest_step(assessment: Assessment) -> int:
    """The number of the newest event of its review; 0 before the first. One query."""
    steps = Event.objects.filter(assessment=assessment, kind__in=OF_REVIEW).order_by("-number")
    return steps.values_list("number", flat=True).first() or 0


def _line(event: Event, assessment: Assessment, wordings: Mapping[str, str], reader: User) -> Line:
    sheet = event.respondent
    to_others = sheet is not None and event.kind in OF_LEADS and sheet.user_id != event.by_id
    own_sheet = (sheet is not None and not to_others) or event.kind in OF_RESPONDENTS
    is_hidden = own_sheet and not assessment.names_shown and event.by_id != reader.pk
    written = event.payload.get(WRITTEN.get(event.kind, ""), "") if isinstance(event.payload, dict) else ""
    return Line(
        number=event.number,
        who=_(SOMEBODY) if is_hidden else str(event.by),
        did=_did(event),
        question=wordings.get(event.key, event.key),
        written=written if isinstance(written, str) else "",
        at=event.at,
    )


def _did(event: Event) -> str:
    """What was done: "answered"."""
    match event.kind:
        case EventKind.STARTED:
            return _("started the version")
        case EventKind.SUBMITTED:
            return _("submitted the version")
        case EventKind.DELETED:
            return _("deleted the version")
        case EventKind.RESTORED:
            return _("restored the version")
        case EventKind.DECIDED:
            outcome = OUTCOMES.get(event.payload.get("decision"))
            if outcome is None:
                return _("signed a decision")
            return _(outcome.done_overruling if event.payload.get("overruled_to") else outcome.done)
        case EventKind.COMMENTED if event.payload.get("kind") == "challenge":
            return _("challenged an answer")
        case EventKind.UPHELD:
            outcome = OUTCOMES.get(event.payload.get("state"))
            return _(outcome.upheld) if outcome and outcome.upheld else _("upheld the decision")
        case EventKind.ANSWERED if event.respondent_id is not None:
            return _("answered on their own sheet")
        case EventKind.ANSWERED:
            return _("answered")
    return str(EventKind(event.kind).label) if event.kind in EventKind.values else event.kind
