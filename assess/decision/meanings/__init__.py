"""What each question of the built-in questionnaire means for the decision: one record a question.

Decides: the words, steps and contradictions that belong to a question. Does not decide: any verdict; the rules do, and
they read facts. A question with meaning is added in the questionnaire's file and in its record here; where a rule
shall read it, its variable is added to `facts` and the rule to `rules`.
"""

from collections.abc import Mapping

from assess.decision.meanings.boundaries_and_devops import BOUNDARIES, DEVOPS
from assess.decision.meanings.deploys import DEPLOYS
from assess.decision.meanings.load_and_technology import LOAD, TECHNOLOGY
from assess.decision.meanings.readiness import BUSINESS, PEOPLE, TRACING
from assess.decision.meanings.record import Meaning
from assess.decision.meanings.scope_and_teams import SCOPE, TEAMS

#: By question key.
MEANINGS: Mapping[str, Meaning] = {
    **SCOPE,
    **TEAMS,
    **DEPLOYS,
    **LOAD,
    **TECHNOLOGY,
    **BOUNDARIES,
    **DEVOPS,
    **TRACING,
    **PEOPLE,
    **BUSINESS,
}
NOTHING = Meaning(subject="")

__all__ = ["MEANINGS", "NOTHING", "Meaning"]
