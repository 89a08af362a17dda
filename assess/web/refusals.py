"""What was refused, told in the messages above the page: for forms that have no fields to say it beside."""

from django.contrib import messages
from django.http import HttpRequest

from assess.questionnaire.problems import Refused


def tell_refused(request: HttpRequest, refused: Refused) -> None:
    """Every problem as a sentence of its own."""
    for problem in refused.problems:
        messages.error(request, f"{problem.message}.")
