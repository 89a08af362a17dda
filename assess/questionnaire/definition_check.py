"""What is wrong with a questionnaire file once its YAML is read, with what to do about it: in the words of its author.

Decides: what the published JSON Schema forbids, and what a schema cannot say (keys used twice, levels that miss an
option, conditions that name a later question). Does not decide: whether the questionnaire is a good one.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from assess.language import N_, Words, _, number
from assess.questionnaire.reader import MAX_PROBLEMS, Document, Path, readable_path
from assess.questionnaire.schema import AXES, NONE_OF_THESE, PAIN_AXES
from assess.questionnaire.validation import Issue, shown
from assess.questionnaire.values import shows_something

MAX_QUESTIONS = 200

# --- naming places


def name_of_place(data: object, path: Path) -> str:
    """A path as people name it: from the question's key, or the section's slug, on; else from the top of the file.

    Anything inside a question reads `teams.options[2].label`, anything else in a section `deploys.title`.
    """
    node, named, names = data, 0, ""
    for depth, part in enumerate(path):
        try:
            node = node[part]  # type: ignore[index]  # data of unknown shape; what cannot be indexed ends the walk
        except (TypeError, KeyError, IndexError):
            break
        field = {2: "slug", 4: "key"}.get(depth + 1)
        if field and path[0] == "sections" and isinstance(node, dict):
            name = node.get(field)
            if isinstance(name, str) and name and (depth < 3 or path[2] == "questions"):
                named, names = depth + 1, shown(name)
    rest = readable_path(path[named:])
    if not named:
        return rest
    return names if not rest else f"{names}{rest}" if rest.startswith("[") else f"{names}.{rest}"


# --- the schema's findings in our words

TYPES = Words(
    {
        "object": N_("Write named fields here (`name: value`)"),
        "array": N_("Write a list here, in [brackets] or with a dash before each item"),
        "string": N_("Write text here; put quotes around it if it looks like a number or like true, false or null"),
        "integer": N_("Write a whole number here, without quotes"),
        "number": N_("Write a number here, without quotes"),
        "boolean": N_("Write true or false here, without quotes"),
    }
)


def check_pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """As JSON Schema means it: "$" is the end of the text. Python's also fits before a line break that ends it."""
    if not validator.is_type(instance, "string"):
        return
    # "\\S" takes a zero-width space for something.
    is_empty = pattern == r"\S" and not shows_something(instance)
    if is_empty or not re.search(re.sub(r"\$\Z", r"\\Z", pattern), instance):
        yield ValidationError(f"does not match {pattern}")


Validator: Final = extend(Draft202012Validator, {"pattern": check_pattern})  # type: ignore[no-untyped-call]


def find_schema_issues(document: Document, schema: Mapping[str, object], file: str) -> Iterator[Issue]:
    """What the JSON Schema finds wrong with the document, in our words."""
    validator = Validator(cast(Mapping[str, Any], schema))
    for error in islice(validator.iter_errors(cast(Any, document.data)), MAX_PROBLEMS + 1):
        base: Path = tuple(error.absolute_path)
        for code, message, below in explain_violation(error):
            path = (*base, *below)
            yield Issue(
                code=code, message=message, file=file, line=document.line(path), key=name_of_place(document.data, path)
            )


