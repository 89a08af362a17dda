"""Settings. Everything that differs between machines comes from the environment; docs/deployment.md lists it.

Two profiles by SPLITCHECK_ENV: `local` (the default; one machine, plain HTTP on loopback, nothing to set) and
`production`, which refuses to start until what it needs is set, and then names everything that is wrong at once.
"""

import os
import re
import secrets
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from string import ascii_letters, digits
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from assess.environment import (
    issues,
    make_folder,
    read_bool,
    read_list,
    read_log_format,
    read_number,
    read_port,
)
from assess.web.proxies import ProxyListError, read_proxies

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SPLITCHECK_VAR", BASE_DIR / "var"))
#: Locks of those whose costly pages a worker of this machine is at (`web.budgets`).
BUSY_DIR = VAR_DIR / "busy"
#: What the log and the record had at least (`record.witness`).
WITNESS_DIR = VAR_DIR / "witness"
#: Backups that nobody named a place for, and what a restore replaced.
BACKUP_DIR = VAR_DIR / "backups"
#: Locked by each process that serves the site (`web.serving`).
SERVING_LOCK = BUSY_DIR / "serving.lock"


def local_secret_key() -> str:
    """This checkout's own key, created at the first start. The code holds no key, so none can be shared by mistake."""
    file = VAR_DIR / "secret_key"
    make_folder("SPLITCHECK_VAR", VAR_DIR)
    if issues:
        return ""
    if not file.exists():
        draft = VAR_DIR / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, file)  # unlike a rename this never replaces the key of another process starting just now
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text("ascii")


def is_weak_key(key: str) -> bool:
    return len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-")


def is_host_name(host: str) -> bool:
    """Whether this is a name such as `split.example.org`, `.example.org` for all below it, or an address."""
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        labels = host.removeprefix(".").split(".")
        return all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", label, re.IGNORECASE) for label in labels)


def is_registry(host: str) -> bool:
    """Whether the entry admits every name below something under which strangers have theirs: `.com`, `.co.uk`."""
    labels = host.removeprefix(".").lower().split(".")
    is_second_level = len(labels) == 2 and len(labels[1]) == 2 and labels[0] in SECOND_LEVELS
    return host.startswith(".") and (len(labels) == 1 or is_second_level)


#: Below these strangers register names in many countries, as below `.co.uk`.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "mil", "ne", "net", "or", "org"})

SPLITCHECK_ENV = os.environ.get("SPLITCHECK_ENV", "local")
if SPLITCHECK_ENV not in {"local", "production"}:
    issues.append("SPLITCHECK_ENV is unknown. Set it to 'local' or 'production', or leave it out for 'local'.")
PRODUCTION = SPLITCHECK_ENV != "local"

DEBUG = read_bool("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", "")
#: Earlier keys: sessions signed with one go on, and the log's seals made with one are still known as ours.
SECRET_KEY_FALLBACKS = read_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS")

if PRODUCTION:
    if not SECRET_KEY:
        issues.append('SECRET_KEY is missing. Make one: python -c "import secrets; print(secrets.token_urlsafe(64))"')
    elif is_weak_key(SECRET_KEY):
        issues.append(
            "SECRET_KEY is too short or too plain to be a secret. Give it 50 random characters or more: "
            'python -c "import secrets; print(secrets.token_urlsafe(64))"'
        )
    if any(map(is_weak_key, SECRET_KEY_FALLBACKS)):
        issues.append(
            "SECRET_KEY_FALLBACKS holds a key that is too short or too plain: whoever guesses it signs in as anybody. "
            "Remove it; what was signed or encrypted by it is void."
        )
    if not ALLOWED_HOSTS:
        issues.append("ALLOWED_HOSTS is missing. List the host names that people type, separated by commas.")
    elif any(host.strip(".") in {"", "*"} for host in ALLOWED_HOSTS):
        issues.append(
            "ALLOWED_HOSTS admits every host ('*'). List the host names that people type, separated by commas."
        )
    elif not all(map(is_host_name, ALLOWED_HOSTS)):
        issues.append(
            "ALLOWED_HOSTS holds an entry that is no host name. Write names only, without '/', '*' or a port: "
            "split.example.org, or .example.org for every name under it."
        )
    elif any(map(is_registry, ALLOWED_HOSTS)):
        issues.append(
            "ALLOWED_HOSTS admits names of strangers. Write your own domain: .example.org, not .org or .co.uk."
        )
    if os.environ.get("DEBUG", "").strip().lower() not in {"", "0", "false", "no", "off"}:
        issues.append("DEBUG is set. Remove it: debug pages show settings and people's answers to anyone.")
