"""The head of the answer card: the decision that stands, how settled it is, and what it rests on."""

from dataclasses import dataclass
from typing import Literal

from assess.decision.facade import VERDICTS, Form, Result, Verdict, title_of, words_of_form
from assess.language import N_, Words, _, ngettext

#: No verdict yet; answers can change it; none can; none can if guesses hold; signed; overruled; to be decided again.
Settled = Literal["none", "conditional", "firm", "guesses", "signed", "overruled", "stale"]
PILLS: Words[Settled] = Words(
    {
        "none": N_("Open"),
        "conditional": N_("Conditional"),
        "firm": N_("Firm"),
        "guesses": N_("Firm, if the guesses hold"),
        "overruled": N_("Overruled and signed"),
        "stale": N_("Out of date"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hero:
    """What the card says first. `verdict` is the decision that stands, the architect's where one overruled the model;
    "" where there is none yet. `sentence` is "" where the architect's reason stands in its place."""

    verdict: Verdict | Literal[""]
    title: str
    form: str
    form_slug: Form | Literal[""]  #: "" where an architect overruled, who chooses a verdict and no form
    is_firm: bool
    sentence: str
    settled: Settled
    pill: str
    others: tuple[Verdict, ...]  #: what open answers could still make of the model's verdict
    model_verdict: Verdict | Literal[""]  #: what the model said, where it was overruled
    model_form: str
    model_sentence: str
    basis: str  #: "8 answers decide: 2 measured, 6 estimated."

    @property
    def icon(self) -> str:
        return self.verdict or "unknown"


def build_hero(
    result: Result,
    *,
    is_enough: bool,
    too_few: str = "",
    overruled_to: str = "",
    state_words: str = "",
    is_stale: bool = False,
) -> Hero:
    """The head of the card. `too_few` is what to say while `is_enough` is false, `state_words` the state of a signed
    version ("" for one that is not). An architect who overrules chooses a verdict, and no form of it."""
    overruled = next((verdict for verdict in VERDICTS if verdict == overruled_to and verdict != result.verdict), None)
    verdict: Verdict | Literal[""] = overruled or (result.verdict if is_enough else "")
    settled: Settled = "none"
    if is_stale and verdict:
        settled = "stale"
    elif overruled:
        settled = "overruled"
    elif verdict and state_words:
        settled = "signed"
    elif verdict:
        settled = "firm" if result.firm else "conditional"
        guesses = result.basis_counts.get("guess", 0)
        if result.firm and guesses and guesses == sum(result.basis_counts.values()):
            settled = "guesses"
    form: Form | Literal[""] = result.form if verdict and not overruled else ""
    sentence = result.headline if is_enough else too_few or result.headline
    return Hero(
        verdict=verdict,
        title=title_of(verdict, form) or _("No verdict yet"),
        form=words_of_form(form),
        form_slug=form,
        is_firm=result.firm,
        sentence="" if overruled else sentence,
        settled=settled,
        pill=state_words if settled == "signed" else PILLS[settled],
        others=tuple(other for other in result.possible_verdicts if other != result.verdict) if verdict else (),
        model_verdict=result.verdict if overruled else "",
        model_form=words_of_form(result.form) if overruled else "",
        model_sentence=result.headline if overruled else "",
        basis=describe_basis(result) if verdict and not overruled else "",
    )


def describe_basis(result: Result) -> str:
    """How well the answers that decide are known; "" where none decides."""
    known = sum(result.basis_counts.values())
    if not known:
        return ""
    counts = result.basis_counts
    parts: list[str] = []
    if counts.get("measured"):
        parts.append(_("{count} measured").format(count=counts["measured"]))
    if counts.get("estimated"):
        parts.append(_("{count} estimated").format(count=counts["estimated"]))
    if counts.get("guess"):
        parts.append(ngettext("{count} guess", "{count} guesses", counts["guess"]).format(count=counts["guess"]))
    if not parts:
        return ngettext("{count} answer decides.", "{count} answers decide.", known).format(count=known)
    pattern = ngettext("{count} answer decides: {parts}.", "{count} answers decide: {parts}.", known)
    return pattern.format(count=known, parts=_(", ").join(parts))
