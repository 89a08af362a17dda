"""Reading a directory: hostile files become problems with path and reason, nothing hangs, a second scan is cheap."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from assess.evidence.scanner import reading
from assess.evidence.scanner.facts import FileFacts, Import, Problem, SourceFile
from assess.evidence.scanner.files import MAX_FILE_BYTES, read_file, read_tree
from assess.evidence.scanner.python_source import read_python
from assess.evidence.scanner.reading import Reading, line_of_facts, parse_in_processes, read_lines, read_repository


def write(top: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return top


def reasons(top: Path) -> dict[str, str]:
    """The reason of each problem in walking a tree, by path."""
    return {each.path: each.reason for each in read_tree(str(top)) if isinstance(each, Problem)}


def paths(top: Path) -> list[str]:
    return [each.path for each in read_tree(str(top)) if isinstance(each, SourceFile)]


# --- walking


def test_python_and_lists_of_dependencies_are_read_in_order_of_path(tmp_path: Path) -> None:
    write(tmp_path, {"b/views.py": "", "a.py": "", "pyproject.toml": "", "b/logo.svg": "", "README.md": ""})
    assert paths(tmp_path) == ["a.py", "pyproject.toml", "b/views.py"]


def test_what_is_no_regular_file_is_a_problem_and_nobody_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"good.py": "x = 1\n", "huge.py": b"#" * (MAX_FILE_BYTES + 1)})
    os.mkfifo(tmp_path / "fifo.py")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.py")
    assert reasons(tmp_path) == {"fifo.py": "not_a_file", "socket.py": "not_a_file", "huge.py": "too_large"}
    assert paths(tmp_path) == ["good.py"]


def test_a_link_is_never_followed_out_in_or_round(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": "password = 1\n"})
    top = write(tmp_path / "top", {"shop/views.py": "", "shop/urls.py": ""})
    (top / "out.py").symlink_to(outside / "secret.py")
    (top / "out").symlink_to(outside)
    (top / "shop" / "again").symlink_to(top)
    (top / "round.py").symlink_to(top / "round.py")
    (top / "nowhere.py").symlink_to(top / "gone.py")
    (top / "urls.py").symlink_to(top / "shop" / "urls.py")
    (top / "device.py").symlink_to("/dev/zero")
    assert paths(top) == ["shop/urls.py", "shop/views.py"]
    assert reasons(top) == {
        "out.py": "link_outside",
        "out": "link_outside",
        "shop/again": "link",
        "round.py": "link_outside",
        "nowhere.py": "link_outside",
        "urls.py": "link",
        "device.py": "link_outside",
    }


def test_other_peoples_code_is_left_out_and_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "shop/models.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/thing.py": "",
            "lib/site-packages/django/db.py": "",
            "shop/_vendor/six.py": "",
            "vendor/models.py": "",  # an app that is called so
            "static/vendor/jquery.js": "",  # nothing that would have been read
            "node_modules/gyp/gyp.py": "",
            "theirs/.git/HEAD": "",
            "theirs/code.py": "",
            ".ci/check.py": "",
            ".github/dependabot.yml": "",  # no Python: a hidden directory like any
        },
    )
    assert [each for each in paths(tmp_path) if each.endswith(".py")] == ["shop/models.py", "vendor/models.py"]
    assert reasons(tmp_path) == {
        "env": "virtual_environment",
        "lib/site-packages": "installed_packages",
        "shop/_vendor": "vendored",
        "theirs": "other_repository",
        ".ci": "hidden",
    }


def test_odd_names_are_shown_escaped(tmp_path: Path) -> None:
    write(tmp_path, {"new\nline.py": "", "\x1b[31mred/views.py": "", "übung.py": "", "s p a c e.py": ""})
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py"))).write_text("")
    assert paths(tmp_path) == ["s p a c e.py", "übung.py"]
    assert set(reasons(tmp_path)) == {"new\\nline.py", "\\x1b[31mred", "\\udcff.py"}
    assert set(reasons(tmp_path).values()) == {"odd_path"}


def test_a_deep_directory_ends_somewhere(tmp_path: Path) -> None:
    write(tmp_path, {"/".join(["d"] * 120) + "/views.py": "", "views.py": ""})
    assert paths(tmp_path) == ["views.py"]
    assert list(reasons(tmp_path).values()) == ["too_deep"]


def test_what_may_not_be_read_is_a_problem() -> None:
    assert read_file("/proc/self", "mem") == Problem("mem", "unreadable", detail="Input/output error")
    assert list(read_tree("/proc/self/mem")) == [Problem(".", "unreadable", detail="Not a directory")]


# --- parsing


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (b"x = 1\ny = (\n", "syntax_error", 2),
        (b"x = 1\n\x00\n", "null_bytes", 2),
        (b"x = 1\nname = '\xe9'\n", "not_utf8", 0),
        (b"# coding: klingon\nx = 1\n", "unknown_encoding", 0),
        (b"print 'hello'\n", "python_2", 1),
        (b"def f[T](x: T) -> T:\n    return x\n", "newer_syntax", 1),
        (b"x = 1\ntype Point = tuple[int, int]\n", "newer_syntax", 2),
        (b"try:\n    pass\nexcept A, B:\n    pass\n", "newer_syntax", 3),
        (b"x = " + b"(" * 300 + b")" * 300 + b"\n", "too_deep", 1),
        (b"x = " + b"9" * 5000 + b"\n", "syntax_error", 1),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="later Pythons have the newer syntax")
def test_a_file_that_cannot_be_parsed_says_why_and_where(content: bytes, reason: str, line: int) -> None:
    problem = read_python("shop/views.py", content).problem
    assert problem is not None
    assert (problem.path, problem.reason) == ("shop/views.py", reason)
    if line:
        assert problem.line == line


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfimport orders\r\n",
        "# coding: latin-1\nimport orders  # \xe9\n".encode("latin-1"),
        b"import orders\r\r\n\x0c\n",
        b"import orders",
        b"import orders\nx = '" + b"a" * 900_000 + b"'\n",
    ],
    ids=["mark", "latin", "ends", "no end", "long line"],
)
def test_odd_but_valid_files_are_read(content: bytes) -> None:
    facts = read_python("views.py", content)
    assert facts.problem is None
    assert [each.module for each in facts.imports] == ["orders"]


def test_imports_are_found_wherever_a_statement_may_stand() -> None:
    source = """
