"""Scans public Django monoliths and writes their counts to fixtures/evidence/monoliths.json:

    python scripts/measure_monoliths.py CHECKOUT...

Each checkout has its whole history and lies in a directory called OWNER+NAME, as on GitHub. Only counts are kept.
"""

import json
import re
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assess.evidence.facade import count_scan, read_evidence  # noqa: E402  # beside this folder
from assess.evidence.scanner.command import main  # noqa: E402
from assess.monoliths_file import MONOLITHS_FILE  # noqa: E402


def measure(checkout: Path) -> dict[str, object]:
    """One project's line of the file. Raises AssertionError where the checkout cannot be scanned."""
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory, "evidence.json")
        status = main([str(checkout), "--out", str(out)])
        assert status < 2, f"{checkout}: the scanner ended with {status}"
        scan = read_evidence(json.loads(out.read_text("utf-8")))
    repository = scan.data["repository"]
    owner, name = checkout.name.split("+")
    return {
        "name": name,
        "url": f"https://github.com/{owner}/{name}",
        "commit": repository["commit"],
        "committed_on": repository["committed_on"],
        "counts": asdict(count_scan(scan)),
    }


if __name__ == "__main__":
    about = json.loads(MONOLITHS_FILE.read_text("utf-8"))["about"]
    monoliths = sorted(map(measure, map(Path, sys.argv[1:])), key=lambda each: str(each["name"]).lower())
    text = json.dumps({"about": about, "monoliths": monoliths}, indent=1, ensure_ascii=False)
    # One line for each project's counts: a reader compares lines.
    text = re.sub(r'"counts": \{[^}]*\}', lambda match: " ".join(match[0].split()), text)
    MONOLITHS_FILE.write_text(text + "\n", "utf-8")
