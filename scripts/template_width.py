"""Names every line of a template that is longer than 160 columns, and ends with 1 if there is one."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_COLUMNS = 160


def main() -> int:
    too_long = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} columns"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_COLUMNS
    ]
    if too_long:
        print(f"Break these lines between tags or attributes (at most {MAX_COLUMNS} columns):", *too_long, sep="\n  ")
    return bool(too_long)


if __name__ == "__main__":
    sys.exit(main())
