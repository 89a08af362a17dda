"""The loads of a file for the form of the candidates: which app or module takes what share, and what matched none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assess.assessments.measurements.actions import reading_of
from assess.assessments.measurements.figures import rounded
from assess.assessments.measurements.models import Measurement
from assess.evidence.facade import Scan
from assess.language import _
from assess.measurements.facade import Load, load_by_part
from assess.questionnaire.facade import number_text


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchedLoads:
    """Shares in per cent by the row's name, as texts of the form; `load_from` says where they come from, `unmatched`
    names the parts of the file that no row is called, with their shares."""

    measurement: Measurement
    load_from: str
    shares: dict[str, str]
    unmatched: tuple[str, ...]


def match_loads(measurement: Measurement, names: Iterable[str], scan: Scan | None) -> MatchedLoads:
    """The loads of this file for rows with these names: apps of the scan, by id or label, or modules that somebody
    typed."""
    reading = reading_of(measurement)
    assert isinstance(reading.content, Load)
    row_of = {name: name for name in names}
    for app in scan.apps if scan else ():
        if app.id in row_of:
            row_of.setdefault(app.label, app.id)
    shares: dict[str, float] = {}
    for name, share in load_by_part([reading], apps=list(row_of)).items():
        shares[row_of[name]] = shares.get(row_of[name], 0) + share
    unmatched = []
    for part, share in load_by_part([reading]).items():
        alone = replace(reading, content=replace(reading.content, parts=tuple(
            each for each in reading.content.parts if each.part == part
        )))  # fmt: skip
        if not row_of or not load_by_part([alone], apps=list(row_of)):
            unmatched.append(_("{part} ({share} %)").format(part=part, share=rounded(share)))
    return MatchedLoads(
        measurement=measurement,
        load_from=f"{measurement.file_name}, {reading.shape_words}"[:200],
        shares={name: number_text(round(share, 1)) for name, share in shares.items()} if row_of else {},
        unmatched=tuple(unmatched),
    )
