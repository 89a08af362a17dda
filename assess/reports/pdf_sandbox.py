"""Extracts the attachment of a PDF that anybody may have made.

Decides: what is too large, locked or broken, and which attachment is meant. Does not decide: what the data says
(`content.attachment`), or whether it is true (`report_verification`).

A library in C++ opens the PDF and unpacks streams as it goes, and a few kilobytes can unpack to gigabytes. So a process
of its own opens it, with limits on memory and time, and only the data comes back. This file is that process too: it is
started by its path, imports nothing of ours, and talks JSON.
"""

import hashlib
import json
import resource
import subprocess
import sys
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: Bytes of a PDF that is looked at.
MAX_PDF_BYTES: Final = 10 * 1024 * 1024
#: Bytes that the data may have once unpacked, and the metadata.
MAX_UNPACKED: Final = 2 * 1024 * 1024
MAX_METADATA: Final = 256 * 1024
#: Of the process that opens it: bytes of address space, and seconds of work and of waiting.
MEMORY_LIMIT: Final = 512 * 1024**2
CPU_SECONDS: Final = 10
PATIENCE: Final = 30
#: Seconds that a request waits for those before it: it keeps a thread from others meanwhile.
TURN_WITHIN: Final = 5
#: So much memory is only there once.
_one_at_a_time = threading.Lock()


def N_(text: str) -> str:  # noqa: N802  # as in assess.language, which the process cannot import
    """Marks a sentence as one to translate."""
    return text


#: Why a PDF cannot be read, by the code that the process reports; `_` translates it where a person reads it.
REFUSALS: Final = {
    "not_pdf": N_("This is not a PDF. Choose the PDF of a report as you downloaded it"),
    "too_large": N_("Choose a PDF of at most 10 MB. Reports have less than one"),
    "encrypted": N_("The PDF is locked. Choose the report as you downloaded it, without a password"),
    "broken": N_("The PDF is broken, or contains more than a report does. Download the report again"),
    "no_data": N_(
        "The PDF has no data inside. Choose a report as you downloaded it: printing it to a new file loses its data"
    ),
    "several": N_("The PDF has more than one file inside. Choose the report as you downloaded it"),
    "busy": N_("Other reports are being read. Try again in a minute"),
    "data_too_large": N_("The PDF has more data inside than a report has. Choose the report as you downloaded it"),
}


class UnreadablePdfError(Exception):
    """A PDF that cannot be read; the message says what to do, `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractedAttachment:
    """The attachment's bytes. `said_sha256` is the hash that the PDF's metadata gives for them, "" for none."""

    name: str
    content: bytes
    sha256: str
    said_sha256: str


def without_lead(content: bytes) -> bytes:
    """The file without a byte order mark and blank lines before it, which mail programs and editors put there."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\r\x00 ") if content[:1] != b"%" else content


def extract_attachment(pdf: bytes) -> ExtractedAttachment:
    """The attachment in the bytes of a PDF. Raises UnreadablePdfError."""
    if len(pdf) > MAX_PDF_BYTES:
        raise UnreadablePdfError("too_large")
    if not pdf.startswith(b"%PDF-"):
        raise UnreadablePdfError("not_pdf")
    if not _one_at_a_time.acquire(timeout=TURN_WITHIN):
        raise UnreadablePdfError("busy")
    try:
        # -I: neither the folder nor the environment decides what is imported.
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-I", str(Path(__file__))], input=pdf, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadablePdfError("broken") from None
    finally:
        _one_at_a_time.release()
    try:
        head, _, content = done.stdout.partition(b"\n")
        header: dict[str, str] = json.loads(head)
    except ValueError:  # it died before it could say anything
        raise UnreadablePdfError("broken") from None
    if "refused" in header:
        raise UnreadablePdfError(header["refused"])
    return ExtractedAttachment(
        name=header["name"],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        said_sha256=header["sha256"],
    )


# --- the process


def main() -> None:
    """Reads a PDF from stdin; writes a line of JSON, then the attachment's bytes, to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = b""
    try:
        name, content, metadata = find_attachment(sys.stdin.buffer.read(MAX_PDF_BYTES + 1))
        header = {"name": name, "sha256": read_hash(metadata)}
    except UnreadablePdfError as refused:
        header = {"refused": refused.code}
    sys.stdout.buffer.write(json.dumps(header).encode("ascii") + b"\n" + content)


def find_attachment(pdf: bytes) -> tuple[str, bytes, bytes]:
    """Name and bytes of the one source file, and the metadata."""
    from io import BytesIO

    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            # One that only forbids printing or changing opens without a password, and its data with it.
            root = document.Root
            sources = [each for each in first_items(root.get("/AF")) if each.get("/AFRelationship") == "/Source"]
            # Were there two, this program and a person's reader might each open another.
            if len(sources) > 1 or len(document.attachments) > 1:
                raise UnreadablePdfError("several")
            if not sources:
                # Programs that write a PDF anew keep the list of files by name, and drop what each is for.
                sources = [spec.obj for spec in document.attachments.values()]
            if not sources:
                raise UnreadablePdfError("no_data")
            spec = sources[0]
            content = inflate(spec.EF.F, MAX_UNPACKED)
            metadata = inflate(root.Metadata, MAX_METADATA) if "/Metadata" in root else b""
            return str(spec.get("/UF", ""))[:200], content, metadata
    except pikepdf.PasswordError:
        raise UnreadablePdfError("encrypted") from None
    except UnreadablePdfError:
        raise
    except Exception:  # whatever else a made-up file leads to, no data comes out of it
        raise UnreadablePdfError("broken") from None


def first_items(array: Any) -> list[Any]:
    """The first 50 items of a PDF array; [] for None."""
    return [] if array is None else [array[index] for index in range(min(len(array), 50))]


def inflate(stream: Any, most: int) -> bytes:
    """The bytes of a stream as our reports have them: plain or deflated, once."""
    raw: bytes = stream.read_raw_bytes()
    kind = stream.get("/Filter")
    if kind is not None and "/DecodeParms" not in stream and str(kind) == "/FlateDecode":
        machine = zlib.decompressobj()
        content = machine.decompress(raw, most + 1)
        if not machine.eof and len(content) <= most:
            raise UnreadablePdfError("broken")
    elif kind is None:
        content = raw
    else:
        raise UnreadablePdfError("broken")
    if len(content) > most:
        raise UnreadablePdfError("data_too_large")
    return content


def read_hash(metadata: bytes) -> str:
    """The hash of the data as XMP has it; by its attribute, so that no XML of others is read."""
    _, _, after = metadata.partition(b'dataSha256="')
    array = after[:64].decode("ascii", "replace")
    return array if len(array) == 64 and after[64:65] == b'"' else ""


if __name__ == "__main__":
    main()
