#!/bin/sh
# Everything that reads the code without running the site. Goes through all of it and names what failed.
# Types take as long as all the rest, so they are checked beside it.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
step() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        echo "$output" | sed 's/^/        /'
        echo "$name" >> "$work/failed"
    fi
}
step "mypy" $bin/mypy > "$work/types" &
types=$!
$bin/python scripts/build_scanner.py > "$work/scan_repo.py"
# The oldest Python that mypy knows: names that a later library has are found; ruff knows the syntax of 3.9.
step "types of the scanner's one file" $bin/mypy --config-file= --python-version 3.10 --cache-dir "$work/types_of_scanner" "$work/scan_repo.py"
step "ruff" $bin/ruff check .
step "ruff format" $bin/ruff format --check .
step "import contracts" $bin/lint-imports --no-cache
step "templates" $bin/djlint templates --check --quiet
step "template lines" $bin/python scripts/template_width.py
step "sentences" $bin/python scripts/messages.py --check
step "migrations" $bin/python manage.py makemigrations --check --dry-run
step "system checks" $bin/python manage.py check
step "deployment checks" env -u DATABASE_URL -u DEBUG SPLITCHECK_ENV=production ALLOWED_HOSTS=splitcheck.example EMAIL_TO_FILES=1 \
    SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    $bin/python manage.py check --deploy --fail-level WARNING
wait "$types"
cat "$work/types"
if [ -s "$work/failed" ]; then
    echo "Failed: $(paste -sd, "$work/failed" | sed 's/,/, /g')"
    exit 1
fi
