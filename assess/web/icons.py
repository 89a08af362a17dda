"""The drawings of the site, on a grid of 24 by 24, in the colour of the text around them.

A verdict's icon shows its shape: one block, one block with inner walls, separate blocks. No style attributes: the
Content-Security-Policy refuses them, and the PDF reads the same drawings.
"""

from django.utils.safestring import SafeString, mark_safe

_STROKE = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'

_DRAWINGS = {
    "stay": '<rect x="2.5" y="2.5" width="19" height="19" rx="2.5" fill="currentColor"/>',
    "modular": (
        '<rect x="3.5" y="3.5" width="17" height="17" rx="2" fill="none" stroke="currentColor" stroke-width="2"/>'
        '<path d="M12 3.5v17M3.5 12h17" fill="none" stroke="currentColor" stroke-width="2"/>'
        '<path d="M4 4h8v8H4zM12 12h8v8h-8z" fill="currentColor"/>'
    ),
    "extract": (
        '<rect x="2" y="2" width="12" height="12" rx="2" fill="currentColor"/>'
        '<rect x="17" y="5" width="5" height="9" rx="1.5" fill="currentColor"/>'
        '<rect x="2" y="17" width="8" height="5" rx="1.5" fill="currentColor"/>'
        '<rect x="13" y="17" width="9" height="5" rx="1.5" fill="currentColor"/>'
    ),
    "unknown": (
        '<rect x="3.5" y="3.5" width="17" height="17" rx="2.5" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-dasharray="3.4 3.4"/>'
    ),
    "tick": f'<path d="M5 12.5l4.5 4.5L19 7.5" {_STROKE} stroke-width="2.5"/>',
    "cross": f'<path d="M6.5 6.5l11 11M17.5 6.5l-11 11" {_STROKE} stroke-width="2.5"/>',
    "open": (
        '<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3.2 3.1"/>'
    ),
    "dot": '<circle cx="12" cy="12" r="4" fill="currentColor"/>',
    "plus": f'<path d="M12 5v14M5 12h14" {_STROKE} stroke-width="2.5"/>',
    "down": f'<path d="M6 9l6 6 6-6" {_STROKE} stroke-width="2.5"/>',
    "arrow": f'<path d="M5 12h13M12.5 6l6 6-6 6" {_STROKE} stroke-width="2.5"/>',
    "info": (
        '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'<path d="M12 11.2v5M12 7.6v.1" {_STROKE} stroke-width="2.5"/>'
    ),
    "warning": (
        '<path d="M12 3.5L2.5 20h19z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>'
        f'<path d="M12 10v4.2M12 17.1v.1" {_STROKE} stroke-width="2.5"/>'
    ),
    "brand": (
        '<path fill="currentColor" d="M4.5 2H11v20H4.5A2.5 2.5 0 0 1 2 19.5v-15A2.5 2.5 0 0 1 4.5 2z'
        "M13.5 2h6A2.5 2.5 0 0 1 22 4.5v6.25h-8.5zM13.5 13.25H22v6.25a2.5 2.5 0 0 1-2.5 2.5h-6z"
        '"/>'
    ),
}

# Safe because the drawings above are constants and take nothing from outside.
ICONS: dict[str, SafeString] = {name: mark_safe(drawing) for name, drawing in _DRAWINGS.items()}  # noqa: S308  constants
