"""The door of `measurements`: what other rooms may use of it. They import nothing else from here."""

from assess.measurements.figures import count_cost, count_deploys
from assess.measurements.load import LoadFigures, load_by_part
from assess.measurements.proposals import PROPOSED_KEYS, propose_measured
from assess.measurements.reading import Options, Prices
from assess.measurements.recognise import read_measurements
from assess.measurements.records import KIND_WORDS, Call, Calls, Content, Cost, Deploy, Deploys, Load, PartLoad, Reading
from assess.measurements.stored import from_json, to_json
