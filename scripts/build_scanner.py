"""Writes the scanner as one file, the same that the site offers: `python scripts/build_scanner.py > scan_repo.py`."""

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from assess.evidence.facade import build_single_file  # noqa: E402  # the path comes first

if __name__ == "__main__":
    scanner = TOP / "assess" / "evidence" / "scanner"
    sources = {file.stem: file.read_text("utf-8") for file in scanner.glob("*.py") if file.stem != "__init__"}
    sys.stdout.buffer.write(build_single_file(sources).encode())
