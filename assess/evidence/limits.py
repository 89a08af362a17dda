"""What a scan did not see, in sentences: shown before anything that it found."""

from typing import Final

from assess.evidence.records import Scan
from assess.language import N_, Words, _, ngettext, number

#: The scanner's codes; a test holds them against the codes that it writes.
LIMITS: Final = Words(
    {
        "no_git": N_("Without git: nothing is known of changes, people and rhythm."),
        "no_git_program": N_("The machine had no git: nothing is known of changes, people and rhythm."),
        "no_commits": N_("The repository has no commits: nothing is known of changes, people and rhythm."),
        "bare": N_("A repository without its files: only its history was read."),
        "shallow": N_("Only part of the history was there (a shallow clone): changes and people are counted too low."),
        "history_cut": N_("The history is longer than the scanner reads: changes and people are counted too low."),
        "release_branch": N_(
            "Most commits arrive in a few large merges: look at the branch that people merge into instead."
        ),
        "no_apps": N_("No Django app was found: packages are shown instead."),
        "settings_by_code": N_("The list of installed apps is built by code, so apps may be missing."),
        "migrations_by_code": N_("Some migrations are built by code, so models and relations may be missing."),
        "apps_cut": N_("The project has more apps than the file may have: the smallest were left out."),
        "rows_cut": N_("The project is larger than the file may be: some rows were left out."),
    }
)
REASONS: Final = Words(
    {
        "syntax_error": N_("not Python that this scanner reads"),
        "newer_syntax": N_("written for a newer Python than the one that ran the scanner"),
        "python_2": N_("written for Python 2"),
        "too_large": N_("too large"),
        "too_deep": N_("nested too deeply"),
        "parser_died": N_("too deep or too slow to parse"),
        "scanner_failed": N_("a fault of the scanner"),
        "not_utf8": N_("in another encoding"),
        "unknown_encoding": N_("in an unknown encoding"),
        "null_bytes": N_("with null bytes"),
        "not_a_file": N_("no ordinary file"),
        "link": N_("a link to what is read elsewhere"),
        "link_outside": N_("a link out of the directory"),
        "unreadable": N_("unreadable"),
        "odd_path": N_("under a name that cannot be written"),
        "hidden": N_("in a hidden directory"),
        "vendored": N_("somebody else's code, kept in the project"),
        "installed_packages": N_("installed packages"),
        "virtual_environment": N_("a virtual environment"),
        "other_repository": N_("a repository within the repository"),
        "too_many_files": N_("more files than the scanner reads"),
        "too_much_configuration": N_("more configuration than the scanner reads"),
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
        known = LIMITS.get(limit["code"])
        pattern = _("The scanner reports a limit: {code} ({count})")
        lines.append(known or pattern.format(code=limit["code"].replace("_", " "), count=number(limit["count"])))
    return lines


def describe_unread(scan: Scan) -> list[str]:
    """How many files were not read, a line for each reason."""
    lines = []
    for each in scan.data["unread"]["counts"]:
        reason = REASONS.get(each["reason"]) or each["reason"].replace("_", " ")
        pattern = ngettext(
            "{count} file was not read: {reason}", "{count} files were not read: {reason}", each["files"]
        )
        lines.append(pattern.format(count=number(each["files"]), reason=reason))
    return lines
