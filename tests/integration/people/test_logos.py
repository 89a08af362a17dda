"""Logos that somebody sends: what is shown was drawn anew, and what could do harm in one is left out or refused."""

import re
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from xml.etree import ElementTree

import pytest
from assess.people.logos import ELEMENTS, MOST_ELEMENTS, SVG_SPACE, Cleaned, clean_logo
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from assess.people.models import LogoKind
from assess.questionnaire.validation import ValidationFailed

SHAPE = '<rect x="1" y="1" width="8" height="8" fill="#123456"/>'


def svg(inside: str = SHAPE, *, attributes: str = 'viewBox="0 0 10 10"', before: str = "") -> bytes:
    links = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{before}<svg xmlns="{SVG_SPACE}" {links} {attributes}>{inside}</svg>'.encode()


def png(width: int = 40, height: int = 20, *, mode: str = "RGBA", **saving: object) -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), "red" if mode.startswith("RGB") else 0).save(out, "PNG", **saving)
    return out.getvalue()


PNG = b"\x89PNG\r\n\x1a\n"
TEN_BY_TEN = struct.pack(">IIBBBBB", 10, 10, 8, 6, 0, 0, 0)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def promised(width: int, height: int, *, before: bytes = b"") -> bytes:
    """A PNG of a few bytes that says it is so large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return PNG + before + head + body + chunk(b"IEND", b"")


def code_of(content: bytes) -> str:
    with pytest.raises(ValidationFailed) as refused:
        clean_logo(content)
    (issue,) = refused.value.issues
    assert issue.key == "logo"
    assert len(issue.message) > 20
    return issue.code.removeprefix("logo_")


# --- what is good


def test_a_picture_keeps_its_colours_and_loses_what_is_written_in_it() -> None:
    remarks = PngImagePlugin.PngInfo()
    remarks.add_text("Author", "Ana Lindqvist <script>")
    made = clean_logo(png(pnginfo=remarks, dpi=(300, 300)))
    assert made.kind is LogoKind.PNG
    assert b"Ana" not in made.content
    shown = Image.open(BytesIO(made.content))
    assert shown.size == (40, 20)
    assert shown.getpixel((3, 3)) == (255, 0, 0, 255)
    assert not shown.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_will_do(mode: str) -> None:
    assert clean_logo(png(mode=mode)).kind is LogoKind.PNG


def test_a_large_picture_is_scaled_down_in_its_proportions() -> None:
    assert Image.open(BytesIO(clean_logo(png(2000, 500)).content)).size == (800, 200)


def test_a_picture_that_grows_is_kept_in_fewer_colours() -> None:
    out = BytesIO()
    Image.effect_noise((300, 300), 90).save(out, "PNG", optimize=True)  # a byte a pixel; in full colours it takes three
    assert len(clean_logo(out.getvalue()).content) <= settings.LIMITS["logo"]


def test_a_drawing_keeps_its_shapes_colours_and_gradients() -> None:
    inside = (
        "<title>Harbour &amp; sons</title>"
        '<defs><linearGradient id="sea" x1="0" x2="1"><stop offset="0" stop-color="#08f"/>'
        '<stop offset="1" style="stop-color:rgb(0, 10, 20);stop-opacity:.5"/></linearGradient>'
        '<clipPath id="round"><circle cx="5" cy="5" r="5"/></clipPath></defs>'
        '<g transform="translate(1,2) rotate(4 5 5)" clip-path="url(#round)">'
        '<path d="M0 0l1e-3 2.5C1,1 2,2 3,3z" fill="url(#sea)"/>'
        '<path d="M0 0h3" style="fill:none;stroke:#fff;stroke-width:2px;font-family:Arial"/></g>'
    )
    made = clean_logo(svg(inside))
    assert (made.kind, made.left_out) == (LogoKind.SVG, ())
    root = ElementTree.fromstring(made.content)
    paths = list(root.iter(f"{{{SVG_SPACE}}}path"))
    assert [path.get("fill") for path in paths] == ["url(#sea)", "none"]
    assert (paths[1].get("stroke"), paths[1].get("stroke-width")) == ("#fff", "2px")
    assert root.findtext(f"{{{SVG_SPACE}}}title") == "Harbour & sons"
    assert [stop.get("stop-color") for stop in root.iter(f"{{{SVG_SPACE}}}stop")] == ["#08f", "rgb(0, 10, 20)"]


def test_a_style_wins_over_an_attribute_whichever_comes_first() -> None:
    made = clean_logo(svg('<path style="fill:red" fill="blue" d="M0 0h9v9z"/>'))
    assert b'fill="red"' in made.content
    assert b"blue" not in made.content


def test_without_a_frame_the_size_makes_one() -> None:
    made = clean_logo(svg(attributes='width="30px" height="20"'))
    assert b'viewBox="0 0 30 20"' in made.content


def test_what_drawing_programs_note_is_left_out_without_a_word() -> None:
    space = "http://www.inkscape.org/namespaces/inkscape"
    noted = f'<i:namedview xmlns:i="{space}" i:zoom="2"/><metadata>by Ana</metadata>{SHAPE}'
    made = clean_logo(svg(noted))
    assert made.left_out == ()
    assert b"Ana" not in made.content


# --- what is hostile and left out: nothing of it is in the drawing, and its name is told

LEFT_OUT = {
    "a script": ("<script>alert(1)</script>", "script"),
    "a script of another language": ('<script type="text/ecmascript" href="https://evil.example/x.js"/>', "script"),
    "an event": ('<rect width="1" height="1" onload="alert(1)"/>', "onload"),
    "an event in capitals": ('<rect width="1" height="1" ONCLICK="alert(1)"/>', "ONCLICK"),
    "a page inside": (
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">hi</body></foreignObject>',
        "foreignObject",
    ),
    "a script of the page's language": (
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
        "script",
    ),
    "an outside picture": ('<image href="https://evil.example/pixel.png" width="1" height="1"/>', "image"),
    "an outside picture the old way": ('<image xlink:href="file:///etc/passwd" width="1" height="1"/>', "image"),
    "a use of another file": ('<use href="https://evil.example/a.svg#x"/>', "use"),
    "a use of oneself": ('<g id="a"><use xlink:href="#a"/></g>', "use"),
    "a link": ('<a xlink:href="javascript:alert(1)"><rect width="1" height="1"/></a>', "a"),
    "a style sheet": ("<style>@import url(https://evil.example/x.css);</style>", "style"),
    "an address in a style": ('<rect width="1" height="1" style="fill:url(https://evil.example/x)"/>', "style"),
    "an address in hiding": (r'<rect width="1" height="1" style="fill:u\72l(https://evil.example/x)"/>', "style"),
    "an address as a colour": ('<rect width="1" height="1" fill="url(https://evil.example/x#y)"/>', "fill"),
    "a data address as a colour": ('<rect width="1" height="1" fill="url(data:image/svg+xml;base64,AA)"/>', "fill"),
    "a filter": ('<filter id="f"><feImage href="https://evil.example/x"/></filter>', "filter"),
    "an animation that sets a link": ('<animate attributeName="href" to="javascript:alert(1)"/>', "animate"),
    "a set": ('<set attributeName="onload" to="alert(1)"/>', "set"),
    "text": ("<text>Pay to 12-34</text>", "text"),
    "a gradient that borrows": ('<linearGradient id="a" xlink:href="#a"/>', "href"),
    "a clip of a clip": ('<clipPath id="a"><rect clip-path="url(#a)" width="1" height="1"/></clipPath>', "clip-path"),
    "a drawing in the drawing": ("<svg><script/></svg>", "svg"),
    "a number without end": ('<circle cx="1e99" cy="1" r="1"/>', "cx"),
    "a path out of this world": ('<path d="M0 0L99999999999 1"/>', "d"),
    "an endless digit": (f'<rect width="{"1" * 5000}" height="1"/>', "width"),
    "a handler in a mask": ('<mask id="m" onbegin="alert(1)"><rect/></mask>', "mask"),
}
HARMFUL = re.compile(
    rb"script|javascript|on[a-z]+=|href|https?://(?!www\.w3\.org/2000/svg)|file:|data:|@import|<style|style=|<text|<!"
    rb"|foreignObject|<use|<image|<a[ >]|filter|animate|\\",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("hostile", "named"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_could_do_harm_is_left_out_and_named(hostile: str, named: str) -> None:
    made = clean_logo(svg(f"{hostile}{SHAPE}"))
    assert made.left_out == (named,)
    assert not HARMFUL.search(made.content)
    assert b'fill="#123456"' in made.content


# --- what is refused, with what to do

#: Five lines that would come to ten thousand times the first.
BOMB = (
    "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in ("ab", "bc", "cd", "de"))
    + "]>"
)
REFUSED = {
    "nothing": (b"", "empty"),
    "too large a file": (svg(f"<desc>{'x' * 110_000}</desc>{SHAPE}"), "too_large"),
    "a GIF that is called PNG": (b"GIF89a" + b"\0" * 50, "kind"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "kind"),
    "a page": (b"<!doctype html><html><body>hi</body></html>", "kind"),
    "a page with a drawing": (b'<html><svg viewBox="0 0 1 1"><script>alert(1)</script></svg></html>', "nothing"),
    "a program": (b"\x7fELF" + b"\0" * 50, "kind"),
    "a PNG bomb": (promised(60_000, 60_000), "pixels"),
    "a PNG as wide as can be": (promised(2**31 - 1, 1), "pixels"),
    "a PNG bomb that begins with a remark": (promised(9_000, 9_000, before=chunk(b"tEXt", b"a\0b")), "pixels"),
    "a PNG bomb that says its size twice": (promised(9_000, 9_000, before=chunk(b"IHDR", TEN_BY_TEN)), "pixels"),
    "a PNG without width": (promised(0, 5), "damaged"),
    "a PNG cut off": (png(300, 300)[:120], "damaged"),
    "a PNG of nothing but its mark": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "a PNG that lies about its data": (promised(500, 500), "damaged"),
    "entities that multiply": (svg(f"<desc>&e;</desc>{SHAPE}", before=BOMB), "declaration"),
    "an entity that reads a file": (
        svg(f"<desc>&x;</desc>{SHAPE}", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "declaration",
    ),
    "a declaration from elsewhere": (svg(before='<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">'), "declaration"),
    "an entity that nobody declared": (svg(f"<desc>&x;</desc>{SHAPE}"), "damaged"),
    "a drawing cut off": (svg()[:-10], "damaged"),
    "something behind the drawing": (svg() + b"<script>alert(1)</script>", "damaged"),
    "more parts than anybody draws": (svg("<g/>" * (MOST_ELEMENTS + 1)), "too_many_parts"),
    "parts within parts": (svg("<g>" * 2000 + SHAPE + "</g>" * 2000), "too_many_parts"),
    "parts within what is left out": (svg("<a>" * 2000 + SHAPE + "</a>" * 2000), "too_many_parts"),
    "only text": (svg("<text>Harbour</text>"), "nothing"),
    "only a script": (svg("<script>alert(1)</script>"), "nothing"),
    "no frame": (svg(attributes=""), "no_frame"),
    "a frame of no size": (svg(attributes='viewBox="0 0 0 10"'), "no_frame"),
    "a frame of words": (svg(attributes='viewBox="a b c d"'), "no_frame"),
    "another encoding": (b'<?xml version="1.0" encoding="UTF-16"?>' + svg() + "ä".encode("latin-1"), "damaged"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_logo_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize("row", ["11 " * 600 + "x", "1" * 1_990 + "x", "1.1 " * 400 + "x", "1e1," * 400 + "x"])
@pytest.mark.parametrize(
    "shape", ['<svg viewBox="{}">{}</svg>', '<svg viewBox="0 0 9 9"><g transform="scale({})">{}</g></svg>']
)
def test_a_row_of_numbers_that_ends_wrongly_is_refused(shape: str, row: str) -> None:
    """A pattern that tries every way to read the row would not come to an end."""
    with suppress(ValidationFailed):  # for want of a frame; another attribute is left out
        assert clean_logo(shape.format(row, SHAPE).encode()).left_out


@pytest.mark.parametrize("method", ["repeat", "reflect"])
def test_no_gradient_repeats_itself(method: str) -> None:
    """WeasyPrint would draw each of a thousand million repetitions, and every report of the workspace would fail."""
    stops = '<stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#000"/>'
    gradient = f'<linearGradient id="g" spreadMethod="{method}" x1="0" x2="1e-9">{stops}</linearGradient>'
    made = clean_logo(svg(f'{gradient}<path d="M0 0h9v9z" fill="url(#g)"/>'))
    assert made.left_out == ("spreadMethod",)
    assert method.encode() not in made.content


STOPS = '<stop offset="0" stop-color="#ffffff"/>'


@pytest.mark.parametrize(
    "inside",
    [
        f'<clipPath id="c">{SHAPE * 900}</clipPath>' + '<path d="M0 0h9v9z" clip-path="url(#c)"/>' * 900,
        f'<linearGradient id="c">{STOPS * 900}</linearGradient>' + '<path d="M0 0h9v9z" fill="url(#c)"/>' * 900,
        f'<linearGradient id="c">{STOPS * 900}</linearGradient>' + '<path d="M0 0h9v9z" style="stroke:url(#c)"/>' * 900,
    ],
)
def test_a_gradient_or_clipping_that_is_used_over_and_over_is_refused(inside: str) -> None:
    """Sixty kilobytes of such a drawing took WeasyPrint more than a report has: all of the workspace's would fail."""
    assert code_of(svg(inside)) == "too_many_parts"


