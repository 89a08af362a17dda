"""Load by part: figures, proposals, and the readers of Prometheus and py-spy."""

import io
import json
import re
from dataclasses import asdict

import pytest

from assess.measurements.load import LoadFigures, build_load, load_by_part, path_part, propose_load
from assess.measurements.prometheus import is_prometheus, read_prometheus
from assess.measurements.py_spy import is_py_spy, read_py_spy
from assess.measurements.reading import Options
from assess.measurements.recognise import read_measurements
from assess.measurements.records import Reading
from assess.questionnaire.validation import ValidationFailed

#: S3's shop before the split, in per cent of CPU.
SHOP = {"auth": 5, "catalog": 15, "orders": 20, "payments": 10, "recommendations": 40, "admin": 10}


def reading_of(parts, unit="seconds"):
    return Reading(
        kind="load", shape="test", shape_words="", mapping=(), rows_read=1, dropped=(), dropped_by_reason={},
        content=build_load(unit, parts),
    )  # fmt: skip


# --- figures and proposals


@pytest.mark.parametrize(
    ("parts", "hottest", "top", "gini"),
    [
        (dict.fromkeys("abcdefghij", 10), 0.1, 0.2, 0.0),
        ({"a": 100, **dict.fromkeys("bcdefghij", 0.0001)}, 1.0, 1.0, 0.9),
        ({"a": 3, "b": 1}, 0.75, 0.75, 0.25),
        (SHOP, 0.4, 0.6, 0.35),  # two of six parts are the top fifth, rounded up
        ({"a": 30, "other": 70}, 0.3, 0.3, 0.0),
    ],
)
def test_figures_of_a_load(parts, hottest, top, gini):
    figures = LoadFigures(build_load("seconds", parts))
    assert (figures.hottest_share, figures.top_fifth_share) == pytest.approx((hottest, top), abs=0.001)
    assert figures.gini == pytest.approx(gini, abs=0.001)


def test_fewer_than_eight_parts_are_warned_of():
    assert "Only 7 parts: too few" in LoadFigures(build_load("seconds", dict.fromkeys("abcdefg", 1))).warnings[0]
    assert not LoadFigures(build_load("seconds", dict.fromkeys("abcdefgh", 1))).warnings


@pytest.mark.parametrize(
    ("parts", "share", "profile"),
    [
        (SHOP, 40.0, "one_part_dominates"),  # as S3 says of it
        ({"a": 50, "b": 50}, 50.0, "even"),  # two equal halves are even, however large each is
        (dict.fromkeys("abcdefghij", 10), 10.0, "even"),
        ({"a": 25, **dict.fromkeys("bcdefghijk", 7.5)}, 25.0, "somewhat"),
        ({"a": 90, "b": 5, "c": 5}, 90.0, "one_part_dominates"),  # S3's endpoint
    ],
)
def test_load_proposes_hot_share_and_scaling_profile(parts, share, profile):
    hot_share, scaling = propose_load(reading_of(parts))
    assert (hot_share.key, hot_share.value, scaling.key, scaling.value) == (
        "hot_share", share, "scaling_profile", profile,
    )  # fmt: skip


def test_counted_requests_propose_no_answer():
    hot_share, scaling = propose_load(reading_of(SHOP, "requests"))
    assert (hot_share.value, hot_share.confidence) == (None, "hint")
    assert (scaling.value, scaling.confidence) == (None, "hint")
    assert any("no computing" in limit for limit in hot_share.limits)


def test_measured_time_goes_before_counted_requests():
    readings = [reading_of({"a": 9, "b": 1}, unit="requests"), reading_of({"a": 1, "b": 3})]
    assert load_by_part(readings) == {"b": 75.0, "a": 25.0}


def test_load_without_anything_in_it_proposes_nothing():
    assert list(propose_load(reading_of({"other": 5}))) == []
    assert load_by_part([]) == {}


