"""The entry of the room: which format a file is in, by its content, and the reading that its reader makes of it.

Here is what all formats share: gzip, encodings, limits, and JSON read strictly. A file's name is never looked at.
"""

import codecs
import gzip
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final, cast

from assess.language import _, in_a_row, number
from assess.measurements import access_logs, cost, deploys, prometheus, py_spy, traces
from assess.measurements.reading import JsonReader, LineReader, Options, Reader
from assess.measurements.records import Reading
from assess.measurements.stored import from_json, to_json
from assess.questionnaire.facade import Issue, ValidationFailed, shown

#: A JSON document is parsed as a whole: at most so many bytes, once unpacked.
MAX_JSON_BYTES: Final = 20 * 1024 * 1024
#: Objects and lists in it, some hundred bytes of memory each.
MAX_JSON_VALUES: Final = 1_000_000
#: A text is read as a stream; these keep a small gzip file from unpacking for ever.
MAX_TEXT_BYTES: Final = 1024 * 1024 * 1024
MAX_LINES: Final = 10_000_000
#: Stacks of py-spy are the longest lines that are meant: some 10 KB.
MAX_LINE_BYTES: Final = 64 * 1024
CHUNK: Final = 64 * 1024
#: What the formats of lines are recognised by.
FIRST_LINES: Final = 20

SPACE: Final = re.compile(r"[ \t\r\n]*+")

READERS: Final[tuple[Reader, ...]] = (
    *deploys.READERS,
    *cost.READERS,
    prometheus.PROMETHEUS,
    py_spy.PY_SPY,
    access_logs.ACCESS_LOG,
    traces.OTLP,
    traces.JAEGER,
)


def read_measurements(stream: BinaryIO, *, options: Options) -> Reading:
    """What the file says, with its mapping and dropped rows. gzip, UTF-8 with or without a mark, and UTF-16 with one
    are read. JSON may be one document or several one after the other, as `gh api --paginate` writes them; several come
    to their reader as one list.

    Raises ValidationFailed with one issue that says what to do: code `empty`, `archive`, `broken_gzip`, `too_large`,
    `line_too_long`, `binary`, `not_utf8`, `syntax`, `number`, `duplicate_key`, `too_deep`, `unknown_format`, and
    whatever the reader of the format refuses. Lines are read at some million a second, before their reader's work.
    """
    chunks = as_utf8(unpack(read_chunks(stream)))
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= MAX_LINE_BYTES:
            break
    if not start.strip():
        raise refuse("empty", _("The file is empty. Export it again, with at least one row"))
    if b"\x00" in start:
        raise refuse("binary", _("Choose a JSON, CSV or text file; this one is a program's own format"))
    first_lines = start.decode("utf-8", "replace").splitlines()[:FIRST_LINES]
    for reader in READERS:
        if isinstance(reader, LineReader) and reader.recognises(first_lines):
            return check_stored(reader.read(split_lines(chain([start], chunks)), options))
    if start.lstrip()[:1] in (b"{", b"["):
        document = parse_documents(join_limited(chain([start], chunks)))
        for reader in READERS:
            if isinstance(reader, JsonReader) and reader.recognises(document):
                return check_stored(reader.read(document, options))
    formats = in_a_row(_(reader.words) for reader in READERS)
    message = _("Export one of these formats; this file is none of them: {formats}").format(formats=formats)
    raise refuse("unknown_format", message)


def check_stored(reading: Reading) -> Reading:
    """The reading, if it can be read again once it is stored: a page that cannot would be lost for everybody.

    Raises ValidationFailed for any other, whatever its reader let through.
    """
    try:
        from_json(to_json(reading))
    except ValidationFailed as failed:
        message = _("Export the file again: a name in it is too long or shows nothing, or there are too many ({place})")
        raise refuse("unfit", message.format(place=failed.issues[0].key)) from failed
    return reading


def refuse(code: str, message: str, line: int | None = None) -> ValidationFailed:
    """The refusal of a whole file."""
    return ValidationFailed([Issue(code=code, message=message, key="file", line=line)])


# --- bytes


def read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Full chunks and what is left, however little the stream gives at a time."""
    chunk = b""
    while part := stream.read(CHUNK - len(chunk)):
        chunk += part
        if len(chunk) == CHUNK:
            yield chunk
            chunk = b""
    if chunk:
        yield chunk


def unpack(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, those of gzip unpacked, one after the other and never more than a chunk at a time."""
    first = next(chunks, b"")
    chunks = chain([first], chunks)
    if first.startswith(b"PK\x03\x04"):
        message = _("Unpack the archive and choose one file in it; save a spreadsheet as CSV")
        raise refuse("archive", message)
    if not first.startswith(b"\x1f\x8b"):
        yield from chunks
        return
    with gzip.GzipFile(mode="rb", fileobj=cast(BinaryIO, ChunkFile(chunks))) as unpacked:
        try:
            yield from read_chunks(cast(BinaryIO, unpacked))
        except (EOFError, OSError, zlib.error):
            raise refuse("broken_gzip", _("Pack the file again; this one ends early or is damaged")) from None


