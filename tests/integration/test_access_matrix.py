"""Every address × every method × every kind of person gets exactly the status of `access_table`."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.models import Answer, Assessment, Edition, Event, Respondent
from assess.checks import every_url
from assess.people.models import Team, User, Workspace
from assess.reports.models import Report
from assess.sharing import actions as sharing
from assess.sharing.models import Scope, ShareLink
from tests.conftest import client_of
from tests.factories import AssessmentFactory, EditionFactory, UserFactory, builtin_questionnaire
from tests.integration.access_table import ACTORS, METHODS, SIGNED_OUT, STRANGERS, TABLE, VISITORS, Row

pytestmark = pytest.mark.django_db

OF_AN_ASSESSMENT = [name for name, row in TABLE.items() if row.of_an_assessment]


@pytest.fixture(autouse=True)
def worker_at_hand(settings: Any) -> None:
    """Checks of files are done as soon as they are queued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}


def some_at_a_time(names: list[str], many: int = 6) -> Any:
    """Tests of so many addresses each: making the cast takes longer than asking."""
    groups = [names[start : start + many] for start in range(0, len(names), many)]
    return pytest.mark.parametrize("names", groups, ids=[f"{group[0]} to {group[-1]}" for group in groups])


@dataclass(frozen=True)
class Share:
    """A share link, its token, and the cookies of somebody who opened it while it worked."""

    link: ShareLink
    token: str
    cookies: Any


class Cast:
    """One client, and for each actor the cookies to ask with. (A client of its own for each would load the site
    anew.)"""

    def __init__(self, people: dict[str, User], shares: dict[str, Share]) -> None:
        self.client = Client()
        self.cookies = {name: client_of(user).cookies for name, user in people.items()}
        self.cookies["nobody"] = Client().cookies
        self.cookies |= {name: share.cookies for name, share in shares.items()}
        self.shares = shares

    def share_of(self, who: str) -> Share:
        """The link that this actor asks for: the one that works, or their own that has ended."""
        return self.shares[who if who in ("share_expired", "share_revoked") else "share_valid"]

    def ask(self, who: str, method: str, address: str, body: dict[str, str] | str) -> HttpResponse:
        """Whatever the request changes is undone."""
        self.client.cookies = self.cookies[who].copy()
        send: Any = getattr(self.client, method.lower())
        with transaction.atomic():
            if method in {"GET", "HEAD"}:
                response = send(address)
            elif isinstance(body, str):
                response = send(address, body, content_type="application/json")
            else:
                response = send(address, body) if method == "POST" else send(address)
            transaction.set_rollback(True)
        return response


