"""How gunicorn serves the site, for `make run` and production alike; docs/deployment.md says what to change when."""

import os
import sys
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # gunicorn adds it only after reading this file

from assess.web.logs import redact_secrets


class LoggerWithoutSecrets(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """The access log, without the secrets of addresses that were sent to somebody."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        return {name: redact_secrets(text) if isinstance(text, str) else text for name, text in atoms.items()}


logger_class = LoggerWithoutSecrets
wsgi_app = "assess.wsgi:application"
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
# Sync workers were measured steadier than threads here, and two or three a match for two cores.
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "sync"
# Not preloaded: it would save some 30 MB a worker, and cost reloading by HUP and the certainty that no connection is
# shared.
preload_app = False
timeout = 30
graceful_timeout = 10
max_requests = 10_000  # a worker that grew is replaced now and then
max_requests_jitter = 1_000
# Only the site decides whose forwarded headers count (TRUSTED_PROXIES); gunicorn by itself would believe loopback.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
limit_request_line = 8190  # an address may carry every answer of a what-if
limit_request_fields = 60
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
