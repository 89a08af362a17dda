"""From HTML to the bytes of a PDF. The only module that imports WeasyPrint, and only when it renders.

Decides: which variant of PDF, which fonts, and how much time and memory a render may take. Does not decide: what the
report says (`content`, `chapters`), or when and by which process it is rendered (`queue`).

Safe by four means: the template engine escapes user text; only `data:` addresses are fetched, and only our own styles
contain any; text is capped in `content`; and a render that takes too long or too much memory is stopped
(`limit_resources`), which is only for processes of their own, never for one that answers requests.
"""

import atexit
import base64
import gc
import logging
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.conf import settings

from assess.reports.content.data import Attachment, Paper
from assess.reports.glyphs import replace_missing
from assess.reports.renderings.html import FALLBACK_FONTS, FONT_FAMILY

logger = logging.getLogger(__name__)

STYLES: Final = settings.BASE_DIR / "static" / "report.css"

#: The font's package, and its files by weight and style. They are read from disk: nothing is downloaded at run time.
FONT_PACKAGE: Final = "font_source_sans_pro"
FONT_FILES: Final = (
    ("SourceSansPro-Regular.ttf", 400, "normal"),
    ("SourceSansPro-Semibold.ttf", 600, "normal"),
    ("SourceSansPro-It.ttf", 400, "italic"),
)

#: A sheet of Letter is less high, so it has smaller margins.
PAPERS: Final[dict[Paper, str]] = {"A4": "size: A4", "Letter": "size: letter; margin: 11mm 20mm 14mm"}

#: Of the property in a PDF's metadata that holds the hash of its data.
XMP_NAMESPACE: Final = "urn:splitcheck:report:1:"

#: Bytes of address space that a render may add to its process. The largest report in the tests adds a fifth of it.
RENDER_MEMORY: Final = 1024**3

#: Kept for each thread: one FontConfiguration used by two threads corrupts memory.
_local = threading.local()


class RenderError(Exception):
    """A render that was stopped or failed; the message is for the person who asked for it."""


def font_folder() -> Path | None:
    """The folder of the font package's files; None when it is not installed."""
    spec = find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "files"
    return folder if all((folder / name).is_file() for name, _, _ in FONT_FILES) else None


def styles() -> str:
    """The style sheet with the fonts inside it as `data:` addresses, so that rendering opens no file and no
    connection.
    """
    folder = font_folder()
    faces = []
    if folder is not None:
        for name, weight, style in FONT_FILES:
            data = base64.b64encode((folder / name).read_bytes()).decode("ascii")
            faces.append(
                f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight}; font-style: {style};'
                f" src: url(data:font/ttf;base64,{data}) }}"
            )
    family = f'"{FONT_FAMILY}", {FALLBACK_FONTS}' if folder else FALLBACK_FONTS
    return "\n".join([*faces, f"html {{ font-family: {family} }}", STYLES.read_text("utf-8")])


def render_pdf(
    html: str, attachment: Attachment | None = None, *, dated: date | None = None, paper: Paper = "A4"
) -> bytes:
    """The PDF of `html`, with its data inside, as PDF/UA-1 and PDF/A-3a at once. Raises RenderError when WeasyPrint
    cannot make one. `dated` is the day that the data is of.

    The first call in a thread loads WeasyPrint, styles and fonts, which takes as long as a render; later ones reuse
    them.
    """
    import weasyprint

    font_config, sheets, fetcher = weasyprint_tools()
    collecting = gc.isenabled()
    # A render makes millions of objects that live until its end: looking for garbage among them only costs.
    gc.disable()
    try:
        document = weasyprint.HTML(string=replace_missing(html), url_fetcher=fetcher, media_type="print")
        pdf = document.write_pdf(
            stylesheets=[sheets[""], sheets[paper]],
            font_config=font_config,
            pdf_variant="pdf/a-3a",
            attachments=[weasyprint_attachment(attachment, dated or date.min)] if attachment else None,
            finisher=partial(add_identification, sha256=attachment.sha256 if attachment else ""),
            presentational_hints=False,
        )
    except RenderError:
        raise
    except MemoryError as error:
        raise RenderError("The report needs more memory than one may take. Shorten the longest notes.") from error
    except RecursionError as error:
        raise RenderError("The report is nested too deeply to be laid out.") from error
    finally:
        if collecting:
            gc.enable()
    if not isinstance(pdf, bytes):
        raise RenderError("No PDF came out of the report.")
    return pdf


