"""What deploys and costs come to, and what they propose."""

import io
from decimal import Decimal
from typing import Any

import pytest

from assess.evidence.facade import Proposal
from assess.measurements.facade import (
    Cost,
    Deploy,
    Deploys,
    Load,
    Options,
    PartLoad,
    Prices,
    Reading,
    count_cost,
    count_deploys,
    propose_measured,
    read_measurements,
)
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.measurement_samples import FORMATS, kubectl, sixty_runs, workload

CHECKLIST = builtin_questionnaire()
PRICES = Prices(core=Decimal("30"), gib=Decimal("4"), currency="EUR")


def read(content: bytes, **options: Any) -> Reading:
    return read_measurements(io.BytesIO(content), options=Options(**options))


def deploys(count: int, *, days: int, minutes: float = 20, failures: int = 0) -> Deploys:
    """`count` successes spread evenly over `days`, both ends counted, and failures on the first day."""
    first, last = 1_743_681_600, 1_743_681_600 + (days - 1) * 86_400
    step = (last - first) / max(count - 1, 1)
    good = [Deploy(finished=int(first + step * number), minutes=minutes, result="success") for number in range(count)]
    bad = [Deploy(finished=first, minutes=1, result="failure")] * failures
    return Deploys(deploys=tuple(sorted((*good, *bad), key=lambda each: each.finished)))


def reading_of(content: Any, kind: Any = "deploys") -> Reading:
    return Reading(
        kind=kind, shape="csv", shape_words="CSV", mapping=(), rows_read=1, dropped=(), dropped_by_reason={},
        content=content,
    )  # fmt: skip


def proposals(*contents: Any, **answers: Any) -> dict[str, tuple[Proposal, int]]:
    given = {key: Answer(value=value) for key, value in answers.items()}
    found = propose_measured([reading_of(content) for content in contents], CHECKLIST, given)
    return {proposal.key: (proposal, index) for proposal, index in found}


@pytest.mark.parametrize("shape", FORMATS)
def test_sixty_runs_give_the_same_figures_in_each_format(shape: str) -> None:
    content = read(FORMATS[shape](sixty_runs())).content
    assert isinstance(content, Deploys)
    figures = count_deploys(content)
    # Counted by hand: of 60 runs the last two still run, six failed, two were cancelled; 1 to 29 March are 29 days.
    assert (figures.successes, figures.failures, figures.cancelled, figures.days) == (50, 6, 2, 29)
    assert figures.per_week == round(50 * 7 / 29, 1)
    minutes = sorted(n % 7 + 10 + n % 13 for n in range(58) if n % 10 != 4 and n not in (20, 40))
    assert figures.median_minutes == (minutes[24] + minutes[25]) / 2
    assert figures.median_waited_minutes == 3


def test_figures_of_no_deploy_are_unknown() -> None:
    figures = count_deploys(Deploys(deploys=()))
    assert (figures.days, figures.median_minutes, figures.per_week) == (0, None, None)


def test_enough_deploys_propose_minutes_and_deploys_a_week() -> None:
    found = proposals(deploys(20, days=28, minutes=42.25, failures=5))
    minutes, weekly = found["deploy_minutes"][0], found["deploys_per_week"][0]
    assert (minutes.value, minutes.confidence) == (42.2, "counted")
    assert (weekly.value, weekly.confidence) == (5, "counted")
    assert "20 successful deploys in 28 days. 5 of 25 runs failed." in weekly.found
    assert any("no failed change" in limit for limit in weekly.limits)


@pytest.mark.parametrize(
    ("count", "days", "hints"),
    [
        (10, 14, set()),
        (9, 14, {"deploy_minutes", "deploys_per_week"}),
        (10, 13, {"deploys_per_week"}),
        (1, 1, {"deploy_minutes", "deploys_per_week"}),
    ],
)
def test_few_deploys_or_days_are_only_a_hint_and_say_so(count: int, days: int, hints: set[str]) -> None:
    found = proposals(deploys(count, days=days))
    for key, (proposal, _index) in found.items():
        assert (proposal.value is None, proposal.confidence == "hint") == (key in hints, key in hints)
        assert any("for an answer" in limit for limit in proposal.limits) == (key in hints)
    assert found.keys() == {"deploy_minutes", "deploys_per_week"}


def test_of_several_files_the_first_that_proposes_an_answer_counts() -> None:
    enough, few = deploys(20, days=28), deploys(3, days=2)
    assert proposals(enough, few)["deploy_minutes"][1] == 0
    assert proposals(few, enough)["deploy_minutes"][1] == 1
    assert proposals(enough, enough)["deploy_minutes"][1] == 0
    assert proposals(few, few)["deploy_minutes"][1] == 0


def test_load_proposes_answers_beside_those_of_deploys_and_times_go_before_counts() -> None:
    parts = (PartLoad(part="search", value=80), PartLoad(part="orders", value=15), PartLoad(part="other", value=5))
    loads = [reading_of(Load(unit=unit, parts=parts), "load") for unit in ("requests", "seconds")]
    readings = [*loads, reading_of(deploys(20, days=28))]
    found = {proposal.key: (proposal.value, index) for proposal, index in propose_measured(readings, CHECKLIST, {})}
    assert found["hot_share"] == (80, 1)
    assert found["scaling_profile"][1] == 1
    assert found["deploy_minutes"][1] == 2


