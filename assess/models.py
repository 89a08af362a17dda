"""All models of the app, gathered for Django; each lives in its room."""

from assess.assessments.models import Answer, Assessment, Edition, Event, PlannedChange, System
from assess.people.models import Membership, Team, User, Workspace
from assess.reports.models import Report

__all__ = [
    "Answer",
    "Assessment",
    "Edition",
    "Event",
    "Membership",
    "PlannedChange",
    "Report",
    "System",
    "Team",
    "User",
    "Workspace",
]
