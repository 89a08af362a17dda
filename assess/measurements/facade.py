"""The door of `measurements`: what other rooms may use of it. They import nothing else from here."""

from assess.measurements.load import LoadFigures, load_by_part
from assess.measurements.figures import CostFigures, DeployFigures, count_cost, count_deploys
from assess.measurements.proposals import propose_measured
from assess.measurements.reading import Options, Prices
from assess.measurements.recognise import read_measurements
from assess.measurements.records import (
    KIND_WORDS,
    MAX_DROPPED_LISTED,
    Call,
    Calls,
    Content,
    Cost,
    Deploy,
    Deploys,
    DroppedRow,
    Kind,
    Load,
    MappedField,
    PartLoad,
    Reading,
    Workload,
)
from assess.measurements.stored import from_json, to_json

__all__ = [
    "KIND_WORDS",
    "MAX_DROPPED_LISTED",
    "Call",
    "Calls",
    "Content",
    "Cost",
    "CostFigures",
    "Deploy",
    "DeployFigures",
    "Deploys",
    "DroppedRow",
    "Kind",
    "Load",
    "LoadFigures",
    "MappedField",
    "Options",
    "PartLoad",
    "Prices",
    "Reading",
    "Workload",
    "count_cost",
    "count_deploys",
    "from_json",
    "load_by_part",
    "propose_measured",
    "read_measurements",
    "to_json",
]
