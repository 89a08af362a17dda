"""How gunicorn serves the site, for `make run` and production alike; docs/deployment.md says what to change when."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # gunicorn adds it only after reading this file

from assess.environment import (
    find_bind_problem,
    issues,
    read_bind,
    read_bool,
    read_list,
    read_log_format,
    read_number,
    read_port,
)
from assess.web.logs import JsonFormatter, redact_secrets

log_format = read_log_format()
MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


class LoggerWithoutSecrets(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """The access log, without the secrets of addresses that were sent to somebody, and with the request's reference;
    all of gunicorn's own lines in the format of LOG_FORMAT."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if log_format == "json":
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(JsonFormatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if self.access_log_enabled:
            atoms = self.atoms_wrapper_class(self.atoms(resp, req, environ, request_time))
            reference = {"reference": atoms["{x-request-reference}o"]}
            self.access_log.info(self.cfg.access_log_format, atoms, extra=reference)

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        return {name: redact_secrets(text) if isinstance(text, str) else text for name, text in atoms.items()}


logger_class = LoggerWithoutSecrets
wsgi_app = "assess.wsgi:application"
bind = read_bind(read_port("PORT", 8000))
# Processes for the processors; threads for requests that wait (for a lock, for a database that hangs, for a sign-in
# service), so that they keep nobody else from being served.
workers = read_number("WEB_WORKERS", 2, least=1, most=1_000)
worker_class = "gthread"
threads = read_number("WEB_THREADS", 16, least=1, most=1_000)
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
# As usual, and how long it took, and the reference that a page of an error shows.
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms [%({x-request-reference}o)s]'
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


# --- metrics: all workers count into one folder, each into the files of its slot, which its successor goes on with

METRICS, METRICS_OWNER = "PROMETHEUS_MULTIPROC_DIR", "SPLITCHECK_METRICS_OWNER"
if (os.environ.get("METRICS_TOKEN") or read_list("METRICS_FROM")) and METRICS not in os.environ:
    # In the environment, where it outlives reloading this file and is found by a gunicorn that replaces this one.
    os.environ[METRICS] = tempfile.mkdtemp(prefix="splitcheck-metrics-")
    os.environ[METRICS_OWNER] = str(os.getpid())


def pre_fork(server: Any, worker: Any) -> None:
    """In the master: gives the worker the first slot that no living one has."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)


def post_fork(server: Any, worker: Any) -> None:
    os.environ.update(SPLITCHECK_METRICS_SLOT=f"{os.getpid()}:{worker.slot}")


def on_exit(server: Any) -> None:
    if os.environ.get(METRICS_OWNER) == str(os.getpid()) and not server.reexec_pid:
        shutil.rmtree(os.environ[METRICS], ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """Before the first request of each process, once Django is there. Ends gunicorn while a backup is restored."""
    from assess.backups.facade import RestoringError, start_serving

    try:
        start_serving()
    except RestoringError as refusal:
        worker.log.error(str(refusal))
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
