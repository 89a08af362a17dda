"""Portfolio and list with 10,000 systems in one workspace. Run: python -m benchmarks.portfolio [--systems 100000]

The workspace has 200 teams (every second system belongs to the first five), loaded by plain SQL and then analysed
(ANALYZE), on a temporary SQLite file and on a temporary PostgreSQL. Pages go through Django's test client and the whole
middleware, signed in. Printed for each page: queries, rows shown, median and 95th percentile in milliseconds, and the
median processor time of our process (on SQLite that includes the database), which a busy machine changes less. The
first line is the floor: a signed-in page that reads session and person and little else. Goal: at most 15 queries. A
result is 5 kB here, so that SQLite keeps it outside the row's own page, as it does real ones.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
MAX_QUERIES = 15
TEAMS, RESULT_BYTES = 200, 5_000

#: Written once for both databases; what differs is filled in. `i` counts systems from 1, `r` mixes them.
SYSTEMS = """
INSERT INTO assess_system (id, workspace_id, team_id, name, created_at, created_by_id)
SELECT i, 1, {team}, {name}, {at}, 1 FROM ({series}) n
"""
NEWEST = """
INSERT INTO assess_assessment (id, system_id, workspace_id, team_id, version, state, answers_separately, names_shown,
  edition_id, created_at, created_by_id, updated_at, updated_by_id, submitted_at, submitted_by_id, answers_hash,
  model_version, verdict, form, result, overruled_to, log_length, is_newest, system_name, current_verdict,
  current_verdict_form, current_verdict_at, need, readiness, gates_not_passed, ask_again_on)
SELECT i, i, 1, {team}, 1, state, {no}, {yes}, 1, {at}, 1, {at}, 1,
  CASE WHEN state <> 'draft' THEN {at} END, CASE WHEN state <> 'draft' THEN 1 END,
  CASE WHEN state <> 'draft' THEN 'x' ELSE '' END, CASE WHEN state <> 'draft' THEN 1 END,
  verdict, form, CASE WHEN state <> 'draft' THEN {now} END, '', 0, {yes}, {name}, verdict, form,
  CASE WHEN state <> 'draft' THEN {at} END,
  CASE verdict WHEN '' THEN 0 WHEN 'stay' THEN r % 50 WHEN 'modular' THEN 20 + r % 60 ELSE 50 + r % 51 END,
  CASE verdict WHEN '' THEN 0 ELSE (r / 7) % 101 END,
  CASE WHEN verdict = '' THEN '{{}}'{json} WHEN r % 3 = 0 THEN '{{"tracing": "failed", "platform": "open"}}'{json}
    WHEN r % 7 = 0 THEN '{{"boundaries": "open"}}'{json} ELSE '{{}}'{json} END,
  CASE WHEN state <> 'draft' THEN {day} END
FROM (
  SELECT i, r, state, CASE WHEN state = 'draft' THEN '' WHEN r % 5 < 2 THEN 'stay' WHEN r % 5 = 2 THEN 'modular'
      ELSE 'extract' END AS verdict,
    CASE WHEN state = 'draft' THEN '' WHEN r % 5 = 0 THEN 'healthy' WHEN r % 5 = 1 THEN 'offload'
      WHEN r % 5 = 2 THEN 'cure' WHEN r % 5 = 3 THEN 'hot_part' ELSE 'organisation' END AS form
  FROM (
    SELECT i, r, CASE WHEN r % 100 < 20 THEN 'draft' WHEN r % 100 < 35 THEN 'submitted' WHEN r % 100 < 40 THEN
        'in_review' WHEN r % 100 < 80 THEN 'accepted' WHEN r % 100 < 92 THEN 'accepted_with_conditions'
        WHEN r % 100 < 97 THEN 'sent_back' ELSE 'challenged' END AS state
    FROM (SELECT i, (i * 7919) % 100003 AS r FROM ({series}) n) m
  ) s
) v
"""
LATER = "UPDATE assess_assessment SET result = {result} WHERE is_newest AND state <> 'draft'"
OLD = """
INSERT INTO assess_assessment (id, system_id, workspace_id, team_id, version, state, answers_separately, names_shown,
  edition_id, created_at, created_by_id, updated_at, updated_by_id, submitted_at, submitted_by_id, answers_hash,
  model_version, verdict, form, overruled_to, log_length, is_newest, system_name, current_verdict, current_verdict_form,
  need, readiness, gates_not_passed, deleted_at, deleted_by_id)
SELECT i + {number}, i, 1, {team}, 2, 'submitted', {no}, {yes}, 1, {at}, 1, {at}, 1, {at}, 1, 'x', 1, 'stay',
  'healthy', '', 0, {no}, {name}, '', '', 0, 0, '{{}}'{json},
  CASE WHEN i % 27 = 0 THEN {at} END, CASE WHEN i % 27 = 0 THEN 1 END
