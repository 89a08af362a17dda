"""Which runs count as deploys to production, in five formats."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assess.measurements import cost, deploy_rules
from assess.measurements.facade import Deploys, Options, Reading, read_measurements
from tests.measurement_samples import (
    FORMATS,
    deploys_csv,
    github_cli,
    github_rest,
    gitlab_deployments,
    gitlab_pipeline_list,
    gitlab_pipelines,
    iso,
    sixty_runs,
)


def read(content: bytes | str, **options: Any) -> Reading:
    content = content.encode() if isinstance(content, str) else content
    return read_measurements(io.BytesIO(content), options=Options(**options))


def deploys_of(reading: Reading) -> list[tuple[int, float, str, float | None]]:
    assert isinstance(reading.content, Deploys)
    return [(each.finished, each.minutes, each.result, each.waited_minutes) for each in reading.content.deploys]


@pytest.mark.parametrize("shape", FORMATS)
def test_each_format_gives_the_deploys_of_the_same_sixty_runs(shape: str) -> None:
    reading = read(FORMATS[shape](sixty_runs()))
    expected = [
        (
            int(run.finished.timestamp()),
            (run.finished - run.created).total_seconds() / 60,
            run.result,
            (run.started - run.created).total_seconds() / 60,
        )
        for run in sorted(sixty_runs(), key=lambda run: run.finished)
        if run.result != "running"
    ]
    assert (reading.kind, reading.shape, reading.rows_read) == ("deploys", shape, 60)
    assert reading.dropped_by_reason == {"running": 2}
    header = shape == "csv"  # rows of a table are lines of the file
    assert [each.row for each in reading.dropped] == [59 + header, 60 + header]
    assert deploys_of(reading) == expected


def test_list_of_pipelines_gives_all_but_the_waiting_time() -> None:
    listed, single = (read(content(sixty_runs())) for content in (gitlab_pipeline_list, gitlab_pipelines))
    assert [each[:3] for each in deploys_of(listed)] == [each[:3] for each in deploys_of(single)]
    assert {each[3] for each in deploys_of(listed)} == {None}


def test_pages_of_an_export_one_after_the_other_are_one_export() -> None:
    runs = sixty_runs()
    whole = deploys_of(read(github_rest(runs)))
    for one, other in ((runs[:30], runs[30:]), (runs[:40], runs[20:])):  # the second pair overlaps
        assert deploys_of(read(github_rest(one) + github_rest(other))) == whole
        assert deploys_of(read(gitlab_deployments(one) + b"\n" + gitlab_deployments(other))) == whole
    slurped = b"[" + github_rest(runs[:30]) + b"," + github_rest(runs[30:]) + b"]"
    assert deploys_of(read(slurped)) == whole


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_of_a_table_changes_nothing(separator: str) -> None:
    assert deploys_of(read(deploys_csv(sixty_runs(), separator))) == deploys_of(read(deploys_csv(sixty_runs())))


def test_runs_that_all_start_when_they_are_created_have_no_waiting_time() -> None:
    """As GitHub writes a first attempt, whatever it waits for a runner."""
    at_once = [replace(run, started=run.created) for run in sixty_runs()]
    assert {each[3] for each in deploys_of(read(github_rest(at_once)))} == {None}


def test_run_that_was_started_again_counts_from_its_last_start() -> None:
    run = sixty_runs()[3]
    again = {"run_attempt": 2, "created_at": "2025-01-01T00:00:00Z"}
    (deploy,) = deploys_of(read(github_rest([run], **again)))
    assert deploy[1] == (run.finished - run.started).total_seconds() / 60
    assert deploy[3] is None


# --- what production is


@pytest.mark.parametrize(
    ("environment", "counts"),
    [
        ("production", True), ("prod", True), ("Live", True), ("production/eu", True), ("shop-prod", True),
        ("Produktivsystem", True),
        ("staging", False), ("pre-prod", False), ("preprod", False), ("non-prod", False), ("review/prod-fix", False),
        ("production-test", False), ("productivity", False), ("", False),
    ],
)  # fmt: skip
def test_environment_is_production_by_its_name(environment: str, counts: bool) -> None:
    reading = read(gitlab_deployments(sixty_runs()[:1], environment={"id": 1, "name": environment}))
    assert len(deploys_of(reading)) == counts
    assert reading.dropped_by_reason == ({} if counts else {"not_production": 1})


def merged(*documents: bytes) -> bytes:
    """Several lists of runs as one, each run with an id of its own."""
    entries = [entry for document in documents for entry in json.loads(document)]
    return json.dumps([{**entry, "databaseId": number} for number, entry in enumerate(entries)]).encode()


def test_of_several_workflows_those_count_that_deploy_by_their_name() -> None:
    runs = sixty_runs()[:5]
    names = ["Release", "CI", "Deploy preview", "Deploy docs", "deploy-production"]
    content = merged(*(github_cli([run], workflowName=name) for run, name in zip(runs, names, strict=True)))
    reading = read(content)
    assert [each.row for each in reading.dropped if each.reason == "other_workflow"] == [2, 3, 4]
    assert any("Release" in warning and "deploy-production" in warning for warning in reading.warnings)


def test_of_several_workflows_none_counts_where_none_deploys_by_its_name() -> None:
    runs = sixty_runs()[:2]
    reading = read(merged(github_cli(runs[:1], workflowName="CI"), github_cli(runs[1:], workflowName="Lint")))
    assert reading.dropped_by_reason == {"other_workflow": 2}
    assert any("Export one alone" in warning for warning in reading.warnings)


def test_workflows_of_the_rest_api_are_told_apart_by_their_files() -> None:
    """There a run's name may be the workflow's, or be called after the change that it deploys."""
    runs = sixty_runs()[:6]
    named = [("deploy.yml", "Fix Olga's tax bug"), ("deploy.yml", "Release for Olga"), ("ci.yml", "Release of Olga's")]
    named += [("ci.yml", "Olga"), ("main.yml", "Deploy to production"), ("main.yml", "Deploy to production")]
    pages = [
        github_rest([run], path=f".github/workflows/{file}@refs/heads/olga", name=name)
        for run, (file, name) in zip(runs, named, strict=True)
    ]
    reading = read(b"".join(pages))
    assert [each.row for each in reading.dropped if each.reason == "other_workflow"] == [3, 4]
    assert any("deploy.yml and main.yml" in warning for warning in reading.warnings)
    assert "Olga" not in repr(reading)
    assert "olga" not in repr(reading)


def test_single_workflow_counts_and_its_name_is_asked_about() -> None:
    reading = read(github_cli(sixty_runs()[:3], workflowName="Pipeline"))
    assert len(deploys_of(reading)) == 3
    assert any("Check that it deploys" in warning for warning in reading.warnings)


def test_other_branches_do_not_count_and_are_not_named() -> None:
    runs = sixty_runs()[:6]
    branches = ["main", "v1.2.3", "release/7", "olga/fix-tax", "develop", "1.2"]
    reading = read(merged(*(github_cli([run], headBranch=name) for run, name in zip(runs, branches, strict=True))))
    assert [each.row for each in reading.dropped if each.reason == "other_branch"] == [4, 5]
    assert "Runs of 2 other branches don't count." in reading.warnings
    assert "olga" not in repr(reading)


def test_without_a_known_branch_the_one_with_the_most_runs_counts() -> None:
    runs = sixty_runs()[:4]
    documents = [github_cli(runs[:3], headBranch="company-line"), github_cli(runs[3:], headBranch="try-out")]
    reading = read(merged(*documents))
    assert [each.row for each in reading.dropped] == [4]


def test_runs_of_pull_requests_and_merge_requests_do_not_count() -> None:
    assert read(github_cli(sixty_runs()[:2], event="pull_request")).dropped_by_reason == {"not_production": 2}
    assert read(gitlab_pipelines(sixty_runs()[:2], source="merge_request_event")).dropped_by_reason == {
        "not_production": 2
    }


def test_pipeline_that_a_schedule_starts_does_not_count_but_a_workflow_that_deploys_does() -> None:
    assert read(gitlab_pipelines(sixty_runs()[:2], source="schedule")).dropped_by_reason == {"not_production": 2}
    assert read(github_cli(sixty_runs()[:2], event="schedule")).dropped_by_reason == {}


def test_run_that_ends_after_today_is_dropped_where_the_time_is_known() -> None:
    runs = sixty_runs()[:1]
    now = int(runs[0].finished.timestamp())
    assert read(github_cli(runs), now=now).dropped_by_reason == {}
    assert read(github_cli(runs), now=now - 90_000).dropped_by_reason == {"future": 1}
    assert read(github_cli(runs)).dropped_by_reason == {}


# --- rows of a table


@pytest.mark.parametrize(
    ("header", "cells", "minutes"),
    [
        ("Merged At,Deployed At", "2025-04-03T14:05:00Z,2025-04-03T14:35:00Z", 30),
        ("merged_at,deployed_at,status", "1743689100,1743690900,success", 30),
        ("start,end,status", "1743689100000,1743690900000,ok", 30),
        ("start,end,status", "2025-04-03 16:05:00+02:00,2025-04-03T14:35:00.123Z,ok", 30),
        ("start,duration_seconds,status", "2025-04-03 14:05,90,passed", 1.5),
        ("start,duration (min),status", "2025-04-03 14:05,12.5,passed", 12.5),
        ("start,duration,status", "2025-04-03 14:05,00:12:30,passed", 12.5),
        ("start,duration,status", "2025-04-03 14:05,1h 5m,passed", 65),
        ("date,duration in minutes", "2025-04-03,42", 42),
        ("date,minutes", "13/04/2025,42", 42),
        ("date,minutes", "04/13/2025,42", 42),
        ("Gestartet am;Beendet am;Ergebnis;Umgebung", "3.4.2025 14:05;3.4.2025 14:35;Erfolgreich;Produktion", 30),
        ("Beginn;Dauer (min);Status", "3.4.2025 14:05;12,5;fehlgeschlagen", 12.5),
        ("Date de début;Durée (min);Résultat", "03.04.2025 14:05;30;réussi", 30),
        ("Fecha de inicio;Duración (min);Estado;Entorno", "2025-04-03 14:05;30;éxito;producción", 30),
        ("startedAt,finishedAt", '"2025-04-03 14:05","2025-04-03 14:35"', 30),
        ("created,started,finished", "2025-04-03 14:00,2025-04-03 14:05,2025-04-03 14:35", 35),
    ],
)
def test_table_is_read_whatever_its_columns_and_times_are_called(header: str, cells: str, minutes: float) -> None:
    reading = read(f"{header}\n{cells}\n")
    assert reading.dropped == ()
    assert [each[1] for each in deploys_of(reading)] == [minutes]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("03/04/2025 14:05,2025-04-03 14:35,,success,prod", "ambiguous_date"),
        ("yesterday,2025-04-03 14:35,,success,prod", "unreadable_time"),
        ("2025-02-30 14:05,2025-04-03 14:35,,success,prod", "unreadable_time"),
        ("2025-04-03 25:05,2025-04-03 14:35,,success,prod", "unreadable_time"),
        ("0000-04-03 14:05,2025-04-03 14:35,,success,prod", "unreadable_time"),
        ("1970-04-03 14:05,2025-04-03 14:35,,success,prod", "unreadable_time"),
        ("2025-04-03,2025-04-04,,success,prod", "no_clock"),
        (",2025-04-03 14:35,,success,prod", "no_time"),
        ("2025-04-03 14:05,,,success,prod", "no_time"),
        ("2025-04-03 14:35,2025-04-03 14:05,,success,prod", "end_before_start"),
        ("2025-04-03 14:05,2025-04-03 14:35,soon,success,prod", "unreadable_duration"),
        ("2025-04-03 14:05,,12,success,prod", "no_unit"),
        ("2025-04-03 14:05,,-12 min,success,prod", "unreadable_duration"),
        ("2025-04-03 14:05,,12:30,success,prod", "unreadable_duration"),
        ("2025-04-03 14:05,2025-04-03 14:35,,,prod", "no_result"),
        ("2025-04-03 14:05,2025-04-03 14:35,,purple,prod", "unknown_result"),
        ("2025-04-03 14:05,2025-04-03 14:35,,in progress,prod", "running"),
        ("2025-04-03 14:05,2025-04-03 14:35,,skipped,prod", "no_deploy"),
        ("2025-04-03 14:05,2025-04-03 14:35,,success,staging", "not_production"),
        ("2025-04-03 14:05,2025-04-03 14:35,,success,", "not_production"),
        ("2025-03-03 14:05,2025-03-03 14:35,,success,prod", "duplicate"),
        ("2025-04-03 14:05,2025-04-03 14:35,,success,prod,Fix, and more", "too_many_cells"),
    ],
)
def test_row_of_a_table_that_cannot_count_is_dropped_with_its_line_and_what_to_do(cells: str, reason: str) -> None:
    good = "2025-03-03 14:05,2025-03-03 14:35,,success,prod"
    reading = read(f"started,finished,duration,status,environment\r\n{good}\r\n\r\n{cells}\r\n")
    (dropped,) = reading.dropped
    assert (dropped.row, dropped.reason) == (4, reason)
    assert dropped.words.endswith(tuple("abcdefghijklmnopqrstuvwxyz0123456789"))
    assert len(deploys_of(reading)) == 1
    assert iso(sixty_runs()[0].created) not in dropped.words


def test_text_of_several_lines_is_one_row_and_the_rows_after_it_keep_their_lines() -> None:
    header = "message,started,finished,status\n"
    several = '"Fix\n""all"", of it\n",2025-04-03 14:05,2025-04-03 14:35,ok\n'
    reading = read(header + several + "one,2025-04-04 14:05,2025-04-04 14:35,ok\ntwo,never,never,ok\n")
    assert len(deploys_of(reading)) == 2
    assert [each.row for each in reading.dropped] == [6]


def test_quote_that_nothing_closes_takes_no_other_row_with_it() -> None:
    rows = "".join(f"a,{1_743_000_000 + n},{1_743_000_060 + n},ok\n" for n in range(1_000))
    for content in (f'a "quote,1742000000,1742000001,ok\n{rows}', f'{rows}a "quote,1742000000,1742000001,ok\n'):
        reading = read(f"message,started,finished,status\n{content}")
        assert reading.rows_read == 1_001
        assert len(deploys_of(reading)) >= 1_000


def test_row_with_bytes_of_another_encoding_is_dropped_alone() -> None:
    rows = b"2025-03-03 14:05,2025-03-03 14:35,caf\xe9\n2025-03-04 14:05,2025-03-04 14:35,cafe\n"
    reading = read(b"started,finished,service\n" + rows)
    assert [(each.row, each.reason) for each in reading.dropped] == [(2, "not_utf8")]
    assert len(deploys_of(reading)) == 1


def test_docs_name_each_reason_for_which_a_row_is_dropped() -> None:
    page = Path("docs/planning.md").read_text()
    assert [reason for reason in {*deploy_rules.DROP_WORDS, *cost.DROP_WORDS} if f"`{reason}`" not in page] == []
