"""From the report object to the bytes of a PDF. The only module that imports WeasyPrint, and only when it renders.

Decides: which variant of PDF, which fonts, and what a render may use. Does not decide: what is said (`build`), or when
and by which process it is rendered (`queue`).

Safe by four means: user text is escaped by the template engine; nothing is fetched but `data:` addresses, which only
our own styles hold; text is capped in `build`; and a render is stopped when it takes too long or too much memory
(`bounded`), which is only for processes of their own, never for one that answers requests.
"""

import atexit
import base64
import gc
import hashlib
import json
import logging
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, time
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string

from assess.language import _, day
from assess.reports.attached import AttachedData
from assess.reports.chapters import FULL, document_of
from assess.reports.data import Brand, Paper, ReportData
from assess.reports.document import Choice, Document
from assess.reports.glyphs import with_codes
from assess.web.facade import ICONS

logger = logging.getLogger(__name__)

TEMPLATE: Final = "reports/pdf.html"
TEMPLATE_OF_SEVERAL: Final = "reports/of_several.html"
STYLES: Final = settings.BASE_DIR / "static" / "report.css"
TEMPLATES: Final = settings.BASE_DIR / "templates"
#: Where what a report looks like, and which chapters it is written into, is decided.
DRAWN_BY: Final = (
    TEMPLATES / "reports",
    TEMPLATES / "charts",
    settings.BASE_DIR / "assess" / "reports" / "chapters",
)

#: The font's package, the family that it is known by here, and its files by weight and style. Files of a package are
#: the same on every machine, and are read from disk: nothing is downloaded at run time.
FONT_PACKAGE: Final = "font_source_sans_pro"
FONT_FAMILY: Final = "Report Sans"
FONT_FILES: Final = (
    ("SourceSansPro-Regular.ttf", 400, "normal"),
    ("SourceSansPro-Semibold.ttf", 600, "normal"),
    ("SourceSansPro-It.ttf", 400, "italic"),
)
#: Where the package is missing or lacks a character. DejaVu Sans comes with fontconfig in Debian, which WeasyPrint
#: needs.
FALLBACK_FONTS: Final = '"DejaVu Sans", "Noto Sans", sans-serif'

PAPERS: Final[dict[Paper, str]] = {"A4": "A4", "Letter": "letter"}

#: Of the property in a PDF's metadata that holds the hash of its data.
XMP_NAMESPACE: Final = "urn:splitcheck:report:1:"

#: Bytes of address space that a render may add to its process. The largest report in the tests adds a fifth of it.
RENDER_MEMORY: Final = 1024**3

#: Kept for each thread: one FontConfiguration used by two threads corrupts memory.
_kept = threading.local()


class RenderError(Exception):
    """A render that was stopped or failed; the message is for the person who asked for it."""


def report_html(report: ReportData, choice: Choice = FULL) -> str:
    """The report as one HTML document without any address in it, with the chapters of this choice."""
    page = report.page_one
    assert page is not None  # as built
    return render_to_string(
        TEMPLATE,
        {
            "report": report,
            "page": page,
            "document": document_of(report, choice),
            "summary": _("{verdict}: {form}. {state}, {day}.").format(
                verdict=page.verdict_words,
                form=page.form_words or page.model_said,
                state=report.state_words,
                day=day(report.dated),
            ),
            "verdict_drawing": ICONS[page.verdict],
            "font": f"{FONT_FAMILY}, {FALLBACK_FONTS}".replace('"', "'"),
        },
    )


def document_html(document: Document, *, brand: Brand, eyebrow: str) -> str:
    """A document over several systems as HTML without any address in it; its first chapter is page 1."""
    first, *chapters = document.chapters
    return render_to_string(
        TEMPLATE_OF_SEVERAL,
        {
            "document": document,
            "first": first,
            "chapters": chapters,
            "brand": brand,
            "eyebrow": eyebrow,
            "font": f"{FONT_FAMILY}, {FALLBACK_FONTS}".replace('"', "'"),
        },
    )


def key_of(html: str, paper: Paper, sha256: str) -> str:
    """The hash of all that goes into a PDF of this HTML, with data of that hash inside."""
    return hashlib.sha256(f"{_fingerprint()}{paper}{sha256}{html}".encode("utf-8", "surrogatepass")).hexdigest()


def content_key(report: ReportData, choice: Choice = FULL) -> str:
    """The hash of all that goes into the PDF: the report, which chapters of it, templates, styles, fonts, paper, and
    WeasyPrint's version.

    Two reports with one key give the same document, so the second need not be rendered.
    """
    said = {"report": asdict(report), "choice": asdict(choice), "paper": paper_of(report)}
    content = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{_fingerprint()}{content}".encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _fingerprint() -> str:
    """The hash of what is the same for all reports of one process."""
    found = hashlib.sha256()
    for folder in DRAWN_BY:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    found.update(STYLES.read_bytes())
    found.update("\0".join([version("weasyprint"), version("pydyf"), _font_version()]).encode())
    return found.hexdigest()


