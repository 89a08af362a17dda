"""`manage.py check` finds a view for which nobody has said who may use it."""

from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, path

from assess.checks import FOREIGN_VIEWS, every_url, every_view_names_its_policy
from assess.people.access import architect, open_to_all, signed_in, team_member, user_of
from assess.people.models import User
from assess.web.responses import is_partial


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@pytest.fixture
def urls(settings: Any) -> Any:
    def use(*patterns: Any) -> None:
        module = ModuleType("urls_of_one_test")
        module.urlpatterns = list(patterns)  # type: ignore[attr-defined]
        settings.ROOT_URLCONF = module

    return use


def test_the_sites_own_addresses_all_name_a_policy() -> None:
    assert every_view_names_its_policy(None) == []


def test_a_view_without_a_policy_is_an_error(urls: Any) -> None:
    urls(path("open/", open_to_all(reason="test")(lambda request: None), name="open"), path("x/", view, name="x"))
    assert [(error.id, "'x/' (x)" in error.msg) for error in every_view_names_its_policy(None)] == [
        ("assess.E002", True)
    ]


def test_url_without_a_name_is_a_check_error(urls: Any) -> None:
    urls(path("x/", signed_in(lambda request: None)))
    assert [error.id for error in every_view_names_its_policy(None)] == ["assess.E001"]


def test_the_list_of_foreign_views_names_no_more_than_there_are() -> None:
    names = {pattern.name for _, pattern in every_url(get_resolver("assess.urls").url_patterns)}
    assert set(FOREIGN_VIEWS) <= names


@pytest.mark.django_db
def test_person_on_no_team_is_refused_with_who_can_start(rf: RequestFactory, alice: User, rita: User) -> None:
    guarded: Any = team_member(view)
    asking: Any = rf.get("/")
    asking.user = alice
    assert guarded(asking).content == b"seen"
    asking.user = rita
    refused = guarded(asking)
    assert refused.status_code == 403
    assert b"seen" not in refused.content
    assert b"You are on no team" in refused.content


@pytest.mark.django_db
def test_architect_view_refuses_other_roles(rf: RequestFactory, alice: User, rita: User) -> None:
    guarded: Any = architect(view)
    asking: Any = rf.get("/")
    asking.user = rita
    assert guarded(asking).content == b"seen"
    asking.user = alice
    with pytest.raises(PermissionDenied):
        guarded(asking)


@pytest.mark.django_db
def test_user_of_raises_for_signed_out_requests(rf: RequestFactory, alice: User) -> None:
    request = rf.get("/")
    request.user = alice
    assert user_of(request) == alice
    request.user = None  # type: ignore[assignment]
    with pytest.raises(TypeError):
        user_of(request)


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_partial_is_rendered_for_htmx_only(rf: RequestFactory, headers: dict[str, str], part: bool) -> None:
    assert is_partial(rf.get("/", headers=headers)) is part
