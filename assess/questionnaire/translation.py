"""A published edition's texts in another language: read from a file of their own, and laid over the questionnaire.

Decides: whether such a file is well formed and fits the edition. Does not decide: which language is shown to whom.
A translation holds texts and nothing else, so it can change neither what is asked nor what an answer means.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, TypeAlias, cast

import yaml

from assess.language import N_, Words, _
from assess.questionnaire.definition_check import find_schema_issues
from assess.questionnaire.loader import in_order, one_line
from assess.questionnaire.reader import MAX_PROBLEMS, Document, Path, read_yaml, readable_path
from assess.questionnaire.schema import Option, OwnAxis, Question, Questionnaire, Section
from assess.questionnaire.validation import Issue, ValidationFailed, shown

#: Where a text stands in the file: ("questions", "teams", "options", "one", "label").
TextPath: TypeAlias = tuple[str, ...]

UNKNOWN: Final = Words(
    {
        "axis": N_("Remove `{name}`; the edition has no such axis of its own"),
        "section": N_("Remove `{name}`; the edition has no such section"),
        "question": N_("Remove `{name}`; the edition has no such question"),
        "option": N_("Remove `{name}`; the question has no such option"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """Texts of the edition `slug`, `version` in `language`, by where they stand. What is left out stays as it is."""

    slug: str
    version: int
    language: str
    texts: Mapping[TextPath, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How many of an edition's texts a translation gives in words of its own."""

    translated: int
    of: int


def load_translation(
    content: bytes, *, file: str, schema: Mapping[str, object], questionnaire: Questionnaire
) -> Translation:
    """The translation of `questionnaire` that `content` (YAML, UTF-8) holds; `schema` is the JSON Schema of such files.

    Raises ValidationFailed with all issues in the order of their lines, as `load_questionnaire` does: what no
    questionnaire may contain either, what the schema forbids, another edition's name or version, the edition's own
    language, and sections, questions and options that the edition does not have. The format is described in
    docs/questionnaire.md.

    >>> from assess.questionnaire_files import builtin_questionnaire, translation_schema
    >>> content = b"translates: split-checklist\\nversion: 2\\nlanguage: nl\\nquestions: {teams: {unit: ploegen}}"
    >>> checklist = builtin_questionnaire()
    >>> found = load_translation(content, file="nl.yaml", schema=translation_schema(), questionnaire=checklist)
    >>> dict(found.texts)
    {('questions', 'teams', 'unit'): 'ploegen'}
    """
    document = read_yaml(content, file=file, kind="file")
    issues = [slip for slip, path in document.slips]
    issues += find_schema_issues(document, schema, file)
    issues += TranslationChecker(document, questionnaire, file).issues()
    if issues:
        raise ValidationFailed(in_order(issues, file))
    data = cast(dict[str, Any], document.data)
    return Translation(
        slug=data["translates"],
        version=int(data["version"]),
        language=data["language"],
        texts={path: one_line(text) for path, text in given_texts(data)},
    )


def given_texts(data: Mapping[str, Any]) -> Iterator[tuple[TextPath, str]]:
    """Every text of a translation with its place."""
    for name in ("title", "summary"):
        if name in data:
            yield (name,), data[name]
    for group in ("axes", "sections", "questions"):
        yield from text_leaves(data.get(group, {}), (group,))


def text_leaves(data: Mapping[str, Any], path: TextPath) -> Iterator[tuple[TextPath, str]]:
    """Every text below this place with its own."""
    for name, value in data.items():
        if isinstance(value, str):
            yield (*path, name), value
        else:
            yield from text_leaves(value, (*path, name))


