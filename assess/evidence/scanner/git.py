"""Reads a repository's history without trusting the repository: none of its configuration, hooks or programs run.

git never sees the repository's own git directory. It runs in an empty one made for the scan, which borrows only the
objects. HEAD, tags and where a shallow clone ends are read here, as plain files.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path

from assess.evidence.scanner.facts import GitLog, GitReading, Problem
from assess.evidence.scanner.files import printable, read_file

#: One commit: an empty field (no path is ever empty), then these five; its paths follow, the first after a newline.
LOG_FORMAT = "%x00%H%x00%P%x00%ct%x00%aE%x00%aN"
MAX_LOG_BYTES = 32_000_000
MAX_REFERENCE_BYTES = 32_000_000
MAX_TAGS = 20_000
MAX_OBJECT_STORES = 10
MAX_GIT_SECONDS = 120
#: More commits than this for each step of the first-parent line: whole releases are merged into the branch, not work.
COMMITS_A_STEP = 20
OBJECT_NAME = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
OBJECT_FOLDER = re.compile(r"(?:[0-9a-f]{2}|pack|info)\Z")
REFERENCE_NAME = re.compile(r"refs/(?!.*\.\.)[^\x00-\x20\x7f~^:?*\[\\]+\Z")


class UnsafeGitError(Exception):
    """The history is not read; `problem` says which path of the repository is to blame, and why."""

    def __init__(self, path: str, reason: str, detail: str = "") -> None:
        super().__init__(path, reason, detail)
        self.problem = Problem(path, reason, detail=detail)


@dataclass(frozen=True)
class GitDirectory:
    """Where a repository has what. `own` differs from `common` in a worktree that `git worktree add` made."""

    own: Path
    common: Path
    prefix: str = ""  #: the scanned directory within the repository, "" or "a/b/"
    bare: bool = False


def read_git(directory: Path, months: int = 12, seconds: float = MAX_GIT_SECONDS) -> GitReading:
    """The history of the repository that `directory` is in, over `months` until its last commit. Never raises.

    What is not read is among the problems. git may take `seconds` for each question, so that nothing hangs.
    """
    limits = set()
    try:
        git = find_git_directory(directory)
        if git is None:
            return GitReading(None, ("no_git",))
        if git.bare:
            limits.add("bare")
        commit = resolve_head(git)
        if commit is None:
            return GitReading(None, tuple(sorted({*limits, "no_commits"})))
        program = find_git_program(directory)
        if program is None:
            return GitReading(None, tuple(sorted({*limits, "no_git_program"})))
        shallow = read_plain_file(git.common, "shallow")
        if shallow:
            limits.add("shallow")
        check_objects(git.common)
        with tempfile.TemporaryDirectory(prefix="scan-git-") as home:
            tags = read_tags(git.common)[:MAX_TAGS]
            make_borrowing_directory(Path(home), commit, tags, shallow or b"")
            ask = GitQuestions(program, Path(home), git.common / "objects", seconds)
            if git.prefix and not ask.has_tree(f"HEAD:{git.prefix.rstrip('/')}"):
                return GitReading(None, tuple(sorted({*limits, "no_git"})))
            committed_on = datetime.fromtimestamp(int(ask("log", "-1", "--format=%ct")[0]), timezone.utc).date()
            since = day_months_before(committed_on, months)
            log = ("log", "-z", "--name-only", "--no-renames", f"--since={since}T00:00:00+00:00")
            kinds = (("--first-parent", "-m"), ("--no-merges",))
            with ThreadPoolExecutor(len(kinds)) as both:  # each waits for a git of its own
                answers = both.map(lambda kind: ask(*log, *kind, f"--format=tformat:{LOG_FORMAT}"), kinds)
                (steps, steps_cut), (commits, commits_cut) = answers
            if steps_cut or commits_cut:
                limits.add("history_cut")
            if commits.count(b"\0\0") > COMMITS_A_STEP * (steps.count(b"\0\0") + 1):
                limits.add("release_branch")
            tag_days, _ = ask("for-each-ref", "--format=%(creatordate:short-local)", "refs/tags")
            committed = read_committed(ask, git.prefix)
            days = sorted(day for day in tag_days.decode("ascii", "replace").split() if day >= since.isoformat())
    except UnsafeGitError as error:
        return GitReading(None, tuple(sorted({*limits, "no_git"})), (error.problem,))
    except (OSError, ValueError, OverflowError, RuntimeError) as error:  # RuntimeError: links in a loop, before 3.13
        problem = Problem(".git", "unreadable", detail=type(error).__name__)
        return GitReading(None, tuple(sorted({*limits, "no_git"})), (problem,))
    return GitReading(
        GitLog(
            commit=commit,
            committed_on=committed_on.isoformat(),
            since=since.isoformat(),
            months=months,
            prefix=git.prefix,
            shallow=bool(shallow),
            steps=steps,
            commits=commits,
            tag_days=tuple(day for day in days if day <= committed_on.isoformat()),
            committed=committed,
        ),
        tuple(sorted(limits)),
    )


def find_git_directory(directory: Path) -> GitDirectory | None:
    """The git directory of `directory` or of the nearest directory above; None without one.

    A `.git` file is followed out of the repository only to what points back, as worktrees and submodules do.
    """
    directory = directory.resolve()
    for top in (directory, *directory.parents):
        marker = top / ".git"
        try:
            mode = marker.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        prefix = "" if top == directory else f"{directory.relative_to(top).as_posix()}/"
        if stat.S_ISDIR(mode):
            return GitDirectory(marker, marker, prefix)
        if stat.S_ISLNK(mode):
            raise UnsafeGitError(".git", "link_outside")
        first, _, named = (read_plain_file(top, ".git") or b"").decode("utf-8", "surrogateescape").partition(":")
        if first != "gitdir" or "\0" in named:
            raise UnsafeGitError(".git", "unreadable")
        own = (top / named.strip()).resolve()
        if own.parent.name == "worktrees" and named_path(own, "gitdir", rb"(.+)") == marker:
            return GitDirectory(own, own.parent.parent, prefix)
        if top in own.parents or named_path(own, "config", rb"^\s*worktree\s*=\s*(.+)") == top:
            return GitDirectory(own, own, prefix)
        raise UnsafeGitError(".git", "git_outside")
    if all((directory / name).exists() for name in ("HEAD", "objects", "refs")):
        return GitDirectory(directory, directory, bare=True)
    return None


def named_path(base: Path, name: str, pattern: bytes) -> Path | None:
    """The path that the file `name` in `base` gives, from `base`; None without one."""
    found = re.search(pattern, read_plain_file(base, name) or b"", re.MULTILINE)
    return (base / os.fsdecode(found.group(1)).strip().strip('"')).resolve() if found else None


def read_plain_file(base: Path, name: str) -> bytes | None:
    """The content of a plain file within `base`; None where there is none. Raises UnsafeGitError for anything else."""
    path = base / name
    shown = name if name == ".git" else f".git/{printable(name)}"
    try:
        details = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if base.resolve() not in path.resolve().parents or stat.S_ISLNK(details.st_mode):
        raise UnsafeGitError(shown, "link_outside")
    read = read_file(str(base), name, MAX_REFERENCE_BYTES)
    if isinstance(read, Problem):
        raise UnsafeGitError(shown, read.reason, read.detail)
    return read.content


def resolve_head(git: GitDirectory) -> str | None:
    """The commit that HEAD names; None where it has no commit yet."""
    content = read_plain_file(git.own, "HEAD")
    packed = read_plain_file(git.common, "packed-refs") or b""
    for _ in range(5):  # a reference may name a reference
        text = (content or b"").decode("utf-8", "replace").strip()
        if OBJECT_NAME.match(text):
            return text
        name = text[len("ref:") :].strip()
        if not text.startswith("ref:") or not REFERENCE_NAME.match(name):
            raise UnsafeGitError(".git/HEAD", "unreadable")
        if (git.common / "reftable").exists():
            raise UnsafeGitError(".git/reftable", "git_reftable")
        content = read_plain_file(git.common, name)
        if content is None:
            found = re.search(rb"^([0-9a-f]{40,64}) %s$" % re.escape(name.encode()), packed, re.MULTILINE)
            if found is None:
                return None
            content = found.group(1)
    raise UnsafeGitError(".git/HEAD", "unreadable")


def read_tags(common: Path) -> list[str]:
    """The objects that tags name, in order of the tags' names."""
    packed = read_plain_file(common, "packed-refs") or b""
    found = re.findall(rb"^([0-9a-f]{40,64}) refs/tags/([^\r\n]+)$", packed, re.MULTILINE)
    tags = {os.fsdecode(name): target.decode() for target, name in found}
    for folder, _, names in os.walk(common / "refs" / "tags"):
        for name in names:
            tag = (Path(folder) / name).relative_to(common)
            content = read_plain_file(common, str(tag)) or b""
            tags[tag.relative_to("refs/tags").as_posix()] = content.decode("ascii", "replace").strip()
            if len(tags) > MAX_TAGS:
                break
    return [target for _, target in sorted(tags.items()) if OBJECT_NAME.match(target)]


