"""Deploys from what GitHub and GitLab export, and with the table of `deploy_table` all five formats of them.

Read the real shapes at docs.github.com (workflow runs), cli.github.com (gh run list) and docs.gitlab.com (pipelines,
deployments). Decides where each has its times and result; `deploy_rules` decides what counts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from assess.language import N_, _
from assess.measurements.deploy_rules import DROP_WORDS, Run, build_reading, no_rows
from assess.measurements.deploy_table import TABLE
from assess.measurements.reading import DropLog, JsonReader, Options, Reader
from assess.measurements.records import MappedField, Reading
from assess.measurements.times import Unreadable, read_duration, read_time


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPaths:
    created: tuple[str, ...]
    started: tuple[str, ...]
    finished: tuple[str, ...]
    outcome: tuple[str, ...]
    state: tuple[str, ...] = ()  #: whether it has ended, where that is not with the outcome
    queued: tuple[str, ...] = ()  #: seconds in the queue
    environment: tuple[str, ...] = ()
    workflow: tuple[str, ...] = ()  #: what tells workflows apart
    title: tuple[str, ...] = ()  #: a workflow's name, or a run's own
    branch: tuple[str, ...] = ()
    event: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    attempt: tuple[str, ...] = ()
    warning: str = ""


GITHUB_END: Final = N_("GitHub gives a run no end: its last change counts as the end.")
PATHS: Final[Mapping[str, RunPaths]] = {
    "github_rest": RunPaths(
        created=("created_at",),
        started=("run_started_at",),
        finished=("updated_at",),
        outcome=("conclusion",),
        state=("status",),
        workflow=("path",),
        title=("name",),
        branch=("head_branch",),
        event=("event",),
        service=("repository.name",),
        attempt=("run_attempt",),
        warning=GITHUB_END,
    ),
    "github_cli": RunPaths(
        created=("createdAt",),
        started=("startedAt",),
        finished=("updatedAt",),
        outcome=("conclusion",),
        state=("status",),
        workflow=("workflowName", "name"),
        title=("workflowName",),
        branch=("headBranch",),
        event=("event",),
        attempt=("attempt",),
        warning=GITHUB_END,
    ),
    "gitlab_pipelines": RunPaths(
        created=("created_at",),
        started=("started_at",),
        finished=("finished_at", "updated_at"),
        outcome=("status",),
        queued=("queued_duration",),
        branch=("ref",),
        event=("source",),
        warning=N_("GitLab's pipelines don't say which of them deployed. Its deployments do."),
    ),
    "gitlab_deployments": RunPaths(
        created=("deployable.pipeline.created_at", "deployable.created_at", "created_at"),
        started=("deployable.started_at",),
        finished=("deployable.finished_at", "finished_at", "updated_at"),
        outcome=("status",),
        queued=("deployable.queued_duration",),
        environment=("environment.name",),
    ),
}
#: Letters of a name or result that are looked at; git's own limit of a branch is 255.
MAX_TEXT: Final = 300
IDENTITIES: Final = ("id", "databaseId")


def look_up(entry: Mapping[str, Any], paths: Sequence[str]) -> tuple[str, Any]:
    """The first of the paths that leads to a value, and that value; ("", None) for none."""
    for path in paths:
        value: Any = entry
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and value != "":
            return path, value
    return "", None


def text_at(entry: Mapping[str, Any], paths: Sequence[str]) -> str:
    value = look_up(entry, paths)[1]
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def list_entries(document: object) -> list[Any]:
    """The runs in a document: of a list, or of the pages of GitHub's answers, in whatever lists they were put."""
    if isinstance(document, dict):
        runs = document.get("workflow_runs")
        return runs if isinstance(runs, list) else []
    entries: list[Any] = []
    for entry in cast(list[Any], document):
        is_page = isinstance(entry, list) or (isinstance(entry, dict) and "workflow_runs" in entry)
        entries.extend(list_entries(entry) if is_page else [entry])
    return entries


def first_entry(document: object) -> Mapping[str, Any]:
    """The first run, by which a list is recognised; empty for whatever is no list of objects."""
    while isinstance(document, list) and document:
        document = document[0]
    return document if isinstance(document, dict) else {}


