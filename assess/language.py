"""Translation of sentences, and formatting of days, numbers and lists, for every room.

Pure, and below every room: the decision and the questionnaire use it as pages do. Which language is active Django
knows; `set_translator` connects it when the site starts (`assess.apps`). Until then, as where the pure core is used
alone, everything is in English as written in the code.

In code a sentence is whole, with named places: `_("{count} of {of} answered").format(count=3, of=8)`. A number that
changes the words takes `ngettext`. A table of sentences that is made when the program starts is `Words`, or marks its
sentences with `N_` and says `_` where it is read. Templates use Django's `translate` and `blocktranslate`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Generic, TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True, slots=True)
class Translator:
    """The functions that translate sentences and format days and numbers for the active language."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    day: Callable[[date], str]
    number: Callable[[float | Decimal], str]


_ENGLISH: Final = Translator(
    gettext=lambda text: text,
    ngettext=lambda one, many, count: one if count == 1 else many,
    day=lambda on: f"{on:%-d %B %Y}",
    number=lambda value: f"{value:,}",
)
_translator = _ENGLISH


def set_translator(speaker: Translator) -> None:
    """Set the process-wide translator. Called once, when the site starts."""
    global _translator  # one a process, as in gettext itself
    _translator = speaker


def _(text: str) -> str:
    """The sentence in the reader's language. `text` is written out where it is called, so that it can be collected."""
    return _translator.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for this count.

    >>> ngettext("{count} answer", "{count} answers", 3).format(count=3)
    '3 answers'
    """
    return _translator.ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for it
    """The sentence unchanged, marked for translation: `_` translates it where it is read."""
    return text


class Words(Mapping[Key, str], Generic[Key]):
    """A table of sentences, each translated when it is read.

    >>> Words({"stay": N_("Stay monolithic")})["stay"]
    'Stay monolithic'
    """

    def __init__(self, table: Mapping[Key, str]) -> None:
        self._table = table

    def __getitem__(self, key: Key) -> str:
        return _(self._table[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def day(on: date) -> str:
    """A day in the format of the active language: "20 November 2026" in Britain."""
    return _translator.day(on)


def number(value: float | Decimal) -> str:
    """A number with the separators of the active language: "10,080" in Britain."""
    return _translator.number(value)


def with_zone(words: str, at: datetime) -> str:
    """These words for a moment, with the zone of `at`: its abbreviation, or its offset from UTC.

    >>> with_zone("14:02", datetime(2026, 11, 20, 14, 2, tzinfo=ZoneInfo("Asia/Dubai")))
    '14:02 UTC+04'
    """
    name = at.tzname() or ""
    return _("{moment} {zone}").format(moment=words, zone=f"UTC{name}" if name[:1] in {"+", "-"} else name)


def number_word(count: int) -> str:
    """A small number as a word, a larger one in digits; 0 is "no".

    >>> number_word(3), number_word(40)
    ('three', '40')
    """
    words = (
        _("no"),
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
        _("ten"),
    )
    return words[count] if 0 <= count < len(words) else number(count)


def capitalised(text: str) -> str:
    """The text with a capital first letter, to begin a sentence."""
    return text[:1].upper() + text[1:]


def all_of(items: Sequence[str]) -> str:
    """The items joined by "and".

    >>> all_of(["tracing", "logging", "metrics"])
    'tracing, logging and metrics'
    """
    return _joined(items, _("{first} and {last}"))


def any_of(items: Sequence[str]) -> str:
    """The items joined by "or".

    >>> any_of(["stay", "extract"])
    'stay or extract'
    """
    return _joined(items, _("{first} or {last}"))


def in_a_row(items: Iterable[str]) -> str:
    """The items joined by semicolons, for items that are phrases.

    >>> in_a_row(["need: 40", "readiness: 75"])
    'need: 40; readiness: 75'
    """
    return _("; ").join(items)


def _joined(items: Sequence[str], pattern: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return pattern.format(first=_(", ").join(items[:-1]), last=items[-1])
