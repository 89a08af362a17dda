"""The door of `evidence`: what other rooms may use of it. They import nothing else from here."""

from assess.evidence.map import HiddenCoupling, HiddenPair, Matrix, build_matrix, find_hidden_coupling
from assess.evidence.records import AppFacts, RelationFacts, Scan, read_evidence
from assess.evidence.schema import FORMAT, SCHEMA