def test_where_one_part_is_assessed_nothing_is_proposed_to_questions_about_that_part() -> None:
    load = Load(unit="seconds", parts=(PartLoad(part="search", value=80), PartLoad(part="orders", value=20)))
    readings = [reading_of(load, "load"), reading_of(deploys(20, days=28))]
    found = propose_measured(readings, CHECKLIST, {"scope": Answer(value="one_part")})
    assert {proposal.key for proposal, _index in found} <= {"deploy_minutes", "deploys_per_week"}


def test_failures_alone_propose_nothing() -> None:
    assert proposals(deploys(0, days=1, failures=3)) == {}


def test_answer_that_a_question_cannot_have_is_not_proposed() -> None:
    assert "deploy_minutes" not in proposals(deploys(20, days=28, minutes=20_000))


# --- cost


def cost(*workloads: Any, prices: Prices | None = PRICES) -> tuple[Cost, Reading]:
    reading = read(kubectl(*workloads), prices=prices)
    assert isinstance(reading.content, Cost)
    return reading.content, reading


@pytest.mark.parametrize(
    ("requests", "cpu", "gib"),
    [
        ({"cpu": "250m", "memory": "512Mi"}, 0.25, 0.5),
        ({"cpu": "1", "memory": "1Gi"}, 1, 1),
        ({"cpu": 1.5, "memory": 1073741824}, 1.5, 1),
        ({"cpu": "1.5", "memory": "1048576Ki"}, 1.5, 1),
        ({"cpu": "1e3m", "memory": "1Gi"}, None, None),
        ({"cpu": "2e0", "memory": "1G"}, 2, 1e9 / 2**30),
        ({"cpu": "100m", "memory": "128M"}, 0.1, 128e6 / 2**30),
        ({"cpu": "100m", "memory": "128974848000m"}, 0.1, 128974848 / 2**30),
        ([{"cpu": "250m", "memory": "1Gi"}, {"cpu": "50m", "memory": "64Mi"}], 0.3, 1.0625),
        ({"cpu": "-1", "memory": "1Gi"}, None, None),
        ({"cpu": "1", "memory": "1 GiB"}, None, None),
        ({"cpu": True, "memory": "1Gi"}, None, None),
        ({"cpu": "NaN", "memory": "1Gi"}, None, None),
        ({"cpu": "9" * 18 + "E", "memory": "1Gi"}, None, None),
        ({"cpu": "1"}, None, None),
        ({}, None, None),
    ],
)  # fmt: skip
def test_requests_are_read_as_kubernetes_writes_them(requests: Any, cpu: float | None, gib: float | None) -> None:
    content, reading = cost(workload(replicas=1, requests=requests))
    if cpu is None:
        assert content.workloads == ()
        assert sum(reading.dropped_by_reason.values()) == 1
    else:
        (found,) = content.workloads
        assert found.cpu == pytest.approx(cpu)
        assert found.memory_gib == pytest.approx(gib)


def test_cost_is_the_sum_over_replicas_by_workload_the_dearest_first() -> None:
    small = workload("small", replicas=2)
    large = workload("large", kind="StatefulSet", replicas=3, requests={"cpu": "2", "memory": "8Gi"})
    content, _reading = cost(small, large, workload("off", replicas=0))
    figures = count_cost(content)
    # small: 2 x (0.25 x 30 + 0.5 x 4) = 19; large: 3 x (2 x 30 + 8 x 4) = 276
    assert [(each.name, each.monthly) for each in figures.workloads] == [("large", 276), ("small", 19), ("off", 0)]
    assert (figures.monthly, figures.currency, figures.cpu, figures.memory_gib) == (295, "EUR", 6.5, 25)


def test_without_prices_there_is_no_sum_and_the_reading_says_so() -> None:
    content, reading = cost(workload(), prices=None)
    assert count_cost(content).monthly is None
    assert any("No prices" in warning for warning in reading.warnings)


def test_workload_without_requests_is_left_out_of_the_sum_with_a_warning() -> None:
    limits = workload("limited", replicas=1, requests={})
    limits["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] = {"cpu": "1", "memory": "1Gi"}
    content, reading = cost(workload("bare", requests={"cpu": "1"}), limits)
    assert [each.name for each in content.workloads] == ["limited"]  # Kubernetes requests what is limited
    assert [(each.row, each.reason) for each in reading.dropped] == [(1, "no_requests")]
    assert any("leaves them out" in warning for warning in reading.warnings)


def test_workloads_that_cannot_be_counted_are_dropped_one_by_one() -> None:
    owned = workload("owned", kind="ReplicaSet")
    owned["metadata"]["ownerReferences"] = [{"kind": "Deployment", "name": "shop"}]
    empty = workload("empty")
    empty["spec"]["template"]["spec"]["containers"] = []
    others = [
        workload("a", replicas=-1), workload("b", replicas="2"), workload("c", kind="DaemonSet"),
        workload("d", kind="Service"), owned, empty, "text", workload("good"), workload("good"),
    ]  # fmt: skip
    content, reading = cost(*others)
    assert [each.reason for each in reading.dropped] == [
        "bad_replicas", "bad_replicas", "daemon_set", "other_kind", "owned", "no_containers", "not_an_object",
        "duplicate",
    ]  # fmt: skip
    assert [each.name for each in content.workloads] == ["good"]