def check_objects(common: Path) -> None:
    """Raises UnsafeGitError where git would open something among the objects that is not a plain file or leads away.

    Stores that this one borrows from (`git clone --shared`) are looked at as well, and only where git opens files.
    """
    stores = [common / "objects"]
    seen: set[Path] = set()
    while stores:
        store = stores.pop()
        if store in seen:
            continue
        shown = ".git/objects" if not seen else ".git/objects/info/alternates"
        seen.add(store)
        if store.is_symlink() or len(seen) > MAX_OBJECT_STORES:
            raise UnsafeGitError(shown, "link_outside")
        for folder in os.listdir(store):
            if not OBJECT_FOLDER.match(folder):
                continue
            if not stat.S_ISDIR((store / folder).lstat().st_mode):
                raise UnsafeGitError(f"{shown}/{folder}", "not_a_file")
            with os.scandir(store / folder) as entries:
                for entry in entries:
                    if not entry.is_file(follow_symlinks=False) and not entry.is_dir(follow_symlinks=False):
                        raise UnsafeGitError(f"{shown}/{folder}/{printable(entry.name)}", "not_a_file")
        borrowed = read_plain_file(store, "info/alternates") or b""
        stores += [(store / os.fsdecode(line)).resolve() for line in borrowed.split(b"\n") if line[:1] not in b"#"]


