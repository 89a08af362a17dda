"""Reads answers, from a JSON document or a posted form, and refuses by name whatever the questionnaire does not allow.

Decides: whether a value is one that a question takes, and which questions apply. Does not decide: what an answer means.

"Not sure yet" is an answer of its own (null in JSON): never a no, never an error. An answer to a question that is not
asked under the other answers is kept, because the person may change those back; the decision ignores it.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Final, cast
from urllib.parse import urlsplit

from assess.language import N_, Words, _, number
from assess.questionnaire.loader import NONE_OF_THESE
from assess.questionnaire.reader import MAX_BYTES, MAX_PROBLEMS, decode_text
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

MAX_JSON_DEPTH: Final = 12
MAX_NOTE: Final = 2000
MAX_LINK: Final = 500
MAX_NAME: Final = 120
MAX_ABOUT: Final = 2000
#: Values that people gave to one question without agreeing.
MAX_BETWEEN: Final = 100

_ANSWER_FIELDS: Final = ("value", "basis", "note", "link", "who_knows", "not_applicable", "between")
_NAMES: Final = ("system", "who_knows")
_DOCUMENT_FIELDS: Final = ("questionnaire", "answers", "version", "system", "about", "told_in", "report")

# Control characters but tab and line feed, and halves of surrogate pairs, which no encoding can store.
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks that turn the direction of writing, so that a name or an address reads as another than it is.
_REORDERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


# --- JSON, strictly

# A string without its closing quote runs to the end, so that no text is gone over twice.
_TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+"?)
    |(?P<word>-?[A-Za-z]+)
    |(?P<number>-?[0-9][0-9.eE+-]*)
    |(?P<mark>[{}\[\]:,])
    |(?P<line>\n)""",
    re.DOTALL | re.VERBOSE,
)


def read_document(content: bytes, *, file: str, most: int = MAX_BYTES) -> object:
    """The JSON document in `content` as plain Python values; `file` is its name in messages.

    Raises ValidationFailed, with the line where there is one, for: more than `most` bytes (256 KB), broken UTF-8 or
    JSON, a name given twice in one object, NaN and infinities (also as 1e999), more than 12 levels, and halves of
    surrogate pairs.

    >>> read_document(b'{"answers": {"teams": 5}}', file="a.json")
    {'answers': {'teams': 5}}
    """
    text = decode_text(content, file=file, kind="file", most=most)
    issues = _scan(text, file)
    if issues:
        raise ValidationFailed(issues[:MAX_PROBLEMS])
    try:
        return cast(object, json.loads(text))
    except json.JSONDecodeError as error:
        message = _("Mend the JSON here ({what}, column {column}): check quotes, commas and brackets")
        message = message.format(what=error.msg, column=error.colno)
        raise ValidationFailed([Issue(code="syntax", message=message, file=file, line=error.lineno)]) from None
    except ValueError:
        # Python refuses to read whole numbers of more than some thousand digits.
        message = _("Write numbers with fewer than 400 digits")
        raise ValidationFailed([Issue(code="number", message=message, file=file)]) from None


def _scan(text: str, file: str) -> list[Issue]:
    """What `json.loads` would let through or choke on. It reads broken JSON loosely: on syntax `json.loads` decides."""
    issues: list[Issue] = []
    line = 1
    # For each open bracket the names met so far; None for a list.
    open_names: list[set[str] | None] = []
    last_string: str | None = None

    def note(code: str, message: str, key: str = "") -> None:
        issues.append(Issue(code=code, message=message, file=file, line=line, key=key))

    for token in _TOKEN.finditer(text):
        kind, part = token.lastgroup, token[0]
        if len(issues) >= MAX_PROBLEMS:
            break
        if kind == "line":
            line += 1
            continue
        if kind == "string":
            line += part.count("\n")
            last_string = _string(part)
            if last_string is not None and _has_surrogate(last_string):
                note("surrogate", _("Remove the escape \\ud800 to \\udfff that is only half a character"))
            continue
        if kind == "word" and part in ("NaN", "Infinity", "-Infinity"):
            note("not_a_number", _("Write a number or null instead of {word}").format(word=part))
        elif kind == "number" and not _is_finite(part):
            note("number", _("Write a number that is finite and has fewer than 400 digits"))
        elif part in "{[":
            open_names.append(set() if part == "{" else None)
            if len(open_names) > MAX_JSON_DEPTH:
                note("too_deep", _("Nest at most {most} levels; answers need four").format(most=MAX_JSON_DEPTH))
                break
        elif part in "}]" and open_names:
            open_names.pop()
        elif part == ":" and last_string is not None and open_names:
            names = open_names[-1]
            if names is not None and last_string in names:
                name = shown(last_string)
                message = _("Remove one of the two: {name} is given twice in one object").format(name=name)
                note("duplicate_key", message, name)
            elif names is not None:
                names.add(last_string)
        last_string = None
    return issues