def is_github_rest(document: object) -> bool:
    first = first_entry(document)
    return isinstance(first.get("workflow_runs"), list) or (
        isinstance(document, list) and {"run_number", "created_at", "updated_at"} <= first.keys()
    )


def is_github_cli(document: object) -> bool:
    first = first_entry(document)
    return isinstance(document, list) and "updatedAt" in first and bool({"createdAt", "startedAt"} & first.keys())


def is_gitlab_pipelines(document: object) -> bool:
    first = first_entry(document)
    return (
        isinstance(document, list)
        and {"status", "ref", "created_at"} <= first.keys()
        and not ({"environment", "deployable", "run_number"} & first.keys())
    )


def is_gitlab_deployments(document: object) -> bool:
    return isinstance(document, list) and {"environment", "status", "created_at"} <= first_entry(document).keys()


def read_json_runs(shape: str, words: str, document: object, options: Options) -> Reading:
    """The reading of a document of this shape."""
    paths, drops = PATHS[shape], DropLog()
    entries = list_entries(document)
    used: dict[str, str] = {}

    def read_entries() -> Iterator[Run]:
        for row, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict):
                drops.add(row, "not_an_object", DROP_WORDS["not_an_object"])
                continue
            try:
                yield read_entry(row, entry)
            except Unreadable as error:
                drops.add(row, error.reason, error.words)

    def read_entry(row: int, entry: Mapping[str, Any]) -> Run:
        found = {name: look_up(entry, getattr(paths, name)) for name in ("created", "started", "finished", "queued")}
        used.update({name: path for name, (path, _value) in found.items() if path and name not in used})
        created, started, finished = (read_time(found[name][1]) for name in ("created", "started", "finished"))
        queued = read_duration(found["queued"][1], "s")
        # A run that was started again keeps its first creation, which may be weeks ago.
        is_again = look_up(entry, paths.attempt)[1] not in (None, 1)
        if is_again and started is not None:
            created = None
        if queued is None and created is not None and started is not None and not paths.environment:
            queued = started - created
        state = text_at(entry, paths.state)
        identity = look_up(entry, IDENTITIES)[1]
        return Run(
            row=row,
            begins=created if created is not None else started,
            finished=finished,
            seconds=None,
            waited_seconds=queued,
            outcome=text_at(entry, paths.outcome) or ("" if state == "completed" else state),
            environment=text_at(entry, paths.environment) if paths.environment else None,
            workflow=text_at(entry, paths.workflow) or text_at(entry, paths.title) or None,
            title=text_at(entry, paths.title),
            branch=text_at(entry, paths.branch) or None,
            event=text_at(entry, paths.event),
            service=text_at(entry, paths.service),
            identity=identity if isinstance(identity, int | str) else None,
        )

    if not entries:
        raise no_rows()
    runs = list(read_entries())
    used["result"] = paths.outcome[0]
    used.update({"environment": paths.environment[0]} if paths.environment else {})
    mapping = [MappedField(field=name, source=source) for name, source in used.items()]
    warnings = [_(paths.warning)] if paths.warning else []
    return build_reading(shape, words, mapping, len(entries), runs, drops, warnings, options)


GITHUB_REST_WORDS: Final = N_("GitHub Actions, from the REST API")
GITHUB_CLI_WORDS: Final = N_("GitHub Actions, from gh run list")
PIPELINES_WORDS: Final = N_("GitLab pipelines")
DEPLOYMENTS_WORDS: Final = N_("GitLab deployments")


def json_reader(shape: str, words: str, recognises: Callable[[object], bool]) -> JsonReader:
    return JsonReader(
        kind="deploys",
        shape=shape,
        words=words,
        recognises=recognises,
        read=lambda document, options: read_json_runs(shape, words, document, options),
    )


READERS: Final[tuple[Reader, ...]] = (
    json_reader("github_rest", GITHUB_REST_WORDS, is_github_rest),
    json_reader("github_cli", GITHUB_CLI_WORDS, is_github_cli),
    json_reader("gitlab_deployments", DEPLOYMENTS_WORDS, is_gitlab_deployments),
    json_reader("gitlab_pipelines", PIPELINES_WORDS, is_gitlab_pipelines),
    TABLE,
)
