"""Names and numbers in a file that are meant to break what reads them later: the page, the report, the clock."""

import io
import json
from typing import Any

import pytest

from assess.measurements import deploy_rules, traces
from assess.measurements.facade import Calls, Deploys, Load, Options, Reading, from_json, read_measurements, to_json
from assess.measurements.prometheus import read_prometheus
from assess.questionnaire.facade import INVISIBLE, ValidationFailed
from tests.measurement_samples import kubectl, workload
from tests.work import within

#: Characters that Python calls printable and nobody sees: fillers and joiners.
UNSEEN = [letter for letter in map(chr, range(0x110000)) if letter in INVISIBLE and letter.isprintable()]
#: Some more that no text should have.
HIDDEN = [*UNSEEN, "\x00", "\x1b", "\u202e", "\u2028", "\ud800"]
RUN = {
    "status": "completed", "conclusion": "success", "createdAt": "2025-01-01T00:00:00Z",
    "startedAt": "2025-01-01T00:00:00Z", "updatedAt": "2025-01-01T01:00:00Z", "headBranch": "main",
}  # fmt: skip


def read(document: Any) -> Reading:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_measurements(io.BytesIO(content), options=Options())


def otlp(*services: str, spans: Any = None) -> dict[str, Any]:
    """Each service calls the next one; with `spans` each has these."""
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [attribute("service.name", name)]},
                "scopeSpans": [
                    {"spans": spans or [{"traceId": "a", "spanId": f"s{at}", "parentSpanId": f"s{at - 1}"}]}
                ],
            }
            for at, name in enumerate(services, start=1)
        ]
    }


def attribute(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": text}}


def files_with(name: str) -> dict[str, Any]:
    """By format a file with this name wherever the format has names that are kept."""
    return {
        "otlp": otlp(name, "b", f"c{name}"),
        "kubectl": kubectl(workload(name)),
        "csv": f"started,finished,service\n1700000000,1700000600,{name}\n".encode("utf-8", "surrogatepass"),
        "prometheus": {"data": {"resultType": "vector", "result": [{"metric": {"view": name}, "value": [1, "3"]}]}},
        "github_cli": [{**RUN, "workflowName": each} for each in (f"deploy {name}", "deploy", "lint")],
        "py_spy": f"main ({name}/x.py:1);f ({name}/y.py:3) 12\n".encode("utf-8", "surrogatepass"),
        "access_log": json.dumps({f"{name}.path": "/orders/", "duration_ms": 12}).encode() + b"\n",
    }


@pytest.mark.parametrize("shape", files_with("a"))
def test_a_name_of_characters_that_show_nothing_can_be_read_again_once_it_is_stored(shape: str) -> None:
    assert len(UNSEEN) > 3
    codes: set[str] = set()
    for letter in HIDDEN:
        try:
            reading = read(files_with(f"a{letter}b")[shape])
        except ValidationFailed as refused:
            assert letter not in UNSEEN
            codes.add(refused.issues[0].code)
        else:
            assert from_json(json.loads(json.dumps(to_json(reading)))) == reading
    assert codes <= {"binary", "no_load", "unknown_format"}


def test_a_reading_that_its_own_reader_would_refuse_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assess.measurements.load.MAX_PART_LETTERS", 100_000)
    with pytest.raises(ValidationFailed, match="Export the file again"):
        read(files_with("a" * 5_000)["prometheus"])


def test_of_very_many_calls_and_databases_those_used_most_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "MAX_PAIRS", 3)
    names = [f"s{number}" for number in range(6)]
    document = otlp(*names)
    for at, resource in enumerate(document["resourceSpans"]):
        own = {"traceId": "a", "spanId": f"d{at}", "attributes": [attribute("db.system", "pg")]}
        own["attributes"].append(attribute("db.name", "shared" if at < 2 else f"own{at}"))
        resource["scopeSpans"][0]["spans"].append(own)
    reading = read(document)
    assert isinstance(reading.content, Calls)
    assert len(reading.content.calls) == 3
    assert sorted(sum(reading.content.databases.values(), ())) == ["pg own2", "pg shared", "pg shared"]
    assert any("Only the 3 pairs" in warning for warning in reading.warnings)


