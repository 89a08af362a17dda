"""The door of `evidence`: what other rooms may use of it. They import nothing else from here."""

from assess.evidence.all_charts import ScanCharts, build_quadrants, build_scan_charts
from assess.evidence.boundaries import (
    count_exceptions, find_decay, find_exceptions_by_pair, find_layers, import_linter_command, why_no_boundaries,
    write_import_linter, write_tach,
)  # fmt: skip
from assess.evidence.boundaries import find_decay
from assess.evidence.candidate_words import needs_candidate
from assess.evidence.candidates import Candidate, Candidates, Points, build_candidates
from assess.evidence.choices import FIELDS as CHOICE_FIELDS
from assess.evidence.choices import MAX_ROWS as MAX_CHOICE_ROWS
from assess.evidence.choices import Choice, Choices, read_choices
from assess.evidence.comparison import Figure, PairChange, ScanComparison, build_figures, compare_scans
from assess.evidence.conflicts import find_conflicts
from assess.evidence.inventory import Inventory, Module, build_inventory
from assess.evidence.limits import describe_limits, describe_unread
from assess.evidence.map import HiddenCoupling, HiddenPair, Matrix, build_matrix, find_hidden_coupling
from assess.evidence.proposals import CONFIDENCE_MEANS, CONFIDENCE_WORDS, Proposal, compare_answer, propose
from assess.evidence.quadrants import QUADRANTS, Quadrants
from assess.evidence.records import AppFacts, RelationFacts, Scan, load_scan, read_evidence
from assess.evidence.scanner.command import SCAN_DESCRIPTION, add_scan_arguments, run_scan
from assess.evidence.schema import FORMAT, MAX_BYTES, SCHEMA
from assess.evidence.single_file import build_single_file
from assess.evidence.standing import Counts, Monolith, Standing, build_standing, count_scan, load_monoliths
from assess.evidence.validation import read_evidence_file
