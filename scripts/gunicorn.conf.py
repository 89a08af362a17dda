"""How gunicorn serves the site, for `make run` and production alike; docs/deployment.md says what to change when."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # gunicorn adds it only after reading this file

from assess.environment import find_bind_problem, issues, read_bind, read_bool, read_number, read_port
from assess.web.logs import redact_secrets

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


class LoggerWithoutSecrets(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """The access log, without the secrets of addresses that were sent to somebody."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        return {name: redact_secrets(text) if isinstance(text, str) else text for name, text in atoms.items()}


logger_class = LoggerWithoutSecrets
wsgi_app = "assess.wsgi:application"
bind = read_bind(read_port("PORT", 8000))
# Sync workers were measured steadier than threads here, and two or three a match for two cores.
workers = read_number("WEB_WORKERS", 2, least=1, most=1_000)
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
accesslog = "-" if read_bool("ACCESS_LOG") else None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True

if issues:
    sys.exit("Splitcheck does not start like this:\n" + "\n".join(f"  - {issue}" for issue in issues))


def on_starting(server: Any) -> None:
    """Refuses a start without migrations or static files, in words. In a process of its own: the master must not load
    the site, or reloading by HUP would go on with the old code."""
    if problem := find_bind_problem(bind):
        sys.exit(problem)
    checked = subprocess.run([sys.executable, str(MANAGE), "check_ready", "--at-start"])
    if checked.returncode:
        sys.exit(checked.returncode)
