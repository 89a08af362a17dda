"""What the page of a decision shows, brought together: steps, signature, conditions, answers with their thread, forms.

Decides: what each person is shown and offered. Does not decide: whether a move is allowed (`policies`, `people`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of_field
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from assess.assessments.facade import (
    EVENT_KINDS,
    Agreement,
    Answer,
    Assessment,
    Event,
    EventKind,
    Response,
    State,
    answer_rows,
    answers_from_rows,
    format_answer,
    format_datetime,
    questionnaire_of,
)
from assess.decision.facade import FORM_WORDS
from assess.language import _, ngettext
from assess.people.facade import Ability, User, abilities
from assess.questionnaire.facade import BASIS_INSIDE, BASIS_WORDS, Issue, Question, Questionnaire, is_asked, worded_for
from assess.questionnaire.facade import Answer as AnswerValue
from assess.review.forms import SignatureForm
from assess.review.history import read_history
from assess.review.models import Comment, CommentKind, Condition, SignOff
from assess.review.policies import took_part
from assess.review.states import OUTCOMES, next_states, state_spec
from assess.web.facade import localdate_in

#: The events that the page shows as steps.
STEPS: Final = (EventKind.DECIDED, *(kind for kind, spec in EVENT_KINDS.items() if spec.step))


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    what: str
    by: str
    at: str


@dataclass(kw_only=True, slots=True)
class Thread:
    """A comment or challenge with its replies, oldest first."""

    comment: Comment
    replies: list[Comment] = of_field(default_factory=list)

    @property
    def field(self) -> str:
        return f"reply-{self.comment.pk}"

    @property
    def is_open(self) -> bool:
        return self.comment.kind == CommentKind.CHALLENGE and self.comment.settled_at is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What somebody wrote beside their answer."""

    text: str
    link: str
    by: str
    basis: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionLine:
    """One question: its answer in words, what was written beside it, and what was said about it since."""

    question: Question
    words: str
    is_known: bool
    basis: str
    notes: list[Note]
    threads: list[Thread]

    @property
    def field(self) -> str:
        return f"c-{self.question.key}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionLines:
    """A section's lines; open where something was said about one, else folded under how much there is to read."""

    slug: str
    title: str
    lines: list[QuestionLine]
    is_open: bool

    @property
    def summary(self) -> str:
        """What there is to read: "5 questions, 2 notes, 1 comment"; also how much is not known, where something is."""
        questions = len(self.lines)
        notes = sum(len(line.notes) for line in self.lines)
        comments = sum(len(line.threads) for line in self.lines)
        unknown = sum(not line.is_known for line in self.lines)
        words = [ngettext("{number} question", "{number} questions", questions).format(number=questions)]
        if notes:
            words.append(ngettext("{number} note", "{number} notes", notes).format(number=notes))
        if comments:
            words.append(ngettext("{number} comment", "{number} comments", comments).format(number=comments))
        if 0 < unknown < questions:
            words.append(ngettext("{number} not known", "{number} not known", unknown).format(number=unknown))
        return _(", ").join(words)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionLine:
    condition: Condition
    is_overdue: bool

    @property
    def field(self) -> str:
        return f"met-{self.condition.pk}"


