"""Tools that a project uses for operating itself: listed as a dependency, imported or configured, with the file.

Pure. What is not found may be there all the same: a gateway of the platform team is in no repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assess.evidence.scanner.facts import Capability, FileFacts, SourceFile
from assess.evidence.scanner.history import CODEOWNERS_PATHS

MAX_FILES_SHOWN = 20
MAX_LINE = 20_000


@dataclass(frozen=True)
class Tool:
    """How one tool shows: names of distributions ("x-*" for all that begin so), modules, and paths."""

    kind: str
    name: str
    distributions: str = ""
    modules: str = ""
    paths: str = ""  #: a regular expression for the end of a path


TOOLS = (
    Tool("tracing", "opentelemetry", "opentelemetry-*", "opentelemetry", r"otel[^/]*\.ya?ml"),
    Tool("tracing", "sentry", "sentry-sdk raven", "sentry_sdk raven"),
    Tool("tracing", "datadog_trace", "ddtrace", "ddtrace"),
    Tool("tracing", "newrelic", "newrelic", "newrelic", r"newrelic\.ini"),
    Tool("tracing", "elastic_apm", "elastic-apm", "elasticapm"),
    Tool("tracing", "jaeger", "jaeger-client", "jaeger_client", r"jaeger[^/]*\.ya?ml"),
    Tool("tracing", "zipkin", "py-zipkin", "py_zipkin"),
    Tool("tracing", "scout_apm", "scout-apm", "scout_apm"),
    Tool("tracing", "honeycomb", "honeycomb-beeline", "beeline"),
    Tool("tracing", "aws_xray", "aws-xray-sdk", "aws_xray_sdk"),
    Tool("tracing", "opencensus", "opencensus opencensus-*", "opencensus"),
    Tool("logging", "structlog", "structlog django-structlog", "structlog django_structlog"),
    Tool("logging", "json_logger", "python-json-logger", "pythonjsonlogger"),
    Tool("logging", "loguru", "loguru", "loguru"),
    Tool("logging", "logstash", "python-logstash python3-logstash python-logstash-async", "logstash logstash_async"),
    Tool("logging", "graylog", "graypy", "graypy"),
    Tool("logging", "fluentd", "fluent-logger", "fluent", r"fluent(?:-bit|d)?\.conf"),
    Tool("logging", "ecs_logging", "ecs-logging", "ecs_logging"),
    Tool("logging", "google_cloud_logging", "google-cloud-logging", "google.cloud.logging google.cloud.logging_v2"),
    Tool("logging", "cloudwatch", "watchtower", "watchtower"),
    Tool("logging", "loki", "python-logging-loki", "logging_loki", r"(?:promtail|loki)[^/]*\.ya?ml"),
    Tool("logging", "filebeat", paths=r"filebeat\.ya?ml"),
    Tool("logging", "vector", paths=r"vector\.(?:toml|ya?ml)"),
    Tool(
        "metrics",
        "prometheus",
        "prometheus-client django-prometheus prometheus-fastapi-instrumentator",
        "prometheus_client django_prometheus",
        r"prometheus[^/]*\.ya?ml",
    ),
    Tool("metrics", "statsd", "statsd django-statsd django-statsd-mozilla pystatsd", "statsd django_statsd"),
    Tool("metrics", "datadog", "datadog", "datadog", r"datadog\.ya?ml"),
    Tool("metrics", "influxdb", "influxdb influxdb-client", "influxdb influxdb_client"),
    Tool("metrics", "markus", "markus", "markus"),
    Tool("broker", "celery", "celery django-celery-beat django-celery-results", "celery"),
    Tool("broker", "dramatiq", "dramatiq django-dramatiq", "dramatiq"),
    Tool("broker", "rq", "rq django-rq", "rq django_rq"),
    Tool("broker", "huey", "huey", "huey"),
    Tool("broker", "django_q", "django-q django-q2", "django_q"),
    Tool("broker", "procrastinate", "procrastinate", "procrastinate"),
    Tool("broker", "kombu", "kombu", "kombu"),
    Tool("broker", "rabbitmq", "pika aio-pika", "pika aio_pika", r"rabbitmq\.conf"),
    Tool(
        "broker",
        "kafka",
        "kafka-python kafka-python-ng confluent-kafka aiokafka faust faust-streaming",
        "kafka confluent_kafka aiokafka faust",
    ),
    Tool("broker", "nats", "nats-py", "nats"),
    Tool("broker", "google_pubsub", "google-cloud-pubsub", "google.cloud.pubsub google.cloud.pubsub_v1"),
    Tool("broker", "azure_service_bus", "azure-servicebus", "azure.servicebus"),
    Tool("flags", "waffle", "django-waffle", "waffle"),
    Tool("flags", "django_flags", "django-flags", "flags"),
    Tool("flags", "gargoyle", "gargoyle gargoyle-yplan", "gargoyle"),
    Tool("flags", "launchdarkly", "launchdarkly-server-sdk", "ldclient"),
    Tool("flags", "unleash", "unleashclient", "UnleashClient"),
    Tool("flags", "flagsmith", "flagsmith", "flagsmith"),
    Tool("flags", "growthbook", "growthbook", "growthbook"),
    Tool("flags", "openfeature", "openfeature-sdk", "openfeature"),
    Tool("flags", "split", "splitio-client", "splitio"),
    Tool("breakers", "pybreaker", "pybreaker", "pybreaker"),
    Tool("breakers", "circuitbreaker", "circuitbreaker", "circuitbreaker"),
    Tool("breakers", "aiobreaker", "aiobreaker", "aiobreaker"),
    Tool("breakers", "purgatory", "purgatory", "purgatory"),
    Tool("breakers", "hyx", "hyx", "hyx"),
    Tool("gateway", "kong", paths=r"kong\.ya?ml"),
    Tool("gateway", "traefik", paths=r"traefik[^/]*\.(?:ya?ml|toml)"),
    Tool("gateway", "envoy", paths=r"envoy\.ya?ml"),
    Tool("gateway", "krakend", paths=r"krakend\.(?:json|tmpl)"),
    Tool("gateway", "nginx", paths=r"(?:nginx[^/]*\.conf(?:\.[^/]+)?|nginx/.+\.conf)"),
    Tool("gateway", "haproxy", paths=r"haproxy\.cfg"),
    Tool("gateway", "caddy", paths=r"Caddyfile"),
    Tool("ci", "github_actions", paths=r"\.github/workflows/[^/]+\.ya?ml"),
    Tool("ci", "gitlab_ci", paths=r"\.gitlab-ci\.ya?ml"),
    Tool("ci", "circleci", paths=r"\.circleci/config\.ya?ml"),
    Tool("ci", "travis", paths=r"\.travis\.ya?ml"),
    Tool("ci", "jenkins", paths=r"Jenkinsfile(?:\.[^/]+)?"),
    Tool("ci", "azure_pipelines", paths=r"azure-pipelines[^/]*\.ya?ml"),
    Tool("ci", "bitbucket_pipelines", paths=r"bitbucket-pipelines\.ya?ml"),
    Tool("ci", "drone", paths=r"\.drone\.ya?ml"),
    Tool("ci", "woodpecker", paths=r"\.woodpecker(?:/[^/]+)?\.ya?ml"),
    Tool("ci", "buildkite", paths=r"\.buildkite/[^/]+\.ya?ml"),
    Tool("ci", "semaphore", paths=r"\.semaphore/[^/]+\.ya?ml"),
    Tool("ci", "google_cloud_build", paths=r"cloudbuild[^/]*\.ya?ml"),
    Tool("containers", "docker", paths=r"(?:(?:Dockerfile|Containerfile)(?:[.-][^/]+)?|[^/]+\.[Dd]ockerfile)"),
    Tool("containers", "compose", paths=r"(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml"),
    Tool("containers", "kubernetes", paths=r"(?:kustomization|(?:k8s|kubernetes)/.+)\.ya?ml"),
    Tool("containers", "helm", paths=r"Chart\.ya?ml"),
    Tool("containers", "skaffold", paths=r"skaffold\.ya?ml"),
    Tool("boundaries", "import_linter", "import-linter", "importlinter", r"\.importlinter"),
    Tool("boundaries", "tach", "tach", "tach", r"tach\.(?:toml|ya?ml)"),
    Tool("boundaries", "pytest_archon", "pytest-archon", "pytest_archon"),
    Tool("boundaries", "pytestarch", "pytestarch", "pytestarch"),
    Tool("boundaries", "deply", "deply", "deply", r"deply\.ya?ml"),
)
#: Sections of other files that configure a tool.
TOOL_SECTIONS = {"tool.importlinter": "import_linter", "importlinter": "import_linter", "tool.tach": "tach"}
TOOL_OF_DISTRIBUTION = {each: tool for tool in TOOLS for each in tool.distributions.split()}
TOOL_OF_MODULE = {each: tool for tool in TOOLS for each in tool.modules.split()}
#: CI reads its file at the top; deeper ones came along with copied code.
TOOL_PATHS = [
    (tool, re.compile(rf"{'' if tool.kind == 'ci' else '(?:.*/)?'}{tool.paths}\Z", re.DOTALL))
    for tool in TOOLS
    if tool.paths
]
ANY_TOOL_PATH = re.compile("|".join(pattern.pattern for _, pattern in TOOL_PATHS), re.DOTALL)
REQUIREMENTS_PATH = re.compile(
    r"(?:.*/)?(?:(?:requirements|reqs|deps)/(?:.*/)?[^/]+|[^/]*requirements[^/]*)\.(?:txt|in)\Z", re.DOTALL
)
LISTS_OF_SECTIONS = {"pyproject.toml", "setup.cfg", "Pipfile", "poetry.lock", "uv.lock", "pdm.lock"}
DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: Two groups, one of them a string's text; neither in a comment, in which quotes mean nothing.
QUOTED = re.compile(r"#[^\n]*|\"([^\"\n]*)\"|'([^'\n]*)'")


def is_configuration(path: str) -> bool:
    """Whether `find_capabilities` or `read_people` want the content of this file."""
    name = path.rpartition("/")[2]
    return (
        name in LISTS_OF_SECTIONS
        or name == "setup.py"
        or path in CODEOWNERS_PATHS
        or bool(REQUIREMENTS_PATH.match(path))
        or bool(ANY_TOOL_PATH.match(path))
    )


def find_capabilities(configuration: Sequence[SourceFile], python: Sequence[FileFacts]) -> list[Capability]:
    """Every tool found, sorted by kind and name. `setup.py` belongs to `configuration` as well as to `python`."""
    listed: dict[str, set[str]] = {tool.name: set() for tool in TOOLS}
    imported: dict[str, set[str]] = {tool.name: set() for tool in TOOLS}
    configured: dict[str, set[str]] = {tool.name: set() for tool in TOOLS}
    for file in configuration:
        for tool, pattern in TOOL_PATHS:
            if pattern.match(file.path):
                configured[tool.name].add(file.path)
        text = file.content.decode("utf-8", "replace")
        for section in re.findall(r"^\[+([^\]\n:]+)", text, re.MULTILINE) if is_list_of_sections(file.path) else ():
            if section in TOOL_SECTIONS:
                configured[TOOL_SECTIONS[section]].add(file.path)
        for distribution in find_distributions(file.path, text):
            start = distribution.partition("-")[0]
            found = TOOL_OF_DISTRIBUTION.get(distribution) or TOOL_OF_DISTRIBUTION.get(f"{start}-*")
            if found:
                listed[found.name].add(file.path)
    own = first_party_names(facts.path for facts in python)
    for facts in python:
        for module in imported_modules(facts):
            parts = module.split(".")
            if parts[0] in own:
                continue
            for end in range(1, min(len(parts), 3) + 1):
                found = TOOL_OF_MODULE.get(".".join(parts[:end]))
                if found:
                    imported[found.name].add(facts.path)
    capabilities = [
        Capability(
            tool.kind,
            tool.name,
            *(tuple(sorted(found[tool.name])[:MAX_FILES_SHOWN]) for found in (listed, imported, configured)),
        )
        for tool in TOOLS
        if listed[tool.name] or imported[tool.name] or configured[tool.name]
    ]
    return sorted(capabilities, key=lambda each: (each.kind, each.name))


def imported_modules(facts: FileFacts) -> Iterator[str]:
    """What a file imports by absolute name: each module, and each name in it, which may be a module as well."""
    for each in facts.imports:
        if each.level == 0 and each.module:
            yield each.module
            yield from (f"{each.module}.{name}" for name in each.names)


def first_party_names(paths: Iterable[str]) -> set[str]:
    """Names of the repository's own packages that are imported as they are, such as an app named `flags`."""
    files = set(paths)
    folders = {path.rpartition("/")[0] for path in files if "/" in path}
    own = set()
    for folder in folders:
        parent, _, name = folder.rpartition("/")
        if (f"{parent}/__init__.py" if parent else "__init__.py") not in files:
            own.add(name)
    return own