def test_a_database_is_called_by_its_name_without_folders_users_and_options() -> None:
    for text in (
        "/home/olga/shop.db",
        r"C:\Users\olga\shop.db",
        "jdbc:pg://olga@h/shop.db?user=olga",
        "shop.db;u=olga",
    ):
        span = {"traceId": "a", "spanId": "1", "attributes": [attribute("db.system", "x"), attribute("db.name", text)]}
        reading = read(otlp("web", spans=[span]))
        assert isinstance(reading.content, Calls)
        assert reading.content.databases == {"web": ("x shop.db",)}


def test_a_number_of_hundreds_of_digits_is_no_time_of_a_request() -> None:
    lines = [{"path": "/orders/", "duration_ms": 12}] * 6 + [{"path": "/orders/", "duration_ms": 10**400}]
    reading = read("\n".join(map(json.dumps, lines)).encode())
    assert isinstance(reading.content, Load)
    assert dict(reading.dropped_by_reason) == {"no_time": 1}


class Series(dict[str, Any]):
    """A series that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Series.compared += 1
        return self is other

    __hash__ = None  # type: ignore[assignment]  # as a dict


def test_no_series_is_compared_with_the_others() -> None:
    result = [Series(metric={"view": f"v{number}"}, value=[1, "3"]) for number in range(50)]
    read_prometheus({"data": {"resultType": "vector", "result": result}}, Options())
    assert Series.compared == 0


@pytest.mark.parametrize("branch", ["1" + ".1" * 400_000 + "!", "1." + "1" * 1_000_000 + "!"])
def test_a_branch_of_a_million_letters_is_looked_at_once(branch: str) -> None:
    """Without that it takes an hour."""
    reading = read([{**RUN, "headBranch": "main"}, {**RUN, "headBranch": branch}])
    assert isinstance(reading.content, Deploys)
    assert len(reading.content.deploys) == 1


class Host(str):
    """A host that counts how often it is compared with others."""

    compared = 0

    def __lt__(self, other: object) -> bool:
        Host.compared += 1
        return str.__lt__(self, str(other))


def test_the_hosts_of_a_database_are_sorted_once() -> None:
    hosts = [Host(f"h{number * 37 % 300:06}") for number in range(300)]
    spans = [
        traces.build_span("a", host, "web", 3, (), {"db.system": "pg", "db.name": "shop", "server.address": host})
        for host in hosts
    ]
    assert len(traces.find_databases(spans)["web"]) == 300
    assert Host.compared < 300 * 20


class Name(str):
    """A workflow's name that counts how often it is compared with another."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_each_run_is_looked_at_once_however_many_workflows_there_are() -> None:
    names = [Name(f"w{number}.yml") for number in range(300)]
    runs = [
        deploy_rules.Run(
            row=row, begins=1, finished=2, seconds=None, waited_seconds=None, outcome="success", workflow=name
        )
        for row, name in enumerate([*names, Name("deploy.yml")])
    ]
    reasons, _warnings = deploy_rules.choose_runs(runs)
    assert reasons == dict.fromkeys(range(300), "other_workflow")
    assert Name.compared < 300 * 20


def test_a_frame_is_looked_up_among_the_apps_of_a_scan_and_not_compared_with_each() -> None:
    apps = {f"src/company/project{number}/app{number}/": f"app{number}" for number in range(400)}
    lines = "".join(
        f"run (lib{number}/a.py:1);go (company/project{number}/app{number}/v.py:2) 3\n" for number in range(300)
    )
    options = Options(apps=apps)
    reading = within(100_000, lambda: read_measurements(io.BytesIO(lines.encode()), options=options))
    assert isinstance(reading.content, Load)
    assert {part.part for part in reading.content.parts} == {f"app{number}" for number in range(300)}
