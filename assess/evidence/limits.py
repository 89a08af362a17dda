"""What a scan did not see, in sentences: shown before anything that it found."""

from typing import Final

from assess.evidence.records import Scan
from assess.language import N_, Words, _, number

#: The scanner's codes; a test holds them against the codes that it writes.
#: By the codes of `scanner.summary`, which says the same on a terminal; a test compares them.
LIMITS: Final = Words(
    {
        "no_git": N_("No git history was there: nothing is known of changes and people."),
        "no_git_program": N_("No git program was there: nothing is known of changes and people."),
        "no_commits": N_("The repository has no commits: nothing is known of changes and people."),
        "bare": N_("The repository had no files checked out: only its history was read."),
        "shallow": N_("The clone was shallow: its history is cut off. Run git fetch --unshallow, then scan again."),
        "history_cut": N_("The history was too long to be read whole. Scan fewer months."),
        "release_branch": N_("Most commits arrive in a few large merges. Scan the branch that people merge into."),
        "uncommitted": N_("Some files were not as in the commit: changed, or never committed."),
        "no_apps": N_("No Django app was found: packages are shown instead."),
        "settings_by_code": N_("Code puts the list of apps together, so some may be missing. Parts in code: {count}."),
        "migrations_by_code": N_("Code puts migrations together, so tables may be missing. Such files: {count}."),
        "apps_cut": N_("The project has more apps than the file may list: the {count} smallest are left out."),
        "rows_cut": N_("The project has more rows than the file may list: {count} are left out."),
    }
)
REASONS: Final = Words(
    {
        "syntax_error": N_("not Python that the scanner can parse"),
        "newer_syntax": N_("written for a newer Python (run the scanner with that one)"),
        "python_2": N_("written for Python 2"),
        "too_large": N_("larger than source is"),
        "too_deep": N_("nested too deeply"),
        "parser_died": N_("too deep or too slow to parse"),
        "scanner_failed": N_("a fault of the scanner"),
        "not_utf8": N_("not in UTF-8, and no encoding declared"),
        "unknown_encoding": N_("in an unknown encoding"),
        "null_bytes": N_("binary"),
        "not_a_file": N_("no regular file"),
        "link": N_("links to what is read elsewhere"),
        "link_outside": N_("links that lead out of the directory"),
        "unreadable": N_("cannot be read"),
        "odd_path": N_("names that cannot be written"),
        "hidden": N_("hidden directories"),
        "vendored": N_("other people’s code"),
        "installed_packages": N_("installed packages"),
        "virtual_environment": N_("virtual environments"),
        "other_repository": N_("repositories within the repository"),
        "too_many_files": N_("more files than are read"),
        "too_much_configuration": N_("more configuration than is read"),
        "git_outside": N_("a git directory that lies elsewhere"),
        "git_reftable": N_("a git directory in a newer format"),
        "git_timeout": N_("git took too long"),
        "git_failed": N_("git failed"),
    }
)


def describe_limits(scan: Scan) -> list[str]:
    """A sentence for each limit of the scan; one that this release does not know is named by its code."""
    lines = []
    for limit in scan.data["limits"]:
        words = LIMITS.get(limit["code"]) or _("The scanner reports a limit: {code} ({count})")
        lines.append(words.format(code=limit["code"].replace("_", " "), count=number(limit["count"])))
    return lines


def describe_unread(scan: Scan) -> list[str]:
    """How much was not read, a line for each reason."""
    lines = []
    for each in scan.data["unread"]["counts"]:
        reason = REASONS.get(each["reason"]) or each["reason"].replace("_", " ")
        lines.append(_("Not read ({count}): {reason}").format(count=number(each["files"]), reason=reason))
    return lines
