"""How to get a file of each format that is read: commands to copy, and what to know first."""

from dataclasses import dataclass
from typing import Final

from assess.language import N_


@dataclass(frozen=True, kw_only=True, slots=True)
class HowTo:
    """One format. `words` and `hint` are marked for translation; `command` is to be copied, "" for none."""

    words: str
    command: str
    hint: str = ""


HOW_TO: Final[tuple[HowTo, ...]] = (
    HowTo(
        words=N_("Deploys: GitHub Actions, by the gh program"),
        command="gh run list --workflow deploy.yml --branch main --limit 500 --json "
        "databaseId,attempt,status,conclusion,event,headBranch,workflowName,createdAt,startedAt,updatedAt > runs.json",
    ),
    HowTo(
        words=N_("Deploys: GitHub Actions, by its REST API"),
        command='gh api --paginate "repos/{owner}/{repo}/actions/workflows/deploy.yml/runs?branch=main&per_page=100" '
        "> runs.json",
        hint=N_("The file has names and commit messages. Reading drops them."),
    ),
    HowTo(
        words=N_("Deploys: GitLab deployments"),
        command='curl --header "PRIVATE-TOKEN: $TOKEN" "https://gitlab.example.com/api/v4/projects/ID/deployments'
        '?environment=production&order_by=id&sort=desc&per_page=100" > deployments.json',
        hint=N_("The file has names and commit messages. Reading drops them."),
    ),
    HowTo(
        words=N_("Deploys: GitLab pipelines"),
        command='curl --header "PRIVATE-TOKEN: $TOKEN" "https://gitlab.example.com/api/v4/projects/ID/pipelines'
        '?ref=main&per_page=100" > pipelines.json',
        hint=N_("Pipelines don’t say which of them deployed. Prefer deployments."),
    ),
    HowTo(
        words=N_("Deploys: a table"),
        command="created,finished,result,environment",
        hint=N_(
            "A CSV file with a row for each deploy. Columns may have other usual names, such as ended_at or status."
        ),
    ),
    HowTo(
        words=N_("Load: Prometheus"),
        command="curl -s http://prometheus:9090/api/v1/query --data-urlencode "
        "'query=sum by (view) (increase(django_http_requests_latency_seconds_by_view_method_sum[7d]))' > load.json",
        hint=N_("Any sum by one label that names a part will do. Take a week or more."),
    ),
    HowTo(
        words=N_("Load: py-spy"),
        command="py-spy record -f raw -d 600 -o stacks.txt --pid PID",
        hint=N_("Attach a scan first: its apps tell which file belongs to which part."),
    ),
    HowTo(
        words=N_("Load: access logs with times"),
        command='log_format timed \'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        "$request_time';",
        hint=N_("A line for nginx that adds the time. Apache, gunicorn and JSON lines are read too, also as .gz."),
    ),
    HowTo(
        words=N_("Cost: Kubernetes"),
        command="kubectl get deploy -o json > deploy.json",
        hint=N_(
            "Type what a core and a GiB cost a month to get a sum. The file may have settings; reading drops them."
        ),
    ),
    HowTo(
        words=N_("Calls between services: Jaeger"),
        command='curl -s "http://jaeger:16686/api/traces?service=shop&lookback=1h&limit=500" > traces.json',
        hint=N_("Traces in OTLP as JSON are read too."),
    ),
)
