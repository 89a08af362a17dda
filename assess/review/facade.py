"""What other rooms may use of `review`. They import nothing else from here."""

# states: what each means, and who has to act
from assess.review.states import STATES, StateSpec, Waiting, state_spec, states_waiting_for

# models
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff

# what people do
from assess.review.actions import challenge, comment, meet_condition, sign, standing_signature, take_up, withdraw
from assess.review.signed_content import ConditionTerms

# the log
from assess.review.history import newest_step
from assess.review.log_verification import ReadCounts, verify_log
