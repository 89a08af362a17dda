#!/bin/sh
# The site with demo data, until Ctrl-C. Safe to repeat and to interrupt.
#   run.sh         as it is in production, by gunicorn with a worker: `make run`
#   run.sh dev     for whoever changes it, reloading, with the debug toolbar and mail on screen: `make dev`
set -eu
cd "$(dirname "$0")/.."
if [ -x .venv/bin/python ]; then python=.venv/bin/python; else python=$(sh scripts/find_python.sh); fi
"$python" scripts/serve.py --check-port
# System libraries and fonts come while everything else is made ready; serve.py knows when they are there.
"$python" scripts/system_packages.py pdf fonts &
if [ "${1:-}" = dev ]; then
    sh scripts/setup.sh all
    .venv/bin/python scripts/prepare.py
    export DJANGO_SETTINGS_MODULE=assess.settings_dev
    exec .venv/bin/python manage.py runserver "${PORT:-8000}"
fi
sh scripts/setup.sh site
.venv/bin/python scripts/prepare.py
exec .venv/bin/python scripts/serve.py
