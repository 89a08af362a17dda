#!/bin/sh
# The site with demo data, until Ctrl-C: `make run`. Safe to repeat and to interrupt.
set -eu
cd "$(dirname "$0")/.."
if [ -x .venv/bin/python ]; then python=.venv/bin/python; else python=$(sh scripts/find_python.sh); fi
"$python" scripts/serve.py --check-port
# System libraries and fonts come while everything else is made ready; serve.py knows when they are there.
"$python" scripts/system_packages.py pdf fonts &
sh scripts/setup.sh site
.venv/bin/python scripts/prepare.py
exec .venv/bin/python scripts/serve.py
