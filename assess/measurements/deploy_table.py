"""Deploys from a table that a team keeps: CSV with commas, semicolons or tabs, its columns named in four languages."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from assess.language import N_, _
from assess.measurements.deploy_rules import DROP_WORDS, Run, build_reading, no_rows, plain_words, too_many
from assess.measurements.reading import DropLog, LineReader, Options
from assess.measurements.records import MappedField, Reading
from assess.measurements.times import SECONDS, Unreadable, read_duration, read_time
from assess.questionnaire.facade import Issue, ValidationFailed, shown

CSV_WORDS: Final = N_("A table of deploys as CSV")

#: Ours first: what each column may be called, in plain words.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "created": (
        "created", "created at", "createdat", "merged", "merged at", "merge time", "merged on", "queued at",
        "requested at", "triggered", "triggered at", "commit time", "erstellt", "erstellt am", "gemergt", "gemergt am",
        "angelegt", "cree", "cree le", "date de creation", "fusionne le", "creado", "creado el", "fecha de creacion",
        "fusionado el",
    ),
    "started": (
        "started", "started at", "startedat", "start", "start time", "begin", "began", "gestartet",
        "gestartet am", "start zeit", "startzeit", "beginn", "begonnen", "debut", "demarre", "demarre le",
        "date de debut", "heure de debut", "inicio", "iniciado", "hora de inicio", "fecha de inicio",
    ),
    "finished": (
        "finished", "finished at", "finishedat", "ended", "ended at", "end", "end time", "completed", "completed at",
        "deployed", "deployed at", "deployed on", "deployment time", "deployment date", "deploy date", "date", "time",
        "timestamp", "datetime", "beendet", "beendet am", "ende", "endzeit", "datum", "zeitpunkt", "zeitstempel",
        "ausgeliefert am", "fin", "termine", "termine le", "date de fin", "heure de fin", "deploye le", "horodatage",
        "terminado", "terminado el", "fecha", "fecha de fin", "hora de fin", "desplegado el",
    ),
    "duration": (
        "duration", "deploy duration", "deployment duration", "deploy time", "lead time", "elapsed", "elapsed time",
        "run time", "runtime", "took", "length", "minutes", "seconds", "dauer", "laufzeit", "minuten", "sekunden",
        "duree", "secondes", "duracion", "minutos", "segundos",
    ),
    "waited": (
        "waited", "waiting", "waiting time", "wait time", "queue time", "queued", "queue duration", "queued duration",
        "wartezeit", "gewartet", "attente", "temps d attente", "espera", "tiempo de espera",
    ),
    "result": (
        "result", "status", "state", "outcome", "conclusion", "success", "ergebnis", "zustand", "resultat", "statut",
        "etat", "resultado", "estado",
    ),
    "environment": (
        "environment", "env", "target", "target environment", "deployed to", "umgebung", "zielumgebung", "ziel",
        "environnement", "cible", "entorno", "ambiente", "destino",
    ),
    "service": (
        "service", "application", "app", "component", "project", "repository", "repo", "system", "dienst", "anwendung",
        "komponente", "projekt", "composant", "projet", "depot", "servicio", "aplicacion", "componente", "proyecto",
        "repositorio",
    ),
    "identity": ("id", "deployment id", "deploy id", "run id", "build id", "build", "number", "nummer", "numero"),
}  # fmt: skip
BY_COLUMN: Final = {name: column for column, names in COLUMNS.items() for name in names}
SEPARATORS: Final = ("\t", ";", ",")
MAX_COLUMNS: Final = 200
#: So many rows are read, whether they count or not.
MAX_ROWS: Final = 200_000
#: A row with a text of several lines is at most so long.
MAX_ROW_BYTES: Final = 10_000


def map_header(line: str) -> tuple[str, dict[str, tuple[int, str, str]]]:
    """The separator, and by column of ours its place, its name in the file, and the unit in that name.

    >>> map_header("Gestartet;Ende;Dauer (min)")[1]["duration"]
    (2, 'Dauer (min)', 'min')
    """
    separator = max(SEPARATORS, key=line.count)
    columns: dict[str, tuple[int, str, str]] = {}
    for place, name in enumerate(split_row(line, separator)[:MAX_COLUMNS]):
        words = plain_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:80]))
        column = BY_COLUMN.get(" ".join(words))
        unit = words[-1] if words and words[-1] in SECONDS else ""
        if column is None and unit:
            column = BY_COLUMN.get(" ".join(words[:-1] if words[-2:-1] != ["in"] else words[:-2]))
        # The first of two columns of a kind counts.
        if column is not None and column not in columns:
            columns[column] = place, shown(name.strip()), unit
    return separator, columns


def split_row(line: str, separator: str) -> list[str]:
    """The cells of one line; quotes may surround a cell, a line break inside is not read."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def is_deploy_table(first_lines: Sequence[str]) -> bool:
    """A first line with a column for the end or the start of a run, and one that tells it from a table of anything."""
    header = next((line for line in first_lines if line.strip()), "")
    columns = map_header(header)[1] if len(header) < 10_000 and header[:1] not in ("{", "[") else {}
    others = {"created", "started", "duration", "result", "environment"} & columns.keys()
    return len(columns) > 1 and bool({"started", "finished", "created"} & columns.keys()) and bool(others)


