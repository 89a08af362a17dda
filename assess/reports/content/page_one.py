"""Page 1, on which a reader can decide: every word of it, at most 180 whatever people answered, signed or wrote.

Decides: what is on page 1 and how far it is shortened. The rest of the report has everything in full. Does not decide:
what is said about the answers (`build`), or how the page looks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from assess.language import _, capitalised, day, number_word
from assess.reports.content.data import GateMark, PageOne, ReportData
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.content.sanitize import clean_line

MAX_WORDS: Final = 180
#: Words of a condition, remark or challenge that usually say what it is; reasons give way to them, down to one.
USUAL_WORDS: Final = 12
#: None of them is cut below this; longer ones end with "…".
MIN_WORDS: Final = 5
#: The same of why somebody overruled the model: on that page it is the reason.
MIN_OVERRULING_WORDS: Final = 18
#: And of what a signature is challenged with, or of a remark without conditions, where there is no room for as much.
MIN_CHALLENGE_WORDS: Final = 8
MAX_TEXT_WORDS: Final = 28
#: Letters of one shortened text: somebody may write without spaces.
MAX_LETTERS: Final = 180
#: Words and letters of a name: those of people are shorter.
NAME_WORDS: Final = 4
NAME_LETTERS: Final = 40
ORGANISATION_WORDS: Final = 6  #: words of the name of an organisation
#: Words of the system's name: longer names are in full in appendix C.
SYSTEM_WORDS: Final = 12
HASH_DIGITS: Final = 16
MIN_COUNTED_GATES: Final = 3  #: so many open gates are counted, not named


def fit_page_one(report: ReportData) -> ReportData:
    """The report with its first page."""
    return replace(report, page_one=build_page_one(report))


def count_words(page: PageOne) -> int:
    """How many words the page has, marks between words included."""
    return sum(len(text.split()) for text in page_texts(page))


def page_texts(page: PageOne) -> Iterator[str]:
    """Every text on it, "" where there is nothing to say."""
    for name in PageOne.__slots__:
        value = getattr(page, name)
        if isinstance(value, str) and name not in ("verdict", "state"):
            yield value
        elif name == "gates":
            yield from (f"{gate.name}: {gate.state_words}." for gate in value)
        elif isinstance(value, tuple):
            yield from value


def build_page_one(report: ReportData) -> PageOne:
    """The page with as much as fits into `MAX_WORDS`. What gives way, in this order: reasons down to one, then the
    length of what people wrote, then the conditions due last."""
    review, signed = report.review, report.review.signature if report.review else None
    conditions = review.conditions if review and signed else ()
    reasons = report.reasons_for if report.is_enough else ()
    page = build_fixed_page(report, signed)
    overruling = signed.reason if signed and signed.overruled_words else ""
    remark = signed.remark if signed else ""
    challenge = newest_open_challenge(review) if review and signed else None
    reason_counts = range(len(reasons), -1, -1)
    for named, length, shown in product(range(len(conditions), -1, -1), (USUAL_WORDS, MIN_WORDS), reason_counts):
        if shown == 0 and reasons and (named > 1 or (length == USUAL_WORDS and not overruling)):
            continue
        left = len(conditions) - named
        texts = (overruling, remark, challenge.text if challenge else "", *(each.text for each in conditions[:named]))
        wanted = [len(text.split()) for text in texts]
        least = [min(length, words) for words in wanted]
        decides = MIN_OVERRULING_WORDS if length == USUAL_WORDS else MIN_CHALLENGE_WORDS
        least[0] = min(MIN_OVERRULING_WORDS, wanted[0])
        least[1] = min(least[1] if conditions else decides, wanted[1])
        least[2] = min(decides, wanted[2])
        bare = replace(
            page,
            reasons=tuple(reason.sentence for reason in reasons[:shown]),
            challenge=challenge_line(challenge, "") if challenge else "",
            conditions=tuple(condition_line(each, "") for each in conditions[:named]),
            more_conditions=_("And {count} more in appendix C.").format(count=left) if left else "",
        )
        room = MAX_WORDS - count_words(bare) - sum(least)
        if room >= 0:
            break
    lengths = share_room(least, [min(words, MAX_TEXT_WORDS) for words in wanted], room)
    shortened = [shorten(text, words) for text, words in zip(texts, lengths, strict=True)]
    return replace(
        bare,
        headline=overruled_headline(signed, shortened[0]) if signed and overruling else page.headline,
        remark=shortened[1],
        challenge=challenge_line(challenge, shortened[2]) if challenge else "",
        conditions=tuple(
            condition_line(each, text) for each, text in zip(conditions[:named], shortened[3:], strict=True)
        ),
    )


def share_room(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """How many words each text gets: its minimum, and an equal share of the room up to its maximum.

    >>> share_room([2, 5, 5], [2, 6, 28], 7)
    [2, 6, 11]
    """
    lengths = list(least)
    while room > 0:
        short = [index for index, words in enumerate(lengths) if words < most[index]][:room]
        if not short:
            break
        for index in short:
            lengths[index] += 1
        room -= len(short)
    return [max(words, 1) for words in lengths]


def newest_open_challenge(review: Review) -> ReviewComment | None:
    """The newest unsettled challenge of a challenged signature."""
    challenges = [comment for comment in review.comments if comment.is_open] if review.is_challenged else []
    return max(challenges, key=lambda comment: comment.at, default=None)


def build_fixed_page(report: ReportData, signed: Signature | None) -> PageOne:
    """The page with what it always says, however little room there is."""
    is_overruled = signed is not None and bool(signed.overruled_words)
    model_verdict = report.verdict_words
    if report.form_words:
        model_verdict = _("{verdict}, {form}").format(verdict=report.verdict_words, form=report.form_words)
    return PageOne(
        kicker=_("Assessment, version {version}, {day}").format(version=report.version, day=day(report.dated)),
        state="" if report.is_submitted else "draft",
        state_words=report.state_words,
        title=_("Should {system} be split?").format(system=shorten(report.system, SYSTEM_WORDS, len(report.system))),
        owner=_("{team}, {workspace}").format(
            team=shorten(report.team, NAME_WORDS, NAME_LETTERS),
            workspace=shorten(report.brand.name or report.workspace, ORGANISATION_WORDS, NAME_LETTERS),
        ),
        verdict=signed.overruled_to if signed and is_overruled else report.icon,
        verdict_words=signed.overruled_words if signed and is_overruled else report.verdict_words,
        form_words="" if is_overruled else report.form_words,
        headline=overruled_headline(signed, "") if signed and is_overruled else report.headline,
        model_verdict=_("The model says: {verdict}.").format(verdict=model_verdict) if is_overruled else "",
        why_title=why_title(report, is_overruled),
        why=why_text(report),
        firm_title=_("How firm") if report.firm_words or is_overruled else _("What is known"),
        firm_words=_("Overruled") if is_overruled else report.firm_words,
        firm_why=_("An architect decided this, not the rules.") if is_overruled else report.firm_why,
        basis=report.basis_words,
        gates_title=_("Gates"),
        gates=page_gates(report, signed),
        no_gates=no_gates_text(report, signed),
        cost_title=_("Cost"),
        cost=report.cost_words,
        decision_title=_("The decision taken") if signed and not is_challenged(report) else _("The decision asked for"),
        decision=decision_sentence(report.review, signed) if report.review and signed else report.decision,
        signature_hash=_("SHA-256 {hash}").format(hash=signed.hash[:HASH_DIGITS]) if signed else "",
        note=draft_note(report),
        blanks=(_("Decided by"), _("Date")) if report.is_submitted and not signed else (),
    )


def why_title(report: ReportData, is_overruled: bool) -> str:
    """The heading above the rule or, while too little is known, above the question to answer first."""
    if is_overruled:
        return _("Why the model disagrees")
    return _("Why") if report.is_enough or not report.ask_next else _("What to answer first")


def why_text(report: ReportData) -> str:
    """The rule that decided or, while too little is known, the question to answer first."""
    if report.is_enough:
        return report.rule_sentence
    return report.ask_next.wording if report.ask_next else report.answers_finding


def page_gates(report: ReportData, signed: Signature | None) -> tuple[GateMark, ...]:
    """The gates that the current decision depends on and that are not passed; many open ones are only counted."""
    if signed is None or not signed.overruled_to or signed.overruled_to == report.verdict:
        gates = report.conditions
    elif signed.overruled_to == "extract":
        gates = tuple(gate for gate in report.gates if gate.state != "passed")
    else:
        gates = ()
    unknown = [gate for gate in gates if gate.state == "open"]
    named = gates if len(unknown) < MIN_COUNTED_GATES else [gate for gate in gates if gate.state != "open"]
    marks = [GateMark(name=gate.name, state=gate.state, state_words=gate.state_words) for gate in named]
    if len(unknown) >= MIN_COUNTED_GATES:
        name = _("{count} others") if named else _("{count} gates")
        name = name.format(count=capitalised(number_word(len(unknown))))
        marks.append(GateMark(name=name, state="open", state_words=unknown[0].state_words))
    return tuple(marks)


def no_gates_text(report: ReportData, signed: Signature | None) -> str:
    """Why no gate is listed; empty where some are."""
    if page_gates(report, signed):
        return ""
    if signed is None or not signed.overruled_to or signed.overruled_to == report.verdict:
        return report.no_conditions
    if signed.overruled_to == "extract":
        return _("None. Every gate is passed.")
    return _("None. This verdict needs nothing first.")


def is_challenged(report: ReportData) -> bool:
    """Whether the current signature is challenged."""
    return report.review is not None and report.review.is_challenged


def draft_note(report: ReportData) -> str:
    """Why nothing is decided yet; empty where something is."""
    if not report.is_submitted:
        return _("A draft: decide on a submitted version.")
    return report.review.draft_note if report.review else ""


def decision_sentence(review: Review, signed: Signature) -> str:
    """Who decided what and when, and until when the team may challenge it."""
    sentence = review.signed_sentence.format(
        decision=signed.decision_words, name=short_name(signed.by), day=day(signed.day)
    )
    if signed.challenge_until and "{day}" in review.signed_note:
        return f"{sentence} {review.signed_note.format(day=day(signed.challenge_until))}"
    return sentence


def overruled_headline(signed: Signature, reason: str) -> str:
    """Who overruled the model, and why."""
    return _("Overruled by {name}: {reason}").format(name=short_name(signed.by), reason=reason)


def challenge_line(challenge: ReviewComment, text: str) -> str:
    """Who challenged the signature, and with what."""
    return _("Challenge by {name}: {text}").format(name=short_name(challenge.by), text=text)


def condition_line(condition: SignedCondition, text: str) -> str:
    """The condition with its owner and due day."""
    pattern = _("{text} ({owner}, by {day}). Met.") if condition.met_words else _("{text} ({owner}, by {day}).")
    return pattern.format(text=text, owner=short_name(condition.owner), day=day(condition.due_on))


def short_name(name: str) -> str:
    """A person's or team's name where there is little room."""
    return shorten(name, NAME_WORDS, NAME_LETTERS)


def shorten(text: str, words: int, letters: int = MAX_LETTERS) -> str:
    """The first so many words of it on one line, with "…" where there were more.

    >>> shorten("Trace every call\\nof the shop", 4)
    'Trace every call of…'
    """
    line = clean_line(text, max(len(text), 1))
    first = " ".join(line.split()[:words])[:letters].rstrip(" .,;:")
    return first if first == line.rstrip(" .,;:") else f"{first}…"
