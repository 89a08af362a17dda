"""A change to one answer as it comes from outside: read strictly, limited in size, and checked against its question.

Decides: whether what was sent is a change at all, and what to tell otherwise, all mistakes at once.
Does not decide: whether it may be saved (`saving`), what a question allows (`questionnaire.answers`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from assess.language import _
from assess.questionnaire.facade import (
    BASES,
    Basis,
    Issue,
    Question,
    Questionnaire,
    ValidationFailed,
    Value,
    check_link,
    check_name,
    check_text,
    parse_text,
    parse_value,
    read_document,
)
from assess.questionnaire.facade import Answer as AnswerValue

LARGEST_VERSION = 2**31 - 1
#: The texts beside a value, with the limit of each.
TEXT_LIMITS = {"note": "note", "link": "link", "who_knows": "name", "reason": "note"}
FLAGS = ("not_sure", "not_applicable")
FIELDS = {"question", "value", "basis", "base_version", "mutation_id", *FLAGS, *TEXT_LIMITS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """A value as a form posts it: the texts under the question's name, at least one."""

    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One answer as somebody wants it saved; `value` is as it was given (JSON, or `Texts`), not yet checked.

    `answered` false takes the answer back (its note stays). `base_version` is the version that the person had before
    them, 0 for a question never answered.
    """

    key: str
    answered: bool
    value: object = None
    basis: Basis | None = None
    note: str = ""
    link: str = ""
    not_applicable: str = ""
    who_knows: str = ""
    base_version: int
    mutation_id: UUID


def read_json(body: bytes) -> Mapping[str, object]:
    """A JSON object, strictly (see `read_document`). Raises ValidationFailed."""
    data = read_document(body, file="")
    if not isinstance(data, dict):
        raise ValidationFailed([Issue(code="not_json", key="body", message=_("Send one JSON object"))])
    return data


def read_change(data: Mapping[str, object]) -> Change:
    """The change in these fields. Whether the question exists and allows the value is not looked at. Raises
    ValidationFailed."""
    reading = _Reading(data)
    change = reading.change()
    if reading.issues:
        raise ValidationFailed(reading.issues)
    return change


class _Reading:
    """Reads fields one by one and gathers what is wrong with them."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.issues: list[Issue] = []
        for name in data:
            if name not in FIELDS:
                self.note("unknown_field", name[:80], _("Leave this field out; it is not part of an answer"))

    def note(self, code: str, key: str, message: str) -> None:
        self.issues.append(Issue(code=code, key=key, message=message))

    def change(self) -> Change:
        key, note, link = self.key(), self.text("note"), self.link()
        not_sure, does_not_apply = self.flag("not_sure"), self.flag("not_applicable")
        reason, who_knows = self.text("reason"), self.text("who_knows")
        value = self.data.get("value")
        if "value" not in self.data and not not_sure and not does_not_apply:
            self.note("no_answer", "value", _("Send a value; null takes the answer back"))
        if (value is not None) + not_sure + does_not_apply > 1:
            message = _("Give a value, “not sure yet” or “does not apply”, only one of them")
            self.note("two_answers", "value", message)
        if does_not_apply and not reason:
            self.note("no_reason", "reason", _("Say in a few words why the question does not apply"))
        return Change(
            key=key,
            answered=value is not None or not_sure or does_not_apply,
            value=value,
            basis=self.basis(),
            note=note,
            link=link,
            not_applicable=reason if does_not_apply else "",
            who_knows=who_knows if not_sure else "",
            base_version=self.base_version(),
            mutation_id=self.mutation_id(),
        )

    def key(self) -> str:
        given = self.data.get("question")
        if isinstance(given, str) and 0 < len(given) <= 80 and given.isascii() and given.isprintable():
            return given
        self.note("unknown_question", "question", _("Name the question by its key"))
        return ""

    def text(self, field: str) -> str:
        given = self.data.get(field)
        if given is None:
            return ""
        if not isinstance(given, str):
            self.note("wrong_type", field, _("Send plain text"))
            return ""
        check = check_name if field == "who_knows" else check_text
        return self.checked(field, lambda: check(given.strip(), settings.LIMITS[TEXT_LIMITS[field]]))

    def link(self) -> str:
        link = self.text("link")
        return self.checked("link", lambda: check_link(link))

    def checked(self, field: str, check: Callable[[], str]) -> str:
        try:
            return check()
        except ValidationFailed as refused:
            self.issues += refused.keyed(field).issues
            return ""

    def flag(self, field: str) -> bool:
        given = self.data.get(field)
        if given is None or isinstance(given, bool):
            return bool(given)
        self.note("not_a_flag", field, _("Send true or false"))
        return False

    def basis(self) -> Basis | None:
        given = self.data.get("basis")
        for basis in BASES:
            if given == basis:
                return basis
        if given is not None and given != "":
            self.note("bad_basis", "basis", _("Choose measured, estimated or guess, or leave the basis open"))
        return None

    def base_version(self) -> int:
        given = self.data.get("base_version")
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= LARGEST_VERSION:
            return given
        message = _("Send the version of the answer you saw, 0 if there was none")
        self.note("bad_version", "base_version", message)
        return 0

    def mutation_id(self) -> UUID:
        given = self.data.get("mutation_id")
        try:
            return UUID(given if isinstance(given, str) else "")
        except ValueError:
            message = _("Send a UUID of your own making, the same one on every retry")
            self.note("bad_mutation_id", "mutation_id", message)
            return UUID(int=0)


def check_change(change: Change, questionnaire: Questionnaire) -> AnswerValue:
    """The answer that the change stands for. Raises ValidationFailed when the question is unknown or does not allow
    it."""
    question = questionnaire.by_key.get(change.key)
    if question is None:
        message = _("Name a question of this assessment's questionnaire")
        raise ValidationFailed([Issue(code="unknown_question", key="question", message=message)])
    return AnswerValue(
        value=_value(question, change.value),
        basis=change.basis,
        note=change.note,
        link=change.link,
        not_applicable=change.not_applicable,
        who_knows=change.who_knows,
    )


def _value(question: Question, given: object) -> Value | None:
    if given is None:
        return None
    return parse_text(question, list(given.texts)) if isinstance(given, Texts) else parse_value(question, given)