FROM ({series}) n WHERE i % 9 = 0
"""
SIGNED = """
INSERT INTO assess_signoff (id, assessment_id, decision, model_verdict, overruled_to, reason, remark, content,
  content_hash, signed_at, signed_by_id)
SELECT id, id, 'accepted_with_conditions', verdict, '', '', '', '{{}}'{json}, 'x', submitted_at, 1
FROM assess_assessment WHERE is_newest AND state = 'accepted_with_conditions' AND id % 8 = 0
"""
CONDITIONS = """
INSERT INTO assess_condition (assessment_id, sign_off_id, text, owner, due_on, met_how)
SELECT assessment_id, id, 'Tracing reaches every part', 'Platform', {due}, '' FROM assess_signoff
"""
DIALECTS = {
    "sqlite": {
        "series": "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {number}) SELECT i FROM c",
        "at": "datetime('2026-11-01 12:00:00', '-' || ((i * 104729) % {number} * 40000000 / {number}) || ' seconds')",
        "day": "date('2026-11-01', '-' || (i % 900) || ' days')",
        "due": "date('now', '-' || (id % 40) || ' days', '+20 days')",
        "result": "'{{\"pad\": \"' || printf('%.*c', {bytes}, 'x') || '\"}}'",
        "yes": "1", "no": "0", "json": "",
    },
    "postgresql": {
        "series": "SELECT generate_series(1, {number})::bigint AS i",
        "at": "timestamptz '2026-11-01 12:00:00+00'"
        " - ((i * 104729) % {number} * 40000000 / {number}) * interval '1 second'",
        "day": "date '2026-11-01' - (i % 900)::int",
        "due": "current_date - (id % 40)::int + 20",
        "result": "('{{\"pad\": \"' || repeat('x', {bytes}) || '\"}}')::jsonb",
        "yes": "true", "no": "false", "json": "::jsonb",
    },
}  # fmt: skip
TEAM = f"(CASE WHEN i % 2 = 0 THEN 1 + (i / 2) % 5 ELSE 6 + i % {TEAMS - 5} END)"
WORDS = ("payments", "search", "ledger", "checkout", "catalogue", "orders", "identity", "mail", "reports", "stock")
NAME = "(CASE i % 10 " + " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(WORDS)) + " END || ' ' || i)"


# --- the process that holds a database and asks for its pages


def load(number: int) -> None:
    """Everything by plain SQL: through the ORM it would take minutes."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from assess.people.models import Membership, Role, Team, User, Workspace

    call_command("migrate", verbosity=0)
    call_command("load_fixtures", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115  closed with the process
    workspace = Workspace.objects.create(pk=1, name="Large")
    people = [User.objects.create(pk=n, email=f"p{n}@example.org", name=f"Person {n}", password="!") for n in (1, 2, 3)]
    Team.objects.bulk_create(Team(pk=n, workspace=workspace, name=f"Team {n:03}") for n in range(1, TEAMS + 1))
    Membership.objects.create(user=people[0], workspace=workspace, role=Role.ARCHITECT)
    Membership.objects.create(user=people[1], workspace=workspace, team_id=1, role=Role.MEMBER)
    for n in range(1, 6):
        Membership.objects.create(user=people[2], workspace=workspace, team_id=n, role=Role.MEMBER)
    vendor = connection.vendor
    words = {name: text.format(number=number, bytes=RESULT_BYTES) for name, text in DIALECTS[vendor].items()}
    words |= {"team": TEAM, "name": NAME, "number": str(number)}
    # SQLite fills its indexes several times as fast while rows are small; PostgreSQL would write every row twice.
    words["now"] = "NULL" if vendor == "sqlite" else words["result"]
    with connection.cursor() as cursor:
        if vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -4000000")
        with transaction.atomic():
            for statement in (SYSTEMS, NEWEST, OLD, SIGNED, CONDITIONS):
                cursor.execute(statement.format(**words))
            if vendor == "sqlite":
                cursor.execute(LATER.format(**words))
        cursor.execute("ANALYZE" if vendor == "sqlite" else "VACUUM ANALYZE")
    connection.close()  # SQLite reads the new statistics, and its usual cache size, from the next connection on


def pages() -> dict[str, tuple[int, str]]:
    """By name: who asks (1 the architect, 2 on one team, 3 on five), and the address."""
    from assess.assessments.models import NEWEST, Assessment
    from assess.portfolio.filters import ORDERS

    newest = Assessment.objects.filter(NEWEST, workspace=1)
    half = newest.count() // 2
    found: dict[str, tuple[int, str]] = {"floor: a page without data": (1, "/account/logout/")}
    found["portfolio"] = (1, "/portfolio/")
    for slug, order in ORDERS.items():
        rows = newest.exclude(current_verdict_at=None) if order.field == "current_verdict_at" else newest
        value, pk = rows.order_by(*order.columns()).values_list(order.field, "pk")[min(half, rows.count() - 30)]
        said = value.isoformat() if hasattr(value, "isoformat") else value
        at = f"{said},{pk}".replace("+", "%2B").replace(" ", "+")
        found[f"sorted by {slug}"] = (1, f"/portfolio/?sort={slug}")
        found[f"sorted by {slug}, from the middle"] = (1, f"/portfolio/?sort={slug}&after={at}")
        found[f"sorted by {slug}, back from the middle"] = (1, f"/portfolio/?sort={slug}&before={at}")
    filters = (
        "verdict=extract", "verdict=none", "form=hot_part", "form=motives", "state=accepted", "state=challenged",
        "team=3", "edition=1", "months=12", "gate=tracing/failed", "gate=tracing", "gate=pipeline/failed", "q=pay",
        "q=zebra", "verdict=stay&sort=need", "verdict=extract&gate=tracing&sort=-readiness", "q=pay&verdict=stay",
    )  # fmt: skip
    found |= {f"filtered by {one}": (1, f"/portfolio/?{one}") for one in filters}
    value, pk = newest.order_by("-updated_at", "-pk").values_list("updated_at", "pk")[half]
    deep = f"before={value.isoformat().replace('+', '%2B')}&below={pk}"
    for who, name in ((1, "architect"), (2, "member of one team"), (3, "member of five teams")):
        for what in ("", deep, "state=accepted", "verdict=extract", "q=zebra", "state=deleted", "team=1"):
            shown = "from the middle" if what is deep else what or "first page"
            found[f"list, {name}: {shown}"] = (who, f"/assessments/?{what}")
    return found


def measure(systems: int, times: int, only: str) -> bool:
    """Load, ask for each page and print what it took. Whether every page met the goal."""
    import django

    sys.path.insert(0, str(ROOT))
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from assess import urls
    from assess.people.models import User

    assert urls.urlpatterns, "what does not load should fail now, not after a long load"
    settings.ALLOWED_HOSTS = ["testserver"]
    began = time.perf_counter()
    load(systems)
    addresses = pages()
    clients = {}
    for who in (1, 2, 3):
        clients[who] = Client()
        clients[who].force_login(User.objects.get(pk=who))
    print(f"\n{connection.vendor}: {systems:,} systems, loaded in {time.perf_counter() - began:.0f} s")
    print(f"{'page':62} {'queries':>7} {'rows':>5} {'median':>8} {'p95':>8} {'work':>8}")
    is_met = True
    for name, (who, address) in addresses.items():
        if only not in name and not name.startswith("floor"):
            continue
        with CaptureQueriesContext(connection) as captured:
            response = clients[who].get(address)
        assert response.status_code == 200, (address, response.status_code)
        statements = [query["sql"] for query in captured.captured_queries]
        queries = len([sql for sql in statements if not sql.startswith(("BEGIN", "COMMIT"))])
        took, worked = [], []
        for _ in range(times):
            start, began = time.perf_counter(), time.process_time()
            clients[who].get(address)
            took.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - began) * 1000)
        rows = response.content.count(b"data-system=") + response.content.count(b"data-assessment=")
        is_met = is_met and queries <= MAX_QUERIES
        figures = (statistics.median(took), statistics.quantiles(took, n=20)[18], statistics.median(worked))
        missed = "" if queries <= MAX_QUERIES else "  MISSED"
        print(f"{name:62} {queries:7} {rows:5}", *(f"{figure:8.1f}" for figure in figures), missed, flush=True)
    return is_met


# --- each database in a process of its own, whose settings name it


@contextlib.contextmanager
def database(url: str) -> Iterator[str]:
    """A database of this run's own on that PostgreSQL."""
    import psycopg

    name = f"splitcheck_benchmark_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_process(url: str) -> bool:
    """Measure on this PostgreSQL, on SQLite without one. Whether every page met the goal."""
    with contextlib.ExitStack() as stack:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="splitcheck-benchmark-"))
        environment |= {"SPLITCHECK_VAR": folder, "DJANGO_SETTINGS_MODULE": "assess.settings", "LOG_LEVEL": "ERROR"}
        if url:
            environment["DATABASE_URL"] = stack.enter_context(database(url))
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.portfolio", "--measure", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=40, help="requests for each page")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="one of them only")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.exit(0 if measure(options.systems, options.times, options.only) else 1)
    is_met = options.database == "postgresql" or run_process("")
    if options.database != "sqlite":
        sys.path.insert(0, str(ROOT / "scripts"))
        from postgres import programs, temporary_postgres

        if programs() is None:
            print("postgresql  left out: its programs are not on this machine")
        else:
            with temporary_postgres() as url:
                is_met = run_process(url) and is_met
    print("\nEvery page met the goal" if is_met else "\nA page missed the goal")
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
