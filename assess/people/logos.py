"""A workspace's logo, made safe: what somebody sent is read, and a new picture is written of what may stand in one.

Nothing of the bytes that came in goes out again. A PNG is decoded and encoded anew: no metadata, nothing behind its
end. An SVG is parsed without declarations, and rebuilt from lists of elements, attributes and forms of values: what is
on none of them is left out, and named. So it holds no script, no address, no style sheet, no text and no entity,
whoever draws it: a browser, the PDF's renderer, or a program that opens the report later.
"""

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from assess.language import _
from assess.people.models import LogoKind
from assess.questionnaire.facade import Issue, ValidationFailed

PNG: Final = b"\x89PNG\r\n\x1a\n"
#: A logo is drawn small; a larger PNG is scaled down into this many pixels.
WIDEST, HIGHEST = 800, 400
MOST_ELEMENTS: Final = 2_000
DEEPEST: Final = 30
#: Steps of gradients and shapes of clippings, each as often as it is used: WeasyPrint draws each anew, in half a
#: millisecond.
MOST_REUSED: Final = 2_000
#: Parts named to whoever sent them; the rest is counted.
MOST_NAMED: Final = 8

SVG_SPACE: Final = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A logo that is safe to show, and the names of what was left out of it."""

    kind: LogoKind
    content: bytes
    left_out: tuple[str, ...] = ()


def clean_logo(content: bytes) -> Cleaned:
    """The logo out of a file. What it is, its bytes say; its name and type are not asked. Raises ValidationFailed."""
    most = settings.LIMITS["logo"]
    if not content:
        raise _refused("empty", _("Choose a file that holds a picture: this one is empty"))
    if len(content) > most:
        message = _("Choose a smaller file: this one has {size} KB, and a logo may have {most} KB")
        raise _refused("too_large", message.format(size=-(-len(content) // 1024), most=most // 1024))
    if content.startswith(PNG):
        return Cleaned(kind=LogoKind.PNG, content=_clean_png(content))
    if b"<svg" in content:
        return _clean_svg(content)
    raise _refused("kind", _("Choose a PNG or an SVG file: this one is neither"))


def _refused(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=f"logo_{code}", message=message, key="logo")])


# --- PNG


def _clean_png(content: bytes) -> bytes:
    from PIL import Image, ImageFile  # only where somebody sends a picture

    # As the file says it, before anything is unpacked: a few bytes can promise gigabytes.
    if content[12:16] == b"IHDR":
        _check_size(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    # WeasyPrint tells Pillow, for a whole process, to take what is missing of a picture for black.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=["PNG"]) as checked:
                _check_size(*checked.size)  # that header may stand later, or twice
                checked.verify()
            with Image.open(BytesIO(content), formats=["PNG"]) as opened:
                picture = opened.convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as wrong:
        message = _("Save the picture again as PNG, or choose another: this one is damaged")
        raise _refused("damaged", message) from wrong
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    picture.thumbnail((WIDEST, HIGHEST))
    fresh = Image.new("RGBA", picture.size)  # carries no metadata over
    fresh.paste(picture)
    for saved in (fresh, fresh.quantize(256)):
        out = BytesIO()
        saved.save(out, "PNG", optimize=True)
        if out.tell() <= settings.LIMITS["logo"]:
            break
    else:
        message = _("Choose a simpler picture, such as one without photographs: this one takes more than {most} KB")
        raise _refused("too_rich", message.format(most=settings.LIMITS["logo"] // 1024))
    return out.getvalue()


def _check_size(width: int, height: int) -> None:
    most = settings.LIMITS["logo_pixels"]
    if max(width, height) > most:
        message = _(
            "Choose a smaller picture: this one is {width} by {height} pixels, and a logo may be {most} by {most}"
        )
        raise _refused("pixels", message.format(width=width, height=height, most=most))


# --- SVG: what may stand in one

#: Each number fits in one way only: with two, a row of them that does not fit in the end takes hours to refuse.
NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?"
#: No coordinate is larger: some programs count the steps from one to another.
LARGEST: Final = 1_000_000


def _fits(pattern: str, most: int = 2_000) -> Callable[[str], bool]:
    """Whether a value of at most so many characters has this form, and no number in it is too large."""
    compiled = re.compile(pattern)

    def fits(value: str) -> bool:
        return (
            len(value) <= most
            and compiled.fullmatch(value) is not None
            and all(abs(float(number)) <= LARGEST for number in re.findall(NUMBER, value))
        )

    return fits


_length = _fits(rf"{NUMBER}(?:px|pt|pc|mm|cm|in|em|%)?")
_numbers = _fits(rf"{NUMBER}(?:[\s,]+{NUMBER})*[\s,]*")
_path = _fits(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-.,\s]*", settings.LIMITS["logo"])
_points = _fits(r"[0-9eE+\-.,\s]*", settings.LIMITS["logo"])
_transform = _fits(r"(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s?\([0-9eE+\-.,\s]*\)[\s,]*)+")
_paint = _fits(r"[a-zA-Z]{1,30}|#[0-9a-fA-F]{3,8}|rgba?\([0-9.,%\s/]{1,40}\)|url\(#[A-Za-z_][\w.\-]{0,60}\)")
_reference = _fits(r"none|url\(#[A-Za-z_][\w.\-]{0,60}\)")
_name = _fits(r"[A-Za-z_][\w.\-]{0,60}")
_keyword = _fits(r"[a-zA-Z\-]{1,30}(?: [a-zA-Z]{1,10})?")

#: How a shape looks, as an attribute or within `style`.
LOOKS: Final[Mapping[str, Callable[[str], bool]]] = {
    **dict.fromkeys(("fill", "stroke", "stop-color", "color"), _paint),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "stroke-width"), _length),
    **dict.fromkeys(("fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "display", "visibility"), _keyword),
    "stroke-miterlimit": _length,
    "clip-path": _reference,
}
ATTRIBUTES: Final[Mapping[str, Callable[[str], bool]]] = {
    **LOOKS,
    **dict.fromkeys(("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"), _length),
    **dict.fromkeys(("fx", "fy", "fr", "offset"), _length),
    **dict.fromkeys(("transform", "gradientTransform"), _transform),
    **dict.fromkeys(("gradientUnits", "clipPathUnits", "preserveAspectRatio"), _keyword),
    # Not "repeat" nor "reflect": WeasyPrint draws each repetition, and one small enough has millions of them.
    "spreadMethod": _fits("pad"),
    "id": _name,
    "d": _path,
    "points": _points,
    "viewBox": _numbers,
}
SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
ELEMENTS: Final = SHAPES | {"svg", "g", "title", "desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath"}
WORDS_IN: Final = frozenset({"title", "desc"})
#: Of no consequence, as what drawing programs note for themselves: left out without a word.
SILENT: Final = frozenset({"version", "baseProfile", "space", "class", "metadata"})
NOTES: Final = (
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/",
    "http://creativecommons.org/ns#",
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://ns.adobe.com/",
    "http://www.bohemiancoding.com/sketch/",
)


@dataclass
class _Rebuilding:
    """One drawing on its way through the parser: what of it is written again, and what is not."""

    out: list[str] = field(default_factory=list)
    left_out: dict[str, None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    #: How deep within something that is left out; nothing in it is written.
    silent: int = 0
    elements: int = 0
    shapes: int = 0
    #: By name of what holds them, how many parts that has; and the names of all that is used, once for each use.
    parts: Counter[str] = field(default_factory=Counter)
    holders: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def start(self, qualified: str, given: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self.open) + self.silent >= DEEPEST:
            message = _("Simplify the drawing: it has more than {most} parts, or more than {depth} within each other")
            raise _refused("too_many_parts", message.format(most=MOST_ELEMENTS, depth=DEEPEST))
        space, name = _split(qualified)
        if self.silent or space not in ("", SVG_SPACE) or name not in ELEMENTS or (name == "svg") is bool(self.open):
            if not self.silent:
                self._leave_out(name, space)
            self.silent += 1
            return
        self.shapes += name in SHAPES
        kept = dict(self._attributes(name, given))
        if "clipPath" in self.open:  # which clips by shapes, whatever they are filled with
            kept = {key: value for key, value in kept.items() if not value.startswith("url(")}
        self.used += [value[len("url(#") : -1] for value in kept.values() if value.startswith("url(#")]
        self.parts.update({holder for holder in self.holders if holder})
        self.holders.append(kept.get("id", ""))
        if name == "svg":
            kept = {"xmlns": SVG_SPACE, **_framed(kept)}
        self.out.append(f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in kept.items())}>")
        self.open.append(name)

    def end(self, qualified: str) -> None:
        if self.silent:
            self.silent -= 1
        else:
            self.holders.pop()
            self.out.append(f"</{self.open.pop()}>")

    def text(self, text: str) -> None:
        if not self.silent and self.open and self.open[-1] in WORDS_IN:
            self.out.append(escape(text))

    def _attributes(self, element: str, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for qualified, value in given.items():
            space, name = _split(qualified)
            if name == "style" and not space:
                continue  # below: it wins over attributes
            if space or name not in ATTRIBUTES or (name == "clip-path" and "clipPath" in (*self.open, element)):
                # A clip of a clip could go round in a circle.
                self._leave_out(name, space)
            elif ATTRIBUTES[name](value.strip()):
                yield name, value.strip()
            else:
                self._leave_out(name)
        yield from self._styled(given.get("style", ""))

    def _styled(self, style: str) -> Iterator[tuple[str, str]]:
        """Each declaration of a `style` as the attribute that it stands for."""
        for declaration in style.split(";"):
            name, _colon, value = (part.strip() for part in declaration.partition(":"))
            if name in LOOKS and name != "clip-path" and LOOKS[name](value):
                yield name, value
            elif not re.fullmatch(r"[a-z\-]*", name) or re.search(r"[\\(@:]", value):
                self._leave_out("style")  # else of no consequence to shapes, such as a font

    def _leave_out(self, name: str, space: str = "") -> None:
        if name not in SILENT and not space.startswith(NOTES):
            self.left_out[name if re.fullmatch(r"[A-Za-z][\w\-]{0,40}", name) else "?"] = None


def _split(qualified: str) -> tuple[str, str]:
    space, _blank, name = qualified.rpartition(" ")
    return space, name


def _framed(kept: dict[str, str]) -> dict[str, str]:
    """The attributes of the outermost element, with a frame to scale by. Raises ValidationFailed without one."""
    if "viewBox" not in kept:
        width, height = (re.fullmatch(rf"({NUMBER})(?:px)?", kept.get(side, "")) for side in ("width", "height"))
        if width is None or height is None:
            raise _refused("no_frame", _("Give the drawing a viewBox: without one nobody knows how large it is"))
        kept["viewBox"] = f"0 0 {width[1]} {height[1]}"
    frame = [float(number) for number in re.split(r"[\s,]+", kept["viewBox"].strip(", \t\r\n"))]
    if len(frame) != 4 or min(frame[2:]) <= 0:
        raise _refused("no_frame", _("Correct the drawing's viewBox: it takes four numbers, the last two above zero"))
    return {key: value for key, value in kept.items() if key not in ("width", "height", "x", "y")}


def _clean_svg(content: bytes) -> Cleaned:
    made = _Rebuilding()
    parser = expat.ParserCreate(encoding="UTF-8", namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _no_declarations
    parser.EntityDeclHandler = _no_declarations
    parser.StartElementHandler = made.start
    parser.EndElementHandler = made.end
    parser.CharacterDataHandler = made.text
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as wrong:
        message = _("Save the drawing again as plain SVG, or choose another: this one cannot be read (line {line})")
        raise _refused("damaged", message.format(line=wrong.lineno)) from wrong
    except (LookupError, ValueError) as wrong:
        raise _refused("damaged", _("Save the drawing again as SVG in UTF-8")) from wrong
    if not made.shapes:
        message = _("Choose a drawing made of shapes: this one has none that can be shown; turn text into paths")
        raise _refused("nothing", message)
    if sum(made.parts[name] for name in made.used) > MOST_REUSED:
        raise _refused("too_many_parts", _("Simplify the drawing: it uses its gradients and clippings too often"))
    return Cleaned(kind=LogoKind.SVG, content="".join(made.out).encode(), left_out=tuple(made.left_out))


def _no_declarations(*_declared: Any) -> None:
    message = _("Take the declaration that begins with <!DOCTYPE out of the file, or save it again as plain SVG")
    raise _refused("declaration", message)