else:
    SECRET_KEY = SECRET_KEY or local_secret_key()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *ALLOWED_HOSTS]

#: Every limit on what people may send, in one place.
LIMITS: dict[str, int] = {
    "body": 256 * 1024,  # bytes of a request's body
    "report_upload": 2 * 1024 * 1024,  # bytes of a PDF from which an assessment starts
    "evidence_upload": 5 * 1024 * 1024,  # bytes of a scan's file, as in its contract
    "measurement_upload": 100 * 1024 * 1024,  # bytes of a file of deploys, load or cost, which is read as a stream
    "note": 2_000,  # characters
    "name": 120,  # characters
    "link": 500,  # characters
    "questions": 200,
    "sections": 20,
    "options": 12,
    "lint_seconds": 30,  # for checking one uploaded questionnaire, in the worker
    "lints_waiting": 5,  # for each person
    "renders_at_a_time": 2,
    "render_queue": 20,
    "render_seconds": 60,
    "pdfs_per_minute": 6,  # for each person
    "invitations_per_day": 20,  # for each person
    "mails_per_recipient": 10,  # a day: invitations, requests to answer, mails about an account
    "mails_per_workspace": 200,  # a day: invitations and requests to answer
    "mails_per_source": 100,  # a day and network address: all of these
    "notice_mails_per_recipient": 100,  # a day; further notices are on the site alone
    "invitation_days": 14,
    "share_days": 90,  # at most
    "api_token_days": 365,  # at most
    "budget": 4,  # seconds of processor for what is costly (web.budgets); an address has five times as much
    "budget_a_minute": 6,  # seconds of it that come back
    "api_per_minute": 300,  # requests of each person; without Valkey in each process
    "guests_per_link": 20,
    "challenge_days": 14,  # after a signature
    "logo": 100 * 1024,  # bytes of a workspace's logo, as it is sent
    "logo_pixels": 2_000,  # on each side
    "session_idle": int(timedelta(hours=8).total_seconds()),
    "session_absolute": int(timedelta(hours=24).total_seconds()),
    "session_touch": int(timedelta(minutes=5).total_seconds()),  # at most one extra write to a session in this time
}

#: Addresses (regular expressions), after the site's prefix, to which a larger body may be sent: the file, and what a
#: form puts around it.
BODY_LIMITS = {
    "/assessments/from-report/": LIMITS["report_upload"] + 64 * 1024,
    "^(/api/v1)?/assessments/[0-9]+/evidence/?$": LIMITS["evidence_upload"] + 64 * 1024,
    "^/assessments/[0-9]+/evidence/measurements/$": LIMITS["measurement_upload"] + 64 * 1024,
    "^/api/v1/assessments/[0-9]+/measurements$": LIMITS["measurement_upload"] + 64 * 1024,
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "template_partials",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    # Always there, so that their tables are; what they do is off until configured ("two-step sign-in" below).
    "allauth.mfa",
    "allauth.socialaccount",
    "django_tasks",
    "assess",  # before the next, whose `db_worker` it replaces by one that outlives an outage of the database
    "django_tasks_db",
]

MIDDLEWARE = [
    "assess.operations.middleware.measure_requests",
    # Outermost, so that refusals, errors and static files carry the same headers as pages.
    "assess.web.middleware.request_reference",
    "assess.web.middleware.trusted_proxies",
    "assess.web.middleware.response_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    # For balancers and supervisors, which know no host name of ours and speak no HTTPS.
    "assess.operations.middleware.answer_probes",
    "assess.web.middleware.known_host",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A result page is 120 KB of text, 14 KB packed. Random bytes in each answer hide how well a secret packs (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "assess.web.budgets.refuse_early",
    "assess.web.middleware.request_language",
    "assess.web.middleware.body_limit",
    "assess.web.middleware.require_utf_8",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "assess.people.middleware.public_pages_without_database",
    "assess.people.middleware.session_lifetime",
    "assess.people.middleware.workspace_localization",
    "assess.web.middleware.method_pages",
    "assess.people.kept_forms.kept_forms",
    "assess.people.middleware.SignInRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Innermost: a person who is not let in anyway spends nothing.
    "assess.web.budgets.spend_budget",
]

ROOT_URLCONF = "assess.urls"
WSGI_APPLICATION = "assess.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # Django keeps compiled templates by itself
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Its `csrf_token` takes the place of Django's.
            "builtins": ["assess.people.kept_forms"],
            "libraries": {
                "argument": "assess.web.templatetags.argument",
                "charts": "assess.web.templatetags.charts",
                "look": "assess.web.templatetags.look",
                "menu": "assess.people.menu",
                "planning": "assess.planning.tags",
                "review": "assess.review.tags",
            },
        },
    },
]

