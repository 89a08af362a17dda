"""One Python file's bytes as facts: imports, references in strings, and what Django says in it. One parse a file."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import replace
from typing import Any

from assess.evidence.scanner.django_source import read_django
from assess.evidence.scanner.facts import FileFacts, Import, Problem
from assess.evidence.scanner.files import printable

MAX_REFERENCES = 5_000

#: A dotted name in quotes; the tree then says which are strings and which only lie in a comment or a docstring.
DOTTED_IN_QUOTES = re.compile(rb"""['"][A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+['"]|get_model""")
DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+", re.ASCII)


def read_python(path: str, content: bytes) -> FileFacts:
    """A file's facts, with a problem instead where it cannot be parsed. Never raises, never runs anything.

    A hostile file can still end the interpreter (`ast.parse` runs off the C stack up to Python 3.10) or keep it busy:
    `reading.read_repository` calls this in a process that it can do without.
    """
    lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    tree = parse_python(path, content)
    if isinstance(tree, Problem):
        by_line = find_imports_by_line(content) if tree.reason in READ_BY_LINE else ()
        return FileFacts(path, lines, by_line, problem=tree)
    try:
        references = find_references(tree) if DOTTED_IN_QUOTES.search(content) else ()
        return FileFacts(path, lines, find_imports(tree), references, read_django(tree, path))
    except RecursionError:
        return FileFacts(path, lines, problem=Problem(path, "too_deep"))
    except Exception as error:  # one odd file is listed, and the others are read
        return FileFacts(path, lines, problem=Problem(path, "scanner_failed", detail=type(error).__name__))