def paper_of(report: ReportData) -> Paper:
    """The workspace's paper, else that of the setting REPORT_PAPER: A4 unless it says Letter."""
    site: Paper = getattr(settings, "REPORT_PAPER", "A4")
    return report.brand.paper or site


def _font_version() -> str:
    return version(FONT_PACKAGE.replace("_", "-")) if font_folder() else "none"


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
    html: str, attached: AttachedData | None = None, *, dated: date | None = None, paper: Paper = "A4"
) -> bytes:
    """The PDF of `html`, with its data inside, as PDF/UA-1 and PDF/A-3a at once. Raises RenderError when WeasyPrint
    cannot make one. `dated` is the day that the data is of.

    The first call in a thread loads WeasyPrint, styles and fonts, which takes as long as a render; later ones reuse
    them.
    """
    import weasyprint

    font_config, sheets, fetcher = _tools()
    collecting = gc.isenabled()
    # A render makes millions of objects that live until its end: looking for garbage among them only costs.
    gc.disable()
    try:
        document = weasyprint.HTML(string=with_codes(html), url_fetcher=fetcher, media_type="print")
        made = document.write_pdf(
            stylesheets=[sheets[""], sheets[paper]],
            font_config=font_config,
            pdf_variant="pdf/a-3a",
            attachments=[_attachment(attached, dated or date.min)] if attached else None,
            finisher=partial(_identify, sha256=attached.sha256 if attached else ""),
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
    if not isinstance(made, bytes):
        raise RenderError("No PDF came out of the report.")
    return made


def _attachment(attached: AttachedData, dated: date) -> Any:
    """The data as what the report was made from; with a date of its own, so that equal reports are equal files."""
    import weasyprint

    day = datetime.combine(dated, time())
    return weasyprint.Attachment(
        string=attached.text,
        name=attached.name,
        description=f"The answers and the result as JSON. SHA-256: {attached.sha256}",
        relationship="Source",
        created=day,
        modified=day,
    )


def _identify(document: Any, made: Any, *, sha256: str) -> None:
    """WeasyPrint's last step: the file says that it is PDF/UA too, and which hash its data has.

    PDF/A allows a property outside its own schemas only where the file describes it; no other changes are needed,
    because the tags of PDF/A-3a are those of PDF/UA.
    """
    metadata = made.objects[int(made.catalog["Metadata"].split()[0])]
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(b"</rdf:RDF>", _xmp(sha256).encode("ascii") + b"</rdf:RDF>")]
    if "AF" in made.catalog:
        # WeasyPrint names each associated file twice.
        once = dict.fromkeys(made.catalog["AF"])
        made.catalog["AF"].clear()
        made.catalog["AF"].extend(once)


def _xmp(sha256: str) -> str:
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


def _tools() -> tuple[Any, Any, Any]:
    """Font configuration, style sheets (of everything, and of each paper) and fetcher of this thread, made once."""
    if not hasattr(_kept, "tools"):
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
        texts |= {paper: f"@page {{ size: {size} }}" for paper, size in PAPERS.items()}
        sheets = {
            name: weasyprint.CSS(string=text, font_config=font_config, url_fetcher=fetcher)
            for name, text in texts.items()
        }
        _kept.tools = (font_config, sheets, fetcher)
        # While Python ends, the configuration can no longer remove its temporary files and complains.
        atexit.register(_kept.__dict__.clear)
    tools: tuple[Any, Any, Any] = _kept.tools
    return tools


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """Stop what runs inside after `seconds`, or when it takes too much memory. Only in a process's main thread.

    The alarm rings again every second, because WeasyPrint swallows what is raised while it draws an SVG.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        raise RenderError(f"The report took longer than {seconds} seconds. Shorten the longest notes, then try again.")

    before_alarm = signal.signal(signal.SIGALRM, stop)
    before_limit = resource.getrlimit(resource.RLIMIT_AS)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_soft_limit(before_limit[1]), before_limit[1]))
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before_alarm)
        resource.setrlimit(resource.RLIMIT_AS, before_limit)


def _soft_limit(hard: int) -> int:
    """What the process has now plus what a render may add, within the hard limit."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:  # not on Linux: no limit can be set that is neither too low nor useless
        return hard
    wanted = pages * resource.getpagesize() + RENDER_MEMORY
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


__all__ = ["RenderError", "bounded", "content_key", "font_folder", "render_pdf", "report_html", "styles"]