# --- data

#: Seconds that a request waits for the database at most: for a connection, for what somebody else has locked, and for
#: any one statement. Then the person gets a page that says when to come back. Whoever waits keeps a thread from others,
#: and a server that hangs is answered for within ten seconds: so these are short. Saving takes milliseconds.
DATABASE_WAITS = {
    "connect": read_number("DATABASE_CONNECT_TIMEOUT", 3),
    "lock": read_number("DATABASE_LOCK_TIMEOUT", 4),
    "statement": read_number("DATABASE_STATEMENT_TIMEOUT", 6),
}
if min(DATABASE_WAITS.values()) < 1:
    issues.append(
        "DATABASE_CONNECT_TIMEOUT, DATABASE_LOCK_TIMEOUT and DATABASE_STATEMENT_TIMEOUT are 1 second or more."
    )
database: dict[str, Any] = {}
if os.environ.get("DATABASE_URL"):
    try:
        database = dict(dj_database_url.parse(os.environ["DATABASE_URL"]))
    except ValueError:
        pass  # named below, without repeating the address: it may hold a password
else:
    make_folder("SPLITCHECK_VAR", VAR_DIR)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "splitcheck.sqlite3")}
if database.get("ENGINE") == "django.db.backends.sqlite3":
    # Measured with 50 writers: Django's defaults failed 59 % of saves, these settings none. FULL keeps every
    # acknowledged answer through a power cut. Foreign keys Django itself switches on.
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,  # seconds to wait for another writer; a request waits as DATABASE_WAITS says
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    database["CONN_MAX_AGE"] = None  # a file needs no health check
elif database.get("ENGINE") == "django.db.backends.postgresql":
    database["ENGINE"] = "assess.web.postgresql"
    database["CONN_MAX_AGE"] = 600
    database["CONN_HEALTH_CHECKS"] = True
    # What the address itself names in its query comes first. A machine that is gone is noticed within a minute.
    database["OPTIONS"] = {
        "connect_timeout": DATABASE_WAITS["connect"],
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        **database.get("OPTIONS", {}),
    }
else:
    issues.append(
        "DATABASE_URL cannot be read. Write postgres://user:password@host:5432/name, "
        "or leave it out for an SQLite file in var/."
    )
if PRODUCTION and ":memory:" in str(database.get("NAME")):
    issues.append(
        "DATABASE_URL keeps everything in memory, where each worker has its own and a restart loses it. "
        "Write postgres://user:password@host:5432/name, or leave it out for an SQLite file in var/."
    )
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in throttles count in the cache, so it has to be one for all gunicorn workers and machines, and adding a key has
# to be atomic: the database is, and so is Valkey (a local-memory cache counts each worker apart, the file cache adds in
# two steps). Signed-in pages never touch it. The table is made after `migrate` by assess.apps, and there even where
# Valkey is used; it is large so that a flood does not push counters out.
CACHE_TABLE = "splitcheck_cache"
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_TABLE,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What each process keeps for itself: it would be another in the next release.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Counts of programs' requests. Each process has its own unless there is Valkey: a write to the database would cost
    # more than the count is worth.
    "counts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
if CACHE_URL := os.environ.get("CACHE_URL", "").strip():
    if not re.fullmatch(r"rediss?://\S+", CACHE_URL):
        issues.append(
            "CACHE_URL cannot be read. Write redis://host:6379/0, or rediss:// for TLS, also for Valkey; or leave it "
            "out for the database."
        )
    CACHES["default"] = CACHES["counts"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "splitcheck",
        "OPTIONS": {
            "serializer": "assess.web.shared_cache.JsonSerializer",
            "socket_connect_timeout": 2,  # seconds
            "socket_timeout": 2,
            "health_check_interval": 30,
        },
    }

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- people

AUTH_USER_MODEL = "assess.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "assess.people.credentials.ContextWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())

