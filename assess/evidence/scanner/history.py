"""What a repository's log says about co-change, people and rhythm. Pure: bytes in, counts out."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from assess.evidence.scanner.facts import App, AppPeople, GitLog, History, People, Rhythm, SourceFile

MAX_UNIT_FILES = 50
SECONDS_A_DAY = 86_400
ACTIVE_COMMITS = 5
MAX_OWNER_RULES = 1_000

#: Where GitHub and GitLab look for owners; the first that exists counts.
CODEOWNERS_PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

#: In an author's name, or before the @ of an address: what follows it is where people work as well. Nothing that is
#: also a name of people, such as Travis, Jenkins or Talbot.
BOT = re.compile(
    rb"\[bot\]|\(bot\)|[-_.]ci$|^\S*(?<!tal)(?<!ab)(?<!ca)bot$"
    rb"|(?<![a-z])(?:dependabot|renovate|github[- ]actions?|weblate|transifex|crowdin|pyup|snyk|greenkeeper|mergify"
    rb"|imgbot|allcontributors|semantic-release|codecov|deepsource|copybara|circleci|scala-steward)(?![a-z])"
)


@dataclass(frozen=True)
class Commit:
    """One commit of the log. `author` is the address in lower case, and never leaves the memory."""

    name: bytes
    parents: tuple[bytes, ...]
    committed_at: int
    author: bytes
    is_bot: bool
    paths: Sequence[bytes]


@lru_cache(maxsize=10_000)
def is_bot(address: bytes, author: bytes) -> bool:
    """Whether an author, given in lower case, is a program."""
    return bool(BOT.search(address.partition(b"@")[0]) or BOT.search(author))


def read_commits(log: bytes) -> Iterator[Commit]:
    """The commits of a log in `git.LOG_FORMAT`, newest first."""
    fields = log.split(b"\0")
    at, end = 0, len(fields)
    while at < end:
        if fields[at] or at + 6 > end:  # not where a commit begins
            at += 1
            continue
        name, parents, committed_at, address, author = fields[at + 1 : at + 6]
        at += 6
        first = at
        while at < end and fields[at]:
            at += 1
        paths = fields[first:at]
        if paths and paths[0][:1] == b"\n":
            paths[0] = paths[0][1:]
        address = address.lower()
        yield Commit(
            name,
            tuple(parents.split()),
            int(committed_at) if committed_at.isdigit() else 0,
            address or author.lower(),
            is_bot(address, author.lower()),
            paths,
        )


class AppFinder:
    """Finds the app that a path of the log belongs to: the one with the longest path above it."""

    def __init__(self, apps: Sequence[App], prefix: str) -> None:
        self.prefix = prefix.encode("utf-8", "surrogateescape")
        # Modules beside the apps are part of the code, but their directory has all that belongs to nobody: change logs,
        # documentation, settings of tools. Nearly every change touches some of it.
        owners = [app for app in apps if app.module != "(top)"]
        self.by_path = {self.prefix + app.path.encode("utf-8", "surrogateescape"): app.id for app in owners}
        # An app at the top of the scanned directory has everything that no other app has.
        self.top = next((app.id for app in owners if app.path in ("", ".")), None)
        self.by_folder: dict[bytes, str | None] = {}

    def find_app(self, path: bytes) -> str | None:
        """The app's id, or None for a path outside all apps."""
        if path in self.by_path:  # an app that is one file
            return self.by_path[path]
        found = self.find_folder(path.rpartition(b"/")[0])
        return self.top if found is None and path.startswith(self.prefix) else found

    def find_folder(self, folder: bytes) -> str | None:
        if folder not in self.by_folder:  # only folders that have files are kept: the log may be hostile
            above = folder
            while above and above not in self.by_path:
                above = above.rpartition(b"/")[0]
            self.by_folder[folder] = self.by_path.get(above)
        return self.by_folder[folder]

    def touched(self, paths: Collection[bytes]) -> set[str]:
        """Ids of the apps that these paths belong to."""
        return {app for app in map(self.find_app, paths) if app is not None}


def read_steps(log: GitLog) -> Iterator[tuple[Commit, bool]]:
    """Steps of the first-parent line within the scanned directory, newest first, and whether a bot did the work.

    Whoever presses "merge" is not the author: of a merge, the last commit of the merged branch says who worked.
    """
    bots = {commit.name for commit in read_commits(log.commits) if commit.is_bot}
    prefix = log.prefix.encode("utf-8", "surrogateescape")
    for step in read_commits(log.steps):
        if any(path.startswith(prefix) for path in step.paths):  # a merge may bring nothing
            yield step, (step.parents[1] in bots if len(step.parents) > 1 else step.is_bot)


