"""Reads YAML into plain data with the line of everything in it, and refuses what a questionnaire has no use for.

Decides: whether bytes are the small, plain kind of YAML that we accept. Does not decide: whether that is a
questionnaire.

The refusals happen on the parser's events, before any object is built: measured on PyYAML, 384 bytes of aliases grow
to 448 MB and 200 KB of brackets crash the C loader. Hence the pure-Python loader, no aliases, and a bounded depth and
size. YAML 1.1 also reads `no` as false, `1:30` as 90 and `010` as 8; a person who types these means something else,
so we ask for quotes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast

import yaml

from assess.language import N_, Words, _, number
from assess.questionnaire.validation import Issue, ValidationFailed, shown

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 12
#: A file with more mistakes than this gets the first ones and a count; nobody mends thousands from one list.
MAX_PROBLEMS = 200

#: What bytes are said to hold, in messages.
Holds = Literal["file", "questionnaire"]

Path: TypeAlias = tuple[str | int, ...]
Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | float | bool | None"

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TAG = "tag:yaml.org,2002:"
TOO_LARGE: Final = Words(
    {
        "file": N_("Send at most {most} KB; this file has {count} bytes"),
        "questionnaire": N_("Send at most {most} KB; this questionnaire has {count} bytes"),
    }
)
EMPTY: Final = Words(
    {
        "file": N_("The file is empty; start from an example and change it"),
        "questionnaire": N_("The questionnaire is empty; start from an example and change it"),
    }
)


@dataclass(slots=True)
class Document:
    """Plain data, the line of each value and of each mapping key by path, and the slips that did not stop the reading.

    A slip comes with its path, because only the caller knows what people call that place.
    """

    data: Data = None
    lines: dict[Path, int] = field(default_factory=dict)
    slips: list[tuple[Issue, Path]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def readable_path(path: Path) -> str:
    """A path as a person would say it, lists counted from 1: `("options", 0, "label")` is `options[1].label`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{shown(part)}" if text else shown(part)
    return text