def build_decision_page(
    assessment: Assessment,
    user: User,
    *,
    before: int | None,
    form: SignatureForm | None,
    issues: Sequence[Issue],
    typed: Mapping[str, str],
    field: str,
) -> dict[str, Any]:
    """The context of the page. About twelve queries, whatever the number of answers and comments.

    `form` and `typed` are what was posted and refused, to show again with its `problems`; `field` is the id of the one
    field of a small form.
    """
    allowed = abilities(user, assessment.system.team)
    rows, answers = shown_answers(assessment)
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    sign_offs = list(assessment.sign_offs.select_related("signed_by").defer("content").order_by("-pk"))
    newest = sign_offs[0] if sign_offs else None
    threads = threads_by_question(assessment)
    spec = state_spec(assessment.state)
    state = spec.state
    may_review = Ability.REVIEW in allowed
    may_judge = may_review and not took_part(user, assessment)
    can_sign = bool(next_states(state, "take up") or next_states(state, "accept"))
    can_answer = bool(next_states(state, "uphold"))
    lines, next_number = read_history(assessment, questionnaire, reader=user, before=before)
    following = assessment.system.assessments.filter(deleted_at=None, version__gt=assessment.version)
    today = localdate_in(assessment.workspace, timezone.now())
    return {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "state": state,
        "steps": build_steps(assessment),
        "form_words": {str(form): words for form, words in FORM_WORDS.items()}.get(assessment.form, ""),
        "headline": (assessment.result or {}).get("headline", ""),
        "reasons": strongest_reasons(assessment),
        "signature": newest,
        "stands": newest if spec.has_decision else None,
        "earlier": sign_offs[1:] if spec.has_decision else sign_offs,
        "conditions": build_conditions(newest, today),
        "conditions_hold": assessment.is_signed,
        "overall": threads.pop("", []),
        "sections": build_sections(assessment, questionnaire, rows, answers, threads, field),
        "open_challenges": sum(thread.is_open for of_question in threads.values() for thread in of_question),
        "may_discuss": Ability.DISCUSS in allowed,
        "may_meet": Ability.DISCUSS in allowed and assessment.is_signed,
        "may_take_up": may_judge and bool(next_states(state, "take up")),
        "may_sign": may_judge and can_sign,
        "took_part": may_review and not may_judge and (can_sign or can_answer),
        "may_withdraw": Ability.SUBMIT in allowed and bool(next_states(state, "withdraw")),
        "may_challenge": Ability.CHALLENGE in allowed and bool(next_states(state, "challenge")),
        "is_too_late": newest is not None and newest.challenge_until is not None and today > newest.challenge_until,
        "may_answer": may_judge and can_answer,
        "may_go_on": Ability.START in allowed and assessment.is_submitted,
        "may_go_on_note": _(spec.next_version_note) if spec.next_version_note else "",
        "newer": following.order_by("-version").first(),
        "form": form or SignatureForm(assessment=assessment),
        "outcomes": [
            {"decision": state.value, "choice": _(outcome.choice), "takes_conditions": outcome.takes_conditions}
            for state, outcome in OUTCOMES.items()
        ],
        "needs_password": user.has_usable_password(),
        "challenge_days": settings.LIMITS["challenge_days"],
        "issues": issues,
        "problems": [(each.message, (field or f"f-{each.key}") if each.key else "") for each in issues],
        "wrong": {issue.key: issue.message for issue in reversed(issues) if issue.key},
        "typed": typed,
        "field": field,
        "history": lines,
        "next_number": next_number,
        "is_first": before is None,
    }


def strongest_reasons(assessment: Assessment) -> list[str]:
    """The strongest reasons for the verdict, but for the rule itself, which the headline says."""
    reasons = (assessment.result or {}).get("reasons", [])
    speaking = [each for each in reasons if each["weighs"] and each["kind"] != "rule"]
    return [each["sentence"] for each in speaking if each["weighs"] == assessment.verdict][:3]


def build_steps(assessment: Assessment) -> list[Step]:
    """The steps of the version since it was submitted. One query."""
    events = Event.objects.filter(assessment=assessment, kind__in=list(STEPS)).select_related("by").order_by("number")
    steps = []
    for event in events:
        decided = event.kind == EventKind.DECIDED
        what = str(State(event.payload["decision"]).label) if decided else _(EVENT_KINDS[event.kind].step)
        steps.append(Step(what=what, by=str(event.by), at=format_datetime(event.at)))
    return steps


def build_conditions(signed: SignOff | None, today: date) -> list[ConditionLine]:
    if signed is None:
        return []
    conditions = Condition.objects.filter(sign_off=signed).select_related("met_by").order_by("due_on", "pk")
    return [
        ConditionLine(condition=each, is_overdue=each.met_at is None and each.due_on < today) for each in conditions
    ]