def explain_violation(error: ValidationError) -> Iterator[tuple[str, str, Path]]:
    """What to do about one violation: code, message, and where below the violation's own place it belongs."""
    value: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            # jsonschema reports each missing name by itself and only in its text: of all required ones, take those
            # missing once, with the first of the reports.
            missing = [name for name in limit if name not in value]
            for name in missing:
                if error.message.startswith(repr(name)):
                    yield "missing", _("Add `{name}`").format(name=name), (name,)
        case "additionalProperties" if isinstance(error.schema, Mapping):
            known = list(error.schema.get("properties", {}))
            # Only as many as can be reported: finding the nearest name takes time.
            for name in islice((name for name in value if name not in known), MAX_PROBLEMS + 1):
                yield "unknown_field", suggest_field(name, known), (name,)
        case "type":
            yield "wrong_type", TYPES.get(str(limit)) or _("Write another kind of value here"), ()
        case "enum":
            options = ", ".join(str(choice) for choice in limit)
            yield "not_allowed", _("Choose one of {options}").format(options=options), ()
        case "pattern" if limit == "\\S":
            yield "blank", _("Write some text here"), ()
        case "pattern":
            yield "bad_name", advise_on_name(str(limit)), ()
        case "maxLength":
            message = _("Shorten this to {most} characters; it has {count}")
            yield "too_long", message.format(most=number(limit), count=number(len(value))), ()
        case "minimum":
            yield "out_of_range", _("Write {number} or more").format(number=number(limit)), ()
        case "maximum":
            yield "out_of_range", _("Write {number} or less").format(number=number(limit)), ()
        case "minItems":
            yield "too_few", _("List at least {least}").format(least=limit), ()
        case "maxItems" | "maxProperties":
            yield "too_many", _("Keep to {most}; this has {count}").format(most=limit, count=len(value)), ()
        case "not" if error.absolute_path:
            # A field that the schema forbids beside this type.
            message = _("Remove `{name}`; it does not belong to this type of question")
            yield "not_for_type", message.format(name=error.absolute_path[-1]), ()
        case _:
            yield "not_allowed", _("Write this as the format's description says"), ()


def suggest_field(name: str, known: list[str]) -> str:
    """What to do about a field that there is not: write the nearest one, or remove it."""
    near = get_close_matches(name[:60], known, n=1)
    if near:
        return _("Write `{right}` instead of `{wrong}`").format(right=near[0], wrong=shown(name))
    return _("Remove `{name}`; there is no such field here").format(name=shown(name))


def advise_on_name(pattern: str) -> str:
    """How a name of this pattern is written."""
    if "_" in pattern:
        return _("Use small letters a-z, digits and underscores here, a letter first")
    if "A-Z" in pattern:
        return _("Write a language code such as en or pt-BR")
    return _("Use small letters a-z, digits and single dashes here, a letter first")


# --- what the schema cannot say


def mappings_in(value: object, name: str) -> list[tuple[int, dict[str, Any]]]:
    """The mappings in the list `value[name]`, with their places; nothing where the shape is already wrong."""
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, list):
        return []
    return [(n, item) for n, item in enumerate(found) if isinstance(item, dict)]


