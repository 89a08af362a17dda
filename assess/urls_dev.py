"""The site's addresses and the debug toolbar's, for `make dev`."""

from debug_toolbar.toolbar import debug_toolbar_urls

from assess.urls import *  # noqa: F403  # the handlers of errors as well
from assess.urls import urlpatterns as site_urlpatterns

urlpatterns = [*site_urlpatterns, *debug_toolbar_urls()]