def weasyprint_attachment(attachment: Attachment, dated: date) -> Any:
    """The data as what the report was made from; with a date of its own, so that equal reports are equal files."""
    import weasyprint

    day = datetime.combine(dated, time())
    return weasyprint.Attachment(
        string=attachment.text,
        name=attachment.name,
        description=f"The answers and the result as JSON. SHA-256: {attachment.sha256}",
        relationship="Source",
        created=day,
        modified=day,
    )


def add_identification(document: Any, made: Any, *, sha256: str) -> None:
    """WeasyPrint's last step: the file says that it is PDF/UA too, and which hash its data has.

    PDF/A allows a property outside its own schemas only where the file describes it; no other changes are needed,
    because the tags of PDF/A-3a are those of PDF/UA.
    """
    metadata = made.objects[int(made.catalog["Metadata"].split()[0])]
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(b"</rdf:RDF>", build_xmp(sha256).encode("ascii") + b"</rdf:RDF>")]
    if "AF" in made.catalog:
        # WeasyPrint names each associated file twice.
        once = dict.fromkeys(made.catalog["AF"])
        made.catalog["AF"].clear()
        made.catalog["AF"].extend(once)


def build_xmp(sha256: str) -> str:
    """What XMP says beside WeasyPrint's own: PDF/UA-1, the hash of the data, and what those properties are."""
    ours = f' xmlns:report="{XMP_NAMESPACE}" report:dataSha256="{sha256}"' if sha256 else ""
    schemas = (
        ("PDF/UA identification", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid", "part", "Integer", "Part of PDF/UA"),
        ("Splitcheck report", XMP_NAMESPACE, "report", "dataSha256", "Text", "SHA-256 of the attached data, in hex"),
    )
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{title} schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description>"
        "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>"
        for title, namespace, prefix, name, kind, meaning in schemas[: 2 if sha256 else 1]
    )
    return (
        '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />'
        + (f'<rdf:Description rdf:about=""{ours} />' if ours else "")
        + '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f"<pdfaExtension:schemas><rdf:Bag>{described}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )


def weasyprint_tools() -> tuple[Any, Any, Any]:
    """Font configuration, style sheets (of everything, and of each paper) and fetcher of this thread, made once."""
    if not hasattr(_local, "tools"):
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        # Every problem of a style or a text would be a line; what matters is raised.
        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        logging.getLogger("fontTools").setLevel(logging.ERROR)

        class DataOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
            """Opens `data:` addresses and nothing else, whatever a text or a style asks for."""

            def __init__(self) -> None:
                super().__init__(allowed_protocols=["data"], allow_redirects=False)

        fetcher = DataOnly()
        font_config = FontConfiguration()
        texts: dict[str, str] = {"": styles()}
        texts |= {paper: f"@page {{ {page} }}" for paper, page in PAPERS.items()}
        sheets = {
            name: weasyprint.CSS(string=text, font_config=font_config, url_fetcher=fetcher)
            for name, text in texts.items()
        }
        _local.tools = (font_config, sheets, fetcher)
        # While Python ends, the configuration can no longer remove its temporary files and complains.
        atexit.register(_local.__dict__.clear)
    tools: tuple[Any, Any, Any] = _local.tools
    return tools


@contextmanager
def limit_resources(seconds: int) -> Iterator[None]:
    """Stop what runs inside after `seconds`, or when it takes too much memory. Only in a process's main thread.

    The alarm rings again every second, because WeasyPrint swallows what is raised while it draws an SVG.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        raise RenderError(f"The report took longer than {seconds} seconds. Shorten the longest notes, then try again.")

    before_alarm = signal.signal(signal.SIGALRM, stop)
    before_limit = resource.getrlimit(resource.RLIMIT_AS)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_limit(before_limit[1]), before_limit[1]))
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before_alarm)
        resource.setrlimit(resource.RLIMIT_AS, before_limit)


def memory_limit(hard: int) -> int:
    """What the process has now plus what a render may add, within the hard limit."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:  # not on Linux: no limit can be set that is neither too low nor useless
        return hard
    limit = pages * resource.getpagesize() + RENDER_MEMORY
    return limit if hard == resource.RLIM_INFINITY else min(limit, hard)
