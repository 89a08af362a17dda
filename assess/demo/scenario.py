"""The second demo workspace: the made-up retailer of fixtures/made-up/northgate.json, with 41 systems in every state.

Every step is the action that the site's pages call, at the time that the file says, so that log, notifications and
signatures are real. The answers, notes and remarks are invented.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
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
    assigned_questionnaire,
    attach_evidence,
    confirm_suggestions,
    delete_assessment,
    finish_answering,
    save_answer,
    save_choices,
    start_assessment,
    start_next_version,
    submit_assessment,
    suggestions_for,
)
from assess.demo.accounts import add_membership, get_or_create_user, user_with_role
from assess.demo.plan import add_money, add_outcome, add_plan, work_on_plan
from assess.people.facade import Notice, Role, Team, User, Workspace
from assess.questionnaire.facade import Answer, Basis, Question, Questionnaire, is_asked, parse_value
from assess.review.facade import (
    CommentKind,
    ConditionTerms,
    Decision,
    challenge,
    comment,
    meet_condition,
    sign,
    take_up,
    withdraw,
)

FILE = settings.BASE_DIR / "fixtures" / "made-up" / "northgate.json"
#: What a scan of Checkout would write; no such code exists.
SCAN_FILE = FILE.with_name("northgate-checkout.evidence.json")

#: Basis and note of an answer, by question.
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
#: Who answers separately where a version asks several people: address, name, perspective.
RESPONDENTS = (
    ("dario@demo.example", "Dario Developer", Perspective.DEVELOPER),
    ("nora@demo.example", "Nora Nightshift", Perspective.OPERATIONS),
    ("mina@demo.example", "Mina Manager", Perspective.MANAGER),
    ("respondent@demo.example", "Rosa Respondent", Perspective.PRODUCT),
)
#: Where their answers differ from the system's profile: by perspective, question and value.
OTHER_ANSWERS: Mapping[Perspective, Mapping[str, Any]] = {
    Perspective.DEVELOPER: {"team_collisions": "daily", "deploy_waiting": "always", "boundaries": "tangled"},
    Perspective.OPERATIONS: {"deploy_minutes": 70, "tracing": "none", "load_fit": "peaks_hurt"},
    Perspective.MANAGER: {"team_collisions": "monthly", "deploy_waiting": "sometimes", "deploy_minutes": 20},
    Perspective.PRODUCT: {"deploy_demand": "blocked", "migration_horizon": "quarter"},
}


def load_scenario_workspace(questionnaire: Questionnaire, edition: Edition) -> int:
    """Create the workspace. Returns how many systems it has."""
    document = json.loads(FILE.read_text("utf-8"))
    workspace = Workspace.objects.create(name=document["workspace"])
    people = create_people(workspace, document["teams"])
    teams = {team.name: team for team in workspace.teams.all()}
    for entry in document["systems"]:
        values = {**document["profiles"]["calm"], **document["profiles"][entry["profile"]], **entry["changes"]}
        scenario = SystemScenario(
            questionnaire=questionnaire,
            edition=edition,
            team=teams[entry["team"]],
            name=entry["system"],
            values=values,
            started=timezone.now() - timedelta(days=entry["days_ago"]),
            people=people,
        )
        SCENARIOS[entry["scenario"]](scenario)
    # Older notifications have been read by now.
    Notice.objects.filter(at__lt=timezone.now() - timedelta(days=10)).update(read_at=F("at"))
    return len(document["systems"])


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """A context in which `timezone.now()` is this moment. Only for a process that does nothing else, like `load_demo`.

    Every time of the site comes from `django.utils.timezone`, which asks one name for it.
    """

    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    module: Any = timezone
    running_clock = module.datetime
    module.datetime = StoppedClock
    try:
        yield
    finally:
        module.datetime = running_clock


def create_people(workspace: Workspace, team_names: list[str]) -> dict[str, User]:
    """Create teams and memberships. Returns architect, administrator, and each team's lead by the team's name."""
    people = {"architect": user_with_role(Role.ARCHITECT), "administrator": user_with_role(Role.ADMINISTRATOR)}
    add_membership(people["architect"], Role.ARCHITECT, workspace)
    add_membership(people["administrator"], Role.ADMINISTRATOR, workspace)
    for name in team_names:
        team = Team.objects.create(workspace=workspace, name=name)
        first = name == team_names[0]
        slug = name.lower().replace(" ", "-")
        lead = user_with_role(Role.LEAD) if first else get_or_create_user(f"{slug}@demo.example", f"Lead of {name}")
        add_membership(lead, Role.LEAD, workspace, team)
        people[name] = lead
        for role in (Role.MEMBER, Role.VIEWER) if first else ():
            add_membership(user_with_role(role), role, workspace, team)
        for address, their_name, _ in RESPONDENTS:
            add_membership(get_or_create_user(address, their_name), Role.RESPONDENT, workspace, team)
    return people


class SystemScenario:
    """One system and its people; each step moves the clock forward."""

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
        """A context at so much later than the step before."""
        self.now += timedelta(days=days, hours=hours)
        return clock_at(self.now)

    def on(self, day: date) -> AbstractContextManager[None]:
        """A context at noon of this day, or at the step before where that was later."""
        noon = datetime.combine(day, time(12), timezone.get_default_timezone())
        return self.later(hours=max(0, (noon - self.now).total_seconds()) / 3600)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now, timezone.get_default_timezone())

    def build_answers(self, **changes: Any) -> dict[str, Answer]:
        """The profile's answers to the questions that apply."""
        values = {**self.values, **changes}
        answers: dict[str, Answer] = {}
        for question in self.questionnaire.questions:
            if question.key in values and is_asked(question, answers):
                answers[question.key] = self.build_answer(question, values[question.key])
        return answers

    def build_answer(self, question: Question, value: Any) -> Answer:
        basis, note = NOTES.get(question.key, (None, ""))
        return Answer(value=parse_value(question, value), basis=basis, note=note)

    def start(self, first: int | None = None, **changes: Any) -> Assessment:
        """A draft with the first so many of the profile's answers, all without a number."""
        answers = self.build_answers(**changes)
        with self.later():
            return start_assessment(
                team=self.team,
                system_name=self.name,
                edition=self.edition,
                by=self.lead,
                carried=dict(list(answers.items())[:first]),
            )

    def submit(self, **changes: Any) -> Assessment:
        """A first version, submitted."""
        assessment = self.start(**changes)
        with self.later(hours=3):
            return submit_assessment(assessment, by=self.lead)

    def review(self, assessment: Assessment) -> Assessment:
        """Take up the review and discuss one answer."""
        with self.later(hours=9):
            assessment = take_up(assessment, by=self.architect)
            comment(
                assessment,
                by=self.architect,
                key="team_collisions",
                text="Is that counted, or how it feels? The merge history would tell.",
            )
        with self.later(hours=2):
            comment(assessment, by=self.lead, key="team_collisions", text="Felt, over the last month. We can count it.")
        return assessment

    def sign_off(self, assessment: Assessment, decision: Decision = Decision.ACCEPTED, **more: Any) -> Assessment:
        """Review and sign. `more` are further arguments of `review.actions.sign`."""
        assessment = self.review(assessment)
        with self.later(hours=5):
            sign(assessment, by=self.architect, decision=decision, **more)
        assessment.refresh_from_db()
        return assessment

    def start_next(self, before: Assessment, *, days: float, **changes: Any) -> Assessment:
        """The next version, with `changes` answered again and the other suggestions confirmed."""
        with self.later(days=days):
            following = start_next_version(before, by=self.lead)
        with self.later(hours=1):
            for key, value in changes.items():
                self.save(following, key, value, by=self.lead)
            confirm_suggestions(following, self.open_suggestions(following), by=self.lead)
        return following

    def open_suggestions(self, assessment: Assessment) -> list[Suggestion]:
        return list(suggestions_for(assessment, self.questionnaire, assessment.current_answers()).values())

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

    def ask_separately(self, *, answered: int = len(RESPONDENTS)) -> Assessment:
        """A draft whose lead has answered, and so many respondents each separately, with some other answers."""
        assessment = self.start()
        for number, (address, name, perspective) in enumerate(RESPONDENTS):
            user = get_or_create_user(address, name)
            with self.later(hours=4):
                respondent = ask_people(assessment, people=[user], perspective=perspective, by=self.lead)[-1]
            if number < answered:
                with self.later(hours=2):
                    self.answer_as(assessment, respondent, perspective)
        return assessment

    def answer_as(self, assessment: Assessment, respondent: Respondent, perspective: Perspective) -> None:
        assert respondent.user is not None
        values = {**self.values, **OTHER_ANSWERS[perspective]}
        answers = self.build_answers(**OTHER_ANSWERS[perspective])
        for question in assigned_questionnaire(self.questionnaire, respondent).questions:
            if question.key in answers:
                self.save(assessment, question.key, values[question.key], by=respondent.user, respondent=respondent)
        finish_answering(respondent, by=respondent.user)