def decode_text(content: bytes, *, file: str, kind: Holds, most: int = MAX_BYTES) -> str:
    """The bytes as text: at most `most` bytes (256 KB) of plain UTF-8 without control characters. Raises
    ValidationFailed."""

    def refuse(code: str, message: str, line: int | None = None) -> ValidationFailed:
        return ValidationFailed([Issue(code=code, message=message, file=file, line=line)])

    if len(content) > most:
        raise refuse("too_large", TOO_LARGE[kind].format(most=number(most // 1024), count=number(len(content))))
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        raise refuse("not_utf8", _("Save the file as UTF-8 without a byte order mark"), 1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse("not_utf8", _("Save the file as UTF-8; this line holds bytes that are not"), line) from None
    found = CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        name = f"U+{ord(found[0]):04X}"
        raise refuse(
            "control_character", _("Remove the control character {name} from this line").format(name=name), line
        )
    if not text.strip():
        raise refuse("empty", EMPTY[kind])
    return text


def read_yaml(content: bytes, *, file: str, kind: Holds = "questionnaire") -> Document:
    """Reads one plain YAML document.

    Raises ValidationFailed, with every such issue up to where reading had to stop, for: more than 256 KB, other
    encodings, control characters, broken syntax, more than one document, anchors, aliases, tags, merge keys, keys that
    are not text, more than 12 levels or 20,000 values. Slips that leave the meaning plain enough to go on (a key twice,
    a bare `no`) are in `Document.slips`, so that the caller can report them together with what it finds itself.

    >>> read_yaml(b"title: Split\\nversion: 1", file="a.yaml").data
    {'title': 'Split', 'version': 1}
    """
    text = decode_text(content, file=file, kind=kind)
    reading = YamlReading(file)
    try:
        reading.read(yaml.SafeLoader(text))
    except yaml.YAMLError as error:
        reading.stop(describe_syntax_error(error, file))
    except (ValueError, OverflowError):
        # PyYAML lets through what Python says of escapes such as "\U00110000" and "\UFFFFFFFF".
        message = _("Remove the escape that names no character")
        reading.stop(Issue(code="syntax", message=message, file=file, line=reading.line))
    except StopReading:
        pass
    if reading.stopped:
        raise ValidationFailed(reading.hostile)
    return reading.document


class StopReading(Exception):  # noqa: N818 -- a way out of the loop, not an error of its own
    """Reading on would be pointless or dangerous; the reason is noted already."""


def describe_syntax_error(error: yaml.YAMLError, file: str) -> Issue:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    detail = str(getattr(error, "problem", None) or getattr(error, "reason", None) or _("it cannot be read"))
    if "\\t" in detail:
        message = _("Indent with spaces; this line uses a tab")
    else:
        message = _("Mend the YAML here ({what}): check indentation, quotes, and the space after each colon")
        message = message.format(what=detail)
    return Issue(code="syntax", message=message, file=file, line=mark.line + 1 if mark else None)


class YamlReading:
    """One pass over the events. Values are put together by hand, so that no constructor of PyYAML ever runs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.document = Document()
        self.hostile: list[Issue] = []
        self.stopped = False
        self.nodes = 0
        self.line = 1
        # What is open: the container, its path, and for a mapping the key that waits for its value.
        self.open: list[tuple[dict[str, Data] | list[Data], Path]] = []
        self.pending: list[str | None] = []
        self.documents = 0

    def stop(self, issue: Issue) -> None:
        self.hostile.append(issue)
        self.stopped = True

    def refuse(self, code: str, message: str, path: Path) -> None:
        """Something that questionnaires never contain; reading goes on only to find more of the kind."""
        if len(self.hostile) >= MAX_PROBLEMS:
            raise StopReading
        self.hostile.append(self.issue_at(code, message, path))
        self.stopped = True

    def slip(self, code: str, message: str, path: Path) -> None:
        self.document.slips.append((self.issue_at(code, message, path), path))

    def issue_at(self, code: str, message: str, path: Path) -> Issue:
        return Issue(code=code, message=message, file=self.file, line=self.line, key=readable_path(path))

    def read(self, loader: yaml.SafeLoader) -> None:
        get_event = cast(Callable[[], yaml.Event], loader.get_event)
        while loader.check_event():
            self.take(loader, get_event())

    def take(self, loader: yaml.SafeLoader, event: yaml.Event) -> None:
        if event.start_mark is not None:
            self.line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    message = _("Keep one questionnaire in a file; remove the line --- and what follows")
                    self.refuse("documents", message, ())
                    raise StopReading
                if event.version or event.tags:
                    self.refuse("directive", _("Remove the line that starts with %"), ())
            case yaml.AliasEvent():
                self.count()
                path = self.next_path("*" + str(event.anchor))
                message = _("Write the text out instead of *{name}; references are not allowed")
                self.refuse("alias", message.format(name=shown(str(event.anchor))), path)
                self.put(None, path)
            case yaml.ScalarEvent():
                self.count()
                self.scalar(loader, event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self.count()
                self.enter(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.open.pop()
                self.pending.pop()

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = _("Keep to {most} values; the file has more").format(most=number(MAX_NODES))
            self.refuse("too_many_values", message, ())
            raise StopReading

    def next_path(self, name: str) -> Path:
        """Where the value that comes next will stand; for a key of a mapping, `name` is that key."""
        if not self.open:
            return ()
        container, path = self.open[-1]
        if isinstance(container, list):
            return (*path, len(container))
        waiting = self.pending[-1]
        return (*path, name if waiting is None else waiting)

    def expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], dict) and self.pending[-1] is None

    def enter(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        is_list = isinstance(event, yaml.SequenceStartEvent)
        if self.expects_key():
            self.refuse("key_not_text", _("Use plain text as a key, not a list or a mapping"), self.open[-1][1])
            raise StopReading
        path = self.next_path("")
        if len(self.open) >= MAX_DEPTH:
            message = _("Nest at most {most} levels; a questionnaire needs six").format(most=MAX_DEPTH)
            self.refuse("too_deep", message, path)
            raise StopReading
        self.check_marks(event.anchor, event.tag, path)
        container: dict[str, Data] | list[Data] = [] if is_list else {}
        self.put(container, path)
        self.open.append((container, path))
        self.pending.append(None)

    def check_marks(self, anchor: str | None, tag: str | None, path: Path) -> None:
        if anchor is not None:
            message = _("Remove the anchor &{name}; write repeated text out").format(name=shown(anchor))
            self.refuse("anchor", message, path)
        if tag is not None:
            message = _("Remove the tag {name}; plain text, numbers and lists need none").format(name=shown(tag))
            self.refuse("tag", message, path)

    def scalar(self, loader: yaml.SafeLoader, event: yaml.ScalarEvent) -> None:
        if self.expects_key():
            self.key(loader, event)
            return
        path = self.next_path("")
        self.check_marks(event.anchor, event.tag, path)
        self.put(self.value(loader, event, path), path)

    def key(self, loader: yaml.SafeLoader, event: yaml.ScalarEvent) -> None:
        container, path = self.open[-1]
        name = event.value
        here = (*path, name)
        self.check_marks(event.anchor, event.tag, here)
        if name == "<<":
            self.refuse("merge_key", _("Write the fields out instead of merging them with <<"), here)
        elif not isinstance(self.value(loader, event, here), str) and event.implicit[0]:
            message = _("Put quotes around `{name}` to use it as a key").format(name=shown(name))
            self.slip("key_not_text", message, here)
        if name in container:
            message = _("Remove one of the two: `{name}` is given twice here").format(name=shown(name))
            self.slip("duplicate_key", message, here)
        self.pending[-1] = name
        self.document.lines.setdefault(here, self.line)

    def value(self, loader: yaml.SafeLoader, event: yaml.ScalarEvent, path: Path) -> Data:
        text: str = event.value
        found = CONTROL.search(text)
        if found:
            message = _("Remove the control character {name}").format(name=f"U+{ord(found[0]):04X}")
            self.slip("control_character", message, path)
            text = CONTROL.sub("?", text)
        if not event.implicit[0]:
            return text
        resolve = cast(Callable[..., str], loader.resolve)
        tag = resolve(yaml.ScalarNode, text, event.implicit).removeprefix(TAG)
        if tag == "str":
            return text
        if tag == "null":
            return None
        if tag == "bool" and text in ("true", "false"):
            return text == "true"
        if tag == "int" and WHOLE.fullmatch(text):
            return int(text)
        if tag == "float" and DECIMAL.fullmatch(text):
            return float(text)
        if tag == "bool":
            advice = _('Write "{text}" in quotes; YAML takes a bare {text} for true or false')
        elif tag in ("int", "float"):
            advice = _("Write {text} as a plain number such as 45 or 2.5, or in quotes if it is text")
        else:
            advice = _('Write "{text}" in quotes; without them YAML does not take it for text')
        self.slip("ambiguous", advice.format(text=shown(text)), path)
        return text

    def put(self, value: Data, path: Path) -> None:
        if not self.open:
            self.document.data = value
            self.document.lines[()] = self.line
            return
        container = self.open[-1][0]
        if isinstance(container, list):
            container.append(value)
            self.document.lines.setdefault(path, self.line)
            return
        name = self.pending[-1]
        if name is None:
            # An alias in the place of a key; it is refused already.
            self.pending[-1] = str(path[-1])
            return
        # The first of two equal keys stays; the second one is reported.
        container.setdefault(name, value)
        self.pending[-1] = None
