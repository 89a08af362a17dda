"""Settings of `make dev`, on top of the site's own: errors in full, the debug toolbar, mail on screen.

Only DJANGO_SETTINGS_MODULE=assess.settings_dev loads this; the site, its worker and the tests never do.
"""

from django.core.exceptions import ImproperlyConfigured

from assess.settings import *  # noqa: F403
from assess.settings import INSTALLED_APPS, MIDDLEWARE, PRODUCTION

if PRODUCTION:
    raise ImproperlyConfigured("assess.settings_dev is for one developer's machine. Leave out SPLITCHECK_ENV.")

DEBUG = True
INTERNAL_IPS = ["127.0.0.1"]
INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
# Inside the middleware that adds headers, so that the toolbar comes on error pages as well.
position = MIDDLEWARE.index("assess.web.middleware.request_language")
MIDDLEWARE = [*MIDDLEWARE[:position], "debug_toolbar.middleware.DebugToolbarMiddleware", *MIDDLEWARE[position:]]
ROOT_URLCONF = "assess.urls_dev"
DEBUG_TOOLBAR_CONFIG = {
    "ROOT_TAG_EXTRA_ATTRS": "hx-preserve",  # htmx swaps parts of the page around it
    "SHOW_COLLAPSED": True,
}
# The toolbar's own pages name no access policy. `make check` asks that of all others.
SILENCED_SYSTEM_CHECKS = ["assess.E002"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
