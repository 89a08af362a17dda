"""What a design decision is: the question, when it is asked, and its options with what each costs.

Texts are marked for translation and translated where they are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from assess.decision.facade import Form
from assess.language import N_, Words, _

#: Before the first service is built, while it is built, once it runs.
Phase = Literal["before", "with", "after"]
PHASE_WORDS: Words[str] = Words(
    {
        "before": N_("Before the first service"),
        "with": N_("With the first service"),
        "after": N_("Once it runs"),
    }
)
#: A service is going to leave; services run already; the boundary stays inside the code.
EXTRACT: Final[tuple[Form, ...]] = ("hot_part", "organisation")
RUNNING: Final[tuple[Form, ...]] = ("keep", "consolidate")
INSIDE: Final[tuple[Form, ...]] = ("cure", "first_step")
#: Answers to `current_shape` with which calls between services are there already, whatever the verdict.
SERVICES: Final = ("monolith_with_services", "services")


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignOption:
    """One way to decide. `says` is what each source advises about it, by S0 to S4, or "ours" where none does."""

    slug: str
    title: str
    gains: str
    costs: str
    choose: str  #: when to choose it
    says: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignQuestion:
    """One decision on the way. It is asked for the verdict's `forms`, and where the system has one of the `shapes`.

    `figures` are facts to decide by, each with its source.
    """

    slug: str
    title: str
    question: str
    why: str
    phase: Phase
    forms: tuple[Form, ...]
    shapes: tuple[str, ...]
    options: tuple[DesignOption, ...]
    figures: tuple[tuple[str, str], ...]

    def option(self, slug: str) -> DesignOption | None:
        """The option of this slug; None for one that this release does not know."""
        return next((each for each in self.options if each.slug == slug), None)

    @property
    def sources(self) -> str:
        """The short names of all sources that speak of it: "S0, S3"."""
        named = {source for option in self.options for source in option.says}
        named.update(source for _text, sources in self.figures for source in sources.split(", "))
        return ", ".join(sorted(named - {"ours"}) or ["ours"])


def option(slug: str, title: str, gains: str, costs: str, choose: str, **says: str) -> DesignOption:
    """The option of these parts; the sources are named by keyword."""
    return DesignOption(slug=slug, title=title, gains=gains, costs=costs, choose=choose, says=says)


def ask(
    slug: str,
    title: str,
    question: str,
    why: str,
    *options: DesignOption,
    phase: Phase = "before",
    forms: tuple[Form, ...] = (*EXTRACT, *RUNNING),
    shapes: tuple[str, ...] = SERVICES,
    figures: tuple[tuple[str, str], ...] = (),
) -> DesignQuestion:
    """The question of these parts."""
    return DesignQuestion(
        slug=slug, title=title, question=question, why=why, phase=phase, forms=forms, shapes=shapes,
        options=options, figures=figures,
    )  # fmt: skip


def translate_design_question(question: DesignQuestion) -> DesignQuestion:
    """The question with every sentence in the reader's language."""
    return replace(
        question,
        title=_(question.title),
        question=_(question.question),
        why=_(question.why),
        options=tuple(
            DesignOption(
                slug=each.slug,
                title=_(each.title),
                gains=_(each.gains),
                costs=_(each.costs),
                choose=_(each.choose),
                says={source: _(text) for source, text in each.says.items()},
            )
            for each in question.options
        ),
        figures=tuple((_(text), source) for text, source in question.figures),
    )
