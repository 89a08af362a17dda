"""The log in words: what happened to a version, who did it and when, newest first.

Decides: how each event is said. It says that a question was answered, never what; and where names are hidden, nobody
but a respondent reads their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.db.models import F, Q

from assess.advice.facade import GOAL_FIGURES, PREPARATIONS_BY_SLUG
from assess.assessments.facade import CHANGES_REPORT, EVENT_KINDS, Assessment, Event, EventKind, describe_event
from assess.language import _, all_of
from assess.people.facade import User
from assess.questionnaire.facade import Questionnaire
from assess.review.states import OUTCOMES

PAGE_SIZE: Final = 25
#: So many events are read for a page: answers one after the other make one line.
MAX_EVENTS: Final = 200
#: What respondents did themselves; what a lead does to a respondent shows under the lead's name.
IS_BY_RESPONDENT: Final = Q(kind__in=[kind for kind, spec in EVENT_KINDS.items() if spec.by_respondent]) | (
    Q(respondent__isnull=False)
    & (~Q(kind__in=[kind for kind, spec in EVENT_KINDS.items() if spec.to_respondent]) | Q(respondent__user=F("by")))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryLine:
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


def read_history(
    assessment: Assessment, questionnaire: Questionnaire, *, reader: User, before: int | None = None
) -> tuple[list[HistoryLine], int | None]:
    """A page of the log, and the number before which the next page goes on (None on the last). One query."""
    events = Event.objects.filter(assessment=assessment).select_related("by", "respondent").order_by("-number")
    if not assessment.names_shown:
        # Not even without a name: beside who was asked when, a line with its hour would tell whose answer it is.
        events = events.exclude(~Q(by=reader), IS_BY_RESPONDENT)
    if before is not None:
        events = events.filter(number__lt=before)
    page = list(events[: MAX_EVENTS + 1])
    wordings = {question.key: question.wording for question in questionnaire.questions}
    lines = list(join_runs(build_history_line(event, assessment, wordings, reader) for event in page[:MAX_EVENTS]))
    is_whole = len(page) <= MAX_EVENTS and len(lines) <= PAGE_SIZE
    return lines[:PAGE_SIZE], None if is_whole else lines[:PAGE_SIZE][-1].number


def join_runs(lines: Iterable[HistoryLine]) -> Iterator[HistoryLine]:
    """The lines, with those in one where somebody wrote nothing and went from one question to the next."""
    for _who, run in groupby(lines, key=lambda line: (line.who, is_single(line) and line.number)):
        in_one = list(run)
        did = all_of(list(dict.fromkeys(line.did for line in reversed(in_one))))
        questions = tuple(dict.fromkeys(line.question for line in in_one))
        yield replace(in_one[0], number=in_one[-1].number, did=did, questions=questions)


def is_single(line: HistoryLine) -> bool:
    return bool(line.written) or not line.question


def newest_step(assessment: Assessment) -> int:
    """The number of the newest event after which a stored report no longer says all; 0 before the first. One query."""
    steps = Event.objects.filter(assessment=assessment, kind__in=CHANGES_REPORT).order_by("-number")
    return steps.values_list("number", flat=True).first() or 0


def build_history_line(event: Event, assessment: Assessment, wordings: Mapping[str, str], reader: User) -> HistoryLine:
    spec = EVENT_KINDS.get(event.kind)
    payload = event.payload if isinstance(event.payload, dict) else {}
    written = payload.get(spec.text_field, "") if spec and spec.text_field else ""
    return HistoryLine(
        number=event.number,
        who=str(event.by),
        did=describe(event),
        question=wordings.get(event.key, event.key) or name_in_payload(payload),
        written=written if isinstance(written, str) else "",
        at=event.at,
    )


def name_in_payload(payload: Mapping[str, Any]) -> str:
    """What a preparation or a goal is called that the event is about; "" for any other event."""
    item = PREPARATIONS_BY_SLUG.get(str(payload.get("item", "")))
    figure = GOAL_FIGURES.get(str(payload.get("figure", "")))
    return _(item.sentence) if item else figure.words if figure else ""


def describe(event: Event) -> str:
    """What was done, to follow a person's name: "answered". A signature is described by its outcome."""
    if event.kind == EventKind.DECIDED and (outcome := OUTCOMES.get(event.payload.get("decision"))):
        return _(outcome.done_overruling if event.payload.get("overruled_to") else outcome.done)
    if event.kind == EventKind.UPHELD and (outcome := OUTCOMES.get(event.payload.get("state"))) and outcome.upheld:
        return _(outcome.upheld)
    payload = event.payload if isinstance(event.payload, dict) else {}
    return describe_event(event.kind, payload, of_respondent=event.respondent_id is not None)
