"""Reads the measured monoliths from disk for the pure evidence room, which opens no file."""

import json
from functools import cache
from pathlib import Path

from assess.evidence.facade import Monolith, load_monoliths
from assess.questionnaire_files import read_file

MONOLITHS_FILE = Path(__file__).resolve().parent.parent / "fixtures" / "evidence" / "monoliths.json"


@cache
def measured_monoliths() -> tuple[Monolith, ...]:
    """The monoliths that come with Splitcheck. Read once in a process."""
    return load_monoliths(json.loads(read_file(MONOLITHS_FILE)))
