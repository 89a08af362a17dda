"""What somebody types beside a file of a cluster: what a core and a GiB of memory cost a month."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from assess.language import _
from assess.measurements.facade import Prices
from assess.money.facade import CURRENCIES
from assess.questionnaire.facade import (
    ANY_CURRENCY,
    Issue,
    ValidationFailed,
    choose_value,
    read_typed_number,
)

#: A month of a core or a GiB costs less anywhere, in any currency.
MAX_PRICE: Final = 10_000_000
AMOUNTS: Final = ("core", "gib")
FIELDS: Final = (*AMOUNTS, "currency")


def read_prices(texts: Mapping[str, str], *, currency: str) -> Prices | None:
    """The prices in the texts of `FIELDS`; None where both amounts are empty. `currency` is the workspace's, for an
    empty field. Raises ValidationFailed with every mistake, an issue's key being the field's."""
    typed = {name: texts.get(name, "").strip() for name in FIELDS}
    if not any(typed[name] for name in AMOUNTS):
        return None
    issues: list[Issue] = []
    amounts = {name: read_amount(name, typed[name], issues) for name in AMOUNTS}
    code = typed["currency"].upper() or currency
    if code not in CURRENCIES:
        message = _("Write the currency as its three letters, such as {example}").format(example=currency)
        issues.append(Issue(code="not_a_currency", key="currency", message=message))
    if issues:
        raise ValidationFailed(issues)
    return Prices(core=amounts["core"], gib=amounts["gib"], currency=code)


def read_amount(name: str, text: str, issues: list[Issue]) -> Decimal:
    """The amount, 0 with an issue added where it cannot be used."""
    enter = _("Enter a price from 0 to {most}").format(most=f"{MAX_PRICE:,}")
    if not text:
        message = _("Enter the other price too, or leave both empty")
        issues.append(Issue(code="missing", key=name, message=message))
        return Decimal(0)
    typed = read_typed_number(text, (ANY_CURRENCY,))
    try:
        return choose_value(text, typed, enter=enter, most=MAX_PRICE, key=name).quantize(Decimal("0.0001"))
    except ValidationFailed as failed:
        issues += failed.issues
    return Decimal(0)
