"""Page 1, on which a reader can decide: every word of it, at most 180 whatever people answered, signed or wrote.

Decides: what is on page 1 and how far it is shortened. The rest of the report has everything in full. Does not decide:
what is said about the answers (`build`, `key_reasons`), or how the page looks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from assess.decision.facade import VERDICT_WORDS
from assess.evidence.facade import needs_candidate
from assess.findings.facade import KeyReason
from assess.language import _, any_of, capitalised, day, ngettext, number_word
from assess.reports.content.data import PageOne, PageRow, ReportData
from assess.reports.content.people import Review, ReviewComment, Signature, SignedCondition
from assess.reports.content.sanitize import LONG_NAME, clean_line
from assess.reports.document import Line, Run, line, plain_text

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
MIN_LETTERS: Final = 60
LETTERS_A_WORD: Final = 14
#: Reasons that stay while the table has more than one row, but for conditions: these are what was decided.
MIN_REASONS: Final = 2
#: Rows of the table: more conditions would push the signature off the page.
MAX_ROWS: Final = 6
#: Words and letters of a name: those of people are shorter.
NAME_WORDS: Final = 4
NAME_LETTERS: Final = 40
ORGANISATION_WORDS: Final = 6  #: words of the name of an organisation
#: Words of the system's name: longer names are in full at the end.
SYSTEM_WORDS: Final = 12
HASH_DIGITS: Final = 16
#: The end of a reason's first sentence.
SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTable:
    """The table of page 1: what to settle or to do, by whom and by when. `rows` can be cut from the end."""

    heads: tuple[str, ...] = ()
    rows: tuple[PageRow, ...] = ()
    look: str = "steps"


def fit_page_one(report: ReportData) -> ReportData:
    """The report with its first page."""
    return replace(report, page_one=build_page_one(report))


def count_words(page: PageOne) -> int:
    """How many words the page has, its foot with the page's number included. The dots of the foot are no words."""
    texts = (*page_texts(page), _("Page {number} of {count}"))
    return sum(word != "·" for text in texts for word in text.split())


def page_texts(page: PageOne) -> Iterator[str]:
    """Every text on it, "" where there is nothing to say."""
    for name in PageOne.__slots__:
        value = getattr(page, name)
        if isinstance(value, str) and name not in ("verdict", "state", "table_look"):
            yield value
        elif name == "reasons":
            yield from (text for reason in value for text in (reason.figure, reason.sentence))
        elif name == "table_rows":
            yield from (cell for row in value for cell in row.cells)
        elif name in ("firm_why", "model_said"):
            yield plain_text(value)
        elif isinstance(value, tuple):
            yield from value


def build_page_one(report: ReportData) -> PageOne:
    """The page with as much as fits into `MAX_WORDS`. What gives way, in this order: the second sentences of reasons,
    reasons down to one, the length of what people wrote, then the rows of the table that are due last."""
    review, signed = report.review, report.review.signature if report.review else None
    conditions = review.conditions if review and signed else ()
    table = build_table(report, conditions)
    page = build_fixed_page(report, signed, table)
    overruling = signed.reason if signed and signed.overruled_words else ""
    remark = signed.remark if signed else ""
    challenge = newest_open_challenge(review) if review and signed else None
    forms = list(forms_of_reasons(report.key_reasons))
    lengths = (USUAL_WORDS, MIN_WORDS)
    for rows, length, reasons in product(range(min(len(table.rows), MAX_ROWS), -1, -1), lengths, forms):
        if not reasons and report.key_reasons and (rows > 1 or (length == USUAL_WORDS and not overruling)):
            continue
        if not conditions and len(reasons) < min(MIN_REASONS, len(report.key_reasons)) and rows > 1:
            continue
        texts = (
            overruling,
            remark,
            challenge.text if challenge else "",
            *(each.text for each in conditions[:rows]),
        )
        wanted = [len(text.split()) for text in texts]
        least = [min(length, words) for words in wanted]
        decides = MIN_OVERRULING_WORDS if length == USUAL_WORDS else MIN_CHALLENGE_WORDS
        least[0] = min(MIN_OVERRULING_WORDS, wanted[0])
        least[1] = min(least[1] if conditions else decides, wanted[1])
        least[2] = min(decides, wanted[2])
        bare = replace(
            page,
            reasons=reasons,
            challenge=challenge_line(challenge, "") if challenge else "",
            table_heads=table.heads if rows else (),
            table_rows=tuple(condition_row(each, "") for each in conditions[:rows]) or table.rows[:rows],
            more_rows=count_more_conditions(len(conditions) - rows) if conditions else "",
        )
        room = MAX_WORDS - count_words(bare) - sum(least)
        if room >= 0:
            break
    shares = share_room(least, [min(words, MAX_TEXT_WORDS) for words in wanted], room)
    shortened = [
        shorten(text, words, min(MAX_LETTERS, max(MIN_LETTERS, words * LETTERS_A_WORD)))
        for text, words in zip(texts, shares, strict=True)
    ]
    fitted = zip(conditions[:rows], shortened[3:], strict=True)
    return replace(
        bare,
        headline=shortened[0] if overruling else page.headline,
        remark=shortened[1],
        challenge=challenge_line(challenge, shortened[2]) if challenge else "",
        table_rows=tuple(condition_row(each, text) for each, text in fitted) or bare.table_rows,
    )


