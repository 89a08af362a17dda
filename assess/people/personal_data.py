"""What the site stores about a person: exporting it as one JSON document, and erasing the person.

The export decides which rows and fields are about the person. What others wrote, and secrets (even hashed), are not.
Rows of the rooms above are named by their models' labels, because this room imports none of them; a test walks every
relation to a person and fails for one that is neither in `EXPORT_PARTS` nor in `LEFT_OUT`.

Erasing removes who they were and keeps what the organisation decided with their help: answers, comments, signatures and
events remain, under "Someone who left", because they are the organisation's record and the log is sealed. Everything
that names the person, lets them in or reaches them is removed.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from assess.language import N_
from assess.people.actions import default_workspace_name
from assess.people.mail import hash_address
from assess.people.membership_policies import get_administration, lock_administration
from assess.people.models import ApiToken, Invitation, Membership, Notice, OutgoingMail, User, Workspace
from assess.people.permissions import workspaces_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.record.facade import RENAMED, append_link

# --- exporting

SYSTEM = {"system": "assessment__system__name", "system_version": "assessment__version"}
ANSWER = (
    "key", "answered", "value", "basis", "note", "link", "not_applicable", "who_knows", "answered_at", "version"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportPart:
    """Rows of a model about a person: `person` is the lookup that leads to them, `renamed` maps names to lookups."""

    name: str
    model: str
    person: str
    fields: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, user: User) -> list[dict[str, Any]]:
        """The fields of each row by name. One query."""
        queryset = (
            apps.get_model(self.model)._default_manager.filter(**{self.person: user}, **self.filters).order_by("pk")
        )
        paths = [*self.renamed.values(), *self.fields]
        names = [*self.renamed, *self.fields]
        return [dict(zip(names, row, strict=True)) for row in queryset.order_by("pk").values_list(*paths)]


WHERE = {"workspace": "workspace__name", "team": "team__name"}

EXPORT_PARTS: tuple[ExportPart, ...] = (
    ExportPart(name="addresses", model="account.EmailAddress", person="user", fields=("email", "verified", "primary")),
    ExportPart(name="memberships", model="assess.Membership", person="user", fields=("role",), renamed=WHERE),
    ExportPart(name="answers", model="assess.Answer", person="answered_by", fields=ANSWER, renamed=SYSTEM),
    ExportPart(name="own_answers", model="assess.Response", person="respondent__user", fields=ANSWER, renamed=SYSTEM),
    ExportPart(
        name="asked",
        model="assess.Respondent",
        person="user",
        fields=("perspective", "sections", "email", "asked_at", "joined_at", "finished_at", "removed_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="agreements",
        model="assess.Agreement",
        person="agreed_by",
        fields=("key", "note", "agreed_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="scans_attached",
        model="assess.Evidence",
        person="attached_by",
        fields=("sha256", "tool_version", "scanned_at", "attached_at"),
        renamed={**SYSTEM, "commit": "commit_hash"},
    ),
    ExportPart(
        name="candidate_choices",
        model="assess.CandidateChoices",
        person="saved_by",
        fields=("content", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="decisions_on_scans",
        model="assess.ProposalDecision",
        person="decided_by",
        fields=("key", "is_override", "found", "reason", "decided_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="measurements_attached",
        model="assess.Measurement",
        person="attached_by",
        fields=("kind", "file_name", "sha256", "attached_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="cost_figures",
        model="assess.MoneyInputs",
        person="saved_by",
        fields=("content", "currency", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="plan_steps",
        model="assess.PlanStep",
        person="saved_by",
        fields=("title", "done_when", "owner", "starts_on", "due_on", "state", "note", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="goals",
        model="assess.Goal",
        person="saved_by",
        fields=("figure", "baseline", "target", "target_on", "note", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="goal_readings",
        model="assess.GoalReading",
        person="saved_by",
        fields=("figure", "value", "measured_on", "note", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="preparation_marks",
        model="assess.PreparationMark",
        person="saved_by",
        fields=("item", "kind", "text", "link", "ends_on", "marked_on", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="design_decisions",
        model="assess.DesignDecision",
        person="decided_by",
        fields=("key", "option", "reason", "decided_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="outcomes",
        model="assess.Outcome",
        person="saved_by",
        fields=("months", "followed", "was_right", "text", "lesson", "figures", "saved_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="planned_changes",
        model="assess.PlannedChange",
        person="kept_by",
        fields=("key", "before", "after", "kept_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="comments",
        model="assess.Comment",
        person="written_by",
        fields=("key", "kind", "text", "written_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="settled_comments",
        model="assess.Comment",
        person="settled_by",
        fields=("key", "settlement", "settled_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="signatures",
        model="assess.SignOff",
        person="signed_by",
        fields=("decision", "overruled_to", "reason", "remark", "signed_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="conditions_met",
        model="assess.Condition",
        person="met_by",
        fields=("text", "met_how", "met_at"),
        renamed=SYSTEM,
    ),
    ExportPart(name="events", model="assess.Event", person="by", fields=("kind", "key", "at"), renamed=SYSTEM),
    ExportPart(
        name="answers_over_time",
        model="assess.Event",
        person="by",
        fields=("key", "payload", "version", "at"),
        renamed=SYSTEM,
        filters={"kind": "answered"},
    ),
    ExportPart(name="notices", model="assess.Notice", person="user", fields=("text", "url", "at", "read_at")),
    ExportPart(
        name="api_tokens",
        model="assess.ApiToken",
        person="user",
        fields=("name", "created_at", "expires_at", "last_change_at", "revoked_at"),
    ),
    ExportPart(name="saved_views", model="assess.SavedView", person="user", fields=("name", "query", "saved_at")),
    # Whom they invited is somebody else's address.
    ExportPart(
        name="invitations_made",
        model="assess.Invitation",
        person="created_by",
        fields=("role", "created_at", "expires_at"),
        renamed=WHERE,
    ),
    ExportPart(
        name="invitations_accepted",
        model="assess.Invitation",
        person="accepted_by",
        fields=("role", "email", "accepted_at"),
        renamed=WHERE,
    ),
    ExportPart(
        name="share_links",
        model="assess.ShareLink",
        person="created_by",
        fields=("name", "scope", "created_at", "expires_at"),
        renamed=SYSTEM,
    ),
    ExportPart(
        name="questionnaires_imported",
        model="assess.Edition",
        person="imported_by",
        fields=("slug", "version", "title", "imported_at"),
    ),
    ExportPart(
        name="translations_imported",
        model="assess.EditionTranslation",
        person="imported_by",
        fields=("edition__slug", "edition__version", "language", "imported_at"),
    ),
    ExportPart(name="systems", model="assess.System", person="created_by", fields=("name", "created_at")),
    ExportPart(
        name="two_step_sign_in",
        model="mfa.Authenticator",
        person="user",
        fields=("type", "created_at", "last_used_at"),
    ),
    ExportPart(
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
            ("assess.Evidence", "deleted_by"),
            ("assess.Measurement", "deleted_by"),
        ],
        "is in the events",
    ),
    ("assess.Invitation", "revoked_by"): "about somebody else",
    (
        "assess.MeasurementPreview",
        "read_by",
    ): "a file that they have; removed when they attach it or read another, or later",
    ("assess.Edition", "published_by"): "is in what they imported",
    ("assess.Edition", "retired_by"): "is in what they imported",
    ("assess.Report", "requested_by"): "a PDF of what is exported above; removed after a while",
    ("assess.LintRun", "requested_by"): "a file that they have; removed after a month",
    ("assess.OutgoingMail", "user"): "what it says is in their mailbox; removed within two weeks",
    ("assess.OutgoingMail", "by"): "went to others; removed within two weeks",
    ("assess.ReportRequest", "by"): "how often a PDF was asked for; removed after a while",
}


def export_personal_data(user: User) -> dict[str, Any]:
    """Everything about the person as plain values for JSON (dates as `DjangoJSONEncoder` writes them).

    One query for each part, about 25.
    """
    you = {"name": user.name, "email": user.email, "joined_at": user.joined_at, "wants_mail": user.wants_mail}
    return {"you": you, **{part.name: part.rows(user) for part in EXPORT_PARTS}}


# --- erasing

ERASED_NAME = N_("Someone who left")


def issues_before_erasing(user: User) -> list[Issue]:
    """What has to be handed over first, where others depend on this person to let people in. Three queries for each
    workspace."""
    issues = []
    for workspace in workspaces_of(user):
        others = Membership.objects.filter(workspace=workspace, user__is_active=True).exclude(user=user)
        if others.exists():
            administration = get_administration(workspace)
            mine = Membership.objects.filter(workspace=workspace, user=user).select_related("user", "workspace", "team")
            issues += [issue for membership in mine if (issue := administration.issue_if_last(membership))]
    return issues


@transaction.atomic
def erase(user: User) -> None:
    """Erase for good. Raises ValidationFailed when somebody else has to be appointed first.

    Every session ends by itself: the password is another, and the account is inactive.
    """
    # In one order for everybody, so that two who leave at once do not wait for each other.
    workspaces = list(workspaces_of(user).order_by("pk"))
    for workspace in workspaces:
        lock_administration(workspace)
    issues = issues_before_erasing(user)
    if issues:
        raise ValidationFailed(issues)
    address = user.email
    now = timezone.now()
    # Named after them when they signed up without naming a team (`actions.create_workspace_for`).
    names = default_names_in_every_language(user.name, address, address.partition("@")[0])
    mine = Workspace.objects.filter(pk__in=[workspace.pk for workspace in workspaces], name__in=names)
    named_after_them = list(mine)
    for workspace in named_after_them:
        workspace.name = default_workspace_name(ERASED_NAME.lower())
        workspace.save(update_fields=("name",))
    Membership.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user).delete()
    Notice.objects.filter(user=user).delete()
    # What waits or failed may hold the name or the address.
    OutgoingMail.objects.filter(Q(user=user) | Q(by=user) | Q(recipient_hash=hash_address(address))).delete()
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    invited = Invitation.objects.filter(email=address)
    # Without an address it would be for anybody, so an open one ends as well.
    invited.filter(accepted_at=None, revoked_at=None).update(revoked_at=now, revoked_by=user)
    invited.update(email="")
    # Models of the rooms above, by label, because this room imports none of them.
    respondents = apps.get_model("assess.Respondent")._default_manager
    respondents.filter(user=None, email=address).update(email="", token_hash=None, expires_at=now)
    respondents.filter(user=user).update(email="", token_hash=None, source="")
    apps.get_model("assess.SavedView")._default_manager.filter(user=user).delete()
    apps.get_model("assess.Report")._default_manager.filter(requested_by=user, assessment=None).delete()
    user.name = ERASED_NAME
    user.email = f"{secrets.token_hex(16)}@left.invalid"
    user.is_active = False
    user.wants_mail = False
    user.erased_at = now
    user.set_unusable_password()
    user.save()
    if named_after_them:  # last, as it keeps others from appending to the record
        append_link(RENAMED, covers=named_after_them)


def default_names_in_every_language(*names: str) -> set[str]:
    """The default workspace names after these names; in every language, since they may have signed up in another."""
    workspace_names: set[str] = set()
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            workspace_names |= {default_workspace_name(name) for name in names}
    return workspace_names
