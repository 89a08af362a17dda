"""Parse a section's form and save the answers that the person changed. Works without a script.

Decides which of the many answers on a page the person meant to change, and what shows for one that somebody else
changed meanwhile. How one answer is saved is decided by `saving`, what it may be by `changes`. docs/look.md names the
fields.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from assess.assessments.answers import answers_from_rows
from assess.assessments.changes import LARGEST_VERSION, Change, check_answer, read_change
from assess.assessments.event_kinds import EventKind
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.log import payload_of
from assess.assessments.models import Answer, Assessment, Event, Response
from assess.assessments.save_outcomes import author_name
from assess.assessments.saving import (
    Elsewhere,
    Invalid,
    NotAllowed,
    NotFound,
    Outcome,
    Saved,
    Stale,
    Submitted,
    save_answer,
)
from assess.assessments.suggestions import Suggestion
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Issue, Question, Section, ValidationFailed, as_asked, is_asked, parse_text
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, choice_words, chosen_reading, parse_number, to_script

#: The fields beside the value; they have the same names in the save protocol.
SIDE_FIELDS = ("who_knows", "reason", "note", "basis", "link")

#: What the button "Confirm all" posts instead of a question's key.
CONFIRM_ALL = "-all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Two answers to one question: the one saved meanwhile, and the one posted."""

    theirs: str
    theirs_note: str
    mine: str
    by: str
    when: str


@dataclass(kw_only=True, slots=True)
class QuestionForm:
    """One question of the section. `posted` is what was sent and not saved; without it the saved answer shows.

    `question` has all its options, `put` is the question as it is put under the other answers.
    """

    question: Question
    put: Question
    asked: bool
    row: Answer | Response | None = None
    posted: Mapping[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)  #: what a number may mean: in words, and as its text
    conflict: Conflict | None = None
    others: tuple[str, ...] = ()  #: what others answered, for people who may see it
    was_asked: bool = True  #: as the page showed it before this request saved anything
    suggestion: Suggestion | None = None  #: what the last version answered, while this question has no answer
    is_new: bool = False  #: the last version's edition did not ask it
    decides: bool = False  #: no answer yet, and one can change the verdict
    measured: str = ""  #: what the newest scan found, once it is answered; "" on somebody's own sheet
    effect: str = ""  #: names the line of the card that says what its answer did; "" on somebody's own sheet

    @property
    def when(self) -> str:
        """The conditions on other answers, for the page's script; "" when always asked."""
        return to_script(self.question.asked_when)

    @property
    def unless(self) -> str:
        """The condition that makes the question needless when it fails, as `when` writes it; "" for none."""
        return to_script(filter(None, (self.question.skipped_unless,)))

    @property
    def answer(self) -> AnswerValue | None:
        """The saved answer; None for one that was taken back."""
        return self.row.as_answer() if self.row and self.row.answered else None

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def posted_version(self) -> int:
        """The version that the form sends back: while a conflict is undecided, still the one the person saw."""
        return int(self.posted["base_version"]) if self.conflict and self.posted else self.version

    @property
    def field_values(self) -> Mapping[str, Any] | None:
        """Instead of the saved answer: what was posted, or what is left of an answer taken back."""
        if self.posted is not None or self.row is None or self.row.answered:
            return self.posted
        return {"value": [], "note": self.row.note, "link": self.row.link, "basis": self.row.basis}


def build_question_forms(section: Section, rows: Mapping[str, Answer | Response]) -> list[QuestionForm]:
    """A form for each question of a section, also for those not asked at present: a script can show them at once."""
    answers = answers_from_rows(rows.values())
    return [
        QuestionForm(
            question=question,
            put=as_asked(question, answers),
            asked=is_asked(question, answers),
            was_asked=is_asked(question, answers),
            row=rows.get(question.key),
        )
        for question in section.questions
    ]