def forms_of_reasons(reasons: tuple[KeyReason, ...]) -> Iterator[tuple[KeyReason, ...]]:
    """The reasons in full, then with one sentence each from the last on, then fewer and fewer."""
    short = tuple(replace(each, sentence=SENTENCE_END.split(each.sentence, maxsplit=1)[0]) for each in reasons)
    for whole in range(len(reasons), -1, -1):
        yield (*reasons[:whole], *short[whole:])
    for count in range(len(reasons) - 1, -1, -1):
        yield short[:count]


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


def build_fixed_page(report: ReportData, signed: Signature | None, table: PageTable) -> PageOne:
    """The page with what it always says, however little room there is."""
    is_overruled = signed is not None and bool(signed.overruled_words)
    is_asked = report.is_submitted and report.is_enough and not signed
    return PageOne(
        kicker=_("Decision brief"),
        state="" if report.is_submitted else "draft",
        state_words=report.state_words,
        system=shorten(report.system, SYSTEM_WORDS, len(report.system)),
        owner=_("{team}, {workspace}").format(
            team=shorten(report.team, NAME_WORDS, NAME_LETTERS),
            workspace=shorten(report.brand.name or report.workspace, ORGANISATION_WORDS, NAME_LETTERS),
        ),
        verdict=signed.overruled_to if signed and is_overruled else report.icon,
        verdict_words=signed.overruled_words if signed and is_overruled else report.verdict_words,
        form_words="" if is_overruled else describe_form(report),
        headline="" if is_overruled else report.headline,
        model_said=describe_model_verdict(report) if is_overruled else (),
        firm_words=_("Overruled") if is_overruled else report.firm_words,
        is_settled=is_overruled or report.is_settled,
        firm_why=line(_("by {name}, {day}").format(name=short_name(signed.by), day=day(signed.day)))
        if signed and is_overruled
        else mark_verdicts(report.firm_why),
        basis=report.basis_words,
        candidate=describe_candidate(report),
        why_title="" if not report.key_reasons else _("Why the model disagrees") if is_overruled else _("Why"),
        reasons=report.key_reasons,
        table_look=table.look,
        table_heads=table.heads,
        table_rows=table.rows,
        more_rows="",
        cost_title=_("Cost"),
        cost=report.cost_words,
        cost_blank=_("Sum approved") if is_asked else "",
        decision_title=_("The decision taken")
        if signed and not is_challenged(report)
        else _("The decision we ask for"),
        decision=decision_sentence(report.review, signed) if report.review and signed else report.decision,
        signature_hash=_("SHA-256 {hash}").format(hash=signed.hash[:HASH_DIGITS]) if signed else "",
        note=draft_note(report),
        blanks=(_("Decided by"), _("Date")) if is_asked else (),
        footer=report.footer,
    )


def describe_form(report: ReportData) -> str:
    """The form of the verdict; with the part's name where it is about one that has a name."""
    if report.is_enough and report.form == "hot_part" and report.part:
        return _("only {part}").format(part=clean_line(report.part, LONG_NAME))
    return report.form_words


def describe_candidate(report: ReportData) -> str:
    """Which module to extract first and where that comes from; "" where the decision is not to extract, where the
    services run already. Without one that is worth it, it says what to do, but for a signed decision and where the
    form names the part."""
    signed = report.review.signature if report.review else None
    overruled_to = signed.overruled_to if signed and signed.overruled_words else ""
    verdict = overruled_to or (report.verdict if report.is_enough else "")
    if not needs_candidate(verdict, "" if overruled_to else report.form):
        return ""
    is_named = report.form == "hot_part" and bool(report.part)
    if report.candidates is None or not report.candidates.ranked:
        return "" if signed or is_named else _("First candidate: none yet. Scan the code or type an inventory.")
    if not report.candidates.stands_out:
        if is_named:
            return ""
        words = _("First candidate: none stands out.")
        return words if signed else f"{words} {report.candidates.caution}"
    names = any_of([shorten(each.app, NAME_WORDS, NAME_LETTERS) for each in report.candidates.band])
    return _("First candidate, {origin}: {names}.").format(origin=report.candidates.origin, names=names)


