"""The made-up retailer of fixtures/made-up/northgate.json: 40 systems, their versions, reviews and disagreements.

Everything goes through the same actions as on the site, at the times that the file says, so that log, notices and
signatures are real ones. The answers, notes and remarks are invented and say so.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from assess.assessments.facade import (
    Assessment,
    Change,
    Edition,
    Perspective,
    Respondent,
    Saved,
    Suggestion,
    agree,
    ask_people,
    confirm,
    delete_assessment,
    finish,
    save_answer,
    sheet_of,
    start_assessment,
    start_next_version,
    submit_assessment,
    suggestions_for,
)
from assess.demo.clock import clock_at
from assess.demo.people import account, person, place
from assess.people.facade import Notice, Role, Team, User, Workspace
from assess.questionnaire.facade import Answer, Basis, Question, Questionnaire, is_asked, parse_value
from assess.review.facade import CommentKind, Decision, Wanted, challenge, comment, meet_condition, sign, take_up

FILE = settings.BASE_DIR / "fixtures" / "made-up" / "northgate.json"

#: How an answer is known, and what somebody wrote beside it.
NOTES: Mapping[str, tuple[Basis, str]] = {
    "deploy_minutes": ("measured", "Median of the last twenty pipeline runs."),
    "deploys_per_week": ("measured", "Counted in the pipeline over four weeks."),
    "models": ("measured", "Counted in the code."),
    "developers": ("measured", "Everybody with a merged change in the last quarter."),
    "hot_share": ("estimated", "Read off the dashboard in a normal week."),
    "team_collisions": ("estimated", "Asked around in the stand-up."),
    "change_breakage": ("estimated", "From the incident list."),
    "budget": ("guess", "Nobody has asked yet."),
}
#: Who else answers where a version is answered apart: address, name, perspective. The last has yet to answer some.
RESPONDENTS = (
    ("dario@demo.example", "Dario Developer", Perspective.DEVELOPER),
    ("nora@demo.example", "Nora Nightshift", Perspective.OPERATIONS),
    ("mina@demo.example", "Mina Manager", Perspective.MANAGER),
    ("respondent@demo.example", "Rosa Respondent", Perspective.PRODUCT),
)
#: Where they see it otherwise than the profile of the system: by perspective, question and value.
THEY_SAY: Mapping[Perspective, Mapping[str, Any]] = {
    Perspective.DEVELOPER: {"team_collisions": "daily", "deploy_waiting": "always", "boundaries": "tangled"},
    Perspective.OPERATIONS: {"deploy_minutes": 70, "tracing": "none", "load_fit": "peaks_hurt"},
    Perspective.MANAGER: {"team_collisions": "monthly", "deploy_waiting": "sometimes", "deploy_minutes": 20},
    Perspective.PRODUCT: {"deploy_demand": "blocked", "migration_horizon": "quarter"},
}


def load(questionnaire: Questionnaire, edition: Edition) -> int:
    """Make the workspace. Returns how many systems it has."""
    document = json.loads(FILE.read_text("utf-8"))
    workspace = Workspace.objects.create(name=document["workspace"])
    people = _people(workspace, document["teams"])
    teams = {team.name: team for team in workspace.teams.all()}
    for entry in document["systems"]:
        values = {**document["profiles"]["calm"], **document["profiles"][entry["profile"]], **entry["changes"]}
        story = Story(
            questionnaire=questionnaire,
            edition=edition,
            team=teams[entry["team"]],
            name=entry["system"],
            values=values,
            started=timezone.now() - timedelta(days=entry["days_ago"]),
            people=people,
        )
        STORIES[entry["story"]](story)
    # What was told long ago has been read by now.
    Notice.objects.filter(at__lt=timezone.now() - timedelta(days=10)).update(read_at=F("at"))
    return len(document["systems"])


def _people(workspace: Workspace, team_names: list[str]) -> dict[str, User]:
    """Architect, administrator, each team's lead, and those of the first team who answer apart."""
    people = {"architect": account(Role.ARCHITECT), "administrator": account(Role.ADMINISTRATOR)}
    place(people["architect"], Role.ARCHITECT, workspace)
    place(people["administrator"], Role.ADMINISTRATOR, workspace)
    for name in team_names:
        team = Team.objects.create(workspace=workspace, name=name)
        first = name == team_names[0]
        slug = name.lower().replace(" ", "-")
        lead = account(Role.LEAD) if first else person(f"{slug}@demo.example", f"Lead of {name}")
        place(lead, Role.LEAD, workspace, team)
        people[name] = lead
        for role in (Role.MEMBER, Role.VIEWER) if first else ():
            place(account(role), role, workspace, team)
        for address, their_name, _ in RESPONDENTS:
            place(person(address, their_name), Role.RESPONDENT, workspace, team)
    return people


