"""What was refused, told in the messages above the page: for forms that have no fields to say it beside."""

from django.contrib import messages
from django.http import HttpRequest

from assess.questionnaire.facade import ValidationFailed


def add_error_messages(request: HttpRequest, refused: ValidationFailed) -> None:
    """Every problem as a sentence of its own."""
    for issue in refused.issues:
        messages.error(request, f"{issue.message}.")
