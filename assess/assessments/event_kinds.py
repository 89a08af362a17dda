"""What can happen to an assessment: each kind of event, its words, and what follows from it. The one table of kinds.

A new kind is one line in `EventKind` and one in `EVENT_KINDS`; the history, the steps of a decision, the check of the
log, the rule on who may review and the reports read them here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from assess.language import N_, _


class EventKind(models.TextChoices):
    STARTED = "started"
    ANSWERED = "answered"
    CLEARED = "cleared"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    RESTORED = "restored"
    CHANGES_PLANNED = "planned"
    ASKED = "asked"
    REMINDED = "reminded"
    JOINED = "joined"
    REMOVED = "removed"
    ASKED_APART = "asked_apart"
    TOGETHER = "together"
    NAMES = "names"
    FINISHED = "finished"
    AGREED = "agreed"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"
    CONFIRMED = "confirmed"
    COMMENTED = "commented"
    SETTLED = "settled"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    CHALLENGED = "challenged"
    UPHELD = "upheld"
    REOPENED = "reopened"
    CONDITION_MET = "condition_met"
    SHARED = "shared"
    UNSHARED = "unshared"
    EVIDENCE_ATTACHED = "evidence_attached"
    EVIDENCE_DELETED = "evidence_deleted"
    EVIDENCE_RESTORED = "evidence_restored"
    CANDIDATES_CHANGED = "candidates_changed"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_OVERRIDDEN = "proposal_overridden"
    PROPOSAL_UNDONE = "proposal_undone"
    MEASUREMENT_ATTACHED = "measurement_attached"
    MEASUREMENT_DELETED = "measurement_deleted"
    MEASUREMENT_RESTORED = "measurement_restored"
    MONEY_CHANGED = "money_changed"
    STEPS_CHANGED = "steps_changed"
    GOAL_CHANGED = "goal_changed"
    GOAL_MEASURED = "goal_measured"
    PREPARATION_MARKED = "preparation_marked"
    PREPARATION_WAIVED = "preparation_waived"
    DESIGN_DECIDED = "design_decided"
    OUTCOME_RECORDED = "outcome_recorded"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventKindSpec:
    """What is known of one kind of event."""

    words: str  #: what was done, to follow a person's name
    words_of_respondent: str = ""  #: instead, where the event is of a respondent's own answers
    #: Instead, by the value of the payload's field `varies_by`.
    variants: Mapping[str, str] = field(default_factory=dict)
    varies_by: str = ""
    text_field: str = ""  #: the payload's field with text that somebody wrote for others to read
    takes_part: bool = False  #: takes part in the verdict, so may not review it
    by_respondent: bool = False  #: a respondent does it: no name where names are hidden
    to_respondent: bool = False  #: a lead does it to a respondent: the lead's name shows
    moves_review: bool = False  #: what a report says of the review changes with it
    changes_report: bool = False  #: the same of what a report says besides, also of a submitted version
    move: str = ""  #: the move between states that it stands for (`review.states`); a signature's is in its payload
    in_record: bool = False  #: appends a link to the record, as all do that move a review
    step: str = ""  #: the step that the page on the decision shows for it


EVENT_KINDS: Final[Mapping[str, EventKindSpec]] = {
    EventKind.STARTED: EventKindSpec(words=N_("started the version")),
    EventKind.ANSWERED: EventKindSpec(
        words=N_("answered"), words_of_respondent=N_("answered separately"), takes_part=True
    ),
    EventKind.CLEARED: EventKindSpec(words=N_("cleared the answer"), takes_part=True),
    EventKind.SUBMITTED: EventKindSpec(
        words=N_("submitted the version"), takes_part=True, move="submit", in_record=True, step=N_("Submitted")
    ),
    EventKind.WITHDRAWN: EventKindSpec(
        words=N_("withdrew the version"), text_field="text", moves_review=True, move="withdraw", step=N_("Withdrawn")
    ),
    EventKind.DELETED: EventKindSpec(words=N_("deleted the version"), in_record=True),
    EventKind.RESTORED: EventKindSpec(words=N_("restored the version"), in_record=True),
    EventKind.CHANGES_PLANNED: EventKindSpec(words=N_("planned changes to answers"), changes_report=True),
    EventKind.ASKED: EventKindSpec(words=N_("asked somebody to answer"), to_respondent=True),
    EventKind.REMINDED: EventKindSpec(words=N_("reminded somebody"), to_respondent=True),
    EventKind.JOINED: EventKindSpec(words=N_("joined to answer"), by_respondent=True),
    EventKind.REMOVED: EventKindSpec(words=N_("stopped asking somebody"), to_respondent=True, takes_part=True),
    EventKind.ASKED_APART: EventKindSpec(words=N_("let people answer separately")),
    EventKind.TOGETHER: EventKindSpec(words=N_("went back to shared answers"), takes_part=True),
    EventKind.NAMES: EventKindSpec(words=N_("showed or hid names")),
    EventKind.FINISHED: EventKindSpec(words=N_("finished answering"), by_respondent=True),
    EventKind.AGREED: EventKindSpec(words=N_("agreed on an answer"), takes_part=True),
    EventKind.AGREEMENT_WITHDRAWN: EventKindSpec(words=N_("withdrew an agreement"), takes_part=True),
    EventKind.CONFIRMED: EventKindSpec(words=N_("confirmed earlier answers"), takes_part=True),
    EventKind.COMMENTED: EventKindSpec(
        words=N_("commented"),
        variants={"challenge": N_("challenged an answer")},
        varies_by="kind",
        text_field="text",
        moves_review=True,
    ),
    EventKind.SETTLED: EventKindSpec(words=N_("settled a comment"), text_field="text", moves_review=True),
    EventKind.REVIEWED: EventKindSpec(
        words=N_("started the review"), moves_review=True, move="take up", step=N_("In review")
    ),
    EventKind.DECIDED: EventKindSpec(words=N_("signed a decision"), moves_review=True),
    EventKind.CHALLENGED: EventKindSpec(
        words=N_("challenged the decision"),
        text_field="text",
        moves_review=True,
        move="challenge",
        step=N_("Challenged"),
    ),
    EventKind.UPHELD: EventKindSpec(
        words=N_("upheld the decision"), text_field="text", moves_review=True, move="uphold", step=N_("Upheld")
    ),
    EventKind.REOPENED: EventKindSpec(
        words=N_("opened the review again"),
        text_field="text",
        moves_review=True,
        move="reopen",
        step=N_("Review opened again"),
    ),
    EventKind.CONDITION_MET: EventKindSpec(words=N_("met a condition"), text_field="how", moves_review=True),
    EventKind.SHARED: EventKindSpec(words=N_("made a share link")),
    EventKind.UNSHARED: EventKindSpec(words=N_("revoked a share link")),
    EventKind.EVIDENCE_ATTACHED: EventKindSpec(words=N_("attached a scan")),
    EventKind.EVIDENCE_DELETED: EventKindSpec(words=N_("deleted a scan")),
    EventKind.EVIDENCE_RESTORED: EventKindSpec(words=N_("restored a scan")),
    EventKind.CANDIDATES_CHANGED: EventKindSpec(words=N_("changed what is known of modules")),
    EventKind.PROPOSAL_ACCEPTED: EventKindSpec(words=N_("accepted a measured proposal"), takes_part=True),
    EventKind.PROPOSAL_OVERRIDDEN: EventKindSpec(
        words=N_("overrode a measured proposal"), text_field="reason", takes_part=True
    ),
    EventKind.PROPOSAL_UNDONE: EventKindSpec(words=N_("took back a decision on a proposal"), takes_part=True),
    EventKind.MEASUREMENT_ATTACHED: EventKindSpec(words=N_("attached measurements")),
    EventKind.MEASUREMENT_DELETED: EventKindSpec(words=N_("deleted measurements")),
    EventKind.MEASUREMENT_RESTORED: EventKindSpec(words=N_("restored measurements")),
    EventKind.MONEY_CHANGED: EventKindSpec(words=N_("changed the cost figures"), changes_report=True),
    EventKind.STEPS_CHANGED: EventKindSpec(words=N_("changed the steps of the plan"), changes_report=True),
    EventKind.GOAL_CHANGED: EventKindSpec(words=N_("changed a goal"), text_field="note", changes_report=True),
    EventKind.GOAL_MEASURED: EventKindSpec(words=N_("measured a goal"), text_field="note", changes_report=True),
    EventKind.PREPARATION_MARKED: EventKindSpec(
        words=N_("ticked a preparation"),
        variants={"removed": N_("took back a ticked preparation")},
        varies_by="change",
        text_field="text",
        changes_report=True,
    ),
    EventKind.PREPARATION_WAIVED: EventKindSpec(
        words=N_("waived a preparation"),
        variants={"removed": N_("ended a waiver")},
        varies_by="change",
        text_field="text",
        changes_report=True,
    ),
    EventKind.DESIGN_DECIDED: EventKindSpec(
        words=N_("took a design decision"),
        variants={"taken_back": N_("took back a design decision")},
        varies_by="change",
        text_field="reason",
        changes_report=True,
    ),
    EventKind.OUTCOME_RECORDED: EventKindSpec(words=N_("recorded the outcome"), text_field="text", changes_report=True),
}

#: Whoever did one of these took part in what the verdict follows from.
TAKES_PART: Final = tuple(kind for kind, spec in EVENT_KINDS.items() if spec.takes_part)
#: A stored report of a submitted version no longer says all after one of these.
CHANGES_REPORT: Final = tuple(kind for kind, spec in EVENT_KINDS.items() if spec.moves_review or spec.changes_report)
#: Each appends a link to the record.
IN_RECORD: Final = tuple(kind for kind, spec in EVENT_KINDS.items() if spec.in_record or spec.moves_review)


def describe_event(kind: str, payload: Mapping[str, Any], *, of_respondent: bool = False) -> str:
    """What was done, to follow a person's name; a kind that this release does not know is named as it is stored.

    >>> describe_event("commented", {"kind": "challenge"})
    'challenged an answer'
    """
    spec = EVENT_KINDS.get(kind)
    if spec is None:
        return kind
    if of_respondent and spec.words_of_respondent:
        return _(spec.words_of_respondent)
    return _(spec.variants.get(str(payload.get(spec.varies_by, "")), spec.words))