@pytest.fixture
def shares(team: Team, alice: User, edition: Any) -> dict[str, Share]:
    """Links to a submitted version of Alice's team, each really opened; two of them then ended. One to another."""
    shared, other = (
        actions.submit_assessment(
            AssessmentFactory(team=team, by=alice, edition=edition, answers={"teams": 5}), by=alice
        )
        for _ in range(2)
    )
    made = {}
    for who in VISITORS:
        assessment = other if who == "share_other" else shared
        link, token = sharing.make_link(assessment, by=alice, name=who, scope=Scope.ANSWERS, days=7)
        visitor = Client()
        assert visitor.get(reverse("share-open", args=[token])).status_code == 302
        made[who] = Share(link=link, token=token, cookies=visitor.cookies)
    ShareLink.objects.filter(pk=made["share_expired"].link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    sharing.revoke_link(made["share_revoked"].link, by=alice)
    return made


@pytest.fixture
def cast(request: pytest.FixtureRequest, shares: dict[str, Share]) -> Cast:
    people = [name for name in ACTORS if name not in ("nobody", *VISITORS)]
    return Cast({name: request.getfixturevalue(name) for name in people}, shares)


@pytest.fixture
def assessment(team: Team, alice: User, edition: Any, ravi: User, gus: User) -> Assessment:
    """Ravi and Gus are asked to answer it; the team still answers together."""
    made = AssessmentFactory(team=team, by=alice, answers={"teams": 5, "deploy_minutes": 45})
    for user in (ravi, gus):
        Respondent.objects.create(assessment=made, user=user, asked_by=alice)
    ShareLink.objects.create(
        assessment=made, name="Board", token_hash="0" * 64, created_by=alice, expires_at=timezone.now() + timedelta(1)
    )
    return made


@pytest.fixture
def draft(workspace: Workspace) -> Edition:
    """A draft of Alice's workspace that could be published."""
    content = builtin_questionnaire().replace(b"questionnaire: split-checklist", b"questionnaire: our-checklist", 1)
    return EditionFactory(
        workspace=workspace, slug="our-checklist", content=content, imported_by=UserFactory(), published_at=None
    )


def address_of(
    name: str, row: Row, assessment_id: int, draft: Edition | None = None, share: Share | None = None
) -> str:
    arguments: dict[str, Any] = {"assessment_id": assessment_id} if row.of_an_assessment else {}
    if row.of_a_system:
        # One system has one assessment here; a number that no assessment has stands for a system that nobody has.
        found = Assessment.objects.filter(pk=assessment_id).values_list("system_id", flat=True)
        arguments = {"system_id": found.first() or assessment_id}
    if row.of_a_share_link and row.of_an_assessment:
        arguments["link_id"] = (
            ShareLink.objects.filter(assessment=assessment_id).values_list("pk", flat=True).first() or 1
        )
    elif row.of_a_share_link and share is not None:
        arguments |= {"token": share.token} if name == "share-open" else {"link_id": share.link.pk}
    if draft is not None and row.of_an_edition:
        arguments["edition_id"] = draft.pk
    if draft is not None and draft.workspace_id and row.of_a_workspace:
        arguments["workspace_id"] = draft.workspace_id
    return reverse(name, kwargs={**arguments, **row.arguments})


#: What `make test` asks: by the methods of browsers one of each kind of person, by the others two, because what a view
#: takes is decided before who may. `make test-thorough` asks the rest.
KINDS = ("nobody", "alice", "bob", "vera", "ravi", "rita", "zoe", "ada", "share_valid")
FIRST = {method: KINDS if method in ("GET", "POST") else ("nobody", "alice") for method in METHODS}
REST = {method: tuple(who for who in ACTORS if who not in FIRST[method]) for method in METHODS}


@pytest.mark.parametrize("cells", [FIRST, pytest.param(REST, marks=pytest.mark.slow)], ids=["first", "rest"])
@some_at_a_time(list(TABLE))
def test_each_gets_the_status_of_the_table(
    names: list[str], cells: dict[str, tuple[str, ...]], cast: Cast, assessment: Assessment, draft: Edition
) -> None:
    for name in names:
        row = TABLE[name]
        addresses = {who: address_of(name, row, assessment.pk, draft, cast.share_of(who)) for who in ACTORS}
        for method, actors in cells.items():
            cache.clear()  # throttles count in it
            got = {who: cast.ask(who, method, addresses[who], row.body()).status_code for who in actors}
            assert got == {who: row.expected(method)[who] for who in actors}, (name, method)


def test_the_matrix_has_at_least_nine_hundred_cells() -> None:
    cells = len(TABLE) * len(METHODS) * len(ACTORS)
    assert cells >= 900
    assert cells == sum(len(row.expected(method)) for row in TABLE.values() for method in METHODS)


@pytest.mark.slow  # the matrix has the pages of a share link; this asks every other address
@some_at_a_time(OF_AN_ASSESSMENT, 12)
def test_a_share_link_opens_nothing_else_of_its_assessment(names: list[str], cast: Cast) -> None:
    for name in names:
        row = TABLE[name]
        address = address_of(name, row, cast.shares["share_valid"].link.assessment_id)
        for method in row.methods:
            body = row.body()
            nobody, visitor = (cast.ask(who, method, address, body) for who in ("nobody", "share_valid"))
            assert visitor.status_code == nobody.status_code, name
            assert visitor.headers.get("Location") == nobody.headers.get("Location"), name


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = {str(pattern.name) for _, pattern in every_url(get_resolver("assess.urls").url_patterns)}
    assert names - set(TABLE) == set(), "Add a row to tests/integration/access_table.py"
    assert set(TABLE) - names == set(), "Take the row out of tests/integration/access_table.py"


def test_every_page_that_names_an_assessment_is_marked_so() -> None:
    """Not those of the API, which wants a token: `api/test_api_access.py` asks them as everybody who has one."""
    addresses = every_url(get_resolver("assess.urls").url_patterns)
    named = {
        str(pattern.name)
        for address, pattern in addresses
        if ("assessment_id" in address or "system_id" in address) and not address.startswith("api/")
    }
    assert named == set(OF_AN_ASSESSMENT)


def without_tokens(response: HttpResponse) -> str:
    """CSRF tokens are masked anew in each response."""
    return re.sub(r"[A-Za-z0-9]{64}", "TOKEN", response.content.decode())


@pytest.mark.slow  # the matrix says that a stranger gets 404; this says that both pages are the same, letter by letter
@some_at_a_time(OF_AN_ASSESSMENT, 12)
def test_a_stranger_cannot_tell_what_is_from_what_is_not(names: list[str], cast: Cast, assessment: Assessment) -> None:
    for name, who in product(names, STRANGERS):
        row = TABLE[name]
        method = next(iter(row.methods))
        if row.expected(method)[who] != 404:
            continue  # asked to answer it, and so no stranger to this address
        real, missing = (
            cast.ask(who, method, address_of(name, row, pk), row.body())
            for pk in (assessment.pk, assessment.pk + 10_000)
        )
        assert (real.status_code, missing.status_code) == (404, 404)
        assert without_tokens(real) == without_tokens(missing)
        headers, others = ({**response.headers, "X-Request-Reference": ""} for response in (real, missing))
        assert headers == others


@pytest.mark.slow
@some_at_a_time(OF_AN_ASSESSMENT, 12)
def test_who_may_not_changes_nothing(names: list[str], cast: Cast, assessment: Assessment) -> None:
    def everything() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (Assessment, Answer, Event, Report, ShareLink)]

    before = everything()
    for name in names:
        row = TABLE[name]
        refused = [who for who, status in row.expected("POST").items() if status >= 400 or who in SIGNED_OUT]
        for who in refused:
            cast.client.cookies = cast.cookies[who].copy()
            body = row.body()
            kind: dict[str, Any] = {"content_type": "application/json"} if isinstance(body, str) else {}
            cast.client.post(address_of(name, row, assessment.pk), body, **kind)
        assert everything() == before, name


def test_a_deleted_assessment_is_gone_but_for_bringing_it_back(cast: Cast, assessment: Assessment, alice: User) -> None:
    actions.delete_assessment(assessment, by=alice)
    for name in OF_AN_ASSESSMENT:
        row = TABLE[name]
        method = next(iter(row.methods))
        address = address_of(name, row, assessment.pk)
        got = [cast.ask(who, method, address, row.body()).status_code for who in ("alice", "rita", "charlie")]
        assert got == ([302, 403, 404] if name == "assessment-restore" else [404, 404, 404]), name
