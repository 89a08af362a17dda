"""The door of `review`: what other rooms may use of it. They import nothing else from here."""

from assess.review.actions import challenge, comment, meet_condition, sign, standing_signature, take_up
from assess.review.history import newest_step
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from assess.review.signed_content import ConditionTerms
from assess.review.states import STATES, StateSpec, Waiting, state_spec, states_waiting_for
from assess.review.verify import Seen, verify