def parse_python(path: str, content: bytes) -> ast.Module | Problem:
    """The syntax tree, or why there is none."""
    if b"\0" in content:
        return Problem(path, "null_bytes", content[: content.index(b"\0")].count(b"\n") + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(content)
    except SyntaxError as error:
        return Problem(
            path, reason_of_syntax_error(content, error), max(error.lineno or 0, 0), printable(error.msg or "")
        )
    except (RecursionError, MemoryError):
        return Problem(path, "too_deep")
    except (ValueError, LookupError) as error:  # an encoding that Python does not have, a number of 5,000 digits
        return Problem(path, "syntax_error", detail=printable(str(error)))


def reason_of_syntax_error(content: bytes, error: SyntaxError) -> str:
    """not_utf8, unknown_encoding, python_2, newer_syntax or syntax_error."""
    message = error.msg or ""
    if "unknown encoding" in message or "encoding problem" in message:
        return "unknown_encoding"
    if "(unicode error)" in message and "codec can't decode" in message and not is_utf8(content):
        return "not_utf8"
    if "too many nested" in message:
        return "too_deep"
    if "Missing parentheses in call to" in message or "leading zeros in decimal" in message:
        return "python_2"
    if "multiple exception types must be parenthesized" in message:
        # `except A, B:` is Python 2's, and since Python 3.14 it is Python's again.
        return "newer_syntax"
    for line in content.split(b"\n")[max((error.lineno or 1) - 1, 0) :][:1]:
        if NEWER_SYNTAX.match(line[:2_000]):
            return "newer_syntax"
    return "syntax_error" if is_utf8(content) else "not_utf8"


#: What a later Python has: type aliases and parameters, match, except*, t-strings, quotes within an f-string.
NEWER_SYNTAX = re.compile(
    rb"\s*(type\s+\w+(\[.*\])?\s*=|(async\s+)?def\s+\w+\[|class\s+\w+\[|match\s.*:|case\s.*:|except\*|except\s+\w[\w.]*\s*,"
    rb"""|.*\b[tT][rR]?["']|.*\b[rR]?[fF][rR]?["'].*\{)"""
)


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def find_imports(tree: ast.Module) -> tuple[Import, ...]:
    """Every import statement, in order of line. Only statements are walked: no expression holds an import."""
    found = []
    waiting: list[tuple[Any, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, lazy, type_checking = waiting.pop()
        kind = type(node)
        if kind is ast.Import:
            found += [Import(node.lineno, 0, each.name, (), lazy, type_checking) for each in node.names]
        elif kind is ast.ImportFrom:
            names = tuple(each.name for each in node.names)
            found.append(Import(node.lineno, node.level, node.module or "", names, lazy, type_checking))
        else:
            lazy = lazy or kind is ast.FunctionDef or kind is ast.AsyncFunctionDef
            for field in STATEMENT_LISTS:
                for child in getattr(node, field, ()):
                    if type(child) not in SIMPLE_STATEMENTS:
                        only_typing = field == "body" and kind is ast.If and is_type_checking(node.test)
                        waiting.append((child, lazy, type_checking or only_typing))
    return tuple(sorted(found, key=lambda each: each.line))


def find_imports_by_line(content: bytes) -> tuple[Import, ...]:
    """Import statements of a file that has no syntax tree here, from the lines that begin with one.

    Newer syntax must not hide what a module imports: boundaries have to name each import. Text in a docstring may look
    like one. `lazy` and `type_checking` follow from the less indented lines above.
    """
    found: list[Import] = []
    blocks: list[tuple[int, bytes]] = []  # indentation and beginning of each line that the present one lies under
    line, counted, end = 0, 0, 0
    for match in CODE_LINE.finditer(content):
        indent = len(match[1].expandtabs())
        while blocks and blocks[-1][0] >= indent:
            blocks.pop()
        blocks.append((indent, match[2]))
        # A line of a statement that was read already is none of its own.
        statement = IMPORT_STATEMENT.match(content, match.start(2)) if match.start(2) >= end else None
        if not statement:
            continue
        end = statement.end()
        line, counted = line + content.count(b"\n", counted, match.start(2)), match.start(2)
        try:
            tree = ast.parse(statement[0])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        lazy = any(DEFINITION.match(above) for _, above in blocks)
        type_checking = any(above.startswith(b"if ") and b"TYPE_CHECKING" in above for _, above in blocks)
        for each in find_imports(tree):
            found.append(replace(each, line=line + each.line, lazy=lazy, type_checking=type_checking))
    return tuple(found)


READ_BY_LINE = ("newer_syntax", "syntax_error", "python_2")
CODE_LINE = re.compile(rb"^([ \t]*)([^\s][^\n]{0,100})", re.MULTILINE)
DEFINITION = re.compile(rb"(async\s+)?def\s")
IMPORT_STATEMENT = re.compile(
    rb"from\s[\w.\s]{1,300}?\simport\s*\([^)]{0,20000}\)|(?:from|import)\s(?:[^\\\n]|\\\n?){1,2000}"
)

STATEMENT_LISTS = ("body", "orelse", "finalbody", "handlers", "cases")
SIMPLE_STATEMENTS = {
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Return,
    ast.Raise,
    ast.Pass,
    ast.Assert,
    ast.Delete,
}


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING` or `typing.TYPE_CHECKING`."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def find_references(tree: ast.Module) -> tuple[tuple[int, str], ...]:
    """Dotted names that are a whole string, and `get_model("app", "Model")` as "app.Model", with their lines."""
    found = set()
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Constant:
            value = node.value
            if type(value) is str and "." in value and len(value) <= 200 and DOTTED.fullmatch(value):
                found.add((node.lineno, value))
            continue
        if kind is ast.Call and len(node.args) == 2:
            name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            words = [str(getattr(each, "value", "")) for each in node.args]
            if name == "get_model" and all(each.isidentifier() for each in words):
                found.add((node.lineno, ".".join(words)))
        for child in node.__dict__.values():
            if type(child) is list:
                waiting += [each for each in child if isinstance(each, ast.AST)]
            elif isinstance(child, ast.AST) and type(child) is not ast.Load:
                waiting.append(child)
    return tuple(sorted(found)[:MAX_REFERENCES])
