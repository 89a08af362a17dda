"""What translators get and give back: a translation has the placeholders of its sentence."""

import pytest
from babel.messages.catalog import Catalog

from scripts.messages import placeholder_mismatches


@pytest.mark.parametrize(
    ("sentence", "translation", "is_right"),
    [
        ("Ask {name} again", "Vraag {name} opnieuw", True),
        ("Ask {name} again", "Vraag opnieuw", False),
        ("Ask {name} again", "Vraag {name} {name.password}", False),
        ("%(count)s of them", "%(count)s ervan", True),
        ("%(count)s of them", "%(counts)s ervan", False),
        (("{count} answer", "{count} answers"), ("een antwoord", "{count} antwoorden"), True),
        (("{count} answer", "{count} answers"), ("een antwoord", "{total} antwoorden"), False),
        ("Written as {{name}}", "Geschreven als {{name}}", True),
        ("Not translated: {name}", "", True),
    ],
)
def test_a_translation_has_the_placeholders_of_its_sentence(
    sentence: object, translation: object, is_right: bool
) -> None:
    catalog = Catalog(locale="nl")
    catalog.add(sentence, translation)
    assert (list(placeholder_mismatches(catalog)) == []) is is_right
