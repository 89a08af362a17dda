"""A made-up language to prove that every sentence can be translated: `qps`, generated anew from the code.

Each letter becomes one with a sign, and each sentence grows by two fifths, as German or Finnish would. A plain English
word that a page then still shows did not go through gettext, and a layout that breaks was too tight.
"""

import dataclasses
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command
from django.db import models

from assess import questionnaire_files
from assess.assessments.editions import publish_translation_file
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Edition
from assess.cases_file import published_cases
from assess.decision.headings import HEADINGS
from assess.decision.rules import RULES
from assess.decision.sources import SOURCES
from assess.monoliths_file import measured_monoliths
from assess.questionnaire import translation
from assess.questionnaire_files import builtin_questionnaire
from scripts.messages import collect, compile_into

DEMO = Path(__file__).resolve().parent.parent / "fixtures" / "demo"
LANGUAGE = "qps"
#: How much a sentence grows.
GROWTH = 0.4
SIGNS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀćđéƒğĥíĵķĺḿńóƥʠŕśţúṽŵẋýźÀƁĆĐÉƑĞĤÍĴĶĹḾŃÓƤɊŔŚŢÚṼŴẊÝŹ",
)
#: What a sentence has that is no word: places for values, tags, entities, and conversions of `%`.
KEPT = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|%\([a-z_0-9]+\)[sd]|%%|%[sd]|</?[a-z][^>]*>|&[a-z]+;)", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z]{3,}")
#: Of a person, a page or a file; the name of the shipped questionnaire; a hash.
ADDRESS = re.compile(
    r"\S+@\S+|https?://\S*|[\w-]+(\.[\w-]+)+(/\S*)?|/[a-z][\w./-]+/|split-checklist|\b[0-9a-f]{16,64}\b"
)
SLUG = re.compile(r"[a-z0-9_.:-]+")
#: Names, file formats, and what people type or copy as it stands.
NAMES = {
    *("Splitcheck", "Django", "Kubernetes", "Istio", "GitHub", "SQLite", "PostgreSQL", "OpenAPI", "OpenID", "Connect"),
    LANGUAGE,
    *("JSON", "CSV", "PDF", "API", "MADR", "DOCX", "YAML", "HTML", "Markdown", "SHA", "XML", "URL", "HTTP", "UTC"),
}
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "content", "label")
#: Elements whose text is no sentence of ours.
SILENT = {"script", "style", "code", "pre", "textarea"}


