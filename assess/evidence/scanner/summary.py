"""A scan in words for a terminal: what was not seen first, then what was found. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Directories that are left out on purpose: nothing to look at.
EXPECTED_REASONS = {"virtual_environment", "installed_packages", "vendored", "hidden", "link"}

LIMIT_WORDS = {
    "no_git": "There is no git history here: nothing about changes and people.",
    "no_git_program": "There is no git program here: nothing about changes and people.",
    "no_commits": "The repository has no commits: nothing about changes and people.",
    "bare": "The repository has no files checked out: only its history was read.",
    "shallow": "The clone is shallow: history is only as long as the clone. Run git fetch --unshallow.",
    "history_cut": "The history was too long to be read whole. Ask for fewer --months.",
    "release_branch": "Most commits arrive in a few large merges: check out the branch that people merge into.",
    "uncommitted": "Python files that are not as in the commit, changed or never committed: {count}.",
    "no_apps": "No Django app was found: packages are shown instead.",
    "settings_by_code": "INSTALLED_APPS is put together by code, which was not run. Computed parts: {count}.",
    "migrations_by_code": "Migrations have operations that are put together by code. Files: {count}.",
    "apps_cut": "More apps than a file may have: the {count} smallest were left out.",
    "rows_cut": "More rows than a file may have: {count} were left out.",
}
REASON_WORDS = {
    "syntax_error": "cannot be parsed",
    "newer_syntax": "written for a newer Python than this one, run the scanner with that Python",
    "python_2": "written for Python 2",
    "too_large": "larger than a source file is",
    "too_deep": "nested too deeply",
    "parser_died": "too deep or too slow to parse",
    "scanner_failed": "a fault of the scanner, please report it",
    "not_utf8": "not in UTF-8 and no encoding declared",
    "unknown_encoding": "in an unknown encoding",
    "null_bytes": "binary",
    "not_a_file": "not a regular file",
    "link": "links to what is read elsewhere",
    "link_outside": "links that lead outside",
    "unreadable": "cannot be read",
    "odd_path": "names with control characters, in another encoding, or too long",
    "hidden": "hidden directories, from which nothing is imported",
    "vendored": "other people's code",
    "installed_packages": "installed packages",
    "virtual_environment": "virtual environments",
    "other_repository": "repositories within the repository",
    "too_many_files": "more files than are read",
    "too_much_configuration": "more configuration than is read",
    "git_outside": "a git directory that lies elsewhere",
    "git_reftable": "a git directory in a newer format",
    "git_timeout": "git took too long",
    "git_failed": "git failed",
}


def is_worth_a_look(evidence: Mapping[str, Any]) -> bool:
    """Whether a person should look at what the scan did not see."""
    unread = {each["reason"] for each in evidence["unread"]["counts"]}
    return bool(evidence["limits"] or unread - EXPECTED_REASONS)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def say(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def to_summary(evidence: Mapping[str, Any]) -> str:
    """Some twenty lines."""
    lines = []
    limits, unread = evidence["limits"], evidence["unread"]
    if limits or unread["counts"]:
        lines.append("Not seen:")
        for each in limits:
            words = LIMIT_WORDS.get(each["code"], each["code"].replace("_", " ") + " ({count})")
            lines.append("  " + words.format(count=each["count"]))
        for each in unread["counts"]:
            lines.append(f"  {each['files']:,} × {REASON_WORDS.get(each['reason'], each['reason'].replace('_', ' '))}")
        shown = [each for each in unread["first"] if each["reason"] not in EXPECTED_REASONS]
        for each in shown[:10]:
            place = f"{each['path']}:{each['line']}" if each["line"] else each["path"]
            lines.append(f"    {place}  {each['reason']}" + (f" ({each['detail']})" if each["detail"] else ""))
        if len(shown) > 10:
            lines.append("    … the file lists more")
        lines.append("")
    repository, apps = evidence["repository"], evidence["apps"]
    commit = f" at {repository['commit'][:12]} of {repository['committed_on']}" if repository["commit"] else ""
    lines.append(f"Found in {repository['name'] or 'the project'}{commit}:")
    lines.append(f"  {say(evidence['files']['python'], 'Python file')}, {say(evidence['files']['lines'], 'line')}")
    django_apps = [app for app in apps if app["kind"] == "app"]
    lines.append(f"  {say(len(django_apps), 'app')}, {say(len(apps) - len(django_apps), 'package')} beside them")
    models = sum(each["kind"] == "concrete" for each in evidence["models"])
    inside = sum(app["relations_within"] for app in apps)
    across = sum(each["to_app"] is not None and each["kind"] != "generic" for each in evidence["relations"])
    lines.append(
        f"  {say(models, 'model')} with a table; foreign keys to another app: {across:,} of {inside + across:,}"
    )
    cycles = evidence["cycles"]
    cut = sum(each["imports"] for each in cycles["cut"])
    share = percent(cut, cycles["imports"])
    lines.append(f"  {say(cycles['imports'], 'import')} between apps; {cut} to cut until no cycle remains ({share})")
    for each in sorted(cycles["cut"], key=lambda each: (each["imports"], each["from"], each["to"]))[:5]:
        lines.append(f"    {each['from']} → {each['to']}: {each['imports']}")
    history, people, rhythm = evidence["history"], evidence["people"], evidence["rhythm"]
    if history:
        lines.append(
            f"  {say(history['units'], 'merged change')} from {history['since']} to {history['until']};"
            f" {percent(history['across_apps'], history['units'])} touch two or more apps"
        )
        for each in sorted(history["pairs"], key=lambda each: (-each["together"], each["a"], each["b"]))[:3]:
            lines.append(f"    {each['a']} with {each['b']}: {each['together']}")
    if people:
        lines.append(
            f"  {say(people['authors'], 'author')}, {people['active_authors']} of them with five commits or more"
        )
    if rhythm and rhythm["weeks"]:
        lines.append(
            f"  {rhythm['merges'] / rhythm['weeks']:.1f} merges a week, {say(rhythm['tag_days'], 'day')} with a tag"
        )
    kinds = sorted({each["kind"] for each in evidence["capabilities"]})
    lines.append(f"  Tools found for: {', '.join(kinds) or 'nothing that is known'}")
    return "\n".join(lines)