ACCOUNT_ADAPTER = "assess.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # one password field: a reset by mail costs less than typing it twice
ACCOUNT_FORMS = {
    "login": "assess.people.forms.LoginForm",
    "signup": "assess.people.forms.SignupForm",
    "change_password": "assess.people.forms.ChangePasswordForm",
    "reset_password": "assess.people.forms.ResetPasswordForm",
    "reset_password_from_key": "assess.people.forms.ResetPasswordKeyForm",
    "reauthenticate": "assess.people.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = os.environ.get("EMAIL_VERIFICATION", "optional")
if ACCOUNT_EMAIL_VERIFICATION not in {"optional", "mandatory", "none"}:
    issues.append("EMAIL_VERIFICATION is unknown. Set it to 'mandatory', 'optional' or 'none'.")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = True  # no "remember me" box: every session ends by the limits above
ACCOUNT_SESSION_COOKIE_AGE = LIMITS["session_absolute"]
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",  # the key is account and source: `AccountAdapter`
    "own_password": "5/300s/user",  # ours: the password again, by somebody signed in
    # These count every view of the page, and a whole office may share one address; guessing is stopped by the above.
    "login": "120/m/ip",
    "signup": "40/m/ip",
    "join": "40/m/ip",  # ours: coming to answer by a link
}

# --- two-step sign-in, and signing in at the organisation's own service: both off until configured

TWO_STEP = read_bool("TWO_STEP")
MFA_ADAPTER = "assess.people.adapter.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Splitcheck"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
# Where addresses need no confirming, nobody is sent the mail that would let them confirm one for this.
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION != "mandatory"
MFA_FORMS = {
    "authenticate": "assess.people.forms.CodeForm",
    "reauthenticate": "assess.people.forms.CodeAgainForm",
    "activate_totp": "assess.people.forms.FirstCodeForm",
}

OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").strip().rstrip("/")
OIDC_NAME = os.environ.get("OIDC_NAME", "").strip()  # "your organisation" where it is not set
oidc = {name: os.environ.get(name, "").strip() for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
if any(oidc.values()) and not all(oidc.values()):
    missing = ", ".join(name for name, value in oidc.items() if not value)
    issues.append(f"{missing} is missing. Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none of them.")
oidc_scheme, oidc_host = "", ""
oidc_schemes = {"https"} if PRODUCTION else {"https", "http"}
if OIDC_ISSUER:
    try:
        oidc_scheme, oidc_host = urlsplit(OIDC_ISSUER)[:2]
    except ValueError:
        pass  # no address at all: named below
    # The host becomes part of a header, so only a host is allowed there.
    if set(oidc_host) - set(f"{ascii_letters}{digits}.-:[]") or not oidc_host or oidc_scheme not in oidc_schemes:
        issues.append("OIDC_ISSUER is no https address. Write the issuer as your service names it.")
#: Whether people can sign in at the organisation's service.
OIDC = all(oidc.values())
SOCIALACCOUNT_ADAPTER = "assess.people.adapter.ServiceAdapter"
# The service's word counts only for an address that it has verified; a password that somebody else may have set on an
# account of that address is wiped by allauth.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC:
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "site",
                "name": OIDC_NAME,
                "client_id": oidc["OIDC_CLIENT_ID"],
                "secret": oidc["OIDC_CLIENT_SECRET"],
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
    }

# --- sessions and forms

