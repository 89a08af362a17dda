"""What a scan did not see, in sentences: shown before anything that it found."""

from typing import Final

from assess.evidence.records import Scan
from assess.language import N_, Words, _, ngettext, number

LIMITS: Final = Words(
    {
        "no_git": N_("Without git: nothing is known of changes, people and rhythm."),
        "shallow": N_("Only part of the history was there (a shallow clone): changes and people are counted too low."),
        "settings_by_code": N_("The list of installed apps is built by code, so apps may be missing."),
        "rows_cut": N_("The project is larger than the file may be: some rows were left out."),
    }
)
REASONS: Final = Words(
    {
        "syntax_error": N_("not Python that this scanner reads"),
        "too_large": N_("too large"),
        "too_deep": N_("nested too deeply"),
        "not_utf8": N_("in another encoding"),
        "null_bytes": N_("with null bytes"),
        "not_a_file": N_("no ordinary file"),
        "link_outside": N_("a link out of the directory"),
        "unreadable": N_("unreadable"),
        "odd_path": N_("under a name that cannot be written"),
        "binary": N_("no text"),
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
