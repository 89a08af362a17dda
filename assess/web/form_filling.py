"""Puts typed values back into a form of a finished page, so that no form has to know how.

Decides: which form of the page is meant, and what each of its fields then holds. The page is changed only at these
places; everything else stays byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

#: Types of inputs that a browser or we fill in, never what a person typed before.
NEVER_FILLED = frozenset({"password", "file", "submit", "button", "image", "reset"})
TICKED = frozenset({"checkbox", "radio"})
#: Set anew by each page.
NEVER_SET = frozenset({"csrfmiddlewaretoken", "form_page", "kept_form"})

Attributes = dict[str, str | None]


@dataclass(slots=True)
class Tag:
    """A start tag and where it stands. `end` is where its content begins, `content_end` where that ends."""

    name: str
    attributes: Attributes
    start: int
    end: int
    content_end: int = 0
    inside: tuple["Tag", ...] = ()  #: the <details> around it

    @property
    def type(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.name == "input" else self.name

    def text(self, name: str) -> str:
        return self.attributes.get(name) or ""


@dataclass(slots=True)
class Form:
    tag: Tag
    controls: list[Tag] = field(default_factory=list)

    def count_known(self, fields: Sequence[tuple[str, str]]) -> int:
        """How many of its hidden inputs and buttons hold what was posted: tells forms of one address apart."""
        fixed = [control for control in self.controls if control.type in {"hidden", "submit"}]
        return sum((control.text("name"), control.text("value")) in fields for control in fixed)


class FormReader(HTMLParser):
    """`forms` of the page, each with its controls (inputs, text areas, and the options of its selects)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.details: list[Tag] = []
        self.form: Form | None = None
        self.select: Tag | None = None
        self.textarea: Tag | None = None
        self.line_starts = [0]
        for line in html.split("\n"):
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)
        self.feed(html)
        self.close()

    def position(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        start = self.position()
        tag = Tag(name, dict(attributes), start, start + len(self.get_starttag_text() or ""), inside=(*self.details,))
        if name == "details":
            self.details.append(tag)
        elif name == "form":
            self.form = Form(tag)
            self.forms.append(self.form)
        elif self.form is not None and name in {"input", "textarea", "select", "option", "button"}:
            if name == "button":
                tag.attributes["type"] = "submit"
                tag.name = "input"  # told apart from others by name and value alone
            if name == "select":
                self.select = tag
            elif name == "option" and self.select is not None:
                tag.attributes.setdefault("name", self.select.text("name"))
            elif name == "textarea":
                self.textarea = tag
            self.form.controls.append(tag)

    def handle_endtag(self, name: str) -> None:
        if name == "details" and self.details:
            self.details.pop()
        elif name == "form":
            self.form = None
        elif name == "select":
            self.select = None
        elif name == "textarea" and self.textarea is not None:
            self.textarea.content_end, self.textarea = self.position(), None


def fill_form(
    html: str, *, page: str, action: str, fields: Sequence[tuple[str, str]], kept_form: str
) -> tuple[str, str] | None:
    """The page with `fields` (name and text) in its form that posts to `action`, and that form's id; None without one.

    `page` is the page's own address, to which the form's is relative. Where several post there, it is the one with most
    hidden inputs as posted. A hidden input `kept_form` is added, so that the next request tells what it sends. Hidden
    inputs get what was posted, too: they say which version the person saw. Passwords and files stay empty, and whatever
    <details> the form is folded into is opened.
    """
    forms = [
        form
        for form in FormReader(html).forms
        if form.tag.text("method").lower() == "post" and address_of(page, form.tag.text("action")) == action
    ]
    if not forms:
        return None
    form = max(forms, key=lambda form: form.count_known(fields))
    form_id = form.tag.text("id") or f"kept-{kept_form}"
    start_tag = written("form", {**form.tag.attributes, "id": form_id})
    start_tag += written("input", {"type": "hidden", "name": "kept_form", "value": kept_form})
    edits = {form.tag.start: (form.tag.end, start_tag)}
    for control in form.controls:
        edits |= fill_control(control, fields, form)
    for details in {tag.start: tag for control in (form.tag, *form.controls) for tag in control.inside}.values():
        if "open" not in details.attributes:
            edits[details.start] = (details.end, written("details", {**details.attributes, "open": None}))
    for start in sorted(edits, reverse=True):
        end, text = edits[start]
        html = html[:start] + text + html[end:]
    return html, form_id


def address_of(page: str, action: str) -> str:
    """Where a form with this `action` posts to, without the fragment, which no server sees."""
    return urldefrag(urljoin(page, action or page)).url


def fill_control(control: Tag, fields: Sequence[tuple[str, str]], form: Form) -> dict[int, tuple[int, str]]:
    """By its start, the end and new text of each place that changes."""
    name = control.text("name")
    texts = [text for posted, text in fields if posted == name]
    if not name or name in NEVER_SET or control.type in NEVER_FILLED or control.type == "select":
        return {}
    if control.type in TICKED or control.type == "option":
        mark = "selected" if control.type == "option" else "checked"
        attributes = {key: value for key, value in control.attributes.items() if key not in {mark, "name"}}
        if control.type in TICKED:
            attributes["name"] = name
        elif not texts:
            return {}  # no field of the select was posted
        if control.attributes.get("value", "on" if control.type in TICKED else None) in texts:
            attributes[mark] = None
        return {control.start: (control.end, written(control.name, attributes))}
    if not texts:
        return {}
    same = [other for other in form.controls if other.text("name") == name]
    offered = {other.text("value") for other in same if other.type in TICKED}
    typed = [text for text in texts if text not in offered]
    place = [other for other in same if other.type not in TICKED].index(control)
    text = typed[place] if place < len(typed) else ""
    if control.name == "textarea":
        # A browser drops the first line break of a text area.
        return {control.end: (control.content_end, f"\n{escape(text)}")}
    return {control.start: (control.end, written(control.name, {**control.attributes, "value": text}))}


def written(name: str, attributes: Attributes) -> str:
    """A start tag in HTML."""
    parts = [key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items()]
    return f"<{' '.join([name, *parts])}>"
