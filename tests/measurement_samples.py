"""The same 60 runs in each format of deploys, as GitHub, GitLab and a team would export them, names and all."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: What stands in the exports and must never get any further.
PERSONAL = ("octo-olga", "Olga Octavia", "olga@corp.example", "Fix Olga's tax bug", "olga/fix-tax", "0ff1ce0ff1ce")


@dataclass(frozen=True)
class SampleRun:
    number: int
    created: datetime
    started: datetime
    finished: datetime
    result: str  #: success, failure, cancelled, running


def sixty_runs() -> list[SampleRun]:
    """Two a day over thirty days: 50 succeed, 6 fail, 2 are cancelled, 2 are still running."""
    runs = []
    for number in range(60):
        created = datetime(2025, 3, 1, 9 if number % 2 else 15, tzinfo=UTC) + timedelta(days=number // 2)
        started = created + timedelta(minutes=number % 7)
        result = "failure" if number % 10 == 4 else "cancelled" if number in (20, 40) else "success"
        result = "running" if number > 57 else result
        runs.append(SampleRun(number, created, started, started + timedelta(minutes=10 + number % 13), result))
    return runs


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def github_rest(runs: list[SampleRun], **changes: Any) -> bytes:
    login, name, email, message, _branch, sha = PERSONAL
    person = {"login": login, "id": 7, "url": f"https://api.github.example/users/{login}", "type": "User"}
    entries = [
        {
            "id": 9000 + run.number, "name": "Deploy to production", "head_branch": "main", "head_sha": sha,
            "path": ".github/workflows/deploy.yml", "display_title": message, "run_number": run.number, "event": "push",
            "status": "in_progress" if run.result == "running" else "completed",
            "conclusion": None if run.result == "running" else run.result, "workflow_id": 1, "pull_requests": [],
            "created_at": iso(run.created), "updated_at": iso(run.finished), "actor": person, "run_attempt": 1,
            "run_started_at": iso(run.started), "triggering_actor": person,
            "head_commit": {"id": sha, "message": message, "author": {"name": name, "email": email}},
            "repository": {"id": 1, "name": "shop", "full_name": f"{login}/shop", "owner": person},
            **changes,
        }
        for run in runs
    ]  # fmt: skip
    return json.dumps({"total_count": len(entries), "workflow_runs": entries}, indent=1).encode()


def github_cli(runs: list[SampleRun], **changes: Any) -> bytes:
    entries = [
        {
            "attempt": 1, "conclusion": "" if run.result == "running" else run.result, "createdAt": iso(run.created),
            "databaseId": 9000 + run.number, "displayTitle": PERSONAL[3], "event": "push", "headBranch": "main",
            "headSha": PERSONAL[5], "name": "Deploy to production", "number": run.number,
            "startedAt": iso(run.started), "status": "in_progress" if run.result == "running" else "completed",
            "updatedAt": iso(run.finished), "url": "https://github.example/octo-olga/shop/actions/runs/1",
            "workflowDatabaseId": 1, "workflowName": "Deploy to production", **changes,
        }
        for run in runs
    ]  # fmt: skip
    return json.dumps(entries).encode()


GITLAB = {"failure": "failed", "cancelled": "canceled"}


def gitlab_pipelines(runs: list[SampleRun], **changes: Any) -> bytes:
    """As one pipeline is answered; the list of them has neither user, start, end nor times in the queue."""
    login, name, email, message, _branch, sha = PERSONAL
    entries = [
        {
            "id": 9000 + run.number, "iid": run.number, "project_id": 1, "name": message, "sha": sha, "ref": "main",
            "status": GITLAB.get(run.result, run.result), "source": "push", "created_at": iso(run.created),
            "updated_at": iso(run.finished), "started_at": iso(run.started),
            "finished_at": None if run.result == "running" else iso(run.finished),
            "queued_duration": (run.started - run.created).total_seconds(), "web_url": f"https://gl.example/{login}/1",
            "user": {"id": 7, "name": name, "username": login, "public_email": email}, **changes,
        }
        for run in runs
    ]  # fmt: skip
    return json.dumps(entries).encode()


def gitlab_pipeline_list(runs: list[SampleRun]) -> bytes:
    kept = ("id", "iid", "project_id", "sha", "ref", "status", "source", "created_at", "updated_at", "web_url", "name")
    return json.dumps([{key: each[key] for key in kept} for each in json.loads(gitlab_pipelines(runs))]).encode()


def gitlab_deployments(runs: list[SampleRun], **changes: Any) -> bytes:
    login, name, email, message, branch, sha = PERSONAL
    person = {"id": 7, "name": name, "username": login, "avatar_url": f"https://gl.example/{login}.png"}
    entries = [
        {
            "id": 9000 + run.number, "iid": run.number, "ref": branch, "sha": sha, "created_at": iso(run.started),
            "updated_at": iso(run.finished), "status": GITLAB.get(run.result, run.result), "user": person,
            "environment": {"id": 1, "name": "production", "external_url": "https://shop.example"},
            "deployable": {
                "id": run.number, "status": GITLAB.get(run.result, run.result), "stage": "deploy", "name": "deploy",
                "ref": branch, "created_at": iso(run.created), "started_at": iso(run.started),
                "finished_at": iso(run.finished), "queued_duration": (run.started - run.created).total_seconds(),
                "user": person, "commit": {"id": sha, "author_name": name, "author_email": email, "message": message},
                "pipeline": {"id": run.number, "created_at": iso(run.created), "ref": branch, "sha": sha},
            },
            **changes,
        }
        for run in runs
    ]  # fmt: skip
    return json.dumps(entries).encode()


def deploys_csv(runs: list[SampleRun], separator: str = ",") -> bytes:
    login, name, email, message, _branch, sha = PERSONAL
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["id", "merged at", "started", "finished", "status", "environment", "author", "message"])
    for run in runs:
        times = [iso(run.created), iso(run.started), "" if run.result == "running" else iso(run.finished)]
        writer.writerow([run.number, *times, run.result, "prod", f"{name} <{email}>", f"{message} {sha} {login}"])
    return text.getvalue().encode()


FORMATS = {
    "github_rest": github_rest,
    "github_cli": github_cli,
    "gitlab_pipelines": gitlab_pipelines,
    "gitlab_deployments": gitlab_deployments,
    "csv": deploys_csv,
}


def kubectl(*workloads: dict[str, Any]) -> bytes:
    """A List as `kubectl get deploy -o json` prints it, of workloads as `workload` makes them."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(workloads), "metadata": {}}).encode()


def workload(
    name: str = "shop", *, kind: str = "Deployment", replicas: Any = 2, requests: Any = None
) -> dict[str, Any]:
    """`requests` of one container, or a list of them, one for each container."""
    requests = {"cpu": "250m", "memory": "512Mi"} if requests is None else requests
    containers = [{"name": "web", "resources": {"requests": each}} for each in as_list(requests)]
    metadata = {"name": name, "namespace": "default", "annotations": {"owner": PERSONAL[2]}}
    spec = {"replicas": replicas, "template": {"spec": {"containers": containers}}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