def _string(token: str) -> str | None:
    try:
        return cast(str, json.loads(token))
    except ValueError:
        return None


def _is_finite(token: str) -> bool:
    try:
        return len(token) <= 400 and math.isfinite(float(token))
    except ValueError:
        # No number at all; a matter of syntax.
        return True


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


# --- single values


def parse_value(question: Question, raw: object) -> Value:
    """The value of `raw`, as JSON gives it, for `question`: an option, options in the questionnaire's order, or a
    number.

    A whole number may be written 45.0; it becomes 45. Raises ValidationFailed with one problem that says what to enter.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> parse_value(builtin_questionnaire().by_key["deploy_minutes"], 45.0)
    45
    """
    match question.kind:
        case "choice":
            if not isinstance(raw, str):
                message = _("Choose one of {options}").format(options=_allowed(question))
                raise _refused(question, "wrong_type", message)
            _check_options(question, [raw])
            return raw
        case "several":
            if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
                message = _("Give a list of any of {options}; [] for none of them").format(options=_allowed(question))
                raise _refused(question, "wrong_type", message)
            chosen = cast(list[str], list(raw))
            _check_options(question, chosen)
            twice = [item for n, item in enumerate(chosen) if item in chosen[:n]]
            if twice:
                message = _("Give each option once; {option} is there twice").format(option=shown(twice[0]))
                raise _refused(question, "duplicate", message)
            return tuple(option.value for option in question.options if option.value in chosen)
        case "number":
            # bool is a kind of int to Python, and true is no number to anybody else.
            if isinstance(raw, bool) or not isinstance(raw, int | float):
                message = _("{enter}, as a number without quotes").format(enter=_range(question))
                raise _refused(question, "wrong_type", message)
            return _number(question, raw)
        case "text":
            if not isinstance(raw, str):
                raise _refused(question, "wrong_type", _("Write text here, in quotes"))
            return _text(question, raw)


def parse_text(question: Question, texts: list[str]) -> Value | None:
    """The value that a form posted for `question`; None where nothing was entered.

    `texts` is what the browser sent under the question's name. Spaces around are ignored. Where several may be
    ticked, the single text `none_of_these` stands for an empty list, since a form cannot post one. Raises
    ValidationFailed with one problem.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> parse_text(builtin_questionnaire().by_key["deploys_per_week"], [" 2.5 "])
    2.5
    """
    entered = [text.strip() for text in texts if text.strip()]
    if not entered:
        return None
    if question.kind == "several":
        if entered == [NONE_OF_THESE]:
            return ()
        if NONE_OF_THESE in entered:
            raise _refused(question, "none_and_some", _("Tick either what applies or none of these, not both"))
        return parse_value(question, entered)
    if len(entered) > 1:
        raise _refused(question, "several_values", _("Give one answer only"))
    if question.kind == "choice":
        return parse_value(question, entered[0])
    text = entered[0]
    if question.kind == "text":
        return _text(question, text)
    if not _PLAIN_NUMBER.fullmatch(text):
        message = _("{enter}, in digits such as {example}").format(enter=_range(question), example=_example(question))
        raise _refused(question, "wrong_type", message)
    return _number(question, float(text) if "." in text else int(text))


