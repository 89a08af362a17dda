"""Numbers as addresses and forms of ours say them."""

import pytest

from assess.web.form_values import LARGEST_ID, parse_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)])
def test_what_a_link_of_ours_says_is_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 7",
        "7 ",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "0x1",
        "1_000",
        "²",
        "١٢",
        "１",
        "7\x00",
        str(LARGEST_ID + 1),
        "9" * 5000,
    ],
)
def test_what_no_link_of_ours_says_is_nothing(text: str) -> None:
    assert parse_number(text) is None


def test_a_number_beyond_the_most_is_nothing() -> None:
    assert parse_number("12", most=12) == 12
    assert parse_number("13", most=12) is None
