"""The addresses of people, invitations, and what a person sees of their own account."""

from django.urls import path

from assess.people.views import account, invitations, people, settings

urlpatterns = [
    path("people/", people.mine, name="people-mine"),
    path("workspaces/<int:workspace_id>/people/", people.people, name="people"),
    path("workspaces/<int:workspace_id>/settings/", settings.workspace_settings, name="workspace-settings"),
    path("workspaces/<int:workspace_id>/logo/", settings.logo, name="workspace-logo"),
    path("workspaces/<int:workspace_id>/logo/set/", settings.set_logo, name="workspace-logo-set"),
    path("workspaces/<int:workspace_id>/logo/remove/", settings.remove_logo, name="workspace-logo-remove"),
    path("workspaces/<int:workspace_id>/people/invite/", invitations.invite, name="people-invite"),
    path("workspaces/<int:workspace_id>/people/teams/", people.make_team, name="team-new"),
    path("workspaces/<int:workspace_id>/people/teams/<int:team_id>/", people.team, name="team"),
    path("workspaces/<int:workspace_id>/people/<int:membership_id>/", people.membership, name="membership"),
    path("workspaces/<int:workspace_id>/people/<int:membership_id>/remove/", people.remove, name="membership-remove"),
    path("workspaces/<int:workspace_id>/people/<int:membership_id>/add/", people.add_place, name="membership-add"),
    path(
        "workspaces/<int:workspace_id>/invitations/<int:invitation_id>/revoke/",
        invitations.revoke,
        name="invitation-revoke",
    ),
    path(
        "workspaces/<int:workspace_id>/invitations/<int:invitation_id>/remind/",
        invitations.remind,
        name="invitation-remind",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("account/you/", account.you, name="you"),
    path("account/you/data/", account.data, name="your-data"),
    path("account/you/leave/", account.leave, name="leave"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", account.revoke_token, name="token-revoke"),
]
