"""Every address of the site: a line for each room, and the account pages one by one, so that no other is reachable."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

account_pages: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
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

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assess.public.urls")),
    path("assessments/", include("assess.assessments.urls")),
    path("questionnaires/", include("assess.editions.urls")),
    path("", include("assess.reports.urls")),
    path("", include("assess.sharing.urls")),
    path("api/v1/", include("assess.api.urls")),
    path("account/", include(account_pages)),
]

handler400 = "assess.web.errors.bad_request"
handler403 = "assess.web.errors.forbidden"
handler404 = "assess.web.errors.not_found"
handler429 = "assess.web.errors.too_many"  # allauth's throttles ask for this one
handler500 = "assess.web.errors.server_error"
