#!/bin/sh
# Makes .venv and installs the pinned packages; does nothing when nothing changed. Safe to repeat and to interrupt: the stamp is
# written last, and without it everything is installed again.
#   setup.sh site   what the site needs      setup.sh all   tests and checks as well
set -eu
cd "$(dirname "$0")/.."
part=${1:-site}
case $part in
    site) file=requirements-site.txt ;;
    all) file=requirements.txt ;;
    *) echo "usage: setup.sh site|all" >&2; exit 2 ;;
esac

venv_python=.venv/bin/python
if ! "$venv_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(sh scripts/find_python.sh)
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi

# What is installed, by Python's version and the hash of the file it came from.
state_of() {
    "$venv_python" -c 'import hashlib, pathlib, sys
print(sys.version.split()[0], hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest())' "$1"
}
is_installed() {
    [ -f ".venv/.installed-$1" ] && [ "$(cat ".venv/.installed-$1")" = "$(state_of "$2")" ]
}
# The site's packages are among all of them.
if is_installed all requirements.txt || { [ "$part" = site ] && is_installed site "$file"; }; then
    exit 0
fi
echo "Installing the packages of $file (pinned by hash)"
rm -f .venv/.installed-*
"$venv_python" scripts/install_packages.py "$file"
state_of "$file" > ".venv/.installed-$part"