def pseudo(text: str) -> str:
    """The sentence in the made-up language, its places for values as they were.

    >>> pseudo("Ask {name} again")
    'Àśķ {name} àğàíń öööö'
    """
    parts = KEPT.split(text)
    said = "".join(part if index % 2 else part.translate(SIGNS) for index, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    grown = " öööööö" * max(1, round(letters * GROWTH / 7)) if WORD.search("".join(parts[::2])) else ""
    ending = "\n" if said.endswith("\n") else ""
    return f"{said.removesuffix(ending)}{grown}{ending}"


@cache
def catalogue() -> Catalog:
    """Every sentence of ours, and those of Django and allauth that pages show."""
    made = Catalog(locale=None)
    theirs = [Path(str(find_spec("django").origin)).parent / "conf" / "locale"]  # type: ignore[union-attr]
    theirs += [Path(str(find_spec(name).origin)).parent / "locale" for name in ("allauth",)]  # type: ignore[union-attr]
    sources: list[Catalog] = []
    for folder in theirs:
        with open(folder / "en" / "LC_MESSAGES" / "django.po", "rb") as file:
            sources.append(read_po(file))
    for source in [*sources, collect()]:
        for message in source:
            if not message.id:
                continue
            if isinstance(message.id, tuple):
                made.add(message.id, tuple(pseudo(each) for each in message.id), context=message.context)
            else:
                made.add(message.id, pseudo(message.id), context=message.context)
    return made


def speak_pseudo(settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From now on the site speaks the made-up language to whoever asks for it (`Accept-Language: qps`), and the shipped
    questionnaire comes with a translation into it."""
    compile_into(folder / LANGUAGE / "LC_MESSAGES", catalogue())
    settings.LOCALE_PATHS = [folder]
    settings.LANGUAGES = [*settings.LANGUAGES, (LANGUAGE, "Made up")]
    for own in map(builtin_questionnaire, range(1, questionnaire_files.NEWEST + 1)):
        data: dict[str, Any] = {"translates": own.slug, "version": own.version, "language": LANGUAGE}
        for path, text in translation.texts_of(own).items():
            place = data
            for name in path[:-1]:
                place = place.setdefault(name, {})
            place[path[-1]] = pseudo(text)
        file = folder / f"{own.slug}-{own.version}.{LANGUAGE}.yaml"
        file.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    monkeypatch.setattr(questionnaire_files, "TRANSLATIONS", folder)
    questionnaire_files.builtin_questionnaire_in.cache_clear()


@pytest.fixture
def pseudo_locale(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    speak_pseudo(settings, monkeypatch, tmp_path)
    yield LANGUAGE
    questionnaire_files.builtin_questionnaire_in.cache_clear()


def load_demo() -> None:
    """The demo data, whose questionnaire comes with the translation into the made-up language."""
    call_command("load_fixtures", stdout=io.StringIO())
    publish_pseudo()
    call_command("load_demo", stdout=io.StringIO())


def publish_pseudo() -> None:
    """The shipped editions that are in the database get their translations into the made-up language."""
    for edition in Edition.objects.filter(workspace=None):
        publish_translation_file(questionnaire_files.TRANSLATIONS / f"{edition.slug}-{edition.version}.{LANGUAGE}.yaml")


class _Texts(HTMLParser):
    """What a page says: its text, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self._without: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT or given.get("translate") == "no":
            self._silent += 1
            self._without.append(tag)
        if self._silent:
            return
        if tag == "meta" and given.get("name") != "description":
            return
        self.found += [given[name] or "" for name in ATTRIBUTES if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.found.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._without and self._without[-1] == tag:
            self._without.pop()
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def texts_of(html: str) -> list[str]:
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return [" ".join(text.split()) for text in parser.found if text.strip()]


def left_in_english(texts: Iterable[str], given: Iterable[str], names: Collection[str] = frozenset()) -> Iterator[str]:
    """The texts with a plain English word in what is ours. `given` is what people gave, word for word; `names` are
    words that may stand alone."""
    said = {" ".join(text.split()) for text in given if WORD.search(text) and not SLUG.fullmatch(text)}
    in_order = sorted(said, key=len, reverse=True)

    def without_given(text: str) -> str:
        for each in in_order:
            if each in text:
                text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", " ", text)
        return text

    for text in texts:
        if not WORD.search(text):
            continue
        # An address may stand in what was given, and what was given in an address.
        for rest in (without_given(ADDRESS.sub(" ", text)), ADDRESS.sub(" ", without_given(text))):
            words = [word for word in WORD.findall(rest) if word not in NAMES and word not in names]
            if not words:
                break
        else:
            yield f"{text}  <- {' '.join(words)}"


def given_by_people() -> list[str]:
    """Every text in the database, line by line, and what the cases and the sources say, which is quoted."""
    found: set[str] = set()
    for model in apps.get_app_config("assess").get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._base_manager.values_list(*names):
            found.update(_texts_in(row))
    # A report names the rule that decided by its slug.
    found.update(f"“{slug}”" for slug in RULES)
    for file in DEMO.glob("*.json"):
        found.add(json.loads(file.read_text("utf-8"))["about"])
    for quoted in (*published_cases(), *SOURCES.values()):
        found.update(_texts_in(dataclasses.asdict(quoted)))
    found.update(_texts_in(dict(HEADINGS)))
    return sorted(found)


def names_in_scans() -> dict[str, set[str]]:
    """The words of each scan's file, which names apps and files, by the address of the assessment that has it; its map
    names the measured monoliths too."""
    names: dict[str, set[str]] = {}
    measured = [text for each in measured_monoliths() for text in (each.name, each.short_commit)]
    for evidence in Evidence.objects.all():
        words = names.setdefault(f"/assessments/{evidence.assessment_id}/", set())
        words.update(WORD.findall(" ".join(_texts_in(json.loads(bytes(evidence.content))))))
        words.update(WORD.findall(" ".join(measured)))
        words.update(WORD.findall(evidence.commit_hash[:10]))
    return names


def _texts_in(thing: Any) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
        yield from (line for line in thing.splitlines() if len(line) > 2)
    elif isinstance(thing, dict):
        for each in thing.values():
            yield from _texts_in(each)
    elif isinstance(thing, list | tuple | set | frozenset):
        for each in thing:
            yield from _texts_in(each)