# --- scenarios, by their name in the file


def draft(answers: int | None) -> Callable[[SystemScenario], None]:
    def run(scenario: SystemScenario) -> None:
        scenario.start(answers)

    return run


def submitted(scenario: SystemScenario) -> None:
    scenario.submit()


def withdrawn(scenario: SystemScenario) -> None:
    assessment = scenario.submit()
    with scenario.later(hours=3):
        withdraw(
            assessment, by=scenario.lead, text="The wrong system: the registry moved to the bought shop in spring."
        )


def in_review(scenario: SystemScenario) -> None:
    scenario.review(scenario.submit())


def accepted(scenario: SystemScenario) -> None:
    add_outcome(scenario, scenario.sign_off(scenario.submit()))


def overruled(scenario: SystemScenario) -> None:
    scenario.sign_off(
        scenario.submit(),
        overruled_to="stay",
        reason="The warehouse moves to a bought system next year; drawing boundaries in this one would not pay back.",
    )


def conditions(scenario: SystemScenario, *, due_in: int = 40, with_money: bool = False) -> Assessment:
    assessment = scenario.submit()
    if with_money:
        add_money(scenario, assessment)
    conditions = [
        ConditionTerms(text=text, owner=owner, due_on=scenario.today + timedelta(days=days))
        for text, owner, days in (
            ("Trace every request of the part in question", "Lead of Platform", due_in),
            ("Name an owner for each module", str(scenario.lead), 2 * due_in),
        )
    ]
    return scenario.sign_off(assessment, Decision.ACCEPTED_WITH_CONDITIONS, conditions=conditions)


