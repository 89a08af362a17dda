"""Who may do what, as a table."""

from typing import Any

import pytest

from assess.people import permissions
from assess.people.models import Membership, Role, Team, User
from assess.people.roles import ROLES, Ability

pytestmark = pytest.mark.django_db

NONE = set[Ability]()
READ = {Ability.READ}
MEMBER = {
    Ability.READ, Ability.START, Ability.ANSWER, Ability.SUBMIT, Ability.DELETE, Ability.AGREE, Ability.DISCUSS,
    Ability.CHALLENGE,
}  # fmt: skip
LEAD = MEMBER | {Ability.ASK, Ability.SHARE, Ability.INVITE}
ARCHITECT = {Ability.READ, Ability.DISCUSS, Ability.REVIEW, Ability.SHARE}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("alice", LEAD),
        ("bob", MEMBER),
        ("vera", READ),
        ("ravi", NONE),
        ("rita", ARCHITECT),
        ("ada", {Ability.ADMINISTER}),
        ("olga", NONE),
        ("charlie", NONE),
        ("zoe", NONE),
    ],
)
def test_abilities_by_role(request: pytest.FixtureRequest, team: Team, who: str, allowed: set[Ability]) -> None:
    user: User = request.getfixturevalue(who)
    assert permissions.abilities(user, team) == allowed
    assert permissions.can_edit(user, team) == (Ability.ANSWER in allowed)
    assert permissions.can_read(user, team) == (Ability.READ in allowed)


def test_every_role_is_in_the_table() -> None:
    assert set(ROLES) == set(Role)


def test_an_architect_who_is_also_on_the_team_answers(rita: User, team: Team) -> None:
    Membership.objects.create(user=rita, team=team, workspace=team.workspace, role=Role.MEMBER)
    assert permissions.can_edit(rita, team)


def test_permission_check_takes_one_query(alice: User, team: Team, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        permissions.can_edit(alice, team)


def test_person_starts_assessments_in_own_teams_only(alice: User, rita: User, team: Team, other_team: Team) -> None:
    assert list(permissions.teams_to_start_in(alice)) == [team]
    assert list(permissions.teams_to_start_in(rita)) == []
    assert list(permissions.workspaces_as_architect(rita)) == [team.workspace]
    assert list(permissions.workspaces_as_architect(alice)) == []
