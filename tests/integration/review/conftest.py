"""What tests of review share: a submitted version of Alice's team."""

import pytest

from assess.assessments import actions as answering
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from assess.review import actions
from assess.review.models import Decision

ANSWERS = {"teams": Answer(value=5, basis="measured", note="Counted in May."), "deploy_minutes": Answer(value=45)}


@pytest.fixture
def draft(team: Team, alice: User, edition: Edition) -> Assessment:
    return answering.start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=ANSWERS)


@pytest.fixture
def submitted(draft: Assessment, alice: User) -> Assessment:
    return load(answering.submit_assessment(draft, by=alice).pk)


@pytest.fixture
def in_review(submitted: Assessment, rita: User) -> Assessment:
    return load(actions.take_up(submitted, by=rita).pk)


@pytest.fixture
def accepted(in_review: Assessment, rita: User) -> Assessment:
    return load(actions.sign(in_review, by=rita, decision=Decision.ACCEPTED).assessment_id)


def load(pk: int) -> Assessment:
    joined = Assessment.objects.select_related("system__team", "workspace", "edition", "submitted_by")
    return joined.get(pk=pk)
