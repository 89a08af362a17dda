"""Ease against benefit: where points lie, what the title names, and that names cover nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assess.evidence.quadrants import LETTER, LINE, Label, Point, build_quadrants

POINTS = st.lists(
    st.builds(
        Point,
        app=st.text("abcdefgh_", min_size=1, max_size=40),
        ease=st.integers(0, 100),
        benefit=st.integers(0, 100),
    ),
    max_size=40,
    unique_by=lambda point: point.app,
)


def test_each_quadrant_has_its_name() -> None:
    words = {
        (ease, benefit): Point(app="a", ease=ease, benefit=benefit).words
        for ease, benefit in ((50, 50), (49, 50), (50, 49), (49, 49))
    }

    assert words == {
        (50, 50): "start here",
        (49, 50): "worth the pain",
        (50, 49): "easy but pointless",
        (49, 49): "leave",
    }


def test_a_title_names_the_apps_to_start_with() -> None:
    easy = [Point(app=name, ease=80, benefit=70 - place) for place, name in enumerate(("orders", "auth", "search"))]
    hard = Point(app="billing", ease=10, benefit=90)

    assert build_quadrants([]).finding == "No app to extract"
    assert build_quadrants([hard]).finding == "No app is both easy to extract and worth it"
    assert build_quadrants([hard, easy[0]]).finding == "orders is easy to extract and worth it"
    assert build_quadrants([hard, *easy]).finding == "orders, auth and search are easy to extract and worth it"
    assert build_quadrants([hard, *easy, Point(app="x", ease=60, benefit=60)]).finding == (
        "4 of 5 apps are easy to extract and worth it"
    )


def box(label: Label) -> tuple[float, float, float, float]:
    width = len(label.text) * LETTER
    left = label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - LINE + 3, left + width, label.y + 3


@settings(max_examples=40, deadline=None)
@given(POINTS)
def test_no_name_covers_another_name_or_leaves_the_drawing(points: list[Point]) -> None:
    chart = build_quadrants(points)

    boxes = [box(label) for label in chart.labels]
    assert all(left >= 0 and right <= chart.width for left, _top, right, _bottom in boxes)
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            assert one[2] <= other[0] + 0.3 or other[2] <= one[0] + 0.3 or one[3] <= other[1] or other[3] <= one[1]
    assert len(chart.labels) + chart.unnamed == len(points)