def test_what_clips_is_not_filled_with_gradients() -> None:
    """Else it is both multiplied: each use of the clipping by each use of a gradient in it."""
    gradient = f'<linearGradient id="g">{STOPS}</linearGradient>'
    clip = '<clipPath id="c"><path d="M0 0h9v9z" fill="url(#g)" style="stroke:url(#g)"/></clipPath>'
    made = clean_logo(svg(f'{gradient}{clip}<path d="M0 0h9v9z" fill="url(#g)" clip-path="url(#c)"/>'))
    assert made.left_out == ()
    assert made.content.count(b"url(#g)") == 1
    assert made.content.count(b"url(#c)") == 1


def test_a_picture_that_would_take_more_than_a_logo_may_is_refused() -> None:
    out = BytesIO()
    Image.effect_noise((1000, 700), 90).convert("1").save(out, "PNG")  # a bit a pixel; scaled down, each is a shade
    assert out.tell() < settings.LIMITS["logo"]
    assert code_of(out.getvalue()) == "too_rich"


def test_a_file_that_is_two_at_once_comes_out_as_one() -> None:
    made = clean_logo(png() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in made.content
    assert b"PK\x03\x04" not in made.content


# --- whatever comes


@given(st.data())
def test_a_picture_with_any_bytes_changed_is_drawn_or_refused(data: st.DataObject) -> None:
    content = bytearray(png(30, 30))
    for place in data.draw(st.lists(st.integers(8, len(content) - 1), min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        made: Cleaned | None = clean_logo(bytes(content))
    except ValidationFailed:
        made = None
    assert made is None or made.content.startswith(b"\x89PNG")


PIECES = (
    *("<g>", "</g>", "<script>", "</script>", SHAPE, "<style>", "</style>", "&amp;", "&#60;", "<!-- x -->", "text"),
    *("<![CDATA[<script>]]>", "<?xml-stylesheet href='https://evil.example'?>", "<a href='javascript:1'>", "</a>"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_drawing_of_any_pieces_holds_only_what_is_allowed(pieces: list[str]) -> None:
    try:
        made = clean_logo(svg("".join(pieces)))
    except ValidationFailed:
        return
    root = ElementTree.fromstring(made.content)
    assert {element.tag.removeprefix(f"{{{SVG_SPACE}}}") for element in root.iter()} <= ELEMENTS
    assert not HARMFUL.search(made.content)
