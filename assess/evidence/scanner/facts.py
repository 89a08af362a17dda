"""What reading gives: plain values that every step of the scanner passes on. Only the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SourceFile:
    """One file: its path from the scanned directory, with "/", and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Problem:
    """Something that was not read, by path and reason; `line` 0 where no line is to blame.

    `reason` is a slug: syntax_error, too_large, too_deep, not_utf8, null_bytes, not_a_file, link_outside, unreadable,
    odd_path, binary ...
    """

    path: str
    reason: str
    line: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Import:
    """One import statement's target as written: `from ..orders import Order` is level 2, module "orders", name "Order".

    `import a.b` has no names. `lazy` inside a function; `type_checking` under `if TYPE_CHECKING`.
    """

    line: int
    level: int
    module: str
    names: tuple[str, ...] = ()
    lazy: bool = False
    type_checking: bool = False


@dataclass(frozen=True)
class FileFacts:
    """What one Python file says, without its tree. `django` holds what `django_source.read_django` found in it."""

    path: str
    lines: int
    imports: tuple[Import, ...] = ()
    #: Dotted names and "app.Model" in strings, with their line: references that are no import.
    references: tuple[tuple[int, str], ...] = ()
    django: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass(frozen=True)
class App:
    """One part of the code that is looked at as one. `id` is its label where that is unique, else its dotted module.

    `kind` is "app" or "package"; `found_by` says how: settings, app_config, migrations, models, package.
    """

    id: str
    label: str
    module: str
    path: str
    kind: str = "app"
    found_by: tuple[str, ...] = ()
    signals: int = 0  #: receivers of signals that the app registers


@dataclass(frozen=True)
class Model:
    """One model as its migrations leave it. `kind`: concrete, proxy, history."""

    app: str
    name: str
    table: str
    kind: str = "concrete"
    managed: bool = True
    is_user: bool = False
    found_by: str = "migrations"  #: migrations, classes or both


@dataclass(frozen=True)
class Relation:
    """One relation field. `to_app` is "" where it leads out of the repository (auth.User, contenttypes.ContentType).

    `kind`: foreign_key, one_to_one, many_to_many, parent, generic.
    """

    from_app: str
    from_model: str
    field: str
    to_app: str
    to_label: str
    to_model: str
    kind: str = "foreign_key"
    found_by: str = "migrations"


@dataclass(frozen=True)
class ImportEdge:
    """One import from a module to a module, resolved: both are first-party; apps by id."""

    importer: str
    imported: str
    from_app: str
    to_app: str
    path: str
    line: int
    lazy: bool = False
    type_checking: bool = False
    kind: str = "import"  #: import or reference (a string, get_model)


@dataclass
class History:
    """What the log of the last months says; None in `evidence` where there is no git.

    A unit is one step of the first-parent line: a merge with all files of its branch, or a commit (squashed work).
    Steps by bots and those of more than 50 files are not in `units`; those that touch no app are. Names nobody.
    """

    since: str = ""
    until: str = ""
    months: int = 12
    units: int = 0
    left_out_bots: int = 0
    left_out_large: int = 0
    across_apps: int = 0
    changes: dict[str, int] = field(default_factory=dict)  #: units that touch an app
    pairs: list[tuple[str, str, int]] = field(default_factory=list)  #: units that touch both


@dataclass(frozen=True)
class GitLog:
    """What git said about a repository, as it said it: `history` reads it. Days are in UTC, as "2026-11-02".

    `steps` and `commits` are the output of `git log` (see `git.LOG_FORMAT`): the first-parent line, each step with its
    files; and all commits that are no merges. `prefix` is the scanned directory within the repository, "" or "a/b/".
    """

    commit: str
    committed_on: str
    since: str
    months: int
    prefix: str = ""
    shallow: bool = False
    steps: bytes = b""
    commits: bytes = b""
    tag_days: tuple[str, ...] = ()  #: the day of each tag within the window, oldest first
    #: The hash of each Python file of the commit, by path from the scanned directory; None where git cannot say.
    committed: dict[str, str] | None = None


@dataclass(frozen=True)
class GitReading:
    """A repository's log, or None and why: `limits` are codes of the evidence (no_git, shallow ...)."""

    log: GitLog | None
    limits: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class AppPeople:
    """Who changed one app within the window; `owners` from CODEOWNERS."""

    app: str
    commits: int
    authors: int
    active_authors: int
    top_author_commits: int
    owners: int


@dataclass(frozen=True)
class People:
    """Counts of authors, told apart by e-mail address (which is not kept). Active: five commits or more."""

    commits: int
    authors: int
    active_authors: int
    top_author_commits: int
    apps: tuple[AppPeople, ...] = ()
    codeowners_path: str = ""  #: "" where the repository has none
    codeowners: int = 0


@dataclass(frozen=True)
class Rhythm:
    """How often work is merged, and tags set, within the window."""

    weeks: int
    merges: int
    tags: int
    tag_days: int
    last_tag_on: str | None


@dataclass(frozen=True)
class Capability:
    """One tool, with up to 20 files each in which it is listed as a dependency, imported, or configured."""

    kind: str
    name: str
    listed: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()
