"""Reads a document of answers, says which questions apply under them, and writes them down again.

Decides: which fields a document of answers has, and which questions are asked. Does not decide: what an answer means.

"Not sure yet" is an answer of its own (null in JSON): never a no, never an error. An answer to a question that is not
asked under the other answers is kept, because the person may change those back; the decision ignores it.
"""

import hashlib
import json
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Final

from assess.language import N_, Words, _
from assess.questionnaire.reader import MAX_PROBLEMS
from assess.questionnaire.schema import (
    BASES,
    Answer,
    Answers,
    Basis,
    Condition,
    Question,
    Questionnaire,
    Value,
)
from assess.questionnaire.validation import Issue, ValidationFailed, shown
from assess.questionnaire.values import MAX_LINK, MAX_NAME, check_link, check_name, check_text, parse_value

MAX_NOTE: Final = 2000
MAX_ABOUT: Final = 2000
#: Values that people gave to one question without agreeing.
MAX_BETWEEN: Final = 100

ANSWER_FIELDS: Final = ("value", "basis", "note", "link", "who_knows", "not_applicable", "between")
NAMES: Final = ("system", "who_knows")
DOCUMENT_FIELDS: Final = ("questionnaire", "answers", "version", "system", "about", "told_in", "report")


# --- a whole document of answers


def read_answers(document: object, questionnaire: Questionnaire, *, file: str = "") -> dict[str, Answer]:
    """The answers in `document`, in the questionnaire's order.

    `document` is what `read_document` returns: `{"questionnaire": slug, "answers": {key: answer}}`, where an answer
    is a bare value, null for "not sure yet", an object with `value` and any of `basis`, `note`, `link`, `who_knows`,
    or an object with `not_applicable`, the reason why the question does not apply. Where several people answered and
    have not agreed, `value` is null and `between` lists what they gave, as reports carry it. `version`, `system`,
    `about` and `told_in` may stand beside, and `report`, which is let be: what a report says of its answers. Raises
    ValidationFailed with every issue found; the key of each is the question's, followed by the field where there is
    one.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> document = {"questionnaire": "split-checklist", "answers": {"teams": 5}}
    >>> read_answers(document, builtin_questionnaire())["teams"].value
    5
    """
    reading = AnswerReader(questionnaire, file)
    answers = reading.document(document)
    if reading.issues:
        raise ValidationFailed(reading.issues)
    return answers


