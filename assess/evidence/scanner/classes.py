"""The classes of all files together: which are models, and what they inherit. Names are followed through imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assess.evidence.scanner.facts import FileFacts

#: Classes of other distributions that make a class a model, by their last name.
MODEL_CLASS = re.compile(r"(Model|AbstractUser|AbstractBaseUser|PolymorphicModel|AbstractBaseModel)\Z")
#: Parts of other distributions' modules that have no models, whatever their classes are called.
NO_TABLE = {
    *("pydantic", "ninja", "sqlmodel", "sqlalchemy", "rest_framework", "import_export", "django_filters", "graphene"),
    *("haystack", "strawberry", "forms", "admin", "views", "serializers", "migrations", "schema"),
}
#: Classes in modules of models that are no models.
NO_PARENT = re.compile(
    r"(Metaclass|Manager|QuerySet|Queryset|Field|Choices|Mixin|Form|Panel|Block|View|Key|Relation|Lookup|Func|Q|F)\Z"
)
ABSTRACT = re.compile(r"(^Abstract|^Base|Abstract|Model\Z|Base\Z)")
#: So many bases above each other are followed; real projects have a handful.
MAX_BASES = 50


@dataclass(frozen=True)
class ClassFacts:
    """A class with its module; `facts` is what `django_source.read_django` gives for it."""

    module: str
    path: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.facts["name"])

    @property
    def key(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def is_abstract(self) -> bool:
        return self.facts.get("meta", {}).get("abstract") is True


class ClassIndex:
    """All classes by dotted name."""

    def __init__(self, facts: Sequence[FileFacts], modules: dict[str, str]) -> None:
        """`modules` gives each file's dotted module by path; `apps.unique_modules` makes them."""
        self.by_name: dict[str, ClassFacts] = {}
        self.files = {modules[each.path]: each for each in facts}
        for each in facts:
            for written in each.django.get("classes", ()):
                # A class that is written twice in a file, under if and else: the first one.
                found = ClassFacts(modules[each.path], each.path, written)
                self.by_name.setdefault(found.key, found)
        self.models: dict[tuple[str, bool], bool] = {}
        self.options_by_key: dict[str, dict[str, Any]] = {}
        self.fields_by_key: dict[str, dict[str, tuple[dict[str, Any], ClassFacts]]] = {}

    def find(self, dotted: str, module: str, seen: set[tuple[str, str]] | None = None) -> ClassFacts | str:
        """The class that a name means in a module; where that is not first-party, the name, dotted as far as known.

        `seen` are the names that were followed on the way here.
        """
        dotted = self.absolute(dotted, module)
        if dotted in self.by_name:
            return self.by_name[dotted]
        above, _, name = dotted.rpartition(".") if "." in dotted else (module, "", dotted)
        return self.by_name.get(f"{above}.{name}") or self.through_imports(above, name, seen or set()) or dotted

    def through_imports(self, module: str, name: str, seen: set[tuple[str, str]]) -> ClassFacts | str | None:
        """What a module's imports say that a name in it is; None if they do not."""
        if module not in self.files or (module, name) in seen or len(seen) > 200:
            return None
        seen.add((module, name))
        stars = []
        for statement in self.files[module].imports:
            source = self.absolute("." * statement.level + statement.module, module)
            if name in statement.names:
                return self.find(f"{source}.{name}", module, seen)
            if "*" in statement.names:
                stars.append(source)
        for source in stars:
            found = self.by_name.get(f"{source}.{name}") or self.through_imports(source, name, seen)
            if isinstance(found, ClassFacts):
                return found
        return None

    def absolute(self, dotted: str, module: str) -> str:
        """A name as written in a module, with its leading dots resolved, and with the module's project, if any."""
        level = len(dotted) - len(dotted.lstrip("."))
        if not level:
            project, colon, _ = module.rpartition(":")
            here = project + colon + dotted
            return here if colon and (here in self.by_name or here.rpartition(".")[0] in self.files) else dotted
        parts = module.split(".")
        is_package = module in self.files and self.files[module].path.endswith("__init__.py")
        parts = parts[: len(parts) - level + (1 if is_package else 0)]
        return ".".join([*parts, dotted[level:]] if dotted[level:] else parts)

    def bases(self, found: ClassFacts) -> list[ClassFacts | str]:
        return [self.find(each, found.module) for each in found.facts["bases"]]

    def is_model(self, found: ClassFacts | str, *, guess: bool = True, depth: int = 0) -> bool:
        """Whether a class is a model, abstract or not.

        With `guess` another distribution's class is one where its name or its module's looks like it.
        """
        if isinstance(found, str):
            last = found.rpartition(".")[2]
            if NO_TABLE & set(found.split(".")) or NO_PARENT.search(last):
                return False
            if ".db.models." in found:
                return found.endswith((".db.models.Model", ".db.models.base.Model"))
            if not guess and not found.startswith("django."):
                return False
            return (bool(MODEL_CLASS.search(last)) and "." in found) or ".models." in found
        key = (found.key, guess)
        if key not in self.models:
            self.models[key] = False  # a class that is its own base, in broken code, is none
            bases = self.bases(found) if depth < MAX_BASES else []
            self.models[key] = self.looks_like_model(found, bases) or any(
                self.is_model(each, guess=guess, depth=depth + 1) for each in bases
            )
        return self.models[key]

    def looks_like_model(self, found: ClassFacts, bases: list[ClassFacts | str]) -> bool:
        """Whether a class with a base of another distribution, which may be anything, has Django's model fields."""
        others = [each for each in bases if isinstance(each, str) and "." in each and "django.db" not in each]
        return any(not NO_PARENT.search(each) and not NO_TABLE & set(each.split(".")) for each in others) and any(
            re.search(r"django\.db\.models\.(\w+\.)*\w+(Field|Key)\Z", each["type"])
            for each in found.facts.get("fields", ())
        )

    def concrete_models(self) -> Iterator[ClassFacts]:
        """Models with a table or a proxy, in order of name."""
        for key in sorted(self.by_name):
            found = self.by_name[key]
            if not found.is_abstract and self.is_model(found):
                yield found

    def options(self, found: ClassFacts, depth: int = 0) -> dict[str, Any]:
        """What a model's Meta says, with what it inherits from abstract bases."""
        own: dict[str, Any] | None = found.facts.get("meta")
        if own is not None and not own.get("inherits"):
            return own
        if found.key in self.options_by_key:
            return self.options_by_key[found.key]
        options: dict[str, Any] = {}
        self.options_by_key[found.key] = options
        for base in reversed(self.bases(found)):
            if isinstance(base, ClassFacts) and base.is_abstract and depth < MAX_BASES:
                options.update(self.options(base, depth + 1))
        options.pop("abstract", None)
        options.update(own or {})
        return options

    def fields(self, found: ClassFacts, depth: int = 0) -> dict[str, tuple[dict[str, Any], ClassFacts]]:
        """Fields by name with the class that writes them: its own, and those of abstract bases."""
        if found.key in self.fields_by_key:
            return self.fields_by_key[found.key]
        fields: dict[str, tuple[dict[str, Any], ClassFacts]] = {}
        self.fields_by_key[found.key] = fields
        for base in reversed(self.bases(found)):
            if isinstance(base, ClassFacts) and base.is_abstract and depth < MAX_BASES:
                fields.update(self.fields(base, depth + 1))
        fields.update({each["name"]: (each, found) for each in found.facts.get("fields", ())})
        return fields

    def parents(self, found: ClassFacts) -> list[ClassFacts | str]:
        """The concrete models that a model extends by multi-table inheritance, or is a proxy of."""
        parents: dict[str, ClassFacts | str] = {}
        seen, waiting = {found.key}, self.bases(found)
        while waiting:
            base = waiting.pop(0)
            if isinstance(base, str):
                if self.is_model(base) and ".models." in base and not ABSTRACT.search(base.rpartition(".")[2]):
                    parents[base] = base
            elif base.key not in seen and self.is_model(base):
                seen.add(base.key)
                if base.is_abstract:
                    waiting += self.bases(base)
                else:
                    parents[base.key] = base
        return list(parents.values())

    def field_class(self, dotted: str, module: str) -> tuple[str, list[Any] | None, str]:
        """What a field's class is in the end, the model that it leads to by itself, and the module that says so."""
        target: list[Any] | None = None
        for _ in range(10):
            found = self.find(dotted, module)
            if isinstance(found, str):
                return found, target, module
            if target is None and "to" in found.facts:
                target, module = found.facts["to"], found.module
                return self.field_class(found.facts["bases"][0], module)[0], target, module
            dotted, module = found.facts["bases"][0], found.module
        return dotted, target, module