def _text(question: Question, raw: str) -> str:
    """A short text on one line, as people write a name. Raises Refused, also for an empty one."""
    try:
        text = check_name(raw.strip(), MAX_NAME)
    except ValidationFailed as failed:
        raise ValidationFailed([replace(issue, key=question.key) for issue in failed.issues]) from None
    if not text:
        raise _refused(question, "missing", _("Write some text here"))
    return text


def _number(question: Question, raw: float) -> int | float:
    # Compared, not asked of math.isfinite, which fails on whole numbers of more than 308 digits.
    if raw != raw or raw in (math.inf, -math.inf):
        raise _refused(question, "not_a_number", _range(question))
    too_low = question.minimum is not None and raw < question.minimum
    too_high = question.maximum is not None and raw > question.maximum
    if too_low or too_high:
        raise _refused(question, "out_of_range", _range(question))
    if raw == int(raw):
        # One way to write each number, so that equal answers have equal hashes; -0.0 becomes 0 as well.
        return int(raw)
    if question.whole:
        raise _refused(question, "not_whole", _("{enter}, as a whole number").format(enter=_range(question)))
    return raw


def _range(question: Question) -> str:
    """What to enter, such as "Enter minutes between 0 and 10,080"."""
    unit = question.unit or _("a number")
    if question.minimum is None or question.maximum is None:
        return _("Enter {unit}").format(unit=unit)
    limits = {"low": number(question.minimum), "high": number(question.maximum)}
    return _("Enter {unit} between {low} and {high}").format(unit=unit, **limits)


def _example(question: Question) -> str:
    return "12" if question.whole else _("12 or 1.5, with a point and no other separators")


def _allowed(question: Question) -> str:
    return ", ".join(option.value for option in question.options)


def _check_options(question: Question, chosen: list[str]) -> None:
    known = {option.value for option in question.options}
    wrong = [item for item in chosen if item not in known]
    if wrong:
        # Naming more than a few strangers would make the message as long as the request.
        names = ", ".join(shown(item) for item in wrong[:5]) or _("nothing")
        message = _("Choose from {options}; there is no {names}").format(options=_allowed(question), names=names)
        raise _refused(question, "unknown_option", message)


def _refused(question: Question, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=code, message=message, key=question.key)])


# --- a whole document of answers


def read_answers(document: object, questionnaire: Questionnaire, *, file: str = "") -> dict[str, Answer]:
    """The answers in `document`, in the questionnaire's order.

    `document` is what `read_document` returns: `{"questionnaire": slug, "answers": {key: answer}}`, where an answer
    is a bare value, null for "not sure yet", an object with `value` and any of `basis`, `note`, `link`, `who_knows`,
    or an object with `not_applicable`, the reason why the question does not apply. Where several people answered and
    have not agreed, `value` is null and `between` lists what they gave, as reports carry it. `version`, `system`,
    `about` and `told_in` may stand beside, and `report`, which is let be: what a report says of its answers. Raises
    ValidationFailed with every problem found; the key of each is the question's, followed by the field where there is
    one.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> document = {"questionnaire": "split-checklist", "answers": {"teams": 5}}
    >>> read_answers(document, builtin_questionnaire())["teams"].value
    5
    """
    reading = _Answers(questionnaire, file)
    answers = reading.document(document)
    if reading.issues:
        raise ValidationFailed(reading.issues)
    return answers


class _Answers:
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
        for name in self.strangers(document, _DOCUMENT_FIELDS):
            self.note("unknown_field", _no_such(name, _DOCUMENT_FIELDS), shown(str(name)))
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
            self.note("unknown_key", _no_such(key, known, kind="question"), shown(str(key)))
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
        for name in self.strangers(given, _ANSWER_FIELDS):
            self.note("unknown_field", _no_such(name, _ANSWER_FIELDS), f"{key}.{shown(str(name))}")
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
        check = check_name if name in _NAMES else check_text
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


