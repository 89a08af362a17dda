"""Template tags for the charts in `templates/charts`, which pages and paper share.

On paper, where the context has `paper`, a drawing carries its colour as an attribute and a title: WeasyPrint reads
neither classes nor `aria-hidden`, and takes a drawing's alternative text from its title.
"""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from assess.decision.facade import VERDICT_WORDS, VERDICTS
from assess.language import N_, Words, _
from assess.web.icons import ICONS

register = template.Library()

INK = "#14202b"
VERDICT_INKS = {"stay": "#0f6d83", "modular": "#8a5f00", "extract": "#8f1038"}
ON_PAPER = Words({"tick": N_("Passed"), "cross": N_("Closed"), "open": N_("Not known"), "arrow": N_("then")})
DRAWING = '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"{}>{}{}</svg>'


@register.simple_tag(takes_context=True)
def drawing(context: dict[str, Any], name: str, ink: str = "") -> SafeString:
    """An icon beside words that say the same; on paper in its verdict's colour, or in `ink`."""
    if not context.get("paper"):
        return format_html(DRAWING, "", "", ICONS[name])
    colour = format_html(' color="{}"', ink or VERDICT_INKS.get(name, INK))
    words = VERDICT_WORDS[name] if name in VERDICTS else ON_PAPER[name] if name in ON_PAPER else _("Icon")
    return format_html(DRAWING, colour, format_html("<title>{}</title>", words), ICONS[name])


@register.simple_tag(takes_context=True)
def word(context: dict[str, Any], verdict: str) -> SafeString:
    """A verdict's icon and word in its colour; "No verdict yet" for ""."""
    shown = verdict if verdict in VERDICTS else "unknown"
    name = VERDICT_WORDS[shown] if shown in VERDICTS else _("No verdict yet")
    return format_html('<span class="word {}">{} {}</span>', shown, drawing(context, shown), name)


@register.simple_tag(takes_context=True)
def chart_key(context: dict[str, Any], kind: str) -> SafeString:
    """The sample of a legend: one of `KEYS`."""
    title = format_html("<title>{}</title>", _("Key")) if context.get("paper") else ""
    return format_html(
        '<svg class="key" viewBox="0 0 20 8" width="20" height="8" aria-hidden="true">{}{}</svg>', title, KEYS[kind]
    )


# Safe because these are constants that take nothing from outside.
KEYS = {
    kind: mark_safe(text)  # noqa: S308
    for kind, text in {
        "acute": '<rect class="c-data" width="20" height="8" fill="#3b5f94"/>',
        "calm": '<rect class="c-calm" width="20" height="8" fill="#8ea6c8"/>',
        "stripes": '<rect class="c-track" width="20" height="8" fill="#e6eaf0"/>'
        '<path class="c-stripes" d="M0 4h20" fill="none" stroke="#3b5f94" stroke-width="8" stroke-dasharray="3 3"/>',
        "open": '<rect class="c-open" x="1" y="1" width="18" height="6" fill="none" stroke="#6b7886" stroke-width="1.2"'
        ' stroke-dasharray="2 2"/>',
        "decisive": '<rect class="c-line" x="1" y="1" width="18" height="6" fill="none" stroke="#14202b"'
        ' stroke-width="2" stroke-dasharray="3 2"/>',
        "band": '<rect class="c-band" width="20" height="8" fill="#b4c4dc"/>',
        "cut": '<rect class="c-line" x="1" y="1" width="18" height="6" fill="none" stroke="#14202b" stroke-width="2"/>',
        "dot": '<circle class="c-calm" cx="10" cy="4" r="3.5" fill="#8ea6c8"/>',
        "foreign_key": '<path class="c-line" d="M10 4h.01" fill="none" stroke="#14202b" stroke-width="5"'
        ' stroke-linecap="round"/>',
        "hollow": '<circle class="c-open" cx="10" cy="4" r="3" fill="none" stroke="#6b7886" stroke-width="1.5"/>',
        "ring": '<circle class="c-line" cx="10" cy="4" r="3" fill="none" stroke="#14202b" stroke-width="2"/>',
        "quartiles": '<rect class="c-track" width="20" height="8" fill="#e6eaf0"/>'
        '<path class="c-line" d="M10 0v8" fill="none" stroke="#14202b"/>',
        "cross": '<path class="c-line" d="M6 0l8 8M14 0l-8 8" fill="none" stroke="#14202b" stroke-width="2"/>',
    }.items()
}
