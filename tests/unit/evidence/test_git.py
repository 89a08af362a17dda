"""Kinds of repositories and checkouts that teams have: each is read, or says why it is not."""

from pathlib import Path

import pytest

from assess.evidence.scanner.facts import GitReading
from assess.evidence.scanner.git import read_git
from tests.repositories import Made, git, make_repository

COMMITS = [Made(["README"]), Made(["a.py"]), Made(["b.py"]), Made(["a.py", "b.py"])]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("original") / "shop", COMMITS)


def test_a_directory_without_git_says_so(tmp_path: Path) -> None:
    assert read_git(tmp_path) == GitReading(None, ("no_git",))
    assert read_git(tmp_path / "nowhere") == GitReading(None, ("no_git",))


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    assert read_git(make_repository(tmp_path, [])) == GitReading(None, ("no_commits",))


def test_a_worktree_is_read_like_its_repository(shop: Path, tmp_path: Path) -> None:
    git(shop, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "HEAD~1")
    reading = read_git(tmp_path / "tree")
    assert reading.problems == ()
    assert reading.log is not None
    assert reading.log.commit == git(shop, "rev-parse", "HEAD~1").decode().strip()
    assert reading.log.commits.count(b"b.py") == 1


def test_a_worktree_that_its_repository_does_not_know_is_not_followed(shop: Path, tmp_path: Path) -> None:
    git(shop, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    (tmp_path / "tree").rename(tmp_path / "elsewhere")
    assert [each.reason for each in read_git(tmp_path / "elsewhere").problems] == ["git_outside"]


@pytest.mark.slow
def test_a_submodule_has_its_own_history(shop: Path, tmp_path: Path) -> None:
    top = make_repository(tmp_path / "top", [Made(["c.py"])])
    git(top, "submodule", "--quiet", "add", str(shop), "parts/shop")
    assert (top / "parts" / "shop" / ".git").is_file()
    inner, outer = read_git(top / "parts" / "shop"), read_git(top)
    assert inner.log is not None
    assert outer.log is not None
    assert inner.log.commits == read_git(shop).log.commits  # type: ignore[union-attr]
    assert outer.log.commit == git(top, "rev-parse", "HEAD").decode().strip()


@pytest.mark.slow
def test_a_bare_repository_is_read_and_said_to_be_one(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(shop), "bare")
    reading = read_git(tmp_path / "bare")
    assert reading.limits == ("bare",)
    assert reading.log == read_git(shop).log


def test_a_shallow_clone_says_so_and_its_end_is_no_change(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{shop}", "shallow")
    reading = read_git(tmp_path / "shallow")
    assert reading.limits == ("shallow",)
    assert reading.log is not None
    assert reading.log.shallow
    assert (reading.log.commits.count(b"a.py"), reading.log.commits.count(b"README")) == (1, 0)


@pytest.mark.slow
def test_a_clone_that_borrows_objects_is_read(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--shared", "--no-checkout", str(shop), "shared")
    assert read_git(tmp_path / "shared").log == read_git(shop).log


@pytest.mark.slow
@pytest.mark.parametrize(("kept", "problems"), [("blob:none", []), ("tree:0", ["git_failed"])])
def test_a_partial_clone_fetches_nothing(shop: Path, tmp_path: Path, kept: str, problems: list[str]) -> None:
    git(shop, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", f"--filter={kept}", "--no-checkout", f"file://{shop}", "partial")
    objects = tmp_path / "partial" / ".git" / "objects"
    before = sorted(objects.rglob("*"))
    reading = read_git(tmp_path / "partial")
    assert [each.reason for each in reading.problems] == problems
    assert reading.log == (None if problems else read_git(shop).log)
    assert sorted(objects.rglob("*")) == before


@pytest.mark.slow
def test_longer_hashes_and_packed_references_are_read(tmp_path: Path) -> None:
    make_repository(tmp_path, [*COMMITS, Made(["a.py"], tag="v1")], "--object-format=sha256")
    loose = read_git(tmp_path)
    git(tmp_path, "gc", "--quiet")
    assert not (tmp_path / ".git" / "refs" / "heads" / "main").exists()
    assert loose.log is not None
    assert (len(loose.log.commit), loose.log.tag_days) == (64, ("2026-11-02",))
    assert read_git(tmp_path) == loose
