"""The URLs of people, invitations, workspace settings and a person's own account."""

from django.urls import path

from assess.people.views import account, invitations, people, settings

urlpatterns = [
    path("people/", people.my_memberships, name="people-mine"),
    path("workspaces/<int:workspace_id>/people/", people.people, name="people"),
    path("workspaces/<int:workspace_id>/settings/", settings.workspace_settings, name="workspace-settings"),
    path("workspaces/<int:workspace_id>/cases/", settings.set_offers_cases, name="workspace-cases"),
    path("workspaces/<int:workspace_id>/logo/", settings.logo, name="workspace-logo"),
    path("workspaces/<int:workspace_id>/logo/set/", settings.set_logo, name="workspace-logo-set"),
    path("workspaces/<int:workspace_id>/logo/remove/", settings.remove_logo, name="workspace-logo-remove"),
    path("workspaces/<int:workspace_id>/people/invite/", invitations.invite, name="people-invite"),
    path("workspaces/<int:workspace_id>/people/teams/", people.create_team, name="team-new"),
    path("workspaces/<int:workspace_id>/people/teams/<int:team_id>/", people.team, name="team"),
    path("workspaces/<int:workspace_id>/people/<int:membership_id>/", people.membership, name="membership"),
    path(
        "workspaces/<int:workspace_id>/people/<int:membership_id>/remove/",
        people.remove_membership,
        name="membership-remove",
    ),
    path("workspaces/<int:workspace_id>/people/<int:membership_id>/add/", people.add_membership, name="membership-add"),
    path(
        "workspaces/<int:workspace_id>/invitations/<int:invitation_id>/revoke/",
        invitations.revoke,
        name="invitation-revoke",
    ),
    path(
        "workspaces/<int:workspace_id>/invitations/<int:invitation_id>/remind/",
        invitations.renew,
        name="invitation-remind",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("account/you/", account.profile, name="you"),
    path("account/you/data/", account.download_data, name="your-data"),
    path("account/you/leave/", account.erase_account, name="leave"),
    path("account/confirm-address/", account.confirm_address, name="confirm-address"),
    path("account/kept-form/drop/", account.drop_kept_form, name="kept-form-drop"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", account.revoke_token, name="token-revoke"),
]