class ChunkFile:
    """Chunks as the file that `gzip` reads: forward only."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.rest = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self.rest) < size:
            chunk = next(self.chunks, b"")
            if not chunk:
                break
            self.rest += chunk
        part, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return part


def as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks without a byte order mark; UTF-16 that has one is written as UTF-8."""
    first = next(chunks, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            for chunk in chain([first], chunks):
                yield decoder.decode(chunk).encode()
            decoder.decode(b"", final=True)
        except UnicodeError:
            raise refuse("not_utf8", _("Save the file as UTF-8; its UTF-16 is damaged")) from None
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def join_limited(chunks: Iterable[bytes]) -> bytes:
    """All of it. Raises ValidationFailed for more than `MAX_JSON_BYTES`."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MAX_JSON_BYTES:
            message = _("Export a shorter span: JSON may have {most} MB once unpacked")
            raise refuse("too_large", message.format(most=MAX_JSON_BYTES // 1024**2))
    return bytes(content)


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each line without its end, which is LF or CRLF. Raises ValidationFailed at the limits."""
    rest, lines_before, total = b"", 0, 0
    for chunk in chain(chunks, [b"\n"]):
        total += len(chunk)
        if total > MAX_TEXT_BYTES or lines_before > MAX_LINES:
            message = _("Choose a shorter span: a text may have {lines} lines and {most} MB once unpacked")
            raise refuse("too_large", message.format(lines=number(MAX_LINES), most=number(MAX_TEXT_BYTES // 1024**2)))
        lines = (rest + chunk).split(b"\n")
        longest = max(map(len, lines))
        if longest > MAX_LINE_BYTES:
            line = lines_before + [len(each) for each in lines].index(longest) + 1
            message = _("Shorten this line to {most} bytes, or remove it").format(most=number(MAX_LINE_BYTES))
            raise refuse("line_too_long", message, line)
        rest = lines.pop()
        lines_before += len(lines)
        if b"\r" in chunk or rest.endswith(b"\r") or (lines and lines[0].endswith(b"\r")):
            lines = [line.removesuffix(b"\r") for line in lines]
        yield from lines
    # What follows the last line's end is no line.


# --- JSON


def parse_documents(content: bytes) -> object:
    """The JSON document; of several one after the other a list, in which lists are joined. Raises ValidationFailed."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse("not_utf8", _("Save the file as UTF-8; this line holds bytes that are not"), line) from None
    if content.count(b"{") + content.count(b"[") > MAX_JSON_VALUES:
        message = _("Export a shorter span: JSON may have {most} objects and lists")
        raise refuse("too_large", message.format(most=number(MAX_JSON_VALUES)))
    decoder = json.JSONDecoder(
        object_pairs_hook=build_object, parse_constant=refuse_constant, parse_float=parse_float, parse_int=parse_int
    )
    documents = []
    at = skip_space(text, 0)
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            message = _("Mend the JSON here ({what}, column {column}), or export it again: it may have been cut off")
            message = message.format(what=error.msg, column=error.colno)
            raise refuse("syntax", message, error.lineno) from None
        except RecursionError:
            raise refuse("too_deep", _("Export the file again: no format that is read nests so deeply")) from None
        documents.append(document)
        at = skip_space(text, at)
    if len(documents) == 1:
        return documents[0]
    if all(isinstance(document, list) for document in documents):
        return list(chain.from_iterable(documents))
    return documents


def skip_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    built = dict(pairs)
    if len(built) < len(pairs):
        twice = Counter(name for name, _value in pairs).most_common(1)[0][0]
        message = _("Remove one of the two: {name} is given twice in one object").format(name=shown(twice))
        raise refuse("duplicate_key", message)
    return built


def refuse_constant(word: str) -> object:
    raise refuse("number", _("Write a number or null instead of {word}").format(word=word))


def parse_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise refuse("number", _("Write a number that is finite; {text} is not").format(text=shown(text)))
    return value


def parse_int(text: str) -> int:
    if len(text) > 400:
        raise refuse("number", _("Write a number that is finite and has fewer than 400 digits"))
    return int(text)
