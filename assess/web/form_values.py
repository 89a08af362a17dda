"""How answers, ids, counts and whole addresses are written in our forms and links, and read back.

Does not decide whether an answer is allowed (`questionnaire.answers` does).
"""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from assess.language import number
from assess.questionnaire.facade import NONE_OF_THESE, Condition, Issue, Value, number_text, read_typed_number

#: Besides options and numbers under a question's key. No option has such a name: theirs start with a letter.
NOT_SURE: Final = "-not_sure"
NOT_APPLICABLE: Final = "-not_applicable"

#: The button that says which of two numbers was meant posts this, as "key=text".
READ_AS: Final = "read_as"

#: What a column of the database holds.
LARGEST_ID: Final = 2**63 - 1


def absolute_url(path: str) -> str:
    """The whole address of a path of the site, for whatever is sent, copied or printed.

    It comes from SITE_ADDRESS alone: the Host of a request is chosen by whoever sends it.
    """
    return f"{settings.SITE_ADDRESS}{path}"


def to_form_texts(value: Value) -> list[str]:
    """A value as a form posts it, so that `parse_text` reads it back.

    >>> to_form_texts(()), to_form_texts(45), to_form_texts("none")
    (['none_of_these'], ['45'], ['none'])
    """
    if isinstance(value, tuple):
        return list(value) or [NONE_OF_THESE]
    return [value if isinstance(value, str) else number_text(value)]


def choice_words(text: str) -> str:
    """One of an issue's `choices` as people read it: "1,000" for "1000"."""
    return number(float(text) if "." in text else int(text))


def choice_links(request: HttpRequest, issue: Issue, *, path: str = "") -> list[tuple[str, str]]:
    """What the person may have meant, in words, each with the address at which the form has it in its field.

    For forms whose fields are in the address. `path` is their page, where it is not the requested one.
    """
    links = []
    for text in issue.choices:
        parameters = request.GET.copy()
        parameters[issue.key] = text
        links.append((choice_words(text), f"{path or request.path}?{parameters.urlencode()}"))
    return links


def chosen_reading(data: QueryDict, key: str) -> list[str]:
    """The text that the pressed button chose for the field `key`, alone in a list; [] for none."""
    chosen_key, _equals, text = data.get(READ_AS, "").partition("=")
    return [text] if text and chosen_key == key else []


def parse_number(text: str, most: int = LARGEST_ID) -> int | None:
    """The number, from 0 to `most`; None for what none of our links and forms contains.

    >>> parse_number("12"), parse_number("-1"), parse_number("١٢"), parse_number("12", most=9)
    (12, None, None, None)
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return None
    parsed = int(text)
    return parsed if parsed <= most else None


class TypedIntegerField(forms.IntegerField):
    """A whole number as people type it, such as "30 days"; Django's own field takes "1.000" for one."""

    def __init__(self, *, unit: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip():
            values = read_typed_number(value, (self.unit,)).values
            if len(values) != 1:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = number_text(values[0])
        return super().to_python(value)


def to_script(conditions: Iterable[Condition]) -> str:
    """Conditions as a page's script reads them: "key:value value;key:value"; "" for none."""
    return ";".join(f"{condition.key}:{' '.join(condition.any_of)}" for condition in conditions)
