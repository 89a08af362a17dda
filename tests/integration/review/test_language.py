"""What is signed and logged is the same in whatever language somebody signs; what people are told is in theirs."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from assess.assessments import actions as answering
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.models import Assessment
from assess.assessments.response_mode import record_assignment
from assess.people.models import Notice, User
from assess.review import actions
from assess.review.forms import SignatureForm
from assess.review.history import read_history
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from assess.review.signed_content import ConditionTerms, build_signed_content, content_hash
from tests.integration.review.conftest import load
from tests.pseudo import pseudo

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_another_language(pseudo_locale: str) -> Iterator[str]:
    """The made-up language is the one in force, as in a request of somebody whose browser asks for it."""
    with translation.override(pseudo_locale):
        yield pseudo_locale


def with_respondents(draft: Assessment, alice: User, bob: User) -> Assessment:
    """A version that names whom it was answered by: one of them without an account or an address."""
    Assessment.objects.filter(pk=draft.pk).update(answers_separately=True, names_shown=True)
    for who in (bob, None):
        respondent = draft.respondents.create(user=who, asked_by=alice)
        record_assignment(draft, respondent, by=alice, at=respondent.asked_at)
    return load(draft.pk)


def content_now(it: Assessment, by: User, at: Any) -> dict[str, Any]:
    """What signing with these words, at this moment, covers."""
    return build_signed_content(
        it,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        overruled_to="stay",
        reason="We leave that business.",
        remark="Well told.",
        conditions=[ConditionTerms(text="Trace calls", owner="Ana", due_on=date(2027, 1, 31))],
        challenge_until=date(2027, 1, 14),
        by=by,
        at=at,
    )


def test_signed_content_has_the_same_hash_in_every_language(
    draft: Assessment, alice: User, bob: User, rita: User, pseudo_locale: str
) -> None:
    it = with_respondents(draft, alice, bob)
    actions.comment(it, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Only five?")
    at = timezone.now()
    english = content_now(load(it.pk), rita, at)
    with translation.override(pseudo_locale):
        told = str(it.respondents.get(user=None))
        other = content_now(load(it.pk), rita, at)
    assert english["respondents"] == ["Bob", "Somebody with the link"]
    assert told != "Somebody with the link", "the page says it in the other language"
    assert other == english
    assert content_hash(other) == content_hash(english)


def test_log_and_signatures_in_several_languages_verify(
    draft: Assessment, alice: User, bob: User, rita: User, in_another_language: str
) -> None:
    it = load(answering.submit_assessment(with_respondents(draft, alice, bob), by=alice).pk)
    actions.take_up(it, by=rita)
    actions.comment(it, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Only five?")
    actions.settle(Comment.objects.get(), by=alice, text="Five.")
    wanted = [ConditionTerms(text="Trace calls", owner="Ana", due_on=timezone.localdate())]
    actions.sign(load(it.pk), by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=wanted)
    actions.challenge(load(it.pk), by=alice, text="No.")
    with translation.override("en-gb"):
        actions.uphold(load(it.pk), by=rita, text="Yes.")
    actions.meet_condition(Condition.objects.get(), by=alice, how="Done.")
    out = io.StringIO()
    with translation.override("en-gb"):
        call_command("verify_log", stdout=out)
    assert out.getvalue() == f"1 assessment, {load(it.pk).log_length} events: all as written\n"
    signed = SignOff.objects.get()
    assert signed.content_hash == content_hash(signed.content)
    assert signed.content["respondents"] == ["Bob", "Somebody with the link"]


def test_notices_and_mistakes_are_in_the_active_language(
    submitted: Assessment, alice: User, rita: User, in_another_language: str
) -> None:
    actions.take_up(submitted, by=rita)
    (notice,) = Notice.objects.filter(user=alice)
    pattern = pseudo("{person} took up the review of {version}.")
    assert notice.text == pattern.format(person="Rita", version=load(submitted.pk))
    form = SignatureForm({"decision": Decision.SENT_BACK}, assessment=submitted)
    assert [issue.message for issue in form.issues] == [pseudo("Say what the team has to look at again")]


def test_history_is_in_the_language_of_the_reader(
    submitted: Assessment, alice: User, rita: User, pseudo_locale: str
) -> None:
    actions.sign(submitted, by=rita, decision=Decision.ACCEPTED)
    it = load(submitted.pk)

    def newest() -> str:
        lines, _following = read_history(it, questionnaire_of(it.edition), reader=alice)
        return lines[0].sentence

    assert it.events.latest("number").kind == EventKind.DECIDED
    assert newest() == "Rita signed: accepted"
    with translation.override(pseudo_locale):
        assert newest() == pseudo("{person} {did}").format(person="Rita", did=pseudo("signed: accepted"))
    assert newest() == "Rita signed: accepted"