def refresh_question_forms(forms: Sequence[QuestionForm], rows: Mapping[str, Answer | Response]) -> None:
    """Put the saved rows into the forms; what was posted and not saved stays there."""
    answers = answers_from_rows(rows.values())
    for form in forms:
        form.row = rows.get(form.question.key)
        form.asked = is_asked(form.question, answers)
        form.put = as_asked(form.question, answers)


def save_section(
    assessment: Assessment,
    forms: Sequence[QuestionForm],
    data: QueryDict,
    *,
    by: User,
    respondent_id: int | None = None,
) -> Outcome | None:
    """Save what was posted for these forms, and leave on each form what could not be saved and why.

    With `respondent_id` they are that person's own answers.

    Returns `Elsewhere`, `NotAllowed`, `NotFound` or `Submitted` when nothing can be saved at all, else None.
    """
    take_back = data.get("take_back")
    confirmed = set(data.getlist("confirm"))
    for form in forms:
        key = form.question.key
        decided = data.get(f"{key}-decide")
        if f"{key}-base_version" not in data or decided == "theirs":
            continue
        posted = read_posted(form.question, data, cleared=key == take_back)
        is_confirmed = not confirmed.isdisjoint((key, CONFIRM_ALL))
        if form.suggestion and is_confirmed and not posted["value"]:
            # A note or link typed beside it stays.
            posted.update({name: text for name, text in form.suggestion.posted.items() if not posted[name]})
        outcome = save_form(assessment, form, posted, data.get("page", ""), by=by, respondent_id=respondent_id)
        if isinstance(outcome, Elsewhere | NotAllowed | NotFound | Submitted):
            return outcome
    return None


def read_posted(question: Question, data: QueryDict, *, cleared: bool) -> dict[str, Any]:
    """What was posted for this question, by field; no value where its answer is `cleared`."""
    key = question.key
    posted: dict[str, Any] = {name: data.get(f"{key}-{name}", "") for name in (*SIDE_FIELDS, "base_version")}
    if data.get(f"{key}-decide") == "mine":
        posted["base_version"] = data.get(f"{key}-seen", "")
    posted["value"] = (
        [] if cleared else [text for text in chosen_reading(data, key) or data.getlist(key) if text.strip()]
    )
    return posted


def show_unsaved_answers(
    assessment: Assessment,
    forms: Sequence[QuestionForm],
    data: QueryDict,
    *,
    message: str,
    respondent_id: int | None = None,
) -> None:
    """Put what was posted, and is not what the person saw or what is saved, into the forms, so that nothing is lost.

    It was posted for shared answers, or with `respondent_id` for that person's own.
    """
    for form in forms:
        key = form.question.key
        if f"{key}-base_version" not in data:
            continue
        posted = read_posted(form.question, data, cleared=False)
        try:
            change = change_from(form.question, posted, data.get("page", ""))
            mine = (change.answered, payload_of(check_answer(change, form.question)))
            seen = content_at_version(assessment, key, change.base_version, respondent_id)
        except ValidationFailed:
            mine, seen = (True, {}), (False, {})
        posted["base_version"] = str(form.version)
        if mine not in (seen, row_content(form.row)):
            form.posted = posted
            form.errors["value"] = message


def unsaved_in_words(forms: Sequence[QuestionForm]) -> list[tuple[str, str]]:
    """Questions and what was typed for them, to be read and copied, after `show_unsaved_answers`."""
    lines = []
    for form in forms:
        if form.posted is not None:
            labels = {NOT_SURE: _("not sure yet"), NOT_APPLICABLE: _("does not apply")}
            labels |= {option.value: option.label for option in form.question.options}
            texts = [labels.get(text, text) for text in form.posted["value"]]
            texts += [form.posted[name] for name in ("note", "link", "reason", "who_knows") if form.posted[name]]
            lines.append((form.put.wording, "\n".join(texts) or _("No answer")))
    return lines


