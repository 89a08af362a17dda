"""For tests of the platform: a client of an address with views that fail, beside the site's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client


@pytest.fixture
def faulty(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.integration.platform.faulty_urls"
    return Client(raise_request_exception=False)


@pytest.fixture
def text() -> Callable[[HttpResponse], str]:
    return lambda response: response.content.decode()
