"""The words of page 1 as blocks, for a form that has no such page. Pure."""

from collections.abc import Iterator

from assess.language import _
from assess.reports.content.data import PageOne
from assess.reports.document import Block, Items, Paragraph, Part, Run, line


def page_one_blocks(page: PageOne) -> tuple[Block, ...]:
    """Everything that the page says, in its order, but for the lines to sign on."""
    return tuple(iterate_blocks(page))


def iterate_blocks(page: PageOne) -> Iterator[Block]:
    yield paragraph(page.kicker, Run(page.state_words, "strong"))
    yield paragraph(Run(page.title, "strong"))
    yield paragraph(page.owner)
    verdict = _("Verdict: {verdict}").format(verdict=page.verdict_words)
    yield part(
        verdict, paragraph(Run(page.form_words, "strong")), paragraph(page.headline), paragraph(page.model_verdict)
    )
    yield part(page.why_title, paragraph(page.why), numbered(page.reasons))
    firm = (Run(_("{state}.").format(state=page.firm_words), "strong"), page.firm_why) if page.firm_words else ("",)
    yield part(page.firm_title, paragraph(*firm), paragraph(page.basis))
    gate = _("{gate}: {state}.")
    gates = Items(lines=tuple(line(gate.format(gate=one.name, state=one.state_words)) for one in page.gates))
    yield part(page.gates_title, gates, paragraph(page.no_gates))
    yield part(page.cost_title, paragraph(page.cost))
    yield part(
        page.decision_title,
        paragraph(Run(page.decision, "strong")),
        paragraph(page.challenge),
        paragraph(page.remark),
        numbered(page.conditions),
        paragraph(page.more_conditions),
        paragraph(page.note),
        paragraph(Run(page.signature_hash, "hash")),
    )


def paragraph(*parts: str | Run) -> Paragraph:
    return Paragraph(line=line(*parts))


def numbered(texts: tuple[str, ...]) -> Items:
    return Items(lines=tuple(line(text) for text in texts), numbered=True)


def part(title: str, *blocks: Paragraph | Items) -> Part:
    """The blocks that say something, under this heading."""
    filled = (block for block in blocks if (block.line if isinstance(block, Paragraph) else block.lines))
    return Part(title=title, blocks=tuple(filled))
