"""Reads the environment for settings and gunicorn's configuration, and collects what is wrong with it.

Knows no Django: gunicorn's master reads it too, and must not load the site.
"""

import errno
import os
import socket
from pathlib import Path

#: What is wrong with the environment, collected so that one start shows all of it.
issues: list[str] = []


def read_bool(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def read_list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def read_number(name: str, default: int, *, least: int = 0, most: int = 1_000_000_000) -> int:
    """The number, or `default` where there is none, with an issue where there is something else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()):
        issues.append(f"{name} is not a whole number. Set it to digits only, such as {default}.")
        return default
    if not least <= int(text) <= most:
        issues.append(f"{name} is {text}, which is not between {least} and {most}. Set it to one such as {default}.")
        return default
    return int(text)


def read_port(name: str, default: int) -> int:
    return read_number(name, default, least=1, most=65_535)


def read_log_format() -> str:
    """How log lines are written: `line` for people, `json` for log collectors."""
    text = os.environ.get("LOG_FORMAT", "").strip().lower() or "line"
    if text not in {"line", "json"}:
        issues.append("LOG_FORMAT is unknown. Set it to 'line' or 'json', or leave it out for 'line'.")
        return "line"
    return text


def read_bind(default_port: int) -> str:
    """Where gunicorn listens: `host:port`, `unix:/path` or `fd://number`. Without BIND: the port, on this machine."""
    text = os.environ.get("BIND", "").strip()
    if not text:
        return f"127.0.0.1:{default_port}"
    if text.startswith(("unix:", "fd://")):
        return text
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) <= 65_535 or set(host) & set("/@ "):
        issues.append("BIND is no address to listen on. Write host and port, such as 127.0.0.1:8000.")
    return text


def find_bind_problem(bind: str) -> str:
    """Why nobody could listen there, "" where it can be or where it is only taken: that may pass."""
    if bind.startswith(("unix:", "fd://")):
        return ""
    host, _colon, port = bind.rpartition(":")
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(
            host.strip("[]") or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return ""
        return f"BIND={bind} cannot be listened on: {problem.strerror or problem}."
    return ""


def make_folder(name: str, folder: Path) -> None:
    """Makes the folder that the setting `name` chose; an issue where it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        issues.append(f"{name}: the folder {folder} cannot be made ({problem.strerror}). Choose one that can.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        issues.append(f"{name}: the folder {folder} cannot be written to. Give it to the user who runs the site.")