def conditions_at(value: object, path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The conditions at this place, each with its own: one may stand alone, several in a list."""
    if isinstance(value, dict):
        return [(path, value)]
    given = value[:12] if isinstance(value, list) else []
    return [((*path, n), condition) for n, condition in enumerate(given) if isinstance(condition, dict)]


def first_items(value: object) -> list[object]:
    """The list's first items, enough to check any list that the schema allows; nothing where it is no list."""
    return value[:50] if isinstance(value, list) else []


NAMED_TWICE = Words(
    {
        "axis": N_("Give this axis another name; `{name}` is used on line {line}"),
        "section": N_("Give this section another name; `{name}` is used on line {line}"),
        "option": N_("Give this option another name; `{name}` is used on line {line}"),
    }
)


class DefinitionChecker:
    """Walks data that may be wrong in any way and notes what the schema cannot see; wrong shapes are its to tell."""

    def __init__(self, document: Document, file: str) -> None:
        self.document = document
        self.file = file
        self.issues: list[Issue] = []
        # Questions met so far, by key: their options (none for a number) and whether they are conditional.
        self.earlier: dict[str, dict[str, Any]] = {}
        self.all_keys: set[str] = set()
        self.axes: list[str] = list(AXES)

    def note(self, code: str, message: str, path: Path) -> None:
        key = name_of_place(self.document.data, path)
        line = self.document.line(path)
        self.issues.append(Issue(code=code, message=message, file=self.file, line=line, key=key))

    def walk(self) -> None:
        data = self.document.data
        sections = mappings_in(data, "sections")
        total = sum(len(mappings_in(section, "questions")) for n, section in sections)
        if total > MAX_QUESTIONS:
            message = _("Keep to {most} questions; there are {count}").format(most=MAX_QUESTIONS, count=total)
            self.note("too_many", message, ("sections",))
            return
        self.all_keys = {
            question["key"]
            for n, section in sections
            for m, question in mappings_in(section, "questions")
            if isinstance(question.get("key"), str)
        }
        self.own_axes(mappings_in(data, "axes")[:6])
        slugs: dict[str, int] = {}
        for n, section in sections[:20]:
            self.unique(slugs, section.get("slug"), ("sections", n, "slug"), NAMED_TWICE["section"])
            for m, question in mappings_in(section, "questions"):
                self.question(question, ("sections", n, "questions", m))

    def own_axes(self, axes: list[tuple[int, dict[str, Any]]]) -> None:
        seen: dict[str, int] = {}
        for n, axis in axes:
            slug, path = axis.get("slug"), ("axes", n, "slug")
            if slug in AXES:
                message = _("Choose another name; `{name}` is an axis of the model and needs no entry here")
                self.note("reserved", message.format(name=slug), path)
            else:
                self.unique(seen, slug, path, NAMED_TWICE["axis"])
        self.axes += seen

    def unique(self, seen: dict[str, int], name: object, path: Path, message: str) -> None:
        if not isinstance(name, str):
            return
        if name in seen:
            self.note("duplicate", message.format(name=shown(name), line=seen[name]), path)
        else:
            seen[name] = self.document.line(path)

    def question(self, question: dict[str, Any], path: Path) -> None:
        options = self.options(question, path)
        self.conditions(question, path)
        self.bounds(question, path)
        self.sources(question, path)
        if "reads" in question and question.get("unscored") is True:
            message = _("Remove `unscored` or `reads`; a question that nothing reads adds to no score")
            self.note("unscored_reads", message, (*path, "unscored"))
        if isinstance(question.get("reads"), dict):
            self.reads(question["reads"], question.get("type"), options, (*path, "reads"))
        key = question.get("key")
        if not isinstance(key, str):
            return
        if key in self.earlier:
            first = self.document.line(self.earlier[key]["path"])
            message = _("Give this question another key; `{key}` is used on line {line}")
            self.note("duplicate", message.format(key=shown(key), line=first), (*path, "key"))
            return
        self.earlier[key] = {"path": (*path, "key"), "options": options, "conditional": "asked_when" in question}

    def options(self, question: dict[str, Any], path: Path) -> list[str]:
        seen: dict[str, int] = {}
        for n, option in mappings_in(question, "options")[:50]:
            here = (*path, "options", n, "value")
            self.unique(seen, option.get("value"), here, NAMED_TWICE["option"])
            if option.get("value") == NONE_OF_THESE:
                message = _("Choose another value; `{value}` stands for an empty list in forms")
                self.note("reserved", message.format(value=NONE_OF_THESE), here)
        return list(seen)

    def conditions(self, question: dict[str, Any], path: Path) -> None:
        for here, condition in conditions_at(question.get("asked_when"), (*path, "asked_when")):
            self.condition(question, condition, here)
        for here, condition in conditions_at(question.get("skipped_unless"), (*path, "skipped_unless")):
            self.condition(question, condition, here)
        for n, option in mappings_in(question, "options")[:50]:
            there = (*path, "options", n, "shown_when")
            for here, condition in conditions_at(option.get("shown_when"), there):
                self.condition(question, condition, here)

    def condition(self, question: dict[str, Any], condition: dict[str, Any], here: Path) -> None:
        key = condition.get("key")
        if not isinstance(key, str):
            return
        other = self.earlier.get(key)
        if other is None or key == question.get("key"):
            if key in self.all_keys:
                message = _("Name a question that comes before this one; `{key}` does not")
                self.note("later_question", message.format(key=shown(key)), (*here, "key"))
            else:
                self.note("unknown_question", suggest_question(key, list(self.earlier)), (*here, "key"))
            return
        if not other["options"]:
            message = _("Name a question with options; `{key}` has none").format(key=shown(key))
            self.note("no_options", message, (*here, "key"))
            return
        if other["conditional"]:
            # Otherwise an answer to a question that is itself no longer asked would decide what is asked.
            message = _("Name a question that is always asked; `{key}` has a condition too").format(key=shown(key))
            self.note("conditional", message, (*here, "key"))
        wanted = first_items(condition.get("any_of"))
        for n, value in enumerate(wanted):
            if isinstance(value, str) and value not in other["options"]:
                message = _("`{key}` has no option `{option}`; choose from {options}").format(
                    key=shown(key), option=shown(value), options=", ".join(other["options"])
                )
                self.note("unknown_option", message, (*here, "any_of", n))
            elif value in wanted[:n]:
                message = _("Remove the second `{name}`").format(name=shown(str(value)))
                self.note("duplicate", message, (*here, "any_of", n))

    def bounds(self, question: dict[str, Any], path: Path) -> None:
        low, high = number_or_none(question.get("minimum")), number_or_none(question.get("maximum"))
        if low is not None and high is not None and low >= high:
            message = _("Make `maximum` larger than `minimum`, which is {low}").format(low=number(low))
            self.note("bounds", message, (*path, "maximum"))

    def sources(self, question: dict[str, Any], path: Path) -> None:
        sources = first_items(question.get("sources"))
        for n, source in enumerate(sources):
            if source in sources[:n]:
                message = _("Remove the second `{name}`").format(name=shown(str(source)))
                self.note("duplicate", message, (*path, "sources", n))

    def reads(self, reads: dict[str, Any], kind: object, options: list[str], path: Path) -> None:
        axis = reads.get("axis")
        if isinstance(axis, str) and axis not in self.axes:
            message = _("Choose one of {options}, or list `{axis}` under `axes` as an axis of your own")
            message = message.format(options=", ".join(self.axes), axis=shown(axis))
            self.note("unknown_axis", message, (*path, "axis"))
        elif axis in PAIN_AXES and "weight" in reads:
            message = _("Remove `weight`; on {axis} the worst pain counts, so a share has no effect").format(axis=axis)
            self.note("weight_on_pain", message, (*path, "weight"))
        elif isinstance(axis, str) and axis not in PAIN_AXES:
            if "weight" not in reads:
                message = _("Add `weight`, the question's share of {axis}").format(axis=shown(axis))
                self.note("missing", message, (*path, "weight"))
            if "signal" in reads:
                message = _("Remove `signal`; on {axis} each question counts by its own weight")
                self.note("signal_without_effect", message.format(axis=shown(axis)), (*path, "signal"))
        if kind == "text":
            self.note("not_for_type", _("Remove `reads`; a text is read by no score"), path)
        elif kind == "number":
            self.anchors(reads, path)
        elif kind in ("choice", "several"):
            self.levels(reads, options, path)

    def anchors(self, reads: dict[str, Any], path: Path) -> None:
        if "levels" in reads:
            message = _("Remove `levels`; a number is read between `comfortable` and `acute`")
            self.note("not_for_type", message, (*path, "levels"))
        for name in ("comfortable", "acute"):
            if name not in reads:
                self.note("missing", _("Add `{name}`").format(name=name), (*path, name))
        comfortable, acute = number_or_none(reads.get("comfortable")), number_or_none(reads.get("acute"))
        if comfortable is not None and comfortable == acute:
            self.note("anchors", _("Make `acute` differ from `comfortable`"), (*path, "acute"))

    def levels(self, reads: dict[str, Any], options: list[str], path: Path) -> None:
        for name in ("comfortable", "acute", "top"):
            if name in reads:
                message = _("Remove `{name}`; it reads a number. Options take `levels`").format(name=name)
                self.note("not_for_type", message, (*path, name))
        levels = reads.get("levels")
        if levels is None:
            self.note("missing", _("Add `levels`, one for each option"), (*path, "levels"))
        if not isinstance(levels, dict):
            return
        for option in options:
            if option not in levels:
                message = _("Add a level for the option `{option}`").format(option=shown(option))
                self.note("level_missing", message, (*path, "levels"))
        for name in list(levels)[:50]:
            if name not in options:
                message = _("Remove the level of `{name}`; the question has no such option").format(name=shown(name))
                self.note("level_unknown", message, (*path, "levels", name))


def suggest_question(key: str, known: list[str]) -> str:
    """What to do about a condition on a question that there is not."""
    near = get_close_matches(key[:60], known, n=1)
    if near:
        message = _("Name a question of this questionnaire; there is no `{key}`; did you mean `{near}`?")
        return message.format(key=shown(key), near=near[0])
    return _("Name a question of this questionnaire; there is no `{key}`").format(key=shown(key))


def number_or_none(value: object) -> int | float | None:
    """The value where it is a number; true and false are none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def find_definition_issues(document: Document, file: str) -> list[Issue]:
    """What the schema cannot say of the document, in no order."""
    checker = DefinitionChecker(document, file)
    checker.walk()
    return checker.issues
