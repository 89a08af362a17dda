"""The WSGI entry point for an application server."""

import os
from collections.abc import Mapping
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from assess.web.database import limit_waits_of_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assess.settings")


class Request(WSGIRequest):
    """A request that can be built from any Content-Type, and is read as UTF-8 whatever that names.

    Django's own reads the header, and decodes the address by the charset in it, before any middleware: what it cannot
    read there (`text/html; x*=bogus''%41`, `charset=hex`) would reach the server as a fault of ours, without our page,
    headers or reference. Another charset is refused in words by `require_utf_8`.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "application/octet-stream", {}


class Site(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
limit_waits_of_requests()
application = Site()
