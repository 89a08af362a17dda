"""What every page of `planning` begins with: the assessment, who looks at it, and links to the other pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from assess.advice.facade import SHAPES_WITH_SERVICES
from assess.assessments.facade import Assessment, check_answered_first, open_assessment
from assess.language import N_, _
from assess.people.facade import Ability, User, can
from assess.questionnaire.facade import Issue

#: Name of the address and words of the link, in the order of the links.
PAGES: Final[tuple[tuple[str, str], ...]] = (
    ("money", N_("Money")),
    ("goals", N_("Goals")),
    ("plan", N_("Plan")),
    ("preparation", N_("Preparation")),
    ("design", N_("Design decisions")),
    ("pitfalls", N_("Pitfalls")),
    ("merging", N_("Services to merge")),
    ("outcome", N_("Outcome")),
)


@dataclass(frozen=True, kw_only=True)
class PlanningPage:
    """What a page begins with. `may_change` says whether this person may change what it shows now."""

    user: User
    assessment: Assessment
    may_change: bool

    @property
    def has_services(self) -> bool:
        """Whether the system is known to run as services. One query, two where people answer separately."""
        shape = self.assessment.current_answers().get("current_shape")
        return shape is not None and shape.value in SHAPES_WITH_SERVICES

    def context(self, current: str, **more: Any) -> dict[str, Any]:
        """For a template that extends `planning/base.html`; `current` is the name of the page's address."""
        return {
            "assessment": self.assessment,
            "may_change": self.may_change,
            "planning_pages": [
                {"url": reverse(name, args=[self.assessment.pk]), "words": _(words), "is_current": name == current}
                for name, words in PAGES
                if name != "merging" or self.has_services
            ],
            **more,
        }


def open_planning(
    request: HttpRequest,
    assessment_id: int,
    *,
    why_not: Callable[[Assessment], Issue | None],
    ability: Ability | None = None,
) -> PlanningPage:
    """The assessment, readable to the person who asks; 404 for a stranger, 403 without `ability`. `why_not` is the
    policy of the page: `why_not_change_plan` or another."""
    user, assessment = open_assessment(request, assessment_id, ability)
    check_answered_first(user, assessment)  # a plan shows what was answered
    return PlanningPage(
        user=user,
        assessment=assessment,
        may_change=can(user, Ability.ANSWER, assessment.system.team) and why_not(assessment) is None,
    )
