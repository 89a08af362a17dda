"""The first page, which decides alone: all its words, at most 180 of them, whatever was answered, signed or written.

Decides: what stands on page 1 and how far it is shortened. Whatever is shortened here is in full further back. Does not
decide: what is said of the answers (`build`), or how the page looks. Pure, as `build` is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from assess.language import _, capitalised, day, number_word
from assess.reports.content.data import MarkLine, PageOne, ReportData
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.content.sanitize import clean_line

WORDS: Final = 180
#: Words of a condition, a remark or a challenge that mostly say what it is; reasons give way to them, down to one.
ENOUGH: Final = 12
#: What none of them is ever cut below; the page breaks longer ones off with "…".
LEAST: Final = 5
#: The same of why somebody overruled the model: on that page it is the reason.
LEAST_OVERRULING: Final = 18
#: And of what a signature is challenged with, or of a remark without conditions, where there is no room for as much.
LEAST_CHALLENGE: Final = 8
MOST: Final = 28
#: Letters of one shortened text: somebody may write without spaces.
LETTERS: Final = 180
#: Words and letters of a name: those of people are shorter.
NAME: Final = 4
NAME_LETTERS: Final = 40
ORGANISATION: Final = 6  #: words of the name of an organisation
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
    review, signed = report.review, report.review.signature if report.review else None
    conditions = review.conditions if review and signed else ()
    reasons = report.reasons_for if report.is_enough else ()
    page = _page(report, signed)
    overruling = signed.reason if signed and signed.overruled_words else ""
    remark = signed.remark if signed else ""
    challenge = _open_challenge(review) if review and signed else None
    given = range(len(reasons), -1, -1)
    for named, length, shown in product(range(len(conditions), -1, -1), (ENOUGH, LEAST), given):
        if shown == 0 and reasons and (named > 1 or (length == ENOUGH and not overruling)):
            continue
        left = len(conditions) - named
        texts = (overruling, remark, challenge.text if challenge else "", *(each.text for each in conditions[:named]))
        wanted = [len(text.split()) for text in texts]
        least = [min(length, words) for words in wanted]
        decides = LEAST_OVERRULING if length == ENOUGH else LEAST_CHALLENGE
        least[0] = min(LEAST_OVERRULING, wanted[0])
        least[1] = min(least[1] if conditions else decides, wanted[1])
        least[2] = min(decides, wanted[2])
        bare = replace(
            page,
            reasons=tuple(reason.sentence for reason in reasons[:shown]),
            challenge=_challenged(challenge, "") if challenge else "",
            conditions=tuple(_condition(each, "") for each in conditions[:named]),
            more_conditions=_("And {count} more in appendix C.").format(count=left) if left else "",
        )
        room = WORDS - words_of(bare) - sum(least)
        if room >= 0:
            break
    lengths = _lengths(least, [min(words, MOST) for words in wanted], room)
    said = [shortened(text, words) for text, words in zip(texts, lengths, strict=True)]
    return replace(
        bare,
        headline=_overruled(signed, said[0]) if signed and overruling else page.headline,
        remark=said[1],
        challenge=_challenged(challenge, said[2]) if challenge else "",
        conditions=tuple(_condition(each, text) for each, text in zip(conditions[:named], said[3:], strict=True)),
    )


def _lengths(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """How many words each text gets: its least, and of the room as much as the others, or as it has.

    >>> _lengths([2, 5, 5], [2, 6, 28], 7)
    [2, 6, 11]
    """
    lengths = list(least)
    while room > 0:
        short = [place for place, words in enumerate(lengths) if words < most[place]][:room]
        if not short:
            break
        for place in short:
            lengths[place] += 1
        room -= len(short)
    return [max(words, 1) for words in lengths]


def _open_challenge(review: Review) -> ReviewComment | None:
    """The newest challenge that nobody has settled, of a signature that is challenged."""
    found = [said for said in review.comments if said.is_open] if review.is_challenged else []
    return max(found, key=lambda said: said.at, default=None)


def _page(report: ReportData, signed: Signature | None) -> PageOne:
    """The page with what is said however little room there is."""
    is_overruled = signed is not None and bool(signed.overruled_words)
    said = _("{verdict}, {form}").format(verdict=report.verdict_words, form=report.form_words)
    return PageOne(
        kicker=_("Assessment, version {version}, {day}").format(version=report.version, day=day(report.dated)),
        state="" if report.is_submitted else "draft",
        state_words=report.state_words,
        title=_("Should {system} be split?").format(system=shortened(report.system, SYSTEM, len(report.system))),
        owner=_("{team}, {workspace}").format(
            team=shortened(report.team, NAME, NAME_LETTERS),
            workspace=shortened(report.brand.name or report.workspace, ORGANISATION, NAME_LETTERS),
        ),
        verdict=signed.overruled_to if signed and is_overruled else report.icon,
        verdict_words=signed.overruled_words if signed and is_overruled else report.verdict_words,
        form_words="" if is_overruled else report.form_words,
        headline=_overruled(signed, "") if signed and is_overruled else report.headline,
        model_verdict=_("The model said: {verdict}.").format(verdict=said) if is_overruled else "",
        why_title=_why_title(report, is_overruled),
        why=_why(report),
        firm_title=_("How firm"),
        firm_words=_("Overruled") if is_overruled else report.firm_words,
        firm_why=_("It stands by a signature, not by the rules.") if is_overruled else report.firm_why,
        basis=report.basis_words,
        gates_title=_("Gates"),
        gates=_gates(report, signed),
        no_gates=_no_gates(report, signed),
        cost_title=_("Cost"),
        cost=report.cost_words,
        decision_title=_("The decision taken")
        if signed and not _is_challenged(report)
        else _("The decision asked for"),
        decision=_sentence(report.review, signed) if report.review and signed else report.decision,
        signature_hash=_("SHA-256 {hash}").format(hash=signed.hash[:SHOWN_OF_HASH]) if signed else "",
        note=_note(report),
        blanks=(_("Decided by"), _("Date")) if report.is_submitted and not signed else (),
    )


def _why_title(report: ReportData, is_overruled: bool) -> str:
    if is_overruled:
        return _("Why the model said otherwise")
    return _("Why") if report.is_enough or not report.ask_next else _("What to answer first")


def _why(report: ReportData) -> str:
    if report.is_enough:
        return report.rule_sentence
    return report.ask_next.wording if report.ask_next else report.answers_finding


def _gates(report: ReportData, signed: Signature | None) -> tuple[MarkLine, ...]:
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


def _no_gates(report: ReportData, signed: Signature | None) -> str:
    if _gates(report, signed):
        return ""
    if signed is None or not signed.overruled_to or signed.overruled_to == report.verdict:
        return report.no_conditions
    if signed.overruled_to == "extract":
        return _("None: every gate is passed.")
    return _("None: this verdict needs nothing to be in place first.")


def _is_challenged(report: ReportData) -> bool:
    return report.review is not None and report.review.is_challenged


def _note(report: ReportData) -> str:
    if not report.is_submitted:
        return _("A draft: decide on a submitted version.")
    return report.review.draft_note if report.review else ""


def _sentence(review: Review, signed: Signature) -> str:
    sentence = review.signed_sentence.format(decision=signed.decision_words, name=_name(signed.by), day=day(signed.day))
    if signed.challenge_until and "{day}" in review.signed_note:
        return f"{sentence} {review.signed_note.format(day=day(signed.challenge_until))}"
    return sentence


def _overruled(signed: Signature, reason: str) -> str:
    return _("Overruled by {name}: {reason}").format(name=_name(signed.by), reason=reason)


def _challenged(challenge: ReviewComment, text: str) -> str:
    return _("Challenge by {name}: {text}").format(name=_name(challenge.by), text=text)


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