def is_list_of_sections(path: str) -> bool:
    return path.rpartition("/")[2] in LISTS_OF_SECTIONS


def find_distributions(path: str, text: str) -> set[str]:
    """The distributions that a list of dependencies names, normalised ("Django_Waffle" is django-waffle)."""
    if is_list_of_sections(path):
        found: Iterable[str] = distributions_of_sections(text)
    elif path.rpartition("/")[2] == "setup.py":
        found = distributions_of_setup(text)
    elif REQUIREMENTS_PATH.match(path):
        lines = (re.sub(r"^(?:-e|--editable)\s+", "", line.strip()) for line in text.splitlines())
        found = (re.sub(r"^[a-z+]+:.*#egg=", "", line) for line in lines)
    else:
        return set()
    names = (DISTRIBUTION.match(each.strip()) for each in found)
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}


def distributions_of_sections(text: str) -> Iterator[str]:
    """Requirements in TOML and setup.cfg, by section and key: PEP 621, groups, Poetry, PDM, uv, Pipfile, lock files.

    Reads line by line, since Python 3.9 has no TOML: enough for lists of strings and tables of names.
    """
    section = key = ""
    for whole in text.splitlines():
        line = whole[:MAX_LINE]
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        header = re.match(r"\[+([^\]\[]+)\]", line)
        if header:
            section, key = header.group(1).strip(), ""
            table = re.match(r"tool\.poetry\.(?:.+\.)?(?:dev-)?dependencies\.(.+)", section)
            if table:
                yield table.group(1).strip("\"'")
            continue
        # An indented line goes on with the key above it, but for TOML's rare indented keys.
        assignment = re.match(r"[\"']?([A-Za-z0-9._-]+)[\"']?\s*=(?!=)\s*(.*)", line)
        value = stripped
        if assignment:
            key, value = assignment.groups()
        if section in ("package", "packages") and assignment and key == "name":  # a lock file
            yield value.strip("\"' ")
        elif section in ("packages", "dev-packages") or re.match(
            r"tool\.poetry\.(?:group\.[^.]+\.)?(?:dev-)?dependencies\Z", section
        ):
            if assignment:
                yield key
        elif section in ("options", "options.extras_require") and (section != "options" or key == "install_requires"):
            yield value
        elif (
            (section == "project" and key == "dependencies")
            or section in ("project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies")
            or (section == "tool.uv" and key == "dev-dependencies")
        ):
            yield from ("".join(each) for each in QUOTED.findall(re.sub(r"\{[^{}]*\}", "", value)))


def distributions_of_setup(text: str) -> Iterator[str]:
    """Strings in the lists that setup.py passes as `install_requires` or `extras_require`, where they stand there."""
    tokens = re.compile(rf"[\[({{]|[\])}}]|{QUOTED.pattern}")
    read_to = 0
    for start in re.finditer(r"\b(?:install_requires|extras_require|tests_require)\s*=\s*(?=[\[({])", text):
        if start.start() < read_to:
            continue
        depth = 0
        for token in tokens.finditer(text, start.end()):
            read_to = token.end()
            if token.group() in ("[", "(", "{"):
                depth += 1
            elif token.group() in ("]", ")", "}"):
                depth -= 1
                if depth == 0:
                    break
            else:
                yield "".join(token.groups(""))