class AnswerReader:
    """Reads one document; `issues` has what is wrong with it."""

    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self.questionnaire = questionnaire
        self.file = file
        self.issues: list[Issue] = []

    def note(self, code: str, message: str, key: str = "") -> None:
        if len(self.issues) < MAX_PROBLEMS:
            self.issues.append(Issue(code=code, message=message, file=self.file, key=key))

    def strangers(self, given: Mapping[str, object], known: Container[str]) -> list[str]:
        """Names that nobody asked for, as many as there is room to report: finding the nearest name takes time."""
        room = max(0, MAX_PROBLEMS - len(self.issues))
        return list(islice((name for name in given if name not in known), room))

    def document(self, document: object) -> dict[str, Answer]:
        if not isinstance(document, Mapping):
            self.note("wrong_type", _('Give an object: {"questionnaire": "…", "answers": {…}}'))
            return {}
        for name in self.strangers(document, DOCUMENT_FIELDS):
            self.note("unknown_field", suggest_name(name, DOCUMENT_FIELDS), shown(str(name)))
        self.edition(document)
        for name, limit in (("system", MAX_NAME), ("about", MAX_ABOUT), ("told_in", MAX_ABOUT)):
            self.text(document, name, limit, name)
        given = document.get("answers")
        if not isinstance(given, Mapping):
            if "answers" in document:
                self.note("wrong_type", _("Write `answers` as an object"), "answers")
            else:
                self.note("missing", _("Add `answers` as an object"), "answers")
            return {}
        known = self.questionnaire.by_key
        for key in self.strangers(given, known):
            self.note("unknown_key", suggest_name(key, known, kind="question"), shown(str(key)))
        found = {key: self.answer(question, given[key]) for key, question in known.items() if key in given}
        return {key: answer for key, answer in found.items() if answer is not None}

    def edition(self, document: Mapping[str, object]) -> None:
        slug = document.get("questionnaire")
        if "questionnaire" not in document:
            message = _('Add "questionnaire": "{slug}"').format(slug=self.questionnaire.slug)
            self.note("missing", message, "questionnaire")
        elif slug != self.questionnaire.slug:
            message = _('Write "{slug}"; these answers are checked against it').format(slug=self.questionnaire.slug)
            self.note("other_questionnaire", message, "questionnaire")
        if "version" in document:
            version = document["version"]
            if isinstance(version, bool) or version != self.questionnaire.version:
                message = _("Write {version}; these answers are checked against that version")
                self.note("other_version", message.format(version=self.questionnaire.version), "version")

    def answer(self, question: Question, given: object) -> Answer | None:
        before = len(self.issues)
        if isinstance(given, Mapping):
            answer = self.full_answer(question, given)
        else:
            answer = Answer(value=self.value(question, given))
        return answer if len(self.issues) == before else None

    def value(self, question: Question, raw: object) -> Value | None:
        if raw is None:
            return None
        try:
            return parse_value(question, raw)
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, issue.key)
            return None

    def full_answer(self, question: Question, given: Mapping[str, object]) -> Answer:
        key = question.key
        for name in self.strangers(given, ANSWER_FIELDS):
            self.note("unknown_field", suggest_name(name, ANSWER_FIELDS), f"{key}.{shown(str(name))}")
        if "value" not in given and "not_applicable" not in given:
            message = _("Add `value` (null when it is not known), or `not_applicable` with the reason")
            self.note("missing", message, key)
        reason = self.text(given, "not_applicable", MAX_NOTE, f"{key}.not_applicable").strip()
        value = self.value(question, given.get("value"))
        if "not_applicable" in given and not reason and given.get("value") is None:
            self.note("missing", _("Say in a sentence why the question does not apply"), f"{key}.not_applicable")
        if reason and given.get("value") is not None:
            message = _("Give either a value or the reason why the question does not apply, not both")
            self.note("value_and_reason", message, key)
        return Answer(
            value=value,
            basis=self.basis(given, f"{key}.basis"),
            note=self.text(given, "note", MAX_NOTE, f"{key}.note"),
            link=self.link(given, f"{key}.link"),
            not_applicable=reason,
            who_knows=self.text(given, "who_knows", MAX_NAME, f"{key}.who_knows"),
            between=self.between(question, given, is_open=given.get("value") is None and not reason),
        )

    def between(self, question: Question, given: Mapping[str, object], *, is_open: bool) -> tuple[Value, ...]:
        """The values between which an answer is open, in one order, as `decision.disagreement.combine` has them."""
        raw = given.get("between")
        if raw is None:
            return ()
        key = f"{question.key}.between"
        if not is_open:
            self.note("value_and_between", _("Give either one answer or the values it is open between, not both"), key)
            return ()
        if not isinstance(raw, list) or not 2 <= len(raw) <= MAX_BETWEEN:
            message = _("Give a list of 2 to {most} values, each as somebody gave it").format(most=MAX_BETWEEN)
            self.note("wrong_type", message, key)
            return ()
        before = len(self.issues)
        values = [value for value in (self.value(question, each) for each in raw) if value is not None]
        if len(self.issues) == before and len(set(values)) != len(raw):
            self.note("duplicate", _("Give each value once, and none that is null"), key)
        return tuple(sorted(values, key=repr)) if len(self.issues) == before else ()

    def basis(self, given: Mapping[str, object], key: str) -> Basis | None:
        basis = given.get("basis")
        if basis is None:
            return None
        if basis not in BASES:
            self.note("unknown_option", _("Choose one of {options}").format(options=", ".join(BASES)), key)
            return None
        return basis

    def text(self, given: Mapping[str, object], name: str, limit: int, key: str) -> str:
        text = given.get(name)
        if text is None:
            return ""
        if not isinstance(text, str):
            self.note("wrong_type", _("Write text here, in quotes"), key)
            return ""
        check = check_name if name in NAMES else check_text
        return self.checked(lambda: check(text, limit), key)

    def link(self, given: Mapping[str, object], key: str) -> str:
        link = self.text(given, "link", MAX_LINK, key)
        return self.checked(lambda: check_link(link), key)

    def checked(self, check: Callable[[], str], key: str) -> str:
        try:
            return check()
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, key)
            return ""


NO_SUCH: Final = Words(
    {
        "field": N_("Remove {name}; there is no such field"),
        "question": N_("Remove {name}; there is no such question"),
    }
)


def suggest_name(name: object, known: Mapping[str, object] | tuple[str, ...], kind: str = "field") -> str:
    """What to do about a name that nobody asked for: the nearest known one, or to remove it."""
    if not isinstance(name, str):
        return _("Use text as a name")
    near = get_close_matches(shown(name), list(known), n=1)
    if near:
        return _("Write {right} instead of {wrong}").format(right=near[0], wrong=shown(name))
    return NO_SUCH[kind].format(name=shown(name))