class Story:
    """One system on its way; each step takes place at its own time."""

    def __init__(
        self,
        *,
        questionnaire: Questionnaire,
        edition: Edition,
        team: Team,
        name: str,
        values: Mapping[str, Any],
        started: datetime,
        people: Mapping[str, User],
    ) -> None:
        self.questionnaire, self.edition, self.team, self.name = questionnaire, edition, team, name
        self.values, self.now = values, started
        self.lead, self.architect = people[team.name], people["architect"]

    def later(self, *, days: float = 0, hours: float = 0) -> AbstractContextManager[None]:
        self.now += timedelta(days=days, hours=hours)
        return clock_at(self.now)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def answers(self, **changes: Any) -> dict[str, Answer]:
        """What the profile says, of the questions that are asked."""
        given = {**self.values, **changes}
        answers: dict[str, Answer] = {}
        for question in self.questionnaire.questions:
            if question.key in given and is_asked(question, answers):
                answers[question.key] = self.answer(question, given[question.key])
        return answers

    def answer(self, question: Question, value: Any) -> Answer:
        basis, note = NOTES.get(question.key, (None, ""))
        return Answer(value=parse_value(question, value), basis=basis, note=note)

    def start(self, first: int | None = None, **changes: Any) -> Assessment:
        answers = self.answers(**changes)
        with self.later():
            return start_assessment(
                team=self.team,
                system_name=self.name,
                edition=self.edition,
                by=self.lead,
                carried=dict(list(answers.items())[:first]),
            )

    def submitted(self, **changes: Any) -> Assessment:
        assessment = self.start(**changes)
        with self.later(hours=3):
            return submit_assessment(assessment, by=self.lead)

    def reviewed(self, assessment: Assessment) -> Assessment:
        with self.later(hours=9):
            held = take_up(assessment, by=self.architect)
            comment(
                held,
                by=self.architect,
                key="team_collisions",
                text="Is that counted, or how it feels? The merge history would tell.",
            )
        with self.later(hours=2):
            comment(held, by=self.lead, key="team_collisions", text="Felt, over the last month. We can count it.")
        return held

    def signed(self, assessment: Assessment, decision: Decision = Decision.ACCEPTED, **more: Any) -> Assessment:
        held = self.reviewed(assessment)
        with self.later(hours=5):
            sign(held, by=self.architect, decision=decision, **more)
        held.refresh_from_db()
        return held

    def next(self, before: Assessment, *, days: float, **changes: Any) -> Assessment:
        """The next version: what changed is answered anew, the rest confirmed."""
        with self.later(days=days):
            following = start_next_version(before, by=self.lead)
        with self.later(hours=1):
            for key, value in changes.items():
                self.save(following, key, value, by=self.lead)
            confirm(following, self.waiting(following), by=self.lead)
        return following

    def waiting(self, assessment: Assessment) -> list[Suggestion]:
        return list(suggestions_for(assessment, self.questionnaire, assessment.given_answers()).values())

    def save(
        self, assessment: Assessment, key: str, value: Any, *, by: User, respondent: Respondent | None = None
    ) -> None:
        basis, note = NOTES.get(key, (None, ""))
        change = Change(
            key=key,
            answered=True,
            value=value,
            basis=basis if respondent is None else None,
            note=note if respondent is None else "",
            base_version=0,
            mutation_id=uuid.uuid4(),
        )
        outcome = save_answer(assessment.pk, change, by=by, respondent_id=respondent.pk if respondent else None)
        assert isinstance(outcome, Saved), outcome

    def apart(self, *, answered: int = len(RESPONDENTS)) -> Assessment:
        """Answered by the lead, and by so many others each on their own sheet; they differ where they would."""
        assessment = self.start()
        for number, (address, name, perspective) in enumerate(RESPONDENTS):
            user = person(address, name)
            with self.later(hours=4):
                respondent = ask_people(assessment, people=[user], perspective=perspective, by=self.lead)[-1]
            if number < answered:
                with self.later(hours=2):
                    self.fill(assessment, respondent, perspective)
        return assessment

    def fill(self, assessment: Assessment, respondent: Respondent, perspective: Perspective) -> None:
        assert respondent.user is not None
        given = {**self.values, **THEY_SAY[perspective]}
        answers = self.answers(**THEY_SAY[perspective])
        for question in sheet_of(self.questionnaire, respondent).questions:
            if question.key in answers:
                self.save(assessment, question.key, given[question.key], by=respondent.user, respondent=respondent)
        finish(respondent, by=respondent.user)


# --- the stories


