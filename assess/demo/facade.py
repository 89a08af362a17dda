"""What commands and scripts may import from `demo`."""

from django.db import transaction

from assess.assessments.facade import Edition
from assess.demo.accounts import ACCOUNTS, PASSWORD
from assess.demo.scenario import load_scenario_workspace
from assess.demo.sources import WORKSPACE, load_source_workspace
from assess.people.facade import Workspace
from assess.questionnaire_files import builtin_questionnaire


def has_demo_workspaces() -> bool:
    return Workspace.objects.filter(name=WORKSPACE).exists()


@transaction.atomic
def load_demo_workspaces(edition: Edition) -> tuple[int, int]:
    """Create both demo workspaces. Returns how many systems of the sources and how many made-up ones they have.

    `edition` is one of the built-in questionnaire.
    """
    questionnaire = builtin_questionnaire()
    return load_source_workspace(edition), load_scenario_workspace(questionnaire, edition)