import a.b as c, d
from . import e, f as g
from ..h.i import *
if TYPE_CHECKING:
    from j import J
else:
    import k
class L:
    import m
    async def n(self):
        with o:
            for p in q:
                try:
                    import r
                except ImportError:
                    import s
                finally:
                    while True:
                        from t import u
def v():
    import w
"""
    assert read_python("a.py", source.encode()).imports == (
        Import(2, 0, "a.b"),
        Import(2, 0, "d"),
        Import(3, 1, "", ("e", "f")),
        Import(4, 2, "h.i", ("*",)),
        Import(6, 0, "j", ("J",), type_checking=True),
        Import(8, 0, "k"),
        Import(10, 0, "m"),
        Import(15, 0, "r", lazy=True),
        Import(17, 0, "s", lazy=True),
        Import(20, 0, "t", ("u",), lazy=True),
        Import(22, 0, "w", lazy=True),
    )


def test_strings_that_are_dotted_names_are_references() -> None:
    source = '''
"""See "orders.Order" for more."""  # and 'orders.models'
user = models.ForeignKey("people.User", help_text="a.b c", default="x")
Order = apps.get_model("orders", "Order")
path = f"{a}.b"
'''
    assert read_python("a.py", source.encode()).references == ((3, "people.User"), (4, "orders.Order"))


@pytest.mark.parametrize(
    "source",
    [
        "A = ['x']\n" + "A = A + A\n" * 60 + "INSTALLED_APPS = A\n",
        "A = ['x']\n" + "A = [*A, *A]\n" * 60 + "INSTALLED_APPS = A\n",
        "INSTALLED_APPS = ['x']\n" + "INSTALLED_APPS += INSTALLED_APPS\n" * 60,
        "A = ['x'] + [" + "'x'," * 900 + "]\nINSTALLED_APPS = " + "A + " * 300 + "A\n",
        "class Migration(M.Migration):\n    operations = [SeparateDatabaseAndState(state_operations=operations)] * 2\n",
        "A = [SeparateDatabaseAndState(state_operations=A), RunSQL('')]\n"
        "class Migration(M.Migration):\n    operations = A\n",
    ],
    ids=["added", "unpacked", "added in place", "added often", "itself", "itself by name"],
)
def test_a_list_that_grows_without_end_is_read_to_a_limit(source: str) -> None:
    facts = read_python("shop/settings.py", source.encode())
    assert facts.problem is None
    assert len(line_of_facts(facts)) < 1_000


# --- processes that may die


def dies_over_one(chunk: list[tuple[str, bytes]]) -> list[str]:
    """As a parser that runs off the stack would."""
    if any(path == "deadly.py" for path, _content in chunk):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_lines(chunk)


def test_a_file_that_ends_its_process_is_the_only_one_that_is_lost() -> None:
    names = [f"a{number}.py" for number in range(20)] + ["deadly.py"] + [f"b{number}.py" for number in range(20)]
    chunks = [[(name, b"x = 1\n") for name in names[start : start + 4]] for start in range(0, len(names), 4)]
    facts = [reading.facts_of_line(line) for line in parse_in_processes(chunks, 2, dies_over_one)]
    assert sorted(each.path for each in facts) == sorted(names)
    assert [each.problem.reason for each in facts if each.problem] == ["parser_died"]


def always_dies(chunk: list[tuple[str, bytes]]) -> list[str]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError(chunk)


def test_many_files_that_end_their_process_do_not_keep_a_scan_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_DEATHS", 3)
    chunks = [[(f"a{number}.py", b"")] for number in range(40)]
    facts = [reading.facts_of_line(line) for line in parse_in_processes(chunks, 2, always_dies)]
    assert len(facts) == 40
    assert {each.problem.reason for each in facts if each.problem} == {"parser_died"}


@pytest.mark.parametrize(
    "expression",
    [
        "1" + "+1" * 200_000,
        pytest.param("-" * 200_000 + "1", marks=pytest.mark.slow),
        pytest.param("a" + ".b" * 200_000, marks=pytest.mark.slow),
        pytest.param("f" + "()" * 200_000, marks=pytest.mark.slow),
        pytest.param("not " * 100_000 + "x", marks=pytest.mark.slow),
    ],
    ids=["plus", "minus", "attribute", "call", "not"],
)
def test_two_hundred_thousand_operators_are_a_problem_and_no_crash(tmp_path: Path, expression: str) -> None:
    write(tmp_path, {"deep.py": f"x = {expression}\n", "good.py": "import orders\n"})
    found = read_repository(str(tmp_path))
    assert [each.path for each in found.facts] == ["deep.py", "good.py"]
    assert [(each.path, each.reason) for each in found.problems] in (
        [("deep.py", "too_deep")],
        [("deep.py", "parser_died")],
    )


# --- what is kept


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(
        tmp_path / "shop",
        {
            "orders/views.py": "import payments\n",
            "orders/broken.py": "x = (\n",
            "people/models.py": "class A(B): pass\n",
        },
    )


def everything(found: Reading) -> tuple[list[FileFacts], list[Problem]]:
    return found.facts, found.problems


def test_a_second_scan_parses_only_what_changed_and_finds_the_same(shop: Path, tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    first = read_repository(str(shop), cache)
    assert first.from_cache == 0
    again = read_repository(str(shop), cache)
    assert again.from_cache == 3
    assert everything(again) == everything(first) == everything(read_repository(str(shop)))
    (shop / "orders" / "views.py").write_text("import people\n")
    changed = read_repository(str(shop), cache)
    assert changed.from_cache == 2
    assert [each.module for each in changed.facts[1].imports] == ["people"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"orders", b"others"),
        lambda content: content.replace(b"[", b"{"),
        lambda content: b"\n".join(line[:65] + b"[" * 100_000 for line in content.split(b"\n")),
        lambda content: b"\n".join(
            line[:65] + b'["orders/views.py",1,[[1]],[],{},null]' for line in content.split(b"\n")
        ),
        lambda content: b"\x80\x04\x95\x00cposix\nsystem\n" + content,
    ],
    ids=["empty", "cut", "another path", "no JSON", "deep", "another shape", "pickle"],
)
def test_a_spoiled_cache_changes_nothing(shop: Path, tmp_path: Path, spoil: object) -> None:
    first = read_repository(str(shop), str(tmp_path / "cache"))
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_bytes(spoil(kept.read_bytes()))  # type: ignore[operator]
    assert everything(read_repository(str(shop), str(tmp_path / "cache"))) == everything(first)


def test_a_cache_that_cannot_be_written_is_no_error(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")
    assert len(read_repository(str(shop), str(tmp_path / "cache")).facts) == 3


def test_facts_survive_as_a_line() -> None:
    facts = read_python(
        "a.py", b'from .b import c\nx = "d.e"\nclass F(models.Model):\n    g = models.ForeignKey("h.I")\n'
    )
    assert reading.facts_of_line(line_of_facts(facts)) == facts
    assert facts.django
