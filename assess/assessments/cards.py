"""A section's question cards: reading what the form posted, and saving of it whatever the person changed.

Decides: which of a page's many answers the person meant to change, what to do with one that somebody else changed in
between, and what each card then shows. Works without a script; names of the fields are those of docs/look.md.
Does not decide how one answer is saved (`saving`) or what it may be (`changes`).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from assess.assessments.changes import LARGEST_VERSION, Change, check_change, read_change
from assess.assessments.log import payload_of
from assess.assessments.models import Answer, Assessment, Event, EventKind, Response
from assess.assessments.saving import (
    Elsewhere,
    NotAllowed,
    NotThere,
    Outcome,
    Saved,
    Stale,
    Submitted,
    Wrong,
    save_answer,
)
from assess.assessments.suggestions import Suggestion
from assess.assessments.words import answer_in_words, moment
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Issue, Question, Questionnaire, Section, ValidationFailed, is_asked, parse_text
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, parse_number

#: From the names that the save protocol gives its fields to those of the form.
SIDE_FIELDS = ("who_knows", "reason", "note", "basis", "link")

#: What the button "Confirm all" posts instead of a question's key.
CONFIRM_ALL = "-all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Two answers to one question: the one saved in between, and the one posted."""

    theirs: str
    theirs_note: str
    mine: str
    by: str
    when: str


