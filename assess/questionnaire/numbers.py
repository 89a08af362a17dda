"""Reads a number as people type it: with a unit, spaces, a comma, "about", or digits of another script.

Decides what a text can mean as a number, and nothing else: which numbers a field takes is decided where it is asked.
Nothing is guessed. "1.000" is one or a thousand, depending on where somebody learned to write; both come back.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

#: So many digits a number may have before its mark, and after it: as many as the smallest float takes.
MAX_DIGITS: Final = 15
MAX_DECIMALS: Final = 350
#: A time converted from another unit has at most so many decimals: 10 seconds are 0.1667 minutes.
TIME_STEP: Final = Decimal("0.0001")

# "." and "," part thousands in some countries and decimals in others; of the rest each has one use.
_MARKS: Final = str.maketrans(
    {"．": ".", "，": ",", "،": ",", "’": "'", "‘": "'", "ʼ": "'", "＇": "'", "´": "'", "−": "-", "–": "-", "－": "-"}
    | {"＋": "+", "～": "~", "∼": "~", "≈": "~", "٪": "%", "⁄": "/"}
)
_DECIMAL_MARKS: Final = (".", ",", "\u066b")
_GROUP_MARKS: Final = (" ", "'", "_", "\u066c", ".", ",")
_NUMBER: Final = re.compile(r"[0-9](?:[0-9.,'_\u066b\u066c ]*[0-9])?|[.,\u066b][0-9]+", re.ASCII)
#: A word that something follows directly is the beginning of another: CAD is no "ca.".
_ABOUT: Final = re.compile(
    r"(?:~|(?:c\.|ca\.?|circa|about|around|roughly|approx\.?|approximately)(?![^\W\d_]))?\s*([+-]?)\s*"
)
#: Between a unit and what it is counted by: "deploys a week", "deploys per week", "deploys/week".
_PER: Final = frozenset({"a", "an", "per", "each", "every", "pro", "je", "par", "por", "al", "/"})
_TIMES: Final = frozenset({"", "x", "×", "times", "mal", "fois", "veces"})

_PER_CENT: Final = frozenset({"%", "per cent", "percent", "pct", "prozent", "pour cent", "por ciento", "per cento"})
#: Seconds of each unit of time, by its names in the languages in which most people type them.
_SECONDS: Final = {
    name: seconds
    for seconds, names in (
        (1, "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondo secondi"),
        (60, "m min mins minute minutes minuten minuto minutos minuti"),
        (3600, "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur"),
        (86400, "d day days tag tage jour jours día días dia dias giorno giorni dag dagen"),
    )
    for name in names.split()
}
_CURRENCIES: Final = frozenset(
    {"eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "chf", "jpy", "cny", "inr", "cad"}
)
#: The unit of a field that takes an amount in any currency.
ANY_CURRENCY: Final = "¤"


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedNumber:
    """What a text can mean: one number; two where its mark can part thousands or decimals; none, which is no number.

    `beside` is what stands beside the digits and is neither the unit nor another known word.
    """

    values: tuple[Decimal, ...] = ()
    beside: str = ""


#: Nobody types a longer number; what is longer takes long to read.
LONGEST: Final = 1_000


def read_typed_number(text: str, units: Sequence[str] = ()) -> TypedNumber:
    """What `text` can mean as a number of `units`, which are the field's unit in its forms, such as "team", "teams".

    A unit of time is converted into the field's.

    >>> read_typed_number("1h 30", ["minutes"]).values
    (Decimal('90'),)
    >>> read_typed_number("1.000").values
    (Decimal('1.000'), Decimal('1000'))
    >>> read_typed_number("45 min", ["people"])
    TypedNumber(values=(), beside='min')
    """
    plain = plain_characters(text[:LONGEST])
    found = list(_NUMBER.finditer(plain))
    if not found:
        return TypedNumber()
    before = plain[: found[0].start()].casefold()
    about = _ABOUT.match(before)
    sign = about[1] if about else ""
    unit_before = before[about.end() :].strip() if about else before.strip()
    ends = [*(match.start() for match in found[1:]), len(plain)]
    tails = [plain[match.end() : end].strip() for match, end in zip(found, ends, strict=True)]
    names = [unit_name(unit) for unit in units if unit]
    if unit_before:
        # "€ 100", "%40": only where nothing else follows.
        tails[-1] = tails[-1] or unit_before
        if unit_name(unit_before) != unit_name(tails[-1]):
            return TypedNumber(beside=unit_before)
    readings = [possible_values(match[0]) for match in found]
    if len(found) > 1:
        total = add_times(readings, tails, names)
        return TypedNumber(values=(total,)) if total is not None and sign != "-" else TypedNumber()
    factor = unit_factor(unit_name(tails[0]), names)
    if factor is None:
        return TypedNumber(beside=tails[0])
    values = (value if factor == 1 else (value * factor).quantize(TIME_STEP) for value in readings[0])
    return TypedNumber(values=tuple(-value if sign == "-" else value for value in values))


def plain_characters(text: str) -> str:
    """The text with digits of any script as 0-9, each kind of space as a space, and without invisible marks."""
    letters = []
    for letter in text:
        digit = unicodedata.decimal(letter, None)
        if digit is not None:
            letters.append(str(digit))
        elif letter.isspace():
            letters.append(" ")
        elif unicodedata.category(letter) != "Cf":
            letters.append(letter)
    return "".join(letters).translate(_MARKS).strip()


def possible_values(digits: str) -> tuple[Decimal, ...]:
    """Every number that these digits with their marks can stand for; none for such as "1.2.3"."""
    values = []
    for decimal_mark in _DECIMAL_MARKS:
        whole, mark, decimals = digits.rpartition(decimal_mark)
        if mark and re.fullmatch(rf"[0-9]{{1,{MAX_DECIMALS}}}", decimals):
            integer = whole_number(whole) if whole else "0"
            # A mark that parts thousands before it cannot part decimals as well.
            if integer is not None and decimal_mark not in whole:
                values.append(Decimal(f"{integer}.{decimals}"))
    integer = whole_number(digits)
    if integer is not None:
        values.append(Decimal(integer))
    return tuple(values)


def whole_number(digits: str) -> str | None:
    """The digits of a whole number without the marks between its thousands; None where they stand anywhere else."""
    for mark in _GROUP_MARKS:
        if mark in digits:
            groups = digits.split(mark)
            head, middle, last = groups[0], groups[1:-1], groups[-1]
            in_threes = all(len(group) == 3 for group in middle) and 1 <= len(head) <= 3
            # Lakhs and crores: 1,00,000.
            in_twos = bool(middle) and all(len(group) == 2 for group in middle) and 1 <= len(head) <= 2
            if len(last) != 3 or head.startswith("0") or not (in_threes or in_twos):
                return None
            digits = "".join(groups)
            break
    return digits if re.fullmatch(rf"[0-9]{{1,{MAX_DIGITS}}}", digits) else None


def unit_name(text: str) -> str:
    """A unit in the form in which two are compared."""
    words = unicodedata.normalize("NFKC", text).casefold().replace("/", " / ").split()
    return " ".join("/" if word in _PER else word.rstrip(".") for word in words)


def unit_factor(name: str, units: Sequence[str]) -> Decimal | None:
    """By what a number beside the unit `name` is multiplied to be one of `units`; None for another unit."""
    if not name or name in units:
        return Decimal(1)
    if _PER_CENT.intersection(units) or "per cent" in [unit.replace("/", "per") for unit in units]:
        return Decimal(1) if name.replace("/ cent", "per cent") in _PER_CENT else None
    seconds = next((_SECONDS[unit] for unit in units if unit in _SECONDS), None)
    if seconds is not None and name in _SECONDS:
        return Decimal(_SECONDS[name]) / Decimal(seconds)
    if ANY_CURRENCY in units:
        is_currency = name in _CURRENCIES or all(unicodedata.category(letter) == "Sc" for letter in name)
        return Decimal(1) if is_currency else None
    return Decimal(1) if any(is_short_for(name, unit) for unit in units) else None


def is_short_for(name: str, unit: str) -> bool:
    """Whether `name` says a part of `unit` that cannot be taken for another: "deploys" or "/week" of deploys a week."""
    thing, _slash, rate = unit.partition(" / ")
    said, _slash, said_rate = f" {name}".partition(" / ")
    said = said.strip()
    if said_rate and said_rate != rate:
        return False
    same_thing = said.removesuffix("s") == thing.removesuffix("s")
    return same_thing or (bool(said_rate) and said in _TIMES)


def add_times(readings: Sequence[Sequence[Decimal]], names: Sequence[str], units: Sequence[str]) -> Decimal | None:
    """Hours and minutes together, in the field's unit; None for anything else. After the last number "min" may lack."""
    if not any(unit in _SECONDS for unit in units) or any(len(values) != 1 for values in readings):
        return None
    lengths = [_SECONDS.get(unit_name(name)) for name in names]
    if lengths[-1] is None and not names[-1] and lengths[-2] == _SECONDS["h"]:
        lengths[-1] = _SECONDS["min"]
    total, longer = Decimal(0), None
    for values, length in zip(readings, lengths, strict=True):
        if length is None or (longer is not None and length >= longer):
            return None
        total, longer = total + values[0] * length, length
    return (total / next(_SECONDS[unit] for unit in units if unit in _SECONDS)).quantize(TIME_STEP)