def find_git_program(directory: Path) -> str | None:
    """Where git is on this machine: never one that the scanned directory brings along."""
    scanned = directory.resolve()
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    for folder in folders:
        program = shutil.which("git", path=str(folder)) if folder.is_absolute() else None
        if program and scanned not in (*Path(program).parents, *Path(program).resolve().parents):
            return program
    return None


def make_borrowing_directory(home: Path, commit: str, tags: Sequence[str], shallow: bytes) -> None:
    """An empty git directory whose HEAD is `commit`: with tags t0, t1 ..., and no configuration but the hash's."""
    (home / "objects").mkdir()
    (home / "refs").mkdir()
    (home / "HEAD").write_text(f"{commit}\n")
    version, kind = ("1", "sha256") if len(commit) == 64 else ("0", "sha1")
    extension = f"[extensions]\n\tobjectformat = {kind}\n" if version == "1" else ""
    (home / "config").write_text(f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}")
    (home / "packed-refs").write_text("".join(f"{tag} refs/tags/t{at}\n" for at, tag in enumerate(tags)))
    if shallow:
        (home / "shallow").write_bytes(shallow)


@dataclass(frozen=True)
class GitQuestions:
    """Asks git: with nothing of the caller's environment, of the machine's configuration, or of the network."""

    program: str
    home: Path
    objects: Path
    seconds: float

    def __call__(self, *arguments: str) -> tuple[bytes, bool]:
        """What git answers, and whether it was cut at MAX_LOG_BYTES. Raises UnsafeGitError where git fails."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
        environment = {
            **kept,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "GIT_DIR": str(self.home),
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_CEILING_DIRECTORIES": str(self.home.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_PAGER": "cat",
            "GIT_ALLOC_LIMIT": "512m",  # for one object, so that a small pack cannot unpack to fill the memory
        }
        # A commit where a shallow clone ends has no parent here: it must not look as if it had added every file.
        options = ("--no-pager", "-c", "log.showRoot=false", "-c", "core.commitGraph=false")
        process = subprocess.Popen(  # noqa: S603  # git itself, its arguments made here
            [self.program, *options, *arguments],
            cwd=self.home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        out_of_time = threading.Event()

        def stop() -> None:
            out_of_time.set()
            process.kill()

        timer = threading.Timer(self.seconds, stop)
        timer.start()
        try:
            with process:
                assert process.stdout is not None
                answer = process.stdout.read(MAX_LOG_BYTES + 1)
                cut = len(answer) > MAX_LOG_BYTES
                if cut:
                    process.kill()
        finally:  # a scan that is interrupted does not wait for it
            timer.cancel()
        if out_of_time.is_set():
            raise UnsafeGitError(".git", "git_timeout", arguments[0])
        if process.returncode and not cut:
            raise UnsafeGitError(".git/objects", "git_failed", arguments[0])
        # A cut answer ends with its last whole commit.
        return (answer[: answer.rfind(b"\0\0", 0, MAX_LOG_BYTES) + 1] if cut else answer), cut

    def has_tree(self, name: str) -> bool:
        try:
            self("rev-parse", "--verify", "--quiet", name)
        except UnsafeGitError:
            return False
        return True


def read_committed(ask: GitQuestions, prefix: str) -> dict[str, str] | None:
    """The hashes of the commit's Python files by path below `prefix`; None for a clone that lacks some directories."""
    try:
        listed, cut = ask("ls-tree", "-r", "-z", f"HEAD:{prefix.rstrip('/')}")
    except UnsafeGitError:
        return None
    entries = [entry.partition(b"\t") for entry in listed.split(b"\0") if entry.endswith(b".py")]
    committed = {path.decode("utf-8", "surrogateescape"): start.split()[2].decode() for start, _, path in entries}
    # Hashes of a repository that counts in SHA-256 are not compared: nobody's code is in one yet.
    return None if cut or any(len(each) != 40 for each in committed.values()) else committed


def day_months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the month's last; not before 1970."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1970:
        return date(1970, 1, 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("28 is a day of every month")
