"""How many systems something is said of: as part of a sentence, so that another language can put it in its own way.

Decides nothing but words.
"""

from typing import Final

from assess.assessments.facade import State
from assess.language import N_, Words, _, ngettext, number

#: So many systems are of a verdict, or of a state; `number` may be "1,000+".
OF_VERDICT: Final = Words(
    {
        "stay": N_("{number} stay monolithic"),
        "modular": N_("{number} modular monolith"),
        "extract": N_("{number} extract services"),
    }
)
OF_STATE: Final = Words(
    {
        State.DRAFT.value: N_("{number} in progress"),
        State.SUBMITTED.value: N_("{number} submitted"),
        State.IN_REVIEW.value: N_("{number} in review"),
        State.ACCEPTED.value: N_("{number} accepted"),
        State.ACCEPTED_WITH_CONDITIONS.value: N_("{number} accepted with conditions"),
        State.SENT_BACK.value: N_("{number} sent back"),
        State.CHALLENGED.value: N_("{number} challenged"),
    }
)


def of_systems(total: int, *, is_capped: bool = False) -> str:
    """Of how many systems something is said: "of 22 systems", "of the first 1,000 systems" where there are more."""
    if is_capped:
        return _("of the first {count} systems").format(count=number(total))
    return ngettext("of {count} system", "of {count} systems", total).format(count=number(total))
