"""Asking the API as people do: with a token, without a cookie."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from assess.assessments.actions import start_assessment
from assess.assessments.models import Assessment, Edition
from assess.people.api_tokens import create_api_token
from assess.people.models import Team, User

API = "/api/v1"

#: `ask(user, "GET", "/systems")`; the last is sent as JSON unless it is bytes.
Ask = Callable[..., HttpResponse]


def pytest_configure(config: pytest.Config) -> None:
    """Schemathesis's plugin is off elsewhere: it takes half a second to load."""
    if not leaves_out_slow_tests(config):
        config.pluginmanager.import_plugin("schemathesis.pytest.plugin")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Its tests are all slow, and finding out takes ten seconds."""
    return True if collection_path.name == "test_schemathesis.py" and leaves_out_slow_tests(config) else None


def leaves_out_slow_tests(config: pytest.Config) -> bool:
    return "not slow" in config.option.markexpr


class Api:
    """Asks with one token for each person, made when they first ask."""

    def __init__(self) -> None:
        self.client = Client()
        self.tokens: dict[int, str] = {}

    def token_of(self, user: User) -> str:
        if user.pk not in self.tokens:
            self.tokens[user.pk] = create_api_token(user, name="Tests", days=30)[1]
        return self.tokens[user.pk]

    def __call__(self, user: User, method: str, address: str, body: Any = None, **headers: Any) -> Any:
        headers.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token_of(user)}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = headers.pop("content_type", "application/json" if body is not None else "application/octet-stream")
        # Django's client would leave the type out where there is no body.
        return self.client.generic(method, API + address, data, kind, **{"CONTENT_TYPE": kind, **headers})


@pytest.fixture
def ask() -> Api:
    return Api()


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    """Alice's team's open version of the web shop."""
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)


@pytest.fixture
def an_answer() -> Callable[..., dict[str, Any]]:
    """One change: `an_answer("teams", value=5)`."""
    import uuid

    def make(question: str, **fields: Any) -> dict[str, Any]:
        return {"question": question, "base_version": 0, "mutation_id": str(uuid.uuid4()), **fields}

    return make
