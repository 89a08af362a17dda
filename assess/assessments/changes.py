"""Parsing a change to one answer from a request: read strictly, limited in size, checked against its question.

Decides whether what was sent is a change at all, and names all mistakes at once. Whether it may be saved is decided by
`saving`, what a question allows by `questionnaire.answers`.
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
    """A value as a form posts it: one or more texts under the question's name."""

    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One answer to save; `value` is as it was sent (JSON, or `Texts`), not yet checked.

    `answered` false takes the answer back (its note stays). `base_version` is the version that the person saw, 0 for a
    question that was never answered.
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
    """The change in these fields. Raises ValidationFailed with everything that is wrong with them.

    Whether the question exists and allows the value is for `check_change`.
    """
    reader = ChangeReader(data)
    change = reader.read()
    if reader.issues:
        raise ValidationFailed(reader.issues)
    return change


class ChangeReader:
    """Reads the fields of a change one by one and collects what is wrong with them."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.issues: list[Issue] = []
        for name in data:
            if name not in FIELDS:
                self.add_issue("unknown_field", name[:80], _("Leave this field out; it is not part of an answer"))

    def add_issue(self, code: str, key: str, message: str) -> None:
        self.issues.append(Issue(code=code, key=key, message=message))

    def read(self) -> Change:
        key, note, link = self.key(), self.text("note"), self.link()
        not_sure, does_not_apply = self.flag("not_sure"), self.flag("not_applicable")
        reason, who_knows = self.text("reason"), self.text("who_knows")
        value = self.data.get("value")
        if "value" not in self.data and not not_sure and not does_not_apply:
            self.add_issue("no_answer", "value", _("Send a value; null takes the answer back"))
        if (value is not None) + not_sure + does_not_apply > 1:
            message = _("Give a value, “not sure yet” or “does not apply”, only one of them")
            self.add_issue("two_answers", "value", message)
        if does_not_apply and not reason:
            self.add_issue("no_reason", "reason", _("Say in a few words why the question does not apply"))
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
        content = self.data.get("question")
        if isinstance(content, str) and 0 < len(content) <= 80 and content.isascii() and content.isprintable():
            return content
        self.add_issue("unknown_question", "question", _("Name the question by its key"))
        return ""

    def text(self, field: str) -> str:
        content = self.data.get(field)
        if content is None:
            return ""
        if not isinstance(content, str):
            self.add_issue("wrong_type", field, _("Send plain text"))
            return ""
        check = check_name if field == "who_knows" else check_text
        return self.checked(field, lambda: check(content.strip(), settings.LIMITS[TEXT_LIMITS[field]]))

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
        content = self.data.get(field)
        if content is None or isinstance(content, bool):
            return bool(content)
        self.add_issue("not_a_flag", field, _("Send true or false"))
        return False

    def basis(self) -> Basis | None:
        content = self.data.get("basis")
        for basis in BASES:
            if content == basis:
                return basis
        if content is not None and content != "":
            self.add_issue("bad_basis", "basis", _("Choose measured, estimated or guess, or leave the basis open"))
        return None

    def base_version(self) -> int:
        content = self.data.get("base_version")
        if isinstance(content, int) and not isinstance(content, bool) and 0 <= content <= LARGEST_VERSION:
            return content
        message = _("Send the version of the answer you saw, 0 if there was none")
        self.add_issue("bad_version", "base_version", message)
        return 0

    def mutation_id(self) -> UUID:
        content = self.data.get("mutation_id")
        try:
            return UUID(content if isinstance(content, str) else "")
        except ValueError:
            message = _("Send a UUID of your own making, the same one on every retry")
            self.add_issue("bad_mutation_id", "mutation_id", message)
            return UUID(int=0)


def check_change(change: Change, questionnaire: Questionnaire) -> AnswerValue:
    """The answer in the change. Raises ValidationFailed for an unknown question or a value that it does not allow."""
    question = questionnaire.by_key.get(change.key)
    if question is None:
        message = _("Name a question of this assessment's questionnaire")
        raise ValidationFailed([Issue(code="unknown_question", key="question", message=message)])
    return check_answer(change, question)


def check_answer(change: Change, question: Question) -> AnswerValue:
    """The answer in a change to this question. Raises ValidationFailed for a value that it does not allow."""
    value: Value | None = None
    if isinstance(change.value, Texts):
        value = parse_text(question, list(change.value.texts))
    elif change.value is not None:
        value = parse_value(question, change.value)
    return AnswerValue(
        value=value,
        basis=change.basis,
        note=change.note,
        link=change.link,
        not_applicable=change.not_applicable,
        who_knows=change.who_knows,
    )