def conditions_overdue(scenario: SystemScenario) -> None:
    conditions(scenario, due_in=30)


def sent_back(scenario: SystemScenario) -> None:
    scenario.sign_off(
        scenario.submit(),
        Decision.SENT_BACK,
        remark="Two of the numbers are guesses and decide the verdict. Please measure deploys and breakage first.",
    )


def sent_back_redone(scenario: SystemScenario) -> None:
    sent_back(scenario)
    before = Assessment.objects.get(system__team=scenario.team, system__name=scenario.name, is_newest=True)
    following = scenario.start_next(before, days=12, deploy_minutes=26, change_breakage="rarely")
    with scenario.later(hours=1):
        submit_assessment(following, by=scenario.lead)


def challenged(scenario: SystemScenario) -> None:
    assessment = scenario.sign_off(scenario.submit())
    with scenario.later(days=3):
        challenge(
            assessment,
            by=scenario.lead,
            text="The load figures are from before the cache went in. With it the peak is a third lower.",
        )


def versions_conditions(scenario: SystemScenario) -> None:
    """A signed version whose plan is in work, and the next one, with a scan, half answered."""
    scenario.now -= timedelta(days=150)
    first = conditions(scenario, with_money=True)
    add_plan(scenario, first)
    with scenario.later(days=30):
        met = first.conditions.order_by("due_on", "pk").first()
        assert met is not None
        meet_condition(met, by=scenario.lead, how="Traced from the gateway on since the spring release.")
    with scenario.later(days=100):
        following = start_next_version(first, by=scenario.lead)
    with scenario.later(hours=1):
        confirm_suggestions(following, scenario.open_suggestions(following)[:11], by=scenario.lead)
    with scenario.later(hours=2):
        attach_evidence(following, SCAN_FILE.read_bytes(), by=scenario.lead)
        load = {"rows": [{"name": "pricing", "load": "58"}], "load_from": "The dashboard, in a normal week"}
        save_choices(following, load, by=scenario.lead)
    work_on_plan(scenario, first, timezone.localdate() - timedelta(days=1))


def versions_trend(scenario: SystemScenario) -> None:
    """Three versions over a year, each a little better prepared."""
    scenario.now -= timedelta(days=330)
    first = scenario.sign_off(scenario.submit(boundaries="tangled", tracing="none", ci_cd="scripted"))
    second = scenario.start_next(first, days=150, boundaries="sketched", tracing="planned", ci_cd="pipeline")
    with scenario.later(hours=2):
        second = submit_assessment(second, by=scenario.lead)
    second = scenario.sign_off(second)
    third = scenario.start_next(second, days=140, boundaries="named", tracing="partial", deploy_minutes=14)
    with scenario.later(hours=2):
        third = submit_assessment(third, by=scenario.lead)
    scenario.sign_off(third)


def answered_separately(scenario: SystemScenario) -> None:
    scenario.ask_separately(answered=3)


def apart_submitted(scenario: SystemScenario) -> None:
    assessment = scenario.ask_separately()
    with scenario.later(days=1):
        seen = assessment.answers.get(key="deploy_minutes").version  # the lead's own, from before the others were asked
        change = Change(key="deploy_minutes", answered=True, value=52, base_version=seen, mutation_id=uuid.uuid4())
        reason = "The pipeline says 52 on average; 70 is what a bad night takes, 20 is the build alone."
        assert isinstance(agree(assessment, change, note=reason, by=scenario.lead), Saved)
    with scenario.later(hours=1):
        submit_assessment(assessment, by=scenario.lead)
    with scenario.later(hours=20):
        assessment = take_up(assessment, by=scenario.architect)
        comment(
            assessment,
            by=scenario.architect,
            key="deploy_waiting",
            kind=CommentKind.CHALLENGE,
            text="Developers say always, managers sometimes. Which releases waited last month?",
        )


def deleted(scenario: SystemScenario) -> None:
    assessment = scenario.start(6)
    with scenario.later(hours=1):
        delete_assessment(assessment, by=scenario.lead)


SCENARIOS: Mapping[str, Callable[[SystemScenario], Any]] = {
    "draft_empty": draft(0),
    "draft_some": draft(12),
    "draft_most": draft(-4),
    "submitted": submitted,
    "withdrawn": withdrawn,
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
    "apart": answered_separately,
    "apart_submitted": apart_submitted,
    "deleted": deleted,
}
