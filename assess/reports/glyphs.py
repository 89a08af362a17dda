"""Which characters the fonts of this machine can draw, and what is printed for characters that none of them has.

A report says what people typed, in whatever script. A character without a glyph would be an empty box. We print its
code instead, "[U+6F22]", so that a reader sees that something is there and can look it up. The data inside the report
keeps the character.
"""

import ctypes
import ctypes.util
import logging
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

logger = logging.getLogger(__name__)

#: Text between tags, and the elements whose text is read and never drawn: a document's title, what a drawing is called.
_TAG: Final = re.compile(r"(<(?:title|desc)>.*?</(?:title|desc)>|<[^>]*>)", re.DOTALL)
#: Kinds of characters that need no glyph: controls, format marks, spaces, surrogates (which never come this far).
_UNDRAWN: Final = {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs"}
#: They choose how the character before them looks, and are nothing by themselves.
_SELECTORS: Final = frozenset(range(0xFE00, 0xFE10)) | frozenset(range(0xE0100, 0xE01F0))


def character_code(character: str) -> str:
    """What is printed for a character that cannot be drawn.

    >>> character_code("漢")
    '[U+6F22]'
    """
    return f"[U+{ord(character):04X}]"


def replace_missing(html: str) -> str:
    """The document with the code of each character that no font has, where it would be drawn. Titles and what is read
    out keep it."""
    missing = missing_characters(html)
    if not missing:
        return html
    table = {ord(character): character_code(character) for character in missing}
    parts = _TAG.split(html)
    return "".join(part if index % 2 else part.translate(table) for index, part in enumerate(parts))


def missing_characters(text: str) -> frozenset[str]:
    """The characters of a text that no font of this machine has; empty where fontconfig is missing."""
    has = font_lookup()
    beyond_ascii = {character for character in set(text) if character > "\x7f" and needs_glyph(character)}
    return frozenset(character for character in beyond_ascii if not has(ord(character)))


def needs_glyph(character: str) -> bool:
    """Whether the character is drawn at all: controls, spaces and variation selectors are not."""
    return unicodedata.category(character) not in _UNDRAWN and ord(character) not in _SELECTORS


@cache
def font_lookup() -> Callable[[int], bool]:
    """A function that says whether fontconfig, which finds fonts for WeasyPrint, knows one with a character code.

    The set is read once in a process, as WeasyPrint does: a font that is installed later is seen after a restart.
    Our own font has nothing that DejaVu Sans, which comes with fontconfig, lacks, but for
    four signs that nobody types.
    """
    name = ctypes.util.find_library("fontconfig") or "libfontconfig.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        logger.warning("libfontconfig cannot be asked which characters there are; a report may show empty boxes")
        return lambda code: True
    library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
    library.FcPatternCreate.restype = ctypes.c_void_p
    library.FcFontSort.restype = ctypes.c_void_p
    library.FcFontSort.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_int),
    ]
    library.FcCharSetHasChar.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    library.FcCharSetHasChar.restype = ctypes.c_int
    config = library.FcInitLoadConfigAndFonts()
    every, result = ctypes.c_void_p(), ctypes.c_int()
    # The set of all fonts, best first; with it comes the union of their characters, which is what is wanted.
    library.FcFontSort(config, library.FcPatternCreate(), 0, ctypes.byref(every), ctypes.byref(result))
    if not every.value:
        return lambda code: True
    return lambda code: bool(library.FcCharSetHasChar(every, code))