SESSION_COOKIE_AGE = LIMITS["session_absolute"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # scripts send X-CSRFToken from the page, not from the cookie
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "assess.web.errors.expired_form"
DATA_UPLOAD_MAX_MEMORY_SIZE = LIMITS["body"]
FILE_UPLOAD_HANDLERS = [
    "assess.web.uploads.DropFilesOfTheSignedOut",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# A form may hold every question of the largest questionnaire, each with some options ticked, basis, note and link.
DATA_UPLOAD_MAX_NUMBER_FIELDS = LIMITS["questions"] * 8

# --- what every response says

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        # Browsers apply this to where a form's answer redirects, too: to the sign-in page of the service.
        "form-action": [SELF, f"{oidc_scheme}://{oidc_host}"] if OIDC else [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

try:
    TRUSTED_PROXIES = read_proxies(read_list("TRUSTED_PROXIES"))
except ProxyListError as issue:
    TRUSTED_PROXIES = ()
    issues.append(str(issue))
if TRUSTED_PROXIES:
    # Only ever set by a proxy of ours: `trusted_proxies` removes it from everybody else's requests.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- metrics for Prometheus at /metrics: off unless one of these is set

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "").strip()
try:
    METRICS_FROM = read_proxies(read_list("METRICS_FROM"), setting="METRICS_FROM")
except ProxyListError as issue:
    METRICS_FROM = ()
    issues.append(str(issue))
if PRODUCTION and METRICS_TOKEN and (len(METRICS_TOKEN) < 20 or len(set(METRICS_TOKEN)) < 10):
    issues.append("METRICS_TOKEN is too short or too plain to be a secret. Give it 20 random characters or more.")
if PRODUCTION and METRICS_FROM and not METRICS_TOKEN and not TRUSTED_PROXIES:
    issues.append(
        "METRICS_FROM without TRUSTED_PROXIES takes every visitor for the proxy. Set TRUSTED_PROXIES, or METRICS_TOKEN."
    )

if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # A program that sends its token in the clear is refused (`api.access`), or nobody would ever notice.
    SECURE_REDIRECT_EXEMPT = ["^api/"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # A browser takes a __Host- cookie only over HTTPS, for the whole site, from this host and no sibling.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# --- mail: files in var/mail unless a server is named; in production only if that is said on purpose

if os.environ.get("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ["EMAIL_HOST"]
    EMAIL_PORT = read_port("EMAIL_PORT", 587)
    EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_SSL = EMAIL_PORT == 465
    EMAIL_USE_TLS = not EMAIL_USE_SSL and os.environ.get("EMAIL_USE_TLS", "1") not in {"0", "false", "no", "off"}
    EMAIL_TIMEOUT = 10
    # To a server on this machine nobody can listen.
    if PRODUCTION and not (EMAIL_USE_SSL or EMAIL_USE_TLS or EMAIL_HOST in {"localhost", "127.0.0.1", "::1"}):
        if ACCOUNT_EMAIL_VERIFICATION == "mandatory":
            issues.append(
                "EMAIL_USE_TLS is off while EMAIL_VERIFICATION is mandatory: whoever reads the mail on its way is let "
                "in. Take EMAIL_USE_TLS away, or use port 465."
            )
        elif EMAIL_HOST_PASSWORD:
            issues.append(
                "EMAIL_USE_TLS is off while EMAIL_HOST_PASSWORD is set, which would be sent for all to read. "
                "Take EMAIL_USE_TLS away, or use port 465."
            )
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
    if PRODUCTION and ACCOUNT_EMAIL_VERIFICATION == "mandatory":
        issues.append(
            "EMAIL_HOST is missing while EMAIL_VERIFICATION is mandatory: nobody could confirm an address. Set it."
        )
    elif PRODUCTION and not read_bool("EMAIL_TO_FILES"):
        issues.append(
            "EMAIL_HOST is missing: no invitation and no new password would reach anybody. Set it, or EMAIL_TO_FILES=1 "
            "where mail in files of var/mail is what you want."
        )
#: Whether the background worker sends mails, because a server may keep a request waiting; a file does not.
MAIL_IN_BACKGROUND = EMAIL_BACKEND.endswith(".smtp.EmailBackend")
#: Where the site is: all addresses that are mailed, shown to copy or printed start with it, whatever Host was asked.
SITE_ADDRESS = os.environ.get(
    "SITE_ADDRESS",
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
    if PRODUCTION and ALLOWED_HOSTS
    else f"http://127.0.0.1:{read_port('PORT', 8000)}",
).rstrip("/")
try:
    site_scheme, site_host, *site_rest = urlsplit(SITE_ADDRESS)
    site_name = urlsplit(SITE_ADDRESS).hostname or ""
    site_is_address = bool(urlsplit(SITE_ADDRESS).port or True) and not any(site_rest) and "@" not in site_host
except ValueError:
    site_scheme, site_name, site_is_address = "", "", False
if site_scheme not in {"https", "http"} or not site_name or not site_is_address:
    issues.append(
        "SITE_ADDRESS is no address of a site. Write scheme and host only, such as https://split.example.org."
    )
elif PRODUCTION and site_scheme != "https":
    issues.append("SITE_ADDRESS does not start with https://, so links in mails would cross the network in the clear.")
elif PRODUCTION and not validate_host(site_name, ALLOWED_HOSTS):
    issues.append(
        "SITE_ADDRESS names a host that is not in ALLOWED_HOSTS, so no link in a mail would open. Add it there."
    )
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Splitcheck <splitcheck@localhost>")

# --- language, time, static files, logs

LANGUAGE_CODE = "en-gb"  # also the language in which results are kept: see docs/translations.md
LOCALE_PATHS = [BASE_DIR / "locale"]
#: Languages with a catalogue, and the variants of one that write dates and numbers in their own way; each by its own
#: name for itself. Another is added together with its catalogue.
LANGUAGES = [
    ("en-gb", "English (United Kingdom)"),
    ("en-us", "English (United States)"),
]
FORMAT_MODULE_PATH = ["assess.formats"]
#: The time zone of new workspaces, and of whatever belongs to none.
TIME_ZONE = os.environ.get("TIME_ZONE", "").strip() or "UTC"
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError):
    issues.append(
        "TIME_ZONE is no name of the time zone database. Write one such as Europe/Amsterdam, or leave it out for UTC."
    )
    TIME_ZONE = "UTC"
USE_TZ = True
#: The paper of new workspaces' reports.
REPORT_PAPER = os.environ.get("REPORT_PAPER", "").strip() or "A4"
if REPORT_PAPER not in {"A4", "Letter"}:
    issues.append("REPORT_PAPER is unknown. Set it to A4 or Letter.")

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "assess.web.static.HashedWhenCollectedStorage"},
}
s3 = {
    name: os.environ.get(name, "").strip()
    for name in ("S3_BUCKET", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY")
}
if any(s3.values()) and not s3["S3_BUCKET"]:
    issues.append("S3_BUCKET is missing. Name the bucket for PDFs and logos, or take the other S3 settings away.")
if bool(s3["S3_ACCESS_KEY"]) != bool(s3["S3_SECRET_KEY"]):
    issues.append("S3_ACCESS_KEY and S3_SECRET_KEY belong together. Set both, or none where the machine has a role.")
if s3["S3_ENDPOINT"] and not re.fullmatch(r"https?://[^\s/@]+/?", s3["S3_ENDPOINT"]):
    issues.append("S3_ENDPOINT is no address of a store. Write scheme and host only, such as https://s3.example.org.")
if s3["S3_BUCKET"]:
    try:
        from botocore.config import Config
        from storages.backends import s3 as _installed  # noqa: F401
    except ImportError:
        issues.append(
            "S3_BUCKET is set, and the packages for it are missing: pip install --require-hashes -r "
            "requirements-machines.txt"
        )
    else:
        #: PDFs and logos (`web.stored_files`); without it they are in the database.
        STORAGES["files"] = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": s3["S3_BUCKET"],
                "endpoint_url": s3["S3_ENDPOINT"] or None,
                "region_name": s3["S3_REGION"] or None,
                "access_key": s3["S3_ACCESS_KEY"] or None,
                "secret_key": s3["S3_SECRET_KEY"] or None,
                "default_acl": None,  # nothing in it is for everybody: the site checks who may read, then hands it out
                "file_overwrite": False,
                "client_config": Config(
                    connect_timeout=2,  # seconds
                    read_timeout=4,
                    retries={"total_max_attempts": 2},  # so that one that hangs is answered for within ten seconds
                    # As stores on one's own machines have it: no DNS name for each bucket, no checksums of AWS alone.
                    s3={"addressing_style": "path"},
                    signature_version="s3v4",
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            },
        }
#: Days for which PDFs are kept that can be made again (`prune_reports`).
REPORT_DAYS = read_number("REPORT_DAYS", 90)
WHITENOISE_USE_FINDERS = not PRODUCTION  # a checkout serves its static files before they are collected, too
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOG_LEVEL = os.environ.get("LOG_LEVEL", "").strip().upper()
if LOG_LEVEL not in {"", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    issues.append("LOG_LEVEL is unknown. Set it to DEBUG, INFO, WARNING, ERROR or CRITICAL, or leave it out.")
LOG_FORMAT = read_log_format()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"reference": {"()": "assess.web.logs.ReferenceFilter"}},
    "formatters": {
        "line": {
            "()": "assess.web.logs.OneLineFormatter",
            "format": "{asctime} {levelname} {name} [{reference}] {message}",
            "style": "{",
        },
        "json": {"()": "assess.web.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["reference"]},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL or "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "assess": {"level": LOG_LEVEL or "INFO"},
    },
}

if issues:
    # The same may be found twice, such as a folder that two settings need.
    lines = "\n".join(f"  - {issue}" for issue in dict.fromkeys(issues))
    raise ImproperlyConfigured(f"Splitcheck does not start like this:\n{lines}")
