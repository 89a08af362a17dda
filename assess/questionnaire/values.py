"""Reads one value or one text as a person gave it, in JSON or in a form, and refuses it by name with what to enter.

Decides: whether a question takes a value, and whether a text can be kept and shown. Does not decide: what it means.
"""

import math
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import Final, cast
from urllib.parse import urlsplit

from assess.language import _, number
from assess.questionnaire.numbers import TypedNumber, read_typed_number
from assess.questionnaire.schema import NONE_OF_THESE, Question, Value
from assess.questionnaire.validation import HIDDEN, INVISIBLE, Issue, ValidationFailed, shown

MAX_LINK: Final = 500
MAX_NAME: Final = 120

# Control characters but tab and line feed, and halves of surrogate pairs, which no encoding can store.
UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Line breaks of word processors, PDFs and old terminals, as texts pasted from there have them.
LINE_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Marks that turn the direction of writing, so that a name or an address reads as another than it is.
REORDERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What shows nothing by itself: spaces, and joiners and variation selectors, which scripts and emoji need.
BLANK: Final = (
    " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef"
)
_SHOWN: Final = re.compile(f"[^{INVISIBLE}{BLANK}]")


# --- the value of a question


def parse_value(question: Question, raw: object) -> Value:
    """The value of `raw`, as JSON gives it, for `question`: an option, options in the questionnaire's order, or a
    number.

    A whole number may be written 45.0; it becomes 45. Raises ValidationFailed with one issue that says what to enter.

    >>> from assess.questionnaire_files import builtin_questionnaire
    >>> parse_value(builtin_questionnaire().by_key["deploy_minutes"], 45.0)
    45
    """
    match question.kind:
        case "choice":
            if not isinstance(raw, str):
                message = _("Choose one of {options}").format(options=list_options(question))
                raise build_refusal(question, "wrong_type", message)
            check_options(question, [raw])
            return raw
        case "several":
            if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
                message = _("Give a list of any of {options}; [] for none of them").format(
                    options=list_options(question)
                )
                raise build_refusal(question, "wrong_type", message)
            chosen = cast(list[str], list(raw))
            check_options(question, chosen)
            twice = [item for n, item in enumerate(chosen) if item in chosen[:n]]
            if twice:
                message = _("Give each option once; {option} is there twice").format(option=shown(twice[0]))
                raise build_refusal(question, "duplicate", message)
            return tuple(option.value for option in question.options if option.value in chosen)
        case "number":
            # bool is a kind of int to Python, and true is no number to anybody else.
            if isinstance(raw, bool) or not isinstance(raw, int | float):
                message = _("{enter}, as a number without quotes").format(enter=describe_range(question))
                raise build_refusal(question, "wrong_type", message)
            return parse_number(question, raw)
        case "text":
            if not isinstance(raw, str):
                raise build_refusal(question, "wrong_type", _("Write text here, in quotes"))
            return parse_short_text(question, raw)


