#!/bin/sh
# Pins requirements.in, and all it pulls in, with hashes: requirements.txt has everything, requirements-site.txt (the part of
# requirements.in above "many machines", at the same versions) only what the site needs to run, requirements-machines.txt (the
# part above "tests and checks") what the container image needs. UPGRADE=1 takes newer versions.
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
compile_above() {
    sed "/^# --- $1/,\$d" requirements.in > "$work/part.in"
    rm -f "$2"
    compile "$work/part.in" -c requirements.txt -o "$2"
}
compile_above "many machines" requirements-site.txt
compile_above "tests and checks" requirements-machines.txt
echo "Pinned: $(grep -c '^[a-z]' requirements.txt) packages, $(grep -c '^[a-z]' requirements-site.txt) of them for the site."
