"""All charts of one scan together, as the map's page and the report show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assess.evidence.candidates import Candidates
from assess.evidence.map import HiddenCoupling, Matrix, build_matrix, find_hidden_coupling
from assess.evidence.quadrants import Point, Quadrants, draw_points
from assess.evidence.records import Scan
from assess.evidence.standing import Monolith, Standing, build_standing


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanCharts:
    """Each chart of one scan. `chart.finding` is the sentence above it; `templates/charts/<name>` draws it.

    | field | template |
    |---|---|
    | matrix | matrix.html |
    | hidden | none, a table |
    | standing | standing.html |
    """

    matrix: Matrix
    hidden: HiddenCoupling
    standing: Standing


def build_scan_charts(scan: Scan, monoliths: Sequence[Monolith]) -> ScanCharts:
    """The charts of this scan, and where it stands among these monoliths."""
    return ScanCharts(
        matrix=build_matrix(scan),
        hidden=find_hidden_coupling(scan),
        standing=build_standing(scan, monoliths),
    )


def build_quadrants(candidates: Candidates | None) -> Quadrants:
    """The chart of these candidates; without points where there are none."""
    if candidates is None:
        return draw_points(())
    return draw_points(
        tuple(
            Point(
                app=each.app,
                ease=each.ease,
                benefit=each.benefit,
                quadrant=each.quadrant,
                by_load=each.has_load_argument,
                apart=each.apart_reason,
            )
            for each in candidates.everything
        )
    )