def parse_text(question: Question, texts: list[str]) -> Value | None:
    """The value that a form posted for `question`; None where nothing was entered.

    `texts` is what the browser sent under the question's name. Spaces around are ignored. Where several may be
    ticked, the single text `none_of_these` stands for an empty list, since a form cannot post one. A number is read as
    people type it (`numbers`). Raises ValidationFailed with one issue; where a number has two meanings, with both.

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
            raise build_refusal(question, "none_and_some", _("Tick either what applies or none of these, not both"))
        return parse_value(question, entered)
    if len(entered) > 1:
        raise build_refusal(question, "several_values", _("Give one answer only"))
    if question.kind == "choice":
        return parse_value(question, entered[0])
    text = entered[0]
    if question.kind == "text":
        return parse_short_text(question, text)
    return choose_reading(question, text, read_typed_number(text, (question.unit, question.unit_one)))


def choose_reading(question: Question, text: str, typed: TypedNumber) -> int | float:
    """The number that was typed. Raises ValidationFailed for none, for two, and for one that the question does not
    take."""
    numbers = [plain_number(value) for value in typed.values]
    if not numbers:
        raise build_refusal(question, "wrong_type", refuse_text(describe_range(question), typed))
    if len(numbers) == 1:
        return parse_number(question, numbers[0])
    possible = [each for each in numbers if is_taken(question, each)]
    if not possible:
        return parse_number(question, numbers[0])
    choices = tuple(number_text(each) for each in possible)
    message = ask_which(describe_range(question), text, typed)
    raise ValidationFailed([Issue(code="ambiguous", message=message, key=question.key, choices=choices)])


def plain_number(value: Decimal) -> int | float:
    """The value as an int where it is whole."""
    return float(value) if value % 1 else int(value)


def is_taken(question: Question, raw: float) -> bool:
    """Whether the question takes this number."""
    try:
        parse_number(question, raw)
    except ValidationFailed:
        return False
    return True


def refuse_text(enter: str, typed: TypedNumber) -> str:
    """What to do about a text that is no number; `enter` says what to enter."""
    if typed.beside:
        return _("{enter}, as a number without “{text}”").format(enter=enter, text=shown(typed.beside))
    return _("{enter}, in digits such as {example}").format(enter=enter, example="12")


def ask_which(enter: str, text: str, typed: TypedNumber) -> str:
    """The question back about a text that can mean two numbers; `enter` says what to enter."""
    first, second = (number(plain_number(value)) for value in typed.values)
    message = _("{enter}. “{text}” can mean {first} or {second}: choose which")
    return message.format(enter=enter, text=shown(text), first=first, second=second)


def choose_value(text: str, typed: TypedNumber, *, enter: str, most: float, key: str) -> Decimal:
    """The number from 0 to `most` that was typed; `enter` says what to enter. Raises ValidationFailed with one issue
    under `key`: "no_number", "out_of_range", or "ambiguous" with the numbers to choose from."""
    possible = [value for value in typed.values if 0 <= value <= most]
    if not typed.values:
        code, message = "no_number", refuse_text(enter, typed)
    elif not possible:
        code, message = "out_of_range", enter
    elif len(typed.values) > 1:
        code, message = "ambiguous", ask_which(enter, text, typed)
    else:
        return possible[0]
    choices = tuple(number_text(value) for value in possible)
    raise ValidationFailed([Issue(code=code, key=key, message=message, choices=choices)])


def number_text(value: float | Decimal) -> str:
    """A number as a field shows it, so that it is read back as itself.

    >>> number_text(60), number_text(1.5), number_text(1.125), number_text(1e-05)
    ('60', '1.5', '1.1250', '0.00001')
    """
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    # With exactly three decimals it could be taken for thousands.
    return f"{text}0" if len(read_typed_number(text).values) > 1 else text


def parse_short_text(question: Question, raw: str) -> str:
    """A short text on one line, as people write a name. Raises ValidationFailed, also for an empty one."""
    try:
        text = check_name(raw.strip(), MAX_NAME)
    except ValidationFailed as failed:
        raise ValidationFailed([replace(issue, key=question.key) for issue in failed.issues]) from None
    if not text:
        raise build_refusal(question, "missing", _("Write some text here"))
    return text


def parse_number(question: Question, raw: float) -> int | float:
    """The number, as an int where it is whole. Raises ValidationFailed for one that the question does not take."""
    # Compared, not asked of math.isfinite, which fails on whole numbers of more than 308 digits.
    if raw != raw or raw in (math.inf, -math.inf):
        raise build_refusal(question, "not_a_number", describe_range(question))
    too_low = question.minimum is not None and raw < question.minimum
    too_high = question.maximum is not None and raw > question.maximum
    if too_low or too_high:
        raise build_refusal(question, "out_of_range", describe_range(question))
    if raw == int(raw):
        # One way to write each number, so that equal answers have equal hashes; -0.0 becomes 0 as well.
        return int(raw)
    if question.whole:
        raise build_refusal(
            question, "not_whole", _("{enter}, as a whole number").format(enter=describe_range(question))
        )
    return raw


def describe_range(question: Question) -> str:
    """What to enter, such as "Enter minutes between 0 and 10,080"."""
    unit = question.unit or _("a number")
    if question.minimum is None or question.maximum is None:
        return _("Enter {unit}").format(unit=unit)
    limits = {"low": number(question.minimum), "high": number(question.maximum)}
    return _("Enter {unit} between {low} and {high}").format(unit=unit, **limits)


def list_options(question: Question) -> str:
    """The values of the question's options, for a message."""
    return ", ".join(option.value for option in question.options)