def threads_by_question(assessment: Assessment) -> dict[str, list[Thread]]:
    """The comment threads by question; "" for the whole version. One query."""
    comments = Comment.objects.filter(assessment=assessment).select_related("written_by", "settled_by").order_by("pk")
    by_pk: dict[int, Thread] = {}
    by_question: dict[str, list[Thread]] = {}
    for comment in comments:
        if comment.parent_id in by_pk:
            by_pk[comment.parent_id].replies.append(comment)
            continue
        by_pk[comment.pk] = thread = Thread(comment=comment)
        by_question.setdefault(comment.key, []).append(thread)
    return by_question


def shown_answers(assessment: Assessment) -> tuple[dict[str, Answer], Mapping[str, AnswerValue]]:
    """The rows of shared answers and what counts, by key. While people still answer on their own neither: nobody is
    shown another's before giving theirs."""
    if assessment.answers_separately and not assessment.is_submitted:
        return {}, {}
    rows = answer_rows(assessment)
    return rows, assessment.current_answers() if assessment.answers_separately else answers_from_rows(rows.values())


def build_sections(
    assessment: Assessment,
    questionnaire: Questionnaire,
    rows: Mapping[str, Answer],
    answers: Mapping[str, AnswerValue],
    threads: Mapping[str, list[Thread]],
    field: str,
) -> list[SectionLines]:
    """The lines of each section that has some."""
    notes = notes_by_question(assessment, rows) if rows or answers else {}
    sections = []
    for section in questionnaire.sections:
        lines = [
            build_question_line(question, answers.get(question.key), rows.get(question.key), notes, threads)
            for question in section.questions
            if is_asked(question, answers) or question.key in threads
        ]
        if lines:
            is_open = any(line.threads or line.field == field for line in lines)
            sections.append(SectionLines(slug=section.slug, title=section.title, lines=lines, is_open=is_open))
    return sections


def build_question_line(
    question: Question,
    answer: AnswerValue | None,
    row: Answer | None,
    notes: Mapping[str, list[Note]],
    threads: Mapping[str, list[Thread]],
) -> QuestionLine:
    basis = answer.basis if answer and answer.basis else row.basis if row else ""
    return QuestionLine(
        question=question,
        words=format_answer(question, answer),
        is_known=answer is not None and answer.is_known,
        basis=BASIS_WORDS.get(basis, "") if answer else "",
        notes=notes.get(question.key, []),
        threads=threads.get(question.key, []),
    )


def notes_by_question(assessment: Assessment, rows: Mapping[str, Answer]) -> dict[str, list[Note]]:
    """The notes by question: those of shared answers, of agreements, and of each respondent. Two queries, or none."""
    by_question: dict[str, list[Note]] = {}
    for key, row in rows.items():
        if row.answered and (row.note or row.link):
            by_question.setdefault(key, []).append(
                Note(text=row.note, link=row.link, by=str(row.answered_by), basis="")
            )
    if not assessment.answers_separately:
        return by_question
    agreements = Agreement.objects.filter(assessment=assessment).select_related("agreed_by").order_by("pk")
    for key, agreement in {each.key: each for each in agreements}.items():
        if agreement.note and key in rows and rows[key].answered:
            by = _("agreed by {person}").format(person=agreement.agreed_by)
            note = Note(text=agreement.note, link="", by=by, basis="")
            by_question.setdefault(key, []).append(note)
    if not assessment.names_shown:
        return by_question
    responses = Response.objects.filter(assessment=assessment, answered=True, respondent__removed_at=None)
    for response in responses.exclude(note="", link="").select_related("respondent__user").order_by("pk"):
        note = Note(
            text=response.note,
            link=response.link,
            by=str(response.respondent),
            basis=BASIS_INSIDE.get(response.basis, ""),
        )
        by_question.setdefault(response.key, []).append(note)
    return by_question
