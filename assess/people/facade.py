"""What other rooms may use of `people`. They import nothing else from here."""

# policies of views
from assess.people.access import (
    POLICY,
    View,
    architect,
    architect_workspaces,
    guests_allowed,
    open_to_all,
    signed_in,
    team_member,
    user_of,
)

# what a person may do
from assess.people.permissions import (
    AccessScope,
    abilities,
    architects_of,
    can,
    can_edit,
    can_read,
    check_administers,
    check_can,
    filter_readers,
    get_access_scope,
    leads_of,
    teams_to_start_in,
    workspaces_as_administrator,
    workspaces_as_architect,
    workspaces_of,
)
from assess.people.roles import Ability, Role, roles_with

# addresses
from assess.people.addresses import normalize_address

# models
from assess.people.branding import LOGO_FOLDER
from assess.people.models import (
    Invitation,
    Logo,
    MailKind,
    MailState,
    Membership,
    NameKeyField,
    Notice,
    OutgoingMail,
    Team,
    User,
    Workspace,
    both_or_neither,
)

# notices, mail, sessions and secrets
from assess.people.api_tokens import ApiLimitExceeded, get_user_of_api_token
from assess.people.credentials import TooManyTriesError, check_address_confirmed, why_not_identified
from assess.people.invitations import lock_invitation_limit, recent_invitation_times
from assess.people.middleware import stamp_session
from assess.people.mail import (
    MailLimitReached,
    build_mail,
    check_mail_limits,
    check_mail_name,
    collecting_mails,
    count_mails,
    has_lost_mails,
    queue_mails,
    send_due_mails,
    send_outgoing_mails,
)
from assess.people.notices import notify
from assess.people.tokens import generate_token, hash_token
