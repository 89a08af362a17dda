# make run     the site with demo data, on http://127.0.0.1:8000 (another port: make run PORT=8001)
# make dev     the same for whoever changes it: reloads, with the debug toolbar, and mail on screen
# make machines  the same on two nodes behind nginx, with all that deploy/compose.yaml has, as processes
# make test    the tests that every change passes, some on PostgreSQL too; only some: make test ARGS="tests/unit -k flips"
# make test-thorough  what `make test` leaves out: slow tests, more examples, the rest on PostgreSQL
# make test-times     the slowest tests of the last whole runs, and the time of each room
# make coverage       which lines, branches and templates the quick suite reaches, with a floor
# make check   lint, types, imports, templates, migrations, deployment checks
# make format  formats code and templates
# make messages  collects the sentences to translate into var/splitcheck.pot
# make lock    pins requirements.in into requirements.txt (newer versions: make lock UPGRADE=1)
# make clean   forgets the environment and all local data

.DEFAULT_GOAL := run
.PHONY: run dev machines test coverage test-thorough test-times check format messages lock bench clean setup setup-all
PORT ?= 8000
export PORT

setup:
	@sh scripts/setup.sh site

setup-all:
	@sh scripts/setup.sh all

run:
	@exec sh scripts/run.sh

dev:
	@exec sh scripts/run.sh dev

machines: setup-all
	@.venv/bin/python scripts/system_packages.py pdf fonts machines
	@exec .venv/bin/python scripts/many_machines.py

test: setup-all
	@.venv/bin/python scripts/system_packages.py pdf fonts chromium pdftotext
	@exec .venv/bin/python scripts/test.py $(ARGS)

test-thorough: setup-all
	@.venv/bin/python scripts/system_packages.py pdf fonts chromium pdftotext machines
	@exec .venv/bin/python scripts/test.py --thorough $(ARGS)

test-times:
	@.venv/bin/python scripts/test.py --times

coverage: setup-all
	@.venv/bin/python scripts/system_packages.py pdf fonts chromium pdftotext
	@rm -rf var/coverage && mkdir -p var/coverage
	@.venv/bin/coverage run -m pytest --ds=tests.coverage_settings -n 2 --dist worksteal -m "not slow"
	@.venv/bin/coverage combine --quiet
	@.venv/bin/coverage report

check: setup-all
	@sh scripts/check.sh

format: setup-all
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@.venv/bin/djlint templates --reformat --quiet

messages: setup-all
	@.venv/bin/python scripts/messages.py

lock:
	@sh scripts/lock.sh

bench: setup-all
	@for file in benchmarks/*.py; do echo "== $$file"; .venv/bin/python "$$file" || exit 1; done

clean:
	rm -rf .venv var