def check_text(text: str, limit: int) -> str:
    """`text` with line ends as \\n, when it has at most `limit` characters and no control ones. Raises
    ValidationFailed.

    Forms post \\r\\n for a line end; that is the browser's doing and no mistake.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limit:
        message = _("Shorten this to {most} characters; it has {count}").format(
            most=number(limit), count=number(len(text))
        )
        raise ValidationFailed([Issue(code="too_long", message=message)])
    found = _UNFIT.search(text)
    if found:
        message = _("Remove the control character {name}").format(name=f"U+{ord(found[0]):04X}")
        raise ValidationFailed([Issue(code="control_character", message=message)])
    return text


def check_name(text: str, limit: int) -> str:
    """`text` by `check_text`, when it also has no line end, no tab and no mark that reorders letters. Raises
    ValidationFailed.

    For what stands in the middle of others' text: names and links. There such a mark would change what is around it.
    """
    text = check_text(text, limit)
    if "\n" in text or "\t" in text:
        raise ValidationFailed([Issue(code="not_one_line", message=_("Write this on one line, without tabs"))])
    found = _REORDERING.search(text)
    if found:
        message = _("Remove the invisible character {name}, which reorders letters; type the text anew")
        message = message.format(name=f"U+{ord(found[0]):04X}")
        raise ValidationFailed([Issue(code="reordering", message=message)])
    return text


def check_link(link: str) -> str:
    """`link` without spaces around when it is empty or a web address of at most 500 characters. Raises
    ValidationFailed.

    Only http and https, because a link is shown to be clicked and `javascript:` would run. Without a user before the
    host, which is a password shown to every reader, or another host in disguise (`https://bank.example@evil.example`).
    """
    link = check_name(link.strip(), MAX_LINK)
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits or any(letter.isspace() or letter in '<>"\\' for letter in link):
        message = _("Enter a web address that starts with https:// or http://")
        raise ValidationFailed([Issue(code="bad_link", message=message)])
    if "@" in parts.netloc:
        message = _("Remove the name and password before the @: everybody who reads the link would see them")
        raise ValidationFailed([Issue(code="link_with_password", message=message)])
    return link


_NO_SUCH: Final = Words(
    {
        "field": N_("Remove {name}; there is no such field"),
        "question": N_("Remove {name}; there is no such question"),
    }
)


def _no_such(name: object, known: Mapping[str, object] | tuple[str, ...], kind: str = "field") -> str:
    if not isinstance(name, str):
        return _("Use text as a name")
    near = get_close_matches(shown(name), list(known), n=1)
    if near:
        return _("Write {right} instead of {wrong}").format(right=near[0], wrong=shown(name))
    return _NO_SUCH[kind].format(name=shown(name))


# --- which questions apply


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether `question` is asked under `answers`: always, or when one of its conditions holds and none skips it.

    While the answer that a condition names is not known, it does not hold, and it skips nothing.
    """
    wanted = not question.asked_when or any(holds(condition, answers) for condition in question.asked_when)
    return wanted and not _is_skipped(question, answers)


def may_be_asked(question: Question, answers: Answers) -> bool:
    """Whether `question` is asked under `answers`, or would be after answers to what is not known yet."""
    if _is_skipped(question, answers):
        return False
    return is_asked(question, answers) or any(not is_known(condition, answers) for condition in question.asked_when)


def _is_skipped(question: Question, answers: Answers) -> bool:
    """Whether another answer makes the question needless; never where it has an answer already."""
    condition, own = question.skipped_unless, answers.get(question.key)
    if condition is None or (own is not None and (own.is_known or own.between)):
        return False
    return is_known(condition, answers) and not holds(condition, answers)


def is_known(condition: Condition, answers: Answers) -> bool:
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
        if is_asked(question, answers) and not _is_settled(answers.get(question.key))
    )


def _is_settled(answer: Answer | None) -> bool:
    return answer is not None and (answer.is_known or bool(answer.not_applicable))


# --- writing answers down


def to_json(answers: Answers) -> dict[str, object]:
    """`answers` as plain JSON values, sorted by key: what `read_answers` takes under "answers" and reads back as equal.

    >>> to_json({"teams": Answer(value=5), "tracing": Answer(), "scope": Answer(value="one_part", basis="guess")})
    {'scope': {'value': 'one_part', 'basis': 'guess'}, 'teams': 5, 'tracing': None}
    """
    return {key: _plain(answers[key]) for key in sorted(answers)}


def _plain(answer: Answer) -> object:
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