def test_load_by_app_adds_up_the_parts_that_begin_with_its_name():
    parts = {"/api/v1/orders": 40, "orders.views.OrderList": 10, "search:results": 30, "/static": 20}
    assert load_by_part([reading_of(parts)], ["orders", "search"]) == {"orders": 50.0, "search": 30.0}


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/", "/"),
        ("", "/"),
        ("/orders/8812", "/orders"),
        ("/api/v2/orders/8812/lines", "/api/v2/orders"),
        ("/de/admin/orders/order/5/change/", "/de/admin/orders"),
        ("/users/alice", "/users"),
        ("/550e8400-e29b-41d4-a716-446655440000/x", "/{id}"),
        ("/8812", "/{id}"),
        ("/9f3c2ad4e1b7", "/{id}"),
        ("/alice@shop.example", "/{id}"),
        ("/%61lice", "/{id}"),
        ("/~alice/blog", "/{id}"),
        ("/" + "a" * 5000, "/{id}"),
        ("//..//etc/passwd", "/{id}"),
        ("/search?q=alice#top", "/search"),
        ("/api/api/api/api/api/alice", "/api/api/api/api"),
    ],
)
def test_a_path_is_cut_to_its_first_step_and_ids_are_replaced(path, part):
    assert path_part(path) == part


# --- Prometheus


def vector(label, values, **metric):
    result = [{"metric": {label: name, **metric}, "value": [1764410400, value]} for name, value in values.items()]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def parts_of(reading):
    return {each.part: each.value for each in reading.content.parts}


@pytest.mark.parametrize("label", ["view", "handler", "route", "path", "app", "service", "job"])
def test_a_vector_is_read_by_the_label_that_names_parts(label):
    document = vector(label, {"orders": "30", "search": "10.5"}, instance="10.0.0.1:9090")
    reading = read_measurements(io.BytesIO(json.dumps(document).encode()), options=Options())
    assert (reading.shape, parts_of(reading)) == ("prometheus", {"orders": 30.0, "search": 10.5})
    assert reading.mapping[0].source == f"metric.{label}"
    assert "10.0.0.1" not in json.dumps(asdict(reading))


def test_a_matrix_counts_the_mean_over_time():
    result = [
        {"metric": {"view": "orders"}, "values": [[1, "2"], [2, "4"]]},
        {"metric": {"view": "search"}, "values": [[1, "1"], [2, "NaN"]]},
    ]
    reading = read_prometheus({"status": "success", "data": {"resultType": "matrix", "result": result}}, Options())
    assert parts_of(reading) == {"orders": 3.0, "search": 0.5}


def test_the_label_that_tells_series_apart_goes_before_one_that_does_not():
    document = vector("app", {"orders": "3", "search": "1"}, job="django")
    document["data"]["result"][0]["metric"]["view"] = document["data"]["result"][1]["metric"]["view"] = "all"
    assert parts_of(read_prometheus(document, Options())) == {"orders": 3.0, "search": 1.0}


def test_the_unit_is_that_of_the_metric_where_its_name_is_there():
    seconds = vector("view", {"a": "1"}, __name__="django_http_requests_latency_seconds_by_view_method_sum")
    assert read_prometheus(seconds, Options()).content.unit == "seconds"
    assert (
        read_prometheus(vector("view", {"a": "1"}, __name__="x_requests_total"), Options()).content.unit == "requests"
    )
    unnamed = read_prometheus(vector("view", {"a": "1"}), Options())
    assert unnamed.content.unit == "values"
    assert "doesn't say what is counted" in unnamed.warnings[0]


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "-1", "", "many", None, [], {}, True, "1e400"])
def test_a_series_without_a_usable_number_is_dropped(value):
    document = vector("view", {"orders": "3", "search": "1"})
    document["data"]["result"].append({"metric": {"view": "broken"}, "value": [1764410400, value]})
    reading = read_prometheus(document, Options())
    assert (reading.dropped[0].row, reading.dropped_by_reason) == (3, {"no_value": 1})
    assert parts_of(reading) == {"orders": 3.0, "search": 1.0}


@pytest.mark.parametrize("series", [None, 7, {}, {"metric": None}, {"metric": {"view": ["x"]}, "value": [1, "2"]}])
def test_a_foreign_series_is_dropped(series):
    document = vector("view", {"orders": "3", "search": "1"})
    document["data"]["result"].insert(0, series)
    reading = read_prometheus(document, Options())
    assert [each.row for each in reading.dropped] == [1]
    assert parts_of(reading) == {"orders": 3.0, "search": 1.0}


