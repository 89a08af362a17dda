"""A person's data as one JSON document: who they are, where they belong, what they wrote and did.

Decides: which rows and which of their fields are about the person. What others wrote, and secrets (even hashed), are
not. Rows of the rooms above are named by their models' labels, because this room imports none of them; a test walks
every relation to a person and fails for one that is neither here nor in `LEFT_OUT`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from assess.people.models import User

SYSTEM = {"system": "assessment__system__name", "system_version": "assessment__version"}
ANSWER = (
    "key", "answered", "value", "basis", "note", "link", "not_applicable", "who_knows", "answered_at", "version"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Rows of a model that lead to the person by `person`; `named` are fields under a name of their own."""

    name: str
    model: str
    person: str
    fields: tuple[str, ...]
    named: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, user: User) -> list[dict[str, Any]]:
        found = apps.get_model(self.model)._default_manager.filter(**{self.person: user}, **self.only).order_by("pk")
        paths = [*self.named.values(), *self.fields]
        names = [*self.named, *self.fields]
        return [dict(zip(names, row, strict=True)) for row in found.values_list(*paths)]


PLACE = {"workspace": "workspace__name", "team": "team__name"}

PARTS: tuple[Part, ...] = (
    Part(name="addresses", model="account.EmailAddress", person="user", fields=("email", "verified", "primary")),
    Part(name="memberships", model="assess.Membership", person="user", fields=("role",), named=PLACE),
    Part(name="answers", model="assess.Answer", person="answered_by", fields=ANSWER, named=SYSTEM),
    Part(name="own_answers", model="assess.Response", person="respondent__user", fields=ANSWER, named=SYSTEM),
    Part(
        name="asked",
        model="assess.Respondent",
        person="user",
        fields=("perspective", "sections", "email", "asked_at", "joined_at", "finished_at", "removed_at"),
        named=SYSTEM,
    ),
    Part(
        name="agreements",
        model="assess.Agreement",
        person="agreed_by",
        fields=("key", "said", "agreed_at"),
        named=SYSTEM,
    ),
    Part(
        name="planned_changes",
        model="assess.PlannedChange",
        person="kept_by",
        fields=("key", "before", "after", "kept_at"),
        named=SYSTEM,
    ),
    Part(
        name="comments",
        model="assess.Comment",
        person="written_by",
        fields=("key", "kind", "text", "written_at"),
        named=SYSTEM,
    ),
    Part(
        name="settled_comments",
        model="assess.Comment",
        person="settled_by",
        fields=("key", "settlement", "settled_at"),
        named=SYSTEM,
    ),
    Part(
        name="signatures",
        model="assess.SignOff",
        person="signed_by",
        fields=("decision", "overruled_to", "reason", "remark", "signed_at"),
        named=SYSTEM,
    ),
    Part(
        name="conditions_met",
        model="assess.Condition",
        person="met_by",
        fields=("text", "met_how", "met_at"),
        named=SYSTEM,
    ),
    Part(name="events", model="assess.Event", person="by", fields=("kind", "key", "at"), named=SYSTEM),
    Part(
        name="answers_over_time",
        model="assess.Event",
        person="by",
        fields=("key", "payload", "version", "at"),
        named=SYSTEM,
        only={"kind": "answered"},
    ),
    Part(name="notices", model="assess.Notice", person="user", fields=("text", "url", "at", "read_at")),
    Part(
        name="api_tokens",
        model="assess.ApiToken",
        person="user",
        fields=("name", "created_at", "expires_at", "last_used_at", "revoked_at"),
    ),
    Part(name="saved_views", model="assess.SavedView", person="user", fields=("name", "query", "saved_at")),
    # Whom they invited is somebody else's address.
    Part(
        name="invitations_made",
        model="assess.Invitation",
        person="created_by",
        fields=("role", "created_at", "expires_at"),
        named=PLACE,
    ),
    Part(
        name="invitations_accepted",
        model="assess.Invitation",
        person="accepted_by",
        fields=("role", "email", "accepted_at"),
        named=PLACE,
    ),
    Part(
        name="share_links",
        model="assess.ShareLink",
        person="created_by",
        fields=("name", "scope", "created_at", "expires_at"),
        named=SYSTEM,
    ),
    Part(
        name="questionnaires_imported",
        model="assess.Edition",
        person="imported_by",
        fields=("slug", "version", "title", "imported_at"),
    ),
    Part(
        name="translations_imported",
        model="assess.EditionTranslation",
        person="imported_by",
        fields=("edition__slug", "edition__version", "language", "imported_at"),
    ),
    Part(name="systems", model="assess.System", person="created_by", fields=("name", "created_at")),
    Part(
        name="two_step_sign_in",
        model="mfa.Authenticator",
        person="user",
        fields=("type", "created_at", "last_used_at"),
    ),
    Part(
        name="sign_in_elsewhere",
        model="socialaccount.SocialAccount",
        person="user",
        fields=("provider", "uid", "last_login", "date_joined", "extra_data"),
    ),
)

#: Relations to a person that the export leaves out, as (model, field), and why.
LEFT_OUT: dict[tuple[str, str], str] = {
    **dict.fromkeys(
        [
            ("assess.Assessment", "created_by"),
            ("assess.Assessment", "updated_by"),
            ("assess.Assessment", "submitted_by"),
            ("assess.Assessment", "deleted_by"),
            ("assess.Respondent", "asked_by"),
            ("assess.Respondent", "removed_by"),
            ("assess.GuestLink", "created_by"),
            ("assess.GuestLink", "revoked_by"),
            ("assess.ShareLink", "revoked_by"),
        ],
        "stands among the events",
    ),
    ("assess.Invitation", "revoked_by"): "about somebody else",
    ("assess.Edition", "published_by"): "stands with what was imported",
    ("assess.Edition", "retired_by"): "stands with what was imported",
    ("assess.Report", "requested_by"): "a PDF of what stands elsewhere; removed after a while",
    ("assess.ReportRequest", "by"): "how often a PDF was asked for; removed after a while",
}


def personal_data(user: User) -> dict[str, Any]:
    """Everything as plain values for JSON (dates as `DjangoJSONEncoder` writes them). A query for each part."""
    you = {"name": user.name, "email": user.email, "joined_at": user.joined_at, "wants_mail": user.wants_mail}
    return {"you": you, **{part.name: part.rows(user) for part in PARTS}}
