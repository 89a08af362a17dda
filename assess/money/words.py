"""What the sums say, in sentences: always a range, and never more exact than the figures behind it."""

from decimal import Decimal
from typing import Any, Final

from assess.language import N_, Words, _
from assess.money.amounts import Range, amount_range_words, amount_words, round_outward
from assess.money.inputs import FIGURE_BY_NAME, range_words
from assess.money.ways import WAYS, BreakEven, Difference, Sums, Way

#: The way as the subject of a sentence.
DOING: Final[Words[Way]] = Words(
    {"stay": N_("staying"), "modular": N_("going modular"), "extract": N_("extracting services")}
)


def describe_difference(sums: Sums, way: Way | None = None) -> str:
    """What a way costs more than staying over three years, or saves: page 1's sentence on cost. Without `way`, that of
    the way compared."""
    difference = sums.differences[way or sums.compared]
    total = round_outward(difference.total)
    more, saved = amount_words(total.high, sums.currency), amount_words(-total.low, sums.currency)
    subject = DOING[difference.way]
    if total.low == total.high == 0:
        return _("Over three years, {doing} costs as much as staying.").format(doing=subject)
    if total.low >= 0:
        amounts = amount_range_words(total, sums.currency)
        pattern = _("Over three years, {doing} costs {amounts} more than staying.")
        return pattern.format(doing=subject, amounts=amounts)
    if total.high <= 0:
        amounts = amount_range_words(Range(-total.high, -total.low), sums.currency)
        pattern = _("Over three years, {doing} saves {amounts} against staying.")
        return pattern.format(doing=subject, amounts=amounts)
    pattern = _("Over three years, {doing} costs up to {more} more than staying, or saves up to {saved}.")
    return pattern.format(doing=subject, more=more, saved=saved)


def describe_break_even(difference: Difference) -> str:
    """When a way has cost no more than staying, at best and at worst."""
    early = difference.earliest
    if early == "never":
        return _("Never breaks even.")
    if early == "later":
        return _("Does not break even within three years.")
    return _("Breaks even {when}.").format(when=break_even_words(difference))


def break_even_words(difference: Difference) -> str:
    """The months of the break-even: "between month 12 and month 30", "in month 15 at best, never at worst"."""
    early, late = difference.earliest, difference.latest
    if early == late:
        return moment_words(early)
    if isinstance(early, int) and isinstance(late, int):
        return _("between month {first} and month {last}").format(first=early, last=late)
    return _("{early} at best, {late} at worst").format(early=moment_words(early), late=moment_words(late))


def moment_words(moment: BreakEven) -> str:
    """The month, or that it is not within three years, or never."""
    if isinstance(moment, int):
        return _("in month {month}").format(month=moment)
    return _("not within three years") if moment == "later" else _("never")


def describe_pain(sums: Sums) -> str:
    """What the present shape costs a month."""
    amounts = amount_range_words(round_outward(sums.pain.total), sums.currency)
    return _("What hurts costs {amounts} a month").format(amounts=amounts)


def describe_swings(sums: Sums) -> str:
    """Which figure matters most."""
    if not sums.swings:
        return _("Every figure is one value: no range to narrow")
    first = sums.swings[0]
    label = _(FIGURE_BY_NAME[first.name].label)
    moves = amount_words(round_outward(Range(first.size, first.size)).high, sums.currency)
    return _("“{label}” matters most: it moves the sum by {amount}").format(label=label, amount=moves)


def describe_simplifications() -> tuple[str, ...]:
    """What the sums leave out or simplify."""
    return (
        _("Nothing is saved before the work is done; what services cost counts from the first month."),
        _("A month has four working weeks and 160 hours a person. Nothing is discounted, nothing grows."),
        _("A way's own lines add up. The difference of two ways is worked out with the same value in both."),
        _("Faster releases to market, hiring and resignations are not in it."),
    )


def to_json(sums: Sums) -> dict[str, Any]:
    """The figures and what follows from them, as JSON: amounts as texts, since they are exact."""

    def ends(amounts: Range) -> dict[str, str]:
        return {"low": f"{amounts.low:f}", "high": f"{amounts.high:f}"}

    return {
        "currency": sums.currency,
        "months": len(sums.difference.months) - 1,
        "figures": {
            name: {**ends(entry.range), "typed": entry.is_typed} for name, entry in sums.inputs.by_name.items()
        },
        "pain_a_month": ends(sums.pain.total),
        "ways": {way: ends(sums.ways[way].total) for way in WAYS},
        "against_staying": {
            way: {**ends(each.total), "break_even": {"earliest": each.earliest, "latest": each.latest}}
            for way, each in sums.differences.items()
        },
        "compared": sums.compared,
        "swings": [
            {"figure": swing.name, "at_low": f"{swing.at_low:f}", "at_high": f"{swing.at_high:f}"}
            for swing in sums.swings
        ],
    }


def figure_words(sums: Sums, name: str) -> str:
    """A figure's range with its unit."""
    return range_words(FIGURE_BY_NAME[name], sums.inputs[name], sums.currency)


def signed_words(amount: Decimal, currency: str) -> str:
    """An amount that a way costs more, with its sign: "+$1,200", "−$300"."""
    return f"+{amount_words(amount, currency)}" if amount > 0 else amount_words(amount, currency)
