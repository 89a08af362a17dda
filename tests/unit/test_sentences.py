"""Sentences stand where they are collected for translation: not in an f-string, which Python 3.11 reads as one text."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOMS = Path(__file__).resolve().parents[2] / "assess"
SAID_BY = {"_", "N_", "gettext", "ngettext", "gettext_lazy"}


def hidden_in(source: str) -> Iterator[str]:
    """The sentences that a file of code says inside f-strings."""
    for text in ast.walk(ast.parse(source)):
        for each in ast.walk(text) if isinstance(text, ast.JoinedStr) else ():
            is_said = isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in SAID_BY
            if is_said and isinstance(each.args[0], ast.Constant):
                yield str(each.args[0].value)


def test_no_sentence_is_hidden_in_an_f_string() -> None:
    found = {
        f"{path.relative_to(ROOMS)}: {sentence}"
        for path in sorted(ROOMS.rglob("*.py"))
        for sentence in hidden_in(path.read_text("utf-8"))
    }
    assert not found


def test_a_hidden_sentence_is_found() -> None:
    assert list(hidden_in("""x = f"{_('Ask again')} {name}" """)) == ["Ask again"]
    assert not list(hidden_in("x = _('Ask {name} again').format(name=f'{name}')"))
