"""A person's keys to the API: who they stand for, and when they stop doing so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assess.people import api_tokens as tokens
from assess.people.models import ApiToken, User
from assess.questionnaire.validation import ValidationFailed

pytestmark = pytest.mark.django_db


def test_token_identifies_its_user_and_only_its_hash_is_stored(alice: User) -> None:
    token, text = tokens.create_api_token(alice, name=" nightly  export ", days=30)
    assert tokens.get_user_of_api_token(text) == alice
    token.refresh_from_db()
    assert token.name == "nightly export"
    assert text not in str(ApiToken.objects.values().get())
    assert tokens.get_user_of_api_token(token.token_hash) is None


@pytest.mark.parametrize("text", ["", "no-such-token", "\ud800", "x" * 10_000])
def test_malformed_token_is_invalid(text: str, alice: User) -> None:
    tokens.create_api_token(alice, name="export", days=1)
    assert tokens.get_user_of_api_token(text) is None


def test_expired_token_is_invalid(alice: User) -> None:
    token, text = tokens.create_api_token(alice, name="export", days=1)
    token.expires_at = timezone.now() - timedelta(seconds=1)
    token.save()
    assert tokens.get_user_of_api_token(text) is None


def test_revoked_token_is_invalid_and_only_its_owner_revokes_it(alice: User, bob: User) -> None:
    token, text = tokens.create_api_token(alice, name="export", days=1)
    with pytest.raises(ValidationFailed):
        tokens.revoke_api_token(token, by=bob)
    assert tokens.get_user_of_api_token(text) == alice
    tokens.revoke_api_token(token, by=alice)
    first = token.revoked_at
    tokens.revoke_api_token(token, by=alice)
    assert tokens.get_user_of_api_token(text) is None
    assert token.revoked_at == first


def test_token_of_a_deactivated_user_is_invalid(alice: User) -> None:
    _, text = tokens.create_api_token(alice, name="export", days=1)
    alice.is_active = False
    alice.save()
    assert tokens.get_user_of_api_token(text) is None


def test_only_a_request_that_writes_is_noted(alice: User, django_assert_num_queries) -> None:
    token, text = tokens.create_api_token(alice, name="export", days=1)
    with django_assert_num_queries(1):
        tokens.get_user_of_api_token(text)
    token.refresh_from_db()
    assert token.last_change_at is None
    with django_assert_num_queries(2):
        tokens.get_user_of_api_token(text, writes=True)
    token.refresh_from_db()
    assert token.last_change_at is not None


def test_requests_of_an_earlier_minute_do_not_count(alice: User, settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_per_minute": 1}
    now = timezone.now().replace(second=30)
    assert tokens.count_api_request(alice.pk, now)
    assert not tokens.count_api_request(alice.pk, now)
    assert tokens.count_api_request(alice.pk, now + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("name", "days", "field"), [("", 30, "name"), ("x" * 121, 30, "name"), ("a", 0, "days"), ("a", 366, "days")]
)
def test_a_token_without_a_name_or_beyond_the_limit_is_refused(name: str, days: int, field: str, alice: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        tokens.create_api_token(alice, name=name, days=days)
    assert [issue.key for issue in refused.value.issues] == [field]
    assert not ApiToken.objects.exists()
