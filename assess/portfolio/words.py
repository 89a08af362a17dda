"""How many systems something is said of: as part of a sentence, so that another language can put it in its own way.

Decides nothing but words.
"""

from typing import Final

from assess.language import N_, Words, _, ngettext, number

#: So many systems are of a verdict; `number` may be "1,000+".
OF_VERDICT: Final = Words(
    {
        "stay": N_("{number} stay monolithic"),
        "modular": N_("{number} modular monolith"),
        "extract": N_("{number} extract services"),
    }
)


def of_systems(total: int, *, is_capped: bool = False) -> str:
    """Of how many systems something is said: "of 22 systems", "of the first 1,000 systems" where there are more."""
    if is_capped:
        return _("of the first {count} systems").format(count=number(total))
    return ngettext("of {count} system", "of {count} systems", total).format(count=number(total))
