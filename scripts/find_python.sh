#!/bin/sh
# Prints a Python of version 3.11 or newer that can make virtual environments, or says what to install.
for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 python; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    if "$path" -c 'import sys, venv, ensurepip, sqlite3; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
{
    echo "Splitcheck needs Python 3.11 or newer with its venv module, and found none."
    echo "On Debian or Ubuntu: apt install python3 python3-venv. Or name one: make run PYTHON=/path/to/python3"
} >&2
exit 1
