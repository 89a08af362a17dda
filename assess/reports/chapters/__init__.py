"""Writes a report into chapters of blocks, once for every rendering.

Decides: what stands in which chapter and in which order, and which of them a reader gets. Does not decide: what is said
of the answers (`build`), or how a block looks. Page 1 is a form of its own (`page_one`, and each rendering's). Pure.
"""

from collections.abc import Callable, Mapping
from typing import Final

from assess.language import _, day
from assess.reports.chapters import appendix, doing, people, verdict
from assess.reports.data import ReportData
from assess.reports.document import CHAPTER_WORDS, READERS_OF, Block, Chapter, Choice, Document, Paragraph, line

#: Who writes each chapter. None of a report means that it has nothing to say there.
WRITERS: Final[Mapping[str, Callable[[ReportData], tuple[Block, ...] | None]]] = {
    "hurts": verdict.hurts,
    "reasons": verdict.reasons,
    "gates": verdict.gates,
    "steps": doing.steps,
    "plan": doing.plan,
    "money": doing.money,
    "since": verdict.since,
    "flips": verdict.flips,
    "preparation": doing.preparation,
    "others": verdict.others,
    "disagreement": people.disagreement,
    "challenges": people.challenges,
    "comments": people.comments,
    "open": people.not_known,
    "answers": appendix.answers,
    "method": appendix.method,
    "signoff": appendix.signoff,
}
APPENDICES: Final = frozenset(("answers", "method", "signoff"))
#: What follows from the model's verdict: where that was overruled, the chapter says so before anything else.
OF_THE_MODEL: Final = frozenset(("steps", "flips", "preparation"))
FULL: Final = Choice()


def document_of(report: ReportData, choice: Choice = FULL) -> Document:
    """Everything after page 1, by this choice.

    >>> [chapter.slug for chapter in document_of(report, Choice(chapters=("steps", "signoff"))).chapters]
    ['steps', 'signoff']
    """
    written = [(slug, blocks) for slug in READERS_OF if (blocks := WRITERS[slug](report)) is not None]
    return Document(
        title=report.title,
        language=report.brand.language,
        dated=report.dated,
        footer=_footer(report),
        chapters=tuple(
            Chapter(
                slug=slug,
                title=_title(slug, report),
                blocks=(*_overruled(slug, report), *blocks),
                is_appendix=slug in APPENDICES,
            )
            for slug, blocks in written
            if choice.has(slug)
        ),
        left_out=choice.left_out([_title(slug, report) for slug, _blocks in written if not choice.has(slug)]),
    )


def _overruled(slug: str, report: ReportData) -> tuple[Block, ...]:
    signed = report.review.signed if report.review else None
    if slug not in OF_THE_MODEL or not signed or not signed.overruled_words:
        return ()
    said = _("This is about the model's verdict, “{verdict}”; what stands is “{overruled}”.")
    return (Paragraph(line=line(said.format(verdict=report.verdict_words, overruled=signed.overruled_words))),)


def _title(slug: str, report: ReportData) -> str:
    if slug == "since" and report.since:
        return _("Since version {version}").format(version=report.since.version)
    return CHAPTER_WORDS[slug]


def _footer(report: ReportData) -> str:
    """What stands at the foot of every page, beside its number."""
    said = _("{system} · version {version} · {day} · {state}").format(
        system=report.short_name, version=report.version, day=day(report.dated), state=report.state_words
    )
    secret = report.brand.confidentiality
    return f"{said} · {secret}" if secret else said


__all__ = ["FULL", "document_of"]
