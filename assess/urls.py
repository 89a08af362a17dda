"""Every URL of the site: a line for each room, and allauth's pages one by one, so that no other is reachable."""

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from assess.assessments.urls import respondent_urlpatterns
from assess.people.views.account import evenly_timed

account_pages: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", evenly_timed(account.signup, step=0.3), name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", evenly_timed(account.password_reset, step=0.1), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
]

if settings.TWO_STEP:
    from allauth.mfa.base import views as two_step
    from allauth.mfa.recovery_codes import views as recovery_codes
    from allauth.mfa.totp import views as totp

    account_pages += [
        path("two-step/", two_step.index, name="mfa_index"),
        path("two-step/code/", two_step.authenticate, name="mfa_authenticate"),
        path("two-step/again/", two_step.reauthenticate, name="mfa_reauthenticate"),
        path("two-step/on/", totp.activate_totp, name="mfa_activate_totp"),
        path("two-step/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
        path("two-step/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
        path("two-step/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    ]

if settings.OIDC:
    from assess.people.views import oidc

    provider = {"provider_id": "site"}
    account_pages += [
        # The names are those by which allauth finds them.
        path("service/", oidc.start, provider, name="openid_connect_login"),
        path("service/back/", oidc.callback, provider, name="openid_connect_callback"),
        path("service/cancelled/", oidc.cancelled, name="socialaccount_login_cancelled"),
    ]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assess.public.urls")),
    path("assessments/", include("assess.assessments.urls")),
    path("assessments/", include("assess.planning.urls")),
    path("assessments/", include("assess.review.urls")),
    path("", include(respondent_urlpatterns)),
    path("questionnaires/", include("assess.editions.urls")),
    path("", include("assess.reports.urls")),
    path("", include("assess.sharing.urls")),
    path("", include("assess.portfolio.urls")),
    path("api/v1/", include("assess.api.urls")),
    path("", include("assess.people.urls")),
    path("account/", include(account_pages)),
    path("", include("assess.operations.urls")),
]

handler400 = "assess.web.errors.bad_request"
handler403 = "assess.web.errors.forbidden"
handler404 = "assess.web.errors.not_found"
handler429 = "assess.web.errors.too_many_requests"  # allauth's throttles ask for this one
handler500 = "assess.web.errors.server_error"