def answer(kind, result):
    return {"status": "success", "data": {"resultType": kind, "result": result}}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"status": "error", "errorType": "bad_data", "error": "alice"}, "query_failed"),
        (answer("scalar", [1, "2"]), "not_by_part"),
        (answer("vector", {"a": 1}), "not_by_part"),
        (answer("vector", []), "no_part_label"),
        (vector("instance", {"10.0.0.1:80": "3"}), "no_part_label"),
        (vector("le", {"0.1": "3", "+Inf": "4"}, view="a"), "not_additive"),
        (vector("quantile", {"0.95": "3"}, view="a"), "not_additive"),
        (vector("view", {"a": "0", "b": "NaN"}), "no_load"),
    ],
)
def test_an_answer_that_is_no_load_by_part_is_refused_with_what_to_do(document, code):
    assert is_prometheus(document)
    with pytest.raises(ValidationFailed) as refused:
        read_prometheus(document, Options())
    assert refused.value.issues[0].code == code
    assert re.match(r"Query|Sum by|Mend the query", refused.value.issues[0].message)


def test_a_label_with_an_address_of_a_person_is_no_part():
    document = vector("path", {"/users/alice/x": "3", "alice@shop.example": "2", "https://a.example/cart/7": "1"})
    assert parts_of(read_prometheus(document, Options())) == {"/users": 3.0, "other": 2.0, "/cart": 1.0}


@pytest.mark.parametrize("document", [None, [], {}, {"data": []}, {"status": "success"}, {"data": {"result": []}}])
def test_other_documents_are_no_answer_of_prometheus(document):
    assert not is_prometheus(document)


# --- py-spy

APPS = {"shop/orders/": "orders", "shop/search/": "search", "backend/pay/": "pay"}
DJANGO = "MainThread (0x7F);get_response (django/core/handlers/base.py:197)"
STACKS = f"""\
process 7:"python manage.py run";{DJANGO};list (shop/orders/views.py:41);execute (django/db/utils.py:9) 600
{DJANGO};list (shop/orders/views.py:41);rank (/srv/app/shop/search/rank.py:7) 300
{DJANGO};charge (pay/stripe.py:3) 100
{DJANGO};process (django/middleware/common.py:5) 50
_bootstrap (threading.py:1002);wait (threading.py:629) 9000
"""


def stacks(text=STACKS, apps=APPS):
    return read_py_spy([line.encode() for line in text.split("\n")], Options(apps=apps))


def test_a_stack_counts_for_its_innermost_app_and_waiting_threads_for_none():
    reading = read_measurements(io.BytesIO(STACKS.encode()), options=Options(apps=APPS))
    assert reading.shape == "py_spy"
    assert parts_of(reading) == {"orders": 600, "search": 300, "pay": 100, "other": 50}
    assert reading.dropped_by_reason == {"idle": 1}
    assert reading.content.unit == "samples"
    assert not reading.warnings


def test_without_a_scan_a_part_is_the_first_folder_of_the_projects_code():
    reading = stacks(apps={})
    assert parts_of(reading) == {"shop": 600, "search": 300, "pay": 100, "other": 50}
    assert "No scan is attached" in reading.warnings[0]


def test_libraries_are_no_part_wherever_they_lie():
    text = f"""\
a (/usr/lib/python3.12/json/decoder.py:1) 10
a (/venv/lib/python3.12/site-packages/shop/orders/x.py:1) 10
a (<frozen importlib._bootstrap>:1);b (rest_framework/views.py:2) 10
{DJANGO};list (shop/orders/views.py:41) 1
"""
    assert parts_of(stacks(text)) == {"other": 30, "orders": 1}


@pytest.mark.parametrize(
    "line",
    ["no stack", "a (x.py:1)", "a (x.py:1) -4", "a (x.py:1) 1.5", "a (x.py:1) ٣", "a (x.py:1) " + "9" * 40, "\x00\x01",
     "a (x.py:1);" * 5000, "(((((((.py:1)" * 1000],
)  # fmt: skip
def test_a_line_that_is_no_stack_is_dropped(line):
    reading = stacks(STACKS + line)
    assert reading.dropped_by_reason == {"idle": 1, "not_a_stack": 1}
    assert reading.dropped[-1].row == 6


def test_stacks_that_only_wait_are_refused():
    with pytest.raises(ValidationFailed, match="without --idle"):
        stacks(STACKS.splitlines()[-1])


def test_a_process_line_with_somebodys_name_is_not_kept():
    kept = json.dumps(asdict(stacks('process 7:"python /home/alice/manage.py";a (/home/alice/shop/orders/x.py:1) 5')))
    assert "alice" not in kept


@pytest.mark.parametrize("text", ["", "1 2 3", "GET / 200", '{"a": 1}', "a;b;c 12", "main (main.go:7) 12"])
def test_other_texts_are_no_stacks_of_py_spy(text):
    assert not is_py_spy(text.split("\n"))
