"""What is said of a candidate: its reasons, and what extracting it would take, in words from counts."""

from collections.abc import Iterable, Mapping
from typing import Final

from assess.evidence.inventory import Inventory, Module, Ties
from assess.language import _, all_of, ngettext, number

#: A partner in so large a part of a module's changes is named.
NAMED_CO_CHANGE: Final = 0.2
#: From so much ease on a boundary is called clear; from so much of the load that a cache could take, it is said first.
CLEAR: Final = 75
MOSTLY_CACHEABLE: Final = 50
#: Names in one sentence; more are counted.
MOST_NAMES: Final = 3


def needs_candidate(verdict: str, form: str) -> bool:
    """Whether the decision asks which module goes first: to extract, but for services that run already. `form` is ""
    where somebody overruled the model."""
    return verdict == "extract" and form != "keep"


def give_reasons(inventory: Inventory, module: Module, ties: Ties, ease: int, has_load_argument: bool) -> Iterable[str]:
    """Why it stands where it does, the strongest first."""
    modules = len(inventory.modules)
    if has_load_argument:
        yield _("It takes {load} % of the load: a service of its own scales alone.").format(
            load=f"{module.needed_load or 0:g}"
        )
    elif module.load is not None and module.cacheable >= MOSTLY_CACHEABLE:
        yield _("A cache could take {share} % of its load ({load} % of all): try that before a service.").format(
            share=f"{module.cacheable:g}", load=f"{module.load:g}"
        )
    elif module.needed_load is not None and module.needed_load * modules >= 100:
        yield _("It takes {load} % of the load, at least an equal share.").format(load=f"{module.needed_load:g}")
    if not ties.partners:
        yield _("Isolated: no other module uses its code or tables, and it uses none of theirs.")
    elif ease >= CLEAR and len(ties.partners) <= MOST_NAMES:
        yield _("Clear boundary: tied to {names} only.").format(names=name_some(ties.partners))
    if ties.transactions:
        yield _("It writes in one transaction with {names}.").format(names=name_some(ties.transactions))
    if module.criticality == "low":
        yield _("Not critical: the team can learn on it.")
    elif module.criticality == "high":
        yield _("Critical, but simple to cut out.") if ease >= CLEAR else _("Critical, and tied to others.")
    changes = sum(each.changes for each in inventory.modules)
    if module.changes and module.changes * modules >= 2 * changes:
        yield _("{count} changes touched it: at least twice an equal share.").format(count=number(module.changes))


def say_what_it_takes(module: Module, ties: Ties) -> Iterable[str]:
    """What extracting it would take, a sentence for each kind of work."""
    keys_in, keys_out = sum(ties.keys_in.values()), sum(ties.keys_out.values()) + module.outside_keys
    if keys := keys_in + keys_out:
        words = ngettext(
            "{count} foreign key becomes an id: {count_in} to it, {count_out} from it.",
            "{count} foreign keys become ids: {count_in} to it, {count_out} from it.",
            keys,
        )
        yield words.format(count=number(keys), count_in=number(keys_in), count_out=number(keys_out))
    if ties.imports_in:
        yield _("Others call it instead of importing it: {counts}.").format(counts=count_some(ties.imports_in))
    if ties.imports_out:
        yield _("It calls others, or takes a copy, instead of importing: {counts}.").format(
            counts=count_some(ties.imports_out)
        )
    if ties.used_by:
        yield _("Calls replace direct use of its code or tables by {names}.").format(names=name_some(ties.used_by))
    if ties.uses:
        yield _("Calls replace its direct use of {names}.").format(names=name_some(ties.uses))
    if ties.transactions:
        yield _("The transaction with {names} becomes events, or steps that can be undone.").format(
            names=name_some(ties.transactions)
        )
    if ties.shared_tables:
        yield _("Tables that others have too get one owner: {counts}.").format(counts=count_some(ties.shared_tables))
    elif module.shares_data:
        yield _("Its data, which others write, gets one owner.")
    partners = {
        name: count
        for name, count in ties.together.items()
        if module.changes and count >= module.changes * NAMED_CO_CHANGE
    }
    if partners:
        yield _("Some of its {changes} changes touch others too: {counts}.").format(
            changes=number(module.changes), counts=count_some(partners)
        )
    if module.apps and not module.models:
        yield _("It has no tables to move.")
    if module.owners:
        owners = ngettext("CODEOWNERS names {count} owner.", "CODEOWNERS names {count} owners.", module.owners)
        yield owners.format(count=number(module.owners))
    elif module.active_authors is not None:
        authors = ngettext(
            "No owner is named; {count} person changes it often.",
            "No owner is named; {count} people change it often.",
            module.active_authors,
        )
        yield authors.format(count=number(module.active_authors))


def describe_load(module: Module) -> str:
    """The module's load as its line says it."""
    if module.load is None:
        return _("Load: not known")
    if module.cacheable:
        return _("Load: {load} %, of which a cache could take {share} %").format(
            load=f"{module.load:g}", share=f"{module.cacheable:g}"
        )
    return _("Load: {load} %").format(load=f"{module.load:g}")


def describe_criticality(module: Module) -> str:
    """How critical the module is, as its line says it."""
    return {
        "low": _("Not critical"),
        "medium": _("Critical in part"),
        "high": _("Critical"),
    }.get(module.criticality, _("How critical: not known"))


def name_some(names: Iterable[str]) -> str:
    """The names, joined; beyond a few, how many more.

    >>> name_some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    listed = list(names)
    more = len(listed) - MOST_NAMES
    if more <= 1:
        return all_of(listed)
    return all_of([*listed[:MOST_NAMES], _("{count} more").format(count=number(more))])


def count_some(counts: Mapping[str, int]) -> str:
    """The names with their counts, the largest first.

    >>> count_some({"orders": 2, "payments": 9})
    'payments (9) and orders (2)'
    """
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return name_some(_("{name} ({count})").format(name=name, count=number(count)) for name, count in most_first)
