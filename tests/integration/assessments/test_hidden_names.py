"""Hidden names are hidden: who joins all pages and files of an assessment names no respondent by difference."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from assess.assessments import actions, agreements, respondents, response_mode
from assess.assessments.consensus import build_consensus
from assess.assessments.models import Assessment, Respondent
from assess.people.api_tokens import create_api_token
from assess.people.models import Notice, User
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.factories import MembershipFactory, UserFactory
from tests.integration.assessments.test_consensus import ask, change, give
from tests.suites import slow_except

pytestmark = pytest.mark.django_db

#: What each respondent sees the system as.
GROUPS = (
    ("developer",),
    ("developer", "manager"),
    ("developer", "developer", "manager"),
    ("developer", "developer", "developer", "manager", "manager"),
    ("developer", "developer", "developer", "manager", "manager", "manager"),
)
#: Respondent n gives n more than this: a number that nothing else on any page is.
NUMBER = 4321
ROLES = r"developers?|managers?|person in operations|people in operations|person in product|people in product"
LISTS = ("assessments", "waiting", "portfolio", "portfolio-csv", "portfolio-json", "api-assessments", "api-systems")
SECTIONS = [section.slug for section in builtin_questionnaire().sections]


def hidden_version(assessment: Assessment, perspectives: tuple[str, ...]) -> list[Respondent]:
    """Everybody answers "developers" with a number of their own; the first also a question that nobody else does."""
    asked = []
    Assessment.objects.filter(pk=assessment.pk).update(names_shown=False)
    for n, perspective in enumerate(perspectives):
        user = UserFactory(name=f"Zenobia{n}", email=f"zenobia{n}@example.org")
        MembershipFactory(user=user, team=assessment.team)
        respondent = ask(assessment, user, perspective)
        marks: dict[str, Any] = {"basis": "guess", "note": f"noteof{n}", "link": f"https://linkof{n}.example/"}
        give(respondent, "developers", NUMBER + n, **marks)
        give(respondent, "teams", None, who_knows=f"knowerof{n}", note=f"unsurenoteof{n}")
        if n == 0:
            give(respondent, "deploy_minutes", 987, note="noteofone")
        moment = datetime(2019, 3, n + 1, 4, 5, tzinfo=UTC)
        respondent.responses.update(answered_at=moment)
        asked.append(respondent)
    return asked


def names_of_addresses() -> Iterator[str]:
    def walk(patterns: Any) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if pattern.name:
                    yield pattern.name
            else:
                yield from walk(pattern.url_patterns)

    yield from dict.fromkeys(walk(get_resolver().url_patterns))


def addresses(assessment: Assessment) -> Iterator[str]:
    """Every page and file of the assessment, each of its sections, and the lists that it is in."""
    for name in names_of_addresses():
        for arguments in ({"assessment_id": assessment.pk}, {"system_id": assessment.system_id}):
            try:
                yield reverse(name, kwargs=arguments)
            except NoReverseMatch:
                continue
    for name in LISTS:
        yield reverse(name)
    for slug in SECTIONS:
        for name in ("assessment-section", "assessment-my-section"):
            yield reverse(name, args=[assessment.pk, slug])


def read(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as word:
            content = b"\n".join(word.read(name) for name in word.namelist())
    text = content.decode("utf-8", "replace")
    return re.sub(r"(?<=\d)[,\u202f\u00a0 ](?=\d{3}\b)", "", text)


def everything_shown(user: User, assessment: Assessment) -> dict[str, str]:
    """What this person gets to read at each address, by page or by the API."""
    client, shown = client_of(user), {}
    token = create_api_token(user, name="All", days=1)[1]
    for address in addresses(assessment):
        response = client.get(address, headers={"Authorization": f"Bearer {token}"})
        if response.status_code == 200:
            shown[address] = read(response)
    for notice in Notice.objects.filter(user=user):
        shown[f"notice {notice.pk}"] = notice.text
    assert any("/consensus/" in address for address in shown)
    assert any("api/v1" in address for address in shown)
    return shown


def told_by_role(text: str) -> list[int]:
    """How many people of a role a page or file speaks of, wherever it does."""
    in_words = re.findall(rf"\b(\d+) (?:{ROLES})\b", text)
    in_json = re.findall(r'"(?:developer|operations|manager|product)": ?(\d+)', text)
    return [int(count) for count in (*in_words, *in_json) if int(count) < NUMBER]


@pytest.mark.slow
@pytest.mark.parametrize("state", ["open", "submitted"])
@pytest.mark.parametrize("perspectives", GROUPS)
@pytest.mark.parametrize("reader", ["lead", "architect", "respondent"])
def test_who_joins_all_pages_and_files_names_nobody(
    reader: str, perspectives: tuple[str, ...], state: str, assessment: Assessment, alice: User, rita: User
) -> None:
    asked = hidden_version(assessment, perspectives)
    agreements.agree(assessment, change("hiring", "easy"), by=alice)
    if state == "submitted":
        actions.submit_assessment(Assessment.objects.get(pk=assessment.pk), by=alice)
    elif reader == "respondent":
        # Somebody who may look: has answered all that is asked.
        own = asked[0]
        Respondent.objects.filter(pk=own.pk).update(sections=["scope"])
    user = {"lead": alice, "architect": rita, "respondent": asked[0].user}[reader]
    assert user is not None
    shown = everything_shown(user, assessment)
    is_group = len(perspectives) >= 3
    are_roles_groups = min(Counter(perspectives).values()) >= 3
    mine = asked[0].pk if reader == "respondent" else None
    for address, text in shown.items():
        is_own = mine is not None and ("/mine/" in address or "my-answers" in address or "/people/" in address)
        for n, respondent in enumerate(asked):
            if respondent.pk == mine and (is_own or "/decision/" in address):
                continue  # their own answers, and what they did
            if not is_group:
                assert str(NUMBER + n) not in text, address
            for mark in ("noteof", "linkof", "knowerof"):
                assert f"{mark}{n}" not in text, address
            # The page of people says who is asked, and nothing of what they answered.
            assert f"Zenobia{n}" not in text or address.endswith("/people/") or respondent.pk == mine, address
        if not is_own:
            assert not re.search(r"\b987\b|noteofone", text), address
            assert "2019" not in text, address
        if not are_roles_groups:
            assert told_by_role(text) == [], address


def without_secrets(text: str) -> str:
    """The page without what differs each time it is made."""
    for secret in (r'csrfmiddlewaretoken" value="[^"]*"', r"X-CSRFToken[^}]*", r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"):
        text = re.sub(secret, "", text)
    return text


@pytest.mark.parametrize("reader", slow_except(["lead", "architect"], "lead"))
def test_no_page_or_file_depends_on_what_one_of_two_people_answered(
    reader: str, assessment: Assessment, alice: User, rita: User
) -> None:
    user = {"lead": alice, "architect": rita}[reader]
    _first, second = hidden_version(assessment, ("developer", "manager"))
    for respondent in (_first, second):
        give(respondent, "team_collisions", "never")
    agreements.agree(assessment, change("hiring", "easy"), by=alice)
    before = everything_shown(user, assessment)
    second.responses.filter(key="team_collisions").update(value="daily", basis="measured", note="Now daily")
    second.responses.filter(key="teams").update(value=2)
    second.responses.filter(key="developers").update(value=None)
    after = everything_shown(user, assessment)
    assert before.keys() == after.keys()
    for address, text in before.items():
        assert without_secrets(text) == without_secrets(after[address]), address


def test_a_group_of_three_shows_and_counts(assessment: Assessment, alice: User) -> None:
    hidden_version(assessment, ("developer", "developer", "manager"))
    fresh = Assessment.objects.get(pk=assessment.pk)
    assert set(fresh.current_answers()) == {"developers", "teams"}
    text = read(client_of(alice).get(reverse("assessment-consensus", args=[fresh.pk])))
    assert all(str(NUMBER + n) in text for n in range(3))
    assert "3 people" in text
    consensus = build_consensus(fresh)
    assert consensus.by_key["deploy_minutes"].status == "few"
    assert consensus.roles is not None
    assert [line.name for line in consensus.roles.lines] == ["Everyone"]


def test_what_the_team_agrees_on_counts_whoever_answered(assessment: Assessment, alice: User) -> None:
    hidden_version(assessment, ("developer",))
    fresh = Assessment.objects.get(pk=assessment.pk)
    assert fresh.current_answers() == {}
    agreements.agree(fresh, change("deploy_minutes", 60), by=alice)
    assert set(fresh.current_answers()) == {"deploy_minutes"}


def test_names_that_show_let_one_answer_count(assessment: Assessment) -> None:
    hidden_version(assessment, ("developer",))
    Assessment.objects.filter(pk=assessment.pk).update(names_shown=True)
    assert set(Assessment.objects.get(pk=assessment.pk).current_answers()) == {"developers", "teams", "deploy_minutes"}


def test_sharing_answers_again_takes_over_nothing_of_a_few(assessment: Assessment, alice: User) -> None:
    hidden_version(assessment, ("developer", "manager"))
    response_mode.return_to_shared_answers(assessment, by=alice)
    assert not assessment.answers.exists()


def test_nobody_is_removed_or_moved_to_another_role_to_see_what_changes(assessment: Assessment, alice: User) -> None:
    *_others, respondent = hidden_version(assessment, ("developer",) * 4)
    for act in (
        lambda: respondents.remove_respondent(assessment, respondent.pk, by=alice),
        lambda: respondents.change_sections(assessment, respondent.pk, perspective="manager", by=alice),
    ):
        with pytest.raises(ValidationFailed) as refused:
            act()
        assert [issue.code for issue in refused.value.issues] == ["would_tell"]
    respondents.change_sections(assessment, respondent.pk, perspective="developer", sections=SECTIONS[:1], by=alice)


def test_nobody_is_told_whose_answers_came_just_now(assessment: Assessment, alice: User) -> None:
    asked = hidden_version(assessment, ("developer",) * 3)
    for respondent in asked:
        assert respondent.user is not None
        respondents.finish_answering(respondent, by=respondent.user)
    assert [notice.text for notice in Notice.objects.filter(user=alice)] == [
        "All who were asked have answered Web shop"
    ]
