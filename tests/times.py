"""Writes what each test of a run took to `var/tests/times-<part>.csv`, which `make test-times` shows.

Two times each: seconds that passed, and seconds of processor, with those of programs that the test started and ended.
The second says more on a machine that does other things as well.
"""

import csv
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "var" / "tests"
NAME = "took"


def pytest_configure(config: pytest.Config) -> None:
    part = os.environ.get("TEST_TIMES")
    if part and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(FOLDER / f"times-{part}.csv"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.stash[STARTED] = now()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    if call.when == "teardown":
        wall, processor = (end - start for end, start in zip(now(), item.stash[STARTED], strict=True))
        item.user_properties.append((NAME, (round(wall, 3), round(processor, 3))))
    return (yield)


STARTED = pytest.StashKey[tuple[float, float]]()


def now() -> tuple[float, float]:
    return time.perf_counter(), sum(os.times()[:4])


class Recorder:
    """In the process that shows results."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[tuple[str, float, float]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == NAME and report.when == "teardown":
                self.rows.append((report.nodeid, *value))

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("w", newline="") as file:
            csv.writer(file).writerows(self.rows)
