"""The sentences of the site and its reports, for translators: `make messages`.

Collects them into var/splitcheck.pot, brings every locale/*/LC_MESSAGES/django.po up to date with it, and compiles
those to the django.mo that the site reads. With --check it writes nothing, and ends with 1 where a sentence cannot be
collected or a translation has other placeholders than its sentence.

Babel does the work, so GNU gettext need not be on the machine. Templates go through Django's own `templatize`, as in
`makemessages`.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
TEMPLATE = ROOT / "var" / "splitcheck.pot"  # generated, so not in the repository
#: Where a value goes, as `.format` and templates have it.
PLACEHOLDER = re.compile(r"(?<!\{)\{[^{}]*\}(?!\})|%\([a-z_0-9]+\)[sd]")
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extract_sentences() -> Iterator[tuple[str, int, object, str | None]]:
    """(file, line, sentence or (one, many), context) of every sentence marked in code and templates."""
    from django.utils.translation.template import templatize

    for path in [*sorted((ROOT / "assess").rglob("*.py")), *sorted((ROOT / "templates").rglob("*"))]:
        if not path.is_file() or "migrations" in path.parts:
            continue
        file = path.relative_to(ROOT).as_posix()
        text = path.read_text("utf-8")
        if path.suffix != ".py":
            # What stands before a call is no Python, and Python's tokenizer minds how it is indented.
            text = "\n".join(line.strip() for line in templatize(text, origin=file).splitlines())
        for line, message, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
            yield file, line, message, context


def collect() -> Catalog:
    """Every sentence with where it stands. Without a date, so that the same code gives the same file."""
    catalog = Catalog(project="Splitcheck", charset="utf-8")
    for file, line, message, context in extract_sentences():
        catalog.add(message, locations=[(file, line)], context=context)
    return catalog


def as_template(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False)
    return out.getvalue()


def compile_into(folder: Path, catalog: Catalog) -> None:
    """Write the catalogue as the django.mo of this `locale/<name>/LC_MESSAGES` folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "django.mo", "wb") as out:
        write_mo(out, catalog)


def placeholder_mismatches(catalog: Catalog) -> Iterator[str]:
    """Translations with other placeholders than their sentence: a value is missing, or shows what it should not."""
    for message in catalog:
        if not message.id or not message.string:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {placeholder for text in ids for placeholder in PLACEHOLDER.findall(text)}
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            actual = set(PLACEHOLDER.findall(text))
            # The form for one may leave the number out.
            if text and (actual - allowed or (len(ids) == 1 and actual != allowed)):
                yield f"{ids[0]!r}: {sorted(actual)} instead of {sorted(allowed)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    catalog = collect()
    mismatches = []
    translations = {}
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        with open(po, "rb") as file:
            translations[po] = read_po(file, locale=po.parent.parent.name)
        translations[po].update(catalog)
        mismatches += [f"{po.relative_to(ROOT)}: {mismatch}" for mismatch in placeholder_mismatches(translations[po])]
    if mismatches:
        print("Translations with other placeholders than their sentences:", *mismatches, sep="\n  ", file=sys.stderr)
        return 1
    if options.check:
        return 0
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(as_template(catalog))
    for po, translated in translations.items():
        with open(po, "wb") as out:
            write_po(out, translated, width=120, sort_output=True)
        compile_into(po.parent, translated)
    print(f"{len(catalog)} sentences in {TEMPLATE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
