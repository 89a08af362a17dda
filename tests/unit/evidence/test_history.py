"""Co-change, people and rhythm, from repositories whose history is written down here."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assess.evidence.scanner.facts import App, GitLog, SourceFile
from assess.evidence.scanner.git import MAX_LOG_BYTES, day_months_before, read_git
from assess.evidence.scanner.history import is_bot, read_history, read_people, read_rhythm
from tests.repositories import Made, git, make_repository
from tests.work import within

APPS = [App(name, name, f"shop.{name}", f"shop/{name}") for name in ("catalog", "orders", "payments")]
BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"


def log_of(directory: Path, commits: Sequence[Made], months: int = 12) -> GitLog:
    log = read_git(make_repository(directory, commits), months).log
    assert log is not None
    return log


def test_a_merge_is_one_unit_with_all_files_of_its_branch(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        [
            Made(["README"]),
            Made(["shop/orders/a.py"]),
            Made(["shop/payments/b.py"]),  # with the one before, the branch
            Made(["shop/orders/a.py", "shop/payments/b.py"], after=1, merges=3),
        ],
    )
    history = read_history(log, APPS)
    assert (history.units, history.across_apps) == (1, 1)
    assert history.pairs == [("orders", "payments", 1)]
    assert history.changes == {"orders": 1, "payments": 1}


def test_without_merges_each_commit_is_a_unit(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        [
            Made(["shop/orders/a.py"]),
            Made(["shop/orders/a.py", "shop/catalog/b.py", "shop/payments/c.py"]),
            Made(["docs/a.md"]),  # touches no app, and is a change all the same
            Made(["shop/catalog/b.py", "shop/orders/templates/a.html"]),
        ],
    )
    history = read_history(log, APPS)
    assert (history.units, history.across_apps) == (3, 2)  # the first commit adds everything: that is no change
    assert history.pairs == [("catalog", "orders", 2), ("catalog", "payments", 1), ("orders", "payments", 1)]


def test_bots_and_changes_of_more_than_fifty_files_are_counted_apart(tmp_path: Path) -> None:
    both = ["shop/orders/a.py", "shop/payments/b.py"]
    log = log_of(
        tmp_path,
        [
            Made(["README"]),
            Made(both, author=BOT),
            Made(both, author="renovate <bot@renovateapp.com>"),
            Made(both, after=1, author=BOT),  # a branch by a bot ...
            Made(both, after=3, merges=4),  # ... that Ada merges
            Made([f"shop/orders/{number}.py" for number in range(50)] + ["shop/payments/b.py"]),
            Made([f"shop/orders/{number}.py" for number in range(49)] + ["shop/payments/b.py"]),
            Made(both, author="Abbott <abbott@example.org>"),
        ],
    )
    history = read_history(log, APPS)
    assert (history.left_out_bots, history.left_out_large) == (3, 1)
    assert (history.units, history.across_apps) == (2, 2)


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        ("49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]", True),
        ("bot@renovateapp.com", "WhiteSource Renovate", True),
        ("66853113+pre-commit-ci[bot]@users.noreply.github.com", "pre-commit-ci[bot]", True),
        ("41898282+github-actions[bot]@users.noreply.github.com", "github-actions", True),
        ("hosted@weblate.org", "Hosted Weblate", True),
        ("shop-bot@example.org", "Shop", True),
        ("infra@example.org", "shopbot", True),
        ("support@stickler-ci.com", "stickler-ci", True),
        ("atalbot@example.org", "atalbot", False),
        ("michal@weblate.org", "Michal", False),
        ("travis@example.org", "Travis Jenkins", False),
        ("talbot@example.org", "Ann Talbot", False),
        ("edo@example.org", "Edo Bot", False),
        ("robot.fan@example.org", "Robotics Team", False),
        ("", "", False),
    ],
)
def test_bots_are_told_from_people(address: str, name: str, expected: bool) -> None:
    assert is_bot(address.encode(), name.lower().encode()) is expected


def test_only_the_months_before_the_last_commit_count_and_no_clock_does(tmp_path: Path) -> None:
    commits = [Made(["shop/orders/a.py"]) for _ in range(40)]
    make_repository(tmp_path, commits)
    one, two = read_git(tmp_path, 1).log, read_git(tmp_path, 2).log
    assert one is not None
    assert two is not None
    assert (one.since, one.committed_on) == ("2026-10-02", "2026-11-02")
    assert read_history(one, APPS).units == 32
    assert read_history(two, APPS).units == 39


def test_authors_are_told_apart_by_address_and_nobody_is_named(tmp_path: Path) -> None:
    by = {
        "Ada <ada@example.org>": 4,
        "Countess <ADA@example.org>": 2,
        "Grace <grace@example.org>": 5,
        "Alan <alan@example.org>": 1,
        BOT: 9,
    }
    log = log_of(
        tmp_path,
        [
            Made(["README"], author="Grace <grace@example.org>"),
            *(Made(["shop/orders/a.py"], author=author) for author, count in by.items() for _ in range(count)),
            Made(["shop/orders/a.py"], merges=1),  # a merge is nobody's work
        ],
    )
    people = read_people(log, APPS, [], None)
    assert (people.commits, people.authors, people.active_authors, people.top_author_commits) == (12, 3, 2, 6)
    orders = next(each for each in people.apps if each.app == "orders")
    assert (orders.commits, orders.authors, orders.active_authors, orders.top_author_commits) == (12, 3, 2, 6)
    assert "example.org" not in repr(people)
    assert "Grace" not in repr(people)


def test_a_mailmap_joins_the_addresses_of_one_person(tmp_path: Path) -> None:
    countess = "C <countess@example.org>"
    make_repository(tmp_path, [Made(["a.py"]), Made(["a.py"]), Made(["a.py"], countess), Made(["b.py"], countess)])
    (tmp_path / ".mailmap").write_text("Ada <ada@example.org> <countess@example.org>\n")
    git(tmp_path, "add", ".mailmap")
    git(tmp_path, "commit", "--quiet", "--message", "One person")
    log = read_git(tmp_path).log
    assert log is not None
    people = read_people(log, [], [], None)
    assert (people.commits, people.authors) == (4, 1)


def test_the_rhythm_counts_merges_and_days_with_tags(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        [
            Made(["README"], tag="v1"),
            Made(["a.py"], tag="v1.1"),
            *[Made(["a.py"])] * 18,
            Made(["a.py"], author=BOT, tag="v2"),
        ],
    )
    git(tmp_path, "tag", "again", "v2")
    log = read_git(tmp_path).log
    assert log is not None
    rhythm = read_rhythm(log)
    assert (rhythm.weeks, rhythm.merges) == (3, 19)  # it is twenty days old
    assert (rhythm.tags, rhythm.tag_days, rhythm.last_tag_on) == (4, 3, "2026-11-02")
    month = read_git(tmp_path, 1).log
    assert month is not None
    assert read_rhythm(month) == rhythm


def test_of_an_older_repository_the_whole_window_counts(tmp_path: Path) -> None:
    log = log_of(tmp_path, [Made([f"{number}.py"]) for number in range(40)], months=1)
    assert (read_rhythm(log).weeks, read_rhythm(log).merges) == (4, 32)


def test_a_directory_within_a_repository_has_only_its_own_history(tmp_path: Path) -> None:
    make_repository(
        tmp_path,
        [
            Made(["README"]),
            Made(["backend/shop/orders/a.py", "frontend/a.ts"]),
            Made(["frontend/a.ts"], author="Grace <grace@example.org>"),
            Made(["backend/shop/orders/a.py", "backend/shop/payments/b.py"]),
        ],
    )
    git(tmp_path, "checkout", "-q", "main", "--", "backend")
    (tmp_path / "untracked").mkdir()
    log = read_git(tmp_path / "backend").log
    assert log is not None
    assert log.prefix == "backend/"
    assert read_history(log, APPS).pairs == [("orders", "payments", 1)]
    assert read_people(log, APPS, [], None).authors == 1
    assert read_rhythm(log).merges == 2
    assert read_git(tmp_path / "untracked").limits == ("no_git",)


def test_a_file_belongs_to_the_deepest_app_above_it(tmp_path: Path) -> None:
    apps = [App("top", "top", "shop", "."), App("shop", "shop", "shop", "shop"), App("x", "x", "shop.x", "shop/x")]
    log = log_of(tmp_path, [Made(["a"]), Made(["shop/x/y/z.py", "shop/xy.py", "manage.py"])])
    assert read_history(log, apps).changes == {"shop": 1, "top": 1, "x": 1}


def test_names_of_files_cannot_be_taken_for_commits(tmp_path: Path) -> None:
    commit = "a" * 40
    odd = ['\\"', "\\n", f"\\n{commit}", commit, "-", "caf\\303\\251.py", "\\377.py", "\\001"]
    log = log_of(tmp_path, [Made(["a"]), Made([f"shop/orders/{name}" for name in odd] + odd)])
    history = read_history(log, APPS)
    assert (history.units, history.changes) == (1, {"orders": 1})
    assert read_people(log, APPS, [], None).commits == 1


def test_owners_of_an_app_are_those_whose_rule_comes_last(tmp_path: Path) -> None:
    log = log_of(tmp_path, [Made(["a"])])
    rules = b"""
    # everything
    *                 @org/platform
    /shop/orders/     @org/orders  @ada   # two of them
    *.html            @org/design
    shop/*/models.py  @org/data
    /shop/payments/*  @org/payments
    /shop/catalog
    !/shop/orders/a.py @nobody
    [Section][2] @org/section
    **/secret\\ keys/  \n"""
    paths = [
        "shop/orders/views.py",
        "shop/orders/models.py",
        "shop/payments/views.py",
        "shop/payments/deep/views.py",
        "shop/payments/secret keys/a.py",
        "shop/catalog/views.py",
    ]
    people = read_people(log, APPS, paths, SourceFile("CODEOWNERS", rules))
    assert {each.app: each.owners for each in people.apps} == {
        "orders": 3,  # orders, Ada, data
        "payments": 3,  # payments, platform (not deeper), section
        "catalog": 0,
    }
    assert (people.codeowners_path, people.codeowners) == ("CODEOWNERS", 7)


def test_no_pattern_of_owners_takes_long(tmp_path: Path) -> None:
    pattern = "/".join(["**", "*a*a*a*a*a*a*a*a*b"] * 20)
    path = "shop/orders/" + "/".join(["a" * 100] * 40)
    log = log_of(tmp_path, [Made(["a"])])
    within(100_000, lambda: read_people(log, APPS, [path] * 20, SourceFile("CODEOWNERS", f"{pattern} @a".encode())))


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-02", 12, "2025-11-02"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-30", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 1200, "1970-01-01"),
    ],
)
def test_months_are_counted_by_the_calendar(day: str, months: int, before: str) -> None:
    assert day_months_before(date.fromisoformat(day), months).isoformat() == before


def test_a_log_that_is_cut_ends_with_a_whole_commit_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_LOG_BYTES > 1_000_000
    make_repository(tmp_path, [Made(["shop/orders/a.py"]) for _ in range(30)])
    monkeypatch.setattr("assess.evidence.scanner.git.MAX_LOG_BYTES", 1_000)
    reading = read_git(tmp_path)
    assert reading.log is not None
    assert reading.limits == ("history_cut",)
    assert 5 < read_history(reading.log, APPS).units < 29


def test_a_branch_that_gets_whole_releases_is_said_to_be_one(tmp_path: Path) -> None:
    work = [Made(["shop/orders/a.py"]) for _ in range(70)]
    make_repository(tmp_path, [Made(["README"]), *work, Made(["shop/orders/a.py"], after=1, merges=71)])
    assert read_git(tmp_path).limits == ("release_branch",)
