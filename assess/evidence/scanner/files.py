"""A directory's files, read without following what lies in them: no link, no device, no second repository."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from assess.evidence.scanner.capabilities import is_configuration
from assess.evidence.scanner.facts import Problem, SourceFile

#: Bytes; a larger Python file holds data, not code.
MAX_FILE_BYTES = 1_000_000
#: Bytes; a list of locked dependencies is long.
MAX_LIST_BYTES = 5_000_000
MAX_ENTRIES = 1_000_000
MAX_DEPTH = 100
#: Characters, as in the contract.
MAX_PATH = 300

#: Directories that are never a project's own code. They are left out without a word.
LEFT_OUT = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".tox", ".nox", ".mypy_cache", ".eggs"}
INSTALLED = {"site-packages", "dist-packages"}
VENDORED = {"vendor", "_vendor", "vendored", "third_party"}
#: What a vendored directory does not have, and an app that happens to be called "vendor" does.
SIGNS_OF_APP = {"apps.py", "models.py", "models", "migrations"}

#: What Python takes for printable, and nobody sees: a file that has one of them is refused where it is uploaded.
BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159")

#: Bytes of configuration that are read in all; a repository may be one heap of YAML.
MAX_CONFIGURATION_BYTES = 50_000_000


def printable(text: str) -> str:
    """`text` as it may stand in the file and on a terminal: control, invisible and undecodable characters escaped,
    cut."""
    if not text.isprintable() or not BLANK_LETTERS.isdisjoint(text):
        text = "".join(
            each if each.isprintable() and each not in BLANK_LETTERS else escape_letter(each) for each in text
        )
    return text if len(text) <= MAX_PATH else text[: MAX_PATH - 1] + "…"


def escape_letter(letter: str) -> str:
    return letter.encode("unicode_escape", "backslashreplace").decode("ascii")


def read_tree(top: str) -> Iterator[SourceFile | Problem]:
    """Every Python and configuration file under `top`, in order of path, and a problem for each that was not read.

    Links are not followed. Virtual environments, installed and vendored packages and repositories within the repository
    are a problem each, by directory.
    """
    configuration_bytes = entries = 0
    # Directories with the one around them whose Python files are not read, if there is one, and why.
    waiting = [("", "", "")]
    told = set()
    while waiting:
        directory, left_out, why = waiting.pop()
        try:
            with os.scandir(os.path.join(top, directory)) as listing:
                found = []
                for entry in listing:
                    entries += 1
                    if entries > MAX_ENTRIES:
                        break
                    found.append(entry)
        except OSError as error:
            yield Problem(printable(directory or "."), "unreadable", detail=reason_of(error))
            continue
        if entries > MAX_ENTRIES:
            yield Problem(printable(directory or "."), "too_many_files")
            return
        names = {entry.name for entry in found}
        reason = why_left_out(directory, names)
        if reason:
            yield Problem(printable(directory), reason)
            continue
        name = directory.rpartition("/")[2]
        if not left_out and name in VENDORED and not names & SIGNS_OF_APP:
            left_out, why = directory, "vendored"
        elif not left_out and name.startswith("."):
            left_out, why = directory, "hidden"
        below = []
        for entry in sorted(found, key=lambda each: each.name):
            path = f"{directory}/{entry.name}" if directory else entry.name
            is_python = entry.name.endswith(".py")
            if entry.name in LEFT_OUT:
                continue
            try:
                if entry.is_symlink():
                    if is_python or os.path.isdir(entry.path):
                        yield Problem(printable(path), "link" if leads_inside(top, entry.path) else "link_outside")
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if is_odd(path):
                        yield Problem(printable(path), "odd_path")
                    elif path.count("/") >= MAX_DEPTH:
                        yield Problem(printable(path), "too_deep")
                    else:
                        below.append((path, left_out, why))
                    continue
            except OSError as error:
                yield Problem(printable(path), "unreadable", detail=reason_of(error))
                continue
            if not is_python and not is_configuration(path):
                continue
            if left_out and (is_python or why == "vendored"):
                if is_python and left_out not in told:
                    told.add(left_out)
                    yield Problem(left_out, why)
                continue
            if is_odd(path):
                yield Problem(printable(path), "odd_path")
                continue
            read = read_file(top, path, MAX_FILE_BYTES if is_python else MAX_LIST_BYTES)
            if not is_python and isinstance(read, SourceFile):
                configuration_bytes += len(read.content)
                if configuration_bytes > MAX_CONFIGURATION_BYTES:
                    read = Problem(path, "too_much_configuration")
            yield read
        waiting.extend(reversed(below))


def read_file(top: str, path: str, most: int = MAX_FILE_BYTES) -> SourceFile | Problem:
    """One regular file's bytes. A link or FIFO that takes the file's place meanwhile is neither read nor waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(os.lstat(os.path.join(top, path)).st_mode):
            return Problem(path, "not_a_file")
        descriptor = os.open(os.path.join(top, path), flags)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Problem(path, "not_a_file")
            if status.st_size > most:
                return Problem(path, "too_large", detail=f"{status.st_size} bytes")
            content = file.read(most + 1)
    except OSError as error:
        return Problem(path, "unreadable", detail=reason_of(error))
    if len(content) > most:
        return Problem(path, "too_large")
    return SourceFile(path, content)


def why_left_out(directory: str, names: set[str]) -> str:
    """The reason not to look into a directory with these entries; "" to look."""
    name = directory.rpartition("/")[2]
    if not directory:
        return ""
    if "pyvenv.cfg" in names:
        return "virtual_environment"
    if ".git" in names:
        return "other_repository"
    if name in INSTALLED:
        return "installed_packages"
    return ""


def leads_inside(top: str, link: str) -> bool:
    """Whether a link ends below `top`; one that ends nowhere or in itself does not."""
    inside = os.path.realpath(top)
    target = os.path.realpath(link)
    return os.path.exists(target) and os.path.commonpath([inside, target]) == inside


def is_odd(path: str) -> bool:
    """Whether a path has control, invisible or undecodable characters, or is longer than the contract lets it be."""
    return printable(path) != path


def reason_of(error: OSError) -> str:
    """An error's words without its path: the same on every machine."""
    return printable(error.strerror or type(error).__name__)
