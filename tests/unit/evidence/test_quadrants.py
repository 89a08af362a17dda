"""Ease against benefit: where points lie, what the title names, and that names cover nothing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assess.evidence.all_charts import build_quadrants
from assess.evidence.candidates import build_candidates, quadrant_of
from assess.evidence.inventory import build_inventory
from assess.evidence.quadrants import LETTER, LINE, MIDDLE, Label, Point, draw_points
from assess.evidence.records import read_evidence
from tests.evidence_samples import evidence_of_apps

POINTS = st.lists(
    st.builds(
        lambda app, ease, benefit: point(app, ease, benefit),
        app=st.text("abcdefgh_", min_size=1, max_size=40),
        ease=st.integers(0, 100),
        benefit=st.integers(0, 100),
    ),
    max_size=40,
    unique_by=lambda point: point.app,
)


def point(app: str, ease: int, benefit: int, **more: Any) -> Point:
    quadrant = quadrant_of(ease >= MIDDLE, benefit >= MIDDLE)
    return Point(app=app, ease=ease, benefit=benefit, quadrant=quadrant, **more)


def test_points_lie_in_the_quadrant_that_they_name() -> None:
    inventory = build_inventory(read_evidence(evidence_of_apps(40)), None)
    assert inventory
    candidates = build_candidates(inventory)

    chart = build_quadrants(candidates)

    assert [each.app for each in chart.points] == [each.app for each in candidates.everything]
    for each in chart.points:
        is_easy, is_worth = each.x >= chart.middle_x, each.y <= chart.middle_y
        assert each.quadrant == quadrant_of(is_easy, is_worth)
        assert chart.left < each.x < chart.right
        assert chart.top < each.y < chart.bottom


def test_without_candidates_there_is_no_point() -> None:
    assert build_quadrants(None).points == ()


def test_a_title_names_the_apps_to_start_with() -> None:
    easy = tuple(point(name, 80, 70 - place) for place, name in enumerate(("orders", "auth", "search")))
    hard = point("billing", 10, 90)
    kernel = point("core", 90, 90, apart="Half of the others import it.")

    assert draw_points(()).finding == "No app to extract"
    assert draw_points((hard, kernel)).finding == "No app is both easy to extract and worth it"
    assert draw_points((hard, easy[0])).finding == "orders is easy to extract and worth it"
    assert draw_points((hard, *easy)).finding == "orders, auth and search are easy to extract and worth it"
    assert draw_points((hard, *easy, point("x", 60, 60))).finding == "4 of 5 apps are easy to extract and worth it"


def box(label: Label) -> tuple[float, float, float, float]:
    width = len(label.text) * LETTER
    left = label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - LINE + 3, left + width, label.y + 3


@settings(max_examples=40, deadline=None)
@given(POINTS)
def test_no_name_covers_another_name_or_leaves_the_drawing(points: list[Point]) -> None:
    chart = draw_points(tuple(points))

    boxes = [box(label) for label in chart.labels]
    assert all(left >= 0 and right <= chart.width for left, _top, right, _bottom in boxes)
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            assert one[2] <= other[0] + 0.3 or other[2] <= one[0] + 0.3 or one[3] <= other[1] or other[3] <= one[1]
    assert len(chart.labels) + chart.unnamed == len(points)
