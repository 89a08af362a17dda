#!/bin/sh
# Pins requirements.in, and all it pulls in, with hashes: requirements.txt has everything, requirements-site.txt (the part of
# requirements.in above "tests and checks", at the same versions) only what the site needs to run. UPGRADE=1 takes newer versions.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(sh scripts/find_python.sh)" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
compile() {
    "$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --custom-compile-command "make lock" "$@"
}
compile ${UPGRADE:+--upgrade} requirements.in -o requirements.txt
sed '/^# --- tests and checks/,$d' requirements.in > "$work/site.in"
rm -f requirements-site.txt
compile "$work/site.in" -c requirements.txt -o requirements-site.txt
echo "Pinned: $(grep -c '^[a-z]' requirements.txt) packages, $(grep -c '^[a-z]' requirements-site.txt) of them for the site."
