"""The words of page 1 as blocks, for a form that has no such page. Pure."""

from collections.abc import Iterator

from assess.language import _
from assess.reports.data import PageOne
from assess.reports.document import Block, Items, Paragraph, Part, Run, line


def opening(page: PageOne) -> tuple[Block, ...]:
    """Everything that the page says, in its order, but for the lines to sign on."""
    return tuple(_opening(page))


def _opening(page: PageOne) -> Iterator[Block]:
    yield _said(page.kicker, Run(page.state_words, "strong"))
    yield _said(Run(page.title, "strong"))
    yield _said(page.whose)
    verdict = _("Verdict: {verdict}").format(verdict=page.verdict_words)
    yield _part(verdict, _said(Run(page.form_words, "strong")), _said(page.headline), _said(page.model_said))
    yield _part(page.why_title, _said(page.why), _listed(page.reasons))
    firm = Run(_("{state}.").format(state=page.firm_words), "strong")
    yield _part(page.firm_title, _said(firm, page.firm_why), _said(page.basis))
    gate = _("{gate}: {state}.")
    gates = Items(lines=tuple(line(gate.format(gate=one.name, state=one.state_words)) for one in page.gates))
    yield _part(page.gates_title, gates, _said(page.no_gates))
    yield _part(page.cost_title, _said(page.cost))
    yield _part(
        page.ask_title,
        _said(Run(page.ask, "strong")),
        _said(page.challenge),
        _said(page.remark),
        _listed(page.conditions),
        _said(page.more),
        _said(page.note),
        _said(Run(page.seal, "hash")),
    )


def _said(*parts: str | Run) -> Paragraph:
    return Paragraph(line=line(*parts))


def _listed(texts: tuple[str, ...]) -> Items:
    return Items(lines=tuple(line(text) for text in texts), numbered=True)


def _part(title: str, *blocks: Paragraph | Items) -> Part:
    """The blocks that say something, under this heading."""
    said = (block for block in blocks if (block.line if isinstance(block, Paragraph) else block.lines))
    return Part(title=title, blocks=tuple(said))


__all__ = ["opening"]