def read_history(log: GitLog, apps: Sequence[App]) -> History:
    """Units of change, and which of them touch which apps, one by one and in pairs."""
    finder = AppFinder(apps, log.prefix)
    changes: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    units = bots = large = across = 0
    for step, is_bot in read_steps(log):
        if is_bot:
            bots += 1
        elif len(step.paths) > MAX_UNIT_FILES:
            large += 1
        else:
            touched = finder.touched(step.paths)
            units += 1
            across += len(touched) > 1
            changes.update(touched)
            pairs.update(itertools.combinations(sorted(touched), 2))
    return History(
        since=log.since,
        until=log.committed_on,
        months=log.months,
        units=units,
        left_out_bots=bots,
        left_out_large=large,
        across_apps=across,
        changes=dict(sorted(changes.items())),
        pairs=[(first, second, together) for (first, second), together in sorted(pairs.items())],
    )


def read_people(log: GitLog, apps: Sequence[App], paths: Sequence[str], codeowners: SourceFile | None) -> People:
    """Authors of the repository and of each app, without bots. `paths` are the files for which owners are counted.

    Merges are nobody's work, and co-authors named in messages are not counted.
    """
    finder = AppFinder(apps, log.prefix)
    everybody: Counter[bytes] = Counter()
    of_app: dict[str, Counter[bytes]] = {app.id: Counter() for app in apps}
    for commit in read_commits(log.commits):
        if commit.is_bot or not any(path.startswith(finder.prefix) for path in commit.paths):
            continue
        everybody[commit.author] += 1
        for app in finder.touched(commit.paths):
            of_app[app][commit.author] += 1
    owners_of: dict[str, set[str]] = {app.id: set() for app in apps}
    owners: set[str] = set()
    if codeowners is not None:
        rules = read_codeowners(codeowners.content)
        owners = {owner for _, owned_by in rules for owner in owned_by}
        for path in paths:
            app_id = finder.find_app(finder.prefix + path.encode("utf-8", "surrogateescape"))
            if app_id is not None:
                owners_of[app_id].update(find_owners(rules, path))
    return People(
        *count_authors(everybody),
        apps=tuple(
            AppPeople(app.id, *count_authors(of_app[app.id]), owners=len(owners_of[app.id]))
            for app in sorted(apps, key=lambda app: app.id)
        ),
        codeowners_path=codeowners.path if codeowners else "",
        codeowners=len(owners),
    )


def count_authors(commits_of: Counter[bytes]) -> tuple[int, int, int, int]:
    """Commits, authors, authors with ACTIVE_COMMITS or more, commits of the one with most."""
    active = sum(commits >= ACTIVE_COMMITS for commits in commits_of.values())
    return sum(commits_of.values()), len(commits_of), active, max(commits_of.values(), default=0)


def read_rhythm(log: GitLog) -> Rhythm:
    """Merges and tags within the window, or since the first commit of a repository that is younger, or shallow."""
    steps = list(read_commits(log.steps))
    days = (date.fromisoformat(log.committed_on) - date.fromisoformat(log.since)).days
    if steps and (log.shallow or not steps[-1].parents):
        days = min(days, (steps[0].committed_at - steps[-1].committed_at) // SECONDS_A_DAY)
    return Rhythm(
        weeks=max(1, round(days / 7)),
        merges=sum(not by_bot for _, by_bot in read_steps(log)),
        tags=len(log.tag_days),
        tag_days=len(set(log.tag_days)),
        last_tag_on=max(log.tag_days, default=None),
    )


def read_codeowners(content: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Rules of a CODEOWNERS file in its order: a pattern and its owners. A GitLab section gives its rules a default."""
    rules = []
    default: tuple[str, ...] = ()
    for line in content.decode("utf-8", "replace").splitlines()[:MAX_OWNER_RULES]:
        words = re.sub(r"(?:^|\s)#.*", "", line).strip()
        section = re.match(r"\^?\[[^\]]+\](?:\[\d+\])?", words)
        if section:
            default = tuple(words[section.end() :].lower().split())
            continue
        pattern, *owners = re.split(r"(?<!\\)\s+", words)
        if pattern.strip("/") and not pattern.startswith("!"):
            rules.append((pattern.replace("\\ ", " "), tuple(map(str.lower, owners)) or default))
    return rules


def find_owners(rules: Sequence[tuple[str, tuple[str, ...]]], path: str) -> tuple[str, ...]:
    """Who owns a path: the last rule that matches says."""
    return next((owners for pattern, owners in reversed(rules) if matches_owner_pattern(pattern, path)), ())


def matches_owner_pattern(pattern: str, path: str) -> bool:
    """Whether a file is meant, as in .gitignore: from the top where the pattern has a slash before its end.

    Walks both once, part by part, so that no pattern takes long.
    """
    parts = pattern.strip("/").split("/")
    names = path.split("/")
    reached = {0} if "/" in pattern[:-1] else set(range(len(names)))  # how many names the parts so far have used up
    for part in parts:
        if not reached:
            return False
        if part == "**":
            reached = set(range(min(reached), len(names) + 1))
        else:
            glob = part.replace("[", "[[]")
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], glob)}
    # "docs/*" means the files in that folder and none deeper; "docs", a file or all within a folder; "docs/", a folder.
    within = any(at < len(names) for at in reached)
    return (len(names) in reached and not pattern.endswith("/")) or (within and parts[-1] != "*")
