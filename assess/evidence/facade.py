"""The door of `evidence`: what other rooms may use of it. They import nothing else from here."""

from assess.evidence.all_charts import ScanCharts, build_quadrants, build_scan_charts
from assess.evidence.boundaries import (
    count_exceptions,
    find_decay,
    find_exceptions_by_pair,
    find_layers,
    import_linter_command,
    why_no_boundaries,
    write_import_linter,
    write_tach,
)
from assess.evidence.candidate_words import needs_candidate
from assess.evidence.candidates import Candidate, Candidates, build_candidates
from assess.evidence.choices import Choices, FIELDS as CHOICE_FIELDS, MAX_ROWS as MAX_CHOICE_ROWS, read_choices
from assess.evidence.comparison import build_figures, compare_scans
from assess.evidence.conflicts import find_conflicts
from assess.evidence.inventory import Inventory, build_inventory
from assess.evidence.limits import describe_limits, describe_unread
from assess.evidence.map import Cell, HiddenCoupling, Matrix, Part
from assess.evidence.proposals import (
    CONFIDENCE_MEANS,
    CONFIDENCE_WORDS,
    UPPER_QUARTILE_CUT_SHARE,
    can_have,
    may_propose,
    Proposal,
    compare_answer,
    find_tools,
    name_tools,
    propose,
)
from assess.evidence.records import Scan, load_scan, read_evidence
from assess.evidence.scanner.command import SCAN_DESCRIPTION, add_scan_arguments, run_scan
from assess.evidence.schema import FORMAT, MAX_BYTES, SCHEMA
from assess.evidence.single_file import build_single_file
from assess.evidence.standing import Monolith, Standing, count_scan, load_monoliths
from assess.evidence.validation import looks_like_scan, read_evidence_file
