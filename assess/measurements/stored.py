"""A reading as JSON, as it is stored and exported, and back. The records are the schema: anything else is refused."""

import math
import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from assess.language import _
from assess.measurements.records import Calls, Cost, Deploys, Load, Reading
from assess.questionnaire.facade import INVISIBLE, Issue, ValidationFailed, shown

FORMAT: Final = "measurements/1"
CONTENTS: Final[Mapping[str, type]] = {"deploys": Deploys, "load": Load, "cost": Cost, "calls": Calls}
MAX_TEXT: Final = 2_000
MAX_ENTRIES: Final = 100_000
#: Control characters, line breaks and marks that turn the text around them.
HIDDEN: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{INVISIBLE}]")


def to_json(reading: Reading) -> dict[str, Any]:
    """The reading as plain JSON values; sums of money as texts, so that no cent is lost."""
    return {"format": FORMAT, **encode(reading)}


def encode(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: encode(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    if isinstance(value, Mapping):
        return {name: encode(each) for name, each in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def from_json(data: object) -> Reading:
    """The reading that `to_json` wrote. Raises ValidationFailed with one issue, its key the path of the field: code
    `other_version`, `missing`, `unknown_field`, `wrong_type` or `too_long`.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise refuse("other_version", "format", _("Read the file again; this is no {format}").format(format=FORMAT))
    content = CONTENTS.get(str(data.get("kind")))
    if content is None:
        raise wrong_type("kind")
    rest = {name: value for name, value in data.items() if name != "format"}
    reading: Reading = decode(Reading, rest, "", content=content)
    return reading


def decode(kind: Any, value: Any, key: str, *, content: type | None = None) -> Any:
    """`value` as `kind`, which is a record or one of the types that records have. Raises ValidationFailed."""
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise wrong_type(key)
        types_of = field_types(kind) | ({"content": content} if content else {})
        for name in value:
            if name not in types_of:
                raise refuse("unknown_field", join(key, shown(str(name))), _("Remove this field; no reading has it"))
        for name in types_of:
            if name not in value:
                raise refuse("missing", join(key, name), _("Add this field; every reading has it"))
        return kind(**{name: decode(each, value[name], join(key, name)) for name, each in types_of.items()})
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        if not isinstance(value, str) or value not in parts:
            raise wrong_type(key)
        return value
    if origin in (Union, types.UnionType):  # only ever "or None"
        return None if value is None else decode(parts[0], value, key)
    if origin is tuple:
        if not isinstance(value, list) or len(value) > MAX_ENTRIES:
            raise wrong_type(key)
        return tuple(decode(parts[0], each, f"{key}[{place}]") for place, each in enumerate(value, start=1))
    if origin is Mapping:
        if not isinstance(value, dict) or len(value) > MAX_ENTRIES:
            raise wrong_type(key)
        return {decode(str, name, key): decode(parts[1], each, join(key, shown(name))) for name, each in value.items()}
    return decode_scalar(kind, value, key)


@cache
def field_types(kind: type) -> dict[str, Any]:
    """The types of a record's fields; looking them up takes longer than reading the record."""
    return get_type_hints(kind)


def decode_scalar(kind: Any, value: Any, key: str) -> str | int | float | bool | Decimal:
    if kind is str and isinstance(value, str):
        if len(value) > MAX_TEXT or HIDDEN.search(value):
            raise refuse("too_long", key, _("Shorten this text, and remove characters that show nothing"))
        return value
    if kind is Decimal and isinstance(value, str) and len(value) < 40:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise wrong_type(key) from None
        if amount.is_finite():
            return amount
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise wrong_type(key)


def join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def wrong_type(key: str) -> ValidationFailed:
    return refuse("wrong_type", key, _("Read the file again; a reading has another kind of value here"))


def refuse(code: str, key: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=code, key=key, message=message)])
