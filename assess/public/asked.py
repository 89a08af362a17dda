"""The questionnaire of the pages for everybody, in the reader's language. Reads no database."""

from django.conf import settings
from django.utils.translation import get_language

from assess.questionnaire.facade import Questionnaire
from assess.questionnaire_files import builtin_questionnaire_in


def asked() -> Questionnaire:
    """The built-in questionnaire as whoever reads the page is to see it."""
    return builtin_questionnaire_in(get_language() or settings.LANGUAGE_CODE)
