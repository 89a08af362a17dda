"""What a team adds to a scan, or types instead of one: groups of apps, load, criticality, what stays and why.

`read_choices` checks texts as a form sends them and as the database keeps them: they are the same.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assess.language import _
from assess.questionnaire.facade import Issue, shown

#: The fields of one row, as forms and the stored value name them.
FIELDS: Final = ("name", "group", "load", "cacheable", "criticality", "uses", "transactions", "writers", "stays")
MAX_ROWS: Final = 100
MAX_LETTERS: Final = 200
#: Shares are rounded when they are typed, so that a sum just above 100 is no mistake.
MAX_LOAD_SUM: Final = 101


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One row: an app of the scan, or a module by the name that somebody typed. Loads and cacheable in per cent."""

    name: str
    group: str = ""
    load: float | None = None
    cacheable: float = 0
    criticality: str = ""
    uses: tuple[str, ...] = ()
    transactions: tuple[str, ...] = ()
    shares_data: bool = False
    stays: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """All rows. `is_typed` where they are the inventory themselves; `load_from` says where the loads come from."""

    is_typed: bool = False
    rows: tuple[Choice, ...] = ()
    load_from: str = ""


def read_choices(data: Mapping[str, object]) -> tuple[Choices, list[Issue]]:
    """The choices in `{"is_typed": bool, "load_from": text, "rows": [{field: text}]}`, and every mistake.

    Rows with nothing but a name say nothing where there is a scan, and are modules where it is typed. An issue's key
    is "load_from", "rows", or "rows-2-load" for a field of the third row.
    """
    is_typed = data.get("is_typed") is True
    rows = data.get("rows")
    texts: list[Mapping[str, str]] = [
        {name: str(row.get(name, "")).strip() for name in FIELDS}
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping)
    ]
    load_from = str(data.get("load_from", "")).strip()
    issues = list(check_text("load_from", load_from))
    filled = [(index, row) for index, row in enumerate(texts) if any(row.values())]
    if len(filled) > MAX_ROWS:
        message = _("At most {count} modules. Group some of them.").format(count=MAX_ROWS)
        issues.append(Issue(code="too_many", message=message, key="rows"))
    names = {row["name"].casefold(): row["name"] for _index, row in filled if row["name"]}
    found = []
    for index, row in filled:
        earlier = [other["name"].casefold() for at, other in filled if at < index]
        choice, mistakes = read_row(row, f"rows-{index}", names, earlier, is_typed=is_typed)
        issues += mistakes
        found.append(choice)
    loads = [row.load for row in found if row.load is not None]
    if sum(loads) > MAX_LOAD_SUM:
        message = _("The loads add up to {sum} %. Together they are at most 100 %.").format(sum=f"{sum(loads):g}")
        issues.append(Issue(code="over_100", message=message, key="rows"))
    return Choices(is_typed=is_typed, rows=tuple(found), load_from=load_from), issues


def read_row(
    row: Mapping[str, str], key: str, names: Mapping[str, str], earlier: Sequence[str], *, is_typed: bool
) -> tuple[Choice, list[Issue]]:
    """One row with its mistakes. `names` are those of all rows by their folded form, `earlier` those above it. A name
    that is not typed is an app's, as its scan has it: nobody can mend it here."""
    issues: list[Issue] = []

    def add(field: str, code: str, message: str) -> None:
        issues.append(Issue(code=code, message=message, key=f"{key}-{field}"))

    for field in FIELDS:
        if is_typed or field != "name":
            issues += check_text(f"{key}-{field}", row[field])
    if not row["name"]:
        add("name", "required", _("Name the module."))
    elif is_typed and row["name"].casefold() in earlier:
        add("name", "twice", _("“{name}” is there twice.").format(name=shown(row["name"])))
    elif is_typed and "," in row["name"]:
        add("name", "comma", _("A name has no comma: commas stand between names."))
    if row["criticality"] not in ("", "low", "medium", "high"):
        add("criticality", "unknown", _("Choose how critical it is."))
    if row["writers"] not in ("", "own", "shared"):
        add("writers", "unknown", _("Choose who writes its data."))
    shares: dict[str, float | None] = {}
    for field in ("load", "cacheable"):
        shares[field] = read_share(row[field])
        if row[field] and shares[field] is None:
            add(field, "not_a_share", _("“{text}” is not a share from 0 to 100.").format(text=shown(row[field])))
    partners: dict[str, tuple[str, ...]] = {}
    for field in ("uses", "transactions"):
        typed = [each.strip() for each in row[field].split(",") if each.strip()]
        partners[field] = tuple(dict.fromkeys(names[each.casefold()] for each in typed if each.casefold() in names))
        for each in typed:
            if each.casefold() not in names:
                add(field, "unknown_module", _("No module is called “{name}”.").format(name=shown(each)))
            elif each.casefold() == row["name"].casefold():
                add(field, "itself", _("Name other modules, not the module itself."))
    choice = Choice(
        name=row["name"],
        group=row["group"],
        load=shares["load"],
        cacheable=shares["cacheable"] or 0,
        criticality=row["criticality"] if row["criticality"] in ("low", "medium", "high") else "",
        uses=partners["uses"],
        transactions=partners["transactions"],
        shares_data=row["writers"] == "shared",
        stays=row["stays"],
    )
    return choice, issues


def check_text(key: str, text: str) -> Iterable[Issue]:
    """The mistakes of a text as such: too long, or with characters that do not print."""
    if len(text) > MAX_LETTERS:
        message = _("At most {count} characters.").format(count=MAX_LETTERS)
        yield Issue(code="too_long", message=message, key=key)
    if not text.isprintable():
        yield Issue(code="unprintable", message=_("Only characters that print."), key=key)


def read_share(text: str) -> float | None:
    """A share in per cent, with or without its sign; None for what is none.

    >>> read_share("12,5 %"), read_share("101"), read_share("")
    (12.5, None, None)
    """
    try:
        share = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    return share if math.isfinite(share) and 0 <= share <= 100 else None
