"""Logos that somebody sends: each is encoded anew as PNG, and what could do harm is refused."""

import struct
import zlib
from io import BytesIO

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from assess.people.branding import clean_logo
from assess.questionnaire.validation import ValidationFailed

PNG = b"\x89PNG\r\n\x1a\n"
TEN_BY_TEN = struct.pack(">IIBBBBB", 10, 10, 8, 6, 0, 0, 0)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def encode(picture: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def png(width: int = 40, height: int = 20, *, mode: str = "RGBA", **options: object) -> bytes:
    colour = "red" if mode.startswith("RGB") else 0
    return encode(Image.new(mode, (width, height), colour), **options)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int, *, before: bytes = b"") -> bytes:
    """A PNG of a few bytes whose header claims this size."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return PNG + before + head + body + chunk(b"IEND", b"")


def refusal_code(content: bytes) -> str:
    with pytest.raises(ValidationFailed) as refusal:
        clean_logo(content)
    (issue,) = refusal.value.issues
    assert issue.key == "logo"
    assert len(issue.message) > 20
    return issue.code.removeprefix("logo_")


# --- accepted


def test_picture_keeps_its_colours_and_loses_its_metadata() -> None:
    remarks = PngImagePlugin.PngInfo()
    remarks.add_text("Author", "Ana Lindqvist <script>")
    cleaned = clean_logo(png(pnginfo=remarks, dpi=(300, 300)))
    assert b"Ana" not in cleaned
    picture = Image.open(BytesIO(cleaned))
    assert (picture.format, picture.size) == ("PNG", (40, 20))
    assert picture.getpixel((3, 3)) == (255, 0, 0, 255)
    assert not picture.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_colour_mode_of_png_is_accepted(mode: str) -> None:
    assert clean_logo(png(mode=mode)).startswith(PNG)


@pytest.mark.parametrize(("file_format", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGBA")])
def test_jpeg_and_webp_are_stored_as_png(file_format: str, mode: str) -> None:
    cleaned = clean_logo(encode(Image.new(mode, (40, 20)), file_format))
    assert Image.open(BytesIO(cleaned)).size == (40, 20)
    assert cleaned.startswith(PNG)


def test_jpeg_loses_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Ana's garden, 52.37 N"
    content = encode(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    assert b"garden" in content
    assert b"garden" not in clean_logo(content)


def test_large_picture_is_scaled_down_in_proportion() -> None:
    assert Image.open(BytesIO(clean_logo(png(2000, 500)))).size == (800, 200)


def test_picture_that_grows_when_encoded_anew_gets_fewer_colours() -> None:
    content = encode(Image.effect_noise((300, 300), 90), optimize=True)  # a byte a pixel; full colours take three
    assert len(clean_logo(content)) <= settings.LIMITS["logo"]


# --- refused


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("empty", b""),
        ("too_large", b"x" * (100 * 1024 + 1)),
        ("kind", b"GIF89a" + b"\0" * 50),
        ("kind", DRAWING),
        ("kind", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("kind", encode(Image.new("RGB", (9, 9)), "BMP")),
        ("kind", encode(Image.new("RGB", (9, 9)), "TIFF")),
        ("damaged", png()[:-30]),
        ("damaged", PNG + chunk(b"IHDR", TEN_BY_TEN) + chunk(b"IDAT", b"not compressed") + chunk(b"IEND", b"")),
        ("damaged", encode(Image.effect_noise((90, 90), 90), "JPEG")[:-400]),
        ("pixels", png(2001, 10)),
        ("pixels", png_claiming(40_000, 40_000)),
        ("pixels", png_claiming(2**31 - 1, 2**31 - 1)),
        ("pixels", encode(Image.new("RGB", (2001, 10)), "WEBP")),
    ],
)
def test_what_is_no_logo_is_refused(code: str, content: bytes) -> None:
    assert refusal_code(content) == code


def test_header_after_another_chunk_does_not_hide_its_size() -> None:
    assert refusal_code(png_claiming(40_000, 40_000, before=chunk(b"tEXt", b"a\0b"))) in {"pixels", "kind", "damaged"}


def test_second_header_with_a_larger_size_is_refused() -> None:
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0))
    content = PNG + chunk(b"IHDR", TEN_BY_TEN) + second + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    assert refusal_code(content + chunk(b"IEND", b"")) in {"pixels", "damaged"}


def test_picture_that_takes_more_than_the_limit_even_in_few_colours_is_refused() -> None:
    # One bit a pixel; scaled down, each pixel becomes a shade of its own.
    content = encode(Image.effect_noise((1000, 700), 90).convert("1"))
    assert len(content) < settings.LIMITS["logo"]
    assert refusal_code(content) == "too_rich"


def test_nothing_behind_the_end_of_the_picture_is_kept() -> None:
    cleaned = clean_logo(png() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in cleaned
    assert b"PK\x03\x04" not in cleaned


def test_a_png_without_a_picture_in_it_is_refused() -> None:
    assert refusal_code(PNG + chunk(b"IHDR", TEN_BY_TEN) + chunk(b"IEND", b"")) == "damaged"


def test_a_png_with_its_colours_before_its_header_is_refused() -> None:
    head, clear = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"tRNS", b"\0\1")
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    content = PNG + chunk(b"PLTE", bytes(30)) + head + clear + body + chunk(b"IEND", b"")
    assert refusal_code(content) == "damaged"


@given(st.data())
def test_picture_with_any_bytes_changed_is_encoded_anew_or_refused(data: st.DataObject) -> None:
    content = bytearray(png(30, 30))
    for index in data.draw(st.lists(st.integers(8, len(content) - 1), min_size=1, max_size=6)):
        content[index] = data.draw(st.integers(0, 255))
    try:
        cleaned = clean_logo(bytes(content))
    except ValidationFailed:
        return
    assert cleaned.startswith(PNG)


# --- files as programs write them


def png_of(bits: int, colour: int, rows: bytes, *more: bytes, width: int = 2, damage: bytes = b"") -> bytes:
    """A PNG two pixels wide with these bits a channel, its one row as bytes, and more chunks before the picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, bits, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" + rows))
    return PNG + head + b"".join(more) + damage + body + chunk(b"IEND", b"")