def draft(answers: int | None) -> Callable[[Story], None]:
    def tell(story: Story) -> None:
        story.start(answers)

    return tell


def submitted(story: Story) -> None:
    story.submitted()


def in_review(story: Story) -> None:
    story.reviewed(story.submitted())


def accepted(story: Story) -> None:
    story.signed(story.submitted())


def overruled(story: Story) -> None:
    story.signed(
        story.submitted(),
        overruled_to="stay",
        reason="The warehouse moves to a bought system next year; drawing boundaries in this one would not pay back.",
    )


def conditions(story: Story, *, due_in: int = 40) -> Assessment:
    wanted = [
        Wanted(text=text, owner=owner, due_on=story.today + timedelta(days=days))
        for text, owner, days in (
            ("Trace every request of the part in question", "Lead of Platform", due_in),
            ("Name an owner for each module", str(story.lead), 2 * due_in),
        )
    ]
    return story.signed(story.submitted(), Decision.ACCEPTED_WITH_CONDITIONS, conditions=wanted)


def conditions_overdue(story: Story) -> None:
    conditions(story, due_in=30)


def sent_back(story: Story) -> None:
    story.signed(
        story.submitted(),
        Decision.SENT_BACK,
        remark="Two of the numbers are guesses and decide the verdict. Please measure deploys and breakage first.",
    )


def sent_back_redone(story: Story) -> None:
    sent_back(story)
    before = Assessment.objects.get(system__team=story.team, system__name=story.name, is_newest=True)
    following = story.next(before, days=12, deploy_minutes=26, change_breakage="rarely")
    with story.later(hours=1):
        submit_assessment(following, by=story.lead)


def challenged(story: Story) -> None:
    assessment = story.signed(story.submitted())
    with story.later(days=3):
        challenge(
            assessment,
            by=story.lead,
            text="The load figures are from before the cache went in. With it the peak is a third lower.",
        )


def versions_conditions(story: Story) -> None:
    story.now -= timedelta(days=150)
    first = conditions(story)
    with story.later(days=30):
        met = first.conditions.order_by("due_on", "pk").first()
        assert met is not None
        meet_condition(met, by=story.lead, how="Traced from the gateway on since the spring release.")
    with story.later(days=100):
        following = start_next_version(first, by=story.lead)
    with story.later(hours=1):
        confirm(following, story.waiting(following)[:11], by=story.lead)


def versions_trend(story: Story) -> None:
    """Three versions over a year, each a little better prepared."""
    story.now -= timedelta(days=330)
    first = story.signed(story.submitted(boundaries="tangled", tracing="none", ci_cd="scripted"))
    second = story.next(first, days=150, boundaries="sketched", tracing="planned", ci_cd="pipeline")
    with story.later(hours=2):
        second = submit_assessment(second, by=story.lead)
    third = story.next(story.signed(second), days=140, boundaries="named", tracing="partial", deploy_minutes=14)
    with story.later(hours=2):
        third = submit_assessment(third, by=story.lead)
    story.signed(third)


def apart(story: Story) -> None:
    story.apart(answered=3)


def apart_submitted(story: Story) -> None:
    assessment = story.apart()
    with story.later(days=1):
        seen = assessment.answers.get(key="deploy_minutes").version  # the lead's own, from before the others were asked
        change = Change(key="deploy_minutes", answered=True, value=52, base_version=seen, mutation_id=uuid.uuid4())
        said = "The pipeline says 52 on average; 70 is what a bad night takes, 20 is the build alone."
        assert isinstance(agree(assessment, change, said=said, by=story.lead), Saved)
    with story.later(hours=1):
        submit_assessment(assessment, by=story.lead)
    with story.later(hours=20):
        held = take_up(assessment, by=story.architect)
        comment(
            held,
            by=story.architect,
            key="deploy_waiting",
            kind=CommentKind.CHALLENGE,
            text="Developers say always, managers sometimes. Which releases waited last month?",
        )


def deleted(story: Story) -> None:
    assessment = story.start(6)
    with story.later(hours=1):
        delete_assessment(assessment, by=story.lead)


STORIES: Mapping[str, Callable[[Story], Any]] = {
    "draft_empty": draft(0),
    "draft_some": draft(12),
    "draft_most": draft(-4),
    "submitted": submitted,
    "in_review": in_review,
    "accepted": accepted,
    "overruled": overruled,
    "conditions": conditions,
    "conditions_overdue": conditions_overdue,
    "sent_back": sent_back,
    "sent_back_redone": sent_back_redone,
    "challenged": challenged,
    "versions_conditions": versions_conditions,
    "versions_trend": versions_trend,
    "apart": apart,
    "apart_submitted": apart_submitted,
    "deleted": deleted,
}
