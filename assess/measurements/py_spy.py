"""Reads the stacks that `py-spy record --format raw` writes: `frame;frame;frame 12`, the innermost frame last."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assess.language import N_, _, number
from assess.measurements.load import MAX_PARTS_READ, OTHER, build_load, clean_part
from assess.measurements.reading import DropLog, LineReader, Options
from assess.measurements.records import MappedField, Reading
from assess.questionnaire.facade import Issue, ValidationFailed

WORDS: Final = N_("py-spy, raw stacks")
PYTHON_FRAME: Final = re.compile(r"\.pyx?(?::\d+)?\)")
FILE: Final = re.compile(r"\(([^()]+\.pyx?)(?::\d+)?\)$")
#: A thread that waits takes no processor: innermost functions and the files that they are in.
IDLE: Final = re.compile(
    r"(?:wait|select|poll|accept|sleep|recv|recv_into|readinto|_wait_for_tstate_lock|get|dowait) "
    r"\((?:.*/)?(?:threading|selectors|socket|queue|connection|ssl|time|hub|asyncio/[a-z_]+)\.py(?::\d+)?\)"
)
LIBRARY_PATHS: Final = ("site-packages/", "dist-packages/", "/lib/python", "/lib64/python", "<frozen", "<string>")
#: Packages whose files py-spy shortens to their path within site-packages, where they look like the project's own.
LIBRARIES: Final = frozenset({
    "aiohttp", "allauth", "amqp", "anyio", "asgiref", "billiard", "boto3", "botocore", "celery", "cryptography",
    "daphne", "debug_toolbar", "django", "django_filters", "django_redis", "drf_spectacular", "elasticsearch",
    "fastapi", "gevent", "graphene", "graphql", "gunicorn", "h11", "httpcore", "httpx", "jinja2", "kombu", "lxml",
    "newrelic", "numpy", "openpyxl", "opentelemetry", "pandas", "PIL", "pip", "prometheus_client", "psycopg",
    "psycopg2", "pydantic", "pymysql", "redis", "reportlab", "requests", "rest_framework", "s3transfer",
    "sentry_sdk", "simplejson", "sqlalchemy", "sqlparse", "starlette", "stripe", "urllib3", "uvicorn", "uvloop",
    "uwsgidecorators", "vine", "waitress", "weasyprint", "werkzeug", "whitenoise",
})  # fmt: skip


def is_py_spy(lines: Sequence[str]) -> bool:
    """Whether most lines are stacks of Python files with a count. A line that may be cut off, the last, is no proof."""
    filled = [line for line in lines if line.strip()]
    stacks = sum(split_stack(line) is not None for line in filled)
    return stacks > 0 and stacks >= len(filled) * 0.7


def read_py_spy(lines: Iterable[bytes], options: Options) -> Reading:
    """The samples of each app. A stack counts for its innermost frame in an app, or without apps for the first folder
    of the project's own code; stacks of libraries alone are `OTHER`, and those that wait are dropped.

    Raises ValidationFailed when no stack is left.
    """
    dropped = DropLog()
    apps = index_apps(options.apps)
    words = {
        "not_a_stack": _("No stack: frames, a space and the number of samples."),
        "idle": _("The thread waits. Record without --idle."),
    }
    totals: dict[str, float] = {}
    part_of_frame: dict[str, str] = {}
    rows = 0
    for row, raw in enumerate(lines, start=1):
        text = raw.decode("utf-8", "replace").strip()
        if not text:
            continue
        rows += 1
        stack = split_stack(text)
        if stack is None:
            dropped.add(row, "not_a_stack", words["not_a_stack"])
            continue
        frames, samples = stack
        if IDLE.fullmatch(frames[-1].strip()):
            dropped.add(row, "idle", words["idle"])
            continue
        part = ""
        for frame in reversed(frames):
            found = part_of_frame.get(frame)
            if found is None:
                found = find_part(frame, apps)
                if len(part_of_frame) < 10 * MAX_PARTS_READ:
                    part_of_frame[frame] = found
            if found:
                part = found
                break
        if part not in totals and len(totals) >= MAX_PARTS_READ:
            part = OTHER
        part = part or OTHER
        totals[part] = totals.get(part, 0) + samples
    if not any(totals.values()):
        message = _("Record again under load, without --idle: no stack is left that does any work")
        raise ValidationFailed([Issue(code="no_load", message=message, key="file")])
    warnings = []
    if not options.apps:
        warnings.append(_("No scan is attached, so parts are the first folders of the code. Attach a scan first."))
    if sum(totals.values()) < 1000:
        count = number(int(sum(totals.values())))
        warnings.append(_("Only {count} samples. Record some minutes of a busy hour.").format(count=count))
    return Reading(
        kind="load",
        shape="py_spy",
        shape_words=_(WORDS),
        mapping=(
            MappedField(field="part", source=_("the file of a frame"), note=_("the innermost in an app")),
            MappedField(field="value", source=_("the number at the end"), note=_("samples")),
        ),
        rows_read=rows,
        dropped=tuple(dropped.listed),
        dropped_by_reason=dict(dropped.by_reason),
        content=build_load("samples", totals),
        warnings=tuple(warnings),
    )


def split_stack(line: str) -> tuple[list[str], int] | None:
    """The frames and how many samples had them; None for a line that is no stack."""
    frames, _space, samples = line.rpartition(" ")
    if not (samples.isascii() and samples.isdecimal() and len(samples) <= 12 and PYTHON_FRAME.search(frames)):
        return None
    return frames.split(";"), int(samples)


@dataclass(frozen=True, kw_only=True, slots=True)
class AppPaths:
    """The apps of a scan by where their files lie, so that a frame looks up its path's folders and not every app.

    `whole` is by the app's path, `ends` by that and by each end of it; values sort the longest path first, then as
    the scan has them. `depth` is the number of folders of the deepest one.
    """

    whole: Mapping[str, tuple[int, int, str]]
    ends: Mapping[str, tuple[int, int, str]]
    depth: int


def index_apps(apps: Mapping[str, str]) -> AppPaths:
    """The index of these apps, by how the paths of their files begin."""
    whole: dict[str, tuple[int, int, str]] = {}
    ends: dict[str, tuple[int, int, str]] = {}
    depth = 0
    for place, (prefix, app) in enumerate(apps.items()):
        steps = prefix.strip("/").split("/")
        found = (len(prefix), -place, app)
        depth = max(depth, len(steps))
        whole["/".join(steps)] = max(found, whole.get("/".join(steps), found))
        for at in range(len(steps)):
            end = "/".join(steps[at:])
            ends[end] = max(found, ends.get(end, found))
    return AppPaths(whole=whole, ends=ends, depth=depth)


def find_part(frame: str, apps: AppPaths) -> str:
    """The app of a frame, or without apps the first folder of its file; "" for a library's and for no file.

    py-spy shortens a path to what is left below `sys.path`, so an app's path may begin further up than a frame's.

    >>> find_part("total (/srv/shop/orders/models.py:41)", index_apps({"shop/orders/": "orders"}))
    'orders'
    >>> find_part("total (orders/models.py:41)", index_apps({"shop/orders/": "orders"}))
    'orders'
    """
    match = FILE.search(frame.strip())
    if match is None:
        return ""
    path = match[1].replace("\\", "/")
    if any(each in path for each in LIBRARY_PATHS):
        return ""
    if apps.depth:
        folders = path.split("/")[:-1]
        lengths = range(1, apps.depth + 1)
        found = [apps.ends.get("/".join(folders[:length])) for length in lengths if length <= len(folders)]
        for begin in range(1, len(folders)):
            found += [apps.whole.get("/".join(folders[begin : begin + length])) for length in lengths]
        return max((each for each in found if each), default=(0, 0, ""))[2]
    folder, has_folder, _rest = path.removeprefix("./").lstrip("/").partition("/")
    if not has_folder or folder in LIBRARIES or folder in sys.stdlib_module_names:
        return ""
    if path.startswith("/"):  # a whole path: where the code lies says nothing, the last two folders do
        folder = path.rsplit("/", 2)[1]
    return clean_part(folder)


PY_SPY: Final = LineReader(kind="load", shape="py_spy", words=WORDS, recognises=is_py_spy, read=read_py_spy)