def pixels(content: bytes) -> list[tuple[int, ...]]:
    with Image.open(BytesIO(clean_logo(content))) as picture:
        wide = picture.convert("RGBA")
        return [wide.getpixel((x, 0)) for x in range(wide.width)]  # type: ignore[misc]


GREY, RGB = 0, 2
DARK_AND_WHITE = struct.pack(">HH", 0x3333, 0xFFFF)
BLUE_AND_RED_16 = struct.pack(">6H", 0x1F00, 0x4F00, 0xD100, 0xFFFF, 0, 0)
DARK, WHITE, CLEAR_WHITE = (51, 51, 51, 255), (255, 255, 255, 255), (255, 255, 255, 0)
BLUE, RED, CLEAR_RED = (31, 79, 209, 255), (255, 0, 0, 255), (255, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(png_of(16, GREY, DARK_AND_WHITE), [DARK, WHITE], id="16 bits grey"),
        pytest.param(
            png_of(16, GREY, DARK_AND_WHITE, chunk(b"tRNS", b"\xff\xff")), [DARK, CLEAR_WHITE], id="16 bits, grey key"
        ),
        pytest.param(png_of(16, RGB, BLUE_AND_RED_16), [BLUE, RED], id="16 bits colour"),
        pytest.param(
            png_of(16, RGB, BLUE_AND_RED_16, chunk(b"tRNS", struct.pack(">3H", 0xFFFF, 0, 0))),
            [BLUE, CLEAR_RED],
            id="16 bits, colour key",
        ),
        pytest.param(
            png_of(8, RGB, bytes([*BLUE[:3], 255, 0, 0]), chunk(b"tRNS", struct.pack(">3H", 255, 0, 0))),
            [BLUE, CLEAR_RED],
            id="8 bits, colour key",
        ),
        pytest.param(
            png_of(2, GREY, b"\x70", chunk(b"tRNS", b"\0\x03")), [(85, 85, 85, 255), CLEAR_WHITE], id="2 bits, grey key"
        ),
        pytest.param(
            png_of(8, RGB, bytes([*BLUE[:3], 255, 0, 0]), chunk(b"zTXt", b"XML\0\0" + zlib.compress(b"x" * 3_000_000))),
            [BLUE, RED],
            id="long metadata",
        ),
        pytest.param(
            png_of(8, RGB, bytes([*BLUE[:3], 255, 0, 0]), damage=chunk(b"tEXt", b"Comment\0drawn")[:-1] + b"!"),
            [BLUE, RED],
            id="comment with a wrong checksum",
        ),
    ],
)
def test_a_png_shows_the_colours_that_its_program_meant(content: bytes, expected: list[tuple[int, ...]]) -> None:
    assert [
        shown if alpha else (*expected[index][:3], 0)
        for index, shown in enumerate(pixels(content))
        for alpha in (shown[3],)
    ] == expected


def test_a_picture_with_a_wrong_checksum_of_its_own_is_refused() -> None:
    content = png_of(8, RGB, bytes([*BLUE[:3], 255, 0, 0]))
    place = content.index(b"IDAT") + 8
    assert refusal_code(content[:place] + b"!" + content[place + 1 :]) == "damaged"
