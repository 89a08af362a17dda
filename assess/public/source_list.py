"""What each source says beside the rules, and where that is in the product, for the page of sources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from assess.advice.facade import (
    DESIGN_QUESTIONS,
    HOME_WORDS,
    PITFALLS,
    PLAN_STEP_BY_CODE,
    PREPARATIONS_BY_SLUG,
    SOURCE_ITEMS,
    Home,
    HomeKind,
)
from assess.language import N_, Words, _, capitalised, in_a_row
from assess.questionnaire.facade import Questionnaire

#: Of homes that have no title of their own in a catalogue.
TITLES: Words[str] = Words(
    {
        "order": N_("Which part went when in a published case"),
        "reached": N_("Before and after in a published case"),
        "sums": N_("Sums that the sources tell"),
        "sources": N_("Sources"),
        "how-it-decides": N_("How it decides"),
        "cases": N_("Cases"),
    }
)
PITFALL_BY_SLUG: Final = {pitfall.slug: pitfall for pitfall in PITFALLS}


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedItem:
    """One item as the page shows it: where it stands in one line or, where it is left out, why."""

    says: str
    homes: str
    left_out: str


def list_source_items(questionnaire: Questionnaire) -> Mapping[str, tuple[ListedItem, ...]]:
    """The items of each source by its short name, in the reader's language."""
    listed: dict[str, list[ListedItem]] = {}
    for item in SOURCE_ITEMS:
        homes = in_a_row(dict.fromkeys(name_home(home, questionnaire) for home in item.homes))
        listed.setdefault(item.source, []).append(
            ListedItem(says=_(item.says), homes=homes, left_out=_(item.left_out) if item.left_out else "")
        )
    return {source: tuple(items) for source, items in listed.items()}


def name_home(home: Home, questionnaire: Questionnaire) -> str:
    """Kind and title of a home: "Design decision: Gateway"."""
    titles: Mapping[HomeKind, Callable[[str], str]] = {
        "question": lambda slug: questionnaire.by_key[slug].wording,
        "preparation": lambda slug: _(PREPARATIONS_BY_SLUG[slug].sentence),
        "step": lambda slug: capitalised(_(PLAN_STEP_BY_CODE[slug].title).replace("{part}: ", "")),
        "design": lambda slug: _(DESIGN_QUESTIONS[slug].title),
        "pitfall": lambda slug: _(PITFALL_BY_SLUG[slug].title),
    }
    find_title = titles.get(home.kind, TITLES.__getitem__)
    return _("{kind}: {title}").format(kind=HOME_WORDS[home.kind], title=find_title(home.slug))
