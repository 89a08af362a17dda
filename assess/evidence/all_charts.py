"""All charts of one scan together, as the map's page and the report show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assess.evidence.candidates import Candidates
from assess.evidence.map import HiddenCoupling, Matrix, build_matrix, find_hidden_coupling
from assess.evidence.quadrants import Quadrants, build_quadrants
from assess.evidence.records import Scan
from assess.evidence.standing import Monolith, Standing, build_standing


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanCharts:
    """Each chart of one scan. `chart.finding` is the sentence above it; `templates/charts/<name>` draws it.

    | field | template |
    |---|---|
    | matrix | matrix.html |
    | hidden | none, a table |
    | quadrants | quadrants.html |
    | standing | standing.html |
    """

    matrix: Matrix
    hidden: HiddenCoupling
    quadrants: Quadrants
    standing: Standing


def build_scan_charts(scan: Scan, candidates: Candidates | None, monoliths: Sequence[Monolith]) -> ScanCharts:
    """The charts of this scan, with its candidates, among these monoliths."""
    return ScanCharts(
        matrix=build_matrix(scan),
        hidden=find_hidden_coupling(scan),
        quadrants=build_quadrants(candidates),
        standing=build_standing(scan, monoliths),
    )