@dataclass(kw_only=True, slots=True)
class Card:
    """One question as its page shows it. `posted` is what was sent and not saved; without it the saved answer shows."""

    question: Question
    number: int
    asked: bool
    row: Answer | Response | None = None
    posted: Mapping[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    others: tuple[str, ...] = ()  #: what others answered, for whoever may see it
    was_asked: bool = True  #: as the page showed it before this request saved anything
    suggestion: Suggestion | None = None  #: what the last version answered, while this question has no answer

    @property
    def when(self) -> str:
        """The condition on another answer, for the page's script: "key: value value"; "" when always asked."""
        condition = self.question.asked_when
        return f"{condition.key}:{' '.join(condition.any_of)}" if condition else ""

    @property
    def answer(self) -> AnswerValue | None:
        """The saved answer; one taken back shows what stands beside it (its note) and no value."""
        return self.row.as_answer() if self.row and self.row.answered else None

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def posted_version(self) -> int:
        """The version that the form sends back: while a conflict is undecided, still the one the person saw."""
        return int(self.posted["base_version"]) if self.conflict and self.posted else self.version

    @property
    def shown_posted(self) -> Mapping[str, Any] | None:
        if self.posted is not None or self.row is None or self.row.answered:
            return self.posted
        return {"value": [], "note": self.row.note, "link": self.row.link, "basis": self.row.basis}


def build_cards(questionnaire: Questionnaire, section: Section, rows: Mapping[str, Answer | Response]) -> list[Card]:
    """The cards of a section, those that are not asked at present included: a script may show them at once."""
    answers = {key: row.as_answer() for key, row in rows.items() if row.answered}
    return [
        Card(
            question=question,
            number=number,
            asked=is_asked(question, answers),
            was_asked=is_asked(question, answers),
            row=rows.get(question.key),
        )
        for number, question in enumerate(section.questions, start=1)
    ]


def refresh(cards: Sequence[Card], rows: Mapping[str, Answer | Response]) -> None:
    """Bring the cards up to what is saved now; what was posted and refused stays on them."""
    answers = {key: row.as_answer() for key, row in rows.items() if row.answered}
    for card in cards:
        card.row = rows.get(card.question.key)
        card.asked = is_asked(card.question, answers)


def save_cards(
    assessment: Assessment, cards: Sequence[Card], data: QueryDict, *, by: User, respondent_id: int | None = None
) -> Outcome | None:
    """Save what was posted for these cards, and leave on each card what could not be saved and why.

    With `respondent_id` they are the cards of that person's own sheet.

    Returns `Elsewhere`, `NotAllowed`, `NotThere` or `Submitted` when nothing can be saved at all, else None.
    """
    take_back = data.get("take_back")
    confirmed = set(data.getlist("confirm"))
    for card in cards:
        key = card.question.key
        decided = data.get(f"{key}-decide")
        if f"{key}-base_version" not in data or decided == "theirs":
            continue
        posted = _posted(card.question, data, cleared=key == take_back)
        if card.suggestion and not confirmed.isdisjoint((key, CONFIRM_ALL)):
            _confirm(posted, card.suggestion)
        outcome = _save_card(assessment, card, posted, data.get("page", ""), by=by, respondent_id=respondent_id)
        if isinstance(outcome, Elsewhere | NotAllowed | NotThere | Submitted):
            return outcome
    return None


def _confirm(posted: dict[str, Any], suggestion: Suggestion) -> None:
    """Post what was suggested, unless the card holds an answer of its own; a note or link typed beside it stays."""
    if not posted["value"]:
        posted.update({name: text for name, text in suggestion.posted.items() if not posted[name]})


def _posted(question: Question, data: QueryDict, *, cleared: bool) -> dict[str, Any]:
    key = question.key
    posted: dict[str, Any] = {name: data.get(f"{key}-{name}", "") for name in (*SIDE_FIELDS, "base_version")}
    if data.get(f"{key}-decide") == "mine":
        posted["base_version"] = data.get(f"{key}-seen", "")
    posted["value"] = [] if cleared else [text for text in data.getlist(key) if text.strip()]
    return posted


def show_unsaved(assessment: Assessment, cards: Sequence[Card], data: QueryDict, *, message: str) -> None:
    """Put what was posted from the common sheet on the cards of somebody's own, unsaved, so that none of it is lost."""
    for card in cards:
        key = card.question.key
        if f"{key}-base_version" not in data:
            continue
        posted = _posted(card.question, data, cleared=False)
        try:
            change = _change(card.question, posted, data.get("page", ""))
            mine = (change.answered, payload_of(check_change(change, _only(card.question))))
            seen = _at_version(assessment, key, change.base_version, None)
        except ValidationFailed:
            mine, seen = (True, {}), (False, {})
        posted["base_version"] = str(card.version)
        if mine not in (seen, _as_compared(card.row)):
            card.posted = posted
            card.errors["value"] = message


def _save_card(
    assessment: Assessment,
    card: Card,
    posted: dict[str, Any],
    page: str,
    *,
    by: User,
    respondent_id: int | None,
) -> Outcome | None:
    try:
        change = _change(card.question, posted, page)
        answer = check_change(change, _only(card.question))
    except ValidationFailed as refused:
        _show(card, posted, refused.issues)
        return None
    mine = (change.answered, payload_of(answer))
    if mine == _as_compared(card.row):
        return None
    if change.base_version != card.version and mine == _at_version(
        assessment, card.question.key, change.base_version, respondent_id
    ):
        return None  # somebody else changed it, this person did not
    outcome = save_answer(assessment.pk, change, by=by, respondent_id=respondent_id)
    match outcome:
        case Saved():
            return None
        case Stale(present=present):
            card.row = present
            card.posted = posted
            card.conflict = _conflict(card.question, present, change, answer)
        case Wrong(issues=issues):
            _show(card, posted, issues)
    return outcome


def _change(question: Question, posted: Mapping[str, Any], page: str) -> Change:
    """The change that these texts stand for. Raises ValidationFailed with every problem, keyed by the card's fields."""
    texts = posted["value"]
    not_sure, does_not_apply = NOT_SURE in texts, NOT_APPLICABLE in texts
    issues: list[Issue] = []
    value = None
    try:
        value = parse_text(question, [text for text in texts if text not in (NOT_SURE, NOT_APPLICABLE)])
    except ValidationFailed as refused:
        issues += refused.keyed("value").issues
    data = {
        "question": question.key,
        "value": value,
        "not_sure": not_sure,
        "not_applicable": does_not_apply,
        **{name: posted[name] for name in SIDE_FIELDS},
        "base_version": parse_number(str(posted["base_version"]), LARGEST_VERSION),
        "mutation_id": _mutation_id(page, question.key, posted),
    }
    try:
        change = read_change(data)
    except ValidationFailed as refused:
        issues += refused.issues
    if issues:
        raise ValidationFailed(issues)
    return change


def _mutation_id(page: str, key: str, posted: Mapping[str, Any]) -> str:
    """The same for the same content sent from the same page again (a double click, a reload), else another."""
    try:
        space = uuid.UUID(page)
    except ValueError:
        space = uuid.uuid4()
    content = [key, *posted["value"], *(str(posted[name]) for name in (*SIDE_FIELDS, "base_version"))]
    return str(uuid.uuid5(space, "\x1f".join(content)))


def _only(question: Question) -> Questionnaire:
    """A questionnaire of this one question, for checking a change to it."""
    section = Section(slug=question.section, title="", intro="", questions=(question,))
    return Questionnaire(slug="", version=0, title="", language="", summary="", sections=(section,))


def _as_compared(row: Answer | Response | None) -> tuple[bool, dict[str, Any]]:
    if row is None:
        return False, payload_of(AnswerValue())
    return row.answered, payload_of(row.as_answer())


def _at_version(
    assessment: Assessment, key: str, version: int, respondent_id: int | None
) -> tuple[bool, dict[str, Any]]:
    """The answer as it was at this version: what the person saw when the page was made."""
    answered = Event.objects.filter(kind__in=(EventKind.ANSWERED, EventKind.CLEARED), respondent=respondent_id)
    event = answered.filter(assessment=assessment, key=key, version=version).order_by("id").first()
    if event is None:
        return _as_compared(None)
    return event.kind == EventKind.ANSWERED, event.payload


def _show(card: Card, posted: Mapping[str, Any], issues: Sequence[Issue]) -> None:
    card.posted = posted
    for issue in issues:
        name = issue.key if issue.key in ("note", "link", "basis", "who_knows", "reason") else "value"
        card.errors.setdefault(name, issue.message)


def author_of(row: Answer | Response) -> str:
    """Who gave the answer that a save came too late for; on one's own sheet only oneself, in another tab."""
    return str(row.answered_by) if isinstance(row, Answer) else _("You")


def _conflict(question: Question, present: Answer | Response | None, change: Change, answer: AnswerValue) -> Conflict:
    return Conflict(
        theirs=answer_in_words(question, present.as_answer() if present and present.answered else None),
        theirs_note=present.note if present else "",
        mine=answer_in_words(question, answer if change.answered else None),
        by=author_of(present) if present else "",
        when=moment(present.answered_at) if present else "",
    )