# --- which questions apply


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether `question` is asked under `answers`: always, or when one of its conditions holds and none skips it.

    While the answer that a condition names is not known, it does not hold, and it skips nothing.
    """
    wanted = not question.asked_when or any(holds(condition, answers) for condition in question.asked_when)
    return wanted and not is_skipped(question, answers)


def may_be_asked(question: Question, answers: Answers) -> bool:
    """Whether `question` is asked under `answers`, or would be after answers to what is not known yet."""
    if is_skipped(question, answers):
        return False
    return is_asked(question, answers) or any(not is_known(condition, answers) for condition in question.asked_when)


def is_skipped(question: Question, answers: Answers) -> bool:
    """Whether another answer makes the question needless; never where it has an answer already."""
    condition, own = question.skipped_unless, answers.get(question.key)
    if condition is None or (own is not None and (own.is_known or own.between)):
        return False
    return is_known(condition, answers) and not holds(condition, answers)


def is_known(condition: Condition, answers: Answers) -> bool:
    """Whether the answer that the condition names is known."""
    answer = answers.get(condition.key)
    return answer is not None and answer.value is not None


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether the answer that the condition names is known and one of those it wants."""
    answer = answers.get(condition.key)
    value = answer.value if answer else None
    if isinstance(value, tuple):
        return any(item in condition.any_of for item in value)
    return value in condition.any_of


def is_about_one_part(answers: Answers) -> bool:
    """Whether the assessment is said to be about one part of the system."""
    scope = answers.get("scope")
    return scope is not None and scope.value == "one_part"


def worded_for(questionnaire: Questionnaire, answers: Answers) -> Questionnaire:
    """The questionnaire as pages and reports quote it: where it is about one part, in the wording for that.

    With all options; `as_asked` leaves out those of a question that do not apply.
    """
    return questionnaire.about_one_part if is_about_one_part(answers) else questionnaire


def as_asked(question: Question, answers: Answers) -> Question:
    """The question as it is put under `answers`: of one part in its own words, without options that do not apply.

    An option that somebody chose stays, whatever the other answers.
    """
    of_part = question.of_part if is_about_one_part(answers) else ""
    if not of_part and not any(option.shown_when for option in question.options):
        return question
    given = answers.get(question.key)
    values = (given.value, *given.between) if given is not None else ()
    chosen = {option for value in values for option in (value if isinstance(value, tuple) else (value,))}
    options = tuple(
        option
        for option in question.options
        if not option.shown_when
        or option.value in chosen
        or any(holds(condition, answers) for condition in option.shown_when)
    )
    return replace(question, wording=of_part or question.wording, options=options)


def open_questions(questionnaire: Questionnaire, answers: Answers) -> tuple[Question, ...]:
    """The questions, in order, that are asked under `answers` and neither known nor said not to apply."""
    return tuple(
        question
        for question in questionnaire.questions
        if is_asked(question, answers)
        and not ((answer := answers.get(question.key)) and (answer.is_known or answer.not_applicable))
    )


def count_known(questionnaire: Questionnaire, answers: Answers) -> int:
    """How many known answers may tell something of the verdict: those to questions beside it do not count."""
    by_key = questionnaire.by_key
    return sum(
        answer.is_known and key in by_key and not by_key[key].is_beside_verdict for key, answer in answers.items()
    )


# --- writing answers down


def to_json(answers: Answers) -> dict[str, object]:
    """`answers` as plain JSON values, sorted by key: what `read_answers` takes under "answers" and reads back as equal.

    >>> to_json({"teams": Answer(value=5), "tracing": Answer(), "scope": Answer(value="one_part", basis="guess")})
    {'scope': {'value': 'one_part', 'basis': 'guess'}, 'teams': 5, 'tracing': None}
    """
    return {key: answer_to_json(answers[key]) for key in sorted(answers)}


def answer_to_json(answer: Answer) -> object:
    """The bare value, or an object where something stands beside it."""
    value = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    beside = {
        name: text
        for name, text in (
            ("basis", answer.basis),
            ("note", answer.note),
            ("link", answer.link),
            ("who_knows", answer.who_knows),
            ("not_applicable", answer.not_applicable),
            ("between", [list(one) if isinstance(one, tuple) else one for one in answer.between]),
        )
        if text
    }
    if not beside:
        return value
    return beside if answer.not_applicable else {"value": value, **beside}


def answers_hash(questionnaire: Questionnaire, answers: Answers) -> str:
    """SHA-256, in hex, of these answers to this edition: equal for equal answers, whatever order they were given in."""
    canonical = json.dumps(
        {"questionnaire": questionnaire.slug, "version": questionnaire.version, "answers": to_json(answers)},
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