def check_options(question: Question, chosen: list[str]) -> None:
    """Raises ValidationFailed where one of these is no option of the question."""
    known = {option.value for option in question.options}
    wrong = [item for item in chosen if item not in known]
    if wrong:
        # Naming more than a few strangers would make the message as long as the request.
        names = ", ".join(shown(item) for item in wrong[:5]) or _("nothing")
        message = _("Choose from {options}; there is no {names}").format(options=list_options(question), names=names)
        raise build_refusal(question, "unknown_option", message)


def build_refusal(question: Question, code: str, message: str) -> ValidationFailed:
    """The exception to raise: one issue at this question."""
    return ValidationFailed([Issue(code=code, message=message, key=question.key)])


# --- texts beside it


def check_text(text: str, limit: int) -> str:
    """`text` with line ends as \\n, when it has at most `limit` characters and no control ones. Raises
    ValidationFailed.

    Forms post \\r\\n for a line end, Word and PDFs have others: that is the program's doing and no mistake.
    """
    text = LINE_BREAKS.sub("\n", text)
    if len(text) > limit:
        message = _("Shorten this to {most} characters; it has {count}").format(
            most=number(limit), count=number(len(text))
        )
        raise ValidationFailed([Issue(code="too_long", message=message)])
    found = UNFIT.search(text)
    if found:
        message = _("Remove the control character {name}").format(name=f"U+{ord(found[0]):04X}")
        raise ValidationFailed([Issue(code="control_character", message=message)])
    return text


def check_note(text: str, limit: int) -> str:
    """`text` by `check_text`, without spaces around; "" where nothing of it can be seen, so that no reason or proof is
    one of invisible characters. Raises ValidationFailed."""
    text = check_text(text.strip(), limit)
    return text if shows_something("".join(text.split())) else ""


def check_name(text: str, limit: int) -> str:
    """`text` by `check_text` in NFC, when it also has no line end, no tab and nothing invisible; "" stays "". Raises
    ValidationFailed.

    For what stands in the middle of others' text: names and links. There a mark that reorders letters would change
    what is around it, and a name that shows nothing could not be clicked or told from another.
    """
    text = unicodedata.normalize("NFC", check_text(text, limit))
    if "\n" in text or "\t" in text:
        raise ValidationFailed([Issue(code="not_one_line", message=_("Write this on one line, without tabs"))])
    found = REORDERING.search(text)
    if found:
        message = _("Remove the invisible character {name}, which reorders letters; type the text anew")
        message = message.format(name=f"U+{ord(found[0]):04X}")
        raise ValidationFailed([Issue(code="reordering", message=message)])
    hidden = HIDDEN.search(text)
    if hidden:
        message = _("Remove the invisible character {name}; type the text anew").format(name=f"U+{ord(hidden[0]):04X}")
        raise ValidationFailed([Issue(code="invisible", message=message)])
    if text and not shows_something(text):
        raise ValidationFailed([Issue(code="invisible", message=_("Enter something that can be seen"))])
    return text


def shows_something(text: str) -> bool:
    """Whether any character of the text can be seen."""
    return _SHOWN.search(text) is not None


def without_invisible(text: str) -> str:
    """The text without the characters that show nothing."""
    return HIDDEN.sub("", text)


def name_key(text: str) -> str:
    """The form in which names are compared and searched: in NFC, without regard to case.

    >>> name_key("ВЕРА") == name_key("Вера"), name_key("E\u0301cole") == name_key("école")
    (True, True)
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


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