def read_csv_runs(lines: Iterable[bytes], options: Options) -> Reading:
    """The reading of a table. Raises ValidationFailed where a column lacks without which nothing can be counted."""
    rows = join_quoted(enumerate(lines, start=1))
    header = next(line for _row, line in rows if line.strip()).decode("utf-8", "replace")
    separator, columns = map_header(header)
    check_columns(columns)
    width = len(split_row(header, separator))
    drops, runs, rows_read = DropLog(), [], 0
    for row, raw in rows:
        if not raw.strip():
            continue
        rows_read += 1
        try:
            runs.append(read_row(row, raw, separator, columns, width))
        except Unreadable as error:
            drops.add(row, error.reason, error.words)
        if rows_read > MAX_ROWS:
            raise too_many()
    if not rows_read:
        raise no_rows()
    mapping = []
    for column, (_place, name, unit) in columns.items():
        mapping.append(MappedField(field=column, source=name, note=unit))
    warnings = []
    if "result" not in columns:
        warnings.append(_("No column says how a deploy ended. All count as successful."))
    if "environment" not in columns:
        warnings.append(_("No column names the environment. All rows count as production."))
    return build_reading("csv", CSV_WORDS, mapping, rows_read, runs, drops, warnings, options)


def join_quoted(rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The rows, those whose quoted text has line breaks as one, with the number of their first line. Where nothing
    closes a quote, each line is a row of its own."""
    pending: list[tuple[int, bytes]] = []
    size = 0
    for number_of_line, line in rows:
        has_odd_quotes = line.count(b'"') % 2 == 1
        if pending or has_odd_quotes:
            pending.append((number_of_line, line))
            size += len(line)
        if not pending:
            yield number_of_line, line
        elif has_odd_quotes and len(pending) > 1:
            yield pending[0][0], b" ".join(part for _number, part in pending)
            pending, size = [], 0
        elif size > MAX_ROW_BYTES:
            yield from pending
            pending, size = [], 0
    yield from pending


def check_columns(columns: Mapping[str, object]) -> None:
    has_begin = bool({"created", "started"} & columns.keys())
    if "duration" not in columns and not ("finished" in columns and has_begin):
        message = _(
            "Add a column for the end (finished) and one for the start (started) or the duration (duration_min)"
        )
        raise ValidationFailed([Issue(code="missing_column", message=message, key="file", line=1)])


def read_row(row: int, raw: bytes, separator: str, columns: Mapping[str, tuple[int, str, str]], width: int) -> Run:
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        raise Unreadable("not_utf8", _("Save the file as UTF-8; this row has other bytes")) from None
    cells = split_row(line, separator)
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise Unreadable("too_many_cells", DROP_WORDS["too_many_cells"])

    def cell(column: str) -> str:
        place = columns[column][0] if column in columns else len(cells)
        return cells[place].strip()[:200] if place < len(cells) else ""

    seconds = read_duration(cell("duration"), columns["duration"][2]) if "duration" in columns else None
    created, started, finished = (
        read_time(cell(column), needs_clock=seconds is None) for column in ("created", "started", "finished")
    )
    waited = read_duration(cell("waited"), columns["waited"][2]) if "waited" in columns else None
    if waited is None and created is not None and started is not None:
        waited = started - created
    begins = created if created is not None else started
    if finished is None and begins is not None and seconds is not None:
        finished = round((started if started is not None else begins) + seconds)
    return Run(
        row=row,
        begins=None if finished is not None and seconds is not None and created is None else begins,
        finished=finished,
        seconds=seconds,
        waited_seconds=waited,
        outcome=cell("result") if "result" in columns else "success",
        environment=cell("environment") if "environment" in columns else None,
        service=cell("service"),
        identity=cell("identity") or None,
    )


TABLE: Final = LineReader(kind="deploys", shape="csv", words=CSV_WORDS, recognises=is_deploy_table, read=read_csv_runs)
