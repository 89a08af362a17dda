"""The door of `people`: what other rooms may use of it. They import nothing else from here."""

from assess.people.access import (
    POLICY,
    View,
    architect,
    architects_workspaces,
    guests_too,
    open_to_all,
    signed_in,
    team_member,
    user_of,
)
from assess.people.invitations import hold_limit, sent_lately
from assess.people.links import hash_of, new_token
from assess.people.models import (
    Invitation,
    Logo,
    LogoKind,
    Membership,
    Notice,
    Role,
    Team,
    User,
    Workspace,
    both_or_neither,
)
from assess.people.notices import send, tell
from assess.people.permissions import (
    READING_ROLES,
    ROLES,
    Ability,
    Reach,
    abilities,
    architects_of,
    can,
    can_edit,
    can_read,
    check_administers,
    check_can,
    reach_of,
    readers_among,
    teams_to_work_in,
    workspaces_as_administrator,
    workspaces_as_architect,
    workspaces_of,
)
from assess.people.tokens import person_of