def save_form(
    assessment: Assessment,
    form: QuestionForm,
    posted: dict[str, Any],
    page: str,
    *,
    by: User,
    respondent_id: int | None,
) -> Outcome | None:
    try:
        change = change_from(form.question, posted, page)
        answer = check_answer(change, form.question)
    except ValidationFailed as error:
        show_issues(form, posted, error.issues)
        return None
    mine = (change.answered, payload_of(answer))
    if mine == row_content(form.row):
        return None
    if change.base_version != form.version and mine == content_at_version(
        assessment, form.question.key, change.base_version, respondent_id
    ):
        return None  # somebody else changed it, this person did not
    outcome = save_answer(assessment.pk, change, by=by, respondent_id=respondent_id)
    match outcome:
        case Saved():
            return None
        case Stale(present=present):
            form.row = present
            form.posted = posted
            form.conflict = build_conflict(form.question, present, change, answer)
        case Invalid(issues=issues):
            show_issues(form, posted, issues)
    return outcome


def change_from(question: Question, posted: Mapping[str, Any], page: str) -> Change:
    """The change in these texts. Raises ValidationFailed with every issue, keyed by the form's fields."""
    texts = posted["value"]
    not_sure, does_not_apply = NOT_SURE in texts, NOT_APPLICABLE in texts
    issues: list[Issue] = []
    value = None
    try:
        value = parse_text(question, [text for text in texts if text not in (NOT_SURE, NOT_APPLICABLE)])
    except ValidationFailed as error:
        issues += error.keyed("value").issues
    data = {
        "question": question.key,
        "value": value,
        "not_sure": not_sure,
        "not_applicable": does_not_apply,
        **{name: posted[name] for name in SIDE_FIELDS},
        "base_version": parse_number(str(posted["base_version"]), LARGEST_VERSION),
        "mutation_id": mutation_id_of(page, question.key, posted),
    }
    try:
        change = read_change(data)
    except ValidationFailed as error:
        issues += error.issues
    if issues:
        raise ValidationFailed(issues)
    return change


def mutation_id_of(page: str, key: str, posted: Mapping[str, Any]) -> str:
    """The same for the same content sent from the same page again (a double click, a reload), else another."""
    try:
        space = uuid.UUID(page)
    except ValueError:
        space = uuid.uuid4()
    content = [key, *posted["value"], *(str(posted[name]) for name in (*SIDE_FIELDS, "base_version"))]
    return str(uuid.uuid5(space, "\x1f".join(content)))


def row_content(row: Answer | Response | None) -> tuple[bool, dict[str, Any]]:
    """Whether there is an answer, and the whole of it: to compare with what was posted."""
    if row is None:
        return False, payload_of(AnswerValue())
    return row.answered, payload_of(row.as_answer())


def content_at_version(
    assessment: Assessment, key: str, version: int, respondent_id: int | None
) -> tuple[bool, dict[str, Any]]:
    """As `row_content`, of the answer at this version: what the person saw when the page was made."""
    answered = Event.objects.filter(kind__in=(EventKind.ANSWERED, EventKind.CLEARED), respondent=respondent_id)
    event = answered.filter(assessment=assessment, key=key, version=version).order_by("id").first()
    if event is None:
        return row_content(None)
    return event.kind == EventKind.ANSWERED, event.payload


def show_issues(form: QuestionForm, posted: Mapping[str, Any], issues: Sequence[Issue]) -> None:
    form.posted = posted
    for issue in issues:
        name = issue.key if issue.key in ("note", "link", "basis", "who_knows", "reason") else "value"
        form.errors.setdefault(name, issue.message)
        form.choices = [(choice_words(text), text) for text in issue.choices] or form.choices


def build_conflict(
    question: Question, present: Answer | Response | None, change: Change, answer: AnswerValue
) -> Conflict:
    return Conflict(
        theirs=format_answer(question, present.as_answer() if present and present.answered else None),
        theirs_note=present.note if present else "",
        mine=format_answer(question, answer if change.answered else None),
        by=author_name(present) if present else "",
        when=format_datetime(present.answered_at) if present else "",
    )
