"""An anonymised case in the format of `fixtures/cases/published-cases.json`: what leaves, and which names must not."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assess.decision.facade import Verdict
from assess.language import N_, _
from assess.questionnaire.facade import Answers, Issue, Questionnaire, ValidationFailed, check_name, is_asked, name_key

#: Letters of a name's part before it counts as a name within a text.
LEAST_NAME: Final = 3
MAX_LINE: Final = 500
MAX_STACK: Final = 200
#: What stands in a file for others to read, so it is in English and is not translated.
SYSTEM: Final = "A system that its team wants to leave unnamed"
SOURCE: Final = "The team's own assessment and what it says became of it; anonymised, so nobody else can check it"
SAYS: Final = {
    "measured": "The team measured it.",
    "estimated": "The team estimated it.",
    "guess": "The team guessed it.",
    "": "The team says so.",
}
#: Parts of words at a hyphen or an apostrophe count by themselves: "Ana's", "Lima-Costa".
WORD: Final = re.compile(r"[^\W_]+")
#: Where words are written as one: "ZephyrPay", "zephyr2".
JOINT: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)")
#: Words of many names of systems, teams and workspaces, and of many hosts of mail.
GENERIC: Final = frozenset(
    (
        *("a", "an", "and", "api", "app", "application", "backend", "billing", "checkout"),
        *("com", "example", "mail", "net", "org"),
        *("company", "core", "customer", "data", "demo", "department", "for", "frontend", "group"),
        *("in", "internal", "main", "management", "new", "of", "old", "one", "online"),
        *("order", "orders", "our", "payment", "payments", "platform", "portal", "product", "products"),
        *("sales", "server", "service", "services", "shop", "site", "software", "store", "system"),
        *("team", "teams", "tech", "the", "to", "user", "users", "web", "website"),
        *("workspace",),
    )
)
#: An address, a mail address, and a day or month with its year.
TOO_CLOSE: Final = (
    (re.compile(r"https?://|www\.|\S@\S"), N_("Leave out addresses")),
    (
        re.compile(r"\b\d{4}-\d{1,2}(?:-\d{1,2})?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}/\d{4}\b"),
        N_("Leave out days and months; the year is in the case already"),
    ),
    (
        re.compile(
            r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?"
            r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+(?:\d{1,2},?\s+)?(?:19|20)\d\d\b",
            re.IGNORECASE,
        ),
        N_("Leave out days and months; the year is in the case already"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTexts:
    """What the team writes for a case: neutral lines without names."""

    stack: str
    outcome: str
    lesson: str


def build_case(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    case_id: str,
    year: int,
    decision: Verdict,
    was_right: bool | None,
    hindsight: Verdict,
    texts: CaseTexts,
) -> dict[str, Any]:
    """The document with this one case: known, asked answers without any that are typed as text, and no notes, links or
    names. `texts` are checked by `check_case_texts`. A case whose decision nobody can judge yet is not scorable."""
    known = {
        question.key: answers[question.key]
        for question in questionnaire.questions
        if question.kind != "text"
        and question.key in answers
        and answers[question.key].value is not None
        and is_asked(question, answers)
    }
    scope = known["scope"].value if "scope" in known else "whole_system"
    case = {
        "id": case_id,
        "system": SYSTEM,
        "year": year,
        "stack": texts.stack,
        "scope": scope,
        "answers": {
            key: list(answer.value) if isinstance(answer.value, tuple) else answer.value
            for key, answer in known.items()
        },
        "decision_taken": decision,
        "decision_was_right": was_right,
        "verdict_in_hindsight": hindsight,
        "also_acceptable": [],
        "confidence": "medium",
        "scorable": was_right is not None,
        "outcome": texts.outcome,
        "lesson": texts.lesson,
        "evidence": {
            key: {"status": "known" if answer.basis == "measured" else "inferred", "says": SAYS[answer.basis or ""]}
            for key, answer in known.items()
            if key != "scope"
        },
        "sources": [SOURCE],
    }
    return {"questionnaire": questionnaire.slug, "version": questionnaire.version, "cases": [case]}


def check_case_texts(raw: Mapping[str, str], *, people: Collection[str], things: Collection[str]) -> CaseTexts:
    """The three lines, each on one line and without a known name, an address or a day.

    Raises ValidationFailed with the field as key; a name is said in the message, so that it can be found.
    """
    checked: dict[str, str] = {}
    issues: list[Issue] = []
    for field, limit in (("stack", MAX_STACK), ("outcome", MAX_LINE), ("lesson", MAX_LINE)):
        try:
            text = check_name(raw.get(field, "").strip(), limit)
        except ValidationFailed as failed:
            issues += [Issue(code=each.code, key=field, message=each.message) for each in failed.issues]
            continue
        found = find_names(text, people=people, things=things)
        if not text:
            issues.append(Issue(code="missing", key=field, message=_("Write a line without names")))
        if found:
            message = _("Leave out {names}; somebody may recognise you by it")
            message = message.format(names=_(", ").join(_("“{name}”").format(name=name) for name in found))
            issues.append(Issue(code="name", key=field, message=message))
        advice = dict.fromkeys(words for pattern, words in TOO_CLOSE if pattern.search(text))
        issues += [Issue(code="too_close", key=field, message=_(words)) for words in advice]
        checked[field] = text
    if issues:
        raise ValidationFailed(issues)
    return CaseTexts(**checked)


def find_names(text: str, *, people: Iterable[str], things: Iterable[str]) -> list[str]:
    """What stands in the text of these names, as whole words and as they stand in it.

    Of a person's name every part counts; of a system, team or workspace the whole name, and each of its words but
    those that say nothing about whose it is.

    >>> find_names("Ana's shop went live", people=["Ana Lima"], things=["Web shop"])
    ['Ana']
    >>> find_names("The Webshop went live", people=["Ana Lima"], things=["Web shop"])
    ['Webshop']
    >>> find_names("ZephyrPay went live", people=[], things=["Zephyr"])
    ['Zephyr']
    """
    words: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    for name in people:
        words.update(part for part in words_of(name) if len(part) >= LEAST_NAME)
    for name in things:
        parts = words_of(name)
        words.update(part for part in parts if part not in GENERIC and len(part) >= LEAST_NAME)
        words.add("".join(parts))
        phrases.add(tuple(parts))
    written = WORD.findall(text)
    keys = [name_key(word) for word in written]
    found = [each for word in written for each in (word, *JOINT.split(word)) if name_key(each) in words]
    for phrase in phrases:
        for start in range(len(keys) - len(phrase) + 1):
            if phrase and tuple(keys[start : start + len(phrase)]) == phrase:
                found.append(" ".join(written[start : start + len(phrase)]))
    return list(dict.fromkeys(found))


def words_of(name: str) -> list[str]:
    """The words of a name as names are compared."""
    return WORD.findall(name_key(name))


def words_of_domain(domain: str) -> set[str]:
    """What a domain of mail says about whose it is: its words but the last and those of anybody's.

    >>> words_of_domain("mail.zephyr.co.uk"), words_of_domain("example.org")
    ({'zephyr'}, set())
    """
    words = words_of(domain.rpartition(".")[0])
    return {word for word in words if len(word) >= LEAST_NAME and word not in GENERIC}
