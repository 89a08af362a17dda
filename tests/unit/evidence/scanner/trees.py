"""Small repositories that tests write, read and scan."""

from pathlib import Path

from assess.evidence.scanner.facts import App, FileFacts
from assess.evidence.scanner.python_source import read_python


def write_files(top: Path, files: dict[str, str]) -> None:
    """Each text at its path, with `__init__.py` nowhere but where it is among them."""
    for path, text in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def facts_of(files: dict[str, str]) -> list[FileFacts]:
    return [read_python(path, text.encode()) for path, text in sorted(files.items())]


def apps_at(*paths: str) -> list[App]:
    """Apps at these directories, with their last name as id and label, and their path below `src/` as module."""
    names = [(path, path.rpartition("/")[2]) for path in paths]
    return [App(name, name, path.removeprefix("src/").replace("/", "."), path) for path, name in names]
