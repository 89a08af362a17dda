"""All models of the app, gathered for Django; each lives in its room."""

from assess.assessments.evidence.models import CandidateChoices, Evidence, ProposalDecision
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.models import (
    Agreement,
    Answer,
    Assessment,
    Edition,
    EditionTranslation,
    Event,
    GuestLink,
    PlannedChange,
    Respondent,
    Response,
    System,
)
from assess.editions.models import LintRun
from assess.operations.models import WorkerHeartbeat
from assess.people.models import ApiToken, Invitation, Logo, Membership, Notice, OutgoingMail, Team, User, Workspace
from assess.planning.models import (
    DesignDecision,
    Goal,
    GoalReading,
    MoneyInputs,
    Outcome,
    PlanStep,
    PreparationMark,
)
from assess.portfolio.models import SavedView
from assess.record.models import RecordLink
from assess.reports.models import Report, ReportRequest
from assess.review.models import Comment, Condition, SignOff
from assess.sharing.models import ShareLink

__all__ = [
    "Agreement",
    "Answer",
    "ApiToken",
    "Assessment",
    "CandidateChoices",
    "Comment",
    "Condition",
    "DesignDecision",
    "Edition",
    "EditionTranslation",
    "Event",
    "Evidence",
    "Goal",
    "GoalReading",
    "GuestLink",
    "Invitation",
    "LintRun",
    "Logo",
    "Measurement",
    "MeasurementPreview",
    "Membership",
    "MoneyInputs",
    "Notice",
    "Outcome",
    "OutgoingMail",
    "PlanStep",
    "PlannedChange",
    "PreparationMark",
    "ProposalDecision",
    "RecordLink",
    "Report",
    "ReportRequest",
    "Respondent",
    "Response",
    "SavedView",
    "ShareLink",
    "SignOff",
    "System",
    "Team",
    "User",
    "WorkerHeartbeat",
    "Workspace",
]
