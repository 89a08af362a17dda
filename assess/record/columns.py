"""Every column of every model, in one of three lists: sealed, recomputed, or free to change.

A new column needs a line here; a test walks all models and fails without it. `verify_log` reports a change of a sealed
or recomputed column that was not made by the site itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db.models import Field, Model

ANSWER: Final = ("key", "answered", "value", "basis", "note", "link", "not_applicable", "who_knows", "version")

#: Columns whose value the event says that wrote the row last (`log.record_event(rows=...)`); of the last four models,
#: which have no log of their own, the newest link of the record that covers the row.
SEALED: Final[Mapping[str, tuple[str, ...]]] = {
    "Assessment": (
        *("system", "workspace", "team", "version", "edition", "state", "created_at", "created_by"),
        *("answers_separately", "names_shown", "submitted_at", "submitted_by", "answers_hash", "model_version"),
        *("verdict", "form", "overruled_to", "deleted_at", "deleted_by"),
    ),
    # When and by whom; every answer's event says it too.
    "Answer": ("assessment", "answered_at", "answered_by"),
    "Response": ("assessment", "respondent", "answered_at"),
    "Respondent": (
        *("assessment", "user", "perspective", "sections", "guest_link", "asked_at", "asked_by", "joined_at"),
        *("finished_at", "removed_at", "removed_by"),
    ),
    "GuestLink": ("assessment", "perspective", "sections", "created_at", "created_by", "revoked_at", "revoked_by"),
    "Agreement": ("assessment", "key", "note", "answers_before", "agreed_at", "agreed_by"),
    "Comment": (
        *("assessment", "parent", "key", "kind", "text", "written_at", "written_by"),
        *("settled_at", "settled_by", "settlement"),
    ),
    "Evidence": (
        *("assessment", "sha256", "commit_hash", "tool_version", "scanned_at", "attached_at", "attached_by"),
        *("deleted_at", "deleted_by"),
    ),
    "CandidateChoices": ("assessment", "content", "saved_at", "saved_by"),
    "ProposalDecision": (
        *("assessment", "evidence", "measurement", "key", "is_override", "proposed", "found", "figure", "reason"),
        *("answer_before", "decided_at", "decided_by"),
    ),
    "Measurement": (
        *("assessment", "kind", "shape", "file_name", "content", "sha256", "attached_at", "attached_by"),
        *("deleted_at", "deleted_by"),
    ),
    "MoneyInputs": ("assessment", "content", "currency", "saved_at", "saved_by"),
    "PlanStep": (
        *("assessment", "code", "stage", "place", "title", "done_when", "owner", "starts_on", "due_on", "state"),
        *("note", "done_at", "saved_at", "saved_by"),
    ),
    "Goal": ("assessment", "figure", "baseline", "target", "target_on", "note", "saved_at", "saved_by"),
    "GoalReading": ("assessment", "figure", "value", "measured_on", "note", "saved_at", "saved_by"),
    "PreparationMark": (
        *("assessment", "item", "kind", "text", "link", "ends_on", "marked_on", "saved_at", "saved_by"),
    ),
    "DesignDecision": ("assessment", "key", "option", "reason", "decided_at", "decided_by"),
    "Outcome": ("assessment", "months", "followed", "was_right", "text", "lesson", "figures", "saved_at", "saved_by"),
    "SignOff": (
        *("assessment", "decision", "model_verdict", "overruled_to", "reason", "remark", "content_hash"),
        *("challenge_until", "signed_at", "signed_by"),
    ),
    "Condition": ("assessment", "sign_off", "text", "owner", "due_on", "met_at", "met_by", "met_how"),
    "ShareLink": ("assessment", "scope", "created_at", "created_by", "expires_at", "revoked_at", "revoked_by"),
    # Each row carries a seal over all of it.
    "Event": (
        *("assessment", "respondent", "number", "kind", "key", "payload", "version", "mutation_id", "at", "by"),
        "seal",
    ),
    "RecordLink": ("number", "kind", "assessment", "event_number", "event_seal", "covers", "at", "seal"),
    "Workspace": ("name",),
    "Team": ("workspace", "name"),
    "System": ("workspace", "team", "name"),
    "Edition": ("workspace", "slug", "version", "title", "sha256"),
}

#: Columns that follow from others, and from what.
RECOMPUTED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Assessment": {
        "the hash in the event of submitting": ("result",),
        "the number of its events": ("log_length",),
        "the versions of its system": (
            *("is_newest", "system_name", "current_verdict", "current_verdict_form", "current_verdict_at"),
            *("need", "readiness", "gates_not_passed", "ask_again_on"),
        ),
    },
    "Answer": {"the events of answering": ANSWER},
    "Response": {"the events of answering": ANSWER},
    "PlannedChange": {
        "the newest event of planned changes": ("assessment", "key", "before", "after", "kept_at", "kept_by"),
    },
    "Evidence": {"its hash, which is sealed": ("content",)},
    "SignOff": {"its hash, which is sealed": ("content",)},
    "Edition": {"its hash, which is sealed": ("content",)},
}

#: Columns that may change without a trace in the record, and why that harms nothing that was judged.
FREE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Assessment": {"repeat the newest event": ("updated_at", "updated_by")},
    "Respondent": {
        "how they come in; removed when they leave": ("email", "source", "token_hash", "expires_at", "reminded_at")
    },
    "GuestLink": {"until when it lets people in": ("token_hash", "expires_at")},
    "ShareLink": {
        "who is let in; the log never forgets, so the name stays out of it": ("name", "token_hash", "passcode"),
        "tallies": ("last_opened_at", "times_opened"),
    },
    "MeasurementPreview": {
        "a file that somebody still looks at": (
            *("assessment", "content", "file_name", "sha256", "read_at", "read_by"),
        ),
    },
    "System": {"repeat the first event": ("created_at", "created_by"), "searched by": ("name_key",)},
    "Team": {"not judged": ("created_at",), "searched by": ("name_key",)},
    "Workspace": {
        "settings of pages": (
            *("created_at", "paper", "language", "time_zone", "confidentiality", "currency", "offers_cases"),
        )
    },
    "Edition": {
        "who imported it; once published, the database refuses changes": (
            *("imported_at", "imported_by", "published_at", "published_by", "retired_at", "retired_by"),
        ),
    },
    "EditionTranslation": {
        "texts that no verdict depends on; another import may replace them": (
            *("edition", "language", "content", "sha256", "imported_at", "imported_by"),
        ),
    },
    "User": {
        "the account; what was signed keeps the name": (
            *(
                "password",
                "last_login",
                "email",
                "name",
                "name_key",
                "is_guest",
                "wants_mail",
                "erased_at",
                "is_active",
            ),
            *("joined_at", "credentials_version"),
        ),
    },
    "Membership": {"who may do what from now on": ("user", "workspace", "team", "role")},
    "Invitation": {
        "who may join": (
            *("workspace", "team", "role", "email", "token_hash", "created_at", "created_by", "expires_at"),
            *("reminded_at", "accepted_at", "accepted_by", "revoked_at", "revoked_by"),
        ),
    },
    "ApiToken": {
        "how a program comes in": (
            "user",
            "name",
            "token_hash",
            "created_at",
            "expires_at",
            "last_change_at",
            "revoked_at",
        ),
    },
    "LintRun": {
        "an uploaded file that waits to be checked": (
            *("workspace", "sha256", "language", "content", "file_name", "state", "found", "attempts"),
            *("requested_by", "queued_at", "heartbeat_at"),
        ),
    },
    "OutgoingMail": {
        "a mail on its way": (
            *("kind", "state", "content", "recipient_hash", "source_hash", "by", "workspace", "user", "created_at"),
            *("next_try_at", "heartbeat_at", "attempts", "problem"),
        ),
    },
    "Notice": {"told once": ("user", "text", "url", "at", "read_at")},
    "Logo": {"a picture": ("workspace", "content", "stored_as", "changed_at")},
    "SavedView": {"a person's own": ("user", "workspace", "name", "query", "saved_at")},
    "Report": {
        "copies of what is sealed; `verify_report` checks one": (
            *("kind", "assessment", "workspace", "spec", "key", "state", "is_final", "review_step", "pdf", "file_name"),
            *("stored_as", "size"),
            *("pages", "left_out", "attempts", "problem", "requested_at", "requested_by", "queued_at", "heartbeat_at"),
            *("finished_at", "valid_until"),
        ),
    },
    "ReportRequest": {"a limit's tally": ("by", "at")},
    "WorkerHeartbeat": {"says that a process is alive": ("worker_id", "beat_at")},
}


def sealed_values(row: Model) -> dict[str, Any]:
    """The sealed columns of the row as JSON values: related rows by id, times in UTC, enums as their values."""
    values = {}
    for name in SEALED[str(row._meta.object_name)]:
        field = row._meta.get_field(name)
        assert isinstance(field, Field)
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat(timespec="microseconds")
        elif isinstance(value, date):
            value = value.isoformat()
        values[name] = str(value) if isinstance(value, str) else value
    return values


def values_by_row(rows: Iterable[Model]) -> dict[str, dict[str, dict[str, Any]]]:
    """The sealed columns of these rows, by model and id: what an event or a link keeps of them."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row._meta.object_name), {})[str(row.pk)] = sealed_values(row)
    return found


def read_values(kept: object) -> Iterator[tuple[tuple[str, str], Mapping[str, Any] | None]]:
    """What was kept by `values_by_row`: model and id, and the columns (None where the row was deleted). Skips what no
    row of ours gives, as somebody may have changed it."""
    for model, rows in kept.items() if isinstance(kept, dict) else ():
        for pk, values in rows.items() if isinstance(rows, dict) else ():
            if values is None or isinstance(values, dict):
                yield (model, pk), values
