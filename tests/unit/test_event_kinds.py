"""The table of kinds of events: whole, and with words for each."""

import pytest

from assess.assessments.event_kinds import EVENT_KINDS, EventKind, describe_event


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_has_words(kind: EventKind) -> None:
    assert EVENT_KINDS[kind].words
    assert describe_event(kind, {}) == EVENT_KINDS[kind].words


def test_the_table_of_kinds_has_no_kind_that_does_not_exist() -> None:
    assert set(EVENT_KINDS) == set(EventKind)


def test_a_challenge_of_an_answer_is_not_called_a_comment() -> None:
    assert describe_event("commented", {"kind": "challenge"}) == "challenged an answer"
    assert describe_event("commented", {"kind": "remark"}) == "commented"


def test_a_kind_of_another_release_is_named_as_it_is_stored() -> None:
    assert describe_event("teleported", {}) == "teleported"
