"""The one table of perspectives: from where people see the system, with words, mark and sections of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy

from assess.language import N_, _, ngettext


class Perspective(models.TextChoices):
    """From where somebody sees the system."""

    DEVELOPER = "developer", gettext_lazy("Developer")
    OPERATIONS = "operations", gettext_lazy("Operations")
    MANAGER = "manager", gettext_lazy("Manager")
    PRODUCT = "product", gettext_lazy("Product")


@dataclass(frozen=True, kw_only=True, slots=True)
class PerspectiveSpec:
    """One perspective: its words in English, marked for translation, its mark and its sections."""

    plural: str  #: as a heading or label: "Developers"
    inside: str  #: inside a sentence: "developers"
    alone: str  #: of a verdict by these people only
    asked_as: str  #: of one person, inside a sentence
    counted: Callable[[int], str]  #: how many people, with {count} still to fill in
    #: Slugs of the sections that these people can answer at first hand. Our own judgement; S1 and S4 only say that
    #: business and operations see other things than developers do. A lead may choose otherwise for each person.
    sections: tuple[str, ...]
    #: The mark of a person in charts: a path around (0, 0), and whether it is filled. Told apart without colour.
    mark: str
    is_filled: bool


PERSPECTIVES: Final[Mapping[str, PerspectiveSpec]] = {
    Perspective.DEVELOPER: PerspectiveSpec(
        plural=N_("Developers"),
        inside=N_("developers"),
        alone=N_("Developers alone"),
        asked_as=N_("asked as developer"),
        counted=lambda count: ngettext("{count} developer", "{count} developers", count),
        sections=("scope", "teams", "deploys", "scaling", "technology", "boundaries", "devops", "tracing", "people"),
        mark="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
        is_filled=True,
    ),
    Perspective.OPERATIONS: PerspectiveSpec(
        plural=N_("Operations"),
        inside=N_("operations"),
        alone=N_("Operations alone"),
        asked_as=N_("asked as operations"),
        counted=lambda count: ngettext("{count} person in operations", "{count} people in operations", count),
        sections=("scope", "deploys", "scaling", "technology", "devops", "tracing"),
        mark="M-5.5 -5.5h11v11h-11z",
        is_filled=False,
    ),
    Perspective.MANAGER: PerspectiveSpec(
        plural=N_("Managers"),
        inside=N_("managers"),
        alone=N_("Managers alone"),
        asked_as=N_("asked as manager"),
        counted=lambda count: ngettext("{count} manager", "{count} managers", count),
        sections=("scope", "teams", "deploys", "people", "business"),
        mark="M0 -6.5L6.5 5.5H-6.5z",
        is_filled=True,
    ),
    Perspective.PRODUCT: PerspectiveSpec(
        plural=N_("Product"),
        inside=N_("product"),
        alone=N_("Product alone"),
        asked_as=N_("asked as product"),
        counted=lambda count: ngettext("{count} person in product", "{count} people in product", count),
        sections=("scope", "deploys", "business"),
        mark="M0 -7L7 0L0 7L-7 0z",
        is_filled=False,
    ),
}

#: In place of a perspective where names are hidden and a role would tell who it is.
NO_ROLE: Final = ""
NO_ROLE_SPEC: Final = PerspectiveSpec(
    plural=N_("People"),
    inside=N_("people"),
    alone=N_("Everyone"),
    asked_as=N_("asked"),
    counted=lambda count: ngettext("{count} person", "{count} people", count),
    sections=(),
    mark="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    is_filled=True,
)

#: Sections that no perspective names, as an own questionnaire may have them, are asked of everybody.
NAMED_SECTIONS: Final = frozenset(slug for spec in PERSPECTIVES.values() for slug in spec.sections)


def is_asked_from(perspective: str, section_slug: str) -> bool:
    """Whether people of this perspective are asked this section unless a lead chooses otherwise.

    >>> is_asked_from("product", "tracing"), is_asked_from("product", "a-section-of-our-own")
    (False, True)
    """
    return section_slug in PERSPECTIVES[perspective].sections or section_slug not in NAMED_SECTIONS


def format_role_counts(by_perspective: Mapping[str, int]) -> str:
    """How many of each role.

    >>> format_role_counts({"developer": 2, "manager": 1})
    '2 developers, 1 manager'
    """
    specs = {**PERSPECTIVES, NO_ROLE: NO_ROLE_SPEC}
    counts = [(spec, by_perspective.get(role, 0)) for role, spec in specs.items()]
    return _(", ").join(spec.counted(count).format(count=count) for spec, count in counts if count)
