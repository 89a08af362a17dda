"""The first page, which decides alone: all its words, at most 180 of them, whatever was answered, signed or written.

Decides: what stands on page 1 and how far it is shortened. Whatever is shortened here is in full further back. Does not
decide: what is said of the answers (`build`), or how the page looks. Pure, as `build` is.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from assess.language import _, capitalised, day, number_word
from assess.reports.cleaned import clean_line
from assess.reports.data import MarkLine, PageOne, ReportData
from assess.reports.signature import Review, Signed, SignedCondition

WORDS: Final = 180
#: What a condition or a reason is never cut below; the page breaks longer ones off with "…".
LEAST: Final = 5
#: The same of why somebody overruled the model: on that page it is the reason.
LEAST_OVERRULING: Final = 18
MOST: Final = 28
#: Letters of one shortened text: somebody may write without spaces.
LETTERS: Final = 180
#: Words and letters of a name: those of people are shorter.
NAME: Final = 4
NAME_LETTERS: Final = 40
#: Words of the system's name: longer ones stand in full where the report is identified.
SYSTEM: Final = 12
SHOWN_OF_HASH: Final = 16
MANY: Final = 3  #: so many open gates are counted, not named


def fit_page_one(report: ReportData) -> ReportData:
    """The report with its first page."""
    return replace(report, page_one=_fit(report))


def words_of(page: PageOne) -> int:
    """How many words stand on it, marks between words included."""
    return sum(len(text.split()) for text in texts_of(page))


def texts_of(page: PageOne) -> Iterator[str]:
    """Every text on it, "" where there is nothing to say."""
    for name in PageOne.__slots__:
        value = getattr(page, name)
        if isinstance(value, str) and name not in ("verdict", "state"):
            yield value
        elif name == "gates":
            yield from (f"{gate.name}: {gate.state_words}." for gate in value)
        elif isinstance(value, tuple):
            yield from value


def _fit(report: ReportData) -> PageOne:
    """As much as there is room for: three reasons, every condition and long remarks give way, in this order: reasons
    down to one, then the length of what was written, then conditions, the ones due last."""
    review, signed = report.review, report.review.signed if report.review else None
    conditions = review.conditions if review and signed else ()
    reasons = report.reasons_for if report.is_enough else ()
    page = _page(report, signed)
    overruling = signed.reason if signed and signed.overruled_words else ""
    remark = signed.remark if signed else ""
    for named, shown in product(range(len(conditions), -1, -1), range(len(reasons), -1, -1)):
        if shown == 0 and reasons and named > 1:
            continue
        left = len(conditions) - named
        texts = (overruling, remark, *(each.text for each in conditions[:named]))
        least = [min(LEAST, len(text.split())) for text in texts]
        least[0] = min(LEAST_OVERRULING, len(overruling.split()))
        bare = replace(
            page,
            reasons=tuple(reason.sentence for reason in reasons[:shown]),
            conditions=tuple(_condition(each, "") for each in conditions[:named]),
            more=_("And {count} more in appendix C.").format(count=left) if left else "",
        )
        room = WORDS - words_of(bare) - sum(least)
        if room >= 0:
            break
    more = max(room, 0) // max(sum(bool(text) for text in texts), 1)
    said = [shortened(text, max(min(MOST, words + more), 1)) for text, words in zip(texts, least, strict=True)]
    return replace(
        bare,
        headline=_overruled(signed, said[0]) if signed and overruling else page.headline,
        remark=said[1],
        conditions=tuple(_condition(each, text) for each, text in zip(conditions[:named], said[2:], strict=True)),
    )


def _page(report: ReportData, signed: Signed | None) -> PageOne:
    """The page with what is said however little room there is."""
    is_overruled = signed is not None and bool(signed.overruled_words)
    said = _("{verdict}, {form}").format(verdict=report.verdict_words, form=report.form_words)
    return PageOne(
        kicker=_("Assessment, version {version}, {day}").format(version=report.version, day=day(report.dated)),
        state="" if report.is_submitted else "draft",
        state_words=report.state_words,
        title=_("Should {system} be split?").format(system=shortened(report.system, SYSTEM, len(report.system))),
        whose=_("{team}, {workspace}").format(
            team=shortened(report.team, NAME, NAME_LETTERS),
            workspace=shortened(report.brand.name or report.workspace, NAME, NAME_LETTERS),
        ),
        verdict=signed.overruled_to if signed and is_overruled else report.icon,
        verdict_words=signed.overruled_words if signed and is_overruled else report.verdict_words,
        form_words="" if is_overruled else report.form_words,
        headline=_overruled(signed, "") if signed and is_overruled else report.headline,
        model_said=_("The model said: {verdict}.").format(verdict=said) if is_overruled else "",
        why_title=_("Why the model said otherwise") if is_overruled else _("Why"),
        why=report.rule_sentence if report.is_enough else report.answers_finding,
        firm_title=_("How firm"),
        firm_words=_("Overruled") if is_overruled else report.firm_words,
        firm_why=_("It stands by a signature, not by the rules.") if is_overruled else report.firm_why,
        basis=report.basis_words,
        gates_title=_("Gates"),
        gates=_gates(report, signed),
        no_gates=_no_gates(report, signed),
        cost_title=_("Cost"),
        cost=report.cost_words,
        ask_title=_("The decision taken") if signed else _("The decision asked for"),
        ask=_sentence(report.review, signed) if report.review and signed else report.decision,
        seal=_("SHA-256 {hash}").format(hash=signed.hash[:SHOWN_OF_HASH]) if signed else "",
        note="" if report.is_submitted else _("A draft: decide on a submitted version."),
        blanks=(_("Decided by"), _("Date")) if report.is_submitted and not signed else (),
    )


def _gates(report: ReportData, signed: Signed | None) -> tuple[MarkLine, ...]:
    """Those that the verdict which stands depends on and that are not passed; of many open ones, only their number."""
    if signed is None or not signed.overruled_to or signed.overruled_to == report.verdict:
        gates = report.conditions
    elif signed.overruled_to == "extract":
        gates = tuple(gate for gate in report.gates if gate.state != "passed")
    else:
        gates = ()
    unknown = [gate for gate in gates if gate.state == "open"]
    named = gates if len(unknown) < MANY else [gate for gate in gates if gate.state != "open"]
    marks = [MarkLine(name=gate.name, state=gate.state, state_words=gate.state_words) for gate in named]
    if len(unknown) >= MANY:
        name = _("{count} others") if named else _("{count} gates")
        name = name.format(count=capitalised(number_word(len(unknown))))
        marks.append(MarkLine(name=name, state="open", state_words=unknown[0].state_words))
    return tuple(marks)


def _no_gates(report: ReportData, signed: Signed | None) -> str:
    if _gates(report, signed):
        return ""
    if signed is None or not signed.overruled_to or signed.overruled_to == report.verdict:
        return report.no_conditions
    if signed.overruled_to == "extract":
        return _("None: every gate is passed.")
    return _("None: this verdict needs nothing to be in place first.")


def _sentence(review: Review, signed: Signed) -> str:
    if review.is_challenged:
        said = _("{decision} by {name}, {day}, and challenged since: decide on the challenge.")
    elif not signed.challenge_until:
        said = _("{decision} by {name}, {day}.")
    else:
        said = _("{decision} by {name}, {day}. Open to challenge until {until}.")
    return said.format(
        decision=signed.decision_words,
        name=_name(signed.by),
        day=day(signed.day),
        until=day(signed.challenge_until) if signed.challenge_until else "",
    )


def _overruled(signed: Signed, reason: str) -> str:
    return _("Overruled by {name}: {reason}").format(name=_name(signed.by), reason=reason)


def _condition(condition: SignedCondition, text: str) -> str:
    said = _("{text} ({owner}, by {day}). Met.") if condition.met_words else _("{text} ({owner}, by {day}).")
    return said.format(text=text, owner=_name(condition.owner), day=day(condition.due_on))


def _name(name: str) -> str:
    return shortened(name, NAME, NAME_LETTERS)


def shortened(text: str, words: int, letters: int = LETTERS) -> str:
    """The first so many words of it on one line, with "…" where there were more.

    >>> shortened("Trace every call\\nof the shop", 4)
    'Trace every call of…'
    """
    line = clean_line(text, max(len(text), 1))
    first = " ".join(line.split()[:words])[:letters].rstrip(" .,;:")
    return first if first == line.rstrip(" .,;:") else f"{first}…"
