"""Ranges, currencies, and how amounts are written. Amounts are decimals; nothing here is a float."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from assess.language import _, number

#: The sign before an amount by ISO 4217's code; a currency whose sign many share is written with its country.
CURRENCIES: Final[Mapping[str, str]] = {
    "USD": "$", "EUR": "€", "GBP": "£", "CHF": "CHF", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "CAD": "CA$", "AUD": "A$",
    "NZD": "NZ$", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "PLN": "PLN", "CZK": "CZK", "HUF": "HUF", "RON": "RON",
    "BGN": "BGN", "TRY": "₺", "UAH": "₴", "ILS": "₪", "AED": "AED", "SAR": "SAR", "ZAR": "ZAR", "NGN": "₦",
    "KES": "KES", "EGP": "EGP", "BRL": "R$", "MXN": "MX$", "ARS": "ARS", "CLP": "CLP", "COP": "COP", "SGD": "S$",
    "HKD": "HK$", "TWD": "NT$", "KRW": "₩", "THB": "฿", "IDR": "IDR", "MYR": "MYR", "PHP": "₱", "VND": "₫",
    "BDT": "৳", "PKR": "PKR", "LKR": "LKR",
}  # fmt: skip
#: What people call a currency beside its code and sign.
CURRENCY_WORDS: Final[Mapping[str, str]] = {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "CHF": "fr"}
#: Digits of an amount that a sentence keeps; the lines of a sum keep them all.
KEPT_DIGITS: Final = 2
#: Cents of an amount from here on are noise.
MOST_WITH_CENTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; a single figure is a range of one."""

    low: Decimal
    high: Decimal

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    @property
    def middle(self) -> Decimal:
        """Halfway between its ends."""
        return self.low if self.is_point else (self.low + self.high) / 2


def amount_words(amount: Decimal, currency: str) -> str:
    """The amount with its currency; cents only where there are some, and below a thousand.

    >>> amount_words(Decimal("-15600.40"), "USD"), amount_words(Decimal("0.5"), "SEK")
    ('−$15,600', 'SEK\\xa00.50')
    """
    size = abs(amount)
    is_whole = size == size.to_integral_value() or size >= MOST_WITH_CENTS
    digits = number(int(size.to_integral_value()) if is_whole else size.quantize(Decimal("0.01")))
    return f"{'−' if amount < 0 else ''}{sign_before(currency)}{digits}"


def sign_before(currency: str) -> str:
    """What stands before an amount.

    >>> sign_before("USD"), sign_before("SEK")
    ('$', 'SEK\\xa0')
    """
    sign = CURRENCIES.get(currency, currency)
    return f"{sign}\u00a0" if sign[-1:].isalpha() else sign


def amount_range_words(amounts: Range, currency: str) -> str:
    """The range in words; one amount where it is one.

    >>> amount_range_words(Range(Decimal(900), Decimal(1000)), "EUR")
    '€900 to €1,000'
    """
    low, high = amount_words(amounts.low, currency), amount_words(amounts.high, currency)
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def round_outward(amounts: Range) -> Range:
    """The range with two digits at each end, rounded so that it contains the given one: a sentence must not sound more
    exact than its figures are.

    >>> round_outward(Range(Decimal(-123_456), Decimal(9_876)))
    Range(low=Decimal('-130000'), high=Decimal('9900'))
    """
    return Range(keep_digits(amounts.low, ROUND_FLOOR), keep_digits(amounts.high, ROUND_CEILING))


def keep_digits(amount: Decimal, rounding: str) -> Decimal:
    """The amount with `KEPT_DIGITS` digits, and no cents."""
    step = Decimal(1).scaleb(max(amount.adjusted() - KEPT_DIGITS + 1, 0)) if amount else Decimal(1)
    return Decimal(int((amount / step).to_integral_value(rounding) * step))