def describe_model_verdict(report: ReportData) -> Line:
    """What the model said, with its form, where somebody overruled it."""
    said = _("The model said {verdict}.")
    verdict = report.verdict_words
    if report.form_words:
        verdict = _("{verdict}, {form}").format(verdict=report.verdict_words, form=report.form_words)
    return mark_verdicts(said.format(verdict=verdict), {report.verdict_words: report.icon})


def mark_verdicts(sentence: str, words: dict[str, str] | None = None) -> Line:
    """The sentence with each verdict in it as a run of its own, which is drawn with its icon. `words` are further
    names of verdicts, by slug.

    >>> [run.style for run in mark_verdicts("Could still become Extract services.")]
    ['', 'verdict', '']
    """
    slugs = {VERDICT_WORDS[slug]: str(slug) for slug in VERDICT_WORDS} | (words or {})
    parts = re.split("(" + "|".join(map(re.escape, slugs)) + ")", sentence)
    return tuple(
        Run(part.strip() if part not in slugs else part, "verdict" if part in slugs else "", slugs.get(part, ""))
        for part in parts
        if part.strip()
    )


# --- the table


def build_table(report: ReportData, conditions: Sequence[SignedCondition]) -> PageTable:
    """What to settle or do, by whom and when: the conditions of a signature; else the open questions that decide; else
    the first steps. Empty cells are left to fill by hand."""
    owner, due = _("Owner"), _("Due")
    if conditions:
        return PageTable(
            look="conditions",
            heads=(_("Condition"), _("State"), owner, due),
            rows=tuple(condition_row(each, "") for each in conditions),
        )
    if not report.is_enough:
        rows = tuple(PageRow(cells=(each.question, each.who_knows, "", ""), mark="open") for each in report.settle)
        return PageTable(heads=(_("Answer first"), _("Who may know"), owner, due), rows=rows) if rows else PageTable()
    if report.settle and not is_overruled(report):
        rows = tuple(PageRow(cells=(each.question, each.holds_if, "", ""), mark="open") for each in report.settle)
        return PageTable(heads=(_("Settle first"), _("The verdict holds if"), owner, due), rows=rows)
    rows = tuple(PageRow(cells=(step.title, step.done.rstrip("."), "", step.due_words)) for step in report.first_steps)
    return PageTable(heads=(_("Do first"), _("Done when"), owner, due), rows=rows) if rows else PageTable()


def condition_row(condition: SignedCondition, text: str) -> PageRow:
    """The condition with its state, owner and due day."""
    mark, state = "open", _("Open")
    if condition.met_words:
        mark, state = "passed", _("Met")
    elif condition.is_overdue:
        mark, state = "failed", _("Overdue")
    return PageRow(cells=(text, state, short_name(condition.owner), day(condition.due_on)), mark=mark)


def count_more_conditions(count: int) -> str:
    """The sentence on conditions that the page has no room for; "" for none."""
    if not count:
        return ""
    return ngettext(
        "{count} more condition is listed at the end.", "{count} more conditions are listed at the end.", count
    ).format(count=capitalised(number_word(count)))


# --- what was decided


def is_overruled(report: ReportData) -> bool:
    """Whether a reviewer decided for another verdict than the model's."""
    signed = report.review.signature if report.review else None
    return signed is not None and bool(signed.overruled_words)


def is_challenged(report: ReportData) -> bool:
    """Whether the current signature is challenged."""
    return report.review is not None and report.review.is_challenged


def draft_note(report: ReportData) -> str:
    """Why nothing is decided yet; empty where something is."""
    if not report.is_submitted:
        return _("A draft: decide on a submitted version.")
    return report.review.draft_note if report.review else ""


def decision_sentence(review: Review, signed: Signature) -> str:
    """Who decided what and when, and until when the team may challenge it, or could."""
    sentence = review.signed_sentence.format(
        decision=signed.decision_words, name=short_name(signed.by), day=day(signed.day)
    )
    until = describe_challenge_period(review, signed)
    return f"{sentence} {until}" if until and "{day}" in review.signed_note else sentence


def describe_challenge_period(review: Review, signed: Signature) -> str:
    """Until when the team may challenge the signature, or that it could; "" where it may not."""
    if "{day}" not in review.signed_note:
        return review.signed_note
    if signed.challenge_until is None:
        return ""
    pattern = _("Could be challenged until {day}.") if signed.challenge_is_over else review.signed_note
    return pattern.format(day=day(signed.challenge_until))


def challenge_line(challenge: ReviewComment, text: str) -> str:
    """Who challenged the signature, and with what."""
    return _("Challenge by {name}: {text}").format(name=short_name(challenge.by), text=text)


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