class TranslationChecker:
    """What the schema cannot say. The data may be wrong in any way; wrong shapes are the schema's to tell."""

    def __init__(self, document: Document, questionnaire: Questionnaire, file: str) -> None:
        self.document = document
        self.questionnaire = questionnaire
        self.file = file

    def issue_at(self, code: str, message: str, path: Path) -> Issue:
        line = self.document.line(path)
        return Issue(code=code, message=message, file=self.file, line=line, key=readable_path(path))

    def issues(self) -> list[Issue]:
        return list(islice(self.found(), MAX_PROBLEMS + 1))

    def found(self) -> Iterator[Issue]:
        data, edition = self.document.data, self.questionnaire
        if not isinstance(data, dict):
            return
        if isinstance(data.get("translates"), str) and data["translates"] != edition.slug:
            message = _("Write `{slug}`; these texts are read as those of this edition").format(slug=edition.slug)
            yield self.issue_at("other_questionnaire", message, ("translates",))
        version = data.get("version")
        # To JSON Schema 2.0 is a whole number too.
        is_whole = isinstance(version, int) or (isinstance(version, float) and version.is_integer())
        if is_whole and not isinstance(version, bool) and version != edition.version:
            message = _("Write {version}; these texts are read as those of that version").format(
                version=edition.version
            )
            yield self.issue_at("other_version", message, ("version",))
        if data.get("language") == edition.language:
            message = _("Write another language; the edition itself is in {language}").format(language=edition.language)
            yield self.issue_at("same_language", message, ("language",))
        axes = {axis.slug: axis for axis in edition.own_axes}
        yield from self.strangers("axis", fields_in(data, "axes"), axes, ("axes",))
        sections = {section.slug: section for section in edition.sections}
        yield from self.strangers("section", fields_in(data, "sections"), sections, ("sections",))
        questions = fields_in(data, "questions")
        yield from self.strangers("question", questions, edition.by_key, ("questions",))
        for key, question in edition.by_key.items():
            if key in questions:
                yield from self.question(question, questions[key], ("questions", key))

    def question(self, question: Question, given: object, path: Path) -> Iterator[Issue]:
        options = {option.value: option for option in question.options}
        yield from self.strangers("option", fields_in(given, "options"), options, (*path, "options"))
        for name in ("unit", "unit_one"):
            if isinstance(given, dict) and name in given and not question.unit:
                message = _("Remove `{name}`; only a question that asks for a number has one").format(name=name)
                yield self.issue_at("not_for_type", message, (*path, name))

    def strangers(
        self, kind: str, given: Mapping[str, object], known: Mapping[str, object], path: Path
    ) -> Iterator[Issue]:
        for name in given:
            if name in known:
                continue
            near = get_close_matches(name[:60], list(known), n=1)
            message = _("Write `{right}` instead of `{wrong}`") if near else UNKNOWN[kind]
            told = message.format(right=near[0] if near else "", wrong=shown(name), name=shown(name))
            yield self.issue_at(f"unknown_{kind}", told, (*path, name))


def fields_in(data: object, name: str) -> Mapping[str, object]:
    """The fields of `data[name]`; none where the shape is wrong."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


# --- laid over the questionnaire


def translated(questionnaire: Questionnaire, translation: Translation) -> Questionnaire:
    """The questionnaire with these texts in the place of its own. Whatever is not text stays as it is."""
    texts = translation.texts

    def text(own: str, *path: str) -> str:
        return texts.get(path, own)

    def option(own: Option, *path: str) -> Option:
        return replace(own, label=text(own.label, *path, "label"), means=text(own.means, *path, "means"))

    def question(own: Question) -> Question:
        path = ("questions", own.key)
        unit = text(own.unit, *path, "unit")
        # A unit of another language does not lose its s for one.
        unit_one = text(own.unit_one if unit == own.unit else unit, *path, "unit_one")
        return replace(
            own,
            wording=text(own.wording, *path, "wording"),
            of_part=text(own.of_part, *path, "of_part"),
            hint=text(own.hint, *path, "hint"),
            why=text(own.why, *path, "why"),
            unit=unit,
            unit_one=unit_one,
            options=tuple(option(each, *path, "options", each.value) for each in own.options),
        )

    def axis(own: OwnAxis) -> OwnAxis:
        path = ("axes", own.slug)
        return replace(own, title=text(own.title, *path, "title"), means=text(own.means, *path, "means"))

    def section(own: Section) -> Section:
        path = ("sections", own.slug)
        return replace(
            own,
            title=text(own.title, *path, "title"),
            intro=text(own.intro, *path, "intro"),
            questions=tuple(question(each) for each in own.questions),
        )

    return replace(
        questionnaire,
        title=text(questionnaire.title, "title"),
        summary=text(questionnaire.summary, "summary"),
        language=translation.language,
        own_axes=tuple(axis(each) for each in questionnaire.own_axes),
        sections=tuple(section(each) for each in questionnaire.sections),
    )


def texts_of(questionnaire: Questionnaire) -> dict[TextPath, str]:
    """Every text of an edition by where it stands in a translation, in the order in which people read them."""
    texts: dict[TextPath, str] = {("title",): questionnaire.title, ("summary",): questionnaire.summary}
    for axis in questionnaire.own_axes:
        texts["axes", axis.slug, "title"] = axis.title
        texts["axes", axis.slug, "means"] = axis.means
    for section in questionnaire.sections:
        texts["sections", section.slug, "title"] = section.title
        texts["sections", section.slug, "intro"] = section.intro
    for question in questionnaire.questions:
        path = ("questions", question.key)
        for name in ("wording", "of_part", "hint", "why", "unit", "unit_one"):
            if own := getattr(question, name):
                texts[*path, name] = own
        for option in question.options:
            texts[*path, "options", option.value, "label"] = option.label
            texts[*path, "options", option.value, "means"] = option.means
    return texts


def coverage(questionnaire: Questionnaire, translation: Translation) -> Coverage:
    """How far a translation has come. A text that is word for word the edition's own counts as not translated yet."""
    own = texts_of(questionnaire)
    done = sum(path in own and text != own[path] for path, text in translation.texts.items())
    return Coverage(translated=done, of=len(own))


def template_of(questionnaire: Questionnaire) -> bytes:
    """A file to start a translation from: every text in the edition's language, and the language still to be named."""
    data: dict[str, Any] = {"translates": questionnaire.slug, "version": questionnaire.version, "language": ""}
    for path, text in texts_of(questionnaire).items():
        place = data
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = text
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120).encode()
